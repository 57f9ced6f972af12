import { Injectable } from '@nestjs/common';
import { type Tx, violatedConstraint } from '../platform/database';
import type { HandOut } from './job-driver';
import type { QueueName, RunningJob } from './jobs';

/**
 * The `jobs` table as runners see it. Everything is by the database's clock, so nodes with wrong clocks agree on what is
 * due and whose lease is over; `now()`, the start of these short transactions, because an index can use it.
 */

export interface JobToInsert {
  id: string;
  workspaceId: string;
  queue: QueueName;
  name: string;
  payload: Record<string, unknown>;
  dedupeKey: string | null;
  /** ISO instant; null means now. */
  runAt: string | null;
  maxAttempts: number;
}

export interface ParkedToInsert {
  id: string;
  workspaceId: string;
  queue: QueueName;
  name: string;
  payload: Record<string, unknown>;
  maxAttempts: number;
  error: string;
}

export interface LeasedJob extends RunningJob {
  queue: QueueName;
  maxAttempts: number;
  leaseMs: number;
  /** From being due to being leased. */
  waitedMs: number;
}

export interface Lease {
  id: string;
  workspaceId: string;
  fence: number;
}

export interface ExpiredLease extends Lease {
  queue: QueueName;
  name: string;
  attempt: number;
  maxAttempts: number;
}

/** Which process leases, what it can run, for how long. */
export interface LeaseTerms {
  names: readonly string[];
  leaseMs: number;
  leasedBy: string;
}

export interface HandOutRow {
  id: string;
  queue: QueueName;
  fence: string;
  run_at: Date;
  delay_ms: number;
}

interface LeasedRow {
  id: string;
  workspace_id: string;
  queue: QueueName;
  name: string;
  payload: Record<string, unknown>;
  attempts: number;
  max_attempts: number;
  fence: string;
  request_id: string | null;
  waited_ms: number;
}

/** Place of a row in a queue's line; `runAt` as text, for a `Date` would lose its microseconds. */
export interface LinePlace {
  runAt: string;
  id: string;
}

export const handOutColumns = (table: string) =>
  `${table}.id, ${table}.queue, ${table}.fence, ${table}.run_at,
   (extract(epoch FROM ${table}.run_at - clock_timestamp()) * 1000)::float8 AS delay_ms`;

export const handOutOf = (row: HandOutRow): HandOut => ({
  id: row.id,
  queue: row.queue,
  fence: Number(row.fence),
  runAt: row.run_at,
  delayMs: row.delay_ms,
});

const LEASED_COLUMNS = `j.id, j.workspace_id, j.queue, j.name, j.payload, j.attempts, j.max_attempts, j.fence, j.request_id,
  (extract(epoch FROM clock_timestamp() - j.run_at) * 1000)::float8 AS waited_ms`;

const EARLY_MS = 250; // a hand-out whose timer ran ahead of the database by this much is let through

@Injectable()
export class JobsRepository {
  /**
   * Writes all jobs of a transaction in one statement. A ready row with the same key absorbs a job, and stays locked
   * until commit: were it not, a runner could take it now, work without seeing this transaction's rows, and finish; the
   * wake-up would be lost. A row that has failed keeps its backoff, a fresh one moves forward to the earlier time.
   */
  async insert(tx: Tx, jobs: readonly JobToInsert[], requestId: string | null): Promise<HandOut[]> {
    // $1 jobs as JSON, sorted by key so that two transactions lock shared keys in one order; $2 request id
    const rows = await tx.query<HandOutRow>(
      `INSERT INTO jobs AS j (id, workspace_id, queue, name, payload, dedupe_key, run_at, max_attempts, request_id)
       SELECT (x->>'id')::uuid, (x->>'workspaceId')::uuid, x->>'queue', x->>'name', x->'payload', x->>'dedupeKey',
              coalesce((x->>'runAt')::timestamptz, now()), (x->>'maxAttempts')::int, $2
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS e(x, n) ORDER BY n
       ON CONFLICT (workspace_id, name, dedupe_key) WHERE state = 'ready' AND dedupe_key IS NOT NULL
       DO UPDATE SET run_at = CASE WHEN j.attempts = 0 THEN least(j.run_at, excluded.run_at) ELSE j.run_at END
       RETURNING ${handOutColumns('j')}`,
      [JSON.stringify(jobs), requestId],
      'jobs_insert',
    );
    return rows.map(handOutOf);
  }

