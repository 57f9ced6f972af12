import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import type { DirectoryChannel } from '../channel-directory';
import { wordsOf } from '../../refusals/refusal-words';
import type { HealthCheck, HealthReport } from '../health';
import { Connectors } from '../connectors/registry';
import { PullsRepository } from '../pulls/pulls.repository';
import { WebhookAddress } from '../webhook-address';
import { alarmsOf } from './alarms';
import { AlarmsRepository } from './alarms.repository';
import { CareRepository } from './care.repository';
import { ChannelAlarms } from './channel-alarms';
import { SendingTrouble } from './sending-trouble';
import { rhythmOf, silence } from './rhythm';

const WEEKS_MS = 8 * 7 * 24 * 3_600_000;
const DEFAULT_CHANCE = 0.001;

/** Asks a network whether a channel works, and keeps what was found with the alarms it amounts to. */
@Injectable()
export class ChannelHealth {
  constructor(
    private readonly database: Database,
    private readonly repository: CareRepository,
    private readonly pulls: PullsRepository,
    private readonly connectors: Connectors,
    private readonly addresses: WebhookAddress,
    private readonly standing: AlarmsRepository,
    private readonly alarms: ChannelAlarms,
    private readonly sending: SendingTrouble,
    private readonly clock: Clock,
  ) {}

  /** Looks only. */
  check(channel: DirectoryChannel): Promise<HealthReport> {
    return this.ask(channel, 'health');
  }

  /** Sets up the network's side, then tells how it stands. */
  subscribe(channel: DirectoryChannel): Promise<HealthReport> {
    return this.ask(channel, 'subscribe');
  }

  /** Keeps a report and settles the alarms by everything known now. @returns the silence, if it is unlike the channel */
  async settle(channel: DirectoryChannel, report: HealthReport): Promise<{ silent: boolean }> {
    const { workspaceId, id } = channel;
    const now = this.clock.now();
    return this.database.lean({ workspaceId }, async (tx) => {
      const before = (await this.repository.report(tx, workspaceId, id))?.report ?? null;
      await this.repository.keepReport(tx, workspaceId, id, report, now);
      const row = await this.repository.channel(tx, workspaceId, id);
      if (!row) return { silent: false };
      const quiet = await this.silence(tx, channel, row, now);
      const alarms = alarmsOf(
        {
          ...row,
          report,
          before,
          open: await this.standing.standing(tx, workspaceId, id),
          pulls: await this.pulls.views(tx, workspaceId, id),
          sending: await this.sending.standing(tx, workspaceId, id),
          silence: quiet,
          silenceHours: numeric(channel.settings['silenceHours']),
        },
        now,
      );
      const raised = await this.alarms.become(tx, workspaceId, id, row, alarms, now);
      return { silent: raised.some(({ name }) => name === 'silence') };
    });
  }

  /** The channel's own rhythm against what it brings now; null until it is known. */
  async silence(
    tx: Tx,
    channel: DirectoryChannel,
    row: { lastEventAt: Date | null; createdAt: Date },
    now: Date,
  ): Promise<{ expected: number; unlike: boolean } | null> {
    if (!row.lastEventAt) return null;
    const since = new Date(now.getTime() - WEEKS_MS);
    const hours = await this.repository.hours(tx, channel.workspaceId, channel.id, since);
    const rhythm = rhythmOf(hours, row.createdAt.getTime(), now.getTime());
    const chance = numeric(channel.settings['silenceChance']) ?? DEFAULT_CHANCE;
    return silence(rhythm, row.lastEventAt.getTime(), now.getTime(), chance);
  }

  private async ask(channel: DirectoryChannel, what: 'health' | 'subscribe'): Promise<HealthReport> {
    const connector = this.connectors.of(channel.kind);
    const webhookUrl = this.addresses.of(channel);
    const door = connector.door(channel.kind);
    const ask = connector[what]?.bind(connector) ?? connector.health?.bind(connector);
    const asked: HealthReport = ask
      ? await ask(channel, channel.credentials, webhookUrl).catch((error: unknown) => ({
          checks: [
            {
              name: 'network',
              state: 'unknown' as const,
              message:
                error instanceof Error
                  ? wordsOf(error.message)
                  : { fa: 'از شبکه نمی‌توان پرسید.', en: 'The network could not be asked.' },
            },
          ],
        }))
      : { checks: [] };
    if (!door || webhookUrl !== null) return asked;
    return { ...asked, checks: [...asked.checks, NO_ADDRESS] };
  }
}

const NO_ADDRESS: HealthCheck = {
  name: 'public_address',
  state: 'unknown',
  message: {
    fa: '‏PUBLIC_URL تنظیم نیست، پس نمی‌توان به شبکه گفت کجا تحویل دهد.',
    en: 'PUBLIC_URL is not set, so the network cannot be told where to deliver.',
  },
  fix: {
    fa: '‏PUBLIC_URL را نشانی این نصب بگذارید، یا نشانی وب‌هوک را خودتان در شبکه وارد کنید.',
    en: 'Set PUBLIC_URL to the address this installation is reached by, or enter the webhook address at the network yourself.',
  },
};

const numeric = (value: unknown): number | null => (typeof value === 'number' && value > 0 ? value : null);
