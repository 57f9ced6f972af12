import { Injectable } from '@nestjs/common';
import type { OutboundAttachment } from '../channels/connector';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';

/** What was decided before sending, kept with the delivery. */
export interface SendRequest {
  replyToExternalId?: string;
  replyToParentExternalId?: string;
  postExternalId?: string;
  recipientExternalId: string;
  threadKind: 'comment' | 'dm';
  window: 'standard' | 'human_window';
  author: 'agent' | 'bot';
  attachments?: OutboundAttachment[];
}

export interface Delivery {
  workspaceId: string;
  messageId: string;
  conversationId: string;
  channelId: string;
  state: 'queued' | 'sending' | 'unknown';
  attempts: number;
  /** How often it was looked for. */
  looks: number;
  channelState: string;
  channelUpdatedAt: Date;
  request: SendRequest;
  sendingSince: Date | null;
  /** Leave it alone until then. */
  waitUntil: Date | null;
  text: string;
  visibility: 'public' | 'private';
  ticketId: string | null;
  teamId: string | null;
  assigneeId: string | null;
  contactId: string;
  /** Set when the network's echo came first. */
  messageExternalId: string | null;
  deleted: boolean;
}

export type DeliveryResult =
  /** `recipientExternalId`: the person as the network names them in direct messages, when it said so. */
  | { state: 'sent'; externalId: string; recipientExternalId?: string }
  | { state: 'queued' | 'unknown'; reason: string; code?: string }
  | { state: 'failed' | 'cancelled'; reason: string; code: string };

export interface CommentFacts {
  messageId: string;
  externalId: string | null;
  parentExternalId: string | null;
  at: Date;
  deleted: boolean;
  privateReplies: number;
}

@Injectable()
export class OutboundRepository {
  /** The customer's message being answered: the named one, else their last. With how many private replies it has had. */
  async answered(
    tx: Tx,
    workspaceId: string,
    conversationId: string,
    messageId: string | null,
  ): Promise<CommentFacts | undefined> {
    const [row] = await tx.query<{
      id: string;
      external_id: string | null;
      parent_external_id: string | null;
      network_at: Date;
      deleted_at: Date | null;
      used: number;
    }>(
      `SELECT m.id, m.external_id, m.parent_external_id, least(m.network_at, m.received_at) AS network_at, m.deleted_at,
              (SELECT count(*)::int FROM messages r JOIN outbound_deliveries d ON d.workspace_id = r.workspace_id AND d.message_id = r.id
               WHERE r.workspace_id = m.workspace_id AND r.conversation_id = m.conversation_id AND r.visibility = 'private'
                 AND r.reply_to_message_id = m.id AND d.state NOT IN ('failed', 'cancelled')) AS used
       FROM messages m
       WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.direction = 'in' AND ($3::uuid IS NULL OR m.id = $3)
       ORDER BY m.seq DESC LIMIT 1`,
      [workspaceId, conversationId, messageId],
      'outbound_answered',
    );
    return (
      row && {
        messageId: row.id,
        externalId: row.external_id,
        parentExternalId: row.parent_external_id,
        at: row.network_at,
        deleted: row.deleted_at !== null,
        privateReplies: row.used,
      }
    );
  }

  async seqOf(tx: Tx, workspaceId: string, conversationId: string, messageId: string): Promise<number | undefined> {
    const [row] = await tx.query<{ seq: number }>(
      `SELECT seq FROM messages WHERE workspace_id = $1 AND id = $2 AND conversation_id = $3`,
      [workspaceId, messageId, conversationId],
      'outbound_seen',
    );
    return row?.seq;
  }

