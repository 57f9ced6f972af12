import { type SendOutcome, UNREACHABLE } from '../channels/sending';
import { patience } from '../inbox/conversations/delivery';
import { AttachmentUnreadable } from './attachment-source';
import type { DeliveryResult } from './outbound.repository';

/** How long after a doubtful call its echo may still be on the way; asking earlier proves nothing. */
export const ECHO_GRACE_MS = 8_000;

const PAUSE_MS = 60_000; // for an account that must wait, where the network does not say how long

/**
 * A channel whose secrets this installation cannot open: nobody tells when it can, so it is looked at again, using up no
 * try. Entering them anew looks at once.
 */
export const SECRETS_CLOSED = { reason: 'The channel’s secrets do not open.', afterMs: 10 * 60_000 };

/** What a call came to, and what follows from it. */
export interface Attempt {
  result: DeliveryResult;
  /** Messages at the network that may be this one, likeliest first; `result` holds when none of them is. */
  candidates?: readonly string[];
  /** Set when the run ends here and the job comes back later. */
  waitMs?: number;
  /** The channel's credentials are refused; why. */
  reconnect?: string;
  /** It lies with the account: only an admin can change that. */
  forAdmin?: true;
  /** The whole account must wait. */
  pause?: Pause;
}

/** How long an account must wait: milliseconds, or a little longer each time where only trying tells. */
export type Pause = number | 'growing';

/** It waits with its whole channel, through no fault of its own: the try does not count. */
export const isHeld = (attempt: Attempt): boolean => attempt.reconnect !== undefined || attempt.pause !== undefined;

/** How long an account must wait; undefined when only the one message must. */
export function pauseOf(outcome: SendOutcome): Pause | undefined {
  if (outcome.status !== 'retry' || outcome.scope !== 'channel') return undefined;
  return outcome.afterMs ?? (outcome.code === UNREACHABLE ? 'growing' : PAUSE_MS);
}

const TAKEN_AT_ITS_WORD = 10; // tries; a network that names too short a time for ever is asked ever less often

const waitOf = (askedMs: number | undefined, attempts: number): number =>
  askedMs === undefined || attempts >= TAKEN_AT_ITS_WORD ? Math.max(askedMs ?? 0, patience(attempts)) : askedMs;

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
      const pause = pauseOf(outcome);
      if (pause === undefined) return { result, waitMs: waitOf(outcome.afterMs, attempts) };
      return { result, pause, ...(pause === 'growing' ? {} : { waitMs: pause }) };
    }
    case 'failed':
      return {
        result: { state: 'failed', reason: outcome.reason, code: outcome.code },
        ...(outcome.fix === 'admin' ? { forAdmin: true as const } : {}),
      };
    case 'reconnect':
      return {
        result: { state: 'queued', reason: outcome.reason, code: outcome.code },
        waitMs: patience(0),
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
