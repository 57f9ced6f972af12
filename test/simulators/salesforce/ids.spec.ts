import { IdSequence, normalizeId, withChecksum } from './ids';

describe('ids', () => {
  it.each([
    ['001A0000006Vm9u', '001A0000006Vm9uIAC'],
    ['000000000000000', '000000000000000AAA'],
    ['AAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAA555'],
  ])('%s has the suffix of %s', (id15, id18) => {
    expect(withChecksum(id15)).toBe(id18);
    expect(normalizeId(id15)).toBe(id18);
    expect(normalizeId(id18)).toBe(id18);
  });

  it.each(['001A0000006Vm9uIAD', '001A0000006Vm9', "001A0000006Vm9'", ''])('%s is no id', (text) => {
    expect(normalizeId(text)).toBeUndefined();
  });

  it('hands out distinct ids in growing order under their prefix', () => {
    const ids = new IdSequence();
    const taken = Array.from({ length: 200 }, () => ids.take('a02'));
    expect(new Set(taken.map((id) => id.toLowerCase())).size).toBe(200);
    expect(taken.every((id) => id.startsWith('a02') && normalizeId(id) === id)).toBe(true);
    expect(taken.toSorted()).toEqual(taken);
  });
});
