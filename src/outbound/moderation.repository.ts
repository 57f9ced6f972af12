import { Injectable } from '@nestjs/common';
import type { ModerationAction } from '../channels/capabilities';
import type { NewJob, RunningJob } from '../jobs/jobs';
import type { Actor } from '../outbox/domain-event';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';

/** One name for each queue: a batch must not stand in the way of answers. */
export const MODERATE_JOB = 'outbound.moderate';
export const MODERATE_BULK_JOB = 'outbound.moderate_bulk';
const JOB_TRIES = 60; // the item's own tries end first

export const moderationJob = (workspaceId: string, item: { id: string; batchId: string | null }): NewJob => ({
  workspaceId,
  queue: item.batchId ? 'maintenance' : 'outbound',
  name: item.batchId ? MODERATE_BULK_JOB : MODERATE_JOB,
  payload: { itemId: item.id },
  dedupeKey: item.id,
  maxAttempts: JOB_TRIES,
});

/** A message as moderation sees it. */
export interface ModerationSubject {
  id: string;
  channelId: string;
  conversationId: string;
  contactId: string;
  identityId: string;
  kind: 'comment' | 'dm';
  direction: string;
  visibility: string;
  externalId: string | null;
  authorExternalId: string;
  postExternalId: string | null;
  ticketId: string | null;
  teamId: string | null;
  assigneeId: string | null;
  deleted: boolean;
  lastInboundAt: Date | null;
}

export interface ModerationItem {
  id: string;
  batchId: string | null;
  messageId: string;
  channelId: string;
  action: ModerationAction;
  reason: string;
  actor: Actor;
  state: 'queued' | 'done' | 'failed';
  attempts: number;
}

export interface ModerationBatch {
  id: string;
  action: ModerationAction;
  reason: string;
  actor: Actor;
  undoOf: string | null;
  undoneBy: string | null;
  total: number;
  done: number;
  failed: number;
  createdAt: Date;
  finishedAt: Date | null;
}

/** An item about to be written; with a code it has failed before it began. */
export interface NewItem {
  messageId: string;
  channelId: string;
  code?: string;
  error?: string;
}

export interface MessageFilter {
  channelId?: string;
  postId?: string;
  contactId?: string;
  /** Words the text contains, as typed. */
  contains?: string;
  since?: Date;
  until?: Date;
}

const SUBJECT = `SELECT m.id, m.channel_id AS "channelId", m.conversation_id AS "conversationId", c.contact_id AS "contactId",
    c.identity_id AS "identityId", c.kind, m.direction, m.visibility, m.external_id AS "externalId", i.external_id AS "authorExternalId",
    p.external_id AS "postExternalId", m.ticket_id AS "ticketId", t.team_id AS "teamId", t.assignee_id AS "assigneeId",
    m.deleted_at IS NOT NULL AS deleted, c.last_inbound_at AS "lastInboundAt"
  FROM messages m
  JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
  JOIN contact_identities i ON i.workspace_id = c.workspace_id AND i.id = c.identity_id
  LEFT JOIN posts p ON p.workspace_id = c.workspace_id AND p.id = c.post_id
  LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id`;
const ITEM = `x.id, x.batch_id AS "batchId", x.message_id AS "messageId", x.channel_id AS "channelId", x.action, x.reason,
  x.actor, x.state, x.attempts`;
const BATCH = `id, action, reason, actor, undo_of AS "undoOf", total, done, failed, created_at AS "createdAt",
  finished_at AS "finishedAt"`;

@Injectable()
export class ModerationRepository {
  /** The message, locked until the transaction ends. */
  async subject(tx: Tx, workspaceId: string, messageId: string): Promise<ModerationSubject | undefined> {
    const [row] = await tx.query<ModerationSubject>(
      `${SUBJECT} WHERE m.workspace_id = $1 AND m.id = $2 FOR UPDATE OF m`,
      [workspaceId, messageId],
    );
    return row;
  }

