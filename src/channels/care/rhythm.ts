/** What one hour of a channel brought. */
export interface HourCount {
  /** Start of the hour, ms since 1970. */
  hour: number;
  received: number;
}

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;
const HALF_LIFE_WEEKS = 2; // what was a month ago counts a quarter
const NEEDED_MS = 14 * 24 * HOUR_MS; // before that a quiet night looks like an outage

/** Events an hour to expect, by hour of the week, counted from the first instant of 1970 (a Thursday, 00:00 UTC). */
export interface Rhythm {
  perHour: readonly number[];
  /** How long the channel has been watched, in milliseconds. */
  knownMs: number;
}

/**
 * A channel's own week. Every hour of the week is a mean over the weeks, the recent ones counting more; hours without a
 * row count as zero from the channel's beginning on, so silence is learnt too.
 * @param since when the channel was connected
 */
export function rhythmOf(hours: readonly HourCount[], since: number, now: number): Rhythm {
  const sum = Array<number>(WEEK_HOURS).fill(0);
  const weight = Array<number>(WEEK_HOURS).fill(0);
  const counts = new Map(hours.map(({ hour, received }) => [hour, received]));
  const first = Math.ceil(Math.max(since, now - 8 * WEEK_HOURS * HOUR_MS) / HOUR_MS) * HOUR_MS;
  for (let hour = first; hour + HOUR_MS <= now; hour += HOUR_MS) {
    const slot = slotOf(hour);
    const w = 0.5 ** ((now - hour) / (HALF_LIFE_WEEKS * WEEK_HOURS * HOUR_MS));
    sum[slot]! += w * (counts.get(hour) ?? 0);
    weight[slot]! += w;
  }
  return { perHour: sum.map((s, i) => (weight[i]! > 0 ? s / weight[i]! : 0)), knownMs: Math.max(0, now - since) };
}

/** How many events the rhythm promises between two instants; parts of hours count in part. */
export function expectedBetween({ perHour }: Rhythm, from: number, to: number): number {
  let expected = 0;
  for (let at = from; at < to;) {
    const end = Math.min(to, Math.floor(at / HOUR_MS) * HOUR_MS + HOUR_MS);
    expected += (perHour[slotOf(at)]! * (end - at)) / HOUR_MS;
    at = end;
  }
  return expected;
}

/**
 * Whether a silence is unlike this channel: under its rhythm, events arriving independently, the chance of none at all is
 * below `chance`. Null until two weeks are known.
 */
export function silence(
  rhythm: Rhythm,
  lastEventAt: number,
  now: number,
  chance: number,
): { expected: number; unlike: boolean } | null {
  if (rhythm.knownMs < NEEDED_MS) return null;
  const expected = expectedBetween(rhythm, lastEventAt, now);
  return { expected, unlike: Math.exp(-expected) < chance };
}

const slotOf = (at: number) => Math.floor(at / HOUR_MS) % WEEK_HOURS;
