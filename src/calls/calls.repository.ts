import { Injectable } from '@nestjs/common';
import { type Principal, visibleTickets } from '../identity/principal';
import { type Tx, violatedConstraint } from '../platform/database';
import { DomainError } from '../platform/errors';
import type { CallPromise } from './call';
import type { Window } from './call-life';

export type CallsView = 'due' | 'mine' | 'upcoming';

/** A row of the queue. */
export interface CallListing extends CallPromise {
  contactName: string | null;
  ticketNumber: number;
  subject: string;
  priority: string;
  tier: string | null;
  claimedByName: string | null;
}

const COLUMNS = `p.workspace_id AS "workspaceId", p.id, p.ticket_id AS "ticketId", p.conversation_id AS "conversationId",
  p.contact_id AS "contactId", p.state, p.end_reason AS "endReason", p.phone, p.phone_raw AS "phoneRaw", p.country, p.reason,
  p.brief, p.language, p.window_start AS "windowStart", p.window_end AS "windowEnd", p.time_zone AS "timeZone",
  p.consent_at AS "consentAt", p.consent_text AS "consentText", p.promised_by AS "promisedBy", p.claimed_by AS "claimedBy",
  p.lease_until AS "leaseUntil", p.next_attempt_at AS "nextAttemptAt", p.attempts, p.due_told_at AS "dueToldAt",
  p.missed_at AS "missedAt", p.version, p.created_at AS "createdAt", p.ended_at AS "endedAt",
  t.team_id AS "teamId", t.assignee_id AS "assigneeId"`;

const FROM = `FROM call_promises p JOIN tickets t ON t.workspace_id = p.workspace_id AND t.id = p.ticket_id`;
const OPEN = `p.state IN ('requested', 'scheduled', 'claimed', 'dialing')`;

/** All SQL on `call_promises` that one workspace asks for. */
@Injectable()
export class CallsRepository {
  async find(tx: Tx, workspaceId: string, id: string): Promise<CallPromise | undefined> {
    return this.one(tx, `SELECT ${COLUMNS} ${FROM} WHERE p.workspace_id = $1 AND p.id = $2`, [workspaceId, id]);
  }

  /** Locks a promise; its conversation comes first. */
  async lock(tx: Tx, workspaceId: string, id: string): Promise<CallPromise | undefined> {
    const sql = `SELECT ${COLUMNS} ${FROM} WHERE p.workspace_id = $1 AND p.id = $2 FOR UPDATE OF p`;
    return this.one(tx, sql, [workspaceId, id]);
  }

  /** The one open promise of a contact on a ticket. */
  async openOf(tx: Tx, workspaceId: string, contactId: string, ticketId: string): Promise<CallPromise | undefined> {
    // $1 workspace, $2 contact, $3 ticket
    return this.one(
      tx,
      `SELECT ${COLUMNS} ${FROM} WHERE p.workspace_id = $1 AND p.contact_id = $2 AND p.ticket_id = $3 AND ${OPEN}`,
      [workspaceId, contactId, ticketId],
    );
  }

  private async one(tx: Tx, sql: string, params: unknown[]): Promise<CallPromise | undefined> {
    const [row] = await tx.query<CallPromise>(sql, params);
    return row;
  }

