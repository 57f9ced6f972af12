import { Injectable } from '@nestjs/common';
import { careJob } from '../channels/care/care-job';
import { TOLD_FROM_MS } from '../channels/care/sending-trouble';
import type { ThreadCapabilities } from '../channels/capabilities';
import { JobQueue } from '../jobs/job-queue';
import type { NewJob } from '../jobs/jobs';
import type { Tx } from '../platform/database';
import type { Pause } from './attempt';

export const RESUME_JOB = 'outbound.resume';
const RESUME_TRIES = 1_000; // it only ever waits
const FIRST_MS = 5_000; // the first pause of one that grows
const LONGEST_MS = 5 * 60_000; // a network that is back is used again within as long
const JUST_ENDED_MS = 2 * 60_000; // in which the next try has certainly been made
const ERROR_NAME = String.raw` \([^()]*\)`; // a network that is away is so by several errors in turn
const SLOT_GOOD_FOR_MS = 2_000; // a slot used much later would be one too many in its second

/** Sees to what waits for a pause to be over. */
export const resumeJob = (workspaceId: string, channelId: string, runAt: Date): NewJob => ({
  workspaceId,
  queue: 'outbound',
  name: RESUME_JOB,
  payload: { channelId },
  dedupeKey: channelId,
  runAt,
  maxAttempts: RESUME_TRIES,
});

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

  /**
   * Everything of the channel waits; one wake-up comes when the pause is over. Of two pauses the longer stands. One that
   * grows is twice the one before it, when that was for the same reason and has just ended; who finds it running, from a
   * call begun before, changes nothing.
   */
  async pause(tx: Tx, workspaceId: string, channelId: string, pause: Pause, reason: string): Promise<void> {
    const grows = pause === 'growing';
    // $1 workspace, $2 channel, $3 how long in ms, $4 why, $5 it grows, $6 the longest it grows to in ms, $7 how long ago
    // the one before may have ended in ms, $8 what in the reason changes from try to try
    const [row] = await tx.query<{ paused_until: Date; ms: number }>(
      `INSERT INTO channel_budgets AS b (workspace_id, channel_id, paused_until, reason, updated_at)
       VALUES ($1, $2, clock_timestamp() + $3::float8 * interval '1 ms', $4, clock_timestamp())
       ON CONFLICT (workspace_id, channel_id) DO UPDATE SET (paused_until, reason, updated_at) = (
         SELECT CASE WHEN stands THEN b.paused_until
                     WHEN $5 AND regexp_replace(b.reason, $8, '') = regexp_replace($4, $8, '') AND b.paused_until > clock_timestamp() - $7::float8 * interval '1 ms'
                       THEN clock_timestamp() + least((b.paused_until - b.updated_at) * 2, $6::float8 * interval '1 ms')
                     ELSE excluded.paused_until END,
                CASE WHEN stands THEN b.reason ELSE $4 END, CASE WHEN stands THEN b.updated_at ELSE clock_timestamp() END
         FROM (SELECT coalesce(b.paused_until > CASE WHEN $5 THEN clock_timestamp() ELSE excluded.paused_until END, false)) t(stands))
       RETURNING paused_until, (extract(epoch FROM paused_until - updated_at) * 1000)::float8 AS ms`,
      [workspaceId, channelId, grows ? FIRST_MS : pause, reason, grows, LONGEST_MS, JUST_ENDED_MS, ERROR_NAME],
    );
    if (row!.ms >= TOLD_FROM_MS) this.jobs.enqueue(tx, careJob(workspaceId, channelId));
    this.jobs.enqueue(tx, resumeJob(workspaceId, channelId, row!.paused_until));
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
