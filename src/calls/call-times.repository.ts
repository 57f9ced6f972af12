import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { CallPromise } from './call';

/** A promise that time did something to, with who had it until then. */
export interface TimedCall extends CallPromise {
  wasClaimedBy: string | null;
}

const COLUMNS = `p.workspace_id AS "workspaceId", p.id, p.ticket_id AS "ticketId", p.conversation_id AS "conversationId",
  p.contact_id AS "contactId", p.state, p.window_start AS "windowStart", p.window_end AS "windowEnd", p.claimed_by AS "claimedBy",
  due.claimed_by AS "wasClaimedBy", t.team_id AS "teamId", t.assignee_id AS "assigneeId"`;

/** Changes over all workspaces that are a matter of stored instants only; rows another node has in hand are left to it. */
@Injectable()
export class CallTimes {
  freeLeases(tx: Tx, now: Date, limit: number): Promise<TimedCall[]> {
    return this.change(
      tx,
      `state = 'scheduled', claimed_by = NULL, lease_until = NULL`,
      `p.state = 'claimed' AND p.lease_until <= $1`,
      'p.lease_until',
      now,
      limit,
    );
  }

  markDue(tx: Tx, now: Date, limit: number): Promise<TimedCall[]> {
    const due = `p.state = 'scheduled' AND p.due_told_at IS NULL AND p.window_start <= $1`;
    return this.change(tx, 'due_told_at = $1', due, 'p.window_start', now, limit);
  }

  markMissed(tx: Tx, now: Date, limit: number): Promise<TimedCall[]> {
    const missed = `p.state IN ('scheduled', 'claimed') AND p.missed_at IS NULL AND p.window_end <= $1`;
    return this.change(tx, 'missed_at = $1', missed, 'p.window_end', now, limit);
  }

  /** Missed so long ago that nobody would want it now. */
  expire(tx: Tx, now: Date, limit: number): Promise<TimedCall[]> {
    const old = `p.state = 'scheduled' AND p.missed_at IS NOT NULL AND p.window_end <= $1::timestamptz - interval '1 hour'
      AND p.window_end + coalesce((SELECT s.expire_ms FROM call_settings s WHERE s.workspace_id = p.workspace_id), 86400000)
          * interval '1 ms' <= $1`;
    const set = `state = 'expired', end_reason = 'missed', next_attempt_at = NULL, ended_at = $1`;
    return this.change(tx, set, old, 'p.window_end', now, limit);
  }

  private change(tx: Tx, set: string, which: string, order: string, now: Date, limit: number): Promise<TimedCall[]> {
    // $1 now, $2 how many
    return tx.query<TimedCall>(
      `WITH due AS (
         SELECT p.workspace_id, p.id, p.claimed_by FROM call_promises p WHERE ${which}
         ORDER BY ${order} LIMIT $2 FOR UPDATE SKIP LOCKED
       )
       UPDATE call_promises p SET ${set}, version = p.version + 1 FROM due, tickets t
       WHERE p.workspace_id = due.workspace_id AND p.id = due.id AND t.workspace_id = p.workspace_id AND t.id = p.ticket_id
       RETURNING ${COLUMNS}`,
      [now, limit],
    );
  }
}
