import { type Day, lengthOf, MINUTE, pace, type Person, without, type Work } from './day';

const STEP_MS = 15 * MINUTE;

/**
 * How many must be late whoever decides, though they knew the whole day. A true lower bound, by easing everything that
 * binds a real desk: work can be cut up and shared by everybody able to do it, changes hands at no cost, goes on at the
 * best pace an agent can reach, and who is here is known.
 *
 * What came after A and is due before B must be done between A and B. When it is more than the staff can do there, the
 * fewest that must be late are found by leaving out the longest until the rest fits. Stretches that do not overlap have
 * neither work nor staff in common, so their numbers add up: the best row of stretches is found by going through the day
 * once. The same is asked of each group of work that only some can do, alone; the largest answer holds.
 */
export function lateAtLeast(day: Day, of: (work: Work) => boolean = () => true): number {
  const work = day.work.filter((one) => of(one) && one.dueAt < day.closes);
  // an agent works on one piece at most at full attention, which no sharing of attention can beat
  const hopeless = work.filter((one) => one.workMs > one.dueAt - one.at).length;
  const possible = work.filter((one) => one.workMs <= one.dueAt - one.at);
  const groups = [possible, ...groupBy(possible, (one) => JSON.stringify(one.needs)).values()];
  return hopeless + Math.max(...groups.map((group) => lateByStretches(group, day)));
}

function lateByStretches(work: readonly Work[], day: Day): number {
  if (work.length === 0) return 0;
  const people = day.people.filter((person) => work.some((one) => canDo(person, one)));
  const shortFirst = [...work].sort((a, b) => a.workMs - b.workMs);
  const marks: number[] = [];
  for (let at = day.opens; at < day.closes + STEP_MS; at += STEP_MS) marks.push(Math.min(at, day.closes));
  const staffed = marks.map((to, i) => (i === 0 ? 0 : ableMs(people, marks[i - 1]!, to, day.concurrencyGain)));
  const best = marks.map(() => 0);
  marks.forEach((from, start) => {
    if (start > 0) best[start] = Math.max(best[start]!, best[start - 1]!);
    const later = shortFirst.filter(({ at }) => at >= from);
    let staffMs = 0;
    for (let end = start + 1; end < marks.length; end += 1) {
      staffMs += staffed[end]!;
      best[end] = Math.max(best[end]!, best[start]! + tooMany(later, marks[end]!, staffMs));
    }
  });
  return best.at(-1)!;
}

/** How many of those that must be done by an instant do not fit, the longest left out. */
function tooMany(shortFirst: readonly Work[], by: number, staffMs: number): number {
  let left = staffMs;
  let late = 0;
  for (const { dueAt, workMs } of shortFirst) {
    if (dueAt > by) continue;
    left -= workMs;
    if (left < 0) late += 1;
  }
  return late;
}

function ableMs(people: readonly Person[], from: number, to: number, gain: number): number {
  let able = 0;
  for (const { here, silent, capacity } of people) {
    const reacting = silent.reduce((spans, gap) => without(spans, gap), here);
    const within = without(without(reacting, { from: -Infinity, to: from }), { from: to, to: Infinity });
    able += lengthOf(within) * pace(capacity, gain);
  }
  return able;
}

const canDo = (person: Person, work: Work): boolean =>
  (person.takes === null || person.takes.includes(work.workType)) &&
  Object.entries(work.needs).every(([skill, level]) => (person.skills[skill] ?? 0) >= level);

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
