import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { columnsOf, pick } from './columns';
import type { ConversationRow, IdentityRow, LockedConversation } from './intake-rows';
import type { SurveyKind } from './survey-score';

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
  joined_ticket_id: string | null;
  last_message_at: Date | null;
  last_inbound_at: Date | null;
  last_inbound_message_id: string | null;
  last_outbound_at: Date | null;
  handler: 'bot' | 'human';
  survey_until: Date | null;
  survey_kind: SurveyKind | null;
  merged_into_id: string | null;
}

export interface ThreadName {
  workspaceId: string;
  channelId: string;
  threadKey: string;
}

export interface FoundThread {
  channelId: string;
  threadKey: string;
  id: string;
  contactId: string;
  /** A conversation under the very key, where another has it as one of its names. */
  beside: string | null;
}

const NEW = ['workspaceId', 'id', 'channelId', 'brandId', 'identityId', 'kind', 'postId', 'threadKey'] as const;

/** The SQL of threads: which conversation a key leads to, made, found and locked for the whole batch. */
@Injectable()
export class IntakeThreadsRepository {
  /**
   * Makes the conversations that are missing, each with whom its identity belongs to: the identity is held until commit, so
   * that a person who is merged into another at this moment takes it along. A key that is another conversation's name makes
   * none.
   * @returns those made
   */
  async make(tx: Tx, wanted: readonly ConversationRow[]): Promise<Set<string>> {
    if (wanted.length === 0) return new Set();
    // $1 workspaces, $2 ids, $3 channels, $4 brands, $5 identities, $6 kinds, $7 posts, $8 thread keys
    const made = await tx.query<{ id: string }>(
      `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, post_id, thread_key)
       SELECT u.workspace_id, u.id, u.channel_id, u.brand_id, i.contact_id, i.id, u.kind, u.post_id, u.thread_key
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[])
         AS u(workspace_id, id, channel_id, brand_id, identity_id, kind, post_id, thread_key)
       JOIN contact_identities i ON i.workspace_id = u.workspace_id AND i.id = u.identity_id
       WHERE NOT EXISTS (SELECT 1 FROM conversation_aliases a
           WHERE a.workspace_id = u.workspace_id AND a.channel_id = u.channel_id AND a.thread_key = u.thread_key)
         AND NOT EXISTS (SELECT 1 FROM conversations o
           WHERE o.workspace_id = u.workspace_id AND o.channel_id = u.channel_id AND o.thread_key = u.thread_key)
       ORDER BY u.workspace_id, u.channel_id, u.thread_key FOR SHARE OF i
       ON CONFLICT ON CONSTRAINT conversations_thread_key DO NOTHING
       RETURNING id`,
      columnsOf(wanted, NEW),
      'intake_conversations_make',
    );
    return new Set(pick(made, 'id'));
  }

  /** Where keys lead. A name comes before a key: it is only ever given to a conversation when none has it as its key. */
  async find(tx: Tx, threads: readonly ThreadName[]): Promise<FoundThread[]> {
    if (threads.length === 0) return [];
    // $1 workspaces, $2 channels, $3 thread keys (threewise)
    const rows = await tx.query<{
      channel_id: string;
      thread_key: string;
      id: string;
      contact_id: string;
      beside: string | null;
    }>(
      `SELECT u.channel_id, u.thread_key, coalesce(n.id, c.id) AS id, coalesce(n.contact_id, c.contact_id) AS contact_id,
              CASE WHEN n.id <> c.id THEN c.id END AS beside
       FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, channel_id, thread_key)
       LEFT JOIN conversations c USING (workspace_id, channel_id, thread_key)
       LEFT JOIN conversation_aliases a USING (workspace_id, channel_id, thread_key)
       LEFT JOIN conversations n ON n.workspace_id = a.workspace_id AND n.id = a.conversation_id
       WHERE coalesce(n.id, c.id) IS NOT NULL`,
      columnsOf(threads, ['workspaceId', 'channelId', 'threadKey']),
      'intake_conversations_find',
    );
    return rows.map((r) => ({
      channelId: r.channel_id,
      threadKey: r.thread_key,
      id: r.id,
      contactId: r.contact_id,
      beside: r.beside,
    }));
  }

  /** Conversations by id, of these channels only. */
  async byId(tx: Tx, wanted: readonly { workspaceId: string; channelId: string; id: string }[]) {
    // $1 workspaces, $2 channels, $3 ids (threewise)
    const rows = await tx.query<{ id: string; contact_id: string }>(
      `SELECT c.id, c.contact_id FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS u(workspace_id, channel_id, id)
       JOIN conversations c USING (workspace_id, channel_id, id)`,
      columnsOf(wanted, ['workspaceId', 'channelId', 'id']),
      'intake_conversations_by_id',
    );
    return new Map(rows.map((row) => [row.id, { id: row.id, contactId: row.contact_id }]));
  }

