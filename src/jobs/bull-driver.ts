import { Inject, Injectable } from '@nestjs/common';
import BullQueue, { type Queue } from 'bull';
import Redis from 'ioredis';
import type { Logger } from 'pino';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { type HandOut, JobDriver } from './job-driver';
import { type ExecutorListener, JobExecutor } from './job-executor';
import { JobHandlers, type QueueSettings } from './job-handlers';
import { type QueueName, QUEUES } from './jobs';
import { JobsRepository, type LinePlace } from './jobs.repository';
import { DRAIN_MS, PgRunner } from './pg-runner';

const HORIZON_MS = 10_000; // rows due later stay in the table; the sweep brings them when their time is near
const SWEEP_MS = 3_000;
const PAGE = 500;
const KNOWN_PAGES = 10; // so many pages in a row that Redis knows: the rest of the line is in its hands too
const PING_MS = 1_000;
const PATIENCE_MS = 1_500; // an answer that takes longer counts as none
const BUFFERED_AT_MOST = 10_000;

/** What Bull carries: the row's id. */
interface Ticket {
  id: string;
}

/**
 * Jobs between nodes: Bull carries ids of ready rows to whichever worker is free, and the worker claims the row in
 * Postgres. So Redis can repeat (the second claim finds nothing), forget (a sweep hands out again what Redis does not
 * know) or be away (workers poll the table themselves, and callers notice nothing). Redis must run with
 * `maxmemory-policy noeviction`, as Bull asks.
 */
