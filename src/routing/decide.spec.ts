import { decide } from './decide';
import type { Candidate, Decision, RoutingSettings, Waiting } from './work';

const MINUTE = 60_000;
const now = new Date('2026-03-21T10:00:00Z');
const at = (minutes: number) => new Date(now.getTime() + minutes * MINUTE);
const settings: RoutingSettings = { continuitySlackMs: 15 * MINUTE, lateShare: 0.1 };

type Odd<T> = Partial<T> & { id: string };
const ticket = (dueIn: number | null, odd: Odd<Waiting>): Waiting => ({
  queueId: 'care',
  workType: 'dm',
  weight: 1,
  priority: 'normal',
  vip: false,
  dueAt: dueIn === null ? null : at(dueIn),
  waitingSince: at(-60),
  handlingMs: 5 * MINUTE,
  needs: {},
  knownBy: null,
  declinedBy: [],
  ...odd,
});
const agent = (odd: Odd<Candidate>): Candidate => ({
  queueIds: ['care'],
  skills: {},
  load: 0,
  capacity: 5,
  takes: null,
  lastAssignedAt: null,
  inTimeTurns: 0,
  ...odd,
});
const told = (decisions: Decision[]) => decisions.map((d) => `${d.ticketId}→${d.agentId}`).join(' ');
const order = (waiting: Waiting[], agents = [agent({ id: 'ada', capacity: 20 })], with_ = settings) =>
  decide(waiting, agents, with_, now)
    .map((d) => d.ticketId)
    .join(' ');

describe('which ticket is next', () => {
  it.each<[string, Waiting[], string]>([
    ['the least slack', [ticket(30, { id: 'a' }), ticket(10, { id: 'b' })], 'b a'],
    [
      'counting the time the work takes',
      [ticket(20, { id: 'quick', handlingMs: MINUTE }), ticket(30, { id: 'long', handlingMs: 25 * MINUTE })],
      'long quick',
    ],
    ['what can be in time before what cannot', [ticket(4, { id: 'late' }), ticket(60, { id: 'easy' })], 'easy late'],
    ['what ends this minute is not late yet', [ticket(5, { id: 'edge' }), ticket(6, { id: 'next' })], 'edge next'],
    [
      'of what is late the longest wait',
      [ticket(-10, { id: 'a', waitingSince: at(-30) }), ticket(-9, { id: 'b', waitingSince: at(-240) })],
      'b a',
    ],
    ['what owes nothing last', [ticket(null, { id: 'a' }), ticket(-60, { id: 'b' }), ticket(9, { id: 'c' })], 'c b a'],
    [
      'unless it has waited for days',
      [ticket(null, { id: 'a', waitingSince: at(-2880) }), ticket(-60, { id: 'b' })],
      'a b',
    ],
    [
      'a VIP as if twenty minutes less were left',
      [ticket(30, { id: 'vip', vip: true }), ticket(12, { id: 'a' }), ticket(9, { id: 'b' })],
      'b vip a',
    ],
    [
      'urgent, then high, then the others',
      [
        ticket(60, { id: 'normal' }),
        ticket(60, { id: 'low', priority: 'low' }),
        ticket(60, { id: 'high', priority: 'high' }),
        ticket(60, { id: 'urgent', priority: 'urgent' }),
      ],
      'urgent high low normal',
    ],
    ['late VIPs before those who are later', [ticket(-90, { id: 'a' }), ticket(-5, { id: 'vip', vip: true })], 'vip a'],
    ['the older one of equals', [ticket(7, { id: '2' }), ticket(7, { id: '1' })], '1 2'],
  ])('%s', (_, waiting, expected) => {
    expect(order(waiting)).toBe(expected);
  });

  const backlog = [
    ...Array.from({ length: 12 }, (_, i) => ticket(30 + i, { id: `t${String(i).padStart(2, '0')}` })),
    ticket(-30, { id: 'late1' }),
    ticket(-20, { id: 'late2' }),
  ];

  it('is a late one every tenth turn, however many can be in time', () => {
    expect(order(backlog)).toBe('t00 t01 t02 t03 t04 t05 t06 t07 t08 late1 t09 t10 t11 late2');
  });

  it('is a late one at once when the agent has owed a turn since before', () => {
    const [first] = decide(backlog, [agent({ id: 'ada', inTimeTurns: 9 })], settings, now);
    expect(first).toMatchObject({ ticketId: 'late1', inTimeTurns: 0, why: { late: true, slackMs: -35 * MINUTE } });
  });

  it.each<[number, string]>([
    [0, 't00 t01 t02 t03'],
    [0.5, 't00 late1 t01 late2'],
    [0.3, 't00 t01 t02 late1'], // at most the share: one in four, not one in three
    [1, 'late1 late2 t00 t01'],
  ])('keeps to a share of %p for what is late', (lateShare, expected) => {
    expect(order(backlog, [agent({ id: 'ada', capacity: 4 })], { ...settings, lateShare })).toBe(expected);
  });
});

