import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { cleanJson } from '../../text/clean';
import type { InboundAttachment } from './inbound-event';

export interface KnownMessage {
  channelId: string;
  externalId: string;
  messageId: string | null;
  conversationId: string | null;
  deletedAt: Date | null;
}

export interface IdentityRow {
  workspaceId: string;
  id: string;
  contactId: string;
  channelId: string;
  externalId: string;
  name: string | null;
  handle: string | null;
  avatarUrl: string | null;
}

export interface PostRow {
  workspaceId: string;
  id: string;
  channelId: string;
  externalId: string;
  kind: string | null;
  text: string | null;
  permalink: string | null;
  mediaUrl: string | null;
  publishedAt: Date | null;
}

export interface ConversationRow {
  workspaceId: string;
  id: string;
  channelId: string;
  brandId: string;
  contactId: string;
  identityId: string;
  kind: 'comment' | 'dm';
  postId: string | null;
  threadKey: string;
}

/** A conversation as locked: what the plan needs to number messages and count tickets. */
export interface LockedConversation extends ConversationRow {
  lastSeq: number;
  ticketCount: number;
  lastMessageAt: Date | null;
  lastInboundAt: Date | null;
  lastInboundMessageId: string | null;
  handler: 'bot' | 'human';
}

export interface MessageRow {
  workspaceId: string;
  id: string;
  conversationId: string;
  ticketId: string | null;
  channelId: string;
  seq: number;
  direction: 'in' | 'out';
  visibility: 'public' | 'private';
  authorKind: 'contact' | 'account';
  authorId: string | null;
  authorName: string | null;
  externalId: string;
  parentExternalId: string | null;
  replyToMessageId: string | null;
  subtype: string | null;
  text: string;
  meta: Record<string, unknown> | null;
  networkAt: Date;
  receivedAt: Date;
  deletedAt: Date | null;
  attachments: readonly InboundAttachment[];
  attachmentIds: readonly string[];
}

interface RawConversation {
  workspace_id: string;
  id: string;
  channel_id: string;
  brand_id: string;
  contact_id: string;
  identity_id: string;
  kind: 'comment' | 'dm';
  post_id: string | null;
  thread_key: string;
  last_seq: number;
  ticket_count: number;
  last_message_at: Date | null;
  last_inbound_at: Date | null;
  last_inbound_message_id: string | null;
  handler: 'bot' | 'human';
}

const pick = <T, K extends keyof T>(rows: readonly T[], key: K): T[K][] => rows.map((row) => row[key]);

/**
 * The SQL of applying inbound events: one statement per kind of row for the whole batch, keys in order so that two
 * batches never wait for each other crosswise. TypeORM on this path is ten times slower.
 */
@Injectable()
export class IntakeRepository {
  async knownMessages(
    tx: Tx,
    keys: readonly { workspaceId: string; channelId: string; externalId: string }[],
  ): Promise<KnownMessage[]> {
    if (keys.length === 0) return [];
    // $1 workspaces, $2 channels, $3 external ids (threewise)
    const rows = await tx.query<{
      channel_id: string;
      external_id: string;
      message_id: string | null;
      conversation_id: string | null;
      deleted_at: Date | null;
    }>(
      `SELECT k.channel_id, k.external_id, k.message_id, k.conversation_id, k.deleted_at
       FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, channel_id, external_id)
       JOIN message_keys k USING (workspace_id, channel_id, external_id)`,
      [pick(keys, 'workspaceId'), pick(keys, 'channelId'), pick(keys, 'externalId')],
      'intake_known',
    );
    return rows.map((r) => ({
      channelId: r.channel_id,
      externalId: r.external_id,
      messageId: r.message_id,
      conversationId: r.conversation_id,
      deletedAt: r.deleted_at,
    }));
  }

