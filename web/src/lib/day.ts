import type { Locale } from './dates';

/** A day as the server names it: Gregorian, `YYYY-MM-DD`. */
export type Day = string;

export interface DayParts {
  year: number;
  month: number;
  day: number;
}

export type CalendarName = 'persian' | 'gregory' | 'islamic-civil';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PERSIAN_YEAR = 621; // a Persian year begins in March of the Gregorian year so much higher

export const calendarOf = (locale: Locale): 'persian' | 'gregory' => (locale === 'fa' ? 'persian' : 'gregory');

const formats = new Map<string, Intl.DateTimeFormat>();

function numbers(calendar: CalendarName): Intl.DateTimeFormat {
  const known = formats.get(calendar);
  if (known) return known;
  const made = new Intl.DateTimeFormat(`en-u-ca-${calendar}-nu-latn`, {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  formats.set(calendar, made);
  return made;
}

export const dateOf = (day: Day): Date => new Date(`${day}T00:00:00Z`);
const nameOf = (at: Date): Day => at.toISOString().slice(0, 10);

export const addDays = (day: Day, count: number): Day => nameOf(new Date(dateOf(day).getTime() + count * DAY_MS));

/** Year, month and day of the month by a calendar. */
export function partsOf(day: Day, calendar: CalendarName): DayParts {
  const parts = Object.fromEntries(
    numbers(calendar)
      .formatToParts(dateOf(day))
      .map(({ type, value }) => [type, Number.parseInt(value, 10)]),
  );
  return { year: parts.year ?? 0, month: parts.month ?? 1, day: parts.day ?? 1 };
}

/** The day with these parts; a day the month does not have is its last one. */
export function dayOf({ year, month, day }: DayParts, calendar: 'persian' | 'gregory'): Day {
  const first =
    calendar === 'gregory'
      ? new Date(Date.UTC(year, month - 1, 1))
      : persianFirst(year, month, new Date(Date.UTC(year + PERSIAN_YEAR, 2, 21 + daysBefore(month))));
  const within = addDays(nameOf(first), day - 1);
  let last = within;
  while (partsOf(last, calendar).month !== month) last = addDays(last, -1);
  return last;
}

const daysBefore = (month: number) => (month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30);

/** A Persian year begins between 20 and 22 March: the guess is off by a day or two at most. */
function persianFirst(year: number, month: number, guess: Date): Date {
  for (const shift of [0, -1, 1, -2, 2]) {
    const tried = new Date(guess.getTime() + shift * DAY_MS);
    const parts = partsOf(nameOf(tried), 'persian');
    if (parts.year === year && parts.month === month && parts.day === 1) return tried;
  }
  return guess;
}

/** Names of a calendar's twelve months, in the reader's language. */
export function monthNames(calendar: CalendarName, locale: Locale): string[] {
  const format = new Intl.DateTimeFormat(`${locale}-u-ca-${calendar}`, { month: 'long', timeZone: 'UTC' });
  const names: string[] = [];
  // Two lunar years lie in these days, and one of the sun in any case.
  for (let day = '2026-01-01'; names.filter(Boolean).length < 12; day = addDays(day, 1)) {
    const { month } = partsOf(day, calendar);
    names[month - 1] ??= format.format(dateOf(day));
  }
  return names;
}

/** The day that it is in a time zone. */
export const dayIn = (at: number | string | Date, timeZone: string): Day =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(at),
  );

/** The instant (ISO 8601) of a day's local time in a time zone; a time the clock skips is the one after the gap. */
export function instantIn(day: Day, minutes: number, timeZone: string): string {
  const asIfUtc = dateOf(day).getTime() + minutes * MINUTE_MS;
  const guess = asIfUtc - offsetMs(asIfUtc, timeZone);
  return new Date(asIfUtc - offsetMs(guess, timeZone)).toISOString();
}

function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-u-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(new Date(at));
  const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
  return local - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** "09:30", "9:30", "930" or "9" to minutes after midnight; NaN for anything else. */
export function minutesOf(clock: string): number {
  const [, hours = '', minutes = '0'] = /^(\d{1,2}):?(\d{2})?$/.exec(clock) ?? [];
  const at = Number(hours) * 60 + Number(minutes);
  return hours === '' || Number(minutes) > 59 || Number(hours) > 23 ? Number.NaN : at;
}

/** Minutes after midnight in the digits of a locale, "۰۹:۳۰"; those of the next day begin at 00:00 again. */
export function clockText(minutes: number, tag: string): string {
  const two = new Intl.NumberFormat(tag, { minimumIntegerDigits: 2 });
  return `${two.format(Math.floor(minutes / 60) % 24)}:${two.format(minutes % 60)}`;
}
