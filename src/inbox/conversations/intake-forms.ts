import { Injectable } from '@nestjs/common';
import { SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { cleanJson, cleanText } from '../../text/clean';
import { previewOf } from '../tickets/ticket-texts';
import { changeEvent, type ChangeTarget, retimedEvents } from './change-target';
import type { InboundMessage } from './inbound-event';
import type { IntakeItem, IntakeOutcome } from './intake';
import { formOf, keyOf, occurredAt } from './intake-plan';
import { parentsOf, postsOf } from './post-plan';
import { IntakePosts } from './intake-posts';
import { IntakePreviewsRepository } from './intake-previews.repository';
import { IntakeRoots } from './intake-roots';
import type { KnownMessage } from './intake-rows';
import { IntakeRepository } from './intake.repository';

/**
 * A message that the network tells in another way than before (two products of one network, say). What the richer telling
 * says stands, whichever came first; what it leaves out is filled in from the other. Words a person edited stay.
 */
@Injectable()
export class IntakeForms {
  constructor(
    private readonly repository: IntakeRepository,
    private readonly previews: IntakePreviewsRepository,
    private readonly posts: IntakePosts,
    private readonly roots: IntakeRoots,
    private readonly outbox: Outbox,
  ) {}

  /** Puts the message under its post. Posts are locked before threads, as whatever makes a message does: call it first. */
  async place(tx: Tx, item: IntakeItem, e: InboundMessage, known: ReadonlyMap<string, KnownMessage>): Promise<void> {
    const told = [{ item, message: e, threadKey: e.threadKey, person: null, madeByEdit: false }];
    const posts = await this.posts.ensure(tx, postsOf(told), parentsOf(told, known));
    await this.roots.settle(tx, told, posts, known);
  }

  /** @param known the message among what is known, with the rank of what was told */
  async retell(
    tx: Tx,
    item: IntakeItem,
    e: InboundMessage,
    target: ChangeTarget,
    known: ReadonlyMap<string, KnownMessage>,
  ): Promise<IntakeOutcome> {
    const { workspaceId, id: channelId } = item.channel;
    const richer = formOf(e) > (known.get(keyOf(channelId, e.externalId))?.form ?? 0);
    const before = await this.previews.wordsOf(tx, workspaceId, target.id);
    if (!(await this.write(tx, item, e, target, richer)))
      return { state: 'ignored', reason: 'already_known', messageId: target.id };
    if (richer) await this.rank(tx, workspaceId, channelId, e);
    const attachmentIds = await this.retellAttachments(tx, workspaceId, e, target.id, richer);
    const now = await this.previews.wordsOf(tx, workspaceId, target.id);
    if (now !== before)
      await this.previews.correct(tx, workspaceId, target.ticket_id, previewOf(before), previewOf(now));
    const took = { workspaceId, messageId: target.id, ticketId: target.ticket_id, tookFor: target.network_at };
    if (richer) await this.previews.lookAgainForLatest(tx, took, previewOf);
    if (richer && e.occurredAt !== undefined)
      this.outbox.record(tx, ...retimedEvents(item.channel, target, occurredAt(e, item)));
    const data = { version: target.version + 1 };
    this.outbox.record(tx, changeEvent(item.channel, target, SYSTEM, 'message.edited', data));
    if (attachmentIds.length > 0) {
      const files = { attachmentIds };
      this.outbox.record(tx, changeEvent(item.channel, target, SYSTEM, 'message.attachments_changed', files));
    }
    return { state: 'applied', messageId: target.id };
  }

  /** @returns false when it says nothing that is not there */
  private async write(tx: Tx, item: IntakeItem, e: InboundMessage, target: ChangeTarget, richer: boolean) {
    // $1 workspace, $2 message, $3 text, $4 kind, $5 parent, $6 facts, $7 network time, $8 name, $9 whether it is the richer
    const changed = await tx.execute(
      `UPDATE messages m SET (text, subtype, parent_external_id, meta, network_at, author_name, version) = (
         n.text, n.subtype, n.parent_external_id, n.meta, n.network_at, n.author_name, m.version + 1)
       FROM (SELECT id,
           CASE WHEN $9 AND NOT coalesce(meta, '{}') ? 'editVersion' AND meta->'parts' IS NULL THEN $3 ELSE text END AS text,
           CASE WHEN $9 THEN coalesce($4, subtype) ELSE coalesce(subtype, $4) END AS subtype,
           CASE WHEN $9 THEN $5 ELSE parent_external_id END AS parent_external_id,
           nullif(CASE WHEN $9 THEN coalesce(meta, '{}') || $6::jsonb ELSE $6::jsonb || coalesce(meta, '{}') END, '{}') AS meta,
           CASE WHEN $9 THEN coalesce($7, network_at) ELSE network_at END AS network_at,
           CASE WHEN $9 THEN coalesce($8, author_name) ELSE coalesce(author_name, $8) END AS author_name
         FROM messages WHERE workspace_id = $1 AND id = $2) n
       WHERE m.workspace_id = $1 AND m.id = n.id AND ($9 OR (m.subtype, m.meta, m.author_name)
         IS DISTINCT FROM (n.subtype, n.meta, n.author_name))`,
      [
        item.channel.workspaceId,
        target.id,
        cleanText(e.text),
        e.subtype ?? null,
        e.parentExternalId ?? null,
        cleanJson(e.meta ?? {}),
        e.occurredAt === undefined ? null : occurredAt(e, item),
        e.author.name ? cleanText(e.author.name) : (e.author.handle ?? null),
        richer,
      ],
      'intake_retell',
    );
    return changed > 0;
  }

  private async rank(tx: Tx, workspaceId: string, channelId: string, e: InboundMessage): Promise<void> {
    await tx.execute(
      `UPDATE message_keys SET form = $4 WHERE workspace_id = $1 AND channel_id = $2 AND external_id = $3`,
      [workspaceId, channelId, e.externalId, formOf(e)],
    );
  }

  /** The richer telling's files stand; the other's do where it names none. */
  private async retellAttachments(
    tx: Tx,
    workspaceId: string,
    e: InboundMessage,
    messageId: string,
    richer: boolean,
  ): Promise<string[]> {
    if (e.attachments.length === 0) return [];
    const there = await tx.query<{ url: string | null; kind: string }>(
      `SELECT url, kind FROM attachments WHERE workspace_id = $1 AND message_id = $2 ORDER BY position`,
      [workspaceId, messageId],
    );
    const same =
      there.length === e.attachments.length &&
      there.every(({ url, kind }, i) => url === (e.attachments[i]!.url ?? null) && kind === e.attachments[i]!.kind);
    if (same || (there.length > 0 && !richer)) return [];
    await tx.execute('DELETE FROM attachments WHERE workspace_id = $1 AND message_id = $2', [workspaceId, messageId]);
    return this.repository.insertAttachments(tx, workspaceId, messageId, e.attachments);
  }
}
