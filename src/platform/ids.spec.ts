import { hashKey, isUuid, uuidv7 } from './ids';

const timeOf = (id: string) => parseInt(id.replace('-', '').slice(0, 12), 16);

it('is in order and unique, however many in one millisecond', () => {
  const now = Date.now() + 1_000;
  const ids = Array.from({ length: 10_000 }, () => uuidv7(now));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  // 4,096 fit in a millisecond; the rest borrow the next ones
  expect(timeOf(ids[4095]!)).toBe(now);
  expect(timeOf(ids[4096]!)).toBe(now + 1);
  expect(timeOf(ids.at(-1)!)).toBe(now + 2);
});

it('does not go back when the clock does, and catches up with it', () => {
  const now = Date.now() + 10_000;
  const [first, back, forward] = [uuidv7(now), uuidv7(now - 5_000), uuidv7(now + 1)];
  expect(first < back && back < forward).toBe(true);
  expect(timeOf(forward)).toBe(now + 1);
});

it('carries its version, its variant and its time', () => {
  const now = Date.now() + 20_000;
  const id = uuidv7(now);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(timeOf(id)).toBe(now);
});

it('knows an id when it sees one', () => {
  expect(isUuid(uuidv7())).toBe(true);
  expect(isUuid(uuidv7().toUpperCase())).toBe(true);
  for (const other of ['', 'x', `${uuidv7()} `, uuidv7().replaceAll('-', ''), 7, null, undefined])
    expect(isUuid(other)).toBe(false);
});

it('makes the same key of the same text, in the shape of an id', () => {
  expect(hashKey('comment:1:add')).toBe(hashKey('comment:1:add'));
  expect(hashKey('comment:1:add')).not.toBe(hashKey('comment:2:add'));
  expect(isUuid(hashKey('پاسخ'))).toBe(true);
});
