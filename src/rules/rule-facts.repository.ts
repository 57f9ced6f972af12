import { Injectable } from '@nestjs/common';
import { spokeLast } from '../inbox/conversations/spoke-last';
import { type RepeatKind, RepeatsService } from '../inbox/repeats/repeats.service';
import { type DomainEvent } from '../outbox/domain-event';
import type { Tx } from '../platform/database';

/** What stands in the tables about an event's ticket, thread and words. */
export interface KnownFacts {
  ticketId: string;
  number: number;
  conversationId: string;
  /** The customer's words the event is about: its own message, else the newest. */
  messageId: string | null;
  /** The thread those words are in: the ticket's own, or one that joined it. */
  threadId: string;
  channelKind: string;
  channelId: string;
  brandId: string;
  threadKind: string;
  workType: string;
  status: string;
  priority: string;
  type: string | null;
  tags: string[];
  language: string | null;
  tier: string | null;
  teamId: string | null;
  assigneeId: string | null;
  queueId: string | null;
  handler: string;
  subject: string;
  fields: Record<string, unknown>;
  text: string;
  hasAttachments: boolean;
  contactIsNew: boolean;
  firstMessage: boolean;
  /** What the words repeat; empty unless it was asked for. */
  repeated: RepeatKind[];
  /** Over all its threads. */
  lastInboundAt: Date | null;
  lastOutboundAt: Date | null;
}

/** Reads what rules ask about. Set-based: a batch of events is one statement. */
@Injectable()
export class RuleFactsRepository {
  constructor(private readonly repeats: RepeatsService) {}

  /**
   * By position of the event; events without a ticket that is there are left out.
   * @param withRepeats some rule asks what the words repeat: two reads more
   */
  async of(
    tx: Tx,
    workspaceId: string,
    events: readonly DomainEvent[],
    withRepeats: boolean,
  ): Promise<Map<number, KnownFacts>> {
    const asked = events.filter((event) => event.ticketId !== null);
    if (asked.length === 0) return new Map();
    // $1 workspace, $2 positions, $3 tickets, $4 messages or null
    const rows = await tx.query<Omit<KnownFacts, 'repeated'> & { position: string }>(
      `SELECT e.position, t.id AS "ticketId", t.number::int AS number, t.conversation_id AS "conversationId", m.id AS "messageId",
         coalesce(m.conversation_id, t.conversation_id) AS "threadId",
         ch.kind AS "channelKind", t.channel_id AS "channelId", t.brand_id AS "brandId", t.kind AS "threadKind",
         coalesce(t.work_type, t.kind) AS "workType", t.status, t.priority, t.type, t.tags, t.language, k.tier,
         t.team_id AS "teamId", t.assignee_id AS "assigneeId", t.queue_id AS "queueId", c.handler, t.subject, t.fields,
         w.inbound_at AS "lastInboundAt", w.outbound_at AS "lastOutboundAt",
         coalesce(m.text, '') AS text,
         EXISTS (SELECT 1 FROM attachments a WHERE a.workspace_id = $1 AND a.message_id = m.id) AS "hasAttachments",
         NOT EXISTS (SELECT 1 FROM tickets o WHERE o.workspace_id = $1 AND o.contact_id = t.contact_id
                       AND o.number < t.number) AS "contactIsNew",
         NOT EXISTS (SELECT 1 FROM messages o WHERE o.workspace_id = $1 AND o.conversation_id = m.conversation_id
                       AND o.direction = 'in' AND o.seq < m.seq) AS "firstMessage"
       FROM unnest($2::bigint[], $3::uuid[], $4::uuid[]) AS e(position, ticket_id, message_id)
       JOIN tickets t ON t.workspace_id = $1 AND t.id = e.ticket_id
       JOIN conversations c ON c.workspace_id = $1 AND c.id = t.conversation_id
       JOIN contacts k ON k.workspace_id = $1 AND k.id = t.contact_id
       JOIN channels ch ON ch.workspace_id = $1 AND ch.id = t.channel_id
       CROSS JOIN LATERAL (
         SELECT max(x.last_inbound_at) AS inbound_at, max(x.last_outbound_at) AS outbound_at,
           (array_agg(x.last_inbound_message_id ORDER BY ${spokeLast('x')}))[1] AS message_id
         FROM conversations x WHERE x.workspace_id = $1 AND (x.id = t.conversation_id OR x.joined_ticket_id = t.id)) w
       LEFT JOIN messages m ON m.workspace_id = $1 AND m.id = coalesce(e.message_id, w.message_id)`,
      [workspaceId, asked.map((e) => e.position), asked.map((e) => e.ticketId), asked.map(messageOf)],
      'rule_facts',
    );
    const words = withRepeats ? [...new Set(rows.flatMap((row) => row.messageId ?? []))] : [];
    const repeats = await this.repeats.kindsOf(tx, workspaceId, words);
    return new Map(
      rows.map(({ position, ...facts }) => [
        Number(position),
        { ...facts, repeated: (facts.messageId && repeats.get(facts.messageId)) || [] },
      ]),
    );
  }
}

/** Our own reply and a note are no words of the customer. */
const messageOf = (event: DomainEvent): string | null =>
  event.type === 'message.sent' || event.type === 'message.noted' ? null : event.messageId;
