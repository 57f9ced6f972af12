import { Injectable } from '@nestjs/common';
import { WORKING_ROLES } from '../inbox/tickets/capacity';
import type { Tx } from '../platform/database';

/** What an event batch says about where work waits or room came free. */
export interface Stirred {
  teamIds: readonly string[];
  /** Agents who may have room now: all their teams. */
  agentIds: readonly string[];
  /** Tickets that may wait, or whose assignee may have room now. */
  ticketIds: readonly string[];
  /** Conversations whose ticket a human must take now. */
  conversationIds: readonly string[];
}

@Injectable()
export class RoutingRepository {
  /** Push teams among those stirred that have somebody waiting. */
  async teamsToServe(tx: Tx, workspaceId: string, stirred: Stirred): Promise<string[]> {
    // $1 workspace, $2 teams, $3 agents, $4 tickets, $5 conversations
    const rows = await tx.query<{ id: string }>(
      `WITH tickets_stirred AS (
         SELECT team_id, assignee_id FROM tickets
         WHERE workspace_id = $1
           AND (id = ANY($4::uuid[])
                OR (conversation_id = ANY($5::uuid[]) AND status IN ('new', 'open', 'pending', 'on_hold')))
       ), stirred AS (
         SELECT unnest($2::uuid[]) AS team_id
         UNION SELECT team_id FROM tickets_stirred
         UNION SELECT m.team_id FROM team_members m
               WHERE m.workspace_id = $1
                 AND (m.agent_id = ANY($3::uuid[]) OR m.agent_id IN (SELECT assignee_id FROM tickets_stirred))
       )
       SELECT g.id FROM teams g JOIN stirred s ON s.team_id = g.id
       WHERE g.workspace_id = $1 AND g.assignment = 'push'
         AND EXISTS (SELECT 1 FROM tickets t WHERE t.workspace_id = $1 AND t.team_id = g.id
                       AND t.assignee_id IS NULL AND t.status IN ('new', 'open'))`,
      [workspaceId, stirred.teamIds, stirred.agentIds, stirred.ticketIds, stirred.conversationIds],
      'routing_teams_to_serve',
    );
    return rows.map((row) => row.id);
  }

  /**
   * Enabled members of a push team who answer tickets, are here now and seem to have room, the freest first, with when
   * each was last given one. Loads are read without locks: whoever is chosen is looked at again under the lock.
   */
  async candidates(tx: Tx, workspaceId: string, teamId: string, most: number): Promise<Map<string, Date | null>> {
    // $1 workspace, $2 team, $3 roles that answer, $4 how many
    const rows = await tx.query<{ id: string; last_assigned_at: Date | null }>(
      `SELECT a.id, r.last_assigned_at
       FROM teams g
       JOIN team_members m ON m.workspace_id = g.workspace_id AND m.team_id = g.id
       JOIN agents a ON a.workspace_id = m.workspace_id AND a.id = m.agent_id
       JOIN agent_presence p ON p.workspace_id = a.workspace_id AND p.agent_id = a.id
       CROSS JOIN LATERAL (
         SELECT count(*) AS load FROM tickets t
         WHERE t.workspace_id = $1 AND t.assignee_id = a.id AND t.status IN ('new', 'open')
           AND t.status IN ('new', 'open', 'pending', 'on_hold')
       ) held
       LEFT JOIN routing_turns r ON r.workspace_id = a.workspace_id AND r.agent_id = a.id
       WHERE g.workspace_id = $1 AND g.id = $2 AND g.assignment = 'push'
         AND a.disabled_at IS NULL AND a.role = ANY($3) AND p.state = 'online' AND p.expires_at > now()
         AND held.load < a.capacity
       ORDER BY held.load::float8 / nullif(a.capacity, 0), r.last_assigned_at NULLS FIRST, a.id
       LIMIT $4`,
      [workspaceId, teamId, WORKING_ROLES, most],
      'routing_candidates',
    );
    return new Map(rows.map((row) => [row.id, row.last_assigned_at]));
  }

  /** Push teams, of all workspaces, that have work waiting and a member here. */
  async teamsWaiting(tx: Tx): Promise<{ workspaceId: string; teamId: string }[]> {
    return tx.query(
      `SELECT g.workspace_id AS "workspaceId", g.id AS "teamId" FROM teams g
       WHERE g.assignment = 'push'
         AND EXISTS (SELECT 1 FROM team_members m JOIN agent_presence p ON p.workspace_id = m.workspace_id AND p.agent_id = m.agent_id
                     WHERE m.workspace_id = g.workspace_id AND m.team_id = g.id AND p.state = 'online' AND p.expires_at > now())
         AND EXISTS (SELECT 1 FROM tickets t WHERE t.workspace_id = g.workspace_id AND t.team_id = g.id
                       AND t.assignee_id IS NULL AND t.status IN ('new', 'open'))
       ORDER BY g.workspace_id, g.id`,
      [],
      'routing_teams_waiting',
    );
  }

  /** Which of these agents are away now, whatever an earlier event said. */
  async stillOffline(tx: Tx, workspaceId: string, agentIds: readonly string[]): Promise<string[]> {
    // $1 workspace, $2 agents
    const rows = await tx.query<{ id: string }>(
      `SELECT a.id FROM unnest($2::uuid[]) AS a(id)
       WHERE NOT EXISTS (SELECT 1 FROM agent_presence p WHERE p.workspace_id = $1 AND p.agent_id = a.id
                           AND p.state <> 'offline' AND p.expires_at > now())`,
      [workspaceId, agentIds],
      'routing_still_offline',
    );
    return rows.map((row) => row.id);
  }

  async noteTurns(tx: Tx, workspaceId: string, turns: ReadonlyMap<string, Date>): Promise<void> {
    if (turns.size === 0) return;
    const sorted = [...turns].sort(([a], [b]) => (a < b ? -1 : 1));
    // $1 workspace, $2 agents, $3 instants
    await tx.execute(
      `INSERT INTO routing_turns AS r (workspace_id, agent_id, last_assigned_at)
       SELECT $1, u.agent_id, u.at FROM unnest($2::uuid[], $3::timestamptz[]) AS u(agent_id, at)
       ON CONFLICT (workspace_id, agent_id) DO UPDATE SET last_assigned_at = greatest(r.last_assigned_at, excluded.last_assigned_at)`,
      [workspaceId, sorted.map(([id]) => id), sorted.map(([, at]) => at)],
      'routing_turns',
    );
  }
}
