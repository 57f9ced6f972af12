import { Injectable } from '@nestjs/common';
import { type Permission, permissionsOf, type Role } from '../../identity/principal';
import type { Tx } from '../../platform/database';
import { type AgentRoom, USUAL_WEIGHTS, type Weights } from './capacity';

export interface Seer {
  agentId: string;
  name: string;
  role: Role;
  teamIds: readonly string[];
  permissions: ReadonlySet<Permission>;
}

interface AgentRow {
  id: string;
  name: string;
  role: Role;
  capacity: number;
  disabled: boolean;
}

/** A workspace's weights by type of work, $n being the usual ones. */
export const weightsSql = (workspaceId: string, usual: string): string =>
  `(SELECT ${usual}::jsonb || coalesce(w.settings #> '{routing,weights}', '{}') FROM workspaces w WHERE w.id = ${workspaceId})`;

/**
 * What an agent has in hand, as a lateral row (`held.load`): tickets held and owed, and those on their screen to be
 * accepted. Work that takes everything fills its holder, whatever the capacity, and so does a call in hand.
 */
export const heldSql = (workspaceId: string, agent: string, weights: string): string =>
  `LATERAL (
     SELECT greatest(sum(CASE WHEN k.weight = 'all' THEN 0 ELSE k.weight::float8 END),
                     CASE WHEN bool_or(k.weight = 'all') OR EXISTS (
                       SELECT 1 FROM occupied_agents b WHERE b.workspace_id = ${workspaceId} AND b.agent_id = ${agent}.id)
                     THEN ${agent}.capacity END, 0)::float8 AS load
     FROM (SELECT coalesce(${weights} ->> t.work_type, '1') AS weight
           FROM (SELECT coalesce(h.work_type, h.kind) AS work_type FROM tickets h
                 WHERE h.workspace_id = ${workspaceId} AND h.assignee_id = ${agent}.id AND h.assignee_id IS NOT NULL
                   AND h.status IN ('new', 'open')
                 UNION ALL
                 SELECT coalesce(o.work_type, o.kind) FROM tickets o
                 WHERE o.workspace_id = ${workspaceId} AND o.offered_to = ${agent}.id AND o.offered_to IS NOT NULL
                   AND o.assignee_id IS NULL AND o.status IN ('new', 'open')) t) k
   ) held`;

/**
 * Agents locked against each other's claims. Everything that adds to an agent's load takes the agent's row first (in id
 * order), then tickets (in id order): so one agent's claims queue up, and a load read under the lock stays true.
 */
@Injectable()
export class AgentRoomsRepository {
  /** The agents of the workspace among `ids`, locked until the transaction ends. */
  async lock(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Map<string, AgentRoom>> {
    // NO KEY UPDATE: enough to queue claims, and does not stop rows that merely refer to the agent
    // $1 workspace, $2 agents
    const agents = await tx.query<AgentRow>(
      `SELECT id, name, role, capacity, disabled_at IS NOT NULL AS disabled FROM agents
       WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
      [workspaceId, ids],
      'agent_rooms_lock',
    );
    // a statement of its own: its snapshot is taken after the lock, so it sees every claim that came before
    // $1 workspace, $2 agents, $3 usual weights
    const held = await tx.query<{ id: string; load: number; weights: Weights; team_ids: string[] }>(
      `SELECT a.id, held.load, s.weights,
         ARRAY(SELECT m.team_id FROM team_members m WHERE m.workspace_id = $1 AND m.agent_id = a.id) AS team_ids
       FROM (SELECT ${weightsSql('$1', '$3')} AS weights) s
       CROSS JOIN unnest($2::uuid[]) AS k(id) JOIN agents a ON a.workspace_id = $1 AND a.id = k.id
       CROSS JOIN ${heldSql('$1', 'a', 's.weights')}`,
      [workspaceId, agents.map((agent) => agent.id), USUAL_WEIGHTS],
      'agent_rooms_load',
    );
    const heldBy = new Map(held.map((row) => [row.id, row]));
    return new Map(
      agents.map((agent) => {
        const { load = 0, weights = USUAL_WEIGHTS, team_ids: teamIds = [] } = heldBy.get(agent.id) ?? {};
        return [agent.id, { ...agent, load, weights, teamIds }];
      }),
    );
  }

  /** An agent as far as it takes to say what they may see; nobody when they are disabled. */
  async seer(tx: Tx, workspaceId: string, id: string): Promise<Seer | undefined> {
    return (await this.seers(tx, workspaceId, [id])).get(id);
  }

  async seers(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Map<string, Seer>> {
    // $1 workspace, $2 agents
    const rows = await tx.query<{ id: string; name: string; role: Role; team_ids: string[] }>(
      `SELECT a.id, a.name, a.role, ARRAY(SELECT m.team_id FROM team_members m WHERE m.workspace_id = $1 AND m.agent_id = a.id) AS team_ids
       FROM agents a WHERE a.workspace_id = $1 AND a.id = ANY($2::uuid[]) AND a.disabled_at IS NULL`,
      [workspaceId, ids],
      'agent_seers',
    );
    return new Map(
      rows.map(({ id, name, role, team_ids: teamIds }) => [
        id,
        { agentId: id, name, role, teamIds, permissions: permissionsOf(role) },
      ]),
    );
  }

  /** Those of these who are here and take work. */
  async here(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(
      `SELECT agent_id AS id FROM agent_presence
       WHERE workspace_id = $1 AND agent_id = ANY($2::uuid[]) AND state = 'online' AND expires_at > now()`,
      [workspaceId, ids],
      'agents_here',
    );
    return new Set(rows.map((row) => row.id));
  }

  followersOf(tx: Tx, workspaceId: string, ticketId: string): Promise<{ id: string; name: string }[]> {
    return tx.query<{ id: string; name: string }>(
      `SELECT a.id, a.name FROM ticket_followers f JOIN agents a ON a.workspace_id = f.workspace_id AND a.id = f.agent_id
       WHERE f.workspace_id = $1 AND f.ticket_id = $2 ORDER BY f.since, a.id`,
      [workspaceId, ticketId],
      'ticket_followers_named',
    );
  }

  async nameOf(tx: Tx, workspaceId: string, id: string): Promise<string | null> {
    const [row] = await tx.query<{ name: string }>('SELECT name FROM agents WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      id,
    ]);
    return row?.name ?? null;
  }
}
