import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Sweeper, untilEmpty } from '../jobs/sweeper';
import { Outbox } from '../outbox/outbox';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { slaBreached } from './sla.events';
import { SLA_SUBSCRIBER } from './sla.names';
import { SlaRepository } from './sla.repository';
import { SlaSteps } from './sla.steps';

const EVERY_MS = 250; // looking costs an index range or two; with the grace and a thousand at once it stays within a second
const BATCH = 500;
const STEPS = 100; // each tells people, which takes a few statements
const GRACE_MS = 250; // an answer written in the last moment is committed by then

/**
 * Tells breaches of running clocks, and the steps before and after. Whether something is a breach never depends on it:
 * that is a comparison of stored instants. What is due the database's clock says, so a node whose own runs ahead tells
 * nothing early. Any number of nodes may sweep; each breach and each step is told once.
 */
@Injectable()
export class SlaSweeper extends Sweeper {
  constructor(
    private readonly database: Database,
    private readonly sla: SlaRepository,
    private readonly steps: SlaSteps,
    private readonly outbox: Outbox,
    config: Config,
    @Inject(LOGGER) log: Logger,
  ) {
    super(EVERY_MS, 'sla.sweep_failed', config, log);
  }

  /** Tells everything that is due now. @returns how many breaches were told */
  async sweep(): Promise<number> {
    const told = await untilEmpty(BATCH, () => this.sweepBreaches());
    await untilEmpty(STEPS, () => this.sweepSteps());
    return told;
  }

  private sweepBreaches(): Promise<number> {
    return this.database.lean('system', async (tx) => {
      const breaches = await this.sla.markOverdue(tx, SLA_SUBSCRIBER, GRACE_MS, BATCH);
      this.outbox.record(tx, ...breaches.map(slaBreached));
      return breaches.length;
    });
  }

  private sweepSteps(): Promise<number> {
    return this.database.lean('system', async (tx) => {
      const steps = await this.sla.markSteps(tx, SLA_SUBSCRIBER, GRACE_MS, STEPS);
      await this.steps.tell(tx, steps);
      return steps.length;
    });
  }
}
