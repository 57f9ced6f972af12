import { Injectable } from '@nestjs/common';
import { type Principal, visibleTickets } from '../identity/principal';
import type { Tx } from '../platform/database';

/** Agents by id, members of teams, and everybody who leads. */
export interface Receivers {
  agentIds?: readonly string[];
  teamIds?: readonly string[];
  leads?: boolean;
}

export interface Notification {
  id: string;
  kind: string;
  /** Null without one, and when the agent may not see it. */
  ticket: { id: string; number: number; subject: string } | null;
  data: Record<string, unknown>;
  createdAt: Date;
  ringAt: Date;
  readAt: Date | null;
}

/** All SQL on `notifications`. */
@Injectable()
export class NotificationsRepository {
  /** Who each of these is, in the order of their ids; those who are disabled are left out. */
  async agentsOf(tx: Tx, workspaceId: string, to: readonly Receivers[]): Promise<string[][]> {
    // $1 workspace, $2 whom each names, as JSON
    const rows = await tx.query<{ ids: string[] }>(
      `SELECT ARRAY(SELECT a.id FROM agents a WHERE a.workspace_id = $1 AND a.disabled_at IS NULL
         AND (a.id = ANY(r.agents) OR (r.leads AND a.role IN ('owner', 'admin', 'lead'))
              OR a.id IN (SELECT m.agent_id FROM team_members m WHERE m.workspace_id = $1 AND m.team_id = ANY(r.teams)))
       ORDER BY a.id) AS ids
       FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (agents uuid[], teams uuid[], leads boolean))
         WITH ORDINALITY AS r(agents, teams, leads, place) ORDER BY r.place`,
      [
        workspaceId,
        JSON.stringify(
          to.map(({ agentIds = [], teamIds = [], leads = false }) => ({ agents: agentIds, teams: teamIds, leads })),
        ),
      ],
      'notifications_receivers',
    );
    return rows.map((row) => row.ids);
  }

  /** @returns ids of those that are new: an agent hears of a cause once */
  async insert(
    tx: Tx,
    workspaceId: string,
    rows: readonly {
      id: string;
      agentId: string;
      kind: string;
      ticketId: string | null;
      data: Record<string, unknown>;
      cause: string;
      ringAt: Date;
    }[],
    at: Date,
  ): Promise<Set<string>> {
    if (rows.length === 0) return new Set();
    // $1 workspace, $2 made, $3 ids, $4 agents, $5 kinds, $6 tickets, $7 data, $8 causes, $9 rung
    const fresh = await tx.query<{ id: string }>(
      `INSERT INTO notifications (workspace_id, created_at, id, agent_id, kind, ticket_id, data, cause, ring_at)
       SELECT $1, $2, u.* FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::jsonb[], $8::text[], $9::timestamptz[]) AS u
       ON CONFLICT (workspace_id, agent_id, cause) DO NOTHING RETURNING id`,
      [
        workspaceId,
        at,
        rows.map((row) => row.id),
        rows.map((row) => row.agentId),
        rows.map((row) => row.kind),
        rows.map((row) => row.ticketId),
        rows.map((row) => JSON.stringify(row.data)),
        rows.map((row) => row.cause),
        rows.map((row) => row.ringAt),
      ],
      'notifications_insert',
    );
    return new Set(fresh.map((row) => row.id));
  }

  /**
   * An agent's own, newest first. Ids grow with time, so the last one seen is the cursor. A ticket that is out of the
   * agent's sight, by now or from the start, is not described.
   */
  list(tx: Tx, who: Principal, before: string | null, limit: number): Promise<Notification[]> {
    const seen = visibleTickets(who, 't', 5);
    // $1 workspace, $2 agent, $3 id to go on from, $4 how many, then who may see
    return tx.query<Notification>(
      `SELECT n.id, n.kind, n.data, n.created_at AS "createdAt", n.ring_at AS "ringAt", n.read_at AS "readAt",
         CASE WHEN t.id IS NOT NULL
           THEN jsonb_build_object('id', t.id, 'number', t.number, 'subject', t.subject) END AS ticket
       FROM notifications n LEFT JOIN tickets t ON t.workspace_id = n.workspace_id AND t.id = n.ticket_id AND ${seen.sql}
       WHERE n.workspace_id = $1 AND n.agent_id = $2 AND ($3::uuid IS NULL OR n.id < $3)
       ORDER BY n.id DESC LIMIT $4`,
      [who.workspaceId, who.agentId, before, limit, ...seen.params],
    );
  }

  async unread(tx: Tx, workspaceId: string, agentId: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM notifications WHERE workspace_id = $1 AND agent_id = $2 AND read_at IS NULL',
      [workspaceId, agentId],
      'notifications_unread',
    );
    return row?.count ?? 0;
  }

  /** Marks an agent's own up to and with `upTo` as read. */
  async read(tx: Tx, workspaceId: string, agentId: string, upTo: string, at: Date): Promise<void> {
    // $1 workspace, $2 agent, $3 newest id, $4 instant
    await tx.execute(
      `UPDATE notifications SET read_at = $4
       WHERE workspace_id = $1 AND agent_id = $2 AND id <= $3 AND read_at IS NULL`,
      [workspaceId, agentId, upTo, at],
      'notifications_read',
    );
  }

  /** Takes away what has had its time, read or not. */
  async tidy(tx: Tx, before: Date): Promise<void> {
    await tx.execute('DELETE FROM notifications WHERE created_at < $1', [before]);
  }
}
