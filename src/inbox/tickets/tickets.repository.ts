import { Injectable } from '@nestjs/common';
import { type Tx, violatedConstraint } from '../../platform/database';
import { DomainError } from '../../platform/errors';
import type { ThreadKind, Ticket, TicketPriority, TicketStatus } from './ticket';

interface TicketRow {
  workspace_id: string;
  id: string;
  number: string;
  position: number;
  conversation_id: string;
  contact_id: string;
  channel_id: string;
  brand_id: string;
  team_id: string | null;
  assignee_id: string | null;
  assigned_at: Date | null;
  offered_to: string | null;
  kind: ThreadKind;
  status: TicketStatus;
  priority: TicketPriority;
  waiting_since: Date | null;
  due_at: Date | null;
  first_responded_at: Date | null;
  last_message_at: Date;
  solved_at: Date | null;
  closed_at: Date | null;
  queue_id: string | null;
  work_type: string | null;
  subject: string;
  language: string | null;
  type: string | null;
  tags: string[];
  fields: Record<string, unknown>;
  resolution: string | null;
  snoozed_until: Date | null;
  wake_on: string[];
  merged_into_id: string | null;
  parent_id: string | null;
  handling_ms: number;
  version: number;
  created_at: Date;
}

const COLUMNS = [
  'workspace_id, id, number, position, conversation_id, contact_id, channel_id, brand_id, team_id, assignee_id, assigned_at',
  'kind, status, priority, waiting_since, due_at, first_responded_at, last_message_at, solved_at, closed_at, version, created_at',
  'queue_id, work_type, subject, language, type, tags, fields, resolution, snoozed_until, wake_on, merged_into_id, parent_id, handling_ms, offered_to',
].join(', ');

const prefixed = (alias: string) => COLUMNS.replaceAll(/(\w+)/g, `${alias}.$1`);

/** What the clocks say of a ticket. */
export interface TicketTimes {
  id: string;
  dueAt: Date | null;
  waitingSince: Date | null;
  firstRespondedAt: Date | null;
}