  async ofTicket(tx: Tx, workspaceId: string, number: number): Promise<string | undefined> {
    const [row] = await tx.query<{ conversation_id: string }>(
      `SELECT conversation_id FROM tickets WHERE workspace_id = $1 AND number = $2`,
      [workspaceId, number],
      'intake_ticket_number',
    );
    return row?.conversation_id;
  }

  /** Who of these has written in which of these conversations. */
  async writers(tx: Tx, pairs: readonly { workspaceId: string; id: string; contactId: string }[]) {
    if (pairs.length === 0) return [];
    // $1 workspaces, $2 conversations, $3 contacts (threewise)
    return tx.query<{ id: string; contact_id: string }>(
      `SELECT u.id, u.contact_id FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS u(workspace_id, id, contact_id)
       WHERE EXISTS (SELECT 1 FROM messages m WHERE m.workspace_id = u.workspace_id AND m.conversation_id = u.id
                       AND m.direction = 'in' AND m.author_id = u.contact_id)`,
      columnsOf(pairs, ['workspaceId', 'id', 'contactId']),
      'intake_writers',
    );
  }

  /** Takes back conversations made a moment ago in this transaction, which nothing belongs to. */
  async unmake(tx: Tx, workspaceIds: readonly string[], ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    // $1 workspaces, $2 conversations
    await tx.execute(`DELETE FROM conversations WHERE workspace_id = ANY($1) AND id = ANY($2)`, [workspaceIds, ids]);
  }

  /** Gives conversations further names. A name that is taken stays where it is. */
  async learn(tx: Tx, names: readonly (ThreadName & { conversationId: string })[]): Promise<void> {
    if (names.length === 0) return;
    // $1 workspaces, $2 channels, $3 thread keys, $4 conversations
    await tx.execute(
      `INSERT INTO conversation_aliases (workspace_id, channel_id, thread_key, conversation_id)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) AS u(workspace_id, channel_id, thread_key, conversation_id)
       ORDER BY workspace_id, channel_id, thread_key ON CONFLICT DO NOTHING`,
      columnsOf(names, ['workspaceId', 'channelId', 'threadKey', 'conversationId']),
    );
  }

  /** All conversations of a person are found by keys with their new id in the place of the former one. */
  async learnNewId(tx: Tx, person: IdentityRow, former: string): Promise<void> {
    // $1 workspace, $2 channel, $3 contact, $4 identity, $5 former and $6 new id
    await tx.execute(
      `INSERT INTO conversation_aliases (workspace_id, channel_id, thread_key, conversation_id)
       SELECT DISTINCT ON (key) workspace_id, channel_id, key, id FROM (
         SELECT c.workspace_id, c.channel_id, c.id, c.thread_key,
                substr(replace(':' || c.thread_key || ':', ':' || $5 || ':', ':' || $6 || ':'), 2,
                       length(replace(':' || c.thread_key || ':', ':' || $5 || ':', ':' || $6 || ':')) - 2) AS key
         FROM conversations c WHERE c.workspace_id = $1 AND c.channel_id = $2 AND c.contact_id = $3 AND c.identity_id = $4
       ) renamed
       WHERE key <> thread_key AND NOT EXISTS (SELECT 1 FROM conversations o
         WHERE o.workspace_id = $1 AND o.channel_id = $2 AND o.thread_key = key)
       ORDER BY key, id
       ON CONFLICT DO NOTHING`,
      [person.workspaceId, person.channelId, person.contactId, person.id, former, person.externalId],
    );
  }

  /** Locks conversations in id order. */
  async lock(tx: Tx, wanted: readonly { workspaceId: string; id: string }[]): Promise<LockedConversation[]> {
    if (wanted.length === 0) return [];
    // $1 workspaces, $2 ids (pairwise)
    const rows = await tx.query<RawConversation>(
      `SELECT c.workspace_id, c.id, c.channel_id, c.brand_id, c.contact_id, c.identity_id, c.kind, c.post_id, c.thread_key,
              c.last_seq, c.ticket_count, c.last_message_at, c.last_inbound_at, c.last_inbound_message_id, c.last_outbound_at, c.handler,
              c.joined_ticket_id, c.survey_until, c.survey_kind, c.merged_into_id
       FROM conversations c
       WHERE (c.workspace_id, c.id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[])) ORDER BY c.id FOR UPDATE`,
      columnsOf(wanted, ['workspaceId', 'id']),
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
      joinedTicketId: r.joined_ticket_id,
      lastMessageAt: r.last_message_at,
      lastInboundAt: r.last_inbound_at,
      lastInboundMessageId: r.last_inbound_message_id,
      lastOutboundAt: r.last_outbound_at,
      handler: r.handler,
      surveyUntil: r.survey_until,
      surveyKind: r.survey_kind,
      mergedIntoId: r.merged_into_id,
    }));
  }

  async save(tx: Tx, rows: readonly LockedConversation[]): Promise<void> {
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
      columnsOf(rows, [
        'workspaceId',
        'id',
        'lastSeq',
        'ticketCount',
        'lastMessageAt',
        'lastInboundAt',
        'lastInboundMessageId',
        'handler',
        'lastOutboundAt',
      ]),
      'intake_conversations_save',
    );
  }
}
