import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../identity/principal';
import { type AgentRoom, fullHands, hasRoom, isFull } from '../inbox/tickets/capacity';
import type { Ticket } from '../inbox/tickets/ticket';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import type { TicketView } from '../inbox/tickets/ticket-views.repository';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { decide } from './decide';
import { lanesOf, ownQueue, waitingOf } from './line';
import { OffersRepository } from './offers.repository';
import { OffersService } from './offers.service';
import { PlacingService } from './placing.service';
import { isOpen } from './queue';
import { RoutingRepository } from './routing.repository';
import { WaitingLines } from './waiting-lines';
import { WaitingRepository } from './waiting.repository';
import type { Waiting } from './work';

/** How many of each lane are looked at in turn, when colleagues are taking the first ones at this very moment. */
const WINDOWS = [10, 100, 500];

/** So many are tried at once: the first of them is there, unless colleagues are taking all of them. */
const TRIED = 40;

/** An agent takes the next ticket: the one the router would choose for them. */
@Injectable()
export class PullService {
  constructor(
    private readonly database: Database,
    private readonly routing: RoutingRepository,
    private readonly lines: WaitingLines,
    private readonly waiting: WaitingRepository,
    private readonly standing: OffersRepository,
    private readonly offers: OffersService,
    private readonly placing: PlacingService,
    private readonly tickets: TicketEffects,
    private readonly views: TicketsService,
    private readonly clock: Clock,
  ) {}

  /** What is on their screen first, then the most urgent of their teams and the lobby that they can do; null when nothing waits. */
  next(who: Principal): Promise<TicketView | null> {
    return this.database.lean(who, async (tx) => {
      const agent = (await this.tickets.lockAgents(tx, who.workspaceId, [who.agentId])).get(who.agentId);
      if (!agent) throw notFound('agent');
      const [offer] = await this.standing.ofAgents(tx, who.workspaceId, [who.agentId]);
      if (offer) {
        await this.offers.acceptIfOffered(tx, who.workspaceId, who.agentId, offer.ticketId);
        return this.views.see(tx, who, offer.ticketId);
      }
      if (isFull(agent)) throw fullHands(agent);
      const ticket = await this.take(tx, who, agent);
      return ticket && this.views.see(tx, who, ticket.id);
    });
  }

  private async take(tx: Tx, who: Principal, agent: AgentRoom): Promise<Ticket | null> {
    const { workspaceId, agentId } = who;
    await this.waiting.walkIndexes(tx);
    const now = this.clock.now();
    const abilities = await this.routing.abilities(tx, workspaceId, agentId);
    for (let i = 0; i < WINDOWS.length;) {
      const window = WINDOWS[i]!;
      const { rules } = await this.lines.rulesOf(tx, workspaceId, [...agent.teamIds, null]);
      const facts = await this.lines.factsOf(tx, workspaceId, rules);
      const { settings } = rules[0]!;
      const queueIds = facts.flatMap(({ teamId, queues }) => [ownQueue(teamId), ...queues.keys()]);
      const known = new Map(facts.flatMap(({ queues }) => [...queues]));
      const rows = await this.lines.headsOf(tx, workspaceId, facts, (queueId) => isOpen(known, queueId), window, now);
      const line = facts.flatMap((of) =>
        waitingOf(
          rows.filter((row) => row.teamId === of.teamId),
          of,
          now,
        ),
      );
      const fitting = line.filter(({ workType }) => hasRoom(agent, { workType }));
      // in the order of the decision, as if there were room for all
      const seat = { ...abilities, id: agentId, load: 0, capacity: 1e6, lastAssignedAt: null, queueIds };
      const order = decide(fitting.map(alone), [seat], settings, now);
      const { ticket, placed } = await this.firstPlaced(
        tx,
        workspaceId,
        order.map(({ ticketId }) => ticketId),
        lanesOf(rows, facts),
      );
      if (placed) continue; // it has its place now: the same once more
      if (ticket && canSeeTicket(who, ticket)) {
        const { slackMs, vip, late } = order.find(({ ticketId }) => ticketId === ticket.id)!.why;
        const why = { rule: 'pulled', slackMs, vip, late, load: agent.load, capacity: agent.capacity };
        await this.tickets.give(tx, workspaceId, [{ ticket, agentId, why }], 'next', { kind: 'agent', id: agentId });
        const inTime = ticket.dueAt !== null && !late;
        const inTimeTurns = late ? 0 : abilities.inTimeTurns + (inTime ? 1 : 0);
        await this.routing.noteTurns(tx, workspaceId, new Map([[agentId, { at: now, inTimeTurns }]]));
        return ticket;
      }
      if (line.length < window) return null;
      i += 1;
    }
    return null;
  }

  /** The first that still waits; what had only just opened or changed is placed first. */
  private async firstPlaced(tx: Tx, workspaceId: string, ids: readonly string[], seenIn: ReadonlyMap<string, string>) {
    let ticket: Ticket | undefined;
    for (let i = 0; i < ids.length && !ticket; i += TRIED)
      ticket = await this.tickets.lockFirstWaiting(tx, workspaceId, ids.slice(i, i + TRIED));
    const moved = ticket && (await this.placing.place(tx, workspaceId, [ticket.id], 'ticket_changed', seenIn));
    return { ticket, placed: moved !== undefined && moved.size > 0 };
  }
}

/** Whoever reaches for work waits for nobody else, and is not refused what they passed before. */
const alone = (waiting: Waiting): Waiting => ({ ...waiting, weight: 1, knownBy: null, declinedBy: [] });