  async insert(tx: Tx, p: CallPromise): Promise<void> {
    // $1 … $19 in the order of the columns
    await tx.execute(
      `INSERT INTO call_promises (workspace_id, id, ticket_id, conversation_id, contact_id, state, phone, phone_raw, country, reason,
         brief, language, window_start, window_end, time_zone, consent_at, consent_text, promised_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
      [
        p.workspaceId,
        p.id,
        p.ticketId,
        p.conversationId,
        p.contactId,
        p.state,
        p.phone,
        p.phoneRaw,
        p.country,
        p.reason,
        p.brief,
        p.language,
        p.windowStart,
        p.windowEnd,
        p.timeZone,
        p.consentAt,
        p.consentText,
        p.promisedBy,
        p.createdAt,
      ],
    );
  }

  /** @throws DomainError `already_claimed`, `capacity_full` when someone else has this person, or the agent another call */
  async save(tx: Tx, p: CallPromise): Promise<void> {
    // $1 workspace, $2 id, then what changes in a promise's life
    try {
      await tx.execute(
        `UPDATE call_promises SET state = $3, end_reason = $4, window_start = $5, window_end = $6, claimed_by = $7, lease_until = $8,
           next_attempt_at = $9, attempts = $10, due_told_at = $11, missed_at = $12, ended_at = $13, version = version + 1
         WHERE workspace_id = $1 AND id = $2`,
        [
          p.workspaceId,
          p.id,
          p.state,
          p.endReason,
          p.windowStart,
          p.windowEnd,
          p.claimedBy,
          p.leaseUntil,
          p.nextAttemptAt,
          p.attempts,
          p.dueToldAt,
          p.missedAt,
          p.endedAt,
        ],
      );
    } catch (error) {
      const taken = violatedConstraint(error);
      if (taken === 'call_promises_person_in_hand')
        throw new DomainError('already_claimed', 'Another agent is calling this person right now; take the next call.');
      if (taken === 'call_promises_agent_in_hand')
        throw new DomainError('capacity_full', 'You have a call in hand; finish it or give it back first.');
      throw error;
    }
  }

  /** Windows promised that touch this stretch of time, without `except`. */
  async promisedBetween(tx: Tx, workspaceId: string, from: Date, to: Date, except: string | null): Promise<Window[]> {
    // $1 workspace, $2 and $3 the stretch, $4 a promise that is being moved
    const rows = await tx.query<{ start: Date; end: Date }>(
      `SELECT p.window_start AS start, p.window_end AS end FROM call_promises p
       WHERE p.workspace_id = $1 AND ${OPEN} AND p.window_end > $2 AND p.window_start < $3 AND ($4::uuid IS NULL OR p.id <> $4)`,
      [workspaceId, from, to, except],
    );
    return rows.map(({ start, end }) => ({ start: start.getTime(), end: end.getTime() }));
  }

  /**
   * The queue as this agent sees it, by when each is due; `next` is where a page ended.
   * `due`: to be called now; `upcoming`: later, or at a time still to be agreed; `mine`: in this agent's hand.
   */
  list(
    tx: Tx,
    who: Principal,
    view: CallsView,
    now: Date,
    after: { at: Date; id: string } | null,
    limit: number,
  ): Promise<CallListing[]> {
    const visible = visibleTickets(who, 't', 7);
    const when: Record<CallsView, string> = {
      due: `p.state = 'scheduled' AND p.window_start <= $2 AND coalesce(p.next_attempt_at, $2) <= $2`,
      mine: `p.claimed_by = $3 AND $2::timestamptz IS NOT NULL`,
      upcoming: `(p.state = 'requested' OR p.state = 'scheduled' AND (p.window_start > $2 OR p.next_attempt_at > $2))`,
    };
    // $1 workspace, $2 now, $3 the agent, $4 and $5 where to go on from, $6 how many
    return tx.query<CallListing>(
      `SELECT ${COLUMNS}, c.name AS "contactName", t.number AS "ticketNumber", t.subject, t.priority, c.tier, a.name AS "claimedByName"
       ${FROM} JOIN contacts c ON c.workspace_id = p.workspace_id AND c.id = p.contact_id
       LEFT JOIN agents a ON a.workspace_id = p.workspace_id AND a.id = p.claimed_by
       WHERE p.workspace_id = $1 AND ${OPEN} AND ${when[view]} AND $3::uuid IS NOT NULL
         AND ($4::timestamptz IS NULL OR (${PLACE}, p.id) > ($4, $5::uuid)) AND ${visible.sql}
       ORDER BY ${PLACE}, p.id LIMIT $6`,
      [who.workspaceId, now, who.agentId, after?.at ?? null, after?.id ?? null, limit, ...visible.params],
    );
  }

  /** The newest first: what was promised before on a ticket. */
  ofTicket(tx: Tx, workspaceId: string, ticketId: string): Promise<CallPromise[]> {
    // $1 workspace, $2 ticket
    return tx.query<CallPromise>(
      `SELECT ${COLUMNS} ${FROM} WHERE p.workspace_id = $1 AND p.ticket_id = $2 ORDER BY p.id DESC LIMIT 50`,
      [workspaceId, ticketId],
    );
  }
}

/** Where a call stands in the queue: by the instant it may next be made. What has no time yet stands by its age. */
const PLACE = `date_trunc('milliseconds', coalesce(greatest(p.window_start, p.next_attempt_at), p.created_at))`;

export const placeOf = (p: CallPromise): Date =>
  p.windowStart === null
    ? p.createdAt
    : p.nextAttemptAt && p.nextAttemptAt > p.windowStart
      ? p.nextAttemptAt
      : p.windowStart;
