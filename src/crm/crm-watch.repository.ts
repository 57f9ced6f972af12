import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { MatchedType } from './salesforce/mapping';

/** A contact with sleeping work that is to wake when the CRM has news of them. */
export interface AwaitedContact {
  contactId: string;
  type: MatchedType;
  id: string;
  /** Since when the longest of it sleeps. */
  since: Date;
}

const SLEEPING = `t.snoozed_at IS NOT NULL AND 'crm' = ANY(t.wake_on)`;

/** SQL on whom the CRM is asked about, and when. */
@Injectable()
export class CrmWatchRepository {
  /**
   * Takes the connections that are to be asked now, so that no other node asks them as well.
   * @returns their workspaces
   */
  async takeDue(tx: Tx, now: Date, askedBefore: Date, limit: number): Promise<string[]> {
    // $1 now, $2 last asked before, $3 at most
    const rows = await tx.query<{ id: string }>(
      `UPDATE crm_connections c SET watched_at = $1 FROM (
         SELECT d.workspace_id, d.id FROM crm_connections d
         WHERE d.state = 'active' AND coalesce(d.paused_until, '-infinity') <= $1 AND coalesce(d.watched_at, '-infinity') <= $2
           AND EXISTS (SELECT 1 FROM tickets t WHERE t.workspace_id = d.workspace_id AND ${SLEEPING})
         ORDER BY d.watched_at NULLS FIRST LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) due
       WHERE c.workspace_id = due.workspace_id AND c.id = due.id RETURNING c.workspace_id AS id`,
      [now, askedBefore, limit],
      'crm_watch_due',
    );
    return rows.map((row) => row.id);
  }

  awaited(tx: Tx, workspaceId: string, connectionId: string, limit: number): Promise<AwaitedContact[]> {
    // $1 workspace, $2 connection, $3 at most
    return tx.query<AwaitedContact>(
      `SELECT t.contact_id AS "contactId", l.matched_type AS type, l.matched_id AS id, min(t.snoozed_at) AS since
       FROM tickets t JOIN crm_links l ON l.workspace_id = t.workspace_id AND l.connection_id = $2 AND l.entity = 'contact'
         AND l.entity_id = t.contact_id AND l.matched_id IS NOT NULL
       WHERE t.workspace_id = $1 AND ${SLEEPING} GROUP BY 1, 2, 3 ORDER BY since LIMIT $3`,
      [workspaceId, connectionId, limit],
    );
  }
}
