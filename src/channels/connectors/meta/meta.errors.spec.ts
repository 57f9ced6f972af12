import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeOf, readMetaError } from './meta.errors';

const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '__fixtures__', `error_${name}.json`), 'utf8')) as unknown;
const error = (code: number, subcode?: number, over: object = {}) => ({
  error: { message: 'x', code, error_subcode: subcode, ...over },
});
const judge = (body: unknown, status = 400, regainMs?: number) => outcomeOf(readMetaError(body, status), regainMs);

it.each<[string, object]>([
  ['outside_window', { status: 'failed', code: 'window_closed', fix: 'agent' }],
  ['ig_outside_window', { status: 'failed', code: 'window_closed', fix: 'agent' }],
  ['object_gone', { status: 'failed', code: 'object_gone', fix: 'none' }],
  ['policy_block', { status: 'failed', code: 'policy_block', fix: 'admin' }],
  ['rate_limited', { status: 'retry', code: 'rate_limited', afterMs: 60_000 }],
  ['token_expired', { status: 'reconnect', code: 'token_expired' }],
  ['token_password_changed', { status: 'reconnect', code: 'password_changed' }],
  ['transient', { status: 'unknown' }],
  ['user_unavailable', { status: 'failed', code: 'person_unavailable', fix: 'none' }],
])('the recorded %s', (name, expected) => expect(judge(recorded(name))).toMatchObject(expected));

it.each<[string, unknown, number, object]>([
  ['an app-level rate limit', error(4), 400, { status: 'retry', scope: 'channel' }],
  ['the Instagram rate limit', error(613, 2534040), 400, { status: 'retry', code: 'rate_limited' }],
  ['a restricted page waits for hours', error(10, 1893063), 400, { status: 'retry', afterMs: 10_800_000 }],
  ['a missing permission', error(10), 403, { status: 'failed', fix: 'admin', code: 'permission_missing' }],
  ['any code from 200 to 299', error(230), 403, { status: 'failed', fix: 'admin' }],
  ['messages switched off in Instagram', error(200, 2534041), 403, { status: 'failed', code: 'message_access_off' }],
  ['a person who blocked us, told as 200', error(200, 1545041), 403, { status: 'failed', code: 'person_unavailable' }],
  ['outside the window told as a code', error(1545041), 400, { status: 'failed', code: 'window_closed' }],
  ['an unknown recipient', error(100, 2018001), 400, { status: 'failed', code: 'recipient_not_found' }],
  ['a plain bad parameter', error(100, 987654), 400, { status: 'failed', code: 'bad_request' }],
  [
    'an attachment Meta could not fetch',
    error(100, 2018008),
    400,
    { status: 'retry', code: 'attachment_fetch_failed' },
  ],
  [
    'a thread of another app, as subcode',
    error(10, 2018300),
    400,
    { status: 'failed', code: 'thread_owned_elsewhere' },
  ],
  ['a sent message told as an error', error(1, 1357046), 500, { status: 'unknown' }],
  ['a duplicate text', error(506), 400, { status: 'unknown' }],
  ['a used private reply', error(10900), 400, { status: 'failed', code: 'private_reply_used' }],
  ['an app that was removed', error(190, 458), 400, { status: 'reconnect', code: 'app_removed' }],
  ['an unknown token subcode', error(190, 499), 400, { status: 'reconnect', code: 'token_invalid' }],
  ['a code nobody has seen is parked', error(77_777, 5), 400, { status: 'failed', fix: 'admin', code: 'meta_77777_5' }],
  ['an unseen code that is transient', error(77_777, 5, { is_transient: true }), 400, { status: 'unknown' }],
  [
    'a code as text',
    { error: { code: '190', error_subcode: '463' } },
    401,
    { status: 'reconnect', code: 'token_expired' },
  ],
  ['a bare server failure', undefined, 503, { status: 'unknown' }],
  ['a page instead of JSON under 200', undefined, 200, { status: 'unknown' }],
  ['a bare 401', undefined, 401, { status: 'reconnect' }],
  ['a bare 429', undefined, 429, { status: 'retry' }],
  ['an error that is a string', { error: 'invalid_request' }, 400, { status: 'failed', fix: 'admin' }],
])('%s', (_, body, status, expected) => expect(judge(body, status)).toMatchObject(expected));

it('waits as long as the headers say', () =>
  expect(judge(error(80_001), 400, 12 * 60_000)).toMatchObject({ status: 'retry', afterMs: 720_000 }));

it('makes only the message wait for what is the message’s alone', () =>
  expect(judge(error(100, 2018008))).not.toHaveProperty('scope'));

it('names code and trace for the person who reads it, and not the provider’s text', () => {
  const body = { error: { message: 'secret wording', code: 368, fbtrace_id: 'Abc' } };
  const outcome = judge(body, 403);
  expect(outcome.reason).toContain('Meta 368/0, HTTP 403, trace Abc');
  expect(outcome.reason).not.toContain('secret wording');
});
