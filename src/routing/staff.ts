import { meets } from './queue';
import { slackMs } from './urgency';
import type { Kind } from './waiting-line';
import type { Candidate, RoutingSettings, SkillLevels, Waiting } from './work';

/**
 * How much busier than others an agent may be before somebody with rarer skills is taken for work that does not need
 * them, as a share of capacity. Less, and bilinguals fill up with what everybody can do; more, and they sit idle.
 */
const KEEP_FREE = 0.5;

const ROUNDING = 1e-9; // weights are decimals: ten tenths are one

/** An agent during one run of decisions: what is given counts at once. */
export interface Seat {
  readonly agent: Candidate;
  load: number;
  lastAssignedAt: number;
  inTimeTurns: number;
  /** For something that needs more room than there is yet. */
  kept: boolean;
}

/** A seat that can do a kind of work, and how much its other skills are missed meanwhile. */
export interface Able {
  readonly seat: Seat;
  readonly missed: number;
}

/** Whether it is this agent's work at all, room or not. */
const canDo = (agent: Candidate, work: Kind): boolean =>
  fits(work.weight, 0, agent.capacity) &&
  agent.queueIds.includes(work.queueId) &&
  (agent.takes === null || agent.takes.includes(work.workType)) &&
  meets(agent.skills, work.needs);

/** Room for this weight beside a load; infinite work takes an agent who has nothing else in hand, whole. */
const fits = (weight: number, load: number, capacity: number): boolean =>
  weight === Infinity ? load === 0 && capacity > 0 : load + weight <= capacity + ROUNDING;

const hasRoom = ({ agent, load, kept }: Seat, { weight }: Kind): boolean => !kept && fits(weight, load, agent.capacity);

const isClosed = ({ agent, load, kept }: Seat): boolean => kept || load >= agent.capacity;

/** Whether there is time to wait for an agent who knows the customer and has no room. */
function mayWaitFor(agent: Candidate, kind: Kind, ticket: Waiting, settings: RoutingSettings, now: Date): boolean {
  if (!canDo(agent, kind) || ticket.declinedBy.includes(agent.id)) return false;
  const slack = slackMs(ticket, now);
  return slack === null
    ? now.getTime() - ticket.waitingSince.getTime() < settings.continuitySlackMs
    : slack >= settings.continuitySlackMs;
}

function willing(able: readonly Able[], ticket: Waiting): readonly Able[] {
  if (ticket.declinedBy.length === 0) return able;
  const others = able.filter(({ seat }) => !ticket.declinedBy.includes(seat.agent.id));
  return others.length > 0 ? others : able;
}

/** Whoever is freer goes first, unless their other skills are missed; of equals, whoever waited longest. */
export function preferred(a: Able, b: Able): number {
  const difference = burden(a) - burden(b);
  if (difference !== 0) return difference;
  if (a.seat.lastAssignedAt !== b.seat.lastAssignedAt) return a.seat.lastAssignedAt - b.seat.lastAssignedAt;
  return a.seat.agent.id < b.seat.agent.id ? -1 : 1;
}

export const share = ({ seat }: Able): number => seat.load / seat.agent.capacity;
export const burden = (able: Able): number => share(able) + KEEP_FREE * able.missed;

/**
 * The agents here, as a run of decisions fills them up. Of a thousand most are usually full: they are given no seat, so
 * that a run for the one who became free leaves next to nothing behind for the collector of garbage.
 */
export class Staff {
  /** Of those with some room when the run began. */
  private readonly open = new Map<string, Seat>();
  private readonly waitsForFull = new Map<string, boolean>();
  private readonly ableFor = new Map<Kind, Able[]>();
  private readonly holders = new Map<string, number>();

