import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { hashKey } from '../../platform/ids';
import { cleanText } from '../../text/clean';

export type InboundState = 'received' | 'applied' | 'ignored' | 'unsupported' | 'refused' | 'failed';

export interface NewInboundEvent {
  workspaceId: string;
  id: string;
  /** Null when it belongs to no channel: malformed, or an object we do not know. */
  channelId: string | null;
  eventKey: string;
  type: string;
  threadKey: string;
  lane: number;
  state: InboundState;
  reason: string | null;
  /** The event itself, only when the delivery is shared with another workspace. */
  payload: string | null;
  occurredAt: Date | null;
}

export interface NewDelivery {
  id: string;
  workspaceId: string | null;
  source: string;
  headers: string;
  body: Buffer;
  receivedAt: Date;
  events: readonly NewInboundEvent[];
}

export interface RawDelivery {
  id: string;
  source: string;
  body: Buffer;
}

export interface WaitingEvent {
  workspaceId: string;
  id: string;
  channelId: string | null;
  threadKey: string;
  lane: number;
  eventKey: string;
  receivedAt: Date;
  delivery: RawDelivery;
}

/** How many lanes: conversations hash onto them, and whoever holds a lane applies its events in order. */
export const LANES = 64;
const LANE_LOCKS = 7_265_400; // first key of the advisory locks; any constant of our own
const NO_CHANNEL = '00000000-0000-0000-0000-000000000000';

const WAITING = 'workspace_id, id, channel_id, thread_key, lane, delivery_id, event_key, received_at';
const THREAD = `concat(channel_id, ' ', thread_key)`;

interface WaitingRow {
  workspace_id: string;
  id: string;
  channel_id: string | null;
  thread_key: string;
  lane: number;
  delivery_id: string;
  event_key: string;
  received_at: Date;
}

/** The thread of a waiting event, across channels. */
export const threadOf = (e: Pick<WaitingEvent, 'channelId' | 'threadKey'>): string =>
  `${e.channelId ?? ''} ${e.threadKey}`;

@Injectable()
export class LedgerRepository {
  /**
   * Writes many deliveries at once. The unique key decides which events are new; a delivery that brings nothing new
   * leaves no row.
   * @returns how many events were new
   */
  async store(tx: Tx, deliveries: readonly NewDelivery[]): Promise<number> {
    const seen = new Set<string>();
    const events = deliveries.flatMap((delivery) =>
      delivery.events.flatMap((e) => {
        const key = hashKey(e.eventKey);
        const unique = `${e.workspaceId}${e.channelId}${key}`;
        if (seen.has(unique)) return [];
        seen.add(unique);
        return [{ e, key, delivery }];
      }),
    );
    // $1…$6 deliveries: ids, workspaces, sources, headers, bodies, received; $7…$18 events: workspaces, ids, channels,
    // deliveries, key hashes, keys, types, threads, lanes, states, reasons, payloads; $19 occurred
    const [row] = await tx.query<{ stored: number }>(
      `WITH d AS (
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::bytea[], $6::timestamptz[])
           AS d(id, workspace_id, source, headers, body, received_at)
       ), e AS (
         SELECT * FROM unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::text[],
                              $15::smallint[], $16::text[], $17::text[], $18::jsonb[], $19::timestamptz[])
           AS e(workspace_id, id, channel_id, delivery_id, key_hash, event_key, type, thread_key, lane, state, reason, payload, occurred_at)
       ), k AS (
         INSERT INTO event_keys (workspace_id, channel_id, key_hash)
         SELECT workspace_id, coalesce(channel_id, '${NO_CHANNEL}'), key_hash FROM e ORDER BY 1, 2, 3
         ON CONFLICT DO NOTHING
         RETURNING workspace_id, channel_id, key_hash
       ), fresh AS (
         SELECT e.*, d.received_at FROM e JOIN k ON k.workspace_id = e.workspace_id AND k.key_hash = e.key_hash
           AND k.channel_id = coalesce(e.channel_id, '${NO_CHANNEL}')
         JOIN d ON d.id = e.delivery_id
       ), raw AS (
         INSERT INTO inbound_deliveries (id, workspace_id, source, headers, body, received_at)
         SELECT * FROM d WHERE id IN (SELECT delivery_id FROM fresh)
       ), stored AS (
         INSERT INTO inbound_events (workspace_id, id, channel_id, delivery_id, event_key, type, thread_key, lane, state, reason,
                                     payload, occurred_at, received_at)
         SELECT workspace_id, id, channel_id, delivery_id, event_key, type, thread_key, lane, state, reason, payload, occurred_at, received_at
         FROM fresh
         RETURNING 1
       )
       SELECT count(*)::int AS stored FROM stored`,
      [
        deliveries.map((d) => d.id),
        deliveries.map((d) => d.workspaceId),
        deliveries.map((d) => d.source),
        deliveries.map((d) => d.headers),
        deliveries.map((d) => d.body),
        deliveries.map((d) => d.receivedAt),
        events.map(({ e }) => e.workspaceId),
        events.map(({ e }) => e.id),
        events.map(({ e }) => e.channelId),
        events.map(({ delivery }) => delivery.id),
        events.map(({ key }) => key),
        events.map(({ e }) => e.eventKey),
        events.map(({ e }) => e.type),
        events.map(({ e }) => e.threadKey),
        events.map(({ e }) => e.lane),
        events.map(({ e }) => e.state),
        events.map(({ e }) => cleanReason(e.reason)),
        events.map(({ e }) => e.payload),
        events.map(({ e }) => e.occurredAt),
      ],
      'ledger_store',
    );
    return row?.stored ?? 0;
  }

