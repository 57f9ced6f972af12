import { type Clock, type ClockContext, type Fact, isRunning } from './facts';
import { defaultPolicy, type PolicyFacts } from './policy';
import { advance } from './ticket-clocks';

const T0 = Date.parse('2026-03-21T10:00:00Z');
const minute = (n: number) => new Date(T0 + n * 60_000);
const policy = defaultPolicy('01900000-0000-7000-8000-000000000001');

const wrote = (position: number, at: number): Fact => ({ position, type: 'customer_wrote', startedAt: minute(at) });
const answered = (position: number, at: number, by: 'agent' | 'bot' = 'agent'): Fact => ({
  position,
  type: 'answered',
  by,
  at: minute(at),
});
const elsewhere = (position: number, at: number): Fact => ({
  position,
  type: 'answered',
  by: 'agent',
  at: minute(at),
  elsewhere: true,
});
/** An answer with a name, so that it can fail. */
const said = (position: number, at: number, messageId: string, by: 'agent' | 'bot' = 'agent'): Fact => ({
  position,
  type: 'answered',
  by,
  at: minute(at),
  messageId,
});
const failed = (position: number, at: number, messageId: string): Fact => ({
  position,
  type: 'answer_failed',
  messageId,
  at: minute(at),
});
type Status = Extract<Fact, { type: 'status_changed' }>;
const moved = (position: number, at: number, from: Status['from'], to: Status['to'], byAgent = true): Fact => ({
  position,
  type: 'status_changed',
  from,
  to,
  byAgent,
  at: minute(at),
});

const described = (priority: PolicyFacts['priority']): PolicyFacts => ({
  channelKind: 'instagram',
  threadKind: 'dm',
  brandId: 'harbour',
  tier: null,
  language: 'fa',
  priority,
  tags: [],
  teamId: null,
});

function context(
  bot: 'no' | 'first_response' | 'any_response' = 'no',
  priority: PolicyFacts['priority'] = 'normal',
): ClockContext {
  let n = 0;
  return {
    described: described(priority),
    policyFor: () => ({ ...policy, botCounts: bot }),
    policyById: () => ({ ...policy, botCounts: bot }),
    calendarOf: () => null,
    calendarById: () => null,
    newId: () => `clock-${++n}`,
  };
}
const run = (facts: Fact[], ctx = context()) => advance([], facts, ctx);
const since = (date: Date | null) => (date === null ? null : (date.getTime() - T0) / 60_000);
const show = (clocks: Clock[]) =>
  [...clocks]
    .sort((a, b) => a.openedPosition - b.openedPosition)
    .map((c) => [
      c.kind,
      since(c.startedAt),
      since(c.dueAt),
      c.metAt ? 'met' : c.cancelledAt ? 'cancelled' : 'running',
      since(c.metAt ?? c.cancelledAt),
    ]);

