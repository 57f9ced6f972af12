import { backoffCeilingMs, backoffMs } from './backoff';

const attempts = Array.from({ length: 60 }, (_, i) => i + 1);
const HOUR = 3_600_000;

/** A small seeded generator, so a failure repeats. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('backoff', () => {
  it('never shrinks its ceiling and never passes half a day', () => {
    const ceilings = attempts.map(backoffCeilingMs);
    ceilings.slice(1).forEach((ceiling, i) => expect(ceiling).toBeGreaterThanOrEqual(ceilings[i]!));
    expect(ceilings[0]).toBe(5_000);
    expect(Math.max(...ceilings)).toBe(12 * HOUR);
  });

  it('stays between half the ceiling and the ceiling, in whole milliseconds, for any attempt and any luck', () => {
    const random = seeded(7);
    for (let i = 0; i < 5_000; i++) {
      const attempt = 1 + Math.floor(random() * 1_000);
      const wait = backoffMs(attempt, random);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(Math.floor(backoffCeilingMs(attempt) / 2));
      expect(wait).toBeLessThan(backoffCeilingMs(attempt));
    }
  });

  it('uses the whole upper half: jobs that failed together spread over every tenth of it', () => {
    const random = seeded(11);
    const tenths = new Set<number>();
    for (let i = 0; i < 1_000; i++) tenths.add(Math.floor((backoffMs(5, random) / backoffCeilingMs(5)) * 20));
    expect(tenths.size).toBe(10);
  });

  it('spends between twelve and thirty-eight hours on twelve tries, whatever the luck', () => {
    const total = (luck: number) => attempts.slice(0, 11).reduce((sum, n) => sum + backoffMs(n, () => luck), 0);
    expect(total(0)).toBeGreaterThan(12 * HOUR);
    expect(total(0.999)).toBeLessThan(38 * HOUR);
  });

  it.each([0, -3])('treats attempt %d as the first', (attempt) => expect(backoffCeilingMs(attempt)).toBe(5_000));
});
