import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../identity/principal';
import { isOffered, type Ticket } from '../inbox/tickets/ticket';
import { ticketEvent } from '../inbox/tickets/ticket.events';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import type { TicketView } from '../inbox/tickets/ticket-views.repository';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { JobQueue } from '../jobs/job-queue';
import { Notifications } from '../notifications/notifications';
import { bothAudiences, room } from '../outbox/audience';
import { type Actor, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { PresenceStates } from '../realtime/presence-states';
import { type Offer, type OfferEnd, OffersRepository } from './offers.repository';
import { QueuesRepository } from './queues.repository';
import { RoutingRepository } from './routing.repository';

export const ASSIGN_JOB = 'routing.assign';

export interface NewOffer {
  ticket: Ticket;
  agentId: string;
  acceptSeconds: number;
  why: Record<string, unknown>;
}

/**
 * Tickets on an agent's screen. An offer counts in the agent's capacity and nobody else may take the ticket until it
 * ends: accepted, declined, run out, or withdrawn because the agent or the ticket went elsewhere.
 */
@Injectable()
export class OffersService {
  constructor(
    private readonly database: Database,
    private readonly offers: OffersRepository,
    private readonly queues: QueuesRepository,
    private readonly routing: RoutingRepository,
    private readonly tickets: TicketEffects,
    private readonly views: TicketsService,
    private readonly presence: PresenceStates,
    private readonly notifications: Notifications,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Agents and tickets are locked by the caller, and there is room. */
  async make(tx: Tx, workspaceId: string, given: readonly NewOffer[]): Promise<void> {
    const now = this.clock.now();
    const offers = given.map(({ ticket, agentId, acceptSeconds, why }) => ({
      workspaceId,
      id: uuidv7(now.getTime()),
      ticketId: ticket.id,
      agentId,
      teamId: ticket.teamId,
      queueId: ticket.queueId,
      offeredAt: now,
      expiresAt: new Date(now.getTime() + acceptSeconds * 1_000),
      why,
    }));
    await this.offers.make(tx, workspaceId, offers);
    given.forEach(({ ticket, agentId, why }, i) => {
      const told = ticketEvent(ticket, 'ticket.offered', SYSTEM, {
        agentId,
        expiresAt: offers[i]!.expiresAt.toISOString(),
        why,
      });
      this.outbox.record(tx, { ...told, audience: bothAudiences(told.audience, [room.agent(agentId)]) });
    });
  }

  /** What stands on the caller's screen. */
  mine(who: Principal): Promise<(TicketView & { expiresAt: Date; why: Record<string, unknown> })[]> {
    return this.database.lean(who, async (tx) => {
      const offers = await this.offers.ofAgents(tx, who.workspaceId, [who.agentId]);
      const views = [];
      for (const { ticketId, expiresAt, why } of offers)
        views.push({ ...(await this.views.see(tx, who, ticketId)), expiresAt, why });
      return views;
    });
  }

  /** Accepting again what one holds already changes nothing. */
  accept(who: Principal, ticketId: string): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const { ticket, offer } = await this.lock(tx, who.workspaceId, who.agentId, ticketId);
      if (!ticket || !canSeeTicket(who, ticket)) throw notFound('ticket');
      if (ticket.assigneeId !== who.agentId) {
        if (!offer || !isOffered(ticket)) throw noOffer();
        await this.take(tx, ticket, offer, { kind: 'agent', id: who.agentId });
      }
      return this.views.see(tx, who, ticketId);
    });
  }

  decline(who: Principal, ticketId: string, reason: string): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const { ticket, offer } = await this.lock(tx, who.workspaceId, who.agentId, ticketId);
      if (!ticket || !canSeeTicket(who, ticket)) throw notFound('ticket');
      if (!offer || !isOffered(ticket)) throw noOffer();
      await this.end(tx, who.workspaceId, [ticket], [offer], 'declined', reason, { kind: 'agent', id: who.agentId });
      await this.routing.countTimeouts(tx, who.workspaceId, [who.agentId], false);
      return this.views.see(tx, who, ticketId);
    });
  }

  /** The agent opened or answered a ticket that is on their screen: that is a yes. */
  acceptIfOffered(tx: Tx, workspaceId: string, agentId: string, ticketId: string): Promise<void> {
    return this.lock(tx, workspaceId, agentId, ticketId).then(async ({ ticket, offer }) => {
      if (ticket && offer && isOffered(ticket)) await this.take(tx, ticket, offer, { kind: 'agent', id: agentId });
    });
  }

  /** Ends what stands on the screens of agents who are not there for it any more; their rows are locked here. */
  async withdraw(tx: Tx, workspaceId: string, reasons: ReadonlyMap<string, string>): Promise<void> {
    if (reasons.size === 0) return;
    await this.tickets.lockAgents(tx, workspaceId, [...reasons.keys()]);
    const standing = await this.offers.ofAgents(tx, workspaceId, [...reasons.keys()]);
    const tickets = await this.tickets.lock(
      tx,
      workspaceId,
      standing.map((offer) => offer.ticketId),
    );
    for (const [agentId, reason] of reasons) {
      const theirs = standing.filter((offer) => offer.agentId === agentId);
      await this.end(tx, workspaceId, tickets, theirs, 'withdrawn', reason, SYSTEM);
    }
  }

  /** Ends offers whose ticket was given, answered or moved past them. */
  async settle(tx: Tx, workspaceId: string, ticketIds: readonly string[]): Promise<void> {
    if (ticketIds.length === 0) return;
    if ((await this.offers.stale(tx, workspaceId, ticketIds)).length === 0) return;
    const tickets = await this.tickets.lock(tx, workspaceId, ticketIds);
    const stale = await this.offers.stale(tx, workspaceId, ticketIds); // as it stands under the lock
    const taken = stale.filter((offer) => offer.assigneeId === offer.agentId);
    const gone = stale.filter((offer) => offer.assigneeId !== offer.agentId);
    await this.end(tx, workspaceId, tickets, taken, 'accepted', null, SYSTEM);
    await this.end(tx, workspaceId, tickets, gone, 'withdrawn', 'ticket_moved_on', SYSTEM);
  }

  /** Ends what ran out, of all workspaces; whoever lets several in a row run out is away, and told so. @returns how many ended */
  async expire(limit: number): Promise<number> {
    const found = await this.database.lean('system', (tx) => this.offers.expired(tx, this.clock.now(), limit));
    let ended = 0;
    for (const workspaceId of new Set(found.map((offer) => offer.workspaceId))) {
      const offers = found.filter((offer) => offer.workspaceId === workspaceId);
      ended += await this.database.lean({ workspaceId }, (tx) => this.expireThese(tx, workspaceId, offers));
    }
    return ended;
  }

  private async expireThese(tx: Tx, workspaceId: string, offers: readonly Offer[]): Promise<number> {
    await this.tickets.lockAgents(tx, workspaceId, [...new Set(offers.map((offer) => offer.agentId))]);
    const tickets = await this.tickets.lock(
      tx,
      workspaceId,
      offers.map((offer) => offer.ticketId),
    );
    const ended = await this.end(tx, workspaceId, tickets, offers, 'timed_out', 'no_answer', SYSTEM);
    if (ended.length === 0) return 0;
    const silent = ended.map((offer) => offer.agentId);
    const timeouts = await this.routing.countTimeouts(tx, workspaceId, silent, true);
    const { timeoutsToAway } = await this.queues.settings(tx, workspaceId);
    const asleep = [...timeouts].filter(([, count]) => count >= timeoutsToAway).map(([id]) => id);
    const turned = await this.presence.turn(tx, workspaceId, asleep, ['online'], 'away', 'offers_timed_out');
    for (const agentId of turned) {
      await this.notifications.notify(tx, workspaceId, {
        to: { agentIds: [agentId] },
        kind: 'presence.away_after_timeouts',
        data: { timeouts: timeouts.get(agentId) },
        cause: `away:${ended.find((offer) => offer.agentId === agentId)!.id}`,
      });
    }
    return ended.length;
  }

  private async take(tx: Tx, ticket: Ticket, offer: Offer, actor: Actor): Promise<void> {
    const { workspaceId, agentId, why } = offer;
    await this.end(tx, workspaceId, [ticket], [offer], 'accepted', null, actor);
    await this.tickets.give(tx, workspaceId, [{ ticket, agentId, why }], 'accepted', actor);
    await this.routing.countTimeouts(tx, workspaceId, [agentId], false);
  }

  private async end(
    tx: Tx,
    workspaceId: string,
    tickets: readonly Ticket[],
    offers: readonly Offer[],
    how: OfferEnd,
    reason: string | null,
    actor: Actor,
  ): Promise<Offer[]> {
    const ids = offers.map((offer) => offer.id);
    const ended = await this.offers.end(tx, workspaceId, ids, how, reason, this.clock.now());
    for (const { ticketId, agentId, teamId } of ended) {
      const ticket = tickets.find((each) => each.id === ticketId);
      if (!ticket) continue;
      const told = ticketEvent(ticket, 'ticket.offer_ended', actor, { agentId, how, ...(reason && { reason }) });
      this.outbox.record(tx, { ...told, audience: bothAudiences(told.audience, [room.agent(agentId)]) });
      if (how !== 'accepted' && teamId) this.serve(tx, workspaceId, teamId);
    }
    return ended;
  }

  /** Has a team's waiting work looked at. */
  serve(tx: Tx, workspaceId: string, teamId: string, runAt?: Date): void {
    this.jobs.enqueue(tx, {
      workspaceId,
      queue: 'routing',
      name: ASSIGN_JOB,
      payload: { teamId },
      dedupeKey: teamId,
      runAt,
    });
  }

  private async lock(tx: Tx, workspaceId: string, agentId: string, ticketId: string) {
    await this.tickets.lockAgents(tx, workspaceId, [agentId]);
    const [ticket] = await this.tickets.lock(tx, workspaceId, [ticketId]);
    const offer = await this.offers.ofTicket(tx, workspaceId, ticketId);
    return { ticket, offer: offer?.agentId === agentId ? offer : undefined };
  }
}

const noOffer = () =>
  new DomainError('conflict', 'This ticket is not offered to you any more; take another, or the next one.');