describe('waiting', () => {
  it.each<[string, Fact[], unknown[]]>([
    ['a first message starts a clock', [wrote(1, 0)], [['first_response', 0, 60, 'running', null]]],
    ['more words do not start another', [wrote(1, 0), wrote(2, 5)], [['first_response', 0, 60, 'running', null]]],
    [
      'an earlier word that came later moves the start back',
      [wrote(1, 5), wrote(2, 2)],
      [['first_response', 2, 62, 'running', null]],
    ],
    ['an answer meets it', [wrote(1, 0), answered(2, 9)], [['first_response', 0, 60, 'met', 9]]],
    [
      'an answer given with another tool meets it when it was written',
      [wrote(1, 0), elsewhere(2, 5)],
      [['first_response', 0, 60, 'met', 5]],
    ],
    [
      'an older word from another tool that came late answers nothing',
      [wrote(1, 8), elsewhere(2, 5)],
      [['first_response', 8, 68, 'running', null]],
    ],
    [
      'a bot does not, unless the policy says so',
      [wrote(1, 0), answered(2, 0, 'bot')],
      [['first_response', 0, 60, 'running', null]],
    ],
    [
      'the next question is a next response',
      [wrote(1, 0), answered(2, 9), wrote(3, 20)],
      [
        ['first_response', 0, 60, 'met', 9],
        ['next_response', 20, 140, 'running', null],
      ],
    ],
    [
      'a message written before our answer but seen after it still waits',
      [wrote(1, 0), answered(2, 9), wrote(3, 8)],
      [
        ['first_response', 0, 60, 'met', 9],
        ['next_response', 8, 128, 'running', null],
      ],
    ],
    [
      'solving without a word cancels',
      [wrote(1, 0), moved(2, 3, 'new', 'solved')],
      [['first_response', 0, 60, 'cancelled', 3]],
    ],
    [
      'pending cancels a next response',
      [wrote(1, 0), answered(2, 9), wrote(3, 20), moved(4, 21, 'open', 'pending')],
      [
        ['first_response', 0, 60, 'met', 9],
        ['next_response', 20, 140, 'cancelled', 21],
      ],
    ],
    [
      'pending does not excuse a first response',
      [wrote(1, 0), moved(2, 3, 'new', 'pending')],
      [['first_response', 0, 60, 'running', null]],
    ],
    [
      'on hold the customer waits on',
      [wrote(1, 0), moved(2, 3, 'new', 'on_hold')],
      [['first_response', 0, 60, 'running', null]],
    ],
    [
      'a customer who reopens waits from their message',
      [
        wrote(1, 0),
        answered(2, 9),
        moved(3, 10, 'open', 'solved'),
        moved(4, 31, 'solved', 'open', false),
        wrote(5, 30),
      ],
      [
        ['first_response', 0, 60, 'met', 9],
        ['next_response', 30, 150, 'running', null],
      ],
    ],
    [
      'an agent who reopens owes an answer from then on',
      [wrote(1, 0), answered(2, 9), moved(3, 10, 'open', 'solved'), moved(4, 31, 'solved', 'open')],
      [
        ['first_response', 0, 60, 'met', 9],
        ['next_response', 31, 151, 'running', null],
      ],
    ],
    [
      'a higher priority moves what runs, not what is over',
      [
        wrote(1, 0),
        answered(2, 9),
        wrote(3, 20),
        { position: 4, type: 'priority_changed', from: 'normal', to: 'urgent' },
      ],
      [
        ['first_response', 0, 60, 'met', 9],
        ['next_response', 20, 50, 'running', null],
      ],
    ],
    [
      'an answer that failed met nothing',
      [wrote(1, 0), said(2, 9, 'a'), failed(3, 12, 'a')],
      [['first_response', 0, 60, 'running', null]],
    ],
    [
      'a failed answer sent again meets it then',
      [wrote(1, 0), said(2, 9, 'a'), failed(3, 12, 'a'), said(4, 70, 'a')],
      [['first_response', 0, 60, 'met', 70]],
    ],
    [
      'and may fail again',
      [wrote(1, 0), said(2, 9, 'a'), failed(3, 12, 'a'), said(4, 20, 'a'), failed(5, 21, 'a')],
      [['first_response', 0, 60, 'running', null]],
    ],
    [
      'the next answer holds when the first one failed',
      [wrote(1, 0), said(2, 9, 'a'), said(3, 10, 'b'), failed(4, 12, 'a')],
      [['first_response', 0, 60, 'met', 10]],
    ],
    [
      'two answers, both failed',
      [wrote(1, 0), said(2, 9, 'a'), said(3, 10, 'b'), failed(4, 11, 'b'), failed(5, 12, 'a')],
      [['first_response', 0, 60, 'running', null]],
    ],
    [
      'a second answer that failed takes nothing back',
      [wrote(1, 0), said(2, 9, 'a'), said(3, 10, 'b'), failed(4, 12, 'b')],
      [['first_response', 0, 60, 'met', 9]],
    ],
    [
      'whoever wrote again after a failed answer has waited all the time',
      [wrote(1, 0), said(2, 9, 'a'), wrote(3, 20), failed(4, 25, 'a')],
      [
        ['first_response', 0, 60, 'running', null],
        ['next_response', 20, 140, 'cancelled', 25],
      ],
    ],
    [
      'and one answer is enough for both',
      [wrote(1, 0), said(2, 9, 'a'), wrote(3, 20), said(4, 22, 'b'), failed(5, 25, 'a')],
      [
        ['first_response', 0, 60, 'met', 22],
        ['next_response', 20, 140, 'met', 22],
      ],
    ],
    [
      'pending rests on the answer it was set with',
      [
        wrote(1, 0),
        answered(2, 1),
        wrote(3, 20),
        said(4, 25, 'a'),
        { ...moved(5, 25, 'open', 'pending'), withReply: true } as Fact,
        failed(6, 26, 'a'),
      ],
      [
        ['first_response', 0, 60, 'met', 1],
        ['next_response', 20, 140, 'running', null],
      ],
    ],
    [
      'solved is solved',
      [wrote(1, 0), said(2, 9, 'a'), moved(3, 10, 'open', 'solved'), failed(4, 12, 'a')],
      [['first_response', 0, 60, 'cancelled', 10]],
    ],
    [
      'the failure of what met nothing changes nothing',
      [wrote(1, 0), said(2, 9, 'b', 'bot'), failed(3, 10, 'b')],
      [['first_response', 0, 60, 'running', null]],
    ],
  ])('%s', (_, facts, expected) => {
    const last = facts.at(-1);
    const ctx = context('no', last?.type === 'priority_changed' ? last.to : 'normal');
    expect(show(run(facts, ctx))).toEqual(expected);
  });

  it('counts a bot when the policy says so', () => {
    expect(show(run([wrote(1, 0), answered(2, 1, 'bot')], context('any_response')))).toEqual([
      ['first_response', 0, 60, 'met', 1],
    ]);
  });

  it('lets a bot end a first response only, when the policy says that', () => {
    const facts = [wrote(1, 0), answered(2, 1, 'bot'), wrote(3, 2), answered(4, 3, 'bot')];
    expect(show(run(facts, context('first_response')))).toEqual([
      ['first_response', 0, 60, 'met', 1],
      ['next_response', 2, 122, 'running', null],
    ]);
  });

  it('keeps a wait that has no target, which is never due', () => {
    const none = { ...policy, firstResponseMs: { ...policy.firstResponseMs, normal: null } };
    const ctx = { ...context(), policyFor: () => none, policyById: () => none };
    expect(show(run([wrote(1, 0)], ctx))).toEqual([['first_response', 0, null, 'running', null]]);
    expect(show(run([wrote(1, 0), answered(2, 9), wrote(3, 20)], ctx))).toEqual([
      ['first_response', 0, null, 'met', 9],
      ['next_response', 20, 140, 'running', null],
    ]);
  });

  it('has at most one clock running, and one first response', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const clocks = run(history(seed));
      expect(clocks.filter(isRunning).length).toBeLessThanOrEqual(1);
      expect(clocks.filter((clock) => clock.kind === 'first_response').length).toBeLessThanOrEqual(1);
    }
  });
});

