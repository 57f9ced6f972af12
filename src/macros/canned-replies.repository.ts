import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { spokeLast } from '../inbox/conversations/spoke-last';
import { type Tx, violatedConstraint } from '../platform/database';
import { DomainError } from '../platform/errors';
import { hasRoom } from '../platform/room';
import type { Texts } from './canned-texts';
import { mine, type Whose } from './whose';

export interface CannedReply extends Whose {
  id: string;
  shortcut: string;
  title: string;
  texts: Texts;
  version: number;
  usedCount: number;
  lastUsedAt: Date | null;
  updatedAt: Date;
}

/** What the variables of a text stand for. */
export interface TextFacts {
  number: number;
  ticketLanguage: string | null;
  contactName: string | null;
  contactLocale: string | null;
  brandName: string;
  channelName: string;
  workspaceName: string;
  workspaceLocale: string;
  timeZone: string;
}

/** Where a message stands, and who answers there. */
export interface MessageThread {
  conversationId: string;
  handler: 'bot' | 'human';
}

const REPLY = `c.id, c.shortcut, c.title, c.scope, c.team_id AS "teamId", c.owner_id AS "ownerId", c.texts, c.version,
  c.used_count AS "usedCount", c.last_used_at AS "lastUsedAt", c.updated_at AS "updatedAt"`;

/** All SQL on `canned_replies`, and the values of their variables. */
@Injectable()
export class CannedRepliesRepository {
  /** By id, a page at a time; one more than `limit`. */
  list(tx: Tx, who: Principal, after: string | null, limit: number): Promise<CannedReply[]> {
    const seen = mine(who, 'c', 4);
    // $1 workspace, $2 id to go on from, $3 how many, then whose
    return tx.query<CannedReply>(
      `SELECT ${REPLY} FROM canned_replies c WHERE c.workspace_id = $1 AND c.deleted_at IS NULL
         AND ($2::uuid IS NULL OR c.id > $2) AND ${seen.sql} ORDER BY c.id LIMIT $3`,
      [who.workspaceId, after, limit + 1, ...seen.params],
    );
  }

  /** Those whose shortcut begins so first, then those that contain the words; the most used of each first. */
  search(tx: Tx, who: Principal, shortcut: string, folded: string, limit: number): Promise<CannedReply[]> {
    const seen = mine(who, 'c', 5);
    // $1 workspace, $2 beginning of a shortcut, $3 words in search form, $4 how many, then whose
    return tx.query<CannedReply>(
      `SELECT ${REPLY} FROM canned_replies c WHERE c.workspace_id = $1 AND c.deleted_at IS NULL
         AND (starts_with(c.shortcut, $2) OR strpos(c.folded, $3) > 0) AND ${seen.sql}
       ORDER BY starts_with(c.shortcut, $2) DESC, c.used_count DESC, c.id LIMIT $4`,
      [who.workspaceId, shortcut, folded, limit, ...seen.params],
    );
  }

  async find(tx: Tx, workspaceId: string, id: string): Promise<CannedReply | undefined> {
    const [row] = await tx.query<CannedReply>(
      `SELECT ${REPLY} FROM canned_replies c WHERE c.workspace_id = $1 AND c.id = $2 AND c.deleted_at IS NULL`,
      [workspaceId, id],
    );
    return row;
  }

  /** One the reader may use, locked. */
  async lockMine(tx: Tx, who: Principal, id: string): Promise<CannedReply | undefined> {
    const seen = mine(who, 'c', 3);
    // $1 workspace, $2 id, then whose
    const [row] = await tx.query<CannedReply>(
      `SELECT ${REPLY} FROM canned_replies c WHERE c.workspace_id = $1 AND c.id = $2 AND c.deleted_at IS NULL AND ${seen.sql}
       FOR UPDATE OF c`,
      [who.workspaceId, id, ...seen.params],
    );
    return row;
  }

  /** Whether another one fits among one's own, or among those that are shared. */
  hasRoom(tx: Tx, workspaceId: string, ownerId: string | null, most: number): Promise<boolean> {
    // $1 workspace, $2 owner or null
    return hasRoom(
      tx,
      { kind: 'canned_replies', owner: ownerId ?? workspaceId, most },
      `SELECT 1 FROM canned_replies WHERE workspace_id = $1 AND owner_id IS NOT DISTINCT FROM $2::uuid AND deleted_at IS NULL`,
      [workspaceId, ownerId],
    );
  }

