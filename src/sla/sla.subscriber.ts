import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Ticket } from '../inbox/tickets/ticket';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { type DomainEvent, isEvent } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock as Time } from '../platform/clock';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import { choosePolicy, defaultPolicy, type SlaPolicy } from './policy';
import { slaBreached } from './sla.events';
import { CLOCK_EVENTS, SlaRepository } from './sla.repository';
import { advance, type Clock, endOf, type Fact, hasFailed, isRunning } from './waiting';

export const SLA_SUBSCRIBER = 'sla.clocks';

/** Keeps the clocks in step with what happens to tickets. What a clock is, and when it ends, is in `waiting.ts`. */
@Injectable()
export class SlaSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly sla: SlaRepository,
    private readonly tickets: TicketEffects,
    private readonly outbox: Outbox,
    private readonly time: Time,
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
    const from = firstPositions(events);
    if (!workspaceId || from.size === 0) return;
    for (const { ticketId, position } of await this.sla.writtenAt(tx, workspaceId, failedAnswers(events)))
      from.set(ticketId, Math.min(from.get(ticketId) ?? position, position));
    const tickets = await this.tickets.lock(tx, workspaceId, [...from.keys()]);
    const before = await this.sla.clocksOf(tx, workspaceId, [...from.keys()]);
    const facts = await this.sla.factsFrom(tx, workspaceId, from);
    const policies = await this.policiesOf(tx, workspaceId);
    const channelKinds = await this.sla.channelKinds(tx, workspaceId, [...new Set(tickets.map((t) => t.channelId))]);

    const changed: (Clock & { ticketId: string })[] = [];
    const times: Parameters<TicketEffects['setTimes']>[2][number][] = [];
    for (const ticket of tickets) {
      const known = before.get(ticket.id) ?? [];
      const happened = facts.get(ticket.id) ?? [];
      const clocks = advance(known, happened, {
        priority: ticket.priority,
        policyFor: (priority) =>
          choosePolicy(policies, {
            channelKind: channelKinds.get(ticket.channelId) ?? '',
            threadKind: ticket.kind,
            brandId: ticket.brandId,
            priority,
          }) ?? defaultPolicy(workspaceId),
        policyById: (id) => policies.find((policy) => policy.id === id),
        newId: uuidv7,
      });
      changed.push(...changesOf(known, clocks).map((clock) => ({ ...clock, ticketId: ticket.id })));
      const change = timesOf(ticket, clocks, happened);
      if (change) times.push(change);
    }
    await this.sla.saveClocks(tx, workspaceId, changed);
    await this.tickets.setTimes(tx, workspaceId, times);

    const now = this.time.now();
    const endedLate = changed.filter((clock) => (endOf(clock)?.getTime() ?? 0) > clock.dueAt.getTime());
    const breaches = await this.sla.markEndedLate(
      tx,
      workspaceId,
      endedLate.map((clock) => clock.id),
      now,
    );
    this.outbox.record(tx, ...breaches.map((breach) => slaBreached(breach, now)));
  }

  private async policiesOf(tx: Tx, workspaceId: string): Promise<SlaPolicy[]> {
    const policies = await this.sla.policies(tx, workspaceId);
    if (policies.length > 0) return policies;
    const policy = defaultPolicy(workspaceId);
    await this.sla.savePolicy(tx, workspaceId, policy, true);
    return [policy];
  }
}

/** The first event of each ticket in the batch that concerns its clocks. */
function firstPositions(events: readonly DomainEvent[]): Map<string, number> {
  const from = new Map<string, number>();
  for (const event of events) {
    if (!event.ticketId) continue;
    if (isEvent(event, 'message.received') && event.data.direction === 'in' && !event.data.opensWork) continue;
    if (isEvent(event, 'message.delivery_changed') && event.data.from !== 'failed' && event.data.to !== 'failed')
      continue;
    from.set(event.ticketId, Math.min(from.get(event.ticketId) ?? event.position, event.position));
  }
  return from;
}

const failedAnswers = (events: readonly DomainEvent[]) =>
  events.flatMap((event) => {
    const { ticketId, messageId } = event;
    const failed = isEvent(event, 'message.delivery_changed') && event.data.to === 'failed';
    return failed && ticketId && messageId ? [{ ticketId, messageId }] : [];
  });

function changesOf(before: readonly Clock[], after: readonly Clock[]): Clock[] {
  const known = new Map(before.map((clock) => [clock.id, JSON.stringify(clock)]));
  return after.filter((clock) => known.get(clock.id) !== JSON.stringify(clock));
}

/** The ticket's times as its clocks have them now; undefined when nothing changed. */
function timesOf(ticket: Ticket, clocks: readonly Clock[], facts: readonly Fact[]) {
  const running = clocks.filter(isRunning);
  const next = earliest(running, (clock) => clock.dueAt);
  const waitingSince = earliest(running, (clock) => clock.startedAt)?.startedAt ?? null;
  const answers = facts.flatMap((fact) => (fact.type === 'answered' && fact.by === 'agent' ? [fact] : []));
  const standing = answers.filter((answer) => !hasFailed(answer, facts)).map(({ at }) => at);
  const met = clocks.flatMap((clock) => (clock.kind === 'first_response' && clock.metAt ? [clock.metAt] : []));
  const known = ticket.firstRespondedAt;
  const lost = known !== null && answers.some((answer) => sameInstant(answer.at, known) && hasFailed(answer, facts));
  const first = earliest([...standing, ...met, ...(known && !lost ? [known] : [])], (at) => at);
  const times = { dueAt: next?.dueAt ?? null, waitingSince, firstRespondedAt: first ?? null };
  const same =
    sameInstant(times.dueAt, ticket.dueAt) &&
    sameInstant(times.waitingSince, ticket.waitingSince) &&
    sameInstant(times.firstRespondedAt, ticket.firstRespondedAt);
  if (same) return undefined;
  const last = clocks.at(-1);
  return {
    ticket,
    times,
    clock: next?.kind ?? last?.kind ?? 'first_response',
    why: next ? 'running' : last?.metAt ? 'met' : 'cancelled',
  };
}

const earliest = <T>(items: readonly T[], instant: (item: T) => Date): T | undefined =>
  items.reduce<T | undefined>(
    (first, item) => (first === undefined || instant(item) < instant(first) ? item : first),
    undefined,
  );

const sameInstant = (a: Date | null, b: Date | null): boolean => a?.getTime() === b?.getTime();
