import { some } from './scenario';
import type { World } from './world';

const WEIGHTS: Readonly<Record<string, number>> = { comment: 0.5, dm: 1, letter: 1 };
const HAIR = 1e-6;

interface Told {
  position: number;
  type: 'ticket.assigned' | 'ticket.status_changed';
  ticket_id: string;
  from: string | null;
  to: string | null;
  work_type: string;
}

export interface Assignments {
  broken: string[];
  /** How often each ticket was given to somebody. */
  given: Map<string, number>;
  /** Tickets each agent was given. */
  turns: Map<string, number>;
}

/**
 * Plays the history of who held what, event by event: an event's position is when its transaction was committed, so what
 * holds after each of them held at every moment that anybody could see.
 */
export async function replayAssignments(world: World): Promise<Assignments> {
  const events = await world.query<Told>(
    `SELECT e.position::int AS position, e.type, e.ticket_id, e.data->>'from' AS "from", e.data->>'to' AS "to",
       coalesce(t.work_type, t.kind) AS work_type
     FROM domain_events e JOIN tickets t ON t.workspace_id = e.workspace_id AND t.id = e.ticket_id
     WHERE e.type IN ('ticket.assigned', 'ticket.status_changed') ORDER BY e.workspace_id, e.position`,
  );
  const agents = await world.query<{ id: string; capacity: number }>('SELECT id, capacity FROM agents');
  const capacity = new Map(agents.map((agent) => [agent.id, agent.capacity]));
  const holder = new Map<string, string>();
  const owed = new Map<string, boolean>();
  const loads = new Map<string, number>();
  const [given, turns] = [new Map<string, number>(), new Map<string, number>()];
  const broken: string[] = [];
  const add = (agent: string | undefined, weight: number) => {
    if (agent !== undefined) loads.set(agent, (loads.get(agent) ?? 0) + weight);
  };
  for (const { position, type, ticket_id: ticket, from, to, work_type } of events) {
    const weight = WEIGHTS[work_type] ?? 1;
    const counts = () => owed.get(ticket) ?? true;
    if (type === 'ticket.status_changed') {
      const now = to === 'new' || to === 'open';
      if (now !== counts()) add(holder.get(ticket), now ? weight : -weight);
      owed.set(ticket, now);
      continue;
    }
    const held = holder.get(ticket);
    if ((held ?? null) !== from)
      broken.push(`at ${position} ${ticket} was taken from ${from ?? 'nobody'} and was held by ${held ?? 'nobody'}`);
    if (counts()) add(held, -weight);
    holder.delete(ticket);
    if (to === null) continue;
    holder.set(ticket, to);
    given.set(ticket, (given.get(ticket) ?? 0) + 1);
    turns.set(to, (turns.get(to) ?? 0) + 1);
    if (!counts()) continue;
    add(to, weight);
    const load = loads.get(to) ?? 0;
    if (load > (capacity.get(to) ?? 0) + HAIR) broken.push(`at ${position} ${to} held ${load} of ${capacity.get(to)}`);
  }
  const rows = await world.query<{ id: string; assignee_id: string | null }>('SELECT id, assignee_id FROM tickets');
  for (const row of rows)
    if ((holder.get(row.id) ?? null) !== row.assignee_id)
      broken.push(
        `the events say that ${row.id} is held by ${holder.get(row.id) ?? 'nobody'}, its row ${row.assignee_id ?? 'nobody'}`,
      );
  return { broken: some(broken), given, turns };
}

/** Each given exactly once. */
export function givenOnce(given: ReadonlyMap<string, number>, tickets: number): string[] {
  const twice = [...given].filter(([, times]) => times > 1).map(([id, times]) => `${id} was given ${times} times`);
  return [...some(twice), ...(given.size === tickets ? [] : [`${given.size} of ${tickets} tickets were given`])];
}

/** No agent was given more than one ticket more than another. */
export function fair(turns: ReadonlyMap<string, number>, agents: number): string[] {
  const counts = [...turns.values(), ...(turns.size < agents ? [0] : [])];
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return most - least <= 1 ? [] : [`of equal agents one was given ${most} tickets and another ${least}`];
}
