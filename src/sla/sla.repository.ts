import { Injectable } from '@nestjs/common';
import type { TicketPriority, TicketStatus } from '../inbox/tickets/ticket';
import type { Actor, DomainEventData, DomainEventType } from '../outbox/domain-event';
import type { Tx } from '../platform/database';
import type { ClockKind, PolicyConditions, SlaPolicy, Targets } from './policy';
import type { Clock, Fact } from './waiting';

export const CLOCK_EVENTS = [
  'message.received',
  'message.sent',
  'message.delivery_changed',
  'ticket.status_changed',
  'ticket.priority_changed',
] as const satisfies readonly DomainEventType[];

interface PolicyRow {
  id: string;
  name: string;
  rank: number;
  conditions: PolicyConditions;
  first_response_ms: Targets;
  next_response_ms: Targets;
  bot_counts: boolean;
}

interface ClockRow {
  id: string;
  ticket_id: string;
  policy_id: string;
  kind: ClockKind;
  started_at: Date;
  target_ms: string;
  due_at: Date;
  met_at: Date | null;
  cancelled_at: Date | null;
  opened_position: string;
  ended_position: string | null;
}

interface FactRow {
  ticket_id: string;
  position: string;
  at: Date;
  type: (typeof CLOCK_EVENTS)[number];
  actor: Actor;
  data: DomainEventData[(typeof CLOCK_EVENTS)[number]];
  network_at: Date | null;
  received_at: Date | null;
  applied_at: Date | null;
  message_id: string | null;
  author_kind: string | null;
}

/** A clock that ran out before it ended, as its leads and its team are to hear of it. */
export interface Breach {
  workspace_id: string;
  id: string;
  kind: ClockKind;
  due_at: Date;
  ticket_id: string;
  conversation_id: string;
  contact_id: string;
  team_id: string | null;
  assignee_id: string | null;
}

const CLOCK_COLUMNS = `id, ticket_id, policy_id, kind, started_at, target_ms, due_at, met_at, cancelled_at, opened_position,
  ended_position`;
const POLICY_COLUMNS = 'id, name, rank, conditions, first_response_ms, next_response_ms, bot_counts';
const BREACH_COLUMNS = `c.workspace_id, c.id, c.kind, c.due_at, t.id AS ticket_id, t.conversation_id, t.contact_id, t.team_id,
  t.assignee_id`;

