import { DomainError } from '../platform/errors';
import type { BusinessCalendar, Holiday } from './calendar';
import { applyChange, type CalendarChange } from './change';
import { closingRule } from './closing';
import { begin } from './templates';

let ids = 0;
const iran: BusinessCalendar = {
  workspaceId: 'w',
  id: 'c',
  name: 'Support',
  timeZone: 'Asia/Tehran',
  version: 7,
  ...begin('iran', () => `h${++ids}`),
};
const holidayOf = (calendar: BusinessCalendar, name: string) => calendar.holidays.find((h) => h.name.en === name)!;
const fitr = holidayOf(iran, 'Eid al-Fitr');
const nature = holidayOf(iran, 'Nature Day');
const blank: Holiday = {
  id: 'new',
  name: { fa: '', en: '' },
  rule: { on: 'date', date: '2026-12-01' },
  moved: {},
  hours: [],
};

function problemsOf(change: CalendarChange): string[] {
  try {
    applyChange(iran, change);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code !== 'validation_failed') return [error.code];
    return (error.details as { fields: { path: string }[] }).fields.map(({ path }) => path);
  }
  return [];
}

it('leaves the calendar given as it is, and its version to whoever saves', () => {
  const before = structuredClone(iran);
  const after = applyChange(iran, {
    hours: { sat: [{ from: 0, to: 60 }] },
    removeHolidays: [nature.id],
    addHolidays: [blank],
    moveHolidays: [{ holidayId: fitr.id, date: '2027-03-10', observed: '2027-03-11' }],
  });
  expect(iran).toEqual(before);
  expect(after).toMatchObject({ version: 7, name: 'Support', hours: { sat: [{ from: 0, to: 60 }] } });
  expect(after.holidays).toHaveLength(iran.holidays.length);
  expect(after.holidays).toContainEqual(blank);
  expect(holidayOf(after, 'Nature Day')).toBeUndefined();
  expect(holidayOf(after, 'Eid al-Fitr').moved).toEqual({ '2027-03-10': '2027-03-11' });
});

it('moves a day by the moon back again, and forgets moves when the rule has other dates', () => {
  const move = (calendar: BusinessCalendar, observed: string) =>
    applyChange(calendar, { moveHolidays: [{ holidayId: fitr.id, date: '2027-03-10', observed }] });
  const moved = move(iran, '2027-03-11');
  expect(holidayOf(move(moved, '2027-03-10'), 'Eid al-Fitr').moved).toEqual({});
  const renamed = applyChange(moved, { changeHolidays: [{ id: fitr.id, name: { fa: 'فطر', en: 'Fitr' } }] });
  expect(holidayOf(renamed, 'Fitr').moved).toEqual({ '2027-03-10': '2027-03-11' });
  const other = applyChange(moved, { changeHolidays: [{ id: fitr.id, rule: { on: 'lunar', month: 10, day: 3 } }] });
  expect(holidayOf(other, 'Eid al-Fitr').moved).toEqual({});
});

it('keeps where a holiday was moved when a feed says it anew', () => {
  const moved = applyChange(iran, {
    moveHolidays: [{ holidayId: fitr.id, date: '2027-03-10', observed: '2027-03-09' }],
  });
  const again = applyChange(moved, { addHolidays: [{ ...fitr, hours: [{ from: 0, to: 60 }] }] });
  expect(again.holidays).toHaveLength(iran.holidays.length);
  expect(holidayOf(again, 'Eid al-Fitr')).toMatchObject({
    moved: { '2027-03-10': '2027-03-09' },
    hours: [{ from: 0, to: 60 }],
  });
});

