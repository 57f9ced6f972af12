import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import type { WaitFacts } from './delivery-wait';
import { isNews } from './late-words';

/** A conversation locked for a change, with what rules about replying need. */
export interface ConversationForReply {
  workspaceId: string;
  id: string;
  kind: 'comment' | 'dm';
  channelId: string;
  contactId: string;
  handler: 'bot' | 'human';
  /** Another thread's ticket, whose work this thread's words are; `ticket` is that one then. */
  joinedTicketId: string | null;
  lastSeq: number;
  lastInboundAt: Date | null;
  recipientExternalId: string;
  /** They blocked us or left: nothing sent there arrives until the network says otherwise. */
  recipientUnreachable: boolean;
  /** Nobody has shown that this address is the customer's: a stranger may read what is sent there. */
  recipientUnconfirmed: boolean;
  postExternalId: string | null;
  ticket: { id: string; teamId: string | null; assigneeId: string | null; status: string } | null;
}

export interface MessageView {
  id: string;
  conversation_id: string;
  ticket_id: string | null;
  /** Where it stands in the thread: whole numbers by arrival, fractions for what was filed among older messages. */
  seq: number;
  /** How many messages of the thread had come with it. */
  arrival: number;
  direction: 'in' | 'out' | 'note';
  visibility: 'public' | 'private' | 'internal';
  author_kind: string;
  author_id: string | null;
  author_name: string | null;
  text: string;
  subtype: string | null;
  external_id: string | null;
  parent_external_id: string | null;
  parent_message_id: string | null;
  reply_to_message_id: string | null;
  network_at: Date;
  received_at: Date;
  edited_at: Date | null;
  version: number;
  hidden_at: Date | null;
  deleted_at: Date | null;
  deleted_by: { kind: string; id?: string; name?: string } | null;
  delete_reason: string | null;
  delivery_state: string | null;
  delivery_reason: string | null;
  /** Set while the message, or a change to it, is not settled. */
  wait_facts: WaitFacts | null;
  /** A change to our text that the network has not taken. */
  edit: OwnEditRow | null;
  attachments:
    | {
        id: string;
        kind: string;
        url: string | null;
        name: string | null;
        mimeType: string | null;
        sizeBytes: number | null;
        state: 'linked' | 'pending' | 'stored' | 'failed' | 'gone';
        error: string | null;
        /** From then on it is neither shown nor kept; null: as long as the message. */
        keepUntil: string | null;
        /** Why it is not here any more, once its time is over. */
        removed: { reason: string; at: string } | null;
        meta: unknown;
      }[]
    | null;
  /** There is more than the text: the whole of a letter. */
  original: 'html' | 'text' | null;
  /** A call as it went, for a note that tells of one. */
  call: Record<string, unknown> | null;
  /** `own`: the account's is among them. */
  reactions: { emoji: string | null; reaction: string; count: number; own: boolean }[] | null;
  suggestion: Record<string, unknown> | null;
}

/** Another text asked for a message of ours: under way, or refused by the network. */
export interface OwnEditRow {
  state: 'waiting' | 'refused';
  text: string;
  at: string;
  code?: string;
  reason?: string;
}

export interface NewMessage {
  workspaceId: string;
  id: string;
  conversationId: string;
  ticketId: string | null;
  channelId: string;
  seq: number;
  direction: 'out' | 'note';
  visibility: 'public' | 'private' | 'internal';
  authorKind: 'agent' | 'bot' | 'rule' | 'system';
  authorId: string | null;
  authorName: string | null;
  parentExternalId: string | null;
  replyToMessageId: string | null;
  text: string;
  at: Date;
  deliveryState: 'queued' | null;
  subtype?: string;
  meta?: Record<string, unknown>;
}

