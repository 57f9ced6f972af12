import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { ConversationIntake, type IntakeItem } from '../../inbox/conversations/intake';
import type { InboundEvent } from '../../inbox/conversations/inbound-event';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database, isPassing, type Tx } from '../../platform/database';
import { LOGGER } from '../../platform/logger';
import { cleanText } from '../../text/clean';
import { ChannelDirectory, type DirectoryChannel } from '../channel-directory';
import { Connectors } from '../connectors/registry';
import { withKeeping } from '../keeping';
import { DeliveryReader } from './delivery-reader';
import { DeliveryWriter } from './delivery-writer';
import { LastEvents } from './last-events';
import { withoutNoise } from './noise';
import { type InboundState, LANES, LedgerRepository, type RawDelivery, type WaitingEvent } from './ledger.repository';
import { Suspects } from './suspects';

const BATCH = 200;
const WORKERS = 2;
const IDLE_POLL_MS = 100; // events stored by another node; our own wake us at once
const AFTER_TROUBLE_MS = 500;
const TRIES = 4; // two seconds in all: what somebody else's change at that moment made fail does not fail again
const TRIES_ANYWHERE = 20; // several nodes try, each in its own time, and one that is killed forgets its own

interface Settled {
  workspaceId: string;
  id: string;
  state: InboundState;
  reason: string | null;
}

/**
 * Takes stored events into the inbox. Events of one conversation share a lane and are applied in order; lanes are held
 * by transaction locks, so any number of workers on any number of nodes share the work without meeting.
 *
 * The effect and the event's new state commit together: a kill between any two steps leaves either both or neither.
 *
 * An event that fails is looked for in smaller and smaller batches. Alone it is tried a few times more, its thread waiting
 * behind it and all others going on; then it is set aside as failed with its error, until somebody runs it again, and its
 * thread goes on: what comes later is read today, and the one that was set aside takes its place by its time. A database
 * that is away, and locks of others, count as no try.
 */