@Injectable()
export class SlaRepository {
  async policies(tx: Tx, workspaceId: string): Promise<SlaPolicy[]> {
    const rows = await tx.query<PolicyRow>(
      `SELECT ${POLICY_COLUMNS} FROM sla_policies WHERE workspace_id = $1 ORDER BY rank, id`,
      [workspaceId],
      'sla_policies',
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      rank: row.rank,
      conditions: row.conditions,
      firstResponseMs: row.first_response_ms,
      nextResponseMs: row.next_response_ms,
      botCounts: row.bot_counts,
    }));
  }

  /** Makes or replaces a policy; with `onlyIfNew` an existing one is left as it is. */
  async savePolicy(tx: Tx, workspaceId: string, policy: SlaPolicy, onlyIfNew = false): Promise<void> {
    // $1 workspace, $2 id, $3 name, $4 rank, $5 conditions, $6 and $7 targets, $8 bot counts, $9 only if new
    await tx.execute(
      `INSERT INTO sla_policies AS p (workspace_id, id, name, rank, conditions, first_response_ms, next_response_ms, bot_counts)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, rank = excluded.rank, conditions = excluded.conditions,
         first_response_ms = excluded.first_response_ms, next_response_ms = excluded.next_response_ms, bot_counts = excluded.bot_counts
       WHERE NOT $9::boolean`,
      [
        workspaceId,
        policy.id,
        policy.name,
        policy.rank,
        JSON.stringify(policy.conditions),
        JSON.stringify(policy.firstResponseMs),
        JSON.stringify(policy.nextResponseMs),
        policy.botCounts,
        onlyIfNew,
      ],
    );
  }

  async deletePolicy(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
    return (await tx.execute('DELETE FROM sla_policies WHERE workspace_id = $1 AND id = $2', [workspaceId, id])) > 0;
  }

  async channelKinds(tx: Tx, workspaceId: string, channelIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await tx.query<{ id: string; kind: string }>(
      'SELECT id, kind FROM channels WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
      [workspaceId, channelIds],
      'sla_channel_kinds',
    );
    return new Map(rows.map((row) => [row.id, row.kind]));
  }

  async clocksOf(tx: Tx, workspaceId: string, ticketIds: readonly string[]): Promise<Map<string, Clock[]>> {
    // $1 workspace, $2 tickets
    const rows = await tx.query<ClockRow>(
      `SELECT ${CLOCK_COLUMNS} FROM sla_clocks WHERE workspace_id = $1 AND ticket_id = ANY($2::uuid[]) ORDER BY opened_position`,
      [workspaceId, ticketIds],
      'sla_clocks_of',
    );
    const clocks = new Map<string, Clock[]>(ticketIds.map((id) => [id, []]));
    for (const row of rows) clocks.get(row.ticket_id)!.push(clockOf(row));
    return clocks;
  }

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

  /** What happened to each ticket from a position on, in order: what this batch brought, and all that is known after it. */
  async factsFrom(tx: Tx, workspaceId: string, from: ReadonlyMap<string, number>): Promise<Map<string, Fact[]>> {
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
      [workspaceId, [...from.keys()], [...from.values()], CLOCK_EVENTS],
      'sla_facts',
    );
    const facts = new Map<string, Fact[]>([...from.keys()].map((id) => [id, []]));
    for (const row of rows) {
      const fact = factOf(row);
      if (fact) facts.get(row.ticket_id)!.push(fact);
    }
    return facts;
  }

  async saveClocks(tx: Tx, workspaceId: string, clocks: readonly (Clock & { ticketId: string })[]): Promise<void> {
    if (clocks.length === 0) return;
    // $1 workspace, $2 ids, $3 tickets, $4 policies, $5 kinds, $6 starts, $7 targets, $8 dues, $9 met, $10 cancelled,
    // $11 opened, $12 ended; ended clocks first, so that one may end and the next begin in one statement
    const rows = [...clocks].sort((a, b) => Number(a.endedPosition === null) - Number(b.endedPosition === null));
    await tx.execute(
      `INSERT INTO sla_clocks AS c (workspace_id, id, ticket_id, policy_id, kind, started_at, target_ms, due_at, met_at,
                                    cancelled_at, opened_position, ended_position)
       SELECT $1, u.* FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::bigint[],
         $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::bigint[], $12::bigint[]) AS u
       ON CONFLICT (workspace_id, id) DO UPDATE SET kind = excluded.kind, started_at = excluded.started_at,
         target_ms = excluded.target_ms, due_at = excluded.due_at, met_at = excluded.met_at, cancelled_at = excluded.cancelled_at,
         opened_position = excluded.opened_position, ended_position = excluded.ended_position`,
      [
        workspaceId,
        rows.map((c) => c.id),
        rows.map((c) => c.ticketId),
        rows.map((c) => c.policyId),
        rows.map((c) => c.kind),
        rows.map((c) => c.startedAt),
        rows.map((c) => c.targetMs),
        rows.map((c) => c.dueAt),
        rows.map((c) => c.metAt),
        rows.map((c) => c.cancelledAt),
        rows.map((c) => c.openedPosition),
        rows.map((c) => c.endedPosition),
      ],
      'sla_clocks_save',
    );
  }

  /** Marks clocks that ended late as told, each once whoever comes first. */
  async markEndedLate(tx: Tx, workspaceId: string, clockIds: readonly string[], toldAt: Date): Promise<Breach[]> {
    if (clockIds.length === 0) return [];
    // $1 workspace, $2 clocks, $3 instant
    return tx.query<Breach>(
      `UPDATE sla_clocks c SET breach_told_at = $3 FROM tickets t
       WHERE c.workspace_id = $1 AND c.id = ANY($2::uuid[]) AND c.breach_told_at IS NULL
         AND coalesce(c.met_at, c.cancelled_at) > c.due_at AND t.workspace_id = c.workspace_id AND t.id = c.ticket_id
       RETURNING ${BREACH_COLUMNS}`,
      [workspaceId, clockIds, toldAt],
      'sla_mark_ended_late',
    );
  }

  /**
   * Marks running clocks that were due at `dueBefore` as told. A clock is left for later while an event from before it
   * was due is still unread by `subscriber`: that event may be the answer.
   */
  async markOverdue(tx: Tx, subscriber: string, dueBefore: Date, toldAt: Date, limit: number): Promise<Breach[]> {
    // $1 due before, $2 told, $3 how many, $4 subscriber
    return tx.query<Breach>(
      `WITH overdue AS (
         SELECT c.workspace_id, c.id FROM sla_clocks c
         WHERE c.met_at IS NULL AND c.cancelled_at IS NULL AND c.breach_told_at IS NULL AND c.due_at <= $1
           AND NOT EXISTS (
             SELECT 1 FROM event_cursors r
             JOIN domain_events e ON e.workspace_id = r.workspace_id AND e.position = r.position + 1
             WHERE r.subscriber = $4 AND r.workspace_id = c.workspace_id AND e.at <= c.due_at)
         ORDER BY c.due_at LIMIT $3 FOR UPDATE OF c SKIP LOCKED
       )
       UPDATE sla_clocks c SET breach_told_at = $2 FROM overdue o, tickets t
       WHERE c.workspace_id = o.workspace_id AND c.id = o.id AND t.workspace_id = c.workspace_id AND t.id = c.ticket_id
       RETURNING ${BREACH_COLUMNS}`,
      [dueBefore, toldAt, limit, subscriber],
      'sla_mark_overdue',
    );
  }
}

const clockOf = (row: ClockRow): Clock => ({
  id: row.id,
  kind: row.kind,
  policyId: row.policy_id,
  startedAt: row.started_at,
  targetMs: Number(row.target_ms),
  dueAt: row.due_at,
  metAt: row.met_at,
  cancelledAt: row.cancelled_at,
  openedPosition: Number(row.opened_position),
  endedPosition: row.ended_position === null ? null : Number(row.ended_position),
});

/** An event as the clocks see it; undefined when it does not concern them. */
function factOf(row: FactRow): Fact | undefined {
  const position = Number(row.position);
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
      const { message_id: messageId, author_kind: author, at } = row;
      if (!messageId || (author !== 'agent' && author !== 'bot')) return undefined;
      if ((row.data as DomainEventData['message.delivery_changed']).to === 'failed')
        return { position, type: 'answer_failed', messageId, at };
      return { position, type: 'answered', by: author, at, messageId }; // on its way once more, or there after all
    }
    case 'ticket.status_changed': {
      const { from, to, reason } = row.data as { from: TicketStatus; to: TicketStatus; reason?: string };
      const byAgent = row.actor.kind === 'agent';
      return { position, type: 'status_changed', from, to, byAgent, at: row.at, withReply: reason === 'with_reply' };
    }
    case 'ticket.priority_changed': {
      const { from, to } = row.data as { from: TicketPriority; to: TicketPriority };
      return { position, type: 'priority_changed', from, to };
    }
  }
}
