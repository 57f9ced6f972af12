import type {
  InboundAttachment,
  InboundAuthor,
  InboundEdit,
  InboundEvent,
  InboundMessage,
  InboundPost,
} from '../../../inbox/conversations/inbound-event';
import { compact, key, type JsonRecord } from '../json';
import { formOf, type Frame, personWith, postUrl, toldKey, unsupported } from './x.fields';
import { readPost, type XPost } from './x.post';
import { mayReply } from './x.reply-rule';

/**
 * A post that concerns the account, whoever told of it: mention, reply, quote, own post, or a page read. One post is one
 * message under its first id, however many events tell it; each later version of its text is an edit.
 */
export function parsePost(frame: Frame, content: JsonRecord, told: { quotesUs?: boolean } = {}): InboundEvent {
  const post = readPost(content, frame);
  if (!post) return unsupported(frame, 'post.malformed', content);
  if (post.repost) return ignoredPost(frame, post, 'A repost without words of its own.');
  if (post.author.externalId === frame.accountId) return ownPost(frame, post);
  return theirPost(frame, post, told.quotesUs === true);
}

const keyOf = ({ root, versions }: XPost) =>
  versions.length > 1 ? key('post', root, 'edit', versions.at(-1)) : key('post', root);

function ignoredPost(frame: Frame, post: XPost, reason: string): InboundEvent {
  const eventKey = keyOf(post);
  const { accountId } = frame;
  return { type: 'ignored', accountId, eventKey, threadKey: key('message', post.root), threadKind: 'comment', reason };
}

/** Comments of one person under one post are one thread; the older product tells what was answered in the post's place. */
function threadOf(post: XPost, personId: string): string {
  return key('comment', post.conversationId ?? post.replyToId ?? post.root, personId);
}

function theirPost(frame: Frame, post: XPost, quotesUs: boolean): InboundEvent {
  const quoted = post.quotedId === undefined ? undefined : frame.posts.get(post.quotedId);
  const quotedAuthor = quotesUs ? frame.accountId : quoted && readPost(quoted, frame)?.author.externalId;
  const account = { externalId: frame.accountId, settings: frame.settings ?? {} };
  const addressed = mayReply(post, account, quotedAuthor) || (post.mentionsTold ? false : undefined);
  return textEvent(frame, post, {
    direction: 'in',
    contact: post.author,
    threadKey: threadOf(post, post.author.externalId),
    post: postAbove(frame, post),
    subtype: post.quotedId !== undefined ? 'quote' : post.replyToId === undefined ? 'mention' : undefined,
    meta: { mayReply: addressed, language: post.language, blocked: post.blocked },
  });
}

function ownPost(frame: Frame, post: XPost): InboundEvent {
  if (post.replyToId === undefined) return publication(frame, post);
  const answered = post.replyToUserId === frame.accountId ? undefined : post.replyToUserId;
  // Without the conversation's id the thread is found by the message that was answered.
  const known = answered !== undefined && post.conversationId !== undefined;
  return textEvent(frame, post, {
    direction: 'out',
    contact: known ? personWith(frame.people, answered) : undefined,
    threadKey: threadOf(post, answered ?? frame.accountId),
    post: postAbove(frame, post),
    parentExternalId: post.replyToId,
    meta: {},
  });
}

function publication(frame: Frame, post: XPost): InboundEvent {
  return compact({
    type: 'post' as const,
    accountId: frame.accountId,
    eventKey: keyOf(post),
    threadKey: key('post', post.root),
    threadKind: 'comment' as const,
    occurredAt: post.createdAt,
    post: postFactsOf(post),
  });
}

interface Placed {
  direction: 'in' | 'out';
  contact: InboundAuthor | undefined;
  threadKey: string;
  post: InboundPost | undefined;
  parentExternalId?: string;
  subtype?: string;
  meta: Record<string, unknown>;
}

function textEvent(frame: Frame, post: XPost, placed: Placed): InboundMessage | InboundEdit {
  const base = compact({
    accountId: frame.accountId,
    eventKey: keyOf(post),
    threadKey: placed.threadKey,
    threadKind: 'comment' as const,
    occurredAt: post.createdAt,
    direction: placed.direction,
    externalId: post.root,
    author: post.author,
    contact: placed.contact,
    text: post.text,
    post: placed.post,
    // An answer to the post itself is a comment of the first level.
    parentExternalId: placed.parentExternalId ?? (post.replyToId === post.conversationId ? undefined : post.replyToId),
  });
  const quoted = post.quotedId;
  const attachments: InboundAttachment[] =
    quoted === undefined
      ? [...post.attachments]
      : [...post.attachments, { kind: 'share', url: postUrl(quoted), meta: { type: 'quoted_post', postId: quoted } }];
  if (post.versions.length > 1) return { ...base, type: 'edit', attachments, version: post.versions.length - 1 };
  const meta = compact(placed.meta);
  return compact({
    ...base,
    type: 'message' as const,
    eventKey: toldKey(frame, base.eventKey),
    form: formOf(frame),
    attachments,
    subtype: placed.subtype,
    meta: Object.keys(meta).length > 0 ? meta : undefined,
  });
}

/**
 * What the comments hang under: the post that began the conversation, ours or, for a mention, the customer's own. The older
 * product tells only what was answered, which may be a comment itself: so each comment says that it stands under its post,
 * and where the conversation is told, that what it answers does too.
 */
function postAbove(frame: Frame, post: XPost): InboundPost {
  const above = post.conversationId ?? post.replyToId ?? post.root;
  if (above === post.root) return postFactsOf(post);
  const told = frame.posts.get(above);
  const facts = told && readPost(told, frame);
  const shown = facts?.root === above ? postFactsOf(facts) : { externalId: above, permalink: postUrl(above) };
  if (post.conversationId === undefined) return { ...shown, comments: [post.root], stead: true };
  const answered = post.replyToId === undefined || post.replyToId === above ? [] : [post.replyToId];
  return { ...shown, comments: [post.root, ...answered] };
}

export function postFactsOf(post: XPost): InboundPost {
  const picture = post.attachments.find(({ url }) => url !== undefined);
  return compact({
    externalId: post.root,
    permalink: postUrl(post.root),
    text: post.text,
    mediaUrl: picture?.url,
    kind: post.quotedId === undefined ? 'post' : 'quote',
    publishedAt: post.createdAt,
  });
}
