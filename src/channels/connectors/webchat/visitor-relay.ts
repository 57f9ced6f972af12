import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { type DomainEvent, type DomainEventType, isEvent } from '../../../outbox/domain-event';
import { EventReader } from '../../../outbox/event-reader';
import { Outbox } from '../../../outbox/outbox';
import { Database } from '../../../platform/database';
import { LOGGER } from '../../../platform/logger';
import { Feed } from '../../../realtime/feed';
import { visitorMessage } from './visitor';
import { VisitorSockets } from './visitor-sockets';
import { VisitorsRepository } from './visitors.repository';

const POLL_MS = 250; // the net under the wake-ups

const TOLD: Partial<Record<DomainEventType, 'message.created' | 'message.updated' | 'message.deleted'>> = {
  'message.received': 'message.created',
  'message.sent': 'message.created',
  'message.edited': 'message.updated',
  'message.deleted': 'message.deleted',
};

interface Followed {
  readonly feed: Feed;
  /** Deliveries of this workspace, one after the other: each reads rows before it speaks. */
  line: Promise<void>;
}

/**
 * Carries committed events to the visitors' sockets of this node. Events only name what changed; what a visitor is told
 * is read from the rows, through the same door as their own reading, so notes and other internal things stay inside.
 */
@Injectable()
export class VisitorRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly followed = new Map<string, Promise<Followed>>();
  private readonly open = new Map<string, Followed>();
  private polling = false;
  private timer?: NodeJS.Timeout;
  private stopListening?: () => void;

  constructor(
    private readonly outbox: Outbox,
    private readonly reader: EventReader,
    private readonly database: Database,
    private readonly repository: VisitorsRepository,
    private readonly sockets: VisitorSockets,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.stopListening = this.outbox.onCommitted((heads) => this.wake(heads));
    this.timer = setInterval(() => void this.poll(), POLL_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.stopListening?.();
  }

  /** Everything committed in the workspace after this resolves is told to sockets already added. */
  async follow(workspaceId: string): Promise<void> {
    const following = this.followed.get(workspaceId) ?? this.start(workspaceId);
    this.followed.set(workspaceId, following);
    try {
      await following;
    } catch (error) {
      this.followed.delete(workspaceId);
      throw error;
    }
  }

  private async start(workspaceId: string): Promise<Followed> {
    const head = await this.reader.head(workspaceId);
    const feed = new Feed(
      {
        after: (position, limit) => this.reader.after(workspaceId, position, limit),
        emit: (events) => this.enqueue(workspaceId, events),
        failed: (error) =>
          this.log.warn({ event: 'webchat.read_failed', workspaceId, err: error }, 'reading events again soon'),
      },
      head,
    );
    const followed = { feed, line: Promise.resolve() };
    this.open.set(workspaceId, followed);
    return followed;
  }

  private wake(heads: ReadonlyMap<string, number>): void {
    for (const [workspaceId, head] of heads) this.open.get(workspaceId)?.feed.wake(head);
  }

  private enqueue(workspaceId: string, events: DomainEvent[]): void {
    const followed = this.open.get(workspaceId);
    if (!followed) return;
    followed.line = followed.line
      .then(() => this.deliver(workspaceId, events))
      .catch((error: unknown) => {
        this.log.warn({ event: 'webchat.deliver_failed', workspaceId, err: error }, 'visitors are told to read again');
        this.sockets.resync(workspaceId);
      });
  }

  private async deliver(workspaceId: string, events: readonly DomainEvent[]): Promise<void> {
    await this.attachWaiting(workspaceId, events);
    const heard = events.filter((e) => e.conversationId !== null && this.sockets.hears(e.conversationId));
    const ids = new Set(heard.flatMap((e) => (TOLD[e.type] && e.messageId ? [e.messageId] : [])));
    const rows =
      ids.size === 0
        ? []
        : await this.database.lean({ workspaceId }, (tx) => this.repository.shown(tx, workspaceId, [...ids]));
    const messages = new Map(rows.map((row) => [row.id, row]));
    for (const e of heard) {
      if (isEvent(e, 'conversation.handler_changed'))
        this.sockets.emit(e.conversationId!, 'conversation.updated', { handler: e.data.to });
      const row = e.messageId ? messages.get(e.messageId) : undefined;
      const name = TOLD[e.type];
      // the row decides whose it is: an event is only a hint
      if (name && row) this.sockets.emit(row.conversation_id, name, visitorMessage(row));
    }
  }

  /** A thread that somebody waits for has come to life: opened, or taken over by its user in another browser. */
  private async attachWaiting(workspaceId: string, events: readonly DomainEvent[]): Promise<void> {
    if (!this.sockets.anybodyWaiting) return;
    const unheard = events.flatMap((e) =>
      TOLD[e.type] && e.conversationId && !this.sockets.hears(e.conversationId) ? [e.conversationId] : [],
    );
    if (unheard.length === 0) return;
    const ids = [...new Set(unheard)];
    const threads = await this.database.lean({ workspaceId }, (tx) =>
      this.repository.threadsById(tx, workspaceId, ids),
    );
    for (const thread of threads) this.sockets.attach(thread.channel_id, thread.thread_key, thread.id);
  }

  private async poll(): Promise<void> {
    if (this.polling || this.open.size === 0) return;
    this.polling = true;
    try {
      for (const workspaceId of this.open.keys()) {
        if (this.sockets.has(workspaceId)) continue;
        this.open.delete(workspaceId);
        this.followed.delete(workspaceId);
      }
      if (this.open.size > 0) this.wake(await this.reader.heads([...this.open.keys()]));
    } catch (error) {
      this.log.warn({ event: 'webchat.poll_failed', err: error }, 'could not look for new events');
    } finally {
      this.polling = false;
    }
  }
}
