import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { Choosable } from './email-handoff';
import type { Quoted } from './first-mail';

/** The mail side of a handoff: whose address it is, the thread it opens, what is quoted there, and how the mail fares. */
@Injectable()
export class MailThreadsRepository {
  /** Who else has this address: on this channel, or as one they have proven. */
  async ownerOf(tx: Tx, workspaceId: string, contactId: string, channelId: string, address: string) {
    // $1 workspace, $2 this contact, $3 channel, $4 address
    const [row] = await tx.query<{ id: string; name: string | null }>(
      `SELECT p.id, p.name FROM contacts p WHERE p.workspace_id = $1 AND p.id <> $2 AND p.merged_into IS NULL AND p.id IN (
         SELECT e.id FROM contacts e WHERE e.workspace_id = $1 AND e.email = $4 AND e.email_verified_at IS NOT NULL
         UNION ALL
         SELECT i.contact_id FROM contact_identities i
         WHERE i.workspace_id = $1 AND i.channel_id = $3 AND i.external_id = $4) ORDER BY p.id LIMIT 1`,
      [workspaceId, contactId, channelId, address],
    );
    return row;
  }

  /** Chosen messages of a ticket's threads, in the order in which they were said. */
  chosen(tx: Tx, workspaceId: string, where: { ticketId: string; conversationId: string }, ids: readonly string[]) {
    // $1 workspace, $2 messages, $3 ticket, $4 conversation
    return tx.query<Choosable & Quoted>(
      `SELECT m.id, m.direction, m.visibility, m.author_kind AS "authorKind", m.author_id AS "authorId",
              m.deleted_at IS NOT NULL AS deleted, CASE WHEN m.author_kind <> 'rule' THEN coalesce(m.author_name, a.name) END AS "authorName",
              least(m.network_at, m.received_at) AS at, m.text,
              ARRAY(SELECT f.kind FROM attachments f WHERE f.workspace_id = m.workspace_id AND f.message_id = m.id
                    ORDER BY f.position) AS attachments
       FROM messages m LEFT JOIN agents a ON m.author_kind = 'agent' AND a.workspace_id = m.workspace_id AND a.id = m.author_id
       WHERE m.workspace_id = $1 AND m.id = ANY($2) AND (m.ticket_id = $3 OR m.conversation_id = $4)
       ORDER BY coalesce(m.place, m.seq)`,
      [workspaceId, ids, where.ticketId, where.conversationId],
    );
  }

  /** The customer as the mail channel will know them. The address is nobody else's: `ownerOf` was asked. */
  async identity(
    tx: Tx,
    row: {
      workspaceId: string;
      id: string;
      contactId: string;
      channelId: string;
      address: string;
      name: string | null;
    },
  ): Promise<string> {
    const [kept] = await tx.query<{ id: string }>(
      `INSERT INTO contact_identities AS i (workspace_id, id, contact_id, channel_id, external_id, name)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT ON CONSTRAINT contact_identities_external_key DO UPDATE SET external_id = excluded.external_id
         WHERE i.contact_id = excluded.contact_id
       RETURNING id`,
      [row.workspaceId, row.id, row.contactId, row.channelId, row.address, row.name],
    );
    return kept!.id;
  }

  async openThread(
    tx: Tx,
    row: {
      workspaceId: string;
      id: string;
      channelId: string;
      brandId: string;
      contactId: string;
      identityId: string;
      subject: string;
    },
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, thread_key, handler, subject)
       VALUES ($1, $2, $3, $4, $5, $6, 'dm', 'handoff:' || $2::uuid, 'human', $7)`,
      [row.workspaceId, row.id, row.channelId, row.brandId, row.contactId, row.identityId, row.subject],
    );
  }

  /** Whether anything more may be said in a mail thread. */
  async setUnconfirmed(tx: Tx, workspaceId: string, conversationId: string, unconfirmed: boolean): Promise<void> {
    await tx.execute(
      `UPDATE conversations SET recipient_unconfirmed = $3, version = version + 1 WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, conversationId, unconfirmed],
    );
  }

  /** Leaves a mail alone until then. */
  async hold(tx: Tx, workspaceId: string, messageId: string, until: Date): Promise<void> {
    await tx.execute(`UPDATE outbound_deliveries SET wait_until = $3 WHERE workspace_id = $1 AND message_id = $2`, [
      workspaceId,
      messageId,
      until,
    ]);
  }

  /** Takes a mail back that nobody has begun to send; it stays as a tombstone. @returns false when it is too late */
  async takeBack(tx: Tx, workspaceId: string, messageId: string, by: object, now: Date): Promise<boolean> {
    const taken = await tx.execute(
      `UPDATE outbound_deliveries SET state = 'cancelled', code = 'deleted', reason = 'It was deleted before it was sent.'
       WHERE workspace_id = $1 AND message_id = $2 AND state = 'queued'`,
      [workspaceId, messageId],
    );
    if (taken === 0) return false;
    await tx.execute(
      `UPDATE messages SET delivery_state = 'failed', delivery_reason = 'It was deleted before it was sent.', deleted_at = $3,
         deleted_by = $4, delete_reason = 'handoff_undone' WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, messageId, now, JSON.stringify(by)],
    );
    return true;
  }

  async deliveryOf(tx: Tx, workspaceId: string, messageId: string) {
    const [row] = await tx.query<{ state: string; reason: string | null }>(
      `SELECT delivery_state AS state, delivery_reason AS reason FROM messages WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, messageId],
    );
    return row;
  }
}
