import { Injectable } from '@nestjs/common';
import { type Tx, violatedConstraint } from '../platform/database';
import { DomainError } from '../platform/errors';
import { hasRoom } from '../platform/room';
import type { Place, Queue, QueueConditions, Work } from './queue';
import { routingOf, type WorkspaceRouting } from './settings';
import type { SkillLevels } from './work';

interface QueueRow {
  id: string;
  team_id: string;
  name: string;
  rank: number;
  conditions: QueueConditions;
  mode: Queue['mode'];
  accept_seconds: number | null;
  needs: SkillLevels;
  vip_first: boolean;
  calendar_id: string | null;
  overflow_queue_id: string | null;
  open: boolean;
  turns_at: Date | null;
  version: number;
}

/** A ticket to be placed, with what decides where. */
export interface PlacedRow extends Work {
  workspaceId: string;
  id: string;
  conversationId: string;
  contactId: string;
  teamId: string | null;
  assigneeId: string | null;
  queueId: string | null;
  needs: SkillLevels;
  vip: boolean;
  lane: string;
  handlingMs: number;
}

const COLUMNS =
  'id, team_id, name, rank, conditions, mode, accept_seconds, needs, vip_first, calendar_id, overflow_queue_id, open, turns_at, version';

/** All SQL on queues, on how a workspace routes, and on where tickets wait. */
@Injectable()
export class QueuesRepository {
  async settings(tx: Tx, workspaceId: string): Promise<WorkspaceRouting> {
    const [row] = await tx.query<{ routing: unknown }>(
      `SELECT settings -> 'routing' AS routing FROM workspaces WHERE id = $1`,
      [workspaceId],
      'routing_settings',
    );
    return routingOf(row?.routing);
  }

  /** Writes what was changed beside what was set before. @returns what was set before */
  async saveSettings(tx: Tx, workspaceId: string, change: object): Promise<WorkspaceRouting> {
    // $1 workspace, $2 changed settings
    const [row] = await tx.query<{ routing: unknown }>(
      `WITH was AS (SELECT id, settings -> 'routing' AS routing FROM workspaces WHERE id = $1 FOR NO KEY UPDATE)
       UPDATE workspaces w SET settings = w.settings || jsonb_build_object('routing', coalesce(was.routing, '{}') || $2::jsonb)
       FROM was WHERE w.id = was.id RETURNING was.routing`,
      [workspaceId, JSON.stringify(change)],
    );
    return routingOf(row?.routing);
  }

  /** Of these teams, or of all; by rank. */
  async queues(tx: Tx, workspaceId: string, teamIds: readonly string[] | null): Promise<Queue[]> {
    // $1 workspace, $2 teams
    const rows = await tx.query<QueueRow>(
      `SELECT ${COLUMNS} FROM routing_queues
       WHERE workspace_id = $1 AND ($2::uuid[] IS NULL OR team_id = ANY($2)) ORDER BY rank, id`,
      [workspaceId, teamIds],
      'routing_queues',
    );
    return rows.map(queueOf);
  }

  async find(tx: Tx, workspaceId: string, id: string): Promise<Queue | undefined> {
    // $1 workspace, $2 queue
    const rows = await tx.query<QueueRow>(
      `SELECT ${COLUMNS} FROM routing_queues WHERE workspace_id = $1 AND id = $2 FOR UPDATE`,
      [workspaceId, id],
    );
    return rows.map(queueOf)[0];
  }

  hasRoom(tx: Tx, workspaceId: string, most: number): Promise<boolean> {
    const room = { kind: 'routing_queues', owner: workspaceId, most };
    return hasRoom(tx, room, 'SELECT 1 FROM routing_queues WHERE workspace_id = $1', [workspaceId]);
  }

  /** @throws DomainError `conflict` when the team has another queue of this name */
  async save(tx: Tx, workspaceId: string, queue: Queue): Promise<Queue> {
    // $1 workspace, $2 id, $3 team, $4 name, $5 rank, $6 conditions, $7 mode, $8 accept seconds, $9 needs, $10 VIP first, $11 calendar,
    // $12 overflow, $13 open, $14 next turn
    const rows = await tx
      .query<QueueRow>(
        `INSERT INTO routing_queues AS q (workspace_id, id, team_id, name, rank, conditions, mode, accept_seconds, needs, vip_first,
           calendar_id, overflow_queue_id, open, turns_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (workspace_id, id) DO UPDATE SET team_id = $3, name = $4, rank = $5, conditions = $6, mode = $7,
           accept_seconds = $8, needs = $9, vip_first = $10, calendar_id = $11, overflow_queue_id = $12, open = $13,
           turns_at = $14, version = q.version + 1
         RETURNING ${COLUMNS}`,
        [
          workspaceId,
          queue.id,
          queue.teamId,
          queue.name,
          queue.rank,
          JSON.stringify(queue.conditions),
          queue.mode,
          queue.acceptSeconds,
          JSON.stringify(queue.needs),
          queue.vipFirst,
          queue.calendarId,
          queue.overflowQueueId,
          queue.open,
          queue.turnsAt,
        ],
      )
      .catch((error: unknown) => {
        if (violatedConstraint(error) !== 'routing_queues_name_key') throw error;
        throw new DomainError('conflict', 'This team has a queue of this name already; choose another.');
      });
    return queueOf(rows[0]!);
  }

  async remove(tx: Tx, workspaceId: string, id: string): Promise<void> {
    await tx.execute('DELETE FROM routing_queues WHERE workspace_id = $1 AND id = $2', [workspaceId, id]);
  }

