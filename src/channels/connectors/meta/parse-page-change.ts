import type {
  InboundAttachment,
  InboundAuthor,
  InboundEvent,
  InboundPost,
} from '../../../inbox/conversations/inbound-event';
import {
  compact,
  contentHash,
  id,
  instant,
  integer,
  key,
  list,
  milliseconds,
  record,
  string,
  type JsonRecord,
} from '../json';
import { type EntryFacts, unsupported } from './parse-entry-facts';

const POST_ITEMS = new Set(['post', 'status', 'photo', 'video', 'share', 'link', 'note']);

/** A `changes[]` item of a Page: `feed` (comments, reactions, posts) and `mention`. */
export function parsePageChange(facts: EntryFacts, field: string, value: JsonRecord): InboundEvent[] {
  if (field === 'mention') return [comment(facts, field, value) ?? unsupported(facts, 'page.mention', value)];
  if (field !== 'feed') return [unsupported(facts, `page.${field}`, value)];
  const item = string(value['item']) ?? 'unknown';
  if (item === 'reaction' || item === 'like') return [reaction(facts, value)];
  const known = item === 'comment' || POST_ITEMS.has(item) ? comment(facts, field, value) : undefined;
  return [known ?? unsupported(facts, `page.feed.${item}.${string(value['verb']) ?? 'none'}`, value)];
}

/** Everything the verbs of one comment (or visitor's post) share. */
interface Subject {
  externalId: string;
  own: boolean;
  author: InboundAuthor;
  post: InboundPost;
  parentExternalId: string | undefined;
  threadKey: string;
  subtype: string | undefined;
}

function subjectOf(facts: EntryFacts, field: string, value: JsonRecord): Subject | undefined {
  const postId = id(value['post_id']);
  const commentId = id(value['comment_id']);
  const externalId = commentId ?? postId;
  if (externalId === undefined) return undefined;
  const post = postOf(value, postId ?? externalId);
  const author = authorOf(value, externalId);
  const own = author.externalId === facts.accountId;
  const parent = id(value['parent_id']);
  // A top-level comment names its post as parent.
  const parentExternalId = commentId === undefined || parent === post.externalId ? undefined : parent;
  // Our own reply names nobody; it belongs to the thread of the comment it answers.
  const ownThread = parentExternalId === undefined ? key('post', post.externalId) : key('message', parentExternalId);
  return {
    externalId,
    own,
    author,
    post,
    parentExternalId,
    threadKey: own ? ownThread : key('comment', post.externalId, author.externalId),
    subtype: field === 'mention' ? 'mention' : commentId === undefined ? 'visitor_post' : undefined,
  };
}

/** Author of a comment. One who is withheld stands alone under the comment's id: strangers must not become one contact. */
function authorOf(value: JsonRecord, externalId: string): InboundAuthor {
  const from = record(value['from']);
  const authorId = id(from?.['id']) ?? id(value['sender_id']);
  const name = string(from?.['name']) ?? string(value['sender_name']);
  return compact({ externalId: authorId ?? key('withheld', externalId), name });
}

function postOf(value: JsonRecord, postId: string): InboundPost {
  const post = record(value['post']);
  return compact({
    externalId: postId,
    permalink: string(post?.['permalink_url']),
    kind: string(post?.['status_type']),
  });
}

function attachmentsOf(value: JsonRecord): InboundAttachment[] {
  const photos = [value['photo'], ...list(value['photos'])].map(string).filter((url) => url !== undefined);
  const images = [...new Set(photos)].map((url): InboundAttachment => ({ kind: 'image', url }));
  const video = string(value['video']);
  const link = string(value['link']);
  const rest: InboundAttachment[] = [];
  if (video !== undefined) rest.push({ kind: 'video', url: video });
  if (link !== undefined && video === undefined && images.length === 0) rest.push({ kind: 'share', url: link });
  return [...images, ...rest];
}

