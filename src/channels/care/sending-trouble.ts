import { Injectable } from '@nestjs/common';
import { wordsOf } from '../../refusals/refusal-words';
import type { Tx } from '../../platform/database';
import { Clock } from '../../platform/clock';
import type { Alarm } from './alarms';
import { CareRepository } from './care.repository';
import { ChannelAlarms } from './channel-alarms';

/** A pause of the whole account as long as that, in milliseconds, is more than the weather: whoever manages it hears of it. */
export const TOLD_FROM_MS = 30 * 60_000;

/** What was refused, as an alarm's name begins; the code follows. */
const REFUSED = { send: 'refused_', edit: 'edit_refused_', moderation: 'moderation_refused_' } as const;
const ANY_REFUSED = '^(edit_|moderation_)?refused_';
const FORGOTTEN_MS = 7 * 24 * 3_600_000;

/**
 * What sending finds out about a channel and only an admin can change. A refusal stands as an alarm until the like of it
 * succeeds, or nobody tried for long; a pause until it is over.
 */
@Injectable()
export class SendingTrouble {
  constructor(
    private readonly care: CareRepository,
    private readonly alarms: ChannelAlarms,
    private readonly clock: Clock,
  ) {}

  /** The network refused something for a reason that lies with the account. Told once, however often it comes. */
  async refused(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    { code, reason }: { code: string; reason: string },
    what: keyof typeof REFUSED = 'send',
  ): Promise<void> {
    const channel = await this.care.channel(tx, workspaceId, channelId);
    if (!channel || channel.state === 'disabled') return;
    const alarm = {
      name: REFUSED[what] + code,
      message: wordsOf(reason),
      fix: what === 'send' ? PUT_RIGHT : TRY_AGAIN,
    };
    await this.alarms.raise(tx, workspaceId, channelId, channel, [alarm], this.clock.now());
  }

  /** What stands now; what was not refused again for a week is forgotten. */
  async standing(tx: Tx, workspaceId: string, channelId: string): Promise<Alarm[]> {
    const now = this.clock.now();
    const longAgo = new Date(now.getTime() - FORGOTTEN_MS);
    await this.alarms.forget(tx, workspaceId, channelId, ANY_REFUSED, longAgo, now);
    // $1 workspace, $2 channel, $3 how such alarms begin, $4 to $6 those of messages, edits and moderation; what succeeded
    // since the last refusal was written at most a week before the first, and its id tells when
    const alarms = await tx.query<Alarm>(
      `SELECT a.name, a.message, a.fix, a.seen_at AS "seenAt" FROM channel_alarms a
       CROSS JOIN LATERAL (SELECT uuid_floor(a.raised_at - interval '7 days') AS first) w
       WHERE a.workspace_id = $1 AND a.channel_id = $2 AND a.cleared_at IS NULL AND a.name ~ $3
         AND NOT (starts_with(a.name, $4) AND (
           EXISTS (SELECT 1 FROM outbound_deliveries d
             WHERE d.workspace_id = $1 AND d.message_id >= w.first AND d.channel_id = $2 AND d.sent_at > a.seen_at)
           OR EXISTS (SELECT 1 FROM channel_notices n
             WHERE n.workspace_id = $1 AND n.channel_id = $2 AND n.id >= w.first AND n.sent_at > a.seen_at)))
         AND NOT (starts_with(a.name, $5) AND EXISTS (SELECT 1 FROM message_versions v
           JOIN outbound_deliveries d ON d.workspace_id = v.workspace_id AND d.message_id = v.message_id AND d.channel_id = $2
           WHERE v.workspace_id = $1 AND v.message_id >= w.first AND v.edited_at > a.seen_at))
         AND NOT (starts_with(a.name, $6) AND EXISTS (SELECT 1 FROM moderation_items i
           WHERE i.workspace_id = $1 AND i.id >= w.first AND i.channel_id = $2 AND i.state = 'done' AND i.settled_at > a.seen_at))`,
      [workspaceId, channelId, ANY_REFUSED, REFUSED.send, REFUSED.edit, REFUSED.moderation],
    );
    // $1 workspace, $2 channel, $3 shorter ones are not told, in ms
    const [pause] = await tx.query<{ reason: string }>(
      `SELECT reason FROM channel_budgets WHERE workspace_id = $1 AND channel_id = $2 AND paused_until > now()
         AND paused_until - updated_at >= $3::float8 * interval '1 ms'`,
      [workspaceId, channelId, TOLD_FROM_MS],
    );
    return pause ? [...alarms, { name: 'sending_paused', message: wordsOf(pause.reason), fix: HELD }] : alarms;
  }
}

const PUT_RIGHT = {
  fa: 'آنچه را اینجا آمده در شبکه درست کنید، سپس پیام‌های ناموفق را دوباره بفرستید.',
  en: 'Put right at the network what this says, then send the failed messages again.',
};
const TRY_AGAIN = {
  fa: 'آنچه را اینجا آمده در شبکه درست کنید، سپس دوباره امتحان کنید.',
  en: 'Put right at the network what this says, then try again.',
};
const HELD = {
  fa: 'ارسال‌های این کانال نگه داشته می‌شود و پس از این وقفه خودبه‌خود ادامه می‌یابد؛ حساب را در شبکه بررسی کنید.',
  en: 'What this channel sends is held and goes on by itself after the pause; look at the account at the network.',
};
