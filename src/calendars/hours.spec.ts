import { dueAt } from '../sla/clock';
import type { BusinessCalendar, DayHours, Holiday, HolidayRule } from './calendar';
import { WEEKDAYS } from './calendar';
import { closures, isOpenAt, openHours, openMs } from './hours';

const HOUR = 3_600_000;
const NINE_TO_SIX: DayHours[] = [{ from: 540, to: 1_080 }];
const ROUND_THE_CLOCK = Object.fromEntries(WEEKDAYS.map((day) => [day, [{ from: 0, to: 1_440 }]]));

const shop = (parts: Partial<BusinessCalendar> = {}): BusinessCalendar => ({
  workspaceId: 'w',
  id: 'c',
  name: 'Shop',
  timeZone: 'Asia/Tehran',
  hours: {
    sat: NINE_TO_SIX,
    sun: NINE_TO_SIX,
    mon: NINE_TO_SIX,
    tue: NINE_TO_SIX,
    wed: NINE_TO_SIX,
    thu: [{ from: 540, to: 780 }],
  },
  holidays: [],
  version: 1,
  ...parts,
});
const holiday = (rule: HolidayRule, parts: Partial<Holiday> = {}): Holiday => ({
  id: JSON.stringify(rule),
  name: { fa: 'تعطیل', en: 'Day off' },
  rule,
  moved: {},
  hours: [],
  ...parts,
});
/** Tehran has been 3:30 ahead since September 2022. */
const tehran = (text: string) => Date.parse(`${text}:00+03:30`);
const show = (instant: number) => new Date(instant + 3.5 * HOUR).toISOString().slice(0, 16).replace('T', ' ');
function first(calendar: BusinessCalendar, from: number, count: number): string[] {
  const shown: string[] = [];
  for (const { start, end } of openHours(calendar, from)) {
    shown.push(`${show(start)} – ${show(end)}`);
    if (shown.length === count) break;
  }
  return shown;
}

const nowruz = [1, 2, 3, 4].map((day) => holiday({ on: 'jalali', month: 1, day }, { id: `nowruz-${day}` }));

describe('open hours', () => {
  it('are a week from Saturday to a Thursday of half a day', () => {
    expect(first(shop(), tehran('2026-11-25T17:50'), 4)).toEqual([
      '2026-11-25 09:00 – 2026-11-25 18:00',
      '2026-11-26 09:00 – 2026-11-26 13:00',
      '2026-11-28 09:00 – 2026-11-28 18:00',
      '2026-11-29 09:00 – 2026-11-29 18:00',
    ]);
  });

  it('begin after the instant asked for when that is the end of a stretch', () => {
    expect(first(shop(), tehran('2026-11-25T18:00'), 1)).toEqual(['2026-11-26 09:00 – 2026-11-26 13:00']);
  });

  it('have several stretches a day; touching and overlapping ones are one', () => {
    const split = shop({
      hours: {
        sat: [
          { from: 960, to: 1_200 },
          { from: 540, to: 720 },
          { from: 720, to: 780 },
        ],
      },
    });
    expect(first(split, tehran('2026-11-28T00:00'), 2)).toEqual([
      '2026-11-28 09:00 – 2026-11-28 13:00',
      '2026-11-28 16:00 – 2026-11-28 20:00',
    ]);
  });

  it('run over midnight', () => {
    const night = shop({ hours: { wed: [{ from: 1_320, to: 1_800 }], thu: [{ from: 360, to: 600 }] } });
    expect(first(night, tehran('2026-11-25T12:00'), 2)).toEqual([
      '2026-11-25 22:00 – 2026-11-26 10:00',
      '2026-12-02 22:00 – 2026-12-03 10:00',
    ]);
  });

  it('lose no minute round the clock, and end only with time', () => {
    const always = shop({ hours: ROUND_THE_CLOCK });
    const from = tehran('2026-11-25T12:34');
    expect([...openHours(always, from)]).toEqual([{ start: from, end: Infinity }]);
    expect(openMs(always, from, from + 1_000 * HOUR)).toBe(1_000 * HOUR);
  });

  it('are one stretch between two days off, over the turn of the year', () => {
    const rule: HolidayRule = { on: 'gregorian', month: 11, day: 26 };
    const always = shop({ hours: ROUND_THE_CLOCK, holidays: [holiday(rule)] });
    expect(first(always, tehran('2026-11-26T12:00'), 1)).toEqual(['2026-11-27 00:00 – 2027-11-26 00:00']);
  });

  it.each([
    ['without hours', shop({ hours: {} })],
    ['with days that are closed', shop({ hours: { sat: [] } })],
    [
      'whose only day is always a day off',
      shop({
        hours: { fri: NINE_TO_SIX },
        holidays: [holiday({ on: 'date', date: '1990-01-01', to: '2190-01-01' })],
      }),
    ],
  ])('end for a calendar %s', (_, calendar) => {
    expect([...openHours(calendar, tehran('2026-11-25T12:00'))]).toEqual([]);
    expect(openMs(calendar, tehran('2020-11-25T12:00'), tehran('2026-11-25T12:00'))).toBe(0);
    expect(() => dueAt(tehran('2026-11-25T12:00'), 1, openHours(calendar, tehran('2026-11-25T12:00')))).toThrow(
      /never open long enough/,
    );
  });
});

