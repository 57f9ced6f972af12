import { Injectable } from '@nestjs/common';
import { type Principal, visibleTickets } from '../identity/principal';
import { Database } from '../platform/database';

/** Which tickets an agent may have open. Knows of tickets only what the rule asks: team and assignee. */
@Injectable()
export class TicketSight {
  constructor(private readonly database: Database) {}

  /** Those of the given tickets that exist in the caller's workspace and may be seen, by their rows as they are now. */
  async visible(who: Principal, ticketIds: readonly string[]): Promise<string[]> {
    if (ticketIds.length === 0) return [];
    const rule = visibleTickets(who, 't', 3);
    const rows = await this.database.lean({ workspaceId: who.workspaceId }, (tx) =>
      // $1 workspace, $2 tickets, then what the rule needs
      tx.query<{ id: string }>(
        `SELECT t.id FROM tickets t WHERE t.workspace_id = $1 AND t.id = ANY($2) AND ${rule.sql}`,
        [who.workspaceId, ticketIds, ...rule.params],
      ),
    );
    return rows.map((row) => row.id);
  }
}
