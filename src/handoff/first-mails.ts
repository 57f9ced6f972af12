import { Injectable } from '@nestjs/common';
import type { DirectoryChannel } from '../channels/channel-directory';
import { type ConversationForReply, ConversationsRepository } from '../inbox/conversations/conversations.repository';
import { TicketThreads } from '../inbox/tickets/ticket-threads';
import { RepliesService } from '../outbound/replies.service';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { type HandoffLocale, problemWith } from './email-handoff';
import type { HandoffSubject } from './email-handoffs.repository';
import { composeFirstMail, type Quoted } from './first-mail';
import { fillingOf } from './handoff-start';
import { MailThreadsRepository } from './mail-threads.repository';
import { type OwnTexts, textOf } from './texts';

export interface FirstMailAsked {
  from: ConversationForReply & { ticket: NonNullable<ConversationForReply['ticket']> };
  author: { id: string; name: string };
  channel: DirectoryChannel;
  address: string;
  subject: string | undefined;
  /** Null: the mail only asks to confirm the address. */
  text: string | null;
  history: readonly Quoted[];
  locale: HandoffLocale;
  about: HandoffSubject;
  texts: OwnTexts;
  sendAt: Date;
}

/** Writes the mail with which a conversation goes on: a thread of its own, whose words are work of the same ticket. */
@Injectable()
export class FirstMails {
  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly mailThreads: MailThreadsRepository,
    private readonly threads: TicketThreads,
    private readonly replies: RepliesService,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `validation_failed` naming each message that may not be quoted, and why */
  async history(
    tx: Tx,
    from: ConversationForReply & { ticket: { id: string } },
    ids: readonly string[],
  ): Promise<{ quoted: Quoted[]; anyPrivate: boolean }> {
    if (ids.length === 0) return { quoted: [], anyPrivate: false };
    const where = { ticketId: from.ticket.id, conversationId: from.id };
    const found = await this.mailThreads.chosen(tx, from.workspaceId, where, ids);
    const byId = new Map(found.map((message) => [message.id, message]));
    const fields = ids.flatMap((id, i) => {
      const problem = problemWith(byId.get(id.toLowerCase()), from.contactId);
      return problem ? [{ path: `include.${i}`, problem }] : [];
    });
    if (fields.length > 0)
      throw new DomainError('validation_failed', 'Some of these messages cannot be mailed; leave them out.', {
        fields,
      });
    return { quoted: found, anyPrivate: found.some(({ visibility }) => visibility === 'private') };
  }

  async write(tx: Tx, mail: FirstMailAsked): Promise<{ conversationId: string; messageId: string; subject: string }> {
    const { from, author, channel, address, about, locale, texts } = mail;
    const { workspaceId, contactId } = from;
    const filling = fillingOf(about);
    // whoever asks can call themselves anything, and name any address: to a stranger it would be our word
    const said = mail.text === null ? { ...filling, name: '' } : filling;
    const subject = mail.subject ?? textOf(texts, 'subject', locale, said);
    const now = this.clock.now().getTime();
    const identityId = await this.mailThreads.identity(tx, {
      workspaceId,
      id: uuidv7(now),
      contactId,
      channelId: channel.id,
      address,
      name: about.contact.name,
    });
    const conversationId = uuidv7(now);
    const { brandId } = about;
    const thread = { workspaceId, id: conversationId, channelId: channel.id, brandId, contactId, identityId, subject };
    await this.mailThreads.openThread(tx, thread);
    await this.threads.join(tx, workspaceId, {
      ticketId: from.ticket.id,
      conversationId,
      why: 'email',
      actor: { kind: 'agent', id: author.id },
    });
    const conversation = (await this.conversations.lock(tx, workspaceId, conversationId))!;
    const text = composeFirstMail({
      greeting: textOf(texts, 'greeting', locale, said),
      text: mail.text ?? textOf(texts, 'confirmMail', locale, said),
      history: mail.history,
      locale,
      timeZone: about.timeZone,
    });
    const content = { text, visibility: 'private' as const, attachments: [] };
    const messageId = await this.replies.write(tx, conversation, content, { kind: 'agent', ...author });
    if (mail.text === null) await this.mailThreads.setUnconfirmed(tx, workspaceId, conversationId, true);
    await this.mailThreads.hold(tx, workspaceId, messageId, mail.sendAt);
    return { conversationId, messageId, subject };
  }
}
