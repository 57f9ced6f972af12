import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { compact, key, type JsonRecord } from '../json';
import { parseDirectMessageLists, parseEncrypted } from './parse-dm';
import { parsePost } from './parse-post';
import { type Frame, instantOf, own, ownList, ownString, restKey, toldKey, unsupported, xid } from './x.fields';

type Reader = (frame: Frame, payload: JsonRecord) => InboundEvent[];

const post: Reader = (frame, payload) => [parsePost(frame, payload)];
const messages: Reader = (frame, payload) => {
  const events = parseDirectMessageLists(frame, payload);
  return events.length > 0 ? events : [unsupported(frame, 'dm.empty', payload, 'dm')];
};

/** Event types of the X Activity API (docs.x.com, X Activity API, event types; August 2026). */
const READERS: Readonly<Record<string, Reader>> = {
  'post.create': post,
  'post.mention.create': post,
  'post.reply.create': post,
  'post.quote.create': (frame, payload) => [parsePost(frame, payload, { quotesUs: true })],
  'post.repost.create': (frame, payload) => [ignored(frame, payload, 'A repost without words of its own.')],
  'post.delete': (frame, payload) => [
    deletion(frame, ownString(payload, 'id') === undefined ? undefined : payload, xid(payload, 'author_id')),
  ],
  'like.create': (frame, payload) => [like(frame, payload)],
  'dm.received': messages,
  'dm.sent': messages,
  'dm.read': messages,
  'dm.indicate_typing': messages,
  'chat.received': (frame, payload) => [parseEncrypted(frame, payload)],
  'chat.sent': (frame, payload) => [parseEncrypted(frame, payload)],
  'chat.conversation_join': (frame, payload) => [ignored(frame, payload, 'An encrypted conversation began.')],
  'oauth.revoke': (frame, payload) => [revocation(frame, payload)],
};

/** One activity's payload, by its event type. */
export function parseActivity(frame: Frame, type: string, payload: JsonRecord): InboundEvent[] {
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  return reader ? reader(frame, payload) : [unsupported(frame, type, payload)];
}

function ignored(frame: Frame, payload: unknown, reason: string): InboundEvent {
  const eventKey = restKey(frame, payload);
  return { type: 'ignored', accountId: frame.accountId, eventKey, threadKey: eventKey, threadKind: 'comment', reason };
}

/** A post is gone. `content` holds its id, and its first version's when X tells the history. */
export function deletion(
  frame: Frame,
  content: JsonRecord | undefined,
  authorId: string | undefined,
  occurredAt?: string,
): InboundEvent {
  const [root] = ownList(content, 'edit_history_tweet_ids');
  const id = typeof root === 'string' ? root : xid(content, 'id');
  if (id === undefined) return unsupported(frame, 'post.delete', content ?? null);
  return compact({
    type: 'delete' as const,
    accountId: frame.accountId,
    eventKey: toldKey(frame, 'post', id, 'deleted'),
    threadKey: key('message', id),
    threadKind: 'comment' as const,
    occurredAt,
    externalId: id,
    by:
      authorId === undefined
        ? ('unknown' as const)
        : authorId === frame.accountId
          ? ('account' as const)
          : ('contact' as const),
  });
}

/** Who liked is named in the payload or is the other of the two people told beside it. */
function like(frame: Frame, payload: JsonRecord): InboundEvent {
  const id = xid(payload, 'id');
  const postId = xid(payload, 'liked_tweet_id');
  const authorId = xid(payload, 'liked_tweet_author_id');
  const others = [...frame.people.keys()].filter((person) => person !== authorId);
  const actor =
    xid(payload, 'liking_user_id') ?? xid(payload, 'user_id') ?? (others.length === 1 ? others[0] : undefined);
  if (id === undefined || postId === undefined || actor === undefined)
    return unsupported(frame, 'like.create', payload);
  return likeEvent(frame, {
    id,
    postId,
    actor,
    occurredAt: instantOf(own(payload, 'timestamp_ms'), own(payload, 'created_at')),
  });
}

export function likeEvent(
  frame: Frame,
  { id, postId, actor, occurredAt }: { id: string; postId: string; actor: string; occurredAt: string | undefined },
): InboundEvent {
  return compact({
    type: 'reaction' as const,
    accountId: frame.accountId,
    eventKey: key('like', id),
    threadKey: key('message', postId),
    threadKind: 'comment' as const,
    occurredAt,
    externalId: postId,
    actorExternalId: actor,
    action: 'add' as const,
    reaction: 'like',
    emoji: '❤️',
  });
}

/** The owner withdrew the app's access. The health check finds it and asks for reconnecting; here it is only on record. */
export function revocation(frame: Frame, payload: JsonRecord): InboundEvent {
  const accountId = xid(payload, 'user_id') ?? frame.accountId;
  const eventKey = key('revoke', accountId, ownString(payload, 'date_time'));
  return compact({
    type: 'ignored' as const,
    accountId,
    eventKey,
    threadKey: eventKey,
    threadKind: 'comment' as const,
    occurredAt: instantOf(own(payload, 'date_time')),
    reason: 'The account’s owner withdrew the app’s access; the channel needs reconnecting.',
  });
}
