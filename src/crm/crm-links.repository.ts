import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { CrmEntity } from './crm-connection';
import type { MatchedType } from './salesforce/mapping';

export type LinkMethod = 'manual' | 'phone' | 'email' | 'handle' | 'none' | 'ambiguous';

/** Who in the CRM a contact is. `manual` without a record: a person said it is nobody there. */
export interface PersonLink {
  method: LinkMethod | null;
  type: MatchedType | null;
  id: string | null;
}

export interface WrittenLink {
  id: string;
  externalKey: string;
  remoteType: string;
  remoteId: string;
}

/** Trouble and waiting work around one contact. */
export interface ContactState {
  link: PersonLink | null;
  written: boolean;
  syncedAt: Date | null;
  pending: number;
  trouble: { entity: CrmEntity; code: string; message: string } | null;
}

const PENDING_CAP = 1_000; // nobody reads a larger number

/** All SQL on `crm_links`: what is in the CRM, under which key and id, and who there a contact is. */
@Injectable()
export class CrmLinksRepository {
  async write(
    tx: Tx,
    workspaceId: string,
    connectionId: string,
    entity: CrmEntity,
    links: readonly WrittenLink[],
  ): Promise<void> {
    // $1 workspace, $2 connection, $3 entity, $4 ids, $5 keys, $6 types there, $7 ids there
    await tx.execute(
      `INSERT INTO crm_links AS l (workspace_id, connection_id, entity, entity_id, external_key, remote_type, remote_id, synced_at)
       SELECT $1, $2, $3, u.*, now() FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[]) AS u
       ON CONFLICT (workspace_id, connection_id, entity, entity_id) DO UPDATE
         SET external_key = excluded.external_key, remote_type = excluded.remote_type, remote_id = excluded.remote_id,
             synced_at = excluded.synced_at`,
      [
        workspaceId,
        connectionId,
        entity,
        links.map((link) => link.id),
        links.map((link) => link.externalKey),
        links.map((link) => link.remoteType),
        links.map((link) => link.remoteId),
      ],
      'crm_links_write',
    );
  }

  /** Notes who contacts are by our own matching. What a person decided stands. @returns those it changed */
  async noteMatches(
    tx: Tx,
    workspaceId: string,
    connectionId: string,
    matches: readonly ({ contactId: string } & PersonLink)[],
  ): Promise<string[]> {
    // $1 workspace, $2 connection, $3 matches as JSON
    const rows = await tx.query<{ entity_id: string }>(
      `UPDATE crm_links l SET match_method = m.method, matched_type = m.type, matched_id = m.id
       FROM jsonb_to_recordset($3::jsonb) AS m("contactId" uuid, method text, type text, id text)
       WHERE l.workspace_id = $1 AND l.connection_id = $2 AND l.entity = 'contact' AND l.entity_id = m."contactId"
         AND l.match_method IS DISTINCT FROM 'manual'
         AND (l.match_method, l.matched_type, l.matched_id) IS DISTINCT FROM (m.method, m.type, m.id)
       RETURNING l.entity_id`,
      [workspaceId, connectionId, JSON.stringify(matches)],
    );
    return rows.map((row) => row.entity_id);
  }

  /** Says by hand who a contact is (null: nobody there); may come before the contact's first sync. */
  async linkByHand(
    tx: Tx,
    workspaceId: string,
    connectionId: string,
    contactId: string,
    to: { type: MatchedType; id: string } | null,
  ): Promise<void> {
    // $1 workspace, $2 connection, $3 contact, $4 type, $5 id; an empty remote_id: not written yet
    await tx.execute(
      `INSERT INTO crm_links AS l (workspace_id, connection_id, entity, entity_id, external_key, remote_type, remote_id,
                                   matched_type, matched_id, match_method, synced_at)
       VALUES ($1, $2, 'contact', $3, '', 'Social_Persona__c', '', $4, $5, 'manual', now())
       ON CONFLICT (workspace_id, connection_id, entity, entity_id) DO UPDATE
         SET matched_type = excluded.matched_type, matched_id = excluded.matched_id, match_method = 'manual'`,
      [workspaceId, connectionId, contactId, to?.type ?? null, to?.id ?? null],
    );
  }

  /** Everything that was written, for a connection that now leads to another org. */
  async forgetAll(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
    // $1 workspace, $2 connection
    await tx.execute('DELETE FROM crm_links WHERE workspace_id = $1 AND connection_id = $2', [
      workspaceId,
      connectionId,
    ]);
  }

  async stateOfContact(tx: Tx, workspaceId: string, connectionId: string, contactId: string): Promise<ContactState> {
    // $1 workspace, $2 connection, $3 contact, $4 most to count
    const [row] = await tx.query<{
      match_method: LinkMethod | null;
      matched_type: MatchedType | null;
      matched_id: string | null;
      remote_id: string | null;
      synced_at: Date | null;
      pending: number;
      entity: CrmEntity | null;
      code: string | null;
      error: string | null;
    }>(
      `WITH mine AS (
         SELECT q.entity, q.code, q.error, q.parked_at FROM crm_queue q
         WHERE q.workspace_id = $1 AND q.connection_id = $2 AND q.entity = 'contact' AND q.entity_id = $3
         UNION ALL
         SELECT q.entity, q.code, q.error, q.parked_at FROM conversations c
         JOIN crm_queue q ON q.workspace_id = $1 AND q.connection_id = $2 AND q.entity = 'conversation' AND q.entity_id = c.id
         WHERE c.workspace_id = $1 AND c.contact_id = $3
         UNION ALL
         (SELECT q.entity, q.code, q.error, q.parked_at FROM conversations c
          JOIN messages m ON m.workspace_id = $1 AND m.conversation_id = c.id
          JOIN crm_queue q ON q.workspace_id = $1 AND q.connection_id = $2 AND q.entity = 'message' AND q.entity_id = m.id
          WHERE c.workspace_id = $1 AND c.contact_id = $3 LIMIT $4)
       ), trouble AS (
         SELECT entity, code, error FROM mine WHERE parked_at IS NOT NULL
         ORDER BY array_position(ARRAY['contact', 'conversation', 'message'], entity), parked_at DESC LIMIT 1
       )
       SELECT l.match_method, l.matched_type, l.matched_id, l.remote_id, l.synced_at,
              (SELECT count(*) FROM mine WHERE parked_at IS NULL)::int AS pending, t.entity, t.code, t.error
       FROM (SELECT) AS one
       LEFT JOIN crm_links l ON l.workspace_id = $1 AND l.connection_id = $2 AND l.entity = 'contact' AND l.entity_id = $3
       LEFT JOIN trouble t ON true`,
      [workspaceId, connectionId, contactId, PENDING_CAP],
    );
    const written = row!.remote_id !== null && row!.remote_id !== '';
    return {
      link:
        row!.remote_id === null ? null : { method: row!.match_method, type: row!.matched_type, id: row!.matched_id },
      written,
      syncedAt: written ? row!.synced_at : null,
      pending: row!.pending,
      trouble: row!.entity && { entity: row!.entity, code: row!.code ?? '', message: row!.error ?? '' },
    };
  }
}