  /** Makes the missing identities, each with a contact of its own, and returns all of them. */
  async ensureIdentities(tx: Tx, wanted: readonly IdentityRow[]): Promise<IdentityRow[]> {
    const find = async () => {
      const rows = await tx.query<{
        workspace_id: string;
        id: string;
        contact_id: string;
        channel_id: string;
        external_id: string;
        name: string | null;
        handle: string | null;
        avatar_url: string | null;
      }>(
        `SELECT i.workspace_id, i.id, i.contact_id, i.channel_id, i.external_id, i.name, i.handle, i.avatar_url
         FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, channel_id, external_id)
         JOIN contact_identities i USING (workspace_id, channel_id, external_id)`,
        [pick(wanted, 'workspaceId'), pick(wanted, 'channelId'), pick(wanted, 'externalId')],
        'intake_identities',
      );
      return rows.map((r) => ({
        workspaceId: r.workspace_id,
        id: r.id,
        contactId: r.contact_id,
        channelId: r.channel_id,
        externalId: r.external_id,
        name: r.name,
        handle: r.handle,
        avatarUrl: r.avatar_url,
      }));
    };
    const found = await find();
    const have = new Set(found.map((i) => `${i.channelId}\n${i.externalId}`));
    const missing = wanted.filter((i) => !have.has(`${i.channelId}\n${i.externalId}`));
    if (missing.length === 0) return found;
    // $1 workspaces, $2 identity ids, $3 contact ids, $4 channels, $5 external ids, $6 names, $7 handles, $8 pictures.
    // The contact is made only for an identity that won: whoever else made it at the same time keeps theirs.
    await tx.execute(
      `WITH u AS (
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[])
           AS u(workspace_id, id, contact_id, channel_id, external_id, name, handle, avatar_url)
       ), made AS (
         INSERT INTO contact_identities (workspace_id, id, contact_id, channel_id, external_id, name, handle, avatar_url)
         SELECT workspace_id, id, contact_id, channel_id, external_id, name, handle, avatar_url FROM u
         ORDER BY workspace_id, channel_id, external_id
         ON CONFLICT ON CONSTRAINT contact_identities_external_key DO NOTHING
         RETURNING workspace_id, contact_id
       )
       INSERT INTO contacts (workspace_id, id, name, avatar_url)
       SELECT workspace_id, contact_id, coalesce(u.name, u.handle), u.avatar_url FROM made JOIN u USING (workspace_id, contact_id)`,
      [
        pick(missing, 'workspaceId'),
        pick(missing, 'id'),
        pick(missing, 'contactId'),
        pick(missing, 'channelId'),
        pick(missing, 'externalId'),
        pick(missing, 'name'),
        pick(missing, 'handle'),
        pick(missing, 'avatarUrl'),
      ],
      'intake_identities_make',
    );
    return find();
  }

  /** People rename themselves: keeps the latest name, handle and picture the network told. */
  async renameIdentities(tx: Tx, rows: readonly IdentityRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.execute(
      `WITH u AS (
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS u(workspace_id, id, name, handle, avatar_url)
       ), renamed AS (
         UPDATE contact_identities i SET name = coalesce(u.name, i.name), handle = coalesce(u.handle, i.handle),
                                         avatar_url = coalesce(u.avatar_url, i.avatar_url)
         FROM u WHERE i.workspace_id = u.workspace_id AND i.id = u.id
         RETURNING i.workspace_id, i.contact_id, i.name, i.handle
       )
       UPDATE contacts c SET name = coalesce(r.name, r.handle), updated_at = now(), version = version + 1
       FROM renamed r WHERE c.workspace_id = r.workspace_id AND c.id = r.contact_id AND c.name IS NULL`,
      [pick(rows, 'workspaceId'), pick(rows, 'id'), pick(rows, 'name'), pick(rows, 'handle'), pick(rows, 'avatarUrl')],
    );
  }

