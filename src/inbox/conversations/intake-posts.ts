import { Injectable } from '@nestjs/common';
import { ticketAudience } from '../../outbox/audience';
import { event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { columnsOf, pick } from './columns';
import type { InboundPostSeen } from './inbound-event';
import type { IntakeItem, IntakeOutcome } from './intake';
import { occurredAt } from './intake-plan';
import { copiesOf, postRow } from './post-plan';
import type { PostRow } from './intake-rows';

const CONVERSATIONS_TOLD = 50; // screens that show a post look again; older ones do when they are opened

const COLUMNS = [
  'workspaceId',
  'id',
  'channelId',
  'externalId',
  'kind',
  'text',
  'permalink',
  'mediaUrl',
  'publishedAt',
] as const;

/**
 * What kind a post is by what comments tell of it: of two kinds the later by its letters (as in a batch: by bytes, in no
 * language's order), so that the same one stands whichever came first. A description of the post itself knows better.
 */
const KIND = `CASE WHEN p.described_at IS NULL THEN greatest(p.kind, excluded.kind COLLATE "C")
  ELSE coalesce(p.kind, excluded.kind) END`;

/** What is told of the posts above comments: by the comments themselves, and by the network when one is published. */
@Injectable()
export class IntakePosts {
  constructor(private readonly outbox: Outbox) {}

  /**
   * Makes the missing posts and fills what is empty. Each of these rows stays locked until commit, so that nothing comes
   * to hang under a post while it turns out to be another one's copy; so do the posts that are meant by names of others, all
   * in one order.
   * @param parents conversations whose posts are locked, too
   * @returns ids by channel and external id; a copy gives the id of its post
   */
  async ensure(
    tx: Tx,
    wanted: readonly PostRow[],
    parents: readonly { workspaceId: string; id: string }[] = [],
  ): Promise<Map<string, string>> {
    if (wanted.length === 0) return new Map();
    // $1 workspaces, $2 ids, $3 channels, $4 external ids, $5 kinds, $6 texts, $7 links, $8 media, $9 published, $10 workspaces,
    // $11 conversations (pairwise)
    await tx.execute(
      `WITH u AS (
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
           AS u(workspace_id, id, channel_id, external_id, kind, text, permalink, media_url, published_at)
       ), meant AS (
         SELECT a.workspace_id, a.post_id FROM u JOIN post_aliases a USING (workspace_id, channel_id, external_id)
         UNION SELECT c.workspace_id, c.post_id FROM unnest($10::uuid[], $11::uuid[]) AS v(workspace_id, id)
           JOIN conversations c USING (workspace_id, id)
       )
       INSERT INTO posts AS p (workspace_id, id, channel_id, external_id, kind, text, permalink, media_url, published_at)
       SELECT * FROM (
         SELECT * FROM u
         UNION ALL SELECT o.workspace_id, o.id, o.channel_id, o.external_id, NULL, NULL, NULL, NULL, NULL::timestamptz
         FROM meant m JOIN posts o ON o.workspace_id = m.workspace_id AND o.id = m.post_id
         WHERE NOT EXISTS (SELECT FROM u WHERE u.workspace_id = o.workspace_id AND u.channel_id = o.channel_id
           AND u.external_id = o.external_id)) named
       ORDER BY workspace_id, channel_id, external_id
       ON CONFLICT ON CONSTRAINT posts_external_key DO UPDATE SET
         kind = ${KIND}, text = coalesce(p.text, excluded.text),
         permalink = coalesce(p.permalink, excluded.permalink), media_url = coalesce(p.media_url, excluded.media_url),
         published_at = coalesce(p.published_at, excluded.published_at)
       WHERE ${KIND} IS DISTINCT FROM p.kind OR (p.text IS NULL AND excluded.text IS NOT NULL)
          OR (p.permalink IS NULL AND excluded.permalink IS NOT NULL) OR (p.media_url IS NULL AND excluded.media_url IS NOT NULL)
          OR (p.published_at IS NULL AND excluded.published_at IS NOT NULL)`,
      [...columnsOf(wanted, COLUMNS), ...columnsOf(parents, ['workspaceId', 'id'])],
      'intake_posts',
    );
    const rows = await tx.query<{ id: string; channel_id: string; external_id: string }>(
      `SELECT coalesce(a.post_id, p.id) AS id, p.channel_id, p.external_id
       FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, channel_id, external_id)
       JOIN posts p USING (workspace_id, channel_id, external_id)
       LEFT JOIN post_aliases a USING (workspace_id, channel_id, external_id)`,
      [pick(wanted, 'workspaceId'), pick(wanted, 'channelId'), pick(wanted, 'externalId')],
      'intake_posts_find',
    );
    return new Map(rows.map((row) => [`${row.channel_id}\n${row.external_id}`, row.id]));
  }

  /** The account published a post or changed it; comments told of it, or of its copies, hang under the one. */
  async seen(tx: Tx, item: IntakeItem, e: InboundPostSeen): Promise<IntakeOutcome> {
    const { workspaceId, id: channelId } = item.channel;
    const copies = copiesOf(e);
    const rows = [e.post, ...copies.map((externalId) => ({ externalId }))].map((post) => postRow(item.channel, post));
    const ids = await this.ensure(tx, rows);
    const id = ids.get(`${channelId}\n${e.post.externalId}`)!;
    const described = await this.describe(tx, { ...rows[0]!, id }, occurredAt(e, item));
    const moved = copies.length > 0 && (await this.adopt(tx, workspaceId, channelId, id, copies));
    if (described || moved) await this.tell(tx, workspaceId, id);
    return described || moved ? { state: 'applied' } : { state: 'ignored', reason: 'already_known' };
  }

  /** The last description by the network's time stands. */
  private async describe(tx: Tx, row: PostRow, at: Date): Promise<boolean> {
    // $1 workspace, $2 post, $3 kind, $4 text, $5 link, $6 media, $7 published, $8 when it was said
    const changed = await tx.execute(
      `UPDATE posts SET kind = coalesce($3, kind), text = coalesce($4, text), permalink = coalesce($5, permalink),
              media_url = coalesce($6, media_url), published_at = coalesce($7, published_at), described_at = $8
       WHERE workspace_id = $1 AND id = $2 AND coalesce(described_at, '-infinity') < $8`,
      [row.workspaceId, row.id, row.kind, row.text, row.permalink, row.mediaUrl, row.publishedAt, at],
    );
    return changed > 0;
  }

  /** What hangs under a copy hangs under the post from now on. The copy that another post has already stays there. */
  private async adopt(
    tx: Tx,
    workspaceId: string,
    channelId: string,
    postId: string,
    copies: readonly string[],
  ): Promise<boolean> {
    // $1 workspace, $2 channel, $3 post, $4 its copies; `ensure` has locked them, so whoever took one for a post of its own
    // has committed
    const named = await tx.execute(
      `INSERT INTO post_aliases (workspace_id, channel_id, external_id, post_id)
       SELECT p.workspace_id, p.channel_id, p.external_id, $3 FROM posts p
       WHERE p.workspace_id = $1 AND p.channel_id = $2 AND p.external_id = ANY($4) AND p.id <> $3 ORDER BY p.external_id
       ON CONFLICT DO NOTHING`,
      [workspaceId, channelId, postId, copies],
    );
    const moved = await tx.execute(
      `UPDATE conversations c SET post_id = a.post_id, version = c.version + 1 FROM post_aliases a
       JOIN posts p ON p.workspace_id = a.workspace_id AND p.channel_id = a.channel_id AND p.external_id = a.external_id
       WHERE a.workspace_id = $1 AND a.channel_id = $2 AND a.external_id = ANY($4) AND a.post_id = $3
         AND c.workspace_id = a.workspace_id AND c.post_id = p.id`,
      [workspaceId, channelId, postId, copies],
    );
    return named > 0 || moved > 0;
  }

  private async tell(tx: Tx, workspaceId: string, postId: string): Promise<void> {
    // $1 workspace, $2 post, $3 how many
    const rows = await tx.query<{
      id: string;
      contact_id: string;
      ticket_id: string;
      team_id: string | null;
      assignee_id: string | null;
    }>(
      `SELECT c.id, c.contact_id, t.id AS ticket_id, t.team_id, t.assignee_id
       FROM (SELECT * FROM conversations WHERE workspace_id = $1 AND post_id = $2
             ORDER BY last_message_at DESC NULLS LAST LIMIT $3) c
       JOIN LATERAL (SELECT * FROM tickets WHERE workspace_id = $1 AND conversation_id = c.id ORDER BY position DESC LIMIT 1) t ON true`,
      [workspaceId, postId, CONVERSATIONS_TOLD],
    );
    for (const row of rows) {
      const audience = ticketAudience({ id: row.ticket_id, teamId: row.team_id, assigneeId: row.assignee_id });
      const subject = { ticketId: row.ticket_id, conversationId: row.id, contactId: row.contact_id };
      this.outbox.record(tx, event(workspaceId, 'conversation.post_described', SYSTEM, subject, audience, { postId }));
    }
  }
}