/** Why message `m` waits. One look-up by key, and only for what is not settled: a page of settled messages pays nothing. */
const WAIT_FACTS = `CASE WHEN m.delivery_state IN ('queued', 'sending', 'unknown')
    OR (m.direction = 'out' AND m.meta->'edit'->>'state' = 'waiting') THEN (
    SELECT jsonb_build_object('now', now(), 'state', d.state, 'channelState', ch.state, 'channelReason', ch.state_reason,
      'pausedUntil', b.paused_until, 'pauseReason', b.reason, 'code', d.code, 'reason', d.reason, 'waitUntil', d.wait_until,
      'slotAt', d.slot_at, 'sendingSince', d.sending_since, 'looks', d.looks,
      'before', (SELECT jsonb_build_object('state', e.state, 'waitUntil', e.wait_until, 'sendingSince', e.sending_since)
                 FROM outbound_deliveries e
                 WHERE e.workspace_id = d.workspace_id AND e.conversation_id = d.conversation_id AND e.seq < d.seq
                   AND e.state IN ('queued', 'sending', 'unknown') ORDER BY e.seq LIMIT 1))
    FROM outbound_deliveries d
    JOIN channels ch ON ch.workspace_id = d.workspace_id AND ch.id = d.channel_id
    LEFT JOIN channel_budgets b ON b.workspace_id = d.workspace_id AND b.channel_id = d.channel_id
    WHERE d.workspace_id = m.workspace_id AND d.message_id = m.id) END`;

const VIEW = `SELECT m.id, m.conversation_id, m.ticket_id, coalesce(m.place, m.seq) AS seq, m.seq AS arrival, m.direction, m.visibility, m.author_kind, m.author_id,
    coalesce(m.author_name, a.name) AS author_name, m.text, m.subtype, m.external_id, m.parent_external_id,
    (SELECT k.message_id FROM message_keys k WHERE k.workspace_id = m.workspace_id AND k.channel_id = m.channel_id
       AND k.external_id = m.parent_external_id) AS parent_message_id, m.reply_to_message_id, m.network_at, m.received_at, m.edited_at, m.version, m.hidden_at,
    m.deleted_at, m.deleted_by, m.delete_reason, m.delivery_state, m.delivery_reason,
    ${WAIT_FACTS} AS wait_facts, CASE WHEN m.direction = 'out' THEN m.meta->'edit' END AS edit,
    CASE WHEN m.meta ? 'html' THEN 'html' WHEN m.meta ? 'fullText' THEN 'text' END AS original,
    CASE WHEN m.subtype = 'call' THEN m.meta END AS call,
    (SELECT jsonb_agg(jsonb_build_object('id', f.id, 'kind', f.kind, 'name', f.name, 'mimeType', f.mime_type,
                                         'sizeBytes', f.size_bytes, 'keepUntil', f.keep_until, 'meta', f.meta)
                      || CASE WHEN f.keep_until <= now()
                         THEN jsonb_build_object('url', NULL, 'state', 'gone', 'error', NULL,
                                                 'removed', jsonb_build_object('reason', f.removal_reason, 'at', f.keep_until))
                         ELSE jsonb_build_object('url', f.url, 'state', f.state, 'error', f.error, 'removed', NULL) END
                      ORDER BY f.position)
     FROM attachments f WHERE f.workspace_id = m.workspace_id AND f.message_id = m.id) AS attachments,
    (SELECT jsonb_agg(r) FROM (
       SELECT emoji, reaction, count(*)::int AS count,
              bool_or(r.actor_external_id = (SELECT ch.external_id FROM channels ch
                                             WHERE ch.workspace_id = m.workspace_id AND ch.id = m.channel_id)) AS own
       FROM message_reactions r
       WHERE r.workspace_id = m.workspace_id AND r.message_id = m.id AND NOT r.removed GROUP BY emoji, reaction
       ORDER BY count(*) DESC, min(r.at), reaction
     ) r) AS reactions,
    (SELECT jsonb_build_object('id', b.id, 'articleId', b.article_id, 'title', q.title, 'answer', q.answer, 'score', b.score,
                               'locale', b.locale, 'mode', b.mode, 'outcome', b.outcome)
     FROM bot_answers b JOIN faq_articles q ON q.workspace_id = b.workspace_id AND q.id = b.article_id
     WHERE b.workspace_id = m.workspace_id AND b.question_message_id = m.id) AS suggestion
  FROM messages m
  LEFT JOIN agents a ON m.author_kind = 'agent' AND a.workspace_id = m.workspace_id AND a.id = m.author_id`;

const SHOWN = `subtype IS DISTINCT FROM 'duplicate'`;

@Injectable()
export class ConversationsRepository {
  /** Locks a conversation and reads what a reply depends on; the id of one that went into another leads there. Its latest ticket comes along unlocked. */
  lock(tx: Tx, workspaceId: string, id: string): Promise<ConversationForReply | undefined> {
    return this.load(tx, workspaceId, id, 'FOR UPDATE OF c');
  }

