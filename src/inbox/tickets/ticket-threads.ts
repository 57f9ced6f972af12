import { Injectable } from '@nestjs/common';
import { ticketAudience } from '../../outbox/audience';
import { type Actor, event } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { TicketsRepository } from './tickets.repository';

interface Thread {
  contact_id: string;
  joined_ticket_id: string | null;
  active_id: string | null;
  active_number: string | null;
}

/**
 * Threads whose words are work of another thread's ticket. While a thread is joined, what is said in it belongs to that
 * ticket for as long as the ticket takes a customer's words; the first word it does not take ends the joining and opens
 * a ticket of the thread's own. Conversations are locked before tickets, so join before you lock a ticket, or hold both.
 */
@Injectable()
export class TicketThreads {
  constructor(
    private readonly tickets: TicketsRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * @throws DomainError `not_found`; `conflict` when the thread has a ticket of its own under work (`details.ticket`), or
   * the ticket is closed
   */
  async join(
    tx: Tx,
    workspaceId: string,
    { ticketId, conversationId, why, actor }: Joining & { actor: Actor },
  ): Promise<void> {
    const thread = await this.lockThread(tx, workspaceId, conversationId);
    if (thread.joined_ticket_id === ticketId) return;
    const [ticket] = await this.tickets.lock(tx, workspaceId, [ticketId]);
    if (!ticket) throw notFound('ticket');
    if (ticket.status === 'closed')
      throw new DomainError('conflict', 'This ticket is closed; join a ticket that is still under work.');
    if (thread.active_id !== null && thread.active_id !== ticketId) {
      throw new DomainError(
        'conflict',
        `This conversation has ticket #${thread.active_number} under work; merge that ticket instead.`,
        { ticket: { id: thread.active_id, number: Number(thread.active_number) } },
      );
    }
    await this.set(tx, workspaceId, conversationId, ticketId);
    this.outbox.record(
      tx,
      event(
        workspaceId,
        'conversation.joined',
        actor,
        { ticketId, conversationId, contactId: thread.contact_id },
        ticketAudience(ticket),
        { ticketId, joined: true, why },
      ),
    );
  }

  /** Ends a joining; nothing when there is none. @throws DomainError `not_found` */
  async leave(tx: Tx, workspaceId: string, conversationId: string, actor: Actor): Promise<void> {
    const thread = await this.lockThread(tx, workspaceId, conversationId);
    const ticketId = thread.joined_ticket_id;
    if (ticketId === null) return;
    const [ticket] = await this.tickets.lock(tx, workspaceId, [ticketId]);
    await this.set(tx, workspaceId, conversationId, null);
    if (!ticket) return;
    this.outbox.record(
      tx,
      event(
        workspaceId,
        'conversation.joined',
        actor,
        { ticketId, conversationId, contactId: thread.contact_id },
        ticketAudience(ticket),
        { ticketId, joined: false, why: 'undo' },
      ),
    );
  }

  /** A ticket's conversations: its own first, then those that joined, in the order they began. Empty without the ticket. */
  async of(tx: Tx, workspaceId: string, ticketId: string): Promise<string[]> {
    // $1 workspace, $2 ticket
    const rows = await tx.query<{ id: string }>(
      `SELECT c.id FROM (
         SELECT conversation_id AS id, 0 AS place FROM tickets WHERE workspace_id = $1 AND id = $2
         UNION ALL
         SELECT j.id, 1 FROM conversations j JOIN tickets t ON t.workspace_id = j.workspace_id AND t.id = j.joined_ticket_id
         WHERE j.workspace_id = $1 AND j.joined_ticket_id = $2 AND j.id <> t.conversation_id
       ) c ORDER BY c.place, c.id`,
      [workspaceId, ticketId],
      'ticket_threads_of',
    );
    return rows.map((row) => row.id);
  }

  /** Joined to a ticket and not its own. */
  async joined(tx: Tx, workspaceId: string, ticketIds: readonly string[]): Promise<string[]> {
    // $1 workspace, $2 tickets
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM conversations WHERE workspace_id = $1 AND joined_ticket_id = ANY($2::uuid[]) ORDER BY id`,
      [workspaceId, ticketIds],
    );
    return rows.map((row) => row.id);
  }

  /** Locks conversations in id order: before any of their tickets. */
  async lock(tx: Tx, workspaceId: string, conversationIds: readonly string[]): Promise<void> {
    await tx.query(
      `SELECT 1 FROM conversations WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE`,
      [workspaceId, conversationIds],
      'ticket_threads_lock',
    );
  }

  private async lockThread(tx: Tx, workspaceId: string, conversationId: string): Promise<Thread> {
    await this.lock(tx, workspaceId, [conversationId]);
    // a statement of its own: its snapshot is taken after the lock
    // $1 workspace, $2 conversation
    const [row] = await tx.query<Thread>(
      `SELECT c.contact_id, c.joined_ticket_id, a.id AS active_id, a.number AS active_number
       FROM conversations c
       LEFT JOIN tickets a ON a.workspace_id = c.workspace_id AND a.conversation_id = c.id
         AND a.status IN ('new', 'open', 'pending', 'on_hold')
       WHERE c.workspace_id = $1 AND c.id = $2`,
      [workspaceId, conversationId],
      'ticket_threads_read',
    );
    if (!row) throw notFound('conversation');
    return row;
  }

  private async set(tx: Tx, workspaceId: string, conversationId: string, ticketId: string | null): Promise<void> {
    // $1 workspace, $2 conversation, $3 ticket or null
    await tx.execute(
      `UPDATE conversations SET joined_ticket_id = $3, version = version + 1 WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, conversationId, ticketId],
      'ticket_threads_set',
    );
  }
}

interface Joining {
  ticketId: string;
  conversationId: string;
  why: 'email' | 'merge' | 'undo';
}