  async insert(tx: Tx, workspaceId: string, reply: CannedReply, folded: string): Promise<void> {
    // $1 workspace, $2 id, $3 shortcut, $4 title, $5 scope, $6 team, $7 owner, $8 texts, $9 search form, $10 now
    await tx
      .execute(
        `INSERT INTO canned_replies (workspace_id, id, shortcut, title, scope, team_id, owner_id, texts, folded, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
        [workspaceId, reply.id, ...columnsOf(reply), folded, reply.updatedAt],
      )
      .catch(explain);
  }

  async save(tx: Tx, workspaceId: string, reply: CannedReply, folded: string): Promise<void> {
    // $1 workspace, $2 id, $3 shortcut, $4 title, $5 scope, $6 team, $7 owner, $8 texts, $9 search form, $10 now, $11 version
    await tx
      .execute(
        `UPDATE canned_replies SET shortcut = $3, title = $4, scope = $5, team_id = $6, owner_id = $7, texts = $8, folded = $9,
           updated_at = $10, version = $11
         WHERE workspace_id = $1 AND id = $2`,
        [workspaceId, reply.id, ...columnsOf(reply), folded, reply.updatedAt, reply.version],
      )
      .catch(explain);
  }

  async remove(tx: Tx, workspaceId: string, id: string, at: Date): Promise<void> {
    await tx.execute('UPDATE canned_replies SET deleted_at = $3 WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      id,
      at,
    ]);
  }

  async countUse(tx: Tx, workspaceId: string, id: string, at: Date): Promise<void> {
    await tx.execute(
      'UPDATE canned_replies SET used_count = used_count + 1, last_used_at = $3 WHERE workspace_id = $1 AND id = $2',
      [workspaceId, id, at],
    );
  }

  async textFacts(tx: Tx, workspaceId: string, ticketId: string): Promise<TextFacts | undefined> {
    // $1 workspace, $2 ticket
    const [row] = await tx.query<TextFacts & { number: string }>(
      `SELECT t.number, t.language AS "ticketLanguage", k.name AS "contactName", k.locale AS "contactLocale",
         b.name AS "brandName", h.name AS "channelName", w.name AS "workspaceName", w.locale AS "workspaceLocale",
         w.time_zone AS "timeZone"
       FROM tickets t
       JOIN workspaces w ON w.id = t.workspace_id
       JOIN contacts k ON k.workspace_id = t.workspace_id AND k.id = t.contact_id
       JOIN brands b ON b.workspace_id = t.workspace_id AND b.id = t.brand_id
       JOIN channels h ON h.workspace_id = t.workspace_id AND h.id = t.channel_id
       WHERE t.workspace_id = $1 AND t.id = $2`,
      [workspaceId, ticketId],
      'canned_text_facts',
    );
    return row && { ...row, number: Number(row.number) };
  }

  async newestQuestion(tx: Tx, workspaceId: string, ticketId: string): Promise<string | null> {
    // $1 workspace, $2 ticket
    const [row] = await tx.query<{ id: string | null }>(
      `SELECT c.last_inbound_message_id AS id FROM tickets t
       JOIN conversations c ON c.workspace_id = t.workspace_id AND (c.id = t.conversation_id OR c.joined_ticket_id = t.id)
       WHERE t.workspace_id = $1 AND t.id = $2 ORDER BY ${spokeLast('c')} LIMIT 1`,
      [workspaceId, ticketId],
    );
    return row?.id ?? null;
  }

  async threadOf(tx: Tx, workspaceId: string, messageId: string): Promise<MessageThread | undefined> {
    const [row] = await tx.query<MessageThread>(
      `SELECT c.id AS "conversationId", c.handler FROM messages m
       JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       WHERE m.workspace_id = $1 AND m.id = $2`,
      [workspaceId, messageId],
    );
    return row;
  }
}

const columnsOf = ({ shortcut, title, scope, teamId, ownerId, texts }: CannedReply): unknown[] => [
  shortcut,
  title,
  scope,
  teamId,
  ownerId,
  JSON.stringify(texts),
];

function explain(error: unknown): never {
  const broken = violatedConstraint(error);
  if (broken === 'canned_replies_shortcut')
    throw new DomainError('conflict', 'There is a canned reply with this shortcut already; choose another one.');
  if (broken !== 'canned_replies_team_fk') throw error;
  throw new DomainError('validation_failed', 'Please correct: teamId.', {
    fields: [{ path: 'teamId', problem: 'there is no such team in this workspace' }],
  });
}
