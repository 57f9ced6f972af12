import { Heap } from '../../src/routing/heap';
import type { Candidate, Waiting } from '../../src/routing/work';
import { type Day, MINUTE, pace, type Person, type Work } from './day';
import type { Policy } from './policies';

const ACCEPT_WITHIN_MS = MINUTE; // an offer nobody reacts to goes on to somebody else
const AWAY_AFTER_MS = 5 * MINUTE; // silence after which somebody is taken for away and their work for unanswered
const LOOK_AGAIN_MS = MINUTE; // what waits for one agent is looked at again though nothing happened
const LEARNS = 0.05; // each answer moves what is expected of such work by this share

/** How one piece of work ended: answered, or not by the end of the day. */
export interface Outcome {
  work: Work;
  answeredAt: number | null;
  answeredBy: string | null;
}

export interface Shift {
  person: Person;
  hereMs: number;
  idleMs: number;
  workedMs: number;
}

interface InHand {
  work: Work;
  ticket: Waiting;
  left: number;
  since: number;
}

interface Happening {
  at: number;
  order: number;
  happen: (at: number) => void;
}

class Seat {
  here = false;
  reacts = true;
  readonly inHand = new Map<string, InHand>();
  readonly unseen = new Map<string, InHand>();
  lastAssignedAt: Date | null = null;
  inTimeTurns = 0;
  private at = 0;
  readonly shift: Shift;

  constructor(
    readonly person: Person,
    private readonly gain: number,
  ) {
    this.shift = { person, hereMs: 0, idleMs: 0, workedMs: 0 };
  }

  get candidate(): Candidate {
    const { id, skills, capacity, takes } = this.person;
    const all = [...this.inHand.values(), ...this.unseen.values()];
    const load = all.reduce((sum, { work }) => sum + (work.weight === Infinity ? capacity : work.weight), 0);
    const { lastAssignedAt, inTimeTurns } = this;
    return { id, queueIds: ['care'], skills, capacity, takes, load, lastAssignedAt, inTimeTurns };
  }

  /** Those in hand share the agent's attention: each goes on at an equal part of the pace. */
  workUntil(now: number): void {
    const ms = now - this.at;
    this.at = now;
    if (!this.here || !this.reacts || ms <= 0) return;
    this.shift.hereMs += ms;
    if (this.inHand.size === 0) {
      this.shift.idleMs += ms;
      return;
    }
    const total = this.pace * ms;
    for (const job of this.inHand.values()) job.left -= total / this.inHand.size;
    this.shift.workedMs += total;
  }

  /** When the next of those in hand is answered, should nothing change before. */
  nextAnswer(): { at: number; job: InHand } | undefined {
    if (!this.here || !this.reacts || this.inHand.size === 0) return undefined;
    let job: InHand | undefined;
    for (const one of this.inHand.values()) if (!job || one.left < job.left) job = one;
    const each = this.pace / this.inHand.size;
    return { at: this.at + Math.max(0, job!.left) / each, job: job! };
  }

  private get pace(): number {
    let load = 0;
    for (const { work } of this.inHand.values()) load += work.weight === Infinity ? 1 : work.weight;
    return pace(load, this.gain);
  }
}

/**
 * A day at the desk as events. The first answer is sent when the work on it ends. Whoever goes, for a break too, hands
 * over what they have in hand, with what was done of it, so nobody works longer under one policy than under another.
 */
export class Desk {
  private readonly seats: Map<string, Seat>;
  private readonly happenings = new Heap<Happening>((a, b) => (a.at === b.at ? a.order < b.order : a.at < b.at));
  private readonly jobs = new Map<string, InHand>();
  private readonly outcomes = new Map<string, Outcome>();
  private readonly expectedMs: Record<string, number>;
  private order = 0;

  constructor(
    private readonly day: Day,
    private readonly policy: Policy,
  ) {
    this.expectedMs = { ...day.expectedMs };
    this.seats = new Map(day.people.map((person) => [person.id, new Seat(person, day.concurrencyGain)]));
    for (const seat of this.seats.values()) this.plan(seat);
    for (const work of day.work) {
      this.outcomes.set(work.id, { work, answeredAt: null, answeredBy: null });
      this.at(work.at, () => this.arrive(work));
    }
    for (let at = day.opens; at < day.closes; at += LOOK_AGAIN_MS) this.at(at, () => {});
  }

