import type { DomainEvent } from '../outbox/domain-event';
import { bodyOfEvent } from './told-events';

const changed = (changes: Record<string, { from: unknown; to: unknown }>): DomainEvent => ({
  workspaceId: 'harbour',
  position: 7,
  at: new Date('2026-11-22T12:00:00Z'),
  type: 'ticket.changed',
  data: { changes },
  actor: { kind: 'agent', id: 'ada' },
  ticketId: 't',
  conversationId: 'c',
  contactId: null,
  messageId: null,
  audience: [],
  requestId: null,
});

it('tells that a subject and custom fields changed, and leaves what people wrote in them here', () => {
  const body = bodyOfEvent(
    changed({
      subject: { from: 'My card 6037 is lost', to: 'Lost card' },
      'fields.national_id': { from: null, to: '0012345678' },
      type: { from: null, to: 'problem' },
    }),
  );
  expect(body).not.toMatch(/card|0012345678/);
  expect(JSON.parse(body)).toMatchObject({
    type: 'ticket.changed',
    data: {
      ticketId: 't',
      changes: { subject: {}, 'fields.national_id': {}, type: { from: null, to: 'problem' } },
    },
  });
});
