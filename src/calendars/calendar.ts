/** A stretch of time, milliseconds since 1970, half open: `start` belongs to it, `end` does not. `end` may be Infinity. */
export interface Interval {
  start: number;
  end: number;
}

/** A week here begins on Saturday; which day a screen begins with is the reader's affair. */
export const WEEKDAYS = ['sat', 'sun', 'mon', 'tue', 'wed', 'thu', 'fri'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Open from `from` to `to`, minutes after the local midnight on which the day begins; `to` above 1,440 is on the next day. */
export interface DayHours {
  from: number;
  to: number;
}

/** When a holiday comes round. Dates are local to the calendar's time zone. */
export type HolidayRule =
  /** Once, or a stretch of days; Gregorian `YYYY-MM-DD`, both included. */
  | { on: 'date'; date: string; to?: string }
  | { on: 'gregorian'; month: number; day: number }
  /** Solar Hijri, the calendar of Iran. */
  | { on: 'jalali'; month: number; day: number }
  /** Hijri, by the moon: computed, and often confirmed a day earlier or later. Day 30 of a short month is its last day. */
  | { on: 'lunar'; month: number; day: number }
  /** A one-off closure from one instant to another (ISO 8601): the power is out until four. */
  | { on: 'span'; from: string; to: string };

export interface Holiday {
  id: string;
  name: { fa: string; en: string };
  rule: HolidayRule;
  /** Occurrences observed on another day than computed: computed date to observed date, Gregorian `YYYY-MM-DD`. */
  moved: Readonly<Record<string, string>>;
  /** When it is open nevertheless; none: closed from midnight to midnight. */
  hours: readonly DayHours[];
}

/** Business hours: what counts as time in which an answer can be expected. */
export interface BusinessCalendar {
  workspaceId: string;
  id: string;
  name: string;
  /** IANA name. */
  timeZone: string;
  /** Several intervals a day; a day left out is closed. */
  hours: Readonly<Partial<Record<Weekday, readonly DayHours[]>>>;
  holidays: readonly Holiday[];
  version: number;
}

/** Time that did not count, and why. */
export interface Closure extends Interval {
  why: 'closed_hours' | 'holiday';
  holiday?: { id: string; name: { fa: string; en: string } };
}

/** A calendar that is always open, for wall time. */
export function* always(from: number): Generator<Interval> {
  yield { start: from, end: Infinity };
}
