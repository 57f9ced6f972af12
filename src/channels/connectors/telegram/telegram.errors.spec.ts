import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readError } from './telegram.client';
import { outcomeOf } from './telegram.errors';

const sample = (name: string) => {
  const body = JSON.parse(readFileSync(join(__dirname, '__fixtures__', `${name}.json`), 'utf8')) as Record<
    string,
    unknown
  >;
  return outcomeOf(readError(body, Number(body['error_code'])), 'Telegram', 2000);
};
const error = (error_code: number, description: string, parameters?: object) =>
  outcomeOf(readError({ ok: false, error_code, description, parameters }, error_code), 'Telegram', 2000);

it.each<[string, object]>([
  ['error_429', { status: 'retry', code: 'rate_limited', afterMs: 14_000 }],
  ['error_403_blocked', { status: 'failed', code: 'blocked', fix: 'none' }],
  ['error_400_migrated', { status: 'retry', code: 'chat_moved' }],
  ['error_400_reply_target_gone', { status: 'failed', code: 'message_not_found', fix: 'agent' }],
  ['error_401', { status: 'reconnect', code: 'token_invalid' }],
  ['error_409_conflict', { status: 'retry', code: 'conflict' }],
])('%s', (name, expected) => expect(sample(name)).toMatchObject(expected));

it.each<[number, string, object]>([
  [403, 'Forbidden: user is deactivated', { status: 'failed', fix: 'none' }],
  [403, 'Forbidden: bot was kicked from the supergroup chat', { status: 'failed', code: 'not_a_member', fix: 'admin' }],
  [403, 'Forbidden: bot is not a member of the channel chat', { status: 'failed', code: 'not_a_member' }],
  [403, 'Forbidden: the group chat was deleted', { status: 'failed', fix: 'none' }],
  [403, "Forbidden: bot can't initiate conversation with a user", { status: 'failed', code: 'never_started' }],
  [403, 'Forbidden: something new', { status: 'failed', code: 'forbidden', fix: 'admin' }],
  [400, 'Bad Request: chat not found', { status: 'failed', code: 'chat_not_found', fix: 'none' }],
  [400, 'Bad Request: message thread not found', { status: 'failed', code: 'thread_gone' }],
  [400, "Bad Request: message can't be deleted for everyone", { status: 'failed', code: 'too_old', fix: 'agent' }],
  [400, 'Bad Request: file is too big', { status: 'failed', code: 'attachment_refused', fix: 'agent' }],
  [400, "Bad Request: can't parse entities: …", { status: 'failed', fix: 'agent' }],
  [400, 'Bad Request: not enough rights to send text messages to the chat', { status: 'failed', fix: 'admin' }],
  [400, 'Bad Request: BUSINESS_PEER_USAGE_MISSING', { status: 'failed', code: 'window_closed', fix: 'agent' }],
  [400, 'Bad Request: business connection not found', { status: 'failed', code: 'connection_gone', fix: 'admin' }],
  [400, 'Bad Request: something new', { status: 'failed', code: 'bad_request', fix: 'admin' }],
  [404, 'Not Found', { status: 'reconnect', code: 'token_invalid' }],
  [500, 'Internal Server Error: restart', { status: 'unknown' }],
  [502, 'Bad Gateway', { status: 'unknown' }],
  [200, 'HTTP 200', { status: 'unknown' }],
  [400, 'Bad Request: Token not found', { status: 'reconnect' }],
  [400, 'no such group or user', { status: 'failed', fix: 'none' }],
  [400, 'bot limit exceed', { status: 'retry', scope: 'channel', afterMs: 2000 }],
  [403, 'Forbidden: permission_denied', { status: 'failed', fix: 'admin' }],
  [440, 'not found', { status: 'failed', code: 'chat_not_found' }],
  [429, 'local_rate_limited', { status: 'retry', code: 'rate_limited', afterMs: 2000 }],
])('%i %s', (code, description, expected) => expect(error(code, description)).toMatchObject(expected));

it('an answer that is no JSON has its status for a code', () => {
  expect(readError(undefined, 502)).toEqual({ code: 502, description: 'HTTP 502' });
});
