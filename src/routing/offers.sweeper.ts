import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Sweeper } from '../jobs/sweeper';
import { Config } from '../platform/config';
import { LOGGER } from '../platform/logger';
import { OffersService } from './offers.service';

const EVERY_MS = 400; // an offer ends within a second of its time
const BATCH = 200;

/** Ends offers whose time ran out. Any number of nodes may sweep; each offer ends once. */
@Injectable()
export class OffersSweeper extends Sweeper {
  constructor(
    private readonly offers: OffersService,
    config: Config,
    @Inject(LOGGER) log: Logger,
  ) {
    super(EVERY_MS, 'routing.offers_sweep_failed', config, log);
  }

  sweep(): Promise<number> {
    return this.offers.expire(BATCH);
  }
}
