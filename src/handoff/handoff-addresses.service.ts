import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit';
import type { Principal } from '../identity/principal';
import { ContactsService } from '../inbox/contacts/contacts.service';
import type { ConversationForReply } from '../inbox/conversations/conversations.repository';
import { agent, ConversationsService } from '../inbox/conversations/conversations.service';
import { Outbox } from '../outbox/outbox';
import { RepliesService } from '../outbound/replies.service';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { DAY_MS, type EmailHandoff, isOver } from './email-handoff';
import { EmailHandoffsRepository, type HandoffSubject } from './email-handoffs.repository';
import {
  addressFrom,
  fillingOf,
  freshHandoff,
  handoffRequested,
  handoffView,
  languageOf,
  type WithTicket,
  withTicket,
} from './handoff-start';
import { HandoffSettingsService } from './handoff-settings';
import { ConfirmAddressBody } from './handoff.dto';
import { MailThreadsRepository } from './mail-threads.repository';
import { textOf } from './texts';

/** Whose address it is: asking the customer for one, and an agent’s word for it. */
@Injectable()
export class HandoffAddresses {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationsService,
    private readonly repository: EmailHandoffsRepository,
    private readonly mailThreads: MailThreadsRepository,
    private readonly settings: HandoffSettingsService,
    private readonly contacts: ContactsService,
    private readonly replies: RepliesService,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks the customer for an address: in private wherever that is possible, else for a private message. Once, as long as
   * the answer is waited for.
   */
  async ask(
    tx: Tx,
    who: Principal,
    conversation: WithTicket,
    about: HandoffSubject,
    asked: { text?: string; reason?: string },
  ): Promise<EmailHandoff> {
    const before = await this.repository.lockAsking(tx, who.workspaceId, conversation.ticket.id);
    const now = this.clock.now();
    if (before && !isOver(before, now)) return before;
    const { texts, addressWaitDays } = await this.settings.of(tx, who.workspaceId);
    const locale = languageOf(about);
    await this.speak(tx, conversation, who, {
      inPrivate: asked.text || textOf(texts, 'askPrivate', locale, fillingOf(about)),
      inPublic: textOf(texts, 'askPublic', locale, fillingOf(about)),
    });
    const until = new Date(now.getTime() + addressWaitDays * DAY_MS);
    const handoff: EmailHandoff = {
      ...freshHandoff(who, conversation, locale, now, until),
      ...(before && { id: before.id, createdAt: before.createdAt }), // its end was not told yet
      addressState: 'asked',
    };
    await this.repository.save(tx, handoff, now);
    this.outbox.record(tx, handoffRequested(who, conversation, asked.reason ?? 'address_asked'));
    return handoff;
  }

  /** An agent’s word that the address is the customer’s, kept with how they know. */
  confirm(who: Principal, conversationId: string, { address, proof }: ConfirmAddressBody) {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const conversation = withTicket(await this.conversations.lockVisible(tx, who, conversationId));
      const about = await this.repository.subject(tx, who.workspaceId, conversation.id, conversation.ticket.id);
      const waiting = await this.repository.unconfirmed(tx, who.workspaceId, conversation.ticket.id);
      const given = addressFrom(address ?? waiting?.address ?? about.contact.email);
      // a mail that went elsewhere stays unconfirmed
      const before = waiting?.state === 'asking' || waiting?.address === given ? waiting : undefined;
      const now = this.clock.now();
      const handoff: EmailHandoff = {
        ...(before ?? freshHandoff(who, conversation, languageOf(about), now)),
        addressState: 'confirmed',
        addressFrom: given === before?.address ? before.addressFrom : address ? 'agent' : 'contact',
        address: given,
        confirmedBy: 'agent',
        confirmedAt: now,
        expiresAt: null,
        proof,
      };
      await this.repository.save(tx, handoff, now);
      if (handoff.mailConversationId)
        await this.mailThreads.setUnconfirmed(tx, who.workspaceId, handoff.mailConversationId, false);
      await this.contacts.proveEmail(tx, agent(who), who.workspaceId, conversation.contactId, given, now);
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: agent(who),
        action: 'handoff.address_confirmed',
        subject: `contact:${conversation.contactId}`,
        changes: { proof: { from: before?.proof ?? null, to: proof } },
      });
      return handoffView(handoff);
    });
  }

  private async speak(
    tx: Tx,
    conversation: ConversationForReply,
    who: Principal,
    words: { inPrivate: string; inPublic: string },
  ): Promise<void> {
    const author = { kind: 'agent' as const, id: who.agentId, name: who.name };
    try {
      const content = { text: words.inPrivate, visibility: 'private' as const, attachments: [] };
      await this.replies.write(tx, conversation, content, author);
    } catch (error) {
      const refused = error instanceof DomainError && error.code === 'send_refused';
      if (!refused || conversation.kind !== 'comment') throw error;
      const content = { text: words.inPublic, visibility: 'public' as const, attachments: [] };
      await this.replies.write(tx, conversation, content, author);
    }
  }
}
