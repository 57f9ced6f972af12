import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { isEvent } from '../../outbox/domain-event';
import { Subscriptions } from '../../outbox/subscriptions';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database, type Tx } from '../../platform/database';
import { LOGGER } from '../../platform/logger';
import { ChannelDirectory } from '../channel-directory';
import { CHANNEL_KINDS } from '../channel';
import { Connectors } from '../connectors/registry';
import { firstBackfill, OVERLAP_MS, standingPulls } from './pull-plan';
import { PullsRepository } from './pulls.repository';

const SWEEP_MS = 15_000;

/** Keeps the rows that say what is read when: made for new channels, hurried after a gap. */
@Injectable()
export class PullSchedule implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private sweeping = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly repository: PullsRepository,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly subscriptions: Subscriptions,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'channels.pulls',
      types: ['channel.connected', 'channel.state_changed'],
      handle: async (tx, events) => {
        for (const e of events) {
          if (isEvent(e, 'channel.connected')) await this.connected(tx, e.workspaceId, e.data.channelId);
          if (isEvent(e, 'channel.state_changed') && e.data.to === 'active')
            await this.back(tx, e.workspaceId, e.data.channelId);
        }
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.timer = setInterval(() => void (this.sweeping = this.sweep()), SWEEP_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** A new channel: its standing readings begin, and what was there before is looked through once. */
  private async connected(tx: Tx, workspaceId: string, channelId: string): Promise<void> {
    const channel = await this.directory.named(channelId);
    if (!channel) return;
    const now = this.clock.now();
    const connector = this.connectors.of(channel.kind);
    const plan = connector.pulls?.(channel) ?? null;
    await this.ensure(tx, channel.id, workspaceId, now);
    const back = firstBackfill(plan, channel.settings, now);
    if (back) await this.repository.backfill(tx, workspaceId, channelId, back.since, back.workSince, now);
  }

  /** A channel works again: all it may have missed since it was last heard is read, and is work. */
  private async back(tx: Tx, workspaceId: string, channelId: string): Promise<void> {
    const channel = await this.directory.named(channelId);
    if (!channel) return;
    const now = this.clock.now();
    await this.ensure(tx, channelId, workspaceId, now);
    await this.repository.hurry(tx, workspaceId, channelId, ['poll', 'reconcile', 'listen', 'backfill'], now);
    await this.gap(tx, workspaceId, channelId, await this.heardAt(tx, workspaceId, channelId));
  }

  /**
   * Reads everything since `from` again, as work: nothing that came meanwhile was answered from here.
   * @returns whether the network has a history to read
   */
  async gap(tx: Tx, workspaceId: string, channelId: string, from: Date): Promise<boolean> {
    const channel = await this.directory.named(channelId);
    const plan = channel ? (this.connectors.of(channel.kind).pulls?.(channel) ?? null) : null;
    if (plan?.backfillMs === undefined) return false;
    const now = this.clock.now();
    const since = new Date(Math.max(from.getTime() - OVERLAP_MS, now.getTime() - plan.backfillMs));
    await this.repository.backfill(tx, workspaceId, channelId, since, since, now);
    return true;
  }

  private async heardAt(tx: Tx, workspaceId: string, channelId: string): Promise<Date> {
    const [row] = await tx.query<{ at: Date }>(
      'SELECT coalesce(last_event_at, created_at) AS at FROM channels WHERE workspace_id = $1 AND id = $2',
      [workspaceId, channelId],
    );
    return row?.at ?? this.clock.now();
  }

  private async ensure(tx: Tx, channelId: string, workspaceId: string, now: Date): Promise<void> {
    const channel = await this.directory.named(channelId);
    if (!channel) return;
    const connector = this.connectors.of(channel.kind);
    const pulls = standingPulls(connector.pulls?.(channel) ?? null, connector.listen !== undefined, now);
    await this.repository.ensure(
      tx,
      pulls.map((pull) => ({ workspaceId, channelId, since: now, ...pull })),
    );
  }

  /** Rows that settings, a new version or an import call for. */
  private async sweep(): Promise<void> {
    try {
      const now = this.clock.now();
      const channels = (await this.directory.ofKinds(CHANNEL_KINDS)).filter(({ state }) => state === 'active');
      const wanted = channels.flatMap((channel) => {
        const connector = this.connectors.of(channel.kind);
        return standingPulls(connector.pulls?.(channel) ?? null, connector.listen !== undefined, now).map((pull) => ({
          workspaceId: channel.workspaceId,
          channelId: channel.id,
          since: now,
          ...pull,
        }));
      });
      if (wanted.length === 0) return;
      const known = await this.database.statement((tx) => this.repository.known(tx));
      const missing = wanted.filter((pull) => !known.has(`${pull.channelId} ${pull.reason}`));
      if (missing.length > 0) await this.database.lean('system', (tx) => this.repository.ensure(tx, missing));
    } catch (error) {
      this.log.warn({ event: 'pulls.sweep_failed', err: error }, 'trying again');
    }
  }
}
