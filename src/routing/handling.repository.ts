import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { type Handling, handlingKey, LOBBY } from './handling';

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
  async learned(tx: Tx, workspaceId: string, placeIds: readonly string[]): Promise<Map<string, Handling>> {
    // $1 workspace, $2 places
    const rows = await tx.query<{ place_id: string; work_type: string; handling_ms: number; samples: number }>(
      `SELECT place_id, work_type, handling_ms, samples FROM routing_handling WHERE workspace_id = $1 AND place_id = ANY($2::uuid[])`,
      [workspaceId, placeIds],
      'routing_learned',
    );
    return new Map(
      rows.map((row) => [
        handlingKey(row.place_id, row.work_type),
        { handlingMs: row.handling_ms, samples: row.samples },
      ]),
    );
  }

  async save(
    tx: Tx,
    workspaceId: string,
    figures: readonly (Handling & { placeId: string; workType: string })[],
  ): Promise<void> {
    if (figures.length === 0) return;
    // $1 workspace, $2 places, $3 types of work, $4 ms, $5 samples
    await tx.execute(
      `INSERT INTO routing_handling (workspace_id, place_id, work_type, handling_ms, samples)
       SELECT $1, u.* FROM unnest($2::uuid[], $3::text[], $4::int[], $5::int[]) AS u(place_id, work_type, handling_ms, samples)
       ORDER BY u.place_id, u.work_type
       ON CONFLICT (workspace_id, place_id, work_type) DO UPDATE
         SET handling_ms = excluded.handling_ms, samples = excluded.samples, updated_at = now()`,
      [
        workspaceId,
        figures.map((f) => f.placeId),
        figures.map((f) => f.workType),
        figures.map((f) => f.handlingMs),
        figures.map((f) => f.samples),
      ],
      'routing_handling_save',
    );
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
