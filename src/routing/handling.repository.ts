import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { type Handling, handlingKey, LOBBY, NEAR_FACTOR } from './handling';

/** A figure, and what waiting work was last written with: null where it never was. */
export type Learned = Handling & { spreadMs: number | null };

/** One answer, and since when the agent had what it answers. */
export interface Answer {
  messageId: string;
  ticketId: string;
  agentId: string;
  placeId: string;
  workType: string;
  workedMs: number;
}

/** All SQL on `routing_handling`. */
@Injectable()
export class HandlingRepository {
  /** Learned figures of these places by `handlingKey`. */
  async learned(tx: Tx, workspaceId: string, placeIds: readonly string[]): Promise<Map<string, Learned>> {
    // $1 workspace, $2 places
    const rows = await tx.query<{
      place_id: string;
      work_type: string;
      handling_ms: number;
      samples: number;
      spread_ms: number | null;
    }>(
      `SELECT place_id, work_type, handling_ms, samples, spread_ms FROM routing_handling WHERE workspace_id = $1 AND place_id = ANY($2::uuid[])`,
      [workspaceId, placeIds],
      'routing_learned',
    );
    return new Map(
      rows.map((row) => [
        handlingKey(row.place_id, row.work_type),
        { handlingMs: row.handling_ms, samples: row.samples, spreadMs: row.spread_ms },
      ]),
    );
  }

  async save(
    tx: Tx,
    workspaceId: string,
    figures: readonly (Learned & { placeId: string; workType: string })[],
  ): Promise<void> {
    if (figures.length === 0) return;
    // $1 workspace, $2 places, $3 types of work, $4 ms, $5 samples, $6 ms that waiting work is written with
    await tx.execute(
      `INSERT INTO routing_handling (workspace_id, place_id, work_type, handling_ms, samples, spread_ms)
       SELECT $1, u.* FROM unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::int[])
         AS u(place_id, work_type, handling_ms, samples, spread_ms)
       ORDER BY u.place_id, u.work_type
       ON CONFLICT (workspace_id, place_id, work_type) DO UPDATE
         SET handling_ms = excluded.handling_ms, samples = excluded.samples, spread_ms = excluded.spread_ms, updated_at = now()`,
      [
        workspaceId,
        figures.map((f) => f.placeId),
        figures.map((f) => f.workType),
        figures.map((f) => f.handlingMs),
        figures.map((f) => f.samples),
        figures.map((f) => f.spreadMs),
      ],
      'routing_handling_save',
    );
  }

  /** The team whose work a place is: a queue's, the team itself, null for the lobby; undefined when it is there no more. */
  async teamOf(tx: Tx, workspaceId: string, placeId: string): Promise<string | null | undefined> {
    if (placeId === LOBBY) return null;
    // $1 workspace, $2 place
    const [row] = await tx.query<{ id: string }>(
      `SELECT team_id AS id FROM routing_queues WHERE workspace_id = $1 AND id = $2
       UNION ALL SELECT id FROM teams WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, placeId],
      'routing_team_of_place',
    );
    return row?.id;
  }

  /**
   * Writes a figure on a slice of a lane's waiting work, from the earliest start on; what is near enough, or in somebody's
   * hands, is left. A start that moves back is behind the slice, one that moves on is near by then.
   * @returns how many were written, and where to go on; `lastStart` null at the end of the lane
   */
  async write(
    tx: Tx,
    workspaceId: string,
    lane: { teamId: string | null; lane: string },
    handlingMs: number,
    after: Date | null,
    most: number,
  ): Promise<{ written: number; lastStart: Date | null }> {
    const ofTeam = lane.teamId === null ? 't.team_id IS NULL AND $2::uuid IS NULL' : 't.team_id = $2';
    // $1 workspace, $2 team, $3 lane, $4 figure in ms, $5 go on after this start, $6 how many, $7 how near is near enough
    const [row] = await tx.query<{ written: number; last_start: Date | null }>(
      `WITH slice AS (
         SELECT t.id, t.start_by FROM tickets t
         WHERE t.workspace_id = $1 AND ${ofTeam} AND t.lane = $3 AND t.start_by > coalesce($5, '-infinity'::timestamptz)
           AND t.assignee_id IS NULL AND t.offered_to IS NULL AND t.status IN ('new', 'open')
           AND (t.handling_ms > $4::int * $7::float8 OR t.handling_ms < $4::int / $7::float8)
         ORDER BY t.start_by LIMIT $6 FOR NO KEY UPDATE SKIP LOCKED
       ), written AS (
         UPDATE tickets t SET handling_ms = $4, start_by = t.due_at - $4::int * interval '1 millisecond'
         FROM slice s WHERE t.workspace_id = $1 AND t.id = s.id RETURNING s.start_by
       )
       SELECT count(*)::int AS written, CASE WHEN count(*) = $6 THEN max(start_by) END AS last_start FROM written`,
      [workspaceId, lane.teamId, lane.lane, handlingMs, after, most, NEAR_FACTOR],
      `routing_write_handling_${lane.teamId === null ? 'lobby' : 'team'}`,
    );
    return { written: row?.written ?? 0, lastStart: row?.last_start ?? null };
  }

  /** Answers among these messages, of agents on tickets they hold: worked from the customer's last word or the assignment. */
  answers(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<Answer[]> {
    // $1 workspace, $2 messages, $3 the lobby
    return tx.query<Answer>(
      `SELECT m.id AS "messageId", t.id AS "ticketId", t.assignee_id AS "agentId", coalesce(t.queue_id, t.team_id, $3::uuid) AS "placeId",
         coalesce(t.work_type, t.kind) AS "workType",
         (1000 * extract(epoch FROM m.applied_at - greatest(asked.at, t.assigned_at)))::float8 AS "workedMs"
       FROM messages m JOIN tickets t ON t.workspace_id = $1 AND t.id = m.ticket_id AND t.assignee_id = m.author_id
       CROSS JOIN LATERAL (
         SELECT p.direction, p.applied_at AS at FROM messages p
         WHERE p.workspace_id = $1 AND p.conversation_id = m.conversation_id AND p.seq < m.seq AND p.direction <> 'note'
         ORDER BY p.seq DESC LIMIT 1) asked
       WHERE m.workspace_id = $1 AND m.id = ANY($2::uuid[]) AND m.author_kind = 'agent' AND m.direction = 'out'
         AND asked.direction = 'in' AND t.assigned_at <= m.applied_at`,
      [workspaceId, messageIds, LOBBY],
      'routing_answers',
    );
  }
}
