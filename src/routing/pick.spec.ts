import { type Candidate, pick, slackMs, type Waiting } from './pick';

const now = new Date('2026-03-21T10:00:00Z');
const MINUTE = 60_000;
const ticket = (id: string, dueInMinutes: number | null, handlingMs = 5 * MINUTE): Waiting => ({
  id,
  dueAt: dueInMinutes === null ? null : new Date(now.getTime() + dueInMinutes * MINUTE),
  handlingMs,
});
const agent = (id: string, load: number, capacity: number, assignedMinutesAgo: number | null = null): Candidate => ({
  id,
  load,
  capacity,
  lastAssignedAt: assignedMinutesAgo === null ? null : new Date(now.getTime() - assignedMinutesAgo * MINUTE),
});
const order = (waiting: Waiting[], agents: Candidate[]) =>
  pick(waiting, agents, now).map((p) => `${p.ticketId}→${p.agentId}`);

describe('which ticket', () => {
  it('has the least slack, the late ones first and those that owe nothing last', () => {
    const waiting = [ticket('a', null), ticket('b', 30), ticket('c', -10), ticket('d', 5)];
    expect(order(waiting, [agent('ada', 0, 10)])).toEqual(['c→ada', 'd→ada', 'b→ada', 'a→ada']);
  });

  it('counts the time the work will take', () => {
    const waiting = [ticket('quick', 20, MINUTE), ticket('long', 30, 25 * MINUTE)];
    expect(order(waiting, [agent('ada', 0, 10)])).toEqual(['long→ada', 'quick→ada']);
    expect(slackMs(ticket('late', -1), now)).toBe(-6 * MINUTE);
  });

  it('is the older one of equals', () => {
    expect(order([ticket('2', null), ticket('1', null), ticket('3', 7), ticket('0', 7)], [agent('ada', 0, 9)])).toEqual(
      ['0→ada', '3→ada', '1→ada', '2→ada'],
    );
  });
});

describe('which agent', () => {
  it.each<[string, Candidate[], string]>([
    ['the least loaded share, not the least tickets', [agent('ada', 2, 10), agent('ben', 1, 2)], 'ada'],
    ['of equals, the longest without a new ticket', [agent('ada', 0, 5, 1), agent('ben', 0, 5, 60)], 'ben'],
    ['one who never had any goes before', [agent('ada', 0, 5, 60), agent('ben', 0, 5, null)], 'ben'],
    ['the same one each time when all is equal', [agent('ben', 0, 5), agent('ada', 0, 5)], 'ada'],
    ['never one without room', [agent('ada', 5, 5), agent('ben', 4, 5), agent('cem', 0, 0)], 'ben'],
  ])('%s', (_, agents, expected) => {
    expect(pick([ticket('a', 5)], agents, now)[0]?.agentId).toBe(expected);
  });

  it('spreads a storm by capacity and stops when all are full', () => {
    const waiting = Array.from({ length: 20 }, (_, i) => ticket(String(i).padStart(2, '0'), i));
    const picks = pick(waiting, [agent('ada', 0, 4), agent('ben', 0, 8)], now);
    const of = (id: string) => picks.filter((p) => p.agentId === id).length;
    expect([of('ada'), of('ben'), picks.length]).toEqual([4, 8, 12]);
    expect(picks.slice(0, 6).filter((p) => p.agentId === 'ben')).toHaveLength(4);
  });

  it('says why', () => {
    expect(
      pick([ticket('a', 10), ticket('b', null)], [agent('ada', 1, 3), agent('ben', 3, 3)], now).map((p) => p.why),
    ).toEqual([
      { slackMs: 5 * MINUTE, load: 1, capacity: 3, candidates: 1 },
      { slackMs: null, load: 2, capacity: 3, candidates: 1 },
    ]);
  });

  it('leaves its arguments alone', () => {
    const agents = [Object.freeze(agent('ada', 0, 5))];
    expect(() => pick([ticket('a', 1), ticket('b', 2)], agents, now)).not.toThrow();
  });
});
