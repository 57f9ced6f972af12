import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { EmailHandoff } from './email-handoff';

export interface HandoffSubject {
  contact: {
    id: string;
    name: string | null;
    locale: string | null;
    email: string | null;
    emailVerifiedAt: Date | null;
  };
  ticketLanguage: string | null;
  ticketNumber: number | null;
  lastText: string | null;
  brandId: string;
  brandName: string;
  workspaceLocale: string;
  timeZone: string;
}

export interface ExpiredHandoff {
  workspaceId: string;
  id: string;
  ticketId: string;
  conversationId: string;
  contactId: string;
  agentId: string;
  teamId: string | null;
  assigneeId: string | null;
}

const COLUMNS: Record<keyof EmailHandoff, string> = {
  workspaceId: 'workspace_id',
  id: 'id',
  ticketId: 'ticket_id',
  conversationId: 'conversation_id',
  contactId: 'contact_id',
  state: 'state',
  addressState: 'address_state',
  address: 'address',
  addressFrom: 'address_from',
  candidates: 'candidates',
  askedInConversationId: 'asked_in_conversation_id',
  expiresAt: 'expires_at',
  confirmedAt: 'confirmed_at',
  confirmedBy: 'confirmed_by',
  proof: 'proof',
  locale: 'locale',
  channelId: 'channel_id',
  mailConversationId: 'mail_conversation_id',
  mailMessageId: 'mail_message_id',
  subject: 'subject',
  included: 'included',
  closingText: 'closing_text',
  closingMessageId: 'closing_message_id',
  closingRefusal: 'closing_refusal',
  endReason: 'end_reason',
  agentId: 'agent_id',
  createdAt: 'created_at',
  continuedAt: 'continued_at',
  endedAt: 'ended_at',
};
const KEYS = Object.keys(COLUMNS) as (keyof EmailHandoff)[];
const SELECT = `SELECT ${KEYS.map((key) => `h.${COLUMNS[key]} AS "${key}"`).join(', ')} FROM email_handoffs h`;
const ASKING = `WHERE h.workspace_id = $1 AND h.ticket_id = $2 AND h.state = 'asking'`;
const NEWEST_FIRST = 'ORDER BY h.id DESC';

@Injectable()
export class EmailHandoffsRepository {
  /** Writes a handoff as it is now, new or known. */
  async save(tx: Tx, handoff: EmailHandoff, now: Date): Promise<void> {
    const kept = KEYS.filter((key) => key !== 'workspaceId' && key !== 'id' && key !== 'createdAt');
    // $1 … as in COLUMNS, the last one now
    await tx.execute(
      `INSERT INTO email_handoffs (${KEYS.map((key) => COLUMNS[key]).join(', ')}, updated_at)
       VALUES (${KEYS.map((_, i) => `$${i + 1}`).join(', ')}, $${KEYS.length + 1})
       ON CONFLICT (workspace_id, id) DO UPDATE SET ${kept.map((key) => `${COLUMNS[key]} = excluded.${COLUMNS[key]}`).join(', ')},
         updated_at = excluded.updated_at`,
      [...KEYS.map((key) => handoff[key]), now],
    );
  }

  async lock(tx: Tx, workspaceId: string, id: string): Promise<EmailHandoff | undefined> {
    const [row] = await tx.query<EmailHandoff>(`${SELECT} WHERE h.workspace_id = $1 AND h.id = $2 FOR UPDATE`, [
      workspaceId,
      id,
    ]);
    return row;
  }

  /** The one that asks for an address, of this ticket. */
  async asking(tx: Tx, workspaceId: string, ticketId: string): Promise<EmailHandoff | undefined> {
    const [row] = await tx.query<EmailHandoff>(`${SELECT} ${ASKING}`, [workspaceId, ticketId]);
    return row;
  }

  async lockAsking(tx: Tx, workspaceId: string, ticketId: string): Promise<EmailHandoff | undefined> {
    const [row] = await tx.query<EmailHandoff>(`${SELECT} ${ASKING} FOR UPDATE`, [workspaceId, ticketId]);
    return row;
  }

