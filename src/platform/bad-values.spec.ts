import { unstorable, wellFormed } from './bad-values';
import { DomainError } from './errors';

const refused = (code: string, ...sent: unknown[]) => unstorable({ code }, sent)?.details['fields'];

describe('halves of characters', () => {
  it.each<[string, unknown, unknown]>([
    ['in a text', 'cut \ud83d', 'cut \ufffd'],
    ['in a list', { tags: ['a', '\udc00'] }, { tags: ['a', '\ufffd'] }],
    ['in a name', { fields: { '\ud800': 1 } }, { fields: { '\ufffd': 1 } }],
    ['nowhere', { text: '😡 می‌رسه', at: null, n: 1 }, { text: '😡 می‌رسه', at: null, n: 1 }],
  ])('%s', (_, sent, read) => expect(wellFormed(sent)).toEqual(read));

  it('are not looked for without end', () => {
    const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown;
    expect(() => wellFormed(deep)).toThrow(DomainError);
  });
});

describe('what Postgres refuses', () => {
  it('is the caller’s, where they sent it', () => {
    const problem = 'must not hold the character U+0000';
    expect(refused('22021', { a: { b: ['x', 'y\0'] } }, {})).toEqual([{ path: 'a.b.1', problem }]);
    expect(refused('22P05', { a: { 'k\0': 1 } })).toEqual([{ path: 'a', problem }]);
    expect(refused('22003', { version: 2 ** 53 }, { before: '1e308' })).toEqual([
      { path: 'version', problem: 'must be a number that can be stored' },
      { path: 'before', problem: 'must be a number that can be stored' },
    ]);
  });

  it('is ours, where nothing they sent explains it', () => {
    expect(refused('22021', { text: 'fine' })).toBeUndefined();
    expect(refused('23502', { text: 'a\0' })).toBeUndefined();
    expect(unstorable(new Error('else'), [{ text: 'a\0' }])).toBeNull();
  });
});