describe('merging', () => {
  const merging = (...args: Parameters<typeof moved>): Fact => ({ ...(moved(...args) as Status), ofMerge: true });
  const away = (position: number, at: number): Fact => ({ position, type: 'merged_away', at: minute(at) });
  const back = (position: number, at: number, more: { answeredAt?: Date; waitingSince?: Date } = {}): Fact => ({
    position,
    type: 'unmerged',
    at: minute(at),
    answeredAt: more.answeredAt ?? null,
    waitingSince: more.waitingSince ?? null,
  });

  it.each<[string, Fact[], unknown[]]>([
    ['ends what waited', [wrote(1, 0), away(2, 5)], [['first_response', 0, 60, 'cancelled', 5]]],
    [
      'and gives it back when it is undone',
      [wrote(1, 0), away(2, 5), back(3, 20)],
      [['first_response', 0, 60, 'running', null]],
    ],
    [
      'closed with the merge and opened with its undoing',
      [wrote(1, 0), merging(2, 5, 'new', 'closed'), away(3, 5), merging(4, 20, 'closed', 'open'), back(5, 20)],
      [['first_response', 0, 60, 'running', null]],
    ],
    [
      'what was answered meanwhile stays answered',
      [wrote(1, 0), away(2, 5), back(3, 20, { answeredAt: minute(8) })],
      [['first_response', 0, 60, 'met', 8]],
    ],
    [
      'and who wrote after that waits',
      [wrote(1, 0), away(2, 5), back(3, 20, { answeredAt: minute(8), waitingSince: minute(12) })],
      [
        ['first_response', 0, 60, 'met', 8],
        ['next_response', 12, 132, 'running', null],
      ],
    ],
    [
      'the ticket that takes it in waits from when its customer did',
      [
        wrote(1, 0),
        answered(2, 1),
        { position: 3, type: 'took_in', at: minute(9), fromTicketId: 'b', waitingSince: minute(4) },
      ],
      [
        ['first_response', 0, 60, 'met', 1],
        ['next_response', 4, 124, 'running', null],
      ],
    ],
    [
      'until it gives it back',
      [
        wrote(1, 0),
        answered(2, 1),
        { position: 3, type: 'took_in', at: minute(9), fromTicketId: 'b', waitingSince: minute(4) },
        { position: 4, type: 'gave_back', at: minute(15), tookInPosition: 3 },
      ],
      [
        ['first_response', 0, 60, 'met', 1],
        ['next_response', 4, 124, 'cancelled', 15],
      ],
    ],
    [
      'an answer that failed after the merge leaves it merged',
      [wrote(1, 0), said(2, 3, 'a'), away(3, 5), failed(4, 6, 'a')],
      [['first_response', 0, 60, 'cancelled', 5]],
    ],
  ])('%s', (_, facts, expected) => {
    expect(show(run(facts))).toEqual(expected);
    const once = run(facts);
    for (let i = 0; i < facts.length; i++) expect(show(advance(once, facts.slice(i), context()))).toEqual(expected);
  });
});

