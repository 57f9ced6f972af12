import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import { LeaseLost } from '../jobs/job-outcome';
import type { RunningJob } from '../jobs/jobs';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { type Batch, CrmBatches } from './crm-batches';
import { CrmClients } from './crm-clients';
import type { CrmConnection } from './crm-connection';
import { CrmConnectionsRepository } from './crm-connections.repository';
import { crmTrouble } from './crm.events';
import { SYNC_JOB, syncJob } from './crm-jobs';
import { CrmQueueRepository } from './crm-queue.repository';
import { sendBatch, type Sent } from './crm-sender';
import { CrmSettlement, TakenOver } from './crm-settlement';
import { pauseMs, PROBE_MS } from './retry';
import { CallFailed, type Failure } from './salesforce/errors';
import { MAX_ROWS, type SalesforceClient } from './salesforce/salesforce.client';

const BATCHES_A_RUN = 50; // then other connections and a shutdown get their turn
const BUSY_MS = 2_000; // until a job that found another one at work looks again

/**
 * Carries what changed to the CRM.
 *
 * People go before conversations, conversations before their messages, each as it is at that moment: the queue only
 * names things. Every write finds its record by key, so a call whose outcome is unknown (a timeout, a 503 after the
 * commit, a kill between the call and our transaction) is simply repeated. No transaction is open during a call; what
 * became of a batch is written in one, guarded by this job's lease and by the connection's, so that one job at a time
 * syncs a connection. A run that lost its lease in mid-call has its rows sent again, for it may have written something
 * older over something newer.
 */
