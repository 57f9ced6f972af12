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
