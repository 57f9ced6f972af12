import type { SendOutcome } from '../../sending';
import { integer, list, record } from '../json';
import { own, ownString } from './x.fields';

/** A refusal of X reduced to what decisions are made on. */
export interface XProblem {
  /** HTTP status. */
  status: number;
  /** Last part of the problem's type, such as `rate-limit-exceeded`; empty for `about:blank`. */
  type: string;
  title: string;
  detail: string;
  /** Code of the old error style (88, 89, 187 …), 0 when there is none. */
  code: number;
  /** How long the rate headers ask to wait, in milliseconds. */
  afterMs?: number;
}

/** Which right the call needed: decides what a bare 403 means. */
export type CallKind = 'post' | 'dm' | 'moderation' | 'read' | 'app';

export type Refused = Exclude<SendOutcome, { status: 'sent' }>;

/** Problem JSON `{type,title,detail,status}`, or the old `{errors:[{code,message}]}`; both may stand inside `errors[]`. */
export function readProblem(body: unknown, status: number, afterMs?: number): XProblem {
  const outer = record(body);
  const inner = record(list(own(outer, 'errors'))[0]);
  const read = (name: string) => ownString(outer, name) ?? ownString(inner, name) ?? '';
  const type = read('type');
  return {
    status,
    type: type === 'about:blank' ? '' : (type.split('/').at(-1) ?? ''),
    title: read('title'),
    detail: read('detail') || ownString(inner, 'message') || ownString(outer, 'error_description') || '',
    code: integer(own(inner, 'code')) ?? 0,
    afterMs,
  };
}

type Verdict =
  | { is: 'unknown'; what: string }
  | { is: 'retry'; what: string; code: string; afterMs: number; scope?: 'channel' }
  | { is: 'failed'; what: string; code: string; fix: 'agent' | 'admin' | 'none' }
  | { is: 'reconnect'; what: string; code: string };

const failed = (code: string, fix: 'agent' | 'admin' | 'none', what: string): Extract<Verdict, { is: 'failed' }> => ({
  is: 'failed',
  what,
  code,
  fix,
});

const RATE_MS = 60_000; // when X names no reset: the allowance is counted over 15 minutes
const TOKEN: Verdict = {
  is: 'reconnect',
  what: 'X refuses the access token. Reconnect the channel.',
  code: 'token_invalid',
};
const RATE: Verdict = {
  is: 'retry',
  what: 'X limits the rate of calls.',
  code: 'rate_limited',
  afterMs: RATE_MS,
  scope: 'channel',
};
const CAPPED = failed(
  'usage_capped',
  'admin',
  'The app’s monthly cap at X is used up. Raise it in X’s developer console.',
);
const DUPLICATE: Verdict = { is: 'unknown', what: 'X says the same text was posted already.' };
const GONE = failed('gone', 'none', 'It does not exist at X any more, or is not visible to the account.');
const NOT_AVAILABLE = failed('not_available', 'none', 'X does not let the account see or use it.');
const TOO_LONG = failed('text_too_long', 'agent', 'The text is too long for X. Shorten it.');
const LOCKED = failed('account_locked', 'admin', 'X has locked the account. Log in at x.com and follow its steps.');
const DM_CLOSED = failed(
  'dm_not_permitted',
  'agent',
  'X does not let the account write to this person (closed messages or blocked). Answer in public, or on X.',
);
const APP = failed('app_forbidden', 'admin', 'The app’s plan or settings at X do not allow this call.');
const BAD = failed('bad_request', 'agent', 'X refuses the content or a parameter.');
const DOUBT: Verdict = { is: 'unknown', what: 'X failed in a way that leaves open whether it was done.' };

/** Old codes, from memory of v1.1 (protocol reference, marked so there). */
const BY_CODE: Readonly<Record<number, Verdict>> = {
  32: TOKEN,
  88: RATE,
  89: TOKEN,
  150: DM_CLOSED,
  186: TOO_LONG,
  187: DUPLICATE,
  326: LOCKED,
  349: DM_CLOSED,
};

/** Problem types (OpenAPI 2.167). */
const BY_TYPE: Readonly<Record<string, Verdict>> = {
  'usage-capped': CAPPED,
  'rate-limit-exceeded': RATE,
  'client-forbidden': APP,
  'unsupported-authentication': APP,
  'resource-not-found': GONE,
  'disallowed-resource': NOT_AVAILABLE,
  'resource-unavailable': NOT_AVAILABLE,
  'invalid-request': BAD,
  'streaming-connection': { is: 'retry', what: 'X closed the connection.', code: 'disconnected', afterMs: 5000 },
  'operational-disconnect': { is: 'retry', what: 'X closed the connection.', code: 'disconnected', afterMs: 5000 },
};

/** What a bare 403 means, by what was asked for: X says only "not permitted". */
const FORBIDDEN: Readonly<Record<CallKind, Verdict>> = {
  post: failed(
    'reply_not_permitted',
    'agent',
    'X does not let the app reply to this post. Open it on X and answer there.',
  ),
  dm: DM_CLOSED,
  moderation: failed(
    'not_permitted',
    'agent',
    'X does not allow this here: only replies under own posts can be hidden, only own posts deleted.',
  ),
  read: NOT_AVAILABLE,
  app: APP,
};

function verdictOf({ status, type, title, detail, code }: XProblem, kind: CallKind): Verdict {
  const coded = BY_CODE[code];
  if (coded) return coded;
  if (title === 'UsageCapExceeded') return CAPPED;
  if (Object.hasOwn(BY_TYPE, type)) return BY_TYPE[type]!;
  if (status === 401) return TOKEN;
  // The one refusal that is told apart by its words; a problem type for it is not documented.
  if (status === 403) return /duplicate content/i.test(detail) ? DUPLICATE : FORBIDDEN[kind];
  if (status === 404) return GONE;
  if (status === 429) return RATE;
  if (status === 400) return BAD;
  if (status >= 500 || status < 400) return DOUBT;
  return failed(`x_${status}`, 'admin', 'X answers with an error we do not know.');
}

const CAPPED_MS = 3_600_000; // then it is asked again: the cap may have been raised, or the month is over

/** What is to go out waits with all of the account while the month's cap is used up; that is not its end. */
export function heldWhenCapped(outcome: SendOutcome): SendOutcome {
  if (outcome.status !== 'failed' || outcome.code !== CAPPED.code) return outcome;
  const { reason, code } = outcome;
  return { status: 'retry', reason, code, afterMs: CAPPED_MS, scope: 'channel' };
}

/** What a refused call means. Reading and repeating are safe for `read`; for a send a server failure is doubt. */
export function outcomeOf(problem: XProblem, kind: CallKind): Refused {
  const verdict = verdictOf(problem, kind);
  const name = problem.type || (problem.code > 0 ? `code ${problem.code}` : problem.title);
  const reason = `${verdict.what} (X ${problem.status}${name === '' ? '' : `, ${name.slice(0, 60)}`})`;
  switch (verdict.is) {
    case 'unknown':
      return { status: 'unknown', reason };
    case 'retry': {
      const { code, scope } = verdict;
      return {
        status: 'retry',
        reason,
        code,
        afterMs: problem.afterMs ?? verdict.afterMs,
        ...(scope ? { scope } : {}),
      };
    }
    case 'failed':
      return { status: 'failed', reason, code: verdict.code, fix: verdict.fix };
    case 'reconnect':
      return { status: 'reconnect', reason, code: verdict.code };
  }
}
