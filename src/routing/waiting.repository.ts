import { Injectable } from '@nestjs/common';
import type { TicketPriority } from '../inbox/tickets/ticket';
import type { Tx } from '../platform/database';
import type { SkillLevels } from './work';

/** A ticket that waits, as it is stored. */
export interface WaitingRow {
  id: string;
  contactId: string;
  lane: string;
  queueId: string | null;
  workType: string;
  priority: TicketPriority;
  vip: boolean;
  dueAt: Date | null;
  waitingSince: Date;
  handlingMs: number;
  needs: SkillLevels;
}

export interface LaneState {
  lane: string;
  needs: SkillLevels;
  /** Counted no further than a cap. */
  waiting: number;
  waitingSince: Date | null;
}

/** Spelled as the partial indexes spell it. */
const WAITS = `t.assignee_id IS NULL AND t.offered_to IS NULL AND t.status IN ('new', 'open')`;
const UNHELD = `t.assignee_id IS NULL AND t.status IN ('new', 'open')`;

/** A team's tickets, or with null those of no team; $1 workspace, $2 team. */
const ofTeam = (teamId: string | null) =>
  teamId === null
    ? 't.workspace_id = $1 AND t.team_id IS NULL AND $2::uuid IS NULL'
    : 't.workspace_id = $1 AND t.team_id = $2';

const COLUMNS = `t.id, t.contact_id AS "contactId", t.lane, t.queue_id AS "queueId", coalesce(t.work_type, t.kind) AS "workType",
  t.priority, t.vip, t.due_at AS "dueAt", coalesce(t.waiting_since, t.created_at) AS "waitingSince", t.handling_ms AS "handlingMs",
  t.needs`;

/**
 * The ranges below are meant to be walked in index order. The wall between workspaces is a condition whose yield the
 * planner guesses far too low, so left to itself it fetches a whole range and sorts it. With so many indexes on tickets it
 * also thinks about a statement for longer than the statement takes: one plan each is kept, whatever the values.
 */
const WALK = `SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off;
  SET LOCAL plan_cache_mode = force_generic_plan`;

const LAST_TICKETS = 10; // of a contact: who answered before that is no acquaintance

/** What waits, lane by lane: a few short index ranges, however much waits. */
@Injectable()
export class WaitingRepository {
  /** To be called once in a transaction that reads from here. */
  async walkIndexes(tx: Tx): Promise<void> {
    await tx.execute(WALK);
  }

  /** The lanes in which somebody waits: one step in the index each. */
  async lanes(tx: Tx, workspaceId: string, teamId: string | null, most: number): Promise<string[]> {
    // $1 workspace, $2 team, $3 how many
    const rows = await tx.query<{ lane: string }>(
      `WITH RECURSIVE lanes AS (
         (SELECT t.lane FROM tickets t WHERE ${ofTeam(teamId)} AND ${WAITS} ORDER BY t.lane LIMIT 1)
         UNION ALL
         SELECT (SELECT t.lane FROM tickets t WHERE ${ofTeam(teamId)} AND ${WAITS} AND t.lane > l.lane ORDER BY t.lane LIMIT 1)
         FROM lanes l WHERE l.lane IS NOT NULL
       ) SELECT lane FROM lanes WHERE lane IS NOT NULL LIMIT $3`,
      [workspaceId, teamId, most],
      `routing_lanes_${teamId === null ? 'lobby' : 'team'}`,
    );
    return rows.map((row) => row.lane);
  }

  /**
   * Of each lane the most urgent that can still be in time, the longest late, the oldest of those promised nothing, and
   * those that go first: enough of each for as many decisions as there is room for.
   */
  async windows(
    tx: Tx,
    workspaceId: string,
    teamId: string | null,
    lanes: readonly string[],
    now: Date,
    most: number,
  ): Promise<WaitingRow[]> {
    const range = (condition: string) =>
      `(SELECT ${COLUMNS} FROM tickets t WHERE ${ofTeam(teamId)} AND ${WAITS} AND t.lane = l.lane AND ${condition} ORDER BY t.start_by, t.id LIMIT $5)`;
    // $1 workspace, $2 team, $3 lanes, $4 now, $5 how many of each
    const rows = await tx.query<WaitingRow>(
      `SELECT w.* FROM unnest($3::text[]) AS l(lane) CROSS JOIN LATERAL (
         ${range('t.start_by >= $4')}
         UNION ALL ${range('t.start_by < $4')}
         UNION ALL ${range('t.start_by IS NULL')}
         UNION ALL ${range(`(t.vip OR t.priority = 'urgent')`)}
       ) w`,
      [workspaceId, teamId, lanes, now, most],
      `routing_windows_${teamId === null ? 'lobby' : 'team'}`,
    );
    return [...new Map(rows.map((row) => [row.id, row])).values()];
  }

