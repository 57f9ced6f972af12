import { Injectable } from '@nestjs/common';
import { Notifications } from '../../notifications/notifications';
import { room } from '../../outbox/audience';
import { event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import type { Alarm } from './alarms';
import { AlarmsRepository, type RaisedAlarm } from './alarms.repository';
import type { CaredForChannel } from './care.repository';

/**
 * The alarms of a channel, and who hears of them: whoever may repair it. What is found at one time is told as one, once
 * however often it is found again, and told to be over when all of it is.
 */
@Injectable()
export class ChannelAlarms {
  constructor(
    private readonly repository: AlarmsRepository,
    private readonly notifications: Notifications,
    private readonly outbox: Outbox,
  ) {}

  /** The channel's open alarms become these. @returns those that are new */
  async become(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    channel: Pick<CaredForChannel, 'name' | 'kind'>,
    alarms: readonly Alarm[],
    now: Date,
  ): Promise<readonly Alarm[]> {
    const names = alarms.map(({ name }) => name);
    const { cleared, over } = await this.repository.clearOthers(tx, workspaceId, channelId, names, now);
    this.recordCleared(tx, workspaceId, channelId, cleared);
    await this.notifications.settle(tx, workspaceId, over.map(causeOf));
    return this.raise(tx, workspaceId, channelId, channel, alarms, now);
  }

  /** These stand beside whatever does. @returns those that are new */
  async raise(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    { name, kind }: Pick<CaredForChannel, 'name' | 'kind'>,
    alarms: readonly Alarm[],
    now: Date,
  ): Promise<readonly Alarm[]> {
    const raised = await this.repository.raise(tx, workspaceId, channelId, alarms, now);
    for (const alarm of raised) {
      const what = { channelId, name: alarm.name, message: alarm.message, fix: alarm.fix };
      this.outbox.record(tx, event(workspaceId, 'channel.alarm_raised', SYSTEM, {}, [room.leads], what));
    }
    await this.tell(tx, workspaceId, { id: channelId, name, kind }, raised);
    return raised;
  }

  /** Those of such names that were not seen since stand no more; nobody is told that they are over, as nobody knows. */
  async forget(tx: Tx, workspaceId: string, channelId: string, names: string, unseenSince: Date, now: Date) {
    const forgotten = await this.repository.forget(tx, workspaceId, channelId, names, unseenSince, now);
    this.recordCleared(tx, workspaceId, channelId, forgotten);
  }

  private recordCleared(tx: Tx, workspaceId: string, channelId: string, names: readonly string[]): void {
    for (const name of names) {
      const what = { channelId, name };
      this.outbox.record(tx, event(workspaceId, 'channel.alarm_cleared', SYSTEM, {}, [room.leads], what));
    }
  }

  private async tell(
    tx: Tx,
    workspaceId: string,
    channel: { id: string; name: string; kind: string },
    raised: readonly RaisedAlarm[],
  ): Promise<void> {
    const [first] = raised;
    if (!first) return;
    await this.notifications.notify(tx, workspaceId, {
      to: { may: 'channels.manage' },
      kind: 'channel.alarm',
      data: { channel, alarms: raised.map(({ name, message, fix }) => ({ name, message, fix })) },
      cause: causeOf(first.id),
    });
  }
}

const causeOf = (alarmId: string) => `channel.alarm:${alarmId}`;
