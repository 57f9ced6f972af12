import { DAY_MS, dayOf, parseDay, showDay } from './days';
import { fromJalali, isJalaliLeap, jalaliMonthLength, nowruz, showJalali, toJalali } from './jalali';

describe('the Solar Hijri calendar', () => {
  it('agrees with ICU on every day from 1300 to 1500, both ways', () => {
    const icu = new Intl.DateTimeFormat('en-US-u-ca-persian-nu-latn', {
      timeZone: 'UTC',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    });
    const wrong: string[] = [];
    for (let day = nowruz(1300); day < nowruz(1501); day++) {
      const shown: Record<string, number> = {};
      for (const { type, value } of icu.formatToParts(day * DAY_MS)) shown[type] = Number(value);
      const date = toJalali(day);
      const same = date.year === shown['year'] && date.month === shown['month'] && date.day === shown['day'];
      if (!same || fromJalali(date.year, date.month, date.day) !== day) wrong.push(showDay(day));
    }
    expect(wrong).toEqual([]);
  });

  it.each([1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420])('has a 30 Esfand in %i', (year) => {
    expect(isJalaliLeap(year)).toBe(true);
    expect(jalaliMonthLength(year, 12)).toBe(30);
    expect(fromJalali(year, 12, 30) + 1).toBe(nowruz(year + 1));
  });

  it.each([1400, 1401, 1402, 1404, 1405, 1406, 1407, 1409])('has none in %i', (year) => {
    expect(fromJalali(year, 12, 29) + 1).toBe(nowruz(year + 1));
  });

  it.each([
    ['1403-12-30', '2025-03-20'],
    ['1404-01-01', '2025-03-21'],
    ['1405-01-01', '2026-03-21'],
    ['1408-12-30', '2030-03-20'],
    ['1405-09-01', '2026-11-22'],
  ])('%s is %s', (jalali, gregorian) => expect(showJalali(parseDay(gregorian))).toBe(jalali));
});

it('tells dates from what only looks like one', () => {
  expect(parseDay('2024-02-29')).toBe(dayOf(2024, 2, 29));
  for (const none of ['2026-02-29', '2026-13-01', '2026-1-1', 'tomorrow', '']) expect(parseDay(none)).toBeNaN();
});
