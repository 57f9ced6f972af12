import { Injectable } from '@nestjs/common';
import { type Actor, type DomainEventData, type DomainEventType, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { cleanText } from '../../text/clean';
import { previewOf } from '../tickets/ticket-texts';
import { changeEvent, type ChangeTarget, lockTarget, lockThread, retimedEvents } from './change-target';
import type { InboundDelete, InboundEdit, InboundMessage, InboundReaction, InboundVisibility } from './inbound-event';
import type { IntakeItem, IntakeOutcome } from './intake';
import { IntakeAlbums } from './intake-albums';
import { IntakeForms } from './intake-forms';
import { IntakeKeysRepository } from './intake-keys.repository';
import { formOf, keyOf, occurredAt } from './intake-plan';
import { IntakePosts } from './intake-posts';
import { IntakePreviewsRepository } from './intake-previews.repository';
import { IntakeReceipts } from './intake-receipts';
import type { KnownMessage } from './intake-rows';
import { IntakeRepository } from './intake.repository';
import { OwnReactions } from './own-reactions';

const CONTACT: Actor = { kind: 'contact' };

/**
 * What happens to messages after they were written: edits, deletions, hiding, reactions, receipts. Each is safe to see
 * twice, late, or before the message itself.
 */
@Injectable()
export class IntakeChanges {
  constructor(
    private readonly repository: IntakeRepository,
    private readonly keys: IntakeKeysRepository,
    private readonly previews: IntakePreviewsRepository,
    private readonly receipts: IntakeReceipts,
    private readonly posts: IntakePosts,
    private readonly albums: IntakeAlbums,
    private readonly forms: IntakeForms,
    private readonly ownReactions: OwnReactions,
    private readonly outbox: Outbox,
  ) {}

  async apply(tx: Tx, item: IntakeItem, known: Map<string, KnownMessage>): Promise<IntakeOutcome> {
    const { event: e } = item;
    if (e.type === 'receipt') return this.receipts.apply(tx, item, e, known);
    if (e.type === 'post') return this.posts.seen(tx, item, e);
    if (e.type === 'ignored' || e.type === 'unsupported' || e.type === 'identity')
      return { state: 'ignored', reason: 'nothing_to_change' };
    const before = known.get(keyOf(item.channel.id, e.externalId));
    const messageId = before?.messageId ?? null;
    if (e.type === 'message' && before?.messageId && formOf(e) !== before.form)
      await this.forms.place(tx, item, e, known);
    if (e.type === 'message' || (e.type === 'reaction' && e.threadKind === 'dm'))
      await lockThread(tx, item.channel.workspaceId, before?.conversationId ?? null);
    if (e.type === 'delete') return this.remove(tx, item, e, messageId);
    const target = await this.target(tx, item, e, messageId ?? (await this.keepEarly(tx, item, e.externalId)));
    if (!target) return { state: 'ignored', reason: 'message_not_seen_yet' };
    switch (e.type) {
      case 'message':
        return this.tellAgain(tx, item, e, target, known);
      case 'edit':
        return target.parts ? this.albums.edit(tx, item, e, target) : this.edit(tx, item, e, target);
      case 'visibility':
        return this.setHidden(tx, item, e, target);
      case 'reaction':
        return this.react(tx, item, e, target);
    }
  }

  /** Keeps an event until the message it waits for comes. @returns that message's id when it has come by now */
  async keepEarly(tx: Tx, item: IntakeItem, externalId: string): Promise<string | null> {
    const { event: e, channel, receivedAt } = item;
    const scope = { workspaceId: channel.workspaceId, channelId: channel.id };
    const change = { event: e, receivedAt: receivedAt.toISOString() };
    return (await this.keys.keepEarly(tx, scope, [externalId], e.eventKey, change)).get(externalId) ?? null;
  }

  private async target(
    tx: Tx,
    { channel }: IntakeItem,
    { externalId }: { externalId: string },
    messageId: string | null,
  ): Promise<ChangeTarget | undefined> {
    if (!messageId) return undefined;
    const { workspaceId, id: channelId } = channel;
    const target = await lockTarget(tx, workspaceId, messageId);
    if (!target?.set_aside) return target;
    const [now] = await this.keys.known(tx, [{ workspaceId, channelId, externalId }]);
    return now?.messageId && now.messageId !== target.id ? lockTarget(tx, workspaceId, now.messageId) : target;
  }

  /** A message we have. What was told of it until now is read again: another node may have told more of it meanwhile. */
  private async tellAgain(
    tx: Tx,
    item: IntakeItem,
    e: InboundMessage,
    target: ChangeTarget,
    known: Map<string, KnownMessage>,
  ): Promise<IntakeOutcome> {
    const { workspaceId, id: channelId } = item.channel;
    const [before] = await this.keys.known(tx, [{ workspaceId, channelId, externalId: e.externalId }]);
    if (before) known.set(keyOf(channelId, e.externalId), before);
    if (before?.madeByEdit) return this.original(tx, item, e, target);
    const sameForm = !before || formOf(e) === before.form;
    const outcome: IntakeOutcome = sameForm
      ? { state: 'ignored', reason: 'already_known', messageId: target.id }
      : await this.forms.retell(tx, item, e, target, known);
    // under what it stands another way of telling knows better or worse: that is for the richer of the two
    await this.link(tx, item, e, target, sameForm ? e.parentExternalId || null : null);
    return outcome;
  }

  /**
   * The highest version is shown, whatever the order of arrival; every other text is history. Two edits may carry one
   * version (Pages count in seconds): then a text that has not stood there before is the newer one.
   */
  private async edit(tx: Tx, item: IntakeItem, e: InboundEdit, target: ChangeTarget): Promise<IntakeOutcome> {
    const text = cleanText(e.text);
    const { workspaceId } = item.channel;
    const shown = Number(target.edit_version ?? 0);
    const editedAt = occurredAt(e, item);
    if (text === target.text) {
      if (e.version > shown) await this.setEditVersion(tx, workspaceId, target.id, e.version);
      return { state: 'ignored', reason: 'same_text', messageId: target.id };
    }
    const stoodBefore = await this.wasShown(tx, workspaceId, target.id, text);
    if (e.version < shown || (e.version === shown && stoodBefore)) {
      if (!stoodBefore) await this.addHistory(tx, workspaceId, target, text, editedAt);
      return { state: 'ignored', reason: 'older_version', messageId: target.id };
    }
    await this.addHistory(tx, workspaceId, target, target.text, editedAt);
    const before = await this.wordsOf(tx, workspaceId, target.id, target.text);
    await tx.execute(`UPDATE messages SET text = $3, edited_at = $4 WHERE workspace_id = $1 AND id = $2`, [
      workspaceId,
      target.id,
      text,
      editedAt,
    ]);
    await this.setEditVersion(tx, workspaceId, target.id, e.version);
    const now = await this.wordsOf(tx, workspaceId, target.id, text);
    await this.previews.correctEdited(tx, workspaceId, target.ticket_id, previewOf(before), previewOf(now));
    const actor = e.direction === 'out' ? SYSTEM : CONTACT;
    this.record(tx, item, target, actor, 'message.edited', { version: target.version + 1 });
    return { state: 'applied', messageId: target.id };
  }

  /** The message as first written, after an edit of it made it: its text is history, its other facts are still missing. */
  private async original(tx: Tx, item: IntakeItem, e: InboundMessage, target: ChangeTarget): Promise<IntakeOutcome> {
    const { workspaceId } = item.channel;
    const text = cleanText(e.text);
    if (text !== target.text && !(await this.wasShown(tx, workspaceId, target.id, text)))
      await this.addHistory(tx, workspaceId, target, text, target.network_at);
    await this.repository.completeFromOriginal(tx, {
      workspaceId,
      channelId: item.channel.id,
      messageId: target.id,
      externalId: e.externalId,
      form: formOf(e),
      networkAt: occurredAt(e, item),
      subtype: e.subtype ?? null,
      parentExternalId: e.parentExternalId ?? null,
      replyToExternalId: e.replyToExternalId ?? null,
      meta: e.meta ?? null,
      attachments: e.attachments,
    });
    if (e.groupKey !== undefined) {
      const album = await this.albums.join(tx, item, e, target);
      if (album) return { state: 'applied', messageId: album };
    }
    const took = { workspaceId, messageId: target.id, ticketId: target.ticket_id, tookFor: target.network_at };
    await this.previews.lookAgainForLatest(tx, took, previewOf);
    if (target.ticket_id && text !== '')
      await this.previews.openedWith(tx, workspaceId, target.ticket_id, [target.id], previewOf, text);
    await this.link(tx, item, e, target, null);
    this.outbox.record(tx, ...retimedEvents(item.channel, target, occurredAt(e, item)));
    this.record(tx, item, target, SYSTEM, 'message.edited', { version: target.version + 1 });
    return { state: 'applied', messageId: target.id };
  }

  /**
   * What a message answers, where no telling of it named that until now; one that names something else changes nothing.
   * What it quotes may not have come: then this telling waits for it.
   */
  private async link(
    tx: Tx,
    item: IntakeItem,
    e: InboundMessage,
    target: ChangeTarget,
    parentExternalId: string | null,
  ): Promise<void> {
    const quotes = e.replyToExternalId || null;
    if (quotes === null && parentExternalId === null) return;
    // $1 workspace, $2 message, $3 channel, $4 quoted, $5 parent
    const [row] = await tx.query<{ waits: boolean }>(
      `UPDATE messages SET parent_external_id = coalesce(parent_external_id, $5), reply_to_message_id = coalesce(reply_to_message_id, (
         SELECT message_id FROM message_keys WHERE workspace_id = $1 AND channel_id = $3 AND external_id = $4))
       WHERE workspace_id = $1 AND id = $2 AND (parent_external_id IS NULL AND $5::text IS NOT NULL
         OR reply_to_message_id IS NULL AND $4::text IS NOT NULL)
       RETURNING reply_to_message_id IS NULL AND $4::text IS NOT NULL AS waits`,
      [item.channel.workspaceId, target.id, item.channel.id, quotes, parentExternalId],
    );
    if (quotes === null || !row?.waits) return;
    if (await this.keepEarly(tx, item, quotes)) await this.link(tx, item, e, target, parentExternalId); // it came while we looked
  }

  /** What lists show of a message that says this: a photo without words is shown as one. */
  private async wordsOf(tx: Tx, workspaceId: string, messageId: string, text: string): Promise<string> {
    return text === '' ? this.previews.wordsOf(tx, workspaceId, messageId) : text;
  }

  private async wasShown(tx: Tx, workspaceId: string, messageId: string, text: string): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM message_versions WHERE workspace_id = $1 AND message_id = $2 AND text = $3 LIMIT 1`,
      [workspaceId, messageId, text],
    );
    return rows.length > 0;
  }

  /** A text that is not shown any more, with when it was replaced as far as we know. */
  private async addHistory(
    tx: Tx,
    workspaceId: string,
    target: ChangeTarget,
    text: string,
    replacedAt: Date,
  ): Promise<void> {
    // $1 workspace, $2 message, $3 the version it had, $4 text, $5 when
    await tx.execute(
      `WITH bumped AS (UPDATE messages SET version = version + 1 WHERE workspace_id = $1 AND id = $2)
       INSERT INTO message_versions (workspace_id, message_id, version, text, edited_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [workspaceId, target.id, target.version, text, replacedAt],
    );
  }

  private async setEditVersion(tx: Tx, workspaceId: string, messageId: string, version: number): Promise<void> {
    await tx.execute(
      `UPDATE messages SET meta = coalesce(meta, '{}') || jsonb_build_object('editVersion', $3::bigint) WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, messageId, version],
    );
  }

  /** Deleting what we have not seen yet leaves a tombstone that the late message will respect. */
  private async remove(tx: Tx, item: IntakeItem, e: InboundDelete, messageId: string | null): Promise<IntakeOutcome> {
    const at = occurredAt(e, item);
    const there = await this.target(tx, item, e, messageId);
    // the row is locked from here on: a message that comes at this very moment either stands in it or finds the tombstone
    const [key] = await tx.query<{ message_id: string | null }>(
      `INSERT INTO message_keys AS k (workspace_id, channel_id, external_id, deleted_at, deleted_by) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE
         SET deleted_at = least(k.deleted_at, excluded.deleted_at),
             deleted_by = CASE WHEN coalesce(k.deleted_by, 'unknown') = 'unknown' THEN excluded.deleted_by ELSE k.deleted_by END
       RETURNING message_id`,
      [item.channel.workspaceId, item.channel.id, e.externalId, at, e.by],
    );
    const target = there ?? (await this.target(tx, item, e, key?.message_id ?? null));
    if (!target) return { state: 'applied', reason: 'tombstone' };
    if (target.deleted_at) {
      await this.deletedEarlier(tx, item.channel.workspaceId, target.id, at);
      return { state: 'ignored', reason: 'already_deleted', messageId: target.id };
    }
    const part = target.parts && (await this.albums.remove(tx, item, e, target));
    if (part) return part;
    await tx.execute(
      `UPDATE messages SET deleted_at = $3, deleted_by = $4, delete_reason = 'deleted_at_source' WHERE workspace_id = $1 AND id = $2`,
      [item.channel.workspaceId, target.id, at, JSON.stringify({ kind: e.by })],
    );
    const taken = { id: target.id, ticketId: target.ticket_id };
    await this.previews.forget(tx, item.channel.workspaceId, taken, previewOf);
    this.record(tx, item, target, e.by === 'contact' ? CONTACT : SYSTEM, 'message.deleted', {
      by: e.by,
      reason: 'deleted_at_source',
    });
    return { state: 'applied', messageId: target.id };
  }

  /** Of several words that the network took it away, the first stands: one without a time of its own only says when we heard. */
  private async deletedEarlier(tx: Tx, workspaceId: string, messageId: string, at: Date): Promise<void> {
    await tx.execute(
      `UPDATE messages SET deleted_at = $3
       WHERE workspace_id = $1 AND id = $2 AND delete_reason = 'deleted_at_source' AND deleted_at > $3`,
      [workspaceId, messageId, at],
    );
  }

  private async setHidden(
    tx: Tx,
    item: IntakeItem,
    e: InboundVisibility,
    target: ChangeTarget,
  ): Promise<IntakeOutcome> {
    const at = occurredAt(e, item);
    if (target.visibility_at && at < new Date(target.visibility_at))
      return { state: 'ignored', reason: 'older_change', messageId: target.id };
    // $1 workspace, $2 message, $3 whether hidden, $4 when: the last word by network time wins, so a late one changes nothing
    await tx.execute(
      `UPDATE messages SET hidden_at = CASE WHEN $3 THEN coalesce(hidden_at, $4) END,
         meta = coalesce(meta, '{}') || jsonb_build_object('visibilityAt', $4::timestamptz)
       WHERE workspace_id = $1 AND id = $2`,
      [item.channel.workspaceId, target.id, e.hidden, at],
    );
    if ((target.hidden_at !== null) === e.hidden)
      return { state: 'ignored', reason: 'already_so', messageId: target.id };
    this.record(tx, item, target, SYSTEM, e.hidden ? 'message.hidden' : 'message.unhidden', { reason: 'at_source' });
    return { state: 'applied', messageId: target.id };
  }

  private async react(tx: Tx, item: IntakeItem, e: InboundReaction, target: ChangeTarget): Promise<IntakeOutcome> {
    // the last word by network time wins, so late and repeated reactions change nothing; within one second (Pages) a
    // removal is the later one, and any other tie goes one way whatever the order of arrival
    const { receivedAt } = item;
    const { workspaceId } = item.channel;
    const at = occurredAt(e, item);
    const own = e.actorExternalId === e.accountId;
    const asked = own ? await this.ownReactions.asked(tx, workspaceId, target.id, e.action) : null;
    if (asked === 'under_way') return { state: 'ignored', reason: 'own_reaction', messageId: target.id };
    const stood = own && (await this.reacted(tx, workspaceId, target.id, e));
    const changed = await tx.execute(
      `INSERT INTO message_reactions AS r (workspace_id, message_id, actor_external_id, reaction, emoji, removed, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (workspace_id, message_id, actor_external_id) DO UPDATE
         SET reaction = excluded.reaction, emoji = excluded.emoji, removed = excluded.removed, at = excluded.at
         WHERE (r.at, r.removed, r.reaction) < (excluded.at, excluded.removed, excluded.reaction)`,
      [
        item.channel.workspaceId,
        target.id,
        e.actorExternalId,
        cleanText(e.reaction),
        e.emoji ? cleanText(e.emoji) : null,
        e.action === 'remove',
        at,
      ],
    );
    if (changed === 0) return { state: 'ignored', reason: 'older_reaction', messageId: target.id };
    if (asked === 'done' || stood) return { state: 'ignored', reason: 'own_reaction', messageId: target.id };
    // a reaction is an action of the customer: it reopens the reply window (not where we reacted ourselves), from now at
    // the latest, for a network's clock may run ahead
    await tx.execute(
      `UPDATE conversations c SET last_inbound_at = greatest(c.last_inbound_at, $4), version = version + 1
       FROM contact_identities i
       WHERE c.workspace_id = $1 AND c.id = $2 AND c.kind = 'dm' AND i.workspace_id = c.workspace_id AND i.id = c.identity_id
         AND i.external_id = $3`,
      [item.channel.workspaceId, target.conversation_id, e.actorExternalId, at < receivedAt ? at : receivedAt],
    );
    const actor = own ? SYSTEM : CONTACT;
    this.record(tx, item, target, actor, 'message.reacted', { action: e.action, reaction: e.reaction });
    return { state: 'applied', messageId: target.id };
  }

  /** Whether what is told stands there already. */
  private async reacted(tx: Tx, workspaceId: string, messageId: string, e: InboundReaction): Promise<boolean> {
    // $1 workspace, $2 message, $3 who, $4 whether taken back, $5 the reaction
    const rows = await tx.query(
      `SELECT 1 FROM message_reactions
       WHERE workspace_id = $1 AND message_id = $2 AND actor_external_id = $3 AND removed = $4 AND ($4 OR reaction = $5)`,
      [workspaceId, messageId, e.actorExternalId, e.action === 'remove', cleanText(e.reaction)],
    );
    return rows.length > 0;
  }

  private record<T extends DomainEventType>(
    tx: Tx,
    item: IntakeItem,
    target: ChangeTarget,
    actor: Actor,
    type: T,
    data: DomainEventData[T],
  ): void {
    this.outbox.record(tx, changeEvent(item.channel, target, actor, type, data));
  }
}
