import { Injectable, type OnModuleInit } from '@nestjs/common';
import { canSeeTicket } from '../../identity/principal';
import { Notifications } from '../../notifications/notifications';
import { type DomainEvent, type DomainEventType, isEvent, SYSTEM } from '../../outbox/domain-event';
import { Subscriptions } from '../../outbox/subscriptions';
import type { Tx } from '../../platform/database';
import { AgentRoomsRepository } from './agent-rooms.repository';
import { TicketChanges } from './ticket-changes';
import { TicketDetailsRepository } from './ticket-details.repository';
import { afterReopening } from './ticket-reopening';
import { TicketsRepository } from './tickets.repository';

const TYPES = [
  'ticket.status_changed',
  'message.received',
  'crm.linked',
  'crm.changed',
] as const satisfies readonly DomainEventType[];

/**
 * Tells followers what becomes of their tickets, takes a reopened ticket from somebody who is away, and wakes what slept
 * until the CRM had news of its customer.
 */
@Injectable()
export class TicketSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly tickets: TicketsRepository,
    private readonly details: TicketDetailsRepository,
    private readonly agents: AgentRoomsRepository,
    private readonly changes: TicketChanges,
    private readonly notifications: Notifications,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'tickets.heard',
      types: TYPES,
      handle: (tx, events) => this.handle(tx, events),
    });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId;
    if (!workspaceId) return;
    const reopened = events.filter(wasReopened).flatMap(({ ticketId }) => ticketId ?? []);
    if (reopened.length > 0) await this.placeReopened(tx, workspaceId, [...new Set(reopened)]);
    const news = events.flatMap(newsOf);
    if (news.length > 0)
      for (const ticket of await this.tickets.lockAwaitingCrm(tx, workspaceId, news))
        await this.changes.wake(tx, ticket, 'crm', SYSTEM);
    const telling = events.filter(isWorthTelling);
    if (telling.length > 0) await this.tellFollowers(tx, workspaceId, telling);
  }

  /** The same agent if they are here and have room, else the queue. Run again, it finds nothing to do. */
  private async placeReopened(tx: Tx, workspaceId: string, ticketIds: readonly string[]): Promise<void> {
    const holders = (await this.tickets.sights(tx, workspaceId, ticketIds)).flatMap(
      ({ assigneeId }) => assigneeId ?? [],
    );
    if (holders.length === 0) return;
    const agents = await this.agents.lock(tx, workspaceId, [...new Set(holders)]);
    const here = await this.agents.here(tx, workspaceId, [...agents.keys()]);
    for (const ticket of await this.tickets.lock(tx, workspaceId, ticketIds)) {
      const agent = ticket.assigneeId === null ? undefined : agents.get(ticket.assigneeId);
      if (!agent || ticket.status !== 'open') continue;
      const outcome = afterReopening(agent, here.has(agent.id));
      if (outcome === 'stays') continue;
      const why = { reopened: true, reason: outcome };
      await this.changes.assign(tx, ticket, null, SYSTEM, { how: 'returned', why });
    }
  }

  private async tellFollowers(tx: Tx, workspaceId: string, events: readonly DomainEvent[]): Promise<void> {
    const ids = [...new Set(events.flatMap(({ ticketId }) => ticketId ?? []))];
    const followers = await this.details.followers(tx, workspaceId, ids);
    if (followers.size === 0) return;
    const sights = new Map((await this.tickets.sights(tx, workspaceId, [...followers.keys()])).map((t) => [t.id, t]));
    const seers = await this.agents.seers(tx, workspaceId, [...new Set([...followers.values()].flat())]);
    const notifications = events.flatMap((event) => {
      const ticket = event.ticketId === null ? undefined : sights.get(event.ticketId);
      if (!ticket) return [];
      const agentIds = (followers.get(ticket.id) ?? []).filter((id) => {
        const seer = seers.get(id);
        return seer && canSeeTicket(seer, ticket) && id !== event.actor.id;
      });
      if (agentIds.length === 0) return [];
      const moved = isEvent(event, 'ticket.status_changed') ? event.data : null;
      return {
        to: { agentIds },
        kind: moved ? 'ticket.status_changed' : 'ticket.customer_wrote',
        ticketId: ticket.id,
        data: moved ? { from: moved.from, to: moved.to } : {},
        cause: `followed:${event.position}`,
        actor: event.actor,
      };
    });
    await this.notifications.notifyEach(tx, workspaceId, notifications);
  }
}

/** The CRM knows the customer now, or their record there was changed: of whom, and when. */
function newsOf(event: DomainEvent): { contactId: string; at: Date }[] {
  const { contactId, at } = event;
  if (contactId === null) return [];
  if (isEvent(event, 'crm.linked')) return [{ contactId, at }];
  return isEvent(event, 'crm.changed') ? [{ contactId, at: new Date(event.data.changedAt) }] : [];
}

const wasReopened = (event: DomainEvent): boolean =>
  isEvent(event, 'ticket.status_changed') && event.data.from === 'solved' && event.data.reason === 'customer_wrote';

const isWorthTelling = (event: DomainEvent): boolean =>
  isEvent(event, 'ticket.status_changed') ||
  (isEvent(event, 'message.received') && event.data.direction === 'in' && event.data.opensWork);
