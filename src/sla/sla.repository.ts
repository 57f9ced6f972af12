import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { Describable } from './clock-contexts';
import type { Clock, EndWhy, Pause } from './facts';
import type { ClockKind } from './policy';
import type { Move, Step } from './ticket-clocks';

interface ClockRow {
  id: string;
  ticket_id: string;
  kind: ClockKind;
  policy_id: string;
  policy_version: number;
  calendar_id: string | null;
  calendar_version: number | null;
  started_at: Date;
  target_ms: string | null;
  due_at: Date | null;
  met_at: Date | null;
  cancelled_at: Date | null;
  ended_why: EndWhy | null;
  opened_position: string;
  ended_position: string | null;
  pauses: (Omit<Pause, 'from' | 'to'> & { from: string; to: string | null })[];
  promise_id: string | null;
}

/** A clock as those who hear of it need it. */
export interface Told {
  workspace_id: string;
  id: string;
  kind: ClockKind;
  due_at: Date;
  told_at: Date;
  ticket_id: string;
  conversation_id: string;
  contact_id: string;
  team_id: string | null;
  assignee_id: string | null;
  number: string;
}

/** A step that has come; `overdue`: its clock is due already. */
export type ToldStep = Told & { step: string; step_due_at: Date; policy_id: string; overdue: boolean };

/** A running clock and its ticket, read to see what would become of it. */
export type OpenClock = Describable & { ticketId: string; number: number; clock: Clock };

/** Running clocks that count by an older state of a calendar or a policy, or by hours that were a queue's before. */
export type Stale =
  | { calendarId: string; version: number }
  | { policyId: string; version: number }
  | { queueId: string; version: number };

/** What such clocks have in common, as SQL on clock `c` and its ticket `t`: $1 is the workspace, $2 the id given here. */
const concerned = (stale: Stale): { id: string; sql: string } => {
  if ('calendarId' in stale) return { id: stale.calendarId, sql: 'c.calendar_id = $2' };
  if ('policyId' in stale) return { id: stale.policyId, sql: 'c.policy_id = $2' };
  const byQueue = `SELECT 1 FROM sla_policies p WHERE p.workspace_id = $1 AND p.id = c.policy_id AND p.hours = 'queue'`;
  const underWork = `t.status IN ('new', 'open', 'pending', 'on_hold')`;
  return { id: stale.queueId, sql: `t.queue_id = $2 AND ${underWork} AND EXISTS (${byQueue})` };
};

const CLOCK_COLUMNS = `id, ticket_id, kind, policy_id, policy_version, calendar_id, calendar_version, started_at, target_ms, due_at,
  met_at, cancelled_at, ended_why, opened_position, ended_position, pauses, promise_id`;
const TOLD_COLUMNS = `c.workspace_id, c.id, c.kind, c.due_at, t.id AS ticket_id, t.conversation_id, t.contact_id, t.team_id,
  t.assignee_id, t.number`;

/**
 * Whether an event from before an instant is still unread by a subscriber: it may be the answer. A workspace whose
 * reader is up to date costs two look-ups by key.
 */
const unreadBefore = (workspace: string, instant: string, subscriber: string) => `EXISTS (
  SELECT 1 FROM event_cursors r
  JOIN event_heads h ON h.workspace_id = r.workspace_id AND h.position > r.position
  JOIN domain_events e ON e.workspace_id = r.workspace_id AND e.position = r.position + 1
  WHERE r.subscriber = ${subscriber} AND r.workspace_id = ${workspace} AND e.at <= ${instant})`;

/** All SQL on clocks and their steps. What is due is asked of the database's clock, never of a node's. */
@Injectable()
export class SlaRepository {
  async clocksOf(tx: Tx, workspaceId: string, ticketIds: readonly string[]): Promise<Map<string, Clock[]>> {
    // $1 workspace, $2 tickets
    const rows = await tx.query<ClockRow>(
      `SELECT ${CLOCK_COLUMNS} FROM sla_clocks WHERE workspace_id = $1 AND ticket_id = ANY($2::uuid[]) ORDER BY opened_position, kind`,
      [workspaceId, ticketIds],
      'sla_clocks_of',
    );
    const clocks = new Map<string, Clock[]>(ticketIds.map((id) => [id, []]));
    for (const row of rows) clocks.get(row.ticket_id)!.push(clockOf(row));
    return clocks;
  }

