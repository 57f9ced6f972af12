import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Config } from '../platform/config';

/**
 * Looks again and again for what stored instants say is due; only where jobs run, one look at a time, and the look under
 * way ends before the process does. One that fails is told, and the next tries again.
 */
export abstract class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private sweeping?: Promise<void>;

  /** @param failed the event that is logged when a look fails, `sla.sweep_failed` */
  constructor(
    private readonly everyMs: number,
    private readonly failed: string,
    private readonly config: Config,
    private readonly log: Logger,
  ) {}

  /** Does everything that is due now. Any number of nodes may at once. */
  abstract sweep(): Promise<unknown>;

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.timer = setInterval(() => this.tick(), this.everyMs);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private tick(): void {
    this.sweeping ??= this.sweep()
      .then(() => undefined)
      .catch((error: unknown) => this.log.warn({ event: this.failed, err: error }, 'the next sweep tries again'))
      .finally(() => (this.sweeping = undefined));
  }
}

/** Runs batch after batch until one is not full. @returns how many were done in all */
export async function untilEmpty(batch: number, run: () => Promise<number>): Promise<number> {
  for (let done = 0; ;) {
    const some = await run();
    done += some;
    if (some < batch) return done;
  }
}
