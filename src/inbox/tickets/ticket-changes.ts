import { Injectable } from '@nestjs/common';
import type { Actor } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { cleanText } from '../../text/clean';
import { AgentRoomsRepository } from './agent-rooms.repository';
import { hasRoom, mustBeAbleToHold, mustHaveRoom } from './capacity';
import { type Dismissal, TicketDetailsRepository } from './ticket-details.repository';
import { changeFields, mustBeComplete } from './ticket-fields';
import { TicketFieldsRepository } from './ticket-fields.repository';
import { DAY_MS } from './ticket-settings';
import { isSnoozed, type Snooze, snoozeTicket, wakeTicket } from './ticket-snooze';
import { TicketSnoozes } from './ticket-snoozes';
import { changeTags } from './ticket-tags';
import { TicketThreads } from './ticket-threads';
import { isActive, isOwed, moveTicket, type Ticket, type TicketPriority, type TicketStatus } from './ticket';
import {
  type AssignedHow,
  ticketAssigned,
  ticketChanged,
  ticketEvent,
  ticketMoved,
  ticketPriorityChanged,
  ticketStatusChanged,
} from './ticket.events';
import { TicketsRepository } from './tickets.repository';

export interface Assigning {
  /** Over the agent's capacity; the event says so. */
  force?: boolean;
  how?: AssignedHow;
  /** Kept in the timeline. */
  why?: Record<string, unknown>;
}

/**
 * Every change to one ticket that its caller holds locked (`lock`), in the caller's transaction: by people, rules,
 * macros, bulk changes and other modules alike. Each records its event, changes nothing and records none when it already
 * is as asked, and throws a DomainError when refused. Who may, the caller has settled.
 */