  /** Ends the wait of a job that stands ready under this key, also when it waits after a failed try. */
  async hurry(tx: Tx, workspaceId: string, name: string, dedupeKey: string): Promise<HandOut[]> {
    // $1 workspace, $2 name, $3 key
    const rows = await tx.query<HandOutRow>(
      `UPDATE jobs j SET run_at = now() WHERE workspace_id = $1 AND name = $2 AND dedupe_key = $3 AND state = 'ready' AND run_at > now()
       RETURNING ${handOutColumns('j')}`,
      [workspaceId, name, dedupeKey],
    );
    return rows.map(handOutOf);
  }

  /** Rows that wait for a person from the start. */
  async insertParked(tx: Tx, jobs: readonly ParkedToInsert[], requestId: string | null): Promise<void> {
    // $1 jobs as JSON; $2 request id
    await tx.execute(
      `INSERT INTO jobs (id, workspace_id, queue, name, payload, max_attempts, state, parked_at, last_error, request_id)
       SELECT (x->>'id')::uuid, (x->>'workspaceId')::uuid, x->>'queue', x->>'name', x->'payload',
              (x->>'maxAttempts')::int, 'parked', now(), x->>'error', $2
       FROM jsonb_array_elements($1::jsonb) AS e(x)`,
      [JSON.stringify(jobs), requestId],
    );
  }

  /** Leases up to `limit` due rows of a queue. Rows another runner is just taking are passed over, not waited for. */
  async claim(tx: Tx, queue: QueueName, limit: number, terms: LeaseTerms): Promise<LeasedJob[]> {
    // $1 queue, $2 names this process can run, $3 how many, $4 who, $5 lease in ms
    const rows = await tx.query<LeasedRow>(
      `WITH due AS (
         SELECT id FROM jobs
         WHERE queue = $1 AND state = 'ready' AND run_at <= now() AND name = ANY($2)
         ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED
       )
       UPDATE jobs j SET state = 'running', attempts = j.attempts + 1, fence = j.fence + 1, leased_by = $4,
              lease_until = clock_timestamp() + $5 * interval '1 ms'
       FROM due WHERE j.id = due.id
       RETURNING ${LEASED_COLUMNS}`,
      [queue, terms.names, limit, terms.leasedBy, terms.leaseMs],
      'jobs_claim',
    );
    return rows.map((row) => leasedOf(row, terms.leaseMs));
  }

  /** Leases one row if it is still ready and due; so a hand-out that arrives twice runs once. */
  async claimOne(tx: Tx, id: string, terms: LeaseTerms): Promise<LeasedJob | null> {
    // $1 id, $2 names this process can run, $3 how early it may be in ms, $4 who, $5 lease in ms
    const [row] = await tx.query<LeasedRow>(
      `UPDATE jobs j SET state = 'running', attempts = j.attempts + 1, fence = j.fence + 1, leased_by = $4,
              lease_until = clock_timestamp() + $5 * interval '1 ms'
       WHERE id = $1 AND state = 'ready' AND name = ANY($2) AND run_at <= now() + $3 * interval '1 ms'
       RETURNING ${LEASED_COLUMNS}`,
      [id, terms.names, EARLY_MS, terms.leasedBy, terms.leaseMs],
      'jobs_claim_one',
    );
    return row ? leasedOf(row, terms.leaseMs) : null;
  }

