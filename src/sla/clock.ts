import type { Interval } from '../calendars/calendar';
import { DomainError } from '../platform/errors';


/** Moves `start` on by `targetMs` of open time. `open` yields open hours in order, lazily; closed time is the gaps. */
export function dueAt(start: number, targetMs: number, open: Iterable<Interval>): number {
  let remaining = targetMs;
  for (const hours of open) {
    const from = Math.max(hours.start, start);
    const worked = hours.end - from;
    if (worked < 0) continue;
    if (remaining <= worked) return from + remaining;
    remaining -= worked;
  }
  throw new DomainError('misconfigured', 'These business hours never open long enough; give the calendar more hours.');
}

/** One stretch of a clock's life: whether it counted, and why. */
export interface Explained {
  from: number;
  to: number;
  counted: boolean;
  why: 'open_hours' | 'closed_hours';
}

/** Which time between two instants counted; the rows join without gaps. */
export function explain(from: number, to: number, open: Iterable<Interval>): Explained[] {
  const rows: Explained[] = [];
  let at = from;
  for (const hours of open) {
    if (hours.start >= to) break;
    const start = Math.max(hours.start, at);
    const end = Math.min(hours.end, to);
    if (end <= start) continue;
    if (start > at) rows.push({ from: at, to: start, counted: false, why: 'closed_hours' });
    rows.push({ from: start, to: end, counted: true, why: 'open_hours' });
    at = end;
  }
  if (at < to) rows.push({ from: at, to, counted: false, why: 'closed_hours' });
  return rows;
}

/** A breach is a comparison of instants: what ended (or has not ended) after it was due. */
export const isBreached = (due: Date, ended: Date | null, now: Date): boolean =>
  (ended ?? now).getTime() > due.getTime();
