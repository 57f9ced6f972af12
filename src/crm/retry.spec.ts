import { pauseMs, PROBE_MS, setbackOf } from './retry';
import type { Failure } from './salesforce/errors';

const failure = (more: Partial<Failure> = {}): Failure => ({
  kind: 'retry',
  code: 'UNABLE_TO_LOCK_ROW',
  message: 'locked',
  fields: [],
  ...more,
});
const row = (attempts: number) => ({ id: 'a', version: 4, attempts });

describe('a refused row', () => {
  it.each([
    ['waits a little', 0, {}, 1_000],
    ['waits longer each time', 3, {}, 60_000],
    ['never longer than a quarter of an hour', 50, {}, 900_000],
    ['is parked after a day', 99, {}, null],
    ['is parked when a person must look', 0, { kind: 'park' as const }, null],
    ['is parked when we are wrong', 0, { kind: 'bug' as const }, null],
    ['is parked when it could not be mended', 0, { kind: 'fix' as const }, null],
    ['comes right after its parent', 0, { missingParent: true }, 0],
    ['is parked when its parent never comes', 3, { missingParent: true }, null],
  ])('%s', (_, attempts, more, afterMs) => {
    const setback = setbackOf(row(attempts), failure(more), () => 1);
    expect(setback).toMatchObject({ id: 'a', version: 4, attempts: attempts + 1, afterMs });
  });

  it('does not pay for others', () => {
    expect(setbackOf(row(7), failure({ bystander: true }))).toMatchObject({ attempts: 7, afterMs: 1_000 });
    expect(setbackOf(row(7), failure({ kind: 'limit' }))).toMatchObject({ attempts: 7, afterMs: 1_000 });
  });

  it('comes back at another time than those that failed with it', () => {
    expect(setbackOf(row(3), failure(), () => 0).afterMs).toBe(30_000);
  });
});

describe('a failed call', () => {
  it.each([
    ['first', failure({ code: 'NETWORK' }), 0, 2_000],
    ['after some', failure({ code: 'NETWORK' }), 5, 64_000],
    ['after days of outage', failure({ code: 'NETWORK' }), 5_000, 900_000],
    ['too many long calls', failure({ code: 'REQUEST_LIMIT_EXCEEDED' }), 0, 30_000],
    ["the day's quota", failure({ kind: 'limit' }), 0, PROBE_MS],
  ])('%s', (_, failed, failures, ms) => expect(pauseMs(failed, failures, () => 1)).toBe(ms));
});
