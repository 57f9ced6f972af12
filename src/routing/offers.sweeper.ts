import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Config } from '../platform/config';
import { LOGGER } from '../platform/logger';
import { OffersService } from './offers.service';

const EVERY_MS = 400; // an offer ends within a second of its time
const BATCH = 200;

/** Ends offers whose time ran out. Any number of nodes may sweep; each offer ends once. */
@Injectable()
export class OffersSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private sweeping?: Promise<void>;

  constructor(
    private readonly offers: OffersService,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.timer = setInterval(() => this.tick(), EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private tick(): void {
    this.sweeping ??= this.offers
      .expire(BATCH)
      .then(() => undefined)
      .catch((error: unknown) =>
        this.log.warn({ event: 'routing.offers_sweep_failed', err: error }, 'the next sweep tries again'),
      )
      .finally(() => (this.sweeping = undefined));
  }
}
