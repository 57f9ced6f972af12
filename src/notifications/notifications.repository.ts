import { Injectable } from '@nestjs/common';
import { type Permission, type Principal, type Role, rolesWith, visibleTickets } from '../identity/principal';
import type { Tx } from '../platform/database';

/** Agents by id, members of teams, everybody who leads, and everybody who may do something. */
export interface Receivers {
  agentIds?: readonly string[];
  teamIds?: readonly string[];
  leads?: boolean;
  may?: Permission;
}

const LEADING: readonly Role[] = ['owner', 'admin', 'lead'];

type TicketName = { id: string; number: number; subject: string };

export interface Notification {
  id: string;
  kind: string;
  /** Null without one, and when the agent may not see it. */
  ticket: TicketName | null;
  /** How often it was told: more than once where what came within moments is told as one. */
  count: number;
  /** The tickets all of that is about, counted no further than a thousand; of the first, those the agent may see. */
  tickets: { count: number; first: TicketName[] };
  data: Record<string, unknown>;
  createdAt: Date;
  ringAt: Date;
  readAt: Date | null;
}

/** A notification to be told as one with others of its agent. */
export interface Foldable {
  id: string;
  agentId: string;
  fold: string;
  ringAt: Date;
}

const FIRST_TICKETS = 5;
const COUNTED_TO = 1_000;

/** All SQL on `notifications`. */
@Injectable()
export class NotificationsRepository {
  /** Who each of these is, in the order of their ids; those who are disabled are left out. */
  async agentsOf(tx: Tx, workspaceId: string, to: readonly Receivers[]): Promise<string[][]> {
    // $1 workspace, $2 whom each names, as JSON
    const rows = await tx.query<{ ids: string[] }>(
      `SELECT ARRAY(SELECT a.id FROM agents a WHERE a.workspace_id = $1 AND a.disabled_at IS NULL
         AND (a.id = ANY(r.agents) OR a.role = ANY(r.roles)
              OR a.id IN (SELECT m.agent_id FROM team_members m WHERE m.workspace_id = $1 AND m.team_id = ANY(r.teams)))
       ORDER BY a.id) AS ids
       FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (agents uuid[], teams uuid[], roles text[]))
         WITH ORDINALITY AS r(agents, teams, roles, place) ORDER BY r.place`,
      [
        workspaceId,
        JSON.stringify(
          to.map(({ agentIds = [], teamIds = [], leads = false, may }) => ({
            agents: agentIds,
            teams: teamIds,
            roles: [...(leads ? LEADING : []), ...(may ? rolesWith(may) : [])],
          })),
        ),
      ],
      'notifications_receivers',
    );
    return rows.map((row) => row.ids);
  }

  /** @returns ids of those that are new: an agent hears of a cause once */
  async insert(
    tx: Tx,
    workspaceId: string,
    rows: readonly {
      id: string;
      agentId: string;
      kind: string;
      ticketId: string | null;
      data: Record<string, unknown>;
      cause: string;
      ringAt: Date;
      fold: string | null;
    }[],
    at: Date,
  ): Promise<Set<string>> {
    if (rows.length === 0) return new Set();
    // $1 workspace, $2 made, $3 ids, $4 agents, $5 kinds, $6 tickets, $7 data, $8 causes, $9 rung, $10 told as one with
    const fresh = await tx.query<{ id: string }>(
      `INSERT INTO notifications (workspace_id, created_at, id, agent_id, kind, ticket_id, data, cause, ring_at, fold)
       SELECT $1, $2, u.* FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::jsonb[], $8::text[], $9::timestamptz[], $10::text[]) AS u
       ON CONFLICT (workspace_id, agent_id, cause) DO NOTHING RETURNING id`,
      [
        workspaceId,
        at,
        rows.map((row) => row.id),
        rows.map((row) => row.agentId),
        rows.map((row) => row.kind),
        rows.map((row) => row.ticketId),
        rows.map((row) => JSON.stringify(row.data)),
        rows.map((row) => row.cause),
        rows.map((row) => row.ringAt),
        rows.map((row) => row.fold),
      ],
      'notifications_insert',
    );
    return new Set(fresh.map((row) => row.id));
  }

  /**
   * The row each agent's notifications of a fold go into: the one before while it rings together with them and was not
   * read, else the one proposed here. Whoever tells at the same time waits for the other's commit.
   * @param proposed one for an agent and fold
   * @returns the row's id in the order of `proposed`
   */
  async rowsToFoldInto(
    tx: Tx,
    workspaceId: string,
    proposed: readonly Foldable[],
    spanMs: number,
  ): Promise<Map<Foldable, string>> {
    if (proposed.length === 0) return new Map();
    // who waited for the other's commit may have looked at the clock before it, or have another clock
    const open = `f.ring_at BETWEEN excluded.ring_at - $6 * interval '1 millisecond' AND excluded.ring_at + interval '5 seconds' AND NOT EXISTS (
      SELECT 1 FROM notifications n WHERE n.workspace_id = f.workspace_id AND n.id = f.notification_id AND n.read_at IS NOT NULL)`;
    // $1 workspace, $2 agents, $3 folds, $4 rows, $5 rung, $6 span in ms; in one order, so that nobody is met crosswise
    const rows = await tx.query<{ agent_id: string; fold: string; notification_id: string }>(
      `INSERT INTO notification_folds AS f (workspace_id, agent_id, fold, notification_id, ring_at)
       SELECT $1, u.* FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[]) AS u(agent_id, fold, id, ring_at)
       ORDER BY u.agent_id, u.fold
       ON CONFLICT (workspace_id, agent_id, fold) DO UPDATE SET
         notification_id = CASE WHEN ${open} THEN f.notification_id ELSE excluded.notification_id END,
         ring_at = CASE WHEN ${open} THEN f.ring_at ELSE excluded.ring_at END
       RETURNING agent_id, fold, notification_id`,
      [
        workspaceId,
        proposed.map((row) => row.agentId),
        proposed.map((row) => row.fold),
        proposed.map((row) => row.id),
        proposed.map((row) => row.ringAt),
        spanMs,
      ],
      'notifications_fold_into',
    );
    const found = new Map(rows.map((row) => [`${row.agent_id} ${row.fold}`, row.notification_id]));
    return new Map(proposed.map((row) => [row, found.get(`${row.agentId} ${row.fold}`)!]));
  }

