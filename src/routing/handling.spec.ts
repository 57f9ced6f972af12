import { type Handling, isToSpread, learn, UNKNOWN_HANDLING_MS } from './handling';

const MINUTE = 60_000;
const after = (samples: readonly number[], known?: Handling): Handling =>
  samples.reduce<Handling | undefined>((at, ms) => learn(at, ms), known)!;
const times = (n: number, ms: number) => Array.from({ length: n }, () => ms);

describe('what answers teach', () => {
  it.each<[string, number[], [number, number]]>([
    ['one answer moves it half way', [MINUTE], [1.5 * MINUTE, 4 * MINUTE]],
    ['it settles where the answers are', times(60, 2 * MINUTE), [1.9 * MINUTE, 2.2 * MINUTE]],
    [
      'a lunch now and then teaches little',
      times(20, 2 * MINUTE).concat(90 * MINUTE, times(20, 2 * MINUTE)),
      [1.9 * MINUTE, 2.3 * MINUTE],
    ],
    ['a night teaches nothing', [...times(30, 2 * MINUTE), 9 * 60 * MINUTE], [1.9 * MINUTE, 2.4 * MINUTE]],
    ['macros are not held against people', times(200, 1), [9_000, 12_000]],
    ['other work is learned soon', times(50, 2 * MINUTE).concat(times(60, 20 * MINUTE)), [15 * MINUTE, 21 * MINUTE]],
  ])('%s', (_, samples, [least, most]) => {
    const { handlingMs } = after(samples);
    expect(handlingMs).toBeGreaterThanOrEqual(least);
    expect(handlingMs).toBeLessThanOrEqual(most);
  });

  it('begins where nothing is known, and counts only what taught', () => {
    expect(learn(undefined, UNKNOWN_HANDLING_MS)).toEqual({ handlingMs: UNKNOWN_HANDLING_MS, samples: 1 });
    expect(learn(undefined, -1)).toEqual({ handlingMs: UNKNOWN_HANDLING_MS, samples: 0 });
  });
});

it.each<[string, number | null, number, boolean]>([
  ['what is usual says nothing new', null, UNKNOWN_HANDLING_MS, false],
  ['far from what is usual', null, 2 * UNKNOWN_HANDLING_MS, true],
  ['a little longer than last time', 4 * MINUTE, 4.8 * MINUTE, false],
  ['much longer', 4 * MINUTE, 5.2 * MINUTE, true],
  ['much shorter', 4 * MINUTE, 3 * MINUTE, true],
])('waiting work is written again: %s', (_, spread, now, expected) => {
  expect(isToSpread(spread, now)).toBe(expected);
});