@Injectable()
export class Applier implements OnApplicationBootstrap, OnApplicationShutdown {
  private stopped = false;
  private readonly wakers = new Set<() => void>();
  private pending = false;
  private loops: Promise<void>[] = [];
  private readonly suspects = new Suspects();

  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerRepository,
    private readonly intake: ConversationIntake,
    private readonly reader: DeliveryReader,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly writer: DeliveryWriter,
    private readonly lastEvents: LastEvents,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.writer.onStored(() => this.wake());
    this.loops = Array.from({ length: WORKERS }, (_, i) => this.loop(Math.floor((i * LANES) / WORKERS)));
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.wake();
    await Promise.allSettled(this.loops);
  }

  wake(): void {
    this.pending = true;
    for (const waker of this.wakers) waker();
  }

  private async loop(firstLane: number): Promise<void> {
    let lane = firstLane;
    let limit = BATCH;
    while (!this.stopped) {
      this.pending = false;
      const suspect = this.suspects.due(performance.now());
      const { taken, error } = suspect
        ? await this.step((tx) => this.ledger.takeOne(tx, suspect))
        : await this.step((tx) => this.ledger.take(tx, lane, limit, this.suspects.threads()));
      const only = suspect ?? (taken.length === 1 ? taken[0] : undefined);
      if (error === undefined) {
        if (suspect) this.suspects.clear(suspect);
        lane = (lane + 17) % LANES; // another start each time, so that no lane waits for long behind a busy one
        limit = Math.min(BATCH, limit * 2);
        if (taken.length === 0 && !suspect) await this.rest(IDLE_POLL_MS);
      } else if (only) {
        await this.failed(only, error);
      } else {
        this.log.warn({ event: 'applier.batch_failed', events: taken.length, err: error }, 'looking for what fails');
        limit = Math.max(1, Math.ceil(taken.length / 8)); // 200, 25, 4, 1
        if (isPassing(error) || taken.length === 0) await this.rest(AFTER_TROUBLE_MS);
      }
    }
  }

  /** Applies one batch, all of it or nothing. */
  private async step(
    take: (tx: Tx) => Promise<WaitingEvent[]>,
  ): Promise<{ taken: readonly WaitingEvent[]; error?: unknown }> {
    let taken: WaitingEvent[] = [];
    try {
      await this.database.lean('system', async (tx) => {
        taken = await take(tx);
        if (taken.length > 0) await this.apply(tx, taken);
      });
      return { taken };
    } catch (error) {
      return { taken, error: error ?? new Error('nothing was said') };
    }
  }

  private async apply(tx: Tx, taken: readonly WaitingEvent[]): Promise<void> {
    const { items, settled } = await this.read(taken);
    const outcomes = await this.intake.apply(tx, items);
    for (const e of taken) {
      const outcome = outcomes.get(e.id);
      // what was there before is there now: the event is applied, by itself or by its twin
      if (outcome)
        settled.push({
          ...idOf(e),
          state: outcome.reason === 'already_known' ? 'applied' : outcome.state,
          reason: outcome.reason ?? null,
        });
    }
    const now = this.clock.now();
    await this.ledger.settle(tx, settled, now);
    await this.lastEvents.note(
      tx,
      items.map(({ channel }) => channel),
      now,
    );
  }

  /** An event failed by itself: it rests and is tried again, or is set aside. */
  private async failed(e: WaitingEvent, error: unknown): Promise<void> {
    const about = { workspaceId: e.workspaceId, inboundEventId: e.id, err: error };
    const passes = isPassing(error);
    const tries = this.suspects.rest(e, performance.now(), passes);
    try {
      const reason = `Set aside after ${TRIES} tries: ${reasonOf(error)}`;
      const last = { tries: tries >= TRIES ? 0 : TRIES_ANYWHERE, reason, at: this.clock.now() };
      const state = passes ? 'received' : await this.database.lean('system', (tx) => this.ledger.failed(tx, e, last));
      if (state !== 'received') this.suspects.clear(e);
      if (state === 'failed') this.log.error({ event: 'applier.event_failed', ...about }, 'set aside as failed');
      else this.log.warn({ event: 'applier.event_troubled', ...about }, 'trying again');
    } catch (trouble) {
      this.log.error({ event: 'applier.failed', ...about, err: trouble }, 'trying again');
      await this.rest(AFTER_TROUBLE_MS);
    }
  }

  /** Reads events again from the raw deliveries: what is applied is what was signed, read by today's connector. */
  private async read(taken: readonly WaitingEvent[]): Promise<{ items: IntakeItem[]; settled: Settled[] }> {
    const items: IntakeItem[] = [];
    const settled: Settled[] = [];
    const parsed = new Map<string, Map<string, InboundEvent[]> | null>();
    const channels = await this.directory.channels(taken.flatMap((e) => e.channelId ?? []));
    for (const e of taken) {
      const { delivery } = e;
      const channel = e.channelId ? channels.get(e.channelId) : undefined;
      // a delivery of a shared address is read for each channel it tells of: own words are known by the account's settings
      const readFor = `${delivery.id} ${e.channelId ?? ''}`;
      if (!parsed.has(readFor)) parsed.set(readFor, await this.parse(delivery, channel));
      const events = parsed.get(readFor);
      // one delivery may tell two accounts of events with one key: each channel gets its own
      const named = events?.get(e.eventKey) ?? [];
      const event = named.length > 1 ? named.find((one) => one.accountId === channel?.externalId) : named[0];
      if (!events) settled.push({ ...idOf(e), state: 'failed', reason: 'The body is not in the network’s format.' });
      else if (!event && !channel)
        settled.push({ ...idOf(e), state: 'refused', reason: 'The channel is not connected any more.' });
      else if (!event)
        settled.push({ ...idOf(e), state: 'failed', reason: 'The delivery no longer reads as this event.' });
      else if (event.type === 'unsupported')
        settled.push({ ...idOf(e), state: 'unsupported', reason: `unsupported kind: ${event.kind}` });
      else if (!channel)
        settled.push({ ...idOf(e), state: 'refused', reason: 'The channel is not connected any more.' });
      else items.push({ ref: e.id, channel, event: this.ruled(event, channel), receivedAt: e.receivedAt });
    }
    return { items, settled };
  }

  /** What the channel's own rules say of it: whether it asks for an answer, and how long its files may be kept. */
  private ruled(event: InboundEvent, { kind, settings }: DirectoryChannel): InboundEvent {
    return withKeeping(withoutNoise(event, settings), this.connectors.of(kind).capabilities(kind, settings));
  }

  private async parse(
    { source, body }: RawDelivery,
    channel: DirectoryChannel | undefined,
  ): Promise<Map<string, InboundEvent[]> | null> {
    try {
      const events = await this.reader.read(source, body, channel);
      const byKey = new Map<string, InboundEvent[]>();
      for (const event of events) {
        const key = cleanText(event.eventKey);
        byKey.set(key, [...(byKey.get(key) ?? []), event]);
      }
      return byKey;
    } catch {
      return null;
    }
  }

  private rest(ms: number): Promise<void> {
    if (this.pending || this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wakers.add(done);
    });
  }
}

const idOf = (e: WaitingEvent) => ({ workspaceId: e.workspaceId, id: e.id });

const reasonOf = (error: unknown): string =>
  (error instanceof Error && error.message !== '' ? error.message : String(error)).slice(0, 500);
