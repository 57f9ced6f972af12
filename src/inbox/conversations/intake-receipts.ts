import { Injectable } from '@nestjs/common';
import { SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { CHANGE_TARGET, changeEvent, type ChangeTarget, REFUSED_IDS } from './change-target';
import { isForward } from './delivery';
import type { InboundReceipt } from './inbound-event';
import type { IntakeItem, IntakeOutcome } from './intake';
import { IntakeKeysRepository } from './intake-keys.repository';
import { keyOf } from './intake-plan';
import type { KnownMessage } from './intake-rows';

/**
 * What the network says of our messages' way. Receipts only move forward: sent, delivered, read; a failure ends it unless
 * a later receipt knows better. One that comes before the call that sent the message returned waits under its id.
 */
@Injectable()
export class IntakeReceipts {
  constructor(
    private readonly keys: IntakeKeysRepository,
    private readonly outbox: Outbox,
  ) {}

  async apply(tx: Tx, item: IntakeItem, e: InboundReceipt, known: Map<string, KnownMessage>): Promise<IntakeOutcome> {
    const ids: string[] = [];
    const unknown: string[] = [];
    for (const externalId of e.externalIds) {
      const messageId = known.get(keyOf(item.channel.id, externalId))?.messageId;
      if (messageId) ids.push(messageId);
      else unknown.push(externalId);
    }
    if (unknown.length > 0) ids.push(...(await this.keepEarly(tx, item, e, unknown)));
    const targets = await this.targets(tx, item, e, ids);
    const moving = targets.filter((t) => saysMore(t, e));
    if (moving.length === 0) {
      if (targets.length > 0) return { state: 'ignored', reason: 'already_so' };
      return { state: 'ignored', reason: unknown.length > 0 ? 'message_not_seen_yet' : 'unknown_message' };
    }
    const reason = e.error ? `${e.error.message} (${e.error.code})` : null;
    // $1 workspace, $2 messages, $3 state, $4 reason, $5 the ids it speaks of
    await tx.execute(
      `UPDATE messages m SET delivery_state = $3, delivery_reason = $4,
         meta = CASE WHEN $3 = 'failed' THEN coalesce(meta, '{}') || jsonb_build_object('refused', ${REFUSED_IDS} || to_jsonb($5::text[]))
                     ELSE meta END
       WHERE workspace_id = $1 AND id = ANY($2)`,
      [item.channel.workspaceId, moving.map((t) => t.id), e.status, reason, e.externalIds],
    );
    for (const target of moving) {
      const { message: reason, code, remedy } = e.error ?? {};
      const data = { from: target.delivery_state!, to: e.status, reason, code, remedy };
      this.outbox.record(tx, changeEvent(item.channel, target, SYSTEM, 'message.delivery_changed', data));
    }
    return { state: 'applied' };
  }

  private async keepEarly(tx: Tx, item: IntakeItem, e: InboundReceipt, externalIds: readonly string[]) {
    const scope = { workspaceId: item.channel.workspaceId, channelId: item.channel.id };
    const change = { event: e, receivedAt: item.receivedAt.toISOString() };
    return (await this.keys.keepEarly(tx, scope, externalIds, e.eventKey, change)).values();
  }

  private async targets(tx: Tx, item: IntakeItem, e: InboundReceipt, ids: readonly string[]): Promise<ChangeTarget[]> {
    const upTo = e.upTo === undefined || Number.isNaN(Date.parse(e.upTo)) ? null : e.upTo;
    if (upTo === null && ids.length === 0) return [];
    const threads = [e.threadKey, ...(e.threadAliases ?? [])];
    // $1 workspace, $2 messages by id, $3 channel, $4 names of the thread, $5 up to
    const rows = await tx.query<ChangeTarget>(
      `${CHANGE_TARGET} WHERE m.workspace_id = $1 AND m.direction = 'out' AND m.delivery_state IS NOT NULL
         AND m.id = ANY(ARRAY(
           SELECT unnest($2::uuid[])
           UNION ALL
           SELECT o.id FROM messages o
           WHERE $5::timestamptz IS NOT NULL AND o.workspace_id = $1 AND o.direction = 'out' AND o.external_id IS NOT NULL
             AND o.network_at <= $5 AND o.delivery_state IN ('sent', 'delivered')
             AND o.conversation_id IN (
               SELECT id FROM conversations WHERE workspace_id = $1 AND channel_id = $3 AND thread_key = ANY($4)
               UNION ALL
               SELECT conversation_id FROM conversation_aliases WHERE workspace_id = $1 AND channel_id = $3 AND thread_key = ANY($4))))
       ORDER BY m.seq FOR NO KEY UPDATE OF m`,
      [item.channel.workspaceId, ids, item.channel.id, threads, upTo],
      'receipt_targets',
    );
    // one that was given up while we waited for it is not among those that all went well up to then
    return rows.filter((t) => ids.includes(t.id) || t.delivery_state === 'sent' || t.delivery_state === 'delivered');
  }
}

/**
 * A `sent` that comes after the network gave the message up under this id is the older word, and so is the failure told
 * once more: also when the message was put back meanwhile, or goes out under another id.
 */
function saysMore(t: ChangeTarget, e: InboundReceipt): boolean {
  const old = (e.status === 'sent' || e.status === 'failed') && e.externalIds.length > 0;
  if (old && e.externalIds.every((id) => t.refused.includes(id))) return false;
  return isForward(t.delivery_state, e.status);
}