/** Reading for change and changing. Lists and pages for people are in `ticket-views.repository.ts`. */
@Injectable()
export class TicketsRepository {
  /** The tickets of the workspace among `ids`, locked in id order. */
  async lock(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Ticket[]> {
    // $1 workspace, $2 tickets
    const rows = await tx.query<TicketRow>(
      `SELECT ${COLUMNS} FROM tickets WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
      [workspaceId, ids],
      'tickets_lock',
    );
    return rows.map(ticketOf);
  }

  async conversationOf(tx: Tx, workspaceId: string, id: string): Promise<string | null> {
    const [row] = await tx.query<{ conversation_id: string }>(
      'SELECT conversation_id FROM tickets WHERE workspace_id = $1 AND id = $2',
      [workspaceId, id],
      'ticket_conversation_of',
    );
    return row?.conversation_id ?? null;
  }

  /** What it takes to say who may see these tickets, without locking them. */
  sights(
    tx: Tx,
    workspaceId: string,
    ids: readonly string[],
  ): Promise<{ id: string; teamId: string | null; assigneeId: string | null }[]> {
    return tx.query(
      `SELECT id, team_id AS "teamId", assignee_id AS "assigneeId" FROM tickets WHERE workspace_id = $1 AND id = ANY($2::uuid[])`,
      [workspaceId, ids],
      'tickets_sights',
    );
  }

  /** Snoozed tickets whose time has come, of any workspace, leaving out what others hold. */
  async lockToWake(tx: Tx, now: Date, limit: number): Promise<Ticket[]> {
    const rows = await tx.query<TicketRow>(
      `SELECT ${COLUMNS} FROM tickets WHERE snoozed_until <= $1 ORDER BY snoozed_until LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
      [now, limit],
      'tickets_to_wake',
    );
    return rows.map(ticketOf);
  }

  /** Tickets of these contacts that sleep until the CRM has news of them, and did so when these came. */
  async lockAwaitingCrm(
    tx: Tx,
    workspaceId: string,
    news: readonly { contactId: string; at: Date }[],
  ): Promise<Ticket[]> {
    // $1 workspace, $2 contacts, $3 when there were news of each: in whole seconds, as the CRM tells them
    const rows = await tx.query<TicketRow>(
      `SELECT ${COLUMNS} FROM tickets
       WHERE workspace_id = $1 AND contact_id = ANY($2::uuid[]) AND snoozed_at IS NOT NULL AND 'crm' = ANY(wake_on)
         AND EXISTS (SELECT 1 FROM unnest($2::uuid[], $3::timestamptz[]) n(contact_id, at)
                     WHERE n.contact_id = tickets.contact_id AND date_trunc('second', snoozed_at) <= n.at)
       ORDER BY id FOR NO KEY UPDATE`,
      [workspaceId, news.map(({ contactId }) => contactId), news.map(({ at }) => at)],
      'tickets_awaiting_crm',
    );
    return rows.map(ticketOf);
  }

  /** Solved tickets that have had their time, leaving out what others hold. */
  async lockToClose(
    tx: Tx,
    before: readonly { workspaceId: string; solvedBefore: Date }[],
    limit: number,
  ): Promise<Ticket[]> {
    // $1 workspaces, $2 solved before (pairwise), $3 how many
    const rows = await tx.query<TicketRow>(
      `SELECT ${prefixed('t')} FROM unnest($1::uuid[], $2::timestamptz[]) AS w(id, solved_before)
       CROSS JOIN LATERAL (SELECT * FROM tickets c WHERE c.workspace_id = w.id AND c.status = 'solved' AND c.solved_at <= w.solved_before
                           ORDER BY c.solved_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) t LIMIT $3`,
      [before.map((w) => w.workspaceId), before.map((w) => w.solvedBefore), limit],
      'tickets_to_close',
    );
    return rows.map(ticketOf);
  }

  /** Those of these that still wait for somebody and are in nobody's hands at this moment. */
  async lockWaiting(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Ticket[]> {
    // $1 workspace, $2 tickets
    const rows = await tx.query<TicketRow>(
      `SELECT ${COLUMNS} FROM tickets
       WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND assignee_id IS NULL AND offered_to IS NULL AND status IN ('new', 'open')
       ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
      [workspaceId, ids],
      'tickets_lock_waiting',
    );
    return rows.map(ticketOf);
  }

  /** The first of these, in the order given, that still waits and is in nobody's hands at this moment. */
  async lockFirstWaiting(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Ticket | undefined> {
    // $1 workspace, $2 tickets, looked at one after the other until one is had. What waits is spelled as no index spells it:
    // without figures the planner takes the whole range of such an index for as short as the way to a key.
    const rows = await tx.query<TicketRow>(
      `SELECT ${prefixed('t')} FROM unnest($2::uuid[]) AS k(id)
       CROSS JOIN LATERAL (SELECT * FROM tickets c WHERE c.workspace_id = $1 AND c.id = k.id
                             AND coalesce(c.assignee_id, c.offered_to) IS NULL AND (c.status IN ('new', 'open')) IS TRUE
                           FOR NO KEY UPDATE SKIP LOCKED) t LIMIT 1`,
      [workspaceId, ids],
      'tickets_lock_first_waiting',
    );
    return rows.map(ticketOf)[0];
  }

  /** Tickets these agents hold, owe an answer to, and never answered; locked in id order. */
  async lockUnanswered(tx: Tx, workspaceId: string, agentIds: readonly string[]): Promise<Ticket[]> {
    // $1 workspace, $2 agents
    const rows = await tx.query<TicketRow>(
      `SELECT ${prefixed('t')} FROM tickets t
       WHERE t.workspace_id = $1 AND t.assignee_id = ANY($2::uuid[]) AND t.status IN ('new', 'open')
         AND NOT EXISTS (SELECT 1 FROM messages m
           WHERE m.workspace_id = $1 AND m.ticket_id = t.id
             AND m.conversation_id IN (SELECT t.conversation_id UNION ALL SELECT c.id FROM conversations c
                                       WHERE c.workspace_id = $1 AND c.joined_ticket_id = t.id)
             AND m.direction = 'out' AND m.author_kind = 'agent' AND m.author_id = t.assignee_id)
       ORDER BY t.id FOR NO KEY UPDATE OF t`,
      [workspaceId, agentIds],
      'tickets_lock_unanswered',
    );
    return rows.map(ticketOf);
  }

  /**
   * Writes what rules may change, and counts the version up.
   * @throws DomainError `conflict` when the conversation already has another ticket under work
   */
  async save(tx: Tx, ticket: Ticket): Promise<Ticket> {
    // $1 workspace, $2 id, $3 version read, $4 team, $5 assignee, $6 since, $7 status, $8 priority, $9 solved, $10 closed,
    // $11 queue, $12 subject, $13 language, $14 type, $15 tags, $16 fields, $17 resolution, $18 snoozed until, $19 wakes on,
    // $20 merged into, $21 parent
    const rows = await tx
      .query<{ version: number }>(
        `UPDATE tickets SET team_id = $4, assignee_id = $5, assigned_at = $6, status = $7, priority = $8, solved_at = $9,
           closed_at = $10, queue_id = $11, subject = $12, language = $13, type = $14, tags = $15, fields = $16, resolution = $17,
           snoozed_until = $18, wake_on = $19, snoozed_at = CASE WHEN $19::text[] <> '{}' THEN coalesce(snoozed_at, now()) END,
           merged_into_id = $20, parent_id = $21, version = version + 1, updated_at = now()
         WHERE workspace_id = $1 AND id = $2 AND version = $3 RETURNING version`,
        [
          ticket.workspaceId,
          ticket.id,
          ticket.version,
          ticket.teamId,
          ticket.assigneeId,
          ticket.assignedAt,
          ticket.status,
          ticket.priority,
          ticket.solvedAt,
          ticket.closedAt,
          ticket.queueId,
          ticket.subject,
          ticket.language,
          ticket.type,
          ticket.tags,
          JSON.stringify(ticket.fields),
          ticket.resolution,
          ticket.snoozedUntil,
          ticket.wakeOn,
          ticket.mergedIntoId,
          ticket.parentId,
        ],
        'tickets_save',
      )
      .catch((error: unknown) => {
        if (violatedConstraint(error) !== 'tickets_one_active') throw error;
        throw new DomainError('conflict', 'This conversation already has a newer ticket under work; go on there.');
      });
    if (!rows[0]) throw new Error(`Ticket ${ticket.id} changed although it was locked.`);
    return { ...ticket, version: rows[0].version };
  }

  /** Gives unassigned tickets to agents, or takes tickets back (`assigneeId` null), all in one statement. */
  async assign(
    tx: Tx,
    workspaceId: string,
    changes: readonly { id: string; assigneeId: string | null }[],
    at: Date,
  ): Promise<void> {
    // $1 workspace, $2 tickets, $3 agents, $4 instant
    const changed = await tx.execute(
      `UPDATE tickets t SET assignee_id = u.assignee_id, assigned_at = CASE WHEN u.assignee_id IS NULL THEN NULL ELSE $4::timestamptz END,
         version = version + 1, updated_at = now()
       FROM unnest($2::uuid[], $3::uuid[]) AS u(id, assignee_id)
       WHERE t.workspace_id = $1 AND t.id = ANY($2::uuid[]) AND t.id = u.id AND (t.assignee_id IS NULL) <> (u.assignee_id IS NULL)`,
      [workspaceId, changes.map((c) => c.id), changes.map((c) => c.assigneeId), at],
      'tickets_assign',
    );
    if (changed !== changes.length) throw new Error('Tickets changed hands although they were locked.');
  }

  async saveTimes(tx: Tx, workspaceId: string, times: readonly TicketTimes[]): Promise<void> {
    // $1 workspace, $2 tickets, $3 due, $4 waiting since, $5 first responded
    await tx.execute(
      `UPDATE tickets t SET due_at = u.due_at, waiting_since = u.waiting_since, first_responded_at = u.first_responded_at,
         start_by = u.due_at - t.handling_ms * interval '1 millisecond', version = version + 1, updated_at = now()
       FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
         AS u(id, due_at, waiting_since, first_responded_at)
       WHERE t.workspace_id = $1 AND t.id = ANY($2::uuid[]) AND t.id = u.id`,
      [
        workspaceId,
        times.map((t) => t.id),
        times.map((t) => t.dueAt),
        times.map((t) => t.waitingSince),
        times.map((t) => t.firstRespondedAt),
      ],
      'tickets_times',
    );
  }

  async teamExists(tx: Tx, workspaceId: string, teamId: string): Promise<boolean> {
    const rows = await tx.query('SELECT 1 FROM teams WHERE workspace_id = $1 AND id = $2', [workspaceId, teamId]);
    return rows.length > 0;
  }

  async isMember(tx: Tx, workspaceId: string, teamId: string, agentId: string): Promise<boolean> {
    const rows = await tx.query(
      'SELECT 1 FROM team_members WHERE workspace_id = $1 AND team_id = $2 AND agent_id = $3',
      [workspaceId, teamId, agentId],
    );
    return rows.length > 0;
  }
}

const ticketOf = (row: TicketRow): Ticket => ({
  workspaceId: row.workspace_id,
  id: row.id,
  number: Number(row.number),
  position: row.position,
  conversationId: row.conversation_id,
  contactId: row.contact_id,
  channelId: row.channel_id,
  brandId: row.brand_id,
  teamId: row.team_id,
  assigneeId: row.assignee_id,
  assignedAt: row.assigned_at,
  offeredTo: row.offered_to,
  kind: row.kind,
  status: row.status,
  priority: row.priority,
  waitingSince: row.waiting_since,
  dueAt: row.due_at,
  firstRespondedAt: row.first_responded_at,
  lastMessageAt: row.last_message_at,
  solvedAt: row.solved_at,
  closedAt: row.closed_at,
  queueId: row.queue_id,
  workType: row.work_type ?? row.kind,
  subject: row.subject,
  language: row.language,
  type: row.type,
  tags: row.tags,
  fields: row.fields,
  resolution: row.resolution,
  snoozedUntil: row.snoozed_until,
  wakeOn: row.wake_on,
  mergedIntoId: row.merged_into_id,
  parentId: row.parent_id,
  handlingMs: row.handling_ms,
  version: row.version,
  createdAt: row.created_at,
});
