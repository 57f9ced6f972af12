import type { SendOutcome } from '../../sending';
import type { MetaReply } from './meta.client';
import { id, integer, record, string } from '../json';
import { unansweredAgain } from '../unanswered';

/** A Graph error reduced to what decisions are made on: code and subcode, never the text. */
export interface MetaError {
  code: number;
  subcode: number;
  message: string;
  transient: boolean;
  /** `fbtrace_id`, which Meta's support asks for. */
  trace: string | undefined;
  /** HTTP status it came with. */
  status: number;
}

type Verdict =
  | { is: 'unknown'; what: string }
  /** `whole`: it is the account that must wait, not one message. */
  | { is: 'retry'; what: string; code: string; afterMs?: number; whole?: true }
  | { is: 'failed'; what: string; code: string; fix: 'agent' | 'admin' | 'none' }
  | { is: 'reconnect'; what: string; code: string };

const HOUR_MS = 3_600_000;
const POLICY_BLOCK = 'policy_block';
const BLOCKED_MS = 3 * HOUR_MS; // each further try makes it worse

const RATE: Verdict = {
  is: 'retry',
  what: 'Meta limits the rate of calls.',
  code: 'rate_limited',
  afterMs: 60_000,
  whole: true,
};
const WINDOW: Verdict = {
  is: 'failed',
  what: 'The time to answer this person has passed. A human may use the longer window, or wait for a new message.',
  code: 'window_closed',
  fix: 'agent',
};
const GONE_PERSON: Verdict = {
  is: 'failed',
  what: 'This person cannot be reached any more (blocked, left, or turned messages off).',
  code: 'person_unavailable',
  fix: 'none',
};
const PERMISSION: Verdict = {
  is: 'failed',
  what: 'The app lacks a permission or feature for this. Grant it in Meta and reconnect the channel.',
  code: 'permission_missing',
  fix: 'admin',
};
const BAD: Verdict = {
  is: 'failed',
  what: 'Meta refuses the content or a parameter.',
  code: 'bad_request',
  fix: 'agent',
};
const TOO_LARGE: Verdict = {
  is: 'failed',
  what: 'The attachment is too large or missing.',
  code: 'attachment_refused',
  fix: 'agent',
};
const FETCH: Verdict = {
  is: 'retry',
  what: 'Meta could not fetch the attachment.',
  code: 'attachment_fetch_failed',
  afterMs: 30_000,
};
const NOT_POSSIBLE: Verdict = {
  is: 'failed',
  what: 'Messaging this person is blocked or not possible.',
  code: 'blocked',
  fix: 'none',
};
const NO_PERSON: Verdict = {
  is: 'failed',
  what: 'The recipient does not exist for this account.',
  code: 'recipient_not_found',
  fix: 'none',
};
const ELSEWHERE: Verdict = {
  is: 'failed',
  what: 'Another app owns this thread. Take control of it in Meta before answering.',
  code: 'thread_owned_elsewhere',
  fix: 'admin',
};
const REPLIED: Verdict = {
  is: 'failed',
  what: 'The one private reply to this comment is used up, or its time has passed.',
  code: 'private_reply_used',
  fix: 'agent',
};
const login = (what: string, code: string): Verdict => ({
  is: 'reconnect',
  what: `${what} Reconnect the channel.`,
  code,
});
const TOKEN = login('Meta refuses the access token.', 'token_invalid');
const DOUBT: Verdict = { is: 'unknown', what: 'Meta failed in a way that leaves open whether it was sent.' };

/**
 * `code` or `code/subcode` to what it means. Source: Graph error handling, Messenger and Instagram error codes
 * (developers.facebook.com), and reports of integrators: 1/1357046 came for messages that had been sent, so 1 and 2
 * are doubt, not failure.
 */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  '1': DOUBT,
  '2': DOUBT,
  '3': PERMISSION,
  '4': RATE,
  '9': RATE,
  '10': PERMISSION,
  '10/1893063': {
    is: 'retry',
    what: 'The Page is restricted for a while.',
    code: 'page_restricted',
    afterMs: 3 * HOUR_MS,
    whole: true,
  },
  '10/2018065': WINDOW,
  '10/2018278': WINDOW,
  '10/2534022': WINDOW,
  '17': RATE,
  '32': RATE,
  '100': BAD,
  '100/33': {
    is: 'failed',
    what: 'The comment or message is gone or not visible any more.',
    code: 'object_gone',
    fix: 'none',
  },
  '100/2018001': NO_PERSON,
  '100/2534014': NO_PERSON,
  '100/2018008': FETCH,
  '100/2018047': FETCH,
  '100/2018294': FETCH,
  '100/2018109': TOO_LARGE,
  '100/2018074': TOO_LARGE,
  '100/2534029': NOT_POSSIBLE,
  '100/2534037': NOT_POSSIBLE,
  '102': TOKEN,
  '104': TOKEN,
  '190': TOKEN,
  '190/458': login('The app was removed from the account.', 'app_removed'),
  '190/459': login('Meta asks the owner to confirm the login.', 'login_checkpoint'),
  '190/460': login('The owner changed the password.', 'password_changed'),
  '190/463': login('The access token has expired.', 'token_expired'),
  '190/464': login('The owner’s account is unconfirmed.', 'account_unconfirmed'),
  '190/467': TOKEN,
  '200/1545041': GONE_PERSON,
  '200/2534041': {
    is: 'failed',
    what: 'The account owner must switch on "Allow access to messages" in Instagram.',
    code: 'message_access_off',
    fix: 'admin',
  },
  '341': RATE,
  '368': {
    is: 'failed',
    what: 'Meta has blocked this kind of action for the account. Look into the account’s status before sending more.',
    code: POLICY_BLOCK,
    fix: 'admin',
  },
  '506': { is: 'unknown', what: 'Meta says the same text was posted already.' },
  '551': GONE_PERSON,
  '613': RATE,
  '10900': REPLIED,
  '10903': REPLIED,
  '80001': RATE,
  '80002': RATE,
  '80006': RATE,
  '1545041': WINDOW,
  '2018218': { is: 'failed', what: 'Meta gives no profile of this person.', code: 'no_profile', fix: 'none' },
  '2018247': ELSEWHERE,
  '2018300': ELSEWHERE,
  '2018321': ELSEWHERE,
  '9000001': { is: 'failed', what: 'The message does not exist any more.', code: 'message_not_found', fix: 'none' },
};

