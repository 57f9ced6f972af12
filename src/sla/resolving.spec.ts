import type { BusinessCalendar } from '../calendars/calendar';
import { LIFE, type TicketStatus } from '../inbox/tickets/ticket';
import { countedMs, openTime, without } from './clock';
import { type Clock, type ClockContext, type Fact, isPaused, isRunning, restsOf } from './facts';
import { defaultPolicy, type Pausing, type PolicyFacts, type SlaPolicy } from './policy';
import { advance, whyMoved } from './ticket-clocks';

const T0 = Date.parse('2026-03-21T10:00:00Z'); // a Saturday
const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (minutes: number) => new Date(T0 + minutes * 60_000);
const targets = { urgent: HOUR, high: 2 * HOUR, normal: 4 * HOUR, low: 12 * HOUR };
const policy: SlaPolicy = { ...defaultPolicy('01900000-0000-7000-8000-000000000001'), resolutionMs: targets };

/** 09:00 to 17:00 UTC, closed on Fridays. */
const office: BusinessCalendar = {
  workspaceId: 'w',
  id: 'office',
  name: 'Office',
  timeZone: 'UTC',
  hours: Object.fromEntries(['sat', 'sun', 'mon', 'tue', 'wed', 'thu'].map((day) => [day, [{ from: 540, to: 1_020 }]])),
  holidays: [],
  version: 1,
};

function context(priority: PolicyFacts['priority'] = 'normal', of: SlaPolicy = policy): ClockContext {
  let n = 0;
  return {
    described: {
      channelKind: 'instagram',
      threadKind: 'dm',
      brandId: 'harbour',
      tier: null,
      language: null,
      priority,
      tags: [],
      teamId: null,
    },
    policyFor: () => of,
    policyById: () => of,
    calendarOf: () => office,
    calendarById: () => office,
    newId: () => `clock-${++n}`,
  };
}

const wrote = (position: number, minutes: number): Fact => ({
  position,
  type: 'customer_wrote',
  startedAt: at(minutes),
});
const moved = (position: number, minutes: number, from: TicketStatus, to: TicketStatus): Fact => ({
  position,
  type: 'status_changed',
  from,
  to,
  byAgent: true,
  at: at(minutes),
});
const resolutionOf = (clocks: readonly Clock[]): Clock => clocks.find(({ kind }) => kind === 'resolution')!;
const run = (facts: Fact[], ctx = context()) => resolutionOf(advance([], facts, ctx));
const minutes = (date: Date | null) => (date === null ? null : (date.getTime() - T0) / 60_000);

describe('resolution', () => {
  it.each<[string, Fact[], unknown[]]>([
    ['runs from the first word', [wrote(1, 0), wrote(2, 30)], [240, 'running', null]],
    ['is met when solved', [wrote(1, 0), moved(2, 90, 'open', 'solved')], [240, 'met', 90]],
    ['rests while we wait for the customer', [wrote(1, 0), moved(2, 60, 'open', 'pending')], [null, 'paused', null]],
    [
      'and goes on with what is left',
      [wrote(1, 0), moved(2, 60, 'open', 'pending'), moved(3, 100, 'pending', 'open')],
      [280, 'running', null],
    ],
    ['does not rest on hold', [wrote(1, 0), moved(2, 60, 'open', 'on_hold')], [240, 'running', null]],
    [
      'stays missed when it is set to pending after that',
      [wrote(1, 0), moved(2, 250, 'open', 'pending')],
      [240, 'paused', null],
    ],
    [
      'goes on when it is opened again',
      [wrote(1, 0), moved(2, 90, 'open', 'solved'), moved(3, 190, 'solved', 'open')],
      [340, 'running', null],
    ],
    [
      'solved while pending, it is met with time left',
      [wrote(1, 0), moved(2, 60, 'open', 'pending'), moved(3, 100, 'pending', 'solved')],
      [280, 'met', 100],
    ],
    ['an earlier word moves its start', [wrote(1, 20), wrote(2, 5)], [245, 'running', null]],
    ['work that began by itself', [{ position: 1, type: 'opened', at: at(0) }], [240, 'running', null]],
    ['ends with a merge', [wrote(1, 0), { position: 2, type: 'merged_away', at: at(10) }], [240, 'cancelled', 10]],
    [
      'and goes on when that is undone',
      [
        wrote(1, 0),
        moved(2, 10, 'open', 'solved'),
        { position: 3, type: 'merged_away', at: at(10) },
        moved(4, 30, 'solved', 'open'),
        { position: 5, type: 'unmerged', at: at(30), answeredAt: null, waitingSince: null },
      ],
      [260, 'running', null],
    ],
  ])('%s', (_, facts, expected) => {
    const wall = { ...context(), calendarById: () => null, calendarOf: () => null };
    const clock = run(facts, wall);
    const state = isRunning(clock) ? (isPaused(clock) ? 'paused' : 'running') : clock.metAt ? 'met' : 'cancelled';
    expect([minutes(clock.dueAt), state, minutes(clock.metAt ?? clock.cancelledAt)]).toEqual(expected);
  });

  it('rests on hold where the policy says so, and begins only where there is a target', () => {
    const resting = { ...policy, pauses: ['pending', 'on_hold'] as Pausing[] };
    const facts = [wrote(1, 0), moved(2, 60, 'open', 'on_hold'), moved(3, 80, 'on_hold', 'pending')];
    expect(isPaused(run(facts, context('normal', resting)))).toBe(true);
    const none = defaultPolicy('01900000-0000-7000-8000-000000000001');
    expect(advance([], facts, context('normal', none)).map(({ kind }) => kind)).toEqual(['first_response']);
  });

  it('keeps the due time it ended with, whatever the calendar says later', () => {
    const facts = [wrote(1, 0), moved(2, 90, 'open', 'solved')];
    const business = { ...policy, hours: 'business' as const };
    const solved = advance([], facts, context('normal', business));
    const closed = { ...office, hours: {}, version: 2 };
    const later = { ...context('normal', business), calendarOf: () => closed, calendarById: () => closed };
    const tagged: Fact = { position: 3, type: 'tags_changed', added: ['vip'], removed: [] };
    expect(resolutionOf(advance(solved, [tagged], later))).toEqual(resolutionOf(solved));
  });

  it('says why it moved', () => {
    const facts = [
      wrote(1, 0),
      moved(2, 60, 'open', 'pending'),
      moved(3, 100, 'pending', 'open'),
      { position: 4, type: 'priority_changed', from: 'normal', to: 'low' } as Fact,
      moved(5, 130, 'open', 'solved'),
      moved(6, 190, 'solved', 'open'),
    ];
    const seen = facts.map((_, i) => {
      const priority = i < 3 ? 'normal' : 'low';
      const before = i === 0 ? [] : advance([], facts.slice(0, i), context(i < 4 ? 'normal' : 'low'));
      const after = advance(before, facts.slice(i, i + 1), context(priority));
      return whyMoved(
        before.find(({ kind }) => kind === 'resolution'),
        resolutionOf(after),
      );
    });
    expect(seen).toEqual([null, 'paused', 'resumed', 'priority_changed', null, 'reopened']);
  });
});

