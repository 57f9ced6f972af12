import { type Day, dayOf } from './days';

/** A date of the Hijri calendar as used in Iran; month 1 is Muharram. */
export interface LunarDate {
  year: number;
  month: number;
  day: number;
}

/**
 * The lunar calendar as kept in Iran.
 *
 * Months that have been published or seen are a table. A month beyond it begins on the day after the first sunset at
 * Tehran at which the moon is 17.5 hours past conjunction. Held against all 299 months from 1424 to 1448 that rule names
 * the day that was kept in 88 of 100 and is one day off in the rest, which no rule avoids: the month begins when the crescent has been
 * seen. Hence holidays by the moon can be moved where they are kept.
 */
const MONTHS_KNOWN = [
  '30 29 30 30 30 29 30 30 29 29 30 29', // 1440
  '29 30 29 30 30 29 30 30 29 30 29 30',
  '29 29 30 29 30 29 30 30 29 30 30 29',
  '29 30 30 29 29 30 29 30 30 29 30 29',
  '30 30 29 30 29 29 30 29 30 29 30 29',
  '30 30 30 29 30 29 29 30 29 30 29 29', // 1445
  '30 30 30 29 30 30 29 30 29 29 29 30',
  '29 30 30 29 30 30 30 29 30 29 29 29',
  '30 29 30 29 30 30 30 29 30 29', // 1448 up to Shawwal
];
const FIRST_KNOWN = monthIndex(1440, 1);
const KNOWN: readonly Day[] = knownStarts();

const HOUR = 1 / 24;
const CRESCENT_AGE = 17.5 * HOUR;
const SYNODIC_MONTH = 29.530_588_861;
const INDEX_OF_LUNATION_0 = 17_037; // Shawwal 1420: the new moon of 6 January 2000
const J2000_NEW_MOON = 2_451_550.097_66; // Julian date
const EPOCH_JULIAN = 2_440_587.5; // 1 January 1970
const TERRESTRIAL_AHEAD = 70 / 86_400; // of universal time, in our decades

function monthIndex(year: number, month: number): number {
  return (year - 1) * 12 + month - 1;
}

function knownStarts(): Day[] {
  const starts = [dayOf(2018, 9, 11)];
  for (const length of MONTHS_KNOWN.join(' ').split(' ')) starts.push(starts.at(-1)! + Number(length));
  return starts;
}

const computed = new Map<number, Day>();

/** The first day of a month, counted from Muharram of year 1. */
function startOf(index: number): Day {
  const known = KNOWN[index - FIRST_KNOWN];
  if (known !== undefined) return known;
  let start = computed.get(index);
  if (start === undefined) computed.set(index, (start = crescentDay(newMoon(index - INDEX_OF_LUNATION_0))));
  return start;
}

/** The day that begins after the first evening on which a moon new at `conjunction` can be seen. */
function crescentDay(conjunction: number): Day {
  let evening = Math.floor(conjunction);
  while (evening + sunset(evening) - conjunction < CRESCENT_AGE) evening++;
  return evening + 1;
}

/** At Tehran, as a part of the day in universal time: from 13:24 in winter to 15:48 in summer. */
function sunset(day: Day): number {
  const sinceEquinox = (day - dayOf(2000, 3, 20)) / 365.2422;
  return (14.6 + 1.2 * Math.sin(2 * Math.PI * sinceEquinox)) * HOUR;
}

/**
 * The instant of a new moon, in days since 1970. Meeus, Astronomical Algorithms, chapter 49: good to a few minutes.
 * @param k lunations since January 2000
 */
function newMoon(k: number): number {
  const centuries = k / 1236.85;
  const sin = (degrees: number) => Math.sin((degrees * Math.PI) / 180);
  const e = 1 - 0.002_516 * centuries;
  const sun = 2.5534 + 29.105_356_7 * k;
  const moon = 201.5643 + 385.816_935_28 * k + 0.010_758_2 * centuries ** 2;
  const latitude = 160.7108 + 390.670_502_84 * k - 0.001_611_8 * centuries ** 2;
  const node = 124.7746 - 1.563_755_88 * k;
  const correction =
    -0.4072 * sin(moon) +
    0.172_41 * e * sin(sun) +
    0.016_08 * sin(2 * moon) +
    0.010_39 * sin(2 * latitude) +
    0.007_39 * e * sin(moon - sun) -
    0.005_14 * e * sin(moon + sun) +
    0.002_08 * e * e * sin(2 * sun) -
    0.001_11 * sin(moon - 2 * latitude) -
    0.000_57 * sin(moon + 2 * latitude) +
    0.000_56 * e * sin(2 * moon + sun) -
    0.000_42 * sin(3 * moon) +
    0.000_42 * e * sin(sun + 2 * latitude) +
    0.000_38 * e * sin(sun - 2 * latitude) -
    0.000_24 * e * sin(2 * moon - sun) -
    0.000_17 * sin(node);
  const mean = J2000_NEW_MOON + SYNODIC_MONTH * k + 0.000_154_37 * centuries ** 2;
  return mean + correction - TERRESTRIAL_AHEAD - EPOCH_JULIAN;
}

/** A day beyond the end of its month is the month's last day: the end of Safar is kept as its thirtieth. */
export function fromLunar(year: number, month: number, day: number): Day {
  const index = monthIndex(year, month);
  return Math.min(startOf(index) + day, startOf(index + 1)) - 1;
}

export function toLunar(day: Day): LunarDate {
  const sinceNewMoon = day + EPOCH_JULIAN - J2000_NEW_MOON;
  let index = INDEX_OF_LUNATION_0 + Math.round(sinceNewMoon / SYNODIC_MONTH);
  while (startOf(index) > day) index--;
  while (startOf(index + 1) <= day) index++;
  return { year: Math.floor(index / 12) + 1, month: (index % 12) + 1, day: day - startOf(index) + 1 };
}
