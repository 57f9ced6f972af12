import { type CallAttempt, type Stage, STAGES } from '../call';
import type { CallOutcome } from '../call-life';

export const LEG_STATUSES = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] as const;
export type LegStatus = (typeof LEG_STATUSES)[number];

/** What is known of one leg of a call at some moment; facts come in any order, and more than once. */
export interface VoiceFact {
  leg: 'agent' | 'customer';
  callId: string;
  status: LegStatus | null;
  durationMs?: number;
  recordingUrl?: string;
  recordingId?: string;
  errorCode?: string;
  /** The number does not exist, or may not be called: dialling it again changes nothing. */
  deadNumber?: boolean;
}

const ENDS: ReadonlySet<string> = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);

const REACHED: Record<VoiceFact['leg'], Partial<Record<LegStatus, Stage>>> = {
  agent: { queued: 'placing', initiated: 'placing', ringing: 'agent_ringing', 'in-progress': 'agent_answered' },
  customer: {
    queued: 'customer_ringing',
    initiated: 'customer_ringing',
    ringing: 'customer_ringing',
    'in-progress': 'talking',
  },
};

/** The further of two stages: what is older, and arrives later, takes nothing back. */
const further = (a: Stage, b: Stage): Stage => (STAGES.indexOf(b) > STAGES.indexOf(a) ? b : a);

/**
 * The attempt with a fact taken in; the same object when it tells nothing new. A leg that ended stays ended as it did,
 * and a fact of some other call changes nothing.
 */
export function progress(attempt: CallAttempt, fact: VoiceFact, now: Date): CallAttempt {
  const known = fact.leg === 'agent' ? attempt.agentCallId : attempt.customerCallId;
  if (known !== null && known !== fact.callId) return attempt;
  const end = fact.status !== null && ENDS.has(fact.status) ? fact.status : null;
  const next: CallAttempt = { ...attempt };
  if (fact.leg === 'agent') {
    next.agentCallId = fact.callId;
    next.agentEnd ??= end;
  } else {
    next.customerCallId = fact.callId;
    next.customerEnd ??= end;
    if (fact.status === 'in-progress' || fact.status === 'completed') next.answeredAt ??= now;
    if (end !== null) next.durationMs ??= fact.durationMs ?? null;
    next.stage = further(next.stage, 'customer_ringing');
  }
  const reached = fact.status === null ? undefined : REACHED[fact.leg][fact.status];
  if (reached) next.stage = further(next.stage, reached);
  next.recordingUrl ??= fact.recordingUrl ?? null;
  next.recordingId ??= fact.recordingId ?? null;
  next.errorCode ??= fact.errorCode ?? null;
  const opened = STAGES.indexOf(next.stage) >= STAGES.indexOf('customer_ringing');
  if (next.agentEnd !== null && (!opened || next.customerEnd !== null)) {
    next.stage = 'ended';
    next.endedAt ??= now;
  }
  return same(attempt, next) ? attempt : next;
}

const same = (a: CallAttempt, b: CallAttempt) =>
  (Object.keys(a) as (keyof CallAttempt)[]).every((key) => a[key] === b[key]);

/**
 * How an ended attempt went, as far as the provider can say; null while it runs, and where people spoke (or the agent
 * hung up while it rang): that, they have to say themselves.
 */
export function verdict(attempt: CallAttempt): CallOutcome | null {
  if (attempt.stage !== 'ended') return null;
  switch (attempt.customerEnd) {
    case null:
      return 'agent_unavailable';
    case 'busy':
      return 'busy';
    case 'no-answer':
      return 'no_answer';
    case 'failed':
      return 'unreachable';
    default:
      return null;
  }
}