  async teamExists(tx: Tx, workspaceId: string, teamId: string): Promise<boolean> {
    const rows = await tx.query('SELECT 1 FROM teams WHERE workspace_id = $1 AND id = $2', [workspaceId, teamId]);
    return rows.length > 0;
  }

  /** Whether all of these are brands of the workspace. */
  async areBrands(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<boolean> {
    const rows = await tx.query('SELECT 1 FROM brands WHERE workspace_id = $1 AND id = ANY($2::uuid[])', [
      workspaceId, // $1
      ids, // $2
    ]);
    return rows.length === new Set(ids).size;
  }

  /** Those of these teams in which anybody has a language among their skills. */
  async teamsThatSpeak(tx: Tx, workspaceId: string, teamIds: readonly string[]): Promise<Set<string>> {
    // $1 workspace, $2 teams
    const rows = await tx.query<{ id: string }>(
      `SELECT g.id FROM unnest($2::uuid[]) AS g(id)
       WHERE EXISTS (SELECT 1 FROM team_members m
                     JOIN agents a ON a.workspace_id = $1 AND a.id = m.agent_id AND a.disabled_at IS NULL
                     JOIN agent_skills s ON s.workspace_id = $1 AND s.agent_id = m.agent_id AND s.skill LIKE 'lang:%'
                     WHERE m.workspace_id = $1 AND m.team_id = g.id)`,
      [workspaceId, teamIds],
      'routing_teams_that_speak',
    );
    return new Set(rows.map((row) => row.id));
  }

  /** Tickets under work among these, locked in id order, with what decides where they wait. */
  lockToPlace(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<PlacedRow[]> {
    // $1 workspace, $2 tickets; a letter is known by its channel, other work by its kind unless somebody said
    return tx.query<PlacedRow>(
      `SELECT t.workspace_id AS "workspaceId", t.id, t.conversation_id AS "conversationId", t.contact_id AS "contactId",
         t.team_id AS "teamId", t.assignee_id AS "assigneeId", t.queue_id AS "queueId", t.needs, t.vip, t.lane,
         t.handling_ms AS "handlingMs", t.kind AS "threadKind", t.brand_id AS "brandId", t.language, t.priority, t.tags, k.tier,
         ch.kind AS "channelKind", coalesce(t.work_type, CASE WHEN ch.kind = 'email' THEN 'letter' ELSE t.kind END) AS "workType"
       FROM tickets t
       JOIN channels ch ON ch.workspace_id = t.workspace_id AND ch.id = t.channel_id
       JOIN contacts k ON k.workspace_id = t.workspace_id AND k.id = t.contact_id
       WHERE t.workspace_id = $1 AND t.id = ANY($2::uuid[]) AND t.status IN ('new', 'open', 'pending', 'on_hold')
       ORDER BY t.id FOR NO KEY UPDATE OF t`,
      [workspaceId, ids],
      'routing_lock_to_place',
    );
  }

  async savePlaces(
    tx: Tx,
    workspaceId: string,
    places: readonly (Place & { id: string; workType: string; handlingMs: number })[],
  ): Promise<void> {
    if (places.length === 0) return;
    // $1 workspace, $2 tickets, $3 queues, $4 needs, $5 VIPs, $6 lanes, $7 types of work, $8 handling ms
    await tx.execute(
      `UPDATE tickets t SET queue_id = u.queue_id, needs = u.needs, vip = u.vip, lane = u.lane, handling_ms = u.handling_ms,
         work_type = CASE WHEN u.work_type = t.kind THEN t.work_type ELSE u.work_type END,
         start_by = t.due_at - u.handling_ms * interval '1 millisecond',
         version = t.version + 1, updated_at = now()
       FROM unnest($2::uuid[], $3::uuid[], $4::jsonb[], $5::boolean[], $6::text[], $7::text[], $8::int[])
         AS u(id, queue_id, needs, vip, lane, work_type, handling_ms)
       WHERE t.workspace_id = $1 AND t.id = ANY($2::uuid[]) AND t.id = u.id`,
      [
        workspaceId,
        places.map((p) => p.id),
        places.map((p) => p.queueId),
        places.map((p) => JSON.stringify(p.needs)),
        places.map((p) => p.vip),
        places.map((p) => p.lane),
        places.map((p) => p.workType),
        places.map((p) => p.handlingMs),
      ],
      'routing_save_places',
    );
  }

  /** Tickets of a team under work, by id from `after` on. */
  async ticketsOf(tx: Tx, workspaceId: string, teamId: string, after: string | null, limit: number): Promise<string[]> {
    // $1 workspace, $2 team, $3 go on after, $4 how many
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM tickets WHERE workspace_id = $1 AND team_id = $2 AND assignee_id IS NULL AND status IN ('new', 'open')
         AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`,
      [workspaceId, teamId, after, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Contacts' tickets under work. */
  async ticketsOfContacts(tx: Tx, workspaceId: string, contactIds: readonly string[]): Promise<string[]> {
    // $1 workspace, $2 contacts
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM tickets WHERE workspace_id = $1 AND contact_id = ANY($2::uuid[]) AND status IN ('new', 'open', 'pending', 'on_hold')`,
      [workspaceId, contactIds],
      'routing_tickets_of_contacts',
    );
    return rows.map((row) => row.id);
  }
}

const queueOf = (row: QueueRow): Queue => ({
  id: row.id,
  teamId: row.team_id,
  name: row.name,
  rank: row.rank,
  conditions: row.conditions,
  mode: row.mode,
  acceptSeconds: row.accept_seconds,
  needs: row.needs,
  vipFirst: row.vip_first,
  calendarId: row.calendar_id,
  overflowQueueId: row.overflow_queue_id,
  open: row.open,
  turnsAt: row.turns_at,
  version: row.version,
});
