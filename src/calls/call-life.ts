import { DomainError } from '../platform/errors';

export const CALL_STATES = [
  'requested',
  'scheduled',
  'claimed',
  'dialing',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const;
export type CallState = (typeof CALL_STATES)[number];

/** What may follow what. An ended call is history: another one is promised anew. */
export const CALL_LIFE: Record<CallState, readonly CallState[]> = {
  requested: ['scheduled', 'cancelled', 'expired'],
  scheduled: ['claimed', 'cancelled', 'expired'],
  claimed: ['dialing', 'scheduled', 'cancelled', 'expired'],
  dialing: ['completed', 'failed', 'cancelled', 'scheduled', 'claimed'],
  completed: [],
  failed: [],
  cancelled: [],
  expired: [],
};

export const isOpen = (state: CallState): boolean => CALL_LIFE[state].length > 0;

/** @throws DomainError `invalid_transition` */
export function moveCall(from: CallState, to: CallState): CallState {
  if (CALL_LIFE[from].includes(to)) return to;
  throw new DomainError('invalid_transition', refusal(from), { from, to, allowed: CALL_LIFE[from] });
}

/** Only how it went ends a call under way. */
export const beingMade = () =>
  new DomainError('invalid_transition', 'This call is being made; say how it went instead.', { from: 'dialing' });

function refusal(from: CallState): string {
  if (!isOpen(from)) return `This call is ${from}; promise another one.`;
  if (from === 'dialing') return 'This call is being made; say how it went first.';
  if (from === 'requested') return 'No time is agreed for this call; give it a window first.';
  return `Claim this call before you begin it.`;
}

export const OUTCOMES = [
  'answered_resolved',
  'answered_follow_up',
  'answered_wrong_person',
  'no_answer',
  'busy',
  'voicemail_left',
  'unreachable',
  'refused',
  'cancelled_by_customer',
  'agent_unavailable',
] as const;
export type CallOutcome = (typeof OUTCOMES)[number];

interface Meaning {
  /** Where it leaves the promise; `again`: see `afterTry`. */
  leads: 'completed' | 'failed' | 'cancelled' | 'again' | 'back';
  /** The customer was spoken to, which keeps the promise. */
  reached: boolean;
  /** What was said must be written down. */
  noted: boolean;
  /** Soon again when the line was only engaged; otherwise at another hour. */
  soon?: true;
}

/** `back`: nobody reached for the customer, so it counts as no try. */
export const MEANING: Record<CallOutcome, Meaning> = {
  answered_resolved: { leads: 'completed', reached: true, noted: true },
  answered_follow_up: { leads: 'completed', reached: true, noted: true },
  answered_wrong_person: { leads: 'failed', reached: false, noted: true },
  no_answer: { leads: 'again', reached: false, noted: false, soon: true },
  busy: { leads: 'again', reached: false, noted: false, soon: true },
  voicemail_left: { leads: 'again', reached: false, noted: false },
  unreachable: { leads: 'again', reached: false, noted: false },
  refused: { leads: 'cancelled', reached: true, noted: true },
  cancelled_by_customer: { leads: 'cancelled', reached: false, noted: false },
  agent_unavailable: { leads: 'back', reached: false, noted: false },
};

export interface RetryRule {
  maxAttempts: number;
  /** Milliseconds from a first try to a second. */
  retryMs: number;
}

/** Half open, milliseconds. */
export interface Window {
  start: number;
  end: number;
}

export type NextTry =
  | { kind: 'again'; at: number; window: Window }
  /** Nothing is left to try by phone: a message on the customer's own channel is. */
  | { kind: 'give_up' };

/**
 * When to try again after nobody was reached: once soon, if the line rang or was engaged and the window still has room
 * for it; after that in the next free slot; never more often than the rule says.
 * @param tries how many there were, with this one
 * @param free free slots from some time after `now` on, in order
 */
export function afterTry(
  outcome: CallOutcome,
  tries: number,
  now: number,
  window: Window,
  rule: RetryRule,
  free: Iterable<Window>,
): NextTry {
  if (tries >= rule.maxAttempts) return { kind: 'give_up' };
  const soon = now + rule.retryMs;
  if (MEANING[outcome].soon && tries === 1 && soon >= window.start && soon < window.end)
    return { kind: 'again', at: soon, window };
  for (const slot of free) if (slot.start >= soon) return { kind: 'again', at: slot.start, window: slot };
  return { kind: 'give_up' };
}
