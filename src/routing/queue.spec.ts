import { holds, laneOf, meets, needsNow, needsOfLane, placeOf, type Queue, queueOfLane, type Work } from './queue';

const work: Work = {
  channelKind: 'instagram',
  threadKind: 'dm',
  brandId: 'b1',
  language: 'fa',
  priority: 'normal',
  tier: null,
  tags: ['refund', 'late'],
  workType: 'dm',
};
const queue = (id: string, change: Partial<Queue> = {}): Queue => ({
  id,
  teamId: 't',
  name: id,
  rank: 0,
  conditions: {},
  mode: null,
  acceptSeconds: null,
  needs: {},
  vipFirst: true,
  calendarId: null,
  overflowQueueId: null,
  open: true,
  turnsAt: null,
  version: 1,
  ...change,
});

describe('conditions', () => {
  it.each<[string, Queue['conditions'], boolean]>([
    ['none named', {}, true],
    ['an empty list asks nothing', { tags: [] }, true],
    ['one of the tags', { tags: ['refund', 'other'] }, true],
    ['none of the tags', { tags: ['other'] }, false],
    ['both lists must hold', { tags: ['refund'], languages: ['en'] }, false],
    ['both hold', { tags: ['refund'], languages: ['en', 'fa'], brandIds: ['b1'] }, true],
    ['a tier nobody gave', { tiers: ['vip'] }, false],
    ['kind of channel and of thread', { channelKinds: ['instagram'], threadKinds: ['comment'] }, false],
    ['type of work and priority', { workTypes: ['dm'], priorities: ['normal', 'high'] }, true],
  ])('%s', (_, conditions, expected) => expect(holds(conditions, work)).toBe(expected));
});

describe('while its queue is closed, work waits', () => {
  const closed = (id: string, overflowQueueId: string | null) => queue(id, { open: false, overflowQueueId });
  const never = { conditions: { tags: ['never'] } };
  it.each<[string, Queue[], string]>([
    ['there, where nothing else is said', [closed('day', null)], 'day'],
    ['in the queue it overflows to', [closed('day', 'night'), queue('night', never)], 'night'],
    ['in the first open one of several', [closed('a', 'b'), closed('b', 'c'), queue('c', never)], 'c'],
    ['at home where the others are closed too', [closed('a', 'b'), closed('b', null)], 'a'],
    ['at home where they lead round in a ring', [closed('a', 'b'), closed('b', 'a')], 'a'],
    ['at home where the other is gone', [closed('a', 'gone')], 'a'],
  ])('%s', (_, queues, expected) => expect(placeOf(work, queues, false, []).queueId).toBe(expected));

  it('and at home once it is open, by what its own queue needs', () => {
    const queues = [queue('day', { overflowQueueId: 'night', needs: { refunds: 2 } }), queue('night')];
    expect(placeOf(work, queues, false, [])).toMatchObject({ queueId: 'day', needs: { refunds: 2 } });
    const atNight = [{ ...queues[0]!, open: false }, queues[1]!];
    expect(placeOf(work, atNight, false, [])).toMatchObject({ queueId: 'night', needs: {} });
  });
});

describe('where work waits', () => {
  it('is the first queue by rank whose conditions hold', () => {
    const queues = [
      queue('en', { conditions: { languages: ['en'] } }),
      queue('refunds', { conditions: { tags: ['refund'] } }),
      queue('rest'),
    ];
    expect(placeOf(work, queues, false, []).queueId).toBe('refunds');
    expect(placeOf({ ...work, tags: [] }, queues, false, []).queueId).toBe('rest');
    expect(placeOf(work, [], false, []).queueId).toBeNull();
  });

  it('asks for the language once skills say who speaks what, at the level the queue asks if it does', () => {
    expect(placeOf(work, [], false, []).needs).toEqual({});
    expect(placeOf(work, [], true, []).needs).toEqual({ 'lang:fa': 1 });
    expect(placeOf({ ...work, language: null }, [], true, []).needs).toEqual({});
    expect(placeOf(work, [queue('q', { needs: { 'lang:fa': 4, refunds: 2 } })], true, []).needs).toEqual({
      'lang:fa': 4,
      refunds: 2,
    });
  });

  it('puts first who matters, where the queue does so', () => {
    const vip = { ...work, tier: 'gold' };
    expect(placeOf(vip, [], false, ['gold']).vip).toBe(true);
    expect(placeOf(vip, [queue('q', { vipFirst: false })], false, ['gold']).vip).toBe(false);
    expect(placeOf(vip, [], false, ['vip']).vip).toBe(false);
  });

  it('spells a lane the same whatever the order of needs, and ordinary work as nothing', () => {
    expect(laneOf(null, 'dm', {})).toBe('');
    expect(laneOf('q', 'call', { b: 2, a: 1 })).toBe('q|call|a=1|b=2');
    expect(laneOf('q', 'call', { a: 1, b: 2 })).toBe('q|call|a=1|b=2');
    expect(['', '|comment', 'q|dm|a=1'].map(queueOfLane)).toEqual([null, null, 'q']);
    expect(['', '|comment', 'q|dm|a=1|lang:fa=3'].map(needsOfLane)).toEqual([{}, {}, { a: 1, 'lang:fa': 3 }]);
  });
});

describe('a language nobody came for', () => {
  const since = new Date('2026-03-21T10:00:00Z');
  const after = (seconds: number) => new Date(since.getTime() + seconds * 1_000);
  it.each<[string, number | null, number, object]>([
    ['is waited for', 600, 599, { 'lang:ku': 1, refunds: 2 }],
    ['is given up in time, other skills are not', 600, 600, { refunds: 2 }],
    ['is waited for without end where so set', null, 1e6, { 'lang:ku': 1, refunds: 2 }],
  ])('%s', (_, fallback, seconds, expected) =>
    expect(needsNow({ 'lang:ku': 1, refunds: 2 }, since, fallback, after(seconds))).toEqual(expected),
  );

  it('skills meet needs at the level or above', () => {
    expect(meets({ a: 3 }, { a: 3 })).toBe(true);
    expect(meets({ a: 2 }, { a: 3 })).toBe(false);
    expect(meets({}, { a: 1 })).toBe(false);
    expect(meets({}, {})).toBe(true);
  });
});
