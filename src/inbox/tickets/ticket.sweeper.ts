import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { SYSTEM } from '../../outbox/domain-event';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database } from '../../platform/database';
import { LOGGER } from '../../platform/logger';
import { moveTicket } from './ticket';
import { TicketChanges } from './ticket-changes';
import { TicketFieldsRepository } from './ticket-fields.repository';
import { DAY_MS } from './ticket-settings';
import { TicketsRepository } from './tickets.repository';

const EVERY_MS = 1_000;
const CLOSE_EVERY_MS = 60_000; // days are coarse
const BATCH = 100;

/** Wakes what was snoozed until now, and closes what was solved long ago. Any number of nodes may sweep. */
@Injectable()
export class TicketSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private sweeping?: Promise<void>;
  private lookedToCloseAt = 0;

  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsRepository,
    private readonly fields: TicketFieldsRepository,
    private readonly changes: TicketChanges,
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
      .catch((error: unknown) =>
        this.log.warn({ event: 'tickets.sweep_failed', err: error }, 'the next sweep tries again'),
      )
      .finally(() => (this.sweeping = undefined));
  }

  private async sweep(): Promise<void> {
    while ((await this.wake()) === BATCH);
    if (Date.now() - this.lookedToCloseAt < CLOSE_EVERY_MS) return;
    this.lookedToCloseAt = Date.now();
    while ((await this.close()) === BATCH);
  }

  /** @returns how many were woken */
  wake(): Promise<number> {
    return this.database.lean('system', async (tx) => {
      const due = await this.tickets.lockToWake(tx, this.clock.now(), BATCH);
      for (const ticket of due) await this.changes.wake(tx, ticket, 'time', SYSTEM);
      return due.length;
    });
  }

  /** @returns how many were closed */
  close(): Promise<number> {
    return this.database.lean('system', async (tx) => {
      const now = this.clock.now();
      const before = (await this.fields.everySettings(tx)).flatMap(({ workspaceId, settings }) =>
        settings.closeAfterDays === null
          ? []
          : [{ workspaceId, solvedBefore: new Date(now.getTime() - settings.closeAfterDays * DAY_MS) }],
      );
      const due = await this.tickets.lockToClose(tx, before, BATCH);
      for (const ticket of due)
        await this.changes.saveStatus(tx, ticket, moveTicket(ticket, 'closed', now), SYSTEM, 'closed_after_days');
      return due.length;
    });
  }
}