  /** How the due times of a ticket's clocks moved, by clock. */
  async movesOf(tx: Tx, workspaceId: string, ticketId: string): Promise<Map<string, Move[]>> {
    type MoveJson = Omit<Move, 'at' | 'from' | 'to'> & { at: string; from: string | null; to: string | null };
    const rows = await tx.query<{ id: string; moves: MoveJson[] }>(
      'SELECT id, moves FROM sla_clocks WHERE workspace_id = $1 AND ticket_id = $2',
      [workspaceId, ticketId],
    );
    const instant = (text: string | null) => (text === null ? null : new Date(text));
    return new Map(
      rows.map(({ id, moves }) => [
        id,
        moves.map(({ at, why, from, to }) => ({ at: new Date(at), why, from: instant(from), to: instant(to) })),
      ]),
    );
  }

  /** Where a due time moved past the moment it was told as missed, that telling no longer stands. */
  async saveClocks(
    tx: Tx,
    workspaceId: string,
    clocks: readonly (Clock & { ticketId: string; moves: readonly Move[] })[],
  ): Promise<void> {
    if (clocks.length === 0) return;
    // $1 workspace, $2 ids, $3 tickets, $4 policies, $5 their versions, $6 calendars, $7 their versions, $8 kinds, $9 starts,
    // $10 targets, $11 dues, $12 met, $13 cancelled, $14 why ended, $15 opened, $16 ended, $17 pauses, $18 new moves,
    // $19 promises; ended clocks first, so that one may end and the next begin in one statement
    const rows = [...clocks].sort((a, b) => Number(a.endedPosition === null) - Number(b.endedPosition === null));
    await tx.execute(
      `INSERT INTO sla_clocks AS c (workspace_id, id, ticket_id, policy_id, policy_version, calendar_id, calendar_version, kind,
                                    started_at, target_ms, due_at, met_at, cancelled_at, ended_why, opened_position,
                                    ended_position, pauses, moves, promise_id)
       SELECT $1, u.* FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::uuid[], $7::int[], $8::text[],
         $9::timestamptz[], $10::bigint[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::text[], $15::bigint[],
         $16::bigint[], $17::jsonb[], $18::jsonb[], $19::uuid[]) AS u
       ON CONFLICT (workspace_id, id) DO UPDATE SET policy_id = excluded.policy_id, policy_version = excluded.policy_version,
         calendar_id = excluded.calendar_id, calendar_version = excluded.calendar_version, kind = excluded.kind,
         started_at = excluded.started_at, target_ms = excluded.target_ms, due_at = excluded.due_at, met_at = excluded.met_at,
         cancelled_at = excluded.cancelled_at, ended_why = excluded.ended_why, opened_position = excluded.opened_position,
         ended_position = excluded.ended_position, pauses = excluded.pauses, moves = c.moves || excluded.moves,
         breach_told_at = CASE WHEN excluded.due_at <= c.breach_told_at THEN c.breach_told_at END`,
      [
        workspaceId,
        rows.map((c) => c.id),
        rows.map((c) => c.ticketId),
        rows.map((c) => c.policyId),
        rows.map((c) => c.policyVersion),
        rows.map((c) => c.calendar?.id ?? null),
        rows.map((c) => c.calendar?.version ?? null),
        rows.map((c) => c.kind),
        rows.map((c) => c.startedAt),
        rows.map((c) => c.targetMs),
        rows.map((c) => c.dueAt),
        rows.map((c) => c.metAt),
        rows.map((c) => c.cancelledAt),
        rows.map((c) => c.endedWhy),
        rows.map((c) => c.openedPosition),
        rows.map((c) => c.endedPosition),
        rows.map((c) => JSON.stringify(c.pauses)),
        rows.map((c) => JSON.stringify(c.moves)),
        rows.map((c) => c.promiseId),
      ],
      'sla_clocks_save',
    );
  }

  /** Writes what is still to be told of these clocks. What was told stays told, unless its time moved past that. */
  async saveSteps(
    tx: Tx,
    workspaceId: string,
    clockIds: readonly string[],
    steps: readonly (Step & { clockId: string })[],
  ): Promise<void> {
    if (clockIds.length === 0) return;
    // $1 workspace, $2 clocks
    await tx.execute(
      'DELETE FROM sla_steps WHERE workspace_id = $1 AND clock_id = ANY($2::uuid[]) AND told_at IS NULL',
      [workspaceId, clockIds],
      'sla_steps_clear',
    );
    if (steps.length === 0) return;
    // $1 workspace, $2 clocks, $3 steps, $4 instants
    await tx.execute(
      `INSERT INTO sla_steps AS s (workspace_id, clock_id, step, due_at)
       SELECT $1, u.* FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS u
       ON CONFLICT (workspace_id, clock_id, step) DO UPDATE SET due_at = excluded.due_at, told_at = NULL
       WHERE excluded.due_at > s.told_at`,
      [workspaceId, steps.map((s) => s.clockId), steps.map((s) => s.step), steps.map((s) => s.dueAt)],
      'sla_steps_save',
    );
  }

