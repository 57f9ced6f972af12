import { Injectable } from '@nestjs/common';
import { room, ticketAudience } from '../../outbox/audience';
import { event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { previewOf } from '../tickets/ticket-texts';
import { TicketChanges } from '../tickets/ticket-changes';
import { TicketMerging } from '../tickets/ticket-merging';
import { IntakeMergesRepository, type MergingThread } from './intake-merges.repository';
import type { SameThread } from './thread-plan';

/**
 * Two threads that prove to be one become one, as if the customer's ids had been known together from the start: the older
 * thread takes everything in, whichever word proved it. Its place in the past stays readable: the other's id leads here,
 * and a second ticket under work is merged into the first, not lost.
 */
@Injectable()
export class IntakeMerges {
  constructor(
    private readonly repository: IntakeMergesRepository,
    private readonly merging: TicketMerging,
    private readonly changes: TicketChanges,
    private readonly outbox: Outbox,
  ) {}

  /** Does nothing where another node was faster. */
  async merge(tx: Tx, same: SameThread): Promise<void> {
    const { workspaceId } = same;
    const threads = await this.repository.lock(tx, workspaceId, [same.into, same.from]);
    const [into, from] = [same.into, same.from].map((id) => threads.find((thread) => thread.id === id));
    if (!into || !from || into.mergedIntoId !== null || from.mergedIntoId !== null) return;
    const ticketId = await this.mergeTickets(tx, workspaceId, into, from);
    await this.repository.moveMessages(tx, workspaceId, from.id, into.id, into.lastSeq);
    await this.repository.moveTickets(tx, workspaceId, from.id, into.id);
    await this.repository.moveRest(tx, workspaceId, from.id, into.id);
    await this.repository.close(tx, workspaceId, from.id, into.id, same.identityId);
    if (ticketId !== null && into.joinedTicketId === null)
      await this.settleTicket(tx, workspaceId, into, from, ticketId);
    const audience =
      ticketId === null ? [room.leads, room.lobby] : ticketAudience(await this.changes.lock(tx, workspaceId, ticketId));
    this.outbox.record(
      tx,
      event(
        workspaceId,
        'conversation.merged',
        SYSTEM,
        { conversationId: into.id, contactId: into.contactId, ticketId },
        audience,
        {
          from: from.id,
          into: into.id,
        },
      ),
    );
  }

  /** At most one ticket under work remains: of two the older, and before both the one this thread is joined to. */
  private async mergeTickets(tx: Tx, workspaceId: string, into: MergingThread, from: MergingThread) {
    const active = [into.activeId, from.activeId].filter((id) => id !== null).toSorted();
    const [first, second] = into.joinedTicketId === null ? active : [into.joinedTicketId, ...active];
    if (first !== undefined && second !== undefined) await this.merging.mergeIn(tx, workspaceId, second, first, SYSTEM);
    return first ?? null;
  }

  private async settleTicket(tx: Tx, workspaceId: string, into: MergingThread, from: MergingThread, ticketId: string) {
    const ids = [into.activeId, from.activeId].filter((id) => id !== null);
    const ticket = await this.changes.lock(tx, workspaceId, ticketId);
    const summary = await this.repository.summarise(tx, workspaceId, into.id, ids);
    if (summary) {
      const preview = previewOf(summary.preview);
      await this.repository.saveSummary(tx, workspaceId, into.id, ticketId, { ...summary, preview });
      if (summary.answered && ticket.status === 'new')
        await this.changes.setStatus(
          tx,
          await this.changes.lock(tx, workspaceId, ticketId),
          'open',
          SYSTEM,
          'answered',
        );
    }
  }
}
