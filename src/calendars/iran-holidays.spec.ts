import { parseDay } from './days';
import { occurrences } from './holiday-dates';
import { fromJalali, showJalali } from './jalali';
import { begin } from './templates';

const { holidays } = begin('iran', () => 'id');
/** Days by month. */
const year = (jalali: number): string => {
  const [first, last] = [fromJalali(jalali, 1, 1), fromJalali(jalali + 1, 1, 1) - 1];
  const days = holidays.flatMap((holiday) => occurrences(holiday, first, last).map(({ observed }) => observed));
  const byMonth = new Map<string, string[]>();
  for (const day of [...new Set(days)].sort((a, b) => a - b)) {
    const [, month = '', date = ''] = showJalali(day).split('-');
    byMonth.set(month, [...(byMonth.get(month) ?? []), date]);
  }
  return [...byMonth].map(([month, dates]) => `${month}: ${dates.join(' ')}`).join(', ');
};

it('are those of the published year 1403', () => {
  expect(year(1403)).toEqual(
    '01: 01 02 03 04 12 13 22 23, 02: 15, 03: 14 15 28, 04: 05 25 26, 06: 04 12 14 22 31, 09: 15, 10: 25, 11: 09 22 26, 12: 29',
  );
});

it('fall together where the published year 1405 has them fall: Fitr on Nowruz, Ghadir on 14 Khordad', () => {
  expect(year(1405)).toEqual(
    '01: 01 02 03 04 12 13 25, 03: 06 14 15, 04: 03 04, 05: 13 21 22 30, 06: 08, 08: 22, 10: 02 16, 11: 04 22, 12: 09 19 20 29',
  );
});

it('have names in both languages, in letters that search finds', () => {
  for (const { name } of holidays) {
    expect(name.fa).toBe(name.fa.normalize('NFKC'));
    expect(name.fa).not.toMatch(/[يكى]/); // Arabic forms
    expect(name.en.trim()).not.toBe('');
  }
});

it('keep a lunar year of 354 days: twice Fitr in one solar year now and then', () => {
  const fitr = holidays.find(({ name }) => name.en === 'Eid al-Fitr')!;
  const days = occurrences(fitr, parseDay('2026-03-21'), parseDay('2027-03-20')).map(({ observed }) =>
    showJalali(observed),
  );
  expect(days).toEqual(['1405-01-01', '1405-12-19']);
});
