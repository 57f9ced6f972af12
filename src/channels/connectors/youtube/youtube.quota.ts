import { integer, string, type JsonRecord } from '../json';

/** Units of the Data API, youtube.md §4: reading costs one, writing fifty, and a refused call at least one. */
export const READ_UNITS = 1;
export const QUOTA_UNIT = 'quota units';

const DAY_MS = 86_400_000;
const PACIFIC = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

/** The wall clock in California at `now`, as if it were UTC, in whole seconds. */
function pacificClock(now: number): number {
  const part = Object.fromEntries(PACIFIC.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The day quotas are counted by: Google starts them anew at midnight Pacific time. */
export const pacificDay = (now: number): string => new Date(pacificClock(now)).toISOString().slice(0, 10);

/** Milliseconds until the next midnight in California; 23 or 25 hours apart when the clocks change there. */
export function untilPacificMidnight(now: number): number {
  const midnight = (Math.floor(pacificClock(now) / DAY_MS) + 1) * DAY_MS;
  const shift = (at: number) => pacificClock(at) - Math.floor(at / 1000) * 1000;
  const guess = midnight - shift(now);
  return midnight - shift(guess) - now;
}

/** What a day has cost so far. */
export interface Meter {
  day: string;
  used: number;
}

export function readMeter(stored: JsonRecord | undefined, now: number): Meter {
  const day = pacificDay(now);
  return string(stored?.['day']) === day ? { day, used: integer(stored?.['used']) ?? 0 } : { day, used: 0 };
}

/**
 * When to come back so that what is left lasts until midnight: as planned, later when steps of this cost would use it
 * up before, at midnight when it is used up.
 */
export function paced(meter: Meter, stepCost: number, budget: number, planMs: number, now: number): number {
  const rest = untilPacificMidnight(now);
  const left = budget - meter.used;
  if (left < stepCost || left <= 0) return rest;
  return Math.min(rest, Math.max(planMs, Math.ceil((rest * stepCost) / left)));
}
