import { namesOthers } from './newer-version';

const running = ['/boot.js', '/assets/index-a1.js'];
const page = (...scripts: string[]) => scripts.map((src) => `<script src="${src}"></script>`).join('');

it.each([
  ['the same scripts', page('/boot.js', '/assets/index-a1.js'), false],
  ['another main script', page('/boot.js', '/assets/index-b2.js'), true],
  ['no page at all', '', false],
  ['an answer of something in between', '{"error":"bad gateway"}', false],
])('%s', (_, answer, others) => expect(namesOthers(answer, running)).toBe(others));
