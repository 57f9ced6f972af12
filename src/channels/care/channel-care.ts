import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../../jobs/job-queue';
import type { RunningJob } from '../../jobs/jobs';
import { type DomainEventData, isEvent } from '../../outbox/domain-event';
import { Subscriptions } from '../../outbox/subscriptions';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database, type Tx } from '../../platform/database';
import { LOGGER } from '../../platform/logger';
import { ChannelDirectory, type DirectoryChannel } from '../channel-directory';
import { wordsOf } from '../../refusals/refusal-words';
import type { HealthReport } from '../health';
import { PullSchedule } from '../pulls/pull-schedule';
import { PullsRepository } from '../pulls/pulls.repository';
import { CARE_JOB, careJob } from './care-job';
import { CareRepository } from './care.repository';
import { ChannelAlarms } from './channel-alarms';
import { ChannelHealth } from './channel-health';
import { AHEAD_MS, CredentialRefresh } from './credential-refresh';

type StateChange = DomainEventData['channel.state_changed'];

const SWEEP_MS = 15_000;
const ROUND_MS = 15 * 60_000;
const AT_ONCE = 200; // channels put on the round by one sweep
const CONCURRENCY = 32; // a round waits for networks nearly all its time, and one that hangs delays no other
const AFTER_REFUSAL_MS = 5 * 60_000;
const AGAIN_MS = 60_000;
const WHATEVER_MS = 365 * 24 * 3_600_000; // refused credentials are renewed although their time is not over
const COUNT_EVERY_MS = 10 * 60_000;

/**
 * Looks after every channel four times an hour: renews its token, asks the network how it stands, subscribes again what
 * was dropped, reads what was missed meanwhile, and says what an admin has to do.
 */
@Injectable()
export class ChannelCare implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private sweeping = Promise.resolve();
  private countedAt = 0;

  constructor(
    private readonly database: Database,
    private readonly repository: CareRepository,
    private readonly health: ChannelHealth,
    private readonly alarms: ChannelAlarms,
    private readonly refresh: CredentialRefresh,
    private readonly schedule: PullSchedule,
    private readonly pulls: PullsRepository,
    private readonly directory: ChannelDirectory,
    private readonly jobs: JobQueue,
    private readonly subscriptions: Subscriptions,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'channels.care',
      types: ['channel.state_changed'],
      handle: async (tx, events) => {
        for (const e of events)
          if (isEvent(e, 'channel.state_changed')) await this.stateChanged(tx, e.workspaceId, e.data);
      },
    });
    this.jobs.handle(CARE_JOB, (job) => this.look(job), {
      queue: 'channels',
      concurrency: CONCURRENCY,
      leaseMs: 180_000,
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.timer = setInterval(() => void (this.sweeping = this.sweep()), SWEEP_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Puts channels on the round whose time has come. */
  async sweep(): Promise<void> {
    try {
      const now = this.clock.now();
      await this.database.lean('system', async (tx) => {
        const due = await this.repository.takeDue(tx, now, new Date(now.getTime() + ROUND_MS), AT_ONCE);
        for (const { workspaceId, channelId } of due) this.jobs.enqueue(tx, careJob(workspaceId, channelId));
      });
      if (now.getTime() - this.countedAt < COUNT_EVERY_MS) return;
      await this.database.lean('system', (tx) => this.repository.countHours(tx, now));
      this.countedAt = now.getTime();
    } catch (error) {
      this.log.warn({ event: 'care.sweep_failed', err: error }, 'trying again');
    }
  }

  /**
   * Looked at now, so that who may repair it hears of it, or that it is over. Refused credentials perhaps only ended a
   * little early and can be renewed; not over and over. Where an admin entered others, nothing is set up beside them.
   */
  private async stateChanged(tx: Tx, workspaceId: string, { channelId, from, to }: StateChange): Promise<void> {
    const now = this.clock.now();
    if (to === 'disabled') {
      const row = await this.repository.channel(tx, workspaceId, channelId);
      if (row?.state === 'disabled') await this.alarms.become(tx, workspaceId, channelId, row, [], now);
      return;
    }
    const before = new Date(now.getTime() - AFTER_REFUSAL_MS);
    const repairs =
      to === 'needs_reconnect'
        ? await this.repository.tryRenewal(tx, workspaceId, channelId, now, before)
        : from === 'disabled';
    this.jobs.enqueue(tx, careJob(workspaceId, channelId, repairs));
  }

  private async look(job: RunningJob): Promise<void> {
    const { channelId, repairs = true } = job.payload as { channelId: string; repairs?: boolean };
    const known = await this.directory.named(channelId);
    if (!known || known.workspaceId !== job.workspaceId) return;
    const { channel, problem } = repairs
      ? await this.refresh.renew(known, known.state === 'active' ? AHEAD_MS : WHATEVER_MS)
      : { channel: known };
    let report = await this.health.check(channel);
    if (channel.state === 'active' && dropped(report)) {
      if (!repairs) return this.lookAgain(channel); // whoever works on the channel now sets it up, or we do then
      this.log.warn({ event: 'care.subscription_dropped', workspaceId: channel.workspaceId, channelId });
      report = await this.health.subscribe(channel);
      if (!dropped(report)) await this.readGap(channel);
    }
    if (problem)
      report = {
        ...report,
        checks: [
          ...report.checks,
          {
            name: 'token',
            state: 'problem',
            message: {
              fa: `توکن تازه نشد. ${wordsOf(problem).fa}`,
              en: `The token could not be renewed: ${wordsOf(problem).en}`,
            },
          },
        ],
      };
    const { silent } = await this.health.settle(channel, report);
    if (silent) await this.readAgain(channel);
  }

  /** Deliveries were off for an unknown time: everything since the last event is read. */
  private readGap({ workspaceId, id }: DirectoryChannel): Promise<void> {
    return this.database.lean({ workspaceId }, async (tx) => {
      const row = await this.repository.channel(tx, workspaceId, id);
      if (row) await this.schedule.gap(tx, workspaceId, id, row.lastEventAt ?? row.createdAt);
    });
  }

  private lookAgain({ workspaceId, id }: DirectoryChannel): Promise<void> {
    const runAt = new Date(this.clock.now().getTime() + AGAIN_MS);
    return this.database.lean({ workspaceId }, async (tx) =>
      this.jobs.enqueue(tx, { ...careJob(workspaceId, id), dedupeKey: `${id} again`, runAt }),
    );
  }

  private readAgain({ workspaceId, id }: DirectoryChannel): Promise<void> {
    return this.database.lean({ workspaceId }, (tx) =>
      this.pulls.hurry(tx, workspaceId, id, ['poll', 'reconcile'], this.clock.now()),
    );
  }
}

/** Whether the network says it does not deliver to us, which subscribing again may repair. */
const dropped = ({ checks }: HealthReport) =>
  checks.some(
    ({ name, state, serious }) => (name === 'subscription' || name === 'webhook') && state === 'problem' && !serious,
  );
