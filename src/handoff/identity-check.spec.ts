import { afterCode, checkedUntil, codeIn, codeOf, MOST_TRIES, nextCodeIn } from './identity-check';

const now = new Date('2026-11-22T09:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const open = { state: 'open' as const, tries: 0, expiresAt: ago(-5) };

describe('a code', () => {
  it('is six digits that follow from the check and the key alone', () => {
    const key = Buffer.from('k'.repeat(32));
    expect(codeOf('a', key)).toMatch(/^\d{6}$/);
    expect(codeOf('a', key)).toBe(codeOf('a', key));
    expect(codeOf('a', key)).not.toBe(codeOf('b', key));
    expect(codeOf('a', key)).not.toBe(codeOf('a', Buffer.from('j'.repeat(32))));
  });

  it.each([
    ['۱۲۳۴۵۶', '123456'],
    [' 123 456 ', '123456'],
    ['123-456', '123456'],
    ['کد: ۰۱۲۳۴۵', '012345'],
    ['code 123456', '123456'],
    ['سفارش 123456 کی می‌رسد؟', null],
    ['1234567', null],
    ['12345', null],
    ['', null],
  ])('in %j is %s', (text, code) => expect(codeIn(text)).toBe(code));

  it.each<[string, Parameters<typeof afterCode>[0], boolean, string, string]>([
    ['the right one', open, true, 'passed', 'passed'],
    ['a wrong one', open, false, 'wrong', 'open'],
    ['the last wrong one', { ...open, tries: MOST_TRIES - 1 }, false, 'failed', 'failed'],
    ['the right one at the last try', { ...open, tries: MOST_TRIES - 1 }, true, 'passed', 'passed'],
    ['the right one after all tries', { ...open, tries: MOST_TRIES }, true, 'failed', 'failed'],
    ['the right one too late', { ...open, expiresAt: now }, true, 'expired', 'failed'],
    ['the right one a second time', { ...open, state: 'passed', tries: 1 }, true, 'over', 'passed'],
    ['the right one after failing', { ...open, state: 'failed' }, true, 'over', 'failed'],
  ])('%s', (_, check, right, outcome, state) => expect(afterCode(check, right, now)).toMatchObject({ outcome, state }));
});

describe('how often codes go out', () => {
  it.each<[string, Date[], number | null]>([
    ['the first', [], null],
    ['the third', [ago(1), ago(2)], null],
    ['the fourth within a quarter of an hour', [ago(1), ago(2), ago(10)], 5],
    ['the fourth after it', [ago(1), ago(2), ago(15)], null],
    ['the eleventh of a day', Array.from({ length: 10 }, (_, i) => ago(60 + i)), 24 * 60 - 69],
  ])('%s', (_, sent, minutes) => {
    const wait = nextCodeIn(sent, now);
    expect(wait === null ? null : wait / 60_000).toBe(minutes);
  });
});

describe('how long a check holds', () => {
  it.each([
    [null, null],
    [ago(59), ago(-1)],
    [ago(60), null],
  ])('passed at %s', (passedAt, until) => expect(checkedUntil(passedAt, 60, now)).toEqual(until));
});
