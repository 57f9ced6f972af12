import { Injectable } from '@nestjs/common';
import { WORKING_ROLES } from '../inbox/tickets/capacity';
import type { Tx } from '../platform/database';
import { type Moment, type Roster, rosterOf } from './roster';
import type { SkillLevels } from './work';

/** All SQL on who can be given work, and on the edition of what is kept of a workspace. */
@Injectable()
export class RosterRepository {
  /** The name of the state that skills, teams, queues and settings are in; another once any of them has changed. */
  async edition(tx: Tx, workspaceId: string): Promise<string | null> {
    // $1 workspace
    const [row] = await tx.query<{ edition: string }>(
      'SELECT edition FROM routing_editions WHERE workspace_id = $1',
      [workspaceId],
      'routing_edition',
    );
    return row?.edition ?? null;
  }

  /** How a team assigns; undefined when there is no such team in the workspace. */
  async assignment(tx: Tx, workspaceId: string, teamId: string): Promise<'push' | 'pull' | undefined> {
    // $1 workspace, $2 team
    const [row] = await tx.query<{ assignment: 'push' | 'pull' }>(
      'SELECT assignment FROM teams WHERE workspace_id = $1 AND id = $2',
      [workspaceId, teamId],
      'routing_assignment',
    );
    return row?.assignment;
  }

  /** Enabled members of a team who answer tickets, here or not. */
  async roster(tx: Tx, workspaceId: string, teamId: string): Promise<Roster> {
    // $1 workspace, $2 team, $3 roles that answer. Each agent is found by its key: of a workspace it has no figures on yet
    // the planner believes one row, and would walk all agents for each member.
    const rows = await tx.query<{ id: string; capacity: number; skills: SkillLevels }>(
      `SELECT a.id, a.capacity, coalesce((SELECT jsonb_object_agg(s.skill, s.level) FROM agent_skills s
                                          WHERE s.workspace_id = $1 AND s.agent_id = a.id), '{}') AS skills
       FROM team_members m
       JOIN LATERAL (SELECT * FROM agents WHERE workspace_id = $1 AND id = m.agent_id OFFSET 0) a ON true
       WHERE m.workspace_id = $1 AND m.team_id = $2 AND a.disabled_at IS NULL AND a.role = ANY($3)`,
      [workspaceId, teamId, WORKING_ROLES],
      'routing_roster',
    );
    return rosterOf(rows);
  }

  /** Who of these is here, and what all of them have in hand. Read without locks it is what seems. */
  async moment(tx: Tx, workspaceId: string, roster: Roster): Promise<Moment> {
    // $1 workspace, $2 agents; whether somebody is here is asked of the rows found, so that these are found by their key
    const [row] = await tx.query<Moment>(
      `SELECT p.here, p.takes, held.held,
         (SELECT string_agg(b.agent_id::text, ' ') FROM occupied_agents b WHERE b.workspace_id = $1) AS occupied
       FROM (SELECT string_agg(p.agent_id::text, ' ') FILTER (WHERE p.state = 'online' AND p.expires_at > now()) AS here,
               json_agg(json_build_array(p.agent_id, p.takes)) FILTER (WHERE p.takes IS NOT NULL) AS takes
             FROM agent_presence p WHERE p.workspace_id = $1 AND p.agent_id = ANY($2::uuid[])) p
       CROSS JOIN (
         SELECT string_agg(h.agent_id || ' ' || h.n || ' ' || h.work_type, E'\\n') AS held FROM (
           SELECT t.assignee_id AS agent_id, coalesce(t.work_type, t.kind) AS work_type, count(*) AS n FROM tickets t
           WHERE t.workspace_id = $1 AND t.assignee_id = ANY($2::uuid[]) AND t.assignee_id IS NOT NULL
             AND t.status IN ('new', 'open') GROUP BY 1, 2
           UNION ALL
           SELECT t.offered_to, coalesce(t.work_type, t.kind), count(*) FROM tickets t
           WHERE t.workspace_id = $1 AND t.offered_to = ANY($2::uuid[]) AND t.offered_to IS NOT NULL
             AND t.assignee_id IS NULL AND t.status IN ('new', 'open') GROUP BY 1, 2) h) held`,
      [workspaceId, roster.ids],
      'routing_moment',
    );
    return row!;
  }

  /** When these agents had their last turn, and how many in a row went to work that could be in time. */
  async turns(
    tx: Tx,
    workspaceId: string,
    ids: readonly string[],
  ): Promise<Map<string, { lastAssignedAt: Date | null; inTimeTurns: number }>> {
    // $1 workspace, $2 agents
    const rows = await tx.query<{ id: string; lastAssignedAt: Date | null; inTimeTurns: number }>(
      `SELECT r.agent_id AS id, r.last_assigned_at AS "lastAssignedAt", r.in_time_turns AS "inTimeTurns" FROM routing_turns r
       WHERE r.workspace_id = $1 AND r.agent_id = ANY($2::uuid[])`,
      [workspaceId, ids],
      'routing_turns_of',
    );
    return new Map(rows.map(({ id, ...turns }) => [id, turns]));
  }

  /** Those of these agents who are here. */
  async here(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
    // $1 workspace, $2 agents
    const rows = await tx.query<{ id: string }>(
      `SELECT agent_id AS id FROM agent_presence
       WHERE workspace_id = $1 AND agent_id = ANY($2::uuid[]) AND state = 'online' AND expires_at > now()`,
      [workspaceId, ids],
      'routing_here',
    );
    return new Set(rows.map((row) => row.id));
  }
}
