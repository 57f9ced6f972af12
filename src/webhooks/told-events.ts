import { type DomainEvent, type DomainEventType, isEvent } from '../outbox/domain-event';

/** What is told outside. Who has which screen open, and our own housekeeping, is nobody's business there. */
export const TOLD_TYPES = [
  'conversation.opened',
  'conversation.handler_changed',
  'conversation.handoff_requested',
  'conversation.handoff_expired',
  'conversation.continued',
  'message.received',
  'message.sent',
  'message.edited',
  'message.deleted',
  'message.hidden',
  'message.unhidden',
  'message.reacted',
  'message.delivery_changed',
  'ticket.opened',
  'ticket.status_changed',
  'ticket.priority_changed',
  'ticket.assigned',
  'ticket.moved',
  'ticket.changed',
  'ticket.tags_changed',
  'ticket.resolution_changed',
  'ticket.snoozed',
  'ticket.woken',
  'ticket.merged',
  'ticket.unmerged',
  'ticket.split',
  'ticket.linked',
  'ticket.unlinked',
  'sla.warned',
  'sla.escalated',
  'sla.breached',
  'call.promised',
  'call.rescheduled',
  'call.started',
  'call.ended',
  'call.missed',
  'call.cancelled',
  'survey.asked',
  'survey.answered',
  'contact.changed',
  'contact.merged',
  'contact.unmerged',
  'bot.answered',
  'crm.linked',
  'channel.state_changed',
  'channel.alarm_raised',
  'channel.alarm_cleared',
] as const satisfies readonly DomainEventType[];

/** Types that come from elsewhere than the table of events: a rule's own words, and a test. */
export const OTHER_TYPES = ['rule.webhook', 'webhook.test'] as const;

export const ENDPOINT_TYPES: readonly string[] = [...TOLD_TYPES, ...OTHER_TYPES];

/** What goes out: ids and facts as recorded. What people wrote stays here; whoever may read it asks the API. */
export const bodyOf = (type: string, at: Date, data: Record<string, unknown>): string =>
  JSON.stringify({ type, timestamp: at.toISOString(), data });

export const bodyOfEvent = (event: DomainEvent): string =>
  bodyOf(event.type, event.at, {
    workspaceId: event.workspaceId,
    position: event.position,
    actor: event.actor,
    ticketId: event.ticketId,
    conversationId: event.conversationId,
    contactId: event.contactId,
    messageId: event.messageId,
    ...dataOf(event),
  });

/** Of a subject and of custom fields only that they changed: people write them. */
function dataOf(event: DomainEvent): Record<string, unknown> {
  if (!isEvent(event, 'ticket.changed')) return { ...event.data };
  const changes = Object.entries(event.data.changes).map(([key, change]) => [key, isWritten(key) ? {} : change]);
  return { changes: Object.fromEntries(changes) as Record<string, unknown> };
}

const isWritten = (key: string): boolean => key === 'subject' || key.startsWith('fields.');

/** Whether an endpoint wants to hear of a type; one that names none hears all. */
export const hears = (types: readonly string[], type: string): boolean => types.length === 0 || types.includes(type);
