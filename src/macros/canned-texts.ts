import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { Calendars } from '../calendars/calendars';
import { CannedRepliesRepository, type MessageThread, type TextFacts } from './canned-replies.repository';
import {
  chooseLanguage,
  firstNameOf,
  momentIn,
  render,
  type Rendered,
  type TextLanguage,
  type Values,
} from './template';

export type Texts = Partial<Record<TextLanguage, string>>;

/** For which ticket, in whose name (null: nobody's), and in which language if not the customer's. */
export interface TextUse {
  ticketId: string;
  agent: { name: string } | null;
  language?: TextLanguage;
}

export type ReadyText = Rendered & { language: TextLanguage };

/** Texts with variables, filled in for a ticket. */
@Injectable()
export class CannedTexts {
  constructor(
    private readonly repository: CannedRepliesRepository,
    private readonly calendars: Calendars,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `not_found` for the reply or the ticket */
  async forTicket(tx: Tx, workspaceId: string, cannedReplyId: string, use: TextUse): Promise<ReadyText> {
    const reply = await this.repository.find(tx, workspaceId, cannedReplyId);
    if (!reply) throw notFound('canned reply');
    const ready = await this.fill(tx, workspaceId, reply.texts, use);
    if (!ready) throw notFound('canned reply');
    await this.repository.countUse(tx, workspaceId, cannedReplyId, this.clock.now());
    return ready;
  }

  /** @returns null where there is no text in any language */
  async fill(tx: Tx, workspaceId: string, texts: Texts, use: TextUse): Promise<ReadyText | null> {
    const facts = await this.repository.textFacts(tx, workspaceId, use.ticketId);
    if (!facts) throw notFound('ticket');
    const language = chooseLanguage(texts, [
      use.language,
      facts.ticketLanguage,
      facts.contactLocale,
      facts.workspaceLocale,
    ]);
    if (!language) return null;
    const book = await this.calendars.book(tx, workspaceId);
    const timeZone = book.default?.timeZone ?? facts.timeZone;
    const values = { ...valuesOf(facts, use.agent), ...momentIn(this.clock.now(), language, timeZone) };
    return { ...render(texts[language] ?? '', values, language), language };
  }

  /** The newest words of the customer, in whichever thread of the ticket. */
  newestQuestion(tx: Tx, workspaceId: string, ticketId: string): Promise<string | null> {
    return this.repository.newestQuestion(tx, workspaceId, ticketId);
  }

  /** A ticket's words may stand in several threads: an answer goes where the question was asked. */
  threadOf(tx: Tx, workspaceId: string, messageId: string): Promise<MessageThread | undefined> {
    return this.repository.threadOf(tx, workspaceId, messageId);
  }
}

function valuesOf(facts: TextFacts, agent: { name: string } | null): Values {
  const contact = facts.contactName ?? '';
  return {
    'contact.name': contact,
    'contact.firstName': firstNameOf(contact),
    'agent.name': agent?.name ?? '',
    'agent.firstName': firstNameOf(agent?.name ?? ''),
    'ticket.number': String(facts.number),
    'brand.name': facts.brandName,
    'channel.name': facts.channelName,
    'workspace.name': facts.workspaceName,
  };
}
