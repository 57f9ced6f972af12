import { Injectable } from '@nestjs/common';
import type { OutboundTemplate, OutboundThread } from '../channels/sending';
import { type DeliveryState, mayMove } from '../inbox/conversations/delivery';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import type { QueuedAttachment } from './attachment-source';

const THREAD_LENGTH = 20; // network ids handed to networks that thread by headers
const LATELY = `interval '2 minutes'`; // in which what a pause held back has all been woken

/** What was decided before sending, kept with the delivery. */
export interface SendRequest {
  replyToExternalId?: string;
  replyToParentExternalId?: string;
  postExternalId?: string;
  underBroadcast?: true;
  recipientExternalId: string;
  threadKind: 'comment' | 'dm';
  window: 'standard' | 'human_window';
  author: 'agent' | 'bot';
  attachments?: QueuedAttachment[];
  template?: OutboundTemplate;
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
  /** The whole channel waits: it goes on when the pause is over. */
  paused: boolean;
  /** Such a pause has just ended: others of the channel may still wait to hear that it goes again. */
  pausedLately: boolean;
  request: SendRequest;
  sendingSince: Date | null;
  /** Leave it alone until then. */
  waitUntil: Date | null;
  /** What the network's word has made of the message, which the delivery may not have followed yet. */
  shown: string;
  text: string;
  visibility: 'public' | 'private';
  ticketId: string | null;
  teamId: string | null;
  assigneeId: string | null;
  contactId: string;
  /** The customer's last action in the thread. */
  lastInboundAt: Date | null;
  /** The message it answers. */
  replyToMessageId: string | null;
  /** Set when the network's echo came first. */
  messageExternalId: string | null;
  deleted: boolean;
}

/** Where a message stands, and who sees it. */
export interface MessagePlace {
  channelId: string;
  conversationId: string;
  contactId: string;
  ticketId: string | null;
  teamId: string | null;
  assigneeId: string | null;
}

export type DeliveryResult =
  /** `recipientExternalId`: the person as the network names them in direct messages, when it said so. */
  | { state: 'sent'; externalId: string; recipientExternalId?: string }
  | { state: 'queued' | 'unknown'; reason: string; code?: string }
  | { state: 'failed' | 'cancelled'; reason: string; code: string };

