import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { languageOfText, previewOf } from '../inbox/tickets/ticket-texts';
import { cleanText } from '../text/clean';
import type { ChannelKind } from './channel';
import type { PersonFacts, PostFacts } from './describing';

/** Something the network can tell us more about. */
export interface Unknown {
  id: string;
  channelKind: ChannelKind;
}

/** A post or person still unknown, with the channel it is asked through. */
export interface Wanted {
  externalId: string;
  channelId: string;
  channelState: 'active' | 'needs_reconnect' | 'disabled';
  channelUpdatedAt: Date;
}

/** A message that got its words, with whom to tell. */
export interface DescribedMessage {
  conversationId: string;
  contactId: string;
  identityId: string | null;
  ticketId: string | null;
  version: number;
  teamId: string | null;
  assigneeId: string | null;
}

export interface DescribedConversation {
  conversationId: string;
  contactId: string;
  ticketId: string;
  teamId: string | null;
  assigneeId: string | null;
}

const UNKNOWN_POST = 'p.text IS NULL AND p.permalink IS NULL AND p.deleted_at IS NULL';
// whoever Meta withholds, guests of its chat plugin and visitors of our own widget have no profile anywhere
const UNKNOWN_PERSON = `i.name IS NULL AND i.handle IS NULL AND i.external_id !~ '^(withheld|visitor|user|user_ref):'`;
const UNKNOWN_MESSAGE = `m.meta->>'textUntold' = 'true' AND m.text = '' AND m.deleted_at IS NULL`;
const WANTED = `channel_id AS "channelId", ch.state AS "channelState", ch.updated_at AS "channelUpdatedAt"`;

const text = (value: string | undefined) => (value === undefined ? null : cleanText(value));

/** What is known of posts, people and messages, and what is filled in later. Only what is empty is ever written. */
@Injectable()
export class EnrichmentRepository {
  // Rows one by one by their keys: of a workspace it has no figures on yet the planner believes one row, and would read
  // the whole workspace for each conversation (OFFSET 0 keeps it from turning this into an ordinary join).
  unknownPosts(tx: Tx, workspaceId: string, conversationIds: readonly string[]): Promise<Unknown[]> {
    // $1 workspace, $2 conversations
    return tx.query<Unknown>(
      `SELECT DISTINCT p.id, ch.kind AS "channelKind" FROM unnest($2::uuid[]) AS k(id)
       CROSS JOIN LATERAL (SELECT post_id, channel_id FROM conversations WHERE workspace_id = $1 AND id = k.id OFFSET 0) c
       CROSS JOIN LATERAL (SELECT * FROM posts WHERE workspace_id = $1 AND id = c.post_id OFFSET 0) p
       JOIN channels ch ON ch.workspace_id = $1 AND ch.id = c.channel_id
       WHERE ${UNKNOWN_POST}`,
      [workspaceId, conversationIds],
      'enrich_unknown_posts',
    );
  }

  unknownPeople(tx: Tx, workspaceId: string, conversationIds: readonly string[]): Promise<Unknown[]> {
    // $1 workspace, $2 conversations
    return tx.query<Unknown>(
      `SELECT DISTINCT i.id, ch.kind AS "channelKind" FROM unnest($2::uuid[]) AS k(id)
       CROSS JOIN LATERAL (SELECT identity_id, channel_id FROM conversations WHERE workspace_id = $1 AND id = k.id OFFSET 0) c
       CROSS JOIN LATERAL (SELECT * FROM contact_identities WHERE workspace_id = $1 AND id = c.identity_id OFFSET 0) i
       JOIN channels ch ON ch.workspace_id = $1 AND ch.id = c.channel_id
       WHERE ${UNKNOWN_PERSON}`,
      [workspaceId, conversationIds],
      'enrich_unknown_people',
    );
  }

  unknownMessages(tx: Tx, workspaceId: string, conversationIds: readonly string[]): Promise<Unknown[]> {
    // $1 workspace, $2 conversations
    return tx.query<Unknown>(
      `SELECT m.id, ch.kind AS "channelKind" FROM messages m
       JOIN channels ch ON ch.workspace_id = m.workspace_id AND ch.id = m.channel_id
       WHERE m.workspace_id = $1 AND m.conversation_id = ANY($2) AND ${UNKNOWN_MESSAGE}`,
      [workspaceId, conversationIds],
    );
  }