  async queue(
    tx: Tx,
    row: {
      workspaceId: string;
      messageId: string;
      conversationId: string;
      channelId: string;
      seq: number;
      request: SendRequest;
    },
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO outbound_deliveries (workspace_id, message_id, conversation_id, channel_id, seq, request) VALUES ($1, $2, $3, $4, $5, $6)`,
      [row.workspaceId, row.messageId, row.conversationId, row.channelId, row.seq, JSON.stringify(row.request)],
      'outbound_queue',
    );
  }

  /** The conversation's next delivery that is not settled, locked. Order is kept: later ones wait behind it. */
  async next(tx: Tx, workspaceId: string, conversationId: string): Promise<Delivery | undefined> {
    const [row] = await tx.query<{
      message_id: string;
      channel_id: string;
      state: Delivery['state'];
      attempts: number;
      looks: number;
      channel_state: string;
      channel_updated_at: Date;
      request: SendRequest;
      sending_since: Date | null;
      wait_until: Date | null;
      text: string;
      visibility: 'public' | 'private';
      ticket_id: string | null;
      team_id: string | null;
      assignee_id: string | null;
      contact_id: string;
      external_id: string | null;
      deleted_at: Date | null;
    }>(
      `SELECT d.message_id, d.channel_id, d.state, d.attempts, d.looks, d.request, d.sending_since, d.wait_until, m.text, m.visibility,
              m.ticket_id, t.team_id, t.assignee_id, c.contact_id, m.external_id, m.deleted_at, ch.state AS channel_state,
              ch.updated_at AS channel_updated_at
       FROM outbound_deliveries d
       JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id
       JOIN conversations c ON c.workspace_id = d.workspace_id AND c.id = d.conversation_id
       JOIN channels ch ON ch.workspace_id = d.workspace_id AND ch.id = d.channel_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE d.workspace_id = $1 AND d.conversation_id = $2 AND d.state IN ('queued', 'sending', 'unknown')
       ORDER BY d.seq LIMIT 1 FOR UPDATE OF d`,
      [workspaceId, conversationId],
      'outbound_next',
    );
    return (
      row && {
        workspaceId,
        messageId: row.message_id,
        conversationId,
        channelId: row.channel_id,
        state: row.state,
        attempts: row.attempts,
        looks: row.looks,
        channelState: row.channel_state,
        channelUpdatedAt: row.channel_updated_at,
        request: row.request,
        sendingSince: row.sending_since,
        waitUntil: row.wait_until,
        text: row.text,
        visibility: row.visibility,
        ticketId: row.ticket_id,
        teamId: row.team_id,
        assigneeId: row.assignee_id,
        contactId: row.contact_id,
        messageExternalId: row.external_id,
        deleted: row.deleted_at !== null,
      }
    );
  }

  /** @param until when a call begun now has certainly ended, should nobody tell how */
  async startSending(tx: Tx, delivery: Delivery, at: Date, until: Date): Promise<void> {
    await tx.execute(
      `WITH d AS (
         UPDATE outbound_deliveries SET state = 'sending', attempts = attempts + 1, sending_since = $3, wait_until = $4
         WHERE workspace_id = $1 AND message_id = $2 RETURNING message_id
       )
       UPDATE messages SET delivery_state = 'sending' WHERE workspace_id = $1 AND id = $2`,
      [delivery.workspaceId, delivery.messageId, at, until],
      'outbound_start',
    );
  }

  /** Counts a look for a message in doubt. */
  async countLook(tx: Tx, delivery: Delivery): Promise<void> {
    await tx.execute(`UPDATE outbound_deliveries SET looks = looks + 1 WHERE workspace_id = $1 AND message_id = $2`, [
      delivery.workspaceId,
      delivery.messageId,
    ]);
  }

  /**
   * A private reply tells who the author of a comment is in direct messages: the answer will come from there, and is
   * the same person's. Someone known there already stays who they are; merging is for people to decide.
   */
  async learnRecipient(tx: Tx, delivery: Delivery, recipientExternalId: string): Promise<void> {
    await tx.execute(
      `INSERT INTO contact_identities (workspace_id, id, contact_id, channel_id, external_id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT ON CONSTRAINT contact_identities_external_key DO NOTHING`,
      [delivery.workspaceId, uuidv7(), delivery.contactId, delivery.channelId, recipientExternalId],
    );
  }

  /** Which of these network ids belong to other messages of ours that were sent. */
  async takenByOthers(tx: Tx, delivery: Delivery, externalIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ external_id: string }>(
      `SELECT k.external_id FROM message_keys k
       JOIN outbound_deliveries d ON d.workspace_id = k.workspace_id AND d.message_id = k.message_id
       WHERE k.workspace_id = $1 AND k.channel_id = $2 AND k.external_id = ANY($3) AND k.message_id <> $4`,
      [delivery.workspaceId, delivery.channelId, externalIds, delivery.messageId],
    );
    return new Set(rows.map((row) => row.external_id));
  }

  /** Lets a channel's messages go at once. @returns the conversations that have some */
  async release(tx: Tx, workspaceId: string, channelId: string): Promise<string[]> {
    const rows = await tx.query<{ conversation_id: string }>(
      `UPDATE outbound_deliveries SET wait_until = CASE WHEN state <> 'queued' THEN wait_until END
       WHERE workspace_id = $1 AND channel_id = $2 AND state IN ('queued', 'sending', 'unknown') RETURNING conversation_id`,
      [workspaceId, channelId],
    );
    return [...new Set(rows.map((row) => row.conversation_id))];
  }

  /** Writes how a send ended. An echo that told more in the meantime is not overwritten. @returns the message's state before */
  async settle(tx: Tx, delivery: Delivery, result: DeliveryResult, at: Date, waitUntil: Date | null): Promise<string> {
    const externalId = result.state === 'sent' ? result.externalId : null;
    const { reason = null, code = null } = result.state === 'sent' ? {} : result;
    await tx.execute(
      `UPDATE outbound_deliveries SET state = $3, external_id = coalesce($4, external_id), reason = $5, code = $6,
         wait_until = $8, sent_at = CASE WHEN $3 = 'sent' THEN coalesce(sent_at, $7) ELSE sent_at END
       WHERE workspace_id = $1 AND message_id = $2`,
      [delivery.workspaceId, delivery.messageId, result.state, externalId, reason, code, at, waitUntil],
      'outbound_settle',
    );
    const [before] = await tx.query<{ delivery_state: string }>(
      `SELECT delivery_state FROM messages WHERE workspace_id = $1 AND id = $2 FOR UPDATE`,
      [delivery.workspaceId, delivery.messageId],
      'outbound_before',
    );
    const state = before?.delivery_state ?? 'queued';
    await tx.execute(
      `UPDATE messages SET external_id = coalesce(external_id, $4), delivery_reason = $5,
         delivery_state = CASE WHEN delivery_state IN ('sent', 'delivered', 'read') THEN delivery_state ELSE $3 END
       WHERE workspace_id = $1 AND id = $2`,
      [
        delivery.workspaceId,
        delivery.messageId,
        result.state === 'cancelled' ? 'failed' : result.state,
        externalId,
        reason,
      ],
      'outbound_message_state',
    );
    return state;
  }

  /**
   * Takes the network's id for our message. Where its echo came first and was taken for somebody else's word, that
   * double is set aside: the thread shows the message once.
   */
  async claimExternalId(tx: Tx, delivery: Delivery, externalId: string): Promise<void> {
    const [row] = await tx.query<{ message_id: string | null }>(
      `INSERT INTO message_keys AS k (workspace_id, channel_id, external_id, message_id, conversation_id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE SET external_id = excluded.external_id
       RETURNING message_id`,
      [delivery.workspaceId, delivery.channelId, externalId, delivery.messageId, delivery.conversationId],
      'outbound_claim',
    );
    if (!row || row.message_id === delivery.messageId) return;
    await tx.execute(
      `WITH k AS (
         UPDATE message_keys SET message_id = $4, conversation_id = $5 WHERE workspace_id = $1 AND channel_id = $2 AND external_id = $3
       )
       UPDATE messages SET subtype = 'duplicate', external_id = NULL WHERE workspace_id = $1 AND id = $6 AND author_kind = 'account'`,
      [
        delivery.workspaceId,
        delivery.channelId,
        externalId,
        delivery.messageId,
        delivery.conversationId,
        row.message_id,
      ],
    );
  }

  /** Puts a failed or doubtful delivery back in the queue, or ends it, as a person decided. @returns its conversation */
  async decide(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    state: 'queued' | 'failed',
  ): Promise<string | undefined> {
    const [row] = await tx.query<{ conversation_id: string }>(
      `WITH d AS (
         UPDATE outbound_deliveries SET state = $3, attempts = 0, looks = 0, reason = NULL, code = NULL, wait_until = NULL
         WHERE workspace_id = $1 AND message_id = $2 AND state IN ('failed', 'unknown') RETURNING conversation_id
       ), m AS (
         UPDATE messages SET delivery_state = $3, delivery_reason = NULL WHERE workspace_id = $1 AND id = $2 AND EXISTS (SELECT 1 FROM d)
       )
       SELECT conversation_id FROM d`,
      [workspaceId, messageId, state],
    );
    return row?.conversation_id;
  }

  /** Follows the network's later word (receipts, echoes) that reached the message first. */
  async follow(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<void> {
    await tx.execute(
      `UPDATE outbound_deliveries d SET state = m.delivery_state, external_id = coalesce(d.external_id, m.external_id),
         sent_at = coalesce(d.sent_at, now()),
         delivered_at = CASE WHEN m.delivery_state IN ('delivered', 'read') THEN coalesce(d.delivered_at, now()) ELSE d.delivered_at END,
         read_at = CASE WHEN m.delivery_state = 'read' THEN coalesce(d.read_at, now()) ELSE d.read_at END
       FROM messages m
       WHERE d.workspace_id = $1 AND d.message_id = ANY($2) AND m.workspace_id = d.workspace_id AND m.id = d.message_id
         AND m.delivery_state IN ('sent', 'delivered', 'read') AND d.state <> m.delivery_state`,
      [workspaceId, messageIds],
    );
  }
}
