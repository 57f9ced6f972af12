import { type Fullness, fullnessOf, roomIn } from './file-quota';

it.each<[string, Fullness, number, number | null, boolean, Fullness]>([
  ['no limit is never full', 80, 10_000, null, false, 0],
  ['a byte below 80 %', 0, 79, 100, false, 0],
  ['80 %', 0, 80, 100, false, 80],
  ['at the limit', 80, 100, 100, false, 100],
  ['above a limit that was lowered', 0, 300, 100, false, 100],
  ['a file that found no room, whatever is left', 80, 85, 100, true, 100],
  ['a little was taken away: it stays told', 100, 85, 100, false, 100],
  ['much was taken away: it may be told again', 100, 79, 100, false, 0],
  ['nothing may be kept', 0, 0, 0, false, 100],
])('%s', (_, before, usedBytes, limitBytes, refused, expected) =>
  expect(fullnessOf(before, { usedBytes, limitBytes }, refused)).toBe(expected),
);

it.each([
  [10, null, Infinity],
  [10, 15, 5],
  [20, 15, 0],
])('%d of %s leaves %d', (usedBytes, limitBytes, room) => expect(roomIn({ usedBytes, limitBytes })).toBe(room));
