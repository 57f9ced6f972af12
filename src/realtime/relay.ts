import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import type { DomainEvent } from '../outbox/domain-event';
import { EventReader } from '../outbox/event-reader';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { uuidv7 } from '../platform/ids';
import { LOGGER } from '../platform/logger';
import { clientEventOf, groupByAudience } from './client-event';
import { Feed } from './feed';
import { LocalSockets } from './local-sockets';
import { eventAge, packetsEmitted, relayLag } from './realtime.metrics';
import { RedisLink } from './redis-link';

const POLL_MS = 250; // the net under the wake-ups
const IDLE_MS = 60_000; // a workspace whose last agent left may see them all come back
const CHANNEL = 'heads';

/**
 * Carries committed events to the sockets of this node. Wake-ups come from this process after commit, from other nodes
 * over Redis, and from a poll; they only say how far there is to read. What is emitted always comes from the rows.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly feeds = new Map<string, { feed: Feed; idleSince: number | null }>();
  private readonly opening = new Map<string, Promise<Feed>>();
  private readonly listeners: ((workspaceId: string, events: readonly DomainEvent[]) => void)[] = [];
  private readonly node = uuidv7();
  private readonly toPublish = new Map<string, number>();
  private hearing = false;
  private polling = false;
  private timer?: NodeJS.Timeout;
  private stopListening?: () => void;

  constructor(
    private readonly outbox: Outbox,
    private readonly reader: EventReader,
    private readonly sockets: LocalSockets,
    private readonly redis: RedisLink,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.stopListening = this.outbox.onCommitted((heads) => {
      this.wake(heads);
      if (!this.hearing) this.publish(heads);
    });
    this.redis.listen(CHANNEL, (message) => this.hear(message));
    this.timer = setInterval(() => void this.poll(), POLL_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.stopListening?.();
  }

  /** Called with what has just been emitted, in the same tick and before anything later is emitted. */
  onEmitted(listener: (workspaceId: string, events: readonly DomainEvent[]) => void): void {
    this.listeners.push(listener);
  }

  /** The workspace's feed, followed from its head on the first call. */
  async follow(workspaceId: string): Promise<Feed> {
    const open = this.feeds.get(workspaceId);
    if (open) {
      open.idleSince = null;
      return open.feed;
    }
    const opening = this.opening.get(workspaceId) ?? this.open(workspaceId);
    this.opening.set(workspaceId, opening);
    try {
      return await opening;
    } finally {
      this.opening.delete(workspaceId);
    }
  }

  private async open(workspaceId: string): Promise<Feed> {
    const head = await this.reader.head(workspaceId);
    const feed = new Feed(
      {
        after: (position, limit) => this.reader.after(workspaceId, position, limit),
        emit: (events) => this.emit(workspaceId, events),
        failed: (error) =>
          this.log.warn({ event: 'realtime.read_failed', workspaceId, err: error }, 'reading events again soon'),
      },
      head,
    );
    this.feeds.set(workspaceId, { feed, idleSince: null });
    return feed;
  }

  private emit(workspaceId: string, events: DomainEvent[]): void {
    const now = this.clock.now().getTime();
    for (const event of events) eventAge.observe(Math.max(0, now - event.at.getTime()) / 1000);
    for (const group of groupByAudience(events)) {
      this.sockets.emit(workspaceId, group.audience, 'events', group.events.map(clientEventOf));
      packetsEmitted.inc();
      for (const listener of this.listeners) listener(workspaceId, group.events);
    }
  }

  private wake(heads: ReadonlyMap<string, number>): void {
    for (const [workspaceId, head] of heads) this.feeds.get(workspaceId)?.feed.wake(head);
  }

  /** Tells other nodes, once a tick however many commits there were. */
  private publish(heads: ReadonlyMap<string, number>): void {
    if (!this.redis.client) return;
    if (this.toPublish.size === 0) {
      setImmediate(() => {
        this.redis.publish(CHANNEL, JSON.stringify({ node: this.node, heads: [...this.toPublish] }));
        this.toPublish.clear();
      });
    }
    for (const [id, head] of heads) this.toPublish.set(id, Math.max(head, this.toPublish.get(id) ?? 0));
  }

  private hear(message: string): void {
    const { node, heads } = JSON.parse(message) as { node: string; heads: [string, number][] };
    if (node === this.node) return;
    this.hearing = true;
    try {
      this.outbox.wake(new Map(heads)); // all local readers, the relay among them
    } finally {
      this.hearing = false;
    }
  }

  private async poll(): Promise<void> {
    if (this.polling || this.feeds.size === 0) return;
    this.polling = true;
    try {
      this.wake(await this.reader.heads([...this.feeds.keys()]));
      relayLag.set(Math.max(0, ...[...this.feeds.values()].map(({ feed }) => feed.lag)));
      this.forgetIdle();
    } catch (error) {
      this.log.warn({ event: 'realtime.poll_failed', err: error }, 'could not look for new events');
    } finally {
      this.polling = false;
    }
  }

  private forgetIdle(): void {
    const now = this.clock.now().getTime();
    for (const [workspaceId, followed] of this.feeds) {
      if (this.sockets.has(workspaceId)) followed.idleSince = null;
      else followed.idleSince ??= now;
      if (followed.idleSince !== null && now - followed.idleSince > IDLE_MS) this.feeds.delete(workspaceId);
    }
  }
}
