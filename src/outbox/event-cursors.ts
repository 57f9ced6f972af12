import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';

/** A bookmark that goes on over events its subscriber has no use for. */
export interface Passing {
  subscriber: string;
  workspaceId: string;
  from: number;
  to: number;
}

/** All SQL on `event_cursors`: up to where each subscriber has heard each workspace. */
@Injectable()
export class EventCursors {
  /** @returns the bookmark, held until commit; null when another node is at it */
  async lock(tx: Tx, subscriber: string, workspaceId: string): Promise<number | null> {
    const [row] = await tx.query<{ position: string }>(
      `SELECT position FROM event_cursors WHERE subscriber = $1 AND workspace_id = $2 FOR UPDATE SKIP LOCKED`,
      [subscriber, workspaceId],
      'cursor_lock',
    );
    if (row) return Number(row.position);
    const made = await tx.execute(
      `INSERT INTO event_cursors (subscriber, workspace_id, position) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`,
      [subscriber, workspaceId],
      'cursor_make',
    );
    return made === 1 ? 0 : null;
  }

  async move(tx: Tx, subscriber: string, workspaceId: string, position: number): Promise<void> {
    await tx.execute(
      `UPDATE event_cursors SET position = $3, failures = 0, last_error = NULL, updated_at = now()
       WHERE subscriber = $1 AND workspace_id = $2`,
      [subscriber, workspaceId, position],
      'cursor_move',
    );
  }

  /** Moves many at once, each only from where it was thought to be and unless somebody is at it. @returns those moved */
  pass(tx: Tx, passings: readonly Passing[]): Promise<{ subscriber: string; workspaceId: string }[]> {
    // $1 subscribers, $2 workspaces, $3 from, $4 to (by place)
    return tx.query(
      `UPDATE event_cursors c SET position = u.until, failures = 0, last_error = NULL, updated_at = now()
       FROM (
         SELECT k.subscriber, k.workspace_id, p.until
         FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[]) AS p(subscriber, workspace_id, since, until)
         JOIN event_cursors k ON k.subscriber = p.subscriber AND k.workspace_id = p.workspace_id AND k.position = p.since
         FOR UPDATE OF k SKIP LOCKED) u
       WHERE c.subscriber = u.subscriber AND c.workspace_id = u.workspace_id
       RETURNING c.subscriber, c.workspace_id AS "workspaceId"`,
      [
        passings.map((p) => p.subscriber),
        passings.map((p) => p.workspaceId),
        passings.map((p) => p.from),
        passings.map((p) => p.to),
      ],
      'cursors_pass',
    );
  }

  /** @returns how often in a row the event after the bookmark has failed */
  async countFailure(tx: Tx, subscriber: string, workspaceId: string, message: string): Promise<number> {
    const [row] = await tx.query<{ failures: number }>(
      `UPDATE event_cursors SET failures = failures + 1, last_error = $3, updated_at = now()
       WHERE subscriber = $1 AND workspace_id = $2 RETURNING failures`,
      [subscriber, workspaceId, message.slice(0, 500)],
    );
    return row?.failures ?? 0;
  }

  /** Who has not heard everything yet, whoever wrote it. `position` is null where nothing was heard so far. */
  lagging(tx: Tx, subscribers: readonly string[]) {
    // $1 names of the subscribers
    return tx.query<{ subscriber: string; workspace_id: string; position: string | null; head: string }>(
      `SELECT s.name AS subscriber, h.workspace_id, c.position, h.position AS head
       FROM unnest($1::text[]) AS s(name) CROSS JOIN event_heads h
       LEFT JOIN event_cursors c ON c.subscriber = s.name AND c.workspace_id = h.workspace_id
       WHERE h.position > coalesce(c.position, 0)`,
      [subscribers],
      'subscriptions_lagging',
    );
  }
}
