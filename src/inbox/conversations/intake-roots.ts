import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { columnsOf, pick } from './columns';
import { IntakeMerges } from './intake-merges';
import { keyOf, type MessageItem, workspacesOf } from './intake-plan';
import type { KnownMessage } from './intake-rows';
import { IntakeThreadsRepository } from './intake-threads.repository';
import { keyWith } from './thread-plan';

/** A post that turns out to be a comment, which another post was named by. */
interface Settled {
  workspaceId: string;
  from: string;
  into: string;
}

interface NamedPost {
  channelId: string;
  name: string;
  /** The row of that very name … */
  ownId: string;
  /** … and the post that is meant by it. */
  id: string;
}

/**
 * Which post a comment stands under, where a network may tell only what the comment answers (X's older product).
 *
 * Until it is known better, the comment answered is taken for the post. Each comment that comes says under which post it
 * stands itself, so what took it for a post goes there: the stand-in becomes another name of the post, and each person's
 * thread under it one with their thread under the post. Whichever is told first, and by whichever product, the threads are
 * the same in the end.
 */
@Injectable()
export class IntakeRoots {
  constructor(
    private readonly merges: IntakeMerges,
    private readonly threads: IntakeThreadsRepository,
  ) {}

  /**
   * Puts messages under their posts: keys of their threads, and `posts`, name the right ones afterwards.
   * @param posts as `IntakePosts.ensure` gave them, which holds the rows of all names told
   */
  async settle(
    tx: Tx,
    items: readonly MessageItem[],
    posts: Map<string, string>,
    known: ReadonlyMap<string, KnownMessage>,
  ): Promise<void> {
    const told = items.filter(({ message: { post } }) => post?.stead || (post?.comments?.length ?? 0) > 0);
    if (told.length === 0) return;
    const named = await this.held(tx, told);
    const parents = await this.postsOfParents(tx, told, named, known);
    const went = new Map<string, string>();
    const now = (id: string): string => (went.has(id) ? now(went.get(id)!) : id);
    const settled: Settled[] = [];
    for (const { item, message } of told) {
      const goes = (from: string, into: string) => {
        went.set(from, into);
        settled.push({ workspaceId: item.channel.workspaceId, from, into });
      };
      const post = named.get(keyOf(item.channel.id, message.post!.externalId))!;
      const parent = parents.get(keyOf(item.channel.id, post.name));
      if (parent && now(post.id) === post.ownId && now(parent) !== post.ownId) goes(post.ownId, now(parent));
      for (const name of message.post!.comments ?? []) {
        const comment = named.get(keyOf(item.channel.id, name))!;
        const [from, into] = [now(comment.id), now(post.id)];
        // what only stands for a post says nothing of a comment whose post is known
        if (from !== into && (!message.post!.stead || from === comment.ownId)) goes(from, into);
        // and what the comment answers stands under that post, too
        else if (from !== into && into === post.ownId) goes(into, from);
      }
    }
    await this.adopt(tx, settled, now);
    await this.rename(tx, items, told, posts, now);
  }

  /** The posts that are meant by the names are held, as those of the names are: whatever is put under one finds it there. */
  private async held(tx: Tx, told: readonly MessageItem[]): Promise<Map<string, NamedPost>> {
    const held = new Set<string>();
    for (;;) {
      const named = await this.named(tx, told);
      const meant = [...named.values()].flatMap(({ id, ownId }) => (id === ownId || held.has(id) ? [] : [id]));
      if (meant.length === 0) return named;
      // $1 workspaces, $2 posts; one may go under another before it is ours, so it is asked again
      await tx.query(
        `SELECT 1 FROM posts WHERE workspace_id = ANY($1::uuid[]) AND id = ANY($2::uuid[]) ORDER BY external_id FOR NO KEY UPDATE`,
        [workspacesOf(told), meant],
        'intake_roots_hold',
      );
      for (const id of meant) held.add(id);
    }
  }

  private async named(tx: Tx, told: readonly MessageItem[]): Promise<Map<string, NamedPost>> {
    const names = told.flatMap(({ item: { channel }, message: { post } }) =>
      [post!.externalId, ...(post!.comments ?? [])].map((name) => ({
        workspaceId: channel.workspaceId,
        channelId: channel.id,
        name,
      })),
    );
    // $1 workspaces, $2 channels, $3 network ids (threewise)
    const rows = await tx.query<NamedPost>(
      `SELECT DISTINCT p.channel_id AS "channelId", p.external_id AS name, p.id AS "ownId", coalesce(a.post_id, p.id) AS id
       FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(workspace_id, channel_id, external_id)
       JOIN posts p USING (workspace_id, channel_id, external_id)
       LEFT JOIN post_aliases a USING (workspace_id, channel_id, external_id)`,
      columnsOf(names, ['workspaceId', 'channelId', 'name']),
      'intake_roots',
    );
    return new Map(rows.map((row) => [keyOf(row.channelId, row.name), row]));
  }

