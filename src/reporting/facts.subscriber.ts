import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { BusinessCalendar } from '../calendars/calendar';
import { Calendars } from '../calendars/calendars';
import { openMs } from '../calendars/hours';
import type { DomainEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { distinct } from '../platform/ids';
import { count, COUNTED_TYPES, type Fact, type Work } from './fact';
import { type Dimensions, type FactRow, ReportFactsRepository } from './report-facts.repository';

const NOTHING: Dimensions = {
  channelId: null,
  channelKind: null,
  brandId: null,
  teamId: null,
  queueId: null,
  threadKind: null,
  workType: null,
  priority: null,
  language: null,
  tier: null,
};

/** Keeps the books: reads what happened in order and writes what reports count. */
@Injectable()
export class FactsSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly facts: ReportFactsRepository,
    private readonly calendars: Calendars,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'reporting.facts',
      types: COUNTED_TYPES,
      handle: (tx, events) => this.handle(tx, events),
    });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId;
    if (!workspaceId) return;
    const tickets = await this.facts.tickets(tx, workspaceId, distinct(events.map((event) => event.ticketId)));
    const times = await this.facts.messageTimes(tx, workspaceId, distinct(events.map((event) => event.messageId)));
    const calendar = (await this.calendars.book(tx, workspaceId)).default;
    const works = new Map<string, Work>();
    const rows: FactRow[] = [];
    for (const event of events) {
      const ticket = event.ticketId ? tickets.get(event.ticketId) : undefined;
      const before = (event.ticketId && works.get(event.ticketId)) || ticket?.work || startingAt(event.at);
      const { facts, work } = count(event, before, event.messageId ? times.get(event.messageId) : undefined);
      if (event.ticketId && ticket) works.set(event.ticketId, work);
      rows.push(...facts.map((fact) => rowOf(fact, event, ticket?.dimensions ?? NOTHING, calendar)));
    }
    await this.facts.append(tx, workspaceId, rows);
    await this.facts.saveWork(tx, workspaceId, works);
  }
}

const startingAt = (openedAt: Date): Work => ({ openedAt, waitingSince: null, botAnswered: false, answeredAt: null });

function rowOf(fact: Fact, event: DomainEvent, dimensions: Dimensions, calendar: BusinessCalendar | null): FactRow {
  const { ticketId, conversationId, contactId, messageId } = event;
  const from = fact.took?.from.getTime();
  const to = fact.took?.to.getTime();
  const measured = from !== undefined && to !== undefined;
  const wallMs = measured ? to - from : null;
  const businessMs = measured && calendar ? openMs(calendar, from, to) : wallMs;
  return { ...fact, ...dimensions, ticketId, conversationId, contactId, messageId, wallMs, businessMs };
}
