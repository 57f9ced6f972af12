import { type Day, dayOf } from './days';

/** A date of the Solar Hijri calendar; month 1 is Farvardin. */
export interface JalaliDate {
  year: number;
  month: number;
  day: number;
}

const FIRST_DAY = dayOf(1921, 3, 21); // 1 Farvardin 1300
const FIRST_YEAR = 1300;

/**
 * Eight leap years in 33. The calendar of Iran follows the vernal equinox at Tehran; this rule gives the same years from
 * 1178 to 1501, which is as far as anybody's business hours reach.
 */
export const isJalaliLeap = (year: number): boolean => (25 * year + 11) % 33 < 8;

const leapsBefore = (year: number): number => Math.floor((8 * year + 21) / 33);

/** @returns the day of 1 Farvardin */
export const nowruz = (year: number): Day =>
  FIRST_DAY + 365 * (year - FIRST_YEAR) + leapsBefore(year) - leapsBefore(FIRST_YEAR);

const daysBefore = (month: number): number => (month <= 7 ? 31 * (month - 1) : 186 + 30 * (month - 7));

export const jalaliMonthLength = (year: number, month: number): number =>
  month <= 6 ? 31 : month <= 11 || isJalaliLeap(year) ? 30 : 29;

export const fromJalali = (year: number, month: number, day: number): Day => nowruz(year) + daysBefore(month) + day - 1;

export function toJalali(day: Day): JalaliDate {
  let year = FIRST_YEAR + Math.floor((day - FIRST_DAY) / 365.2422);
  if (day < nowruz(year)) year--;
  else if (day >= nowruz(year + 1)) year++;
  const dayOfYear = day - nowruz(year);
  const month = dayOfYear < 186 ? Math.floor(dayOfYear / 31) + 1 : Math.floor((dayOfYear - 186) / 30) + 7;
  return { year, month, day: dayOfYear - daysBefore(month) + 1 };
}

/** `1405-09-01` */
export function showJalali(day: Day): string {
  const { year, month, day: date } = toJalali(day);
  return `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}
