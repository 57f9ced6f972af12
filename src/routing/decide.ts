import { type Able, burden, preferred, type Seat, share, Staff } from './staff';
import { slackMs } from './urgency';
import { type Entry, goesBefore, goesBeforeBehind, type Kind, WaitingLine } from './waiting-line';
import type { Candidate, Decision, RoutingSettings, Waiting, Why } from './work';

/**
 * Who gets which ticket.
 *
 * Who can take one: works its queue and such work, has each skill it needs at least so well, and has room for its
 * weight. Whoever let it pass is asked again only when nobody else can take it now.
 *
 * Which ticket is next: of those that can still be in time, the one with the least slack, VIPs and urgent ones counting
 * as if they had less. What is late already waits behind: taking the latest first would make the next one late as well,
 * and the next. Late ones are not forgotten, though: they get what turns are left over, and a share of all turns.
 * When nobody has room for the next one, the freest of those who could take it is kept from what comes after it.
 *
 * Who gets it: the agent who knows the customer, for whom the ticket also waits, while there is time for that; otherwise
 * the freest, where rare skills it does not need count as work in hand; of equals, whoever has waited longest.
 */
export function decide(
  waiting: readonly Waiting[],
  agents: readonly Candidate[],
  settings: RoutingSettings,
  now: Date,
): Decision[] {
  return decideFrom(new WaitingLine(waiting), agents, settings, now);
}

/** The same from a line that is kept between decisions: what is given away leaves it. `now` never goes back. */
export function decideFrom(
  line: WaitingLine,
  agents: readonly Candidate[],
  settings: RoutingSettings,
  now: Date,
): Decision[] {
  line.age(now);
  const run = new Run(line, new Staff(agents), settings, now);
  const decisions: Decision[] = [];
  for (let next = run.next(); next; next = run.next()) decisions.push(next);
  run.end();
  return decisions;
}

/** Turns in a row for work that can be in time, after which an agent owes one to what waits behind. */
const turnsBetween = (lateShare: number): number => (lateShare > 0 ? Math.ceil(1 / lateShare) - 1 : Infinity);

type Part = 'ahead' | 'behind';
type Counts = (able: Able) => boolean;

const BEFORE = { ahead: goesBefore, behind: goesBeforeBehind };

class Run {
  private readonly turns: number;
  private readonly aside: Entry[] = [];

  constructor(
    private readonly line: WaitingLine,
    private readonly staff: Staff,
    private readonly settings: RoutingSettings,
    private readonly now: Date,
  ) {
    this.turns = turnsBetween(settings.lateShare);
  }

  next(): Decision | undefined {
    for (let turn = this.turn(); turn; turn = this.turn()) {
      const { entry, owes } = turn;
      const takers = this.staff.takers(entry.kind, entry.ticket);
      if (takers.length > 0) return this.give(entry, takers, owes);
      // nobody has room: one is filled up with nothing that comes after it, or it would wait for ever
      const able = this.staff.mayTake(entry.kind, entry.ticket);
      this.staff.keep(firstTwo(owes ? able.filter(owes) : able)[0]!.seat);
      this.setAside(entry);
    }
    return undefined;
  }

  /** What waits for somebody waits on. */
  end(): void {
    for (const entry of this.aside) this.line.putBack(entry);
  }

  private turn(): { entry: Entry; owes?: Counts } | undefined {
    const owes = ({ seat }: Able) => seat.inTimeTurns >= this.turns;
    const owed = this.staff.isAnybodyOwed(this.turns) ? this.first('behind', owes) : undefined;
    if (owed) return { entry: owed, owes };
    const entry = this.first('ahead') ?? this.first('behind');
    return entry && { entry };
  }

  /** The first over all kinds that waits for nobody and that somebody can take, or could with more room. */
  private first(part: Part, owes?: Counts): Entry | undefined {
    let first: Entry | undefined;
    for (const kind of this.line.kinds) {
      const top = kind[part].peek();
      if (!top || (first && !BEFORE[part](top, first))) continue; // nor does anything below it go before
      if (!this.staff.isOpenFor(kind) || (owes && !this.staff.isFor(kind, owes))) continue;
      const entry = this.firstOf(kind, part, owes);
      if (entry && (!first || BEFORE[part](entry, first))) first = entry;
    }
    return first;
  }

  private firstOf(kind: Kind, part: Part, owes?: Counts): Entry | undefined {
    const heap = kind[part];
    const passed: Entry[] = [];
    let found: Entry | undefined;
    for (let top = heap.peek(); top && !found; top = heap.peek()) {
      if (top.gone || (part === 'ahead' && top.late)) heap.pop();
      else if (this.staff.waitsForKnown(kind, top.ticket, this.settings, this.now)) this.setAside(top);
      else if (owes && !this.staff.mayTake(kind, top.ticket).some(owes)) passed.push(heap.pop()!);
      else found = top;
    }
    for (const entry of passed) this.line.putBack(entry);
    return found;
  }

  /** Out of its heap, where it comes first, until the run ends. */
  private setAside(entry: Entry): void {
    entry.kind[entry.ticket.dueAt === null || entry.late ? 'behind' : 'ahead'].pop();
    this.aside.push(entry);
  }

  private give(entry: Entry, takers: readonly Able[], owes?: Counts): Decision {
    const { ticket, kind } = entry;
    const slack = slackMs(ticket, this.now);
    const { seat, rule } = owes
      ? { ...this.choose(ticket, slack, takers.filter(owes)), rule: 'owed_turn' as const }
      : this.choose(ticket, slack, takers);
    const why: Why = {
      slackMs: slack,
      rule: takers.length === 1 ? 'only_one' : rule,
      load: seat.load,
      capacity: seat.agent.capacity,
      candidates: takers.length,
      ...(ticket.vip && { vip: true }),
      ...(entry.late && { late: true }),
    };
    this.line.remove(ticket.id);
    this.staff.give(kind, seat, ticket.dueAt !== null && !entry.late, this.now);
    return { ticketId: ticket.id, agentId: seat.agent.id, why, inTimeTurns: seat.inTimeTurns };
  }

  private choose(ticket: Waiting, slack: number | null, from: readonly Able[]): { seat: Seat; rule: Why['rule'] } {
    const [best, second] = firstTwo(from);
    const { knownBy } = ticket;
    const known = knownBy === null ? undefined : from.find(({ seat }) => seat.agent.id === knownBy);
    const hasTime = slack === null || slack >= this.settings.continuitySlackMs;
    if (known && (hasTime || burden(known) <= burden(best!))) return { seat: known.seat, rule: 'knows_customer' };
    if (!second || burden(best!) === burden(second)) return { seat: best!.seat, rule: 'waited_longest' };
    return { seat: best!.seat, rule: share(best!) < share(second) ? 'freest' : 'best_skill' };
  }
}

function firstTwo(from: readonly Able[]): [Able?, Able?] {
  let best: Able | undefined;
  let second: Able | undefined;
  for (const able of from) {
    if (!best || preferred(able, best) < 0) [best, second] = [able, best];
    else if (!second || preferred(able, second) < 0) second = able;
  }
  return [best, second];
}
