import type { Principal } from '../identity/principal';
import type { ConversationForReply } from '../inbox/conversations/conversations.repository';
import { agent, audienceOf, subjectOf } from '../inbox/conversations/conversations.service';
import { event, type NewEvent } from '../outbox/domain-event';
import { DomainError } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { guessLanguage } from '../text/language';
import { findAddresses } from './addresses';
import { type EmailHandoff, type HandoffLocale, localeOf } from './email-handoff';
import type { HandoffSubject } from './email-handoffs.repository';
import type { Filling } from './texts';

export type WithTicket = ConversationForReply & { ticket: NonNullable<ConversationForReply['ticket']> };

export function withTicket(conversation: ConversationForReply): WithTicket {
  const { ticket } = conversation;
  if (!ticket)
    throw new DomainError('conflict', 'Nothing was asked in this conversation; there is no ticket to go on with.');
  return { ...conversation, ticket };
}

export const languageOf = (about: HandoffSubject): HandoffLocale =>
  localeOf({
    lastText: about.lastText === null ? null : guessLanguage(about.lastText),
    ticket: about.ticketLanguage,
    contact: about.contact.locale,
    workspace: about.workspaceLocale,
  });

/** The facts a prepared text is filled with. */
export const fillingOf = ({ contact, brandName, ticketNumber }: HandoffSubject): Filling => ({
  name: contact.name ?? '',
  brand: brandName,
  ...(ticketNumber === null ? {} : { number: String(ticketNumber) }),
});

/** @throws DomainError `validation_failed` when there is none, or it is none */
export function addressFrom(given: string | null | undefined): string {
  if (!given) throw badAddress('is not known; ask the customer, or give one');
  const [address, ...others] = findAddresses(given);
  if (address === undefined || others.length > 0) throw badAddress('is not an e-mail address');
  return address;
}

export const badAddress = (problem: string) =>
  new DomainError('validation_failed', 'Please correct: address.', { fields: [{ path: 'address', problem }] });

/** A handoff at its beginning: an address is offered, and nothing else is known. */
export const freshHandoff = (
  who: Principal,
  conversation: WithTicket,
  locale: HandoffLocale,
  createdAt: Date,
  expiresAt: Date | null = null,
): EmailHandoff => ({
  workspaceId: who.workspaceId,
  id: uuidv7(createdAt.getTime()),
  ticketId: conversation.ticket.id,
  conversationId: conversation.id,
  contactId: conversation.contactId,
  state: 'asking',
  addressState: 'offered',
  address: null,
  addressFrom: null,
  candidates: [],
  askedInConversationId: null,
  expiresAt,
  confirmedAt: null,
  confirmedBy: null,
  proof: null,
  locale,
  channelId: null,
  mailConversationId: null,
  mailMessageId: null,
  subject: null,
  included: [],
  closingText: null,
  closingMessageId: null,
  closingRefusal: null,
  endReason: null,
  agentId: who.agentId,
  createdAt,
  continuedAt: null,
  endedAt: null,
});

/** What agents see of a handoff. */
export function handoffView(handoff: EmailHandoff): Omit<EmailHandoff, 'workspaceId'> {
  const { workspaceId: _, ...view } = handoff;
  return view;
}

export const handoffRequested = (who: Principal, conversation: ConversationForReply, reason: string): NewEvent =>
  event(
    who.workspaceId,
    'conversation.handoff_requested',
    agent(who),
    subjectOf(conversation),
    audienceOf(conversation),
    { to: 'email', reason },
  );
