import { Injectable } from '@nestjs/common';
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
  ticket: { id: string; number: number; subject: string } | null;
  data: Record<string, unknown>;
  createdAt: Date;
  ringAt: Date;
  readAt: Date | null;
}

/** All SQL on `notifications`. */
@Injectable()
export class NotificationsRepository {
  async agentsOf(tx: Tx, workspaceId: string, to: Receivers): Promise<string[]> {
    // $1 workspace, $2 agents, $3 teams, $4 leads too
    const rows = await tx.query<{ id: string }>(
      `SELECT a.id FROM agents a WHERE a.workspace_id = $1 AND a.disabled_at IS NULL
         AND (a.id = ANY($2::uuid[]) OR ($4::boolean AND a.role IN ('owner', 'admin', 'lead'))
              OR a.id IN (SELECT m.agent_id FROM team_members m WHERE m.workspace_id = $1 AND m.team_id = ANY($3::uuid[])))
       ORDER BY a.id`,
      [workspaceId, to.agentIds ?? [], to.teamIds ?? [], to.leads ?? false],
      'notifications_receivers',
    );
    return rows.map((row) => row.id);
  }

  /** @returns those that are new: an agent hears of a cause once */
  async insert(
    tx: Tx,
    workspaceId: string,
    rows: readonly { id: string; agentId: string }[],
    about: {
      kind: string;
      ticketId: string | null;
      data: Record<string, unknown>;
      cause: string;
      at: Date;
      ringAt: Date;
    },
  ): Promise<{ id: string; agentId: string }[]> {
    if (rows.length === 0) return [];
    // $1 workspace, $2 ids, $3 agents, $4 kind, $5 ticket, $6 data, $7 cause, $8 made, $9 rung
    return tx.query<{ id: string; agentId: string }>(
      `INSERT INTO notifications (workspace_id, id, agent_id, kind, ticket_id, data, cause, created_at, ring_at)
       SELECT $1, u.id, u.agent_id, $4, $5, $6, $7, $8, $9 FROM unnest($2::uuid[], $3::uuid[]) AS u(id, agent_id)
       ON CONFLICT (workspace_id, agent_id, cause) DO NOTHING RETURNING id, agent_id AS "agentId"`,
      [
        workspaceId,
        rows.map((row) => row.id),
        rows.map((row) => row.agentId),
        about.kind,
        about.ticketId,
        JSON.stringify(about.data),
        about.cause,
        about.at,
        about.ringAt,
      ],
      'notifications_insert',
    );
  }

  /** An agent's own, newest first. Ids grow with time, so the last one seen is the cursor. */
  list(tx: Tx, workspaceId: string, agentId: string, before: string | null, limit: number): Promise<Notification[]> {
    // $1 workspace, $2 agent, $3 id to go on from, $4 how many
    return tx.query<Notification>(
      `SELECT n.id, n.kind, n.data, n.created_at AS "createdAt", n.ring_at AS "ringAt", n.read_at AS "readAt",
         CASE WHEN t.id IS NOT NULL
           THEN jsonb_build_object('id', t.id, 'number', t.number, 'subject', t.subject) END AS ticket
       FROM notifications n LEFT JOIN tickets t ON t.workspace_id = n.workspace_id AND t.id = n.ticket_id
       WHERE n.workspace_id = $1 AND n.agent_id = $2 AND ($3::uuid IS NULL OR n.id < $3)
       ORDER BY n.id DESC LIMIT $4`,
      [workspaceId, agentId, before, limit],
      'notifications_list',
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