@Injectable()
export class CrmSync implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly clients: CrmClients,
    private readonly connections: CrmConnectionsRepository,
    private readonly queue: CrmQueueRepository,
    private readonly batches: CrmBatches,
    private readonly settlement: CrmSettlement,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(SYNC_JOB, (job) => this.run(job), { queue: 'crm' });
  }

  async run(job: RunningJob): Promise<void> {
    const { workspaceId } = job;
    const { connectionId } = job.payload as { connectionId: string };
    const began = this.clock.now();
    const connection = await this.begin(job, connectionId);
    if (!connection) return;
    try {
      const more = await this.drain(job, connection);
      await this.database.lean({ workspaceId }, (tx) => this.end(tx, job, connection, more, began));
    } catch (error) {
      await this.failed(job, connection, error);
    }
  }

  /** Takes the lease if there is something to do now; otherwise leaves word when to look again. */
  private begin(job: RunningJob, connectionId: string): Promise<CrmConnection | null> {
    const { workspaceId } = job;
    return this.database.lean({ workspaceId }, async (tx) => {
      const known = await this.connections.find(tx, workspaceId);
      if (!known || known.id !== connectionId || known.state !== 'active') return null;
      const now = this.clock.now().getTime();
      if (known.pausedUntil && known.pausedUntil.getTime() > now) {
        this.jobs.enqueue(tx, syncJob(workspaceId, connectionId, known.pausedUntil));
        return null;
      }
      const taken = await this.connections.takeLease(tx, workspaceId, connectionId, job.id);
      if (!taken) this.jobs.enqueue(tx, syncJob(workspaceId, connectionId, new Date(now + BUSY_MS)));
      return taken;
    });
  }

  /** Sends batch after batch. @returns whether it stopped with work left to do at once */
  private async drain(job: RunningJob, connection: CrmConnection): Promise<boolean> {
    const client = this.clients.of(connection);
    for (let i = 0; i < BATCHES_A_RUN; i++) {
      const batch = await this.next(connection, client);
      if (!batch) return false;
      const sent = await this.send(client, batch);
      const progress = { usage: client.usage, instanceUrl: client.instanceUrl };
      await this.settle(job, connection, batch, () => this.settlement.settle(job, connection, batch, sent, progress));
      const limit = sent.find(({ failure }) => failure?.kind === 'limit')?.failure;
      if (limit) {
        await this.pause(job, connection, limit.code, PROBE_MS);
        return false;
      }
      if (client.usage && client.usage.used >= client.usage.limit * connection.settings.maxDailyShare) {
        await this.pause(job, connection, 'daily_share', PROBE_MS);
        return false;
      }
    }
    return true;
  }

  /** Tasks are the tenant's own records: an org that does not take ours must not hold up everything else. */
  private async send(client: SalesforceClient, batch: Batch): Promise<Sent[]> {
    try {
      return await sendBatch(client, batch);
    } catch (error) {
      if (batch.entity !== 'call' || !(error instanceof CallFailed)) throw error;
      const { failure } = error;
      if (failure.kind !== 'park' && failure.kind !== 'bug') throw error;
      return batch.outgoing.map((out) => ({ out, id: '', failure, lostLookup: false }));
    }
  }

  /** The next batch by rank; null when nothing can go now. */
  private async next(connection: CrmConnection, client: SalesforceClient): Promise<Batch | null> {
    const { workspaceId, id } = connection;
    const take = (from: 'takeContacts' | 'takeConversations' | 'takeMessages' | 'takeCalls') =>
      this.database.lean({ workspaceId }, (tx) => this.queue[from](tx, workspaceId, id, MAX_ROWS));
    for (;;) {
      const contacts = await take('takeContacts');
      if (contacts.length > 0) return this.batches.contacts(connection, client, contacts);
      const conversations = await take('takeConversations');
      if (conversations.length > 0) return this.batches.conversations(connection, conversations);
      const messages = await take('takeMessages');
      if (messages.length > 0) return this.batches.messages(connection, messages);
      const calls = await take('takeCalls');
      if (calls.length > 0) return this.batches.calls(connection, calls);
      const parents = await this.database.lean({ workspaceId }, async (tx) => {
        await this.queue.dropErased(tx, workspaceId, id);
        return this.queue.queueMissingParents(tx, workspaceId, id);
      });
      if (parents === 0) return null;
    }
  }

  private async settle(
    job: RunningJob,
    connection: CrmConnection,
    batch: Batch,
    write: () => Promise<void>,
  ): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!isLost(error)) throw error;
      const { workspaceId, id } = connection;
      const ids = [...new Set(batch.outgoing.map(({ row }) => row.id))];
      await this.database.lean({ workspaceId }, async (tx) => {
        await this.queue.sendAgain(tx, workspaceId, id, batch.entity, ids);
        this.jobs.enqueue(tx, syncJob(workspaceId, id));
      });
      throw error;
    }
  }

  /** Gives the lease back and leaves word when to go on: at once, or when the next row may be tried again. */
  private async end(tx: Tx, job: RunningJob, { workspaceId, id }: CrmConnection, more: boolean, began: Date) {
    await this.jobs.holds(tx, job);
    await this.connections.dropLease(tx, workspaceId, id, job.id);
    const now = this.clock.now().getTime();
    const retryMs = more ? 0 : await this.queue.nextRetryMs(tx, workspaceId, id, began);
    if (retryMs !== null) this.jobs.enqueue(tx, syncJob(workspaceId, id, new Date(now + retryMs)));
  }

  /** A whole call failed. Nothing was settled, so nothing is lost; only when to try again is to be decided. */
  private async failed(job: RunningJob, connection: CrmConnection, error: unknown): Promise<void> {
    if (isLost(error)) throw error; // the lease is another's now
    if (error instanceof CallFailed) return this.callFailed(job, connection, error.failure);
    if (error instanceof DomainError && error.code === 'misconfigured') {
      return this.needsAttention(job, connection, error.code, error.message);
    }
    const { workspaceId, id } = connection;
    await this.database.lean({ workspaceId }, (tx) => this.connections.dropLease(tx, workspaceId, id, job.id));
    throw error;
  }

  private callFailed(job: RunningJob, connection: CrmConnection, failure: Failure): Promise<void> {
    if (failure.kind === 'retry' || failure.kind === 'limit') {
      return this.pause(job, connection, failure.code, pauseMs(failure, connection.failures));
    }
    const message = failure.kind === 'reauth' ? NO_LOGIN : REFUSED;
    return this.needsAttention(job, connection, failure.code, message);
  }

  private pause(job: RunningJob, connection: CrmConnection, reason: string, ms: number): Promise<void> {
    const { workspaceId, id } = connection;
    this.log.warn({ event: 'crm.paused', workspaceId, connectionId: id, reason, ms }, 'the CRM takes nothing for now');
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const { usage } = this.clients.of(connection);
      const until = await this.connections.pause(tx, workspaceId, id, ms, reason, usage);
      await this.connections.dropLease(tx, workspaceId, id, job.id);
      this.jobs.enqueue(tx, syncJob(workspaceId, id, until));
      if (connection.stateReason !== reason) this.outbox.record(tx, crmTrouble(workspaceId, reason, PAUSED));
    });
  }

  private needsAttention(job: RunningJob, connection: CrmConnection, reason: string, message: string): Promise<void> {
    const { workspaceId, id } = connection;
    this.log.error({ event: 'crm.needs_attention', workspaceId, connectionId: id, reason }, 'an admin must look');
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      await this.connections.setState(tx, workspaceId, id, 'needs_attention', reason);
      await this.connections.dropLease(tx, workspaceId, id, job.id);
      this.outbox.record(tx, crmTrouble(workspaceId, reason, message));
    });
  }
}

const isLost = (error: unknown) => error instanceof LeaseLost || error instanceof TakenOver;

const PAUSED = 'Salesforce takes nothing for now; everything waits and goes on by itself.';
const NO_LOGIN = 'Salesforce refuses the login; check the app, the user and the key, then check the connection.';
const REFUSED = 'Salesforce refuses what we send as a whole; check the connection for missing objects and fields.';