  /**
   * Takes hold of lanes that have waiting events, from `startLane` on and around, and reads the oldest events in them.
   * The hold is a transaction lock: it ends with the transaction, also when the process is killed.
   * @param resting threads to pass over, as `threadOf` names them
   */
  async take(tx: Tx, startLane: number, limit: number, resting: readonly string[]): Promise<WaitingEvent[]> {
    // $1 first lane to look at, $2 how many rows to look at, $3 threads to pass over
    const lanes = await tx.query<{ lane: number }>(
      `SELECT lane FROM (
         SELECT DISTINCT lane FROM (
           (SELECT lane FROM inbound_events WHERE state = 'received' AND lane >= $1 AND ${THREAD} <> ALL($3::text[])
            ORDER BY lane, id LIMIT $2)
           UNION ALL
           (SELECT lane FROM inbound_events WHERE state = 'received' AND lane < $1 AND ${THREAD} <> ALL($3::text[])
            ORDER BY lane, id LIMIT $2)
         ) near LIMIT 16
       ) waiting WHERE pg_try_advisory_xact_lock(${LANE_LOCKS}, lane)`,
      [startLane, limit, resting],
      'ledger_lanes',
    );
    if (lanes.length === 0) return [];
    // a statement of its own: its snapshot begins after the locks are held, so it sees what their last holder committed
    const rows = await tx.query<WaitingRow>(
      `SELECT ${WAITING} FROM inbound_events
       WHERE state = 'received' AND lane = ANY($1::smallint[]) AND ${THREAD} <> ALL($3::text[]) ORDER BY lane, id LIMIT $2`,
      [lanes.map((row) => row.lane), limit, resting],
      'ledger_take',
    );
    return this.withBodies(tx, rows);
  }

  /** Takes one event by itself, if it still waits; whoever holds its lane is waited for. */
  async takeOne(
    tx: Tx,
    { workspaceId, id, lane }: Pick<WaitingEvent, 'workspaceId' | 'id' | 'lane'>,
  ): Promise<WaitingEvent[]> {
    await tx.query(`SELECT pg_advisory_xact_lock(${LANE_LOCKS}, $1)`, [lane]);
    const rows = await tx.query<WaitingRow>(
      `SELECT ${WAITING} FROM inbound_events WHERE workspace_id = $1 AND id = $2 AND state = 'received'`,
      [workspaceId, id],
    );
    return this.withBodies(tx, rows);
  }

