import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { JobQueue } from '../jobs/job-queue';
import { type DomainEvent, type DomainEventType, isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { ClockContexts } from './clock-contexts';
import { type Advanced, ClockKeeper } from './clock-keeper';
import type { Clock, Fact } from './facts';
import { FACT_EVENTS, ClockFactsRepository } from './clock-facts.repository';
import { isOutOfTurn } from './history';
import { recomputeJob } from './recompute';
import { SLA_SUBSCRIBER } from './sla.names';
import { SlaRepository } from './sla.repository';
import { advance } from './ticket-clocks';
import { waitingAt } from './waiting';

/** What clocks hear: what happens to tickets, and to the hours they count by. */
export const CLOCK_EVENTS = [
  ...FACT_EVENTS,
  'calendar.changed',
  'queue.hours_changed',
] as const satisfies readonly DomainEventType[];

/** Keeps the clocks in step with what happens to tickets. What a clock is, and when it ends, is in `ticket-clocks.ts`. */
@Injectable()
export class SlaSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly sla: SlaRepository,
    private readonly facts: ClockFactsRepository,
    private readonly contexts: ClockContexts,
    private readonly keeper: ClockKeeper,
    private readonly tickets: TicketEffects,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: SLA_SUBSCRIBER,
      types: CLOCK_EVENTS,
      handle: (tx, events) => this.handle(tx, events),
    });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId;
    if (!workspaceId) return;
    for (const event of events) {
      if (isEvent(event, 'calendar.changed')) this.jobs.enqueue(tx, recomputeJob(workspaceId, event.data));
      if (isEvent(event, 'queue.hours_changed')) {
        const { queueId, version } = event.data;
        this.jobs.enqueue(tx, recomputeJob(workspaceId, { queueId, version }));
      }
    }
    // most workspaces count by no queue's hours: then where a ticket waits is nothing to its clocks
    const byQueue = events.some(isQueued) && (await this.contexts.countByQueue(tx, workspaceId));
    const from = firstPositions(byQueue ? events : events.filter((event) => !isQueued(event)));
    if (from.size === 0) return;
    for (const { ticketId, position } of await this.facts.writtenAt(tx, workspaceId, failedAnswers(events)))
      from.set(ticketId, Math.min(from.get(ticketId) ?? position, position));
    const late = lateTickets(events);
    for (const { id, into } of await this.facts.mergedInto(tx, workspaceId, [...late])) {
      from.set(into, Math.min(from.get(into) ?? Infinity, from.get(id)!));
      late.add(into);
    }
    const tickets = await this.tickets.lock(tx, workspaceId, [...from.keys()]);
    const facts = await this.facts.from(tx, workspaceId, from);
    const before = await this.sla.clocksOf(tx, workspaceId, [...new Set([...from.keys(), ...takenIn(facts)])]);
    const outOfTurn = tickets.filter(
      ({ id }) => late.has(id) || isOutOfTurn(before.get(id) ?? [], facts.get(id) ?? []),
    );
    const histories = await this.facts.all(
      tx,
      workspaceId,
      outOfTurn.map(({ id }) => id),
    );
    const others = takenIn(histories).filter((id) => !before.has(id));
    if (others.length > 0)
      for (const [id, clocks] of await this.sla.clocksOf(tx, workspaceId, others)) before.set(id, clocks);
    const world = await this.contexts.readOrBegin(tx, workspaceId, tickets);

    const done = new Map<string, Advanced>();
    const under = new Set<string>();
    /** A ticket's clocks after this batch; those it took in come first, as their customers' waits go on in it. */
    const after = (ticketId: string): readonly Clock[] => {
      const ticket = tickets.find(({ id }) => id === ticketId);
      const known = done.get(ticketId);
      if (known) return known.after;
      if (!ticket || under.has(ticketId)) return before.get(ticketId) ?? [];
      under.add(ticketId);
      const withWaits = (happenings: readonly Fact[]) =>
        happenings.map((fact) =>
          fact.type === 'took_in' && fact.fromTicketId !== null
            ? { ...fact, waitingSince: waitingAt(after(fact.fromTicketId), fact.position) }
            : fact,
        );
      const happened = withWaits(facts.get(ticketId) ?? []);
      const all = histories.get(ticketId);
      const history = all && withWaits(all);
      const clocks = before.get(ticketId) ?? [];
      const advanced = advance(clocks, happened, world.contextOf(ticket), history);
      done.set(ticketId, {
        ticket,
        before: clocks,
        after: advanced,
        facts: history ?? happened,
        whole: all !== undefined,
      });
      return advanced;
    };
    for (const { id } of tickets) after(id);
    await this.keeper.save(tx, workspaceId, world, [...done.values()]);
  }
}

const isQueued = ({ type }: DomainEvent): boolean => type === 'ticket.queued';

/** The first event of each ticket in the batch that concerns its clocks. */
function firstPositions(events: readonly DomainEvent[]): Map<string, number> {
  const from = new Map<string, number>();
  for (const event of events) {
    if (!event.ticketId || !concernsClocks(event)) continue;
    from.set(event.ticketId, Math.min(from.get(event.ticketId) ?? event.position, event.position));
  }
  return from;
}

function concernsClocks(event: DomainEvent): boolean {
  if (isEvent(event, 'calendar.changed') || isEvent(event, 'queue.hours_changed')) return false;
  if (isEvent(event, 'message.received')) return event.data.direction === 'out' || event.data.opensWork;
  if (isEvent(event, 'message.deleted')) return event.messageId !== null;
  if (isEvent(event, 'message.delivery_changed')) return event.data.from === 'failed' || event.data.to === 'failed';
  if (isEvent(event, 'ticket.opened')) return event.actor.kind !== 'contact';
  if (isEvent(event, 'ticket.changed')) return 'language' in event.data.changes;
  if (isEvent(event, 'call.ended')) return event.data.reached;
  if (isEvent(event, 'ticket.split')) return event.data.into === event.ticketId;
  return true;
}

/** What tells of words that were known already, or of whose they are. */
const RETELLING: ReadonlySet<string> = new Set(['message.retimed', 'message.deleted', 'conversation.merged']);

/** Tickets of which something was told that belongs before what was known of their thread. */
const lateTickets = (events: readonly DomainEvent[]): Set<string> =>
  new Set(
    events.flatMap((event) => {
      const late = isEvent(event, 'message.received') ? event.data.late === true : RETELLING.has(event.type);
      return late && event.ticketId && concernsClocks(event) ? [event.ticketId] : [];
    }),
  );

const failedAnswers = (events: readonly DomainEvent[]) =>
  events.flatMap((event) => {
    const { ticketId, messageId } = event;
    const failed = isEvent(event, 'message.delivery_changed') && event.data.to === 'failed';
    return failed && ticketId && messageId ? [{ ticketId, messageId }] : [];
  });

const takenIn = (facts: ReadonlyMap<string, readonly Fact[]>): string[] =>
  [...facts.values()]
    .flat()
    .flatMap((fact) => (fact.type === 'took_in' && fact.fromTicketId ? [fact.fromTicketId] : []));