/** Deliveries and how they fare. */
@Injectable()
export class OutboundRepository {
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
      last_inbound_at: Date | null;
      reply_to_message_id: string | null;
      recipient: string;
      external_id: string | null;
      deleted_at: Date | null;
      paused: boolean;
      paused_lately: boolean;
      shown: string;
    }>(
      `SELECT d.message_id, d.channel_id, d.state, d.attempts, d.looks, d.request, d.sending_since, d.wait_until, m.text, m.visibility,
              m.delivery_state AS shown, coalesce(b.paused_until > now() - ${LATELY}, false) AS paused_lately,
              m.ticket_id, t.team_id, t.assignee_id, c.contact_id, c.last_inbound_at, m.reply_to_message_id,
              i.external_id AS recipient, m.external_id, m.deleted_at, ch.state AS channel_state,
              ch.updated_at AS channel_updated_at, coalesce(b.paused_until > now(), false) AS paused
       FROM outbound_deliveries d
       JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id
       JOIN conversations c ON c.workspace_id = d.workspace_id AND c.id = d.conversation_id
       JOIN contact_identities i ON i.workspace_id = c.workspace_id AND i.id = c.identity_id
       JOIN channels ch ON ch.workspace_id = d.workspace_id AND ch.id = d.channel_id
       LEFT JOIN channel_budgets b ON b.workspace_id = d.workspace_id AND b.channel_id = d.channel_id
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
        paused: row.paused,
        pausedLately: row.paused_lately,
        // somebody whose number changed while this waited is written to under the new one
        request: row.state === 'queued' ? { ...row.request, recipientExternalId: row.recipient } : row.request,
        sendingSince: row.sending_since,
        waitUntil: row.wait_until,
        shown: row.shown,
        text: row.text,
        visibility: row.visibility,
        ticketId: row.ticket_id,
        teamId: row.team_id,
        assigneeId: row.assignee_id,
        contactId: row.contact_id,
        lastInboundAt: row.last_inbound_at,
        replyToMessageId: row.reply_to_message_id,
        messageExternalId: row.external_id,
        deleted: row.deleted_at !== null,
      }
    );
  }

  /** The thread a message goes into, as networks that thread by headers want to know it. */
  async thread(tx: Tx, { workspaceId, conversationId, messageId }: Delivery): Promise<OutboundThread> {
    // $1 workspace, $2 conversation, $3 the message itself, $4 how many ids
    const [row] = await tx.query<{ number: string | null; subject: string | null; own: boolean; ids: string[] }>(
      `SELECT t.number, nullif(coalesce(c.subject, t.subject), '') AS subject, c.subject IS NOT NULL AS own,
              ARRAY(SELECT external_id FROM (
                SELECT external_id, seq FROM messages
                WHERE workspace_id = $1 AND conversation_id = $2 AND external_id IS NOT NULL AND id <> $3
                ORDER BY seq DESC LIMIT $4) latest ORDER BY seq) AS ids
       FROM messages m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE m.workspace_id = $1 AND m.id = $3`,
      [workspaceId, conversationId, messageId, THREAD_LENGTH],
      'outbound_thread',
    );
    return {
      conversationId,
      ticketNumber: row?.number ? Number(row.number) : undefined,
      subject: row?.subject ?? undefined,
      begins: row?.own === true && row.ids.length === 0,
      externalIds: row?.ids ?? [],
    };
  }

  /**
   * Puts down which window it goes by.
   * @param until when a call begun now has certainly ended, should nobody tell how
   * @returns false when the network has just told that the customer has it: nothing is begun then
   */
  async startSending(tx: Tx, delivery: Delivery, at: Date, until: Date): Promise<boolean> {
    const { recipientExternalId, window } = delivery.request;
    const begun = await tx.execute(
      `WITH m AS (
         UPDATE messages SET delivery_state = 'sending'
         WHERE workspace_id = $1 AND id = $2 AND delivery_state NOT IN ('sent', 'delivered', 'read') RETURNING id
       )
       UPDATE outbound_deliveries d SET state = 'sending', attempts = attempts + 1, sending_since = $3, wait_until = $4, slot_at = NULL,
              request = request || jsonb_build_object('recipientExternalId', $5::text, 'window', $6::text)
       FROM m WHERE d.workspace_id = $1 AND d.message_id = m.id`,
      [delivery.workspaceId, delivery.messageId, at, until, recipientExternalId, window],
      'outbound_start',
    );
    return begun > 0;
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
    await tx.execute(
      `UPDATE outbound_deliveries SET wait_until = NULL WHERE workspace_id = $1 AND channel_id = $2 AND state = 'queued'`,
      [workspaceId, channelId],
    );
    return this.waiting(tx, workspaceId, channelId);
  }

  /** Conversations of a channel in which something is not settled. */
  async waiting(tx: Tx, workspaceId: string, channelId: string): Promise<string[]> {
    const rows = await tx.query<{ conversation_id: string }>(
      `SELECT DISTINCT conversation_id FROM outbound_deliveries
       WHERE workspace_id = $1 AND channel_id = $2 AND state IN ('queued', 'sending', 'unknown')`,
      [workspaceId, channelId],
    );
    return rows.map((row) => row.conversation_id);
  }

  /**
   * Writes how a send ended. An echo that told more in the meantime is not overwritten.
   * @param held the try does not count: the message waits with its channel
   * @returns the message's state before
   */
  async settle(
    tx: Tx,
    delivery: Delivery,
    result: DeliveryResult,
    { at, waitUntil, held }: { at: Date; waitUntil: Date | null; held: boolean },
  ): Promise<string> {
    const externalId = result.state === 'sent' ? result.externalId : null;
    const { reason = null, code = null } = result.state === 'sent' ? {} : result;
    await tx.execute(
      `UPDATE outbound_deliveries SET external_id = coalesce($3, external_id), reason = $4, code = $5, wait_until = $6,
         sent_at = CASE WHEN $7 THEN coalesce(sent_at, $8) ELSE sent_at END, attempts = attempts - $9
       WHERE workspace_id = $1 AND message_id = $2`,
      [
        delivery.workspaceId,
        delivery.messageId,
        externalId,
        reason,
        code,
        waitUntil,
        result.state === 'sent',
        at,
        held ? 1 : 0,
      ],
      'outbound_settle',
    );
    const [row] = await tx.query<{ delivery_state: string }>(
      `SELECT delivery_state FROM messages WHERE workspace_id = $1 AND id = $2 FOR UPDATE`,
      [delivery.workspaceId, delivery.messageId],
      'outbound_before',
    );
    const before = row?.delivery_state ?? 'queued';
    const shown = shownAs(result.state);
    const moves = before === shown || mayMove(before, shown);
    // $1 workspace, $2 message, $3 its state, $4 external id, $5 reason, $6 the delivery's state
    await tx.execute(
      `WITH d AS (UPDATE outbound_deliveries SET state = $6 WHERE workspace_id = $1 AND message_id = $2)
       UPDATE messages SET external_id = coalesce(external_id, $4), delivery_reason = $5, delivery_state = $3
       WHERE workspace_id = $1 AND id = $2`,
      [
        delivery.workspaceId,
        delivery.messageId,
        moves ? shown : before,
        externalId,
        reason,
        moves ? result.state : before,
      ],
      'outbound_message_state',
    );
    return before;
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

  async stateOf(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    locking: '' | 'FOR UPDATE' = '',
  ): Promise<{ conversationId: string; state: string } | undefined> {
    const [row] = await tx.query<{ conversation_id: string; state: string }>(
      `SELECT conversation_id, state FROM outbound_deliveries WHERE workspace_id = $1 AND message_id = $2 ${locking}`,
      [workspaceId, messageId],
    );
    return row && { conversationId: row.conversation_id, state: row.state };
  }

  /**
   * Puts a failed or doubtful delivery back in the queue, or ends it, as a person decided. What is sent again will have
   * another id at the network; the one it failed under is forgotten.
   */
  async decide(tx: Tx, workspaceId: string, messageId: string, state: 'queued' | 'failed'): Promise<void> {
    await tx.execute(
      `WITH d AS (
         UPDATE outbound_deliveries SET state = $3, attempts = 0, looks = 0, reason = NULL, code = NULL, wait_until = NULL,
           external_id = CASE WHEN $3 = 'queued' THEN NULL ELSE external_id END
         WHERE workspace_id = $1 AND message_id = $2
       )
       UPDATE messages SET delivery_state = $3, delivery_reason = NULL,
         external_id = CASE WHEN $3 = 'queued' THEN NULL ELSE external_id END
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, messageId, state],
    );
  }

  /** A message that failed after it was taken, locked; undefined when more is known of it since. */
  async toldFailed(
    tx: Tx,
    workspaceId: string,
    messageId: string,
  ): Promise<(MessagePlace & { attempts: number; reason: string; code: string | null }) | undefined> {
    const [row] = await tx.query<MessagePlace & { attempts: number; reason: string; code: string | null }>(
      `SELECT d.channel_id AS "channelId", d.conversation_id AS "conversationId", c.contact_id AS "contactId", m.ticket_id AS "ticketId",
              t.team_id AS "teamId", t.assignee_id AS "assigneeId", d.attempts, coalesce(d.reason, '') AS reason, d.code
       FROM outbound_deliveries d
       JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id
       JOIN conversations c ON c.workspace_id = d.workspace_id AND c.id = d.conversation_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE d.workspace_id = $1 AND d.message_id = $2 AND d.state = 'failed' AND m.delivery_state = 'failed' AND m.deleted_at IS NULL
       FOR UPDATE OF d, m`,
      [workspaceId, messageId],
    );
    return row;
  }

  /** What failed goes out once more, not before that; its tries go on being counted, and its reason is told meanwhile. */
  async putBack(tx: Tx, workspaceId: string, messageId: string, until: Date): Promise<void> {
    await tx.execute(
      `WITH d AS (
         UPDATE outbound_deliveries SET state = 'queued', looks = 0, wait_until = $3, external_id = NULL
         WHERE workspace_id = $1 AND message_id = $2
       )
       UPDATE messages SET delivery_state = 'queued', external_id = NULL
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, messageId, until],
    );
  }

  /**
   * Follows the network's word (receipts, echoes) that reached the message first. One that is not the message's last
   * any more is left to the event that tells of the last.
   */
  async follow(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    word: { to: string; code: string | null },
  ): Promise<void> {
    await tx.execute(
      `UPDATE outbound_deliveries d SET state = m.delivery_state, external_id = coalesce(d.external_id, m.external_id),
         reason = m.delivery_reason, code = CASE WHEN m.delivery_state = 'failed' THEN $3 END,
         sent_at = CASE WHEN m.delivery_state = 'failed' THEN d.sent_at ELSE coalesce(d.sent_at, now()) END,
         delivered_at = CASE WHEN m.delivery_state IN ('delivered', 'read') THEN coalesce(d.delivered_at, now()) ELSE d.delivered_at END,
         read_at = CASE WHEN m.delivery_state = 'read' THEN coalesce(d.read_at, now()) ELSE d.read_at END
       FROM messages m
       WHERE d.workspace_id = $1 AND d.message_id = $2 AND m.workspace_id = d.workspace_id AND m.id = d.message_id
         AND m.delivery_state = $4
         AND m.delivery_state IN ('sent', 'delivered', 'read', 'failed') AND d.state NOT IN ('cancelled', m.delivery_state)`,
      [workspaceId, messageId, word.code, word.to],
    );
  }
}

/** A message that was deleted before it was sent shows as failed. */
export const shownAs = (state: DeliveryResult['state']): DeliveryState => (state === 'cancelled' ? 'failed' : state);
