import type { DomainEvent } from '../outbox/domain-event';
import { isStillIdle } from './facts';
import type { KnownFacts } from './rule-facts.repository';
import { listens, triggerProblems, type Trigger } from './rule';

const eventOf = (type: string, data: object): DomainEvent =>
  ({ type, data, at: new Date(2_000), actor: { kind: 'contact' } }) as unknown as DomainEvent;
const rule = {
  id: 'r',
  version: 2,
  createdAt: new Date(1_000),
  when: [{ on: 'message.received' }, { on: 'idle', minutes: 5, side: 'agent' }] as Trigger[],
};

it.each([
  ['a customer’s word', eventOf('message.received', { direction: 'in', opensWork: true }), true],
  ['our own words, seen at the network', eventOf('message.received', { direction: 'out', opensWork: false }), false],
  ['a word that calls for no work', eventOf('message.received', { direction: 'in', opensWork: false }), true],
  [
    'a word that comes late and calls for work',
    eventOf('message.received', { direction: 'in', opensWork: true, late: true }),
    true,
  ],
  ['history', eventOf('message.received', { direction: 'in', opensWork: false, late: true }), false],
  ['its own silence', eventOf('ticket.idled', { ruleId: 'r', ruleVersion: 2 }), true],
  ['the silence of what it was', eventOf('ticket.idled', { ruleId: 'r', ruleVersion: 1 }), false],
  ['another rule’s silence', eventOf('ticket.idled', { ruleId: 'other', ruleVersion: 2 }), false],
  ['something else', eventOf('ticket.opened', {}), false],
  [
    'what was before it',
    { ...eventOf('message.received', { direction: 'in', opensWork: true }), at: new Date(500) },
    false,
  ],
])('listens to %s', (_, event, expected) => expect(listens(rule, event)).toBe(expected));

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute));
it.each([
  ['nobody wrote since', 'any', at(0), at(0), true],
  ['the customer wrote since', 'any', at(1), at(0), false],
  ['the customer wrote since, and we wait for ours', 'agent', at(1), at(0), true],
  ['we wrote since, and wait for the customer', 'customer', at(0), at(1), true],
  ['we wrote since', 'agent', at(0), at(1), false],
  ['nobody ever wrote', 'any', null, null, true],
])('silence: %s', (_, side, lastInboundAt, lastOutboundAt, expected) => {
  const idled = eventOf('ticket.idled', { side, since: at(0).toISOString() });
  expect(isStillIdle({ lastInboundAt, lastOutboundAt } as KnownFacts, idled)).toBe(expected);
});

it.each<[string, unknown, string | null]>([
  ['one', [{ on: 'ticket.opened' }], null],
  ['none', [], 'when'],
  ['an unknown one', [{ on: 'moon.full' }], 'when.0.on'],
  ['silence', [{ on: 'idle', minutes: 60, side: 'customer' }], null],
  ['silence of nobody', [{ on: 'idle', minutes: 60 }], 'when.0.side'],
  ['silence of no length', [{ on: 'idle', minutes: 0, side: 'any' }], 'when.0.minutes'],
  [
    'two silences',
    [
      { on: 'idle', minutes: 1, side: 'any' },
      { on: 'idle', minutes: 2, side: 'any' },
    ],
    'when',
  ],
  ['more than it takes', [{ on: 'ticket.opened', minutes: 5 }], 'when.0.minutes'],
])('when, as sent: %s', (_, given, path) => expect(triggerProblems(given)[0]?.path ?? null).toBe(path));
