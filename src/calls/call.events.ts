import { room, ticketAudience } from '../outbox/audience';
import { type Actor, type DomainEventData, event, type NewEvent } from '../outbox/domain-event';
import type { CallPromise } from './call';

type CallEvent = Extract<keyof DomainEventData, `call.${string}`>;

/** Something that happened to a promised call, for whoever sees its ticket and whoever has it in hand. */
export function callEvent<T extends CallEvent>(
  promise: CallPromise,
  type: T,
  actor: Actor,
  data: Omit<DomainEventData[T], 'promiseId'>,
  messageId: string | null = null,
): NewEvent<T> {
  const { workspaceId, id, ticketId, conversationId, contactId, teamId, assigneeId, claimedBy } = promise;
  const audience = ticketAudience({ id: ticketId, teamId, assigneeId });
  const rooms = claimedBy && claimedBy !== assigneeId ? [...audience, room.agent(claimedBy)] : audience;
  const subject = { ticketId, conversationId, contactId, messageId };
  return event(workspaceId, type, actor, subject, rooms, { promiseId: id, ...data } as DomainEventData[T]);
}

/** Its window as events tell it. */
export const windowOf = ({ windowStart, windowEnd }: Pick<CallPromise, 'windowStart' | 'windowEnd'>) => ({
  windowStart: windowStart?.toISOString() ?? '',
  windowEnd: windowEnd?.toISOString() ?? '',
});
