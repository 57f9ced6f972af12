import { Injectable } from '@nestjs/common';
import { type Actor, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { cleanJson, cleanText } from '../../text/clean';
import { previewOf } from '../tickets/ticket-texts';
import { type AlbumPart, captionOf, withPart } from './album';
import { changeEvent, type ChangeTarget, lockTarget, lockThread, retimedEvents } from './change-target';
import type { InboundDelete, InboundEdit, InboundMessage } from './inbound-event';
import type { IntakeItem, IntakeOutcome } from './intake';
import { claimKey, groupName, IntakeKeysRepository } from './intake-keys.repository';
import { earlier, occurredAt, partOf } from './intake-plan';
import { IntakePreviewsRepository } from './intake-previews.repository';
import { IntakeRepository } from './intake.repository';
import type { EarlyChange, KnownMessage } from './intake-rows';

const CONTACT: Actor = { kind: 'contact' };

export interface AddedPart {
  outcome: IntakeOutcome;
  /** What was told of the part before it came. */
  early: Record<string, EarlyChange> | null;
}

/**
 * Albums: several parts at the network, one message here. The message is what its parts add up to, so the order in which
 * they come, and on which node, changes nothing. Each part's id leads to the message.
 */
@Injectable()
export class IntakeAlbums {
  constructor(
    private readonly repository: IntakeRepository,
    private readonly keys: IntakeKeysRepository,
    private readonly previews: IntakePreviewsRepository,
    private readonly outbox: Outbox,
  ) {}

  /** A further part of an album whose first known part made a message. */
  async add(
    tx: Tx,
    item: IntakeItem,
    e: InboundMessage,
    album: KnownMessage & { messageId: string },
  ): Promise<AddedPart> {
    const { workspaceId, id: channelId } = item.channel;
    const { messageId } = album;
    await lockThread(tx, workspaceId, album.conversationId);
    const target = await lockTarget(tx, workspaceId, messageId);
    if (!target) return { outcome: { state: 'ignored', reason: 'message_not_seen_yet' }, early: null };
    const key = { workspaceId, channelId, externalId: e.externalId, messageId, conversationId: target.conversation_id };
    const claimed = (await this.keys.claim(tx, [{ ...key, madeByEdit: false, form: e.form ?? 0 }])).get(
      claimKey(e.externalId, messageId),
    );
    if (!claimed) return { outcome: { state: 'ignored', reason: 'already_known', messageId }, early: null };
    const deletedAt = claimed.deletedAt?.toISOString();
    await this.take(tx, item, target, { ...partOf(e, item), ...(deletedAt ? { deletedAt } : {}) }, e);
    if (claimed.early) await this.keys.forgetEarly(tx, [key]);
    return { outcome: { state: 'applied', messageId }, early: claimed.early };
  }

  /**
   * A message that an edit made turns out to be a part of an album. Where another part made the album's message
   * meanwhile, this one goes into it and is set aside.
   * @returns the message it is now, when that is another
   */
  async join(tx: Tx, item: IntakeItem, e: InboundMessage, target: ChangeTarget): Promise<string | null> {
    const { workspaceId, id: channelId } = item.channel;
    const scope = { workspaceId, channelId };
    const externalId = groupName(e.groupKey!);
    const part = { ...partOf(e, item), text: target.text, version: Number(target.edit_version ?? 0) };
    const key = { ...scope, externalId, messageId: target.id, conversationId: target.conversation_id };
    await this.keys.claim(tx, [{ ...key, madeByEdit: false, form: 0 }]);
    const [group] = await this.keys.known(tx, [{ ...scope, externalId }]);
    if (!group?.messageId || group.messageId === target.id) {
      await tx.execute(
        `UPDATE attachments SET part_external_id = $3 WHERE workspace_id = $1 AND message_id = $2 AND part_external_id IS NULL`,
        [workspaceId, target.id, part.id],
      );
      await this.keep(tx, workspaceId, target, withPart(target.parts ?? [], part));
      return null;
    }
    const album = (await lockTarget(tx, workspaceId, group.messageId))!;
    await this.keys.assign(tx, workspaceId, channelId, e.externalId, album.id);
    await tx.execute(
      `UPDATE messages SET subtype = 'duplicate', external_id = NULL WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, target.id],
    );
    await this.take(tx, item, album, part, e);
    return album.id;
  }

  /** A caption changed: the newest version of each part's stands. */
  async edit(tx: Tx, item: IntakeItem, e: InboundEdit, target: ChangeTarget): Promise<IntakeOutcome> {
    const part = target.parts!.find(({ id }) => id === e.externalId);
    const text = cleanText(e.text);
    if (!part || (part.version ?? 0) >= e.version)
      return { state: 'ignored', reason: 'older_version', messageId: target.id };
    const parts = withPart(target.parts!, { ...part, text, version: e.version });
    const { workspaceId } = item.channel;
    const before = await this.previews.wordsOf(tx, workspaceId, target.id);
    const changed = await this.keep(tx, workspaceId, target, parts, occurredAt(e, item));
    const now = await this.previews.wordsOf(tx, workspaceId, target.id);
    await this.previews.correctEdited(tx, workspaceId, target.ticket_id, previewOf(before), previewOf(now));
    if (!changed) return { state: 'ignored', reason: 'same_text', messageId: target.id };
    const actor = e.direction === 'out' ? SYSTEM : CONTACT;
    const data = { version: target.version + 1 };
    this.outbox.record(tx, changeEvent(item.channel, target, actor, 'message.edited', data));
    return { state: 'applied', messageId: target.id };
  }

  /** One part was taken back. @returns null when nothing else is left: then the message itself is */
  async remove(tx: Tx, item: IntakeItem, e: InboundDelete, target: ChangeTarget): Promise<IntakeOutcome | null> {
    const { workspaceId } = item.channel;
    const part = target.parts!.find(({ id }) => id === e.externalId);
    const left = target.parts!.filter(({ id, deletedAt }) => id !== e.externalId && deletedAt === undefined);
    if (!part || left.length === 0) return null;
    if (part.deletedAt) return { state: 'ignored', reason: 'already_deleted', messageId: target.id };
    const deletedAt = occurredAt(e, item).toISOString();
    const before = await this.previews.wordsOf(tx, workspaceId, target.id);
    await this.keep(tx, workspaceId, target, withPart(target.parts!, { ...part, deletedAt }));
    const attachmentIds = await this.markDeleted(tx, workspaceId, target.id, part.id, deletedAt);
    await this.correctPreview(tx, item, target, before);
    const actor = e.by === 'contact' ? CONTACT : SYSTEM;
    this.outbox.record(tx, changeEvent(item.channel, target, actor, 'message.attachments_changed', { attachmentIds }));
    return { state: 'applied', messageId: target.id };
  }

  /** Puts a part into the album: its files, its caption, its place. */
  private async take(tx: Tx, item: IntakeItem, target: ChangeTarget, part: AlbumPart, e: InboundMessage) {
    const { workspaceId } = item.channel;
    const before = await this.previews.wordsOf(tx, workspaceId, target.id);
    const attachmentIds = await this.repository.insertAttachments(tx, workspaceId, target.id, e.attachments, part.id);
    const parts = withPart(target.parts ?? [], part);
    await this.keep(tx, workspaceId, target, parts);
    if (part.deletedAt) await this.markDeleted(tx, workspaceId, target.id, part.id, part.deletedAt);
    await this.correctPreview(tx, item, target, before);
    const retimed = retimedEvents(item.channel, target, new Date(parts[0]!.at));
    if (retimed.length > 0) {
      const took = { workspaceId, messageId: target.id, ticketId: target.ticket_id, tookFor: target.network_at };
      await this.previews.lookAgainForLatest(tx, took, previewOf);
    }
    await this.spoke(tx, workspaceId, target, earlier(new Date(parts.at(-1)!.at), item.receivedAt));
    this.outbox.record(tx, ...retimed);
    const actor = e.direction === 'in' ? CONTACT : SYSTEM;
    this.outbox.record(tx, changeEvent(item.channel, target, actor, 'message.attachments_changed', { attachmentIds }));
  }

  /**
   * Writes what the parts add up to: the first is what answers go to, files stand in the order of their parts.
   * @param editedAt set when a person changed the caption: then the words that stood there are history
   * @returns whether the words are others now
   */
  private async keep(
    tx: Tx,
    workspaceId: string,
    target: ChangeTarget,
    parts: readonly AlbumPart[],
    editedAt?: Date,
  ): Promise<boolean> {
    const text = captionOf(parts);
    const changed = text !== target.text;
    if (changed && editedAt) {
      await tx.execute(
        `INSERT INTO message_versions (workspace_id, message_id, version, text, edited_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        [workspaceId, target.id, target.version, target.text, editedAt],
      );
    }
    // $1 workspace, $2 message, $3 parts, $4 ids in order, $5 words, $6 first id, $7 its time, $8 edited at
    await tx.execute(
      `WITH placed AS (
         UPDATE attachments a SET position = o.position FROM (
           SELECT id, row_number() OVER (ORDER BY coalesce(array_position($4::text[], part_external_id), 0), position, id) - 1 AS position
           FROM attachments WHERE workspace_id = $1 AND message_id = $2) o
         WHERE a.workspace_id = $1 AND a.id = o.id AND a.position <> o.position
       )
       UPDATE messages SET meta = coalesce(meta, '{}') || jsonb_build_object('parts', $3::jsonb), text = $5, external_id = $6,
              network_at = $7, edited_at = coalesce($8, edited_at), version = version + CASE WHEN $8 IS NULL THEN 0 ELSE 1 END
       WHERE workspace_id = $1 AND id = $2`,
      [
        workspaceId,
        target.id,
        cleanJson(parts),
        parts.map(({ id }) => id),
        text,
        parts[0]!.id,
        parts[0]!.at,
        changed && editedAt ? editedAt : null,
      ],
    );
    return changed;
  }

  private async markDeleted(tx: Tx, workspaceId: string, messageId: string, partId: string, at: string) {
    const rows = await tx.query<{ id: string }>(
      `UPDATE attachments SET meta = coalesce(meta, '{}') || jsonb_build_object('deletedAt', $4::text)
       WHERE workspace_id = $1 AND message_id = $2 AND part_external_id = $3 RETURNING id`,
      [workspaceId, messageId, partId, at],
    );
    return rows.map(({ id }) => id);
  }

  private async correctPreview(tx: Tx, item: IntakeItem, target: ChangeTarget, before: string): Promise<void> {
    const { workspaceId } = item.channel;
    const now = await this.previews.wordsOf(tx, workspaceId, target.id);
    if (now !== before)
      await this.previews.correct(tx, workspaceId, target.ticket_id, previewOf(before), previewOf(now));
  }

  /** A part may have been written a moment after the one that made the message. */
  private async spoke(tx: Tx, workspaceId: string, target: ChangeTarget, at: Date): Promise<void> {
    await tx.execute(
      `WITH c AS (
         UPDATE conversations SET last_message_at = greatest(last_message_at, $3),
                last_inbound_at = CASE WHEN last_inbound_message_id = $4 THEN greatest(last_inbound_at, $3) ELSE last_inbound_at END
         WHERE workspace_id = $1 AND id = $2
       )
       UPDATE tickets SET last_message_at = greatest(last_message_at, $3) WHERE workspace_id = $1 AND id = $5`,
      [workspaceId, target.conversation_id, at, target.id, target.ticket_id],
    );
  }
}
