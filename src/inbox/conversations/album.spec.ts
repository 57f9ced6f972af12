import { type AlbumPart, captionOf, withPart } from './album';

const part = (id: string, text = '', over: Partial<AlbumPart> = {}): AlbumPart => ({
  id,
  at: '2026-11-22T12:00:00.000Z',
  text,
  ...over,
});
const album = (...parts: AlbumPart[]) => parts.reduce<AlbumPart[]>(withPart, []);

it('is in the network’s order whatever came first', () => {
  const parts = [part('7:9'), part('7:10', 'چند است؟'), part('7:11', '', { at: '2026-11-22T11:59:59.000Z' })];
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
    [1, 0, 2, 1],
  ]) {
    const told = album(...order.map((i) => parts[i]!));
    expect(told.map(({ id }) => id)).toEqual(['7:11', '7:9', '7:10']);
    expect(captionOf(told)).toBe('چند است؟');
  }
});

it('joins captions, and leaves out those taken back', () => {
  const both = album(part('2', 'two'), part('1', 'one'));
  expect(captionOf(both)).toBe('one\ntwo');
  expect(captionOf(withPart(both, { ...both[0]!, deletedAt: '2026-11-22T12:01:00.000Z' }))).toBe('two');
});
