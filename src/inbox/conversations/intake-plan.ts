import { uuidv7 } from '../../platform/ids';
import { cleanText } from '../../text/clean';
import type { ThreadActivity } from '../tickets/ticket-intake';
import type { AlbumPart } from './album';
import type { InboundAuthor, InboundEdit, InboundEvent, InboundMessage } from './inbound-event';
import type { IntakeChannel, IntakeItem } from './intake';
import { groupName } from './intake-keys.repository';
import { HEARD_WITHIN_MS } from './late-words';
import { scoreIn, SURVEY_ANSWER } from './survey-score';
import type {
  KnownMessage,
  ClaimedKey,
  UnconfirmedSend,
  IdentityRow,
  ConversationRow,
  LockedConversation,
  MessageRow,
} from './intake-rows';

export interface ThreadId {
  workspaceId: string;
  id: string;
}

/** A message of the batch with what is known of where it belongs. */
export interface MessageItem {
  item: IntakeItem;
  message: InboundMessage;
  threadKey: string;
  /** Set when it is known from an edit only. */
  madeByEdit: boolean;
  /** Set when the thread is known by a message it answers rather than by its key. */
  conversation?: ThreadId;
  person: InboundAuthor | null;
}

/** Where a message belongs, or what stands in the way: nothing here is meant by it, or its parent has not come yet. */
export type Place = MessageItem | { waitsFor: string } | null;

export const keyOf = (channelId: string, name: string) => `${channelId}\n${name}`;

export const workspacesOf = (items: readonly MessageItem[]) => [
  ...new Set(items.map((m) => m.item.channel.workspaceId)),
];

/** As networks keep a text: they fold the ends and compose letters. */
export const plain = (text: string) => cleanText(text).normalize('NFC').trim();

/** Each send goes to the first echo it fits, and to no other. */
export function pairs(
  echoes: readonly MessageItem[],
  sends: readonly UnconfirmedSend[],
  fits: (m: MessageItem, send: UnconfirmedSend) => boolean,
): Map<MessageItem, UnconfirmedSend> {
  const left = [...sends];
  const found = new Map<MessageItem, UnconfirmedSend>();
  for (const m of echoes) {
    const at = left.findIndex((send) => fits(m, send));
    if (at >= 0) found.set(m, left.splice(at, 1)[0]!);
  }
  return found;
}

export function distinct<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

/** Network ids an event speaks of: its message, what it answers, what it receipts. */
export function idsOf(e: InboundEvent): string[] {
  switch (e.type) {
    case 'message':
      return [
        e.externalId,
        e.parentExternalId,
        e.replyToExternalId,
        e.groupKey === undefined ? undefined : groupName(e.groupKey),
      ].filter((id) => id !== undefined);
    case 'edit':
    case 'delete':
    case 'visibility':
    case 'reaction':
      return [e.externalId];
    case 'receipt':
      return e.externalIds;
    default:
      return [];
  }
}

/** Where messages of this very batch stand, so that our answer to a comment finds the thread of that comment. */
export function threadsInBatch(items: readonly IntakeItem[]): Map<string, string> {
  const threads = new Map<string, string>();
  for (const { channel, event: e } of items) {
    if ((e.type === 'message' || (e.type === 'edit' && e.author)) && e.direction !== 'out')
      threads.set(keyOf(channel.id, e.externalId), e.threadKey);
  }
  return threads;
}

/** An edit of a message we never saw brings the message, when it says who wrote it. */
export function createsMessage(
  e: InboundEdit,
  item: IntakeItem,
  known: Map<string, KnownMessage>,
  seen: Set<string>,
  coming: Set<string>,
): boolean {
  const key = keyOf(item.channel.id, e.externalId);
  return e.author !== undefined && !known.get(key)?.messageId && !seen.has(key) && !coming.has(key);
}

export function messageOfEdit(e: InboundEdit): InboundMessage {
  return {
    ...e,
    type: 'message',
    direction: e.direction ?? 'in',
    author: e.author!,
    attachments: e.attachments ?? [],
    meta: { editVersion: e.version },
  };
}

