import type { SendOutcome } from '../../sending';
import type { HttpAnswer } from '../../egress';
import { id, milliseconds, record, string } from '../json';
import { unanswered, unansweredAgain } from '../unanswered';

type Answer = Extract<HttpAnswer, { kind: 'answer' }>;
type Failed = Extract<SendOutcome, { status: 'failed' }>;

export const failed = (code: string, fix: Failed['fix'], reason: string): Failed => ({
  status: 'failed',
  code,
  fix,
  reason,
});

const LONGEST_REASON = 300;
const CODE = /^[a-z0-9_.-]{1,60}$/i;

/** What a call to the service meant for the message it carried. The statuses are the channel's contract (client/README.md). */
export function sendOutcomeOf(answer: HttpAnswer, nowMs: number): SendOutcome {
  if (answer.kind === 'no_answer') return unanswered(answer);
  const externalId = id(record(answer.json)?.['externalId']);
  if (answer.ok || answer.status === 409) {
    if (externalId !== undefined) return { status: 'sent', externalId };
    return { status: 'unknown', reason: `The service took it (HTTP ${answer.status}) and has not named it yet.` };
  }
  return refusalOf(answer, nowMs);
}

/** The same for a change, which ends in one state however often it is asked for: doubt is answered by asking again. */
export function changeOutcomeOf(answer: HttpAnswer, externalId: string, nowMs: number): SendOutcome {
  if (answer.kind === 'no_answer') return unansweredAgain(answer);
  if (answer.ok) return { status: 'sent', externalId };
  const refusal = refusalOf(answer, nowMs);
  return refusal.status === 'unknown' ? { status: 'retry', reason: refusal.reason } : refusal;
}

function refusalOf(answer: Answer, nowMs: number): SendOutcome {
  const { status } = answer;
  const facts = record(answer.json);
  const said = string(facts?.['reason'])?.slice(0, LONGEST_REASON);
  const given = string(facts?.['code']);
  const code = given !== undefined && CODE.test(given) ? given : `http_${status}`;
  const reason = (otherwise: string) => `${said ?? otherwise} (HTTP ${status})`;
  switch (status) {
    case 401:
    case 403:
      return { status: 'reconnect', code, reason: reason('The service refuses our signature. Check the secret.') };
    case 410:
      return failed(code, 'none', reason('This person or thread is not there any more.'));
    case 413:
      return failed(code, 'agent', reason('The service finds the message too large.'));
    case 422:
      return failed(code, fixOf(facts?.['fix'], 'agent'), reason('The service refuses the message.'));
    case 429:
    case 503: {
      const scope = facts?.['scope'] === 'message' ? 'message' : 'channel';
      const afterMs = retryAfterMs(answer.headers.get('retry-after'), nowMs);
      return { status: 'retry', code: given ?? 'rate_limited', reason: reason('Come back later.'), afterMs, scope };
    }
    case 425:
      return { status: 'retry', code, reason: reason('Too early.') };
    default:
      if (status >= 500 || status === 408)
        return { status: 'unknown', reason: reason('The service failed, and whether it was sent is open.') };
      return failed(code, fixOf(facts?.['fix'], 'admin'), reason('The service answers in a way we do not know.'));
  }
}

const fixOf = (value: unknown, otherwise: Failed['fix']): Failed['fix'] =>
  value === 'agent' || value === 'admin' || value === 'none' ? value : otherwise;

const LONGEST_WAIT_MS = 3_600_000;

/** `Retry-After` in seconds or as a date, as milliseconds from now. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d{1,7}$/.test(header) ? Number(header) : undefined;
  const at = seconds === undefined ? milliseconds(header) : nowMs + seconds * 1000;
  return at === undefined ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, at - nowMs));
}
