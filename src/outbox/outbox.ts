import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import type { DomainEvent, DomainEventType, NewEvent } from './domain-event';
import { currentRequestId } from '../platform/request-context';
import { cleanJson } from '../text/clean';

/**
 * The outbox: facts written in the transaction of the change they tell.
 *
 * Order. A sequence's order is not commit order: a reader that remembers "last id seen" skips rows that commit late.
 * Here each workspace has one row with its last position; the writer takes it as the very last thing before commit, so
 * rows become visible in position order and without gaps, and "everything after n" is exact. The price: transactions of
 * one workspace queue up for that row, for the length of one statement and one commit. Ingest writes hundreds of events
 * in one such step, so the price is paid per batch, not per message.
 */
const FLUSH_ORDER = 100; // after everyone else: nothing may wait while the head row is held
const BUFFER = Symbol('outbox');

export type HeadsListener = (heads: ReadonlyMap<string, number>) => void;

@Injectable()
export class Outbox {
  private readonly listeners = new Set<HeadsListener>();

  constructor(private readonly clock: Clock) {}

  /** Records events to be placed at the end of this transaction. */
  record(tx: Tx, ...events: NewEvent[]): void {
    let buffer = tx.notes.get(BUFFER) as NewEvent[] | undefined;
    if (!buffer) {
      const fresh: NewEvent[] = [];
      buffer = fresh;
      tx.notes.set(BUFFER, fresh);
      tx.gathers(fresh);
      tx.beforeCommit(FLUSH_ORDER, () => this.place(tx, fresh));
    }
    buffer.push(...events);
  }

  /** Calls back after each commit that placed events, with the new heads: to wake readers, who then read the rows. */
  onCommitted(listener: HeadsListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells local readers of heads that moved elsewhere. */
  wake(heads: ReadonlyMap<string, number>): void {
    for (const listener of this.listeners) listener(heads);
  }

  private async place(tx: Tx, events: NewEvent[]): Promise<void> {
    tx.notes.delete(BUFFER);
    if (events.length === 0) return;
    const now = this.clock.now();
    const requestId = currentRequestId() ?? null;
    const places = placesOf(events);
    const counts = new Map(events.map((e, i) => [e.workspaceId, places[i]!])); // the last one's place is the count
    // $1 workspaces and $2 how many events each has; by event: $3 workspace, $4 place among them, $5 time, $6 type,
    // $7 actors as one JSON list, $8 to $11 whom it is about, $12 data as one JSON list, $13 rooms with commas between;
    // $14 time for those without their own, $15 request id
    const heads = await tx.query<{ workspace_id: string; position: string }>(
      `WITH head AS (
         INSERT INTO event_heads AS h (workspace_id, position)
         SELECT * FROM unnest($1::uuid[], $2::int[]) AS w(id, total) ORDER BY id
         ON CONFLICT (workspace_id) DO UPDATE SET position = h.position + excluded.position
         RETURNING h.workspace_id, h.position
       ), placed AS (
         INSERT INTO domain_events (workspace_id, position, at, type, actor, ticket_id, conversation_id, contact_id,
                                    message_id, data, audience, request_id)
         SELECT workspace_id, head.position - w.total + e.place, coalesce(e.at, $14), e.type, e.actor, e.ticket_id,
                e.conversation_id, e.contact_id, e.message_id, e.data, string_to_array(e.rooms, ','), $15
         FROM ROWS FROM (unnest($3::uuid[], $4::int[], $5::timestamptz[], $6::text[], $8::uuid[], $9::uuid[], $10::uuid[],
                                $11::uuid[], $13::text[]), jsonb_array_elements($7::jsonb), jsonb_array_elements($12::jsonb))
           AS e(workspace_id, place, at, type, ticket_id, conversation_id, contact_id, message_id, rooms, actor, data)
         JOIN head USING (workspace_id)
         JOIN unnest($1::uuid[], $2::int[]) AS w(workspace_id, total) USING (workspace_id)
       )
       SELECT workspace_id, position FROM head`,
      [
        [...counts.keys()],
        [...counts.values()],
        events.map((e) => e.workspaceId),
        places,
        events.map((e) => e.at ?? null),
        events.map((e) => e.type),
        storableJson(events.map((e) => e.actor)),
        events.map((e) => e.ticketId ?? null),
        events.map((e) => e.conversationId ?? null),
        events.map((e) => e.contactId ?? null),
        events.map((e) => e.messageId ?? null),
        storableJson(events.map((e) => e.data)),
        events.map((e) => e.audience.join(',')),
        now,
        requestId,
      ],
      'outbox_place',
    );
    const moved = new Map(heads.map((row) => [row.workspace_id, Number(row.position)]));
    tx.afterCommit(() => this.wake(moved));
  }
}

/** The how-manieth of its workspace each event is, from one. */
function placesOf(events: readonly NewEvent[]): number[] {
  const counts = new Map<string, number>();
  return events.map(({ workspaceId }) => {
    const place = (counts.get(workspaceId) ?? 0) + 1;
    counts.set(workspaceId, place);
    return place;
  });
}

/** Facts are checked where they are made; only what Postgres could not hold (a reason with a NUL) is worth a second pass. */
function storableJson(list: readonly unknown[]): string {
  const json = JSON.stringify(list);
  return /\\u(0000|d[89a-f])/.test(json) ? cleanJson(list) : json;
}

export interface EventRow {
  workspace_id: string;
  position: string;
  at: Date;
  type: string;
  actor: DomainEvent['actor'];
  ticket_id: string | null;
  conversation_id: string | null;
  contact_id: string | null;
  message_id: string | null;
  data: DomainEvent['data'];
  audience: string[];
  request_id: string | null;
}

export const EVENT_COLUMNS = `workspace_id, position, at, type, actor, ticket_id, conversation_id, contact_id, message_id,
  data, audience, request_id`;

export function eventOf(row: EventRow): DomainEvent {
  return {
    workspaceId: row.workspace_id,
    position: Number(row.position),
    at: row.at,
    type: row.type as DomainEventType,
    actor: row.actor,
    ticketId: row.ticket_id,
    conversationId: row.conversation_id,
    contactId: row.contact_id,
    messageId: row.message_id,
    data: row.data,
    audience: row.audience,
    requestId: row.request_id,
  };
}
