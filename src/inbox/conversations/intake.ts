import { Injectable } from '@nestjs/common';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import { TicketIntake, type TicketRef } from '../tickets/ticket-intake';
import { previewOf } from '../tickets/ticket-texts';
import { pick } from './columns';
import type { InboundEvent, InboundReceipt } from './inbound-event';
import { IntakeAlbums } from './intake-albums';
import { IntakeChanges } from './intake-changes';
import { type Beaten, IntakeClaims, type Part } from './intake-claims';
import { earlyOfOurs, IntakeEchoes } from './intake-echoes';
import { eventsOfMessages } from './intake-events';
import { groupName, IntakeKeysRepository } from './intake-keys.repository';
import { IntakePeople } from './intake-people';
import {
  activityOf,
  createsMessage,
  formOf,
  idsOf,
  inOrder,
  keyOf,
  type MessageItem,
  messageOfEdit,
  messageRow,
  opensWork,
  place,
  threadsInBatch,
} from './intake-plan';
import { parentsOf, postsAhead, postsOf, type PostTold } from './post-plan';
import { IntakePosts } from './intake-posts';
import { IntakePreviewsRepository } from './intake-previews.repository';
import { IntakeRoots } from './intake-roots';
import type { EarlyChange, KnownMessage, MessageRow } from './intake-rows';
import { IntakeThreads } from './intake-threads';
import { IntakeThreadsRepository } from './intake-threads.repository';
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

/** What waited for a message that has come. */
interface Awaited {
  channel: IntakeChannel;
  externalId: string;
  messageId: string;
  early: Record<string, EarlyChange>;
}

/**
 * Takes inbound events into the inbox: a whole batch in a dozen statements, whatever its size, in the caller's
 * transaction. The result is the same however the events were cut into batches, repeated, or shuffled: messages are
 * keyed by the network's id, edits by version, deletes leave tombstones that a late message respects, and what speaks of
 * a message that has not come waits for it under its id.
 *
 * Messages first, then what changes them: an edit, delete or reaction in the same batch finds its message. Only a word on
 * who somebody is stands between the messages before and after it.
 */
