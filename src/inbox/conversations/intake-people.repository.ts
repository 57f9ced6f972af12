import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { pick } from './columns';
import type { IdentityRow, NewIdentity, PersonTold } from './intake-rows';

interface RawIdentity {
  workspace_id: string;
  id: string;
  contact_id: string;
  channel_id: string;
  external_id: string;
  name: string | null;
  handle: string | null;
  avatar_url: string | null;
  superseded_at: Date | null;
  held_since: Date | null;
  unreachable_at: Date | null;
}

type Named = Pick<IdentityRow, 'workspaceId' | 'channelId' | 'externalId'>;

/** The SQL of who is who: one statement for all people of a batch. */
@Injectable()
export class IntakePeopleRepository {
  async find(tx: Tx, names: readonly Named[]): Promise<IdentityRow[]> {
    // $1 workspaces, $2 channels, $3 external ids (threewise)
    const rows = await tx.query<RawIdentity>(
      `SELECT i.workspace_id, i.id, i.contact_id, i.channel_id, i.external_id, i.name, i.handle, i.avatar_url, i.superseded_at,
              i.held_since, i.unreachable_at
       FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, channel_id, external_id)
       JOIN contact_identities i USING (workspace_id, channel_id, external_id)`,
      [pick(names, 'workspaceId'), pick(names, 'channelId'), pick(names, 'externalId')],
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
      supersededAt: r.superseded_at,
      heldSince: r.held_since,
      unreachableAt: r.unreachable_at,
    }));
  }

  /** Makes identities, and the contacts that are new; a contact without a name takes theirs. Whoever else made one at the same time keeps theirs. */
  async make(tx: Tx, rows: readonly NewIdentity[]): Promise<void> {
    // $1 workspaces, $2 identity ids, $3 contact ids, $4 channels, $5 external ids, $6 names, $7 handles, $8 pictures,
    // $9 whether the contact is new: it is made only for an identity that won
    await tx.execute(
      `WITH u AS (
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[])
           WITH ORDINALITY AS u(workspace_id, id, contact_id, channel_id, external_id, name, handle, avatar_url, new_contact, n)
       ), made AS (
         INSERT INTO contact_identities (workspace_id, id, contact_id, channel_id, external_id, name, handle, avatar_url)
         SELECT workspace_id, id, contact_id, channel_id, external_id, name, handle, avatar_url FROM u
         ORDER BY workspace_id, channel_id, external_id
         ON CONFLICT ON CONSTRAINT contact_identities_external_key DO NOTHING
         RETURNING workspace_id, contact_id
       ), named AS (
         UPDATE contacts c SET name = coalesce(n.name, n.handle), updated_at = now(), version = version + 1
         FROM (SELECT DISTINCT ON (u.workspace_id, u.contact_id) u.* FROM u JOIN made USING (workspace_id, contact_id)
               WHERE NOT new_contact AND coalesce(u.name, u.handle) IS NOT NULL ORDER BY u.workspace_id, u.contact_id, u.n) n
         WHERE c.workspace_id = n.workspace_id AND c.id = n.contact_id AND c.name IS NULL
       )
       INSERT INTO contacts (workspace_id, id, name, avatar_url)
       SELECT DISTINCT ON (workspace_id, contact_id) workspace_id, contact_id, coalesce(u.name, u.handle), u.avatar_url
       FROM u WHERE new_contact AND (workspace_id, contact_id) IN (SELECT workspace_id, contact_id FROM made)
       ORDER BY workspace_id, contact_id, coalesce(u.name, u.handle) IS NULL, n`,
      [
        pick(rows, 'workspaceId'),
        pick(rows, 'id'),
        pick(rows, 'contactId'),
        pick(rows, 'channelId'),
        pick(rows, 'externalId'),
        pick(rows, 'name'),
        pick(rows, 'handle'),
        pick(rows, 'avatarUrl'),
        pick(rows, 'newContact'),
      ],
      'intake_identities_make',
    );
  }

  /**
   * Two nodes met the same person under different ids at once: identities made here go to the contact that was first,
   * and the contact made for them, which nobody has seen, goes away.
   */
  async giveUp(tx: Tx, moves: readonly { row: IdentityRow; contactId: string }[]): Promise<void> {
    const rows = moves.map(({ row }) => row);
    // $1 workspaces, $2 identities, $3 contacts that were first
    await tx.execute(
      `UPDATE contact_identities i SET contact_id = u.contact_id
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS u(workspace_id, id, contact_id)
       WHERE i.workspace_id = u.workspace_id AND i.id = u.id`,
      [pick(rows, 'workspaceId'), pick(rows, 'id'), pick(moves, 'contactId')],
    );
    // $1 workspaces, $2 contacts that were first, $3 names; a name we brought is not lost with our contact
    await tx.execute(
      `UPDATE contacts c SET name = u.name, updated_at = now(), version = version + 1
       FROM (SELECT DISTINCT ON (workspace_id, id) * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, id, name)
             WHERE name IS NOT NULL ORDER BY workspace_id, id, name) u
       WHERE c.workspace_id = u.workspace_id AND c.id = u.id AND c.name IS NULL`,
      [pick(rows, 'workspaceId'), pick(moves, 'contactId'), rows.map((row) => row.name ?? row.handle)],
    );
    // $1 workspaces, $2 contacts made in this transaction
    await tx.execute(
      `DELETE FROM contacts c USING unnest($1::uuid[], $2::uuid[]) AS u(workspace_id, id)
       WHERE c.workspace_id = u.workspace_id AND c.id = u.id`,
      [pick(rows, 'workspaceId'), pick(rows, 'contactId')],
    );
  }

  /** Whether a contact has ids in this channel beside these. */
  async goesByOthers(tx: Tx, workspaceId: string, channelId: string, contactId: string, names: readonly string[]) {
    // $1 workspace, $2 channel, $3 contact, $4 ids
    const rows = await tx.query(
      `SELECT 1 FROM contact_identities WHERE workspace_id = $1 AND channel_id = $2 AND contact_id = $3 AND superseded_at IS NULL
         AND external_id <> ALL($4) LIMIT 1`,
      [workspaceId, channelId, contactId, names],
    );
    return rows.length > 0;
  }

  /** An id the network gave to somebody else: a contact of its own from now on, with nothing of the former owner's. */
  async takeOver(tx: Tx, moves: readonly { row: IdentityRow; contactId: string; at: Date }[]): Promise<void> {
    const rows = moves.map(({ row }) => row);
    // $1 workspaces, $2 identities, $3 contacts, $4 since when
    await tx.execute(
      `WITH u AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS u(workspace_id, id, contact_id, at)),
       made AS (
         INSERT INTO contacts (workspace_id, id) SELECT DISTINCT workspace_id, contact_id FROM u ORDER BY 1, 2
         ON CONFLICT (workspace_id, id) DO NOTHING
       )
       UPDATE contact_identities i SET contact_id = u.contact_id, superseded_at = NULL, held_since = u.at, merged_from = NULL, name = NULL,
              handle = NULL, avatar_url = NULL, unreachable_at = NULL, reachability_at = NULL
       FROM u WHERE i.workspace_id = u.workspace_id AND i.id = u.id`,
      [pick(rows, 'workspaceId'), pick(rows, 'id'), pick(moves, 'contactId'), pick(moves, 'at')],
    );
  }

  /** People rename themselves: keeps the latest name, handle and picture the network told. */
  async rename(
    tx: Tx,
    rows: readonly Omit<IdentityRow, 'supersededAt' | 'heldSince' | 'unreachableAt'>[],
  ): Promise<void> {
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

  /**
   * Fills what is empty: an address somebody entered stays, and is verified when the network vouches for the same one.
   * @returns the contacts that changed, with the fields; and those that went into another meanwhile, with that one
   */
  fill(tx: Tx, rows: readonly (PersonTold & { contactId: string })[], at: Date) {
    // $1 workspaces, $2 contacts, $3 phones, $4 addresses, $5 whether an address is verified, $6 languages, $7 now
    return tx.query<{ workspace_id: string; id: string; fields: string[]; merged_into: string | null }>(
      `WITH u AS (
         SELECT workspace_id, id,
                (array_agg(phone ORDER BY n DESC) FILTER (WHERE phone IS NOT NULL))[1] AS phone,
                (array_agg(email ORDER BY n DESC) FILTER (WHERE email IS NOT NULL))[1] AS email,
                (array_agg(email_verified ORDER BY n DESC) FILTER (WHERE email IS NOT NULL))[1] AS email_verified,
                (array_agg(locale ORDER BY n DESC) FILTER (WHERE locale IS NOT NULL))[1] AS locale
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::boolean[], $6::text[])
           WITH ORDINALITY AS u(workspace_id, id, phone, email, email_verified, locale, n)
         GROUP BY workspace_id, id
       ), before AS (
         SELECT c.workspace_id, c.id, c.merged_into, c.phone, c.phone_verified_at, c.email, c.email_verified_at, c.locale,
                coalesce(c.phone, u.phone) AS new_phone, coalesce(c.email, u.email) AS new_email, coalesce(c.locale, u.locale) AS new_locale,
                CASE WHEN u.phone = coalesce(c.phone, u.phone) THEN coalesce(c.phone_verified_at, $7) ELSE c.phone_verified_at END AS new_phone_at,
                CASE WHEN u.email_verified AND u.email = coalesce(lower(c.email), u.email) THEN coalesce(c.email_verified_at, $7)
                     ELSE c.email_verified_at END AS new_email_at
         FROM contacts c JOIN u ON c.workspace_id = u.workspace_id AND c.id = u.id
         ORDER BY c.workspace_id, c.id FOR UPDATE OF c
       ), changed AS (
       UPDATE contacts c SET phone = b.new_phone, phone_verified_at = b.new_phone_at, email = b.new_email,
              email_verified_at = b.new_email_at, locale = b.new_locale, version = c.version + 1, updated_at = now()
       FROM before b WHERE c.workspace_id = b.workspace_id AND c.id = b.id AND b.merged_into IS NULL
         AND (b.phone, b.phone_verified_at, b.email, b.email_verified_at, b.locale)
             IS DISTINCT FROM (b.new_phone, b.new_phone_at, b.new_email, b.new_email_at, b.new_locale)
       RETURNING c.workspace_id, c.id, array_remove(ARRAY[
         CASE WHEN b.phone IS DISTINCT FROM b.new_phone THEN 'phone' END,
         CASE WHEN b.phone_verified_at IS DISTINCT FROM b.new_phone_at THEN 'phoneVerifiedAt' END,
         CASE WHEN b.email IS DISTINCT FROM b.new_email THEN 'email' END,
         CASE WHEN b.email_verified_at IS DISTINCT FROM b.new_email_at THEN 'emailVerifiedAt' END,
         CASE WHEN b.locale IS DISTINCT FROM b.new_locale THEN 'locale' END], NULL) AS fields
       )
       SELECT workspace_id, id, fields, NULL::uuid AS merged_into FROM changed
       UNION ALL SELECT workspace_id, id, '{}', merged_into FROM before WHERE merged_into IS NOT NULL`,
      [
        pick(rows, 'workspaceId'),
        pick(rows, 'contactId'),
        pick(rows, 'phone'),
        pick(rows, 'email'),
        pick(rows, 'emailVerified'),
        pick(rows, 'locale'),
        at,
      ],
      'intake_contacts_fill',
    );
  }

  /** The person's number changed: the network's word replaces its own earlier one, not a number somebody entered. */
  async changePhone(tx: Tx, workspaceId: string, contactId: string, phone: string, at: Date): Promise<boolean> {
    // $1 workspace, $2 contact, $3 the new number, $4 now
    const changed = await tx.execute(
      `UPDATE contacts SET phone = $3, phone_verified_at = $4, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND phone IS DISTINCT FROM $3 AND (phone IS NULL OR phone_verified_at IS NOT NULL)`,
      [workspaceId, contactId, phone, at],
    );
    return changed > 0;
  }

  /**
   * The network gave the person another id: conversations go on under the new one. What was known of reachability goes
   * with them.
   * @param row the identity that takes the place of `formerId`
   * @param at when the former id ended, by the network's time; the latest such word stands, and none is about whoever has
   *   the id since
   */
  async supersede(tx: Tx, formerId: string, row: IdentityRow, at: Date): Promise<void> {
    // $1 workspace, $2 former identity, $3 the one in its place, $4 when, $5 contact
    await tx.execute(
      `WITH former AS (
         UPDATE contact_identities SET superseded_at = greatest(superseded_at, $4)
         WHERE workspace_id = $1 AND id = $2 AND coalesce(held_since, '-infinity') < $4
         RETURNING unreachable_at, reachability_at
       ), reach AS (
         UPDATE contact_identities i SET unreachable_at = f.unreachable_at, reachability_at = f.reachability_at FROM former f
         WHERE i.workspace_id = $1 AND i.id = $3 AND f.reachability_at > coalesce(i.reachability_at, '-infinity')
       )
       UPDATE conversations SET identity_id = $3, version = version + 1 WHERE workspace_id = $1 AND contact_id = $5
         AND identity_id = $2`,
      [row.workspaceId, formerId, row.id, at, row.contactId],
    );
  }

  /** The last word by the network's time stands. @returns whether what we know changed */
  async setReachable(tx: Tx, workspaceId: string, id: string, reachable: boolean, at: Date): Promise<boolean> {
    // $1 workspace, $2 identity, $3 whether reachable, $4 when
    const [row] = await tx.query<{ changed: boolean }>(
      `WITH before AS (SELECT unreachable_at FROM contact_identities WHERE workspace_id = $1 AND id = $2 FOR UPDATE)
       UPDATE contact_identities i SET reachability_at = $4,
              unreachable_at = CASE WHEN $3 THEN NULL ELSE $4 END
       FROM before b WHERE i.workspace_id = $1 AND i.id = $2 AND coalesce(i.reachability_at, '-infinity') < $4
         -- whoever wrote after they left is back, also where that word came first
         AND ($3 OR NOT EXISTS (SELECT FROM conversations c JOIN messages m ON m.workspace_id = c.workspace_id AND m.conversation_id = c.id
           WHERE c.workspace_id = $1 AND c.contact_id = i.contact_id AND c.identity_id = $2 AND m.direction = 'in' AND m.network_at > $4))
       RETURNING (b.unreachable_at IS NULL) <> $3::boolean AS changed`,
      [workspaceId, id, reachable, at],
    );
    return row?.changed ?? false;
  }

  /** Notes an act of the person in their direct thread. @returns whether it is the newest there */
  async openWindow(tx: Tx, workspaceId: string, identityId: string, at: Date): Promise<boolean> {
    // $1 workspace, $2 identity, $3 when
    const opened = await tx.execute(
      `UPDATE conversations SET last_inbound_at = $3, version = version + 1
       WHERE workspace_id = $1 AND identity_id = $2 AND kind = 'dm' AND merged_into_id IS NULL
         AND contact_id = (SELECT contact_id FROM contact_identities WHERE workspace_id = $1 AND id = $2)
         AND coalesce(last_inbound_at, '-infinity') < $3`,
      [workspaceId, identityId, at],
    );
    return opened > 0;
  }
}
