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
  'message.deleted',
  'message.retimed',
  'conversation.merged',
  'ticket.opened',
  'ticket.status_changed',
  'ticket.priority_changed',
  'ticket.tags_changed',
  'ticket.changed',
  'ticket.moved',
  'ticket.queued',
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
  direction: string | null;
}

const COLUMNS = `e.ticket_id, e.position, e.at, e.type, e.actor, e.data, m.network_at, m.received_at, m.applied_at, e.message_id,
  m.author_kind, m.direction`;

/** Reads what happened to tickets from the events. */
@Injectable()
export class ClockFactsRepository {
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

  /** Where the words of tickets count that went into another of their thread. */
  async mergedInto(tx: Tx, workspaceId: string, ticketIds: readonly string[]): Promise<{ id: string; into: string }[]> {
    if (ticketIds.length === 0) return [];
    // $1 workspace, $2 tickets
    return tx.query<{ id: string; into: string }>(
      `SELECT s.id, t.id AS into FROM tickets s JOIN tickets t ON t.workspace_id = $1 AND t.id = s.merged_into_id
         AND t.conversation_id = s.conversation_id WHERE s.workspace_id = $1 AND s.id = ANY($2::uuid[])`,
      [workspaceId, ticketIds],
    );
  }

  /** What happened to each ticket from a position on, in order: what a batch brought, and all that is known after it. */
  async from(tx: Tx, workspaceId: string, from: ReadonlyMap<string, number>): Promise<Map<string, Fact[]>> {
    // $1 workspace, $2 tickets, $3 their first positions, $4 event types
    const rows = await tx.query<FactRow>(
      `SELECT ${COLUMNS}
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

  /**
   * All that happened to each ticket, and what was said in its thread before it was known to be the ticket's: by tickets
   * that went into it when two threads proved to be one, and by another tool before the call that opened it had come.
   */
  async all(tx: Tx, workspaceId: string, ticketIds: readonly string[]): Promise<Map<string, Fact[]>> {
    if (ticketIds.length === 0) return new Map();
    // $1 workspace, $2 tickets
    const merged = await tx.query<{ id: string; into: string }>(
      `SELECT s.id, t.id AS into FROM tickets t JOIN tickets s ON s.workspace_id = $1 AND s.conversation_id = t.conversation_id
         AND s.merged_into_id = t.id WHERE t.workspace_id = $1 AND t.id = ANY($2::uuid[])`,
      [workspaceId, ticketIds],
    );
    const facts = await this.from(
      tx,
      workspaceId,
      new Map([...ticketIds, ...merged.map(({ id }) => id)].map((id) => [id, 0])),
    );
    const unfiled = await this.unfiled(tx, workspaceId, ticketIds);
    return new Map(
      ticketIds.map((ticketId) => {
        const from = merged.filter(({ into }) => into === ticketId).map(({ id }) => id);
        const own = facts
          .get(ticketId)!
          .filter((fact) => fact.type !== 'took_in' || !from.includes(fact.fromTicketId ?? ''));
        const filed = [...own, ...from.flatMap((id) => facts.get(id)!.filter(isWord))];
        const first = filed.reduce(
          (at, fact) => (fact.type === 'customer_wrote' ? Math.min(at, fact.startedAt.getTime()) : at),
          Infinity,
        );
        const known = new Set(filed.map((fact) => ('messageId' in fact ? fact.messageId : undefined)));
        const others = (unfiled.get(ticketId) ?? []).filter(
          ({ messageId, at }) => !known.has(messageId) && at.getTime() >= first,
        );
        return [ticketId, [...others, ...filed.toSorted((a, b) => a.position - b.position)]];
      }),
    );
  }

  /** Another tool's words in the thread that no ticket had when they came. They stand before all positions. */
  private async unfiled(tx: Tx, workspaceId: string, ticketIds: readonly string[]) {
    // $1 workspace, $2 tickets
    const rows = await tx.query<{ ticket_id: string; id: string; at: Date }>(
      `SELECT t.id AS ticket_id, m.id, least(m.network_at, m.received_at) AS at
       FROM tickets t JOIN messages m ON m.workspace_id = $1 AND m.conversation_id = t.conversation_id AND m.direction = 'out'
         AND m.author_kind = 'account' AND (m.ticket_id IS NULL OR m.ticket_id = t.id)
       WHERE t.workspace_id = $1 AND t.id = ANY($2::uuid[]) ORDER BY at, m.id`,
      [workspaceId, ticketIds],
    );
    const words = new Map<string, Extract<Fact, { type: 'answered' }>[]>();
    for (const { ticket_id: ticketId, id: messageId, at } of rows) {
      const word = { position: 0, type: 'answered', by: 'agent', at, elsewhere: true, messageId } as const;
      words.set(ticketId, [...(words.get(ticketId) ?? []), word]);
    }
    return words;
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
      `SELECT ${COLUMNS}
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

/** What was said, whichever ticket it was filed under. */
const isWord = ({ type }: Fact): boolean =>
  type === 'customer_wrote' || type === 'answered' || type === 'answer_failed' || type === 'taken_back';

/** An event as the clocks see it; undefined when it does not concern them. */
function plainFact(row: FactRow, position: number): Fact | undefined {
  const { at } = row;
  switch (row.type) {
    case 'message.received': {
      const { direction, opensWork } = row.data as DomainEventData['message.received'];
      if (!row.network_at || !row.received_at) return undefined;
      // a network's clock may run ahead of ours: nothing was written after we had it
      const at = row.network_at < row.received_at ? row.network_at : row.received_at;
      const messageId = row.message_id ?? undefined;
      if (direction === 'out') return { position, type: 'answered', by: 'agent', at, elsewhere: true, messageId };
      return opensWork ? { position, type: 'customer_wrote', startedAt: at, messageId } : undefined;
    }
    case 'message.sent': {
      const { author } = row.data as DomainEventData['message.sent'];
      const messageId = row.message_id ?? undefined;
      if (author === 'system' || author === 'rule' || !row.applied_at) return undefined;
      return { position, type: 'answered', by: author, at: row.applied_at, messageId };
    }
    case 'message.delivery_changed': {
      const { message_id: messageId, author_kind: author } = row;
      if (!messageId || (author !== 'agent' && author !== 'bot')) return undefined;
      if ((row.data as DomainEventData['message.delivery_changed']).to === 'failed')
        return { position, type: 'answer_failed', messageId, at };
      return { position, type: 'answered', by: author, at, messageId }; // on its way once more, or there after all
    }
    case 'message.deleted':
      if (row.direction !== 'in' || !row.message_id) return undefined;
      return { position, type: 'taken_back', messageId: row.message_id, at };
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
    case 'ticket.queued': {
      const { from, to } = row.data as DomainEventData['ticket.queued'];
      return { position, type: 'queue_changed', from, to };
    }
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
    case 'message.retimed': // its message tells the time it has now
    case 'conversation.merged': // its words are the ticket's from now on
      return undefined;
    case 'ticket.merged':
    case 'ticket.unmerged':
    case 'ticket.split':
      return undefined; // these need their other ticket
  }
}
