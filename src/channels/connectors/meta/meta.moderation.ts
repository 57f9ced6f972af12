import type { LikeSign, ModerationAction, ModerationTarget } from '../../capabilities';
import type { ConnectedChannel } from '../../channel';
import type { MetaCall } from './meta.client';

/** What a like of a direct message looks like. Messenger takes any emoji, Instagram a heart by its name. */
export const MESSAGE_LIKES = {
  facebook: { reaction: 'like', emoji: '👍' },
  instagram: { reaction: 'love', emoji: '❤' },
} satisfies Record<string, LikeSign>;

/**
 * The call of a moderation; undefined where Meta has none. Instagram's likes need `instagram_manage_engagement`.
 * Sources: Graph references of Comment and IG Comment, `POST|DELETE /{ig-user-id}/likes`.
 */
export function moderationCall(
  channel: ConnectedChannel,
  action: ModerationAction,
  target: ModerationTarget,
): MetaCall | undefined {
  if (target.threadKind === 'dm') return reactionCall(channel, action, target);
  const { kind, externalId } = channel;
  const { messageExternalId: commentId } = target;
  const instagram = kind === 'instagram';
  switch (action) {
    case 'hide':
    case 'unhide':
      return { method: 'POST', path: [commentId], body: { [instagram ? 'hide' : 'is_hidden']: action === 'hide' } };
    case 'delete':
      return { method: 'DELETE', path: [commentId] };
    case 'like':
    case 'unlike': {
      const method = action === 'like' ? 'POST' : 'DELETE';
      return instagram
        ? { method, path: [externalId, 'likes'], query: { comment_id: commentId } }
        : { method, path: [commentId, 'likes'] };
    }
    case 'block':
    case 'unblock':
      return undefined;
  }
}

/** Source: Messenger Platform "Sender actions", Instagram Platform "Send a reaction". Neither network echoes it. */
function reactionCall(
  { kind, externalId }: ConnectedChannel,
  action: ModerationAction,
  { messageExternalId, authorExternalId }: ModerationTarget,
): MetaCall | undefined {
  if (authorExternalId === undefined || (action !== 'like' && action !== 'unlike')) return undefined;
  const reaction = kind === 'instagram' ? MESSAGE_LIKES.instagram.reaction : MESSAGE_LIKES.facebook.emoji;
  const body = {
    recipient: { id: authorExternalId },
    sender_action: action === 'like' ? 'react' : 'unreact',
    payload: { message_id: messageExternalId, ...(action === 'like' ? { reaction } : {}) },
  };
  return { method: 'POST', path: [externalId, 'messages'], body };
}
