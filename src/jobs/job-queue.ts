import { Injectable } from '@nestjs/common';
import { Outbox } from '../outbox/outbox';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import { currentRequestId } from '../platform/request-context';
import { JobDriver } from './job-driver';
import { jobParked } from './job.events';
import { type HandlerOptions, JobHandlers } from './job-handlers';
import { errorText, LeaseLost } from './job-outcome';
import type { JobHandler, NewJob, RunningJob } from './jobs';
import { JobsRepository, type JobToInsert, type ParkedToInsert } from './jobs.repository';

const FLUSH_ORDER = 10; // before the outbox, which takes its hot row last
const DEFAULT_MAX_ATTEMPTS = 12;
const BUFFER = Symbol('jobs');

/** A job that goes straight to a person. */
export type ParkedJob = Pick<NewJob, 'workspaceId' | 'queue' | 'name' | 'payload' | 'maxAttempts'> & { error: string };

interface Gathered {
  jobs: JobToInsert[];
  parked: ParkedToInsert[];
}

@Injectable()
export class JobQueue {
  constructor(
    private readonly jobs: JobsRepository,
    private readonly handlers: JobHandlers,
    private readonly driver: JobDriver,
    private readonly outbox: Outbox,
  ) {}

  /** To be called while modules initialise, once for each job name. */
  handle(name: string, handler: JobHandler, options: HandlerOptions): void {
    this.handlers.register(name, handler, options);
  }

  /** Jobs that exist exactly if this transaction commits. They are written together, just before it does. */
  enqueue(tx: Tx, ...jobs: NewJob[]): void {
    const buffer = this.bufferOf(tx);
    for (const job of jobs) {
      buffer.jobs.push({
        id: uuidv7(),
        workspaceId: job.workspaceId,
        queue: job.queue,
        name: job.name,
        payload: job.payload,
        dedupeKey: job.dedupeKey ?? null,
        runAt: job.runAt?.toISOString() ?? null,
        maxAttempts: job.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      });
    }
  }

  /** What a job waited for has come: it need not wait any longer, if this transaction commits. */
  async hurry(tx: Tx, workspaceId: string, name: string, dedupeKey: string): Promise<void> {
    const ready = await this.jobs.hurry(tx, workspaceId, name, dedupeKey);
    if (ready.length > 0) tx.afterCommit(() => this.driver.handOut(ready));
  }

  /** Sets work aside for a person to read, retry or drop, and tells the leads. */
  park(tx: Tx, ...jobs: ParkedJob[]): void {
    const buffer = this.bufferOf(tx);
    for (const job of jobs) {
      const { workspaceId, queue, name, payload } = job;
      const maxAttempts = job.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
      buffer.parked.push({ id: uuidv7(), workspaceId, queue, name, payload, maxAttempts, error: errorText(job.error) });
    }
  }

  /**
   * For a handler whose effects must not come from a late runner: locks the job's row until this transaction ends.
   * @throws LeaseLost when the lease ran out and the row was handed on; let it pass, the runner knows what it means
   */
  async holds(tx: Tx, job: Pick<RunningJob, 'id' | 'workspaceId' | 'fence'>): Promise<void> {
    if (!(await this.jobs.lockLease(tx, job))) throw new LeaseLost(job.id);
  }

  private bufferOf(tx: Tx): Gathered {
    let buffer = tx.notes.get(BUFFER) as Gathered | undefined;
    if (!buffer) {
      const fresh: Gathered = { jobs: [], parked: [] };
      buffer = fresh;
      tx.notes.set(BUFFER, fresh);
      tx.gathers(fresh.jobs);
      tx.gathers(fresh.parked);
      tx.beforeCommit(FLUSH_ORDER, () => this.write(tx, fresh));
    }
    return buffer;
  }

  private async write(tx: Tx, { jobs, parked }: Gathered): Promise<void> {
    tx.notes.delete(BUFFER);
    const requestId = currentRequestId() ?? null;
    if (jobs.length > 0) {
      const ready = await this.jobs.insert(tx, onePerKey(jobs), requestId);
      tx.afterCommit(() => this.driver.handOut(ready));
    }
    if (parked.length > 0) {
      await this.jobs.insertParked(tx, parked, requestId);
      this.outbox.record(tx, ...parked.map((job) => jobParked(job, job.error)));
    }
  }
}

/** One statement must not meet a key twice: keeps the earliest of each, and orders them by key. */
export function onePerKey(jobs: readonly JobToInsert[]): JobToInsert[] {
  const keyless: JobToInsert[] = [];
  const keyed = new Map<string, JobToInsert>();
  for (const job of jobs) {
    if (job.dedupeKey === null) {
      keyless.push(job);
      continue;
    }
    const key = JSON.stringify([job.workspaceId, job.name, job.dedupeKey]);
    const known = keyed.get(key);
    if (!known) keyed.set(key, job);
    else if ((job.runAt ?? '') < (known.runAt ?? '')) keyed.set(key, { ...known, runAt: job.runAt });
  }
  const sorted = [...keyed].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, job]) => job);
  return [...keyless, ...sorted];
}
