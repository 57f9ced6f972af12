import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { type HandOut, JobDriver } from './job-driver';
import { type ExecutorListener, JobExecutor } from './job-executor';
import { JobHandlers } from './job-handlers';
import type { QueueName } from './jobs';
import { JobsRepository } from './jobs.repository';

const POLL_MS = 1_000; // the net under the wake-ups, and the wake-up for rows written by other processes
export const DRAIN_MS = 10_000; // what a deploy usually waits before it kills is longer

/**
 * Runs jobs straight from the table: a queue is pumped when this process committed rows for it, when a slot of it comes
 * free, and when the poll sees something due. Bull's driver lets it take over while Redis is away.
 */
@Injectable()
export class PgRunner extends JobDriver implements ExecutorListener {
  private readonly pumping = new Set<QueueName>();
  private readonly again = new Set<QueueName>();
  /** Queues left with work because all slots were taken. */
  private readonly hungry = new Set<QueueName>();
  private readonly alarms = new Set<NodeJS.Timeout>();
  private poll?: NodeJS.Timeout;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly handlers: JobHandlers,
    private readonly executor: JobExecutor,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super();
  }

  start(): void {
    if (!this.config.runsJobs) return;
    this.executor.start(this);
    this.resume();
  }

  async stop(): Promise<void> {
    this.pause();
    await this.executor.stop(DRAIN_MS);
  }

  /** Begins to take rows. */
  resume(): void {
    if (this.poll) return;
    this.poll = setInterval(() => void this.look(), POLL_MS);
    void this.look();
  }

  /** Takes no more rows; those that run go on. */
  pause(): void {
    clearInterval(this.poll);
    this.poll = undefined;
    this.alarms.forEach((alarm) => clearTimeout(alarm));
    this.alarms.clear();
    this.hungry.clear();
  }

  handOut(rows: readonly HandOut[]): void {
    if (!this.poll) return;
    const soonest = new Map<QueueName, number>();
    for (const { queue, delayMs } of rows) soonest.set(queue, Math.min(delayMs, soonest.get(queue) ?? Infinity));
    for (const [queue, delayMs] of soonest) this.wakeIn(queue, delayMs);
  }

  ready(rows: HandOut[]): void {
    this.handOut(rows);
  }

  slotFree(queue: QueueName): void {
    if (!this.hungry.delete(queue)) return;
    setImmediate(() => void this.pump(queue)); // slots come free several at a time: claim for all of them at once
  }

  /** Pumps what is due, and sets alarms for what comes due before the next look. */
  private async look(): Promise<void> {
    try {
      const queues = this.handlers.queues().map(({ queue }) => queue);
      const due = await this.database.lean('system', (tx) => this.jobs.nextDue(tx, queues));
      for (const [queue, delayMs] of due) this.wakeIn(queue, delayMs);
    } catch (error) {
      this.log.warn(
        { event: 'jobs.look_failed', err: error },
        'could not look for due jobs; looking again in a second',
      );
    }
  }

  private wakeIn(queue: QueueName, delayMs: number): void {
    if (delayMs <= 0) {
      void this.pump(queue);
    } else if (delayMs <= POLL_MS && this.poll) {
      const alarm = setTimeout(() => {
        this.alarms.delete(alarm);
        void this.pump(queue);
      }, Math.ceil(delayMs));
      this.alarms.add(alarm);
    }
  }

  /** Claims until the queue is empty or its slots are full. A wake-up that comes meanwhile makes it look once more. */
  private async pump(queue: QueueName): Promise<void> {
    if (this.pumping.has(queue)) {
      this.again.add(queue);
      return;
    }
    this.pumping.add(queue);
    try {
      do {
        this.again.delete(queue);
        this.hungry.add(queue); // before asking, so that a slot that comes free meanwhile is heard
        while (this.poll && (await this.executor.claim(queue)) > 0);
        if (!this.executor.full(queue)) this.hungry.delete(queue);
      } while (this.poll && this.again.has(queue));
    } catch (error) {
      this.log.warn({ event: 'jobs.claim_failed', queue, err: error }, 'could not take jobs; the poll tries again');
    } finally {
      this.pumping.delete(queue);
    }
  }
}
