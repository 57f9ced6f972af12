import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import { cleanJson } from '../../text/clean';
import type { InboundAttachment } from './inbound-event';
import type {
  KnownMessage,
  ClaimedKey,
  EarlyChange,
  UnconfirmedSend,
  IdentityRow,
  PostRow,
  ConversationRow,
  LockedConversation,
  MessageRow,
} from './intake-rows';

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
  last_outbound_at: Date | null;
  handler: 'bot' | 'human';
}

const pick = <T, K extends keyof T>(rows: readonly T[], key: K): T[K][] => rows.map((row) => row[key]);

const fileRow = (workspaceId: string, messageId: string, file: InboundAttachment, position: number) => ({
  workspaceId,
  id: uuidv7(),
  messageId,
  position,
  kind: file.kind,
  url: file.url ?? null,
  name: file.name ?? null,
  mimeType: file.mimeType ?? null,
  meta: file.meta ? cleanJson(file.meta) : null,
});

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
      made_by_edit: boolean;
    }>(
      `SELECT k.channel_id, k.external_id, k.message_id, k.conversation_id, k.deleted_at, k.made_by_edit
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
      madeByEdit: r.made_by_edit,
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

  async makeConversations(tx: Tx, wanted: readonly ConversationRow[]): Promise<void> {
    if (wanted.length === 0) return;
    // $1 workspaces, $2 ids, $3 channels, $4 brands, $5 contacts, $6 identities, $7 kinds, $8 posts, $9 thread keys
    await tx.execute(
      `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, post_id, thread_key)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::uuid[], $9::text[])
         AS u(workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, post_id, thread_key)
       ORDER BY workspace_id, channel_id, thread_key
       ON CONFLICT ON CONSTRAINT conversations_thread_key DO NOTHING`,
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
              c.last_seq, c.ticket_count, c.last_message_at, c.last_inbound_at, c.last_inbound_message_id, c.last_outbound_at, c.handler
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
      lastOutboundAt: r.last_outbound_at,
      handler: r.handler,
    }));
  }

  /**
   * Claims the network's ids for our messages. A row already there loses nothing; one that only tells of a message to
   * come takes it in, and gives what came before it.
   * @returns by message id, those that got theirs
   */
  async claimKeys(
    tx: Tx,
    rows: readonly {
      workspaceId: string;
      channelId: string;
      externalId: string;
      messageId: string;
      conversationId: string;
      madeByEdit: boolean;
    }[],
  ): Promise<Map<string, ClaimedKey>> {
    if (rows.length === 0) return new Map();
    // $1 workspaces, $2 channels, $3 external ids, $4 messages, $5 conversations, $6 made by edits
    const claimed = await tx.query<{
      message_id: string;
      deleted_at: Date | null;
      deleted_by: string | null;
      early: Record<string, EarlyChange> | null;
    }>(
      `INSERT INTO message_keys AS k (workspace_id, channel_id, external_id, message_id, conversation_id, made_by_edit)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::boolean[])
         AS u(workspace_id, channel_id, external_id, message_id, conversation_id, made_by_edit)
       ORDER BY workspace_id, channel_id, external_id
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE
         SET message_id = excluded.message_id, conversation_id = excluded.conversation_id, made_by_edit = excluded.made_by_edit
         WHERE k.message_id IS NULL
       RETURNING message_id, deleted_at, deleted_by, early`,
      [
        pick(rows, 'workspaceId'),
        pick(rows, 'channelId'),
        pick(rows, 'externalId'),
        pick(rows, 'messageId'),
        pick(rows, 'conversationId'),
        pick(rows, 'madeByEdit'),
      ],
      'intake_keys',
    );
    return new Map(
      claimed.map((row) => [
        row.message_id,
        { deletedAt: row.deleted_at, deletedBy: row.deleted_by, early: row.early },
      ]),
    );
  }

  /**
   * Keeps an event for a message that has not come. Only the first hundred for one message: a message from before the
   * channel was connected never comes, and its likes go on.
   * @returns the message's id when it came in the meantime; then nothing is kept
   */
  async keepEarly(
    tx: Tx,
    key: { workspaceId: string; channelId: string; externalId: string },
    eventKey: string,
    change: EarlyChange,
  ): Promise<string | null> {
    // $1 workspace, $2 channel, $3 external id, $4 event key, $5 the event
    const [row] = await tx.query<{ message_id: string | null }>(
      `INSERT INTO message_keys AS k (workspace_id, channel_id, external_id, early)
       VALUES ($1, $2, $3, jsonb_build_object($4::text, $5::jsonb))
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE SET early = CASE
         WHEN k.message_id IS NULL AND (SELECT count(*) FROM jsonb_object_keys(coalesce(k.early, '{}'))) < 100
         THEN coalesce(k.early, '{}') || excluded.early ELSE k.early END
       RETURNING message_id`,
      [key.workspaceId, key.channelId, key.externalId, eventKey, cleanJson(change)],
    );
    return row?.message_id ?? null;
  }

  async forgetEarly(tx: Tx, workspaceIds: readonly string[], messageIds: readonly string[], keys: readonly string[]) {
    // $1 workspaces, $2 messages, $3 external ids (threewise)
    await tx.execute(
      `UPDATE message_keys k SET early = NULL FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, message_id, external_id)
       WHERE k.workspace_id = u.workspace_id AND k.external_id = u.external_id AND k.message_id = u.message_id`,
      [workspaceIds, messageIds, keys],
    );
  }

  async insertMessages(tx: Tx, rows: readonly MessageRow[], appliedAt: Date): Promise<void> {
    if (rows.length === 0) return;
    // $1…$21 columns in order; $22 applied at
    await tx.execute(
      `INSERT INTO messages (workspace_id, id, conversation_id, ticket_id, channel_id, seq, direction, visibility, author_kind,
                             author_id, author_name, external_id, parent_external_id, reply_to_message_id, subtype, text, meta,
                             network_at, received_at, deleted_at, deleted_by, applied_at, delete_reason)
       SELECT u.*, $22::timestamptz, CASE WHEN u.deleted_at IS NOT NULL THEN 'deleted_at_source' END FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::text[],
         $8::text[], $9::text[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::uuid[], $15::text[], $16::text[],
         $17::jsonb[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::jsonb[])
         AS u(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, deleted_at, deleted_by)`,
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
        rows.map((row) => (row.deletedAt ? JSON.stringify({ kind: row.deletedBy ?? 'unknown' }) : null)),
        appliedAt,
      ],
      'intake_messages',
    );
    const files = rows.flatMap((row) => row.attachments.map((file, i) => fileRow(row.workspaceId, row.id, file, i)));
    await this.writeAttachments(tx, files);
  }

  async insertAttachments(tx: Tx, workspaceId: string, messageId: string, files: readonly InboundAttachment[]) {
    await this.writeAttachments(
      tx,
      files.map((file, i) => fileRow(workspaceId, messageId, file, i)),
    );
  }

  private async writeAttachments(tx: Tx, files: readonly ReturnType<typeof fileRow>[]): Promise<void> {
    if (files.length === 0) return;
    // $1 workspaces, $2 ids, $3 messages, $4 positions, $5 kinds, $6 links, $7 names, $8 types, $9 facts
    await tx.execute(
      `INSERT INTO attachments (workspace_id, id, message_id, position, kind, url, name, mime_type, meta)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[])`,
      [
        pick(files, 'workspaceId'),
        pick(files, 'id'),
        pick(files, 'messageId'),
        pick(files, 'position'),
        pick(files, 'kind'),
        pick(files, 'url'),
        pick(files, 'name'),
        pick(files, 'mimeType'),
        pick(files, 'meta'),
      ],
      'intake_attachments',
    );
  }

  async saveConversations(tx: Tx, rows: readonly LockedConversation[]): Promise<void> {
    if (rows.length === 0) return;
    // $1 workspaces, $2 ids, $3 last seq, $4 ticket counts, $5 last message, $6 last inbound, $7 its id, $8 handlers,
    // $9 our last word
    await tx.execute(
      `UPDATE conversations c SET last_seq = u.last_seq, ticket_count = u.ticket_count, last_message_at = u.last_message_at,
         last_inbound_at = u.last_inbound_at, last_inbound_message_id = u.last_inbound_message_id,
         handler_changed_at = CASE WHEN c.handler <> u.handler THEN now() ELSE c.handler_changed_at END,
         last_outbound_at = u.last_outbound_at, handler = u.handler, version = c.version + 1
       FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::timestamptz[], $6::timestamptz[], $7::uuid[], $8::text[],
                   $9::timestamptz[])
         AS u(workspace_id, id, last_seq, ticket_count, last_message_at, last_inbound_at, last_inbound_message_id, handler,
              last_outbound_at)
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
        pick(rows, 'lastOutboundAt'),
      ],
      'intake_conversations_save',
    );
  }

  /**
   * Our own sends that an echo may belong to: on their way or in doubt, without a network id. By our id where the network
   * returns it, else by conversation; a private reply to a comment comes back in the person's direct messages.
   */
  async unconfirmedSends(
    tx: Tx,
    workspaceIds: readonly string[],
    by: { ids?: readonly string[]; conversations?: readonly { id: string; contactId: string }[] },
  ): Promise<UnconfirmedSend[]> {
    const { ids = [], conversations = [] } = by;
    if (ids.length === 0 && conversations.length === 0) return [];
    // $1 workspaces, $2 messages, $3 conversations, $4 contacts
    return tx.query<UnconfirmedSend>(
      `SELECT m.id, m.conversation_id, m.channel_id, c.contact_id, c.kind, m.visibility, m.text, m.ticket_id, t.team_id,
              t.assignee_id, m.delivery_state
       FROM messages m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE m.workspace_id = ANY($1) AND m.direction = 'out' AND m.external_id IS NULL
         AND m.delivery_state IN ('queued', 'sending', 'unknown', 'failed')
         AND (m.id = ANY($2) OR m.conversation_id = ANY($3)
              OR m.visibility = 'private' AND m.conversation_id IN (
                SELECT id FROM conversations WHERE workspace_id = ANY($1) AND contact_id = ANY($4) AND kind = 'comment'))
       ORDER BY m.seq`,
      [workspaceIds, ids, pick(conversations, 'id'), pick(conversations, 'contactId')],
      'intake_unconfirmed',
    );
  }

  /** An edit of the message that a ticket shows in lists shows there too. */
  async correctPreview(tx: Tx, workspaceId: string, ticketId: string | null, from: string, to: string): Promise<void> {
    if (!ticketId) return;
    await tx.execute(
      `UPDATE tickets SET preview = $4, version = version + 1, updated_at = now() WHERE workspace_id = $1 AND id = $2 AND preview = $3`,
      [workspaceId, ticketId, from, to],
    );
  }

  /** What the customer took back is not left standing in a list: the ticket keeps its place, the words go. */
  async forgetPreview(tx: Tx, workspaceId: string, ticketId: string | null, preview: string): Promise<void> {
    if (!ticketId || preview === '') return;
    await tx.execute(
      `UPDATE tickets SET preview = CASE WHEN preview = $3 THEN '' ELSE preview END,
         subject = CASE WHEN subject = $3 THEN '' ELSE subject END, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND $3 IN (preview, subject)`,
      [workspaceId, ticketId, preview],
    );
  }

  /** What an edit could not tell of the message it made. */
  async completeFromOriginal(
    tx: Tx,
    row: {
      workspaceId: string;
      channelId: string;
      messageId: string;
      externalId: string;
      networkAt: Date;
      subtype: string | null;
      parentExternalId: string | null;
      replyToExternalId: string | null;
      meta: Record<string, unknown> | null;
      attachments: readonly InboundAttachment[];
    },
  ): Promise<void> {
    // $1 workspace, $2 message, $3 channel, $4 external id, $5 network time, $6 subtype, $7 parent, $8 quoted, $9 facts
    await tx.execute(
      `WITH k AS (
         UPDATE message_keys SET made_by_edit = false WHERE workspace_id = $1 AND channel_id = $3 AND external_id = $4
       )
       UPDATE messages SET edited_at = coalesce(edited_at, network_at), network_at = $5, subtype = coalesce($6, subtype),
         parent_external_id = coalesce(parent_external_id, $7), meta = coalesce($9::jsonb, '{}') || coalesce(meta, '{}'),
         reply_to_message_id = coalesce(reply_to_message_id, (
           SELECT message_id FROM message_keys WHERE workspace_id = $1 AND channel_id = $3 AND external_id = $8))
       WHERE workspace_id = $1 AND id = $2`,
      [
        row.workspaceId,
        row.messageId,
        row.channelId,
        row.externalId,
        row.networkAt,
        row.subtype,
        row.parentExternalId,
        row.replyToExternalId,
        row.meta && cleanJson(row.meta),
      ],
    );
    const [{ count } = { count: 0 }] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM attachments WHERE workspace_id = $1 AND message_id = $2`,
      [row.workspaceId, row.messageId],
    );
    if (count === 0) await this.insertAttachments(tx, row.workspaceId, row.messageId, row.attachments);
  }

  /**
   * A message turns out to be older than it was taken for: where conversation and ticket had it as their latest, they
   * look again. Does nothing where something else is the latest.
   * @param tookFor the network time it had until now
   * @param preview words to show for a message without text or with a long one
   */
  async lookAgainForLatest(
    tx: Tx,
    message: { workspaceId: string; messageId: string; ticketId: string | null; tookFor: Date },
    preview: (text: string) => string,
  ): Promise<void> {
    // $1 workspace, $2 message, $3 the time it was taken for
    await tx.execute(
      `UPDATE conversations c SET version = c.version + 1,
         last_inbound_at = CASE WHEN c.last_inbound_at = $3 THEN l.inbound ELSE c.last_inbound_at END,
         last_message_at = CASE WHEN c.last_message_at = $3 THEN l.latest ELSE c.last_message_at END
       FROM (SELECT conversation_id, max(least(network_at, received_at)) AS latest,
                    max(least(network_at, received_at)) FILTER (WHERE direction = 'in') AS inbound
             FROM messages WHERE workspace_id = $1 AND direction <> 'note'
               AND conversation_id = (SELECT conversation_id FROM messages WHERE workspace_id = $1 AND id = $2)
             GROUP BY conversation_id) l
       WHERE c.workspace_id = $1 AND c.id = l.conversation_id AND $3 IN (c.last_inbound_at, c.last_message_at)`,
      [message.workspaceId, message.messageId, message.tookFor],
    );
    if (!message.ticketId) return;
    // $1 workspace, $2 ticket
    const [last] = await tx.query<{ text: string; direction: string; at: Date }>(
      `SELECT CASE WHEN m.text <> '' THEN m.text ELSE '[' || coalesce((SELECT kind FROM attachments a
                WHERE a.workspace_id = m.workspace_id AND a.message_id = m.id ORDER BY a.position LIMIT 1), m.subtype, 'message') || ']'
              END AS text, m.direction, least(m.network_at, m.received_at) AS at
       FROM messages m WHERE m.workspace_id = $1 AND m.ticket_id = $2 AND m.direction <> 'note' ORDER BY 3 DESC, m.seq DESC LIMIT 1`,
      [message.workspaceId, message.ticketId],
    );
    if (!last) return;
    // $1 workspace, $2 ticket, $3 the time it was taken for, $4 preview, $5 direction, $6 when
    await tx.execute(
      `UPDATE tickets SET preview = $4, preview_direction = $5, last_message_at = $6, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND last_message_at = $3`,
      [message.workspaceId, message.ticketId, message.tookFor, preview(last.text), last.direction, last.at],
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
