import { type Clock, type ClockContext, type Fact, isRunning } from './facts';
import { defaultPolicy } from './policy';
import { advancePromises } from './promises';

const T0 = Date.parse('2026-03-21T10:00:00Z');
const at = (minutes: number) => new Date(T0 + minutes * 60_000);
const policy = defaultPolicy('01900000-0000-7000-8000-000000000001');
const context: ClockContext = {
  described: {
    channelKind: 'instagram',
    threadKind: 'dm',
    brandId: 'harbour',
    tier: null,
    language: null,
    priority: 'normal',
    tags: [],
    teamId: null,
  },
  policyFor: () => policy,
  policyById: () => policy,
  calendarOf: () => null,
  calendarById: () => null,
  newId: () => 'clock',
};

const promised = (position: number, due: number, promiseId = 'a'): Fact => ({
  position,
  type: 'call_promised',
  promiseId,
  dueAt: at(due),
  at: at(0),
});
const rescheduled = (position: number, due: number): Fact => ({
  position,
  type: 'call_rescheduled',
  promiseId: 'a',
  dueAt: at(due),
});
const reached = (position: number, minutes: number): Fact => ({
  position,
  type: 'call_reached',
  promiseId: 'a',
  at: at(minutes),
});
const cancelled = (position: number, minutes: number): Fact => ({
  position,
  type: 'call_cancelled',
  promiseId: 'a',
  at: at(minutes),
});
const solved: Fact = { position: 5, type: 'status_changed', from: 'open', to: 'solved', byAgent: true, at: at(10) };

const minutes = (date: Date | null) => date && (date.getTime() - T0) / 60_000;
const show = (clocks: readonly Clock[]) =>
  clocks.map((clock) => [
    minutes(clock.dueAt),
    isRunning(clock) ? 'running' : clock.endedWhy,
    minutes(clock.metAt ?? clock.cancelledAt),
  ]);

it.each<[string, Fact[], unknown[]]>([
  ['is due when the promised hour ends', [promised(1, 60)], [[60, 'running', null]]],
  ['moves with the promise', [promised(1, 60), rescheduled(2, 200)], [[200, 'running', null]]],
  ['is kept by speaking to the customer', [promised(1, 60), reached(2, 55)], [[60, 'reached', 55]]],
  ['is missed by speaking to them too late', [promised(1, 60), reached(2, 65)], [[60, 'reached', 65]]],
  ['is taken back', [promised(1, 60), cancelled(2, 30)], [[60, 'call_cancelled', 30]]],
  ['does not move when it is over', [promised(1, 60), reached(2, 55), rescheduled(3, 200)], [[60, 'reached', 55]]],
  ['is not kept by solving the ticket', [promised(1, 60), solved], [[60, 'running', null]]],
  [
    'is one of several',
    [promised(1, 60), promised(2, 90, 'b'), reached(3, 50)],
    [
      [60, 'reached', 50],
      [90, 'running', null],
    ],
  ],
  ['of which nothing is known is let pass', [reached(1, 5)], []],
])('a promised call %s', (_, facts, expected) => {
  const whole = advancePromises([], facts, context);
  expect(show(whole)).toEqual(expected);
  for (let i = 0; i < facts.length; i++) {
    expect(advancePromises(whole, facts.slice(i), context)).toEqual(whole);
    expect(show(advancePromises(advancePromises([], facts.slice(0, i), context), facts.slice(i), context))).toEqual(
      expected,
    );
  }
});
