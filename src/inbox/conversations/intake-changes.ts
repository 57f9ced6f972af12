import { Injectable } from '@nestjs/common';
import { room, ticketAudience } from '../../outbox/audience';
import { type Actor, type DomainEventData, type DomainEventType, event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { cleanText } from '../../text/clean';
import { isForward } from './delivery';
import type { InboundDelete, InboundEdit, InboundReaction, InboundReceipt, InboundVisibility } from './inbound-event';
import type { IntakeItem, IntakeOutcome } from './intake';
import type { KnownMessage } from './intake.repository';

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
  deleted_at: Date | null;
  hidden_at: Date | null;
  delivery_state: string | null;
}

const CONTACT: Actor = { kind: 'contact' };
const TARGET = `SELECT m.id, m.conversation_id, c.contact_id, m.ticket_id, t.team_id, t.assignee_id, m.text, m.version,
    m.meta->>'editVersion' AS edit_version, m.deleted_at, m.hidden_at, m.delivery_state
  FROM messages m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
  LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id`;

/**
 * What happens to messages after they were written: edits, deletions, hiding, reactions, receipts. Each is safe to see
 * twice, late, or before the message itself.
 */
@Injectable()
export class IntakeChanges {
  constructor(
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async apply(tx: Tx, item: IntakeItem, known: Map<string, KnownMessage>): Promise<IntakeOutcome> {
    const { event: e } = item;
    if (e.type === 'receipt') return this.receipt(tx, item, e, known);
    if (e.type !== 'edit' && e.type !== 'delete' && e.type !== 'visibility' && e.type !== 'reaction') {
      return { state: 'ignored', reason: 'nothing_to_change' };
    }
    const target = await this.target(tx, item, known.get(`${item.channel.id}\n${e.externalId}`)?.messageId ?? null);
    switch (e.type) {
      case 'edit':
        return target ? this.edit(tx, item, e, target) : { state: 'ignored', reason: 'unknown_message' };
      case 'delete':
        return this.remove(tx, item, e, target);
      case 'visibility':
        return target ? this.setHidden(tx, item, e, target) : { state: 'ignored', reason: 'unknown_message' };
      case 'reaction':
        return target ? this.react(tx, item, e, target) : { state: 'ignored', reason: 'unknown_message' };
    }
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

  private async edit(tx: Tx, item: IntakeItem, e: InboundEdit, target: Target): Promise<IntakeOutcome> {
    const text = cleanText(e.text);
    if (e.version <= Number(target.edit_version ?? 0))
      return { state: 'ignored', reason: 'older_version', messageId: target.id };
    const editedAt = occurred(e.occurredAt, item);
    if (text !== target.text) {
      // $1 workspace, $2 message, $3 the version being replaced, $4 its text, $5 when
      await tx.execute(
        `INSERT INTO message_versions (workspace_id, message_id, version, text, edited_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        [item.channel.workspaceId, target.id, target.version, target.text, editedAt],
      );
    }
    await tx.execute(
      `UPDATE messages SET text = $3, version = version + CASE WHEN text = $3 THEN 0 ELSE 1 END,
         edited_at = CASE WHEN text = $3 THEN edited_at ELSE $4 END, meta = coalesce(meta, '{}') || jsonb_build_object('editVersion', $5::bigint)
       WHERE workspace_id = $1 AND id = $2`,
      [item.channel.workspaceId, target.id, text, editedAt, e.version],
    );
    if (text === target.text) return { state: 'ignored', reason: 'same_text', messageId: target.id };
    this.record(tx, item, target, CONTACT, 'message.edited', { version: target.version + 1 });
    return { state: 'applied', messageId: target.id };
  }

  /** Deleting what we have not seen yet leaves a tombstone that the late message will respect. */
  private async remove(tx: Tx, item: IntakeItem, e: InboundDelete, target: Target | undefined): Promise<IntakeOutcome> {
    const at = occurred(e.occurredAt, item);
    await tx.execute(
      `INSERT INTO message_keys AS k (workspace_id, channel_id, external_id, deleted_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE SET deleted_at = coalesce(k.deleted_at, excluded.deleted_at)`,
      [item.channel.workspaceId, item.channel.id, e.externalId, at],
    );
    if (!target) return { state: 'applied', reason: 'tombstone' };
    if (target.deleted_at) return { state: 'ignored', reason: 'already_deleted', messageId: target.id };
    await tx.execute(
      `UPDATE messages SET deleted_at = $3, deleted_by = $4, delete_reason = 'deleted_at_source' WHERE workspace_id = $1 AND id = $2`,
      [item.channel.workspaceId, target.id, at, JSON.stringify({ kind: e.by })],
    );
    this.record(tx, item, target, e.by === 'contact' ? CONTACT : SYSTEM, 'message.deleted', {
      by: e.by,
      reason: 'deleted_at_source',
    });
    return { state: 'applied', messageId: target.id };
  }

  private async setHidden(tx: Tx, item: IntakeItem, e: InboundVisibility, target: Target): Promise<IntakeOutcome> {
    if ((target.hidden_at !== null) === e.hidden)
      return { state: 'ignored', reason: 'already_so', messageId: target.id };
    await tx.execute(`UPDATE messages SET hidden_at = $3 WHERE workspace_id = $1 AND id = $2`, [
      item.channel.workspaceId,
      target.id,
      e.hidden ? occurred(e.occurredAt, item) : null,
    ]);
    this.record(tx, item, target, SYSTEM, e.hidden ? 'message.hidden' : 'message.unhidden', { reason: 'at_source' });
    return { state: 'applied', messageId: target.id };
  }

  private async react(tx: Tx, item: IntakeItem, e: InboundReaction, target: Target): Promise<IntakeOutcome> {
    // the last word by network time wins, so late and repeated reactions change nothing
    const changed = await tx.execute(
      `INSERT INTO message_reactions AS r (workspace_id, message_id, actor_external_id, reaction, emoji, removed, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (workspace_id, message_id, actor_external_id) DO UPDATE
         SET reaction = excluded.reaction, emoji = excluded.emoji, removed = excluded.removed, at = excluded.at
         WHERE r.at < excluded.at`,
      [
        item.channel.workspaceId,
        target.id,
        e.actorExternalId,
        cleanText(e.reaction),
        e.emoji ? cleanText(e.emoji) : null,
        e.action === 'remove',
        occurred(e.occurredAt, item),
      ],
    );
    if (changed === 0) return { state: 'ignored', reason: 'older_reaction', messageId: target.id };
    // a reaction is an action of the customer: it reopens the reply window (not where we reacted ourselves)
    await tx.execute(
      `UPDATE conversations c SET last_inbound_at = greatest(c.last_inbound_at, $4), version = version + 1
       FROM contact_identities i
       WHERE c.workspace_id = $1 AND c.id = $2 AND c.kind = 'dm' AND i.workspace_id = c.workspace_id AND i.id = c.identity_id
         AND i.external_id = $3`,
      [item.channel.workspaceId, target.conversation_id, e.actorExternalId, occurred(e.occurredAt, item)],
    );
    this.record(tx, item, target, CONTACT, 'message.reacted', { action: e.action, reaction: e.reaction });
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
