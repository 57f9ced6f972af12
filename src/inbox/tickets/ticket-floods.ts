import { Injectable } from '@nestjs/common';
import { ticketAudience } from '../../outbox/audience';
import { event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { FLOOD_TAG, floodSettings, isFlood } from './flood';
import type { ThreadActivity } from './ticket-intake';

interface Beginner {
  conversation_id: string;
  /** When the person last wrote in the newest of their other threads in this channel. */
  others: Date[] | null;
  floods: unknown;
  ticket_id: string | null;
}

/** A ticket that took a thread of a flood, locked by the caller. */
export interface FloodedTicket {
  id: string;
  teamId: string | null;
  assigneeId: string | null;
}

const AT_ONCE = 10;
const MOST_LOOKED_AT = 100;

const isBeginning = (t: ThreadActivity): boolean =>
  t.ticketCount === 0 && t.joinedTicketId === null && t.calls.length > 0;

const whoOf = ({ workspaceId, contactId, channelId }: ThreadActivity): string =>
  `${workspaceId} ${contactId} ${channelId}`;

/**
 * A batch in rounds: of the threads that one person begins in it, the first few are worked on before the others, which
 * then find the tickets these led to.
 */
export function roundsOfBeginners(threads: readonly ThreadActivity[]): ThreadActivity[][] {
  const begun = new Map<string, number>();
  const rounds: [ThreadActivity[], ThreadActivity[]] = [[], []];
  for (const thread of threads) {
    const nth = isBeginning(thread) ? (begun.get(whoOf(thread)) ?? 0) : 0;
    if (isBeginning(thread)) begun.set(whoOf(thread), nth + 1);
    rounds[nth < AT_ONCE ? 0 : 1].push(thread);
  }
  return rounds.filter((round) => round.length > 0);
}

/** Leads the threads of a flood to one ticket: nothing of what was written is lost, and the queue stays a queue. */
@Injectable()
export class TicketFloods {
  constructor(private readonly outbox: Outbox) {}

  /**
   * The threads as they are to be worked on: one that begins in a flood belongs to the person's newest ticket under work,
   * if there is one. Conversations are held by the caller; the ticket is not locked yet and may have ended.
   * @param before what was worked on already in this batch, whose conversations do not tell of it yet
   */
  async divert(
    tx: Tx,
    threads: readonly ThreadActivity[],
    before: readonly ThreadActivity[],
  ): Promise<readonly ThreadActivity[]> {
    const begins = threads.filter(isBeginning);
    if (begins.length === 0) return threads;
    const ticketOf = new Map<string, string>();
    const byId = new Map(begins.map((thread) => [thread.conversationId, thread]));
    for (const { conversation_id: id, others, floods, ticket_id: ticketId } of await this.beginners(tx, begins)) {
      const thread = byId.get(id)!;
      const at = thread.calls[0]!.getTime();
      const together = [...before, ...begins.slice(0, begins.indexOf(thread))].filter(
        (t) => whoOf(t) === whoOf(thread),
      );
      const instants = [...(others ?? []), ...together.flatMap(({ calls }) => calls[0] ?? [])].map((t) => t.getTime());
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

  private beginners(tx: Tx, begins: readonly ThreadActivity[]): Promise<Beginner[]> {
    // $1 workspaces, $2 conversations, $3 contacts, $4 channels (fourwise). The newest only: a person may have thousands.
    return tx.query<Beginner>(
      `SELECT u.conversation_id, o.others, w.settings->'floods' AS floods, active.id AS ticket_id
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
         AS u(workspace_id, conversation_id, contact_id, channel_id)
       JOIN workspaces w ON w.id = u.workspace_id
       CROSS JOIN LATERAL (
         SELECT array_agg(id) AS ids, array_agg(conversation_id) AS threads FROM (
           SELECT id, conversation_id FROM tickets t WHERE t.workspace_id = u.workspace_id AND t.contact_id = u.contact_id
           ORDER BY t.created_at DESC LIMIT ${MOST_LOOKED_AT}) t) newest
       LEFT JOIN LATERAL (
         SELECT t.id FROM tickets t WHERE t.workspace_id = u.workspace_id AND t.id = ANY(newest.ids)
           AND t.channel_id = u.channel_id AND t.status NOT IN ('solved', 'closed')
         ORDER BY t.created_at DESC, t.id DESC LIMIT 1) active ON true
       CROSS JOIN LATERAL (
         SELECT array_agg(c.last_inbound_at) AS others FROM conversations c
         WHERE c.workspace_id = u.workspace_id AND c.channel_id = u.channel_id AND c.id <> u.conversation_id
           AND c.merged_into_id IS NULL AND c.last_inbound_at IS NOT NULL AND c.id = ANY(newest.threads || ARRAY(
             SELECT j.id FROM conversations j WHERE j.workspace_id = u.workspace_id AND j.joined_ticket_id = active.id
             ORDER BY j.id DESC LIMIT ${MOST_LOOKED_AT}))) o
       WHERE newest.ids IS NOT NULL`,
      [
        begins.map((t) => t.workspaceId),
        begins.map((t) => t.conversationId),
        begins.map((t) => t.contactId),
        begins.map((t) => t.channelId),
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