  async ensurePosts(tx: Tx, wanted: readonly PostRow[]): Promise<Map<string, string>> {
    if (wanted.length === 0) return new Map();
    // $1 workspaces, $2 ids, $3 channels, $4 external ids, $5 kinds, $6 texts, $7 links, $8 media, $9 published
    await tx.execute(
      `INSERT INTO posts AS p (workspace_id, id, channel_id, external_id, kind, text, permalink, media_url, published_at)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
         AS u(workspace_id, id, channel_id, external_id, kind, text, permalink, media_url, published_at)
       ORDER BY workspace_id, channel_id, external_id
       ON CONFLICT ON CONSTRAINT posts_external_key DO UPDATE SET
         kind = coalesce(p.kind, excluded.kind), text = coalesce(p.text, excluded.text),
         permalink = coalesce(p.permalink, excluded.permalink), media_url = coalesce(p.media_url, excluded.media_url)
       WHERE (p.kind IS NULL AND excluded.kind IS NOT NULL) OR (p.text IS NULL AND excluded.text IS NOT NULL)
          OR (p.permalink IS NULL AND excluded.permalink IS NOT NULL) OR (p.media_url IS NULL AND excluded.media_url IS NOT NULL)`,
      [
        pick(wanted, 'workspaceId'),
        pick(wanted, 'id'),
        pick(wanted, 'channelId'),
        pick(wanted, 'externalId'),
        pick(wanted, 'kind'),
        pick(wanted, 'text'),
        pick(wanted, 'permalink'),
        pick(wanted, 'mediaUrl'),
        pick(wanted, 'publishedAt'),
      ],
      'intake_posts',
    );
    const rows = await tx.query<{ id: string; channel_id: string; external_id: string }>(
      `SELECT p.id, p.channel_id, p.external_id
       FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, channel_id, external_id)
       JOIN posts p USING (workspace_id, channel_id, external_id)`,
      [pick(wanted, 'workspaceId'), pick(wanted, 'channelId'), pick(wanted, 'externalId')],
      'intake_posts_find',
    );
    return new Map(rows.map((row) => [`${row.channel_id}\n${row.external_id}`, row.id]));
  }

  /** @returns ids of the conversations that were new */
  async makeConversations(tx: Tx, wanted: readonly ConversationRow[]): Promise<Set<string>> {
    if (wanted.length === 0) return new Set();
    // $1 workspaces, $2 ids, $3 channels, $4 brands, $5 contacts, $6 identities, $7 kinds, $8 posts, $9 thread keys
    const rows = await tx.query<{ id: string }>(
      `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, post_id, thread_key)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::uuid[], $9::text[])
         AS u(workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, post_id, thread_key)
       ORDER BY workspace_id, channel_id, thread_key
       ON CONFLICT ON CONSTRAINT conversations_thread_key DO NOTHING RETURNING id`,
      [
        pick(wanted, 'workspaceId'),
        pick(wanted, 'id'),
        pick(wanted, 'channelId'),
        pick(wanted, 'brandId'),
        pick(wanted, 'contactId'),
        pick(wanted, 'identityId'),
        pick(wanted, 'kind'),
        pick(wanted, 'postId'),
        pick(wanted, 'threadKey'),
      ],
      'intake_conversations_make',
    );
    return new Set(rows.map((row) => row.id));
  }

