import { Injectable } from '@nestjs/common';
import type { Page } from '../identity/page';
import { pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import { TicketChanges } from '../inbox/tickets/ticket-changes';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { ticketAudience } from '../outbox/audience';
import { type Actor, event as eventOf } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { withTheirWords } from '../refusals/refusal-words';
import { ActionRunner } from './action-runner';
import { assigneesOf } from './actions';
import { namesOf } from './approvals';
import { type Approval, ApprovalsRepository, type ApprovalState } from './approvals.repository';

/** What waits for a lead's word, and that word. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly database: Database,
    private readonly repository: ApprovalsRepository,
    private readonly changes: TicketChanges,
    private readonly tickets: TicketsService,
    private readonly actions: ActionRunner,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  list(who: Principal, state: ApprovalState | null, before: string | null, limit: number): Promise<Page<Approval>> {
    return this.database.lean(who, async (tx) =>
      pageOf((await this.repository.list(tx, who, state, before, limit)).map(withWhy), limit),
    );
  }

  /**
   * Approving runs what was held, once, in the name of whoever approves; the same word again changes nothing.
   * @throws DomainError `conflict` when it was settled the other way
   */
  settle(who: Principal, id: string, approved: boolean, reason: string | null): Promise<Approval> {
    const { workspaceId } = who;
    return this.database.transaction({ workspaceId }, async (tx) => {
      const approval = await this.repository.lock(tx, workspaceId, id);
      if (!approval) throw notFound('approval');
      await this.tickets.see(tx, who, approval.ticket.id);
      const state: ApprovalState = approved ? 'approved' : 'refused';
      if (approval.state === state) return approval;
      if (approval.state !== 'pending') {
        throw new DomainError(
          'conflict',
          `${approval.settledBy?.name ?? 'Somebody'} has ${approval.state} this already.`,
          {
            state: approval.state,
            settledBy: approval.settledBy,
          },
        );
      }
      const held = approval.actions;
      const ticket = await this.changes.lock(
        tx,
        workspaceId,
        approval.ticket.id,
        approved ? assigneesOf(held, who.agentId) : [],
      );
      const { rule, receiptId, event } = approval;
      const now = this.clock.now();
      const actor: Actor = { kind: 'agent', id: who.agentId };
      const occasion = {
        workspaceId,
        cause: `approval:${id}`,
        actor,
        messageId: approval.messageId,
        rule: { ...rule, receiptId, event: { ...event, at: new Date(event.at) } },
      };
      const outcome = approved
        ? await this.actions.run(tx, ticket, held, occasion)
        : { ticket, changed: [], refused: [] };
      const { changed, refused } = outcome;
      await this.repository.settle(tx, workspaceId, id, { state, by: who.agentId, reason, at: now, changed, refused });
      const subject = { ticketId: ticket.id, conversationId: ticket.conversationId, contactId: ticket.contactId };
      const told = { approvalId: id, action: namesOf(held), approved };
      this.outbox.record(
        tx,
        eventOf(workspaceId, 'approval.settled', actor, subject, ticketAudience(outcome.ticket), told),
      );
      return (await this.repository.find(tx, workspaceId, id))!;
    });
  }
}

const withWhy = (approval: Approval): Approval => ({ ...approval, refused: withTheirWords(approval.refused) });
