import { Injectable } from '@nestjs/common';
import { wordsOf } from '../../refusals/refusal-words';
import type { Tx } from '../../platform/database';
import { Clock } from '../../platform/clock';
import type { Alarm } from './alarms';
import { AlarmsRepository } from './alarms.repository';
import { CareRepository } from './care.repository';
import { ChannelAlarms } from './channel-alarms';

/** A pause of the whole account as long as that, in milliseconds, is more than the weather: whoever manages it hears of it. */
export const TOLD_FROM_MS = 30 * 60_000;

const REFUSED = 'refused_'; // and the code, as an alarm's name
const FORGOTTEN_MS = 7 * 24 * 3_600_000;

/**
 * What sending finds out about a channel and only an admin can change. A refusal stands as an alarm until something goes
 * out again, a pause until it is over.
 */
@Injectable()
export class SendingTrouble {
  constructor(
    private readonly repository: AlarmsRepository,
    private readonly care: CareRepository,
    private readonly alarms: ChannelAlarms,
    private readonly clock: Clock,
  ) {}

  /** The network refused something for a reason that lies with the account. Told once, however often it comes. */
  async refused(tx: Tx, workspaceId: string, channelId: string, { code, reason }: { code: string; reason: string }) {
    const channel = await this.care.channel(tx, workspaceId, channelId);
    if (!channel || channel.state === 'disabled') return;
    const name = REFUSED + code;
    const others = (await this.repository.list(tx, workspaceId, channelId)).filter(
      (alarm) => alarm.clearedAt === null && alarm.name !== name,
    );
    const alarm = { name, message: wordsOf(reason), fix: PUT_RIGHT };
    await this.alarms.become(tx, workspaceId, channelId, channel, [...others, alarm], this.clock.now());
  }

  /** What stands now. */
  async standing(tx: Tx, workspaceId: string, channelId: string): Promise<Alarm[]> {
    const now = this.clock.now();
    // $1 workspace, $2 channel, $3 how such alarms begin, $4 older ones are forgotten; what went out since an alarm was
    // last seen is among the messages of the day before it
    const alarms = await tx.query<Alarm>(
      `SELECT a.name, a.message, a.fix FROM channel_alarms a
       WHERE a.workspace_id = $1 AND a.channel_id = $2 AND a.cleared_at IS NULL AND starts_with(a.name, $3) AND a.raised_at > $4
         AND NOT EXISTS (SELECT 1 FROM outbound_deliveries d
           WHERE d.workspace_id = $1 AND d.message_id >= uuid_floor(a.seen_at - interval '1 day') AND d.channel_id = $2
             AND d.sent_at > a.seen_at)`,
      [workspaceId, channelId, REFUSED, new Date(now.getTime() - FORGOTTEN_MS)],
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
const HELD = {
  fa: 'ارسال‌های این کانال نگه داشته می‌شود و پس از این وقفه خودبه‌خود ادامه می‌یابد؛ حساب را در شبکه بررسی کنید.',
  en: 'What this channel sends is held and goes on by itself after the pause; look at the account at the network.',
};