  /** Renews leases. A row its own handler has locked is passed over: it cannot be swept either. */
  async heartbeat(tx: Tx, leases: readonly (Lease & { leaseMs: number })[]): Promise<void> {
    // $1 ids, $2 fences, $3 leases in ms
    await tx.execute(
      `WITH mine AS (
         SELECT j.id, w.lease_ms FROM unnest($1::uuid[], $2::bigint[], $3::float8[]) AS w(id, fence, lease_ms)
         JOIN jobs j ON j.id = w.id AND j.fence = w.fence AND j.state = 'running'
         FOR UPDATE OF j SKIP LOCKED
       )
       UPDATE jobs j SET lease_until = clock_timestamp() + mine.lease_ms * interval '1 ms' FROM mine WHERE j.id = mine.id`,
      [leases.map((l) => l.id), leases.map((l) => l.fence), leases.map((l) => l.leaseMs)],
      'jobs_heartbeat',
    );
  }

  /** Locks the row if the lease is still this one. */
  async lockLease(tx: Tx, lease: Lease): Promise<boolean> {
    // $1 id, $2 fence, $3 workspace
    const rows = await tx.query(
      `SELECT 1 FROM jobs WHERE id = $1 AND fence = $2 AND workspace_id = $3 AND state = 'running' FOR UPDATE`,
      [lease.id, lease.fence, lease.workspaceId],
      'jobs_lock_lease',
    );
    return rows.length > 0;
  }

  /** Removes finished rows. @returns ids of those whose lease was still held */
  async complete(tx: Tx, leases: readonly Lease[]): Promise<Set<string>> {
    // $1 ids, $2 fences
    const rows = await tx.query<{ id: string }>(
      `DELETE FROM jobs j USING unnest($1::uuid[], $2::bigint[]) AS d(id, fence)
       WHERE j.id = d.id AND j.fence = d.fence AND j.state = 'running' RETURNING j.id`,
      [leases.map((l) => l.id), leases.map((l) => l.fence)],
      'jobs_complete',
    );
    return new Set(rows.map((row) => row.id));
  }

  /**
   * Makes a running row ready again. If a newer job with its key is ready already, that one takes over its tries and its
   * wait, and this row goes. Concurrent enqueues can make it fail on `jobs_dedupe`: use `withTwinRetry`.
   * @param how `given_back` was interrupted by a shutdown and does not count as a try, nor does a failure that says so
   * @returns the row to hand out, or null when the lease is not held (any more)
   */
  async release(
    tx: Tx,
    lease: Lease,
    how: { kind: 'failed'; afterMs: number; error: string; counts?: boolean } | { kind: 'given_back' },
  ): Promise<HandOut | null> {
    // $1 id, $2 fence, $3 workspace, $4 wait in ms, $5 error or null to keep, $6 tries taken back
    const [row] = await tx.query<HandOutRow>(
      `WITH mine AS (
         SELECT id, workspace_id, name, dedupe_key, greatest(attempts - $6::int, 0) AS attempts,
                clock_timestamp() + $4::float8 * interval '1 ms' AS run_at
         FROM jobs
         WHERE id = $1 AND fence = $2 AND workspace_id = $3 AND state = 'running'
         FOR UPDATE
       ), twin AS (
         UPDATE jobs t SET attempts = greatest(t.attempts, mine.attempts), run_at = greatest(t.run_at, mine.run_at),
                last_error = coalesce($5, t.last_error)
         FROM mine
         WHERE t.workspace_id = mine.workspace_id AND t.name = mine.name AND t.dedupe_key = mine.dedupe_key
           AND t.state = 'ready'
         RETURNING ${handOutColumns('t')}
       ), gone AS (
         DELETE FROM jobs j USING mine WHERE j.id = mine.id AND EXISTS (SELECT FROM twin)
       ), again AS (
         UPDATE jobs j SET state = 'ready', attempts = mine.attempts, run_at = mine.run_at, fence = j.fence + 1,
                leased_by = NULL, lease_until = NULL, last_error = coalesce($5, j.last_error)
         FROM mine WHERE j.id = mine.id AND NOT EXISTS (SELECT FROM twin)
         RETURNING ${handOutColumns('j')}
       )
       SELECT * FROM twin UNION ALL SELECT * FROM again`,
      [
        lease.id,
        lease.fence,
        lease.workspaceId,
        how.kind === 'failed' ? how.afterMs : 0,
        how.kind === 'failed' ? how.error : null,
        how.kind === 'given_back' || how.counts === false ? 1 : 0,
      ],
      'jobs_release',
    );
    return row ? handOutOf(row) : null;
  }

