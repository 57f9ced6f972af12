import { Injectable } from '@nestjs/common';
import type { TicketPriority, TicketStatus } from '../inbox/tickets/ticket';
import type { Actor, DomainEventData, DomainEventType } from '../outbox/domain-event';
import type { Tx } from '../platform/database';
import type { Fact } from './facts';

/** Events that are facts of a ticket's clocks. */
export const FACT_EVENTS = [
  'message.received',
  'message.sent',
  'message.delivery_changed',
  'ticket.opened',
  'ticket.status_changed',
  'ticket.priority_changed',
  'ticket.tags_changed',
  'ticket.changed',
  'ticket.moved',
  'ticket.merged',
  'ticket.unmerged',
  'ticket.split',
  'call.promised',
  'call.rescheduled',
  'call.ended',
  'call.cancelled',
] as const satisfies readonly DomainEventType[];

type FactEvent = (typeof FACT_EVENTS)[number];

interface FactRow {
  ticket_id: string;
  position: string;
  at: Date;
  type: FactEvent;
  actor: Actor;
  data: DomainEventData[FactEvent];
  network_at: Date | null;
  received_at: Date | null;
  applied_at: Date | null;
  message_id: string | null;
  author_kind: string | null;
}

/** Reads what happened to tickets from the events. */
@Injectable()
export class FactsRepository {
  /** Where the answers were written that have failed now: what they ended has to be looked at from there. */
  async writtenAt(
    tx: Tx,
    workspaceId: string,
    answers: readonly { ticketId: string; messageId: string }[],
  ): Promise<{ ticketId: string; position: number }[]> {
    if (answers.length === 0) return [];
    // $1 workspace, $2 tickets, $3 messages
    const rows = await tx.query<{ ticket_id: string; position: string }>(
      `SELECT e.ticket_id, min(e.position) AS position
       FROM domain_events e
       WHERE e.workspace_id = $1 AND e.ticket_id = ANY($2::uuid[]) AND e.message_id = ANY($3::uuid[])
         AND e.type = 'message.sent' GROUP BY e.ticket_id`,
      [workspaceId, answers.map((a) => a.ticketId), answers.map((a) => a.messageId)],
    );
    return rows.map((row) => ({ ticketId: row.ticket_id, position: Number(row.position) }));
  }

  /** What happened to each ticket from a position on, in order: what a batch brought, and all that is known after it. */
  async from(tx: Tx, workspaceId: string, from: ReadonlyMap<string, number>): Promise<Map<string, Fact[]>> {
    // $1 workspace, $2 tickets, $3 their first positions, $4 event types
    const rows = await tx.query<FactRow>(
      `SELECT e.ticket_id, e.position, e.at, e.type, e.actor, e.data, m.network_at, m.received_at, m.applied_at,
              e.message_id, m.author_kind
       FROM unnest($2::uuid[], $3::bigint[]) AS k(ticket_id, position)
       JOIN domain_events e ON e.workspace_id = $1 AND e.ticket_id = ANY($2::uuid[]) AND e.ticket_id = k.ticket_id
         AND e.position >= k.position AND e.type = ANY($4)
         AND (e.type <> 'message.delivery_changed' OR 'failed' IN (e.data->>'from', e.data->>'to'))
       LEFT JOIN messages m ON m.workspace_id = $1 AND m.id = e.message_id
       ORDER BY e.position`,
      [workspaceId, [...from.keys()], [...from.values()], FACT_EVENTS],
      'sla_facts',
    );
    const facts = new Map<string, Fact[]>([...from.keys()].map((id) => [id, []]));
    for (const row of rows) {
      const fact = await this.factOf(tx, workspaceId, row);
      if (fact) facts.get(row.ticket_id)!.push(fact);
    }
    return facts;
  }

