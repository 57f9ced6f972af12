import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { Database, type Tx } from '../platform/database';
import { RANK } from './crm-connection';
import { BACKFILL_JOB, backfillJob, type BackfillStage, syncJob } from './crm-jobs';

const STRETCH = 5_000; // things in one short transaction
const NEXT: Record<BackfillStage, BackfillStage | null> = {
  contact: 'conversation',
  conversation: 'message',
  message: 'call',
  call: null,
};
const TABLE: Record<BackfillStage, string> = {
  contact: 'contacts',
  conversation: 'conversations',
  message: 'messages',
  call: `(SELECT workspace_id, message_id AS id FROM call_attempts WHERE outcome IS NOT NULL AND message_id IS NOT NULL) AS calls`,
};

/** Queues what was here before the connection, and whatever is not in the CRM for another reason, stretch by stretch. */
@Injectable()
export class CrmBackfill implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(BACKFILL_JOB, (job) => this.run(job), { queue: 'crm' });
  }

  private run(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { connectionId, stage, after } = job.payload as {
      connectionId: string;
      stage: BackfillStage;
      after: string | null;
    };
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const last = await this.queueStretch(tx, workspaceId, connectionId, stage, after);
      const next = last === null ? NEXT[stage] : stage;
      if (next !== null) this.jobs.enqueue(tx, backfillJob(workspaceId, connectionId, next, last));
      this.jobs.enqueue(tx, syncJob(workspaceId, connectionId));
    });
  }

  /** @returns the last id looked at, or null after the last stretch */
  private async queueStretch(
    tx: Tx,
    workspaceId: string,
    connectionId: string,
    stage: BackfillStage,
    after: string | null,
  ): Promise<string | null> {
    // $1 workspace, $2 connection, $3 id to go on from, $4 how many
    const [row] = await tx.query<{ last: string | null; looked: number }>(
      `WITH stretch AS (
         SELECT id, row_number() OVER (ORDER BY id) AS n FROM ${TABLE[stage]}
         WHERE workspace_id = $1 AND id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
         ORDER BY id LIMIT $4
       ), queued AS (
         INSERT INTO crm_queue (workspace_id, connection_id, entity, entity_id, rank, changed_at)
         SELECT c.workspace_id, c.id, '${stage}', s.id, ${RANK[stage]}, now() FROM stretch s
         JOIN crm_connections c ON c.workspace_id = $1 AND c.id = $2
         WHERE NOT EXISTS (SELECT FROM crm_links l WHERE l.workspace_id = $1 AND l.connection_id = $2
                             AND l.entity = '${stage}' AND l.entity_id = s.id AND l.remote_id <> '')
         ORDER BY s.id
         ON CONFLICT DO NOTHING
       )
       SELECT (SELECT id FROM stretch ORDER BY n DESC LIMIT 1) AS last, (SELECT count(*) FROM stretch)::int AS looked`,
      [workspaceId, connectionId, after, STRETCH],
    );
    return row!.looked < STRETCH ? null : row!.last;
  }
}
