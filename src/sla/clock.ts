import { always, type BusinessCalendar, type Interval } from '../calendars/calendar';
import { closures, openHours, openMs } from '../calendars/hours';
import { DomainError } from '../platform/errors';

/** The time that counts, from `from` on: a calendar's hours, or without one all of it. */
export const openTime = (calendar: BusinessCalendar | null, from: number): Iterable<Interval> =>
  calendar ? openHours(calendar, from) : always(from);

/** When `targetMs` of open time after `start` has passed; null when the hours end before. `open` yields hours in order. */
export function runsOutAt(start: number, targetMs: number, open: Iterable<Interval>): number | null {
  let remaining = targetMs;
  for (const hours of open) {
    const from = Math.max(hours.start, start);
    const worked = hours.end - from;
    if (worked < 0) continue;
    if (remaining <= worked) return from + remaining;
    remaining -= worked;
  }
  return null;
}

/** Moves `start` on by `targetMs` of open time. `open` yields open hours in order, lazily; closed time is the gaps. */
export function dueAt(start: number, targetMs: number, open: Iterable<Interval>): number {
  const due = runsOutAt(start, targetMs, open);
  if (due !== null) return due;
  throw new DomainError('misconfigured', 'These business hours never open long enough; give the calendar more hours.');
}

/** Open hours without the stretches that are left out, which are in order and apart; an endless one ends the hours. */
export function* without(open: Iterable<Interval>, leftOut: readonly Interval[]): Generator<Interval> {
  const endless = leftOut.find(({ end }) => end === Infinity)?.start ?? Infinity;
  for (const hours of open) {
    if (hours.start >= endless) return;
    let at = hours.start;
    for (const { start, end } of leftOut) {
      if (end <= at) continue;
      if (start >= hours.end) break;
      if (start > at) yield { start: at, end: start };
      at = end;
    }
    if (at < hours.end) yield { start: at, end: hours.end };
  }
}

/** Open time between two instants, milliseconds. */
export function countedMs(from: number, to: number, open: Iterable<Interval>): number {
  let sum = 0;
  for (const hours of open) {
    if (hours.start >= to) break;
    sum += Math.max(0, Math.min(hours.end, to) - Math.max(hours.start, from));
  }
  return sum;
}

/** How long something took: by the clock on the wall, and in business hours. */
export function elapsed(
  from: Date,
  to: Date,
  calendar: BusinessCalendar | null,
): { wallMs: number; businessMs: number } {
  const wallMs = Math.max(0, to.getTime() - from.getTime());
  return { wallMs, businessMs: calendar && wallMs > 0 ? openMs(calendar, from.getTime(), to.getTime()) : wallMs };
}

/** A stretch that did not count although it was open. */
export interface Paused extends Interval {
  why: 'pending' | 'on_hold' | 'solved' | 'merged';
}

/** One stretch of a clock's life: whether it counted, and why. */
export interface Explained {
  from: number;
  to: number;
  counted: boolean;
  why: 'open_hours' | 'wall_time' | 'closed_hours' | 'holiday' | 'paused';
  holiday?: { id: string; name: { fa: string; en: string } };
  pausedBy?: Paused['why'];
}

/** Which time between two instants counted; the rows join without gaps. Nothing else is looked at while it is paused. */
export function explain(
  from: number,
  to: number,
  calendar: BusinessCalendar | null,
  pauses: readonly Paused[] = [],
): Explained[] {
  const rows: Explained[] = [];
  let at = from;
  for (const pause of pauses) {
    const [start, end] = [Math.max(pause.start, at), Math.min(pause.end, to)];
    if (end <= start) continue;
    rows.push(...explainHours(at, start, calendar));
    rows.push({ from: start, to: end, counted: false, why: 'paused', pausedBy: pause.why });
    at = end;
  }
  return [...rows, ...explainHours(at, to, calendar)];
}

function explainHours(from: number, to: number, calendar: BusinessCalendar | null): Explained[] {
  if (to <= from) return [];
  if (!calendar) return [{ from, to, counted: true, why: 'wall_time' }];
  const rows: Explained[] = [];
  let at = from;
  for (const { start, end, why, holiday } of closures(calendar, from, to)) {
    if (start > at) rows.push({ from: at, to: start, counted: true, why: 'open_hours' });
    rows.push({ from: start, to: end, counted: false, why, ...(holiday && { holiday }) });
    at = end;
  }
  if (at < to) rows.push({ from: at, to, counted: true, why: 'open_hours' });
  return rows;
}

/** A breach is a comparison of instants: what ended (or has not ended) after it was due. */
export const isBreached = (due: Date | null, ended: Date | null, now: Date): boolean =>
  due !== null && (ended ?? now).getTime() > due.getTime();