@Injectable()
export class ConversationIntake {
  constructor(
    private readonly repository: IntakeRepository,
    private readonly keys: IntakeKeysRepository,
    private readonly people: IntakePeople,
    private readonly posts: IntakePosts,
    private readonly roots: IntakeRoots,
    private readonly threads: IntakeThreads,
    private readonly conversations: IntakeThreadsRepository,
    private readonly claims: IntakeClaims,
    private readonly echoes: IntakeEchoes,
    private readonly albums: IntakeAlbums,
    private readonly changes: IntakeChanges,
    private readonly previews: IntakePreviewsRepository,
    private readonly tickets: TicketIntake,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async apply(tx: Tx, items: readonly IntakeItem[]): Promise<Map<string, IntakeOutcome>> {
    const outcomes = new Map<string, IntakeOutcome>();
    let from = 0;
    for (const [i, item] of items.entries()) {
      if (item.event.type !== 'identity') continue;
      await this.applyMessages(tx, items.slice(from, i), outcomes);
      const person = await this.people.learn(tx, item, item.event);
      await this.threads.rename(tx, item, item.event, person);
      outcomes.set(item.ref, { state: 'applied' });
      from = i + 1;
    }
    await this.applyMessages(tx, from === 0 ? items : items.slice(from), outcomes);
    return outcomes;
  }

  /**
   * Applies what was told of messages before their ids were known to be ours: call it in the transaction that claims an
   * id for a message we sent, after the message is written as sent.
   */
  async applyEarly(tx: Tx, channel: IntakeChannel, externalIds: readonly string[]): Promise<void> {
    const scope = { workspaceId: channel.workspaceId, channelId: channel.id };
    const taken = await this.keys.takeEarly(tx, scope, externalIds);
    await this.apply(
      tx,
      taken.flatMap((key) => itemsOf(channel, earlyOfOurs(key.externalId, key) ?? {})),
    );
  }

  private async applyMessages(
    tx: Tx,
    items: readonly IntakeItem[],
    outcomes: Map<string, IntakeOutcome>,
  ): Promise<void> {
    if (items.length === 0) return;
    const known = await this.known(tx, items);
    const messages: MessageItem[] = [];
    const changes: IntakeItem[] = [];
    const parts: Part[] = [];
    const threadOf = threadsInBatch(items);
    const coming = new Set(
      items.flatMap((i) => (i.event.type === 'message' ? [keyOf(i.channel.id, i.event.externalId)] : [])),
    );
    const seen = new Set<string>();
    const told = new Map<string, number>();
    for (const item of items) {
      const { event: e } = item;
      if (e.type === 'ignored') outcomes.set(item.ref, { state: 'ignored', reason: e.reason });
      else if (e.type === 'unsupported')
        outcomes.set(item.ref, { state: 'unsupported', reason: `unsupported kind: ${e.kind}` });
      else if (e.type === 'message' || (e.type === 'edit' && createsMessage(e, item, known, seen, coming))) {
        const message = e.type === 'message' ? e : messageOfEdit(e);
        const key = keyOf(item.channel.id, message.externalId);
        const before = known.get(key);
        // an id that is only spoken of so far tells nothing of a form
        const form = before?.messageId ? before.form : (told.get(key) ?? 0);
        const saysOtherwise = formOf(message) !== form;
        const answers = message.replyToExternalId || message.parentExternalId;
        if (
          before?.messageId
            ? before.madeByEdit || answers || saysOtherwise
            : seen.has(key) && (answers || saysOtherwise)
        ) {
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
        const group = message.groupKey === undefined ? null : keyOf(item.channel.id, groupName(message.groupKey));
        if (group !== null && (known.get(group)?.messageId || seen.has(group))) {
          seen.add(key);
          parts.push({ item, message });
          continue;
        }
        const placed = place(item, message, known, threadOf);
        if (!placed) {
          outcomes.set(item.ref, { state: 'ignored', reason: 'own_activity' });
        } else if ('waitsFor' in placed) {
          outcomes.set(item.ref, await this.waitFor(tx, item, placed.waitsFor));
        } else {
          seen.add(key);
          told.set(key, formOf(message));
          if (group !== null) seen.add(group);
          messages.push(placed);
        }
      } else changes.push(item);
    }
    const again: IntakeItem[] = [];
    const ahead = postsAhead(changes);
    if (messages.length > 0) await this.takeMessages(tx, messages, ahead, known, outcomes, { parts, again });
    else if (ahead.length > 0 && changes.length > 1)
      await this.posts.ensure(tx, postsOf(ahead), parentsOf(ahead, known));
    await this.applyMessages(tx, again, outcomes);
    for (const part of parts) await this.addPart(tx, part, known, outcomes);
    for (const item of changes) {
      if (item.event.type === 'receipt') await this.confirmByReceipt(tx, item, item.event, known);
      outcomes.set(item.ref, await this.changes.apply(tx, item, known));
    }
  }

  /** A receipt that gives our own id back confirms the send it speaks of, whatever our call said or has yet to say. */
  private async confirmByReceipt(
    tx: Tx,
    { channel }: IntakeItem,
    e: InboundReceipt,
    known: Map<string, KnownMessage>,
  ): Promise<void> {
    const [externalId, ...others] = e.externalIds;
    if (externalId === undefined || others.length > 0 || known.get(keyOf(channel.id, externalId))?.messageId) return;
    const confirmed = await this.echoes.byReceipt(tx, channel, externalId, e.outboundMessageId);
    if (!confirmed) return;
    const { key, early } = confirmed;
    known.set(keyOf(channel.id, externalId), key);
    if (early) await this.applyWaiting(tx, [{ channel, externalId, messageId: key.messageId, early }]);
  }

  /** Our own comment under one that has not come: it finds its thread when that one comes. */
  private async waitFor(tx: Tx, item: IntakeItem, parentExternalId: string): Promise<IntakeOutcome> {
    const parent = await this.changes.keepEarly(tx, item, parentExternalId);
    if (!parent) return { state: 'ignored', reason: 'message_not_seen_yet' };
    return (await this.apply(tx, [item])).get(item.ref)!; // the parent came while we looked
  }

  private async addPart(
    tx: Tx,
    { item, message }: Part,
    known: Map<string, KnownMessage>,
    outcomes: Map<string, IntakeOutcome>,
  ): Promise<void> {
    const { channel } = item;
    const album = known.get(keyOf(channel.id, groupName(message.groupKey!)));
    // the part before it was known already, so it makes the album
    if (!album?.messageId) return this.applyMessages(tx, [item], outcomes);
    const { outcome, early } = await this.albums.add(tx, item, message, { ...album, messageId: album.messageId });
    // another node was making a message of it at this moment, or has put it here
    if (outcome.reason === 'already_known') return this.applyMessages(tx, [item], outcomes);
    outcomes.set(item.ref, outcome);
    if (outcome.state !== 'applied') return;
    known.set(keyOf(channel.id, message.externalId), { ...album, externalId: message.externalId });
    if (message.replyToExternalId) await this.changes.apply(tx, item, known); // the first part may not have told
    if (early) await this.apply(tx, itemsOf(channel, early));
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
    const rows = await this.keys.known(tx, [...wanted.values()]);
    return new Map(rows.map((row) => [keyOf(row.channelId, row.externalId), row]));
  }

  private async takeMessages(
    tx: Tx,
    all: readonly MessageItem[],
    ahead: readonly PostTold[],
    known: Map<string, KnownMessage>,
    outcomes: Map<string, IntakeOutcome>,
    beaten: Beaten,
  ): Promise<void> {
    const now = this.clock.now();
    const named = await this.echoes.byId(tx, all);
    const items = inOrder(all.filter((m) => !named.has(m)));
    const identities = await this.people.ofMessages(tx, items);
    const told = ahead.length === 0 ? items : [...items, ...ahead];
    const posts = await this.posts.ensure(tx, postsOf(told), parentsOf(told, known));
    await this.roots.settle(tx, items, posts, known);
    const threads = await this.threads.open(tx, items, identities, posts, known);
    const byId = new Map(threads.locked.map((c) => [c.id, c]));

    const waiting: Awaited[] = [];
    const echoes = new Map([...named, ...(await this.echoes.byText(tx, items, threads.of))]);
    for (const [m, send] of echoes) {
      const { channel, ref } = m.item;
      const confirmed = await this.echoes.confirm(tx, channel, m.message.externalId, send);
      if (!confirmed) {
        beaten.again.push(m.item);
        continue;
      }
      const { key, early } = confirmed;
      known.set(keyOf(channel.id, key.externalId), key);
      outcomes.set(ref, { state: 'applied', reason: 'own_message', messageId: send.id });
      if (early) waiting.push({ channel, externalId: key.externalId, messageId: send.id, early });
    }
    const fresh = items
      .filter((m) => !echoes.has(m))
      .map((m) => ({ m, conversation: threads.of(m)!, id: uuidv7(now.getTime()) }));
    const kept = await this.claims.claim(tx, fresh, known, outcomes, beaten);
    const rows = kept.map((k) => messageRow(k.m, k.conversation, k.id, k.key, identities, known));
    const activity = activityOf(kept.map(({ m, conversation }, i) => ({ m, conversation, row: rows[i]! })));
    const refs = await this.tickets.apply(tx, activity, now);
    for (const row of rows) row.ticketId = refs.get(row.conversationId)?.id ?? null;
    await this.repository.insertMessages(tx, rows, now);
    const taken = kept.map(({ m }, i) => ({ m, row: rows[i]! }));
    await this.lookForOpenings(tx, taken, refs);
    const touched = new Set(rows.map((row) => row.conversationId));
    for (const [id, ref] of refs) if (ref.opened) byId.get(id)!.ticketCount += 1;
    this.outbox.record(tx, ...eventsOfMessages(taken, byId, refs));
    await this.conversations.save(
      tx,
      threads.locked.filter((c) => touched.has(c.id)),
    );
    for (const [i, { m }] of kept.entries()) {
      const { replyToExternalId } = m.message;
      if (!replyToExternalId || rows[i]!.replyToMessageId) continue;
      const quoted = await this.changes.keepEarly(tx, m.item, replyToExternalId);
      if (quoted) await this.apply(tx, [m.item]); // it came while we looked, or with this batch
    }
    for (const { m, id: messageId, key } of kept)
      if (key.early)
        waiting.push({ channel: m.item.channel, externalId: m.message.externalId, messageId, early: key.early });
    await this.applyWaiting(tx, waiting);
  }

  /** Calls that came late may be what tickets under work were opened with. */
  private async lookForOpenings(
    tx: Tx,
    taken: readonly { m: MessageItem; row: MessageRow }[],
    refs: ReadonlyMap<string, TicketRef>,
  ): Promise<void> {
    const late = taken.filter(({ m, row }) => row.late && opensWork(m, row) && !refs.get(row.conversationId)?.opened);
    for (const ticketId of new Set(late.flatMap(({ row }) => row.ticketId ?? []))) {
      const rows = late.flatMap(({ row }) => (row.ticketId === ticketId ? [row] : []));
      await this.previews.openedWith(tx, rows[0]!.workspaceId, ticketId, pick(rows, 'id'), previewOf);
    }
  }

  /** What came before these messages has its turn now. */
  private async applyWaiting(tx: Tx, waiting: readonly Awaited[]): Promise<void> {
    if (waiting.length === 0) return;
    await this.keys.forgetEarly(
      tx,
      waiting.map(({ channel, ...key }) => ({ ...key, workspaceId: channel.workspaceId, channelId: channel.id })),
    );
    await this.apply(
      tx,
      waiting.flatMap(({ channel, early }) => itemsOf(channel, early)),
    );
  }
}

const itemsOf = (channel: IntakeChannel, early: Record<string, EarlyChange>): IntakeItem[] =>
  Object.entries(early).map(([key, change]) => ({
    ref: keyOf(channel.id, key),
    channel,
    event: change.event,
    receivedAt: new Date(change.receivedAt),
  }));
