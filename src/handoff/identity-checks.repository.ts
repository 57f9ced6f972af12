import { Injectable } from '@nestjs/common';
import { type Principal, visibleTickets } from '../identity/principal';
import type { Tx } from '../platform/database';
import type { IdentityCheck } from './identity-check';

export interface CheckedTicket {
  contactId: string;
  conversationId: string;
  brandId: string;
  brandName: string;
  teamId: string | null;
  assigneeId: string | null;
  createdAt: Date;
  language: string | null;
  workspaceLocale: string;
}

const COLUMNS = `i.workspace_id AS "workspaceId", i.id, i.contact_id AS "contactId", i.ticket_id AS "ticketId",
  i.conversation_id AS "conversationId", i.method, i.state, i.address, i.channel_id AS "channelId", i.code_hash AS "codeHash",
  i.tries, i.questions, i.note, i.reason, i.locale, i.asked_by AS "askedBy", i.asked_at AS "askedAt", i.sent_at AS "sentAt",
  i.expires_at AS "expiresAt", i.answered_at AS "answeredAt", i.answered_via AS "answeredVia"`;

@Injectable()
export class IdentityChecksRepository {
  async insert(tx: Tx, check: IdentityCheck): Promise<void> {
    // $1 … in the order of the columns
    await tx.execute(
      `INSERT INTO identity_checks (workspace_id, id, contact_id, ticket_id, conversation_id, method, state, address, channel_id,
         code_hash, questions, locale, asked_by, asked_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        check.workspaceId,
        check.id,
        check.contactId,
        check.ticketId,
        check.conversationId,
        check.method,
        check.state,
        check.address,
        check.channelId,
        check.codeHash,
        check.questions,
        check.locale,
        check.askedBy,
        check.askedAt,
        check.expiresAt,
      ],
    );
  }

  async save(tx: Tx, check: IdentityCheck): Promise<void> {
    await tx.execute(
      `UPDATE identity_checks SET state = $3, tries = $4, note = $5, reason = $6, sent_at = $7, answered_at = $8, answered_via = $9
       WHERE workspace_id = $1 AND id = $2`,
      [
        check.workspaceId,
        check.id,
        check.state,
        check.tries,
        check.note,
        check.reason,
        check.sentAt,
        check.answeredAt,
        check.answeredVia,
      ],
    );
  }

  async lock(tx: Tx, workspaceId: string, id: string): Promise<IdentityCheck | undefined> {
    const [row] = await tx.query<IdentityCheck>(
      `SELECT ${COLUMNS} FROM identity_checks i WHERE i.workspace_id = $1 AND i.id = $2 FOR UPDATE`,
      [workspaceId, id],
    );
    return row;
  }

  /** Open ones whose code counts in this thread. */
  lockOpenIn(tx: Tx, workspaceId: string, conversationId: string): Promise<IdentityCheck[]> {
    return tx.query<IdentityCheck>(
      `SELECT ${COLUMNS} FROM identity_checks i
       WHERE i.workspace_id = $1 AND i.conversation_id = $2 AND i.state = 'open' AND i.method = 'email_code'
       ORDER BY i.id FOR UPDATE`,
      [workspaceId, conversationId],
    );
  }

  /** Of one ticket, or of all that this agent may see; newest first. */
  of(tx: Tx, who: Principal, contactId: string, ticketId: string | null): Promise<IdentityCheck[]> {
    // $1 workspace, $2 contact, $3 ticket or null, then whose tickets may be seen
    const seen = visibleTickets(who, 't', 4);
    return tx.query<IdentityCheck>(
      `SELECT ${COLUMNS} FROM identity_checks i JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id
       WHERE i.workspace_id = $1 AND i.contact_id = $2 AND ($3::uuid IS NULL OR i.ticket_id = $3) AND ${seen.sql}
       ORDER BY i.asked_at DESC, i.id DESC LIMIT 100`,
      [who.workspaceId, contactId, ticketId, ...seen.params],
    );
  }

  async contactExists(tx: Tx, workspaceId: string, contactId: string): Promise<boolean> {
    const rows = await tx.query(`SELECT 1 FROM contacts WHERE workspace_id = $1 AND id = $2`, [workspaceId, contactId]);
    return rows.length > 0;
  }

  async passedAt(tx: Tx, workspaceId: string, contactId: string, ticketId: string): Promise<Date | null> {
    const [row] = await tx.query<{ at: Date | null }>(
      `SELECT max(answered_at) AS at FROM identity_checks
       WHERE workspace_id = $1 AND contact_id = $2 AND ticket_id = $3 AND state = 'passed'`,
      [workspaceId, contactId, ticketId],
    );
    return row?.at ?? null;
  }

  /** When codes were asked for this customer since then. */
  async codesSince(tx: Tx, workspaceId: string, contactId: string, since: Date): Promise<Date[]> {
    const rows = await tx.query<{ at: Date }>(
      `SELECT asked_at AS at FROM identity_checks
       WHERE workspace_id = $1 AND contact_id = $2 AND method = 'email_code' AND asked_at > $3`,
      [workspaceId, contactId, since],
    );
    return rows.map((row) => row.at);
  }

  /** A newer code takes the place of those before it. */
  async replaceOpen(tx: Tx, workspaceId: string, contactId: string, ticketId: string): Promise<void> {
    await tx.execute(
      `UPDATE identity_checks SET state = 'failed', reason = 'replaced'
       WHERE workspace_id = $1 AND contact_id = $2 AND ticket_id = $3 AND state = 'open' AND method = 'email_code'`,
      [workspaceId, contactId, ticketId],
    );
  }

  /** Locks the customer, so that codes are counted one after the other. */
  async lockContact(tx: Tx, workspaceId: string, contactId: string) {
    const [row] = await tx.query<{ email: string | null; emailVerifiedAt: Date | null; locale: string | null }>(
      `SELECT email, email_verified_at AS "emailVerifiedAt", locale FROM contacts WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [workspaceId, contactId],
    );
    return row;
  }

  async ticket(tx: Tx, workspaceId: string, ticketId: string): Promise<CheckedTicket | undefined> {
    const [row] = await tx.query<CheckedTicket>(
      `SELECT t.contact_id AS "contactId", t.conversation_id AS "conversationId", t.brand_id AS "brandId", b.name AS "brandName",
              t.team_id AS "teamId", t.assignee_id AS "assigneeId", t.created_at AS "createdAt", t.language,
              w.locale AS "workspaceLocale"
       FROM tickets t JOIN brands b ON b.workspace_id = t.workspace_id AND b.id = t.brand_id
       JOIN workspaces w ON w.id = t.workspace_id WHERE t.workspace_id = $1 AND t.id = $2`,
      [workspaceId, ticketId],
    );
    return row;
  }

  /** Of these conversations, those in which a code is awaited. */
  async awaiting(tx: Tx, workspaceId: string, conversationIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(
      `SELECT DISTINCT conversation_id AS id FROM identity_checks
       WHERE workspace_id = $1 AND conversation_id = ANY($2) AND state = 'open' AND method = 'email_code'`,
      [workspaceId, conversationIds],
      'identity_awaiting',
    );
    return new Set(rows.map((row) => row.id));
  }
}
