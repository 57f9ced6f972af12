import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { ConversationIntake, type IntakeItem } from '../../inbox/conversations/intake';
import type { InboundEvent } from '../../inbox/conversations/inbound-event';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database, isDataError } from '../../platform/database';
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

const BATCH = 200;
const WORKERS = 2;
const IDLE_POLL_MS = 100; // events stored by another node; our own wake us at once
const AFTER_TROUBLE_MS = 500;

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
 */
@Injectable()
export class Applier implements OnApplicationBootstrap, OnApplicationShutdown {
  private stopped = false;
  private readonly wakers = new Set<() => void>();
  private pending = false;
  private loops: Promise<void>[] = [];

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
      try {
        const applied = await this.step(lane, limit);
        lane = (lane + 17) % LANES; // another start each time, so that no lane waits for long behind a busy one
        limit = Math.min(BATCH, limit * 2);
        if (applied === 0) await this.rest(IDLE_POLL_MS);
      } catch (error) {
        if (limit > 1 && isAboutData(error)) {
          this.log.warn({ event: 'applier.batch_failed', limit, err: error }, 'looking for the event that fails');
          limit = Math.ceil(limit / 8); // 200, 25, 4, 1
        } else {
          this.log.error({ event: 'applier.failed', err: error }, 'trying again');
          await this.rest(AFTER_TROUBLE_MS);
        }
      }
    }
  }

  /** Applies one batch. With a limit of one, an event that cannot be applied is set aside as failed. */
  private async step(lane: number, limit: number): Promise<number> {
    let taken: WaitingEvent[] = [];
    try {
      return await this.database.lean('system', async (tx) => {
        taken = await this.ledger.take(tx, lane, limit);
        if (taken.length === 0) return 0;
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
        return taken.length;
      });
    } catch (error) {
      const [only] = taken;
      if (taken.length !== 1 || !only || !isAboutData(error)) throw error;
      const reason = (error as Error).message.slice(0, 500);
      this.log.error(
        { event: 'applier.event_failed', workspaceId: only.workspaceId, inboundEventId: only.id, err: error },
        'set aside as failed',
      );
      await this.database.lean('system', (tx) =>
        this.ledger.settle(tx, [{ ...idOf(only), state: 'failed', reason }], this.clock.now()),
      );
      return 1;
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
      if (!parsed.has(delivery.id)) parsed.set(delivery.id, await this.parse(delivery, channel));
      const events = parsed.get(delivery.id);
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

/** Errors that come back with the same data, unlike a database that is away or asks for another try. */
function isAboutData(error: unknown): boolean {
  return (
    isDataError(error) || error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError
  );
}