  read(tx: Tx, workspaceId: string, id: string): Promise<ConversationForReply | undefined> {
    return this.load(tx, workspaceId, id, '');
  }

  private async load(
    tx: Tx,
    workspaceId: string,
    id: string,
    locking: string,
  ): Promise<ConversationForReply | undefined> {
    const [row] = await tx.query<{
      id: string;
      merged_into_id: string | null;
      kind: 'comment' | 'dm';
      channel_id: string;
      contact_id: string;
      handler: 'bot' | 'human';
      joined_ticket_id: string | null;
      last_seq: number;
      last_inbound_at: Date | null;
      recipient: string;
      unreachable: boolean;
      recipient_unconfirmed: boolean;
      post: string | null;
      ticket_id: string | null;
      team_id: string | null;
      assignee_id: string | null;
      status: string;
    }>(
      `SELECT c.id, c.merged_into_id, c.kind, c.channel_id, c.contact_id, c.handler, c.joined_ticket_id, c.last_seq, c.last_inbound_at, i.external_id AS recipient,
              i.unreachable_at >= coalesce(c.last_inbound_at, i.unreachable_at) AS unreachable, c.recipient_unconfirmed, p.external_id AS post, t.id AS ticket_id, t.team_id, t.assignee_id, t.status
       FROM conversations c
       JOIN contact_identities i ON i.workspace_id = c.workspace_id AND i.id = c.identity_id
       LEFT JOIN posts p ON p.workspace_id = c.workspace_id AND p.id = c.post_id
       LEFT JOIN tickets t ON t.workspace_id = c.workspace_id AND t.id = coalesce(c.joined_ticket_id, (
         SELECT id FROM tickets l WHERE l.workspace_id = c.workspace_id AND l.conversation_id = c.id ORDER BY l.position DESC LIMIT 1))
       WHERE c.workspace_id = $1
         AND c.id = (SELECT coalesce(merged_into_id, id) FROM conversations WHERE workspace_id = $1 AND id = $2) ${locking}`,
      [workspaceId, id],
      locking ? 'conversation_lock' : 'conversation_read',
    );
    // it went into another while we waited for it
    if (row && row.merged_into_id !== null) return this.load(tx, workspaceId, row.merged_into_id, locking);
    return (
      row && {
        workspaceId,
        id: row.id,
        kind: row.kind,
        channelId: row.channel_id,
        contactId: row.contact_id,
        handler: row.handler,
        joinedTicketId: row.joined_ticket_id,
        lastSeq: row.last_seq,
        lastInboundAt: row.last_inbound_at,
        recipientExternalId: row.recipient,
        recipientUnreachable: row.unreachable ?? false,
        recipientUnconfirmed: row.recipient_unconfirmed,
        postExternalId: row.post,
        ticket: row.ticket_id
          ? { id: row.ticket_id, teamId: row.team_id, assigneeId: row.assignee_id, status: row.status }
          : null,
      }
    );
  }

  /** A page of messages, ascending by their place in the conversation; the newest page when neither bound is given. */
  async page(
    tx: Tx,
    workspaceId: string,
    conversationId: string,
    bounds: { before?: number; after?: number },
    limit: number,
  ): Promise<MessageView[]> {
    const forward = bounds.after !== undefined;
    const { after = -1, before = 2_147_483_647 } = bounds;
    const order = forward ? 'ASC' : 'DESC';
    // $1 workspace, $2 conversation, $3 after, $4 before, $5 how many, $6 and $7 the same bounds in whole numbers, which
    // an index of whole numbers can use. What was filed later than it was written has a place and an index of its own.
    const rows = await tx.query<MessageView>(
      `${VIEW} WHERE m.workspace_id = $1 AND m.id = ANY(ARRAY(SELECT id FROM (
         (SELECT id, seq::float8 AS at FROM messages
          WHERE workspace_id = $1 AND conversation_id = $2 AND seq > $6 AND seq < $7 AND place IS NULL AND ${SHOWN} ORDER BY seq ${order} LIMIT $5)
         UNION ALL
         (SELECT id, place FROM messages
          WHERE workspace_id = $1 AND conversation_id = $2 AND place > $3 AND place < $4 AND ${SHOWN} ORDER BY place ${order} LIMIT $5)
       ) places ORDER BY at ${order} LIMIT $5)) ORDER BY coalesce(m.place, m.seq), m.seq`,
      [workspaceId, conversationId, after, before, limit, Math.floor(after), Math.ceil(before)],
      forward ? 'messages_after' : 'messages_before',
    );
    return rows;
  }

