import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeOf, readProblem, type CallKind } from './x.errors';

const sample = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '__fixtures__', `${name}.json`), 'utf8')) as unknown;
const type = (name: string, status: number) => ({
  type: `https://api.x.com/2/problems/${name}`,
  title: 'T',
  detail: 'd',
  status,
});
const code = (number: number) => ({ errors: [{ code: number, message: 'm' }] });
const bare = (detail: string) => ({ title: 'Forbidden', type: 'about:blank', detail, status: 403 });

describe('what a refusal means', () => {
  it.each<[string, unknown, number, CallKind, object]>([
    ['a refused token', sample('error_401'), 401, 'post', { status: 'reconnect', code: 'token_invalid' }],
    [
      'the reply rule',
      sample('error_403_reply_not_allowed_INFERRED_TEXT'),
      403,
      'post',
      { status: 'failed', code: 'reply_not_permitted', fix: 'agent' },
    ],
    [
      'the same answer for a message',
      sample('error_403_reply_not_allowed_INFERRED_TEXT'),
      403,
      'dm',
      { status: 'failed', code: 'dm_not_permitted', fix: 'agent' },
    ],
    ['the same answer for hiding', bare('no'), 403, 'moderation', { status: 'failed', code: 'not_permitted' }],
    [
      'a limited rate',
      sample('error_429'),
      429,
      'post',
      { status: 'retry', code: 'rate_limited', afterMs: 60_000, scope: 'channel' },
    ],
    [
      'a limited rate in the old style',
      sample('error_429_legacy'),
      429,
      'post',
      { status: 'retry', code: 'rate_limited', scope: 'channel' },
    ],
    [
      'a used-up cap',
      sample('error_usage_capped'),
      429,
      'post',
      { status: 'failed', code: 'usage_capped', fix: 'admin' },
    ],
    [
      'a duplicate',
      bare('You are not allowed to create a Tweet with duplicate content.'),
      403,
      'post',
      { status: 'unknown' },
    ],
    ['a duplicate in the old style', code(187), 403, 'post', { status: 'unknown' }],
    ['too long', code(186), 403, 'post', { status: 'failed', code: 'text_too_long', fix: 'agent' }],
    ['a locked account', code(326), 403, 'post', { status: 'failed', code: 'account_locked', fix: 'admin' }],
    ['messages closed', code(349), 403, 'dm', { status: 'failed', code: 'dm_not_permitted' }],
    ['messages closed, the other code', code(150), 403, 'dm', { status: 'failed', code: 'dm_not_permitted' }],
    ['an old token error', code(89), 401, 'read', { status: 'reconnect' }],
    [
      'the app’s level',
      type('client-forbidden', 403),
      403,
      'post',
      { status: 'failed', code: 'app_forbidden', fix: 'admin' },
    ],
    [
      'protected',
      type('not-authorized-for-resource', 403),
      403,
      'read',
      { status: 'failed', code: 'not_available', fix: 'none' },
    ],
    ['gone', type('resource-not-found', 404), 404, 'post', { status: 'failed', code: 'gone', fix: 'none' }],
    [
      'gone, inside a 200',
      { errors: [type('resource-not-found', 0)] },
      200,
      'read',
      { status: 'failed', code: 'gone' },
    ],
    ['disallowed', type('disallowed-resource', 400), 400, 'post', { status: 'failed', code: 'not_available' }],
    [
      'a bad request',
      type('invalid-request', 400),
      400,
      'post',
      { status: 'failed', code: 'bad_request', fix: 'agent' },
    ],
    ['a closed stream', type('operational-disconnect', 409), 409, 'read', { status: 'retry', code: 'disconnected' }],
    ['a server failure', {}, 500, 'post', { status: 'unknown' }],
    ['a proxy’s page', undefined, 502, 'post', { status: 'unknown' }],
    ['an error of tomorrow', {}, 418, 'post', { status: 'failed', code: 'x_418', fix: 'admin' }],
    [
      'a type named like a property of every object',
      type('constructor', 403),
      403,
      'post',
      { status: 'failed', code: 'reply_not_permitted' },
    ],
  ])('%s', (_, body, status, kind, outcome) =>
    expect(outcomeOf(readProblem(body, status), kind)).toMatchObject(outcome),
  );

  it('waits as long as X’s headers say', () =>
    expect(outcomeOf(readProblem(sample('error_429'), 429, 420_000), 'post')).toMatchObject({ afterMs: 420_000 }));

  it('tells no words of X that may hold somebody’s text', () =>
    expect(outcomeOf(readProblem({ ...bare('secret words'), title: 'Forbidden' }, 403), 'post')).toHaveProperty(
      'reason',
      'X does not let the app reply to this post. Open it on X and answer there. (X 403, Forbidden)',
    ));
});
