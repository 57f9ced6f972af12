import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../../identity/principal';
import type { Actor } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { uuidv7 } from '../../platform/ids';
import { cleanText } from '../../text/clean';
import { AgentRoomsRepository } from './agent-rooms.repository';
import { isActive, type Ticket, type TicketPriority } from './ticket';
import { TicketChanges } from './ticket-changes';
import { previewOf } from './ticket-texts';
import { type NewTicket, type OpenableThread, TicketOpeningRepository } from './ticket-opening.repository';
import { TicketThreads } from './ticket-threads';
import type { TicketView } from './ticket-views.repository';
import { ticketAssigned, ticketEvent } from './ticket.events';
import { TicketsRepository } from './tickets.repository';
import { TicketsService } from './tickets.service';

export interface TicketToOpen {
  subject: string;
  type?: string | null;
  priority?: TicketPriority;
  /** Not given: the channel's team. */
  teamId?: string | null;
  assigneeId?: string | null;
  language?: string | null;
  tags?: readonly string[];
  fields?: Record<string, unknown>;
  note?: string;
}

/** Tickets that no customer's word opened: by hand, by a rule, by a split. */
@Injectable()
export class TicketOpening {
  constructor(
    private readonly database: Database,
    private readonly repository: TicketOpeningRepository,
    private readonly tickets: TicketsRepository,
    private readonly threads: TicketThreads,
    private readonly agents: AgentRoomsRepository,
    private readonly changes: TicketChanges,
    private readonly service: TicketsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** In a conversation, or in the one in which a contact was heard last. */
  openByHand(
    who: Principal,
    where: { conversationId?: string; contactId?: string },
    ticket: TicketToOpen,
  ): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const conversationId = where.conversationId ?? (await this.conversationOf(tx, who, where.contactId));
      await this.threads.lock(tx, who.workspaceId, [conversationId]);
      const thread = await this.repository.thread(tx, who.workspaceId, conversationId);
      if (!thread || !canSeeTicket(who, thread.current ?? { teamId: null, assigneeId: null }))
        throw notFound('conversation');
      const opened = await this.openIn(tx, who.workspaceId, conversationId, ticket, { kind: 'agent', id: who.agentId });
      return this.service.answer(tx, who, opened.id);
    });
  }

  /**
   * Opens a ticket in a conversation that has none under work, in the caller's transaction. It is our turn: it is `open`.
   * @throws DomainError `not_found`; `conflict` with `details.ticket` when one is under work; what its parts are refused for
   */
  async openIn(
    tx: Tx,
    workspaceId: string,
    conversationId: string,
    { subject, type, priority = 'normal', teamId, assigneeId, language, tags, fields, note }: TicketToOpen,
    actor: Actor,
  ): Promise<Ticket> {
    await this.threads.lock(tx, workspaceId, [conversationId]);
    const thread = await this.repository.thread(tx, workspaceId, conversationId);
    if (!thread) throw notFound('conversation');
    mustBeFree(thread);
    if (assigneeId) await this.agents.lock(tx, workspaceId, [assigneeId]);
    if (thread.joinedTicketId !== null) await this.threads.leave(tx, workspaceId, conversationId, actor);
    if (teamId && !(await this.tickets.teamExists(tx, workspaceId, teamId))) throw notFound('team');
    const text = cleanText(subject);
    const now = this.clock.now();
    let opened = await this.insert(
      tx,
      workspaceId,
      {
        id: uuidv7(now.getTime()),
        conversationId,
        teamId: teamId === undefined ? thread.channelTeamId : teamId,
        assigneeId: null,
        status: 'open',
        priority,
        subject: text,
        preview: previewOf(text),
        previewDirection: 'note',
        language: language ?? null,
        waitingSince: null,
        lastMessageAt: now,
        at: now,
      },
      actor,
    );
    if (type) opened = await this.changes.setType(tx, opened, type, actor);
    if (fields) opened = await this.changes.setFields(tx, opened, fields, actor);
    if (tags?.length) opened = await this.changes.tag(tx, opened, { add: tags }, actor);
    if (note) opened = await this.changes.note(tx, opened, note, actor);
    return assigneeId ? this.changes.assign(tx, opened, assigneeId, actor) : opened;
  }

  /** Writes a ticket into a conversation that the caller holds, and tells of it. */
  async insert(tx: Tx, workspaceId: string, ticket: NewTicket, actor: Actor): Promise<Ticket> {
    await this.repository.insert(tx, workspaceId, ticket);
    const [opened] = await this.tickets.lock(tx, workspaceId, [ticket.id]);
    const { number, position, teamId } = opened!;
    this.outbox.record(tx, ticketEvent(opened!, 'ticket.opened', actor, { number, position, teamId }));
    if (ticket.assigneeId !== null)
      this.outbox.record(tx, ticketAssigned({ ...opened!, assigneeId: null }, opened!, actor, 'manual'));
    return opened!;
  }

  private async conversationOf(tx: Tx, who: Principal, contactId: string | undefined): Promise<string> {
    if (contactId === undefined) {
      throw new DomainError('validation_failed', 'Please correct: conversationId.', {
        fields: [{ path: 'conversationId', problem: 'is needed, or contactId in its place' }],
      });
    }
    const id = await this.repository.latestConversation(tx, who.workspaceId, contactId);
    if (id === null) throw notFound('conversation');
    return id;
  }
}

function mustBeFree({ current }: OpenableThread): void {
  if (!current || !isActive(current.status)) return;
  throw new DomainError('conflict', `Ticket #${current.number} is under work in this conversation; go on there.`, {
    ticket: { id: current.id, number: current.number },
  });
}
