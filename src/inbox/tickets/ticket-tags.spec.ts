import { changeTags, normaliseTag, readTags, TAGS_AT_MOST } from './ticket-tags';

it.each([
  ['another keyboard', 'پيگيري', 'پیگیری'],
  ['an Arabic kaf', 'كالا', 'کالا'],
  ['capitals and a hash', ' #VIP', 'vip'],
  ['spaces within', 'late   delivery', 'late delivery'],
  ['a stretched word', 'سـلام', 'سلام'],
  ['vowels', 'مُهِم', 'مهم'],
  ['the joiner inside a word stays', 'می‌خواهم', 'می‌خواهم'],
  ['… and goes at its end', 'فوری‌ ', 'فوری'],
  ['direction marks', '\u200Fفوری\u200F', 'فوری'],
  ['nothing', ' # ', ''],
])('%s', (_, typed, tag) => {
  expect(normaliseTag(typed)).toBe(tag);
  expect(normaliseTag(tag)).toBe(tag);
});

it.each([[['a,b']], [['']], [['x'.repeat(61)]], [['two\nlines\u0007']]])('%j is no tag', (tags) => {
  expect(() => readTags(tags, 'add')).toThrow(
    expect.objectContaining({ details: { fields: [expect.objectContaining({ path: 'add' })] } }),
  );
});

it.each([
  ['adds once', ['a'], { add: ['A', 'b', 'B'] }, ['a', 'b'], ['b'], []],
  ['takes away what is there', ['a', 'b'], { remove: ['B', 'c'] }, ['a'], [], ['b']],
  ['takes away last', ['a'], { add: ['b'], remove: ['b'] }, ['a'], [], []],
  ['leaves the rest in its order', ['c', 'a'], { add: ['b'] }, ['c', 'a', 'b'], ['b'], []],
])('%s', (_, tags, change, after, added, removed) => {
  expect(changeTags(tags, change)).toEqual({ tags: after, added, removed });
});

it('stops at the most a ticket takes, and lets go of what is too many', () => {
  const full = Array.from({ length: TAGS_AT_MOST }, (_, i) => `t${i}`);
  expect(() => changeTags(full, { add: ['one more'] })).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  expect(changeTags(full, { add: ['one more'], remove: ['t0'] }).tags).toHaveLength(TAGS_AT_MOST);
});
