import { Headers } from 'undici';
import { outcomeOf, pullOutcomeOf } from './linkedin.errors';

const NOW = Date.UTC(2026, 10, 22, 21, 0, 0);
const answer = (status: number, json: unknown = {}, headers: Record<string, string> = {}) => ({
  kind: 'answer' as const,
  status,
  ok: status < 300,
  headers: new Headers(headers),
  text: '',
  json,
});
const judge = (status: number, json?: unknown, headers?: Record<string, string>) =>
  outcomeOf(answer(status, json, headers), NOW);

it.each<[string, number, unknown, object]>([
  ['a bad parameter', 400, {}, { status: 'failed', code: 'bad_request', fix: 'agent' }],
  ['content LinkedIn cannot take', 422, {}, { status: 'failed', code: 'bad_request', fix: 'agent' }],
  ['a token that ended', 401, { serviceErrorCode: 65_601 }, { status: 'reconnect', code: 'token_invalid' }],
  ['a token refused under another status', 403, { serviceErrorCode: 65_600 }, { status: 'reconnect' }],
  ['a lost role', 403, { serviceErrorCode: 100 }, { status: 'failed', code: 'permission_missing', fix: 'admin' }],
  ['a comment that is gone', 404, {}, { status: 'failed', code: 'object_gone', fix: 'none' }],
  ['a duplicate is looked for', 409, {}, { status: 'unknown' }],
  ['a retired version', 426, {}, { status: 'failed', code: 'version_retired', fix: 'admin' }],
  ['a server failure', 503, undefined, { status: 'unknown' }],
  ['a status nobody knows', 418, 'x', { status: 'failed', code: 'linkedin_418', fix: 'admin' }],
])('%s', (_, status, json, expected) => expect(judge(status, json)).toMatchObject(expected));

it('names the setting that ends a retired version', () =>
  expect(judge(426)).toHaveProperty('reason', expect.stringContaining('linkedinVersion')));

it('a reached limit holds the channel until midnight UTC, or as long as LinkedIn says', () => {
  expect(judge(429)).toMatchObject({ status: 'retry', scope: 'channel', afterMs: 3 * 3_600_000 });
  expect(judge(429, {}, { 'retry-after': '90' })).toMatchObject({ afterMs: 90_000 });
  expect(judge(429, {}, { 'retry-after': 'Sun, 22 Nov 2026 21:05:00 GMT' })).toMatchObject({ afterMs: 300_000 });
  expect(judge(429, {}, { 'retry-after': 'soon' })).toMatchObject({ afterMs: 3 * 3_600_000 });
});

it('what was never reached is certainly not sent; what broke off is in doubt', () => {
  expect(outcomeOf({ kind: 'no_answer', reached: false, reason: 'x' }, NOW)).toEqual({
    status: 'retry',
    code: 'unreachable',
    reason: 'x',
    scope: 'channel',
  });
  expect(outcomeOf({ kind: 'no_answer', reached: true, reason: 'x' }, NOW)).toMatchObject({ status: 'unknown' });
});

it.each<[number, object]>([
  [503, { status: 'retry' }],
  [429, { status: 'retry', code: 'rate_limited', afterMs: 3 * 3_600_000 }],
  [401, { status: 'reconnect' }],
  [
    403,
    {
      status: 'refused',
      code: 'permission_missing',
      fix: { fa: expect.any(String) as string, en: expect.any(String) as string },
    },
  ],
  [
    426,
    { status: 'refused', code: 'version_retired', fix: { en: expect.stringContaining('linkedinVersion') as string } },
  ],
])('reading answered by %i', (status, expected) => expect(pullOutcomeOf(answer(status), NOW)).toMatchObject(expected));
