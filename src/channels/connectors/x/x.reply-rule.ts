import type { ConnectedChannel } from '../../channel';
import type { SendOutcome } from '../../sending';
import { record } from '../json';
import type { XClient } from './x.client';
import { frameOf, own, ownRecord, postUrl } from './x.fields';
import { mentionOf, readPost, type XPost } from './x.post';
import { POST_QUERY } from './x.reads';
import { flag } from './x.settings';

export type ReplyCheck = { status: 'allowed'; targetId: string } | Exclude<SendOutcome, { status: 'sent' }>;

/**
 * Whether X will let the app answer this post. Since 23 February 2026 an app without an enterprise plan may reply only
 * when the author named the account or quoted a post of it (docs.x.com, changelog). The post is read first, one billed
 * read: it tells that, whether it still exists, and the id of its newest version, which is the one to answer.
 */
export async function checkReply(client: XClient, channel: ConnectedChannel, postId: string): Promise<ReplyCheck> {
  if (flag(channel.settings, 'enterprise')) return { status: 'allowed', targetId: postId };
  const reply = await client.call({ method: 'GET', path: ['tweets', postId], query: POST_QUERY });
  if (reply.kind !== 'ok') return client.repeatable(reply, 'read');
  const frame = frameOf(channel.externalId, ownRecord(reply.body, 'includes'));
  const data = record(own(reply.body, 'data'));
  const post = data && readPost(data, frame);
  if (!post) return { status: 'retry', reason: 'X gave the post without its author.' };
  const quoted = post.quotedId === undefined ? undefined : frame.posts.get(post.quotedId);
  const quotedAuthor = quoted && readPost(quoted, frame)?.author.externalId;
  if (mayReply(post, channel, quotedAuthor)) return { status: 'allowed', targetId: post.versions.at(-1) ?? postId };
  return {
    status: 'failed',
    code: 'reply_not_permitted',
    fix: 'agent',
    reason: `X lets apps answer only people who named the account or quoted it. Open it on X and answer there: ${postUrl(postId)}`,
  };
}

/** Pure part of the rule. `quotedAuthor`: who wrote the post this one quotes, when known. */
export function mayReply(
  post: XPost,
  { externalId, settings }: Pick<ConnectedChannel, 'externalId' | 'settings'>,
  quotedAuthor: string | undefined,
): boolean {
  if (post.author.externalId === externalId || quotedAuthor === externalId) return true;
  const mention = mentionOf(post, externalId);
  return mention === 'explicit' || (mention === 'implicit' && flag(settings, 'countImplicitMentions'));
}
