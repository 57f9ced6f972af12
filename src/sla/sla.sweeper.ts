import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { slaBreached } from './sla.events';
import { SlaRepository } from './sla.repository';
import { SLA_SUBSCRIBER } from './sla.subscriber';

const EVERY_MS = 500;
const BATCH = 500;
const GRACE_MS = 250; // an answer written in the last moment is committed by then; with the interval it stays within a second

/**
 * Tells breaches of running clocks. Whether something is a breach never depends on it: that is a comparison of stored
 * instants. Any number of nodes may sweep; each breach is told once.
 */
@Injectable()
export class SlaSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private sweeping?: Promise<void>;

  constructor(
    private readonly database: Database,
    private readonly sla: SlaRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.timer = setInterval(() => this.tick(), EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private tick(): void {
    this.sweeping ??= this.sweep()
      .then(() => undefined)
      .catch((error: unknown) => this.log.warn({ event: 'sla.sweep_failed', err: error }, 'the next sweep tries again'))
      .finally(() => (this.sweeping = undefined));
  }

  /** Tells everything that is overdue now. @returns how many breaches were told */
  async sweep(): Promise<number> {
    for (let told = 0; ;) {
      const batch = await this.sweepBatch();
      told += batch;
      if (batch < BATCH) return told;
    }
  }

  private sweepBatch(): Promise<number> {
    return this.database.lean('system', async (tx) => {
      const now = this.clock.now();
      const breaches = await this.sla.markOverdue(tx, SLA_SUBSCRIBER, new Date(now.getTime() - GRACE_MS), now, BATCH);
      this.outbox.record(tx, ...breaches.map((breach) => slaBreached(breach, now)));
      return breaches.length;
    });
  }
}
