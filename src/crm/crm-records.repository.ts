import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { PersonLink } from './crm-links.repository';

/** A channel's kind and its id at the network: the scope of native ids. */
interface Origin {
  network: string;
  account: string;
}

export interface IdentityRow extends Origin {
  externalId: string;
  handle: string | null;
  name: string | null;
}

export interface ContactRow {
  id: string;
  name: string | null;
  phone: string | null;
  phoneVerified: boolean;
  email: string | null;
  emailVerified: boolean;
  version: number;
  /** Oldest first; empty once merged into another contact. */
  identities: IdentityRow[];
  /** Null before the first sync. */
  link: PersonLink | null;
  /** Whether it is in the CRM already. */
  written: boolean;
}

export interface ConversationRow extends Origin {
  id: string;
  contactId: string;
  kind: 'comment' | 'dm';
  threadKey: string;
  identityExternalId: string;
  channelName: string;
  ticketId: string | null;
  status: string | null;
  priority: string | null;
  assignee: string | null;
  firstResponseMs: number | null;
  messageCount: number;
  firstAt: Date | null;
  lastAt: Date | null;
  lastText: string | null;
  postUrl: string | null;
  version: number;
  link: PersonLink | null;
}

export interface MessageRow extends Origin {
  id: string;
  conversationId: string;
  threadKey: string;
  kind: 'comment' | 'dm';
  seq: number;
  direction: 'in' | 'out' | 'note';
  authorKind: string;
  author: string | null;
  externalId: string | null;
  text: string;
  mediaUrls: string[];
  networkAt: Date;
  editedAt: Date | null;
  deleted: boolean;
  deliveryState: string | null;
  version: number;
  written: boolean;
}

export interface CallRow extends Origin {
  id: string;
  conversationId: string;
  contactId: string;
  /** The attempt's and its promise's. */
  attemptId: string;
  outcome: string;
  agent: string | null;
  note: string | null;
  recordingUrl: string | null;
  durationMs: number | null;
  providerCallId: string | null;
  day: string;
  conversationRemoteId: string | null;
  link: PersonLink | null;
  written: boolean;
}

const LINK = `CASE WHEN l.entity_id IS NOT NULL THEN
  jsonb_build_object('method', l.match_method, 'type', l.matched_type, 'id', l.matched_id) END`;

/** Reads of the inbox for the sync: always as things are now. Rows come in the order their ids are asked for. */
@Injectable()
export class CrmRecordsRepository {
  contacts(tx: Tx, workspaceId: string, connectionId: string, ids: readonly string[]): Promise<ContactRow[]> {
    // $1 workspace, $2 connection, $3 contacts
    return tx.query<ContactRow>(
      `SELECT c.id, c.name, c.phone, c.phone_verified_at IS NOT NULL AS "phoneVerified", c.email,
              c.email_verified_at IS NOT NULL AS "emailVerified", c.version, coalesce(i.identities, '[]') AS identities,
              ${LINK} AS link, coalesce(l.remote_id <> '', false) AS written
       FROM unnest($3::uuid[]) WITH ORDINALITY AS u(id, n)
       JOIN contacts c ON c.workspace_id = $1 AND c.id = u.id
       LEFT JOIN crm_links l ON l.workspace_id = $1 AND l.connection_id = $2 AND l.entity = 'contact' AND l.entity_id = c.id
       LEFT JOIN LATERAL (
         SELECT jsonb_agg(jsonb_build_object('network', h.kind, 'account', h.external_id, 'externalId', i.external_id,
                          'handle', i.handle, 'name', i.name) ORDER BY i.created_at, i.id) AS identities
         FROM contact_identities i JOIN channels h ON h.workspace_id = i.workspace_id AND h.id = i.channel_id
         WHERE i.workspace_id = $1 AND i.contact_id = c.id
       ) i ON true
       ORDER BY u.n`,
      [workspaceId, connectionId, ids],
      'crm_read_contacts',
    );
  }