  async subjects(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<ModerationSubject[]> {
    return tx.query(`${SUBJECT} WHERE m.workspace_id = $1 AND m.id = ANY($2) ORDER BY m.id`, [workspaceId, messageIds]);
  }

  /** What customers wrote that fits, oldest first. */
  async matching(tx: Tx, workspaceId: string, filter: MessageFilter, limit: number): Promise<ModerationSubject[]> {
    // $1 workspace, $2 channel, $3 post, $4 contact, $5 words, $6 from, $7 before, $8 how many
    return tx.query(
      `${SUBJECT} WHERE m.workspace_id = $1 AND m.direction = 'in' AND m.deleted_at IS NULL AND m.external_id IS NOT NULL
         AND ($2::uuid IS NULL OR m.channel_id = $2) AND ($3::uuid IS NULL OR c.post_id = $3)
         AND ($4::uuid IS NULL OR c.contact_id = $4) AND ($5::text IS NULL OR strpos(lower(m.text), lower($5)) > 0)
         AND ($6::timestamptz IS NULL OR (m.id >= uuid_floor($6) AND m.received_at >= $6))
         AND ($7::timestamptz IS NULL OR m.received_at < $7)
       ORDER BY m.id LIMIT $8`,
      [
        workspaceId,
        filter.channelId ?? null,
        filter.postId ?? null,
        filter.contactId ?? null,
        filter.contains ?? null,
        filter.since ?? null,
        filter.until ?? null,
        limit,
      ],
    );
  }

  /** Whether the same is asked for already, and not done yet. */
  async isAsked(tx: Tx, workspaceId: string, messageId: string, action: ModerationAction): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM moderation_items WHERE workspace_id = $1 AND message_id = $2 AND action = $3 AND state = 'queued'
         AND batch_id IS NULL`,
      [workspaceId, messageId, action],
    );
    return rows.length > 0;
  }

  /** @returns ids in the order given */
  async addItems(
    tx: Tx,
    workspaceId: string,
    of: { batchId: string | null; action: ModerationAction; reason: string; actor: Actor; at: Date },
    items: readonly NewItem[],
  ): Promise<string[]> {
    const rows = items.map((item) => ({ id: uuidv7(of.at.getTime()), ...item }));
    // $1 workspace, $2 items as JSON, $3 batch, $4 action, $5 reason, $6 actor, $7 now
    await tx.execute(
      `INSERT INTO moderation_items (workspace_id, id, batch_id, message_id, channel_id, action, reason, actor, state, code, error,
         created_at, settled_at)
       SELECT $1, (x->>'id')::uuid, $3, (x->>'messageId')::uuid, (x->>'channelId')::uuid, $4, $5, $6,
              CASE WHEN x ? 'code' THEN 'failed' ELSE 'queued' END, x->>'code', x->>'error', $7,
              CASE WHEN x ? 'code' THEN $7::timestamptz END
       FROM jsonb_array_elements($2::jsonb) AS e(x)`,
      [workspaceId, JSON.stringify(rows), of.batchId, of.action, of.reason, JSON.stringify(of.actor), of.at],
    );
    return rows.map((row) => row.id);
  }

  async addBatch(
    tx: Tx,
    workspaceId: string,
    batch: Omit<ModerationBatch, 'undoneBy' | 'done' | 'finishedAt'>,
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO moderation_batches (workspace_id, id, action, reason, actor, undo_of, total, failed, created_at, finished_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7::int, $8::int, $9, CASE WHEN $7::int = $8::int THEN $9::timestamptz END)`,
      [
        workspaceId,
        batch.id,
        batch.action,
        batch.reason,
        JSON.stringify(batch.actor),
        batch.undoOf,
        batch.total,
        batch.failed,
        batch.createdAt,
      ],
    );
  }

  async batch(tx: Tx, workspaceId: string, id: string): Promise<ModerationBatch | undefined> {
    const [row] = await tx.query<ModerationBatch>(
      `SELECT ${BATCH}, (SELECT u.id FROM moderation_batches u WHERE u.workspace_id = b.workspace_id AND u.undo_of = b.id)
         AS "undoneBy"
       FROM moderation_batches b WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    return row;
  }

  async failures(
    tx: Tx,
    workspaceId: string,
    batchId: string,
  ): Promise<{ messageId: string; code: string; reason: string }[]> {
    return tx.query(
      `SELECT message_id AS "messageId", code, error AS reason FROM moderation_items
       WHERE workspace_id = $1 AND batch_id = $2 AND state = 'failed' ORDER BY id`,
      [workspaceId, batchId],
    );
  }

  /** How far what was asked of a message is: waiting, or done after `since`. */
  async asked(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    action: ModerationAction,
    since: Date,
  ): Promise<('queued' | 'done')[]> {
    // $1 workspace, $2 message, $3 action, $4 since; what is done is found by its age, what waits by its channel
    const rows = await tx.query<{ state: 'queued' | 'done' }>(
      `SELECT state FROM moderation_items
       WHERE workspace_id = $1 AND message_id = $2 AND action = $3 AND state = 'done' AND settled_at > $4
       UNION
       SELECT x.state FROM messages m
       JOIN moderation_items x ON x.workspace_id = m.workspace_id AND x.channel_id = m.channel_id AND x.message_id = m.id
       WHERE m.workspace_id = $1 AND m.id = $2 AND x.action = $3 AND x.state = 'queued'`,
      [workspaceId, messageId, action, since],
    );
    return rows.map(({ state }) => state);
  }

  async doneIn(tx: Tx, workspaceId: string, batchId: string): Promise<string[]> {
    const rows = await tx.query<{ message_id: string }>(
      `SELECT message_id FROM moderation_items WHERE workspace_id = $1 AND batch_id = $2 AND state = 'done' ORDER BY id`,
      [workspaceId, batchId],
    );
    return rows.map((row) => row.message_id);
  }

  /** An item with what its channel is up to. */
  async item(tx: Tx, workspaceId: string, id: string) {
    const [row] = await tx.query<ModerationItem & { channelState: string; channelUpdatedAt: Date; paused: boolean }>(
      `SELECT ${ITEM}, ch.state AS "channelState", ch.updated_at AS "channelUpdatedAt",
              coalesce(b.paused_until > now(), false) AS paused
       FROM moderation_items x
       JOIN channels ch ON ch.workspace_id = x.workspace_id AND ch.id = x.channel_id
       LEFT JOIN channel_budgets b ON b.workspace_id = x.workspace_id AND b.channel_id = x.channel_id
       WHERE x.workspace_id = $1 AND x.id = $2`,
      [workspaceId, id],
    );
    return row;
  }

  /** Whether another job for the same item waits for a person, or is about to: that one is what a person tries again. */
  async isTwin(tx: Tx, job: Pick<RunningJob, 'id' | 'workspaceId' | 'name'>, itemId: string): Promise<boolean> {
    // $1 workspace, $2 name, $3 item, $4 the job that asks
    const others = await tx.query(
      `SELECT 1 FROM jobs WHERE workspace_id = $1 AND name = $2 AND dedupe_key = $3 AND state = 'parked' AND id <> $4
       UNION ALL
       SELECT 1 FROM jobs WHERE workspace_id = $1 AND name = $2 AND dedupe_key = $3 AND state = 'running' AND id < $4`,
      [job.workspaceId, job.name, itemId, job.id],
    );
    return others.length > 0;
  }

  /** A person asked for what had failed once more. */
  async requeue(tx: Tx, workspaceId: string, id: string): Promise<void> {
    await tx.execute(
      `UPDATE moderation_items SET state = 'queued', attempts = 0, code = NULL, error = NULL, settled_at = NULL
       WHERE workspace_id = $1 AND id = $2 AND state = 'failed'`,
      [workspaceId, id],
    );
  }

  async countTry(tx: Tx, workspaceId: string, id: string): Promise<void> {
    await tx.execute(`UPDATE moderation_items SET attempts = attempts + 1 WHERE workspace_id = $1 AND id = $2`, [
      workspaceId,
      id,
    ]);
  }

  /**
   * Ends an item, once, and counts it in its batch.
   * @returns false when it had ended before, else the batch it belongs to
   */
  async settle(
    tx: Tx,
    workspaceId: string,
    item: ModerationItem,
    how: { state: 'done' } | { state: 'failed'; code: string; error: string },
    at: Date,
  ): Promise<false | { batch: Omit<ModerationBatch, 'undoneBy'> | null }> {
    const { code = null, error = null } = how.state === 'failed' ? how : {};
    const settled = await tx.execute(
      `UPDATE moderation_items SET state = $3, code = $4, error = $5, settled_at = $6
       WHERE workspace_id = $1 AND id = $2 AND state = 'queued'`,
      [workspaceId, item.id, how.state, code, error, at],
    );
    if (settled === 0) return false;
    if (!item.batchId) return { batch: null };
    // $1 workspace, $2 batch, $3 done, $4 failed, $5 now
    const [batch] = await tx.query<Omit<ModerationBatch, 'undoneBy'>>(
      `UPDATE moderation_batches SET done = done + $3, failed = failed + $4,
         finished_at = CASE WHEN done + failed + 1 >= total THEN $5::timestamptz END
       WHERE workspace_id = $1 AND id = $2 RETURNING ${BATCH}`,
      [workspaceId, item.batchId, how.state === 'done' ? 1 : 0, how.state === 'failed' ? 1 : 0, at],
    );
    return { batch: batch! };
  }

  async waiting(tx: Tx, workspaceId: string, channelId: string): Promise<{ id: string; batchId: string | null }[]> {
    return tx.query(
      `SELECT id, batch_id AS "batchId" FROM moderation_items
       WHERE workspace_id = $1 AND channel_id = $2 AND state = 'queued'`,
      [workspaceId, channelId],
    );
  }
}
