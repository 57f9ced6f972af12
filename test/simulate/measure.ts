import { lateAtLeast } from './bound';
import { drawDay, lengthOf, MINUTE } from './day';
import { Desk, type Outcome, type Shift } from './desk';
import { POLICIES } from './policies';
import type { Scenario } from './scenario';

/** One day under one policy. Shares are parts of one, waits minutes from arrival to the first answer. */
export interface Measures {
  /** Answered after the due time, or not by the end of the day though due. */
  lateShare: number;
  vipLateShare: number;
  meanWait: number;
  p95Wait: number;
  longestWait: number;
  /** Of the time people were here. */
  idleShare: number;
  /** Of the work done in each hour here: 0 when all do alike, near 1 when one does it all. */
  gini: number;
  openAtClose: number;
}

export interface ScenarioResult {
  scenario: string;
  says: string;
  seeds: number[];
  arrived: number;
  /** Medians over the seeds. */
  policies: Record<string, Measures>;
  /** What no policy can go below: medians over the seeds. */
  bound: { lateShare: number; vipLateShare: number };
  /** Ours against round robin's; null when nobody is late under it. */
  ofRoundRobin: number | null;
}

/** Lives each seed's day under each policy: the same arrivals, the same work, the same people. */
export function simulate(scenario: Scenario, seeds: readonly number[]): ScenarioResult {
  const days = seeds.map((seed) => drawDay(scenario, seed));
  const policies: Record<string, Measures> = {};
  for (const [name, policy] of Object.entries(POLICIES)) {
    policies[name] = medians(days.map((day) => measure(new Desk(day, policy()).run(), day.closes)));
  }
  const bound = medians(
    days.map((day) => {
      const vips = day.work.filter(({ vip }) => vip).length;
      return {
        lateShare: lateAtLeast(day) / Math.max(1, day.work.length),
        vipLateShare: lateAtLeast(day, ({ vip }) => vip) / Math.max(1, vips),
      };
    }),
  );
  const [ours, theirs] = [policies['pasokh']!.lateShare, policies['round robin']!.lateShare];
  return {
    scenario: scenario.name,
    says: scenario.says,
    seeds: [...seeds],
    arrived: median(days.map((day) => day.work.length)),
    policies,
    bound,
    ofRoundRobin: theirs === 0 ? null : ours / theirs,
  };
}

function measure({ outcomes, shifts }: { outcomes: Outcome[]; shifts: Shift[] }, closes: number): Measures {
  const isLate = ({ work, answeredAt }: Outcome) => (answeredAt ?? closes) > work.dueAt;
  const vips = outcomes.filter(({ work }) => work.vip);
  const waits = outcomes
    .map(({ work, answeredAt }) => ((answeredAt ?? closes) - work.at) / MINUTE)
    .sort((a, b) => a - b);
  const here = shifts.reduce((sum, { hereMs }) => sum + hereMs, 0);
  return {
    lateShare: shareOf(outcomes, isLate),
    vipLateShare: shareOf(vips, isLate),
    meanWait: waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, waits.length),
    p95Wait: waits[Math.floor(waits.length * 0.95)] ?? 0,
    longestWait: waits.at(-1) ?? 0,
    idleShare: shifts.reduce((sum, { idleMs }) => sum + idleMs, 0) / Math.max(1, here),
    gini: gini(shifts.filter(({ person }) => lengthOf(person.here) > 0).map((s) => s.workedMs / Math.max(1, s.hereMs))),
    openAtClose: outcomes.filter(({ answeredAt }) => answeredAt === null).length,
  };
}

const shareOf = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.length === 0 ? 0 : items.filter(holds).length / items.length;

function gini(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (sum === 0) return 0;
  const apart = values.reduce((total, a) => total + values.reduce((inner, b) => inner + Math.abs(a - b), 0), 0);
  return apart / (2 * values.length * sum);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function medians<T extends object>(all: readonly T[]): T {
  const keys = Object.keys(all[0]!);
  return Object.fromEntries(keys.map((key) => [key, median(all.map((one) => Number(Reflect.get(one, key))))])) as T;
}