  private async factOf(tx: Tx, workspaceId: string, row: FactRow): Promise<Fact | undefined> {
    const { at, ticket_id: ticketId } = row;
    const position = Number(row.position);
    if (row.type === 'ticket.merged' || row.type === 'ticket.unmerged') {
      const { from } = row.data as DomainEventData['ticket.merged'];
      const away = from === ticketId;
      if (row.type === 'ticket.merged')
        return away
          ? { position, type: 'merged_away', at }
          : { position, type: 'took_in', at, fromTicketId: from, waitingSince: null };
      const merge = await this.mergeBefore(tx, workspaceId, ticketId, from, position);
      if (!merge) return undefined;
      if (!away) return { position, type: 'gave_back', at, tookInPosition: merge.position };
      return { position, type: 'unmerged', at, ...(await this.meanwhile(tx, workspaceId, ticketId, merge, position)) };
    }
    if (row.type === 'ticket.split') {
      if ((row.data as DomainEventData['ticket.split']).into !== ticketId) return undefined;
      const waitingSince = await this.waitingWhenSplit(tx, workspaceId, ticketId, at);
      return { position, type: 'took_in', at, fromTicketId: null, waitingSince };
    }
    return plainFact(row, position);
  }

  /** The first of the customer's words that came with a split and no answer after it. */
  private async waitingWhenSplit(tx: Tx, workspaceId: string, ticketId: string, at: Date): Promise<Date | null> {
    // $1 workspace, $2 the new ticket, $3 when it was split off
    const [row] = await tx.query<{ since: Date | null }>(
      `WITH words AS (
         SELECT m.seq, m.direction, m.author_kind, m.visibility, m.network_at, m.received_at
         FROM tickets t JOIN messages m ON m.workspace_id = $1 AND m.conversation_id = t.conversation_id AND m.ticket_id = t.id
         WHERE t.workspace_id = $1 AND t.id = $2 AND m.applied_at <= $3
       )
       SELECT min(least(w.network_at, w.received_at)) AS since FROM words w
       WHERE w.direction = 'in' AND NOT EXISTS (
         SELECT 1 FROM words a
         WHERE a.direction = 'out' AND a.author_kind = 'agent' AND a.visibility <> 'internal' AND a.seq > w.seq)`,
      [workspaceId, ticketId, at],
    );
    return row?.since ?? null;
  }

  /** The merge that an unmerge takes back, as told on one of the two tickets. */
  private async mergeBefore(tx: Tx, workspaceId: string, ticketId: string, from: string, position: number) {
    // $1 workspace, $2 ticket it was told on, $3 the merged ticket, $4 position of the unmerge
    const [row] = await tx.query<{ position: string; into: string }>(
      `SELECT position, data->>'into' AS into FROM domain_events
       WHERE workspace_id = $1 AND ticket_id = $2 AND type = 'ticket.merged' AND data->>'from' = $3::text AND position < $4
       ORDER BY position DESC LIMIT 1`,
      [workspaceId, ticketId, from, position],
    );
    return row && { position: Number(row.position), into: row.into };
  }

  /** What was said in a merged ticket's own conversation while its work was done in another. */
  private async meanwhile(
    tx: Tx,
    workspaceId: string,
    ticketId: string,
    merge: { position: number; into: string },
    until: number,
  ): Promise<{ answeredAt: Date | null; waitingSince: Date | null }> {
    // $1 workspace, $2 the merged ticket, $3 the other, $4 and $5 positions
    const rows = await tx.query<FactRow>(
      `SELECT e.ticket_id, e.position, e.at, e.type, e.actor, e.data, m.network_at, m.received_at, m.applied_at, e.message_id,
              m.author_kind
       FROM tickets t
       JOIN domain_events e ON e.workspace_id = $1 AND e.ticket_id = $3 AND e.conversation_id = t.conversation_id
         AND e.position > $4 AND e.position < $5 AND e.type IN ('message.received', 'message.sent')
       JOIN messages m ON m.workspace_id = $1 AND m.id = e.message_id
       WHERE t.workspace_id = $1 AND t.id = $2 ORDER BY e.position`,
      [workspaceId, ticketId, merge.into, merge.position, until],
    );
    let answeredAt: Date | null = null;
    let waitingSince: Date | null = null;
    for (const row of rows) {
      const fact = plainFact(row, Number(row.position));
      if (fact?.type === 'customer_wrote') waitingSince ??= fact.startedAt;
      if (fact?.type !== 'answered' || fact.by !== 'agent') continue;
      answeredAt ??= fact.at;
      waitingSince = null;
    }
    return { answeredAt, waitingSince };
  }
}

