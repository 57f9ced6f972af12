import { Injectable } from '@nestjs/common';
import { room, ticketAudience } from '../../outbox/audience';
import { type Actor, event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { isUuid, uuidv7 } from '../../platform/ids';
import { cleanText } from '../../text/clean';
import { TicketIntake, type TicketRef } from '../tickets/ticket-intake';
import type { InboundEvent } from './inbound-event';
import { IntakeChanges } from './intake-changes';
import {
  keyOf,
  workspacesOf,
  plain,
  pairs,
  distinct,
  idsOf,
  threadsInBatch,
  createsMessage,
  messageOfEdit,
  place,
  postsOf,
  conversationsOf,
  messageRow,
  activityOf,
  opensWork,
  type MessageItem,
} from './intake-plan';
import type {
  KnownMessage,
  EarlyChange,
  UnconfirmedSend,
  IdentityRow,
  LockedConversation,
  MessageRow,
} from './intake-rows';
import { IntakeRepository } from './intake.repository';

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

const CONTACT: Actor = { kind: 'contact' };

/**
 * Takes inbound events into the inbox: a whole batch in a dozen statements, whatever its size, in the caller's
 * transaction. The result is the same however the events were cut into batches, repeated, or shuffled: messages are
 * keyed by the network's id, edits by version, deletes leave tombstones that a late message respects, and what speaks of
 * a message that has not come waits for it under its id.
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
    const coming = new Set(
      items.flatMap((i) => (i.event.type === 'message' ? [keyOf(i.channel.id, i.event.externalId)] : [])),
    );
    const seen = new Set<string>();
    for (const item of items) {
      const { event: e } = item;
      if (e.type === 'ignored') outcomes.set(item.ref, { state: 'ignored', reason: e.reason });
      else if (e.type === 'unsupported')
        outcomes.set(item.ref, { state: 'unsupported', reason: `unsupported kind: ${e.kind}` });
      else if (e.type === 'message' || (e.type === 'edit' && createsMessage(e, item, known, seen, coming))) {
        const message = e.type === 'message' ? e : messageOfEdit(e);
        const key = keyOf(item.channel.id, message.externalId);
        const before = known.get(key);
        if (before?.messageId && (before.madeByEdit || message.replyToExternalId)) {
          changes.push(item); // it may still tell what was missing when it was made
          continue;
        }
        if (before?.messageId || seen.has(key)) {
          outcomes.set(item.ref, {
            state: 'ignored',
            reason: 'already_known',
            messageId: before?.messageId ?? undefined,
          });
          continue;
        }
        const placed = place(item, message, known, threadOf);
        if (!placed) {
          outcomes.set(item.ref, { state: 'ignored', reason: 'own_activity' });
        } else if ('waitsFor' in placed) {
          outcomes.set(item.ref, await this.waitFor(tx, item, placed.waitsFor));
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

  /** Our own comment under one that has not come: it finds its thread when that one comes. */
  private async waitFor(tx: Tx, item: IntakeItem, parentExternalId: string): Promise<IntakeOutcome> {
    const parent = await this.changes.keepEarly(tx, item, parentExternalId);
    if (!parent) return { state: 'ignored', reason: 'message_not_seen_yet' };
    return (await this.apply(tx, [item])).get(item.ref)!; // the parent came while we looked
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
    all: readonly MessageItem[],
    known: Map<string, KnownMessage>,
    outcomes: Map<string, IntakeOutcome>,
  ) {
    const now = this.clock.now();
    const named = await this.echoesById(tx, all);
    const items = all.filter((m) => !named.has(m));
    const identities = await this.identities(tx, items);
    const posts = await this.repository.ensurePosts(tx, postsOf(items));
    await this.repository.makeConversations(tx, conversationsOf(items, identities, posts));
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

    const echoes = new Map([...named, ...(await this.echoesByText(tx, items, conversationOf))]);
    for (const [m, send] of echoes) await this.confirm(tx, m, send, known, outcomes);
    const rest = items.filter((m) => !echoes.has(m));
    const fresh = rest.map((m) => ({ m, conversation: conversationOf(m)!, id: uuidv7(now.getTime()) }));
    const claimed = await this.repository.claimKeys(
      tx,
      fresh.map(({ m, conversation, id }) => ({
        workspaceId: conversation.workspaceId,
        channelId: conversation.channelId,
        externalId: m.message.externalId,
        messageId: id,
        conversationId: conversation.id,
        madeByEdit: m.madeByEdit,
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
        deletedAt: claimed.get(id)!.deletedAt,
        madeByEdit: m.madeByEdit,
      });
      outcomes.set(m.item.ref, { state: 'applied', messageId: id });
    }
    const rows = kept.map(({ m, conversation, id }) =>
      messageRow(m, conversation, id, claimed.get(id)!, identities, known),
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
      refs,
    );
    await this.repository.saveConversations(
      tx,
      locked.filter((c) => touched.has(c.id)),
    );
    for (const [i, { m }] of kept.entries()) {
      const { replyToExternalId } = m.message;
      if (replyToExternalId && !rows[i]!.replyToMessageId) await this.changes.keepEarly(tx, m.item, replyToExternalId);
    }
    await this.applyEarly(
      tx,
      kept.map(({ m, id }) => ({ m, id, early: claimed.get(id)!.early })),
    );
  }

  /** What came before these messages has its turn now. */
  private async applyEarly(
    tx: Tx,
    taken: readonly { m: MessageItem; id: string; early: Record<string, EarlyChange> | null }[],
  ): Promise<void> {
    const waiting = taken.filter(({ early }) => early !== null);
    if (waiting.length === 0) return;
    await this.repository.forgetEarly(
      tx,
      waiting.map(({ m }) => m.item.channel.workspaceId),
      waiting.map(({ id }) => id),
      waiting.map(({ m }) => m.message.externalId),
    );
    const items = waiting.flatMap(({ m, early }) =>
      Object.entries(early!).map(([key, change]) => ({
        ref: keyOf(m.item.channel.id, key),
        channel: m.item.channel,
        event: change.event,
        receivedAt: new Date(change.receivedAt),
      })),
    );
    await this.apply(tx, items);
  }

  private async identities(tx: Tx, items: readonly MessageItem[]): Promise<Map<string, IdentityRow>> {
    const wanted = new Map<string, IdentityRow>();
    for (const { item, person } of items) {
      if (!person) continue;
      const { id: channelId, workspaceId } = item.channel;
      const key = keyOf(channelId, person.externalId);
      const told = wanted.get(key); // a message that names nobody takes no name away
      wanted.set(key, {
        workspaceId,
        id: uuidv7(),
        contactId: uuidv7(),
        channelId,
        externalId: person.externalId,
        name: person.name ? cleanText(person.name) : (told?.name ?? null),
        handle: person.handle ? cleanText(person.handle) : (told?.handle ?? null),
        avatarUrl: person.avatarUrl ?? told?.avatarUrl ?? null,
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
    for (const { workspaceId, contactId } of renamed) {
      this.outbox.record(
        tx,
        event(workspaceId, 'contact.changed', CONTACT, { contactId }, [room.leads, room.lobby], {
          fields: ['identity'],
        }),
      );
    }
    return new Map(rows.map((row) => [keyOf(row.channelId, row.externalId), row]));
  }

  /** Our own messages come back; one that carries our id is recognised wherever it appears. */
  private async echoesById(tx: Tx, items: readonly MessageItem[]): Promise<Map<MessageItem, UnconfirmedSend>> {
    const own = items.filter((m) => m.message.direction === 'out' && isUuid(m.message.outboundMessageId));
    const sends = await this.repository.unconfirmedSends(tx, workspacesOf(own), {
      ids: own.map((m) => m.message.outboundMessageId!),
    });
    return pairs(
      own,
      sends,
      (m, send) => send.id === m.message.outboundMessageId && send.channel_id === m.item.channel.id,
    );
  }

  /**
   * Where the network returns no id of ours, the same text in the same conversation tells, even while the call has not
   * returned. What is left after that was written with another tool.
   */
  private async echoesByText(
    tx: Tx,
    items: readonly MessageItem[],
    conversationOf: (m: MessageItem) => LockedConversation | undefined,
  ): Promise<Map<MessageItem, UnconfirmedSend>> {
    const own = items.filter((m) => m.message.direction === 'out');
    const conversations = own.flatMap((m) => conversationOf(m) ?? []);
    const sends = await this.repository.unconfirmedSends(tx, workspacesOf(own), { conversations });
    return pairs(own, sends, (m, send) => {
      const conversation = conversationOf(m);
      const here =
        send.conversation_id === conversation?.id ||
        (conversation?.kind === 'dm' && send.kind === 'comment' && send.visibility === 'private');
      const sameThread =
        here && send.channel_id === conversation.channelId && send.contact_id === conversation.contactId;
      return sameThread && send.delivery_state !== 'queued' && plain(send.text) === plain(m.message.text);
    });
  }

  /** An echo confirms the send it belongs to, even one whose call has not returned, and makes no second message. */
  private async confirm(
    tx: Tx,
    m: MessageItem,
    send: UnconfirmedSend,
    known: Map<string, KnownMessage>,
    outcomes: Map<string, IntakeOutcome>,
  ): Promise<void> {
    const { externalId } = m.message;
    const { workspaceId, id: channelId } = m.item.channel;
    const key = {
      workspaceId,
      channelId,
      externalId,
      messageId: send.id,
      conversationId: send.conversation_id,
      madeByEdit: false,
    };
    await this.repository.claimKeys(tx, [key]);
    await this.repository.confirmSend(tx, workspaceId, send.id, externalId);
    known.set(keyOf(channelId, externalId), { ...key, deletedAt: null });
    outcomes.set(m.item.ref, { state: 'applied', reason: 'own_message', messageId: send.id });
    const subject = {
      conversationId: send.conversation_id,
      ticketId: send.ticket_id,
      contactId: send.contact_id,
      messageId: send.id,
    };
    const audience = send.ticket_id
      ? ticketAudience({ id: send.ticket_id, teamId: send.team_id, assigneeId: send.assignee_id })
      : [room.leads];
    const data = { from: send.delivery_state, to: 'sent', reason: 'echo' };
    this.outbox.record(tx, event(workspaceId, 'message.delivery_changed', SYSTEM, subject, audience, data));
  }

  private record(
    tx: Tx,
    taken: readonly { m: MessageItem; row: MessageRow }[],
    conversations: Map<string, LockedConversation>,
    refs: Map<string, TicketRef>,
  ): void {
    for (const { m, row } of taken) {
      const conversation = conversations.get(row.conversationId)!;
      const ticket = refs.get(conversation.id);
      const teamId = m.item.channel.teamId;
      const audience = ticket ? ticketAudience(ticket) : [room.leads, teamId ? room.team(teamId) : room.lobby];
      const subject = { conversationId: conversation.id, ticketId: row.ticketId, contactId: conversation.contactId };
      if (row.seq === 1) {
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
