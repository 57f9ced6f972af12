import type { Interval } from '../calendars/calendar';
import { dueAt, explain, isBreached } from './clock';

const at = (text: string) => Date.parse(`2026-03-${text}Z`);
const HOUR = 3_600_000;
/** 09:00 to 17:00 each day, except the 22nd. */
function* officeHours(): Generator<Interval> {
  for (let day = 20; day < 30; day++) if (day !== 22) yield { start: at(`${day}T09:00`), end: at(`${day}T17:00`) };
}
function* always(): Generator<Interval> {
  yield { start: at('20T00:00'), end: Infinity };
}

describe('dueAt', () => {
  it.each([
    ['inside open hours', '20T10:00', 2, '20T12:00'],
    ['to the very end of the day', '20T15:00', 2, '20T17:00'],
    ['rolls over the night', '20T16:00', 2, '21T10:00'],
    ['skips a day off', '21T16:00', 2, '23T10:00'],
    ['starts before opening', '20T06:00', 1, '20T10:00'],
    ['starts after closing', '20T20:00', 1, '21T10:00'],
    ['spans several days', '20T09:00', 20, '23T13:00'],
    ['needs nothing', '20T10:00', 0, '20T10:00'],
  ])('%s', (_, start, hours, due) => {
    expect(new Date(dueAt(at(start), hours * HOUR, officeHours()))).toEqual(new Date(at(due)));
  });

  it('is plain wall time when it is always open', () => {
    expect(dueAt(at('20T10:00'), 30 * HOUR, always())).toBe(at('21T16:00'));
  });

  it('refuses hours that never open long enough', () => {
    expect(() => dueAt(at('20T10:00'), 1_000 * HOUR, officeHours())).toThrow(/never open long enough/);
    expect(() => dueAt(at('20T10:00'), 1, [])).toThrow(/never open long enough/);
  });
});

describe('explain', () => {
  it.each([
    ['a due time over the night', '20T16:00', 2],
    ['a day off', '21T08:00', 20],
    ['closed at the start', '20T05:00', 3],
  ])('adds up to the target and leaves no gap: %s', (_, start, hours) => {
    const due = dueAt(at(start), hours * HOUR, officeHours());
    const rows = explain(at(start), due, officeHours());
    expect(rows[0]?.from).toBe(at(start));
    expect(rows.at(-1)?.to).toBe(due);
    rows.slice(1).forEach((row, i) => expect(row.from).toBe(rows[i]!.to));
    const counted = rows.filter((row) => row.counted).reduce((sum, row) => sum + row.to - row.from, 0);
    expect(counted).toBe(hours * HOUR);
  });

  it('says why nothing counted', () => {
    expect(explain(at('20T18:00'), at('20T20:00'), officeHours())).toEqual([
      { from: at('20T18:00'), to: at('20T20:00'), counted: false, why: 'closed_hours' },
    ]);
  });
});

it('is breached by instants alone', () => {
  const due = new Date(at('20T12:00'));
  const [before, after] = [new Date(due.getTime() - 1), new Date(due.getTime() + 1)];
  expect(isBreached(due, before, after)).toBe(false);
  expect(isBreached(due, due, after)).toBe(false);
  expect(isBreached(due, after, after)).toBe(true);
  expect(isBreached(due, null, before)).toBe(false);
  expect(isBreached(due, null, after)).toBe(true);
});
