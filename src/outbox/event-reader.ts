import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database';
import type { DomainEvent, DomainEventType } from './domain-event';
import { EVENT_COLUMNS, eventOf, type EventRow } from './outbox';

/** Reads events from any position on: each row exactly once, in order. */
@Injectable()
export class EventReader {
  constructor(private readonly database: Database) {}

  /** Events of a workspace after `position`, ascending; with `rooms` only those one of the rooms may hear. */
  async after(workspaceId: string, position: number, limit: number, rooms?: readonly string[]): Promise<DomainEvent[]> {
    return this.database.lean({ workspaceId }, (tx) => this.read(tx, workspaceId, position, limit, rooms));
  }

  async read(
    tx: Tx,
    workspaceId: string,
    position: number,
    limit: number,
    rooms?: readonly string[],
  ): Promise<DomainEvent[]> {
    // $1 workspace, $2 last position seen, $3 how many, $4 rooms
    const rows = rooms
      ? await tx.query<EventRow>(
          `SELECT ${EVENT_COLUMNS} FROM domain_events
           WHERE workspace_id = $1 AND position > $2 AND audience && $4::text[] ORDER BY position LIMIT $3`,
          [workspaceId, position, limit, rooms],
          'events_after_in_rooms',
        )
      : await tx.query<EventRow>(
          `SELECT ${EVENT_COLUMNS} FROM domain_events
           WHERE workspace_id = $1 AND position > $2 ORDER BY position LIMIT $3`,
          [workspaceId, position, limit],
          'events_after',
        );
    return rows.map(eventOf);
  }

  /**
   * The next events of a workspace as one subscriber sees them: of up to `most` after `position`, those of its types. The
   * others are passed over in the database, so that who waits for rare things costs little in a storm of common ones.
   * @returns `last`: the position up to which it has heard everything
   */
  async slice(
    tx: Tx,
    workspaceId: string,
    position: number,
    most: number,
    types: readonly DomainEventType[],
  ): Promise<{ events: DomainEvent[]; last: number }> {
    // $1 workspace, $2 last position seen, $3 how many, $4 types; one statement, so that the head and the events belong together
    const rows = await tx.query<EventRow & { last: string }>(
      `SELECT least(h.position, $2::bigint + $3::int) AS last, e.* FROM event_heads h
       LEFT JOIN LATERAL (
         SELECT ${EVENT_COLUMNS} FROM domain_events
         WHERE workspace_id = $1 AND position > $2 AND position <= least(h.position, $2::bigint + $3::int) AND type = ANY($4)) e ON true
       WHERE h.workspace_id = $1 ORDER BY e.position`,
      [workspaceId, position, most, types],
      'events_slice',
    );
    const events = rows.flatMap((row) => (row.position === null ? [] : eventOf(row)));
    return { events, last: Number(rows[0]?.last ?? position) };
  }

  /** The last position before an instant, 0 when all happened since. Positions grow with time, so it is sought by halves. */
  async positionBefore(tx: Tx, workspaceId: string, at: Date): Promise<number> {
    let before = 0;
    let after = (await this.headIn(tx, workspaceId)) + 1;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      // $1 workspace, $2 position to look at or, where that is gone, the next one
      const [row] = await tx.query<{ at: Date }>(
        'SELECT at FROM domain_events WHERE workspace_id = $1 AND position >= $2 ORDER BY position LIMIT 1',
        [workspaceId, middle],
        'event_at',
      );
      if (row && row.at < at) before = middle;
      else after = middle;
    }
    return before;
  }

  /** The last position of a workspace, 0 before its first event. */
  async head(workspaceId: string): Promise<number> {
    return this.database.lean({ workspaceId }, (tx) => this.headIn(tx, workspaceId));
  }

  async headIn(tx: Tx, workspaceId: string): Promise<number> {
    const [row] = await tx.query<{ position: string }>(
      'SELECT position FROM event_heads WHERE workspace_id = $1',
      [workspaceId],
      'event_head',
    );
    return Number(row?.position ?? 0);
  }

  /** Heads of many workspaces at once, for readers that follow several. */
  async heads(workspaceIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.database.lean('system', (tx) =>
      tx.query<{ workspace_id: string; position: string }>(
        'SELECT workspace_id, position FROM event_heads WHERE workspace_id = ANY($1)',
        [workspaceIds],
        'event_heads',
      ),
    );
    return new Map(rows.map((row) => [row.workspace_id, Number(row.position)]));
  }
}
