import { TokenBucket } from '../../../realtime/rate-limit';

const BURST = 100; // an office behind one address opens its pages in the morning
const PER_SECOND = 2;
const KEPT = 10_000; // addresses; the longest unheard of goes first

/**
 * How often an address may try what costs us something but leaves nothing to count in the database: proofs of identity
 * and addresses left. Each node counts for itself; the limits that protect the inbox are counted in Postgres.
 */
export class Attempts {
  private readonly buckets = new Map<string, TokenBucket>();

  /** @param now milliseconds, never going back. @returns seconds to wait, or null when it may go on */
  take(address: string, now: number): number | null {
    const bucket = this.buckets.get(address) ?? new TokenBucket(PER_SECOND, BURST, now);
    this.buckets.delete(address);
    this.buckets.set(address, bucket);
    if (this.buckets.size > KEPT) this.buckets.delete(this.buckets.keys().next().value!);
    return bucket.take(now) ? null : Math.ceil(1 / PER_SECOND);
  }
}