/** An event as the clocks see it; undefined when it does not concern them. */
function plainFact(row: FactRow, position: number): Fact | undefined {
  const { at } = row;
  switch (row.type) {
    case 'message.received': {
      const { direction, opensWork } = row.data as DomainEventData['message.received'];
      if (!row.network_at || !row.received_at) return undefined;
      // answered with another tool: when we learnt of it, which is never before the question
      if (direction === 'out')
        return { position, type: 'answered', by: 'agent', at: row.received_at, writtenAt: row.network_at };
      if (!opensWork) return undefined;
      // a network's clock may run ahead of ours: a wait never starts after we had the message
      const startedAt = row.network_at < row.received_at ? row.network_at : row.received_at;
      return { position, type: 'customer_wrote', startedAt };
    }
    case 'message.sent': {
      const { author } = row.data as DomainEventData['message.sent'];
      const messageId = row.message_id ?? undefined;
      if (author === 'system' || !row.applied_at) return undefined;
      return { position, type: 'answered', by: author, at: row.applied_at, messageId };
    }
    case 'message.delivery_changed': {
      const { message_id: messageId, author_kind: author } = row;
      if (!messageId || (author !== 'agent' && author !== 'bot')) return undefined;
      if ((row.data as DomainEventData['message.delivery_changed']).to === 'failed')
        return { position, type: 'answer_failed', messageId, at };
      return { position, type: 'answered', by: author, at, messageId }; // on its way once more, or there after all
    }
    case 'ticket.opened':
      return row.actor.kind === 'contact' ? undefined : { position, type: 'opened', at };
    case 'ticket.status_changed': {
      const { from, to, reason } = row.data as { from: TicketStatus; to: TicketStatus; reason?: string };
      const byAgent = row.actor.kind === 'agent';
      const ofMerge = reason === 'merged' || reason === 'unmerged';
      return { position, type: 'status_changed', from, to, byAgent, at, withReply: reason === 'with_reply', ofMerge };
    }
    case 'ticket.priority_changed': {
      const { from, to } = row.data as { from: TicketPriority; to: TicketPriority };
      return { position, type: 'priority_changed', from, to };
    }
    case 'ticket.tags_changed':
      return { position, type: 'tags_changed', ...(row.data as DomainEventData['ticket.tags_changed']) };
    case 'ticket.changed': {
      const language = (row.data as DomainEventData['ticket.changed']).changes['language'];
      if (!language) return undefined;
      return { position, type: 'language_changed', ...(language as { from: string | null; to: string | null }) };
    }
    case 'ticket.moved':
      return { position, type: 'team_changed', ...(row.data as DomainEventData['ticket.moved']) };
    case 'call.promised':
    case 'call.rescheduled': {
      const { promiseId, windowEnd } = row.data as DomainEventData['call.promised'];
      const dueAt = new Date(windowEnd);
      if (row.type === 'call.rescheduled') return { position, type: 'call_rescheduled', promiseId, dueAt };
      return { position, type: 'call_promised', promiseId, dueAt, at };
    }
    case 'call.ended': {
      const { promiseId, reached } = row.data as DomainEventData['call.ended'];
      return reached ? { position, type: 'call_reached', promiseId, at } : undefined;
    }
    case 'call.cancelled':
      return {
        position,
        type: 'call_cancelled',
        promiseId: (row.data as DomainEventData['call.cancelled']).promiseId,
        at,
      };
    case 'ticket.merged':
    case 'ticket.unmerged':
    case 'ticket.split':
      return undefined; // these need their other ticket
  }
}
