import { Injectable } from '@nestjs/common';
import { heldSql, weightsSql } from '../inbox/tickets/agent-rooms.repository';
import { USUAL_WEIGHTS, WORKING_ROLES } from '../inbox/tickets/capacity';
import type { Tx } from '../platform/database';
import type { Candidate, SkillLevels } from './work';

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

/** An agent's last turn, and how many went to work that could be in time. */
export interface Turn {
  at: Date;
  inTimeTurns: number | null;
}

type Abilities = Pick<Candidate, 'skills' | 'takes' | 'inTimeTurns'>;

const WAITS = `t.assignee_id IS NULL AND t.offered_to IS NULL AND t.status IN ('new', 'open')`;

/** Work is pushed in a team, or in one of its queues. */
const PUSHES = `(g.assignment = 'push' OR EXISTS (SELECT 1 FROM routing_queues q WHERE q.workspace_id = g.workspace_id
  AND q.team_id = g.id AND q.mode = 'push'))`;

@Injectable()
export class RoutingRepository {
  /** Teams that push, among those stirred, that have somebody waiting. */
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
       WHERE g.workspace_id = $1 AND ${PUSHES}
         AND EXISTS (SELECT 1 FROM tickets t WHERE t.workspace_id = $1 AND t.team_id = g.id AND ${WAITS})`,
      [workspaceId, stirred.teamIds, stirred.agentIds, stirred.ticketIds, stirred.conversationIds],
      'routing_teams_to_serve',
    );
    return rows.map((row) => row.id);
  }

  /** Makes decisions about a team queue up, so that each sees what the one before did. */
  async lockTeam(tx: Tx, teamId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 7142))`, [teamId], 'routing_lock_team'); // $1 team
  }

  /** The workspace's teams, or those among `ids`, by name. */
  teams(
    tx: Tx,
    workspaceId: string,
    ids: readonly string[] | null,
  ): Promise<{ id: string; name: string; assignment: 'push' | 'pull' }[]> {
    // $1 workspace, $2 teams
    return tx.query(
      `SELECT id, name, assignment FROM teams WHERE workspace_id = $1 AND ($2::uuid[] IS NULL OR id = ANY($2)) ORDER BY name, id`,
      [workspaceId, ids],
      'routing_teams',
    );
  }

  /** What one agent can do and takes, and their turns so far. */
  async abilities(tx: Tx, workspaceId: string, agentId: string): Promise<Abilities> {
    // $1 workspace, $2 agent
    const [row] = await tx.query<Abilities>(
      `SELECT coalesce((SELECT jsonb_object_agg(s.skill, s.level) FROM agent_skills s
                        WHERE s.workspace_id = $1 AND s.agent_id = $2), '{}') AS skills,
         coalesce((SELECT r.in_time_turns FROM routing_turns r WHERE r.workspace_id = $1 AND r.agent_id = $2), 0) AS "inTimeTurns",
         (SELECT p.takes FROM agent_presence p WHERE p.workspace_id = $1 AND p.agent_id = $2 AND p.expires_at > now()) AS takes`,
      [workspaceId, agentId],
      'routing_abilities',
    );
    return row ?? { skills: {}, takes: null, inTimeTurns: 0 };
  }

  async agentExists(tx: Tx, workspaceId: string, agentId: string): Promise<boolean> {
    const rows = await tx.query('SELECT 1 FROM agents WHERE workspace_id = $1 AND id = $2', [workspaceId, agentId]);
    return rows.length > 0;
  }

  /** Teams, of all workspaces, that push, have work waiting and a member here. */
  async teamsWaiting(tx: Tx): Promise<{ workspaceId: string; teamId: string }[]> {
    return tx.query(
      `SELECT g.workspace_id AS "workspaceId", g.id AS "teamId" FROM teams g
       WHERE ${PUSHES}
         AND EXISTS (SELECT 1 FROM team_members m JOIN agent_presence p ON p.workspace_id = m.workspace_id AND p.agent_id = m.agent_id
                     WHERE m.workspace_id = g.workspace_id AND m.team_id = g.id AND p.state = 'online' AND p.expires_at > now())
         AND EXISTS (SELECT 1 FROM tickets t WHERE t.workspace_id = g.workspace_id AND t.team_id = g.id AND ${WAITS})
       ORDER BY g.workspace_id, g.id`,
      [],
      'routing_teams_waiting',
    );
  }

  /** Teams, of all workspaces, in which anybody waits. */
  async teamsWithWork(tx: Tx): Promise<{ workspaceId: string; teamId: string; name: string }[]> {
    return tx.query(
      `SELECT g.workspace_id AS "workspaceId", g.id AS "teamId", g.name FROM teams g
       WHERE EXISTS (SELECT 1 FROM tickets t WHERE t.workspace_id = g.workspace_id AND t.team_id = g.id AND ${WAITS})
       ORDER BY g.workspace_id, g.id`,
      [],
      'routing_teams_with_work',
    );
  }

  /** Skills of everybody who could ever take work of a team, here or not. */
  async skillsOfTeam(tx: Tx, workspaceId: string, teamId: string): Promise<SkillLevels[]> {
    // $1 workspace, $2 team, $3 roles that answer
    const rows = await tx.query<{ skills: SkillLevels }>(
      `SELECT coalesce((SELECT jsonb_object_agg(s.skill, s.level) FROM agent_skills s
                        WHERE s.workspace_id = $1 AND s.agent_id = a.id), '{}') AS skills
       FROM team_members m JOIN agents a ON a.workspace_id = m.workspace_id AND a.id = m.agent_id
       WHERE m.workspace_id = $1 AND m.team_id = $2 AND a.disabled_at IS NULL AND a.role = ANY($3) AND a.capacity > 0`,
      [workspaceId, teamId, WORKING_ROLES],
      'routing_skills_of_team',
    );
    return rows.map((row) => row.skills);
  }

  /** Where these agents are now, whatever an earlier event said. */
  async statesNow(tx: Tx, workspaceId: string, agentIds: readonly string[]): Promise<Map<string, string>> {
    // $1 workspace, $2 agents
    const rows = await tx.query<{ id: string; state: string }>(
      `SELECT a.id, coalesce((SELECT p.state FROM agent_presence p WHERE p.workspace_id = $1 AND p.agent_id = a.id
                                AND p.expires_at > now()), 'offline') AS state
       FROM unnest($2::uuid[]) AS a(id)`,
      [workspaceId, agentIds],
      'routing_states_now',
    );
    return new Map(rows.map((row) => [row.id, row.state]));
  }

  /** Who finishes before a break, and has finished. Their rows are to be locked by the caller where it must stay so. */
  async drained(tx: Tx, workspaceId: string): Promise<string[]> {
    // $1 workspace, $2 usual weights
    const rows = await tx.query<{ id: string }>(
      `SELECT a.id FROM (SELECT ${weightsSql('$1', '$2')} AS weights) w
       CROSS JOIN agent_presence p JOIN agents a ON a.workspace_id = p.workspace_id AND a.id = p.agent_id
       CROSS JOIN ${heldSql('$1', 'a', 'w.weights')}
       WHERE p.workspace_id = $1 AND p.state = 'draining' AND p.expires_at > now() AND held.load = 0 ORDER BY a.id`,
      [workspaceId, USUAL_WEIGHTS],
      'routing_drained',
    );
    return rows.map((row) => row.id);
  }

  /** Agents, of all workspaces, who hold work and are away for longer than their workspace waits. */
  async longAway(tx: Tx, usualMinutes: number): Promise<{ workspaceId: string; agentIds: string[] }[]> {
    // $1 minutes where none are set
    return tx.query(
      `SELECT p.workspace_id AS "workspaceId", array_agg(p.agent_id ORDER BY p.agent_id) AS "agentIds"
       FROM agent_presence p JOIN workspaces w ON w.id = p.workspace_id
       WHERE p.state = 'away' AND p.expires_at > now()
         AND p.changed_at < now() - CASE WHEN w.settings #> '{routing,awayReturnMinutes}' = 'null' THEN NULL
           ELSE coalesce((w.settings #>> '{routing,awayReturnMinutes}')::float8, $1) END * interval '1 minute'
         AND EXISTS (SELECT 1 FROM tickets t WHERE t.workspace_id = p.workspace_id AND t.assignee_id = p.agent_id
                       AND t.assignee_id IS NOT NULL AND t.status IN ('new', 'open'))
       GROUP BY p.workspace_id ORDER BY p.workspace_id`,
      [usualMinutes],
      'routing_long_away',
    );
  }

  async noteTurns(tx: Tx, workspaceId: string, turns: ReadonlyMap<string, Turn>): Promise<void> {
    if (turns.size === 0) return;
    const sorted = [...turns].sort(([a], [b]) => (a < b ? -1 : 1));
    // $1 workspace, $2 agents, $3 instants, $4 turns in time, $5 whether those are known
    await tx.execute(
      `INSERT INTO routing_turns AS r (workspace_id, agent_id, last_assigned_at, in_time_turns)
       SELECT $1, u.agent_id, u.at, coalesce(u.in_time, 0) FROM unnest($2::uuid[], $3::timestamptz[], $4::int[]) AS u(agent_id, at, in_time)
       WHERE EXISTS (SELECT 1 FROM agents a WHERE a.workspace_id = $1 AND a.id = u.agent_id)
       ON CONFLICT (workspace_id, agent_id) DO UPDATE SET
         last_assigned_at = greatest(r.last_assigned_at, excluded.last_assigned_at),
         in_time_turns = CASE WHEN $5::boolean THEN excluded.in_time_turns ELSE r.in_time_turns END`,
      [
        workspaceId,
        sorted.map(([id]) => id),
        sorted.map(([, turn]) => turn.at),
        sorted.map(([, turn]) => turn.inTimeTurns),
        sorted.every(([, turn]) => turn.inTimeTurns !== null),
      ],
      'routing_turns',
    );
  }

  /** Counts an offer that ran out, or forgets those before one that was taken. @returns how many in a row now */
  async countTimeouts(
    tx: Tx,
    workspaceId: string,
    agentIds: readonly string[],
    ranOut: boolean,
  ): Promise<Map<string, number>> {
    // $1 workspace, $2 agents, in id order, $3 whether it ran out
    const rows = await tx.query<{ id: string; timeouts: number }>(
      `INSERT INTO routing_turns AS r (workspace_id, agent_id, timeouts)
       SELECT $1, u.id, count(*) * $3::int FROM unnest($2::uuid[]) AS u(id) GROUP BY u.id ORDER BY u.id
       ON CONFLICT (workspace_id, agent_id) DO UPDATE SET timeouts = CASE WHEN $3 = 0 THEN 0 ELSE r.timeouts + excluded.timeouts END
       RETURNING agent_id AS id, timeouts`,
      [workspaceId, agentIds, ranOut ? 1 : 0],
      'routing_timeouts',
    );
    return new Map(rows.map((row) => [row.id, row.timeouts]));
  }
}