  conversations(tx: Tx, workspaceId: string, connectionId: string, ids: readonly string[]): Promise<ConversationRow[]> {
    // $1 workspace, $2 connection, $3 conversations
    return tx.query<ConversationRow>(
      `SELECT c.id, i.contact_id AS "contactId", c.kind, c.thread_key AS "threadKey", h.kind AS network,
              h.external_id AS account, h.name AS "channelName", i.external_id AS "identityExternalId",
              t.id AS "ticketId", t.status, t.priority, a.name AS assignee,
              (extract(epoch FROM t.first_responded_at - t.created_at) * 1000)::float8 AS "firstResponseMs",
              m.count AS "messageCount", m.first_at AS "firstAt", m.last_at AS "lastAt", last.text AS "lastText",
              p.permalink AS "postUrl", c.version, ${LINK} AS link
       FROM unnest($3::uuid[]) WITH ORDINALITY AS u(id, n)
       JOIN conversations c ON c.workspace_id = $1 AND c.id = u.id
       JOIN contact_identities i ON i.workspace_id = $1 AND i.id = c.identity_id
       JOIN channels h ON h.workspace_id = $1 AND h.id = c.channel_id
       LEFT JOIN posts p ON p.workspace_id = $1 AND p.id = c.post_id
       LEFT JOIN crm_links l ON l.workspace_id = $1 AND l.connection_id = $2 AND l.entity = 'contact' AND l.entity_id = i.contact_id
       LEFT JOIN LATERAL (
         SELECT id, status, priority, assignee_id, first_responded_at, created_at FROM tickets
         WHERE workspace_id = $1 AND conversation_id = c.id ORDER BY position DESC LIMIT 1
       ) t ON true
       LEFT JOIN agents a ON a.workspace_id = $1 AND a.id = t.assignee_id
       LEFT JOIN LATERAL (
         SELECT count(*)::int AS count, min(network_at) AS first_at, max(network_at) AS last_at FROM messages
         WHERE workspace_id = $1 AND conversation_id = c.id AND direction <> 'note'
       ) m ON true
       LEFT JOIN LATERAL (
         SELECT text FROM messages
         WHERE workspace_id = $1 AND conversation_id = c.id AND direction <> 'note' AND deleted_at IS NULL
         ORDER BY seq DESC LIMIT 1
       ) last ON true
       ORDER BY u.n`,
      [workspaceId, connectionId, ids],
      'crm_read_conversations',
    );
  }

  messages(tx: Tx, workspaceId: string, connectionId: string, ids: readonly string[]): Promise<MessageRow[]> {
    // $1 workspace, $2 connection, $3 messages
    return tx.query<MessageRow>(
      `SELECT m.id, m.conversation_id AS "conversationId", c.thread_key AS "threadKey", c.kind, h.kind AS network,
              h.external_id AS account, m.seq, m.direction, m.author_kind AS "authorKind",
              coalesce(m.author_name, CASE m.author_kind WHEN 'agent' THEN a.name WHEN 'contact' THEN coalesce(k.name, i.name) END) AS author,
              m.external_id AS "externalId", m.text, coalesce(f.urls, '{}') AS "mediaUrls", m.network_at AS "networkAt",
              m.edited_at AS "editedAt", m.deleted_at IS NOT NULL AS deleted, m.delivery_state AS "deliveryState", m.version,
              l.entity_id IS NOT NULL AS written
       FROM unnest($3::uuid[]) WITH ORDINALITY AS u(id, n)
       JOIN messages m ON m.workspace_id = $1 AND m.id = u.id
       JOIN conversations c ON c.workspace_id = $1 AND c.id = m.conversation_id
       JOIN contact_identities i ON i.workspace_id = $1 AND i.id = c.identity_id
       JOIN contacts k ON k.workspace_id = $1 AND k.id = i.contact_id
       JOIN channels h ON h.workspace_id = $1 AND h.id = c.channel_id
       LEFT JOIN agents a ON a.workspace_id = $1 AND a.id = m.author_id AND m.author_kind = 'agent'
       LEFT JOIN crm_links l ON l.workspace_id = $1 AND l.connection_id = $2 AND l.entity = 'message' AND l.entity_id = m.id
       LEFT JOIN LATERAL (
         SELECT array_agg(url ORDER BY position) AS urls FROM attachments
         WHERE workspace_id = $1 AND message_id = m.id AND url IS NOT NULL AND keep_until IS NULL -- what must go is not handed on
       ) f ON true
       ORDER BY u.n`,
      [workspaceId, connectionId, ids],
      'crm_read_messages',
    );
  }