/** Finds the thread a message belongs to. */
export function place(
  item: IntakeItem,
  message: InboundMessage,
  known: Map<string, KnownMessage>,
  threadOf: Map<string, string>,
): Place {
  const person = message.direction === 'in' ? message.author : (message.contact ?? null);
  const placed = { item, message, threadKey: message.threadKey, person, madeByEdit: item.event.type === 'edit' };
  if (message.direction === 'in' || person) return placed;
  // our own comment names no customer: it belongs where the comment it answers belongs
  const { parentExternalId } = message;
  if (!parentExternalId) return null;
  const parentKey = keyOf(item.channel.id, parentExternalId);
  const threadKey = threadOf.get(parentKey);
  if (threadKey) return { ...placed, threadKey };
  const parent = known.get(parentKey);
  if (!parent?.conversationId) return { waitsFor: parentExternalId };
  return { ...placed, conversation: { workspaceId: item.channel.workspaceId, id: parent.conversationId } };
}

export function conversationsOf(
  items: readonly MessageItem[],
  identities: Map<string, IdentityRow>,
  posts: Map<string, string>,
): ConversationRow[] {
  const rows = new Map<string, ConversationRow>();
  for (const m of items) {
    const identity = m.person && identities.get(keyOf(m.item.channel.id, m.person.externalId));
    const key = keyOf(m.item.channel.id, m.threadKey);
    if (!identity || rows.has(key)) continue;
    const postId = m.message.post ? (posts.get(keyOf(m.item.channel.id, m.message.post.externalId)) ?? null) : null;
    rows.set(key, conversationRow(m.item.channel, identity, m.message.threadKind, postId, m.threadKey));
  }
  return [...rows.values()];
}

export const conversationRow = (
  channel: IntakeChannel,
  identity: IdentityRow,
  kind: 'comment' | 'dm',
  postId: string | null,
  threadKey: string,
): ConversationRow => ({
  workspaceId: channel.workspaceId,
  id: uuidv7(),
  channelId: channel.id,
  brandId: channel.brandId,
  contactId: identity.contactId,
  identityId: identity.id,
  kind,
  postId,
  threadKey,
});

export function messageRow(
  m: MessageItem,
  conversation: LockedConversation,
  id: string,
  { deletedAt, deletedBy }: ClaimedKey,
  identities: Map<string, IdentityRow>,
  known: Map<string, KnownMessage>,
): MessageRow {
  const { message, item } = m;
  const networkAt = occurredAt(message, item);
  const late = conversation.lastMessageAt !== null && networkAt < conversation.lastMessageAt;
  conversation.lastSeq += 1;
  const person = m.person && identities.get(keyOf(item.channel.id, m.person.externalId));
  const row: MessageRow = {
    workspaceId: conversation.workspaceId,
    id,
    conversationId: conversation.id,
    ticketId: null,
    channelId: conversation.channelId,
    seq: conversation.lastSeq,
    direction: message.direction,
    visibility: message.threadKind === 'comment' ? 'public' : 'private',
    authorKind: message.direction === 'in' ? 'contact' : 'account',
    authorId: message.direction === 'in' ? (person?.contactId ?? conversation.contactId) : null,
    authorName: message.author.name ? cleanText(message.author.name) : (message.author.handle ?? null),
    externalId: message.externalId,
    parentExternalId: message.parentExternalId ?? null,
    replyToMessageId: message.replyToExternalId
      ? (known.get(keyOf(item.channel.id, message.replyToExternalId))?.messageId ?? null)
      : null,
    subtype: message.subtype ?? (answersSurvey(m, conversation, networkAt) ? SURVEY_ANSWER : null),
    text: cleanText(message.text),
    meta: message.groupKey === undefined ? (message.meta ?? null) : { ...message.meta, parts: [partOf(message, item)] },
    networkAt,
    receivedAt: item.receivedAt,
    deletedAt,
    deletedBy,
    place: late && standsByTime(message, item.receivedAt, networkAt) ? 0 : null,
    late: late || (message.direction === 'in' && isAnsweredAlready(conversation, earlier(networkAt, item.receivedAt))),
    groupKey: message.groupKey ?? null,
    attachments: message.attachments,
  };
  const at = earlier(networkAt, item.receivedAt); // a network's clock may run ahead; ours decides what has happened
  conversation.lastMessageAt = later(conversation.lastMessageAt, at);
  if (message.direction === 'out') {
    conversation.lastOutboundAt = later(conversation.lastOutboundAt, at);
  } else if (!conversation.lastInboundAt || at >= conversation.lastInboundAt) {
    conversation.lastInboundAt = at;
    conversation.lastInboundMessageId = id;
  }
  return row;
}

