import { addDays, clockText, dayIn, dayOf, instantIn, minutesOf, monthNames, partsOf } from './day';

it.each([
  ['Nowruz of a common year', '2026-03-21', { year: 1405, month: 1, day: 1 }],
  ['Nowruz after a leap year', '2025-03-21', { year: 1404, month: 1, day: 1 }],
  ['the leap day', '2025-03-20', { year: 1403, month: 12, day: 30 }],
  ['the second half of the year', '2026-11-21', { year: 1405, month: 8, day: 30 }],
])('%s reads the same both ways', (_, day, parts) => {
  expect(partsOf(day, 'persian')).toEqual(parts);
  expect(dayOf(parts, 'persian')).toBe(day);
});

it('finds every day of six years in both calendars', () => {
  for (let day = '2023-01-01'; day < '2029-01-01'; day = addDays(day, 1)) {
    expect(dayOf(partsOf(day, 'persian'), 'persian')).toBe(day);
    expect(dayOf(partsOf(day, 'gregory'), 'gregory')).toBe(day);
  }
});

it.each([
  ['31 Mehr is 30 Mehr', { year: 1405, month: 7, day: 31 }, 'persian', '2026-10-22'],
  ['30 Esfand of a common year is the 29th', { year: 1405, month: 12, day: 30 }, 'persian', '2027-03-20'],
  ['30 February is the 28th', { year: 2026, month: 2, day: 30 }, 'gregory', '2026-02-28'],
] as const)('%s', (_, parts, calendar, day) => expect(dayOf(parts, calendar)).toBe(day));

it.each([
  ['Tehran', '2026-11-21', 9 * 60, 'Asia/Tehran', '2026-11-21T05:30:00.000Z'],
  ['a summer day in Berlin', '2026-07-01', 9 * 60, 'Europe/Berlin', '2026-07-01T07:00:00.000Z'],
  ['the hour after the clock went forward', '2026-03-29', 3 * 60, 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['the night after it', '2026-03-30', 0, 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
])('knows the instant: %s', (_, day, minutes, zone, instant) => {
  expect(instantIn(day, minutes, zone)).toBe(instant);
  expect(dayIn(instant, zone)).toBe(day);
});

it.each([
  [0, '00:00', '۰۰:۰۰'],
  [570, '09:30', '۰۹:۳۰'],
  [1440 + 150, '02:30', '۰۲:۳۰'],
])('%i minutes are %s', (minutes, english, persian) => {
  expect(clockText(minutes, 'en-GB')).toBe(english);
  expect(clockText(minutes, 'fa-IR-u-nu-arabext')).toBe(persian);
});

it.each([
  ['09:30', 570],
  ['9:05', 545],
  ['930', 570],
  ['1745', 1065],
  ['9', 540],
  ['23', 1380],
])('reads %s', (clock, minutes) => expect(minutesOf(clock)).toBe(minutes));

it.each(['', '24:00', '9:75', 'nine', '99'])('refuses "%s"', (clock) => expect(minutesOf(clock)).toBeNaN());

it.each([
  ['persian', 'fa', 'فروردین', 'اسفند'],
  ['gregory', 'en', 'January', 'December'],
] as const)('names the months of %s in %s', (calendar, locale, first, last) => {
  const names = monthNames(calendar, locale);
  expect([names.length, names[0], names[11]]).toEqual([12, first, last]);
});
