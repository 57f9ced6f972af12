import { Injectable, Optional } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../../identity/principal';
import type { Actor } from '../../outbox/domain-event';
import { EventReader } from '../../outbox/event-reader';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { AgentRoomsRepository } from './agent-rooms.repository';
import { type AgentRoom, hasRoom, isLeading, mustBeAbleToHold, mustHaveRoom } from './capacity';
import { type ReplyCapabilities, ReplyCapabilitySource } from './reply-capabilities';
import { isActive, isOwed, moveTicket, type Ticket, type TicketPriority, type TicketStatus } from './ticket';
import {
  type AssignedHow,
  ticketAssigned,
  ticketMoved,
  ticketPriorityChanged,
  ticketStatusChanged,
} from './ticket.events';
import type { TicketFilter } from './ticket-list';
import {
  type TicketConversation,
  type TicketCounts,
  type TicketView,
  TicketViewsRepository,
  type TimelineRow,
} from './ticket-views.repository';
import { TicketsRepository } from './tickets.repository';

export interface OpenTicket extends TicketView {
  conversation: TicketConversation;
  capabilities: ReplyCapabilities | null;
  /** The event position this read is at least as new as. */
  position: number;
}

const actorOf = (who: Principal): Actor => ({ kind: 'agent', id: who.agentId });

/** How many queued tickets `next` looks at in turn, when colleagues are taking the first ones at this very moment. */
const NEXT_WINDOWS = [10, 100, 500];
const SEARCH_TIMEOUT_MS = 2_000; // a search is a courtesy: it must not hold a connection while others wait for one

