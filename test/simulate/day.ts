import type { TicketPriority } from '../../src/inbox/tickets/ticket';
import type { SkillLevels } from '../../src/routing/work';
import { Random } from './random';
import type { AgentGroup, Scenario } from './scenario';

export const MINUTE = 60_000;

/** One piece of work of the day, drawn once and the same for every policy. Instants are milliseconds of the day. */
export interface Work {
  id: string;
  at: number;
  dueAt: number;
  workType: string;
  weight: number;
  needs: SkillLevels;
  priority: TicketPriority;
  vip: boolean;
  knownBy: string | null;
  /** What it really takes an agent who does nothing else, milliseconds; no policy knows it. */
  workMs: number;
}

/** Somebody's day: when they are here, and when they are here but do not react. */
export interface Person {
  id: string;
  skills: SkillLevels;
  capacity: number;
  takes: string[] | null;
  here: Span[];
  silent: Span[];
}

export interface Span {
  from: number;
  to: number;
}

export interface Day {
  opens: number;
  closes: number;
  work: Work[];
  people: Person[];
  /** What is expected of a kind of work before any has been seen, milliseconds. */
  expectedMs: Record<string, number>;
  concurrencyGain: number;
}

const timeOf = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE;

/** How fast somebody works with so much in hand, by weight, against one ordinary conversation at a time. */
export const pace = (load: number, gain: number): number => 1 + gain * Math.max(0, load - 1);

/** Draws the day of a scenario: the same seed, the same day. */
export function drawDay(scenario: Scenario, seed: number): Day {
  const random = new Random(Math.imul(seed, 0x9e3779b1));
  const people = scenario.agents.flatMap((group, at) => peopleOf(group, String.fromCharCode(97 + at)));
  const ableMs = people.reduce(
    (sum, person) => sum + lengthOf(person.here) * pace(person.capacity, scenario.concurrencyGain),
    0,
  );
  for (const { kind, at, share, minutes } of scenario.incidents) {
    const from = timeOf(at);
    const here = people.filter((person) => person.here.some((span) => span.from <= from && from < span.to));
    for (let taken = 0, most = Math.round(here.length * share); taken < most; taken += 1) {
      const [person] = here.splice(Math.floor(random.next() * here.length), 1);
      if (kind === 'silent') person!.silent.push({ from, to: from + (minutes ?? 60) * MINUTE });
      else person!.here = without(person!.here, { from, to: Infinity });
    }
  }
  return {
    opens: timeOf(scenario.opens),
    closes: timeOf(scenario.closes),
    work: arrivals(scenario, ableMs * scenario.load, people, random),
    people,
    expectedMs: Object.fromEntries(scenario.kinds.map((kind) => [kind.workType, kind.handlingMinutes * MINUTE])),
    concurrencyGain: scenario.concurrencyGain,
  };
}

function peopleOf(group: AgentGroup, prefix: string): Person[] {
  return Array.from({ length: group.count }, (_, i) => {
    let here: Span[] = [{ from: timeOf(group.from), to: timeOf(group.to) }];
    for (const { at, minutes } of group.breaks) {
      const from = timeOf(at) + i * 10 * MINUTE; // not all at once
      here = without(here, { from, to: from + minutes * MINUTE });
    }
    const id = `${prefix}${String(i).padStart(2, '0')}`;
    return { id, skills: group.skills, capacity: group.capacity, takes: group.takes ?? null, here, silent: [] };
  });
}

/** Poisson arrivals whose rate changes by the hour and in storms: drawn at the highest rate and thinned. */
function arrivals(scenario: Scenario, workMs: number, people: readonly Person[], random: Random): Work[] {
  const opens = timeOf(scenario.opens);
  const closes = timeOf(scenario.closes);
  const hour = (closes - opens) / scenario.arrivals.length;
  const usual = scenario.arrivals.reduce((sum, rate) => sum + rate, 0);
  const share = scenario.kinds.reduce((sum, kind) => sum + kind.share, 0);
  const meanMs = scenario.kinds.reduce((sum, kind) => sum + (kind.handlingMinutes * MINUTE * kind.share) / share, 0);
  const perMs = (at: number) =>
    ((scenario.arrivals[Math.floor((at - opens) / hour)] ?? 0) / usual) * (workMs / meanMs / hour);
  const storm = (at: number) =>
    scenario.storms.find(({ at: from, minutes }) => at >= timeOf(from) && at < timeOf(from) + minutes * MINUTE);
  const most =
    Math.max(...scenario.arrivals.map((_, i) => perMs(opens + i * hour))) *
    Math.max(1, ...scenario.storms.map(({ times }) => times));
  const work: Work[] = [];
  for (let at = opens + random.exponential(1 / most); at < closes; at += random.exponential(1 / most)) {
    const times = storm(at)?.times ?? 1;
    if (!random.chance((perMs(at) * times) / most)) continue;
    const stormy = storm(at)?.kind;
    const ofStorm = stormy !== undefined && random.chance(1 - 1 / times);
    work.push(
      draw(scenario, at, `w${String(work.length).padStart(6, '0')}`, people, random, ofStorm ? stormy : undefined),
    );
  }
  return work;
}

function draw(
  scenario: Scenario,
  at: number,
  id: string,
  people: readonly Person[],
  random: Random,
  workType?: string,
): Work {
  const kind =
    scenario.kinds.find((one) => one.workType === workType) ?? random.pick(scenario.kinds, (one) => one.share);
  const { needs } = random.pick(scenario.languages, (one) => one.share);
  const { priority, targetFactor } = random.pick(scenario.priorities, (one) => one.share);
  const vip = random.chance(scenario.vip.share);
  const known = random.chance(scenario.knownShare);
  const speaking = people.filter(({ skills }) =>
    Object.keys(needs).every((skill) => (skills[skill] ?? 0) >= needs[skill]!),
  );
  const targetMs = kind.targetMinutes * targetFactor * (vip ? scenario.vip.targetFactor : 1) * MINUTE;
  return {
    id,
    at,
    dueAt: at + targetMs,
    workType: kind.workType,
    weight: kind.weight === 'all' ? Infinity : kind.weight,
    needs,
    priority,
    vip,
    knownBy: known ? (speaking[Math.floor(random.next() * speaking.length)]?.id ?? null) : null,
    workMs: random.lognormal(kind.handlingMinutes * MINUTE, kind.spread),
  };
}

export const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { from, to }) => sum + to - from, 0);

/** What remains of these when a stretch is taken out. */
export function without(spans: readonly Span[], gap: Span): Span[] {
  return spans
    .flatMap(({ from, to }) => [
      { from, to: Math.min(to, gap.from) },
      { from: Math.max(from, gap.to), to },
    ])
    .filter(({ from, to }) => from < to);
}
