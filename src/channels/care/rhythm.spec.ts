import fc from 'fast-check';
import { expectedBetween, rhythmOf, silence } from './rhythm';

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
const NOW = Date.UTC(2026, 10, 16); // a Monday

/** Four weeks of a shop that is written to between 8 and 20 UTC, `perHour` an hour. */
function shopWeeks(perHour: number) {
  const hours = [];
  for (let hour = NOW - 4 * WEEK; hour < NOW; hour += HOUR) {
    const h = new Date(hour).getUTCHours();
    if (h >= 8 && h < 20) hours.push({ hour, received: perHour });
  }
  return hours;
}
const shop = rhythmOf(shopWeeks(5), NOW - 4 * WEEK, NOW);
const at = (hour: number) => NOW + hour * HOUR;

it('a quiet night is like the shop; a quiet morning is not', () => {
  expect(silence(shop, NOW - 4 * HOUR, at(8), 0.001)).toMatchObject({ unlike: false });
  expect(silence(shop, NOW - 4 * HOUR, at(9), 0.001)).toMatchObject({ unlike: false }); // e^-5 is seven in a thousand
  expect(silence(shop, NOW - 4 * HOUR, at(10), 0.001)).toMatchObject({ unlike: true });
});

it('a channel that hardly ever hears anything may be silent for long', () => {
  const rare = rhythmOf(
    shopWeeks(5).filter((_, i) => i % 168 === 0),
    NOW - 4 * WEEK,
    NOW,
  );
  expect(silence(rare, NOW - 24 * HOUR, NOW, 0.001)).toMatchObject({ unlike: false });
});

it('says nothing before it knows two weeks', () => {
  expect(silence(rhythmOf(shopWeeks(50), NOW - WEEK, NOW), NOW - 48 * HOUR, NOW, 0.001)).toBeNull();
});

it('recent weeks count more', () => {
  const hour = NOW - WEEK;
  const old = rhythmOf([{ hour: hour - 3 * WEEK, received: 100 }], NOW - 5 * WEEK, NOW);
  const recent = rhythmOf([{ hour, received: 100 }], NOW - 5 * WEEK, NOW);
  expect(expectedBetween(recent, NOW, NOW + HOUR)).toBeGreaterThan(2 * expectedBetween(old, NOW, NOW + HOUR));
});

it('expectation adds up, however a time is cut', () => {
  const instant = fc.integer({ min: NOW, max: NOW + WEEK });
  fc.assert(
    fc.property(fc.tuple(instant, instant, instant), (points) => {
      const [a, b, c] = points.toSorted((x, y) => x - y) as [number, number, number];
      const whole = expectedBetween(shop, a, c);
      expect(expectedBetween(shop, a, b) + expectedBetween(shop, b, c)).toBeCloseTo(whole, 6);
      expect(whole).toBeGreaterThanOrEqual(0);
    }),
    { seed: 7, numRuns: 300 },
  );
});

it('a whole week is expected to bring what a week brought', () => {
  expect(expectedBetween(shop, NOW, NOW + WEEK)).toBeCloseTo(7 * 12 * 5, 6);
});
