import { inLists, soqlIn, soqlString } from './soql';

describe('SOQL literals', () => {
  it.each([
    ["O'Brien", String.raw`'O\'Brien'`],
    ['ends in a backslash\\', String.raw`'ends in a backslash\\'`],
    [String.raw`\' OR Name != '`, String.raw`'\\\' OR Name != \''`],
    ['two\nlines\tand a\rreturn', String.raw`'two\nlines\tand a\rreturn'`],
    ['علی ۱۲۳ 👋🏽', "'علی ۱۲۳ 👋🏽'"],
  ])('%j', (text, literal) => expect(soqlString(text)).toBe(literal));

  it('no text opens a literal: what is between the quotes has none of its own', () => {
    const alphabet = ["'", '\\', 'n', '"', '%', ' ', '\n', 'é'];
    for (let n = 0; n < alphabet.length ** 4; n++) {
      const text = [0, 1, 2, 3].map((i) => alphabet[Math.floor(n / alphabet.length ** i) % alphabet.length]).join('');
      const inner = soqlString(text).slice(1, -1);
      expect(inner.replaceAll(/\\[\\'nrt]/g, '')).not.toMatch(/['\\]/);
    }
  });

  it('lists are cut where a GET would be refused, and lose nothing', () => {
    const values = Array.from({ length: 2_000 }, (_, n) => `کاربر-${n}`);
    const lists = inLists([...values, ...values], 2);
    expect(lists.flat()).toEqual(values);
    for (const list of lists) expect(2 * encodeURIComponent(soqlIn('', list)).length).toBeLessThan(16_000);
    expect(inLists([])).toEqual([]);
  });
});
