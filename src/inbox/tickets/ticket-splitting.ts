import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../../identity/principal';
import type { Actor } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { uuidv7 } from '../../platform/ids';
import { cleanText } from '../../text/clean';
import { isActive, isOwed, type Ticket } from './ticket';
import { TicketChanges } from './ticket-changes';
import { previewOf } from './ticket-texts';
import { type SplitOff, TicketMergesRepository } from './ticket-merges.repository';
import { TicketOpening } from './ticket-opening';
import { TicketRelationsRepository } from './ticket-relations.repository';
import { TicketThreads } from './ticket-threads';
import type { TicketView } from './ticket-views.repository';
import { ticketEvent } from './ticket.events';
import { TicketsRepository } from './tickets.repository';
import { TicketsService } from './tickets.service';

/**
 * Splitting: from one message on, the words are another matter and become a ticket of their own.
 *
 * A thread has one ticket under work. So, split within a ticket's own thread, what came before is solved (`split`) and
 * the new ticket goes on, with the same agent; split off a joined thread, that thread leaves and both tickets stay under
 * work. The two are linked. Merging the new one back takes it back.
 */
@Injectable()
export class TicketSplitting {
  constructor(
    private readonly database: Database,
    private readonly repository: TicketMergesRepository,
    private readonly relations: TicketRelationsRepository,
    private readonly tickets: TicketsRepository,
    private readonly threads: TicketThreads,
    private readonly changes: TicketChanges,
    private readonly opening: TicketOpening,
    private readonly service: TicketsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @returns the new ticket */
  split(who: Principal, id: string, fromMessageId: string, subject: string | undefined): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const { workspaceId } = who;
      const actor: Actor = { kind: 'agent', id: who.agentId };
      await this.threads.lock(tx, workspaceId, await this.threads.of(tx, workspaceId, id));
      const [ticket] = await this.tickets.lock(tx, workspaceId, [id]);
      if (!ticket || !canSeeTicket(who, ticket)) throw notFound('ticket');
      const words = await this.repository.splitOff(tx, workspaceId, id, fromMessageId);
      if (!words) throw notFound('message');
      mustBeSplittable(ticket, words);
      const made = await this.splitLocked(tx, ticket, words, subject, actor);
      return this.service.answer(tx, who, made.id);
    });
  }

  private async splitLocked(tx: Tx, ticket: Ticket, words: SplitOff, subject: string | undefined, actor: Actor) {
    const { workspaceId } = ticket;
    const now = this.clock.now();
    const within = words.conversationId === ticket.conversationId;
    let rest = ticket;
    if (within && isActive(ticket.status)) {
      const solved: Ticket = { ...ticket, status: 'solved', solvedAt: now, resolution: 'split' };
      rest = await this.changes.saveStatus(tx, ticket, solved, actor, 'split');
      await this.repository.setWaiting(tx, workspaceId, ticket.id, null);
    }
    if (!within) await this.threads.leave(tx, workspaceId, words.conversationId, actor);
    const goesOn = within && isActive(ticket.status);
    const made = await this.opening.insert(
      tx,
      workspaceId,
      {
        id: uuidv7(now.getTime()),
        conversationId: words.conversationId,
        teamId: ticket.teamId,
        assigneeId: goesOn ? ticket.assigneeId : null, // whoever held it holds no more than before
        status: goesOn && !isOwed(ticket.status) ? ticket.status : 'open',
        priority: ticket.priority,
        subject: subject === undefined ? previewOf(words.text) : cleanText(subject),
        preview: previewOf(words.last.text),
        previewDirection: words.last.direction,
        language: ticket.language,
        waitingSince: words.last.direction === 'in' ? (ticket.waitingSince ?? words.last.at) : null,
        lastMessageAt: words.last.at,
        at: now,
      },
      actor,
    );
    await this.repository.moveWords(tx, workspaceId, ticket.id, made.id, words);
    await this.relations.link(tx, workspaceId, { from: made.id, to: ticket.id, kind: 'related' }, actor, now);
    for (const told of [rest, made]) {
      const split = { from: ticket.id, into: made.id, messages: words.messages };
      this.outbox.record(tx, ticketEvent(told, 'ticket.split', actor, split));
    }
    return made;
  }
}

function mustBeSplittable(ticket: Ticket, { conversationId, earlier }: SplitOff): void {
  const within = conversationId === ticket.conversationId;
  if (ticket.status === 'closed')
    throw new DomainError('conflict', `#${ticket.number} is closed, and history; open a new ticket instead.`);
  if (within && !earlier) {
    throw new DomainError('conflict', 'The ticket begins with this message; choose a later one to split from.');
  }
}
