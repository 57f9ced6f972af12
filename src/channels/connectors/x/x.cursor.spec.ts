import { cursorOf, idBefore, stageAfter, watch } from './x.cursor';

const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
const post = (id: string, hoursAgo = 0) => ({ id, since: id, at: new Date(NOW - hoursAgo * HOUR).toISOString() });

describe('watched posts', () => {
  it('are the newest, as far as search reaches back', () => {
    const watched = [post('300', 1), post('100', 167.5), post('200', 166)];
    expect(watch(watched, [post('1000'), post('400')], { watchedPosts: 3 }, NOW).map(({ id }) => id)).toEqual([
      '1000',
      '400',
      '300',
    ]);
    expect(watch(watched, [], {}, NOW).map(({ id }) => id)).toEqual(['300', '200']);
    expect(watch(watched, [], { watchedPosts: 0 }, NOW)).toEqual([]);
  });

  it('keep where their replies were read up to when they are seen again', () =>
    expect(watch([{ ...post('300', 1), since: '350' }], [post('300', 1)], {}, NOW)).toEqual([
      { ...post('300', 1), since: '350' },
    ]));
});

it('an id of half a minute earlier', () => {
  const id = (BigInt(NOW) << 22n) + 5n;
  expect(idBefore(id.toString(), 30_000)).toBe(((BigInt(NOW - 30_000) << 22n) + 5n).toString());
  expect([idBefore('7', 30_000), idBefore('7', 0), idBefore('not a number', 1)]).toEqual(['1', '7', 'not a number']);
});

it.each([
  ['everything', {}, ['own', 'replies', 'mentions', 'messages']],
  ['no messages', { readMessages: false }, ['own', 'replies', 'mentions']],
  ['no search', { watchedPosts: 0 }, ['mentions', 'messages']],
])('a reading of %s', (_, settings, stages) => {
  const cursor = { newest: {}, watched: [post('1')] };
  const order: string[] = [];
  for (let stage = stageAfter(undefined, cursor, settings); stage; stage = stageAfter(stage, cursor, settings))
    order.push(stage);
  expect(order).toEqual(stages);
});

it.each<[string, unknown]>([
  ['nothing', null],
  ['text', 'a'],
  ['another shape', { newest: [1], watched: 'x', round: { stage: 'other' } }],
  ['keys of the language', JSON.parse('{"newest":{"__proto__":{"own":"1"}},"watched":[{"id":{}}]}')],
])('a stored cursor that is %s begins anew', (_, value) =>
  expect(cursorOf(value)).toEqual({ newest: {}, watched: [] }),
);

it('a stored cursor reads back as it was', () => {
  const cursor = {
    newest: { own: '5' },
    watched: [post('5')],
    round: { stage: 'mentions' as const, token: 't', seen: '9' },
  };
  expect(cursorOf(JSON.parse(JSON.stringify(cursor)))).toEqual(cursor);
});
