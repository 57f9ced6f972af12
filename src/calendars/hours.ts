import { type BusinessCalendar, type Closure, type Holiday, type Interval, WEEKDAYS } from './calendar';
import { type Day, yearOf } from './days';
import { openYear } from './open-year';
import { type TimeZone, timeZone } from './time-zone';

const HORIZON_YEARS = 30; // an hour a week adds up to two months of business time by then

/**
 * The hours in which an answer can be expected: open stretches in order, disjoint and merged, half open, lazily, from
 * the one containing `from` on (which may begin before `from`). Round the clock yields one stretch to the end of time.
 * Ends after some thirty years, at once when the calendar never opens.
 */
export function* openHours(calendar: BusinessCalendar, from: number): Generator<Interval> {
  if (!everOpens(calendar)) return;
  if (isAlwaysOpen(calendar)) {
    yield { start: from, end: Infinity };
    return;
  }
  const year = localYear(calendar, from);
  let held: Interval | undefined;
  for (let i = 0; i < HORIZON_YEARS; i++) {
    const { open } = openYear(calendar, year + i);
    for (let at = i === 0 ? firstEndingAfter(open, from) : 0; at < open.length; at++) {
      const stretch = open[at]!;
      if (held && held.end === stretch.start) {
        held = { start: held.start, end: stretch.end };
      } else {
        if (held) yield held;
        held = stretch;
      }
      if (at < open.length - 1) {
        yield held; // only the year's last stretch can go on in the next year
        held = undefined;
      }
    }
  }
  if (held) yield held;
}

/** Open time between two instants, milliseconds. */
export function openMs(calendar: BusinessCalendar, from: number, to: number): number {
  let sum = 0;
  for (const { start, end } of openHours(calendar, from)) {
    if (start >= to) break;
    sum += Math.max(0, Math.min(end, to) - Math.max(start, from));
  }
  return sum;
}

export const isOpenAt = (calendar: BusinessCalendar, instant: number): boolean =>
  openMs(calendar, instant, instant + 1) > 0;

/** The closed time between two instants, in order and without gaps to the open: why, and for which holiday. */
export function* closures(calendar: BusinessCalendar, from: number, to: number): Generator<Closure> {
  let at = from;
  for (const { start, end } of openHours(calendar, from)) {
    if (start >= to) break;
    if (start > at) yield* reasons(calendar, at, start);
    at = Math.max(at, end);
  }
  if (at < to) yield* reasons(calendar, at, to);
}

/** Cuts closed time where the reason changes: a holiday has its whole date, a one-off closure its stretch. */
function* reasons(calendar: BusinessCalendar, from: number, to: number): Generator<Closure> {
  let held: Closure | undefined;
  for (let at = from; at < to;) {
    const { holiday, until } = reasonAt(calendar, at);
    const end = Math.min(until, to);
    if (held && held.holiday?.id === holiday?.id) {
      held = { ...held, end };
    } else {
      if (held) yield held;
      held = holiday
        ? { start: at, end, why: 'holiday', holiday: { id: holiday.id, name: holiday.name } }
        : { start: at, end, why: 'closed_hours' };
    }
    at = end;
  }
  if (held) yield held;
}

function reasonAt(calendar: BusinessCalendar, at: number): { holiday: Holiday | undefined; until: number } {
  const zone = timeZone(calendar.timeZone);
  const day = zone.dayAt(at);
  const { holidays, spans } = openYear(calendar, yearOf(day));
  const inside = spans.find(({ start, end }) => start <= at && at < end);
  if (inside) return { holiday: inside.holiday, until: inside.end };
  const nextSpan = spans.find(({ start }) => start > at)?.start ?? Infinity;
  return { holiday: holidays.get(day), until: Math.min(nextMidnight(zone, day, at), nextSpan) };
}

/** A date that the zone left out has no length: the midnight after it then. */
function nextMidnight(zone: TimeZone, day: Day, instant: number): number {
  let next = day + 1;
  while (zone.instantOf(next, 0) <= instant) next++;
  return zone.instantOf(next, 0);
}

/** Where to begin among stretches in order: the first that ends after `from`. */
function firstEndingAfter(open: readonly Interval[], from: number): number {
  let [low, high] = [0, open.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (open[middle]!.end > from) high = middle;
    else low = middle + 1;
  }
  return low;
}

const localYear = (calendar: BusinessCalendar, instant: number): number =>
  yearOf(timeZone(calendar.timeZone).dayAt(instant));

const everOpens = ({ hours, holidays }: BusinessCalendar): boolean =>
  Object.values(hours).some((day) => day.length > 0) || holidays.some((holiday) => holiday.hours.length > 0);

const isAlwaysOpen = ({ hours, holidays }: BusinessCalendar): boolean =>
  holidays.length === 0 && WEEKDAYS.every((day) => hours[day]?.some(({ from, to }) => from === 0 && to >= 1_440));
