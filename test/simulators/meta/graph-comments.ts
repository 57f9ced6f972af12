import { feedComment, feedReaction, instagramComment, type WebhookEvent } from './events';
import { actingAccount, objectGone, text, type GraphAnswer, type GraphCall, type GraphContext } from './graph-call';
import { graphError } from './graph-errors';
import { type EffectKind } from './effects';
import { type Account, type Comment } from './world';

function target(context: GraphContext, call: GraphCall, id: string): { comment: Comment; account: Account } {
  const comment = context.world.comments.get(id);
  if (!comment || comment.removed) throw objectGone();
  return { comment, account: actingAccount(context, call, comment.accountId) };
}

function record(
  context: GraphContext,
  kind: EffectKind,
  comment: Comment,
  over: { target?: string; text?: string } = {},
): void {
  context.effects.record({
    at: context.world.now(),
    kind,
    accountId: comment.accountId,
    id: comment.id,
    target: over.target ?? comment.id,
    text: over.text ?? null,
    metadata: null,
  });
}

function added(
  context: GraphContext,
  account: Account,
  postId: string,
  parentId: string | null,
  body: string,
): GraphAnswer {
  const { world } = context;
  const comment = world.addComment({ postId, parentId, personKey: null, text: body });
  record(context, parentId === null ? 'top_level_comment' : 'public_reply', comment, {
    target: parentId ?? postId,
    text: body,
  });
  const event = account.platform === 'facebook' ? feedComment(world, comment, 'add') : instagramComment(world, comment);
  return { body: { id: comment.id }, events: [event] };
}

function messageParam(call: GraphCall): string {
  const body = text(call.params, 'message');
  if (body === undefined || body === '') throw graphError(100, 'Param message is required');
  return body;
}

/**
 * `POST /{comment-id}/comments` and, with a post's id, a new comment of the Page's own: the call that looks like a reply
 * and is not. The edge of a second-level comment is refused.
 */
export function replyOnFacebook(context: GraphContext, call: GraphCall): GraphAnswer {
  const post = context.world.posts.get(call.node);
  const body = messageParam(call);
  if (post) return added(context, actingAccount(context, call, post.accountId), post.id, null, body);
  const { comment, account } = target(context, call, call.node);
  if (comment.parentId !== null) throw graphError(100, 'A reply cannot be answered; answer the comment above it.');
  return added(context, account, comment.postId, comment.id, body);
}

/** `POST /{ig-comment-id}/replies`: an answer to a reply hangs under the top-level comment; a hidden comment has none. */
export function replyOnInstagram(context: GraphContext, call: GraphCall): GraphAnswer {
  const body = messageParam(call);
  const { comment, account } = target(context, call, call.node);
  if (account.platform !== 'instagram') throw graphError(100, 'Unsupported post request.', 33);
  if (comment.hidden) throw graphError(100, 'A hidden comment cannot be answered.');
  if (context.world.posts.get(comment.postId)?.mediaType === 'LIVE') throw graphError(100, 'Not supported for live.');
  return added(context, account, comment.postId, comment.parentId ?? comment.id, body);
}

/** `POST /{comment-id}`: `is_hidden` on a Page, `hide` on Instagram, `message` to edit the account's own comment. */
export function updateComment(context: GraphContext, call: GraphCall): GraphAnswer {
  const { comment, account } = target(context, call, call.node);
  const facebook = account.platform === 'facebook';
  const hide = text(call.params, facebook ? 'is_hidden' : 'hide');
  if (hide !== undefined) {
    if (comment.personKey === null) throw graphError(100, 'The own comment cannot be hidden.');
    comment.hidden = hide === 'true';
    const verb = comment.hidden ? 'hide' : 'unhide';
    record(context, verb, comment);
    return { body: { success: true }, events: facebook ? [feedComment(context.world, comment, verb)] : [] };
  }
  const body = messageParam(call);
  if (!facebook || comment.personKey !== null)
    throw graphError(200, 'Only the own comment can be edited.', undefined, 403);
  comment.text = body;
  record(context, 'edit', comment, { text: body });
  return { body: { success: true }, events: [feedComment(context.world, comment, 'edited')] };
}

export function deleteComment(context: GraphContext, call: GraphCall): GraphAnswer {
  const { comment, account } = target(context, call, call.node);
  comment.removed = true;
  record(context, 'delete', comment);
  const events: WebhookEvent[] = account.platform === 'facebook' ? [feedComment(context.world, comment, 'remove')] : [];
  return { body: { success: true }, events };
}

/** `POST|DELETE /{comment-id}/likes` on a Page, `/{ig-user-id}/likes?comment_id=` on Instagram. */
export function likeComment(context: GraphContext, call: GraphCall): GraphAnswer {
  const instagram = context.world.accounts.get(call.node)?.platform === 'instagram';
  const id = instagram ? (text(call.params, 'comment_id') ?? '') : call.node;
  const { comment, account } = target(context, call, id);
  if (instagram !== (account.platform === 'instagram')) throw objectGone();
  const likes = call.method === 'POST';
  if (likes) comment.likedBy.add(account.id);
  else comment.likedBy.delete(account.id);
  record(context, likes ? 'like' : 'unlike', comment);
  if (instagram) return { body: { success: true } };
  const self = { id: account.id, name: account.name };
  return {
    body: { success: true },
    events: [feedReaction(context.world, comment, self, likes ? 'add' : 'remove', 'like')],
  };
}

/** `POST /{ig-user-id}/mentions`: the public answer to a mention under somebody else's media, which only ids are known of. */
export function answerMention(context: GraphContext, call: GraphCall): GraphAnswer {
  const { world, effects } = context;
  const account = actingAccount(context, call, call.node);
  const mediaId = text(call.params, 'media_id');
  if (account.platform !== 'instagram' || mediaId === undefined) throw graphError(100, 'Param media_id is required');
  const body = messageParam(call);
  const made = { id: world.ids.digits('1798'), target: text(call.params, 'comment_id') ?? mediaId };
  effects.record({ at: world.now(), kind: 'public_reply', accountId: account.id, ...made, text: body, metadata: null });
  return { body: { id: made.id } };
}
