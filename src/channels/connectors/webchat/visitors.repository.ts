import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database';
import { hashKey, uuidv7 } from '../../../platform/ids';
import { type KnownProfile, type MessageRow, threadKeyOf, type VisitorSession } from './visitor';

interface SessionRow {
  id: string;
  workspace_id: string;
  channel_id: string;
  visitor_id: string;
  identified_as: string | null;
  profile: KnownProfile | null;
  last_seen_at: Date;
}

export interface NewSession extends VisitorSession {
  tokenHash: Buffer;
  addressKey: Buffer;
  now: Date;
  expiresAt: Date;
}

export interface Thread {
  id: string;
  lastSeq: number;
  handler: 'bot' | 'human';
}

const SESSION = 'id, workspace_id, channel_id, visitor_id, identified_as, profile, last_seen_at';
// not ended, not run out, and its channel not switched off; $2 is now
const ALIVE = `revoked_at IS NULL AND expires_at > $2
  AND EXISTS (SELECT 1 FROM channels c WHERE c.workspace_id = s.workspace_id AND c.id = s.channel_id AND c.state <> 'disabled')`;
const MESSAGE = `SELECT id, conversation_id, seq, external_id, author_kind, author_name, text, received_at, version, edited_at, deleted_at
  FROM messages`;
// what is written between agents, and what an echo doubled, stays with us
const SHOWN = `direction IN ('in', 'out') AND visibility <> 'internal' AND subtype IS DISTINCT FROM 'duplicate'`;

/** The SQL of the widget. A visitor reaches rows only through a thread key made from their own session. */
@Injectable()
export class VisitorsRepository {
  /** One change at a time for a person on a channel, on all nodes, until the transaction ends. Several: in a fixed order. */
  async lockPeople(tx: Tx, channelId: string, people: readonly string[]): Promise<void> {
    // $1 channel and people
    await tx.query(
      `SELECT pg_advisory_xact_lock(hashtextextended(name, 7)) FROM (SELECT DISTINCT name FROM unnest($1::text[]) name ORDER BY name) names`,
      [people.map((person) => `webchat:${channelId}:${person}`)],
      'webchat_lock',
    );
  }

  async session(tx: Tx, tokenHash: Buffer, now: Date): Promise<(VisitorSession & { lastSeenAt: Date }) | undefined> {
    // $1 hash of the token, $2 now
    const [row] = await tx.query<SessionRow>(
      `SELECT ${SESSION} FROM webchat_sessions s WHERE token_hash = $1 AND ${ALIVE}`,
      [tokenHash, now],
      'webchat_session',
    );
    return row && { ...sessionOf(row), lastSeenAt: row.last_seen_at };
  }

