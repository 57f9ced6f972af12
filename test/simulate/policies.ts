import { decideFrom } from '../../src/routing/decide';
import { WaitingLine } from '../../src/routing/waiting-line';
import { type Candidate, DEFAULT_ROUTING, type Waiting } from '../../src/routing/work';

export interface Given {
  ticketId: string;
  agentId: string;
  /** What `decide` would have kept with the agent. */
  inTimeTurns: number;
}

/** Somebody who hands out work: told of what waits, asked whenever something changed. */
export interface Policy {
  add(ticket: Waiting): void;
  /** @returns what is handed out now; it waits no more */
  assign(agents: readonly Candidate[], now: Date): Given[];
}

export const POLICIES: Record<string, () => Policy> = {
  pasokh: () => new OurPolicy(),
  'round robin': () => new OldestFirst(new RoundRobin()),
  'least busy': () => new OldestFirst(new LeastBusy()),
};

/** The product's own decision. */
class OurPolicy implements Policy {
  private readonly line = new WaitingLine();

  add(ticket: Waiting): void {
    this.line.add(ticket);
  }

  assign(agents: readonly Candidate[], now: Date): Given[] {
    return decideFrom(this.line, agents, DEFAULT_ROUTING, now);
  }
}

interface Choice {
  choose(from: readonly Candidate[], all: readonly Candidate[]): Candidate;
}

/**
 * What others do: whatever waits longest goes first, to one of those who can take it. They are held to skills, capacity
 * and who let it pass as we are, which is kinder than what is found in the field.
 */
class OldestFirst implements Policy {
  private readonly waiting: Waiting[] = [];

  constructor(private readonly choice: Choice) {}

  add(ticket: Waiting): void {
    let at = this.waiting.length;
    while (at > 0 && this.waiting[at - 1]!.waitingSince > ticket.waitingSince) at -= 1;
    this.waiting.splice(at, 0, ticket);
  }

  assign(agents: readonly Candidate[], now: Date): Given[] {
    const here = agents.map((agent) => ({ ...agent }));
    const given: Given[] = [];
    for (let at = 0; at < this.waiting.length && here.some((agent) => agent.load < agent.capacity);) {
      const ticket = this.waiting[at]!;
      const able = here.filter((agent) => canTake(agent, ticket));
      const willing = able.filter((agent) => !ticket.declinedBy.includes(agent.id));
      if (able.length === 0) {
        at += 1;
        continue;
      }
      const agent = this.choice.choose(willing.length > 0 ? willing : able, here);
      agent.load = ticket.weight === Infinity ? agent.capacity : agent.load + ticket.weight;
      agent.lastAssignedAt = now;
      given.push({ ticketId: ticket.id, agentId: agent.id, inTimeTurns: 0 });
      this.waiting.splice(at, 1);
    }
    return given;
  }
}

/** The next in the list after whoever had the last one. */
class RoundRobin implements Choice {
  private last = '';

  choose(from: readonly Candidate[]): Candidate {
    const inOrder = [...from].sort((a, b) => (a.id < b.id ? -1 : 1));
    const next = inOrder.find(({ id }) => id > this.last) ?? inOrder[0]!;
    this.last = next.id;
    return next;
  }
}

/** Whoever has least in hand; of equals, whoever has waited longest. */
class LeastBusy implements Choice {
  choose(from: readonly Candidate[]): Candidate {
    const waited = ({ lastAssignedAt }: Candidate) => lastAssignedAt?.getTime() ?? 0;
    return [...from].sort((a, b) => a.load - b.load || waited(a) - waited(b) || (a.id < b.id ? -1 : 1))[0]!;
  }
}

const canTake = (agent: Candidate, ticket: Waiting): boolean =>
  Object.entries(ticket.needs).every(([skill, level]) => (agent.skills[skill] ?? 0) >= level) &&
  (agent.takes === null || agent.takes.includes(ticket.workType)) &&
  (ticket.weight === Infinity ? agent.load === 0 : agent.load + ticket.weight <= agent.capacity);