describe('what policies are chosen by', () => {
  const fast = { ...policy, id: 'fast', firstResponseMs: { ...policy.firstResponseMs, normal: 5 * 60_000 } };
  const choosing = (after: Partial<PolicyFacts>): ClockContext => ({
    ...context(),
    described: { ...described('normal'), ...after },
    policyFor: (facts) =>
      facts.tags.includes('vip') || facts.language === 'en' || facts.teamId === 'b' ? fast : policy,
    policyById: (id) => (id === 'fast' ? fast : policy),
  });

  it.each<[string, Fact, Partial<PolicyFacts>]>([
    ['a tag', { position: 2, type: 'tags_changed', added: ['vip'], removed: [] }, { tags: ['vip'] }],
    ['the language', { position: 2, type: 'language_changed', from: 'fa', to: 'en' }, { language: 'en' }],
    ['the team', { position: 2, type: 'team_changed', from: null, to: 'b' }, { teamId: 'b' }],
  ])('%s that comes later chooses again for what runs, and for nothing that is over', (_, fact, after) => {
    expect(show(run([wrote(1, 0), fact], choosing(after)))).toEqual([['first_response', 0, 5, 'running', null]]);
    expect(show(run([wrote(0, 0), answered(1, 2), fact], choosing(after)))).toEqual([
      ['first_response', 0, 60, 'met', 2],
    ]);
  });
});

