import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { MODERATE_BULK_JOB, MODERATE_JOB } from './moderation.repository';
import { NOTICE_JOB } from './notices/notice';
import { EDIT_JOB } from './own-edits.repository';
import { SEND_JOB } from './send-job';

/** What no job is left for, by the id its job carries. */
export interface Stranded {
  workspaceId: string;
  id: string;
  batchId: string | null;
}

const SOON = `interval '2 minutes'`; // what is written now has its job from the same transaction
const PARKED_LATELY = `interval '1 hour'`; // a job that broke for good is not put up again at once

/** Any of them, so that a crowd of one workspace keeps nobody else's from being found. */
const SOME = 'ORDER BY random() LIMIT $1';

/** Of a channel that works and need not wait. */
const WORKS = `JOIN channels ch ON ch.workspace_id = x.workspace_id AND ch.id = x.channel_id AND ch.state = 'active'
  LEFT JOIN channel_budgets b ON b.workspace_id = x.workspace_id AND b.channel_id = x.channel_id`;
const NEED_NOT_WAIT = `(b.paused_until IS NULL OR b.paused_until <= now())`;

/** One condition for each state, as the indexes of `jobs` are. */
const noJob = (names: readonly string[], key: string) => {
  const jobs = `SELECT 1 FROM jobs j WHERE j.workspace_id = x.workspace_id
    AND j.name IN (${names.map((name) => `'${name}'`).join(', ')}) AND j.dedupe_key = x.${key}::text`;
  return `NOT EXISTS (${jobs} AND j.state = 'ready') AND NOT EXISTS (${jobs} AND j.state = 'running')
    AND NOT EXISTS (${jobs} AND j.state = 'parked' AND j.parked_at > now() - ${PARKED_LATELY})`;
};

/** System scope: what is stranded in any workspace. */
@Injectable()
export class StrandedRepository {
  /** Conversations in which a message is not settled. */
  conversations(tx: Tx, limit: number): Promise<Stranded[]> {
    // $1 how many
    return tx.query(
      `SELECT * FROM (SELECT DISTINCT x.workspace_id AS "workspaceId", x.conversation_id AS id, NULL AS "batchId"
       FROM outbound_deliveries x ${WORKS}
       WHERE x.state IN ('queued', 'sending', 'unknown') AND x.created_at < now() - ${SOON} AND ${NEED_NOT_WAIT}
         AND ${noJob([SEND_JOB], 'conversation_id')}) s ${SOME}`,
      [limit],
      'outbound_stranded',
    );
  }

  /** Messages of ours with a change that is still to be made. */
  edits(tx: Tx, limit: number): Promise<Stranded[]> {
    // $1 how many
    return tx.query(
      `SELECT x.workspace_id AS "workspaceId", x.message_id AS id, NULL AS "batchId"
       FROM outbound_deliveries x ${WORKS}
       WHERE x.edit_text IS NOT NULL AND ${NEED_NOT_WAIT} AND ${noJob([EDIT_JOB], 'message_id')} ${SOME}`,
      [limit],
      'outbound_stranded_edits',
    );
  }

  moderation(tx: Tx, limit: number): Promise<Stranded[]> {
    // $1 how many
    return tx.query(
      `SELECT x.workspace_id AS "workspaceId", x.id, x.batch_id AS "batchId"
       FROM moderation_items x ${WORKS}
       WHERE x.state = 'queued' AND x.created_at < now() - ${SOON} AND ${NEED_NOT_WAIT}
         AND ${noJob([MODERATE_JOB, MODERATE_BULK_JOB], 'id')} ${SOME}`,
      [limit],
      'outbound_stranded_moderation',
    );
  }

  /** Channels with a notice that may go; a part waits for the one before it, which may be a person's to decide. */
  notices(tx: Tx, limit: number): Promise<Stranded[]> {
    // $1 how many
    return tx.query(
      `SELECT * FROM (SELECT DISTINCT x.workspace_id AS "workspaceId", x.channel_id AS id, NULL AS "batchId"
       FROM channel_notices x ${WORKS}
       WHERE x.state IN ('queued', 'sending') AND x.created_at < now() - ${SOON} AND ${NEED_NOT_WAIT}
         AND NOT EXISTS (SELECT 1 FROM channel_notices p WHERE p.workspace_id = x.workspace_id AND p.group_id = x.group_id
           AND p.part < x.part AND p.state <> 'sent')
         AND ${noJob([NOTICE_JOB], 'channel_id')}) s ${SOME}`,
      [limit],
      'outbound_stranded_notices',
    );
  }
}
