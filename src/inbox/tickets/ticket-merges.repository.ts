import { Injectable } from '@nestjs/common';
import type { Actor } from '../../outbox/domain-event';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import type { TicketStatus } from './ticket';

/** What a merge found, kept to be given back. Instants as ISO texts. */
export interface MergedBefore {
  status: TicketStatus;
  solvedAt: string | null;
  resolution: string | null;
  waitingSince: string | null;
  snoozedUntil: string | null;
  wakeOn: string[];
  /** Threads that went along. */
  conversationIds: string[];
  intoStatus: TicketStatus;
  intoSolvedAt: string | null;
  intoResolution: string | null;
  intoWaitingSince: string | null;
  tagsAdded: string[];
  followersAdded: string[];
}

export interface StandingMerge {
  id: string;
  intoId: string;
  before: MergedBefore;
}

/** Words of a ticket from one message of a thread on. */
export interface SplitOff {
  conversationId: string;
  seq: number;
  text: string;
  messages: number;
  /** Whether the ticket has words before them. */
  earlier: boolean;
  last: { text: string; direction: 'in' | 'out' | 'note'; at: Date };
}

@Injectable()
export class TicketMergesRepository {
  async insert(
    tx: Tx,
    workspaceId: string,
    merge: { ticketId: string; intoId: string; before: MergedBefore; actor: Actor; at: Date },
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO ticket_merges (workspace_id, id, ticket_id, into_id, before, actor, merged_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        workspaceId,
        uuidv7(merge.at.getTime()),
        merge.ticketId,
        merge.intoId,
        JSON.stringify(merge.before),
        JSON.stringify(merge.actor),
        merge.at,
      ],
    );
  }

  async standing(tx: Tx, workspaceId: string, ticketId: string): Promise<StandingMerge | undefined> {
    const [row] = await tx.query<StandingMerge>(
      `SELECT id, into_id AS "intoId", before FROM ticket_merges WHERE workspace_id = $1 AND ticket_id = $2 AND undone_at IS NULL`,
      [workspaceId, ticketId],
    );
    return row;
  }

  /** @returns false when somebody was faster */
  async end(tx: Tx, workspaceId: string, id: string, actor: Actor, at: Date): Promise<boolean> {
    const ended = await tx.execute(
      `UPDATE ticket_merges SET undone_at = $3, undone_by = $4 WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL`,
      [workspaceId, id, at, JSON.stringify(actor)],
    );
    return ended > 0;
  }

  /** Since when the customer waits, of a ticket the caller holds. */
  async setWaiting(tx: Tx, workspaceId: string, ticketId: string, since: Date | null): Promise<void> {
    await tx.execute('UPDATE tickets SET waiting_since = $3 WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      ticketId,
      since,
    ]);
  }

  async isLatest(tx: Tx, workspaceId: string, ticket: { conversationId: string; position: number }): Promise<boolean> {
    const rows = await tx.query(
      'SELECT 1 FROM tickets WHERE workspace_id = $1 AND conversation_id = $2 AND position > $3 LIMIT 1',
      [workspaceId, ticket.conversationId, ticket.position],
    );
    return rows.length === 0;
  }

  async conversationOfMessage(tx: Tx, workspaceId: string, messageId: string): Promise<string | null> {
    const [row] = await tx.query<{ conversation_id: string }>(
      'SELECT conversation_id FROM messages WHERE workspace_id = $1 AND id = $2',
      [workspaceId, messageId],
    );
    return row?.conversation_id ?? null;
  }

  /** What would be split off; nothing when the message is none of this ticket's. */
  async splitOff(tx: Tx, workspaceId: string, ticketId: string, messageId: string): Promise<SplitOff | undefined> {
    // $1 workspace, $2 ticket, $3 message
    const [row] = await tx.query<SplitOff>(
      `WITH m AS (SELECT conversation_id, seq, text FROM messages WHERE workspace_id = $1 AND id = $3 AND ticket_id = $2)
       SELECT m.conversation_id AS "conversationId", m.seq, m.text, later.messages, later.last,
         EXISTS (SELECT 1 FROM messages e WHERE e.workspace_id = $1 AND e.conversation_id = m.conversation_id
                   AND e.ticket_id = $2 AND e.seq < m.seq AND e.direction <> 'note') AS earlier
       FROM m CROSS JOIN LATERAL (
         SELECT count(*)::int AS messages,
           (array_agg(jsonb_build_object('text', l.text, 'direction', l.direction, 'at', l.received_at) ORDER BY l.seq DESC))[1] AS last
         FROM messages l
         WHERE l.workspace_id = $1 AND l.conversation_id = m.conversation_id AND l.ticket_id = $2 AND l.seq >= m.seq
       ) later`,
      [workspaceId, ticketId, messageId],
    );
    return row && { ...row, last: { ...row.last, at: new Date(row.last.at) } };
  }

  async moveWords(tx: Tx, workspaceId: string, from: string, to: string, { conversationId, seq }: SplitOff) {
    await tx.execute(
      `UPDATE messages SET ticket_id = $3 WHERE workspace_id = $1 AND conversation_id = $4 AND ticket_id = $2 AND seq >= $5`,
      [workspaceId, from, to, conversationId, seq],
    );
  }
}
