import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isOwed, type TicketStatus } from '../inbox/tickets/ticket';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { type DomainEvent, type DomainEventType, isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { PresenceStates } from '../realtime/presence-states';
import { ASSIGN_JOB, OffersService } from './offers.service';
import { PLACE_JOB, PlacingService, type WhyPlaced } from './placing.service';
import { RoutingRepository, type Turn } from './routing.repository';
import { RoutingService } from './routing.service';

export const ROUTING_SUBSCRIBER = 'routing.wake';

const TYPES = [
  'ticket.opened',
  'ticket.status_changed',
  'ticket.assigned',
  'ticket.moved',
  'ticket.changed',
  'ticket.priority_changed',
  'ticket.tags_changed',
  'ticket.offer_ended',
  'contact.changed',
  'presence.changed',
  'conversation.handler_changed',
  'call.released',
  'call.ended',
] as const satisfies readonly DomainEventType[];

/** Whoever is in one of these holds no unanswered work, and asks for none. */
const GONE: ReadonlySet<string> = new Set(['offline', 'break']);

/** Hears where work waits or room came free, and has the teams concerned served by a job each. */
@Injectable()
export class RoutingSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly jobs: JobQueue,
    private readonly routing: RoutingRepository,
    private readonly service: RoutingService,
    private readonly placing: PlacingService,
    private readonly offers: OffersService,
    private readonly tickets: TicketEffects,
    private readonly presence: PresenceStates,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: ROUTING_SUBSCRIBER,
      types: TYPES,
      handle: (tx, events) => this.handle(tx, events),
    });
    this.jobs.handle(ASSIGN_JOB, (job) => this.assign(job), { queue: 'routing' });
    this.jobs.handle(PLACE_JOB, (job) => this.place(job), { queue: 'routing' });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId;
    if (!workspaceId) return;
    const heard = listen(events);
    const returned = await this.dismiss(tx, workspaceId, [...heard.left]);
    // at once, so that whoever else goes through these events is never met crosswise
    if (heard.settled.size > 0) await this.tickets.lock(tx, workspaceId, [...heard.settled, ...heard.placed]);
    await this.offers.settle(tx, workspaceId, [...heard.settled]);
    await this.placing.place(tx, workspaceId, [...heard.placed], 'ticket_changed');
    await this.placing.placeOfContacts(tx, workspaceId, [...heard.contacts]);
    if (heard.handsFreed) await this.restDrained(tx, workspaceId);
    await this.routing.noteTurns(tx, workspaceId, heard.turns); // after agents and tickets, as everywhere
    const teamIds = await this.routing.teamsToServe(tx, workspaceId, {
      teamIds: [...heard.teams, ...returned],
      agentIds: [...heard.agents],
      ticketIds: [...heard.tickets, ...heard.placed],
      conversationIds: [...heard.conversations],
    });
    for (const teamId of teamIds) this.offers.serve(tx, workspaceId, teamId);
  }

  /**
   * What is asked of whoever is not there for it goes to others. Whoever left for good or for a break has put back, too,
   * what they hold without a word; what they answered stays theirs. @returns teams to serve
   */
  private async dismiss(tx: Tx, workspaceId: string, left: readonly string[]): Promise<string[]> {
    if (left.length === 0) return [];
    const states = await this.routing.statesNow(tx, workspaceId, left);
    const absent = new Map([...states].filter(([, state]) => state !== 'online'));
    await this.offers.withdraw(tx, workspaceId, absent); // locks all of them
    const gone = [...absent].filter(([, state]) => GONE.has(state)).map(([id]) => id);
    if (gone.length === 0) return [];
    const tickets = await this.tickets.returnUnanswered(tx, workspaceId, gone, (id) => absent.get(id)!);
    return tickets.flatMap((ticket) => ticket.teamId ?? []);
  }

  /** Whoever wanted to finish first has finished. */
  private async restDrained(tx: Tx, workspaceId: string): Promise<void> {
    const drained = await this.routing.drained(tx, workspaceId);
    await this.presence.turn(tx, workspaceId, drained, ['draining'], 'break', 'drained');
  }

  private async assign(job: RunningJob): Promise<void> {
    const { teamId } = job.payload as { teamId: string };
    await this.service.assignWaiting(job.workspaceId, teamId); // safe to run twice: it gives what waits, to whom has room
  }

  private async place(job: RunningJob): Promise<void> {
    const { teamId, after, why } = job.payload as { teamId: string; after: string | null; why?: WhyPlaced };
    await this.placing.placeSlice(job.workspaceId, teamId, after, why ?? 'rules_changed'); // placing what is in its place changes nothing
  }
}