@Injectable()
export class TicketChanges {
  constructor(
    private readonly tickets: TicketsRepository,
    private readonly details: TicketDetailsRepository,
    private readonly fields: TicketFieldsRepository,
    private readonly agents: AgentRoomsRepository,
    private readonly threads: TicketThreads,
    private readonly snoozes: TicketSnoozes,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * The ticket, with its conversation, locked until the transaction ends.
   * @param agentIds whoever it may be given to: agents are locked between conversations and tickets
   * @throws DomainError `not_found`
   */
  async lock(tx: Tx, workspaceId: string, ticketId: string, agentIds: readonly string[] = []): Promise<Ticket> {
    const conversationId = await this.tickets.conversationOf(tx, workspaceId, ticketId);
    if (conversationId === null) throw notFound('ticket');
    await this.threads.lock(tx, workspaceId, [conversationId]);
    if (agentIds.length > 0) await this.agents.lock(tx, workspaceId, agentIds);
    const [ticket] = await this.tickets.lock(tx, workspaceId, [ticketId]);
    if (!ticket) throw notFound('ticket');
    return ticket;
  }

  /** @throws DomainError `invalid_transition`; `validation_failed` naming fields that solving asks for; `conflict` */
  async setStatus(tx: Tx, ticket: Ticket, to: TicketStatus, actor: Actor, reason?: string): Promise<Ticket> {
    const moved = moveTicket(ticket, to, this.clock.now());
    if (moved === ticket) return ticket;
    if (to === 'solved') mustBeComplete(await this.fields.list(tx, ticket.workspaceId), ticket.fields);
    return this.saveStatus(tx, ticket, moved, actor, reason);
  }

  async setPriority(tx: Tx, ticket: Ticket, priority: TicketPriority, actor: Actor): Promise<Ticket> {
    if (ticket.priority === priority) return ticket;
    const saved = await this.tickets.save(tx, { ...ticket, priority });
    this.outbox.record(tx, ticketPriorityChanged(ticket, saved, actor));
    return saved;
  }

  /**
   * Hands it to an agent, or back to its queue with null.
   * @throws DomainError `not_found`, `validation_failed` on `agentId` for who cannot hold it, `capacity_full`
   */
  async assign(
    tx: Tx,
    ticket: Ticket,
    agentId: string | null,
    actor: Actor,
    { force = false, how = 'manual', why }: Assigning = {},
  ): Promise<Ticket> {
    if (ticket.assigneeId === agentId) return ticket;
    let told = why;
    if (agentId !== null) {
      const agent = (await this.agents.lock(tx, ticket.workspaceId, [agentId])).get(agentId);
      if (!agent) throw notFound('agent');
      mustBeAbleToHold(agent, ticket.teamId);
      if (isOwed(ticket.status) && ticket.offeredTo !== agentId && !hasRoom(agent, ticket)) {
        if (!force) mustHaveRoom(agent, ticket);
        told = { ...why, forced: true, load: agent.load, capacity: agent.capacity };
      }
    }
    const assignedAt = agentId === null ? null : this.clock.now();
    const saved = await this.tickets.save(tx, { ...ticket, assigneeId: agentId, assignedAt });
    this.outbox.record(tx, ticketAssigned(ticket, saved, actor, how, told));
    return saved;
  }

  /** To another team's queue, or to the lobby with null. Whoever held it keeps it only if they work there. */
  async moveToTeam(tx: Tx, ticket: Ticket, teamId: string | null, actor: Actor): Promise<Ticket> {
    if (ticket.teamId === teamId) return ticket;
    if (teamId !== null && !(await this.tickets.teamExists(tx, ticket.workspaceId, teamId))) throw notFound('team');
    const { assigneeId } = ticket;
    const stays =
      assigneeId !== null &&
      (teamId === null || (await this.tickets.isMember(tx, ticket.workspaceId, teamId, assigneeId)));
    const held = stays ? {} : { assigneeId: null, assignedAt: null };
    const saved = await this.tickets.save(tx, { ...ticket, ...held, teamId, queueId: null });
    this.outbox.record(tx, ticketMoved(ticket, saved, actor));
    if (assigneeId !== saved.assigneeId) this.outbox.record(tx, ticketAssigned(ticket, saved, actor, 'moved'));
    return saved;
  }

  /** @throws DomainError `validation_failed` for what is no tag, or too many */
  async tag(
    tx: Tx,
    ticket: Ticket,
    change: { add?: readonly string[]; remove?: readonly string[] },
    actor: Actor,
  ): Promise<Ticket> {
    const { tags, added, removed } = changeTags(ticket.tags, change);
    if (added.length === 0 && removed.length === 0) return ticket;
    const saved = await this.tickets.save(tx, { ...ticket, tags });
    await this.details.moveTags(tx, ticket, added, removed, this.clock.now());
    this.outbox.record(tx, ticketEvent(saved, 'ticket.tags_changed', actor, { added, removed }));
    return saved;
  }

  /** Custom fields by key; null takes one away. @throws DomainError `validation_failed` on `fields.<key>` */
  async setFields(tx: Tx, ticket: Ticket, fields: Readonly<Record<string, unknown>>, actor: Actor): Promise<Ticket> {
    const after = changeFields(await this.fields.list(tx, ticket.workspaceId), ticket.fields, fields);
    const changed = Object.keys(fields).filter((key) => !isSame(ticket.fields[key], after[key]));
    const changes = changed.map((key) => [
      `fields.${key}`,
      { from: ticket.fields[key] ?? null, to: after[key] ?? null },
    ]);
    return this.change(tx, ticket, { fields: after }, Object.fromEntries(changes), actor);
  }

  /** @throws DomainError `validation_failed` on `type` for what the workspace does not call one */
  async setType(tx: Tx, ticket: Ticket, type: string | null, actor: Actor): Promise<Ticket> {
    if (type !== null && type !== ticket.type) {
      const { types } = await this.fields.settings(tx, ticket.workspaceId);
      if (!types.includes(type)) {
        const problem = `is one of ${types.join(', ')}`;
        throw new DomainError('validation_failed', 'Please correct: type.', { fields: [{ path: 'type', problem }] });
      }
    }
    return this.set(tx, ticket, 'type', type, actor);
  }

  /** @param language `fa`, `en` …, or null while nobody knows */
  setLanguage(tx: Tx, ticket: Ticket, language: string | null, actor: Actor): Promise<Ticket> {
    return this.set(tx, ticket, 'language', language, actor);
  }

  setSubject(tx: Tx, ticket: Ticket, subject: string, actor: Actor): Promise<Ticket> {
    return this.set(tx, ticket, 'subject', cleanText(subject), actor);
  }

  /** The incident it belongs to; that it makes no circle, the caller has settled. */
  setParent(tx: Tx, ticket: Ticket, parentId: string | null, actor: Actor): Promise<Ticket> {
    return this.set(tx, ticket, 'parentId', parentId, actor);
  }

  /** Agents who hear what becomes of it. Ids that are nobody's are left out. */
  async follow(tx: Tx, ticket: Ticket, agentIds: readonly string[], actor: Actor): Promise<Ticket> {
    const added = await this.details.follow(tx, ticket, agentIds, this.clock.now());
    if (added.length > 0)
      this.outbox.record(tx, ticketEvent(ticket, 'ticket.followers_changed', actor, { added, removed: [] }));
    return ticket;
  }

  async unfollow(tx: Tx, ticket: Ticket, agentIds: readonly string[], actor: Actor): Promise<Ticket> {
    const removed = await this.details.unfollow(tx, ticket, agentIds);
    if (removed.length > 0)
      this.outbox.record(tx, ticketEvent(ticket, 'ticket.followers_changed', actor, { added: [], removed }));
    return ticket;
  }

  /** Puts it on hold until an instant, a working day, or a word from customer or CRM. @throws DomainError */
  async snooze(tx: Tx, ticket: Ticket, snooze: Snooze, actor: Actor): Promise<Ticket> {
    const now = this.clock.now();
    const until = await this.snoozes.untilOf(tx, ticket.workspaceId, snooze, now);
    const asleep = snoozeTicket(ticket, until, snooze.on ?? [], now);
    if (isSame([ticket.status, ticket.snoozedUntil, ticket.wakeOn], [asleep.status, until, asleep.wakeOn]))
      return ticket;
    const saved = await this.tickets.save(tx, asleep);
    if (ticket.status !== saved.status) this.outbox.record(tx, ticketStatusChanged(ticket, saved, actor, 'snoozed'));
    const told = { until: until?.toISOString() ?? null, wakeOn: [...saved.wakeOn] };
    this.outbox.record(tx, ticketEvent(saved, 'ticket.snoozed', actor, told));
    return saved;
  }

  /** Brings it back to us, when it sleeps and (for `crm`) waits for that. */
  async wake(tx: Tx, ticket: Ticket, why: 'time' | 'reply' | 'crm' | 'agent', actor: Actor): Promise<Ticket> {
    if (!isSnoozed(ticket) || (why === 'crm' && !ticket.wakeOn.includes('crm'))) return ticket;
    const saved = await this.tickets.save(tx, wakeTicket(ticket));
    if (ticket.status !== saved.status) this.outbox.record(tx, ticketStatusChanged(ticket, saved, actor, 'woken'));
    this.outbox.record(tx, ticketEvent(saved, 'ticket.woken', actor, { why }));
    return saved;
  }

  /** Words for agents only, in the ticket's own conversation. */
  async note(tx: Tx, ticket: Ticket, text: string, actor: Actor): Promise<Ticket> {
    const { id, seq } = await this.details.note(tx, ticket, cleanText(text), actor, this.clock.now());
    const noted = ticketEvent(ticket, 'message.noted', actor, { seq });
    this.outbox.record(tx, { ...noted, messageId: id });
    return ticket;
  }

  /** Solved without an answer: its clocks end, and it can be taken back. @throws DomainError `invalid_transition` */
  async dismiss(tx: Tx, ticket: Ticket, reason: Dismissal, actor: Actor): Promise<Ticket> {
    if (ticket.resolution === 'no_answer_needed' && !isActive(ticket.status)) return ticket;
    if (!isActive(ticket.status)) {
      throw new DomainError('invalid_transition', `This ticket is ${ticket.status} already.`, { from: ticket.status });
    }
    const now = this.clock.now();
    await this.details.keepDismissal(tx, ticket, reason, actor, now);
    const moved = { ...moveTicket(ticket, 'solved', now), resolution: 'no_answer_needed' };
    return this.saveStatus(tx, ticket, moved, actor, 'no_answer_needed');
  }

  /**
   * Takes back a dismissal: the status it had. Whoever held it then holds it still.
   * @throws DomainError `conflict` when it was not dismissed, or longer ago than tickets may be reopened
   */
  async undismiss(tx: Tx, ticket: Ticket, actor: Actor): Promise<Ticket> {
    const before = await this.details.dismissal(tx, ticket);
    if (ticket.status !== 'solved' || ticket.resolution !== 'no_answer_needed' || !before)
      throw new DomainError('conflict', 'This ticket does not stand as "no answer needed"; there is nothing to undo.');
    const { reopenDays } = await this.fields.settings(tx, ticket.workspaceId);
    if (this.clock.now().getTime() - before.at.getTime() > reopenDays * DAY_MS) {
      throw new DomainError(
        'conflict',
        `This was settled more than ${reopenDays} days ago; open a new ticket instead.`,
      );
    }
    const back = { ...ticket, status: before.status, solvedAt: null, resolution: before.resolution };
    return this.saveStatus(tx, ticket, back, actor, 'undone');
  }

  /** A status that the caller has settled, with what goes along: the alarm off, how it ended told. */
  async saveStatus(tx: Tx, ticket: Ticket, moved: Ticket, actor: Actor, reason?: string): Promise<Ticket> {
    const woken = isSnoozed(ticket) && moved.status !== 'on_hold';
    const resolution = isActive(moved.status) && !isActive(ticket.status) ? null : moved.resolution;
    const saved = await this.tickets.save(tx, {
      ...moved,
      ...(woken && { snoozedUntil: null, wakeOn: [] }),
      resolution,
    });
    this.outbox.record(tx, ticketStatusChanged(ticket, saved, actor, reason));
    if (woken && isActive(saved.status))
      this.outbox.record(tx, ticketEvent(saved, 'ticket.woken', actor, { why: 'agent' }));
    if (ticket.resolution !== saved.resolution) {
      const told = { from: ticket.resolution, to: saved.resolution };
      this.outbox.record(tx, ticketEvent(saved, 'ticket.resolution_changed', actor, told));
    }
    return saved;
  }

  private set<K extends 'type' | 'language' | 'subject' | 'parentId'>(
    tx: Tx,
    ticket: Ticket,
    key: K,
    value: Ticket[K],
    actor: Actor,
  ): Promise<Ticket> {
    const changes = ticket[key] === value ? {} : { [key]: { from: ticket[key], to: value } };
    return this.change(tx, ticket, { [key]: value }, changes, actor);
  }

  private async change(
    tx: Tx,
    ticket: Ticket,
    to: Partial<Ticket>,
    changes: Record<string, { from: unknown; to: unknown }>,
    actor: Actor,
  ): Promise<Ticket> {
    if (Object.keys(changes).length === 0) return ticket;
    const saved = await this.tickets.save(tx, { ...ticket, ...to });
    this.outbox.record(tx, ticketChanged(saved, actor, changes));
    return saved;
  }
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
