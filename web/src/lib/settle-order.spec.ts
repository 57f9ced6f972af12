import { settleOrder } from './settle-order';

it.each([
  ['nothing held follows the server', ['a', 'b'], ['c', 'b', 'a'], false, ['c', 'b', 'a'], 0],
  ['a newcomer on top waits', ['a', 'b'], ['c', 'a', 'b'], true, ['a', 'b'], 1],
  ['a reordering waits', ['a', 'b', 'c'], ['c', 'a', 'b'], true, ['a', 'b', 'c'], 0],
  ['a row that left keeps its place', ['a', 'b', 'c'], ['a', 'c'], true, ['a', 'b', 'c'], 0],
  ['the next page is added below', ['a', 'b'], ['a', 'b', 'c', 'd'], true, ['a', 'b', 'c', 'd'], 0],
  ['the first rows appear at once', [], ['a'], true, ['a'], 0],
])('%s', (_, shown, incoming, hold, order, held) =>
  expect(settleOrder(shown, incoming, hold)).toEqual({ order, held }),
);
