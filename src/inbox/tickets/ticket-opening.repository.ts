import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import type { ThreadKind, TicketPriority, TicketStatus } from './ticket';

/** A conversation in which a ticket is about to be opened, locked. */
export interface OpenableThread {
  contactId: string;
  channelId: string;
  brandId: string;
  kind: ThreadKind;
  channelTeamId: string | null;
  joinedTicketId: string | null;
  ticketCount: number;
  lastMessageAt: Date | null;
  /** The ticket its words are work of now: joined, or its own latest. */
  current: {
    id: string;
    number: number;
    status: TicketStatus;
    teamId: string | null;
    assigneeId: string | null;
  } | null;
}

export interface NewTicket {
  id: string;
  conversationId: string;
  teamId: string | null;
  assigneeId: string | null;
  status: TicketStatus;
  priority: TicketPriority;
  subject: string;
  preview: string;
  previewDirection: 'in' | 'out' | 'note';
  language: string | null;
  waitingSince: Date | null;
  lastMessageAt: Date;
  at: Date;
}

@Injectable()
export class TicketOpeningRepository {
  /** A contact's conversation in which something was said last. */
  async latestConversation(tx: Tx, workspaceId: string, contactId: string): Promise<string | null> {
    const [row] = await tx.query<{ id: string }>(
      `SELECT id FROM conversations WHERE workspace_id = $1 AND contact_id = $2 ORDER BY last_message_at DESC NULLS LAST, id LIMIT 1`,
      [workspaceId, contactId],
    );
    return row?.id ?? null;
  }

  /** Reads what the caller holds locked. */
  async thread(tx: Tx, workspaceId: string, conversationId: string): Promise<OpenableThread | undefined> {
    // $1 workspace, $2 conversation
    const [row] = await tx.query<OpenableThread>(
      `SELECT c.contact_id AS "contactId", c.channel_id AS "channelId", c.brand_id AS "brandId", c.kind, h.team_id AS "channelTeamId",
         c.joined_ticket_id AS "joinedTicketId", c.ticket_count AS "ticketCount", c.last_message_at AS "lastMessageAt",
         CASE WHEN t.id IS NOT NULL THEN jsonb_build_object('id', t.id, 'number', t.number, 'status', t.status,
           'teamId', t.team_id, 'assigneeId', t.assignee_id) END AS current
       FROM conversations c
       JOIN channels h ON h.workspace_id = c.workspace_id AND h.id = c.channel_id
       LEFT JOIN tickets t ON t.workspace_id = c.workspace_id AND t.id = coalesce(c.joined_ticket_id, (
         SELECT id FROM tickets l WHERE l.workspace_id = c.workspace_id AND l.conversation_id = c.id ORDER BY l.position DESC LIMIT 1))
       WHERE c.workspace_id = $1 AND c.id = $2`,
      [workspaceId, conversationId],
    );
    return row;
  }

  /** Numbers it and counts it in its conversation, which the caller holds locked. */
  async insert(tx: Tx, workspaceId: string, ticket: NewTicket): Promise<void> {
    // $1 workspace, $2 id, $3 conversation, $4 team, $5 assignee, $6 status, $7 priority, $8 subject, $9 preview, $10 its direction,
    // $11 language, $12 waiting since, $13 last message, $14 now
    await tx.execute(
      `WITH c AS (
         UPDATE conversations SET ticket_count = ticket_count + 1, version = version + 1 WHERE workspace_id = $1 AND id = $3
         RETURNING contact_id, channel_id, brand_id, kind, ticket_count
       ), n AS (
         INSERT INTO ticket_numbers AS k (workspace_id, last) VALUES ($1, 1)
         ON CONFLICT (workspace_id) DO UPDATE SET last = k.last + 1 RETURNING last
       )
       INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, kind, team_id,
                            assignee_id, assigned_at, status, priority, subject, preview, preview_direction, language, waiting_since,
                            last_message_at, created_at, updated_at)
       SELECT $1, $2, n.last, $3, c.ticket_count, c.contact_id, c.channel_id, c.brand_id, c.kind, $4,
              $5, CASE WHEN $5::uuid IS NOT NULL THEN $14::timestamptz END, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14
       FROM c, n`,
      [
        workspaceId,
        ticket.id,
        ticket.conversationId,
        ticket.teamId,
        ticket.assigneeId,
        ticket.status,
        ticket.priority,
        ticket.subject,
        ticket.preview,
        ticket.previewDirection,
        ticket.language,
        ticket.waitingSince,
        ticket.lastMessageAt,
        ticket.at,
      ],
    );
  }
}
