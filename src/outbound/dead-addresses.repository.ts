import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';

export interface Bounced {
  messageId: string;
  kind: string;
}

export interface DeadAddress {
  contactId: string;
}

/** What is known of addresses nobody is at. */
@Injectable()
export class DeadAddressesRepository {
  /** Which channels these failed messages went out by. */
  kindsOf(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<Bounced[]> {
    // $1 workspace, $2 messages
    return tx.query<Bounced>(
      `SELECT m.id AS "messageId", h.kind FROM messages m
       JOIN channels h ON h.workspace_id = m.workspace_id AND h.id = m.channel_id
       WHERE m.workspace_id = $1 AND m.id = ANY($2) AND m.direction = 'out'`,
      [workspaceId, messageIds],
      'bounced_kinds',
    );
  }

  /** Notes on the messages themselves that nobody was there: however often it is told, each counts once. */
  async note(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<void> {
    // $1 workspace, $2 messages
    await tx.execute(
      `UPDATE messages SET meta = coalesce(meta, '{}') || '{"nobodyThere": true}' WHERE workspace_id = $1 AND id = ANY($2)`,
      [workspaceId, messageIds],
      'bounced_note',
    );
  }

  /**
   * Marks whom these messages went to as unreachable, where so many came back since they last wrote: since the last of
   * those was written, so that any later word of theirs undoes it.
   */
  mark(tx: Tx, workspaceId: string, messageIds: readonly string[], bounces: number): Promise<DeadAddress[]> {
    // $1 workspace, $2 messages, $3 how many it takes
    return tx.query<DeadAddress>(
      `WITH people AS (
         SELECT DISTINCT c.contact_id, c.identity_id FROM messages m
         JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
         WHERE m.workspace_id = $1 AND m.id = ANY($2) AND c.kind = 'dm'
       ), counted AS (
         SELECT p.identity_id, max(m.received_at) AS at
         FROM people p
         JOIN conversations c ON c.workspace_id = $1 AND c.contact_id = p.contact_id AND c.identity_id = p.identity_id
         JOIN messages m ON m.workspace_id = $1 AND m.conversation_id = c.id AND m.direction = 'out'
           AND m.delivery_state = 'failed' AND m.meta->>'nobodyThere' = 'true'
         WHERE m.received_at > coalesce((SELECT max(o.last_inbound_at) FROM conversations o WHERE o.workspace_id = $1
           AND o.contact_id = p.contact_id AND o.identity_id = p.identity_id), '-infinity')
         GROUP BY p.identity_id HAVING count(*) >= $3
       )
       UPDATE contact_identities i SET unreachable_at = n.at, reachability_at = n.at FROM counted n
       WHERE i.workspace_id = $1 AND i.id = n.identity_id AND i.unreachable_at IS NULL
         AND coalesce(i.reachability_at, '-infinity') < n.at
       RETURNING i.contact_id AS "contactId"`,
      [workspaceId, messageIds, bounces],
      'bounced_mark',
    );
  }
}
