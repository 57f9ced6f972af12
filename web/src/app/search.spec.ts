import { filtersOf, isView, readInboxSearch } from './search';

it('reads the filters of an address and nothing else', () => {
  expect(readInboxSearch({ ticket: 't1', q: 'مریم', channel: '', evil: 'x', kind: ['dm'] })).toEqual({
    ticket: 't1',
    q: 'مریم',
  });
});

it('takes a search for a number as text', () => expect(readInboxSearch({ q: 48213 })).toEqual({ q: '48213' }));

it('does not ask for another list when another ticket is opened', () => {
  expect(filtersOf('mine', { ticket: 't1', kind: 'dm' })).toEqual(filtersOf('mine', { ticket: 't2', kind: 'dm' }));
});

it('knows its views', () => {
  expect(isView('mine')).toBe(true);
  expect(isView('yours')).toBe(false);
});
