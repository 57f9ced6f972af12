import type { ConnectedChannel } from '../../channel';
import type { ChannelConnector } from '../../connector';

type Target = Parameters<NonNullable<ChannelConnector['permalink']>>[1];

/**
 * Where a thing stands on Facebook, made from its ids. Instagram's addresses cannot be made of ids; the post's own comes
 * with its description.
 */
export function permalinkOf({ kind, externalId }: ConnectedChannel, target: Target): string | undefined {
  if (kind !== 'facebook') return undefined;
  const page = encodeURIComponent(externalId);
  if (target.threadKind === 'dm') return `https://business.facebook.com/latest/inbox/messenger?asset_id=${page}`;
  const post = target.postExternalId?.split('_').at(-1);
  if (post === undefined || post === '') return undefined;
  const url = new URL(`https://www.facebook.com/${page}/posts/${encodeURIComponent(post)}`);
  // `{post}_{comment}`; a visitor's post stands for itself.
  const [, comment] =
    target.messageExternalId === target.postExternalId ? [] : (target.messageExternalId?.split('_') ?? []);
  if (comment !== undefined) url.searchParams.set('comment_id', comment);
  return url.toString();
}