describe('who can take it', () => {
  it.each<[string, Partial<Waiting>, Partial<Candidate>, boolean]>([
    ['works another queue', {}, { queueIds: ['sales'] }, false],
    ['knows the language well enough', { needs: { 'lang:fa': 3 } }, { skills: { 'lang:fa': 3 } }, true],
    ['knows it too little', { needs: { 'lang:fa': 3 } }, { skills: { 'lang:fa': 2 } }, false],
    ['does not know it', { needs: { 'lang:fa': 1 } }, {}, false],
    ['is away for calls', { workType: 'call' }, { takes: ['dm'] }, false],
    ['is here for DMs', {}, { takes: ['dm'] }, true],
    ['is full', {}, { load: 5 }, false],
    ['has room for half a one', { weight: 0.5 }, { load: 4.5 }, true],
    ['has ten tenths of one', { weight: 0.1 }, { load: 0.1 + 0.2 + 0.6, capacity: 1 }, true],
    ['has not room for a heavy one', { weight: 2 }, { load: 4 }, false],
    ['has nothing in hand for a call', { weight: Infinity }, {}, true],
    ['has a little in hand, so no call', { weight: Infinity }, { load: 0.1 }, false],
    ['takes nothing at all', { weight: Infinity }, { capacity: 0 }, false],
    ['let it pass, and nobody else is here', { declinedBy: ['ada'] }, {}, true],
  ])('one who %s', (_, need, odd, expected) => {
    expect(decide([ticket(30, { id: 'a', ...need })], [agent({ id: 'ada', ...odd })], settings, now)).toHaveLength(
      expected ? 1 : 0,
    );
  });

  it('gives nobody more beside a call', () => {
    const waiting = [ticket(9, { id: 'call', weight: Infinity }), ticket(10, { id: 'dm' })];
    expect(order(waiting)).toBe('call');
  });

  it('fills nobody up with small things while a bigger one that comes first finds no room', () => {
    const waiting = [ticket(9, { id: 'call', weight: Infinity }), ticket(10, { id: 'dm' }), ticket(11, { id: 'dm2' })];
    const agents = [agent({ id: 'ada', load: 1 }), agent({ id: 'ben', load: 2 })];
    expect(told(decide(waiting, agents, settings, now))).toBe('dm→ben dm2→ben'); // ada finishes, then calls
    expect(told(decide(waiting, [agents[1]!], settings, now))).toBe('');
  });

  it('but fills up those who could not take the bigger one at all', () => {
    const waiting = [ticket(9, { id: 'call', weight: Infinity }), ticket(10, { id: 'dm' })];
    expect(order(waiting, [agent({ id: 'ada', load: 1, takes: ['dm'] })])).toBe('');
    expect(
      order([{ ...waiting[0]!, workType: 'call' }, waiting[1]!], [agent({ id: 'ada', load: 1, takes: ['dm'] })]),
    ).toBe('dm');
  });

  it('asks another before the one who let it pass', () => {
    const agents = [agent({ id: 'ada' }), agent({ id: 'ben', load: 4 })];
    expect(told(decide([ticket(30, { id: 'a', declinedBy: ['ada'] })], agents, settings, now))).toBe('a→ben');
  });
});

