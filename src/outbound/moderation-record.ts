import { Injectable } from '@nestjs/common';
import type { LikeSign } from '../channels/capabilities';
import { room, ticketAudience } from '../outbox/audience';
import { type DomainEventData, event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import type { Tx } from '../platform/database';
import type { ModerationItem, ModerationSubject } from './moderation.repository';

/** Writes down what was done at the network, with actor and reason. The text itself is never touched. */
@Injectable()
export class ModerationRecord {
  constructor(private readonly outbox: Outbox) {}

  async write(
    tx: Tx,
    workspaceId: string,
    { action, actor, reason }: Pick<ModerationItem, 'action' | 'actor' | 'reason'>,
    subject: ModerationSubject,
    at: Date,
    sign: OwnSign,
  ): Promise<void> {
    const { ticketId, conversationId, contactId, channelId, id: messageId } = subject;
    const audience = ticketId
      ? ticketAudience({ id: ticketId, teamId: subject.teamId, assigneeId: subject.assigneeId })
      : [room.leads];
    const tell = <T extends Told>(type: T, data: DomainEventData[T]) =>
      this.outbox.record(
        tx,
        event(workspaceId, type, actor, { ticketId, conversationId, contactId, messageId }, audience, data),
      );
    switch (action) {
      case 'like':
      case 'unlike':
        if (await this.sign(tx, workspaceId, messageId, action === 'unlike', sign))
          tell(action === 'like' ? 'message.liked' : 'message.unliked', { reason });
        return;
      case 'block':
      case 'unblock':
        await tx.execute(
          `UPDATE contact_identities SET blocked_at = CASE WHEN $3 THEN coalesce(blocked_at, $4) END
           WHERE workspace_id = $1 AND id = $2`,
          [workspaceId, subject.identityId, action === 'block', at],
        );
        tell(action === 'block' ? 'contact.blocked' : 'contact.unblocked', { channelId, reason });
        return;
      case 'delete':
        // the network may have told us first that it is gone; that it was us, and why, only we know
        await tx.execute(
          `WITH k AS (
             UPDATE message_keys SET deleted_at = coalesce(deleted_at, $3), deleted_by = 'account'
             WHERE workspace_id = $1 AND channel_id = $6 AND external_id = $7
           )
           UPDATE messages SET deleted_at = coalesce(deleted_at, $3), deleted_by = $4, delete_reason = $5
           WHERE workspace_id = $1 AND id = $2`,
          [workspaceId, messageId, at, JSON.stringify(actor), reason, channelId, subject.externalId],
        );
        tell('message.deleted', { by: actor.kind, reason });
        return;
      case 'hide':
      case 'unhide':
        // the network's own word of it may have come first; who did it, and why, stands in this event only
        await tx.execute(
          `UPDATE messages SET hidden_at = CASE WHEN $3 THEN coalesce(hidden_at, $4) END WHERE workspace_id = $1 AND id = $2`,
          [workspaceId, messageId, action === 'hide', at],
        );
        tell(action === 'hide' ? 'message.hidden' : 'message.unhidden', { reason });
        return;
    }
  }

  /**
   * Our like stands on the message beside the customers' reactions.
   * @returns false when that changes nothing: it stood there already, or the network has said something later
   */
  private async sign(tx: Tx, workspaceId: string, messageId: string, removed: boolean, own: OwnSign): Promise<boolean> {
    // $1 workspace, $2 message, $3 account, $4 reaction, $5 emoji, $6 whether taken back, $7 when the network was called
    const changed = await tx.execute(
      `INSERT INTO message_reactions AS r (workspace_id, message_id, actor_external_id, reaction, emoji, removed, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (workspace_id, message_id, actor_external_id) DO UPDATE
         SET reaction = excluded.reaction, emoji = excluded.emoji, removed = excluded.removed, at = excluded.at
         WHERE r.at <= excluded.at
           AND (r.removed <> excluded.removed OR (NOT excluded.removed AND r.reaction <> excluded.reaction))`,
      [workspaceId, messageId, own.account, own.like.reaction, own.like.emoji ?? null, removed, own.calledAt],
    );
    return changed > 0;
  }
}

/** The account that likes, how it looks, and when the network was asked: what it says afterwards is newer. */
interface OwnSign {
  account: string;
  like: LikeSign;
  calledAt: Date;
}

type Told =
  | 'message.liked'
  | 'message.unliked'
  | 'message.hidden'
  | 'message.unhidden'
  | 'message.deleted'
  | 'contact.blocked'
  | 'contact.unblocked';