  /** Bodies by themselves: a delivery of a thousand events is read once, not a thousand times. */
  private async withBodies(tx: Tx, rows: readonly WaitingRow[]): Promise<WaitingEvent[]> {
    const deliveries = await tx.query<RawDelivery>(
      'SELECT id, source, body FROM inbound_deliveries WHERE id = ANY($1)',
      [[...new Set(rows.map((row) => row.delivery_id))]],
      'ledger_bodies',
    );
    const byId = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
    return rows.map((r) => ({
      workspaceId: r.workspace_id,
      id: r.id,
      channelId: r.channel_id,
      threadKey: r.thread_key,
      lane: r.lane,
      eventKey: r.event_key,
      receivedAt: r.received_at,
      delivery: byId.get(r.delivery_id)!,
    }));
  }

  /**
   * Counts a try that failed; with the last one the event is set aside until somebody runs it again.
   * @returns its state: null when somebody else has settled it meanwhile
   */
  async failed(
    tx: Tx,
    { workspaceId, id }: Pick<WaitingEvent, 'workspaceId' | 'id'>,
    last: { tries: number; reason: string; at: Date },
  ): Promise<'received' | 'failed' | null> {
    // $1 workspace, $2 event, $3 with which of its tries it is set aside, $4 why it is set aside, $5 when
    const [row] = await tx.query<{ state: 'received' | 'failed' }>(
      `UPDATE inbound_events SET attempts = attempts + 1,
         state = CASE WHEN attempts + 1 >= $3 THEN 'failed' ELSE state END,
         reason = CASE WHEN attempts + 1 >= $3 THEN $4 END,
         applied_at = CASE WHEN attempts + 1 >= $3 THEN $5::timestamptz END
       WHERE workspace_id = $1 AND id = $2 AND state = 'received' RETURNING state`,
      [workspaceId, id, last.tries, cleanReason(last.reason), last.at],
    );
    return row?.state ?? null;
  }

  async settle(
    tx: Tx,
    rows: readonly { workspaceId: string; id: string; state: InboundState; reason: string | null }[],
    at: Date,
  ): Promise<void> {
    if (rows.length === 0) return;
    // $1 workspaces, $2 ids, $3 states, $4 reasons, $5 when
    await tx.execute(
      `UPDATE inbound_events e SET state = u.state, reason = u.reason, attempts = e.attempts + 1, applied_at = $5
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS u(workspace_id, id, state, reason)
       WHERE e.workspace_id = u.workspace_id AND e.id = u.id`,
      [
        rows.map((r) => r.workspaceId),
        rows.map((r) => r.id),
        rows.map((r) => r.state),
        rows.map((r) => cleanReason(r.reason)),
        at,
      ],
      'ledger_settle',
    );
  }

  /** Adds to the day's counts of requests that left no event behind. */
  async count(tx: Tx, counts: readonly { source: string; outcome: string; count: number }[]): Promise<void> {
    await tx.execute(
      `INSERT INTO ingress_counts AS c (day, source, outcome, count)
       SELECT (now() AT TIME ZONE 'UTC')::date, * FROM unnest($1::text[], $2::text[], $3::bigint[]) ORDER BY 1, 2, 3
       ON CONFLICT (day, source, outcome) DO UPDATE SET count = c.count + excluded.count`,
      [counts.map((c) => c.source), counts.map((c) => c.outcome), counts.map((c) => c.count)],
    );
  }
}

/** Reasons quote what a network called things. */
const cleanReason = (reason: string | null) => (reason === null ? null : cleanText(reason));
