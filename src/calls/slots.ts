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

/** A window that so many calls have. */
interface Counted extends Window {
  count: number;
}

/**
 * How many more calls with this window fit beside those promised. A call takes one slot, any of its window's; so all can
 * be kept exactly if no stretch of time has more calls that must lie inside it than it has places (Hall's theorem). For
 * windows of whole slots it is enough to look at stretches that begin and end with windows, and among those only at
 * windows that hang together with this one: what nothing spans splits into parts that are each kept on their own.
 * @param slots the whole slots of open time around, in order: what lies outside them is not looked at
 */
export const room = (window: Window, promised: readonly Window[], slots: readonly Window[], capacity: number): number =>
  roomBeside(window, counted(promised), slots, capacity);

/** @param promised by when they start */
function roomBeside(window: Window, promised: readonly Counted[], slots: readonly Window[], capacity: number): number {
  const [first = window, last = window] = [slots[0], slots.at(-1)];
  const isLookedAt = ({ start, end }: Window) => start >= first.start && end <= last.end;
  const near = linked(window, promised.filter(isLookedAt));
  const windows = [...near, ...(isLookedAt(window) ? [{ ...window, count: 0 }] : [])];
  const ends = [...new Set(windows.map(({ end }) => end))].toSorted((a, b) => a - b);
  const endedBy = ends.map((end) => countWhile(slots, (slot) => slot.end <= end));
  const placeOf = new Map(ends.map((end, i) => [end, i]));
  const longEnough = placeOf.get(ends.find((end) => end >= window.end) ?? NaN) ?? ends.length;
  const taken = ends.map(() => 0); // calls that begin no earlier than the start below, by their end
  let least = Infinity;
  const later = windows.toSorted((a, b) => b.start - a.start);
  for (const [i, { start, end, count }] of later.entries()) {
    taken[placeOf.get(end)!]! += count;
    if (start > window.start || later[i + 1]?.start === start) continue;
    const before = countWhile(slots, (slot) => slot.start < start);
    let within = 0;
    for (let n = 0; n < ends.length; n++) {
      within += taken[n]!;
      if (n >= longEnough) least = Math.min(least, Math.max(endedBy[n]! - before, 0) * capacity - within);
    }
  }
  return Number.isFinite(least) ? Math.max(least, 0) : 0;
}

/** How many stand in front for which `is` holds; it holds for none after the first for which it does not. */
function countWhile(slots: readonly Window[], is: (slot: Window) => boolean): number {
  let [low, high] = [0, slots.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(slots[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Those that hang together with this one by overlapping, one with the next. @param windows by when they start */
function linked(window: Window, windows: readonly Counted[]): Counted[] {
  const groups: (Window & { members: Counted[] })[] = [];
  for (const each of windows) {
    const group = groups.at(-1);
    if (!group || each.start >= group.end) groups.push({ ...each, members: [each] });
    else {
      group.members.push(each);
      group.end = Math.max(group.end, each.end);
    }
  }
  return groups.flatMap(({ start, end, members }) => (end > window.start && start < window.end ? members : []));
}

/** The same windows as one, by when they start. */
function counted(windows: readonly Window[]): Counted[] {
  const counts = new Map<string, Counted>();
  for (const { start, end } of windows) {
    const key = `${start}-${end}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { start, end, count: 1 });
  }
  return [...counts.values()].toSorted((a, b) => a.start - b.start);
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
  const all = counted(promised);
  for (const slot of slots.filter(({ start }) => start >= from)) {
    const around = slots.slice(
      countWhile(slots, ({ start }) => start < slot.start - AROUND_MS),
      countWhile(slots, ({ start }) => start <= slot.start + AROUND_MS),
    );
    const left = roomBeside(slot, all, around, capacity);
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