it.each<[string, CalendarChange, string[]]>([
  ['a zone that is none', { timeZone: 'Asia/Atlantis' }, ['timeZone']],
  ['hours that end before they begin', { hours: { sat: [{ from: 600, to: 540 }] } }, ['hours.sat']],
  ['hours that begin tomorrow', { hours: { sat: [{ from: 1_440, to: 1_500 }] } }, ['hours.sat']],
  ['hours longer than two days', { hours: { fri: [{ from: 0, to: 2_881 }] } }, ['hours.fri']],
  [
    'hours that overlap',
    {
      hours: {
        sun: [
          { from: 0, to: 61 },
          { from: 60, to: 90 },
        ],
      },
    },
    ['hours.sun'],
  ],
  ['no such month', { addHolidays: [{ ...blank, rule: { on: 'jalali', month: 13, day: 1 } }] }, ['rule']],
  ['31 Mehr', { addHolidays: [{ ...blank, rule: { on: 'jalali', month: 7, day: 31 } }] }, ['rule']],
  ['30 February', { addHolidays: [{ ...blank, rule: { on: 'gregorian', month: 2, day: 30 } }] }, ['rule']],
  ['the 31st of a lunar month', { addHolidays: [{ ...blank, rule: { on: 'lunar', month: 1, day: 31 } }] }, ['rule']],
  [
    'a date that is none',
    { addHolidays: [{ ...blank, rule: { on: 'date', date: '2026-02-30' } }] },
    ['rule.date', 'rule.to'],
  ],
  [
    'days in the wrong order',
    { addHolidays: [{ ...blank, rule: { on: 'date', date: '2026-03-02', to: '2026-03-01' } }] },
    ['rule.to'],
  ],
  [
    'a century off',
    { addHolidays: [{ ...blank, rule: { on: 'date', date: '2026-03-02', to: '2126-03-01' } }] },
    ['rule.to'],
  ],
  [
    'hours of a closure of hours',
    {
      addHolidays: [
        {
          ...blank,
          rule: { on: 'span', from: '2026-03-02T00:00Z', to: '2026-03-03T00:00Z' },
          hours: [{ from: 0, to: 1 }],
        },
      ],
    },
    ['hours'],
  ],
  [
    'a move from a day it is not on',
    { moveHolidays: [{ holidayId: fitr.id, date: '2027-03-12', observed: '2027-03-11' }] },
    ['date'],
  ],
  [
    'a move by a month',
    { moveHolidays: [{ holidayId: fitr.id, date: '2027-03-10', observed: '2027-04-10' }] },
    ['observed'],
  ],
  ['a holiday that is not there', { removeHolidays: ['nobody'] }, ['not_found']],
  [
    'a move of a holiday that is not there',
    { moveHolidays: [{ holidayId: 'no', date: '2027-03-10', observed: '2027-03-11' }] },
    ['not_found'],
  ],
])('refuses %s', (_, change, paths) => expect(problemsOf(change)).toEqual(paths));

it('takes leap days, overnight hours and hours that touch', () => {
  const hours = {
    wed: [
      { from: 0, to: 60 },
      { from: 60, to: 90 },
      { from: 1_320, to: 1_800 },
    ],
  };
  const leap = { ...blank, rule: { on: 'jalali', month: 12, day: 30 } } as const;
  expect(problemsOf({ hours, addHolidays: [leap] })).toEqual([]);
});

describe('closing in a hurry', () => {
  const now = Date.parse('2026-11-25T14:10:00+03:30');
  const rule = (closing: { from?: string; to?: string }) => closingRule('Asia/Tehran', closing, now);
  it.each([
    [
      'from now to the end of the day',
      {},
      { on: 'span', from: '2026-11-25T10:40:00.000Z', to: '2026-11-25T20:30:00.000Z' },
    ],
    [
      'until four',
      { to: '2026-11-25T16:00:00+03:30' },
      { on: 'span', from: '2026-11-25T10:40:00.000Z', to: '2026-11-25T12:30:00.000Z' },
    ],
    ['a whole day', { from: '2026-11-26' }, { on: 'date', date: '2026-11-26' }],
    ['days', { from: '2026-11-26', to: '2026-11-28' }, { on: 'date', date: '2026-11-26', to: '2026-11-28' }],
    [
      'through tomorrow',
      { to: '2026-11-26' },
      { on: 'span', from: '2026-11-25T10:40:00.000Z', to: '2026-11-26T20:30:00.000Z' },
    ],
  ])('%s', (_, closing, expected) => expect(rule(closing)).toEqual(expected));

  it('refuses an end before the beginning', () => {
    expect(() => rule({ to: '2026-11-25T10:00:00+03:30' })).toThrow(/correct: to/);
    expect(() => rule({ to: '2026-11-24' })).toThrow(/correct: to/);
  });
});
