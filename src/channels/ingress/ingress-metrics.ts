import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Counter, Histogram, register } from 'prom-client';
import { Database } from '../../platform/database';
import { LOGGER } from '../../platform/logger';
import { LedgerRepository } from './ledger.repository';

const counter = (name: string, help: string, labelNames: string[] = []) =>
  (register.getSingleMetric(name) as Counter | undefined) ?? new Counter({ name, help, labelNames });
const histogram = (name: string, help: string, buckets: number[]) =>
  (register.getSingleMetric(name) as Histogram | undefined) ?? new Histogram({ name, help, buckets });

const PERSIST_EVERY_MS = 5_000;

/** What came in and what was turned away; refusals are also kept by day, since they leave no event behind. */
@Injectable()
export class IngressMetrics implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly requests = counter('pasokh_webhook_requests_total', 'Webhook requests by outcome', [
    'source',
    'outcome',
  ]);
  private readonly events = counter('pasokh_inbound_events_total', 'Provider events by outcome of storing', [
    'outcome',
  ]);
  private readonly batches = histogram(
    'pasokh_ingest_batch_size',
    'Deliveries committed together',
    [1, 2, 5, 10, 20, 50, 100, 200],
  );
  private readonly commits = histogram(
    'pasokh_ingest_commit_seconds',
    'Time to commit a batch',
    [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
  );
  private pending = new Map<string, { source: string; outcome: string; count: number }>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerRepository,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.persist(), PERSIST_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.persist();
  }

  request(source: string, outcome: string): void {
    this.requests.inc({ source, outcome });
    if (outcome === 'accepted') return;
    this.keep(source, outcome, 1);
  }

  /** Events of an accepted request that nobody here is connected for. */
  unknownAccount(source: string, count: number): void {
    this.events.inc({ outcome: 'unknown_account' }, count);
    this.keep(source, 'unknown_account', count);
  }

  stored(fresh: number, duplicates: number): void {
    this.events.inc({ outcome: 'stored' }, fresh);
    if (duplicates > 0) this.events.inc({ outcome: 'duplicate' }, duplicates);
  }

  batchTimer(size: number): () => void {
    this.batches.observe(size);
    return this.commits.startTimer();
  }

  private keep(source: string, outcome: string, count: number): void {
    const key = `${source} ${outcome}`;
    const kept = this.pending.get(key) ?? { source, outcome, count: 0 };
    kept.count += count;
    this.pending.set(key, kept);
  }

  private async persist(): Promise<void> {
    if (this.pending.size === 0) return;
    const counts = [...this.pending.values()];
    this.pending = new Map();
    try {
      await this.database.lean('system', (tx) => this.ledger.count(tx, counts));
    } catch (error) {
      for (const { source, outcome, count } of counts) this.keep(source, outcome, count);
      this.log.warn(
        { event: 'ingress.counts_kept_back', err: error },
        'counts of refused requests wait for the database',
      );
    }
  }
}
