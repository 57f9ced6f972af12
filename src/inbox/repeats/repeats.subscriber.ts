import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ticketAudience } from '../../outbox/audience';
import { type DomainEvent, type DomainEventType, event as eventOf, isEvent, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Subscriptions } from '../../outbox/subscriptions';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { DomainError } from '../../platform/errors';
import { TicketMerging } from '../tickets/ticket-merging';
import { TicketThreads } from '../tickets/ticket-threads';
import { fingerprintOf } from './fingerprint';
import { DAY_MS, groupsOf } from './repeat';
import { RepeatViewsRepository } from './repeat-views.repository';
import { RepeatsRepository } from './repeats.repository';

const WORDS = [
  'message.received',
  'message.edited',
  'message.deleted',
  'message.attachments_changed',
] as const satisfies readonly DomainEventType[];
const PEOPLE = [
  'contact.merged',
  'contact.unmerged',
  'conversation.merged',
] as const satisfies readonly DomainEventType[];

const TOLD_AT_MOST = 20; // tickets of one text: who repeats more is a machine, and nobody has that many open

/**
 * Keeps what repeats are read from up with what happens. Whatever the events say, the rows are made from the messages as
 * they stand: events handed over twice, late or in another order leave the same rows.
 */
@Injectable()
export class RepeatsSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly repository: RepeatsRepository,
    private readonly views: RepeatViewsRepository,
    private readonly merging: TicketMerging,
    private readonly threads: TicketThreads,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'inbox.repeats',
      types: [...WORDS, ...PEOPLE],
      handle: (tx, events) => this.handle(tx, events),
    });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
    if (!workspaceId) return;
    await this.repository.lock(tx, workspaceId);
    const settings = await this.repository.settings(tx, workspaceId);
    const spanMs = settings.spanDays * DAY_MS;
    const words = events.filter((event) => WORDS.some((type) => isEvent(event, type)));
    const said = distinct(words.map(wordOfCustomer));
    await this.readAgain(tx, workspaceId, said, new Date(this.clock.now().getTime() - spanMs));
    await this.followPeople(tx, workspaceId, events);
    const fresh = distinct(words.map((event) => (isEvent(event, 'message.received') ? event.ticketId : null)));
    if (settings.merge && fresh.length > 0) await this.merge(tx, workspaceId, fresh, spanMs);
    await this.tell(tx, workspaceId, said, spanMs);
  }

  private async readAgain(tx: Tx, workspaceId: string, messageIds: readonly string[], since: Date): Promise<void> {
    if (messageIds.length === 0) return;
    const words = await this.repository.words(tx, workspaceId, messageIds, since);
    const kept = words.flatMap((word) => {
      const fingerprint = word.compared ? fingerprintOf(word.text) : null;
      return fingerprint ? [{ word, fingerprint }] : [];
    });
    const keeping = new Set(kept.map(({ word }) => word.id));
    await this.repository.keep(tx, workspaceId, kept);
    await this.repository.forget(
      tx,
      workspaceId,
      messageIds.filter((id) => !keeping.has(id)),
    );
  }

  private async followPeople(tx: Tx, workspaceId: string, events: readonly DomainEvent[]): Promise<void> {
    const people = events.flatMap((event) =>
      isEvent(event, 'contact.merged') || isEvent(event, 'contact.unmerged') ? [event.data.from, event.data.into] : [],
    );
    const threads = events.flatMap((event) =>
      isEvent(event, 'conversation.merged') ? [event.data.from, event.data.into] : [],
    );
    if (people.length > 0 || threads.length > 0)
      await this.repository.follow(tx, workspaceId, distinct(people), distinct(threads));
  }

  /** Whoever has one of the tickets on the screen sees that the customer says it again. */
  private async tell(tx: Tx, workspaceId: string, messageIds: readonly string[], spanMs: number): Promise<void> {
    if (messageIds.length === 0) return;
    const work = new Map((await this.views.work(tx, workspaceId, messageIds)).map((word) => [word.messageId, word]));
    for (const group of groupsOf([...work.values()], spanMs)) {
      if (!group.some(({ messageId }) => messageIds.includes(messageId))) continue;
      const latest = new Map(group.map(({ messageId }) => [work.get(messageId)!.ticketId, work.get(messageId)!]));
      for (const { ticketId, teamId, assigneeId, ...word } of [...latest.values()].slice(-TOLD_AT_MOST)) {
        const { conversationId, contactId, messageId } = word;
        const audience = ticketAudience({ id: ticketId, teamId, assigneeId });
        const subject = { ticketId, conversationId, contactId, messageId };
        this.outbox.record(
          tx,
          eventOf(workspaceId, 'ticket.repeated', SYSTEM, subject, audience, { count: group.length }),
        );
      }
    }
  }

  /** What is refused (somebody was faster) stays two tickets. */
  private async merge(tx: Tx, workspaceId: string, ticketIds: readonly string[], spanMs: number): Promise<void> {
    const found = await this.repository.mergeable(tx, workspaceId, ticketIds, spanMs);
    if (found.length === 0) return;
    const held = new Set(found.flatMap((pair) => [pair.conversationId, pair.intoConversationId]));
    await this.threads.lock(tx, workspaceId, [...held]);
    // asked again under the lock: somebody may have answered meanwhile
    for (const pair of await this.repository.mergeable(tx, workspaceId, ticketIds, spanMs)) {
      if (!held.has(pair.conversationId) || !held.has(pair.intoConversationId)) continue;
      try {
        await tx.savepoint(() => this.merging.mergeIn(tx, workspaceId, pair.ticketId, pair.intoId, SYSTEM));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
      }
    }
  }
}

/** What we wrote ourselves repeats nothing. */
const wordOfCustomer = (event: DomainEvent): string | null =>
  isEvent(event, 'message.received') && event.data.direction === 'out' ? null : event.messageId;

const distinct = (ids: readonly (string | null)[]): string[] => [...new Set(ids.flatMap((id) => id ?? []))];