/** What an agent does with tickets. Each verb is one transaction; agents are locked before tickets, both in id order. */
@Injectable()
export class TicketsService {
  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsRepository,
    private readonly views: TicketViewsRepository,
    private readonly agents: AgentRoomsRepository,
    private readonly outbox: Outbox,
    private readonly events: EventReader,
    private readonly clock: Clock,
    @Optional() private readonly capabilities?: ReplyCapabilitySource,
  ) {}

  list(
    who: Principal,
    filter: TicketFilter,
    cursor: string | undefined,
    limit: number,
  ): Promise<{ items: TicketView[]; nextCursor: string | null; position: number }> {
    return this.database.lean(who, async (tx) => {
      if (filter.q !== undefined) await tx.execute(`SET LOCAL statement_timeout = ${SEARCH_TIMEOUT_MS}`);
      const position = await this.events.headIn(tx, who.workspaceId); // before the rows, so they are at least as new
      return { ...(await this.views.page(tx, who, filter, cursor, limit).catch(tooSlow)), position };
    });
  }

  /** A contact's latest tickets, for its card. */
  ofContact(tx: Tx, who: Principal, contactId: string, limit: number): Promise<TicketView[]> {
    return this.views.ofContact(tx, who, contactId, limit);
  }

  counts(who: Principal): Promise<TicketCounts> {
    return this.database.lean(who, (tx) => this.views.counts(tx, who));
  }

  open(who: Principal, id: string): Promise<OpenTicket> {
    return this.database.lean(who, async (tx) => {
      const position = await this.events.headIn(tx, who.workspaceId);
      const ticket = await this.see(tx, who, id);
      const conversation = await this.views.conversation(tx, who.workspaceId, ticket.conversationId);
      const capabilities = (await this.capabilities?.of(tx, who.workspaceId, ticket.conversationId)) ?? null;
      return { ...ticket, conversation, capabilities, position };
    });
  }

  /** The ticket as this agent may see it. @throws DomainError `not_found` */
  async see(tx: Tx, who: Principal, id: string): Promise<TicketView> {
    const ticket = await this.views.find(tx, who.workspaceId, id);
    const seen =
      ticket && canSeeTicket(who, { teamId: ticket.team?.id ?? null, assigneeId: ticket.assignee?.id ?? null });
    if (!seen) throw notFound('ticket');
    return ticket;
  }

  timeline(
    who: Principal,
    id: string,
    after: number,
    limit: number,
  ): Promise<{ items: TimelineRow[]; nextCursor: string | null }> {
    return this.database.lean(who, async (tx) => {
      await this.see(tx, who, id);
      const rows = await this.views.timeline(tx, who.workspaceId, id, after, limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? String(items.at(-1)!.position) : null };
    });
  }

  /** Takes a ticket that nobody holds. Claiming one's own again changes nothing. */
  claim(who: Principal, id: string): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const agent = await this.lockAgent(tx, who.workspaceId, who.agentId);
      const ticket = await this.lockVisible(tx, who, id);
      if (ticket.assigneeId === who.agentId) return this.see(tx, who, id);
      if (ticket.assigneeId !== null) throw await this.alreadyClaimed(tx, ticket);
      if (!isActive(ticket.status)) {
        throw new DomainError('invalid_transition', `This ticket is ${ticket.status}; reopen it before taking it.`, {
          from: ticket.status,
        });
      }
      mustHaveRoom(agent);
      await this.give(tx, ticket, agent.id, actorOf(who), 'claim');
      return this.see(tx, who, id);
    });
  }

  /** Takes the most urgent ticket this agent may take; null when nothing waits. */
  next(who: Principal): Promise<TicketView | null> {
    return this.database.lean(who, async (tx) => {
      mustHaveRoom(await this.lockAgent(tx, who.workspaceId, who.agentId));
      for (const window of NEXT_WINDOWS) {
        const ids = await this.views.unassignedIds(tx, who, window);
        const ticket = await this.tickets.lockFirstUnassigned(tx, who.workspaceId, ids);
        if (ticket && canSeeTicket(who, ticket)) {
          await this.give(tx, ticket, who.agentId, actorOf(who), 'next');
          return this.see(tx, who, ticket.id);
        }
        if (ids.length < window) return null;
      }
      return null;
    });
  }

  /**
   * Hands a ticket to an agent, or back to its queue with `agentId` null.
   * @param force lets a lead go over the agent's capacity; the event says so
   */
  assign(who: Principal, id: string, agentId: string | null, force: boolean): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const agent = agentId === null ? null : await this.lockAgent(tx, who.workspaceId, agentId);
      const ticket = await this.lockVisible(tx, who, id);
      if (ticket.assigneeId !== agentId) {
        const why = agent ? mustBeAssignable(who, ticket, agent, force) : undefined;
        await this.give(tx, ticket, agentId, actorOf(who), 'manual', why);
      }
      return this.answer(tx, who, id);
    });
  }

  setStatus(who: Principal, id: string, to: TicketStatus, reason?: string): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const ticket = await this.lockVisible(tx, who, id);
      await this.changeStatus(tx, ticket, to, actorOf(who), reason);
      return this.see(tx, who, id);
    });
  }

  /** The same inside somebody else's transaction (a reply that also solves), who has settled that the actor may. */
  async setStatusIn(
    tx: Tx,
    workspaceId: string,
    id: string,
    to: TicketStatus,
    actor: Actor,
    reason?: string,
  ): Promise<Ticket> {
    const [ticket] = await this.tickets.lock(tx, workspaceId, [id]);
    if (!ticket) throw notFound('ticket');
    return this.changeStatus(tx, ticket, to, actor, reason);
  }

  setPriority(who: Principal, id: string, priority: TicketPriority): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const ticket = await this.lockVisible(tx, who, id);
      if (ticket.priority !== priority) {
        const saved = await this.tickets.save(tx, { ...ticket, priority });
        this.outbox.record(tx, ticketPriorityChanged(ticket, saved, actorOf(who)));
      }
      return this.see(tx, who, id);
    });
  }

  /** Moves a ticket to another team's queue, or to the lobby. Whoever held it keeps it only if they work there. */
  move(who: Principal, id: string, teamId: string | null): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      if (teamId !== null && !(await this.tickets.teamExists(tx, who.workspaceId, teamId))) throw notFound('team');
      const ticket = await this.lockVisible(tx, who, id);
      if (ticket.teamId !== teamId) {
        const { assigneeId } = ticket;
        const stays =
          assigneeId !== null &&
          (teamId === null || (await this.tickets.isMember(tx, who.workspaceId, teamId, assigneeId)));
        const held = stays ? {} : { assigneeId: null, assignedAt: null };
        const saved = await this.tickets.save(tx, { ...ticket, ...held, teamId });
        this.outbox.record(tx, ticketMoved(ticket, saved, actorOf(who)));
        if (assigneeId !== saved.assigneeId)
          this.outbox.record(tx, ticketAssigned(ticket, saved, actorOf(who), 'moved'));
      }
      return this.answer(tx, who, id);
    });
  }

  private async changeStatus(tx: Tx, ticket: Ticket, to: TicketStatus, actor: Actor, reason?: string): Promise<Ticket> {
    const moved = moveTicket(ticket, to, this.clock.now());
    if (moved === ticket) return ticket;
    const saved = await this.tickets.save(tx, moved);
    this.outbox.record(tx, ticketStatusChanged(ticket, saved, actor, reason));
    return saved;
  }

  private async give(
    tx: Tx,
    ticket: Ticket,
    agentId: string | null,
    actor: Actor,
    how: AssignedHow,
    why?: Record<string, unknown>,
  ) {
    const assignedAt = agentId === null ? null : this.clock.now();
    const saved = await this.tickets.save(tx, { ...ticket, assigneeId: agentId, assignedAt });
    this.outbox.record(tx, ticketAssigned(ticket, saved, actor, how, why));
  }

  private async lockAgent(tx: Tx, workspaceId: string, id: string): Promise<AgentRoom> {
    const agent = (await this.agents.lock(tx, workspaceId, [id])).get(id);
    if (!agent) throw notFound('agent');
    return agent;
  }

  private async lockVisible(tx: Tx, who: Principal, id: string): Promise<Ticket> {
    const [ticket] = await this.tickets.lock(tx, who.workspaceId, [id]);
    if (!ticket || !canSeeTicket(who, ticket)) throw notFound('ticket');
    return ticket;
  }

  /** The ticket after a change that may have taken it out of the actor's sight: they still learn what they did. */
  private async answer(tx: Tx, who: Principal, id: string): Promise<TicketView> {
    const ticket = await this.views.find(tx, who.workspaceId, id);
    if (!ticket) throw notFound('ticket');
    return ticket;
  }

  private async alreadyClaimed(tx: Tx, ticket: Ticket): Promise<DomainError> {
    const id = ticket.assigneeId!;
    const name = await this.agents.nameOf(tx, ticket.workspaceId, id);
    return new DomainError('already_claimed', `${name ?? 'Somebody else'} has taken this ticket; choose another one.`, {
      assignee: { id, name },
    });
  }
}

/** @returns what the event should say about an assignment that goes over capacity */
function mustBeAssignable(
  who: Principal,
  ticket: Ticket,
  agent: AgentRoom,
  force: boolean,
): Record<string, unknown> | undefined {
  mustBeAbleToHold(agent, ticket.teamId);
  if (force && !isLeading(who.role)) {
    throw new DomainError('forbidden', 'Only a lead may assign over capacity; ask one, or choose someone with room.');
  }
  if (!isOwed(ticket.status) || hasRoom(agent)) return undefined;
  if (!force) mustHaveRoom(agent);
  return { forced: true, load: agent.load, capacity: agent.capacity };
}

function tooSlow(error: unknown): never {
  if ((error as { code?: string }).code !== '57014') throw error;
  throw new DomainError(
    'unavailable',
    'This search takes too long; narrow it by view, channel or ticket number.',
    {},
    { cause: error },
  );
}