  /** Attempts at calls that have an outcome, each by the note that tells of it. */
  calls(tx: Tx, workspaceId: string, connectionId: string, ids: readonly string[]): Promise<CallRow[]> {
    // $1 workspace, $2 connection, $3 notes
    return tx.query<CallRow>(
      `SELECT m.id, m.conversation_id AS "conversationId", p.contact_id AS "contactId", a.id AS "attemptId", h.kind AS network,
              h.external_id AS account, a.outcome, g.name AS agent, a.note, a.recording_url AS "recordingUrl",
              a.duration_ms AS "durationMs", a.agent_call_id AS "providerCallId",
              to_char(a.started_at AT TIME ZONE p.time_zone, 'YYYY-MM-DD') AS day,
              (SELECT v.remote_id FROM crm_links v WHERE v.workspace_id = $1 AND v.connection_id = $2 AND v.entity = 'conversation'
                 AND v.entity_id = m.conversation_id AND v.remote_id <> '') AS "conversationRemoteId",
              ${LINK} AS link,
              EXISTS (SELECT FROM crm_links w WHERE w.workspace_id = $1 AND w.connection_id = $2 AND w.entity = 'call'
                        AND w.entity_id = m.id) AS written
       FROM unnest($3::uuid[]) WITH ORDINALITY AS u(id, n)
       JOIN messages m ON m.workspace_id = $1 AND m.id = u.id
       JOIN call_promises p ON p.workspace_id = $1 AND p.id = (m.meta->>'callId')::uuid
       JOIN call_attempts a ON a.workspace_id = $1 AND a.promise_id = p.id AND a.message_id = m.id AND a.outcome IS NOT NULL
       JOIN channels h ON h.workspace_id = $1 AND h.id = m.channel_id
       LEFT JOIN agents g ON g.workspace_id = $1 AND g.id = a.agent_id
       LEFT JOIN crm_links l ON l.workspace_id = $1 AND l.connection_id = $2 AND l.entity = 'contact' AND l.entity_id = p.contact_id
       ORDER BY u.n`,
      [workspaceId, connectionId, ids],
      'crm_read_calls',
    );
  }

  /** Who is shown these contacts: the audiences of their tickets, each contact's together. */
  async audiences(tx: Tx, workspaceId: string, contactIds: readonly string[]): Promise<Map<string, TicketPlace[]>> {
    // $1 workspace, $2 contacts
    const rows = await tx.query<TicketPlace & { contact_id: string }>(
      `SELECT contact_id, id, team_id AS "teamId", assignee_id AS "assigneeId" FROM tickets
       WHERE workspace_id = $1 AND contact_id = ANY($2) AND status <> 'closed' LIMIT 1000`,
      [workspaceId, contactIds],
    );
    const places = new Map<string, TicketPlace[]>();
    for (const { contact_id, ...place } of rows) places.set(contact_id, [...(places.get(contact_id) ?? []), place]);
    return places;
  }

  async contactExists(tx: Tx, workspaceId: string, contactId: string): Promise<boolean> {
    // $1 workspace, $2 contact
    const rows = await tx.query('SELECT 1 FROM contacts WHERE workspace_id = $1 AND id = $2', [workspaceId, contactId]);
    return rows.length > 0;
  }
}

export interface TicketPlace {
  id: string;
  teamId: string | null;
  assigneeId: string | null;
}
