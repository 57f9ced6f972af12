import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { ChannelKind } from './channel';

/** A post that may be a broadcast, with the channel it is asked through. */
export interface AskedBroadcast {
  externalId: string;
  kind: string | null;
  /** The earliest we know of it. */
  from: Date;
  seenAt: Date | null;
  endedAt: Date | null;
  channelId: string;
  channelState: 'active' | 'needs_reconnect' | 'disabled';
  channelUpdatedAt: Date;
}

export interface PostOfConversation {
  postId: string;
  postKind: string | null;
  /** Of the conversation's messages, those that say something of the post. */
  subtypes: string[];
  channelKind: ChannelKind;
}

/** What is known of broadcasts and their ends. */
@Injectable()
export class BroadcastsRepository {
  /** Posts above these conversations of which nobody told that they ended. */
  postsAbove(tx: Tx, workspaceId: string, conversationIds: readonly string[]): Promise<PostOfConversation[]> {
    // $1 workspace, $2 conversations
    return tx.query<PostOfConversation>(
      `SELECT p.id AS "postId", p.kind AS "postKind", ch.kind AS "channelKind",
              ARRAY(SELECT DISTINCT m.subtype FROM messages m
                    WHERE m.workspace_id = $1 AND m.conversation_id = c.id AND m.subtype IS NOT NULL) AS subtypes
       FROM unnest($2::uuid[]) AS k(id)
       CROSS JOIN LATERAL (SELECT id, post_id, channel_id FROM conversations WHERE workspace_id = $1 AND id = k.id OFFSET 0) c
       CROSS JOIN LATERAL (SELECT id, kind, broadcast_ended_at FROM posts WHERE workspace_id = $1 AND id = c.post_id OFFSET 0) p
       JOIN channels ch ON ch.workspace_id = $1 AND ch.id = c.channel_id
       WHERE p.broadcast_ended_at IS NULL`,
      [workspaceId, conversationIds],
      'broadcast_posts',
    );
  }

  async find(tx: Tx, workspaceId: string, postId: string): Promise<AskedBroadcast | undefined> {
    const [row] = await tx.query<AskedBroadcast>(
      `SELECT p.external_id AS "externalId", p.kind, least(p.published_at, p.created_at) AS "from",
              p.broadcast_seen_at AS "seenAt", p.broadcast_ended_at AS "endedAt", p.channel_id AS "channelId",
              ch.state AS "channelState", ch.updated_at AS "channelUpdatedAt"
       FROM posts p JOIN channels ch ON ch.workspace_id = p.workspace_id AND ch.id = p.channel_id
       WHERE p.workspace_id = $1 AND p.id = $2`,
      [workspaceId, postId],
    );
    return row;
  }

  async postOf(tx: Tx, workspaceId: string, conversationId: string): Promise<string | undefined> {
    const [row] = await tx.query<{ postId: string | null }>(
      'SELECT post_id AS "postId" FROM conversations WHERE workspace_id = $1 AND id = $2',
      [workspaceId, conversationId],
    );
    return row?.postId ?? undefined;
  }

  async seen(tx: Tx, workspaceId: string, postId: string, at: Date): Promise<void> {
    await tx.execute('UPDATE posts SET broadcast_seen_at = $3 WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      postId,
      at,
    ]);
  }

  /** @returns false when it was known */
  async ended(tx: Tx, workspaceId: string, postId: string, at: Date): Promise<boolean> {
    const changed = await tx.execute(
      'UPDATE posts SET broadcast_ended_at = $3 WHERE workspace_id = $1 AND id = $2 AND broadcast_ended_at IS NULL',
      [workspaceId, postId, at],
    );
    return changed === 1;
  }
}