  /** Who answered these contacts last, within the bound, by contact. */
  async knownBy(tx: Tx, workspaceId: string, contactIds: readonly string[], since: Date): Promise<Map<string, string>> {
    if (contactIds.length === 0) return new Map();
    // $1 workspace, $2 contacts, $3 not before, $4 how many of a contact's last tickets tell it
    const rows = await tx.query<{ contact_id: string; agent_id: string }>(
      `SELECT k.id AS contact_id, last.assignee_id AS agent_id FROM unnest($2::uuid[]) AS k(id) CROSS JOIN LATERAL (
         SELECT r.assignee_id FROM (
           SELECT t.assignee_id, t.first_responded_at, t.created_at FROM tickets t
           WHERE t.workspace_id = $1 AND t.contact_id = k.id AND t.created_at >= $3
           ORDER BY t.created_at DESC LIMIT $4) r
         WHERE r.assignee_id IS NOT NULL AND r.first_responded_at IS NOT NULL ORDER BY r.created_at DESC LIMIT 1) last`,
      [workspaceId, [...new Set(contactIds)], since, LAST_TICKETS],
      'routing_known_by',
    );
    return new Map(rows.map((row) => [row.contact_id, row.agent_id]));
  }

  /** Who had these offered and let them pass, by ticket. */
  async passedBy(tx: Tx, workspaceId: string, ticketIds: readonly string[]): Promise<Map<string, string[]>> {
    if (ticketIds.length === 0) return new Map();
    // $1 workspace, $2 tickets
    const rows = await tx.query<{ ticket_id: string; agent_ids: string[] }>(
      `SELECT o.ticket_id, array_agg(DISTINCT o.agent_id) AS agent_ids FROM routing_offers o
       WHERE o.workspace_id = $1 AND o.ticket_id = ANY($2::uuid[]) AND o.how IN ('declined', 'timed_out')
       GROUP BY o.ticket_id`,
      [workspaceId, ticketIds],
      'routing_passed_by',
    );
    return new Map(rows.map((row) => [row.ticket_id, row.agent_ids]));
  }

  /** What each lane has, unaccepted offers included: how many up to `most`, and since when the first of them waits. */
  async laneStates(tx: Tx, workspaceId: string, teamId: string | null, most: number): Promise<LaneState[]> {
    // $1 workspace, $2 team, $3 how far to count
    return tx.query<LaneState>(
      `WITH RECURSIVE lanes AS (
         (SELECT t.lane FROM tickets t WHERE ${ofTeam(teamId)} AND ${UNHELD} ORDER BY t.lane LIMIT 1)
         UNION ALL
         SELECT (SELECT t.lane FROM tickets t WHERE ${ofTeam(teamId)} AND ${UNHELD} AND t.lane > l.lane ORDER BY t.lane LIMIT 1)
         FROM lanes l WHERE l.lane IS NOT NULL
       )
       SELECT l.lane, first.waiting_since AS "waitingSince", coalesce(first.needs, '{}') AS needs,
         (SELECT count(*)::int FROM (SELECT 1 FROM tickets t WHERE ${ofTeam(teamId)} AND ${UNHELD} AND t.lane = l.lane LIMIT $3) c) AS waiting
       FROM lanes l CROSS JOIN LATERAL (
         SELECT coalesce(t.waiting_since, t.created_at) AS waiting_since, t.needs FROM tickets t
         WHERE ${ofTeam(teamId)} AND ${UNHELD} AND t.lane = l.lane ORDER BY t.waiting_since LIMIT 1) first
       WHERE l.lane IS NOT NULL`,
      [workspaceId, teamId, most],
      `routing_lane_states_${teamId === null ? 'lobby' : 'team'}`,
    );
  }
}
