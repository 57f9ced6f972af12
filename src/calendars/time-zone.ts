import { DAY_MS, dayOf, type Day } from './days';

/** A stretch in which a zone keeps one offset; cut at the turn of the year as well. */
interface Stretch {
  start: number;
  end: number;
  /** What local clocks are ahead of UTC, milliseconds. */
  offset: number;
}

const MINUTE_MS = 60_000;
const PROBE_MS = 7 * DAY_MS; // no zone has changed its clocks twice in a week since 1970
const MOST_AHEAD_MS = 15 * 3_600_000; // UTC+14 is the furthest

/**
 * One time zone's clocks, from the platform's own rules, so that a zone that gave up summer time (Tehran, September 2022)
 * is right on both sides. Asking Intl costs microseconds, so each year's changes are looked up once and kept.
 */
export class TimeZone {
  private readonly years = new Map<number, readonly Stretch[]>();
  private readonly format: Intl.DateTimeFormat;
  /** Asked for one after the other, instants mostly lie in one stretch. */
  private latest: Stretch = { start: 0, end: 0, offset: 0 };

  /** @throws RangeError when there is no such zone */
  constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** The local date at an instant. */
  dayAt(instant: number): Day {
    return Math.floor((instant + this.stretchAt(instant).offset) / DAY_MS);
  }

  /** Minutes (with a fraction) that the clock on the wall shows since its midnight. */
  minuteAt(instant: number): number {
    const local = instant + this.stretchAt(instant).offset;
    return (local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS;
  }

  /**
   * The first instant at which the clock on the wall shows `minutes` after midnight of `day`, or later. A time that the
   * clock skips is the instant of the change; of a time it shows twice, the first. So a later reading never comes before
   * an earlier one, intervals that touch on paper touch in time, and between two readings all real minutes count.
   * @param minutes may be 1,440 and more: on a following day
   */
  instantOf(day: Day, minutes: number): number {
    const local = day * DAY_MS + minutes * MINUTE_MS;
    for (let at = local - MOST_AHEAD_MS; ;) {
      const { end, offset } = this.stretchAt(at);
      const shown = Math.max(at, local - offset);
      if (shown < end) return shown;
      at = end;
    }
  }

  private stretchAt(instant: number): Stretch {
    if (instant >= this.latest.start && instant < this.latest.end) return this.latest;
    const year = new Date(instant).getUTCFullYear();
    let stretches = this.years.get(year);
    if (!stretches) this.years.set(year, (stretches = this.lookUp(year)));
    this.latest = stretches.find(({ end }) => instant < end)!;
    return this.latest;
  }

  private lookUp(year: number): Stretch[] {
    const stretches: Stretch[] = [];
    const end = dayOf(year + 1, 1, 1) * DAY_MS;
    let start = dayOf(year, 1, 1) * DAY_MS;
    let offset = this.offsetAt(start);
    for (let at = start; at < end; at += PROBE_MS) {
      const next = Math.min(at + PROBE_MS, end - 1000);
      if (this.offsetAt(next) === offset) continue;
      const change = this.changeBetween(at, next, offset);
      stretches.push({ start, end: change, offset });
      start = change;
      offset = this.offsetAt(change);
    }
    stretches.push({ start, end, offset });
    return stretches;
  }

  /** To the second. */
  private changeBetween(before: number, after: number, offset: number): number {
    let [low, high] = [before / 1000, after / 1000];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle * 1000) === offset) low = middle;
      else high = middle;
    }
    return high * 1000;
  }

  private offsetAt(instant: number): number {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.format.formatToParts(instant)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  }
}

const zones = new Map<string, TimeZone>();

/** @throws RangeError when there is no such zone */
export function timeZone(name: string): TimeZone {
  let zone = zones.get(name);
  if (!zone) zones.set(name, (zone = new TimeZone(name)));
  return zone;
}

export function isTimeZone(name: string): boolean {
  try {
    timeZone(name);
    return true;
  } catch {
    return false;
  }
}
