import { Injectable } from '@nestjs/common';
import { ticketAudience } from '../../outbox/audience';
import { event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { FLOOD_TAG, floodSettings, isFlood } from './flood';
import type { ThreadActivity } from './ticket-intake';

interface Beginner {
  conversation_id: string;
  /** When the person last wrote in their other threads of this channel. */
  others: Date[];
  floods: unknown;
  ticket_id: string | null;
}

/** A ticket that took a thread of a flood, locked by the caller. */
export interface FloodedTicket {
  id: string;
  teamId: string | null;
  assigneeId: string | null;
}

/** Leads the threads of a flood to one ticket: nothing of what was written is lost, and the queue stays a queue. */
@Injectable()
export class TicketFloods {
  constructor(private readonly outbox: Outbox) {}

  /**
   * The threads as they are to be worked on: one that begins in a flood belongs to the person's newest ticket under work,
   * if there is one. Conversations are held by the caller; the ticket is not locked yet and may have ended.
   */
  async divert(tx: Tx, threads: readonly ThreadActivity[]): Promise<readonly ThreadActivity[]> {
    const begins = threads.filter((t) => t.ticketCount === 0 && t.joinedTicketId === null && t.calls.length > 0);
    if (begins.length === 0) return threads;
    const ticketOf = new Map<string, string>();
    const byId = new Map(begins.map((thread) => [thread.conversationId, thread]));
    for (const { conversation_id: id, others, floods, ticket_id: ticketId } of await this.beginners(tx, begins)) {
      const at = byId.get(id)!.calls[0]!.getTime();
      const instants = others.map((other) => other.getTime());
      if (ticketId !== null && isFlood(at, instants, floodSettings(floods))) ticketOf.set(id, ticketId);
    }
    if (ticketOf.size === 0) return threads;
    const diverted = begins.filter(({ conversationId }) => ticketOf.has(conversationId));
    // $1 workspaces, $2 conversations, $3 tickets (threewise)
    await tx.execute(
      `UPDATE conversations c SET joined_ticket_id = u.ticket_id
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS u(workspace_id, id, ticket_id)
       WHERE c.workspace_id = u.workspace_id AND c.id = u.id`,
      [
        diverted.map((t) => t.workspaceId),
        diverted.map((t) => t.conversationId),
        diverted.map((t) => ticketOf.get(t.conversationId)),
      ],
      'flood_join',
    );
    return threads.map((t) => {
      const joinedTicketId = ticketOf.get(t.conversationId);
      return joinedTicketId === undefined ? t : { ...t, joinedTicketId };
    });
  }

  /** Only people who write in other threads too are told of. */
  private beginners(tx: Tx, begins: readonly ThreadActivity[]): Promise<Beginner[]> {
    // $1 workspaces, $2 conversations, $3 contacts, $4 channels, $5 when they begin (fivewise)
    return tx.query<Beginner>(
      `SELECT u.conversation_id, o.others, w.settings->'floods' AS floods,
              (SELECT t.id FROM tickets t WHERE t.workspace_id = u.workspace_id AND t.contact_id = u.contact_id
                 AND t.channel_id = u.channel_id AND t.status NOT IN ('solved', 'closed')
               ORDER BY t.created_at DESC, t.id DESC LIMIT 1) AS ticket_id
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[])
         AS u(workspace_id, conversation_id, contact_id, channel_id, at)
       JOIN workspaces w ON w.id = u.workspace_id
       CROSS JOIN LATERAL (
         SELECT array_agg(c.last_inbound_at) AS others FROM conversations c
         WHERE c.workspace_id = u.workspace_id AND c.contact_id = u.contact_id AND c.channel_id = u.channel_id
           AND c.id <> u.conversation_id AND c.last_inbound_at BETWEEN u.at - interval '1 day' AND u.at + interval '1 day' AND c.merged_into_id IS NULL) o
       WHERE o.others IS NOT NULL`,
      [
        begins.map((t) => t.workspaceId),
        begins.map((t) => t.conversationId),
        begins.map((t) => t.contactId),
        begins.map((t) => t.channelId),
        begins.map((t) => t.calls[0]),
      ],
      'flood_beginners',
    );
  }

  /** Says so where agents and leads see it: on the ticket, and in its history. */
  async flag(tx: Tx, thread: ThreadActivity, ticket: FloodedTicket): Promise<void> {
    const { workspaceId, conversationId, contactId } = thread;
    const subject = { ticketId: ticket.id, conversationId, contactId };
    const audience = ticketAudience(ticket);
    const joined = { ticketId: ticket.id, joined: true, why: 'flood' } as const;
    this.outbox.record(tx, event(workspaceId, 'conversation.joined', SYSTEM, subject, audience, joined));
    // $1 workspace, $2 ticket, $3 tag
    const tagged = await tx.execute(
      `UPDATE tickets SET tags = array_append(tags, $3::text), version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND NOT tags @> ARRAY[$3::text]`,
      [workspaceId, ticket.id, FLOOD_TAG],
      'flood_tag',
    );
    const tags = { added: [FLOOD_TAG], removed: [] };
    if (tagged > 0) this.outbox.record(tx, event(workspaceId, 'ticket.tags_changed', SYSTEM, subject, audience, tags));
  }
}
