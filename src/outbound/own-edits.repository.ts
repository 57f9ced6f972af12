import { Injectable } from '@nestjs/common';
import type { NewJob } from '../jobs/jobs';
import type { Actor } from '../outbox/domain-event';
import type { Tx } from '../platform/database';
import type { SendRequest } from './outbound.repository';

export const EDIT_JOB = 'outbound.edit';

/** Carries the latest text asked for, however often it was changed meanwhile. */
export const editJob = (workspaceId: string, messageId: string): NewJob => ({
  workspaceId,
  queue: 'outbound',
  name: EDIT_JOB,
  payload: { messageId },
  dedupeKey: messageId,
  maxAttempts: 60, // the edit's own tries end first
});

/** A message of ours, with the change asked for. */
export interface OwnMessage {
  messageId: string;
  conversationId: string;
  contactId: string;
  channelId: string;
  channelState: string;
  channelUpdatedAt: Date;
  paused: boolean;
  ticketId: string | null;
  teamId: string | null;
  assigneeId: string | null;
  request: SendRequest;
  state: string;
  sentAt: Date | null;
  externalId: string | null;
  deleted: boolean;
  text: string;
  version: number;
  wanted: { text: string; by: Actor; attempts: number } | null;
}

interface Row {
  conversation_id: string;
  contact_id: string;
  channel_id: string;
  channel_state: string;
  channel_updated_at: Date;
  paused: boolean;
  ticket_id: string | null;
  team_id: string | null;
  assignee_id: string | null;
  request: SendRequest;
  state: string;
  sent_at: Date | null;
  external_id: string | null;
  deleted: boolean;
  text: string;
  version: number;
  edit_text: string | null;
  edit_by: Actor | null;
  edit_attempts: number;
}

@Injectable()
export class OwnEditsRepository {
  /** @param locking locks delivery and message until the transaction ends */
  async find(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    locking: '' | 'FOR UPDATE OF d, m' = '',
  ): Promise<OwnMessage | undefined> {
    const [row] = await tx.query<Row>(
      `SELECT d.conversation_id, c.contact_id, d.channel_id, ch.state AS channel_state, ch.updated_at AS channel_updated_at,
              coalesce(b.paused_until > now(), false) AS paused, m.ticket_id, t.team_id, t.assignee_id, d.request,
              m.delivery_state AS state, d.sent_at, m.external_id, m.deleted_at IS NOT NULL AS deleted, m.text, m.version,
              d.edit_text, d.edit_by, d.edit_attempts
       FROM outbound_deliveries d
       JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id
       JOIN conversations c ON c.workspace_id = d.workspace_id AND c.id = d.conversation_id
       JOIN channels ch ON ch.workspace_id = d.workspace_id AND ch.id = d.channel_id
       LEFT JOIN channel_budgets b ON b.workspace_id = d.workspace_id AND b.channel_id = d.channel_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE d.workspace_id = $1 AND d.message_id = $2 ${locking}`,
      [workspaceId, messageId],
    );
    return (
      row && {
        messageId,
        conversationId: row.conversation_id,
        contactId: row.contact_id,
        channelId: row.channel_id,
        channelState: row.channel_state,
        channelUpdatedAt: row.channel_updated_at,
        paused: row.paused,
        ticketId: row.ticket_id,
        teamId: row.team_id,
        assigneeId: row.assignee_id,
        request: row.request,
        state: row.state,
        sentAt: row.sent_at,
        externalId: row.external_id,
        deleted: row.deleted,
        text: row.text,
        version: row.version,
        wanted:
          row.edit_text !== null && row.edit_by
            ? { text: row.edit_text, by: row.edit_by, attempts: row.edit_attempts }
            : null,
      }
    );
  }

  /** What is asked for stands with the message too, for its thread to show. */
  async want(tx: Tx, workspaceId: string, messageId: string, text: string, by: Actor, at: Date): Promise<void> {
    await tx.execute(
      `UPDATE outbound_deliveries SET edit_text = $3, edit_by = $4, edit_attempts = 0 WHERE workspace_id = $1 AND message_id = $2`,
      [workspaceId, messageId, text, JSON.stringify(by)],
    );
    await this.show(tx, workspaceId, messageId, { state: 'waiting', text, at });
  }

  /** @param refused what the network would not take, and why; null when the text stands */
  async settled(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    refused: { text: string; at: Date; code: string; reason: string } | null,
  ): Promise<void> {
    await tx.execute(
      `UPDATE outbound_deliveries SET edit_text = NULL, edit_by = NULL, edit_attempts = 0 WHERE workspace_id = $1 AND message_id = $2`,
      [workspaceId, messageId],
    );
    await this.show(tx, workspaceId, messageId, refused && { state: 'refused', ...refused });
  }

  private async show(tx: Tx, workspaceId: string, messageId: string, edit: object | null): Promise<void> {
    await tx.execute(
      `UPDATE messages SET meta = CASE WHEN $3::jsonb IS NULL THEN meta - 'edit'
         ELSE coalesce(meta, '{}') || jsonb_build_object('edit', $3::jsonb) END
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, messageId, edit && JSON.stringify(edit)],
    );
  }

  async countTry(tx: Tx, workspaceId: string, messageId: string): Promise<void> {
    await tx.execute(
      `UPDATE outbound_deliveries SET edit_attempts = edit_attempts + 1 WHERE workspace_id = $1 AND message_id = $2`,
      [workspaceId, messageId],
    );
  }

  /** Puts a text in the place of the one that stood, which becomes history. @returns the message's version from now on */
  async replace(tx: Tx, workspaceId: string, message: OwnMessage, text: string, at: Date): Promise<number> {
    // $1 workspace, $2 message, $3 the version that stood, $4 new text, $5 when
    await tx.execute(
      `WITH history AS (
         INSERT INTO message_versions (workspace_id, message_id, version, text, edited_at)
         SELECT workspace_id, id, version, text, $5 FROM messages WHERE workspace_id = $1 AND id = $2
         ON CONFLICT DO NOTHING
       )
       UPDATE messages SET text = $4, edited_at = $5, version = $3::int + 1 WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, message.messageId, message.version, text, at],
    );
    return message.version + 1;
  }

  /** What a list shows of the ticket follows, where it shows this message. */
  async correctPreview(tx: Tx, workspaceId: string, ticketId: string | null, from: string, to: string): Promise<void> {
    if (!ticketId) return;
    await tx.execute(
      `UPDATE tickets SET preview = $4, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND preview = $3`,
      [workspaceId, ticketId, from, to],
    );
  }

  /** Messages of a channel with a change that is still to be made. */
  async waiting(tx: Tx, workspaceId: string, channelId: string): Promise<string[]> {
    const rows = await tx.query<{ message_id: string }>(
      `SELECT message_id FROM outbound_deliveries WHERE workspace_id = $1 AND channel_id = $2 AND edit_text IS NOT NULL`,
      [workspaceId, channelId],
    );
    return rows.map((row) => row.message_id);
  }
}