/** What a batch of events means for routing. */
export function listen(events: readonly DomainEvent[]) {
  const teams = new Set<string>();
  const agents = new Set<string>();
  const tickets = new Set<string>();
  const conversations = new Set<string>();
  const contacts = new Set<string>();
  /** Agents who may not be there any more. */
  const left = new Set<string>();
  /** Tickets of which an offer may be behind. */
  const settled = new Set<string>();
  /** Tickets that may wait somewhere else now. */
  const placed = new Set<string>();
  const turns = new Map<string, Turn>();
  let handsFreed = false;
  for (const event of events) {
    const { ticketId } = event;
    if (isEvent(event, 'ticket.opened')) {
      if (ticketId) placed.add(ticketId);
      if (event.data.teamId) teams.add(event.data.teamId);
    } else if (isEvent(event, 'ticket.moved')) {
      if (ticketId) placed.add(ticketId);
      if (ticketId) settled.add(ticketId);
      if (event.data.to) teams.add(event.data.to);
    } else if (
      isEvent(event, 'ticket.changed') ||
      isEvent(event, 'ticket.priority_changed') ||
      isEvent(event, 'ticket.tags_changed')
    ) {
      if (ticketId) placed.add(ticketId);
    } else if (isEvent(event, 'contact.changed')) {
      if (event.contactId && event.data.fields.includes('tier')) contacts.add(event.contactId);
    } else if (isEvent(event, 'ticket.status_changed')) {
      const owedBefore = isOwed(event.data.from as TicketStatus);
      const owedNow = isOwed(event.data.to as TicketStatus);
      if (!ticketId || owedBefore === owedNow) continue;
      tickets.add(ticketId);
      if (owedNow) placed.add(ticketId);
      else settled.add(ticketId);
      handsFreed = true;
    } else if (isEvent(event, 'ticket.assigned')) {
      const { from, to, teamId } = event.data;
      if (ticketId) settled.add(ticketId);
      if (from) agents.add(from);
      if (from) handsFreed = true;
      if (!to && teamId) teams.add(teamId);
      if (to) turns.set(to, { at: event.at, inTimeTurns: null });
    } else if (isEvent(event, 'ticket.offer_ended')) {
      if (event.data.how === 'accepted') continue;
      agents.add(event.data.agentId);
      handsFreed = true;
    } else if (isEvent(event, 'presence.changed')) {
      const { agentId, to } = event.data;
      if (to === 'online') agents.add(agentId);
      if (to === 'online') left.delete(agentId);
      else left.add(agentId);
      if (to === 'draining') handsFreed = true;
    } else if (isEvent(event, 'conversation.handler_changed')) {
      if (event.data.to === 'human' && event.conversationId) conversations.add(event.conversationId);
    } else if (isEvent(event, 'call.released')) {
      agents.add(event.data.agentId);
      handsFreed = true;
    } else if (isEvent(event, 'call.ended')) {
      if (event.actor.kind === 'agent' && event.actor.id) agents.add(event.actor.id);
      handsFreed = true;
    }
  }
  return { teams, agents, tickets, conversations, contacts, left, settled, placed, turns, handsFreed };
}