/** A ticket's history that might have been, with the seconds at which things happened. */
interface History {
  facts: Fact[];
  /** What counted ends or begins: from then on it is so. */
  states: { at: number; counts: boolean; over: boolean }[];
  priority: PolicyFacts['priority'];
  startedAt: number;
  until: number;
}

describe('what remains is what an independent count says, to the second', () => {
  it('in 10,000 histories of pauses, solving, opening again, merging and its undoing', () => {
    for (let seed = 1; seed <= 10_000; seed++) {
      const pauses: Pausing[] = seed % 2 === 0 ? ['pending'] : ['pending', 'on_hold'];
      const calendar = seed % 3 === 0 ? null : office;
      const of = { ...policy, pauses, hours: calendar ? ('business' as const) : ('wall' as const) };
      const history = historyOf(seed, pauses);
      const clock = run(history.facts, {
        ...context(history.priority, of),
        calendarOf: () => calendar,
        calendarById: () => calendar,
      });
      const target = targets[history.priority];
      const last = history.states.at(-1)!;
      const count = (until: number) => counted(history, until, calendar !== null);
      const start = clock.startedAt.getTime();
      const ours = countedMs(start, history.until, without(openTime(calendar, start), restsOf(clock)));

      const told = { seed, over: !isRunning(clock), counted: last.over ? null : ours };
      expect(told).toEqual({ seed, over: last.over, counted: last.over ? null : count(history.until) });
      if (last.over) continue;
      expect(clock.targetMs).toBe(target);
      // not due while it rests with time left; otherwise due at the very second at which the target has been counted
      const due = clock.dueAt?.getTime() ?? Infinity;
      const rests = isPaused(clock) && target > ours;
      const expected = rests ? [ours, ours] : [target, target - SECOND];
      expect({ seed, due: clock.dueAt !== null, count: [count(due), count(due - SECOND)] }).toEqual({
        seed,
        due: !rests,
        count: expected,
      });
    }
  }, 60_000);

  it('and in whatever batches the facts came, or came again', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const history = historyOf(seed, ['pending']);
      const of = { ...policy, hours: 'business' as const };
      const { facts } = history;
      const after = (n: number) => context(priorityAfter(facts.slice(0, n)), of);
      const shape = (clocks: readonly Clock[]) =>
        clocks
          .map((clock) => ({ ...clock, id: '' }))
          .sort((a, b) => a.openedPosition - b.openedPosition || a.kind.localeCompare(b.kind));
      const whole = advance([], facts, after(facts.length));
      let cut: Clock[] = [];
      for (let i = 0, size = 1; i < facts.length; i += size, size = 1 + ((seed + i) % 3))
        cut = advance(cut, facts.slice(i, i + size), after(i + size));
      let known: Clock[] = [];
      for (let i = 0; i < facts.length; i += 2) known = advance(known, facts.slice(i), after(facts.length));
      const told = { seed, clocks: shape(whole) };
      expect({ seed, clocks: shape(known) }).toEqual(told);
      expect({ seed, clocks: shape(cut) }).toEqual(told);
      for (let i = 0; i < facts.length; i++) {
        expect({ seed, i, clocks: shape(advance(whole, facts.slice(i), after(facts.length))) }).toEqual({ ...told, i });
      }
    }
  }, 60_000);

  it('and with one event set aside and handled at the very end', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const { facts, priority } = historyOf(seed, ['pending']);
      const ctx = () => context(priority, { ...policy, hours: 'business' });
      const shape = (clocks: readonly Clock[]) => ({ ...resolutionOf(clocks), id: '' });
      const whole = shape(advance([], facts, ctx()));
      for (let parked = 0; parked < facts.length; parked++) {
        const others = facts.filter((_, i) => i !== parked);
        const late = advance(advance([], others, ctx()), facts.slice(parked), ctx());
        expect({ seed, parked, clock: shape(late) }).toEqual({ seed, parked, clock: whole });
      }
    }
  }, 60_000);
});

