import { Injectable } from '@nestjs/common';
import type { Actor } from '../../outbox/domain-event';
import type { Tx } from '../../platform/database';
import type { KnownIdentity, Marks } from './duplicate';

/** Somebody who may be the same person. */
export interface Candidate {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  tier: string | null;
  createdAt: Date;
  identities: (KnownIdentity & { channel: { id: string; kind: string; name: string } })[];
}

/** What of a contact would go to another. */
export interface Belongings {
  identities: number;
  conversations: number;
  tickets: number;
  /** Of those the ones under work. */
  openTickets: number;
}

/** A contact that is part of another now. */
export interface StandingContactMerge {
  contact: { id: string; name: string | null };
  /** Handles and addresses that came with it. */
  identities: { handle: string | null; name: string | null; channelKind: string }[];
  at: Date;
  by: Actor;
}

const CANDIDATES_AT_MOST = 50;

@Injectable()
export class ContactMergesRepository {
  /**
   * Contacts of their own with any of these marks, the surest mark first. Each mark is looked for by its own index, and
   * none of them can crowd out the others: a name that hundreds have leaves room for the one with the same number.
   * @param not who is not wanted: the contact itself, and whom it was told apart from
   */
  candidates(tx: Tx, workspaceId: string, not: readonly string[], marks: Marks): Promise<Candidate[]> {
    const addresses = [...marks.phones.flatMap((phone) => [phone, phone.slice(1)]), ...marks.emails];
    const contacts = (surest: number, mark: string) =>
      `(SELECT id, ${surest} AS surest FROM contacts
        WHERE workspace_id = $1 AND ${mark} AND merged_into IS NULL AND id <> ALL($2::uuid[]) LIMIT ${CANDIDATES_AT_MOST})`;
    const identities = (surest: number, mark: string) =>
      `(SELECT contact_id, ${surest} FROM contact_identities
        WHERE workspace_id = $1 AND ${mark} AND contact_id <> ALL($2::uuid[]) LIMIT ${CANDIDATES_AT_MOST})`;
    // $1 workspace, $2 who is not wanted, $3 phones, $4 e-mail addresses, $5 names, $6 account ids and what may stand in
    // their place, $7 handles
    return tx.query<Candidate>(
      `SELECT c.id, c.name, c.email, c.phone, c.tier, c.created_at AS "createdAt", coalesce(i.identities, '[]') AS identities
       FROM (
         SELECT id, min(surest) AS surest FROM (
           ${contacts(1, 'phone = ANY($3::text[])')}
           UNION ALL ${contacts(2, 'email_key = ANY($4::text[])')}
           UNION ALL ${identities(3, 'external_id = ANY($6::text[])')}
           UNION ALL ${identities(4, 'handle_key = ANY($7::text[])')}
           UNION ALL ${contacts(5, 'name_key = ANY($5::text[])')}
           UNION ALL ${identities(5, 'name_key = ANY($5::text[])')}
         ) marked GROUP BY id ORDER BY 2, id DESC LIMIT ${CANDIDATES_AT_MOST}
       ) found
       JOIN contacts c ON c.workspace_id = $1 AND c.id = found.id AND c.merged_into IS NULL
       LEFT JOIN LATERAL (
         SELECT jsonb_agg(jsonb_build_object('externalId', i.external_id, 'handle', i.handle, 'name', i.name,
           'channel', jsonb_build_object('id', ch.id, 'kind', ch.kind, 'name', ch.name)) ORDER BY i.id) AS identities
         FROM contact_identities i JOIN channels ch ON ch.workspace_id = $1 AND ch.id = i.channel_id
         WHERE i.workspace_id = $1 AND i.contact_id = c.id) i ON true
       ORDER BY found.surest, c.id DESC`,
      [
        workspaceId,
        not,
        marks.phones,
        marks.emails,
        marks.names,
        [...marks.accounts, ...addresses],
        [...marks.handles, ...addresses],
      ],
    );
  }

