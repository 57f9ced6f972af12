import { Injectable } from '@nestjs/common';
import { isIPv4, isIPv6 } from 'node:net';
import type { Tx } from '../platform/database';
import { hashKey } from '../platform/ids';

export const WINDOW_MS = 15 * 60_000;
/** Wrong passwords for one e-mail in a window; the next try is refused unseen. */
export const EMAIL_LIMIT = 10;
/** More for an address: a whole office may stand behind one. */
export const ADDRESS_LIMIT = 50;

/**
 * Counts sign-in attempts in Postgres, so all nodes share the count. An attempt is counted before its password is
 * looked at and given back when the password was right: parallel guesses cannot slip past the limit together.
 */
@Injectable()
export class LoginLimits {
  /** @returns null when the attempt may go on, else the milliseconds until the next may */
  async take(tx: Tx, email: string, address: string, now: Date): Promise<number | null> {
    const byAddress = await this.count(tx, addressKey(address), ADDRESS_LIMIT, now);
    if (byAddress !== null) return byAddress;
    return this.count(tx, emailKey(email), EMAIL_LIMIT, now);
  }

  /** The password was right: the e-mail starts afresh, the address gets this attempt back. Sweeps a few old counters. */
  async giveBack(tx: Tx, email: string, address: string, now: Date): Promise<void> {
    // $1 address key, $2 its limit
    await tx.execute(
      `UPDATE login_attempts SET failures = greatest(failures - 1, 0),
              blocked_until = CASE WHEN failures - 1 < $2 THEN NULL ELSE blocked_until END
       WHERE key = $1`,
      [addressKey(address), ADDRESS_LIMIT],
    );
    await tx.execute('DELETE FROM login_attempts WHERE key = $1', [emailKey(email)]); // $1 e-mail key
    // $1 when a counter is too old to matter
    await tx.execute(
      `DELETE FROM login_attempts WHERE key IN (
         SELECT key FROM login_attempts WHERE window_started_at < $1 LIMIT 500 FOR UPDATE SKIP LOCKED)`,
      [new Date(now.getTime() - 4 * WINDOW_MS)],
    );
  }

  private async count(tx: Tx, key: string, limit: number, now: Date): Promise<number | null> {
    // $1 key, $2 now, $3 limit, $4 window in ms. The row's lock makes parallel attempts count one after the other.
    const [row] = await tx.query<{ failures: number; blocked_until: Date | null }>(
      `INSERT INTO login_attempts AS l (key, failures, window_started_at) VALUES ($1, 1, $2)
       ON CONFLICT (key) DO UPDATE SET (failures, window_started_at, blocked_until) = (
         SELECT n, started, CASE WHEN n >= $3 THEN coalesce(kept, $2::timestamptz + $4 * interval '1 millisecond') END
         FROM (SELECT CASE WHEN lapsed THEN 1 ELSE least(l.failures + 1, $3 + 1) END AS n,
                      CASE WHEN lapsed THEN $2 ELSE l.window_started_at END AS started,
                      CASE WHEN lapsed THEN NULL ELSE l.blocked_until END AS kept
               FROM (SELECT coalesce(l.blocked_until, l.window_started_at + $4 * interval '1 millisecond') <= $2 AS lapsed) o) s)
       RETURNING failures, blocked_until`,
      [key, now, limit, WINDOW_MS],
    );
    if (!row || row.failures <= limit || !row.blocked_until) return null;
    return Math.max(row.blocked_until.getTime() - now.getTime(), 1);
  }
}

const emailKey = (email: string) => `email:${hashKey(email)}`;
const addressKey = (address: string) => `address:${hashKey(network(address))}`;

/** What one caller can hardly change at will: an IPv4 address, or the first half of an IPv6 one. */
export function network(address: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(mapped) || !isIPv6(address)) return mapped;
  const [head = '', tail = ''] = address.split('%')[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const all = address.includes('::')
    ? [...groups, ...Array<string>(8 - groups.length - after.length).fill('0'), ...after]
    : groups;
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
