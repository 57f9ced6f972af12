import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';

export type OfferEnd = 'accepted' | 'declined' | 'timed_out' | 'withdrawn';

export interface Offer {
  workspaceId: string;
  id: string;
  ticketId: string;
  agentId: string;
  teamId: string | null;
  queueId: string | null;
  offeredAt: Date;
  expiresAt: Date;
  why: Record<string, unknown>;
}

const COLUMNS = `o.workspace_id AS "workspaceId", o.id, o.ticket_id AS "ticketId", o.agent_id AS "agentId", o.team_id AS "teamId",
  o.queue_id AS "queueId", o.offered_at AS "offeredAt", o.expires_at AS "expiresAt", o.why`;

/** All SQL on `routing_offers`, and `tickets.offered_to`. Tickets and agents are locked by the caller. */
@Injectable()
export class OffersRepository {
  async make(tx: Tx, workspaceId: string, offers: readonly Offer[]): Promise<void> {
    if (offers.length === 0) return;
    // $1 workspace, $2 ids, $3 tickets, $4 agents, $5 teams, $6 queues, $7 offered, $8 expire, $9 why
    await tx.execute(
      `WITH made AS (
         INSERT INTO routing_offers (workspace_id, id, ticket_id, agent_id, team_id, queue_id, offered_at, expires_at, why)
         SELECT $1, u.* FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::timestamptz[],
           $9::jsonb[]) AS u
         RETURNING ticket_id, agent_id
       ) UPDATE tickets t SET offered_to = made.agent_id, version = t.version + 1, updated_at = now() FROM made
         WHERE t.workspace_id = $1 AND t.id = made.ticket_id AND t.id = ANY($3::uuid[])`,
      [
        workspaceId,
        offers.map((o) => o.id),
        offers.map((o) => o.ticketId),
        offers.map((o) => o.agentId),
        offers.map((o) => o.teamId),
        offers.map((o) => o.queueId),
        offers.map((o) => o.offeredAt),
        offers.map((o) => o.expiresAt),
        offers.map((o) => JSON.stringify(o.why)),
      ],
      'routing_offers_make',
    );
  }

  /** Ends those of these offers that still stand, each once whoever comes first. @returns those ended here */
  async end(
    tx: Tx,
    workspaceId: string,
    ids: readonly string[],
    how: OfferEnd,
    reason: string | null,
    at: Date,
  ): Promise<Offer[]> {
    if (ids.length === 0) return [];
    // $1 workspace, $2 offers, $3 how, $4 reason, $5 instant
    return tx.query<Offer>(
      `WITH ended AS (
         UPDATE routing_offers o SET ended_at = $5, how = $3, reason = $4
         WHERE o.workspace_id = $1 AND o.id = ANY($2::uuid[]) AND o.ended_at IS NULL RETURNING ${COLUMNS}
       ), freed AS (
         UPDATE tickets t SET offered_to = NULL, version = t.version + 1, updated_at = now() FROM ended
         WHERE t.workspace_id = $1 AND t.id = ended."ticketId" AND t.offered_to = ended."agentId"
       ) SELECT * FROM ended ORDER BY id`,
      [workspaceId, ids, how, reason, at],
      'routing_offers_end',
    );
  }

  /** The standing offer of a ticket. */
  async ofTicket(tx: Tx, workspaceId: string, ticketId: string): Promise<Offer | undefined> {
    // $1 workspace, $2 ticket
    const rows = await tx.query<Offer>(
      `SELECT ${COLUMNS} FROM routing_offers o WHERE o.workspace_id = $1 AND o.ticket_id = $2 AND o.ended_at IS NULL`,
      [workspaceId, ticketId],
      'routing_offer_of_ticket',
    );
    return rows[0];
  }

  /** What stands on these agents' screens. */
  async ofAgents(tx: Tx, workspaceId: string, agentIds: readonly string[]): Promise<Offer[]> {
    // $1 workspace, $2 agents
    return tx.query<Offer>(
      `SELECT ${COLUMNS} FROM routing_offers o WHERE o.workspace_id = $1 AND o.agent_id = ANY($2::uuid[]) AND o.ended_at IS NULL
       ORDER BY o.offered_at, o.id`,
      [workspaceId, agentIds],
      'routing_offers_of_agents',
    );
  }

  /** Offers of these tickets that stand although the ticket was given to somebody, is not our turn, or moved on. */
  async stale(
    tx: Tx,
    workspaceId: string,
    ticketIds: readonly string[],
  ): Promise<(Offer & { assigneeId: string | null })[]> {
    // $1 workspace, $2 tickets
    return tx.query<Offer & { assigneeId: string | null }>(
      `SELECT ${COLUMNS}, t.assignee_id AS "assigneeId" FROM routing_offers o
       JOIN tickets t ON t.workspace_id = o.workspace_id AND t.id = o.ticket_id
       WHERE o.workspace_id = $1 AND o.ticket_id = ANY($2::uuid[]) AND o.ended_at IS NULL
         AND (t.assignee_id IS NOT NULL OR t.status NOT IN ('new', 'open') OR t.team_id IS DISTINCT FROM o.team_id)`,
      [workspaceId, ticketIds],
      'routing_offers_stale',
    );
  }

  /** Offers, of all workspaces, whose time ran out. */
  async expired(tx: Tx, at: Date, limit: number): Promise<Offer[]> {
    // $1 now, $2 how many
    return tx.query<Offer>(
      `SELECT ${COLUMNS} FROM routing_offers o WHERE o.ended_at IS NULL AND o.expires_at <= $1 ORDER BY o.expires_at LIMIT $2`,
      [at, limit],
      'routing_offers_expired',
    );
  }
}
