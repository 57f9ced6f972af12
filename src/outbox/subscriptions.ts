import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { Config } from '../platform/config';
import { Database, type Tx } from '../platform/database';
import { GiveUp } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import type { DomainEvent, DomainEventType } from './domain-event';
import { EventReader } from './event-reader';
import { EVENT_COLUMNS, eventOf, type EventRow, Outbox } from './outbox';

/**
 * A part of the product that hangs off the facts. `handle` gets events of one workspace in order, inside the
 * transaction that also moves the subscriber's bookmark: its effects in the database happen exactly once. Work outside
 * the database is a job enqueued there.
 */
export interface EventSubscriber {
  name: string;
  types: readonly DomainEventType[];
  handle(tx: Tx, events: DomainEvent[]): Promise<void>;
}

const PIECES = [200, 20]; // events at once, then one by one
const POLL_MS = 1_000; // the net under the wake-ups
const PACE_MS = 20; // between two batches of a subscriber: under load they grow instead of multiplying
const TRIES_BEFORE_PARKING = 5;
export const PARKED_EVENT_JOB = 'outbox.parked_event';

@Injectable()
export class Subscriptions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly subscribers: EventSubscriber[] = [];
  private readonly due = new Map<string, Set<string>>();
  private readonly busy = new Set<string>();
  private stopListening?: () => void;
  private timer?: NodeJS.Timeout;
  private stopped = false;
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly reader: EventReader,
    private readonly jobs: JobQueue,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** To be called while modules initialise. */
  subscribe(subscriber: EventSubscriber): void {
    this.subscribers.push(subscriber);
  }

  onApplicationBootstrap(): void {
    this.jobs.handle(PARKED_EVENT_JOB, (job) => this.rerun(job), { queue: 'maintenance' });
    if (!this.config.runsJobs || this.subscribers.length === 0) return;
    this.stopListening = this.outbox.onCommitted((heads) => {
      for (const subscriber of this.subscribers) for (const id of heads.keys()) this.mark(subscriber.name, id);
      this.pump();
    });
    this.timer = setInterval(() => void this.look(), POLL_MS);
    void this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    this.stopListening?.();
    await Promise.allSettled(this.running);
  }

  /** Finds subscribers that lag behind, whoever wrote the events. */
  private async look(): Promise<void> {
    try {
      const lagging = await this.database.lean('system', (tx) =>
        // $1 names of the subscribers
        tx.query<{ subscriber: string; workspace_id: string }>(
          `SELECT s.name AS subscriber, h.workspace_id
           FROM unnest($1::text[]) AS s(name) CROSS JOIN event_heads h
           LEFT JOIN event_cursors c ON c.subscriber = s.name AND c.workspace_id = h.workspace_id
           WHERE h.position > coalesce(c.position, 0)`,
          [this.subscribers.map((s) => s.name)],
          'subscriptions_lagging',
        ),
      );
      for (const row of lagging) this.mark(row.subscriber, row.workspace_id);
      this.pump();
    } catch (error) {
      this.log.warn({ event: 'subscriptions.look_failed', err: error }, 'could not look for lagging subscribers');
    }
  }

  private mark(subscriber: string, workspaceId: string): void {
    const waiting = this.due.get(subscriber) ?? new Set();
    waiting.add(workspaceId);
    this.due.set(subscriber, waiting);
  }

  /** One run at a time for each subscriber: its workspaces take turns, so a busy one does not starve the others. */
  private pump(): void {
    if (this.stopped) return;
    for (const subscriber of this.subscribers) {
      if (this.busy.has(subscriber.name)) continue;
      const workspaceId = this.due.get(subscriber.name)?.values().next().value;
      if (!workspaceId) continue;
      this.due.get(subscriber.name)!.delete(workspaceId);
      this.busy.add(subscriber.name);
      const run = this.advance(subscriber, workspaceId)
        .then((more) => {
          if (more) this.mark(subscriber.name, workspaceId);
        })
        .catch((error: unknown) => {
          this.log.error(
            { event: 'subscriptions.failed', subscriber: subscriber.name, workspaceId, err: error },
            'retrying',
          );
          return new Promise<void>((resolve) => setTimeout(resolve, 100)); // the poll marks it again
        })
        .then(() => new Promise<void>((resolve) => setTimeout(resolve, PACE_MS)))
        .finally(() => {
          this.busy.delete(subscriber.name);
          this.running.delete(run);
          this.pump();
        });
      this.running.add(run);
    }
  }

  /** Hands the next batch over. What fails is tried again in smaller pieces, so one poison row is found and parked. */
  private async advance(subscriber: EventSubscriber, workspaceId: string): Promise<boolean> {
    for (const most of PIECES) {
      try {
        return await this.step(subscriber, workspaceId, most);
      } catch (error) {
        this.log.warn(
          { event: 'subscriptions.batch_failed', subscriber: subscriber.name, workspaceId, most, err: error },
          'going on in smaller pieces',
        );
      }
    }
    try {
      return await this.step(subscriber, workspaceId, 1);
    } catch (error) {
      return await this.countFailure(subscriber, workspaceId, error);
    }
  }

  private step(subscriber: EventSubscriber, workspaceId: string, limit: number): Promise<boolean> {
    return this.database.transaction('system', async (tx) => {
      const from = await this.lockCursor(tx, subscriber.name, workspaceId);
      if (from === null) return false; // another node is at it
      const { events, last } = await this.reader.slice(tx, workspaceId, from, limit, subscriber.types);
      if (last <= from) return false;
      if (events.length > 0) await subscriber.handle(tx, events);
      await this.moveCursor(tx, subscriber.name, workspaceId, last);
      return last - from === limit;
    });
  }

  /** @returns null when another node is at it */
  private async lockCursor(tx: Tx, subscriber: string, workspaceId: string): Promise<number | null> {
    const [row] = await tx.query<{ position: string }>(
      `SELECT position FROM event_cursors WHERE subscriber = $1 AND workspace_id = $2 FOR UPDATE SKIP LOCKED`,
      [subscriber, workspaceId],
      'cursor_lock',
    );
    if (row) return Number(row.position);
    const made = await tx.execute(
      `INSERT INTO event_cursors (subscriber, workspace_id, position) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`,
      [subscriber, workspaceId],
      'cursor_make',
    );
    return made === 1 ? 0 : null;
  }

  private async moveCursor(tx: Tx, subscriber: string, workspaceId: string, position: number): Promise<void> {
    await tx.execute(
      `UPDATE event_cursors SET position = $3, failures = 0, last_error = NULL, updated_at = now()
       WHERE subscriber = $1 AND workspace_id = $2`,
      [subscriber, workspaceId, position],
      'cursor_move',
    );
  }

  /** After a few tries the event is set aside as a parked job that names it, and the others go on. */
  private countFailure(subscriber: EventSubscriber, workspaceId: string, error: unknown): Promise<boolean> {
    const message = error instanceof Error ? error.message : String(error);
    return this.database.transaction('system', async (tx) => {
      const from = await this.lockCursor(tx, subscriber.name, workspaceId);
      if (from === null) return false;
      const [row] = await tx.query<{ failures: number }>(
        `UPDATE event_cursors SET failures = failures + 1, last_error = $3, updated_at = now()
         WHERE subscriber = $1 AND workspace_id = $2 RETURNING failures`,
        [subscriber.name, workspaceId, message.slice(0, 500)],
      );
      if ((row?.failures ?? 0) < TRIES_BEFORE_PARKING) return false;
      const [poison] = await this.reader.read(tx, workspaceId, from, 1);
      if (!poison) return false;
      this.log.error(
        { event: 'subscriptions.parked', subscriber: subscriber.name, workspaceId, position: poison.position },
        message,
      );
      this.jobs.park(tx, {
        workspaceId,
        queue: 'maintenance',
        name: PARKED_EVENT_JOB,
        payload: { subscriber: subscriber.name, position: poison.position },
        error: message,
      });
      await this.moveCursor(tx, subscriber.name, workspaceId, poison.position);
      return true;
    });
  }

  /** A person retried a parked event: hand it over once more, outside the order it has already lost. */
  private async rerun(job: RunningJob): Promise<void> {
    const { subscriber: name, position } = job.payload as { subscriber: string; position: number };
    const subscriber = this.subscribers.find((s) => s.name === name);
    if (!subscriber) throw new GiveUp(`No subscriber is called "${name}" any more; drop this job.`);
    await this.database.transaction('system', async (tx) => {
      await this.jobs.holds(tx, job);
      const [row] = await tx.query<EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM domain_events WHERE workspace_id = $1 AND position = $2`,
        [job.workspaceId, position],
      );
      if (row) await subscriber.handle(tx, [eventOf(row)]);
    });
  }
}
