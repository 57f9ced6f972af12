import type { BusinessCalendar } from '../calendars/calendar';
import { adopt, type ClockContext, newClock } from './facts';
import { defaultPolicy, type SlaPolicy } from './policy';
import { ringAt, stepsOf } from './ticket-clocks';

const office: BusinessCalendar = {
  workspaceId: 'w',
  id: 'office',
  name: 'Office',
  timeZone: 'UTC',
  hours: Object.fromEntries(['sat', 'sun', 'mon', 'tue', 'wed', 'thu'].map((day) => [day, [{ from: 540, to: 1_020 }]])),
  holidays: [],
  version: 1,
};
const HOUR = 3_600_000;
const all = (ms: number | null) => ({ urgent: ms, high: ms, normal: ms, low: ms });
const at = (text: string) => new Date(`2026-03-${text}:00.000Z`);
const policy: SlaPolicy = {
  ...defaultPolicy('01900000-0000-7000-8000-000000000001'),
  firstResponseMs: all(2 * HOUR),
  hours: 'business',
  warnings: [
    { percent: 50, to: { assignee: true } },
    { percent: 90, to: { team: true } },
  ],
  escalations: [
    { afterMs: 0, to: { leads: true }, quietHours: 'wait' },
    { afterMs: HOUR, to: { leads: true }, quietHours: 'ring' },
  ],
};
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
  calendarOf: () => office,
  calendarById: () => office,
  newId: () => 'clock',
};
const clockFrom = (text: string) => newClock('first_response', at(text), 1, [], context);
const show = (of: ReturnType<typeof clockFrom>, by: SlaPolicy | undefined = policy) =>
  stepsOf(of, by, office).map(({ step, dueAt }) => [step, dueAt.toISOString().slice(8, 16)]);

describe('steps', () => {
  it('come at shares of the time that counts, and after the breach', () => {
    expect(show(clockFrom('25T16:30'))).toEqual([
      ['warning:50', '26T09:30'],
      ['warning:90', '26T10:18'],
      ['escalation:0', '26T10:30'],
      ['escalation:3600000', '26T11:30'],
    ]);
  });

  it('come later by as much as it was paused', () => {
    const clock = clockFrom('25T10:00');
    clock.pauses = [{ from: at('25T10:30'), to: at('25T11:00'), why: 'pending', opened: 2, ended: 3 }];
    adopt(clock, policy, context.described, context);
    expect(show(clock).slice(0, 3)).toEqual([
      ['warning:50', '25T11:30'],
      ['warning:90', '25T12:18'],
      ['escalation:0', '25T12:30'],
    ]);
  });

  it('are none for what is over, is not due, or whose policy is gone', () => {
    const clock = clockFrom('25T10:00');
    expect(stepsOf(clock, undefined, office)).toEqual([]);
    expect(show({ ...clock, metAt: at('25T10:10') })).toEqual([]);
    expect(show({ ...clock, dueAt: null })).toEqual([]);
  });
});

it.each([
  ['at once while it is open', '25T10:00', '25T10:00'],
  ['at the next opening at night', '25T20:00', '26T09:00'],
  ['after the day off', '26T17:00', '28T09:00'],
])('rings %s', (_, now, rings) => {
  expect(ringAt(office, at(now))).toEqual(at(rings));
});

it('rings at once where there are no hours, or none to come', () => {
  expect(ringAt(null, at('25T20:00'))).toEqual(at('25T20:00'));
  expect(ringAt({ ...office, hours: {} }, at('25T20:00'))).toEqual(at('25T20:00'));
});
