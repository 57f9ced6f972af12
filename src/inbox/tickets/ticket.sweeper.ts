import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Sweeper, untilEmpty } from '../../jobs/sweeper';
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
export class TicketSweeper extends Sweeper {
  private lookedToCloseAt = 0;

  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsRepository,
    private readonly fields: TicketFieldsRepository,
    private readonly changes: TicketChanges,
    private readonly clock: Clock,
    config: Config,
    @Inject(LOGGER) log: Logger,
  ) {
    super(EVERY_MS, 'tickets.sweep_failed', config, log);
  }

  async sweep(): Promise<void> {
    await untilEmpty(BATCH, () => this.wake());
    if (Date.now() - this.lookedToCloseAt < CLOSE_EVERY_MS) return;
    this.lookedToCloseAt = Date.now();
    await untilEmpty(BATCH, () => this.close());
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
