import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../../jobs/job-queue';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database, type Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import { LOGGER } from '../../platform/logger';
import type { Words } from '../../text/words';
import { ChannelDirectory, type DirectoryChannel } from '../channel-directory';
import { careJob } from '../care/care-job';
import { ChannelsService } from '../channels.service';
import type { PullOutcome, PullPlan } from '../pulling';
import { Connectors } from '../connectors/registry';
import { nextDay, nextDue, OVERLAP_MS, refusedAfterMs, retryAfterMs } from './pull-plan';
import { PulledDeliveries } from './pulled-deliveries';
import { type PullRow, PullsRepository } from './pulls.repository';

const TICK_MS = 500;
const AT_ONCE = 200; // readings wait for the network nearly all their time; what they bring is paced by the ledger
const LEASE_MS = 120_000; // longer than any one step
const RENEW_MS = 30_000;
const RELISTEN_MS = 5_000; // after a connection that ended without a word
const STEPS_AT_MOST = 1_000; // of one reading in a row; the rest follows as the next reading

/**
 * Reads channels that are due, each by itself: a network that hangs or is broken delays no other. A step's bodies are
 * stored before its cursor moves, so a kill between the two repeats the step, and the event keys make the repeat
 * nothing. Leases are in the table, so any number of nodes share the channels.
 */
