import { Injectable } from '@nestjs/common';
import type { ThreadCapabilities } from '../channels/capabilities';
import { JobQueue } from '../jobs/job-queue';
import type { Tx } from '../platform/database';

export const RESUME_JOB = 'outbound.resume';
const RESUME_TRIES = 1_000; // it only ever waits
const SLOT_GOOD_FOR_MS = 2_000; // a slot used much later would be one too many in its second

/** When a message may go. `at` is by the database's clock, as jobs are. */
export interface Turn {
  waitMs: number;
  at: Date;
}

/**
 * What an account of a network takes, kept to by all nodes together: pauses the network asks for, and its pace. All
 * instants are the database's, so nodes with wrong clocks agree.
 *
 * Pace is a line of slots, one every 1/n second: a message takes the next one and comes back when it is due. Ten
 * thousand waiting messages take ten thousand slots once, instead of asking again and again.
 */
@Injectable()
export class ChannelBudgets {
  constructor(private readonly jobs: JobQueue) {}

  /** Everything of the channel waits; one wake-up comes when the pause is over. */
  async pause(tx: Tx, workspaceId: string, channelId: string, forMs: number, reason: string): Promise<void> {
    // $1 workspace, $2 channel, $3 how long in ms, $4 why
    const [row] = await tx.query<{ paused_until: Date }>(
      `INSERT INTO channel_budgets AS b (workspace_id, channel_id, paused_until, reason)
       VALUES ($1, $2, clock_timestamp() + $3::float8 * interval '1 ms', $4)
       ON CONFLICT (workspace_id, channel_id) DO UPDATE
         SET paused_until = greatest(b.paused_until, excluded.paused_until), reason = excluded.reason, updated_at = now()
       RETURNING paused_until`,
      [workspaceId, channelId, forMs, reason],
    );
    this.jobs.enqueue(tx, {
      workspaceId,
      queue: 'outbound',
      name: RESUME_JOB,
      payload: { channelId },
      dedupeKey: channelId,
      runAt: row!.paused_until,
      maxAttempts: RESUME_TRIES,
    });
  }

  /** How long the channel's pause still lasts, in milliseconds; 0 when there is none. */
  async pausedMs(tx: Tx, workspaceId: string, channelId: string): Promise<number> {
    const [row] = await tx.query<{ ms: number }>(
      `SELECT greatest(extract(epoch FROM paused_until - now()) * 1000, 0)::float8 AS ms FROM channel_budgets
       WHERE workspace_id = $1 AND channel_id = $2 AND paused_until > now()`,
      [workspaceId, channelId],
      'outbound_paused',
    );
    return row?.ms ?? 0;
  }

  /** When a message of this conversation may leave, by the pace its network names; takes the slot it gives out. */
  async turn(
    tx: Tx,
    delivery: { workspaceId: string; messageId: string; conversationId: string; channelId: string },
    pace: ThreadCapabilities['pace'],
  ): Promise<Turn | null> {
    if (pace?.perConversationMs) {
      const after = await this.afterLast(tx, delivery, pace.perConversationMs);
      if (after) return after;
    }
    return pace?.perSecond ? this.slot(tx, delivery, 1_000 / pace.perSecond) : null;
  }

  /**
   * Takes the channel's next slot if it is due now, for work that goes one by one and needs no place in the line.
   * @param gapMs milliseconds between two
   * @returns when to ask again; null when the slot is taken
   */
  async takeIfDue(tx: Tx, workspaceId: string, channelId: string, gapMs: number): Promise<Date | null> {
    if (gapMs === 0) return null;
    // $1 workspace, $2 channel, $3 ms between two slots
    const taken = await tx.execute(
      `INSERT INTO channel_budgets AS b (workspace_id, channel_id, next_slot_at)
       VALUES ($1, $2, clock_timestamp() + $3::float8 * interval '1 ms')
       ON CONFLICT (workspace_id, channel_id) DO UPDATE SET next_slot_at = excluded.next_slot_at
         WHERE b.next_slot_at <= clock_timestamp()`,
      [workspaceId, channelId, gapMs],
      'outbound_take_slot',
    );
    if (taken > 0) return null;
    const [row] = await tx.query<{ at: Date }>(
      `SELECT next_slot_at AS at FROM channel_budgets WHERE workspace_id = $1 AND channel_id = $2`,
      [workspaceId, channelId],
      'outbound_next_slot',
    );
    return row!.at;
  }

  private async afterLast(
    tx: Tx,
    delivery: { workspaceId: string; conversationId: string },
    gapMs: number,
  ): Promise<Turn | null> {
    // $1 workspace, $2 conversation, $3 ms between two
    const [row] = await tx.query<{ at: Date; wait_ms: number }>(
      `SELECT at, (extract(epoch FROM at - clock_timestamp()) * 1000)::float8 AS wait_ms FROM (
         SELECT sent_at + $3::float8 * interval '1 ms' AS at FROM outbound_deliveries
         WHERE workspace_id = $1 AND conversation_id = $2 AND sent_at IS NOT NULL ORDER BY sent_at DESC LIMIT 1
       ) last`,
      [delivery.workspaceId, delivery.conversationId, gapMs],
      'outbound_last_sent',
    );
    return row && row.wait_ms > 0 ? { at: row.at, waitMs: row.wait_ms } : null;
  }

  private async slot(
    tx: Tx,
    delivery: { workspaceId: string; messageId: string; channelId: string },
    gapMs: number,
  ): Promise<Turn> {
    const [given] = await tx.query<{ at: Date; wait_ms: number }>(
      `SELECT slot_at AS at, (extract(epoch FROM slot_at - clock_timestamp()) * 1000)::float8 AS wait_ms
       FROM outbound_deliveries WHERE workspace_id = $1 AND message_id = $2
         AND slot_at > clock_timestamp() - $3::float8 * interval '1 ms'`,
      [delivery.workspaceId, delivery.messageId, SLOT_GOOD_FOR_MS],
      'outbound_slot_given',
    );
    if (given) return { at: given.at, waitMs: Math.max(0, given.wait_ms) };
    // $1 workspace, $2 channel, $3 message, $4 ms between two slots
    const [taken] = await tx.query<{ at: Date; wait_ms: number }>(
      `WITH line AS (
         INSERT INTO channel_budgets AS b (workspace_id, channel_id, next_slot_at)
         VALUES ($1, $2, clock_timestamp() + $4::float8 * interval '1 ms')
         ON CONFLICT (workspace_id, channel_id) DO UPDATE
           SET next_slot_at = greatest(b.next_slot_at, clock_timestamp()) + $4::float8 * interval '1 ms'
         RETURNING next_slot_at - $4::float8 * interval '1 ms' AS at
       ), mine AS (
         UPDATE outbound_deliveries d SET slot_at = line.at FROM line WHERE d.workspace_id = $1 AND d.message_id = $3
       )
       SELECT at, (extract(epoch FROM at - clock_timestamp()) * 1000)::float8 AS wait_ms FROM line`,
      [delivery.workspaceId, delivery.channelId, delivery.messageId, gapMs],
      'outbound_slot',
    );
    return { at: taken!.at, waitMs: Math.max(0, taken!.wait_ms) };
  }
}