  /** Marks clocks that ended late as told, each once whoever comes first. */
  async markEndedLate(tx: Tx, workspaceId: string, clockIds: readonly string[]): Promise<Told[]> {
    if (clockIds.length === 0) return [];
    // $1 workspace, $2 clocks
    return tx.query<Told>(
      `UPDATE sla_clocks c SET breach_told_at = now() FROM tickets t
       WHERE c.workspace_id = $1 AND c.id = ANY($2::uuid[]) AND c.breach_told_at IS NULL
         AND coalesce(c.met_at, c.cancelled_at) > c.due_at AND t.workspace_id = c.workspace_id AND t.id = c.ticket_id
       RETURNING ${TOLD_COLUMNS}, c.breach_told_at AS told_at`,
      [workspaceId, clockIds],
      'sla_mark_ended_late',
    );
  }

  /**
   * Marks running clocks that have been due for `graceMs` as told. A clock is left for later while an event from before
   * it was due is still unread by `subscriber`: that event may be the answer.
   */
  async markOverdue(tx: Tx, subscriber: string, graceMs: number, limit: number): Promise<Told[]> {
    // $1 grace, $2 how many, $3 subscriber
    return tx.query<Told>(
      `WITH overdue AS (
         SELECT c.workspace_id, c.id FROM sla_clocks c
         WHERE c.met_at IS NULL AND c.cancelled_at IS NULL AND c.breach_told_at IS NULL
           AND c.due_at <= now() - $1 * interval '1 millisecond'
           AND NOT ${unreadBefore('c.workspace_id', 'c.due_at', '$3')}
         ORDER BY c.due_at LIMIT $2 FOR UPDATE OF c SKIP LOCKED
       )
       UPDATE sla_clocks c SET breach_told_at = now() FROM overdue o, tickets t
       WHERE c.workspace_id = o.workspace_id AND c.id = o.id AND t.workspace_id = c.workspace_id AND t.id = c.ticket_id
       RETURNING ${TOLD_COLUMNS}, c.breach_told_at AS told_at`,
      [graceMs, limit, subscriber],
      'sla_mark_overdue',
    );
  }

  /** Marks steps that have come as told; the rules of `markOverdue` hold for them too. */
  async markSteps(tx: Tx, subscriber: string, graceMs: number, limit: number): Promise<ToldStep[]> {
    // $1 grace, $2 how many, $3 subscriber
    return tx.query<ToldStep>(
      `WITH come AS (
         SELECT s.workspace_id, s.clock_id, s.step FROM sla_steps s
         WHERE s.told_at IS NULL AND s.due_at <= now() - $1 * interval '1 millisecond'
           AND NOT ${unreadBefore('s.workspace_id', 's.due_at', '$3')}
         ORDER BY s.due_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED
       )
       UPDATE sla_steps s SET told_at = now() FROM come o, sla_clocks c, tickets t
       WHERE s.workspace_id = o.workspace_id AND s.clock_id = o.clock_id AND s.step = o.step
         AND c.workspace_id = s.workspace_id AND c.id = s.clock_id AND t.workspace_id = c.workspace_id AND t.id = c.ticket_id
       RETURNING ${TOLD_COLUMNS}, s.told_at, s.step, s.due_at AS step_due_at, c.policy_id, c.due_at <= now() AS overdue`,
      [graceMs, limit, subscriber],
      'sla_mark_steps',
    );
  }

  /** Waits until whoever is applying events of the workspace has finished, so that later ones see what is committed now. */
  async afterReader(tx: Tx, workspaceId: string, subscriber: string): Promise<void> {
    await tx.query('SELECT 1 FROM event_cursors WHERE subscriber = $1 AND workspace_id = $2 FOR UPDATE', [
      subscriber,
      workspaceId,
    ]);
  }

