import { brakeSettings, DEFAULT_BRAKE, hadEnough, isTooOld } from './answer-brake';

const MINUTE = 60_000;
const now = 1_000_000 * MINUTE;
const ago = (...minutes: number[]) => minutes.map((n) => now - n * MINUTE);

describe('the brake', () => {
  it.each<[string, number[], boolean]>([
    ['nobody was answered', [], false],
    ['one a minute ago', ago(1), true],
    ['one an hour ago to the minute', ago(60), false],
    ['four today', ago(61, 200, 400, 800), false],
    ['five today', ago(61, 200, 400, 800, 1439), true],
    ['five, one of them yesterday', ago(61, 200, 400, 800, 1440), false],
  ])('%s', (_, answeredAt, enough) => expect(hadEnough(answeredAt, DEFAULT_BRAKE, now, true)).toBe(enough));

  it('lets a chat go on for long, and not for ever', () => {
    const minutes = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(hadEnough(ago(...minutes.slice(1)), DEFAULT_BRAKE, now, false)).toBe(false);
    expect(hadEnough(ago(...minutes), DEFAULT_BRAKE, now, false)).toBe(true);
  });

  it('knows no limit where a workspace wants none', () =>
    expect(hadEnough(ago(1, 2, 3, 4, 5, 6), { ...DEFAULT_BRAKE, perHour: 0, perDay: 0 }, now, true)).toBe(false));

  it.each([
    ['an hour', 60 * MINUTE, false],
    ['a millisecond more', 60 * MINUTE + 1, true],
    ['written in the future, by a clock that runs ahead', -5 * MINUTE, false],
  ])('words of %s', (_, ageMs, old) => expect(isTooOld(ageMs, DEFAULT_BRAKE)).toBe(old));

  it.each([
    ['nothing', undefined, DEFAULT_BRAKE],
    ['nonsense', { maxAgeMinutes: '5', perHour: -1, perDay: 1.5 }, DEFAULT_BRAKE],
    [
      'numbers',
      { maxAgeMinutes: 0, perHour: 3, chatPerHour: 9 },
      { maxAgeMinutes: 0, perHour: 3, perDay: 5, chatPerHour: 9 },
    ],
  ])('reads %s', (_, stored, settings) => expect(brakeSettings(stored)).toEqual(settings));
});
