import { type BusinessCalendar, type Interval, WEEKDAYS } from '../calendars/calendar';
import { dueAt, elapsed, explain, isBreached, without } from './clock';

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

const office: BusinessCalendar = {
  workspaceId: 'w',
  id: 'c',
  name: 'Office',
  timeZone: 'UTC',
  hours: Object.fromEntries(WEEKDAYS.map((day) => [day, [{ from: 540, to: 1_020 }]])),
  holidays: [
    {
      id: 'h',
      name: { fa: 'روز دریا', en: 'Sea Day' },
      rule: { on: 'date', date: '2026-03-22' },
      moved: {},
      hours: [],
    },
  ],
  version: 1,
};

describe('without', () => {
  const show = (intervals: Iterable<Interval>) => [...intervals].map(({ start, end }) => [start, end]);
  const hours = [
    { start: 0, end: 10 },
    { start: 20, end: 30 },
  ];
  it.each<[string, [number, number][], number[][]]>([
    [
      'nothing left out',
      [],
      [
        [0, 10],
        [20, 30],
      ],
    ],
    [
      'inside one',
      [[3, 5]],
      [
        [0, 3],
        [5, 10],
        [20, 30],
      ],
    ],
    [
      'over a gap',
      [[8, 22]],
      [
        [0, 8],
        [22, 30],
      ],
    ],
    ['a whole one', [[0, 10]], [[20, 30]]],
    [
      'at the edges',
      [
        [0, 1],
        [29, 30],
      ],
      [
        [1, 10],
        [20, 29],
      ],
    ],
    [
      'from somewhere on',
      [[25, Infinity]],
      [
        [0, 10],
        [20, 25],
      ],
    ],
    [
      'one within another',
      [
        [2, 8],
        [3, 4],
      ],
      [
        [0, 2],
        [8, 10],
        [20, 30],
      ],
    ],
    [
      'an empty one',
      [[4, 4]],
      [
        [0, 4],
        [4, 10],
        [20, 30],
      ],
    ],
  ])('%s', (_, leftOut, expected) => {
    expect(
      show(
        without(
          hours,
          leftOut.map(([start, end]) => ({ start, end })),
        ),
      ),
    ).toEqual(expected);
  });
});

describe('explain', () => {
  it.each([
    ['a due time over the night', '20T16:00', 2],
    ['a day off', '21T08:00', 20],
    ['closed at the start', '20T05:00', 3],
  ])('adds up to the target and leaves no gap: %s', (_, start, hours) => {
    const due = dueAt(at(start), hours * HOUR, officeHours());
    const rows = explain(at(start), due, office);
    expect(rows[0]?.from).toBe(at(start));
    expect(rows.at(-1)?.to).toBe(due);
    rows.slice(1).forEach((row, i) => expect(row.from).toBe(rows[i]!.to));
    const counted = rows.filter((row) => row.counted).reduce((sum, row) => sum + row.to - row.from, 0);
    expect(counted).toBe(hours * HOUR);
  });

  it('says why nothing counted', () => {
    expect(explain(at('20T18:00'), at('20T20:00'), office)).toEqual([
      { from: at('20T18:00'), to: at('20T20:00'), counted: false, why: 'closed_hours' },
    ]);
  });

  it('names the holiday, and what paused it', () => {
    const pause = { start: at('21T16:00'), end: at('21T16:30'), why: 'pending' as const };
    const rows = explain(at('21T15:00'), at('23T09:30'), office, [pause]);
    expect(rows.map(({ from, why }) => [new Date(from).toISOString().slice(8, 16), why])).toEqual([
      ['21T15:00', 'open_hours'],
      ['21T16:00', 'paused'],
      ['21T16:30', 'open_hours'],
      ['21T17:00', 'closed_hours'],
      ['22T00:00', 'holiday'],
      ['23T00:00', 'closed_hours'],
      ['23T09:00', 'open_hours'],
    ]);
    expect(rows[1]).toMatchObject({ counted: false, pausedBy: 'pending' });
    expect(rows[4]).toMatchObject({ holiday: { name: { fa: 'روز دریا', en: 'Sea Day' } } });
  });
});

it('tells how long something took on the wall and in business hours', () => {
  const [from, to] = [new Date(at('21T16:00')), new Date(at('23T10:00'))];
  expect(elapsed(from, to, office)).toEqual({ wallMs: 42 * HOUR, businessMs: 2 * HOUR });
  expect(elapsed(from, to, null)).toEqual({ wallMs: 42 * HOUR, businessMs: 42 * HOUR });
  expect(elapsed(to, from, office)).toEqual({ wallMs: 0, businessMs: 0 });
});

it('is breached by instants alone', () => {
  const due = new Date(at('20T12:00'));
  const [before, after] = [new Date(due.getTime() - 1), new Date(due.getTime() + 1)];
  expect(isBreached(due, before, after)).toBe(false);
  expect(isBreached(due, due, after)).toBe(false);
  expect(isBreached(due, after, after)).toBe(true);
  expect(isBreached(due, null, before)).toBe(false);
  expect(isBreached(due, null, after)).toBe(true);
  expect(isBreached(null, after, after)).toBe(false);
});
