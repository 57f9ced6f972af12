import { uuidv7 } from '../../platform/ids';
import { cleanText } from '../../text/clean';
import type { InboundMessage, InboundPost, InboundPostSeen } from './inbound-event';
import type { IntakeChannel, IntakeItem } from './intake';
import { instant, keyOf, type ThreadId } from './intake-plan';
import type { KnownMessage, PostRow } from './intake-rows';

/** A post as an event tells it. */
export interface PostTold {
  item: IntakeItem;
  message: Pick<InboundMessage, 'post'>;
}

/**
 * The posts that changes of a batch will come to. They are taken with those of its messages, all in one order and before any
 * thread: two batches that speak of one post never wait for each other crosswise.
 */
export function postsAhead(changes: readonly IntakeItem[]): PostTold[] {
  return changes.flatMap((item): PostTold[] => {
    const { event: e } = item;
    if (e.type === 'message') return e.post ? [{ item, message: e }] : [];
    if (e.type !== 'post') return [];
    return [e.post, ...copiesOf(e).map((externalId) => ({ externalId }))].map((post) => ({ item, message: { post } }));
  });
}

const MOST_COPIES = 20;

/** Other names of a post. */
export const copiesOf = ({ aliases = [], post }: InboundPostSeen): string[] =>
  [...new Set(aliases)].filter((alias) => alias !== '' && alias !== post.externalId).slice(0, MOST_COPIES);

/** Conversations of comments that are named in the place of the post they stand under. */
export function parentsOf(told: readonly PostTold[], known: ReadonlyMap<string, KnownMessage>): ThreadId[] {
  return told.flatMap(({ item: { channel }, message: { post } }) => {
    const id = post?.stead && known.get(keyOf(channel.id, post.externalId))?.conversationId;
    return id ? [{ workspaceId: channel.workspaceId, id }] : [];
  });
}

export function postsOf(items: readonly PostTold[]): PostRow[] {
  const posts = new Map<string, PostRow>();
  for (const { item, message } of items) {
    if (!message.post) continue;
    const key = keyOf(item.channel.id, message.post.externalId);
    const row = postRow(item.channel, message.post);
    const before = posts.get(key);
    posts.set(key, before ? filledFrom(before, row) : row);
    for (const externalId of message.post.comments ?? []) {
      const comment = keyOf(item.channel.id, externalId);
      if (!posts.has(comment)) posts.set(comment, postRow(item.channel, { externalId }));
    }
  }
  return [...posts.values()];
}

/** Of two kinds told of one post the same one stands whichever came first: the later by its letters. */
const laterKind = (one: string | null, other: string | null) =>
  one === null || (other !== null && other > one) ? other : one;

/** A message that says less of the post takes nothing of it away. */
const filledFrom = (before: PostRow, row: PostRow): PostRow => ({
  ...before,
  kind: laterKind(before.kind, row.kind),
  text: before.text ?? row.text,
  permalink: before.permalink ?? row.permalink,
  mediaUrl: before.mediaUrl ?? row.mediaUrl,
  publishedAt: before.publishedAt ?? row.publishedAt,
});

export const postRow = ({ workspaceId, id: channelId }: IntakeChannel, post: InboundPost): PostRow => ({
  workspaceId,
  id: uuidv7(),
  channelId,
  externalId: post.externalId,
  kind: post.kind ?? null,
  text: post.text ? cleanText(post.text) : null,
  permalink: post.permalink ?? null,
  mediaUrl: post.mediaUrl ?? null,
  publishedAt: instant(post.publishedAt),
});