const THREAD_OWNER = [2018247, 2018300, 2018321];

/** Reads `{ error }` of an answer; OAuth endpoints give a bare string where Graph gives an object. */
export function readMetaError(body: unknown, status: number): MetaError {
  const error = record(body)?.['error'];
  const facts = record(error);
  return {
    code: integer(facts?.['code']) ?? 0,
    subcode: integer(facts?.['error_subcode']) ?? 0,
    message: string(facts?.['message']) ?? string(error) ?? `HTTP ${status}`,
    transient: facts?.['is_transient'] === true,
    trace: id(facts?.['fbtrace_id']),
    status,
  };
}

/**
 * What a refused call means. `regainMs` is how long the rate headers say to wait. An unknown code with a client status
 * is a refusal for a person to look at; an unknown server failure is doubt.
 */
export function outcomeOf(error: MetaError, regainMs?: number): Exclude<SendOutcome, { status: 'sent' }> {
  const verdict = verdictOf(error);
  const trace = error.trace === undefined ? '' : `, trace ${error.trace}`;
  const reason = `${verdict.what} (Meta ${error.code}/${error.subcode}, HTTP ${error.status}${trace})`;
  switch (verdict.is) {
    case 'unknown':
      return { status: 'unknown', reason };
    case 'retry': {
      const afterMs = Math.max(verdict.afterMs ?? 0, regainMs ?? 0);
      const scope = verdict.whole ? { scope: 'channel' as const } : {};
      return { status: 'retry', reason, code: verdict.code, afterMs, ...scope };
    }
    case 'failed':
      return { status: 'failed', reason, code: verdict.code, fix: verdict.fix };
    case 'reconnect':
      return { status: 'reconnect', reason, code: verdict.code };
  }
}

/** What a call means that changes nothing there: where a send would end in doubt, this is only another try. */
export function repeatable(
  reply: Exclude<MetaReply, { kind: 'ok' }>,
): Extract<SendOutcome, { status: 'retry' | 'failed' | 'reconnect' }> {
  if (reply.kind === 'no_answer') return unansweredAgain(reply);
  const outcome = outcomeOf(reply.error, reply.usage.regainMs);
  return outcome.status === 'unknown' ? { status: 'retry', reason: outcome.reason } : outcome;
}

/** What is to go out waits with all of the account while Meta blocks it; that is not its end. */
export function heldWhenBlocked(outcome: SendOutcome): SendOutcome {
  if (outcome.status !== 'failed' || outcome.code !== POLICY_BLOCK) return outcome;
  const { reason, code } = outcome;
  return { status: 'retry', reason, code, afterMs: BLOCKED_MS, scope: 'channel' };
}

/** 100/33: it is not there, or not for us. */
export const isGone = (reply: MetaReply): boolean =>
  reply.kind === 'refused' && reply.error.code === 100 && reply.error.subcode === 33;

/** A plain 100: among others what Graph answers when it does not know, or does not give, one of the fields asked for. */
export const isBadRequest = (reply: MetaReply): boolean =>
  reply.kind === 'refused' && reply.error.code === 100 && reply.error.subcode === 0;

function verdictOf(error: MetaError): Verdict {
  const { code, subcode, status } = error;
  const exact = VERDICTS[`${code}/${subcode}`];
  if (exact) return exact;
  if (THREAD_OWNER.includes(subcode)) return ELSEWHERE;
  const known = VERDICTS[String(code)];
  if (known) return known;
  if (code >= 200 && code <= 299) return PERMISSION;
  if (error.transient || status >= 500 || status < 400) return DOUBT;
  if (code === 0 && status === 401) return TOKEN;
  if (code === 0 && status === 429) return RATE;
  return {
    is: 'failed',
    what: 'Meta answers with an error we do not know.',
    code: `meta_${code}_${subcode}`,
    fix: 'admin',
  };
}
