import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { RoutingRepository } from './routing.repository';
import { ASSIGN_JOB } from './routing.subscriber';

const EVERY_MS = 10_000;

/**
 * The net under the events: room also appears by changes that are nobody's event (an agent's capacity raised, a member
 * added, a team switched to push). Teams with waiting work are looked at again now and then.
 */
@Injectable()
export class RoutingSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private running = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly routing: RoutingRepository,
    private readonly jobs: JobQueue,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.timer = setInterval(() => void (this.running = this.sweep()), EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  async sweep(): Promise<void> {
    try {
      await this.database.lean('system', async (tx) => {
        for (const { workspaceId, teamId } of await this.routing.teamsWaiting(tx)) {
          this.jobs.enqueue(tx, {
            workspaceId,
            queue: 'routing',
            name: ASSIGN_JOB,
            payload: { teamId },
            dedupeKey: teamId,
          });
        }
      });
    } catch (error) {
      this.log.warn({ event: 'routing.sweep_failed', err: error }, 'trying again');
    }
  }
}