  /** Running clocks of a calendar, a policy or a queue with what their tickets are chosen by, in the order of their ids. */
  async openClocks(tx: Tx, workspaceId: string, of: Stale, after: string | null, limit: number): Promise<OpenClock[]> {
    const { id, sql } = concerned(of);
    // $1 workspace, $2 calendar, policy or queue, $3 clock to go on after, $4 how many
    const rows = await tx.query<ClockRow & Record<'ticket', Omit<OpenClock, 'clock'>>>(
      `SELECT ${CLOCK_COLUMNS.replaceAll(/(\w+)/g, 'c.$1')},
         jsonb_build_object('ticketId', t.id, 'number', t.number, 'channelId', t.channel_id, 'contactId', t.contact_id,
           'kind', t.kind, 'brandId', t.brand_id, 'language', t.language, 'priority', t.priority, 'tags', t.tags,
           'teamId', t.team_id, 'queueId', t.queue_id) AS ticket
       FROM sla_clocks c JOIN tickets t ON t.workspace_id = c.workspace_id AND t.id = c.ticket_id
       WHERE c.workspace_id = $1 AND ${sql} AND c.met_at IS NULL AND c.cancelled_at IS NULL
         AND ($3::uuid IS NULL OR c.id > $3)
       ORDER BY c.id LIMIT $4`,
      [workspaceId, id, after, limit],
    );
    return rows.map(({ ticket, ...row }) => ({ ...ticket, clock: clockOf(row) }));
  }

  /** Tickets under work, in id order after `after`, that have no resolution clock. */
  async withoutResolution(tx: Tx, workspaceId: string, after: string | null, limit: number): Promise<string[]> {
    // $1 workspace, $2 ticket to go on after, $3 how many
    const rows = await tx.query<{ id: string }>(
      `SELECT t.id FROM tickets t
       WHERE t.workspace_id = $1 AND t.status IN ('new', 'open', 'pending', 'on_hold') AND ($2::uuid IS NULL OR t.id > $2)
         AND NOT EXISTS (SELECT 1 FROM sla_clocks c
           WHERE c.workspace_id = $1 AND c.ticket_id = t.id AND c.kind = 'resolution')
       ORDER BY t.id LIMIT $3`,
      [workspaceId, after, limit],
    );
    return rows.map((row) => row.id);
  }

  /**
   * Tickets, in id order after `after`, with running clocks that count by an older state than `stale.version`. A queue's
   * clocks do not say by which state of it they count: these are all of them.
   */
  async staleTickets(
    tx: Tx,
    workspaceId: string,
    stale: Stale,
    after: string | null,
    limit: number,
  ): Promise<string[]> {
    const { id, sql } = concerned(stale);
    const by = 'calendarId' in stale ? 'calendar' : 'policy';
    const ofQueue = 'queueId' in stale;
    const joined = ofQueue ? 'JOIN tickets t ON t.workspace_id = c.workspace_id AND t.id = c.ticket_id' : '';
    // $1 workspace, $2 calendar, policy or queue, $3 ticket to go on after, $4 how many, $5 version; null: any
    const rows = await tx.query<{ ticket_id: string }>(
      `SELECT DISTINCT c.ticket_id FROM sla_clocks c ${joined}
       WHERE c.workspace_id = $1 AND ${sql} AND ($5::int IS NULL OR c.${by}_version < $5)
         AND c.met_at IS NULL AND c.cancelled_at IS NULL AND ($3::uuid IS NULL OR c.ticket_id > $3)
       ORDER BY c.ticket_id LIMIT $4`,
      [workspaceId, id, after, limit, ofQueue ? null : stale.version],
    );
    return rows.map((row) => row.ticket_id);
  }
}

/** In the order of `newClock`: clocks are compared as text. */
const clockOf = (row: ClockRow): Clock => ({
  id: row.id,
  kind: row.kind,
  policyId: row.policy_id,
  policyVersion: row.policy_version,
  calendar: row.calendar_id === null ? null : { id: row.calendar_id, version: row.calendar_version ?? 0 },
  startedAt: row.started_at,
  targetMs: row.target_ms === null ? null : Number(row.target_ms),
  dueAt: row.due_at,
  metAt: row.met_at,
  cancelledAt: row.cancelled_at,
  endedWhy: row.ended_why,
  openedPosition: Number(row.opened_position),
  endedPosition: row.ended_position === null ? null : Number(row.ended_position),
  pauses: row.pauses.map(({ from, to, why, opened, ended }) => ({
    from: new Date(from),
    to: to === null ? null : new Date(to),
    why,
    opened,
    ended,
  })),
  promiseId: row.promise_id,
});
