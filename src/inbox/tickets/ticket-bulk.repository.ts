import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import type { BulkAction } from './ticket-bulk';

export interface TicketBatch {
  id: string;
  action: BulkAction;
  agentId: string;
  total: number;
  done: number;
  failed: number;
  createdAt: Date;
  finishedAt: Date | null;
}

export interface FailedTicket {
  ticketId: string;
  number: number;
  code: string;
  reason: string;
}

const BATCH = `id, action, agent_id AS "agentId", total, done, failed, created_at AS "createdAt", finished_at AS "finishedAt"`;

@Injectable()
export class TicketBulkRepository {
  async insert(
    tx: Tx,
    workspaceId: string,
    batch: Pick<TicketBatch, 'id' | 'action' | 'agentId' | 'createdAt'>,
    ticketIds: readonly string[],
  ): Promise<void> {
    // $1 workspace, $2 id, $3 action, $4 agent, $5 how many, $6 now
    await tx.execute(
      `INSERT INTO ticket_batches (workspace_id, id, action, agent_id, total, created_at, finished_at)
       VALUES ($1, $2, $3, $4, $5::int, $6, CASE WHEN $5::int = 0 THEN $6::timestamptz END)`,
      [workspaceId, batch.id, JSON.stringify(batch.action), batch.agentId, ticketIds.length, batch.createdAt],
    );
    await tx.execute(
      `INSERT INTO ticket_batch_items (workspace_id, batch_id, ticket_id) SELECT $1, $2, u.id FROM unnest($3::uuid[]) AS u(id)`,
      [workspaceId, batch.id, ticketIds],
    );
  }

  async find(tx: Tx, workspaceId: string, id: string): Promise<TicketBatch | undefined> {
    const [row] = await tx.query<TicketBatch>(
      `SELECT ${BATCH} FROM ticket_batches WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    return row;
  }

  failures(tx: Tx, workspaceId: string, batchId: string): Promise<FailedTicket[]> {
    return tx.query<FailedTicket>(
      `SELECT i.ticket_id AS "ticketId", t.number::float8 AS number, i.code, i.reason FROM ticket_batch_items i
       JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id
       WHERE i.workspace_id = $1 AND i.batch_id = $2 AND i.state = 'failed' ORDER BY t.number`,
      [workspaceId, batchId],
    );
  }

  /** The next tickets of a batch that nothing was done to yet, taken by this run. */
  async take(tx: Tx, workspaceId: string, batchId: string, limit: number): Promise<string[]> {
    const rows = await tx.query<{ ticket_id: string }>(
      `SELECT ticket_id FROM ticket_batch_items WHERE workspace_id = $1 AND batch_id = $2 AND state = 'queued'
       ORDER BY ticket_id LIMIT $3 FOR UPDATE`,
      [workspaceId, batchId, limit],
      'ticket_batch_take',
    );
    return rows.map((row) => row.ticket_id);
  }

  /** @returns the batch as it stands then */
  async settle(
    tx: Tx,
    workspaceId: string,
    batchId: string,
    outcomes: readonly { ticketId: string; code: string | null; reason: string | null }[],
    at: Date,
  ): Promise<TicketBatch> {
    // $1 workspace, $2 batch, $3 tickets, $4 codes, $5 reasons (pairwise)
    await tx.execute(
      `UPDATE ticket_batch_items i SET state = CASE WHEN u.code IS NULL THEN 'done' ELSE 'failed' END, code = u.code, reason = u.reason
       FROM unnest($3::uuid[], $4::text[], $5::text[]) AS u(ticket_id, code, reason)
       WHERE i.workspace_id = $1 AND i.batch_id = $2 AND i.ticket_id = u.ticket_id AND i.state = 'queued'`,
      [
        workspaceId,
        batchId,
        outcomes.map((o) => o.ticketId),
        outcomes.map((o) => o.code),
        outcomes.map((o) => o.reason),
      ],
    );
    const failed = outcomes.filter((o) => o.code !== null).length;
    // $1 workspace, $2 batch, $3 done, $4 failed, $5 now
    const [batch] = await tx.query<TicketBatch>(
      `UPDATE ticket_batches SET done = done + $3, failed = failed + $4,
         finished_at = CASE WHEN done + failed + $3 + $4 >= total THEN $5::timestamptz END
       WHERE workspace_id = $1 AND id = $2 RETURNING ${BATCH}`,
      [workspaceId, batchId, outcomes.length - failed, failed, at],
    );
    return batch!;
  }
}
