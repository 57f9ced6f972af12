import { room, ticketAudience } from '../../outbox/audience';
import { type Actor, event, type NewEvent, SYSTEM } from '../../outbox/domain-event';
import type { TicketRef } from '../tickets/ticket-intake';
import { type MessageItem, opensWork } from './intake-plan';
import type { LockedConversation, MessageRow } from './intake-rows';

const CONTACT: Actor = { kind: 'contact' };

/** What new messages are to everyone else. A word of ours from elsewhere also takes its conversation from the bot. */
export function eventsOfMessages(
  taken: readonly { m: MessageItem; row: MessageRow }[],
  conversations: ReadonlyMap<string, LockedConversation>,
  refs: ReadonlyMap<string, TicketRef>,
): NewEvent[] {
  const events: NewEvent[] = [];
  for (const { m, row } of taken) {
    const conversation = conversations.get(row.conversationId)!;
    const ticket = refs.get(conversation.id);
    const teamId = m.item.channel.teamId;
    const audience = ticket ? ticketAudience(ticket) : [room.leads, teamId ? room.team(teamId) : room.lobby];
    const subject = { conversationId: conversation.id, ticketId: row.ticketId, contactId: conversation.contactId };
    if (row.seq === 1) {
      events.push(
        event(row.workspaceId, 'conversation.opened', CONTACT, subject, audience, {
          kind: conversation.kind,
          channelId: conversation.channelId,
        }),
      );
    }
    events.push(
      event(
        row.workspaceId,
        'message.received',
        row.direction === 'in' ? CONTACT : SYSTEM,
        { ...subject, messageId: row.id },
        audience,
        {
          seq: row.seq,
          direction: row.direction,
          kind: conversation.kind,
          opensWork: opensWork(m, row),
          ...(row.late ? { late: true } : {}),
          ...(m.message.attachments.length > 0 ? { attachments: m.message.attachments.length } : {}),
          ...(m.message.subtype === 'postback' ? { pressed: true } : {}),
        },
      ),
    );
    // what is filed as history (`opensWork` false) does not silence the bot for what is asked next
    if (row.direction === 'out' && conversation.handler === 'bot' && m.message.opensWork !== false) {
      conversation.handler = 'human';
      events.push(
        event(row.workspaceId, 'conversation.handler_changed', SYSTEM, subject, audience, {
          from: 'bot',
          to: 'human',
          reason: 'answered_elsewhere',
        }),
      );
    }
  }
  return events;
}
