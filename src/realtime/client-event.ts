import type { Actor, DomainEvent, DomainEventData, DomainEventType } from '../outbox/domain-event';

/** What a socket or `GET /events` shows of a domain event: everything but who else may hear of it. */
export interface ClientEvent<T extends DomainEventType = DomainEventType> {
  /** Grows along one workspace's events; a client sees only some of them, so its positions have gaps. */
  position: number;
  type: T;
  workspaceId: string;
  /** ISO 8601. */
  at: string;
  actor: Actor;
  ticketId: string | null;
  conversationId: string | null;
  contactId: string | null;
  messageId: string | null;
  data: DomainEventData[T];
}

export function clientEventOf(event: DomainEvent): ClientEvent {
  return {
    position: event.position,
    type: event.type,
    workspaceId: event.workspaceId,
    at: event.at.toISOString(),
    actor: event.actor,
    ticketId: event.ticketId,
    conversationId: event.conversationId,
    contactId: event.contactId,
    messageId: event.messageId,
    data: event.data,
  };
}

/** Events to be heard by the rooms together, in order. */
export interface Group {
  audience: string[];
  events: DomainEvent[];
}

/** Joins neighbours with the same audience into one packet; the order stays what it was. */
export function groupByAudience(events: readonly DomainEvent[]): Group[] {
  const groups: Group[] = [];
  let lastKey: string | undefined;
  for (const event of events) {
    const key = event.audience.join(' ');
    if (key === lastKey) groups.at(-1)!.events.push(event);
    else groups.push({ audience: event.audience, events: [event] });
    lastKey = key;
  }
  return groups;
}