describe('which agent', () => {
  const fa = { 'lang:fa': 5 };
  const both = { 'lang:fa': 5, 'lang:en': 4 };
  it.each<[string, Partial<Waiting>, Candidate[], string, string]>([
    ['the freest', {}, [agent({ id: 'ada', load: 2, capacity: 10 }), agent({ id: 'ben', load: 2 })], 'ada', 'freest'],
    [
      'the one who has waited longest',
      {},
      [agent({ id: 'ada', lastAssignedAt: at(-1) }), agent({ id: 'ben', lastAssignedAt: at(-9) })],
      'ben',
      'waited_longest',
    ],
    [
      'who never had any',
      {},
      [agent({ id: 'ada', lastAssignedAt: at(-9) }), agent({ id: 'ben' })],
      'ben',
      'waited_longest',
    ],
    ['the same one each time', {}, [agent({ id: 'ben' }), agent({ id: 'ada' })], 'ada', 'waited_longest'],
    [
      'who knows the customer, busier or not, while there is time',
      { knownBy: 'ben' },
      [agent({ id: 'ada' }), agent({ id: 'ben', load: 4 })],
      'ben',
      'knows_customer',
    ],
    [
      'the one without a rarer skill',
      { needs: { 'lang:fa': 1 } },
      [
        agent({ id: 'ada', skills: both }),
        agent({ id: 'ben', skills: fa, load: 1 }),
        agent({ id: 'cem', skills: fa, load: 2 }),
      ],
      'ben',
      'best_skill',
    ],
    [
      'the one with it once the others are much busier',
      { needs: { 'lang:fa': 1 } },
      [
        agent({ id: 'ada', skills: both }),
        agent({ id: 'ben', skills: fa, load: 3 }),
        agent({ id: 'cem', skills: fa, load: 3 }),
      ],
      'ada',
      'freest',
    ],
    [
      'the only one',
      { needs: { 'lang:en': 1 } },
      [agent({ id: 'ada', skills: both, load: 4 }), agent({ id: 'ben', skills: fa })],
      'ada',
      'only_one',
    ],
  ])('%s', (_, odd, agents, agentId, rule) => {
    expect(decide([ticket(30, { id: 'a', ...odd })], agents, settings, now)).toMatchObject([
      { agentId, why: { rule } },
    ]);
  });

  const busy = [agent({ id: 'ada' }), agent({ id: 'ben', load: 5 }), agent({ id: 'cem', load: 1 })];
  it.each<[string, Waiting, string]>([
    ['waits for who knows the customer while there is time', ticket(20, { id: 'a', knownBy: 'ben' }), ''],
    ['but no longer', ticket(19, { id: 'a', knownBy: 'ben' }), 'a→ada'],
    ['prefers the freest to who knows the customer then', ticket(19, { id: 'a', knownBy: 'cem' }), 'a→ada'],
    ['nor when it is urgent', ticket(60, { id: 'a', knownBy: 'ben', priority: 'urgent' }), 'a→ada'],
    ['nor for one who is not here', ticket(60, { id: 'a', knownBy: 'dan' }), 'a→ada'],
    ['nor for one who let it pass', ticket(60, { id: 'a', knownBy: 'ben', declinedBy: ['ben'] }), 'a→ada'],
    ['waits a while when nothing is due', ticket(null, { id: 'a', knownBy: 'ben', waitingSince: at(-14) }), ''],
    ['and not for ever', ticket(null, { id: 'a', knownBy: 'ben', waitingSince: at(-15) }), 'a→ada'],
  ])('%s', (_, waiting, expected) => {
    expect(told(decide([waiting], busy, settings, now))).toBe(expected);
  });

  it('holds up nobody else by waiting', () => {
    expect(order([ticket(21, { id: 'held', knownBy: 'ben' }), ticket(22, { id: 'next' })], busy)).toBe('next');
  });

  it('spreads a storm by capacity and stops when all are full', () => {
    const waiting = Array.from({ length: 20 }, (_, i) => ticket(30 + i, { id: String(i).padStart(2, '0') }));
    const decisions = decide(
      waiting,
      [agent({ id: 'ada', capacity: 4 }), agent({ id: 'ben', capacity: 8 })],
      settings,
      now,
    );
    const of = (id: string) => decisions.filter((d) => d.agentId === id).length;
    expect([of('ada'), of('ben')]).toEqual([4, 8]);
    expect(decisions.slice(0, 6).filter((d) => d.agentId === 'ben')).toHaveLength(4);
  });
});
