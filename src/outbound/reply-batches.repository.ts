import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';

/** One reply to several threads. */
export interface ReplyBatch {
  id: string;
  ticketId: string;
  agentId: string;
  text: string;
  statusAfter: 'pending' | 'solved' | null;
  total: number;
  done: number;
  failed: number;
  createdAt: Date;
  finishedAt: Date | null;
}

/** One thread of it. */
export interface ReplyBatchItem {
  position: number;
  conversationId: string;
  visibility: 'public' | 'private';
  seenMessageId: string;
  /** null: the customer's last word. */
  answersMessageId: string | null;
}

/** A thread to be asked for. */
export interface NewReplyBatchItem extends Omit<ReplyBatchItem, 'position'> {
  /** Nothing can be written there any more: told as failed at once. */
  refused?: { code: string; reason: string };
}

export interface RefusedThread {
  conversationId: string;
  /** The thread's latest ticket, where there is one. */
  ticketId: string | null;
  number: number | null;
  code: string;
  reason: string;
}

const BATCH = `id, ticket_id AS "ticketId", agent_id AS "agentId", text, status_after AS "statusAfter", total, done, failed,
  created_at AS "createdAt", finished_at AS "finishedAt"`;

@Injectable()
export class ReplyBatchesRepository {
  async insert(
    tx: Tx,
    workspaceId: string,
    batch: Pick<ReplyBatch, 'id' | 'ticketId' | 'agentId' | 'text' | 'statusAfter' | 'createdAt'>,
    items: readonly NewReplyBatchItem[],
  ): Promise<void> {
    // $1 workspace, $2 id, $3 ticket, $4 agent, $5 text, $6 status, $7 how many, $8 now, $9 how many failed already
    await tx.execute(
      `INSERT INTO reply_batches (workspace_id, id, ticket_id, agent_id, text, status_after, total, created_at, failed, finished_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $9::int = $7::int THEN $8::timestamptz END)`,
      [
        workspaceId,
        batch.id,
        batch.ticketId,
        batch.agentId,
        batch.text,
        batch.statusAfter,
        items.length,
        batch.createdAt,
        items.filter(({ refused }) => refused).length,
      ],
    );
    // $1 workspace, $2 batch, $3 threads, $4 visibilities, $5 seen, $6 answered, $7 codes, $8 reasons (pairwise)
    await tx.execute(
      `INSERT INTO reply_batch_items (workspace_id, batch_id, position, conversation_id, visibility, seen_message_id, answers_message_id,
         state, code, reason)
       SELECT $1, $2, u.position, u.conversation_id, u.visibility, u.seen, u.answers,
         CASE WHEN u.code IS NULL THEN 'queued' ELSE 'failed' END, u.code, u.reason
       FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[]) WITH ORDINALITY
         AS u(conversation_id, visibility, seen, answers, code, reason, position)`,
      [
        workspaceId,
        batch.id,
        items.map((item) => item.conversationId),
        items.map((item) => item.visibility),
        items.map((item) => item.seenMessageId),
        items.map((item) => item.answersMessageId),
        items.map((item) => item.refused?.code ?? null),
        items.map((item) => item.refused?.reason ?? null),
      ],
    );
  }

  async find(tx: Tx, workspaceId: string, id: string): Promise<ReplyBatch | undefined> {
    const [row] = await tx.query<ReplyBatch>(
      `SELECT ${BATCH} FROM reply_batches WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
      'reply_batch',
    );
    return row;
  }

  refused(tx: Tx, workspaceId: string, batchId: string): Promise<RefusedThread[]> {
    return tx.query<RefusedThread>(
      `SELECT i.conversation_id AS "conversationId", t.id AS "ticketId", t.number::float8 AS number, i.code, i.reason
       FROM reply_batch_items i
       JOIN conversations c ON c.workspace_id = $1 AND c.id = i.conversation_id
       LEFT JOIN tickets t ON t.workspace_id = $1 AND t.id = coalesce(c.joined_ticket_id, (
         SELECT l.id FROM tickets l WHERE l.workspace_id = $1 AND l.conversation_id = c.id ORDER BY l.position DESC LIMIT 1))
       WHERE i.workspace_id = $1 AND i.batch_id = $2 AND i.state = 'failed' ORDER BY i.position`,
      [workspaceId, batchId],
    );
  }

  /** The next thread of a batch that nothing was done to yet, taken by this run. */
  async take(tx: Tx, workspaceId: string, batchId: string): Promise<ReplyBatchItem | undefined> {
    const [row] = await tx.query<ReplyBatchItem>(
      `SELECT position, conversation_id AS "conversationId", visibility, seen_message_id AS "seenMessageId",
         answers_message_id AS "answersMessageId"
       FROM reply_batch_items WHERE workspace_id = $1 AND batch_id = $2 AND state = 'queued' ORDER BY position LIMIT 1 FOR UPDATE`,
      [workspaceId, batchId],
      'reply_batch_take',
    );
    return row;
  }

  /** @returns the batch as it stands then */
  async settle(
    tx: Tx,
    workspaceId: string,
    batchId: string,
    position: number,
    how: { messageId: string } | { code: string; reason: string },
    at: Date,
  ): Promise<ReplyBatch> {
    const { messageId = null, code = null, reason = null } = { ...how } as Partial<Record<string, string>>;
    // $1 workspace, $2 batch, $3 place, $4 message, $5 code, $6 reason
    await tx.execute(
      `UPDATE reply_batch_items SET state = CASE WHEN $5::text IS NULL THEN 'done' ELSE 'failed' END, message_id = $4, code = $5, reason = $6
       WHERE workspace_id = $1 AND batch_id = $2 AND position = $3`,
      [workspaceId, batchId, position, messageId, code, reason],
      'reply_batch_item_settle',
    );
    // $1 workspace, $2 batch, $3 one when it failed, $4 now
    const [batch] = await tx.query<ReplyBatch>(
      `UPDATE reply_batches SET done = done + 1 - $3::int, failed = failed + $3::int,
         finished_at = CASE WHEN done + failed + 1 >= total THEN $4::timestamptz END
       WHERE workspace_id = $1 AND id = $2 RETURNING ${BATCH}`,
      [workspaceId, batchId, code === null ? 0 : 1, at],
      'reply_batch_settle',
    );
    return batch!;
  }
}