  constructor(private readonly agents: readonly Candidate[]) {
    for (const agent of agents) {
      for (const skill in agent.skills) this.holders.set(skill, (this.holders.get(skill) ?? 0) + 1);
      if (agent.load >= agent.capacity) continue;
      this.open.set(agent.id, {
        agent,
        load: agent.load,
        lastAssignedAt: agent.lastAssignedAt?.getTime() ?? -Infinity,
        inTimeTurns: agent.inTimeTurns,
        kept: false,
      });
    }
  }

  /** Whether anybody can take this kind of work now, or could with more room. */
  isOpenFor(kind: Kind): boolean {
    const able = this.able(kind);
    while (able.length > 0 && isClosed(able.at(-1)!.seat)) able.pop(); // seats only fill up
    return able.length > 0;
  }

  /** Who could take it now: not those who let it pass while another could. */
  takers(kind: Kind, ticket: Waiting): readonly Able[] {
    return willing(
      this.able(kind).filter(({ seat }) => hasRoom(seat, kind)),
      ticket,
    );
  }

  /** The same; when there is nobody, who has some room and could take it with nothing else in hand. */
  mayTake(kind: Kind, ticket: Waiting): readonly Able[] {
    const takers = this.takers(kind, ticket);
    if (takers.length > 0) return takers;
    return willing(
      this.able(kind).filter(({ seat }) => !isClosed(seat)),
      ticket,
    );
  }

  /** Whether one who counts is among those, whoever let what pass. */
  isFor(kind: Kind, counts: (able: Able) => boolean): boolean {
    let taken = false;
    let possible = false;
    for (const able of this.able(kind)) {
      if (isClosed(able.seat)) continue;
      const roomy = hasRoom(able.seat, kind);
      if (counts(able)) {
        if (roomy) return true;
        possible = true;
      }
      taken ||= roomy;
    }
    return possible && !taken;
  }

  /** Waits for the agent who knows the customer, who is here without room, while there is time for that. */
  waitsForKnown(kind: Kind, ticket: Waiting, settings: RoutingSettings, now: Date): boolean {
    const { knownBy } = ticket;
    if (knownBy === null || ticket.priority === 'urgent') return false;
    const seat = this.open.get(knownBy);
    if (seat) return !hasRoom(seat, kind) && mayWaitFor(seat.agent, kind, ticket, settings, now);
    // whoever is full stays so, and the same tickets come up again and again
    let waits = this.waitsForFull.get(ticket.id);
    if (waits === undefined) {
      const agent = this.agents.find(({ id }) => id === knownBy);
      waits = agent !== undefined && mayWaitFor(agent, kind, ticket, settings, now);
      this.waitsForFull.set(ticket.id, waits);
    }
    return waits;
  }

  isAnybodyOwed(run: number): boolean {
    for (const seat of this.open.values()) if (seat.inTimeTurns >= run && !isClosed(seat)) return true;
    return false;
  }

  /** Gets nothing more in this run. */
  keep(seat: Seat): void {
    seat.kept = true;
  }

  give(kind: Kind, seat: Seat, inTime: boolean, now: Date): void {
    seat.load = kind.weight === Infinity ? seat.agent.capacity : seat.load + kind.weight;
    seat.lastAssignedAt = now.getTime();
    seat.inTimeTurns = inTime ? seat.inTimeTurns + 1 : 0;
  }

  private able(kind: Kind): Able[] {
    let able = this.ableFor.get(kind);
    if (!able) {
      able = [];
      for (const seat of this.open.values()) {
        if (canDo(seat.agent, kind)) able.push({ seat, missed: this.missed(seat.agent.skills, kind.needs) });
      }
      this.ableFor.set(kind, able);
    }
    return able;
  }

  /** The rarest of the agent's skills that this work does not need: 0 when all have it. */
  private missed(skills: SkillLevels, needs: SkillLevels): number {
    let rarest = 0;
    for (const skill in skills) {
      if (skill in needs) continue;
      rarest = Math.max(rarest, 1 - this.holders.get(skill)! / this.agents.length);
    }
    return rarest;
  }
}
