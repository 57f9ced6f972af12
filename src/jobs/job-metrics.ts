import { Injectable } from '@nestjs/common';
import { Gauge, Histogram, register } from 'prom-client';
import { Database } from '../platform/database';
import { type JobCount, JobsViewRepository } from './jobs-view.repository';

const GAUGES: readonly [name: string, help: string, value: (count: JobCount) => number][] = [
  ['pasokh_jobs_ready', 'Jobs waiting to run', (c) => c.ready],
  ['pasokh_jobs_running', 'Jobs leased by a runner', (c) => c.running],
  ['pasokh_jobs_parked', 'Jobs waiting for a person', (c) => c.parked],
  ['pasokh_jobs_oldest_ready_seconds', 'Age of the job that is due longest', (c) => c.oldestReadySeconds],
];
const COUNTS_FRESH_MS = 1_000; // one scrape reads all gauges; count once for them

@Injectable()
export class JobMetrics {
  private readonly durations: Histogram<'queue' | 'name' | 'outcome'>;
  private readonly waits: Histogram<'queue'>;
  private counts?: { at: number; value: Promise<JobCount[]> };

  constructor(
    private readonly database: Database,
    private readonly view: JobsViewRepository,
  ) {
    this.durations = new Histogram({
      ...fresh('pasokh_job_duration_seconds'),
      help: 'Time a handler took',
      labelNames: ['queue', 'name', 'outcome'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
    });
    this.waits = new Histogram({
      ...fresh('pasokh_job_wait_seconds'),
      help: 'Time from being due to being leased',
      labelNames: ['queue'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600, 3600],
    });
    for (const [name, help, value] of GAUGES) this.countedGauge(name, help, value);
  }

  waited(queue: string, ms: number): void {
    this.waits.observe({ queue }, ms / 1_000);
  }

  ran(queue: string, name: string, outcome: string, ms: number): void {
    this.durations.observe({ queue, name, outcome }, ms / 1_000);
  }

  /** A gauge that asks the table when it is read. */
  private countedGauge(name: string, help: string, value: (count: JobCount) => number): void {
    const gauge = new Gauge({
      ...fresh(name),
      help,
      labelNames: ['queue'],
      collect: async () => {
        const counts = await this.latest();
        gauge.reset();
        for (const count of counts) gauge.set({ queue: count.queue }, value(count));
      },
    });
  }

  private latest(): Promise<JobCount[]> {
    const now = performance.now();
    if (!this.counts || now - this.counts.at > COUNTS_FRESH_MS) {
      const value = this.database.lean('system', (tx) => this.view.counts(tx)).catch(() => []); // no database, no sample
      this.counts = { at: now, value };
    }
    return this.counts.value;
  }
}

/** An earlier application of this process, now closed, gives up the name. */
function fresh(name: string): { name: string; registers: (typeof register)[] } {
  register.removeSingleMetric(name);
  return { name, registers: [register] };
}
