import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import type { Words } from '../../text/words';
import type { PullReason } from './pull-plan';

export interface PullRow {
  workspaceId: string;
  channelId: string;
  reason: PullReason;
  cursor: unknown;
  since: Date;
  workSince: Date | null;
  failures: number;
  lastOkAt: Date | null;
  fence: number;
  claimedAt: Date;
  /** An admin had to change something before it could go on. */
  wasRefused: boolean;
}

/** How a channel's reading stands, for people. */
export interface PullView {
  reason: PullReason;
  since: Date;
  dueAt: Date;
  failures: number;
  error: string | null;
  code: string | null;
  /** What an admin has to change before it can go on. */
  fix: Words | null;
  lastOkAt: Date | null;
  found: number;
  lastFoundAt: Date | null;
}

const ROW = `p.workspace_id AS "workspaceId", p.channel_id AS "channelId", p.reason, p.cursor, p.since, p.work_since AS "workSince",
  p.failures, p.last_ok_at AS "lastOkAt", p.fence::float8 AS fence, p.due_at AS "claimedAt",
  p.fix IS NOT NULL AS "wasRefused"`;

@Injectable()
export class PullsRepository {
  /** Makes the rows that are missing; those there keep where they stand. */
  async ensure(
    tx: Tx,
    rows: readonly { workspaceId: string; channelId: string; reason: PullReason; dueAt: Date; since: Date }[],
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO channel_pulls (workspace_id, channel_id, reason, due_at, since)
       SELECT p.* FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[]) AS p(w, c, r, d, s)
       JOIN channels ch ON ch.workspace_id = p.w AND ch.id = p.c
       ON CONFLICT DO NOTHING`,
      [
        rows.map((r) => r.workspaceId),
        rows.map((r) => r.channelId),
        rows.map((r) => r.reason),
        rows.map((r) => r.dueAt),
        rows.map((r) => r.since),
      ],
    );
  }

  /** Which readings of these channels there are: `channel reason`. */
  async known(tx: Tx): Promise<Set<string>> {
    const rows = await tx.query<{ channel_id: string; reason: string }>('SELECT channel_id, reason FROM channel_pulls');
    return new Set(rows.map((row) => `${row.channel_id} ${row.reason}`));
  }

  /** Asks for everything since then. One under way goes on further back if this reaches further. */
  async backfill(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    since: Date,
    workSince: Date,
    now: Date,
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO channel_pulls AS p (workspace_id, channel_id, reason, since, work_since, due_at) VALUES ($1, $2, 'backfill', $3, $4, $5)
       ON CONFLICT (workspace_id, channel_id, reason) DO UPDATE SET since = least(p.since, excluded.since),
         work_since = least(p.work_since, excluded.work_since), cursor = NULL, due_at = excluded.due_at, failures = 0,
         fence = p.fence + 1, leased_until = NULL`,
      [workspaceId, channelId, since, workSince, now],
    );
  }

  /** Lets readings of a channel go at once; one under way goes once more, as it may have looked before the news came. */
  async hurry(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    reasons: readonly PullReason[],
    now: Date,
  ): Promise<void> {
    await tx.execute(
      `UPDATE channel_pulls SET failures = 0,
         due_at = CASE WHEN leased_until > $4 THEN greatest(due_at, $4) ELSE least(due_at, $4) END
       WHERE workspace_id = $1 AND channel_id = $2 AND reason = ANY($3)`,
      [workspaceId, channelId, reasons, now],
    );
  }

  /** Lets those go at once that wait for a change by an admin. */
  async hurryRefused(tx: Tx, workspaceId: string, channelId: string, now: Date): Promise<void> {
    await tx.execute(
      `UPDATE channel_pulls SET due_at = least(due_at, $3)
       WHERE workspace_id = $1 AND channel_id = $2 AND fix IS NOT NULL AND (leased_until IS NULL OR leased_until < $3)`,
      [workspaceId, channelId, now],
    );
  }

  /** Leases rows that are due, of channels that work. */
  claim(tx: Tx, node: string, limit: number, now: Date, until: Date): Promise<PullRow[]> {
    // $1 node, $2 how many, $3 now, $4 lease end
    return tx.query<PullRow>(
      `UPDATE channel_pulls p SET leased_by = $1, leased_until = $4, due_at = $3, fence = p.fence + 1
       FROM (SELECT q.workspace_id, q.channel_id, q.reason FROM channel_pulls q
             JOIN channels ch ON ch.workspace_id = q.workspace_id AND ch.id = q.channel_id AND ch.state = 'active'
             WHERE q.due_at <= $3 AND (q.leased_until IS NULL OR q.leased_until < $3)
             ORDER BY q.due_at LIMIT $2 FOR UPDATE OF q SKIP LOCKED) due
       WHERE p.workspace_id = due.workspace_id AND p.channel_id = due.channel_id AND p.reason = due.reason
       RETURNING ${ROW}`,
      [node, limit, now, until],
    );
  }

  /** @returns false when somebody else holds it by now */
  async renew(tx: Tx, row: PullRow, until: Date): Promise<boolean> {
    const held = await tx.execute(
      `UPDATE channel_pulls SET leased_until = $5 WHERE workspace_id = $1 AND channel_id = $2 AND reason = $3 AND fence = $4`,
      [row.workspaceId, row.channelId, row.reason, row.fence, until],
    );
    return held === 1;
  }

  /** Keeps where a reading stands after its bodies were stored; the lease goes on. @returns false when the lease is gone */
  async advance(tx: Tx, row: PullRow, cursor: unknown, found: number, now: Date, until: Date): Promise<boolean> {
    const held = await tx.execute(
      `UPDATE channel_pulls SET cursor = $5, found = found + $6, last_found_at = CASE WHEN $6 > 0 THEN $7 ELSE last_found_at END,
         failures = 0, error = NULL, code = NULL, fix = NULL, leased_until = $8
       WHERE workspace_id = $1 AND channel_id = $2 AND reason = $3 AND fence = $4`,
      [row.workspaceId, row.channelId, row.reason, row.fence, JSON.stringify(cursor ?? null), found, now, until],
    );
    return held === 1;
  }

  /** A whole reading went well. @param dueAt null ends it: a backfill is done; news since the claim are due at once */
  async finish(tx: Tx, row: PullRow, dueAt: Date | null, now: Date): Promise<void> {
    const key = [row.workspaceId, row.channelId, row.reason, row.fence];
    const where = 'workspace_id = $1 AND channel_id = $2 AND reason = $3 AND fence = $4';
    if (dueAt === null) await tx.execute(`DELETE FROM channel_pulls WHERE ${where}`, key);
    else
      await tx.execute(
        `UPDATE channel_pulls SET due_at = CASE WHEN due_at > $7 THEN least(due_at, $5) ELSE $5 END, last_ok_at = $6,
           leased_until = NULL, failures = 0, error = NULL, code = NULL, fix = NULL WHERE ${where}`,
        [...key, dueAt, now, row.claimedAt],
      );
  }

  async fail(
    tx: Tx,
    row: PullRow,
    dueAt: Date,
    { error, code, fix }: Pick<PullView, 'code' | 'fix'> & { error: string },
  ): Promise<void> {
    await tx.execute(
      `UPDATE channel_pulls SET due_at = $5, failures = failures + 1, error = $6, code = $7, fix = $8, leased_until = NULL
       WHERE workspace_id = $1 AND channel_id = $2 AND reason = $3 AND fence = $4`,
      [
        row.workspaceId,
        row.channelId,
        row.reason,
        row.fence,
        dueAt,
        error.slice(0, 500),
        code,
        fix ? JSON.stringify(fix) : null,
      ],
    );
  }

  /** No answer this time. Of a reading that was refused it stands why, and what an admin has to change. */
  async putOff(
    tx: Tx,
    row: PullRow,
    dueAt: Date,
    { error, code }: Pick<PullView, 'code'> & { error: string },
  ): Promise<void> {
    await tx.execute(
      `UPDATE channel_pulls SET due_at = $5, failures = failures + 1, leased_until = NULL,
         error = CASE WHEN fix IS NULL THEN $6 ELSE error END, code = CASE WHEN fix IS NULL THEN $7 ELSE code END
       WHERE workspace_id = $1 AND channel_id = $2 AND reason = $3 AND fence = $4`,
      [row.workspaceId, row.channelId, row.reason, row.fence, dueAt, error.slice(0, 500), code],
    );
  }

  async addCost(
    tx: Tx,
    { workspaceId, channelId }: PullRow,
    cost: { amount: number; unit: string },
    now: Date,
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO channel_costs AS c (workspace_id, channel_id, day, unit, amount) VALUES ($1, $2, ($3::timestamptz AT TIME ZONE 'UTC')::date, $4, $5)
       ON CONFLICT (workspace_id, channel_id, day, unit) DO UPDATE SET amount = c.amount + excluded.amount`,
      [workspaceId, channelId, now, cost.unit, cost.amount],
    );
  }

  /** What the day (UTC) has cost so far. */
  async costToday(tx: Tx, workspaceId: string, channelId: string, unit: string, now: Date): Promise<number> {
    const [row] = await tx.query<{ amount: number }>(
      `SELECT amount::float8 AS amount FROM channel_costs
       WHERE workspace_id = $1 AND channel_id = $2 AND day = ($3::timestamptz AT TIME ZONE 'UTC')::date AND unit = $4`,
      [workspaceId, channelId, now, unit],
    );
    return row?.amount ?? 0;
  }

  views(tx: Tx, workspaceId: string, channelId: string): Promise<PullView[]> {
    return tx.query<PullView>(
      `SELECT reason, since, due_at AS "dueAt", failures, error, code, fix, last_ok_at AS "lastOkAt", found::float8 AS found,
              last_found_at AS "lastFoundAt"
       FROM channel_pulls WHERE workspace_id = $1 AND channel_id = $2 ORDER BY reason`,
      [workspaceId, channelId],
    );
  }

  costs(tx: Tx, workspaceId: string, channelId: string): Promise<{ day: string; unit: string; amount: number }[]> {
    return tx.query(
      `SELECT day::text, unit, amount::float8 AS amount FROM channel_costs
       WHERE workspace_id = $1 AND channel_id = $2 AND day > current_date - 31 ORDER BY day DESC, unit`,
      [workspaceId, channelId],
    );
  }
}