describe('holidays', () => {
  it('close the week of Nowruz: what came on the last evening is due when the shop opens again', () => {
    const calendar = shop({ holidays: nowruz });
    const arrived = tehran('2027-03-20T17:50'); // Saturday, 29 Esfand 1405
    expect(show(dueAt(arrived, HOUR, openHours(calendar, arrived)))).toBe('2027-03-25 09:50'); // Thursday, 5 Farvardin
    expect(openMs(calendar, arrived, tehran('2027-03-25T09:50'))).toBe(HOUR);
  });

  it('close midnight to midnight: a shift that began before ends, one of the week reaches out of them', () => {
    const nights = shop({
      hours: { wed: [{ from: 1_320, to: 1_800 }], thu: [{ from: 1_320, to: 1_800 }] },
      holidays: [holiday({ on: 'date', date: '2026-11-26' })],
    });
    expect(first(nights, tehran('2026-11-25T12:00'), 2)).toEqual([
      '2026-11-25 22:00 – 2026-11-26 00:00',
      '2026-11-27 00:00 – 2026-11-27 06:00',
    ]);
  });

  it('take out exactly their 24 hours where shifts hand over round the clock', () => {
    const shifts = Object.fromEntries(WEEKDAYS.map((day) => [day, [{ from: 480, to: 1_920 }]]));
    const calendar = shop({ hours: shifts, holidays: [holiday({ on: 'date', date: '2026-11-26' })] });
    expect(openMs(calendar, tehran('2026-11-20T00:00'), tehran('2026-11-30T00:00'))).toBe(9 * 24 * HOUR);
  });

  it('may have hours of their own, past midnight too', () => {
    const late = holiday({ on: 'date', date: '2026-11-26' }, { hours: [{ from: 1_200, to: 1_560 }] });
    expect(first(shop({ hours: { thu: NINE_TO_SIX }, holidays: [late] }), tehran('2026-11-26T00:00'), 1)).toEqual([
      '2026-11-26 20:00 – 2026-11-27 02:00',
    ]);
  });

  it('yield to what was said of that very date', () => {
    const open = holiday({ on: 'date', date: '2027-03-21' }, { hours: [{ from: 600, to: 720 }] });
    expect(first(shop({ holidays: [...nowruz, open] }), tehran('2027-03-21T00:00'), 1)).toEqual([
      '2027-03-21 10:00 – 2027-03-21 12:00',
    ]);
  });

  it('together leave open what each of them leaves open', () => {
    const morning = holiday({ on: 'date', date: '2026-11-25' }, { id: 'a', hours: [{ from: 540, to: 780 }] });
    const noon = holiday({ on: 'date', date: '2026-11-25' }, { id: 'b', hours: [{ from: 720, to: 1_080 }] });
    const off = holiday({ on: 'date', date: '2026-11-25' }, { id: 'c' });
    const on = (holidays: Holiday[]) =>
      openMs(shop({ holidays }), tehran('2026-11-25T00:00'), tehran('2026-11-26T00:00')) / HOUR;
    expect([on([morning]), on([morning, noon]), on([noon, morning, off])]).toEqual([4, 1, 0]);
  });

  it('by the moon are kept on the day an admin was told', () => {
    const fitr = holiday({ on: 'lunar', month: 10, day: 1 });
    const told = { ...fitr, moved: { '2027-03-10': '2027-03-11' } };
    const open = (h: Holiday, date: string) =>
      openMs(shop({ holidays: [h] }), tehran(`${date}T00:00`), tehran(`${date}T23:59`)) > 0;
    expect([open(fitr, '2027-03-10'), open(fitr, '2027-03-11')]).toEqual([false, true]);
    expect([open(told, '2027-03-10'), open(told, '2027-03-11')]).toEqual([true, false]);
  });

  it('of leap days come round in leap years', () => {
    const leap = shop({
      hours: ROUND_THE_CLOCK,
      holidays: [holiday({ on: 'gregorian', month: 2, day: 29 }), holiday({ on: 'jalali', month: 12, day: 30 })],
    });
    const off = (year: number) =>
      [...closures(leap, Date.UTC(year, 0, 5), Date.UTC(year + 1, 0, 5))].map(({ start }) => show(start).slice(0, 10));
    expect([2024, 2025, 2026, 2027, 2028, 2029, 2030].flatMap(off)).toEqual([
      '2024-02-29',
      '2025-03-20',
      '2028-02-29',
      '2030-03-20',
    ]);
  });

  it('of hours: the power is out from two to four', () => {
    const cut = holiday({ on: 'span', from: '2026-11-25T14:00:00+03:30', to: '2026-11-25T16:00:00+03:30' });
    expect(first(shop({ holidays: [cut] }), tehran('2026-11-25T08:00'), 2)).toEqual([
      '2026-11-25 09:00 – 2026-11-25 14:00',
      '2026-11-25 16:00 – 2026-11-25 18:00',
    ]);
  });
});