  /**
   * Ends waits for customers that were over before `before`. What is locked now is somebody’s turn: the next look finds it.
   * @returns those that ended, with whose their tickets are
   */
  expire(tx: Tx, now: Date, before: Date, limit: number): Promise<ExpiredHandoff[]> {
    // $1 now, $2 over before, $3 at most
    return tx.query<ExpiredHandoff>(
      `UPDATE email_handoffs h SET state = 'expired', ended_at = $1, end_reason = 'no_answer', updated_at = $1
       FROM (SELECT workspace_id, id FROM email_handoffs WHERE state = 'asking' AND expires_at <= $2
             ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED) due, tickets t
       WHERE h.workspace_id = due.workspace_id AND h.id = due.id AND t.workspace_id = h.workspace_id AND t.id = h.ticket_id
       RETURNING h.workspace_id AS "workspaceId", h.id, h.ticket_id AS "ticketId", h.conversation_id AS "conversationId",
         h.contact_id AS "contactId", h.agent_id AS "agentId", t.team_id AS "teamId", t.assignee_id AS "assigneeId"`,
      [now, before, limit],
      'handoffs_expire',
    );
  }

  /** Those that wait for this person's address, wherever they were asked. */
  askingOf(tx: Tx, workspaceId: string, contactId: string): Promise<EmailHandoff[]> {
    return tx.query<EmailHandoff>(
      `${SELECT} JOIN tickets t ON t.workspace_id = h.workspace_id AND t.id = h.ticket_id AND t.contact_id = $2
       WHERE h.workspace_id = $1 AND h.state = 'asking' AND h.address_state <> 'confirmed' ORDER BY h.id FOR UPDATE OF h`,
      [workspaceId, contactId],
    );
  }

  /** That goes on at this address already. */
  async under(
    tx: Tx,
    workspaceId: string,
    { ticketId, channelId, address }: { ticketId: string; channelId: string; address: string },
  ): Promise<EmailHandoff | undefined> {
    const [row] = await tx.query<EmailHandoff>(
      `${SELECT} WHERE h.workspace_id = $1 AND h.ticket_id = $2 AND h.channel_id = $3 AND h.address = $4
         AND h.state IN ('queued', 'continued')`,
      [workspaceId, ticketId, channelId, address],
    );
    return row;
  }

  /** The one whose address an agent can vouch for: that asks, else the latest that waits for the mail's answer. */
  async unconfirmed(tx: Tx, workspaceId: string, ticketId: string): Promise<EmailHandoff | undefined> {
    const [row] = await tx.query<EmailHandoff>(
      `${SELECT} WHERE h.workspace_id = $1 AND h.ticket_id = $2
         AND (h.state = 'asking' OR (h.state IN ('queued', 'continued') AND h.address_state <> 'confirmed'))
       ORDER BY h.state = 'asking' DESC, h.id DESC LIMIT 1 FOR UPDATE`,
      [workspaceId, ticketId],
    );
    return row;
  }