describe('however events are handed over, the clocks are the same', () => {
  const seeds = Array.from({ length: 300 }, (_, i) => i + 1);
  const inOrder = (facts: Fact[]) =>
    facts.reduce<Clock[]>((clocks, _, i) => advance(clocks, facts.slice(i, i + 1), at(facts.slice(0, i + 1))), []);
  const at = (seen: Fact[]) => context('no', priorityAfter(seen));
  const ids = (clocks: Clock[]) => show(clocks);

  it('one by one, or all in one late batch', () => {
    for (const seed of seeds) {
      const facts = history(seed);
      expect(ids(advance([], facts, at(facts)))).toEqual(ids(inOrder(facts)));
    }
  });

  it('each batch with all that is already known after it', () => {
    for (const seed of seeds) {
      const facts = history(seed);
      let clocks: Clock[] = [];
      for (let i = 0; i < facts.length; i += 3) clocks = advance(clocks, facts.slice(i), uniqueIds(at(facts)));
      expect(ids(clocks)).toEqual(ids(inOrder(facts)));
    }
  });

  it('handled a second time from any point', () => {
    for (const seed of seeds) {
      const facts = history(seed);
      const once = inOrder(facts);
      for (let i = 0; i < facts.length; i++) expect(advance(once, facts.slice(i), at(facts))).toEqual(once);
    }
  });

  it('with answers that fail, looked at again from where they were written', () => {
    for (const seed of seeds) {
      const facts = withFailures(history(seed), seed);
      const whole = advance([], facts, at(facts));
      const from = (i: number) => {
        const fact = facts[i]!;
        if (fact.type !== 'answer_failed') return i;
        return facts.findIndex((other) => other.type === 'answered' && other.messageId === fact.messageId);
      };
      let clocks: Clock[] = [];
      for (let i = 0; i < facts.length; i++) {
        const seen = facts.slice(0, i + 1);
        clocks = advance(clocks, seen.slice(from(i)), uniqueIds(at(seen)));
        expect(clocks.filter(isRunning).length).toBeLessThanOrEqual(1);
      }
      expect(show(clocks)).toEqual(show(whole));
      for (let i = 0; i < facts.length; i++)
        expect(show(advance(whole, facts.slice(from(i)), uniqueIds(at(facts))))).toEqual(show(whole));
    }
  });

  it('with one event set aside and handled at the very end', () => {
    for (const seed of seeds) {
      const facts = history(seed).filter((fact) => fact.type !== 'priority_changed');
      for (let parked = 0; parked < facts.length; parked++) {
        const others = facts.filter((_, i) => i !== parked);
        const late = advance(advance([], others, at(facts)), facts.slice(parked), uniqueIds(at(facts)));
        const periods = (clocks: Clock[]) => show(clocks).map(([kind, , , ...ended]) => [kind, ...ended]);
        expect(periods(late)).toEqual(periods(inOrder(facts)));
      }
    }
  });
});

let made = 0;
const uniqueIds = (ctx: ClockContext): ClockContext => ({ ...ctx, newId: () => `later-${++made}` });

const priorityAfter = (facts: Fact[]) =>
  facts.reduce<PolicyFacts['priority']>(
    (priority, fact) => (fact.type === 'priority_changed' ? fact.to : priority),
    'normal',
  );

/** The same history, with some of its answers failing up to three facts later, and some of those sent again. */
function withFailures(facts: Fact[], seed: number): Fact[] {
  const all: Fact[] = [];
  const due: { at: number; fact: Fact }[] = [];
  for (const [i, fact] of facts.entries()) {
    const now = due.filter((late) => late.at === i);
    now.forEach((late, n) => all.push({ ...late.fact, position: fact.position - 1.9 + n / 20 }));
    if (fact.type !== 'answered') {
      all.push(fact);
      continue;
    }
    const messageId = `m${i}`;
    all.push({ ...fact, messageId });
    const fails = i + 1 + ((seed + i) % 3);
    if ((seed + i) % 4 === 0) continue;
    due.push({ at: fails, fact: { type: 'answer_failed', messageId, at: fact.at, position: 0 } });
    if (seed % 3 === 0) due.push({ at: fails + 1, fact: { ...fact, messageId } });
  }
  return all.toSorted((x, y) => x.position - y.position);
}

/** A believable history: a customer, agents, a bot, statuses that follow one another. */
function history(seed: number): Fact[] {
  let state = seed * 2_654_435_761;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const facts: Fact[] = [];
  let status = 'new' as Status['from'];
  let priority = 'normal' as PolicyFacts['priority'];
  const length = 2 + Math.floor(random() * 10);
  for (let i = 0, now = 0; i < length; i++) {
    now += 1 + Math.floor(random() * 10);
    const position = i * 3 + 1;
    const dice = random();
    if (dice < 0.4) {
      if (status === 'pending' || status === 'solved') {
        facts.push(moved(position - 1, now, status, 'open', false));
        status = 'open';
      }
      facts.push(wrote(position, now - Math.floor(random() * 3)));
    } else if (dice < 0.65) facts.push(answered(position, now, random() < 0.8 ? 'agent' : 'bot'));
    else if (dice < 0.9) {
      const to: Status['to'] =
        status === 'pending' || status === 'solved' ? 'open' : random() < 0.5 ? 'pending' : 'solved';
      facts.push(moved(position, now, status, to));
      status = to;
    } else {
      const to: PolicyFacts['priority'] = priority === 'normal' ? 'urgent' : 'normal';
      facts.push({ position, type: 'priority_changed', from: priority, to });
      priority = to;
    }
  }
  return facts;
}
