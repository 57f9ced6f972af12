import type { NewJob } from '../jobs/jobs';

export const SYNC_JOB = 'crm.sync';
export const BACKFILL_JOB = 'crm.backfill';

/** One job for a connection, however many changes ask for it. */
export const syncJob = (workspaceId: string, connectionId: string, runAt?: Date): NewJob => ({
  workspaceId,
  queue: 'crm',
  name: SYNC_JOB,
  payload: { connectionId },
  dedupeKey: connectionId,
  runAt,
});

export type BackfillStage = 'contact' | 'conversation' | 'message' | 'call';

/** The next stretch of a backfill: things of a stage with ids after `after`. */
export const backfillJob = (
  workspaceId: string,
  connectionId: string,
  stage: BackfillStage = 'contact',
  after: string | null = null,
): NewJob => ({
  workspaceId,
  queue: 'crm',
  name: BACKFILL_JOB,
  payload: { connectionId, stage, after },
  dedupeKey: connectionId,
});