  /** Posts above comments we have that are named in a post's place. The rows are locked, as those of all names are. */
  private async postsOfParents(
    tx: Tx,
    told: readonly MessageItem[],
    named: ReadonlyMap<string, NamedPost>,
    known: ReadonlyMap<string, KnownMessage>,
  ): Promise<Map<string, string>> {
    const parents = told.flatMap(({ item: { channel }, message: { post } }) => {
      const key = keyOf(channel.id, post!.externalId);
      const conversationId = known.get(key)?.conversationId;
      const { ownId, id } = named.get(key)!;
      return post!.stead && conversationId && ownId === id
        ? [{ key, workspaceId: channel.workspaceId, conversationId }]
        : [];
    });
    if (parents.length === 0) return new Map();
    // $1 workspaces, $2 conversations (pairwise)
    const rows = await tx.query<{ conversation_id: string; post_id: string }>(
      `SELECT c.id AS conversation_id, p.id AS post_id FROM posts p JOIN conversations c ON c.workspace_id = p.workspace_id AND c.post_id = p.id
       WHERE (c.workspace_id, c.id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[])) ORDER BY p.external_id FOR UPDATE OF p`,
      columnsOf(parents, ['workspaceId', 'conversationId']),
    );
    const postOf = new Map(rows.map((row) => [row.conversation_id, row.post_id]));
    return new Map(
      parents.flatMap(({ key, conversationId }) => {
        const post = postOf.get(conversationId);
        return post ? [[key, post] as const] : [];
      }),
    );
  }

  private async adopt(tx: Tx, settled: readonly Settled[], now: (id: string) => string): Promise<void> {
    if (settled.length === 0) return;
    const rows = settled.map(({ workspaceId, from }) => ({ workspaceId, from, into: now(from) }));
    // $1 workspaces, $2 posts, $3 where they go (threewise)
    await tx.execute(
      `UPDATE post_aliases a SET post_id = u.into_id FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS u(workspace_id, from_id, into_id)
       WHERE a.workspace_id = u.workspace_id AND a.post_id = u.from_id`,
      columnsOf(rows, ['workspaceId', 'from', 'into']),
    );
    await tx.execute(
      `INSERT INTO post_aliases (workspace_id, channel_id, external_id, post_id)
       SELECT p.workspace_id, p.channel_id, p.external_id, u.into_id
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS u(workspace_id, from_id, into_id)
       JOIN posts p ON p.workspace_id = u.workspace_id AND p.id = u.from_id ORDER BY p.channel_id, p.external_id
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE SET post_id = excluded.post_id`,
      columnsOf(rows, ['workspaceId', 'from', 'into']),
    );
    const moved = await tx.query<Moved>(
      `UPDATE conversations c SET post_id = u.into_id, version = c.version + 1
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS u(workspace_id, from_id, into_id), posts f, posts i
       WHERE c.workspace_id = u.workspace_id AND c.post_id = u.from_id AND f.workspace_id = u.workspace_id AND f.id = u.from_id
         AND i.workspace_id = u.workspace_id AND i.id = u.into_id
       RETURNING c.workspace_id AS "workspaceId", c.channel_id AS "channelId", c.id, c.contact_id AS "contactId", c.identity_id AS "identityId",
         c.merged_into_id AS "mergedIntoId", f.external_id AS "formerName", i.external_id AS name,
         ARRAY(SELECT c.thread_key UNION SELECT a.thread_key FROM conversation_aliases a
               WHERE a.workspace_id = c.workspace_id AND a.conversation_id = c.id) AS names`,
      columnsOf(rows, ['workspaceId', 'from', 'into']),
    );
    for (const thread of moved.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
      if (thread.mergedIntoId === null) await this.join(tx, thread);
  }

  /** A person's thread under what stood for a post is their thread under the post, or one with it. */
  private async join(tx: Tx, thread: Moved): Promise<void> {
    const { workspaceId, channelId, contactId, identityId, formerName, name } = thread;
    for (const threadKey of new Set(thread.names.flatMap((key) => keyWith(key, formerName, name) ?? []))) {
      const wanted = { workspaceId, channelId, threadKey };
      const [there] = await this.threads.find(tx, [wanted]);
      if (!there) await this.threads.learn(tx, [{ ...wanted, conversationId: thread.id }]);
      else if (there.id !== thread.id && there.contactId === contactId) {
        const [into, from] = [there.id, thread.id].toSorted();
        await this.merges.merge(tx, { workspaceId, into: into!, from: from!, identityId });
        return;
      }
    }
  }

  private async rename(
    tx: Tx,
    items: readonly MessageItem[],
    told: readonly MessageItem[],
    posts: Map<string, string>,
    now: (id: string) => string,
  ): Promise<void> {
    for (const [key, id] of posts) posts.set(key, now(id));
    const wanted = told.flatMap(({ item, message }) => {
      const id = message.post && posts.get(keyOf(item.channel.id, message.post.externalId));
      return id ? [{ workspaceId: item.channel.workspaceId, id }] : [];
    });
    // $1 workspaces, $2 posts
    const rows = await tx.query<{ id: string; external_id: string }>(
      `SELECT id, external_id FROM posts WHERE workspace_id = ANY($1::uuid[]) AND id = ANY($2::uuid[])`,
      [pick(wanted, 'workspaceId'), pick(wanted, 'id')],
    );
    const nameOf = new Map(rows.map((row) => [row.id, row.external_id]));
    const renamed = new Map<string, string>();
    // a thread of another network is called after a copy of its post whatever came in the same batch
    for (const { item, message, threadKey } of told) {
      const name = message.post && nameOf.get(posts.get(keyOf(item.channel.id, message.post.externalId)) ?? '');
      const key = name === undefined ? null : keyWith(threadKey, message.post!.externalId, name);
      if (key !== null) renamed.set(keyOf(item.channel.id, threadKey), key);
    }
    // ours in the same batch stand where what they answer stands
    for (const m of items) m.threadKey = renamed.get(keyOf(m.item.channel.id, m.threadKey)) ?? m.threadKey;
  }
}

interface Moved {
  workspaceId: string;
  channelId: string;
  id: string;
  contactId: string;
  identityId: string;
  mergedIntoId: string | null;
  formerName: string;
  name: string;
  names: string[];
}
