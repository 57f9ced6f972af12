import type { Capabilities, ThreadKind, TicketDetail } from '../../api/types';

// Nobody has said what is possible there: the server refuses what is not, and says why.
const usual = (kind: ThreadKind): Capabilities => ({
  reply: [kind === 'comment' ? 'public' : 'private'],
  textLimit: { max: 50_000, unit: 'characters' },
  window: { kind: 'none', closesAt: null },
  privateReply: null,
  moderation: [],
  refusals: {},
});

/** A ticket as it reads in one of its conversations: what is written goes there. */
export function inThread(ticket: TicketDetail, conversationId: string): TicketDetail {
  const thread = ticket.conversations.find(({ id }) => id === conversationId);
  if (!thread || thread.id === ticket.conversationId) return ticket;
  const { channel, kind, capabilities } = thread;
  return {
    ...ticket,
    conversationId: thread.id,
    conversation: thread,
    channel,
    kind,
    post: null,
    capabilities: capabilities ?? usual(kind),
  };
}
