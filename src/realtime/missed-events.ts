import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '../outbox/domain-event';
import { EVENT_COLUMNS, eventOf, type EventRow } from '../outbox/outbox';
import { Database } from '../platform/database';

export interface MissedPage {
  /** Those one of the rooms may hear, in order. */
  events: DomainEvent[];
  /** Everything up to here has been looked at. */
  upTo: number;
  /** False when what follows the asked position is no longer kept. */
  unbroken: boolean;
}

/** Reads what somebody missed. One statement a page: on the way it sees whether the row after the bookmark still exists. */
@Injectable()
export class MissedEvents {
  constructor(private readonly database: Database) {}

  /**
   * @param after last position seen
   * @param upTo last position to look at; must have been reached by the workspace
   */
  async read(
    workspaceId: string,
    after: number,
    upTo: number,
    rooms: readonly string[],
    limit: number,
  ): Promise<MissedPage> {
    // $1 workspace, $2 last position seen, $3 last position to look at, $4 rooms, $5 how many
    const rows = await this.database.lean({ workspaceId }, (tx) =>
      tx.query<EventRow & { mine: boolean }>(
        `SELECT ${EVENT_COLUMNS}, audience && $4::text[] AS mine FROM domain_events
         WHERE workspace_id = $1 AND position > $2::bigint AND position <= $3::bigint
           AND (position = $2::bigint + 1 OR audience && $4::text[])
         ORDER BY position LIMIT $5`,
        [workspaceId, after, upTo, rooms, limit],
        'events_missed',
      ),
    );
    return {
      events: rows.filter((row) => row.mine).map(eventOf),
      upTo: rows.length === limit ? Number(rows.at(-1)!.position) : upTo,
      unbroken: upTo <= after || Number(rows[0]?.position) === after + 1,
    };
  }
}
