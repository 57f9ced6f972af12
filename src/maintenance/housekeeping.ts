import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { UploadsService } from '../media/uploads.service';
import { RepeatsRepository } from '../inbox/repeats/repeats.repository';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { Retention } from './retention.service';

const EVERY_MS = 3_600_000;
const HOUSEKEEPING_LOCK = 7_265_413; // any constant: one node at a time is enough

/** Hourly chores of a worker: partitions for the coming months, rows that have had their time. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private running = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly uploads: UploadsService,
    private readonly repeats: RepeatsRepository,
    private readonly retention: Retention,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.timer = setInterval(() => void (this.running = this.tidy()), EVERY_MS);
    this.running = this.tidy();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async tidy(): Promise<void> {
    try {
      await this.database.lean('system', async (tx) => {
        const [lock] = await tx.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
          HOUSEKEEPING_LOCK,
        ]);
        if (!lock?.mine) return;
        await tx.query('SELECT ensure_partitions()');
        // Stripe keeps stored answers a day; a week covers an agent who comes back after the weekend
        await tx.execute(`DELETE FROM idempotency_keys WHERE created_at < now() - interval '7 days'`);
        await tx.execute(`DELETE FROM sessions WHERE expires_at < now()`);
        await tx.execute(
          `DELETE FROM login_attempts WHERE window_started_at < now() - interval '1 day' AND coalesce(blocked_until, now()) <= now()`,
        );
        await this.repeats.tidy(tx, new Date());
        await tx.execute(`DELETE FROM voice_events WHERE received_at < now() - interval '30 days'`);
        await tx.execute(`DELETE FROM webchat_sessions WHERE expires_at < now() - interval '1 day'`);
      });
      await this.uploads.tidy();
      const removed = await this.retention.run();
      if (Object.keys(removed).length > 0)
        this.log.info({ event: 'retention.removed', removed }, 'rows that had their time');
    } catch (error) {
      this.log.warn({ event: 'housekeeping.failed', err: error }, 'trying again in an hour');
    }
  }
}