  /** Whether this person has confirmed this address before. */
  async confirmedBefore(tx: Tx, workspaceId: string, contactId: string, address: string): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM email_handoffs WHERE workspace_id = $1 AND contact_id = $2 AND address = $3 AND address_state = 'confirmed'
         AND state <> 'bounced' LIMIT 1`,
      [workspaceId, contactId, address],
    );
    return rows.length > 0;
  }

  /** Of a thread, newest first: those it began, and those that go on in it. */
  of(tx: Tx, workspaceId: string, conversationId: string): Promise<EmailHandoff[]> {
    return tx.query<EmailHandoff>(
      `${SELECT} WHERE h.workspace_id = $1 AND (h.conversation_id = $2 OR h.mail_conversation_id = $2) ${NEWEST_FIRST} LIMIT 100`,
      [workspaceId, conversationId],
    );
  }

  /** In the mail thread of a handoff whose address is not confirmed. */
  async unconfirmedIn(tx: Tx, workspaceId: string, mailConversationId: string): Promise<EmailHandoff[]> {
    return tx.query<EmailHandoff>(
      `${SELECT} WHERE h.workspace_id = $1 AND h.mail_conversation_id = $2 AND h.address_state <> 'confirmed'
         AND h.state IN ('queued', 'continued') ORDER BY h.id FOR UPDATE`,
      [workspaceId, mailConversationId],
    );
  }

  /** Of these conversations, those in which a customer's word may matter to a handoff. */
  async listening(tx: Tx, workspaceId: string, conversationIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(
      `SELECT c.id FROM conversations c WHERE c.workspace_id = $1 AND c.id = ANY($2) AND EXISTS (
         SELECT 1 FROM email_handoffs h WHERE h.workspace_id = c.workspace_id AND h.mail_conversation_id = c.id
           AND h.state IN ('queued', 'continued') AND h.address_state <> 'confirmed'
         UNION ALL
         SELECT 1 FROM email_handoffs h JOIN tickets t ON t.workspace_id = h.workspace_id AND t.id = h.ticket_id
         WHERE h.workspace_id = c.workspace_id AND h.state = 'asking' AND h.address_state <> 'confirmed'
           AND t.contact_id = c.contact_id)`,
      [workspaceId, conversationIds],
      'handoffs_listening',
    );
    return new Set(rows.map((row) => row.id));
  }

  /** Handoffs whose first mail is one of these messages. */
  ofMails(
    tx: Tx,
    workspaceId: string,
    messageIds: readonly string[],
  ): Promise<{ id: string; conversationId: string }[]> {
    return tx.query(
      `SELECT id, conversation_id AS "conversationId" FROM email_handoffs
       WHERE workspace_id = $1 AND mail_message_id = ANY($2) AND state IN ('queued', 'continued')`,
      [workspaceId, messageIds],
      'handoffs_of_mails',
    );
  }

  async subject(tx: Tx, workspaceId: string, conversationId: string, ticketId: string): Promise<HandoffSubject> {
    // $1 workspace, $2 conversation, $3 ticket
    const [row] = await tx.query<HandoffSubject>(
      `SELECT jsonb_build_object('id', p.id, 'name', p.name, 'locale', p.locale, 'email', p.email,
                                 'emailVerifiedAt', p.email_verified_at) AS contact,
              t.language AS "ticketLanguage", t.number::int AS "ticketNumber", c.brand_id AS "brandId", b.name AS "brandName",
              w.locale AS "workspaceLocale", w.time_zone AS "timeZone",
              (SELECT m.text FROM messages m WHERE m.workspace_id = c.workspace_id AND m.conversation_id = c.id
                 AND m.direction = 'in' AND m.deleted_at IS NULL ORDER BY m.seq DESC LIMIT 1) AS "lastText"
       FROM conversations c
       JOIN contacts p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
       JOIN brands b ON b.workspace_id = c.workspace_id AND b.id = c.brand_id
       JOIN workspaces w ON w.id = c.workspace_id
       LEFT JOIN tickets t ON t.workspace_id = c.workspace_id AND t.id = $3
       WHERE c.workspace_id = $1 AND c.id = $2`,
      [workspaceId, conversationId, ticketId],
    );
    return row!;
  }

  /** A person's word; what machines answer by themselves is none. */
  async heard(tx: Tx, workspaceId: string, messageId: string) {
    const [row] = await tx.query<{
      conversationId: string;
      contactId: string;
      authorId: string | null;
      text: string;
      receivedAt: Date;
    }>(
      `SELECT m.conversation_id AS "conversationId", c.contact_id AS "contactId", m.author_id AS "authorId", m.text,
         m.received_at AS "receivedAt"
       FROM messages m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       WHERE m.workspace_id = $1 AND m.id = $2 AND m.direction = 'in' AND m.deleted_at IS NULL
         AND m.meta->>'auto' IS DISTINCT FROM 'true'`,
      [workspaceId, messageId],
    );
    return row;
  }

  async agentName(tx: Tx, workspaceId: string, agentId: string): Promise<string> {
    const [row] = await tx.query<{ name: string }>(`SELECT name FROM agents WHERE workspace_id = $1 AND id = $2`, [
      workspaceId,
      agentId,
    ]);
    return row?.name ?? '';
  }
}
