import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isOwed, type TicketStatus } from '../inbox/tickets/ticket';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { type DomainEvent, type DomainEventType, isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { RoutingRepository } from './routing.repository';
import { RoutingService } from './routing.service';

export const ROUTING_SUBSCRIBER = 'routing.wake';
export const ASSIGN_JOB = 'routing.assign';

const TYPES = [
  'ticket.opened',
  'ticket.status_changed',
  'ticket.assigned',
  'ticket.moved',
  'presence.changed',
  'conversation.handler_changed',
] as const satisfies readonly DomainEventType[];

/** Hears where work waits or room came free, and has the teams concerned served by a job each. */
@Injectable()
export class RoutingSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly jobs: JobQueue,
    private readonly routing: RoutingRepository,
    private readonly service: RoutingService,
    private readonly tickets: TicketEffects,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: ROUTING_SUBSCRIBER,
      types: TYPES,
      handle: (tx, events) => this.handle(tx, events),
    });
    this.jobs.handle(ASSIGN_JOB, (job) => this.assign(job), { queue: 'routing' });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId;
    if (!workspaceId) return;
    const heard = listen(events);
    const returned = await this.returnTickets(tx, workspaceId, [...heard.offline]);
    await this.routing.noteTurns(tx, workspaceId, heard.turns); // after agents and tickets, as everywhere
    const teamIds = await this.routing.teamsToServe(tx, workspaceId, {
      teamIds: [...heard.teams, ...returned],
      agentIds: [...heard.agents],
      ticketIds: [...heard.tickets],
      conversationIds: [...heard.conversations],
    });
    for (const teamId of teamIds) {
      this.jobs.enqueue(tx, {
        workspaceId,
        queue: 'routing',
        name: ASSIGN_JOB,
        payload: { teamId },
        dedupeKey: teamId,
      });
    }
  }

  /** Whoever left without a word on a ticket has it put back; what they answered stays theirs. @returns teams to serve */
  private async returnTickets(tx: Tx, workspaceId: string, left: readonly string[]): Promise<string[]> {
    if (left.length === 0) return [];
    const offline = await this.routing.stillOffline(tx, workspaceId, left);
    if (offline.length === 0) return [];
    await this.tickets.lockAgents(tx, workspaceId, offline);
    const tickets = await this.tickets.returnUnanswered(tx, workspaceId, offline);
    return tickets.flatMap((ticket) => ticket.teamId ?? []);
  }

  private async assign(job: RunningJob): Promise<void> {
    const { teamId } = job.payload as { teamId: string };
    await this.service.assignWaiting(job.workspaceId, teamId); // safe to run twice: it gives what waits, to whom has room
  }
}

/** What a batch of events means for routing. */
export function listen(events: readonly DomainEvent[]) {
  const teams = new Set<string>();
  const agents = new Set<string>();
  const tickets = new Set<string>();
  const conversations = new Set<string>();
  const offline = new Set<string>();
  const turns = new Map<string, Date>();
  for (const event of events) {
    if (isEvent(event, 'ticket.opened')) {
      if (event.data.teamId) teams.add(event.data.teamId);
    } else if (isEvent(event, 'ticket.moved')) {
      if (event.data.to) teams.add(event.data.to);
    } else if (isEvent(event, 'ticket.status_changed')) {
      const owedBefore = isOwed(event.data.from as TicketStatus);
      const owedNow = isOwed(event.data.to as TicketStatus);
      if (event.ticketId && owedBefore !== owedNow) tickets.add(event.ticketId);
    } else if (isEvent(event, 'ticket.assigned')) {
      const { from, to, teamId } = event.data;
      if (from) agents.add(from);
      if (!to && teamId) teams.add(teamId);
      if (to) turns.set(to, event.at);
    } else if (isEvent(event, 'presence.changed')) {
      const { agentId, to } = event.data;
      if (to === 'online') agents.add(agentId);
      if (to === 'offline') offline.add(agentId);
      else offline.delete(agentId);
    } else if (isEvent(event, 'conversation.handler_changed')) {
      if (event.data.to === 'human' && event.conversationId) conversations.add(event.conversationId);
    }
  }
  return { teams, agents, tickets, conversations, offline, turns };
}