  /** Which of these sessions are still good. */
  async alive(tx: Tx, ids: readonly string[], now: Date): Promise<Set<string>> {
    // $1 sessions, $2 now
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM webchat_sessions s WHERE id = ANY($1) AND ${ALIVE}`,
      [ids, now],
      'webchat_sessions_alive',
    );
    return new Set(rows.map((row) => row.id));
  }

  async insertSession(tx: Tx, session: NewSession): Promise<void> {
    await tx.execute(
      `INSERT INTO webchat_sessions (workspace_id, token_hash, id, channel_id, visitor_id, identified_as, profile, address_key,
                                     created_at, last_seen_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`,
      [
        session.workspaceId,
        session.tokenHash,
        session.id,
        session.channelId,
        session.visitorId,
        session.identifiedAs,
        session.profile && JSON.stringify(session.profile),
        session.addressKey,
        session.now,
        session.expiresAt,
      ],
    );
  }

  async slide(tx: Tx, session: VisitorSession, now: Date, expiresAt: Date): Promise<void> {
    await tx.execute(
      `UPDATE webchat_sessions SET last_seen_at = $3, expires_at = $4 WHERE workspace_id = $1 AND id = $2`,
      [session.workspaceId, session.id, now, expiresAt],
    );
  }

  async revoke(tx: Tx, session: VisitorSession, now: Date): Promise<void> {
    await tx.execute(
      `UPDATE webchat_sessions SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL`,
      [session.workspaceId, session.id, now],
    );
  }

  /** Sessions nobody can use any more, a few at a time. */
  async sweep(tx: Tx, workspaceId: string, before: Date): Promise<void> {
    // $1 workspace, $2 expired before
    await tx.execute(
      `DELETE FROM webchat_sessions WHERE workspace_id = $1 AND id IN (
         SELECT id FROM webchat_sessions WHERE workspace_id = $1 AND expires_at < $2 LIMIT 100 FOR UPDATE SKIP LOCKED)`,
      [workspaceId, before],
    );
  }

  /** When an address last brought new anonymous visitors, newest first. */
  async newcomers(tx: Tx, workspaceId: string, channelId: string, addressKey: Buffer, limit: number): Promise<Date[]> {
    const rows = await tx.query<{ created_at: Date }>(
      `SELECT created_at FROM webchat_sessions
       WHERE workspace_id = $1 AND channel_id = $2 AND address_key = $3 AND identified_as IS NULL ORDER BY created_at DESC LIMIT $4`,
      [workspaceId, channelId, addressKey, limit],
    );
    return rows.map((row) => row.created_at);
  }

  /** @returns false when this browser sent it before */
  async claimKey(tx: Tx, workspaceId: string, channelId: string, externalId: string): Promise<boolean> {
    const made = await tx.execute(
      'INSERT INTO event_keys (workspace_id, channel_id, key_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [workspaceId, channelId, hashKey(externalId)],
      'webchat_key',
    );
    return made === 1;
  }

  async messageByExternalId(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    externalId: string,
  ): Promise<MessageRow | undefined> {
    const [row] = await tx.query<MessageRow>(
      `${MESSAGE} WHERE workspace_id = $1 AND id = (SELECT message_id FROM message_keys WHERE workspace_id = $1 AND channel_id = $2 AND external_id = $3)`,
      [workspaceId, channelId, externalId],
    );
    return row;
  }

  async thread(tx: Tx, workspaceId: string, channelId: string, person: string): Promise<Thread | undefined> {
    const [row] = await tx.query<{ id: string; last_seq: number; handler: 'bot' | 'human' }>(
      'SELECT id, last_seq, handler FROM conversations WHERE workspace_id = $1 AND channel_id = $2 AND thread_key = $3',
      [workspaceId, channelId, threadKeyOf(person)],
      'webchat_thread',
    );
    return row && { id: row.id, lastSeq: row.last_seq, handler: row.handler };
  }

  /** Where conversations stand, to find who waits for them. */
  threadsById(tx: Tx, workspaceId: string, ids: readonly string[]) {
    return tx.query<{ id: string; channel_id: string; thread_key: string }>(
      'SELECT id, channel_id, thread_key FROM conversations WHERE workspace_id = $1 AND id = ANY($2)',
      [workspaceId, ids],
      'webchat_threads',
    );
  }

  async conversationOfTicket(tx: Tx, workspaceId: string, ticketId: string): Promise<string | undefined> {
    const [row] = await tx.query<{ conversation_id: string }>(
      'SELECT conversation_id FROM tickets WHERE workspace_id = $1 AND id = $2',
      [workspaceId, ticketId],
      'webchat_ticket',
    );
    return row?.conversation_id;
  }

  /** When the visitor last wrote, newest first. */
  async lastWritten(tx: Tx, workspaceId: string, conversationId: string, limit: number): Promise<Date[]> {
    const rows = await tx.query<{ received_at: Date }>(
      `SELECT received_at FROM messages WHERE workspace_id = $1 AND conversation_id = $2 AND direction = 'in' ORDER BY seq DESC LIMIT $3`,
      [workspaceId, conversationId, limit],
      'webchat_last_written',
    );
    return rows.map((row) => row.received_at);
  }

  /** Ascending. After a place: from there on; else the newest, before a place when one is given. */
  async page(
    tx: Tx,
    workspaceId: string,
    conversationId: string,
    at: { after?: number; before?: number },
    limit: number,
  ): Promise<MessageRow[]> {
    const forward = at.after !== undefined;
    // $1 workspace, $2 conversation, $3 after, $4 before, $5 how many
    return tx.query<MessageRow>(
      `SELECT * FROM (${MESSAGE} WHERE workspace_id = $1 AND conversation_id = $2 AND seq > $3 AND seq < $4 AND ${SHOWN}
         ORDER BY seq ${forward ? 'ASC' : 'DESC'} LIMIT $5) page ORDER BY seq`,
      [workspaceId, conversationId, at.after ?? 0, at.before ?? 2_147_483_647, limit],
      forward ? 'webchat_after' : 'webchat_before',
    );
  }

  /** Of these messages, those a visitor may see. */
  async shown(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<MessageRow[]> {
    return tx.query<MessageRow>(
      `${MESSAGE} WHERE workspace_id = $1 AND id = ANY($2) AND ${SHOWN}`,
      [workspaceId, ids],
      'webchat_shown',
    );
  }

  /** The anonymous visitor turns out to be a user nobody wrote as before: identity and thread become the user's. */
  async rename(tx: Tx, workspaceId: string, channelId: string, from: string, to: string): Promise<void> {
    // $1 workspace, $2 channel, $3 old and $4 new id, $5 old and $6 new thread
    await tx.execute(
      `WITH renamed AS (
         UPDATE contact_identities SET external_id = $4
         WHERE workspace_id = $1 AND channel_id = $2 AND external_id = $3
           AND NOT EXISTS (SELECT 1 FROM contact_identities WHERE workspace_id = $1 AND channel_id = $2 AND external_id = $4)
         RETURNING id
       )
       UPDATE conversations c SET thread_key = $6, version = version + 1 FROM renamed
       WHERE c.workspace_id = $1 AND c.channel_id = $2 AND c.thread_key = $5 AND c.identity_id = renamed.id`,
      [workspaceId, channelId, from, to, threadKeyOf(from), threadKeyOf(to)],
    );
  }

  async contactOf(tx: Tx, workspaceId: string, channelId: string, person: string): Promise<string | undefined> {
    const [row] = await tx.query<{ contact_id: string }>(
      'SELECT contact_id FROM contact_identities WHERE workspace_id = $1 AND channel_id = $2 AND external_id = $3',
      [workspaceId, channelId, person],
    );
    return row?.contact_id;
  }

  /** For a person who leaves an address before writing anything. The caller holds the person's lock. */
  async makeContact(tx: Tx, workspaceId: string, channelId: string, person: string): Promise<string> {
    const contactId = uuidv7();
    await tx.execute('INSERT INTO contacts (workspace_id, id) VALUES ($1, $2)', [workspaceId, contactId]);
    await tx.execute(
      'INSERT INTO contact_identities (workspace_id, id, contact_id, channel_id, external_id) VALUES ($1, $2, $3, $4, $5)',
      [workspaceId, uuidv7(), contactId, channelId, person],
    );
    return contactId;
  }

  /**
   * What the site signed is true and verified; what came in a form fills gaps and replaces what nobody verified.
   * @returns names of the fields that changed
   */
  async learn(tx: Tx, workspaceId: string, contactId: string, known: KnownProfile, now: Date): Promise<string[]> {
    // $1 workspace, $2 contact, $3 name, $4 e-mail, $5 phone, $6 whether it was signed, $7 now
    const [row] = await tx.query<{ fields: string[] }>(
      `WITH before AS (SELECT * FROM contacts WHERE workspace_id = $1 AND id = $2 FOR UPDATE),
       after AS (
         SELECT CASE WHEN $6::boolean THEN coalesce($3::text, name) ELSE coalesce(name, $3) END AS name,
                CASE WHEN $4::text IS NULL OR (NOT $6 AND email_verified_at IS NOT NULL) THEN email ELSE $4 END AS email,
                CASE WHEN $6 AND $4 IS NOT NULL AND (email IS DISTINCT FROM $4 OR email_verified_at IS NULL) THEN $7::timestamptz ELSE email_verified_at END AS email_verified_at,
                CASE WHEN $5::text IS NULL OR (NOT $6 AND phone_verified_at IS NOT NULL) THEN phone ELSE $5 END AS phone,
                CASE WHEN $6 AND $5 IS NOT NULL AND (phone IS DISTINCT FROM $5 OR phone_verified_at IS NULL) THEN $7 ELSE phone_verified_at END AS phone_verified_at
         FROM before
       ), changed AS (
         SELECT array_remove(ARRAY[
           CASE WHEN a.name IS DISTINCT FROM b.name THEN 'name' END,
           CASE WHEN a.email IS DISTINCT FROM b.email THEN 'email' END,
           CASE WHEN a.email_verified_at IS DISTINCT FROM b.email_verified_at THEN 'emailVerifiedAt' END,
           CASE WHEN a.phone IS DISTINCT FROM b.phone THEN 'phone' END,
           CASE WHEN a.phone_verified_at IS DISTINCT FROM b.phone_verified_at THEN 'phoneVerifiedAt' END], NULL) AS fields
         FROM after a, before b
       ), written AS (
         UPDATE contacts c SET name = a.name, email = a.email, email_verified_at = a.email_verified_at, phone = a.phone,
                phone_verified_at = a.phone_verified_at, version = version + 1, updated_at = $7
         FROM after a, changed WHERE c.workspace_id = $1 AND c.id = $2 AND cardinality(changed.fields) > 0
       )
       SELECT fields FROM changed`,
      [workspaceId, contactId, known.name ?? null, known.email ?? null, known.phone ?? null, known.trusted, now],
    );
    return row?.fields ?? [];
  }

  /** Whether somebody who could answer is there: of the channel's team, or of the workspace where no team owns it. */
  async online(tx: Tx, workspaceId: string, teamId: string | null, now: Date): Promise<boolean> {
    const [row] = await tx.query<{ online: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM agent_presence p
         WHERE p.workspace_id = $1 AND p.state = 'online' AND p.expires_at > $3
           AND ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM team_members m WHERE m.workspace_id = $1 AND m.team_id = $2 AND m.agent_id = p.agent_id))
       ) AS online`,
      [workspaceId, teamId, now],
      'webchat_online',
    );
    return row?.online ?? false;
  }
}

const sessionOf = (row: SessionRow): VisitorSession => ({
  id: row.id,
  workspaceId: row.workspace_id,
  channelId: row.channel_id,
  visitorId: row.visitor_id,
  identifiedAs: row.identified_as,
  profile: row.profile,
});