  async message(tx: Tx, workspaceId: string, id: string): Promise<MessageView | undefined> {
    const [row] = await tx.query<MessageView>(
      `${VIEW} WHERE m.workspace_id = $1 AND m.id = $2`,
      [workspaceId, id],
      'message_view',
    );
    return row;
  }

  /** The whole of a letter, with what it quotes; its HTML was made safe when the letter was read. */
  async original(
    tx: Tx,
    workspaceId: string,
    conversationId: string,
    messageId: string,
  ): Promise<{ text: string | null; html: string | null } | undefined> {
    const [row] = await tx.query<{ text: string | null; html: string | null }>(
      `SELECT meta->>'fullText' AS text, meta->>'html' AS html FROM messages
       WHERE workspace_id = $1 AND conversation_id = $2 AND id = $3 AND deleted_at IS NULL`,
      [workspaceId, conversationId, messageId],
    );
    return row;
  }

  /** What others said to or about the customer after a message: the customer, another agent, the bot, another tool. */
  async newerThan(
    tx: Tx,
    workspaceId: string,
    conversationId: string,
    seq: number,
    agentId: string,
  ): Promise<MessageView[]> {
    return tx.query<MessageView>(
      `${VIEW} WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.seq > $3 AND (${isNews('m')} OR m.place > $3)
         AND m.direction IN ('in', 'out') AND m.subtype IS DISTINCT FROM 'duplicate'
         AND m.author_kind <> 'system' AND NOT (m.author_kind = 'agent' AND m.author_id = $4) ORDER BY m.seq LIMIT 50`,
      [workspaceId, conversationId, seq, agentId],
      'messages_newer',
    );
  }

  async insert(tx: Tx, row: NewMessage): Promise<void> {
    await tx.execute(
      `INSERT INTO messages (workspace_id, id, conversation_id, ticket_id, channel_id, seq, direction, visibility, author_kind, author_id,
                             author_name, parent_external_id, reply_to_message_id, text, network_at, received_at, applied_at, delivery_state, subtype, meta)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $15, $16, $17, $18)`,
      [
        row.workspaceId,
        row.id,
        row.conversationId,
        row.ticketId,
        row.channelId,
        row.seq,
        row.direction,
        row.visibility,
        row.authorKind,
        row.authorId,
        row.authorName,
        row.parentExternalId,
        row.replyToMessageId,
        row.text,
        row.at,
        row.deliveryState,
        row.subtype ?? null,
        row.meta ? JSON.stringify(row.meta) : null,
      ],
      'message_insert',
    );
  }

  /** What a note tells of has changed: a call went on. */
  async amendNote(tx: Tx, workspaceId: string, id: string, text: string, meta: Record<string, unknown>): Promise<void> {
    await tx.execute(
      `UPDATE messages SET text = $3, meta = $4 WHERE workspace_id = $1 AND id = $2 AND direction = 'note'`,
      [workspaceId, id, text, JSON.stringify(meta)],
    );
  }

  async attach(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    files: readonly { kind: string; url: string; mimeType?: string; name?: string }[],
  ): Promise<void> {
    for (const [position, file] of files.entries()) {
      await tx.execute(
        `INSERT INTO attachments (workspace_id, id, message_id, position, kind, url, mime_type, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [workspaceId, uuidv7(), messageId, position, file.kind, file.url, file.mimeType ?? null, file.name ?? null],
      );
    }
  }

  async advance(
    tx: Tx,
    conversation: ConversationForReply,
    at: Date,
    handler: 'bot' | 'human',
    outbound: boolean,
  ): Promise<void> {
    // $1 workspace, $2 conversation, $3 last seq, $4 now, $5 handler, $6 whether the customer was addressed
    await tx.execute(
      `UPDATE conversations SET last_seq = $3, last_message_at = CASE WHEN $6 THEN $4 ELSE last_message_at END,
         last_outbound_at = CASE WHEN $6 THEN $4 ELSE last_outbound_at END,
         handler_changed_at = CASE WHEN handler <> $5 THEN $4 ELSE handler_changed_at END, handler = $5, version = version + 1
       WHERE workspace_id = $1 AND id = $2`,
      [conversation.workspaceId, conversation.id, conversation.lastSeq, at, handler, outbound],
      'conversation_advance',
    );
  }
}
