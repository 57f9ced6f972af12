import { Injectable } from '@nestjs/common';
import { room, ticketAudience } from '../../outbox/audience';
import { type Actor, event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { isUuid, uuidv7 } from '../../platform/ids';
import { cleanText } from '../../text/clean';
import { type ThreadActivity, TicketIntake, type TicketRef } from '../tickets/ticket-intake';
import type { InboundAuthor, InboundEdit, InboundEvent, InboundMessage } from './inbound-event';
import { IntakeChanges } from './intake-changes';
import {
  type ConversationRow,
  type IdentityRow,
  IntakeRepository,
  type KnownMessage,
  type LockedConversation,
  type MessageRow,
  type PostRow,
} from './intake.repository';

/** What the inbox must know of a channel to take its events in. */
export interface IntakeChannel {
  id: string;
  workspaceId: string;
  brandId: string;
  teamId: string | null;
}

export interface IntakeItem {
  /** The caller's name for this event, given back with its outcome. */
  ref: string;
  channel: IntakeChannel;
  event: InboundEvent;
  receivedAt: Date;
}

export interface IntakeOutcome {
  state: 'applied' | 'ignored' | 'unsupported';
  reason?: string;
  /** The message an applied event made or changed. */
  messageId?: string;
}

interface MessageItem {
  item: IntakeItem;
  message: InboundMessage;
  threadKey: string;
  /** Set when the thread is known by a message it answers rather than by its key. */
  conversation?: { workspaceId: string; id: string };
  person: InboundAuthor | null;
}

const CONTACT: Actor = { kind: 'contact' };

/**
 * Takes inbound events into the inbox: a whole batch in a dozen statements, whatever its size, in the caller's
 * transaction. The result is the same however the events were cut into batches, repeated, or shuffled: messages are
 * keyed by the network's id, edits by version, deletes leave tombstones that a late message respects.
 *
 * Messages first, then what changes them: an edit, delete or reaction in the same batch finds its message.
 */
@Injectable()
export class ConversationIntake {
  constructor(
    private readonly repository: IntakeRepository,
    private readonly changes: IntakeChanges,
    private readonly tickets: TicketIntake,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async apply(tx: Tx, items: readonly IntakeItem[]): Promise<Map<string, IntakeOutcome>> {
    const outcomes = new Map<string, IntakeOutcome>();
    const known = await this.known(tx, items);
    const messages: MessageItem[] = [];
    const changes: IntakeItem[] = [];
    const threadOf = threadsInBatch(items);
    const seen = new Set<string>();
    for (const item of items) {
      const { event: e } = item;
      if (e.type === 'ignored') outcomes.set(item.ref, { state: 'ignored', reason: e.reason });
      else if (e.type === 'unsupported')
        outcomes.set(item.ref, { state: 'unsupported', reason: `unsupported kind: ${e.kind}` });
      else if (e.type === 'message' || (e.type === 'edit' && createsMessage(e, item, known, seen))) {
        const message = e.type === 'message' ? e : messageOfEdit(e);
        const key = keyOf(item.channel.id, message.externalId);
        const before = known.get(key);
        if (before?.messageId || seen.has(key)) {
          outcomes.set(item.ref, {
            state: 'ignored',
            reason: 'already_known',
            messageId: before?.messageId ?? undefined,
          });
          continue;
        }
        const placed = place(item, message, known, threadOf);
        if (typeof placed === 'string') {
          outcomes.set(item.ref, { state: 'ignored', reason: placed });
        } else {
          seen.add(key);
          messages.push(placed);
        }
      } else changes.push(item);
    }
    if (messages.length > 0) await this.takeMessages(tx, messages, known, outcomes);
    for (const item of changes) outcomes.set(item.ref, await this.changes.apply(tx, item, known));
    return outcomes;
  }

  /** Everything the batch speaks of that we already have, by the network's id. */
  private async known(tx: Tx, items: readonly IntakeItem[]): Promise<Map<string, KnownMessage>> {
    const wanted = new Map<string, { workspaceId: string; channelId: string; externalId: string }>();
    for (const { channel, event: e } of items) {
      for (const externalId of idsOf(e)) {
        wanted.set(keyOf(channel.id, externalId), {
          workspaceId: channel.workspaceId,
          channelId: channel.id,
          externalId,
        });
      }
    }
    const rows = await this.repository.knownMessages(tx, [...wanted.values()]);
    return new Map(rows.map((row) => [keyOf(row.channelId, row.externalId), row]));
  }

  private async takeMessages(
    tx: Tx,
    items: readonly MessageItem[],
    known: Map<string, KnownMessage>,
    outcomes: Map<string, IntakeOutcome>,
  ) {
    const now = this.clock.now();
    const identities = await this.identities(tx, items);
    const posts = await this.repository.ensurePosts(tx, postsOf(items));
    const opened = await this.repository.makeConversations(tx, conversationsOf(items, identities, posts));
    const threads = distinct(
      items
        .filter((m) => !m.conversation)
        .map((m) => ({
          workspaceId: m.item.channel.workspaceId,
          channelId: m.item.channel.id,
          threadKey: m.threadKey,
        })),
      (t) => keyOf(t.channelId, t.threadKey),
    );
    const locked = await this.repository.lockConversations(
      tx,
      threads,
      distinct(
        items.flatMap((m) => m.conversation ?? []),
        (c) => c.id,
      ),
    );
    const byThread = new Map(locked.map((c) => [keyOf(c.channelId, c.threadKey), c]));
    const byId = new Map(locked.map((c) => [c.id, c]));
    const conversationOf = (m: MessageItem) =>
      m.conversation ? byId.get(m.conversation.id) : byThread.get(keyOf(m.item.channel.id, m.threadKey));

    const rest = await this.recogniseOwn(tx, items, conversationOf, known, outcomes);
    const fresh = rest.map((m) => ({ m, conversation: conversationOf(m)!, id: uuidv7(now.getTime()) }));
    const claimed = await this.repository.claimKeys(
      tx,
      fresh.map(({ m, conversation, id }) => ({
        workspaceId: conversation.workspaceId,
        channelId: conversation.channelId,
        externalId: m.message.externalId,
        messageId: id,
        conversationId: conversation.id,
      })),
    );
    const kept = fresh.filter(({ m, id }) => {
      if (claimed.has(id)) return true;
      outcomes.set(m.item.ref, { state: 'ignored', reason: 'already_known' });
      return false;
    });
    for (const { m, conversation, id } of kept) {
      known.set(keyOf(m.item.channel.id, m.message.externalId), {
        channelId: conversation.channelId,
        externalId: m.message.externalId,
        messageId: id,
        conversationId: conversation.id,
        deletedAt: claimed.get(id) ?? null,
      });
      outcomes.set(m.item.ref, { state: 'applied', messageId: id });
    }
    const rows = kept.map(({ m, conversation, id }) =>
      messageRow(m, conversation, id, claimed.get(id) ?? null, identities, known),
    );
    const activity = activityOf(kept.map(({ m, conversation }, i) => ({ m, conversation, row: rows[i]! })));
    const refs = await this.tickets.apply(tx, activity, now);
    for (const row of rows) row.ticketId = refs.get(row.conversationId)?.id ?? null;
    await this.repository.insertMessages(tx, rows, now);
    const touched = new Set(rows.map((row) => row.conversationId));
    for (const [id, ref] of refs) if (ref.opened) byId.get(id)!.ticketCount += 1;
    this.record(
      tx,
      kept.map(({ m }, i) => ({ m, row: rows[i]! })),
      byId,
      opened,
      refs,
    );
    await this.repository.saveConversations(
      tx,
      locked.filter((c) => touched.has(c.id)),
    );
  }

  private async identities(tx: Tx, items: readonly MessageItem[]): Promise<Map<string, IdentityRow>> {
    const wanted = new Map<string, IdentityRow>();
    for (const { item, person } of items) {
      if (!person) continue;
      const { id: channelId, workspaceId } = item.channel;
      wanted.set(keyOf(channelId, person.externalId), {
        workspaceId,
        id: uuidv7(),
        contactId: uuidv7(),
        channelId,
        externalId: person.externalId,
        name: person.name ? cleanText(person.name) : null,
        handle: person.handle ? cleanText(person.handle) : null,
        avatarUrl: person.avatarUrl ?? null,
      });
    }
    const rows = wanted.size === 0 ? [] : await this.repository.ensureIdentities(tx, [...wanted.values()]);
    const renamed = rows.filter((row) => {
      const told = wanted.get(keyOf(row.channelId, row.externalId))!;
      return (
        (told.name && told.name !== row.name) ||
        (told.handle && told.handle !== row.handle) ||
        (told.avatarUrl && told.avatarUrl !== row.avatarUrl)
      );
    });
    await this.repository.renameIdentities(
      tx,
      renamed.map((row) => ({
        ...wanted.get(keyOf(row.channelId, row.externalId))!,
        id: row.id,
        contactId: row.contactId,
      })),
    );
    return new Map(rows.map((row) => [keyOf(row.channelId, row.externalId), row]));
  }

  /**
   * Our own messages come back. One that belongs to a send of ours, even one whose call has not returned, confirms it
   * and makes no second message; what is left was written with another tool.
   */
  private async recogniseOwn(
    tx: Tx,
    items: readonly MessageItem[],
    conversationOf: (m: MessageItem) => LockedConversation | undefined,
    known: Map<string, KnownMessage>,
    outcomes: Map<string, IntakeOutcome>,
  ): Promise<MessageItem[]> {
    const own = items.filter((m) => m.message.direction === 'out');
    if (own.length === 0) return [...items];
    const ids = own.flatMap((m) => (isUuid(m.message.outboundMessageId) ? [m.message.outboundMessageId] : []));
    const conversations = own.flatMap((m) => conversationOf(m)?.id ?? []);
    const sends = await this.repository.unconfirmedSends(tx, conversations, ids, [
      ...new Set(own.map((m) => m.item.channel.workspaceId)),
    ]);
    const rest: MessageItem[] = [];
    for (const m of items) {
      const conversation = conversationOf(m);
      const match =
        m.message.direction === 'out' &&
        conversation &&
        (sends.find((s) => s.id === m.message.outboundMessageId && s.conversation_id === conversation.id) ??
          sends.find(
            (s) =>
              s.conversation_id === conversation.id &&
              s.delivery_state !== 'queued' &&
              s.text === cleanText(m.message.text),
          ));
      if (!match) {
        rest.push(m);
        continue;
      }
      sends.splice(sends.indexOf(match), 1);
      const { externalId } = m.message;
      const key = {
        workspaceId: conversation.workspaceId,
        channelId: conversation.channelId,
        externalId,
        messageId: match.id,
        conversationId: conversation.id,
      };
      await this.repository.claimKeys(tx, [key]);
      await this.repository.confirmSend(tx, conversation.workspaceId, match.id, externalId);
      known.set(keyOf(conversation.channelId, externalId), { ...key, deletedAt: null });
      outcomes.set(m.item.ref, { state: 'applied', reason: 'own_message', messageId: match.id });
      this.outbox.record(
        tx,
        event(
          conversation.workspaceId,
          'message.delivery_changed',
          SYSTEM,
          {
            conversationId: conversation.id,
            ticketId: match.ticket_id,
            contactId: conversation.contactId,
            messageId: match.id,
          },
          match.ticket_id ? [room.leads, room.ticket(match.ticket_id)] : [room.leads],
          { from: match.delivery_state, to: 'sent', reason: 'echo' },
        ),
      );
    }
    return rest;
  }

  private record(
    tx: Tx,
    taken: readonly { m: MessageItem; row: MessageRow }[],
    conversations: Map<string, LockedConversation>,
    opened: Set<string>,
    refs: Map<string, TicketRef>,
  ): void {
    for (const { m, row } of taken) {
      const conversation = conversations.get(row.conversationId)!;
      const ticket = refs.get(conversation.id);
      const teamId = m.item.channel.teamId;
      const audience = ticket ? ticketAudience(ticket) : [room.leads, teamId ? room.team(teamId) : room.lobby];
      const subject = { conversationId: conversation.id, ticketId: row.ticketId, contactId: conversation.contactId };
      if (opened.delete(conversation.id)) {
        this.outbox.record(
          tx,
          event(row.workspaceId, 'conversation.opened', CONTACT, subject, audience, {
            kind: conversation.kind,
            channelId: conversation.channelId,
          }),
        );
      }
      this.outbox.record(
        tx,
        event(
          row.workspaceId,
          'message.received',
          row.direction === 'in' ? CONTACT : SYSTEM,
          { ...subject, messageId: row.id },
          audience,
          {
            seq: row.seq,
            direction: row.direction,
            kind: conversation.kind,
            opensWork: opensWork(m, row),
          },
        ),
      );
      if (row.direction === 'out' && conversation.handler === 'bot') {
        conversation.handler = 'human';
        this.outbox.record(
          tx,
          event(row.workspaceId, 'conversation.handler_changed', SYSTEM, subject, audience, {
            from: 'bot',
            to: 'human',
            reason: 'answered_elsewhere',
          }),
        );
      }
    }
  }
}

const keyOf = (channelId: string, name: string) => `${channelId}\n${name}`;

function distinct<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

/** Network ids an event speaks of: its message, what it answers, what it receipts. */
function idsOf(e: InboundEvent): string[] {
  switch (e.type) {
    case 'message':
      return [e.externalId, e.parentExternalId, e.replyToExternalId].filter((id) => id !== undefined);
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
function threadsInBatch(items: readonly IntakeItem[]): Map<string, string> {
  const threads = new Map<string, string>();
  for (const { channel, event: e } of items) {
    if ((e.type === 'message' && e.direction === 'in') || (e.type === 'edit' && e.author))
      threads.set(keyOf(channel.id, e.externalId), e.threadKey);
  }
  return threads;
}

/** An edit of a message we never saw brings the message, when it says who wrote it. */
function createsMessage(
  e: InboundEdit,
  item: IntakeItem,
  known: Map<string, KnownMessage>,
  seen: Set<string>,
): boolean {
  const key = keyOf(item.channel.id, e.externalId);
  return e.author !== undefined && !known.get(key)?.messageId && !seen.has(key);
}

function messageOfEdit(e: InboundEdit): InboundMessage {
  return {
    ...e,
    type: 'message',
    direction: e.direction ?? 'in',
    author: e.author!,
    attachments: e.attachments ?? [],
    meta: { editVersion: e.version },
  };
}

/** Finds the thread a message belongs to, or says why it belongs to none. */
function place(
  item: IntakeItem,
  message: InboundMessage,
  known: Map<string, KnownMessage>,
  threadOf: Map<string, string>,
): MessageItem | string {
  const person = message.direction === 'in' ? message.author : (message.contact ?? null);
  if (message.direction === 'in' || person) return { item, message, threadKey: message.threadKey, person };
  // our own comment names no customer: it belongs where the comment it answers belongs
  const { parentExternalId } = message;
  if (!parentExternalId) return 'own_activity';
  const parentKey = keyOf(item.channel.id, parentExternalId);
  const threadKey = threadOf.get(parentKey);
  if (threadKey) return { item, message, threadKey, person: null };
  const parent = known.get(parentKey);
  if (!parent?.conversationId) return 'own_activity';
  return {
    item,
    message,
    threadKey: message.threadKey,
    person: null,
    conversation: { workspaceId: item.channel.workspaceId, id: parent.conversationId },
  };
}

function postsOf(items: readonly MessageItem[]): PostRow[] {
  const posts = new Map<string, PostRow>();
  for (const { item, message } of items) {
    if (!message.post) continue;
    const { post } = message;
    posts.set(keyOf(item.channel.id, post.externalId), {
      workspaceId: item.channel.workspaceId,
      id: uuidv7(),
      channelId: item.channel.id,
      externalId: post.externalId,
      kind: post.kind ?? null,
      text: post.text ? cleanText(post.text) : null,
      permalink: post.permalink ?? null,
      mediaUrl: post.mediaUrl ?? null,
      publishedAt: instant(post.publishedAt),
    });
  }
  return [...posts.values()];
}

function conversationsOf(
  items: readonly MessageItem[],
  identities: Map<string, IdentityRow>,
  posts: Map<string, string>,
): ConversationRow[] {
  const rows = new Map<string, ConversationRow>();
  for (const m of items) {
    const identity = m.person && identities.get(keyOf(m.item.channel.id, m.person.externalId));
    const key = keyOf(m.item.channel.id, m.threadKey);
    if (!identity || rows.has(key)) continue;
    rows.set(key, {
      workspaceId: m.item.channel.workspaceId,
      id: uuidv7(),
      channelId: m.item.channel.id,
      brandId: m.item.channel.brandId,
      contactId: identity.contactId,
      identityId: identity.id,
      kind: m.message.threadKind,
      postId: m.message.post ? (posts.get(keyOf(m.item.channel.id, m.message.post.externalId)) ?? null) : null,
      threadKey: m.threadKey,
    });
  }
  return [...rows.values()];
}

function messageRow(
  m: MessageItem,
  conversation: LockedConversation,
  id: string,
  deletedAt: Date | null,
  identities: Map<string, IdentityRow>,
  known: Map<string, KnownMessage>,
): MessageRow {
  const { message, item } = m;
  const networkAt = instant(message.occurredAt) ?? item.receivedAt;
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
    subtype: message.subtype ?? null,
    text: cleanText(message.text),
    meta: message.meta ?? null,
    networkAt,
    receivedAt: item.receivedAt,
    deletedAt,
    attachments: message.attachments,
    attachmentIds: message.attachments.map(() => uuidv7()),
  };
  const at = earlier(networkAt, item.receivedAt); // a network's clock may run ahead; ours decides what has happened
  conversation.lastMessageAt = later(conversation.lastMessageAt, at);
  if (message.direction === 'in') {
    conversation.lastInboundAt = later(conversation.lastInboundAt, at);
    conversation.lastInboundMessageId = id;
  }
  return row;
}

/** What each conversation's new messages mean for its ticket. */
function activityOf(
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
      waitingSince: null,
      answered: false,
      lastMessageAt: at,
      preview: row.text,
      previewDirection: row.direction,
    };
    if (opensWork(m, row)) {
      thread.waitingSince = thread.waitingSince && !thread.answered ? earlier(thread.waitingSince, at) : at;
      thread.answered = false;
    } else if (row.direction === 'out') {
      thread.answered = true;
    }
    if (at >= thread.lastMessageAt) {
      thread.lastMessageAt = at;
      thread.preview = row.text || `[${row.attachments[0]?.kind ?? row.subtype ?? 'message'}]`;
      thread.previewDirection = row.direction;
    }
    threads.set(conversation.id, thread);
  }
  return [...threads.values()];
}

const opensWork = (m: MessageItem, row: MessageRow): boolean =>
  row.direction === 'in' && m.message.opensWork !== false && row.deletedAt === null;

function instant(text: string | undefined): Date | null {
  if (!text) return null;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}

const earlier = (a: Date, b: Date): Date => (a <= b ? a : b);
const later = (a: Date | null, b: Date): Date => (a && a >= b ? a : b);
