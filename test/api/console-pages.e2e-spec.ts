import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startApp, type TestApp } from '../harness';

const BUILT = existsSync(join(__dirname, '..', '..', 'web', 'dist', 'index.html'));

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());

const get = (path: string, accept: string) => fetch(`${t.url}${path}`, { headers: { accept } });

it.each(['/', '/inbox', '/inbox/mine?ticket=1', '/admin/fields', '/settings/fields', '/no/such/page'])(
  'a person who types %s gets the console, as far as it is built',
  async (path) => {
    const answer = await get(path, 'text/html,application/xhtml+xml');
    expect(answer.status).toBe(BUILT ? 200 : 404);
    expect(answer.headers.get('content-type')).toContain(BUILT ? 'text/html' : 'application/json');
  },
);

it.each([
  ['/api/v1/no-such-thing', 'text/html'],
  ['/api/no-such-thing', 'text/html'],
  ['/assets/no-such-file.js', 'text/html'],
  ['/webhooks/nobody', 'text/html'],
  ['/survey/nobody/else', 'application/json'],
  ['/no/such/page', 'application/json'],
])('%s, asked for as %s, says that there is nothing', async (path, accept) => {
  const answer = await get(path, accept);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: { code: 'not_found' } });
});