function comment(facts: EntryFacts, field: string, value: JsonRecord): InboundEvent | undefined {
  const subject = subjectOf(facts, field, value);
  if (!subject) return undefined;
  const { externalId, own, author, post, parentExternalId, threadKey } = subject;
  const verb = string(value['verb']) ?? 'add';
  const base = { accountId: facts.accountId, threadKey, threadKind: 'comment' as const };
  const person = own ? {} : { contact: author };
  const direction = own ? ('out' as const) : ('in' as const);
  const words = string(value['message']) ?? '';
  const attachments = attachmentsOf(value);
  // `created_time` is the comment's birth; when it was edited or hidden only the batch's time hints at.
  const changedAt = instant(value['edited_time'], facts.sentAt);
  const changeKey = (what: string) => key('comment', externalId, what, contentHash(value));

  switch (verb) {
    case 'add':
      if (own && subject.subtype === 'visitor_post') return ownPost(facts, externalId, value);
      return compact({
        ...base,
        type: 'message' as const,
        eventKey: key('comment', externalId, 'add'),
        occurredAt: instant(value['created_time'], facts.sentAt),
        direction,
        externalId,
        author,
        ...person,
        text: words,
        attachments,
        post: subject.subtype === 'visitor_post' ? { ...post, text: words } : post,
        parentExternalId,
        subtype: subject.subtype ?? (words === '' && attachments.length === 0 ? 'placeholder' : undefined),
      });
    case 'edit':
    case 'edited':
      return compact({
        ...base,
        type: 'edit' as const,
        eventKey: changeKey('edited'),
        occurredAt: changedAt,
        externalId,
        text: words,
        attachments,
        // Seconds: later edits of one comment carry a later time, whatever order they arrive in.
        version: Math.floor((milliseconds(value['edited_time']) ?? milliseconds(facts.sentAt) ?? 0) / 1000),
        author,
        ...person,
        direction,
        post,
        parentExternalId,
      });
    case 'remove':
    case 'delete':
      return compact({
        ...base,
        type: 'delete' as const,
        eventKey: key('comment', externalId, 'remove'),
        occurredAt: instant(value['created_time'], facts.sentAt),
        externalId,
        // Meta does not say whether the author or a moderator removed it.
        by: own ? ('account' as const) : ('unknown' as const),
      });
    case 'hide':
    case 'unhide':
      return compact({
        ...base,
        type: 'visibility' as const,
        eventKey: changeKey(verb),
        occurredAt: changedAt,
        externalId,
        hidden: verb === 'hide',
      });
    default:
      return unsupported(facts, `page.${field}.${string(value['item']) ?? 'none'}.${verb}`, value, base);
  }
}

function ownPost(facts: EntryFacts, externalId: string, value: JsonRecord): InboundEvent {
  return compact({
    type: 'ignored' as const,
    accountId: facts.accountId,
    eventKey: key('post', externalId, 'add'),
    threadKey: key('post', externalId),
    threadKind: 'comment' as const,
    occurredAt: instant(value['created_time'], facts.sentAt),
    reason: 'A post of the account itself; it appears with the first comment on it.',
  });
}

function reaction(facts: EntryFacts, value: JsonRecord): InboundEvent {
  const commentId = id(value['comment_id']);
  const postId = id(value['post_id']);
  const target = commentId ?? postId;
  const verb = string(value['verb']) ?? '';
  const actor = id(record(value['from'])?.['id']) ?? id(value['sender_id']);
  if (target === undefined || !['add', 'edit', 'edited', 'remove'].includes(verb)) {
    return unsupported(facts, `page.feed.reaction.${verb}`, value);
  }
  const kind = string(value['reaction_type']) ?? 'like';
  const created = integer(value['created_time']);
  const base = {
    accountId: facts.accountId,
    eventKey: key('reaction', target, actor, verb, kind, created),
    threadKey: key('message', target),
    threadKind: 'comment' as const,
    occurredAt: instant(value['created_time'], facts.sentAt),
  };
  if (commentId === undefined) {
    return compact({ ...base, type: 'ignored' as const, reason: 'A reaction to a post, not to a comment.' });
  }
  return compact({
    ...base,
    type: 'reaction' as const,
    externalId: commentId,
    actorExternalId: actor ?? 'withheld',
    action: verb === 'remove' ? ('remove' as const) : ('add' as const),
    reaction: kind,
  });
}
