import type { BusinessCalendar, DayHours, Holiday, Interval } from './calendar';
import { type Day, dayOf, weekdayOf } from './days';
import { heldTogether, occurrences } from './holiday-dates';
import { type TimeZone, timeZone } from './time-zone';

/**
 * One local Gregorian year of a calendar, settled into instants.
 *
 * A date has its weekday's hours and what runs over midnight from the day before. A holiday takes its date out, from
 * local midnight to local midnight, whatever shift began before; a shift of the week that would have begun on it still
 * has the hours it reaches into the next day. The holiday's own hours are then open, and may run on past its midnight.
 * A `span` closes from instant to instant, last of all.
 */
export interface OpenYear {
  start: number;
  end: number;
  /** In order, disjoint, not touching, within the year. */
  open: readonly Interval[];
  /** What holds on a date; dates without a holiday are left out. */
  holidays: ReadonlyMap<Day, Holiday>;
  /** One-off closures by the instant that touch the year, by their beginning. */
  spans: readonly (Interval & { holiday: Holiday })[];
}

const MIDNIGHT = 1_440;

const kept = new WeakMap<BusinessCalendar, Map<number, OpenYear>>();

/** Settled once per calendar object: a changed calendar is a new object. */
export function openYear(calendar: BusinessCalendar, year: number): OpenYear {
  let known = kept.get(calendar);
  if (!known) kept.set(calendar, (known = new Map()));
  let settled = known.get(year);
  if (!settled) known.set(year, (settled = settle(calendar, year)));
  return settled;
}

function settle(calendar: BusinessCalendar, year: number): OpenYear {
  const zone = timeZone(calendar.timeZone);
  const [first, next] = [dayOf(year, 1, 1), dayOf(year + 1, 1, 1)];
  const held = new Map(
    [...holidaysByDate(calendar, first - 1, next - 1)].map(([day, holidays]) => [day, heldTogether(holidays)!]),
  );
  const week = (day: Day): readonly DayHours[] => calendar.hours[weekdayOf(day)] ?? [];
  const open: Interval[] = [];
  for (let day = first; day < next; day++) {
    const holiday = held.get(day);
    const today = holiday
      ? holiday.hours
      : [...week(day), ...overnight(week(day - 1)), ...overnight(held.get(day - 1)?.hours ?? [])];
    for (const hours of inOrder(today)) append(open, onDate(zone, day, hours));
  }
  const holidays = new Map([...held].filter(([day]) => day >= first).map(([day, { holiday }]) => [day, holiday]));
  const [start, end] = [zone.instantOf(first, 0), zone.instantOf(next, 0)];
  const spans = spansOf(calendar).filter((span) => span.start < end && span.end > start);
  return { start, end, open: without(open, spans), holidays, spans };
}

function holidaysByDate(calendar: BusinessCalendar, first: Day, last: Day): Map<Day, Holiday[]> {
  const dates = new Map<Day, Holiday[]>();
  for (const holiday of calendar.holidays) {
    for (const { observed } of occurrences(holiday, first, last)) {
      dates.set(observed, [...(dates.get(observed) ?? []), holiday]);
    }
  }
  return dates;
}

/** What yesterday's hours reach into today. */
const overnight = (hours: readonly DayHours[]): DayHours[] =>
  hours
    .filter(({ to }) => to > MIDNIGHT)
    .map(({ from, to }) => ({ from: Math.max(0, from - MIDNIGHT), to: to - MIDNIGHT }));

const inOrder = (hours: readonly DayHours[]): DayHours[] => [...hours].sort((a, b) => a.from - b.from);

const onDate = (zone: TimeZone, day: Day, { from, to }: DayHours): Interval => ({
  start: zone.instantOf(day, from),
  end: zone.instantOf(day, Math.min(to, MIDNIGHT)),
});

/** Adds what begins no earlier than the last one did; overlapping and touching stretches become one. */
function append(open: Interval[], next: Interval): void {
  if (next.end <= next.start) return; // hours that the clock skips altogether
  const last = open.at(-1);
  if (last && next.start <= last.end) last.end = Math.max(last.end, next.end);
  else open.push(next);
}

const spansOf = (calendar: BusinessCalendar): (Interval & { holiday: Holiday })[] =>
  calendar.holidays
    .flatMap((holiday) => {
      const { rule } = holiday;
      return rule.on === 'span' ? [{ start: Date.parse(rule.from), end: Date.parse(rule.to), holiday }] : [];
    })
    .sort((a, b) => a.start - b.start);

function without(open: readonly Interval[], closed: readonly Interval[]): readonly Interval[] {
  return closed.reduce<readonly Interval[]>(
    (left, { start, end }) =>
      left.flatMap((stretch) =>
        stretch.end <= start || stretch.start >= end
          ? [stretch]
          : [
              { start: stretch.start, end: Math.min(stretch.end, start) },
              { start: Math.max(stretch.start, end), end: stretch.end },
            ].filter((rest) => rest.start < rest.end),
      ),
    open,
  );
}