  run(): { outcomes: Outcome[]; shifts: Shift[] } {
    for (;;) {
      const answer = this.firstAnswer();
      const happening = this.happenings.peek();
      if (answer && answer.at < this.day.closes && (!happening || answer.at <= happening.at)) {
        this.answer(answer.seat, answer.job, answer.at);
        this.assign(answer.at);
      } else if (happening && happening.at < this.day.closes) {
        this.happenings.pop();
        happening.happen(happening.at);
        if (this.happenings.peek()?.at !== happening.at) this.assign(happening.at);
      } else break;
    }
    for (const seat of this.seats.values()) seat.workUntil(this.day.closes);
    return { outcomes: [...this.outcomes.values()], shifts: [...this.seats.values()].map(({ shift }) => shift) };
  }

  private at(at: number, happen: (at: number) => void): void {
    this.happenings.push({ at, order: this.order++, happen });
  }

  private plan(seat: Seat): void {
    for (const { from, to } of seat.person.here) {
      this.at(from, (now) => this.come(seat, now));
      this.at(to, (now) => this.go(seat, now));
    }
    for (const { from, to } of seat.person.silent) {
      this.at(from, (now) => {
        seat.workUntil(now);
        seat.reacts = false;
      });
      this.at(Math.min(from + AWAY_AFTER_MS, to), (now) => this.go(seat, now));
      this.at(to, (now) => {
        seat.workUntil(now);
        seat.reacts = true;
        if (seat.person.here.some((span) => span.from <= now && now < span.to)) this.come(seat, now);
      });
    }
  }

  private come(seat: Seat, now: number): void {
    seat.workUntil(now);
    if (seat.reacts) seat.here = true;
  }

  private go(seat: Seat, now: number): void {
    seat.workUntil(now);
    seat.here = false;
    for (const job of [...seat.inHand.values(), ...seat.unseen.values()]) this.policy.add(job.ticket);
    seat.inHand.clear();
    seat.unseen.clear();
  }

  private arrive(work: Work): void {
    const { id, workType, weight, needs, priority, vip, knownBy } = work;
    const ticket: Waiting = {
      id,
      workType,
      weight,
      needs,
      priority,
      vip,
      knownBy,
      queueId: 'care',
      dueAt: new Date(work.dueAt),
      waitingSince: new Date(work.at),
      handlingMs: this.expectedMs[workType]!,
      declinedBy: [],
    };
    this.jobs.set(id, { work, ticket, left: work.workMs, since: work.at });
    this.policy.add(ticket);
  }

  private assign(now: number): void {
    const agents = [...this.seats.values()].filter(({ here }) => here).map(({ candidate }) => candidate);
    if (!agents.some((agent) => agent.load < agent.capacity)) return;
    for (const { ticketId, agentId, inTimeTurns } of this.policy.assign(agents, new Date(now))) {
      const seat = this.seats.get(agentId)!;
      const job = this.jobs.get(ticketId)!;
      seat.workUntil(now);
      seat.lastAssignedAt = new Date(now);
      seat.inTimeTurns = inTimeTurns;
      job.since = now;
      if (seat.reacts) seat.inHand.set(ticketId, job);
      else {
        seat.unseen.set(ticketId, job);
        this.at(now + ACCEPT_WITHIN_MS, () => this.passOn(seat, job));
      }
    }
  }

  private passOn(seat: Seat, job: InHand): void {
    if (!seat.unseen.delete(job.work.id)) return; // went with all they had when they were taken for away
    job.ticket = { ...job.ticket, declinedBy: [...job.ticket.declinedBy, seat.person.id] };
    this.policy.add(job.ticket);
  }

  private firstAnswer(): { at: number; seat: Seat; job: InHand } | undefined {
    let first: { at: number; seat: Seat; job: InHand } | undefined;
    for (const seat of this.seats.values()) {
      const next = seat.nextAnswer();
      if (next && (!first || next.at < first.at)) first = { ...next, seat };
    }
    return first;
  }

  private answer(seat: Seat, job: InHand, now: number): void {
    seat.workUntil(now);
    seat.inHand.delete(job.work.id);
    this.outcomes.set(job.work.id, { work: job.work, answeredAt: now, answeredBy: seat.person.id });
    const { workType } = job.work;
    this.expectedMs[workType]! += LEARNS * (now - job.since - this.expectedMs[workType]!);
  }
}
