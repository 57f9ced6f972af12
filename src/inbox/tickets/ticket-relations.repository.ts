import { Injectable } from '@nestjs/common';
import { type Principal, visibleTickets } from '../../identity/principal';
import type { Actor } from '../../outbox/domain-event';
import type { Tx } from '../../platform/database';
import type { TicketStatus } from './ticket';

export const LINK_KINDS = ['related', 'duplicate', 'causes'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** Another ticket, as one is named beside it. */
export interface TicketName {
  id: string;
  number: number;
  subject: string;
  status: TicketStatus;
}

export interface TicketLink extends TicketName {
  kind: LinkKind;
  /** `out`: this ticket is a duplicate of, or causes, the other; `in`: the other way round. */
  direction: 'out' | 'in';
}

/** Links between tickets, and incidents with what belongs to them. */
@Injectable()
export class TicketRelationsRepository {
  /** @returns false when they are linked so already */
  async link(
    tx: Tx,
    workspaceId: string,
    link: { from: string; to: string; kind: LinkKind },
    actor: Actor,
    at: Date,
  ): Promise<boolean> {
    const made = await tx.execute(
      `INSERT INTO ticket_links (workspace_id, ticket_id, to_id, kind, actor, created_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING`,
      [workspaceId, link.from, link.to, link.kind, JSON.stringify(actor), at],
    );
    return made > 0;
  }

  /** @returns false when they were not linked so */
  async unlink(tx: Tx, workspaceId: string, link: { from: string; to: string; kind: LinkKind }): Promise<boolean> {
    const gone = await tx.execute(
      'DELETE FROM ticket_links WHERE workspace_id = $1 AND ticket_id = $2 AND to_id = $3 AND kind = $4',
      [workspaceId, link.from, link.to, link.kind],
    );
    return gone > 0;
  }

  /** Of those that this agent may see. */
  links(tx: Tx, who: Principal, ticketId: string): Promise<TicketLink[]> {
    const seen = visibleTickets(who, 't', 3);
    // $1 workspace, $2 ticket, then who may see
    return tx.query<TicketLink>(
      `SELECT t.id, t.number::float8 AS number, t.subject, t.status, l.kind, l.direction
       FROM (SELECT to_id AS other, kind, 'out' AS direction, created_at FROM ticket_links WHERE workspace_id = $1 AND ticket_id = $2
             UNION ALL
             SELECT ticket_id, kind, 'in', created_at FROM ticket_links WHERE workspace_id = $1 AND to_id = $2) l
       JOIN tickets t ON t.workspace_id = $1 AND t.id = l.other AND ${seen.sql} ORDER BY l.created_at, t.id LIMIT 200`,
      [who.workspaceId, ticketId, ...seen.params],
    );
  }

  async hasChildren(tx: Tx, workspaceId: string, ticketId: string): Promise<boolean> {
    const rows = await tx.query('SELECT 1 FROM tickets WHERE workspace_id = $1 AND parent_id = $2 LIMIT 1', [
      workspaceId,
      ticketId,
    ]);
    return rows.length > 0;
  }

  /** Of those that this agent may see. */
  children(tx: Tx, who: Principal, ticketId: string, limit: number): Promise<TicketName[]> {
    const seen = visibleTickets(who, 't', 4);
    // $1 workspace, $2 incident, $3 how many, then who may see
    return tx.query<TicketName>(
      `SELECT t.id, t.number::float8 AS number, t.subject, t.status FROM tickets t
       WHERE t.workspace_id = $1 AND t.parent_id = $2 AND ${seen.sql} ORDER BY t.number LIMIT $3`,
      [who.workspaceId, ticketId, limit, ...seen.params],
    );
  }

  /** Those of an incident's children that are still under work. */
  async activeChildren(tx: Tx, workspaceId: string, ticketId: string, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM tickets WHERE workspace_id = $1 AND parent_id = $2 AND status IN ('new', 'open', 'pending', 'on_hold')
       ORDER BY id LIMIT $3`,
      [workspaceId, ticketId, limit],
    );
    return rows.map((row) => row.id);
  }

  async countChildren(tx: Tx, workspaceId: string, ticketId: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM tickets WHERE workspace_id = $1 AND parent_id = $2',
      [workspaceId, ticketId],
      'ticket_children_count',
    );
    return row?.count ?? 0;
  }
}
