import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { RetainedName } from '../platform/retention';

/** `x` belongs to a ticket somebody still works on: what explains it stays. */
const UNDER_WORK = `EXISTS (SELECT 1 FROM tickets t WHERE t.workspace_id = x.workspace_id AND t.id = x.ticket_id
  AND t.status IN ('new', 'open', 'pending', 'on_hold'))`;

interface Aged {
  table: string;
  /** The instant a row's time runs from; every one has an index of its own. */
  since: string;
  /** Which rows may go at all. */
  only?: string;
}

/** What goes, in the order in which it may: what others point at comes after them. */
const AGED: Record<RetainedName, readonly Aged[]> = {
  notifications: [{ table: 'notifications', since: 'created_at' }],
  ticket_batches: [
    { table: 'ticket_batches', since: 'finished_at', only: 'x.finished_at IS NOT NULL' },
    { table: 'reply_batches', since: 'finished_at', only: 'x.finished_at IS NOT NULL' },
  ],
  moderation: [
    { table: 'moderation_items', since: 'settled_at', only: 'x.settled_at IS NOT NULL' },
    {
      table: 'moderation_batches',
      since: 'finished_at',
      only: `x.finished_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM moderation_items i WHERE i.workspace_id = x.workspace_id AND i.batch_id = x.id)
        AND NOT EXISTS (SELECT 1 FROM moderation_batches u WHERE u.workspace_id = x.workspace_id AND u.undo_of = x.id)`,
    },
  ],
  approvals: [{ table: 'approvals', since: 'settled_at', only: `x.settled_at IS NOT NULL AND NOT ${UNDER_WORK}` }],
  rule_receipts: [
    {
      table: 'rule_receipts',
      since: 'at',
      only: `NOT ${UNDER_WORK} AND NOT EXISTS (
        SELECT 1 FROM approvals p WHERE p.workspace_id = x.workspace_id AND p.receipt_id = x.id)`,
    },
  ],
  webhook_deliveries: [{ table: 'webhook_deliveries', since: 'created_at', only: `x.state <> 'waiting'` }],
  routing_offers: [
    { table: 'routing_offers', since: 'ended_at', only: `x.ended_at IS NOT NULL AND NOT ${UNDER_WORK}` },
  ],
  routing_log: [{ table: 'routing_log', since: 'at', only: `NOT ${UNDER_WORK}` }],
  sla_steps: [
    {
      table: 'sla_steps',
      since: 'told_at',
      only: `x.told_at IS NOT NULL AND EXISTS (SELECT 1 FROM sla_clocks c JOIN tickets t
        ON t.workspace_id = c.workspace_id AND t.id = c.ticket_id WHERE c.workspace_id = x.workspace_id AND c.id = x.clock_id
        AND t.status IN ('solved', 'closed'))`,
    },
  ],
  notices: [{ table: 'channel_notices', since: 'settled_at', only: 'x.settled_at IS NOT NULL' }],
  surveys: [
    {
      table: 'surveys',
      since: 'created_at',
      only: `x.answered_at IS NULL AND x.state <> 'due' AND coalesce(x.expires_at, x.created_at) < now() AND NOT ${UNDER_WORK}`,
    },
  ],
};

/** All SQL that takes away what has had its time. */
@Injectable()
export class RetentionRepository {
  parts(name: RetainedName): number {
    return AGED[name].length;
  }

  /**
   * Takes away the oldest of what is older than an instant, a batch of it.
   * @param part which of the tables of this name
   * @returns how many rows went
   */
  async forget(tx: Tx, name: RetainedName, part: number, before: Date, most: number): Promise<number> {
    const { table, since, only = 'true' } = AGED[name][part]!;
    // $1 before, $2 how many; rows somebody holds are left for the next time
    return tx.execute(
      `DELETE FROM ${table} d USING (
         SELECT x.ctid FROM ${table} x WHERE x.${since} < $1 AND ${only}
         ORDER BY x.${since} LIMIT $2 FOR UPDATE OF x SKIP LOCKED) gone
       WHERE d.ctid = gone.ctid`,
      [before, most],
      `forget_${table}`,
    );
  }
}
