import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type pg from 'pg';
import { createApp } from '../../src/boot';
import { loadConfig } from '../../src/platform/config';
import { ENCRYPTION_KEY, SESSION_SECRET } from '../support/app-process';
import type { Hoard } from './many-tickets';
import { median } from './machine';
import type { Row } from './rows';

/** What very many tickets are held against. */
export const FEW = 10_000;

/** A database of so many tickets and the product on it. */
export interface Side {
  url: string;
  client: pg.Client;
  hoard: Hoard;
  app: NestFastifyApplication;
}

/**
 * The product in this very process, to time one of its verbs without HTTP around it. It works nothing off by itself: no
 * sweep and no job runs but those that are called.
 */
export function productInside(databaseUrl: string): Promise<NestFastifyApplication> {
  const config = loadConfig({
    NODE_ENV: 'test',
    ROLE: 'web',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL: '4',
    ENCRYPTION_KEY,
    SESSION_SECRET,
    LOG_LEVEL: 'silent',
  });
  return createApp(config).then((app) => app.init());
}

/** Milliseconds that `work` took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** A row that holds medians of milliseconds among many against those among few. */
export function rowOf(what: string, most: number, pairs: [number, number][]): Row {
  const [product, floor] = [median(pairs.map(([a]) => a)), median(pairs.map(([, b]) => b))];
  return {
    what,
    unit: 'ms',
    aim: `<= ${most} x among ${FEW}`,
    product: two(product),
    floor: two(floor),
    met: product <= most * floor,
    rounds: pairs,
  };
}

export const told = ({ what, product, floor, unit }: Row): string =>
  `${what}: ${product} ${unit}, among few ${floor} ${unit}`;

export const two = (value: number) => Math.round(value * 100) / 100;
