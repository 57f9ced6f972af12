import { filtersOf, isView, readInboxSearch } from './search';

it('reads the filters of an address and nothing else', () => {
  expect(readInboxSearch({ ticket: 't1', q: 'مریم', channel: '', evil: 'x', kind: ['dm'] })).toEqual({
    ticket: 't1',
    q: 'مریم',
  });
});

it.each([
  ['a number', 48213, '48213'],
  ['a yes', true, 'true'],
])('takes %s as the text it was written as', (_, read, written) =>
  expect(readInboxSearch({ q: read, tag: read })).toEqual({ q: written, tag: written }),
);

it('does not ask for another list when another ticket is opened', () => {
  expect(filtersOf('mine', { ticket: 't1', kind: 'dm' })).toEqual(filtersOf('mine', { ticket: 't2', kind: 'dm' }));
});

it('knows its views', () => {
  expect(isView('mine')).toBe(true);
  expect(isView('yours')).toBe(false);
});