  /** Locks conversations found by thread or known by id, in id order. */
  async lockConversations(
    tx: Tx,
    threads: readonly { workspaceId: string; channelId: string; threadKey: string }[],
    known: readonly { workspaceId: string; id: string }[],
  ): Promise<LockedConversation[]> {
    // $1 workspaces, $2 channels, $3 thread keys (threewise)
    const found = await tx.query<{ workspace_id: string; id: string }>(
      `SELECT c.workspace_id, c.id FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, channel_id, thread_key)
       JOIN conversations c USING (workspace_id, channel_id, thread_key)`,
      [pick(threads, 'workspaceId'), pick(threads, 'channelId'), pick(threads, 'threadKey')],
      'intake_conversations_find',
    );
    const all = [...found.map((row) => ({ workspaceId: row.workspace_id, id: row.id })), ...known];
    if (all.length === 0) return [];
    // $1 workspaces, $2 ids (pairwise)
    const rows = await tx.query<RawConversation>(
      `SELECT c.workspace_id, c.id, c.channel_id, c.brand_id, c.contact_id, c.identity_id, c.kind, c.post_id, c.thread_key,
              c.last_seq, c.ticket_count, c.last_message_at, c.last_inbound_at, c.last_inbound_message_id, c.handler
       FROM conversations c
       WHERE (c.workspace_id, c.id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[])) ORDER BY c.id FOR UPDATE`,
      [pick(all, 'workspaceId'), pick(all, 'id')],
      'intake_conversations_lock',
    );
    return rows.map((r) => ({
      workspaceId: r.workspace_id,
      id: r.id,
      channelId: r.channel_id,
      brandId: r.brand_id,
      contactId: r.contact_id,
      identityId: r.identity_id,
      kind: r.kind,
      postId: r.post_id,
      threadKey: r.thread_key,
      lastSeq: r.last_seq,
      ticketCount: r.ticket_count,
      lastMessageAt: r.last_message_at,
      lastInboundAt: r.last_inbound_at,
      lastInboundMessageId: r.last_inbound_message_id,
      handler: r.handler,
    }));
  }

  /** Claims the network's ids for our messages. A row already there loses nothing; a tombstone takes the message in. */
  async claimKeys(
    tx: Tx,
    rows: readonly {
      workspaceId: string;
      channelId: string;
      externalId: string;
      messageId: string;
      conversationId: string;
    }[],
  ): Promise<Map<string, Date | null>> {
    if (rows.length === 0) return new Map();
    // $1 workspaces, $2 channels, $3 external ids, $4 messages, $5 conversations
    const claimed = await tx.query<{ message_id: string; deleted_at: Date | null }>(
      `INSERT INTO message_keys AS k (workspace_id, channel_id, external_id, message_id, conversation_id)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[])
         AS u(workspace_id, channel_id, external_id, message_id, conversation_id)
       ORDER BY workspace_id, channel_id, external_id
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE
         SET message_id = excluded.message_id, conversation_id = excluded.conversation_id WHERE k.message_id IS NULL
       RETURNING message_id, deleted_at`,
      [
        pick(rows, 'workspaceId'),
        pick(rows, 'channelId'),
        pick(rows, 'externalId'),
        pick(rows, 'messageId'),
        pick(rows, 'conversationId'),
      ],
      'intake_keys',
    );
    return new Map(claimed.map((row) => [row.message_id, row.deleted_at]));
  }

  async insertMessages(tx: Tx, rows: readonly MessageRow[], appliedAt: Date): Promise<void> {
    if (rows.length === 0) return;
    // $1…$18 columns in order; $19 applied at
    await tx.execute(
      `INSERT INTO messages (workspace_id, id, conversation_id, ticket_id, channel_id, seq, direction, visibility, author_kind,
                             author_id, author_name, external_id, parent_external_id, reply_to_message_id, subtype, text, meta,
                             network_at, received_at, deleted_at, applied_at)
       SELECT u.*, $21::timestamptz FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::text[],
         $8::text[], $9::text[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::uuid[], $15::text[], $16::text[],
         $17::jsonb[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[]) AS u`,
      [
        pick(rows, 'workspaceId'),
        pick(rows, 'id'),
        pick(rows, 'conversationId'),
        pick(rows, 'ticketId'),
        pick(rows, 'channelId'),
        pick(rows, 'seq'),
        pick(rows, 'direction'),
        pick(rows, 'visibility'),
        pick(rows, 'authorKind'),
        pick(rows, 'authorId'),
        pick(rows, 'authorName'),
        pick(rows, 'externalId'),
        pick(rows, 'parentExternalId'),
        pick(rows, 'replyToMessageId'),
        pick(rows, 'subtype'),
        pick(rows, 'text'),
        rows.map((row) => (row.meta ? cleanJson(row.meta) : null)),
        pick(rows, 'networkAt'),
        pick(rows, 'receivedAt'),
        pick(rows, 'deletedAt'),
        appliedAt,
      ],
      'intake_messages',
    );
    const files = rows.flatMap((row) => row.attachments.map((file, i) => ({ row, file, i })));
    if (files.length === 0) return;
    // $1 workspaces, $2 ids, $3 messages, $4 positions, $5 kinds, $6 links, $7 names, $8 types, $9 facts
    await tx.execute(
      `INSERT INTO attachments (workspace_id, id, message_id, position, kind, url, name, mime_type, meta)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[])`,
      [
        files.map((f) => f.row.workspaceId),
        files.map((f) => f.row.attachmentIds[f.i]),
        files.map((f) => f.row.id),
        files.map((f) => f.i),
        files.map((f) => f.file.kind),
        files.map((f) => f.file.url ?? null),
        files.map((f) => f.file.name ?? null),
        files.map((f) => f.file.mimeType ?? null),
        files.map((f) => (f.file.meta ? cleanJson(f.file.meta) : null)),
      ],
      'intake_attachments',
    );
  }

