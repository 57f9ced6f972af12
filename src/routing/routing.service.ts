import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import type { Ticket } from '../inbox/tickets/ticket';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { pick } from './pick';
import { RoutingRepository } from './routing.repository';

const BATCH = 200; // tickets in one transaction: their events take the workspace's head row, which everybody shares

/** The freest agents that are locked and chosen from; a batch that fills them all is followed by another. */
const CANDIDATES = 100;

/**
 * What a ticket usually takes. One figure for all tickets: it moves every slack by the same amount, so the queue's order
 * by due time is the order of slack, and the index serves it.
 */
const HANDLING_MS = 5 * 60_000;

@Injectable()
export class RoutingService {
  constructor(
    private readonly database: Database,
    private readonly routing: RoutingRepository,
    private readonly tickets: TicketEffects,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Gives a team's waiting tickets to its online agents as far as their room goes. @returns how many were given */
  async assignWaiting(workspaceId: string, teamId: string): Promise<number> {
    for (let total = 0; ;) {
      const started = performance.now();
      const given = await this.database.lean({ workspaceId }, (tx) => this.assignBatch(tx, workspaceId, teamId));
      if (given > 0) {
        const ms = Math.round(performance.now() - started);
        this.log.info({ event: 'routing.assigned', workspaceId, teamId, given, ms }, 'waiting tickets given to agents');
      }
      total += given;
      if (given === 0) return total;
    }
  }

  private async assignBatch(tx: Tx, workspaceId: string, teamId: string): Promise<number> {
    const lastAssigned = await this.routing.candidates(tx, workspaceId, teamId, CANDIDATES);
    if (lastAssigned.size === 0) return 0;
    const locked = await this.tickets.lockAgents(tx, workspaceId, [...lastAssigned.keys()]);
    const agents = [...locked.values()]
      .filter((agent) => !agent.disabled && agent.teamIds.includes(teamId)) // as it stands under the lock
      .map((agent) => ({ ...agent, lastAssignedAt: lastAssigned.get(agent.id) ?? null }));
    const room = agents.reduce((sum, agent) => sum + Math.max(0, agent.capacity - agent.load), 0);
    if (room === 0) return 0;
    const waiting = await this.tickets.lockWaiting(tx, workspaceId, teamId, Math.min(room, BATCH));
    const now = this.clock.now();
    const byId = new Map<string, Ticket>(waiting.map((ticket) => [ticket.id, ticket]));
    const picks = pick(
      waiting.map(({ id, dueAt }) => ({ id, dueAt, handlingMs: HANDLING_MS })),
      agents,
      now,
    );
    await this.tickets.push(
      tx,
      workspaceId,
      picks.map(({ ticketId, agentId, why }) => ({ ticket: byId.get(ticketId)!, agentId, why: { ...why } })),
    );
    await this.routing.noteTurns(tx, workspaceId, new Map(picks.map(({ agentId }) => [agentId, now])));
    return picks.length;
  }
}
