import { afterTry, isDead } from './retry-plan';

const status = (code: number, retryAfterMs?: number) => ({ kind: 'status' as const, status: code, retryAfterMs });
const least = () => 0;

describe('after a try', () => {
  it.each([
    ['200 is delivered', status(200), 1, { state: 'delivered' }],
    ['204 is delivered, the tenth time too', status(204), 10, { state: 'delivered' }],
    ['302 is no delivery', status(302), 1, { state: 'waiting', afterMs: 5_000 }],
    ['500 is tried again soon', status(500), 1, { state: 'waiting', afterMs: 5_000 }],
    ['and later each time', status(500), 4, { state: 'waiting', afterMs: 7_200_000 }],
    ['a receiver that asks for time gets it', status(429, 60_000), 1, { state: 'waiting', afterMs: 60_000 }],
    ['but not for ever', status(503, 10 ** 9), 1, { state: 'waiting', afterMs: 21_600_000 }],
    ['no answer is tried again', { kind: 'none' as const }, 2, { state: 'waiting', afterMs: 300_000 }],
    ['the tenth failure is the last', status(500), 10, { state: 'failed' }],
    ['410 is the end at once', status(410), 1, { state: 'failed', gone: true }],
  ])('%s', (_, answer, attempt, expected) => expect(afterTry(answer, attempt, least)).toEqual(expected));

  it('those that failed together come back apart', () => {
    const waits = [0, 0.5, 0.99].map((r) => afterTry(status(500), 2, () => r));
    expect(new Set(waits.map((w) => JSON.stringify(w))).size).toBe(3);
  });
});

it.each([
  ['one that was reached last time lives', null, false],
  ['one that failed for four days lives', '2026-03-17T00:00:01Z', false],
  ['one that failed for five is dead', '2026-03-16T00:00:00Z', true],
])('%s', (_, since, expected) =>
  expect(isDead(since === null ? null : new Date(since), new Date('2026-03-21T00:00:00Z'))).toBe(expected),
);