  async newestConversations(tx: Tx, workspaceId: string, channelId: string, limit: number): Promise<string[]> {
    // $1 workspace, $2 channel, $3 how many
    const rows = await tx.query<{ id: string }>(
      'SELECT id FROM conversations WHERE workspace_id = $1 AND channel_id = $2 ORDER BY id DESC LIMIT $3',
      [workspaceId, channelId, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** The post, while it is still unknown. */
  async wantedPost(tx: Tx, workspaceId: string, id: string): Promise<Wanted | undefined> {
    const [row] = await tx.query<Wanted>(
      `SELECT p.external_id AS "externalId", p.${WANTED} FROM posts p
       JOIN channels ch ON ch.workspace_id = p.workspace_id AND ch.id = p.channel_id
       WHERE p.workspace_id = $1 AND p.id = $2 AND ${UNKNOWN_POST}`,
      [workspaceId, id],
    );
    return row;
  }

  /** The identity, while it is still unknown. */
  async wantedPerson(tx: Tx, workspaceId: string, id: string): Promise<Wanted | undefined> {
    const [row] = await tx.query<Wanted>(
      `SELECT i.external_id AS "externalId", i.${WANTED} FROM contact_identities i
       JOIN channels ch ON ch.workspace_id = i.workspace_id AND ch.id = i.channel_id
       WHERE i.workspace_id = $1 AND i.id = $2 AND ${UNKNOWN_PERSON}`,
      [workspaceId, id],
    );
    return row;
  }

  /** The message, while its words are still unknown. */
  async wantedMessage(tx: Tx, workspaceId: string, id: string): Promise<Wanted | undefined> {
    const [row] = await tx.query<Wanted>(
      `SELECT m.external_id AS "externalId", m.${WANTED} FROM messages m
       JOIN channels ch ON ch.workspace_id = m.workspace_id AND ch.id = m.channel_id
       WHERE m.workspace_id = $1 AND m.id = $2 AND ${UNKNOWN_MESSAGE}`,
      [workspaceId, id],
    );
    return row;
  }

  /** @returns false when there was nothing left to fill */
  async fillPost(tx: Tx, workspaceId: string, id: string, facts: PostFacts): Promise<boolean> {
    // $1 workspace, $2 post, $3 text, $4 link, $5 picture, $6 kind, $7 published
    const filled = await tx.execute(
      `UPDATE posts SET text = coalesce(text, $3), permalink = coalesce(permalink, $4), media_url = coalesce(media_url, $5),
                        kind = coalesce(kind, $6), published_at = coalesce(published_at, $7)
       WHERE workspace_id = $1 AND id = $2
         AND (text, permalink, media_url, kind, published_at) IS DISTINCT FROM
             (coalesce(text, $3), coalesce(permalink, $4), coalesce(media_url, $5), coalesce(kind, $6), coalesce(published_at, $7))`,
      [
        workspaceId,
        id,
        text(facts.text),
        text(facts.permalink),
        text(facts.mediaUrl),
        text(facts.kind),
        facts.publishedAt ?? null,
      ],
    );
    return filled > 0;
  }

  /** The newest conversations under a post, each with its newest ticket. */
  conversationsOf(tx: Tx, workspaceId: string, postId: string, limit: number): Promise<DescribedConversation[]> {
    // $1 workspace, $2 post, $3 how many
    return tx.query<DescribedConversation>(
      `SELECT c.id AS "conversationId", c.contact_id AS "contactId", t.id AS "ticketId", t.team_id AS "teamId",
              t.assignee_id AS "assigneeId"
       FROM (SELECT * FROM conversations WHERE workspace_id = $1 AND post_id = $2
             ORDER BY last_message_at DESC NULLS LAST LIMIT $3) c
       JOIN LATERAL (SELECT * FROM tickets WHERE workspace_id = $1 AND conversation_id = c.id
                     ORDER BY position DESC LIMIT 1) t ON true`,
      [workspaceId, postId, limit],
    );
  }

  /**
   * Gives a message its words, and its ticket where lists show the message or its subject came of it.
   * @returns the message with whom to tell; undefined when there was nothing left to fill
   */
  async fillMessage(tx: Tx, workspaceId: string, id: string, words: string): Promise<DescribedMessage | undefined> {
    const filled = cleanText(words);
    // $1 workspace, $2 message, $3 its words
    const [message] = await tx.query<DescribedMessage & { subtype: string | null }>(
      `UPDATE messages m SET text = $3, meta = m.meta - 'textUntold'
       FROM conversations c
       WHERE m.workspace_id = $1 AND m.id = $2 AND ${UNKNOWN_MESSAGE}
         AND c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       RETURNING m.conversation_id AS "conversationId", c.contact_id AS "contactId", c.identity_id AS "identityId",
         m.ticket_id AS "ticketId", m.version, m.subtype`,
      [workspaceId, id, filled],
    );
    if (!message?.ticketId) return message && { ...message, teamId: null, assigneeId: null };
    // $1 workspace, $2 ticket, $3 what stood in place of the words, $4 the words in one line, $5 their language
    const [ticket] = await tx.query<{ teamId: string | null; assigneeId: string | null }>(
      `UPDATE tickets SET preview = CASE WHEN preview = $3 THEN $4 ELSE preview END,
         subject = CASE WHEN subject = $3 THEN $4 ELSE subject END, language = coalesce(language, $5),
         version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 RETURNING team_id AS "teamId", assignee_id AS "assigneeId"`,
      [workspaceId, message.ticketId, `[${message.subtype ?? 'message'}]`, previewOf(filled), languageOfText(filled)],
    );
    return { ...message, teamId: ticket?.teamId ?? null, assigneeId: ticket?.assigneeId ?? null };
  }

  /**
   * Fills an identity and names its contact, unless it has a name by now.
   * @returns the contact, and whether this gave it its name; undefined when there was nothing left to fill
   */
  async fillPerson(tx: Tx, workspaceId: string, identityId: string, { name, handle, avatarUrl }: PersonFacts) {
    // $1 workspace, $2 identity, $3 name, $4 handle, $5 picture
    const [identity] = await tx.query<{ contactId: string; name: string | null; avatarUrl: string | null }>(
      `UPDATE contact_identities SET name = coalesce(name, $3), handle = coalesce(handle, $4), avatar_url = coalesce(avatar_url, $5)
       WHERE workspace_id = $1 AND id = $2
         AND (name, handle, avatar_url) IS DISTINCT FROM (coalesce(name, $3), coalesce(handle, $4), coalesce(avatar_url, $5))
       RETURNING contact_id AS "contactId", coalesce(name, handle) AS name, avatar_url AS "avatarUrl"`,
      [workspaceId, identityId, text(name), text(handle), text(avatarUrl)],
    );
    if (!identity) return undefined;
    // $1 workspace, $2 contact, $3 name, $4 picture
    const named = await tx.execute(
      `UPDATE contacts SET name = $3, avatar_url = coalesce(avatar_url, $4), version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND name IS NULL AND $3::text IS NOT NULL`,
      [workspaceId, identity.contactId, identity.name, identity.avatarUrl],
    );
    return { contactId: identity.contactId, named: named > 0 };
  }
}
