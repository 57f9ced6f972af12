import { type Day, dayOf, parseDay, showDay } from './days';
import { fromJalali, showJalali } from './jalali';
import { fromLunar, toLunar } from './lunar';

/** As published in the official calendars of Iran. */
it.each([
  ['1403: 21 Ramadan', [1445, 9, 21], '1403-01-13'],
  ['1403: Fitr', [1445, 10, 1], '1403-01-22'],
  ['1403: Qurban', [1445, 12, 10], '1403-03-28'],
  ['1403: Ghadir', [1445, 12, 18], '1403-04-05'],
  ['1403: Ashura', [1446, 1, 10], '1403-04-26'],
  ['1403: Arbaeen', [1446, 2, 20], '1403-06-04'],
  ['1403: 13 Rajab', [1446, 7, 13], '1403-10-25'],
  ['1403: 27 Rajab', [1446, 7, 27], '1403-11-09'],
  ['1403: 15 Shaban', [1446, 8, 15], '1403-11-26'],
  ['1404: Fitr', [1446, 10, 1], '1404-01-11'],
  ['1404: Arbaeen', [1447, 2, 20], '1404-05-23'],
  ['1404: 13 Rajab', [1447, 7, 13], '1404-10-13'],
  ['1405: Fitr, on Nowruz', [1447, 10, 1], '1405-01-01'],
  ['1405: Qurban', [1447, 12, 10], '1405-03-06'],
  ['1405: Ghadir', [1447, 12, 18], '1405-03-14'],
  ['1405: Tasua', [1448, 1, 9], '1405-04-03'],
  ['1405: Ashura', [1448, 1, 10], '1405-04-04'],
  ['1405: the end of Safar, 29 days long', [1448, 2, 30], '1405-05-22'],
] as const)('%s', (_, [year, month, day], jalali) => expect(showJalali(fromLunar(year, month, day))).toBe(jalali));

it('is a calendar: every month has 29 or 30 days and every day one date, where the table ends too', () => {
  const months: Day[] = [];
  for (let year = 1420; year < 1490; year++)
    for (let month = 1; month <= 12; month++) months.push(fromLunar(year, month, 1));
  const lengths = months.slice(1).map((start, i) => start - months[i]!);
  expect(new Set(lengths)).toEqual(new Set([29, 30]));
  for (let day = months[0]!; day < months.at(-1)!; day++) {
    const { year, month, day: date } = toLunar(day);
    expect(fromLunar(year, month, date)).toBe(day);
  }
});

it('computes what the table does not know within a day of what ICU computes for Mecca', () => {
  const mecca = new Intl.DateTimeFormat('en-US-u-ca-islamic-umalqura-nu-latn', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'numeric',
  });
  for (let year = 1449; year < 1480; year++) {
    for (let month = 1; month <= 12; month++) {
      const start = fromLunar(year, month, 1);
      const nearby = [-2, -1, 0, 1].map((shift) =>
        mecca
          .format((start + shift) * 86_400_000)
          .split('/')
          .slice(0, 2)
          .join('/'),
      );
      expect(nearby).toContain(`${month}/1`);
    }
  }
});

it('knows the day after Ramadan 1448, published with the year 1405', () => {
  expect(showDay(fromLunar(1448, 10, 1))).toBe('2027-03-10');
  expect(fromJalali(1405, 12, 19)).toBe(parseDay('2027-03-10'));
  expect(toLunar(dayOf(2026, 11, 13))).toEqual({ year: 1448, month: 6, day: 3 });
});
