import { dayOf, parseDay } from './days';
import { isTimeZone, timeZone } from './time-zone';

const shown = (zone: string, date: string, minutes: number) =>
  new Date(timeZone(zone).instantOf(parseDay(date), minutes)).toISOString().slice(0, 16);

it.each([
  ['an ordinary morning', 'Asia/Tehran', '2026-03-21', 540, '2026-03-21T05:30'],
  ['Tehran in its last summer time', 'Asia/Tehran', '2022-09-21', 540, '2022-09-21T04:30'],
  ['Tehran the day after it', 'Asia/Tehran', '2022-09-22', 540, '2022-09-22T05:30'],
  ['a spring in Tehran without a change', 'Asia/Tehran', '2023-03-22', 60, '2023-03-21T21:30'],
  ['a midnight that Tehran skipped is its one o’clock', 'Asia/Tehran', '2022-03-22', 0, '2022-03-21T20:30'],
  ['half past twelve of that night too', 'Asia/Tehran', '2022-03-22', 30, '2022-03-21T20:30'],
  ['02:30 that Berlin skips is the change itself', 'Europe/Berlin', '2026-03-29', 150, '2026-03-29T01:00'],
  ['03:00 of that night as well', 'Europe/Berlin', '2026-03-29', 180, '2026-03-29T01:00'],
  ['02:30 that Berlin shows twice is the first', 'Europe/Berlin', '2026-10-25', 150, '2026-10-25T00:30'],
  ['03:00 of that night is an hour and a half later', 'Europe/Berlin', '2026-10-25', 180, '2026-10-25T02:00'],
  ['half an hour of summer time', 'Australia/Lord_Howe', '2026-04-05', 120, '2026-04-04T15:30'],
  ['a quarter of an hour’s zone', 'Asia/Kathmandu', '2026-06-01', 0, '2026-05-31T18:15'],
  ['minutes beyond the day', 'Asia/Tehran', '2026-03-20', 1_440 + 540, '2026-03-21T05:30'],
  ['a day that Samoa left out', 'Pacific/Apia', '2011-12-30', 720, '2011-12-30T10:00'],
])('%s', (_, zone, date, minutes, utc) => expect(shown(zone, date, minutes)).toBe(utc));

it('reads the wall clock back', () => {
  const berlin = timeZone('Europe/Berlin');
  const noon = berlin.instantOf(dayOf(2026, 10, 25), 720);
  expect([berlin.dayAt(noon), berlin.minuteAt(noon)]).toEqual([dayOf(2026, 10, 25), 720]);
  expect(berlin.dayAt(berlin.instantOf(dayOf(2026, 10, 26), 0) - 1)).toBe(dayOf(2026, 10, 25));
});

it('never runs backwards, in any night of the year', () => {
  const backwards: string[] = [];
  for (const zone of ['Asia/Tehran', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca']) {
    let last = -Infinity;
    for (let day = dayOf(2021, 12, 30); day < dayOf(2023, 1, 2); day++) {
      for (let minute = 0; minute < 1_440; minute += 15) {
        const instant = timeZone(zone).instantOf(day, minute);
        if (instant < last) backwards.push(`${zone} ${day} ${minute}`);
        last = instant;
      }
    }
  }
  expect(backwards).toEqual([]);
});

it('knows zones from inventions', () => {
  expect(isTimeZone('Asia/Tehran')).toBe(true);
  expect(isTimeZone('Asia/Atlantis')).toBe(false);
});
