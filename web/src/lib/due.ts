export type DueLevel = 'calm' | 'soon' | 'late';

export interface Due {
  level: DueLevel;
  /** Whole units, never negative: until the due time, or since it when `level` is late. */
  amount: number;
  unit: 'minute' | 'hour' | 'day';
}

const MINUTE = 60_000;
// Fifteen minutes is one pass over a short queue: what is nearer than that should be taken first.
const SOON_MS = 15 * MINUTE;

/** How a due time reads at `now` (epoch milliseconds, server's clock). */
export function dueOf(dueAt: string, now: number): Due {
  const left = Date.parse(dueAt) - now;
  const level: DueLevel = left < 0 ? 'late' : left <= SOON_MS ? 'soon' : 'calm';
  // What is left rounds up and what is past rounds down, so "1 minute left" never shows after the minute has gone.
  const minutes = left < 0 ? Math.floor(-left / MINUTE) : Math.ceil(left / MINUTE);
  if (minutes < 60) return { level, amount: minutes, unit: 'minute' };
  if (minutes < 48 * 60) return { level, amount: Math.floor(minutes / 60), unit: 'hour' };
  return { level, amount: Math.floor(minutes / (24 * 60)), unit: 'day' };
}