  /** Puts notifications into rows told before; a row that grew is unread, whoever read it meanwhile. */
  async fold(tx: Tx, workspaceId: string, parts: readonly { id: string; into: string }[], at: Date): Promise<void> {
    if (parts.length === 0) return;
    // $1 workspace, $2 notifications, $3 the rows they go into, $4 instant
    await tx.execute(
      `WITH part AS (SELECT * FROM unnest($2::uuid[], $3::uuid[]) AS p(id, into_id)
       ), grown AS (
         UPDATE notifications n SET folded = n.folded + g.n, read_at = NULL
         FROM (SELECT into_id, count(*)::int AS n FROM part GROUP BY into_id ORDER BY into_id) g
         WHERE n.workspace_id = $1 AND n.id = g.into_id
       )
       UPDATE notifications n SET fold_id = p.into_id, read_at = $4 FROM part p WHERE n.workspace_id = $1 AND n.id = p.id`,
      [workspaceId, parts.map((part) => part.id), parts.map((part) => part.into), at],
      'notifications_fold',
    );
  }

  /**
   * An agent's own, newest first. Ids grow with time, so the last one seen is the cursor. A ticket that is out of the
   * agent's sight, by now or from the start, is not described.
   */
  list(tx: Tx, who: Principal, before: string | null, limit: number): Promise<Notification[]> {
    const seen = visibleTickets(who, 't', 7);
    const name = `jsonb_build_object('id', t.id, 'number', t.number, 'subject', t.subject)`;
    // $1 workspace, $2 agent, $3 id to go on from, $4 how many, $5 how many tickets are named, $6 how far they are counted,
    // then who may see
    return tx.query<Notification>(
      `SELECT n.id, n.kind, n.data, n.created_at AS "createdAt", n.ring_at AS "ringAt", n.read_at AS "readAt",
         n.folded + 1 AS count, named.tickets -> 0 AS ticket,
         jsonb_build_object('count', about.count, 'first', coalesce(jsonb_path_query_array(named.tickets, '$[*] ? (@ != null)'), '[]')) AS tickets
       FROM (SELECT * FROM notifications WHERE workspace_id = $1 AND agent_id = $2 AND fold_id IS NULL AND ($3::uuid IS NULL OR id < $3)
             ORDER BY id DESC LIMIT $4) n
       CROSS JOIN LATERAL (
         SELECT count(*)::int AS count, (array_agg(d.ticket_id ORDER BY d.first))[1:$5] AS ids FROM (
           SELECT p.ticket_id, min(p.id::text) AS first FROM (
             SELECT n.ticket_id, n.id UNION ALL
             (SELECT x.ticket_id, x.id FROM notifications x WHERE x.workspace_id = $1 AND x.fold_id = n.id AND n.folded > 0 LIMIT $6)) p
           WHERE p.ticket_id IS NOT NULL GROUP BY p.ticket_id) d) about
       CROSS JOIN LATERAL (
         SELECT jsonb_agg(CASE WHEN t.id IS NOT NULL THEN ${name} END ORDER BY i.place) AS tickets
         FROM unnest(about.ids) WITH ORDINALITY AS i(id, place)
         LEFT JOIN tickets t ON t.workspace_id = $1 AND t.id = i.id AND ${seen.sql}) named
       ORDER BY n.id DESC`,
      [who.workspaceId, who.agentId, before, limit, FIRST_TICKETS, COUNTED_TO, ...seen.params],
    );
  }

  async unread(tx: Tx, workspaceId: string, agentId: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM notifications WHERE workspace_id = $1 AND agent_id = $2 AND read_at IS NULL',
      [workspaceId, agentId],
      'notifications_unread',
    );
    return row?.count ?? 0;
  }

  /** What these causes told is over: read from now on, with the instant beside its facts. @returns those it was not yet */
  settle(
    tx: Tx,
    workspaceId: string,
    causes: readonly string[],
    at: Date,
  ): Promise<{ id: string; agentId: string; kind: string }[]> {
    // $1 workspace, $2 causes, $3 instant; by agent, since the key that finds a cause leads with one
    return tx.query(
      `UPDATE notifications n SET read_at = coalesce(n.read_at, $3),
         data = n.data || jsonb_build_object('overAt', to_jsonb($3::timestamptz))
       FROM agents a WHERE a.workspace_id = $1 AND n.workspace_id = $1 AND n.agent_id = a.id AND n.cause = ANY($2)
         AND NOT n.data ? 'overAt'
       RETURNING n.id, n.agent_id AS "agentId", n.kind`,
      [workspaceId, causes, at],
      'notifications_settle',
    );
  }

  /** Marks an agent's own up to and with `upTo` as read. */
  async read(tx: Tx, workspaceId: string, agentId: string, upTo: string, at: Date): Promise<void> {
    // $1 workspace, $2 agent, $3 newest id, $4 instant
    await tx.execute(
      `UPDATE notifications SET read_at = $4
       WHERE workspace_id = $1 AND agent_id = $2 AND id <= $3 AND read_at IS NULL`,
      [workspaceId, agentId, upTo, at],
      'notifications_read',
    );
  }
}
