import type { SeededAgent } from '../support/seed-workspace';
import { ApiClient } from '../support/api-client';
import { sleep } from '../support/post-bytes';
import { letters, Sender, type Word } from './traffic';
import type { World } from './world';

/** A team whose agents are here, on a channel whose tickets are theirs. */
export interface Desk {
  teamId: string;
  agents: SeededAgent[];
  capacity: number;
}

export async function openDesk(
  world: World,
  options: { agents: number; capacity: number; assignment: 'push' | 'pull' },
): Promise<Desk> {
  const { workspaceId } = world.owner;
  const teamId = await world.seeder.team(workspaceId, 'Desk');
  await world.query('UPDATE teams SET assignment = $2 WHERE id = $1', [teamId, options.assignment]);
  await world.metaChannels(teamId);
  const agents: SeededAgent[] = [];
  for (let i = 0; i < options.agents; i++) agents.push(await world.seeder.agent(workspaceId, 'agent', [teamId]));
  await world.query('UPDATE agents SET capacity = $2 WHERE id = ANY($1::uuid[])', [
    agents.map(({ id }) => id),
    options.capacity,
  ]);
  await arrive(world, agents);
  return { teamId, agents, capacity: options.capacity };
}

/** As if each sat before a screen for the next hour. */
export const arrive = (world: World, agents: readonly SeededAgent[]) =>
  world.query(
    `INSERT INTO agent_presence (workspace_id, agent_id, state, expires_at, active_at)
     SELECT $1, id, 'online', now() + interval '1 hour', now() + interval '1 hour' FROM unnest($2::uuid[]) AS u(id)
     ON CONFLICT (workspace_id, agent_id) DO UPDATE SET state = 'online', expires_at = excluded.expires_at`,
    [world.owner.workspaceId, agents.map(({ id }) => id)],
  );

const SENDERS = 16;

/** Direct messages of people who never wrote before: a ticket each. @returns whether all were acknowledged */
export async function write(world: World, count: number, from: number, urls: () => string): Promise<boolean> {
  const items: Word[] = letters(count, from);
  const sender = new Sender(urls, SENDERS);
  let acked = true;
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let item = items.pop(); item; item = items.pop())
        if (!(await sender.untilAcked(item, 60_000))) acked = false;
    }),
  );
  sender.close();
  return acked;
}

export const clientOf = (url: string, agent: SeededAgent): ApiClient => ApiClient.withToken(url, agent.token);

/** Looks until the figure is what it should be. @returns ms it took, or null in vain */
export async function untilCount(
  world: World,
  sql: string,
  params: unknown[],
  wanted: number,
  withinMs: number,
): Promise<number | null> {
  const started = Date.now();
  while (Date.now() - started < withinMs) {
    const [row] = await world.query<{ n: number }>(sql, params);
    if (row?.n === wanted) return Date.now() - started;
    await sleep(50);
  }
  return null;
}

export const HELD = `SELECT count(*)::int AS n FROM tickets WHERE team_id = $1 AND assignee_id IS NOT NULL`;
export const WAITING = `SELECT count(*)::int AS n FROM tickets WHERE team_id = $1 AND assignee_id IS NULL AND status IN ('new', 'open')`;
