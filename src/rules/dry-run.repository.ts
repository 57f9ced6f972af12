import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '../outbox/domain-event';
import { EVENT_COLUMNS, eventOf, type EventRow } from '../outbox/outbox';
import type { Tx } from '../platform/database';
import type { Side } from './rule';

interface Span {
  types: readonly string[];
  from: Date;
  to: Date;
  /** Only every n-th, by position. */
  every: number;
  before: number | null;
  limit: number;
}

/** Reads back in the events of tickets. */
@Injectable()
export class DryRunRepository {
  async count(tx: Tx, workspaceId: string, types: readonly string[], from: Date, to: Date): Promise<number> {
    // $1 workspace, $2 types, $3 from, $4 before
    const [row] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM domain_events
       WHERE workspace_id = $1 AND type = ANY($2) AND at >= $3 AND at < $4 AND ticket_id IS NOT NULL
         AND (type <> 'message.received' OR data->>'direction' = 'in')`,
      [workspaceId, types, from, to],
    );
    return row?.count ?? 0;
  }

  /** Newest first. */
  async page(tx: Tx, workspaceId: string, { types, from, to, every, before, limit }: Span): Promise<DomainEvent[]> {
    // $1 workspace, $2 types, $3 from, $4 before, $5 every n-th, $6 position to go on from, $7 how many
    const rows = await tx.query<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM domain_events
       WHERE workspace_id = $1 AND type = ANY($2) AND at >= $3 AND at < $4 AND ticket_id IS NOT NULL
         AND (type <> 'message.received' OR data->>'direction' = 'in') AND position % $5 = 0
         AND ($6::bigint IS NULL OR position < $6) ORDER BY position DESC LIMIT $7`,
      [workspaceId, types, from, to, every, before, limit],
    );
    return rows.map(eventOf);
  }

  /**
   * Silences of a side that lasted so long, each as the event that would have told it; newest first. A word of either
   * side that is waited for ends one, and so does the end of the work.
   */
  async silences(
    tx: Tx,
    workspaceId: string,
    { side, minutes, from, to, limit }: { side: Side; minutes: number; from: Date; to: Date; limit: number },
  ): Promise<DomainEvent[]> {
    // $1 workspace, $2 types of words, $3 from, $4 before, $5 minutes, $6 how many, $7 side
    const rows = await tx.query<EventRow>(
      `WITH steps AS (
         SELECT *, lead(at) OVER (PARTITION BY ticket_id ORDER BY position) AS next_at FROM domain_events
         WHERE workspace_id = $1 AND at >= $3::timestamptz - $5::int * interval '1 minute' AND at < $4::timestamptz AND ticket_id IS NOT NULL
           AND (type = ANY($2) AND (type <> 'message.received' OR data->>'direction' = 'in')
                OR type = 'ticket.status_changed' AND data->>'to' IN ('solved', 'closed'))
       ), silent AS (
         SELECT *, at + $5::int * interval '1 minute' AS told_at FROM steps
         WHERE type = ANY($2) AND coalesce(next_at, $4::timestamptz) >= at + $5::int * interval '1 minute'
       )
       SELECT workspace_id, position, told_at AS at, 'ticket.idled' AS type, '{"kind":"system"}'::jsonb AS actor, ticket_id,
         conversation_id, contact_id, CASE type WHEN 'message.received' THEN message_id END AS message_id,
         jsonb_build_object('ruleId', '', 'ruleVersion', 0, 'side', $7::text, 'since', at, 'minutes', $5::int) AS data,
         audience, NULL AS request_id
       FROM silent WHERE told_at >= $3 AND told_at < $4 ORDER BY position DESC LIMIT $6`,
      [workspaceId, WORDS_OF[side], from, to, minutes, limit, side],
    );
    return rows.map(eventOf);
  }
}

const WORDS_OF: Record<Side, string[]> = {
  customer: ['message.received'],
  agent: ['message.sent'],
  any: ['message.received', 'message.sent'],
};
