import { DEFAULT_FLOOD, floodSettings, isFlood } from './flood';

const MINUTE = 60_000;
const now = 1_000_000 * MINUTE;
const every = (ms: number, times: number) => Array.from({ length: times }, (_, i) => now - (i + 1) * ms);

describe('a flood', () => {
  it.each<[string, number[], boolean]>([
    ['nineteen threads within minutes', every(1_000, 19), false],
    ['twenty', every(1_000, 20), true],
    ['twenty, one of them ten minutes ago', [...every(1_000, 19), now - 10 * MINUTE], false],
    ['a hundred letters of one day that come at once', every(12 * MINUTE, 100), false],
    ['told in another order', every(-1_000, 20), true],
  ])('%s', (_, others, flood) => expect(isFlood(now, others, DEFAULT_FLOOD)).toBe(flood));

  it('is nothing where a workspace wants no limit', () =>
    expect(isFlood(now, every(1, 500), { threads: 0, minutes: 10 })).toBe(false));

  it.each([
    ['nothing', null, DEFAULT_FLOOD],
    ['nonsense', { threads: 'many', minutes: -1 }, DEFAULT_FLOOD],
    ['numbers', { threads: 3, minutes: 60 }, { threads: 3, minutes: 60 }],
  ])('reads %s', (_, stored, settings) => expect(floodSettings(stored)).toEqual(settings));
});