@Injectable()
export class BullDriver extends JobDriver implements ExecutorListener {
  readonly queues: ReadonlyMap<QueueName, Queue<Ticket>>;
  private readonly connections: Redis[] = [];
  private readonly client: Redis;
  private readonly subscriber: Redis;
  private up = false;
  private told = false;
  private stopped = false;
  private sweeping = false;
  private buffer: HandOut[] = [];
  private sending = false;
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly handlers: JobHandlers,
    private readonly executor: JobExecutor,
    private readonly table: PgRunner,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super();
    this.client = this.connect();
    this.subscriber = this.connect();
    this.client.on('close', () => this.redisAnswers(false));
    this.queues = new Map(QUEUES.map((name) => [name, this.open(name)]));
  }

  start(): void {
    if (this.config.runsJobs) {
      this.executor.start(this);
      for (const { queue, concurrency } of this.handlers.queues()) {
        this.queues
          .get(queue)!
          .process(concurrency, (ticket) => this.executor.runOne(queue, ticket.data.id))
          .catch(() => undefined); // the connection's trouble; `redisAnswers` tells of it
      }
      this.timers.push(setInterval(() => void this.sweep(), SWEEP_MS));
    }
    this.timers.push(setInterval(() => void this.listen(), PING_MS));
    void this.listen();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timers.forEach((timer) => clearInterval(timer));
    this.table.pause();
    const queues = [...this.queues.values()];
    if (this.up)
      await within(PATIENCE_MS, Promise.all(queues.map((queue) => queue.pause(true, true)))).catch(() => undefined);
    await this.executor.stop(DRAIN_MS);
    await within(PATIENCE_MS, Promise.all(queues.map((queue) => queue.close(true)))).catch(() => undefined);
    for (const connection of this.connections) connection.disconnect();
  }

  handOut(rows: readonly HandOut[]): void {
    if (this.stopped) return;
    if (!this.up) {
      this.table.handOut(rows); // does nothing in a process that runs no jobs; the workers poll
      return;
    }
    for (const row of rows) {
      if (row.delayMs <= HORIZON_MS && this.buffer.length < BUFFERED_AT_MOST) this.buffer.push(row); // else: the sweep
    }
    if (!this.sending && this.buffer.length > 0) void this.send();
  }

  ready(rows: HandOut[]): void {
    this.handOut(rows);
  }

  slotFree(queue: QueueName): void {
    if (!this.up) this.table.slotFree(queue);
  }

  /** Hands out ready rows that Redis does not know: it was emptied, or a process ended between commit and hand-out. */
  async sweep(): Promise<void> {
    if (this.sweeping || !this.up || this.stopped) return;
    this.sweeping = true;
    try {
      const turn = await within(
        PATIENCE_MS,
        this.client.set(`${this.prefix}:sweep`, this.executor.node, 'PX', SWEEP_MS - 500, 'NX'), // one node at a time
      );
      if (turn === 'OK') for (const settings of this.handlers.queues()) await this.sweepQueue(settings);
    } catch (error) {
      this.log.debug({ event: 'jobs.sweep_failed', err: error }, 'the next sweep tries again');
    } finally {
      this.sweeping = false;
    }
  }

  private async sweepQueue(settings: QueueSettings): Promise<void> {
    const { queue } = settings;
    let after: LinePlace | null = null;
    let handedOut = 0;
    for (let known = 0; known < KNOWN_PAGES;) {
      const page: { rows: HandOut[]; last: LinePlace | null } = await this.database.lean('system', (tx) =>
        this.jobs.line(tx, settings, HORIZON_MS, after, PAGE),
      );
      const unknown = await this.unknownToRedis(queue, page.rows);
      if (unknown.length > 0) await this.add(queue, unknown);
      handedOut += unknown.length;
      known = unknown.length > 0 ? 0 : known + 1;
      after = page.last;
      if (page.rows.length < PAGE) break;
    }
    if (handedOut > 0)
      this.log.info({ event: 'jobs.handed_out_again', queue, count: handedOut }, 'rows Redis did not know');
  }

  private async unknownToRedis(queue: QueueName, rows: readonly HandOut[]): Promise<HandOut[]> {
    if (rows.length === 0) return [];
    const bull = this.queues.get(queue)!;
    const asked = this.client.pipeline(rows.map((row) => ['exists', bull.toKey(ticketId(row))]));
    const answers = await within(PATIENCE_MS, asked.exec());
    return rows.filter((_, i) => answers?.[i]?.[1] !== 1);
  }

  /** Sends what gathered, one batch at a time. What is lost here the sweep finds. */
  private async send(): Promise<void> {
    this.sending = true;
    try {
      while (this.buffer.length > 0 && this.up) {
        const batch = this.buffer;
        this.buffer = [];
        for (const queue of QUEUES) {
          const rows = batch.filter((row) => row.queue === queue);
          if (rows.length > 0) await this.add(queue, rows);
        }
      }
    } catch (error) {
      this.log.debug({ event: 'jobs.hand_out_failed', err: error }, 'the sweep will hand them out');
    } finally {
      this.buffer = [];
      this.sending = false;
    }
  }

  /** Adding a ticket that Redis has already changes nothing: its id is the row's id, lease count and time. */
  private async add(queue: QueueName, rows: readonly HandOut[]): Promise<void> {
    const tickets = rows.map((row) => ({
      data: { id: row.id },
      opts: { jobId: ticketId(row), delay: Math.max(0, Math.ceil(row.delayMs)) },
    }));
    await within(PATIENCE_MS, this.queues.get(queue)!.addBulk(tickets));
  }

  private async listen(): Promise<void> {
    const answer =
      this.client.status === 'ready' ? within(PATIENCE_MS, this.client.ping()) : Promise.reject(new Error('away'));
    await answer.then(
      () => this.redisAnswers(true),
      () => this.redisAnswers(false),
    );
  }

  /** Away: workers take rows from the table themselves. Back: Bull carries again what is ready. */
  private redisAnswers(answers: boolean): void {
    if (this.stopped) return;
    if (!answers && !this.told) {
      this.told = true;
      this.log.warn({ event: 'jobs.redis_away' }, 'Redis is away; jobs run from the table meanwhile');
    }
    if (!answers && this.config.runsJobs) this.table.resume();
    if (answers === this.up) return;
    this.up = answers;
    if (!answers) return;
    this.table.pause();
    if (this.told) this.log.info({ event: 'jobs.redis_back' }, 'Redis is back; Bull carries the jobs again');
    this.told = false;
    if (this.config.runsJobs) void this.sweep();
  }

  private get prefix(): string {
    return `${this.config.REDIS_PREFIX}:jobs`;
  }

  private open(name: QueueName): Queue<Ticket> {
    const queue = new BullQueue<Ticket>(name, {
      prefix: this.prefix,
      createClient: (type) =>
        type === 'client' ? this.client : type === 'subscriber' ? this.subscriber : this.connect(),
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
    });
    queue.on('error', () => undefined); // trouble with the connection; `redisAnswers` tells of it once
    return queue;
  }

  private connect(): Redis {
    const connection = new Redis(this.config.REDIS_URL!, {
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      connectionName: 'pasokh-jobs',
      retryStrategy: (times) => Math.min(times * 100, 2_000),
    });
    connection.setMaxListeners(0); // every queue listens on the shared ones
    connection.on('error', () => undefined);
    this.connections.push(connection);
    return connection;
  }
}

/** A row that became ready again, or earlier, is another ticket; the old one finds nothing to claim. */
const ticketId = (row: HandOut) => `${row.id}.${row.fence}.${row.runAt.getTime()}`;

/** Rejects when `work` takes longer than `ms`. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
