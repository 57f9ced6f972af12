import { Inject, Injectable } from '@nestjs/common';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { Outbox } from '../outbox/outbox';
import { Database } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import { LOGGER } from '../platform/logger';
import { runWithRequestId } from '../platform/request-context';
import type { HandOut } from './job-driver';
import { JobHandlers } from './job-handlers';
import { JobMetrics } from './job-metrics';
import { type JobOutcome, outcomeOf } from './job-outcome';
import { jobParked } from './job.events';
import { JobSlots } from './job-slots';
import type { QueueName } from './jobs';
import { JobsRepository, type LeasedJob, type LeaseTerms, withTwinRetry } from './jobs.repository';

/** What a driver wants to hear from the executor. */
export interface ExecutorListener {
  /** Rows became ready: a try failed, a lease ran out. */
  ready(rows: HandOut[]): void;
  /** A slot of this queue is free. */
  slotFree(queue: QueueName): void;
}

const CLAIM_AT_MOST = 32; // rows in one claim, so one node does not take a whole burst
const BEAT_MS = 1_000;
const SWEEP_MS = 2_000;
const SWEEP_AT_MOST = 500;
const SETTLE_TRIES = 5; // with the waits between them 12 s: Postgres restarting must not cost finished work
const SETTLE_WAIT_MS = 100;

/** Leases rows, runs their handlers, writes what became of them. Both drivers use it; it does not know who woke it. */
@Injectable()
export class JobExecutor {
  readonly node = `${hostname()}:${process.pid}:${uuidv7().slice(-6)}`;
  private readonly slots = new JobSlots((queue) => this.handlers.queue(queue)?.concurrency ?? 0);
  private readonly claims = new Set<Promise<void>>();
  private readonly leases = new Map<string, { job: LeasedJob; renewedAt: number }>();
  private readonly finished: { job: LeasedJob; settled: (held: boolean) => void; failed: (error: unknown) => void }[] =
    [];
  private completing = false;
  private listener: ExecutorListener = { ready: () => undefined, slotFree: () => undefined };
  private timers: NodeJS.Timeout[] = [];
  private stopping = false;
  private idle?: () => void;

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly handlers: JobHandlers,
    private readonly outbox: Outbox,
    private readonly metrics: JobMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  start(listener: ExecutorListener): void {
    this.listener = listener;
    this.timers = [this.every(BEAT_MS, () => this.renewLeases()), this.every(SWEEP_MS, () => this.sweep())];
  }

  /** Leases and starts due rows of a queue, as many as have a slot. @returns how many; 0 when there is nothing to do */
  async claim(queue: QueueName): Promise<number> {
    const terms = this.terms(queue);
    const taken = this.stopping || !terms ? 0 : this.slots.take(queue, CLAIM_AT_MOST);
    if (taken === 0 || !terms) return 0;
    let started = 0;
    try {
      await this.tracked(async () => {
        const jobs = await this.database.lean('system', (tx) => this.jobs.claim(tx, queue, taken, terms));
        for (const job of jobs) void this.run(job);
        started = jobs.length;
      });
    } finally {
      for (let unused = started; unused < taken; unused++) this.slots.release(queue);
    }
    return started;
  }

  full(queue: QueueName): boolean {
    return this.slots.free(queue) === 0;
  }

  /** Leases and runs one row, if it is still ready; resolves when it is settled. */
  async runOne(queue: QueueName, id: string): Promise<void> {
    const terms = this.terms(queue);
    if (!terms) return;
    await this.slots.wait(queue);
    let running: Promise<void> | undefined;
    try {
      await this.tracked(async () => {
        if (this.stopping) return;
        const job = await this.database.lean('system', (tx) => this.jobs.claimOne(tx, id, terms));
        if (job) running = this.run(job);
      });
    } finally {
      if (!running) this.freeSlot(queue);
    }
    await running;
  }

  /** Lets running jobs finish for `graceMs`; what is left gives its lease back and is refused by its fence later. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    await Promise.allSettled(this.claims); // what they lease is running by then
    if (this.leases.size > 0) {
      const done = new Promise<void>((resolve) => (this.idle = resolve));
      const late = new Promise<void>((resolve) => this.timers.push(setTimeout(resolve, graceMs)));
      await Promise.race([done, late]);
    }
    this.timers.forEach((timer) => clearInterval(timer));
    await Promise.allSettled([...this.leases.values()].map(({ job }) => this.release(job, { kind: 'given_back' })));
  }

  /** Makes rows ready whose runner has been silent for a whole lease, or parks them when that was their last try. */
  async sweep(): Promise<void> {
    for (let i = 0; i < SWEEP_AT_MOST && !this.stopping; i++) {
      const swept = await withTwinRetry(() => this.sweepOne());
      if (!swept) return;
      const { lease, ready } = swept;
      const fields = {
        queue: lease.queue,
        name: lease.name,
        jobId: lease.id,
        workspaceId: lease.workspaceId,
        attempt: lease.attempt,
      };
      this.log.warn(
        { event: 'job.lease_ran_out', ...fields, outcome: ready ? 'retry' : 'parked' },
        'its runner went silent',
      );
      if (ready) this.listener.ready([ready]);
    }
  }

  private sweepOne() {
    return this.database.lean('system', async (tx) => {
      const lease = await this.jobs.lockExpired(tx);
      if (!lease) return null;
      const error = `Its runner went silent on try ${lease.attempt}.`;
      if (lease.attempt < lease.maxAttempts) {
        return { lease, ready: await this.jobs.release(tx, lease, { kind: 'failed', afterMs: 0, error }) };
      }
      await this.jobs.park(tx, lease, error);
      this.outbox.record(tx, jobParked(lease, error));
      return { lease, ready: null };
    });
  }