describe('closures', () => {
  it('say why: the night, the weekend, a holiday by its name, a power cut', () => {
    const cut = holiday(
      { on: 'span', from: '2026-11-28T17:00:00+03:30', to: '2026-11-28T20:00:00+03:30' },
      { id: 'cut', name: { fa: 'قطع برق', en: 'Power cut' } },
    );
    const day = holiday({ on: 'date', date: '2026-11-26' }, { id: 'day' });
    const rows = [...closures(shop({ holidays: [cut, day] }), tehran('2026-11-25T17:00'), tehran('2026-11-29T10:00'))];
    expect(rows.map(({ start, end, why, holiday: h }) => [show(start), show(end), why, h?.name.en])).toEqual([
      ['2026-11-25 18:00', '2026-11-26 00:00', 'closed_hours', undefined],
      ['2026-11-26 00:00', '2026-11-27 00:00', 'holiday', 'Day off'],
      ['2026-11-27 00:00', '2026-11-28 09:00', 'closed_hours', undefined],
      ['2026-11-28 17:00', '2026-11-28 20:00', 'holiday', 'Power cut'],
      ['2026-11-28 20:00', '2026-11-29 09:00', 'closed_hours', undefined],
    ]);
  });

  it('are all of the time of a calendar that never opens', () => {
    const [from, to] = [tehran('2026-11-25T12:00'), tehran('2027-01-05T12:00')];
    expect([...closures(shop({ hours: {} }), from, to)]).toEqual([{ start: from, end: to, why: 'closed_hours' }]);
  });

  it('and open time join without gaps', () => {
    const calendar = shop({ holidays: nowruz });
    const [from, to] = [tehran('2026-12-25T03:00'), tehran('2027-04-25T11:00')];
    const closed = [...closures(calendar, from, to)].reduce((sum, { start, end }) => sum + end - start, 0);
    expect(closed + openMs(calendar, from, to)).toBe(to - from);
  });
});

it('is open from its first instant and closed from its last', () => {
  const at = (time: string) => isOpenAt(shop(), tehran(`2026-11-25T${time}`));
  expect([at('08:59'), at('09:00'), at('17:59'), at('18:00')]).toEqual([false, true, true, false]);
});