  async belongings(tx: Tx, workspaceId: string, id: string): Promise<Belongings> {
    // $1 workspace, $2 contact
    const [row] = await tx.query<Belongings>(
      `SELECT (SELECT count(*)::int FROM contact_identities WHERE workspace_id = $1 AND contact_id = $2) AS identities,
              (SELECT count(*)::int FROM conversations WHERE workspace_id = $1 AND contact_id = $2) AS conversations,
              count(*)::int AS tickets, (count(*) FILTER (WHERE status NOT IN ('solved', 'closed')))::int AS "openTickets"
       FROM tickets WHERE workspace_id = $1 AND contact_id = $2`,
      [workspaceId, id],
    );
    return row!;
  }

  /** Who is part of a contact now, the latest first. */
  standing(tx: Tx, workspaceId: string, into: string): Promise<StandingContactMerge[]> {
    // $1 workspace, $2 the one that stayed
    return tx.query<StandingContactMerge>(
      `SELECT jsonb_build_object('id', m.id, 'name', m.name) AS contact, m.at, m.actor AS "by",
              coalesce((SELECT jsonb_agg(jsonb_build_object('handle', i.handle, 'name', i.name, 'channelKind', ch.kind) ORDER BY i.id)
                        FROM contact_identities i JOIN channels ch ON ch.workspace_id = $1 AND ch.id = i.channel_id
                        WHERE i.workspace_id = $1 AND i.contact_id = $2 AND i.merged_from = m.id), '[]') AS identities
       FROM (SELECT DISTINCT ON (c.id) c.id, c.name, e.at, e.actor, e.position
             FROM domain_events e
             JOIN contacts c ON c.workspace_id = $1 AND c.id = (e.data->>'from')::uuid AND c.merged_into = $2
             WHERE e.workspace_id = $1 AND e.contact_id = $2 AND e.type = 'contact.merged'
             ORDER BY c.id, e.position DESC) m
       ORDER BY m.position DESC`,
      [workspaceId, into],
    );
  }

  /** Which fields the one that stayed was given when the other went into it last. */
  async given(tx: Tx, workspaceId: string, from: string, into: string): Promise<string[]> {
    // $1 workspace, $2 the one that went, $3 the one that stayed
    const [row] = await tx.query<{ filled: string[] | null }>(
      `SELECT data->'filled' AS filled FROM domain_events
       WHERE workspace_id = $1 AND contact_id = $3 AND type = 'contact.merged' AND data->>'from' = $2::text
       ORDER BY position DESC LIMIT 1`,
      [workspaceId, from, into],
    );
    return row?.filled ?? [];
  }

  /**
   * Gives a contact back what it brought into another, with what had been merged into it before: each identity's way up
   * tells through whom it came.
   * @returns how many identities went back
   */
  async part(tx: Tx, workspaceId: string, from: string, into: string): Promise<number> {
    // $1 workspace, $2 the one that went, $3 the one that stayed
    const moved = await tx.execute(
      `WITH RECURSIVE way AS (
         SELECT i.id, i.merged_from AS at FROM contact_identities i
         WHERE i.workspace_id = $1 AND i.contact_id = $3 AND i.merged_from IS NOT NULL
         UNION
         SELECT way.id, c.merged_into FROM way JOIN contacts c ON c.workspace_id = $1 AND c.id = way.at
         WHERE way.at <> $2 AND c.merged_into IS NOT NULL
       )
       UPDATE contact_identities i SET contact_id = $2, merged_from = nullif(i.merged_from, $2)
       FROM way WHERE i.workspace_id = $1 AND i.id = way.id AND way.at = $2`,
      [workspaceId, from, into],
    );
    await tx.execute(
      `UPDATE contacts SET merged_into = NULL, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND merged_into = $3`,
      [workspaceId, from, into],
    );
    return moved;
  }
}
