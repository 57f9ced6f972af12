/**
 * Who gets which ticket: the ticket with the least slack first, to the agent with the least share of their capacity in
 * use; of equals, whoever has waited longest for one.
 */
export interface Waiting {
  id: string;
  dueAt: Date | null;
  /** How long such a ticket usually takes an agent, milliseconds. */
  handlingMs: number;
}

export interface Candidate {
  id: string;
  load: number;
  capacity: number;
  lastAssignedAt: Date | null;
}

/** Kept with the assignment: why this agent, at this moment. */
export interface Why {
  /** Milliseconds to spare if work began now; negative when it is late already; null when nothing is due. */
  slackMs: number | null;
  /** The agent's load before, of their capacity. */
  load: number;
  capacity: number;
  /** How many agents had room. */
  candidates: number;
}

export interface Pick {
  ticketId: string;
  agentId: string;
  why: Why;
}

export const slackMs = (ticket: Waiting, now: Date): number | null =>
  ticket.dueAt === null ? null : ticket.dueAt.getTime() - now.getTime() - ticket.handlingMs;

export function pick(waiting: readonly Waiting[], agents: readonly Candidate[], now: Date): Pick[] {
  const queue = waiting.map((ticket) => ({ id: ticket.id, slack: slackMs(ticket, now) })).sort(bySlack);
  let free = agents.filter((agent) => agent.load < agent.capacity).map((agent) => ({ ...agent }));
  const picks: Pick[] = [];
  for (const { id, slack } of queue) {
    const agent = free.reduce<Candidate | undefined>(
      (best, next) => (best && !goesBefore(next, best) ? best : next),
      undefined,
    );
    if (!agent) break;
    const why: Why = { slackMs: slack, load: agent.load, capacity: agent.capacity, candidates: free.length };
    picks.push({ ticketId: id, agentId: agent.id, why });
    agent.load += 1;
    agent.lastAssignedAt = now;
    if (agent.load >= agent.capacity) free = free.filter((other) => other !== agent);
  }
  return picks;
}

type Queued = { id: string; slack: number | null };

function bySlack(a: Queued, b: Queued): number {
  const difference = (a.slack ?? Infinity) - (b.slack ?? Infinity);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  return a.id < b.id ? -1 : 1; // ids grow with time: of equals, the older ticket
}

function goesBefore(a: Candidate, b: Candidate): boolean {
  const share = a.load / a.capacity - b.load / b.capacity;
  if (share !== 0) return share < 0;
  const waited = (a.lastAssignedAt?.getTime() ?? -Infinity) - (b.lastAssignedAt?.getTime() ?? -Infinity);
  if (waited !== 0 && !Number.isNaN(waited)) return waited < 0;
  return a.id < b.id;
}
