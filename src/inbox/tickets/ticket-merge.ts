import { DomainError } from '../../platform/errors';
import { isActive, isOwed, type Ticket, type TicketStatus } from './ticket';

/**
 * Whether a ticket's work may go on in another one.
 * @param differentContacts the caller knows that they are of different people
 * @throws DomainError `conflict`, saying which one to take instead
 */
export function mustBeMergeable(from: Ticket, into: Ticket, differentContacts: boolean): void {
  const refuse = (message: string, details: Record<string, unknown> = {}) => {
    throw new DomainError('conflict', message, details);
  };
  if (from.id === into.id) refuse('A ticket cannot be merged into itself; choose another one.');
  if (from.mergedIntoId === into.id) refuse(`#${from.number} is merged into #${into.number} already.`);
  if (from.mergedIntoId !== null)
    refuse(`#${from.number} is merged into another ticket; take that back first.`, { mergedIntoId: from.mergedIntoId });
  if (into.mergedIntoId !== null) {
    refuse(`#${into.number} is merged into another ticket; merge into that one.`, {
      mergedIntoId: into.mergedIntoId,
    });
  }
  if (from.status === 'closed') refuse(`#${from.number} is closed, and history; link the two instead.`);
  if (into.status === 'closed') refuse(`#${into.number} is closed; merge into a ticket that is not.`);
  if (from.contactId !== into.contactId && !differentContacts) {
    refuse('These tickets are of different people. Say differentContacts to merge them all the same.', {
      contacts: [from.contactId, into.contactId],
    });
  }
}

/** What the remaining ticket becomes: whatever was owed in either is owed in it. */
export function statusAfterMerge(into: TicketStatus, from: TicketStatus): TicketStatus {
  if (!isActive(from)) return into;
  if (!isActive(into)) return from === 'new' ? 'open' : from;
  return isOwed(from) && !isOwed(into) ? 'open' : into;
}

/** The earlier of two instants, where there is one. */
export const earlierOf = (a: Date | null, b: Date | null): Date | null => (!a || (b && b < a) ? b : a);
