import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';

const EVERY_MS = 3_000;
const WORTH_IT = 200; // rows; of smaller tables any plan is a good one

/**
 * Keeps the planner's knowledge in step with tables that grow fast. Autovacuum looks once a minute and never at a
 * partitioned table as a whole; until then a workspace's first storm is planned as if every table were empty, which reads
 * whole workspaces where an index by id would do. A table is looked at whenever it has tripled, so the cost fades.
 */
@Injectable()
export class Statistics implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;

  constructor(
    private readonly database: Database,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.timer = setInterval(() => {
      this.running ??= this.renew().finally(() => delete this.running);
    }, EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Looks for tables that have tripled since the planner last knew them. */
  async renew(): Promise<void> {
    try {
      const grown = await this.database.lean('system', (tx) =>
        // $1 rows from which it is worth it; a partition stands for the whole it is a part of
        tx.query<{ name: string }>(
          `SELECT DISTINCT coalesce(p.inhparent, s.relid)::regclass::text AS name
           FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
           LEFT JOIN pg_inherits p ON p.inhrelid = s.relid
           WHERE s.schemaname = current_schema() AND s.n_live_tup >= $1 AND s.n_live_tup > 3 * c.reltuples`,
          [WORTH_IT],
          'statistics_grown',
        ),
      );
      for (const { name } of grown) await this.database.analyze(name);
    } catch (error) {
      this.log.warn({ event: 'statistics.not_renewed', err: error }, 'autovacuum will do it');
    }
  }
}
