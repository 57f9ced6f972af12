import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { QueuedAttachment } from './attachment-source';
import type { SendRequest } from './outbound.repository';

export interface CommentFacts {
  messageId: string;
  externalId: string | null;
  parentExternalId: string | null;
  at: Date;
  deleted: boolean;
  privateReplies: number;
  subtype: string | null;
  postKind: string | null;
  hidden: boolean;
  mayReply: boolean | null;
  /** Of the post above it: since when it is known, and when it ended if it was a broadcast and the network told. */
  broadcast: { from: Date; endedAt: Date | null };
}

/** What writing a reply reads and leaves behind; sending it is `OutboundRepository`. */
@Injectable()
export class RepliesRepository {
  /** The customer's message being answered: the named one, else their last. With how many private replies it has had. */
  async answered(
    tx: Tx,
    workspaceId: string,
    conversationId: string,
    messageId: string | null,
  ): Promise<CommentFacts | undefined> {
    const [row] = await tx.query<{
      id: string;
      external_id: string | null;
      parent_external_id: string | null;
      network_at: Date;
      deleted_at: Date | null;
      subtype: string | null;
      post_kind: string | null;
      hidden: boolean;
      may_reply: boolean | null;
      broadcast_from: Date;
      broadcast_ended_at: Date | null;
      used: number;
    }>(
      `SELECT m.id, m.subtype, p.kind AS post_kind, p.broadcast_ended_at, m.hidden_at IS NOT NULL AS hidden,
              CASE m.meta->>'mayReply' WHEN 'true' THEN true WHEN 'false' THEN false END AS may_reply,
              least(p.published_at, p.created_at, m.network_at, m.received_at) AS broadcast_from,
              m.external_id, m.parent_external_id, least(m.network_at, m.received_at) AS network_at, m.deleted_at,
              (SELECT count(*)::int FROM messages r JOIN outbound_deliveries d ON d.workspace_id = r.workspace_id AND d.message_id = r.id
               WHERE r.workspace_id = m.workspace_id AND r.conversation_id = m.conversation_id AND r.visibility = 'private'
                 AND r.reply_to_message_id = m.id AND d.state NOT IN ('failed', 'cancelled')) AS used
       FROM messages m
       JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       LEFT JOIN posts p ON p.workspace_id = c.workspace_id AND p.id = c.post_id
       WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.direction = 'in' AND ($3::uuid IS NULL OR m.id = $3)
       ORDER BY coalesce(m.place, m.seq) DESC LIMIT 1`,
      [workspaceId, conversationId, messageId],
      'outbound_answered',
    );
    return (
      row && {
        messageId: row.id,
        externalId: row.external_id,
        parentExternalId: row.parent_external_id,
        at: row.network_at,
        deleted: row.deleted_at !== null,
        privateReplies: row.used,
        subtype: row.subtype,
        postKind: row.post_kind,
        hidden: row.hidden,
        mayReply: row.may_reply,
        broadcast: { from: row.broadcast_from, endedAt: row.broadcast_ended_at },
      }
    );
  }

  /** The customer's latest message at the network, and the address of the post above it. */
  async latestPlace(
    tx: Tx,
    workspaceId: string,
    conversationId: string,
  ): Promise<{ messageExternalId: string | undefined; postPermalink: string | null }> {
    const [row] = await tx.query<{ external_id: string | null; permalink: string | null }>(
      `SELECT p.permalink, (SELECT external_id FROM messages m
                            WHERE m.workspace_id = c.workspace_id AND m.conversation_id = c.id AND m.direction = 'in'
                              AND m.external_id IS NOT NULL ORDER BY coalesce(m.place, m.seq) DESC LIMIT 1) AS external_id
       FROM conversations c LEFT JOIN posts p ON p.workspace_id = c.workspace_id AND p.id = c.post_id
       WHERE c.workspace_id = $1 AND c.id = $2`,
      [workspaceId, conversationId],
    );
    return { messageExternalId: row?.external_id ?? undefined, postPermalink: row?.permalink ?? null };
  }

  async seqOf(tx: Tx, workspaceId: string, conversationId: string, messageId: string): Promise<number | undefined> {
    const [row] = await tx.query<{ seq: number }>(
      `SELECT seq FROM messages WHERE workspace_id = $1 AND id = $2 AND conversation_id = $3`,
      [workspaceId, messageId, conversationId],
      'outbound_seen',
    );
    return row?.seq;
  }

  async queue(
    tx: Tx,
    row: {
      workspaceId: string;
      messageId: string;
      conversationId: string;
      channelId: string;
      seq: number;
      request: SendRequest;
    },
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO outbound_deliveries (workspace_id, message_id, conversation_id, channel_id, seq, request) VALUES ($1, $2, $3, $4, $5, $6)`,
      [row.workspaceId, row.messageId, row.conversationId, row.channelId, row.seq, JSON.stringify(row.request)],
      'outbound_queue',
    );
  }

  /** Files uploaded here stay here: the thread shows them from our store, whatever the network does with its copy. */
  async keepUploads(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    attachments: readonly QueuedAttachment[],
  ): Promise<void> {
    const kept = attachments.flatMap(({ uploadId }, position) => (uploadId ? [{ uploadId, position }] : []));
    if (kept.length === 0) return;
    // $1 workspace, $2 message, $3 uploads, $4 their places among the message's attachments
    await tx.execute(
      `UPDATE attachments a SET state = 'stored', url = NULL, name = u.name, mime_type = u.mime_type,
         size_bytes = u.size_bytes, blob_key = u.blob_key, sha256 = u.sha256, fetched_at = now()
       FROM unnest($3::uuid[], $4::int[]) AS k(upload_id, position), uploads u
       WHERE a.workspace_id = $1 AND a.message_id = $2 AND a.position = k.position
         AND u.workspace_id = a.workspace_id AND u.id = k.upload_id`,
      [workspaceId, messageId, kept.map((k) => k.uploadId), kept.map((k) => k.position)],
    );
  }
}
