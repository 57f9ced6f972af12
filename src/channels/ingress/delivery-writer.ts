import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Database, isPassing } from '../../platform/database';
import { DomainError } from '../../platform/errors';
import { IngressMetrics } from './ingress-metrics';
import { LedgerRepository, type NewDelivery } from './ledger.repository';

const MAX_BATCH = 200; // beyond it a batch only adds latency: Postgres is busy either way
const WRITERS = 2; // two keep both the disk and the application busy; more only wait for each other
const MAX_WAITING = 4_000; // requests in memory; beyond it the sender is told to come back
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

interface Waiting {
  delivery: NewDelivery;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit. Requests that arrive while a write is under way are written together by the next one, so one fsync and
 * one statement serve them all: no timer, the batch grows with the load and an idle server writes at once. A request is
 * answered only after its own batch is on disk.
 */
@Injectable()
export class DeliveryWriter implements OnApplicationShutdown {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private writing = 0;
  private readonly listeners = new Set<() => void>();
  private readonly inFlight = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerRepository,
    private readonly metrics: IngressMetrics,
  ) {}

  /** Resolves when the delivery is committed. @throws DomainError `unavailable` when there is no room */
  write(delivery: NewDelivery): Promise<void> {
    if (this.waiting.length >= MAX_WAITING || this.waitingBytes >= MAX_WAITING_BYTES) {
      return Promise.reject(
        new DomainError('unavailable', 'Too many deliveries at once; send it again in a moment.', {
          retryAfterSeconds: 2,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ delivery, resolve, reject });
      this.waitingBytes += delivery.body.length;
      if (this.writing < WRITERS) this.next();
    });
  }

  /** Calls back after each commit that brought new events. */
  onStored(listener: () => void): void {
    this.listeners.add(listener);
  }

  async onApplicationShutdown(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.allSettled(this.inFlight);
  }

  private next(): void {
    if (this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, MAX_BATCH);
    for (const { delivery } of batch) this.waitingBytes -= delivery.body.length;
    this.writing += 1;
    const run = this.store(batch).finally(() => {
      this.writing -= 1;
      this.inFlight.delete(run);
      this.next();
    });
    this.inFlight.add(run);
  }

  private async store(batch: readonly Waiting[]): Promise<void> {
    const done = this.metrics.batchTimer(batch.length);
    try {
      await this.commit(batch);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // a delivery that cannot be written must not take its neighbours down: each goes alone once
      if (batch.length > 1 && !isPassing(error)) {
        for (const one of batch) await this.commit([one]).then(one.resolve, one.reject);
      } else {
        for (const { reject } of batch) reject(error);
      }
    } finally {
      done();
    }
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    const deliveries = batch.map((one) => one.delivery);
    const stored = await this.database.statement((tx) => this.ledger.store(tx, deliveries));
    const offered = deliveries.reduce((sum, delivery) => sum + delivery.events.length, 0);
    this.metrics.stored(stored, offered - stored);
    if (stored > 0) for (const listener of this.listeners) listener();
  }
}