@Injectable()
export class PullRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly node = `${hostname()}:${process.pid}:${uuidv7().slice(-6)}`;
  private readonly running = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();
  private timer?: NodeJS.Timeout;
  private claiming = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly repository: PullsRepository,
    private readonly pulled: PulledDeliveries,
    private readonly directory: ChannelDirectory,
    private readonly channels: ChannelsService,
    private readonly connectors: Connectors,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.timer = setInterval(() => this.wake(), TICK_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stop.abort();
    await this.claiming;
    await Promise.allSettled(this.running.values());
  }

  /** Looks for what is due now. */
  wake(): void {
    if (this.stop.signal.aborted) return;
    this.claiming = this.claiming.then(() => this.claim());
  }

  private async claim(): Promise<void> {
    const room = AT_ONCE - this.running.size;
    if (room <= 0 || this.stop.signal.aborted) return;
    try {
      const now = this.clock.now();
      const rows = await this.database.statement((tx) =>
        this.repository.claim(tx, this.node, room, now, new Date(now.getTime() + LEASE_MS)),
      );
      for (const row of rows) this.start(row);
    } catch (error) {
      this.log.warn({ event: 'pulls.claim_failed', err: error }, 'trying again');
    }
  }

  private start(row: PullRow): void {
    const key = `${row.channelId} ${row.reason} ${row.fence}`;
    const run = this.run(row)
      .catch((error: unknown) => {
        this.log.error(
          { event: 'pulls.failed', ...logged(row), err: error },
          'its lease runs out, then it is tried again',
        );
      })
      .finally(() => this.running.delete(key));
    this.running.set(key, run);
  }

  private async run(row: PullRow): Promise<void> {
    const channel = await this.directory.named(row.channelId);
    if (!channel) return this.fail(row, 60_000, 'Its credentials do not open.', 'sealed_shut');
    if (row.reason === 'listen') return this.listen(row, channel);
    const connector = this.connectors.of(channel.kind);
    const plan = connector.pulls?.(channel) ?? null;
    if (!plan || !connector.pull) return this.write((tx) => this.repository.finish(tx, row, null, this.clock.now()));
    if (await this.spent(row, plan))
      return this.fail(
        row,
        nextDay(this.clock.now()).getTime() - this.clock.now().getTime(),
        BUDGET_SPENT,
        'budget_spent',
      );
    const workSince = row.reason === 'poll' ? null : (row.workSince ?? sinceOf(row));
    let { cursor } = row;
    for (let step = 0; step < STEPS_AT_MOST && !this.stop.signal.aborted; step++) {
      const outcome = await this.step(row, channel, cursor);
      if (outcome.status !== 'pulled') return this.refused(row, channel, outcome);
      const found = await this.pulled.store(channel, row.reason, outcome.bodies, workSince);
      const now = this.clock.now();
      cursor = outcome.cursor;
      const held = await this.write(async (tx) => {
        if (outcome.cost) await this.repository.addCost(tx, row, outcome.cost, now);
        return this.repository.advance(tx, row, cursor, found, now, new Date(now.getTime() + LEASE_MS));
      });
      if (found > 0) this.log.info({ event: 'pulls.found', ...logged(row), found });
      if (!held) return;
      if (!outcome.more) {
        const due = nextDue(row.reason, plan, outcome.nextMs, this.clock.now());
        return this.finish(row, due);
      }
    }
    return this.finish(row, this.clock.now());
  }

  private async step(row: PullRow, channel: DirectoryChannel, cursor: unknown): Promise<PullOutcome> {
    const connector = this.connectors.of(channel.kind);
    const reason = row.reason as 'poll' | 'reconcile' | 'backfill';
    const request = { reason, cursor, since: sinceOf(row), signal: this.stop.signal };
    try {
      return await connector.pull!(channel, request, channel.credentials);
    } catch (error) {
      this.log.error({ event: 'pulls.threw', ...logged(row), err: error }, 'a connector must not throw');
      return { status: 'retry', reason: error instanceof Error ? error.message : 'The reading broke off.' };
    }
  }

  private async refused(
    row: PullRow,
    channel: DirectoryChannel,
    outcome: Exclude<PullOutcome, { status: 'pulled' }>,
  ): Promise<void> {
    this.log.warn({ event: 'pulls.refused', ...logged(row), outcome: outcome.status, reason: outcome.reason });
    if (outcome.status === 'retry') return this.putOff(row, outcome.afterMs, outcome.reason, outcome.code ?? null);
    if (outcome.status === 'refused')
      return this.fail(row, refusedAfterMs, outcome.reason, outcome.code, outcome.fix ?? null);
    await this.database.transaction({ workspaceId: row.workspaceId }, async (tx) => {
      await this.channels.needsReconnect(tx, channel, outcome.reason);
      const { reason: error, code } = outcome;
      await this.repository.fail(tx, row, this.clock.now(), { error, code, fix: null }); // due at once when it is active again
    });
  }

  /** Keeps a connection open; what it announces is polled. */
  private async listen(row: PullRow, channel: DirectoryChannel): Promise<void> {
    const connector = this.connectors.of(channel.kind);
    if (!connector.listen) return this.write((tx) => this.repository.finish(tx, row, null, this.clock.now()));
    const ended = new AbortController();
    const renewing = setInterval(() => {
      const until = new Date(this.clock.now().getTime() + LEASE_MS);
      void this.write((tx) => this.repository.renew(tx, row, until)).then(
        (held) => (held && this.stillAs(channel) ? undefined : ended.abort()),
        () => undefined,
      );
    }, RENEW_MS);
    const signal = AbortSignal.any([this.stop.signal, ended.signal]);
    try {
      await connector.listen(channel, channel.credentials, () => this.pollNow(row), signal);
      const now = this.clock.now();
      const again = new Date(now.getTime() + (signal.aborted ? 0 : RELISTEN_MS));
      await this.write((tx) => this.repository.finish(tx, row, again, now));
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'The connection broke.';
      await this.putOff(row, undefined, reason, null);
    } finally {
      clearInterval(renewing);
    }
  }

  private pollNow(row: PullRow): void {
    this.write((tx) => this.repository.hurry(tx, row.workspaceId, row.channelId, ['poll'], this.clock.now())).then(
      () => this.wake(),
      (error: unknown) =>
        this.log.warn({ event: 'pulls.news_lost', ...logged(row), err: error }, 'the next poll finds it'),
    );
  }

  /** Whether the channel is still as it was when the connection was opened. */
  private stillAs(channel: DirectoryChannel): boolean {
    const now = this.directory.remembered(channel.id);
    return now?.state === 'active' && now.updatedAt.getTime() === channel.updatedAt.getTime();
  }

  private async spent(row: PullRow, plan: PullPlan): Promise<boolean> {
    const { dailyBudget } = plan;
    if (!dailyBudget) return false;
    const now = this.clock.now();
    const spent = await this.write((tx) =>
      this.repository.costToday(tx, row.workspaceId, row.channelId, dailyBudget.unit, now),
    );
    return spent >= dailyBudget.amount;
  }

  private finish(row: PullRow, due: Date | null): Promise<void> {
    return this.write(async (tx) => {
      await this.repository.finish(tx, row, due, this.clock.now());
      if (row.wasRefused) this.jobs.enqueue(tx, careJob(row.workspaceId, row.channelId)); // who was told hears that it is over
    });
  }

  private fail(
    row: PullRow,
    afterMs: number,
    error: string,
    code: string | null,
    fix: Words | null = null,
  ): Promise<void> {
    const dueAt = new Date(this.clock.now().getTime() + afterMs);
    return this.write(async (tx) => {
      await this.repository.fail(tx, row, dueAt, { error, code, fix });
      if (fix) this.jobs.enqueue(tx, careJob(row.workspaceId, row.channelId)); // who can change that hears of it now
    });
  }

  private putOff(row: PullRow, afterMs: number | undefined, error: string, code: string | null): Promise<void> {
    const dueAt = new Date(this.clock.now().getTime() + retryAfterMs(row.failures + 1, afterMs));
    return this.write((tx) => this.repository.putOff(tx, row, dueAt, { error, code }));
  }

  private write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.lean('system', work);
  }
}

const BUDGET_SPENT = 'What a day of reading may cost is used up; it goes on tomorrow (UTC).';

/** How far back a reading looks: to its last good end and a little further. */
function sinceOf({ reason, since, lastOkAt }: PullRow): Date {
  return reason === 'reconcile' && lastOkAt ? new Date(lastOkAt.getTime() - OVERLAP_MS) : since;
}

const logged = ({ workspaceId, channelId, reason, failures }: PullRow) => ({
  workspaceId,
  channelId,
  reason,
  failures,
});
