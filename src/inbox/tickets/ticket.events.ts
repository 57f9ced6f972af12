import { bothAudiences, ticketAudience } from '../../outbox/audience';
import {
  type Actor,
  type DomainEventData,
  type DomainEventType,
  event,
  type NewEvent,
} from '../../outbox/domain-event';
import type { Ticket } from './ticket';

/** How a ticket came to its assignee, or lost it. */
export type AssignedHow =
  'claim' | 'next' | 'manual' | 'push' | 'returned' | 'moved' | 'undone' | 'accepted' | 'handover';

type Subject = Pick<Ticket, 'workspaceId' | 'id' | 'conversationId' | 'contactId' | 'teamId' | 'assigneeId'>;

const subjectOf = (ticket: Subject) => ({
  ticketId: ticket.id,
  conversationId: ticket.conversationId,
  contactId: ticket.contactId,
});

export const ticketAssigned = (
  before: Subject,
  after: Subject,
  actor: Actor,
  how: AssignedHow,
  why?: Record<string, unknown>,
): NewEvent<'ticket.assigned'> =>
  event(
    after.workspaceId,
    'ticket.assigned',
    actor,
    subjectOf(after),
    bothAudiences(ticketAudience(before), ticketAudience(after)),
    { from: before.assigneeId, to: after.assigneeId, teamId: after.teamId, how, ...(why && { why }) },
  );

export const ticketStatusChanged = (before: Ticket, after: Ticket, actor: Actor, reason?: string): NewEvent =>
  event(after.workspaceId, 'ticket.status_changed', actor, subjectOf(after), ticketAudience(after), {
    from: before.status,
    to: after.status,
    ...(reason && { reason }),
  });

export const ticketPriorityChanged = (before: Ticket, after: Ticket, actor: Actor): NewEvent =>
  event(after.workspaceId, 'ticket.priority_changed', actor, subjectOf(after), ticketAudience(after), {
    from: before.priority,
    to: after.priority,
  });

export const ticketMoved = (before: Ticket, after: Ticket, actor: Actor): NewEvent =>
  event(
    after.workspaceId,
    'ticket.moved',
    actor,
    subjectOf(after),
    bothAudiences(ticketAudience(before), ticketAudience(after)),
    { from: before.teamId, to: after.teamId },
  );

export const ticketSlaChanged = (
  ticket: Subject,
  actor: Actor,
  data: DomainEventData['ticket.sla_changed'],
): NewEvent => event(ticket.workspaceId, 'ticket.sla_changed', actor, subjectOf(ticket), ticketAudience(ticket), data);

export const ticketChanged = (ticket: Subject, actor: Actor, changes: Changes): NewEvent =>
  event(ticket.workspaceId, 'ticket.changed', actor, subjectOf(ticket), ticketAudience(ticket), { changes });

type Changes = DomainEventData['ticket.changed']['changes'];

/** Anything else that happened to a ticket, told to whoever may see it. */
export const ticketEvent = <T extends DomainEventType>(
  ticket: Subject,
  type: T,
  actor: Actor,
  data: DomainEventData[T],
): NewEvent<T> => event(ticket.workspaceId, type, actor, subjectOf(ticket), ticketAudience(ticket), data);
