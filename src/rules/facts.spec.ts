import type { DomainEvent } from '../outbox/domain-event';
import { factsOf } from './facts';
import type { KnownFacts } from './rule-facts.repository';

it('takes an event’s own moment from the event, custom fields by key, and no instants', () => {
  const known = {
    status: 'open',
    fields: { size: 42 },
    lastInboundAt: new Date(),
    lastOutboundAt: null,
  } as unknown as KnownFacts;
  const event = { type: 'ticket.status_changed', data: { from: 'new', to: 'open' }, actor: { kind: 'agent', id: 'a' } };
  expect(factsOf(known, event as unknown as DomainEvent, false)).toEqual({
    status: 'open',
    insideBusinessHours: false,
    'fields.size': 42,
    'event.from': 'new',
    'event.to': 'open',
    'event.actor': 'agent',
  });
});
