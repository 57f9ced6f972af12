import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { phoneBeginnings } from './contact';

export interface ContactRow {
  id: string;
  name: string | null;
  email: string | null;
  emailVerifiedAt: Date | null;
  phone: string | null;
  phoneVerifiedAt: Date | null;
  locale: string | null;
  /** How much they matter to the business: null, or `vip` and what the workspace calls its tiers. */
  tier: string | null;
  avatarUrl: string | null;
  mergedInto: string | null;
  version: number;
  createdAt: Date;
}

export interface IdentityView {
  id: string;
  channel: { id: string; kind: string; name: string };
  externalId: string;
  handle: string | null;
  name: string | null;
  mergedFrom: string | null;
  /** Since when nothing can reach them there: they blocked us or left. */
  unreachableAt: Date | null;
  /** Since when the network knows them by another id. */
  supersededAt: Date | null;
}

const COLUMNS = `c.id, c.name, c.email, c.email_verified_at AS "emailVerifiedAt", c.phone, c.phone_verified_at AS "phoneVerifiedAt",
  c.locale, c.tier, c.avatar_url AS "avatarUrl", c.merged_into AS "mergedInto", c.version, c.created_at AS "createdAt"`;

@Injectable()
export class ContactsRepository {
  /** Newest first; `q` matches the beginning of a name, handle, e-mail address or phone number, however it is dialled. */
  list(tx: Tx, workspaceId: string, q: string | null, cursor: string | null, limit: number): Promise<ContactRow[]> {
    // $1 workspace, $2 id to go on from, $3 how many, $4 pattern, $5 pattern of a handle, $6 beginnings of a phone number
    return tx.query<ContactRow>(
      `SELECT ${COLUMNS} FROM contacts c
       WHERE c.workspace_id = $1 AND c.merged_into IS NULL AND ($2::uuid IS NULL OR c.id < $2)
         AND ($4::text IS NULL OR c.name ILIKE $4 OR c.email ILIKE $4 OR c.phone LIKE ANY($6::text[])
              OR EXISTS (SELECT 1 FROM contact_identities i WHERE i.workspace_id = c.workspace_id AND i.contact_id = c.id AND i.handle ILIKE $5))
       ORDER BY c.id DESC LIMIT $3`,
      [
        workspaceId,
        cursor,
        limit,
        q === null ? null : beginning(q),
        q === null ? null : beginning(q.replace(/^@/, '')),
        q === null ? [] : phoneBeginnings(q).map(beginning),
      ],
    );
  }

  async find(tx: Tx, workspaceId: string, id: string): Promise<ContactRow | undefined> {
    const [row] = await tx.query<ContactRow>(
      `SELECT ${COLUMNS} FROM contacts c WHERE c.workspace_id = $1 AND c.id = $2`,
      [workspaceId, id],
    );
    return row;
  }

  /** Locks contacts in id order. */
  lock(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<ContactRow[]> {
    return tx.query<ContactRow>(
      `SELECT ${COLUMNS} FROM contacts c WHERE c.workspace_id = $1 AND c.id = ANY($2) ORDER BY c.id FOR UPDATE`,
      [workspaceId, ids],
    );
  }

  identities(tx: Tx, workspaceId: string, contactId: string): Promise<IdentityView[]> {
    return tx.query<IdentityView>(
      `SELECT i.id, jsonb_build_object('id', ch.id, 'kind', ch.kind, 'name', ch.name) AS channel, i.external_id AS "externalId",
              i.handle, i.name, i.merged_from AS "mergedFrom", i.unreachable_at AS "unreachableAt",
              i.superseded_at AS "supersededAt"
       FROM contact_identities i JOIN channels ch ON ch.workspace_id = i.workspace_id AND ch.id = i.channel_id
       WHERE i.workspace_id = $1 AND i.contact_id = $2 ORDER BY i.id`,
      [workspaceId, contactId],
    );
  }

  async save(tx: Tx, workspaceId: string, row: ContactRow): Promise<void> {
    await tx.execute(
      `UPDATE contacts SET name = $3, email = $4, email_verified_at = $5, phone = $6, phone_verified_at = $7, locale = $8, tier = $9,
         version = version + 1, updated_at = now() WHERE workspace_id = $1 AND id = $2`,
      [
        workspaceId,
        row.id,
        row.name,
        row.email,
        row.emailVerifiedAt,
        row.phone,
        row.phoneVerifiedAt,
        row.locale,
        row.tier,
      ],
    );
  }

  /** Moves everything of one contact to another; each identity remembers where it came from, so it can go back. */
  async merge(tx: Tx, workspaceId: string, from: string, into: string): Promise<void> {
    await tx.execute(
      `UPDATE contact_identities SET contact_id = $3, merged_from = coalesce(merged_from, contact_id) WHERE workspace_id = $1 AND contact_id = $2`,
      [workspaceId, from, into],
    );
    await tx.execute(
      `UPDATE contacts SET merged_into = $3, version = version + 1, updated_at = now() WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, from, into],
    );
    await this.follow(tx, workspaceId, into);
  }

  /** Takes one identity back to the contact it came from. @returns that contact, or undefined when it never moved */
  async unmerge(tx: Tx, workspaceId: string, identityId: string): Promise<{ from: string; into: string } | undefined> {
    const [row] = await tx.query<{ into: string; from: string }>(
      `WITH moved AS (
         SELECT id, contact_id, merged_from FROM contact_identities
         WHERE workspace_id = $1 AND id = $2 AND merged_from IS NOT NULL FOR UPDATE
       )
       UPDATE contact_identities i SET contact_id = moved.merged_from, merged_from = NULL FROM moved
       WHERE i.workspace_id = $1 AND i.id = moved.id RETURNING moved.contact_id AS "into", moved.merged_from AS "from"`,
      [workspaceId, identityId],
    );
    if (!row) return undefined;
    await tx.execute(
      `UPDATE contacts SET merged_into = NULL, version = version + 1, updated_at = now() WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, row.from],
    );
    await this.follow(tx, workspaceId, row.from);
    return row;
  }

  /** Conversations and tickets belong to whoever their identity belongs to. */
  async follow(tx: Tx, workspaceId: string, contactId: string): Promise<void> {
    await tx.execute(
      `WITH moved AS (
         UPDATE conversations c SET contact_id = i.contact_id, version = c.version + 1 FROM contact_identities i
         WHERE c.workspace_id = $1 AND i.workspace_id = $1 AND i.id = c.identity_id AND i.contact_id = $2 AND c.contact_id <> $2
         RETURNING c.id
       )
       UPDATE tickets t SET contact_id = $2, version = t.version + 1, updated_at = now() FROM moved
       WHERE t.workspace_id = $1 AND t.conversation_id = moved.id`,
      [workspaceId, contactId],
    );
  }
}

/** A pattern for what begins so. */
const beginning = (text: string): string => `${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
