import { Injectable } from '@nestjs/common';
import type { TicketPriority } from '../inbox/tickets/ticket';
import type { Tx } from '../platform/database';

/** A ticket that waits, as it is stored. */
export interface WaitingRow {
  id: string;
  teamId: string | null;
  contactId: string;
  lane: string;
  queueId: string | null;
  workType: string;
  priority: TicketPriority;
  vip: boolean;
  dueAt: Date | null;
  waitingSince: Date;
  handlingMs: number;
}

export interface LaneState {
  lane: string;
  /** Counted no further than a cap. */
  waiting: number;
  waitingSince: Date | null;
}

/** Spelled as the partial indexes spell it. */
const WAITS = `t.assignee_id IS NULL AND t.offered_to IS NULL AND t.status IN ('new', 'open')`;
const OFFERED = `t.offered_to IS NOT NULL AND t.assignee_id IS NULL AND t.status IN ('new', 'open')`;

/** Tickets of the team that `g.id` names; no team is a range of its own, which the planner does not take for an equality. */
const OF_TEAM = 't.workspace_id = $1 AND t.team_id = g.id';
const OF_LOBBY = 't.workspace_id = $1 AND t.team_id IS NULL';

const SINCE = 'coalesce(t.waiting_since, t.created_at)';

const COLUMNS = `t.id, t.team_id AS "teamId", t.contact_id AS "contactId", t.lane, t.queue_id AS "queueId",
  coalesce(t.work_type, t.kind) AS "workType", t.priority, t.vip, t.due_at AS "dueAt",
  ${SINCE} AS "waitingSince", t.handling_ms AS "handlingMs"`;

/** One step in the index for each lane. */
const lanesSql = (of: string) => `WITH RECURSIVE lanes AS (
    (SELECT t.lane FROM tickets t WHERE ${of} AND ${WAITS} ORDER BY t.lane LIMIT 1)
    UNION ALL
    SELECT (SELECT t.lane FROM tickets t WHERE ${of} AND ${WAITS} AND t.lane > l.lane ORDER BY t.lane LIMIT 1)
    FROM lanes l WHERE l.lane IS NOT NULL
  ) SELECT lane FROM lanes WHERE lane IS NOT NULL`;

/** Spelled as the partial index spells it: whatever goes before what has as much time left. */
const FIRST = `(t.vip OR t.priority IN ('high', 'urgent'))`;

/** Four ranges of the lane `g.lane`; $2 now, $3 how many of each. */
const windowsSql = (of: string) =>
  ['t.start_by >= $2', 't.start_by < $2', 't.start_by IS NULL', FIRST]
    .map(
      (condition) =>
        `(SELECT ${COLUMNS} FROM tickets t
          WHERE ${of} AND ${WAITS} AND t.lane = g.lane AND ${condition} ORDER BY t.start_by, t.id LIMIT $3)`,
    )
    .join(' UNION ALL ');

/** What waits in a lane, most urgent first; $2 how far to count. */
const stateSql = (of: string) =>
  `SELECT count(*)::int AS waiting, min(w.since) AS "waitingSince" FROM (
     SELECT ${SINCE} AS since FROM tickets t WHERE ${of} AND ${WAITS} AND t.lane = l.lane ORDER BY t.start_by, t.id LIMIT $2) w`;

/** A lane of a team, or with null of no team. */
export interface Lane {
  teamId: string | null;
  lane: string;
}

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

  /** The lanes of these teams, and with null of no team, in which somebody waits. */
  async lanes(tx: Tx, workspaceId: string, teamIds: readonly (string | null)[], most: number): Promise<Lane[]> {
    const ids = teamIds.filter((id) => id !== null);
    // $1 workspace, $2 how many of each team, $3 teams
    const ofTeams = await ifAny(ids, () =>
      tx.query<Lane>(
        `SELECT g.id AS "teamId", l.lane FROM unnest($3::uuid[]) AS g(id) CROSS JOIN LATERAL (${lanesSql(OF_TEAM)} LIMIT $2) l`,
        [workspaceId, most, ids],
        'routing_lanes_of_teams',
      ),
    );
    if (ids.length === teamIds.length) return ofTeams;
    // $1 workspace, $2 how many
    const ofLobby = await tx.query<Lane>(
      `SELECT NULL AS "teamId", l.lane FROM (${lanesSql(OF_LOBBY)} LIMIT $2) l`,
      [workspaceId, most],
      'routing_lanes_of_lobby',
    );
    return [...ofTeams, ...ofLobby];
  }

  /**
   * Of each lane the most urgent that can still be in time, the longest late, the oldest of those promised nothing, and
   * those that go first: enough of each for as many decisions as there is room for.
   */
  async windows(tx: Tx, workspaceId: string, lanes: readonly Lane[], now: Date, most: number): Promise<WaitingRow[]> {
    const ofTeams = lanes.filter((lane) => lane.teamId !== null);
    const ofLobby = lanes.filter((lane) => lane.teamId === null);
    // $1 workspace, $2 now, $3 how many of each, $4 teams, $5 their lanes (pairwise)
    const theirs = await ifAny(ofTeams, () =>
      tx.query<WaitingRow>(
        `SELECT w.* FROM unnest($4::uuid[], $5::text[]) AS g(id, lane) CROSS JOIN LATERAL (${windowsSql(OF_TEAM)}) w`,
        [workspaceId, now, most, ofTeams.map(({ teamId }) => teamId), ofTeams.map(({ lane }) => lane)],
        'routing_windows_of_teams',
      ),
    );
    // $1 workspace, $2 now, $3 how many of each, $4 lanes
    const nobodys = await ifAny(ofLobby, () =>
      tx.query<WaitingRow>(
        `SELECT w.* FROM unnest($4::text[]) AS g(lane) CROSS JOIN LATERAL (${windowsSql(OF_LOBBY)}) w`,
        [workspaceId, now, most, ofLobby.map(({ lane }) => lane)],
        'routing_windows_of_lobby',
      ),
    );
    return [...new Map([...theirs, ...nobodys].map((row) => [row.id, row])).values()];
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

  /**
   * What each lane has, unaccepted offers included: how many up to `most`, and since when the first of those waits. Those
   * with the least time left are counted first.
   */
  async laneStates(tx: Tx, workspaceId: string, teamId: string | null, most: number): Promise<LaneState[]> {
    const of = teamId === null ? OF_LOBBY : OF_TEAM;
    // $1 workspace, $2 how far to count, $3 team
    return tx.query<LaneState>(
      `SELECT s.lane, least(sum(s.waiting), $2)::int AS waiting, min(s."waitingSince") AS "waitingSince"
       FROM (SELECT $3::uuid AS id) g CROSS JOIN LATERAL (
         SELECT l.lane, w.* FROM (${lanesSql(of)}) l CROSS JOIN LATERAL (${stateSql(of)}) w
         UNION ALL
         SELECT t.lane, count(*)::int, min(${SINCE}) FROM tickets t WHERE ${of} AND ${OFFERED} GROUP BY t.lane) s
       GROUP BY s.lane`,
      [workspaceId, most, teamId],
      `routing_lane_states_${teamId === null ? 'lobby' : 'team'}`,
    );
  }
}

const ifAny = <T>(of: readonly unknown[], read: () => Promise<T[]>): Promise<T[]> =>
  of.length > 0 ? read() : Promise.resolve([]);
