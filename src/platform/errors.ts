/**
 * The one error type of the product. A `code` says what kind of refusal it is, the message what to do next; no HTTP in
 * here: `http-errors.filter.ts` holds the exhaustive table from code to status.
 */
export type ErrorCode =
  | 'bad_request'
  | 'validation_failed'
  | 'unauthenticated'
  | 'csrf_failed'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'already_claimed'
  | 'capacity_full'
  | 'stale_reply'
  | 'idempotency_key_reused'
  | 'idempotency_in_progress'
  | 'invalid_transition'
  | 'send_refused'
  | 'capability_missing'
  | 'payload_too_large'
  | 'storage_full'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'resync'
  | 'unavailable'
  | 'misconfigured';

export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Machine-readable facts: field problems as `{ fields: [{ path, problem }] }`, the newer message of a stale reply, … */
    readonly details: Record<string, unknown> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'DomainError';
  }
}

/** The same answer for "not yours" and "not there", so ids cannot be probed. */
export const notFound = (what: string) => new DomainError('not_found', `There is no such ${what} in this workspace.`);

/**
 * A job's work failed in a way that time may heal. `afterMs` overrides the runner's backoff. `counts: false`: nothing was
 * tried in vain, it only waits, so it uses up no try and is never set aside for it.
 */
export class RetryLater extends Error {
  readonly counts: boolean;

  constructor(
    message: string,
    readonly afterMs?: number,
    { counts = true, ...options }: { cause?: unknown; counts?: boolean } = {},
  ) {
    super(message, options);
    this.name = 'RetryLater';
    this.counts = counts;
  }
}

/** A job's work cannot succeed by repeating it: the row is parked for a person to read, retry or drop. */
export class GiveUp extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'GiveUp';
  }
}