  /** Sets a running row aside for a person. @returns false when the lease is not held (any more) */
  async park(tx: Tx, lease: Lease, error: string): Promise<boolean> {
    // $1 id, $2 fence, $3 workspace, $4 error
    const touched = await tx.execute(
      `UPDATE jobs SET state = 'parked', parked_at = clock_timestamp(), last_error = $4, leased_by = NULL, lease_until = NULL
       WHERE id = $1 AND fence = $2 AND workspace_id = $3 AND state = 'running'`,
      [lease.id, lease.fence, lease.workspaceId, error],
    );
    return touched > 0;
  }

  /** The lease that ran out first, its row locked: a runner that wakes now finds it taken. */
  async lockExpired(tx: Tx): Promise<ExpiredLease | null> {
    const [row] = await tx.query<LeasedRow>(
      `SELECT ${LEASED_COLUMNS} FROM jobs j WHERE state = 'running' AND lease_until < now()
       ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [],
      'jobs_lock_expired',
    );
    if (!row) return null;
    return {
      id: row.id,
      workspaceId: row.workspace_id,
      queue: row.queue,
      name: row.name,
      fence: Number(row.fence),
      attempt: row.attempts,
      maxAttempts: row.max_attempts,
    };
  }

  /** How long until each queue has something due, in ms; a queue without ready rows is not named. */
  async nextDue(tx: Tx, queues: readonly QueueName[]): Promise<Map<QueueName, number>> {
    // $1 queues
    const rows = await tx.query<{ queue: QueueName; delay_ms: number }>(
      `SELECT q.queue, (extract(epoch FROM first.run_at - clock_timestamp()) * 1000)::float8 AS delay_ms
       FROM unnest($1::text[]) AS q(queue) CROSS JOIN LATERAL (
         SELECT run_at FROM jobs WHERE queue = q.queue AND state = 'ready' ORDER BY run_at LIMIT 1
       ) first`,
      [queues],
      'jobs_next_due',
    );
    return new Map(rows.map((row) => [row.queue, row.delay_ms]));
  }

  /** Ready rows of a queue with these names that are due within `aheadMs`, in the order of their line, after `after`. */
  async line(
    tx: Tx,
    { queue, names }: { queue: QueueName; names: readonly string[] },
    aheadMs: number,
    after: LinePlace | null,
    limit: number,
  ): Promise<{ rows: HandOut[]; last: LinePlace | null }> {
    // $1 queue, $2 ms ahead, $3 and $4 place to go on from, $5 how many, $6 names
    const rows = await tx.query<HandOutRow & { place: string }>(
      `SELECT ${handOutColumns('jobs')}, run_at::text AS place FROM jobs
       WHERE queue = $1 AND state = 'ready' AND run_at <= now() + $2::float8 * interval '1 ms' AND name = ANY($6)
         AND (run_at, id) > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
       ORDER BY run_at, id LIMIT $5`,
      [queue, aheadMs, after?.runAt ?? null, after?.id ?? null, limit, names],
      'jobs_line',
    );
    const last = rows.at(-1);
    return { rows: rows.map(handOutOf), last: last ? { runAt: last.place, id: last.id } : null };
  }
}

const leasedOf = (row: LeasedRow, leaseMs: number): LeasedJob => ({
  id: row.id,
  workspaceId: row.workspace_id,
  queue: row.queue,
  name: row.name,
  payload: row.payload,
  attempt: row.attempts,
  maxAttempts: row.max_attempts,
  fence: Number(row.fence),
  requestId: row.request_id,
  leaseMs,
  waitedMs: Math.max(0, row.waited_ms),
});

const TWIN_TRIES = 5;

/** Runs `work` again when a concurrent enqueue made the key ready first; the next look finds that row and joins it. */
export async function withTwinRetry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= TWIN_TRIES || violatedConstraint(error) !== 'jobs_dedupe') throw error;
    }
  }
}