/** What each conversation's new messages mean for its ticket. */
export function activityOf(
  taken: readonly { m: MessageItem; conversation: LockedConversation; row: MessageRow }[],
): ThreadActivity[] {
  const threads = new Map<string, ThreadActivity>();
  for (const { m, conversation, row } of taken) {
    const at = earlier(row.networkAt, row.receivedAt);
    const thread: ThreadActivity = threads.get(conversation.id) ?? {
      workspaceId: conversation.workspaceId,
      conversationId: conversation.id,
      contactId: conversation.contactId,
      channelId: conversation.channelId,
      brandId: conversation.brandId,
      teamId: m.item.channel.teamId,
      kind: conversation.kind,
      ticketCount: conversation.ticketCount,
      joinedTicketId: conversation.joinedTicketId,
      calls: [],
      spokeAt: null,
      lastSpokeAt: conversation.lastOutboundAt,
      answered: false,
      lastMessageAt: at,
      preview: row.deletedAt ? '' : row.text,
      previewDirection: row.direction,
      subject: null,
    };
    if (opensWork(m, row)) {
      if (thread.calls.length === 0) thread.opening = wordsOf(row);
      thread.calls.push(at);
      thread.subject ??= m.message.subject ? cleanText(m.message.subject) : null;
    }
    if (row.direction === 'out') {
      thread.spokeAt = later(thread.spokeAt, at);
      // by the network's time: an echo that comes late does not answer what the customer wrote after it
      thread.answered = !conversation.lastInboundAt || thread.spokeAt >= conversation.lastInboundAt;
    }
    if (at >= thread.lastMessageAt) {
      thread.lastMessageAt = at;
      thread.preview = row.deletedAt ? '' : wordsOf(row);
      thread.previewDirection = row.direction;
    }
    thread.newerKnown = conversation.lastMessageAt !== null && conversation.lastMessageAt > thread.lastMessageAt;
    threads.set(conversation.id, thread);
  }
  return [...threads.values()];
}

/** What lists show of a message: its words, or what it is. */
const wordsOf = (row: MessageRow): string => row.text || `[${row.attachments[0]?.kind ?? row.subtype ?? 'message'}]`;

export const opensWork = (m: MessageItem, row: MessageRow): boolean =>
  row.direction === 'in' && m.message.opensWork !== false && row.deletedAt === null && row.subtype !== SURVEY_ANSWER;

/** A score and nothing else, from whoever was asked for one and has said nothing else since. */
function answersSurvey({ message }: MessageItem, conversation: LockedConversation, at: Date): boolean {
  const { surveyUntil, surveyKind } = conversation;
  if (message.direction !== 'in' || surveyUntil === null || surveyKind === null) return false;
  if (at < surveyUntil && message.attachments.length === 0 && scoreIn(message.text, surveyKind) !== null) return true;
  conversation.surveyUntil = null; // they talk of something else: a number after that is no score
  return false;
}

/**
 * When it happened by the network's time; when we had it, where the network does not say. Texts that are no instant
 * count as silence.
 */
export const occurredAt = (e: { occurredAt?: string }, item: { receivedAt: Date }): Date =>
  instant(e.occurredAt) ?? item.receivedAt;

export const partOf = (message: InboundMessage, item: IntakeItem): AlbumPart => ({
  id: message.externalId,
  at: occurredAt(message, item).toISOString(),
  text: cleanText(message.text),
});

export const formOf = (message: InboundMessage): number => message.form ?? 0;

/** In the order in which things were written: a reading of the past may give the newest first. */
export function inOrder(items: readonly MessageItem[]): MessageItem[] {
  const time = (m: MessageItem) => occurredAt(m.message, m.item).getTime();
  return items.toSorted((a, b) => time(a) - time(b));
}

/** Within one second of some networks a question may have come after its answer. */
const isAnsweredAlready = ({ lastOutboundAt }: LockedConversation, at: Date): boolean =>
  lastOutboundAt !== null && at <= lastOutboundAt;

/**
 * Whether what comes after newer words stands by its time. Not so what was read from the past and asks for an answer: it
 * is today's work and stands where it came.
 */
const standsByTime = (message: InboundMessage, receivedAt: Date, networkAt: Date): boolean =>
  message.direction === 'out' ||
  message.opensWork === false ||
  receivedAt.getTime() - networkAt.getTime() <= HEARD_WITHIN_MS;

export function instant(text: string | undefined): Date | null {
  if (!text) return null;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}

export const earlier = (a: Date, b: Date): Date => (a <= b ? a : b);
const later = (a: Date | null, b: Date): Date => (a && a >= b ? a : b);
