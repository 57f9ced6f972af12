import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit';
import type { Principal } from '../identity/principal';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { JobDriver } from './job-driver';
import { type JobCount, type JobFilter, JobsViewRepository, type JobView } from './jobs-view.repository';
import { withTwinRetry } from './jobs.repository';

type Who = Pick<Principal, 'workspaceId' | 'agentId'>;

/** What a person does with jobs: read them, and decide about those that gave up. */
@Injectable()
export class JobsService {
  constructor(
    private readonly database: Database,
    private readonly view: JobsViewRepository,
    private readonly driver: JobDriver,
    private readonly audit: Audit,
  ) {}

  list(who: Who, filter: JobFilter): Promise<JobView[]> {
    return this.database.lean(who, (tx) => this.view.list(tx, who.workspaceId, filter));
  }

  counts(who: Who): Promise<JobCount[]> {
    return this.database.lean(who, (tx) => this.view.counts(tx, who.workspaceId));
  }

  async get(who: Who, id: string): Promise<JobView> {
    const job = await this.database.lean(who, (tx) => this.view.get(tx, who.workspaceId, id));
    if (!job) throw notFound('job');
    return job;
  }

  /**
   * Gives a parked job all its tries again.
   * @returns the job that will do the work: this one, or a newer one with its key that was ready already
   */
  retry(who: Who, id: string): Promise<JobView> {
    return withTwinRetry(() =>
      this.database.lean(who, async (tx) => {
        const parked = await this.lockParked(tx, who, id);
        const ready = await this.view.unpark(tx, who.workspaceId, id);
        if (!ready) throw notFound('job');
        await this.write(tx, who, 'job.retried', parked, ready.id === id ? 'ready' : `joined job:${ready.id}`);
        tx.afterCommit(() => this.driver.handOut([ready]));
        return (await this.view.get(tx, who.workspaceId, ready.id))!;
      }),
    );
  }

  /** Removes a parked job; that it existed, and why it went, stays in the audit log. */
  drop(who: Who, id: string, reason: string): Promise<void> {
    return this.database.lean(who, async (tx) => {
      const parked = await this.lockParked(tx, who, id);
      await this.view.remove(tx, who.workspaceId, id);
      await this.write(tx, who, 'job.dropped', parked, 'dropped', reason);
    });
  }

  private async lockParked(tx: Tx, who: Who, id: string): Promise<JobView> {
    const job = await this.view.lock(tx, who.workspaceId, id);
    if (!job) throw notFound('job');
    if (job.state !== 'parked') {
      throw new DomainError(
        'invalid_transition',
        `This job is ${job.state}; only a parked job can be retried or dropped.`,
      );
    }
    return job;
  }

  private async write(tx: Tx, who: Who, action: string, job: JobView, to: string, reason?: string): Promise<void> {
    await this.audit.record(tx, {
      workspaceId: who.workspaceId,
      actor: { kind: 'agent', id: who.agentId },
      action,
      subject: `job:${job.id}`,
      changes: {
        state: { from: 'parked', to },
        name: { from: job.name, to: job.name },
        payload: { from: job.payload, to: job.payload },
        error: { from: job.lastError, to: null },
        ...(reason === undefined ? {} : { reason: { from: null, to: reason } }),
      },
    });
  }
}