const priorityAfter = (facts: readonly Fact[]): PolicyFacts['priority'] =>
  facts.reduce<PolicyFacts['priority']>((was, fact) => (fact.type === 'priority_changed' ? fact.to : was), 'normal');

function historyOf(seed: number, pauses: readonly Pausing[]): History {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  let now = T0 + Math.floor(random() * 7 * 86_400) * SECOND;
  let status: TicketStatus = 'new';
  let priority: PolicyFacts['priority'] = 'normal';
  let before: TicketStatus | null = null; // of a merged ticket
  let over = false;
  const facts: Fact[] = [{ position: 1, type: 'customer_wrote', startedAt: new Date(now) }];
  const history: History = { facts, states: [], priority, startedAt: now, until: now };
  const note = () => {
    const rests = (pauses as readonly TicketStatus[]).includes(status);
    history.states.push({ at: now, counts: !over && !rests, over });
  };
  note();
  const steps = 1 + Math.floor(random() * 10);
  for (let i = 0; i < steps; i++) {
    now += (1 + Math.floor(random() ** 3 * 40_000)) * SECOND;
    const position = 10 * (i + 1);
    const dice = random();
    const change = (offset: number, from: TicketStatus, to: TicketStatus, ofMerge = false): Fact => ({
      ofMerge,
      position: position + offset,
      type: 'status_changed',
      from,
      to,
      byAgent: true,
      at: new Date(now),
    });
    if (before !== null) {
      // merged away: nothing happens to it but its coming back
      if (dice < 0.5) continue;
      const back: Fact = {
        position: position + 2,
        type: 'unmerged',
        at: new Date(now),
        answeredAt: null,
        waitingSince: null,
      };
      facts.push(
        ...(dice < 0.75 ? [change(1, 'closed', before, true), back] : [back, change(3, 'closed', before, true)]),
      );
      status = before;
      before = null;
      over = false;
    } else if (dice < 0.1 && status !== 'solved') {
      const away: Fact = { position: position + 2, type: 'merged_away', at: new Date(now) };
      facts.push(
        ...(random() < 0.5 ? [change(1, status, 'closed', true), away] : [away, change(3, status, 'closed', true)]),
      );
      before = status;
      over = true;
    } else if (dice < 0.2 && status !== 'solved') {
      const to: PolicyFacts['priority'] = pick(['urgent', 'high', 'normal', 'low'] as const);
      if (to === priority) continue;
      facts.push({ position, type: 'priority_changed', from: priority, to });
      priority = to;
    } else {
      const to: TicketStatus = pick(LIFE[status].filter((next) => next !== 'closed'));
      facts.push(change(0, status, to));
      status = to;
      over = to === 'solved';
    }
    note();
  }
  return { ...history, priority, until: now + Math.floor(random() * 50_000) * SECOND };
}

/** Counted second by stretches of days, with arithmetic of its own. */
function counted({ states, startedAt }: History, until: number, business: boolean): number {
  let sum = 0;
  for (const [i, { at: from, counts }] of states.entries()) {
    const to = Math.min(states[i + 1]?.at ?? Infinity, until);
    if (counts && to > from) sum += business ? officeMs(from, to) : to - from;
  }
  return until > startedAt ? sum : 0;
}

function officeMs(from: number, to: number): number {
  let sum = 0;
  for (let day = Math.floor(from / DAY); day * DAY < to; day++) {
    if (new Date(day * DAY).getUTCDay() === 5) continue;
    sum += Math.max(0, Math.min(to, day * DAY + 17 * HOUR) - Math.max(from, day * DAY + 9 * HOUR));
  }
  return sum;
}
