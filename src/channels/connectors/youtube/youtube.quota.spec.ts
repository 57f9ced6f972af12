import { pacificDay, paced, readMeter, untilPacificMidnight } from './youtube.quota';

const HOUR = 3_600_000;
const at = (iso: string) => Date.parse(iso);

it.each([
  ['winter time', '2026-11-22T07:59:59Z', '2026-11-21', 1000],
  ['midnight itself begins the day', '2026-11-22T08:00:00Z', '2026-11-22', 24 * HOUR],
  ['summer time', '2026-07-01T06:00:00Z', '2026-06-30', HOUR],
  ['the short day of spring', '2026-03-08T08:00:00Z', '2026-03-08', 23 * HOUR],
  ['the long day of autumn', '2026-11-01T07:00:00Z', '2026-11-01', 25 * HOUR],
  ['after the clocks changed', '2026-11-01T12:00:00Z', '2026-11-01', 20 * HOUR],
])('%s', (_, iso, day, rest) => {
  expect(pacificDay(at(iso))).toBe(day);
  expect(untilPacificMidnight(at(iso))).toBe(rest);
});

it('milliseconds do not count twice', () => expect(untilPacificMidnight(at('2026-11-22T07:59:59.250Z'))).toBe(750));

it('a meter of yesterday is empty today', () => {
  const now = at('2026-11-22T12:00:00Z');
  expect(readMeter({ day: '2026-11-22', used: 40 }, now)).toEqual({ day: '2026-11-22', used: 40 });
  expect(readMeter({ day: '2026-11-21', used: 40 }, now)).toEqual({ day: '2026-11-22', used: 0 });
  expect(readMeter(undefined, now)).toEqual({ day: '2026-11-22', used: 0 });
});

describe('pace', () => {
  const noon = at('2026-11-22T20:00:00Z'); // twelve hours before midnight in California
  it.each([
    ['plenty left: as planned', 0, 3000, 300_000, 300_000],
    ['little left: stretched so that it lasts', 2928, 3000, 300_000, (12 * HOUR * 4) / 72],
    ['less than one step left: tomorrow', 2998, 3000, 300_000, 12 * HOUR],
    ['nothing left: tomorrow', 3000, 3000, 300_000, 12 * HOUR],
  ])('%s', (_, used, budget, plan, expected) =>
    expect(paced({ day: '2026-11-22', used }, 4, budget, plan, noon)).toBe(expected),
  );
});
