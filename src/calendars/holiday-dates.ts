import type { DayHours, Holiday, HolidayRule } from './calendar';
import { type Day, dayOf, parseDay, showDay, yearOf } from './days';
import { fromJalali, jalaliMonthLength, toJalali } from './jalali';
import { fromLunar, toLunar } from './lunar';

/** An observed date may lie this far from the computed one: a moon sighted late, a day given back after a weekend. */
export const MOST_MOVED_DAYS = 7;

/** The date by the rule, and the date on which it is kept. */
export interface Occurrence {
  computed: Day;
  observed: Day;
}

/** When a holiday is kept from `first` to `last`, both included; in order. A `span` closes hours, not days: none. */
export function occurrences(holiday: Holiday, first: Day, last: Day): Occurrence[] {
  const found: Occurrence[] = [];
  for (const computed of computedDays(holiday.rule, first - MOST_MOVED_DAYS, last + MOST_MOVED_DAYS)) {
    const moved = holiday.moved[showDay(computed)];
    const observed = moved === undefined ? computed : parseDay(moved);
    if (observed >= first && observed <= last) found.push({ computed, observed });
  }
  return found.sort((a, b) => a.observed - b.observed);
}

/** Dates by the rule alone. A 29 February or 30 Esfand comes round in leap years only. */
export function computedDays(rule: HolidayRule, first: Day, last: Day): Day[] {
  const within = (day: Day) => day >= first && day <= last;
  switch (rule.on) {
    case 'span':
      return [];
    case 'date': {
      const from = Math.max(parseDay(rule.date), first);
      const to = Math.min(parseDay(rule.to ?? rule.date), last);
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
    }
    case 'gregorian':
      return years(yearOf(first), yearOf(last))
        .filter((year) => rule.day <= new Date(Date.UTC(year, rule.month, 0)).getUTCDate())
        .map((year) => dayOf(year, rule.month, rule.day))
        .filter(within);
    case 'jalali':
      return years(toJalali(first).year, toJalali(last).year)
        .filter((year) => rule.day <= jalaliMonthLength(year, rule.month))
        .map((year) => fromJalali(year, rule.month, rule.day))
        .filter(within);
    case 'lunar':
      return years(toLunar(first).year, toLunar(last).year)
        .map((year) => fromLunar(year, rule.month, rule.day))
        .filter(within);
  }
}

const years = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/**
 * Which of the holidays that fall on one date hold, and what is open then. What was said of this very date (`date`) goes
 * before what comes round each year, so a shop can open on one Nowruz; among equals the day off goes before the half day,
 * and of two half days only the time in both is open.
 */
export function heldTogether(
  holidays: readonly Holiday[],
): { holiday: Holiday; hours: readonly DayHours[] } | undefined {
  const once = holidays.filter(({ rule }) => rule.on === 'date');
  const equals = once.length > 0 ? once : holidays;
  const dayOff = equals.find(({ hours }) => hours.length === 0);
  if (dayOff) return { holiday: dayOff, hours: [] };
  const [holiday, ...others] = equals;
  if (!holiday) return undefined;
  return { holiday, hours: others.reduce((open, other) => inBoth(open, other.hours), holiday.hours) };
}

function inBoth(some: readonly DayHours[], others: readonly DayHours[]): DayHours[] {
  return some.flatMap((a) =>
    others
      .map((b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }))
      .filter(({ from, to }) => from < to),
  );
}
