import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { Config } from '../platform/config';
import { Database, type Tx } from '../platform/database';
import { GiveUp } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import type { DomainEvent, DomainEventType } from './domain-event';
import { EventCursors, type Passing } from './event-cursors';
import { EventReader } from './event-reader';
import { EventTail } from './event-tail';
import { EVENT_COLUMNS, eventOf, type EventRow, Outbox } from './outbox';

/**
 * A part of the product that hangs off the facts. `handle` gets events of one workspace in order, inside the
 * transaction (a lean one) that also moves the subscriber's bookmark: its effects in the database happen exactly once.
 * Work outside the database is a job enqueued there. Events are shared by all subscribers and must not be changed.
 */
export interface EventSubscriber {
  name: string;
  types: readonly DomainEventType[];
  handle(tx: Tx, events: DomainEvent[]): Promise<void>;
}

const PIECES = [200, 20]; // events at once, then one by one
const POLL_MS = 1_000; // the net under the wake-ups
/** Between two batches of a subscriber, so that under load they grow instead of multiplying: as long as the last one took. */
const LEAST_PACE_MS = 20;
const MOST_PACE_MS = 150;
const TRIES_BEFORE_PARKING = 5;
export const PARKED_EVENT_JOB = 'outbox.parked_event';

@Injectable()
export class Subscriptions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly subscribers: EventSubscriber[] = [];
  private readonly due = new Map<string, Set<string>>();
  private readonly busy = new Set<string>();
  /** Where each bookmark was when this node last saw it, by subscriber and workspace. A hint: the row decides. */
  private readonly seenAt = new Map<string, number>();
  private readonly passing = new Map<string, Passing>();
  private passes = false;
  private stopListening?: () => void;
  private timer?: NodeJS.Timeout;
  private stopped = false;
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly reader: EventReader,
    private readonly tail: EventTail,
    private readonly cursors: EventCursors,
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
      for (const [id, head] of heads) {
        this.tail.reaches(id, head);
        for (const subscriber of this.subscribers) this.mark(subscriber.name, id);
      }
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
      const names = this.subscribers.map((s) => s.name);
      for (const row of await this.database.lean('system', (tx) => this.cursors.lagging(tx, names))) {
        this.tail.reaches(row.workspace_id, Number(row.head));
        const key = keyOf(row.subscriber, row.workspace_id);
        if (row.position === null) this.seenAt.delete(key);
        else this.seenAt.set(key, Number(row.position));
        this.mark(row.subscriber, row.workspace_id);
      }
      this.tail.tidy();
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
      const started = performance.now();
      let pace = 0; // who has more to do goes on at once
      const run = this.advance(subscriber, workspaceId)
        .then((more) => {
          if (more) this.mark(subscriber.name, workspaceId);
          else pace = Math.min(MOST_PACE_MS, Math.max(LEAST_PACE_MS, performance.now() - started));
        })
        .catch((error: unknown) => {
          this.log.error(
            { event: 'subscriptions.failed', subscriber: subscriber.name, workspaceId, err: error },
            'retrying',
          );
          return new Promise<void>((resolve) => setTimeout(resolve, 100)); // the poll marks it again
        })
        .then(() => new Promise<void>((resolve) => setTimeout(resolve, pace)))
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

  /** @returns whether there is more to hand over */
  private async step(subscriber: EventSubscriber, workspaceId: string, limit: number): Promise<boolean> {
    const key = keyOf(subscriber.name, workspaceId);
    const seenAt = this.seenAt.get(key);
    const ahead = seenAt === undefined ? undefined : await this.tail.after(workspaceId, seenAt, limit);
    if (ahead && ofTypes(ahead.events, subscriber.types).length === 0) {
      this.passOver({ subscriber: subscriber.name, workspaceId, from: seenAt!, to: ahead.last });
      return ahead.more;
    }
    let [more, moved] = [false, seenAt];
    await this.database.lean('system', async (tx) => {
      [more, moved] = [false, seenAt];
      const from = await this.cursors.lock(tx, subscriber.name, workspaceId);
      if (from === null) return; // another node is at it
      const { events, last, ...rest } = await this.next(tx, subscriber, workspaceId, from, limit);
      moved = last;
      if (last <= from) return;
      if (events.length > 0) await subscriber.handle(tx, events);
      await this.cursors.move(tx, subscriber.name, workspaceId, last);
      more = rest.more;
    });
    this.passing.delete(key);
    if (moved !== undefined) this.seenAt.set(key, moved);
    return more;
  }

  /** What comes after a bookmark for this subscriber: out of the tail, or read for itself by who is far behind. */
  private async next(tx: Tx, { types }: EventSubscriber, workspaceId: string, from: number, limit: number) {
    const stretch = await this.tail.after(workspaceId, from, limit);
    if (stretch) return { ...stretch, events: ofTypes(stretch.events, types) };
    const { events, last } = await this.reader.slice(tx, workspaceId, from, limit, types);
    return { events, last, more: last - from === limit };
  }

  /** Bookmarks with nothing to hear are moved together, by one statement for all that wait. */
  private passOver(passing: Passing): void {
    const key = keyOf(passing.subscriber, passing.workspaceId);
    const { from, to } = passing;
    if (to <= from) return;
    this.seenAt.set(key, to);
    this.passing.set(key, { ...passing, from: this.passing.get(key)?.from ?? from });
    if (this.passes) return;
    this.passes = true;
    const run = new Promise<void>((resolve) => setTimeout(resolve, LEAST_PACE_MS))
      .then(() => this.pass())
      .catch((error: unknown) => this.log.warn({ event: 'subscriptions.not_passed', err: error }, 'the poll finds it'))
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  private async pass(): Promise<void> {
    this.passes = false;
    const passings = [...this.passing.values()];
    this.passing.clear();
    if (passings.length === 0) return;
    const moved = await this.database.statement((tx) => this.cursors.pass(tx, passings));
    const keys = new Set(moved.map(({ subscriber, workspaceId }) => keyOf(subscriber, workspaceId)));
    for (const { subscriber, workspaceId } of passings) {
      const key = keyOf(subscriber, workspaceId);
      if (!keys.has(key)) this.seenAt.delete(key); // it was elsewhere: the row says where
    }
  }

  /** After a few tries the event is set aside as a parked job that names it, and the others go on. */
  private countFailure(subscriber: EventSubscriber, workspaceId: string, error: unknown): Promise<boolean> {
    const message = error instanceof Error ? error.message : String(error);
    return this.database.lean('system', async (tx) => {
      const from = await this.cursors.lock(tx, subscriber.name, workspaceId);
      if (from === null) return false;
      const failures = await this.cursors.countFailure(tx, subscriber.name, workspaceId, message);
      if (failures < TRIES_BEFORE_PARKING) return false;
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
      await this.cursors.move(tx, subscriber.name, workspaceId, poison.position);
      return true;
    });
  }

  /** A person retried a parked event: hand it over once more, outside the order it has already lost. */
  private async rerun(job: RunningJob): Promise<void> {
    const { subscriber: name, position } = job.payload as { subscriber: string; position: number };
    const subscriber = this.subscribers.find((s) => s.name === name);
    if (!subscriber) throw new GiveUp(`No subscriber is called "${name}" any more; drop this job.`);
    await this.database.lean('system', async (tx) => {
      await this.jobs.holds(tx, job);
      const [row] = await tx.query<EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM domain_events WHERE workspace_id = $1 AND position = $2`,
        [job.workspaceId, position],
      );
      if (row) await subscriber.handle(tx, [eventOf(row)]);
    });
  }
}

const keyOf = (subscriber: string, workspaceId: string) => `${subscriber}/${workspaceId}`;

const ofTypes = (events: readonly DomainEvent[], types: readonly DomainEventType[]) =>
  events.filter((event) => types.includes(event.type));
