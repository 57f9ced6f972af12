import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { agent, audienceOf, ConversationsService, subjectOf } from '../inbox/conversations/conversations.service';
import { HandoffTarget, HandoffTargets } from '../inbox/conversations/handoffs';
import { TicketThreads } from '../inbox/tickets/ticket-threads';
import { event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { Idempotency } from '../platform/idempotency';
import { findAddresses, maskAddress } from './addresses';
import { type EmailHandoff, firstMail } from './email-handoff';
import { EmailHandoffsRepository, type HandoffSubject } from './email-handoffs.repository';
import { FirstMails } from './first-mails';
import { HandoffAddresses } from './handoff-addresses.service';
import { HandoffSettingsService } from './handoff-settings';
import {
  addressFrom,
  badAddress,
  fillingOf,
  freshHandoff,
  handoffRequested,
  handoffView,
  languageOf,
  type WithTicket,
  withTicket,
} from './handoff-start';
import { EmailHandoffBody } from './handoff.dto';
import { IdentityChecks } from './identity-checks.service';
import { isOwnAddress, MailChannels } from './mail-channels';
import { MailThreadsRepository } from './mail-threads.repository';
import { textOf } from './texts';

const SEND_AFTER_S = 10; // time to take a mail back

/** On by e-mail, in the same ticket: the address first, then a mail with what the agent chose, then a word in the old thread. */
@Injectable()
export class EmailHandoffService extends HandoffTarget<EmailHandoffBody> implements OnModuleInit {
  readonly to = 'email';
  readonly body = EmailHandoffBody;

  constructor(
    private readonly database: Database,
    private readonly targets: HandoffTargets,
    private readonly conversations: ConversationsService,
    private readonly repository: EmailHandoffsRepository,
    private readonly mailThreads: MailThreadsRepository,
    private readonly settings: HandoffSettingsService,
    private readonly channels: MailChannels,
    private readonly mails: FirstMails,
    private readonly checks: IdentityChecks,
    private readonly addresses: HandoffAddresses,
    private readonly threads: TicketThreads,
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  onModuleInit(): void {
    this.targets.register(this);
  }

  /**
   * Asked twice for the same it gives the same. @throws DomainError `send_refused` with `details.reason` and what to
   * `do`; `conflict` when the address is another contact’s (`details.contact`); `validation_failed`
   */
  begin(who: Principal, conversationId: string, body: EmailHandoffBody, key: string | undefined) {
    return this.database.transaction({ workspaceId: who.workspaceId }, (tx) =>
      this.idempotency.once(tx, who.workspaceId, key, { conversationId, agentId: who.agentId, body }, async () => {
        const conversation = withTicket(await this.conversations.lockVisible(tx, who, conversationId));
        const about = await this.repository.subject(tx, who.workspaceId, conversation.id, conversation.ticket.id);
        const handoff = body.ask
          ? await this.addresses.ask(tx, who, conversation, about, body)
          : await this.goOn(tx, who, conversation, about, body);
        return { ...handoffView(handoff) };
      }),
    );
  }

  private async goOn(
    tx: Tx,
    who: Principal,
    from: WithTicket,
    about: HandoffSubject,
    body: EmailHandoffBody,
  ): Promise<EmailHandoff> {
    const { workspaceId } = who;
    const channel = await this.channels.choose(workspaceId, about.brandId, body.channelId);
    const asking = await this.repository.lockAsking(tx, workspaceId, from.ticket.id);
    const address = addressFrom(body.address ?? asking?.address ?? about.contact.email);
    if (isOwnAddress(channel, address)) throw badAddress('is our own');
    const before = await this.repository.under(tx, workspaceId, {
      ticketId: from.ticket.id,
      channelId: channel.id,
      address,
    });
    if (before) return before;
    const owner = await this.mailThreads.ownerOf(tx, workspaceId, from.contactId, channel.id, address);
    if (owner)
      throw new DomainError(
        'conflict',
        'This address is another contact’s. If they are the same person merge them, then go on; else ask for another address.',
        { reason: 'address_of_another_contact', contact: owner, do: ['merge_contacts', 'ask'] },
      );

    const confirmation = await this.confirmation(tx, from, about, address, asking);
    const { quoted, anyPrivate } = await this.mails.history(tx, from, body.include ?? []);
    const identity = await this.checks.standing(tx, workspaceId, {
      contactId: from.contactId,
      ticketId: from.ticket.id,
    });
    const text = body.text?.trim() ?? '';
    const mail = firstMail({
      confirmed: confirmation !== null,
      hasText: text !== '',
      hasSubject: body.subject !== undefined,
      includesPrivate: anyPrivate,
      includesAny: quoted.length > 0,
      identity: { required: identity.required, checked: identity.checkedUntil !== null },
    });
    if ('refusal' in mail) throw new DomainError('send_refused', mail.refusal.message, { ...mail.refusal });

    const locale = asking?.locale ?? languageOf(about);
    const { texts } = await this.settings.of(tx, workspaceId);
    const now = this.clock.now();
    const written = await this.mails.write(tx, {
      from,
      author: { id: who.agentId, name: who.name },
      channel,
      address,
      subject: body.subject,
      text: mail.mail === 'whole' ? text : null,
      history: quoted,
      locale,
      about,
      texts,
      sendAt: new Date(now.getTime() + (body.sendAfterSeconds ?? SEND_AFTER_S) * 1_000),
    });
    const handoff: EmailHandoff = {
      ...(asking ?? freshHandoff(who, from, locale, now)),
      state: 'queued',
      expiresAt: null,
      addressState: confirmation ? 'confirmed' : 'offered',
      address,
      addressFrom: body.address && body.address !== asking?.address ? 'agent' : (asking?.addressFrom ?? 'contact'),
      confirmedBy: confirmation,
      confirmedAt: confirmation ? (asking?.confirmedAt ?? now) : null,
      channelId: channel.id,
      mailConversationId: written.conversationId,
      mailMessageId: written.messageId,
      subject: written.subject,
      included: body.include ?? [],
      closingText: closingOf(
        body,
        from,
        textOf(texts, closingName(from), locale, {
          ...fillingOf(about),
          address: maskAddress(address),
        }),
      ),
      agentId: who.agentId,
    };
    await this.repository.save(tx, handoff, now);
    this.outbox.record(tx, handoffRequested(who, from, body.reason ?? 'by_agent'));
    return handoff;
  }

  /** By what this address counts as confirmed for this customer; null when it does not. */
  private async confirmation(
    tx: Tx,
    { workspaceId, contactId }: WithTicket,
    { contact }: HandoffSubject,
    address: string,
    asking: EmailHandoff | undefined,
  ): Promise<EmailHandoff['confirmedBy']> {
    if (asking?.address === address && asking.addressState === 'confirmed') return asking.confirmedBy;
    if (contact.email === address && contact.emailVerifiedAt !== null) return 'known';
    return (await this.repository.confirmedBefore(tx, workspaceId, contactId, address)) ? 'known' : null;
  }

  /** Calls a handoff off before its mail has left; afterwards it is too late. */
  undo(who: Principal, conversationId: string, id: string) {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const conversation = await this.conversations.lockVisible(tx, who, conversationId);
      const handoff = await this.repository.lock(tx, who.workspaceId, id);
      if (!handoff || handoff.conversationId !== conversation.id) throw notFound('handoff');
      if (handoff.state === 'cancelled') return handoffView(handoff);
      const { mailMessageId, mailConversationId } = handoff;
      const now = this.clock.now();
      if (handoff.state === 'queued' && mailMessageId && mailConversationId) {
        if (!(await this.mailThreads.takeBack(tx, who.workspaceId, mailMessageId, agent(who), now))) throw tooLate();
        await this.threads.leave(tx, who.workspaceId, mailConversationId, agent(who));
        const subject = { ...subjectOf(conversation), conversationId: mailConversationId, messageId: mailMessageId };
        const change = { from: 'queued', to: 'failed', reason: 'handoff_undone', code: 'deleted' };
        this.outbox.record(
          tx,
          event(who.workspaceId, 'message.delivery_changed', agent(who), subject, audienceOf(conversation), change),
        );
      } else if (handoff.state !== 'asking') throw tooLate();
      const undone: EmailHandoff = { ...handoff, state: 'cancelled', endedAt: now, endReason: 'undone' };
      await this.repository.save(tx, undone, now);
      return handoffView(undone);
    });
  }
}

const closingName = ({ kind }: WithTicket) => (kind === 'comment' ? 'publicClosing' : 'privateClosing');

/** What the old thread is told: the agent’s words or ours; never an address where everybody reads it. */
function closingOf({ closing }: EmailHandoffBody, { kind }: WithTicket, prepared: string): string | null {
  if (closing === null) return null;
  if (closing !== undefined && kind === 'comment' && findAddresses(closing).length > 0)
    throw new DomainError('validation_failed', 'Please correct: closing.', {
      fields: [{ path: 'closing', problem: 'is said in public, so it may not hold an address' }],
    });
  return closing ?? prepared;
}

const tooLate = () =>
  new DomainError('conflict', 'The mail has left; it cannot be taken back. Write another one if something was wrong.');
