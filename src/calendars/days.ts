import { WEEKDAYS, type Weekday } from './calendar';

/** A date without a time or a zone, as days since 1 January 1970. */
export type Day = number;

export const DAY_MS = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** @param month 1 to 12; what lies outside month or day carries over */
export const dayOf = (year: number, month: number, day: number): Day => Date.UTC(year, month - 1, day) / DAY_MS;

/** @returns NaN for what is no date: `2026-02-30` is none */
export function parseDay(text: string): Day {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (!year) return NaN;
  const parsed = dayOf(Number(year), Number(month), Number(day));
  return showDay(parsed) === text ? parsed : NaN;
}

/** Gregorian `YYYY-MM-DD`. */
export const showDay = (day: Day): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export const yearOf = (day: Day): number => new Date(day * DAY_MS).getUTCFullYear();

/** The first of January 1970 was a Thursday. */
export const weekdayOf = (day: Day): Weekday => WEEKDAYS[(((day + 5) % 7) + 7) % 7]!;
