import type { ModerationAction } from '../../capabilities';
import type { ConnectedChannel } from '../../channel';
import type { MetaCall } from './meta.client';

/**
 * The call of a moderation; undefined where Meta has none. Instagram's likes need `instagram_manage_engagement`.
 * Sources: Graph references of Comment and IG Comment, `POST|DELETE /{ig-user-id}/likes`.
 */
export function moderationCall(
  { kind, externalId }: ConnectedChannel,
  action: ModerationAction,
  commentId: string,
): MetaCall | undefined {
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
