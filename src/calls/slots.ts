import type { Interval } from '../calendars/calendar';
import type { Window } from './call-life';

const MINUTE = 60_000;
const HORIZON_MS = 60 * 24 * 60 * MINUTE; // further ahead nobody keeps a promise, and holidays are not settled
const AROUND_MS = 36 * 60 * MINUTE; // further than windows that hang together reach: nights part them
const WIDEST = 8; // slots: "in the afternoon" is a promise, "this week" is none

/** Whole slots that lie inside open hours, in order. `open` yields hours lazily, from the one containing `from` on. */
export function* slotsIn(open: Iterable<Interval>, from: number, to: number, slotMs: number): Generator<Window> {
  let at = ceil(from, slotMs);
  for (const hours of open) {
    if (hours.start >= to) return;
    at = Math.max(at, ceil(hours.start, slotMs));
    for (; at + slotMs <= hours.end && at < to; at += slotMs) yield { start: at, end: at + slotMs };
  }
}

const ceil = (instant: number, step: number) => Math.ceil(instant / step) * step;

/**
 * How many more calls with this window fit beside those promised. A call takes one slot, any of its window's; so all can
 * be kept exactly if no stretch of time has more calls that must lie inside it than it has places (Hall's theorem). For
 * windows of whole slots it is enough to look at stretches that begin and end with windows, and among those only at
 * windows that hang together with this one: what nothing spans splits into parts that are each kept on their own.
 * @param slots the whole slots of open time around, in order: what lies outside them is not looked at
 */
export function room(window: Window, promised: readonly Window[], slots: readonly Window[], capacity: number): number {
  const near = [...counted(connected(window, promised)).values()];
  const [first = window, last = window] = [slots[0], slots.at(-1)];
  const within = [window, ...near].filter(({ start, end }) => start >= first.start && end <= last.end);
  const starts = [...new Set(within.map(({ start }) => start))].filter((start) => start <= window.start);
  const ends = [...new Set(within.map(({ end }) => end))].filter((end) => end >= window.end);
  let least = Infinity;
  for (const start of starts) {
    for (const end of ends) {
      const places = slots.reduce((n, slot) => (slot.start >= start && slot.end <= end ? n + capacity : n), 0);
      const taken = near.reduce((n, w) => (w.start >= start && w.end <= end ? n + w.count : n), 0);
      least = Math.min(least, places - taken);
    }
  }
  return Number.isFinite(least) ? Math.max(least, 0) : 0;
}

/** Windows linked to this one by overlapping, one with the next. */
function connected(window: Window, windows: readonly Window[]): Window[] {
  let [from, to] = [window.start, window.end];
  for (;;) {
    const linked = windows.filter((w) => w.end > from && w.start < to);
    const start = Math.min(from, ...linked.map((w) => w.start));
    const end = Math.max(to, ...linked.map((w) => w.end));
    if (start === from && end === to) return linked;
    [from, to] = [start, end];
  }
}

function counted(windows: readonly Window[]): Map<string, Window & { count: number }> {
  const counts = new Map<string, Window & { count: number }>();
  for (const { start, end } of windows) {
    const key = `${start}-${end}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { start, end, count: 1 });
  }
  return counts;
}

export interface FreeSlot extends Window {
  /** Calls it still takes. */
  left: number;
}

/** Slots that still take a call, with how many, one by one: whoever needs the first pays for the first. */
export function* freeSlots(
  slots: readonly Window[],
  from: number,
  promised: readonly Window[],
  capacity: number,
): Generator<FreeSlot> {
  for (const slot of slots.filter(({ start }) => start >= from)) {
    const around = slots.filter((each) => Math.abs(each.start - slot.start) <= AROUND_MS);
    const left = room(slot, promised, around, capacity);
    if (left > 0) yield { ...slot, left };
  }
}

/** What is wrong with a window as such, by field; whether it is free is another question. */
export function windowProblem(
  window: Window,
  now: number,
  slotMs: number,
  open: Iterable<Interval>,
): { path: 'windowStart' | 'windowEnd'; problem: string } | null {
  const minutes = slotMs / MINUTE;
  const length = window.end - window.start;
  if (window.start % slotMs !== 0) return { path: 'windowStart', problem: `must be on a slot of ${minutes} minutes` };
  if (window.end % slotMs !== 0) return { path: 'windowEnd', problem: `must be on a slot of ${minutes} minutes` };
  if (length < slotMs) return { path: 'windowEnd', problem: 'must be after windowStart' };
  if (length > WIDEST * slotMs)
    return { path: 'windowEnd', problem: `must be at most ${(WIDEST * minutes) / 60} hours after windowStart` };
  if (window.start < now - slotMs || window.end <= now) return { path: 'windowStart', problem: 'has passed' };
  if (window.start > now + HORIZON_MS) return { path: 'windowStart', problem: 'must be within 60 days' };
  for (const hours of open) {
    if (hours.end <= window.start) continue;
    if (hours.start > window.start) return { path: 'windowStart', problem: 'is outside the opening hours' };
    return hours.end >= window.end ? null : { path: 'windowEnd', problem: 'is outside the opening hours' };
  }
  return { path: 'windowStart', problem: 'is outside the opening hours' };
}
