import fc from 'fast-check';
import type { Window } from './call-life';
import { freeSlots, room, slotsIn, windowProblem } from './slots';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SLOT = 30 * MINUTE;
const at = (hour: number) => hour * HOUR;
const window = (from: number, to: number) => ({ start: at(from), end: at(to) });
const open = [window(9, 13), window(14, 17)];
const slots = [...slotsIn(open, 0, at(24), SLOT)];

describe('slots', () => {
  it('lie whole inside open hours', () => {
    const odd = [{ start: at(9) + 10 * MINUTE, end: at(10) + 40 * MINUTE }];
    expect([...slotsIn(odd, 0, at(24), SLOT)]).toEqual([window(9.5, 10), window(10, 10.5)]);
  });

  it('begin with the first whole one from now, and end where asked', () => {
    expect([...slotsIn(open, at(9) + 1, at(10.5), SLOT)]).toEqual([window(9.5, 10), window(10, 10.5)]);
  });

  it('leave the lunch break out', () => {
    expect(slots).toHaveLength(14);
    expect(slots.some((slot) => slot.start >= at(13) && slot.end <= at(14))).toBe(false);
  });

  it('stop at the end of a calendar that never closes', () => {
    const always = [{ start: 0, end: Infinity }];
    expect([...slotsIn(always, 0, at(2), SLOT)]).toHaveLength(4);
  });
});

describe('room for one more', () => {
  it.each([
    ['an empty day', window(16, 16.5), [], 1, true],
    ['the slot is taken', window(16, 16.5), [window(16, 16.5)], 1, false],
    ['the slot takes two', window(16, 16.5), [window(16, 16.5)], 2, true],
    ['a wide promise can move to its other slot', window(16, 16.5), [window(16, 17)], 1, true],
    ['two wide promises fill an hour', window(16, 16.5), [window(16, 17), window(16, 17)], 1, false],
    [
      'a wide one among narrow ones that leave it nothing',
      window(16, 17),
      [window(16, 16.5), window(16.5, 17)],
      1,
      false,
    ],
    ['a wider one finds the room beside them', window(15, 17), [window(16, 16.5), window(16.5, 17)], 1, true],
    ['the break has no places', window(12.5, 14.5), [window(12.5, 13), window(14, 14.5)], 1, false],
  ] as const)('%s', (_, wanted, promised, capacity, expected) => {
    expect(room(wanted, promised, slots, capacity) > 0).toBe(expected);
  });

  it('agrees with trying every way to keep the promises', () => {
    const hours = [window(9, 11)];
    const few = [...slotsIn(hours, 0, at(24), SLOT)];
    const windows = few.flatMap((a) => few.filter((b) => b.end > a.start).map((b) => ({ start: a.start, end: b.end })));
    const possible = (calls: readonly { start: number; end: number }[], used: number[]): boolean =>
      calls.length === 0 ||
      few.some((slot, i) => {
        const [first, ...rest] = calls;
        return (
          !used.includes(i) && slot.start >= first!.start && slot.end <= first!.end && possible(rest, [...used, i])
        );
      });
    let kept: { start: number; end: number }[] = [];
    for (let i = 0; i < 400; i++) {
      const next = windows[(i * 7 + kept.length * 3) % windows.length]!;
      const can = possible([...kept, next], []);
      expect(room(next, kept, few, 1) > 0).toBe(can);
      kept = can ? [...kept, next] : kept.slice(1);
    }
  });

  it('counts what each slot still takes', () => {
    const free = [...freeSlots(slots, at(9), [window(9, 9.5), window(9, 9.5), window(9.5, 10)], 2)];
    expect(free[0]).toEqual({ ...window(9.5, 10), left: 1 });
    expect(free[1]).toEqual({ ...window(10, 10.5), left: 2 });
  });
});

describe('a great many promises', () => {
  it('are counted quickly', () => {
    const week = Array.from({ length: 7 }, (_, day) => window(day * 24 + 9, day * 24 + 17));
    const all = [...slotsIn(week, 0, at(7 * 24), SLOT)];
    const promised = all.flatMap((slot) => Array.from({ length: 40 }, () => slot));
    const free = [...freeSlots(all, 0, promised, 50)];
    expect(free).toHaveLength(all.length);
    expect(free.every(({ left }) => left === 10)).toBe(true);
  });
});

describe('a window', () => {
  it.each([
    ['in opening hours', [16, 17], 10, null],
    ['running now', [10, 11], 10.2, null],
    ['off the grid', [16.25, 17], 10, 'windowStart'],
    ['the wrong way round', [17, 16], 10, 'windowEnd'],
    ['of no length', [16, 16], 10, 'windowEnd'],
    ['a whole day', [9, 17], 8, 'windowEnd'],
    ['past', [9, 10], 10, 'windowStart'],
    ['before opening', [8, 9], 7, 'windowStart'],
    ['over lunch', [12.5, 14.5], 10, 'windowEnd'],
    ['after closing', [17, 18], 10, 'windowStart'],
    ['half after closing', [16.5, 17.5], 10, 'windowEnd'],
    ['in a year', [24 * 365, 24 * 365 + 1], 10, 'windowStart'],
  ] as const)('%s', (_, [from, to], now, path) => {
    expect(windowProblem(window(from, to), at(now), SLOT, open)?.path ?? null).toBe(path);
  });
});

/** Whether all these calls can be made, each in a slot of its window: the soonest to end takes the first that is left. */
function canBeKept(calls: readonly Window[], capacity: number): boolean {
  const left = slots.map((slot) => ({ ...slot, places: capacity }));
  const waiting = calls.toSorted((a, b) => a.end - b.end || a.start - b.start);
  for (const slot of left)
    for (; slot.places > 0; slot.places--) {
      const next = waiting.findIndex(({ start, end }) => start <= slot.start && end >= slot.end);
      if (next < 0) break;
      waiting.splice(next, 1);
    }
  return waiting.length === 0;
}

it('is there for exactly as many as could all be kept', () => {
  const inDay = fc
    .tuple(fc.nat(slots.length - 1), fc.integer({ min: 1, max: 4 }))
    .map(([first, wide]) => slots.slice(first, first + wide))
    .filter((those) => those.every((slot, i) => i === 0 || slot.start === those[i - 1]!.end))
    .map((those): Window => ({ start: those[0]!.start, end: those.at(-1)!.end }));
  fc.assert(
    fc.property(fc.array(inDay, { maxLength: 30 }), inDay, fc.integer({ min: 1, max: 3 }), (asked, one, capacity) => {
      const promised: Window[] = [];
      for (const each of asked) if (canBeKept([...promised, each], capacity)) promised.push(each);
      let more = 0;
      while (canBeKept([...promised, ...Array.from({ length: more + 1 }, () => one)], capacity)) more += 1;
      expect(room(one, promised, slots, capacity)).toBe(more);
    }),
    { seed: 20_261_122 },
  );
});

it('is told of a week in which the phones never rest', () => {
  // looked at anew for each pair of a start and an end, this is half an hour of work
  const quarter = 15 * MINUTE;
  const week = [...slotsIn([{ start: 0, end: Infinity }], 0, 7 * 24 * HOUR, quarter)];
  const promised = week.flatMap(({ start }, i) => (i % 2 === 0 ? [{ start, end: start + 8 * quarter }] : []));
  const free = [...freeSlots(week, 0, promised, 2)];
  expect(free).toHaveLength(week.length);
});
