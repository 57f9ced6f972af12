import type { Language } from '../text/language';

export type HandoffLocale = 'fa' | 'en';

/** Of the address: asked for, told by somebody, shown to be theirs. */
export type AddressState = 'asked' | 'offered' | 'confirmed';

/**
 * `asking`: for an address or its confirmation; `queued`: the first mail is written; `continued`: it has left;
 * `bounced`: it came back; `cancelled`: called off before it left; `expired`: nobody answered in time.
 */
export type HandoffState = 'asking' | 'queued' | 'continued' | 'bounced' | 'cancelled' | 'expired';

export interface EmailHandoff {
  workspaceId: string;
  id: string;
  ticketId: string;
  conversationId: string;
  contactId: string;
  state: HandoffState;
  addressState: AddressState;
  address: string | null;
  addressFrom: 'customer' | 'agent' | 'contact' | null;
  /** Other addresses found in the same words. */
  candidates: readonly string[];
  /** The private thread in which they said it and were asked whether it is right; null: in none yet. */
  askedInConversationId: string | null;
  /** Until when the customer is waited for; null while nothing is asked of them. */
  expiresAt: Date | null;
  confirmedAt: Date | null;
  confirmedBy: 'thread' | 'mail' | 'known' | 'agent' | null;
  proof: string | null;
  locale: HandoffLocale;
  channelId: string | null;
  mailConversationId: string | null;
  mailMessageId: string | null;
  subject: string | null;
  included: readonly string[];
  /** What the old thread is told once the mail has left; null: nothing. */
  closingText: string | null;
  closingMessageId: string | null;
  closingRefusal: string | null;
  endReason: string | null;
  agentId: string;
  createdAt: Date;
  continuedAt: Date | null;
  endedAt: Date | null;
}

export const DAY_MS = 86_400_000;

/** What was said at `at` comes too late: nobody waits for it any longer, whether that was told already or not. */
export const isOver = ({ expiresAt }: Pick<EmailHandoff, 'expiresAt'>, at: Date): boolean =>
  expiresAt !== null && at >= expiresAt;

/**
 * Whether a yes or no said in a thread is about the offered address: only where the customer was asked. The same words in
 * another thread of theirs answer something else.
 */
export const wasAskedIn = (
  { addressState, askedInConversationId }: Pick<EmailHandoff, 'addressState' | 'askedInConversationId'>,
  thread: { id: string; kind: 'comment' | 'dm' },
): boolean => addressState === 'offered' && thread.kind === 'dm' && askedInConversationId === thread.id;

/** A message as far as it can be chosen for the first mail. */
export interface Choosable {
  id: string;
  direction: 'in' | 'out' | 'note';
  visibility: 'public' | 'private' | 'internal';
  authorKind: string;
  authorId: string | null;
  deleted: boolean;
}

export type ChoiceProblem =
  'is not a message of this ticket' | 'is a note' | 'was deleted' | 'is another person’s word';

/** Why a message may not go into a mail to this customer; null when it may. Notes and other people's words never do. */
export function problemWith(message: Choosable | undefined, contactId: string): ChoiceProblem | null {
  if (!message) return 'is not a message of this ticket';
  if (message.direction === 'note' || message.visibility === 'internal') return 'is a note';
  if (message.deleted) return 'was deleted';
  const foreign = message.direction === 'in' && (message.authorKind !== 'contact' || message.authorId !== contactId);
  return foreign ? 'is another person’s word' : null;
}

export interface FirstMailFacts {
  confirmed: boolean;
  /** What the agent wrote, or chose from the history. */
  hasText: boolean;
  /** A subject of the agent's own. */
  hasSubject: boolean;
  includesPrivate: boolean;
  includesAny: boolean;
  identity: { required: boolean; checked: boolean };
}

export type FirstMail =
  | { mail: 'whole' | 'confirmation' }
  | { refusal: { reason: 'address_unconfirmed' | 'identity_unverified' | 'empty'; message: string; do: string[] } };

/**
 * What the first mail may be. To an address nobody has confirmed goes a request to confirm it and nothing else: a
 * stranger may read it.
 */
export function firstMail(facts: FirstMailFacts): FirstMail {
  const { confirmed, hasText, hasSubject, includesPrivate, includesAny, identity } = facts;
  if (!confirmed && !hasText && !hasSubject && !includesAny) return { mail: 'confirmation' };
  if (!confirmed)
    return {
      refusal: {
        reason: 'address_unconfirmed',
        message:
          'Nobody has confirmed that this address is the customer’s. Ask them, confirm it with a note, or send without text and subject: then the mail only asks to confirm.',
        do: ['ask', 'confirm', 'send_without_text'],
      },
    };
  if (!hasText && !includesAny)
    return { refusal: { reason: 'empty', message: 'Write a text or choose messages to quote.', do: ['write'] } };
  if (includesPrivate && identity.required && !identity.checked)
    return {
      refusal: {
        reason: 'identity_unverified',
        message: 'Private history is mailed only after the customer’s identity was checked; check it, or leave it out.',
        do: ['check_identity', 'leave_out_private'],
      },
    };
  return { mail: 'whole' };
}

/** Which of our two languages the customer is written to in: what they said last tells most. */
export function localeOf(known: {
  lastText: Language | null;
  ticket: string | null;
  contact: string | null;
  workspace: string;
}): HandoffLocale {
  const { lastText, ticket, contact, workspace } = known;
  const language = lastText ?? ticket ?? contact ?? workspace;
  return language.startsWith('en') ? 'en' : 'fa';
}
