import { Injectable } from '@nestjs/common';
import { room, ticketAudience } from '../../outbox/audience';
import { type Actor, type DomainEventData, type DomainEventType, event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { cleanText } from '../../text/clean';
import { previewOf } from '../tickets/ticket-intake';
import { isForward } from './delivery';
import type {
  InboundDelete,
  InboundEdit,
  InboundMessage,
  InboundReaction,
  InboundReceipt,
  InboundVisibility,
} from './inbound-event';
import type { IntakeItem, IntakeOutcome } from './intake';
import type { KnownMessage } from './intake-rows';
import { IntakeRepository } from './intake.repository';

interface Target {
  id: string;
  conversation_id: string;
  contact_id: string;
  ticket_id: string | null;
  team_id: string | null;
  assignee_id: string | null;
  text: string;
  version: number;
  edit_version: string | null;
  network_at: Date;
  deleted_at: Date | null;
  hidden_at: Date | null;
  visibility_at: string | null;
  delivery_state: string | null;
}

const CONTACT: Actor = { kind: 'contact' };
const TARGET = `SELECT m.id, m.conversation_id, c.contact_id, m.ticket_id, t.team_id, t.assignee_id, m.text, m.version,
    m.meta->>'editVersion' AS edit_version, m.network_at, m.deleted_at, m.hidden_at, m.meta->>'visibilityAt' AS visibility_at,
    m.delivery_state
  FROM messages m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
  LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id`;

/**
 * What happens to messages after they were written: edits, deletions, hiding, reactions, receipts. Each is safe to see
 * twice, late, or before the message itself.
 */
@Injectable()
export class IntakeChanges {
  constructor(
    private readonly repository: IntakeRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async apply(tx: Tx, item: IntakeItem, known: Map<string, KnownMessage>): Promise<IntakeOutcome> {
    const { event: e } = item;
    if (e.type === 'receipt') return this.receipt(tx, item, e, known);
    if (e.type === 'ignored' || e.type === 'unsupported') return { state: 'ignored', reason: 'nothing_to_change' };
    const before = known.get(`${item.channel.id}\n${e.externalId}`);
    const messageId = before?.messageId ?? null;
    if (e.type === 'delete') return this.remove(tx, item, e, messageId);
    const target = await this.target(tx, item, messageId ?? (await this.keepEarly(tx, item, e.externalId)));
    if (!target) return { state: 'ignored', reason: 'message_not_seen_yet' };
    switch (e.type) {
      case 'message':
        return before?.madeByEdit ? this.original(tx, item, e, target) : this.quote(tx, item, e, target);
      case 'edit':
        return this.edit(tx, item, e, target);
      case 'visibility':
        return this.setHidden(tx, item, e, target);
      case 'reaction':
        return this.react(tx, item, e, target);
    }
  }

  /** Keeps an event until the message it waits for comes. @returns that message's id when it has come by now */
  keepEarly(tx: Tx, item: IntakeItem, externalId: string): Promise<string | null> {
    const { event: e, channel, receivedAt } = item;
    const key = { workspaceId: channel.workspaceId, channelId: channel.id, externalId };
    return this.repository.keepEarly(tx, key, e.eventKey, { event: e, receivedAt: receivedAt.toISOString() });
  }

  private async target(tx: Tx, item: IntakeItem, messageId: string | null): Promise<Target | undefined> {
    if (!messageId) return undefined;
    const [row] = await tx.query<Target>(
      `${TARGET} WHERE m.workspace_id = $1 AND m.id = $2 FOR UPDATE OF m`,
      [item.channel.workspaceId, messageId],
      'change_target',
    );
    return row;
  }

  /**
   * The highest version is shown, whatever the order of arrival; every other text is history. Two edits may carry one
   * version (Pages count in seconds): then a text that has not stood there before is the newer one.
   */
  private async edit(tx: Tx, item: IntakeItem, e: InboundEdit, target: Target): Promise<IntakeOutcome> {
    const text = cleanText(e.text);
    const { workspaceId } = item.channel;
    const shown = Number(target.edit_version ?? 0);
    const editedAt = occurred(e.occurredAt, item);
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
    await tx.execute(`UPDATE messages SET text = $3, edited_at = $4 WHERE workspace_id = $1 AND id = $2`, [
      workspaceId,
      target.id,
      text,
      editedAt,
    ]);
    await this.setEditVersion(tx, workspaceId, target.id, e.version);
    await this.repository.correctPreview(tx, workspaceId, target.ticket_id, previewOf(target.text), previewOf(text));
    const actor = e.direction === 'out' ? SYSTEM : CONTACT;
    this.record(tx, item, target, actor, 'message.edited', { version: target.version + 1 });
    return { state: 'applied', messageId: target.id };
  }

  /** The message as first written, after an edit of it made it: its text is history, its other facts are still missing. */
  private async original(tx: Tx, item: IntakeItem, e: InboundMessage, target: Target): Promise<IntakeOutcome> {
    const { workspaceId } = item.channel;
    const text = cleanText(e.text);
    if (text !== target.text && !(await this.wasShown(tx, workspaceId, target.id, text)))
      await this.addHistory(tx, workspaceId, target, text, target.network_at);
    await this.repository.completeFromOriginal(tx, {
      workspaceId,
      channelId: item.channel.id,
      messageId: target.id,
      externalId: e.externalId,
      networkAt: occurred(e.occurredAt, item),
      subtype: e.subtype ?? null,
      parentExternalId: e.parentExternalId ?? null,
      replyToExternalId: e.replyToExternalId ?? null,
      meta: e.meta ?? null,
      attachments: e.attachments,
    });
    const took = { workspaceId, messageId: target.id, ticketId: target.ticket_id, tookFor: target.network_at };
    await this.repository.lookAgainForLatest(tx, took, previewOf);
    if (e.replyToExternalId) await this.keepEarly(tx, item, e.replyToExternalId);
    this.record(tx, item, target, SYSTEM, 'message.edited', { version: target.version + 1 });
    return { state: 'applied', messageId: target.id };
  }

  /** The message that this one quotes has come. */
  private async quote(tx: Tx, item: IntakeItem, e: InboundMessage, target: Target): Promise<IntakeOutcome> {
    await tx.execute(
      `UPDATE messages m SET reply_to_message_id = k.message_id FROM message_keys k
       WHERE m.workspace_id = $1 AND m.id = $2 AND m.reply_to_message_id IS NULL
         AND k.workspace_id = $1 AND k.channel_id = $3 AND k.external_id = $4`,
      [item.channel.workspaceId, target.id, item.channel.id, e.replyToExternalId],
    );
    return { state: 'ignored', reason: 'already_known', messageId: target.id };
  }

  private async wasShown(tx: Tx, workspaceId: string, messageId: string, text: string): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM message_versions WHERE workspace_id = $1 AND message_id = $2 AND text = $3 LIMIT 1`,
      [workspaceId, messageId, text],
    );
    return rows.length > 0;
  }

  /** A text that is not shown any more, with when it was replaced as far as we know. */
  private async addHistory(tx: Tx, workspaceId: string, target: Target, text: string, replacedAt: Date): Promise<void> {
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
    const at = occurred(e.occurredAt, item);
    // the row is locked from here on: a message that comes at this very moment either stands in it or finds the tombstone
    const [key] = await tx.query<{ message_id: string | null }>(
      `INSERT INTO message_keys AS k (workspace_id, channel_id, external_id, deleted_at, deleted_by) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE
         SET deleted_at = coalesce(k.deleted_at, excluded.deleted_at), deleted_by = coalesce(k.deleted_by, excluded.deleted_by)
       RETURNING message_id`,
      [item.channel.workspaceId, item.channel.id, e.externalId, at, e.by],
    );
    const target = await this.target(tx, item, messageId ?? key?.message_id ?? null);
    if (!target) return { state: 'applied', reason: 'tombstone' };
    if (target.deleted_at) return { state: 'ignored', reason: 'already_deleted', messageId: target.id };
    await tx.execute(
      `UPDATE messages SET deleted_at = $3, deleted_by = $4, delete_reason = 'deleted_at_source' WHERE workspace_id = $1 AND id = $2`,
      [item.channel.workspaceId, target.id, at, JSON.stringify({ kind: e.by })],
    );
    await this.repository.forgetPreview(tx, item.channel.workspaceId, target.ticket_id, previewOf(target.text));
    this.record(tx, item, target, e.by === 'contact' ? CONTACT : SYSTEM, 'message.deleted', {
      by: e.by,
      reason: 'deleted_at_source',
    });
    return { state: 'applied', messageId: target.id };
  }

  private async setHidden(tx: Tx, item: IntakeItem, e: InboundVisibility, target: Target): Promise<IntakeOutcome> {
    const at = occurred(e.occurredAt, item);
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

  private async react(tx: Tx, item: IntakeItem, e: InboundReaction, target: Target): Promise<IntakeOutcome> {
    // the last word by network time wins, so late and repeated reactions change nothing; within one second (Pages) a
    // removal is the later one, and any other tie goes one way whatever the order of arrival
    const { receivedAt } = item;
    const at = occurred(e.occurredAt, item);
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
    // a reaction is an action of the customer: it reopens the reply window (not where we reacted ourselves), from now at
    // the latest, for a network's clock may run ahead
    await tx.execute(
      `UPDATE conversations c SET last_inbound_at = greatest(c.last_inbound_at, $4), version = version + 1
       FROM contact_identities i
       WHERE c.workspace_id = $1 AND c.id = $2 AND c.kind = 'dm' AND i.workspace_id = c.workspace_id AND i.id = c.identity_id
         AND i.external_id = $3`,
      [item.channel.workspaceId, target.conversation_id, e.actorExternalId, at < receivedAt ? at : receivedAt],
    );
    const actor = e.actorExternalId === e.accountId ? SYSTEM : CONTACT;
    this.record(tx, item, target, actor, 'message.reacted', { action: e.action, reaction: e.reaction });
    return { state: 'applied', messageId: target.id };
  }

  /** Receipts only move forward: sent, delivered, read; a failure ends it unless a later receipt knows better. */
  private async receipt(
    tx: Tx,
    item: IntakeItem,
    e: InboundReceipt,
    known: Map<string, KnownMessage>,
  ): Promise<IntakeOutcome> {
    const ids = e.externalIds.flatMap((id) => known.get(`${item.channel.id}\n${id}`)?.messageId ?? []);
    // $1 workspace, $2 messages by id, $3 channel, $4 thread, $5 up to
    const targets = await tx.query<Target>(
      `${TARGET} WHERE m.workspace_id = $1 AND m.direction = 'out' AND m.delivery_state IS NOT NULL
         AND (m.id = ANY($2) OR (c.channel_id = $3 AND c.thread_key = $4 AND m.external_id IS NOT NULL AND m.network_at <= $5
              AND m.delivery_state IN ('sent', 'delivered')))
       ORDER BY m.seq FOR UPDATE OF m`,
      [item.channel.workspaceId, ids, item.channel.id, e.threadKey, e.upTo ?? null],
    );
    const moving = targets.filter((t) => isForward(t.delivery_state, e.status));
    if (moving.length === 0) return { state: 'ignored', reason: targets.length > 0 ? 'already_so' : 'unknown_message' };
    await tx.execute(
      `UPDATE messages SET delivery_state = $3, delivery_reason = $4 WHERE workspace_id = $1 AND id = ANY($2)`,
      [item.channel.workspaceId, moving.map((t) => t.id), e.status, e.error?.message ?? null],
    );
    for (const target of moving) {
      this.record(tx, item, target, SYSTEM, 'message.delivery_changed', {
        from: target.delivery_state!,
        to: e.status,
        reason: e.error?.message,
        code: e.error?.code,
      });
    }
    return { state: 'applied' };
  }

  private record<T extends DomainEventType>(
    tx: Tx,
    item: IntakeItem,
    target: Target,
    actor: Actor,
    type: T,
    data: DomainEventData[T],
  ): void {
    const audience = target.ticket_id
      ? ticketAudience({ id: target.ticket_id, teamId: target.team_id, assigneeId: target.assignee_id })
      : [room.leads, item.channel.teamId ? room.team(item.channel.teamId) : room.lobby];
    this.outbox.record(
      tx,
      event(
        item.channel.workspaceId,
        type,
        actor,
        {
          ticketId: target.ticket_id,
          conversationId: target.conversation_id,
          contactId: target.contact_id,
          messageId: target.id,
        },
        audience,
        data,
      ),
    );
  }
}

function occurred(text: string | undefined, item: IntakeItem): Date {
  const date = text ? new Date(text) : item.receivedAt;
  return Number.isNaN(date.getTime()) ? item.receivedAt : date;
}