  async saveConversations(tx: Tx, rows: readonly LockedConversation[]): Promise<void> {
    if (rows.length === 0) return;
    // $1 workspaces, $2 ids, $3 last seq, $4 ticket counts, $5 last message, $6 last inbound, $7 its id, $8 handlers
    await tx.execute(
      `UPDATE conversations c SET last_seq = u.last_seq, ticket_count = u.ticket_count, last_message_at = u.last_message_at,
         last_inbound_at = u.last_inbound_at, last_inbound_message_id = u.last_inbound_message_id,
         handler_changed_at = CASE WHEN c.handler <> u.handler THEN now() ELSE c.handler_changed_at END,
         handler = u.handler, version = c.version + 1
       FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::timestamptz[], $6::timestamptz[], $7::uuid[], $8::text[])
         AS u(workspace_id, id, last_seq, ticket_count, last_message_at, last_inbound_at, last_inbound_message_id, handler)
       WHERE c.workspace_id = u.workspace_id AND c.id = u.id`,
      [
        pick(rows, 'workspaceId'),
        pick(rows, 'id'),
        pick(rows, 'lastSeq'),
        pick(rows, 'ticketCount'),
        pick(rows, 'lastMessageAt'),
        pick(rows, 'lastInboundAt'),
        pick(rows, 'lastInboundMessageId'),
        pick(rows, 'handler'),
      ],
      'intake_conversations_save',
    );
  }

  /**
   * Our own sends that an echo may belong to: still on their way or in doubt, without a network id.
   * By our id where the network returned it, else by the very same text in the same conversation.
   */
  async unconfirmedSends(
    tx: Tx,
    conversationIds: readonly string[],
    messageIds: readonly string[],
    workspaceIds: readonly string[],
  ) {
    if (conversationIds.length === 0 && messageIds.length === 0) return [];
    // $1 workspaces, $2 conversations, $3 messages
    return tx.query<{
      id: string;
      conversation_id: string;
      text: string;
      ticket_id: string | null;
      seq: number;
      delivery_state: string;
    }>(
      `SELECT id, conversation_id, text, ticket_id, seq, delivery_state FROM messages
       WHERE workspace_id = ANY($1) AND direction = 'out' AND external_id IS NULL
         AND delivery_state IN ('queued', 'sending', 'unknown', 'failed')
         AND (conversation_id = ANY($2) OR id = ANY($3)) ORDER BY seq`,
      [workspaceIds, conversationIds, messageIds],
      'intake_unconfirmed',
    );
  }

  /** The network's word that a message of ours is out, whatever our own call said or has yet to say. */
  async confirmSend(tx: Tx, workspaceId: string, messageId: string, externalId: string): Promise<void> {
    await tx.execute(
      `UPDATE messages SET external_id = $3, delivery_state = 'sent', delivery_reason = NULL WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, messageId, externalId],
      'intake_confirm',
    );
  }
}
