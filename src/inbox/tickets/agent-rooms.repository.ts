import { Injectable } from '@nestjs/common';
import type { Role } from '../../identity/principal';
import type { Tx } from '../../platform/database';
import type { AgentRoom } from './capacity';

interface AgentRow {
  id: string;
  name: string;
  role: Role;
  capacity: number;
  disabled: boolean;
}

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
    // $1 workspace, $2 agents
    const held = await tx.query<{ id: string; load: number; team_ids: string[] }>(
      `SELECT a.id,
         (SELECT count(*)::int FROM tickets t
          WHERE t.workspace_id = $1 AND t.assignee_id = a.id AND t.status IN ('new', 'open')
            AND t.status IN ('new', 'open', 'pending', 'on_hold')) AS load,
         ARRAY(SELECT m.team_id FROM team_members m WHERE m.workspace_id = $1 AND m.agent_id = a.id) AS team_ids
       FROM unnest($2::uuid[]) AS a(id)`,
      [workspaceId, agents.map((agent) => agent.id)],
      'agent_rooms_load',
    );
    const heldBy = new Map(held.map((row) => [row.id, row]));
    return new Map(
      agents.map((agent) => {
        const { load = 0, team_ids: teamIds = [] } = heldBy.get(agent.id) ?? {};
        return [agent.id, { ...agent, load, teamIds }];
      }),
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
