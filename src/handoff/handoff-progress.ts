import { Injectable } from '@nestjs/common';
import { ContactsService } from '../inbox/contacts/contacts.service';
import { type ConversationForReply, ConversationsRepository } from '../inbox/conversations/conversations.repository';
import { audienceOf, subjectOf } from '../inbox/conversations/conversations.service';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { Notifications } from '../notifications/notifications';
import { event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { RepliesService } from '../outbound/replies.service';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { confirms, findAddresses } from './addresses';
import { DAY_MS, type EmailHandoff, isOver, wasAskedIn } from './email-handoff';
import { EmailHandoffsRepository } from './email-handoffs.repository';
import { HandoffSettingsService } from './handoff-settings';
import { IdentityChecks } from './identity-checks.service';
import { MailThreadsRepository } from './mail-threads.repository';
import { textOf } from './texts';

const ARRIVED = new Set(['sent', 'delivered', 'read']);
const REOPENED_FROM = new Set(['pending', 'on_hold', 'solved']);

/** What happens to handoffs without an agent: customers give and confirm addresses, mails leave or come back. */
@Injectable()
export class HandoffProgress {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationsRepository,
    private readonly repository: EmailHandoffsRepository,
    private readonly mailThreads: MailThreadsRepository,
    private readonly settings: HandoffSettingsService,
    private readonly checks: IdentityChecks,
    private readonly contacts: ContactsService,
    private readonly tickets: TicketsService,
    private readonly replies: RepliesService,
    private readonly notifications: Notifications,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** A customer's word in a thread where an address, a yes or a code is awaited. */
  heard(workspaceId: string, messageId: string): Promise<void> {
    return this.database.transaction({ workspaceId }, async (tx) => {
      const message = await this.repository.heard(tx, workspaceId, messageId);
      if (!message || message.authorId !== message.contactId) return;
      const conversation = await this.conversations.lock(tx, workspaceId, message.conversationId);
      if (!conversation) return;
      await this.checks.heard(tx, workspaceId, message);
      // whoever answers a mail has the mailbox it went to
      for (const handoff of await this.repository.unconfirmedIn(tx, workspaceId, conversation.id))
        await this.confirm(tx, handoff, conversation, 'mail');
      for (const handoff of await this.repository.askingOf(tx, workspaceId, message.contactId))
        if (!isOver(handoff, message.receivedAt))
          await this.listen(tx, handoff, conversation, { id: messageId, text: message.text });
    });
  }

  private async listen(
    tx: Tx,
    handoff: EmailHandoff,
    conversation: ConversationForReply,
    said: { id: string; text: string },
  ): Promise<void> {
    const [address, ...candidates] = findAddresses(said.text);
    if (address !== undefined) {
      const isPrivate = conversation.kind === 'dm';
      // said again; but in private for the first time, it can be asked about
      if (address === handoff.address && (!isPrivate || handoff.askedInConversationId !== null)) return;
      const askedInConversationId = isPrivate ? conversation.id : null;
      await this.waitOn(tx, {
        ...handoff,
        addressState: 'offered',
        address,
        candidates,
        addressFrom: 'customer',
        askedInConversationId,
      });
      await this.notify(tx, handoff, conversation, 'handoff.address_offered', said.id);
      if (isPrivate) await this.askWhetherRight(tx, handoff, conversation, address);
      return;
    }
    const meant = wasAskedIn(handoff, conversation) ? confirms(said.text) : null;
    if (meant === 'yes') await this.confirm(tx, handoff, conversation, 'thread');
    if (meant === 'no')
      await this.waitOn(tx, {
        ...handoff,
        addressState: 'asked',
        address: null,
        addressFrom: null,
        candidates: [],
        askedInConversationId: null,
      });
  }

  /** The customer answered, and something more is asked of them: they have the whole time again. */
  private async waitOn(tx: Tx, handoff: EmailHandoff): Promise<void> {
    const { addressWaitDays } = await this.settings.of(tx, handoff.workspaceId);
    const now = this.clock.now();
    await this.repository.save(tx, { ...handoff, expiresAt: new Date(now.getTime() + addressWaitDays * DAY_MS) }, now);
  }

  /** Only where a machine may speak; elsewhere the agent asks. */
  private async askWhetherRight(
    tx: Tx,
    { locale }: EmailHandoff,
    conversation: ConversationForReply,
    address: string,
  ): Promise<void> {
    const { texts } = await this.settings.of(tx, conversation.workspaceId);
    const text = textOf(texts, 'confirmAddress', locale, { address });
    const content = { text, visibility: 'private' as const, attachments: [] };
    await this.replies.write(tx, conversation, content, { kind: 'system' }).catch(refusalOf);
  }

  private async confirm(
    tx: Tx,
    handoff: EmailHandoff,
    conversation: ConversationForReply,
    by: 'thread' | 'mail',
  ): Promise<void> {
    if (handoff.address === null) return;
    const now = this.clock.now();
    const confirmed: EmailHandoff = {
      ...handoff,
      addressState: 'confirmed',
      confirmedBy: by,
      confirmedAt: now,
      expiresAt: null,
    };
    await this.repository.save(tx, confirmed, now);
    // words in a thread show what they want, an answered mail shows whose mailbox it is
    if (by === 'mail')
      await this.contacts.proveEmail(tx, SYSTEM, handoff.workspaceId, conversation.contactId, handoff.address, now);
    if (handoff.mailConversationId)
      await this.mailThreads.setUnconfirmed(tx, handoff.workspaceId, handoff.mailConversationId, false);
    await this.notify(tx, handoff, conversation, 'handoff.address_confirmed', by);
  }

  /** The first mail left, or came back. */
  moved(workspaceId: string, handoffId: string, conversationId: string): Promise<void> {
    return this.database.transaction({ workspaceId }, async (tx) => {
      const conversation = await this.conversations.lock(tx, workspaceId, conversationId);
      const handoff = await this.repository.lock(tx, workspaceId, handoffId);
      if (!conversation || !handoff?.mailMessageId) return;
      const delivery = await this.mailThreads.deliveryOf(tx, workspaceId, handoff.mailMessageId);
      if (!delivery) return;
      if (handoff.state === 'queued' && ARRIVED.has(delivery.state)) await this.continue(tx, handoff, conversation);
      const under = handoff.state === 'queued' || handoff.state === 'continued';
      if (under && delivery.state === 'failed') await this.bounce(tx, handoff, conversation, delivery.reason);
    });
  }

  private async continue(tx: Tx, handoff: EmailHandoff, conversation: ConversationForReply): Promise<void> {
    const { workspaceId, ticketId, mailConversationId } = handoff;
    const now = this.clock.now();
    const closing = await this.close(tx, handoff, conversation);
    await this.repository.save(tx, { ...handoff, ...closing, state: 'continued', continuedAt: now }, now);
    this.outbox.record(
      tx,
      event(
        workspaceId,
        'conversation.continued',
        { kind: 'agent', id: handoff.agentId },
        { ...subjectOf(conversation), ticketId },
        audienceOf(conversation),
        { by: 'email', inConversationId: mailConversationId },
      ),
    );
  }

  /** Tells the old thread where it goes on, once. Where the network refuses it, the mail is out all the same. */
  private async close(
    tx: Tx,
    { workspaceId, closingText, closingMessageId, agentId }: EmailHandoff,
    conversation: ConversationForReply,
  ): Promise<Partial<EmailHandoff>> {
    if (closingText === null || closingMessageId !== null) return {};
    const visibility = conversation.kind === 'comment' ? ('public' as const) : ('private' as const);
    const author = {
      kind: 'agent' as const,
      id: agentId,
      name: await this.repository.agentName(tx, workspaceId, agentId),
    };
    try {
      const content = { text: closingText, visibility, attachments: [] };
      return { closingMessageId: await this.replies.write(tx, conversation, content, author) };
    } catch (error) {
      return { closingRefusal: refusalOf(error) };
    }
  }

  /** The thread it came from is where the customer can be reached again. */
  private async bounce(
    tx: Tx,
    handoff: EmailHandoff,
    conversation: ConversationForReply,
    reason: string | null,
  ): Promise<void> {
    const now = this.clock.now();
    await this.repository.save(tx, { ...handoff, state: 'bounced', endedAt: now, endReason: reason }, now);
    await this.notify(tx, handoff, conversation, 'handoff.bounced', handoff.mailMessageId ?? handoff.id);
    const { ticket } = conversation;
    if (ticket?.id === handoff.ticketId && REOPENED_FROM.has(ticket.status))
      await this.tickets.setStatusIn(tx, handoff.workspaceId, handoff.ticketId, 'open', SYSTEM, 'mail_bounced');
  }

  private async notify(
    tx: Tx,
    handoff: EmailHandoff,
    conversation: ConversationForReply,
    kind: string,
    cause: string,
  ): Promise<void> {
    const assignee = conversation.ticket?.assigneeId;
    await this.notifications.notify(tx, handoff.workspaceId, {
      to: { agentIds: [...new Set([handoff.agentId, ...(assignee ? [assignee] : [])])] },
      kind,
      ticketId: handoff.ticketId,
      data: { handoffId: handoff.id, conversationId: handoff.conversationId },
      cause: `${kind}:${handoff.id}:${cause}`,
    });
  }
}

/** Why the network does not take it. @throws whatever else went wrong */
function refusalOf(error: unknown): string {
  if (!(error instanceof DomainError) || error.code !== 'send_refused') throw error;
  const { reason } = error.details;
  return typeof reason === 'string' ? reason : error.code;
}
