import type { WaitingEvent } from './ledger.repository';
import { Suspects } from './suspects';

const event = (id: string, threadKey = id): WaitingEvent => ({
  workspaceId: 'harbour',
  id,
  channelId: 'page',
  threadKey,
  lane: 1,
  eventKey: id,
  receivedAt: new Date(0),
  delivery: { id: 'd', source: 'meta', body: Buffer.alloc(0) },
});

describe('events that failed by themselves', () => {
  it('are given out once when their pause is over, and wait longer each time', () => {
    const suspects = new Suspects();
    const pauses = [300, 600, 1_200, 2_400, 4_800, 5_000, 5_000];
    let now = 0;
    for (const pause of pauses) {
      suspects.rest(event('a'), now, false);
      expect({ pause, early: suspects.due(now + pause - 1) }).toEqual({ pause, early: undefined });
      now += pause;
      expect(suspects.due(now)?.id).toBe('a');
      expect(suspects.due(now + 60_000)).toBeUndefined();
    }
  });

  it('have as many tries as failed for good, whatever passed in between', () => {
    const suspects = new Suspects();
    const fails = [true, true, false, true, false, false];
    expect(fails.map((passes) => suspects.rest(event('a'), 0, passes))).toEqual([0, 0, 1, 1, 2, 3]);
    suspects.clear(event('a'));
    expect(suspects.rest(event('a'), 0, false)).toBe(1);
  });

  it('hold their threads until they are cleared, also while they are tried', () => {
    const suspects = new Suspects();
    suspects.rest(event('a', 'dm:1'), 0, false);
    suspects.rest(event('b', 'dm:1'), 0, false);
    suspects.rest(event('c', 'dm:2'), 0, false);
    expect(suspects.threads()).toEqual(['page dm:1', 'page dm:2']);
    expect(suspects.due(300)?.id).toBe('a');
    suspects.clear(event('c'));
    expect(suspects.threads()).toEqual(['page dm:1']);
    suspects.clear(event('a'));
    suspects.clear(event('b'));
    expect(suspects.threads()).toEqual([]);
  });
});
