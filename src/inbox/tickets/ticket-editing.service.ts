import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../../identity/principal';
import type { Actor } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { AgentRoomsRepository } from './agent-rooms.repository';
import type { Ticket } from './ticket';
import { TicketChanges } from './ticket-changes';
import type { Dismissal } from './ticket-details.repository';
import { type LinkKind, TicketRelationsRepository } from './ticket-relations.repository';
import type { Snooze } from './ticket-snooze';
import { readTags } from './ticket-tags';
import type { TicketView } from './ticket-views.repository';
import { ticketEvent } from './ticket.events';
import { TicketsRepository } from './tickets.repository';
import { TicketsService } from './tickets.service';

export interface TicketEdit {
  subject?: string;
  type?: string | null;
  language?: string | null;
  fields?: Record<string, unknown>;
}

type Work = (tx: Tx, ticket: Ticket, actor: Actor) => Promise<Ticket>;

/** What an agent does to one ticket beside its status and its assignee. Each verb is one transaction. */
@Injectable()
export class TicketEditing {
  constructor(
    private readonly database: Database,
    private readonly changes: TicketChanges,
    private readonly tickets: TicketsRepository,
    private readonly relations: TicketRelationsRepository,
    private readonly agents: AgentRoomsRepository,
    private readonly service: TicketsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** All of it or none. */
  edit(who: Principal, id: string, { subject, type, language, fields }: TicketEdit): Promise<TicketView> {
    return this.change(who, id, async (tx, ticket, actor) => {
      let now = ticket;
      if (subject !== undefined) now = await this.changes.setSubject(tx, now, subject, actor);
      if (type !== undefined) now = await this.changes.setType(tx, now, type, actor);
      if (language !== undefined) now = await this.changes.setLanguage(tx, now, language, actor);
      if (fields !== undefined) now = await this.changes.setFields(tx, now, fields, actor);
      return now;
    });
  }

  /** These tags and no others. */
  setTags(who: Principal, id: string, tags: readonly string[]): Promise<TicketView> {
    return this.change(who, id, (tx, ticket, actor) => {
      const wanted = readTags(tags);
      const remove = ticket.tags.filter((tag) => !wanted.includes(tag));
      return this.changes.tag(tx, ticket, { add: wanted, remove }, actor);
    });
  }

  tag(
    who: Principal,
    id: string,
    change: { add?: readonly string[]; remove?: readonly string[] },
  ): Promise<TicketView> {
    return this.change(who, id, (tx, ticket, actor) => this.changes.tag(tx, ticket, change, actor));
  }

  /** Whoever follows must be able to see the ticket: they hear what happens to it. */
  follow(who: Principal, id: string, agentId: string): Promise<TicketView> {
    return this.change(who, id, async (tx, ticket, actor) => {
      const agent = await this.agents.seer(tx, who.workspaceId, agentId);
      if (!agent) throw notFound('agent');
      if (!canSeeTicket(agent, ticket)) {
        const problem = `${agent.name} may not see this ticket; move it to a team of theirs first`;
        throw new DomainError('validation_failed', `${problem}.`, { fields: [{ path: 'agentId', problem }] });
      }
      return this.changes.follow(tx, ticket, [agentId], actor);
    });
  }

  unfollow(who: Principal, id: string, agentId: string): Promise<TicketView> {
    return this.change(who, id, async (tx, ticket, actor) => {
      if ((await this.agents.nameOf(tx, who.workspaceId, agentId)) === null) throw notFound('agent');
      return this.changes.unfollow(tx, ticket, [agentId], actor);
    });
  }

  snooze(who: Principal, id: string, snooze: Snooze): Promise<TicketView> {
    return this.change(who, id, (tx, ticket, actor) => this.changes.snooze(tx, ticket, snooze, actor));
  }

  wake(who: Principal, id: string): Promise<TicketView> {
    return this.change(who, id, (tx, ticket, actor) => this.changes.wake(tx, ticket, 'agent', actor));
  }

  dismiss(who: Principal, id: string, reason: Dismissal): Promise<TicketView> {
    return this.change(who, id, (tx, ticket, actor) => this.changes.dismiss(tx, ticket, reason, actor));
  }

  undismiss(who: Principal, id: string): Promise<TicketView> {
    return this.change(who, id, (tx, ticket, actor) => this.changes.undismiss(tx, ticket, actor));
  }

  link(who: Principal, id: string, toId: string, kind: LinkKind): Promise<TicketView> {
    return this.pair(who, id, toId, async (tx, ticket, other, actor) => {
      const link = { from: ticket.id, to: other.id, kind };
      if (await this.relations.link(tx, who.workspaceId, link, actor, this.clock.now()))
        this.tellBoth(tx, 'ticket.linked', ticket, other, kind, actor);
    });
  }

  /** From either end. */
  unlink(who: Principal, id: string, toId: string, kind: LinkKind): Promise<TicketView> {
    return this.pair(who, id, toId, async (tx, ticket, other, actor) => {
      const out = await this.relations.unlink(tx, who.workspaceId, { from: ticket.id, to: other.id, kind });
      const back = await this.relations.unlink(tx, who.workspaceId, { from: other.id, to: ticket.id, kind });
      if (out || back) this.tellBoth(tx, 'ticket.unlinked', ticket, other, kind, actor);
    });
  }

  /**
   * Puts a ticket under an incident, or takes it out with null. One level: an incident belongs to no other, so that
   * there are no circles and "all its tickets" is one list.
   */
  setParent(who: Principal, id: string, parentId: string | null): Promise<TicketView> {
    if (parentId === null)
      return this.change(who, id, (tx, ticket, actor) => this.changes.setParent(tx, ticket, null, actor));
    return this.pair(who, id, parentId, async (tx, ticket, parent, actor) => {
      if (parent.parentId !== null) {
        throw new DomainError('conflict', `#${parent.number} belongs to an incident itself; choose that one.`, {
          parentId: parent.parentId,
        });
      }
      if (await this.relations.hasChildren(tx, who.workspaceId, ticket.id))
        throw new DomainError(
          'conflict',
          `#${ticket.number} is an incident with tickets of its own; move those first.`,
        );
      await this.changes.setParent(tx, ticket, parent.id, actor);
    });
  }

  private tellBoth(
    tx: Tx,
    type: 'ticket.linked' | 'ticket.unlinked',
    a: Ticket,
    b: Ticket,
    kind: LinkKind,
    actor: Actor,
  ) {
    this.outbox.record(tx, ticketEvent(a, type, actor, { to: b.id, kind }));
    this.outbox.record(tx, ticketEvent(b, type, actor, { to: a.id, kind }));
  }

  private change(who: Principal, id: string, work: Work): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const [ticket] = await this.tickets.lock(tx, who.workspaceId, [id]);
      if (!ticket || !canSeeTicket(who, ticket)) throw notFound('ticket');
      await work(tx, ticket, actorOf(who));
      return this.service.see(tx, who, id);
    });
  }

  /** Two tickets, both visible and both locked: whoever changes one of them at this moment waits. */
  private pair(
    who: Principal,
    id: string,
    otherId: string,
    work: (tx: Tx, ticket: Ticket, other: Ticket, actor: Actor) => Promise<void>,
  ): Promise<TicketView> {
    if (id === otherId) throw new DomainError('conflict', 'A ticket cannot be tied to itself; choose another one.');
    return this.database.lean(who, async (tx) => {
      const locked = await this.tickets.lock(tx, who.workspaceId, [id, otherId]);
      const ticket = locked.find((t) => t.id === id);
      const other = locked.find((t) => t.id === otherId);
      if (!ticket || !other || !canSeeTicket(who, ticket) || !canSeeTicket(who, other)) throw notFound('ticket');
      await work(tx, ticket, other, actorOf(who));
      return this.service.see(tx, who, id);
    });
  }
}

const actorOf = (who: Principal): Actor => ({ kind: 'agent', id: who.agentId });
