import { Injectable } from '@nestjs/common';
import type { Ticket } from '../inbox/tickets/ticket';
import { Notifications } from '../notifications/notifications';
import { ticketAudience } from '../outbox/audience';
import { type Actor, event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import type { Action } from './actions';
import { ApprovalsRepository } from './approvals.repository';

export interface Held {
  ruleId: string;
  receiptId: string;
  messageId: string | null;
  /** What the approver should know. */
  text: string | null;
  actions: readonly Action[];
}

/** Holds actions back until a lead has looked. Settling them is in `approvals.service.ts`. */
@Injectable()
export class Approvals {
  constructor(
    private readonly repository: ApprovalsRepository,
    private readonly notifications: Notifications,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async request(tx: Tx, workspaceId: string, ticket: Ticket, held: Held, actor: Actor): Promise<string> {
    const now = this.clock.now();
    const id = uuidv7(now.getTime());
    await this.repository.insert(tx, workspaceId, { id, ticket, held, at: now });
    const subject = { ticketId: ticket.id, conversationId: ticket.conversationId, contactId: ticket.contactId };
    const data = { approvalId: id, action: namesOf(held.actions) };
    this.outbox.record(tx, event(workspaceId, 'approval.requested', actor, subject, ticketAudience(ticket), data));
    await this.notifications.notify(tx, workspaceId, {
      to: { leads: true },
      kind: 'approval.requested',
      ticketId: ticket.id,
      data: { ...data, ruleId: held.ruleId, number: ticket.number },
      cause: `approval:${id}`,
      actor,
    });
    return id;
  }
}

export const namesOf = (actions: readonly Action[]): string => actions.map((action) => action.do).join(', ');
