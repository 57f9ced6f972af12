import { Injectable, Optional } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../../identity/principal';
import type { Actor } from '../../outbox/domain-event';
import { EventReader } from '../../outbox/event-reader';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { RepeatsService, type TicketRepeat } from '../repeats/repeats.service';
import { AgentRoomsRepository } from './agent-rooms.repository';
import { type AgentRoom, hasRoom, isLeading, mustBeAbleToHold, mustHaveRoom } from './capacity';
import { type ReplyCapabilities, ReplyCapabilitySource } from './reply-capabilities';
import { isActive, isOffered, isOwed, type Ticket, type TicketPriority, type TicketStatus } from './ticket';
import { TicketChanges } from './ticket-changes';
import { type TicketLink, type TicketName, TicketRelationsRepository } from './ticket-relations.repository';
import { type AssignedHow, ticketAssigned } from './ticket.events';
import type { TicketFilter } from './ticket-list';
import {
  type TicketConversation,
  type TicketCounts,
  type TicketThread,
  type TicketView,
  TicketViewsRepository,
  type TimelineRow,
} from './ticket-views.repository';
import { TicketsRepository } from './tickets.repository';

export interface OpenTicket extends TicketView {
  conversation: TicketConversation;
  /** Every thread whose words are its work, with what can be done in each; its own first. */
  conversations: (TicketThread & { capabilities: ReplyCapabilities | null })[];
  followers: { id: string; name: string }[];
  links: TicketLink[];
  /** Of an incident: the first of those the reader may see, and how many there are. */
  children: { count: number; items: TicketName[] };
  capabilities: ReplyCapabilities | null;
  /** Other threads in which the same person says the same, the latest first. */
  repeats: TicketRepeat[];
  /** The event position this read is at least as new as. */
  position: number;
}

const actorOf = (who: Principal): Actor => ({ kind: 'agent', id: who.agentId });

const CHILDREN_SHOWN = 50;
const SEARCH_TIMEOUT_MS = 2_000; // a search is a courtesy: it must not hold a connection while others wait for one

/** What an agent does with tickets. Each verb is one transaction; agents are locked before tickets, both in id order. */
@Injectable()
export class TicketsService {
  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsRepository,
    private readonly views: TicketViewsRepository,
    private readonly agents: AgentRoomsRepository,
    private readonly changes: TicketChanges,
    private readonly relations: TicketRelationsRepository,
    private readonly repeats: RepeatsService,
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
      const { workspaceId } = who;
      const conversations: OpenTicket['conversations'] = [];
      for (const thread of await this.views.threads(tx, workspaceId, ticket.conversationId, id))
        conversations.push({
          ...thread,
          capabilities: (await this.capabilities?.of(tx, workspaceId, thread.id)) ?? null,
        });
      const { id: conversationId, handler, kind, unreachableSince, capabilities } = conversations[0]!;
      const followers = await this.agents.followersOf(tx, workspaceId, id);
      const links = await this.relations.links(tx, who, id);
      const items = await this.relations.children(tx, who, id, CHILDREN_SHOWN);
      const count = await this.relations.countChildren(tx, workspaceId, id);
      return {
        ...ticket,
        conversation: { id: conversationId, handler, kind, unreachableSince },
        conversations,
        followers,
        links,
        children: { count, items },
        capabilities,
        repeats: await this.repeats.ofTicket(tx, who, id, conversationId),
        position,
      };
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
      if (ticket.offeredTo !== agent.id) {
        if (isOffered(ticket)) throw await this.offeredElsewhere(tx, ticket);
        mustHaveRoom(agent, ticket);
      }
      await this.give(tx, ticket, agent.id, actorOf(who), 'claim');
      return this.see(tx, who, id);
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
    return this.change(who, id, (tx, ticket) => this.changes.setStatus(tx, ticket, to, actorOf(who), reason));
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
    return this.changes.setStatus(tx, ticket, to, actor, reason);
  }

  setPriority(who: Principal, id: string, priority: TicketPriority): Promise<TicketView> {
    return this.change(who, id, (tx, ticket) => this.changes.setPriority(tx, ticket, priority, actorOf(who)));
  }

  /** Moves a ticket to another team's queue, or to the lobby. Whoever held it keeps it only if they work there. */
  move(who: Principal, id: string, teamId: string | null): Promise<TicketView> {
    return this.change(who, id, (tx, ticket) => this.changes.moveToTeam(tx, ticket, teamId, actorOf(who)));
  }

  private change(who: Principal, id: string, work: (tx: Tx, ticket: Ticket) => Promise<Ticket>): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      await work(tx, await this.lockVisible(tx, who, id));
      return this.answer(tx, who, id);
    });
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
  async answer(tx: Tx, who: Principal, id: string): Promise<TicketView> {
    const ticket = await this.views.find(tx, who.workspaceId, id);
    if (!ticket) throw notFound('ticket');
    return ticket;
  }

  private async offeredElsewhere(tx: Tx, ticket: Ticket): Promise<DomainError> {
    const id = ticket.offeredTo!;
    const name = await this.agents.nameOf(tx, ticket.workspaceId, id);
    return new DomainError(
      'already_claimed',
      `${name ?? 'Somebody else'} is being asked to take this; choose another.`,
      {
        offeredTo: { id, name },
      },
    );
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
  if (!isOwed(ticket.status) || ticket.offeredTo === agent.id || hasRoom(agent, ticket)) return undefined;
  if (!force) mustHaveRoom(agent, ticket);
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
