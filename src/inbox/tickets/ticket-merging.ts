import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../../identity/principal';
import type { Actor } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { isActive, type Ticket } from './ticket';
import { TicketChanges } from './ticket-changes';
import { TicketDetailsRepository } from './ticket-details.repository';
import { earlierOf, mustBeMergeable, statusAfterMerge } from './ticket-merge';
import { type MergedBefore, type StandingMerge, TicketMergesRepository } from './ticket-merges.repository';
import { TicketRelationsRepository } from './ticket-relations.repository';
import { changeTags, TAGS_AT_MOST } from './ticket-tags';
import { TicketThreads } from './ticket-threads';
import type { TicketView } from './ticket-views.repository';
import { ticketEvent } from './ticket.events';
import { TicketsRepository } from './tickets.repository';
import { TicketsService } from './tickets.service';

/**
 * Merging: one ticket's work goes on in another. The merged ticket is closed and names the other; its threads join the
 * other, so that what customers say there next is that one's work; what was said keeps its ticket, so no past month
 * changes. Everything the other gained is written down, and taking the merge back gives exactly that back.
 */
@Injectable()
export class TicketMerging {
  constructor(
    private readonly database: Database,
    private readonly repository: TicketMergesRepository,
    private readonly relations: TicketRelationsRepository,
    private readonly details: TicketDetailsRepository,
    private readonly tickets: TicketsRepository,
    private readonly threads: TicketThreads,
    private readonly changes: TicketChanges,
    private readonly service: TicketsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @returns the ticket that remains */
  merge(who: Principal, id: string, intoId: string, differentContacts: boolean): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const actor: Actor = { kind: 'agent', id: who.agentId };
      const [from, into] = await this.lockPair(tx, who, id, intoId);
      mustBeMergeable(from, into, differentContacts);
      if (await this.relations.hasChildren(tx, who.workspaceId, from.id))
        throw new DomainError('conflict', `#${from.number} is an incident with tickets of its own; move those first.`);
      await this.mergeLocked(tx, from, into, actor);
      return this.service.answer(tx, who, intoId);
    });
  }

  /** @returns the ticket that stands alone again */
  unmerge(who: Principal, id: string): Promise<TicketView> {
    return this.database.lean(who, async (tx) => {
      const actor: Actor = { kind: 'agent', id: who.agentId };
      const known = await this.repository.standing(tx, who.workspaceId, id);
      const [from, into] = await this.lockPair(tx, who, id, known?.intoId ?? id);
      const merge = await this.repository.standing(tx, who.workspaceId, id); // under the lock: somebody may have been faster
      if (!merge || !(await this.repository.end(tx, who.workspaceId, merge.id, actor, this.clock.now())))
        throw new DomainError('conflict', `#${from.number} is not merged into another ticket.`);
      if (into.mergedIntoId !== null) {
        throw new DomainError('conflict', `#${into.number} was merged further; take that back first.`, {
          mergedIntoId: into.mergedIntoId,
        });
      }
      await this.unmergeLocked(tx, from, into, merge, actor);
      return this.service.answer(tx, who, id);
    });
  }

  /**
   * The same, where a module learns that both are work of one thread; whoever calls holds the threads of both.
   * @throws DomainError `conflict` where one of them is history
   */
  async mergeIn(tx: Tx, workspaceId: string, id: string, intoId: string, actor: Actor): Promise<void> {
    const locked = await this.tickets.lock(tx, workspaceId, [id, intoId]);
    const [from, into] = [id, intoId].map((wanted) => locked.find((ticket) => ticket.id === wanted));
    if (!from || !into) throw notFound('ticket');
    mustBeMergeable(from, into, true);
    await this.mergeLocked(tx, from, into, actor);
  }

  private async mergeLocked(tx: Tx, from: Ticket, into: Ticket, actor: Actor): Promise<void> {
    const { workspaceId } = from;
    const now = this.clock.now();
    const joined = (await this.threads.joined(tx, workspaceId, [from.id])).filter((id) => id !== from.conversationId);
    const own = (await this.repository.isLatest(tx, workspaceId, from)) ? [from.conversationId] : [];
    const room = TAGS_AT_MOST - into.tags.length;
    const tagsAdded = changeTags(into.tags, {
      add: from.tags.filter((t) => !into.tags.includes(t)).slice(0, room),
    }).added;
    const followers = await this.details.followers(tx, workspaceId, [from.id, into.id]);
    const followersAdded = (followers.get(from.id) ?? []).filter((id) => !followers.get(into.id)?.includes(id));
    const before: MergedBefore = {
      status: from.status,
      solvedAt: from.solvedAt?.toISOString() ?? null,
      resolution: from.resolution,
      waitingSince: from.waitingSince?.toISOString() ?? null,
      snoozedUntil: from.snoozedUntil?.toISOString() ?? null,
      wakeOn: [...from.wakeOn],
      conversationIds: [...own, ...joined],
      intoStatus: into.status,
      intoSolvedAt: into.solvedAt?.toISOString() ?? null,
      intoResolution: into.resolution,
      intoWaitingSince: into.waitingSince?.toISOString() ?? null,
      tagsAdded,
      followersAdded,
    };
    await this.repository.insert(tx, workspaceId, { ticketId: from.id, intoId: into.id, before, actor, at: now });
    const gone: Ticket = { ...from, status: 'closed', closedAt: now, mergedIntoId: into.id, resolution: 'merged' };
    await this.changes.saveStatus(tx, from, gone, actor, 'merged');
    await this.repository.setWaiting(tx, workspaceId, from.id, null);

    let kept = into;
    const status = statusAfterMerge(into.status, from.status);
    if (status !== into.status)
      kept = await this.changes.saveStatus(tx, kept, { ...kept, status, solvedAt: null }, actor, 'merged');
    kept = await this.changes.tag(tx, kept, { add: tagsAdded }, actor);
    await this.changes.follow(tx, kept, followersAdded, actor);
    await this.repository.setWaiting(tx, workspaceId, into.id, earlierOf(into.waitingSince, from.waitingSince));
    for (const conversationId of before.conversationIds) {
      await this.threads.leave(tx, workspaceId, conversationId, actor);
      await this.threads.join(tx, workspaceId, { ticketId: into.id, conversationId, why: 'merge', actor });
    }
    for (const ticket of [gone, kept])
      this.outbox.record(tx, ticketEvent(ticket, 'ticket.merged', actor, { from: from.id, into: into.id }));
  }

  private async unmergeLocked(tx: Tx, from: Ticket, into: Ticket, { before }: StandingMerge, actor: Actor) {
    const { workspaceId } = from;
    const joined = await this.threads.joined(tx, workspaceId, [into.id]);
    for (const conversationId of before.conversationIds.filter((id) => joined.includes(id)))
      await this.threads.leave(tx, workspaceId, conversationId, actor);
    let kept = await this.changes.tag(tx, into, { remove: before.tagsAdded }, actor);
    await this.changes.unfollow(tx, kept, before.followersAdded, actor);
    // both in one thread, which has one ticket under work: the other goes back to what it was
    if (from.conversationId === into.conversationId && isActive(before.status) && isActive(kept.status)) {
      const was = { status: before.intoStatus, solvedAt: dateOf(before.intoSolvedAt) };
      kept = await this.changes.saveStatus(
        tx,
        kept,
        { ...kept, ...was, resolution: before.intoResolution },
        actor,
        'unmerged',
      );
    }
    if (into.waitingSince?.toISOString() === before.waitingSince)
      await this.repository.setWaiting(tx, workspaceId, into.id, dateOf(before.intoWaitingSince));
    const alone: Ticket = {
      ...from,
      status: before.status,
      solvedAt: dateOf(before.solvedAt),
      closedAt: null,
      mergedIntoId: null,
      resolution: before.resolution,
      snoozedUntil: dateOf(before.snoozedUntil),
      wakeOn: before.wakeOn,
    };
    const back = await this.changes.saveStatus(tx, from, alone, actor, 'unmerged');
    await this.repository.setWaiting(tx, workspaceId, from.id, dateOf(before.waitingSince));
    for (const conversationId of before.conversationIds)
      if (conversationId !== from.conversationId && joined.includes(conversationId))
        await this.threads.join(tx, workspaceId, { ticketId: from.id, conversationId, why: 'undo', actor });
    for (const ticket of [back, kept])
      this.outbox.record(tx, ticketEvent(ticket, 'ticket.unmerged', actor, { from: from.id, into: into.id }));
  }

  /** Both tickets with every thread of theirs, locked: threads first, as everywhere. */
  private async lockPair(tx: Tx, who: Principal, id: string, otherId: string): Promise<[Ticket, Ticket]> {
    const { workspaceId } = who;
    const threads = [
      ...(await this.threads.of(tx, workspaceId, id)),
      ...(await this.threads.of(tx, workspaceId, otherId)),
    ];
    await this.threads.lock(tx, workspaceId, threads);
    const locked = await this.tickets.lock(tx, workspaceId, [id, otherId]);
    const [one, other] = [id, otherId].map((wanted) => locked.find((ticket) => ticket.id === wanted));
    if (!one || !other || !canSeeTicket(who, one) || !canSeeTicket(who, other)) throw notFound('ticket');
    return [one, other];
  }
}

const dateOf = (instant: string | null): Date | null => (instant === null ? null : new Date(instant));
