const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits after the first, second … failed try, as Standard Webhooks suggests: about three days in all. */
const WAITS_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const LONGEST_ASKED_MS = 6 * HOUR; // a receiver may ask us to wait, not to forget
const GIVE_UP_AFTER_MS = 5 * 24 * HOUR; // a long weekend and Nowruz's first days are no reason to stop telling
const JITTER = 0.2;

export type Answer =
  | { kind: 'status'; status: number; retryAfterMs?: number }
  /** It could not be reached, or broke off. */
  | { kind: 'none' };

export type Next =
  | { state: 'delivered' }
  | { state: 'waiting'; afterMs: number }
  | { state: 'failed' }
  /** The receiver says that nobody listens there any more. */
  | { state: 'failed'; gone: true };

/**
 * What becomes of a delivery after its nth try.
 * @param random uniform in [0, 1): deliveries that failed together do not come back together
 */
export function afterTry(answer: Answer, attempt: number, random: () => number = Math.random): Next {
  if (answer.kind === 'status' && answer.status >= 200 && answer.status < 300) return { state: 'delivered' };
  if (answer.kind === 'status' && answer.status === 410) return { state: 'failed', gone: true };
  const wait = WAITS_MS[attempt - 1];
  if (wait === undefined) return { state: 'failed' };
  const asked = answer.kind === 'status' ? (answer.retryAfterMs ?? 0) : 0;
  const afterMs = Math.max(wait * (1 + JITTER * random()), Math.min(asked, LONGEST_ASKED_MS));
  return { state: 'waiting', afterMs: Math.round(afterMs) };
}

/** Whether an endpoint that nothing has reached since `failingSince` is to be left alone. */
export const isDead = (failingSince: Date | null, now: Date): boolean =>
  failingSince !== null && now.getTime() - failingSince.getTime() >= GIVE_UP_AFTER_MS;
