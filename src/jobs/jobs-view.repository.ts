import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { wordsOf } from '../refusals/refusal-words';
import type { Words } from '../text/words';
import type { HandOut } from './job-driver';
import type { QueueName } from './jobs';
import { handOutColumns, handOutOf, type HandOutRow } from './jobs.repository';

export const JOB_STATES = ['ready', 'running', 'parked'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** A job as a person sees it. */
export interface JobView {
  id: string;
  queue: QueueName;
  name: string;
  state: JobState;
  payload: Record<string, unknown>;
  dedupeKey: string | null;
  runAt: Date;
  attempts: number;
  maxAttempts: number;
  leasedBy: string | null;
  leaseUntil: Date | null;
  lastError: string | null;
  /** The same for a person, in both languages; what a network or a library said is quoted. */
  lastErrorWords: Words | null;
  parkedAt: Date | null;
  requestId: string | null;
  createdAt: Date;
}

export interface JobCount {
  queue: QueueName;
  ready: number;
  running: number;
  parked: number;
  /** How long the first in line has been due; 0 when nothing is. */
  oldestReadySeconds: number;
}

export interface JobFilter {
  state?: JobState;
  queue?: QueueName;
  /** Id of the last job of the page above. */
  before?: string;
  limit: number;
}

interface JobRow {
  id: string;
  queue: QueueName;
  name: string;
  state: JobState;
  payload: Record<string, unknown>;
  dedupe_key: string | null;
  run_at: Date;
  attempts: number;
  max_attempts: number;
  leased_by: string | null;
  lease_until: Date | null;
  last_error: string | null;
  parked_at: Date | null;
  request_id: string | null;
  created_at: Date;
}

const COLUMNS = `id, queue, name, state, payload, dedupe_key, run_at, attempts, max_attempts, leased_by, lease_until,
  last_error, parked_at, request_id, created_at`;

/** The `jobs` table as people see it: read, retry and drop. */
@Injectable()
export class JobsViewRepository {
  /** Newest first; ids carry their time. */
  async list(tx: Tx, workspaceId: string, filter: JobFilter): Promise<JobView[]> {
    // $1 workspace, $2 state, $3 queue, $4 id to go on from, $5 how many
    const rows = await tx.query<JobRow>(
      `SELECT ${COLUMNS} FROM jobs
       WHERE workspace_id = $1 AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR queue = $3)
         AND ($4::uuid IS NULL OR id < $4)
       ORDER BY id DESC LIMIT $5`,
      [workspaceId, filter.state ?? null, filter.queue ?? null, filter.before ?? null, filter.limit],
    );
    return rows.map(viewOf);
  }

  async get(tx: Tx, workspaceId: string, id: string): Promise<JobView | null> {
    // $1 workspace, $2 id
    const [row] = await tx.query<JobRow>(`SELECT ${COLUMNS} FROM jobs WHERE workspace_id = $1 AND id = $2`, [
      workspaceId,
      id,
    ]);
    return row ? viewOf(row) : null;
  }

  async lock(tx: Tx, workspaceId: string, id: string): Promise<JobView | null> {
    // $1 workspace, $2 id
    const [row] = await tx.query<JobRow>(`SELECT ${COLUMNS} FROM jobs WHERE workspace_id = $1 AND id = $2 FOR UPDATE`, [
      workspaceId,
      id,
    ]);
    return row ? viewOf(row) : null;
  }

  /**
   * Makes a locked, parked row ready with all its tries; if a newer job with its key is ready already, that one does the
   * work and this row goes. Can fail on `jobs_dedupe` like `JobsRepository.release`.
   */
  async unpark(tx: Tx, workspaceId: string, id: string): Promise<HandOut | null> {
    // $1 workspace, $2 id
    const [row] = await tx.query<HandOutRow>(
      `WITH mine AS (
         SELECT id, workspace_id, name, dedupe_key FROM jobs WHERE workspace_id = $1 AND id = $2 AND state = 'parked'
       ), twin AS (
         SELECT ${handOutColumns('t')} FROM jobs t JOIN mine USING (workspace_id, name, dedupe_key)
         WHERE t.state = 'ready' FOR UPDATE OF t
       ), gone AS (
         DELETE FROM jobs j USING mine WHERE j.id = mine.id AND EXISTS (SELECT FROM twin)
       ), again AS (
         UPDATE jobs j SET state = 'ready', attempts = 0, run_at = now(), parked_at = NULL, fence = j.fence + 1
         FROM mine WHERE j.id = mine.id AND NOT EXISTS (SELECT FROM twin)
         RETURNING ${handOutColumns('j')}
       )
       SELECT * FROM twin UNION ALL SELECT * FROM again`,
      [workspaceId, id],
    );
    return row ? handOutOf(row) : null;
  }

  async remove(tx: Tx, workspaceId: string, id: string): Promise<void> {
    // $1 workspace, $2 id
    await tx.execute(`DELETE FROM jobs WHERE workspace_id = $1 AND id = $2 AND state = 'parked'`, [workspaceId, id]);
  }

  /** By queue; of one workspace, or of all. */
  async counts(tx: Tx, workspaceId: string | null = null): Promise<JobCount[]> {
    // $1 workspace or null for all
    const rows = await tx.query<{ queue: QueueName; ready: number; running: number; parked: number; oldest: number }>(
      `SELECT queue, count(*) FILTER (WHERE state = 'ready')::int AS ready,
              count(*) FILTER (WHERE state = 'running')::int AS running,
              count(*) FILTER (WHERE state = 'parked')::int AS parked,
              coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'ready' AND run_at <= now())), 0)::float8
                AS oldest
       FROM jobs WHERE $1::uuid IS NULL OR workspace_id = $1 GROUP BY queue ORDER BY queue`,
      [workspaceId],
    );
    return rows.map(({ oldest, ...row }) => ({ ...row, oldestReadySeconds: oldest }));
  }
}

const viewOf = (row: JobRow): JobView => ({
  id: row.id,
  queue: row.queue,
  name: row.name,
  state: row.state,
  payload: row.payload,
  dedupeKey: row.dedupe_key,
  runAt: row.run_at,
  attempts: row.attempts,
  maxAttempts: row.max_attempts,
  leasedBy: row.leased_by,
  leaseUntil: row.lease_until,
  lastError: row.last_error,
  lastErrorWords: row.last_error === null ? null : wordsOf(row.last_error),
  parkedAt: row.parked_at,
  requestId: row.request_id,
  createdAt: row.created_at,
});
