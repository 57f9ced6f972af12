import type { Capabilities } from '../api/types';
import { isOneText, limitOf, messagesNeeded } from './reply-parts';

const limit = { max: 20, unit: 'characters' } as const;
const capabilities: Capabilities = {
  reply: ['public', 'private'],
  textLimit: limit,
  window: { kind: 'none', closesAt: null },
  privateReply: { available: true, reason: null, expiresAt: null, textLimit: { max: 5, unit: 'utf8_bytes' } },
  moderation: [],
  refusals: {},
};

it.each([
  ['nothing', '', 0, undefined, 0],
  ['a short text', 'سلام', 0, undefined, 1],
  ['a long text', 'سلام، حالتان چطور است؟ ممنون از پیامتان.', 0, undefined, 3],
  ['a text and files that go together', 'سلام', 3, undefined, 1],
  ['files alone that go together', '', 2, undefined, 1],
  ['a caption takes one file along', 'سلام', 1, 2, 1],
  ['each further file is a message', 'سلام', 3, 2, 3],
  ['a text beside a file where nothing is joined', 'سلام', 1, 1, 2],
  ['files where nothing is joined', '', 2, 1, 2],
])('%s', (_, text, files, together, messages) => {
  expect(messagesNeeded(text, files, limit, { partsTogether: together })).toBe(messages);
});

it('gives a private reply its own limit', () => {
  expect(limitOf(capabilities, 'comment', 'private').max).toBe(5);
  expect(limitOf(capabilities, 'dm', 'private').max).toBe(20);
  expect(limitOf(capabilities, 'comment', 'public').max).toBe(20);
  expect(limitOf(capabilities, 'dm', 'note').max).toBe(10_000);
});

it('knows what cannot be split', () => {
  expect(isOneText('comment', 'private')).toBe(true);
  expect(isOneText('dm', 'private')).toBe(false);
  expect(isOneText('dm', 'note')).toBe(true);
});

it.each([
  ['a short text goes along', 'سلام', 1, 2, 1],
  ['a text that is too long beside a file goes before it', 'سلام به همه', 1, 2, 2],
  ['and before several that go together', 'سلام به همه', 3, undefined, 2],
  ['files alone are as ever', '', 2, 2, 2],
])('%s, where captions are shorter than texts', (_, text, files, partsTogether, messages) => {
  const captionLimit = { max: 6, unit: 'characters' } as const;
  expect(messagesNeeded(text, files, limit, { partsTogether, captionLimit })).toBe(messages);
});
