import type { SendOutcome } from '../channels/sending';
import { AttachmentUnreadable } from './attachment-source';
import type { DeliveryResult } from './outbound.repository';

/** How long after a doubtful call its echo may still be on the way; asking earlier proves nothing. */
export const ECHO_GRACE_MS = 8_000;

const RETRY_MS = 5_000;
const RETRY_AT_MOST_MS = 10 * 60_000;
const PAUSE_MS = 60_000; // for an account that must wait, where the network does not say how long

/** What a call came to, and what follows from it. */
export interface Attempt {
  result: DeliveryResult;
  /** Messages at the network that may be this one, likeliest first; `result` holds when none of them is. */
  candidates?: readonly string[];
  /** Set when the run ends here and the job comes back later. */
  waitMs?: number;
  /** The channel's credentials are refused; why. */
  reconnect?: string;
  /** The whole account must wait so long, in milliseconds. */
  pauseMs?: number;
}

/** It waits with its whole channel, through no fault of its own: the try does not count. */
export const isHeld = (attempt: Attempt): boolean => attempt.reconnect !== undefined || attempt.pauseMs !== undefined;

/** How long to leave a message alone that has been tried `times` before: 5 s, 10 s, … 10 minutes. */
export const patience = (times: number): number => Math.min(RETRY_AT_MOST_MS, RETRY_MS * 2 ** Math.min(times, 20));

/** How long an account must wait, in milliseconds; undefined when only the one message must. */
export const pauseOf = (outcome: SendOutcome): number | undefined =>
  outcome.status === 'retry' && outcome.scope === 'channel' ? (outcome.afterMs ?? PAUSE_MS) : undefined;

export function attemptOf(outcome: SendOutcome, attempts: number): Attempt {
  switch (outcome.status) {
    case 'sent': {
      const { externalId, recipientExternalId } = outcome;
      return { result: { state: 'sent', externalId, recipientExternalId } };
    }
    case 'unknown':
      return { result: { state: 'unknown', reason: outcome.reason, code: 'unknown' }, waitMs: ECHO_GRACE_MS };
    case 'retry': {
      const result = { state: 'queued' as const, reason: outcome.reason, code: outcome.code };
      const pauseMs = pauseOf(outcome);
      return pauseMs === undefined
        ? { result, waitMs: outcome.afterMs ?? patience(attempts) }
        : { result, waitMs: pauseMs, pauseMs };
    }
    case 'failed':
      return { result: { state: 'failed', reason: outcome.reason, code: outcome.code } };
    case 'reconnect':
      return {
        result: { state: 'queued', reason: outcome.reason, code: outcome.code },
        waitMs: RETRY_MS,
        reconnect: outcome.reason,
      };
  }
}

/** A connector threw: either it could not have what is attached, or nobody knows what happened. */
export function brokenOff(error: unknown): SendOutcome {
  const reason = error instanceof Error ? error.message : 'The call broke off.';
  if (!(error instanceof AttachmentUnreadable)) return { status: 'unknown', reason };
  return error.gone
    ? { status: 'failed', code: 'attachment_gone', reason, fix: 'agent' }
    : { status: 'retry', code: 'attachment_unreadable', reason };
}
