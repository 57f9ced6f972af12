export type Locale = 'fa' | 'en';
export type Digits = 'persian' | 'latin';

export interface FormatPreferences {
  locale: Locale;
  digits: Digits;
  /** IANA zone of the workspace: everybody reads the same clock. */
  timeZone: string;
}

export type Formats = ReturnType<typeof makeFormats>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** BCP 47 tag with calendar and digits; everything Intl formats goes through it. */
export function localeTag({ locale, digits }: Pick<FormatPreferences, 'locale' | 'digits'>): string {
  const numbering = digits === 'persian' ? 'arabext' : 'latn';
  return locale === 'fa' ? `fa-IR-u-ca-persian-nu-${numbering}` : `en-GB-u-ca-gregory-nu-${numbering}`;
}

/** The one place that turns instants and numbers into text. */
export function makeFormats(preferences: FormatPreferences) {
  const { locale, timeZone } = preferences;
  const tag = localeTag(preferences);
  const number = new Intl.NumberFormat(tag);
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 });
  const clock = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });
  const long = new Intl.DateTimeFormat(tag, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone,
  });
  const short = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone });
  const dayKey = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });

  const time = (at: Instant) => clock.format(toDate(at));
  const day = (at: Instant) => dayKey.format(toDate(at));

  /** CLDR prints the full Persian date as "۱۴۰۵ آبان ۳۰, شنبه"; people write "شنبه ۳۰ آبان ۱۴۰۵". */
  function longDate(at: Instant): string {
    if (locale === 'en') return long.format(toDate(at));
    const part = Object.fromEntries(long.formatToParts(toDate(at)).map(({ type, value }) => [type, value]));
    return `${part.weekday} ${part.day} ${part.month} ${part.year}`;
  }

  function ago(at: Instant, now: number): string {
    const ms = toDate(at).getTime() - now;
    const size = Math.abs(ms);
    if (size < HOUR) return relative.format(Math.round(ms / MINUTE), 'minute');
    if (size < DAY) return relative.format(Math.round(ms / HOUR), 'hour');
    return relative.format(Math.round(ms / DAY), 'day');
  }

  return {
    tag,
    number: (value: number) => number.format(value),
    percent: (value: number) => percent.format(value),
    time,
    /** Stable key of the calendar day in the workspace's zone; only for comparing. */
    day,
    longDate,
    shortDate: (at: Instant) => short.format(toDate(at)),
    dateTime: (at: Instant) => `${longDate(at)}${locale === 'fa' ? '، ' : ', '}${time(at)}`,
    /** "12 minutes ago", "in 2 hours". */
    ago,
    /** The clock for today, the date before that. */
    stamp: (at: Instant, now: number) => (day(at) === day(now) ? time(at) : short.format(toDate(at))),
  };
}

export type Instant = string | number | Date;

const toDate = (at: Instant): Date => (at instanceof Date ? at : new Date(at));

/** Days of the week in the order people here read them: Saturday first in Persian, Monday first in English. 0 is Sunday. */
export const weekDays = (locale: Locale): readonly number[] =>
  locale === 'fa' ? [6, 0, 1, 2, 3, 4, 5] : [1, 2, 3, 4, 5, 6, 0];