  private async tracked(claim: () => Promise<void>): Promise<void> {
    const claiming = claim();
    this.claims.add(claiming);
    try {
      await claiming;
    } finally {
      this.claims.delete(claiming);
    }
  }

  private terms(queue: QueueName): LeaseTerms | undefined {
    const settings = this.handlers.queue(queue);
    return settings && { names: settings.names, leaseMs: settings.leaseMs, leasedBy: this.node };
  }

  private async run(job: LeasedJob): Promise<void> {
    const key = `${job.id}:${job.fence}`; // a row can come back to this process while its late runner still works
    this.leases.set(key, { job, renewedAt: performance.now() });
    this.metrics.waited(job.queue, job.waitedMs);
    const started = performance.now();
    let outcome: JobOutcome = { kind: 'lost' };
    try {
      outcome = await runWithRequestId(job.requestId ?? job.id, () => this.attempt(job));
      if (!(await this.settle(job, outcome))) outcome = { kind: 'lost' };
    } catch (error) {
      // the lease will run out and the row comes back: work twice rather than never
      this.log.error(
        { event: 'job.unsettled', ...about(job), err: error },
        'what became of the job could not be written',
      );
    } finally {
      const ms = Math.round(performance.now() - started);
      this.metrics.ran(job.queue, job.name, outcome.kind, ms);
      this.tell(job, outcome, ms);
      this.leases.delete(key);
      this.freeSlot(job.queue);
      if (this.leases.size === 0) this.idle?.();
    }
  }

  private async attempt(job: LeasedJob): Promise<JobOutcome> {
    try {
      await this.handlers.get(job.name)(job);
      return { kind: 'done' };
    } catch (error) {
      this.log.debug({ event: 'job.threw', ...about(job), err: error }, 'the handler threw');
      return outcomeOf(error, job);
    }
  }

  /** Writes the outcome, patiently. @returns false when the lease was not held any more */
  private async settle(job: LeasedJob, outcome: JobOutcome): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (outcome.kind === 'done') return await this.complete(job);
        if (outcome.kind === 'retry') return await this.release(job, { ...outcome, kind: 'failed' });
        if (outcome.kind === 'parked') return await this.park(job, outcome.error);
        return false;
      } catch (error) {
        if (attempt >= SETTLE_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, SETTLE_WAIT_MS * 3 ** attempt));
      }
    }
  }

  /** Finished rows are removed together: while one statement runs, the next ones gather. */
  private complete(job: LeasedJob): Promise<boolean> {
    const settled = new Promise<boolean>((resolve, reject) =>
      this.finished.push({ job, settled: resolve, failed: reject }),
    );
    if (!this.completing) void this.completeGathered();
    return settled;
  }

  private async completeGathered(): Promise<void> {
    this.completing = true;
    while (this.finished.length > 0) {
      const batch = this.finished.splice(0);
      try {
        const held = await this.database.lean('system', (tx) =>
          this.jobs.complete(
            tx,
            batch.map(({ job }) => job),
          ),
        );
        for (const { job, settled } of batch) settled(held.has(job.id));
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.completing = false;
  }

  private async release(
    job: LeasedJob,
    how: { kind: 'failed'; afterMs: number; error: string; counts?: boolean } | { kind: 'given_back' },
  ): Promise<boolean> {
    const ready = await withTwinRetry(() => this.database.lean('system', (tx) => this.jobs.release(tx, job, how)));
    if (ready) this.listener.ready([ready]);
    return ready !== null;
  }

  private park(job: LeasedJob, error: string): Promise<boolean> {
    return this.database.lean('system', async (tx) => {
      const parked = await this.jobs.park(tx, job, error);
      if (parked) this.outbox.record(tx, jobParked(job, error));
      return parked;
    });
  }

  private async renewLeases(): Promise<void> {
    const now = performance.now();
    const old = [...this.leases.values()].filter(({ job, renewedAt }) => now - renewedAt >= job.leaseMs / 3);
    if (old.length === 0) return;
    await this.database.lean('system', (tx) =>
      this.jobs.heartbeat(
        tx,
        old.map(({ job }) => job),
      ),
    );
    for (const lease of old) lease.renewedAt = now;
  }

  private tell(job: LeasedJob, outcome: JobOutcome, ms: number): void {
    const line = { event: `job.${outcome.kind}`, ...about(job), ms, outcome: outcome.kind };
    if (outcome.kind === 'parked') this.log.error({ ...line, error: outcome.error }, 'a job waits for a person');
    else if (outcome.kind === 'retry')
      this.log.info({ ...line, error: outcome.error, afterMs: outcome.afterMs }, 'will be tried again');
    else if (outcome.kind === 'lost') this.log.warn(line, 'the lease ran out before the work was done');
    else this.log.info(line, 'done');
  }

  private freeSlot(queue: QueueName): void {
    this.slots.release(queue);
    this.listener.slotFree(queue);
  }

  private every(ms: number, work: () => Promise<void>): NodeJS.Timeout {
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      work()
        .catch((error: unknown) =>
          this.log.warn({ event: 'jobs.upkeep_failed', err: error }, 'leases were not looked after'),
        )
        .finally(() => (busy = false));
    }, ms);
    return timer.unref();
  }
}

const about = (job: LeasedJob) => ({
  queue: job.queue,
  name: job.name,
  jobId: job.id,
  workspaceId: job.workspaceId,
  attempt: job.attempt,
  requestId: job.requestId,
});
