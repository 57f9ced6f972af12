import { Attempts } from './attempts';

describe('attempts of an address', () => {
  it('run out, come back with time, and are counted for each address alone', () => {
    const attempts = new Attempts();
    const tries = (address: string, now: number) =>
      Array.from({ length: 150 }, () => attempts.take(address, now)).filter((wait) => wait === null).length;
    expect([tries('198.51.100.1', 0), tries('198.51.100.2', 0)]).toEqual([100, 100]);
    expect(attempts.take('198.51.100.1', 0)).toBe(1);
    expect(tries('198.51.100.1', 10_000)).toBe(20);
  });
});
