import type { CallOutcome, CallState, Window } from './call-life';

/** A call that was promised to a customer, as its rules see it. */
export interface CallPromise {
  workspaceId: string;
  id: string;
  ticketId: string;
  conversationId: string;
  contactId: string;
  state: CallState;
  endReason: string | null;
  /** E.164. */
  phone: string;
  phoneRaw: string;
  country: string | null;
  reason: string | null;
  brief: string | null;
  language: string | null;
  /** Half open; null until a time is agreed. */
  windowStart: Date | null;
  windowEnd: Date | null;
  timeZone: string;
  consentAt: Date;
  consentText: string;
  promisedBy: string;
  claimedBy: string | null;
  /** Until when a claim holds without a beginning. */
  leaseUntil: Date | null;
  nextAttemptAt: Date | null;
  /** Tries at the customer. */
  attempts: number;
  dueToldAt: Date | null;
  missedAt: Date | null;
  version: number;
  createdAt: Date;
  endedAt: Date | null;
  /** Of its ticket, for who may see it and who hears of it. */
  teamId: string | null;
  assigneeId: string | null;
}

/** Waiting in the queue for this window. */
export const atWindow = (promise: CallPromise, window: Window): CallPromise => ({
  ...promise,
  state: 'scheduled',
  windowStart: new Date(window.start),
  windowEnd: new Date(window.end),
  claimedBy: null,
  leaseUntil: null,
  nextAttemptAt: null,
  dueToldAt: null,
  missedAt: null,
});

export const ended = (
  promise: CallPromise,
  state: CallPromise['state'],
  reason: string | null,
  now: Date,
): CallPromise => ({
  ...promise,
  state,
  endReason: reason,
  claimedBy: null,
  leaseUntil: null,
  nextAttemptAt: null,
  endedAt: now,
});

export const STAGES = ['placing', 'agent_ringing', 'agent_answered', 'customer_ringing', 'talking', 'ended'] as const;
export type Stage = (typeof STAGES)[number];

/** The agent's own phone, through a `tel:` link; anything else is a voice provider's name. */
export const TEL = 'tel';

export interface CallAttempt {
  workspaceId: string;
  id: string;
  promiseId: string;
  n: number;
  agentId: string;
  provider: string;
  accountId: string | null;
  agentPhone: string | null;
  stage: Stage;
  askedAt: Date | null;
  agentCallId: string | null;
  customerCallId: string | null;
  agentEnd: string | null;
  customerEnd: string | null;
  outcome: CallOutcome | null;
  note: string | null;
  overrideReason: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  messageId: string | null;
  recordingUrl: string | null;
  recordingId: string | null;
  durationMs: number | null;
  startedAt: Date;
  answeredAt: Date | null;
  endedAt: Date | null;
  lookAt: Date | null;
}

/** What a workspace may set of how it calls. */
export interface CallSettings {
  calendarId: string | null;
  slotMinutes: number;
  /** Calls a slot takes; null: as many as there are agents. */
  capacity: number | null;
  maxAttempts: number;
  retryMs: number;
  leaseMs: number;
  expireMs: number;
  /** Of numbers written without one: ISO 3166-1 alpha-2. */
  country: string;
}
