import type { TicketDetail } from '../../api/types';

/** A ticket as it reads in one of its conversations: what is written goes there. */
export function inThread(ticket: TicketDetail, conversationId: string): TicketDetail {
  const thread = ticket.conversations.find(({ id }) => id === conversationId);
  if (!thread || thread.id === ticket.conversationId) return ticket;
  const { channel, kind, capabilities } = thread;
  return { ...ticket, conversationId: thread.id, conversation: thread, channel, kind, post: null, capabilities };
}
