import type { SendOutcome } from '../../sending';
import { integer } from '../json';
import type { RubikaReply } from './rubika.client';

type Refused = Extract<RubikaReply, { kind: 'refused' }>;

/**
 * What a refusal means before it is known whether the token is at fault: `access` is said of a dead token and of a person
 * who has stopped the bot alike; `unheard` is a status nobody has described.
 */
export type Verdict =
  | { is: 'retry'; code: string; what: string; afterMs?: number; scope?: 'channel' }
  | { is: 'failed'; code: string; what: string; fix: 'agent' | 'admin' | 'none' }
  | { is: 'reconnect'; code: string; what: string }
  | { is: 'unknown'; what: string }
  | { is: 'access'; what: string }
  | { is: 'unheard'; code: string; what: string };

const TOO_MANY = new Set(['TOO_REQUESTS', 'TOO_REQUEST', 'TOO_MANY_REQUESTS']);
const LOGGED_OUT = new Set(['INVALID_AUTH', 'NOT_REGISTERED', 'INVALID_TOKEN']);
const LONGEST_WAIT_S = 3600;

/** Sources: rubpy, bot/bot.py (HTTP statuses it repeats); status words seen in clients of Rubika. */
export function verdictOf(reply: Refused, rateLimitWaitMs: number): Verdict {
  const { status, http } = reply;
  const details = [status, `HTTP ${http}`, reply.message].filter((part) => part !== '').join(', ');
  const what = (text: string) => `${text} (Rubika ${details})`;
  if (http === 429 || TOO_MANY.has(status)) {
    const seconds = integer(reply.retryAfter);
    const afterMs = seconds === undefined ? rateLimitWaitMs : Math.min(seconds, LONGEST_WAIT_S) * 1000;
    return { is: 'retry', code: 'rate_limited', what: what('Too many requests.'), afterMs, scope: 'channel' };
  }
  if (http === 425) return { is: 'retry', code: 'too_early', what: what('Too early.') };
  if (http === 408 || http >= 500 || status === 'SERVER_ERROR')
    return { is: 'unknown', what: what('Rubika failed in a way that leaves open what happened.') };
  if (LOGGED_OUT.has(status))
    return { is: 'reconnect', code: status.toLowerCase(), what: what('Rubika refuses the bot’s token.') };
  if (status === 'INVALID_ACCESS' || http === 401 || http === 403 || (http === 404 && status === ''))
    return { is: 'access', what: what('Rubika gives the bot no access.') };
  if (status === 'INVALID_INPUT')
    return { is: 'failed', code: 'bad_request', what: what('Rubika refuses the content or the chat.'), fix: 'agent' };
  if (status === '' && http < 400)
    return { is: 'unknown', what: what('Rubika answered with something that is not its format.') };
  const code = /^\w+$/.test(status) ? `rubika_${status.toLowerCase()}` : `rubika_http_${http}`;
  return { is: 'unheard', code, what: what('Rubika answers with an error we do not know.') };
}

/** The same for a step before the message itself is sent: whatever happened, it was not delivered. */
export function beforeSending(outcome: SendOutcome): SendOutcome {
  return outcome.status === 'unknown' ? { status: 'retry', reason: outcome.reason } : outcome;
}
