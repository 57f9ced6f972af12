import { Injectable } from '@nestjs/common';
import { type Actor, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { AgentRoomsRepository } from './agent-rooms.repository';
import type { AgentRoom } from './capacity';
import type { Ticket } from './ticket';
import { type AssignedHow, ticketAssigned, ticketSlaChanged } from './ticket.events';
import { TicketsRepository, type TicketTimes } from './tickets.repository';

/**
 * What clocks and routing do to tickets, in their own transactions. Lock agents first, then tickets; a change is only
 * valid on tickets locked here in the same transaction.
 */
@Injectable()
export class TicketEffects {
  constructor(
    private readonly tickets: TicketsRepository,
    private readonly agents: AgentRoomsRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  lockAgents(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Map<string, AgentRoom>> {
    return this.agents.lock(tx, workspaceId, ids);
  }

  lock(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Ticket[]> {
    return this.tickets.lock(tx, workspaceId, ids);
  }

  /** Those of these that still wait and are in nobody's hands at this moment. */
  lockWaiting(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Ticket[]> {
    return this.tickets.lockWaiting(tx, workspaceId, ids);
  }

  /** The first of these, in the order given, that still waits and is in nobody's hands. */
  lockFirstWaiting(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Ticket | undefined> {
    return this.tickets.lockFirstWaiting(tx, workspaceId, ids);
  }

  /** Gives waiting tickets to agents with room, whose rows the caller holds. `why` goes into the timeline. */
  async give(
    tx: Tx,
    workspaceId: string,
    picks: readonly { ticket: Ticket; agentId: string; why?: Record<string, unknown> }[],
    how: AssignedHow,
    actor: Actor = SYSTEM,
  ): Promise<void> {
    if (picks.length === 0) return;
    const changes = picks.map(({ ticket, agentId }) => ({ id: ticket.id, assigneeId: agentId }));
    await this.tickets.assign(tx, workspaceId, changes, this.clock.now());
    const assigned = picks.map(({ ticket, agentId, why }) =>
      ticketAssigned(ticket, { ...ticket, assigneeId: agentId }, actor, how, why),
    );
    this.outbox.record(tx, ...assigned);
  }

  /** Puts back into the queue what these agents hold, owe an answer to, and never answered. `reasonOf` says why each left. */
  async returnUnanswered(
    tx: Tx,
    workspaceId: string,
    agentIds: readonly string[],
    reasonOf: (agentId: string) => string,
  ): Promise<Ticket[]> {
    const tickets = await this.tickets.lockUnanswered(tx, workspaceId, agentIds);
    if (tickets.length === 0) return [];
    const changes = tickets.map(({ id }) => ({ id, assigneeId: null }));
    await this.tickets.assign(tx, workspaceId, changes, this.clock.now());
    const returned = tickets.map((ticket) =>
      ticketAssigned(ticket, { ...ticket, assigneeId: null }, SYSTEM, 'returned', {
        reason: reasonOf(ticket.assigneeId!),
      }),
    );
    this.outbox.record(tx, ...returned);
    return tickets;
  }

  /** Writes what the clocks say. A new due time is told; `clock` and `why` say which clock moved it. */
  async setTimes(
    tx: Tx,
    workspaceId: string,
    changes: readonly { ticket: Ticket; times: Omit<TicketTimes, 'id'>; clock: string; why: string }[],
  ): Promise<void> {
    if (changes.length === 0) return;
    await this.tickets.saveTimes(
      tx,
      workspaceId,
      changes.map(({ ticket, times }) => ({ id: ticket.id, ...times })),
    );
    for (const { ticket, times, clock, why } of changes) {
      if (ticket.dueAt?.getTime() === times.dueAt?.getTime()) continue;
      const dueAt = times.dueAt?.toISOString() ?? null;
      this.outbox.record(tx, ticketSlaChanged(ticket, SYSTEM, { dueAt, clock, why }));
    }
  }
}
