import type { InboundEvent, InboundIgnored, InboundMessage } from '../../../inbox/conversations/inbound-event';
import { compact, contentHash, id, instant, key, milliseconds, record, string, type JsonRecord } from '../json';
import { type CommentUrn, commentUrn, urn } from './linkedin.urns';
import { commentAuthor, commentEdit, commentMessage, parseReadComment, type Told } from './parse-comment';
import { actorOf, authorOf, type PageFacts, postPage, unsupported, withheld, wordsOf } from './parse-facts';

/** What a pull read beside the notification, in LinkedIn's words. */
export interface ReadBeside {
  comment?: JsonRecord | undefined;
  post?: JsonRecord | undefined;
}

/** The comment a notification is about, by either of its two names. */
export function commentOf(notification: JsonRecord): CommentUrn | undefined {
  const decorated = record(record(notification['decoratedGeneratedActivity'])?.['comment']);
  return commentUrn(notification['generatedActivity']) ?? commentUrn(decorated?.['entity']);
}

/** The share in which the page was mentioned or its post passed on. */
export function shareOf(notification: JsonRecord): string | undefined {
  const decorated = record(record(notification['decoratedGeneratedActivity'])?.['share']);
  const named = urn(notification['generatedActivity']);
  return named ?? urn(decorated?.['entity']);
}

/**
 * One notification of a page (linkedin.md §4). `beside` is what a pull has read of it. Words are told twice, as a message
 * and as its first edit: the same comment may have been told without them before, and then only the edit fills them in.
 */
export function parseNotification(facts: PageFacts, notification: JsonRecord, beside: ReadBeside = {}): InboundEvent[] {
  const action = string(notification['action']) ?? 'unknown';
  switch (action) {
    case 'COMMENT':
    case 'ADMIN_COMMENT':
    case 'COMMENT_EDIT':
    case 'COMMENT_DELETE': {
      const comment = commentOf(notification);
      if (comment) return parseCommentAction(facts, action, comment, notification, beside.comment);
      break;
    }
    case 'LIKE':
      return [like(facts, notification)];
    case 'SHARE':
    case 'SHARE_MENTION': {
      const share = shareOf(notification);
      if (share !== undefined) return sharing(facts, action, share, notification, beside.post);
    }
  }
  return [unsupported(facts.accountId, `notification.${action}`, notification)];
}

function parseCommentAction(
  facts: PageFacts,
  action: 'COMMENT' | 'ADMIN_COMMENT' | 'COMMENT_EDIT' | 'COMMENT_DELETE',
  comment: CommentUrn,
  notification: JsonRecord,
  read: JsonRecord | undefined,
): InboundEvent[] {
  const content = record(record(notification['decoratedGeneratedActivity'])?.['comment']);
  const source = record(notification['decoratedSourcePost']);
  const changedAt = notification['lastModifiedAt'];
  const own = action === 'ADMIN_COMMENT' || actorOf(content) === facts.ownUrn;
  const parentExternalId = commentUrn(content?.['parentComment'])?.urn;
  const told: Told = { comment, content, source, whole: false, own, changedAt, parentExternalId };
  if (action === 'COMMENT_DELETE') return [removal(facts, comment, changedAt)];
  if (read) {
    const events = parseReadComment(facts, read, source, { comment, own }) ?? [];
    const author = actorOf(content) === undefined ? commentAuthor(facts, { ...told, content: read }) : undefined;
    return author ? [...events, author] : events;
  }
  // Where our own comment belongs is only known from the comment it answers, which a notification does not name.
  if (own && parentExternalId === undefined && action !== 'COMMENT_EDIT')
    return [
      ignored(facts, comment, 'own', changedAt, 'The page’s own comment; the next comparison reads where it belongs.'),
    ];
  const edit = commentEdit(facts, told);
  if (action === 'COMMENT_EDIT')
    return [
      edit ??
        ignored(facts, comment, 'edited', changedAt, 'An edit told without its text; the next comparison reads it.'),
    ];
  const message = commentMessage(facts, told);
  return edit && !own ? [message, edit] : [message];
}

function removal(facts: PageFacts, comment: CommentUrn, changedAt: unknown): InboundEvent {
  return compact({
    accountId: facts.accountId,
    threadKind: 'comment' as const,
    type: 'delete' as const,
    eventKey: key('comment', comment.urn, 'delete'),
    threadKey: key('message', comment.urn),
    occurredAt: instant(changedAt),
    externalId: comment.urn,
    by: 'unknown' as const, // LinkedIn does not say whether the author or a moderator removed it
  });
}

function ignored(
  facts: PageFacts,
  { urn: name }: CommentUrn,
  what: string,
  at: unknown,
  reason: string,
): InboundIgnored {
  return compact({
    accountId: facts.accountId,
    threadKind: 'comment' as const,
    type: 'ignored' as const,
    eventKey: key('comment', name, what, milliseconds(at)),
    threadKey: key('message', name),
    occurredAt: instant(at),
    reason,
  });
}

const LIKE = /^urn:li:like:\((?<actor>urn:li:\w+:[\w-]+),(?<target>urn:li:.+)\)$/;

function like(facts: PageFacts, notification: JsonRecord): InboundEvent {
  const { actor, target } = LIKE.exec(id(notification['generatedActivity']) ?? '')?.groups ?? {};
  const comment = commentUrn(target);
  const at = notification['lastModifiedAt'];
  const base = { accountId: facts.accountId, threadKind: 'comment' as const, occurredAt: instant(at) };
  if (!comment || actor === undefined) {
    const name = id(notification['notificationId']) ?? contentHash(notification);
    const reason = 'A reaction to a post, not to a comment.';
    return compact({
      ...base,
      type: 'ignored' as const,
      eventKey: key('like', name),
      threadKey: key('post', urn(notification['sourcePost'])),
      reason,
    });
  }
  return compact({
    ...base,
    type: 'reaction' as const,
    eventKey: key('like', comment.urn, actor, milliseconds(at)),
    threadKey: key('message', comment.urn),
    externalId: comment.urn,
    actorExternalId: actor,
    action: 'add' as const,
    reaction: 'like',
  });
}

/** Someone names the page in a post of theirs, or passes a post of the page on. */
function sharing(
  facts: PageFacts,
  action: 'SHARE' | 'SHARE_MENTION',
  share: string,
  notification: JsonRecord,
  read: JsonRecord | undefined,
): InboundEvent[] {
  const decorated = record(record(notification['decoratedGeneratedActivity'])?.['share']);
  const author = urn(read?.['author']) ?? actorOf(decorated);
  const words = read === undefined ? wordsOf(decorated) : commentaryText(read['commentary']);
  const at = notification['lastModifiedAt'];
  const base = {
    accountId: facts.accountId,
    threadKind: 'comment' as const,
    threadKey: key('comment', share, author ?? withheld(share)),
  };
  if (author === facts.ownUrn || (action === 'SHARE' && (words ?? '') === '')) {
    const reason = author === facts.ownUrn ? 'A post of the page itself.' : 'A post passed on without words.';
    return [
      compact({
        ...base,
        type: 'ignored' as const,
        eventKey: key('share', share, action),
        reason,
        occurredAt: instant(at),
      }),
    ];
  }
  const person = authorOf(author ?? withheld(share), decorated);
  const post = compact({ externalId: share, permalink: postPage(share), text: words });
  const message: InboundMessage = compact({
    ...base,
    type: 'message' as const,
    eventKey: key('share', share, 'add'),
    occurredAt: instant(read?.['publishedAt'], read?.['createdAt'], at),
    direction: 'in' as const,
    externalId: share,
    author: person,
    contact: person,
    text: words ?? '',
    attachments: [],
    post,
    subtype: action === 'SHARE' ? 'share' : 'mention',
    opensWork: action === 'SHARE' ? false : undefined,
    meta: words ? undefined : { textUntold: true },
  });
  const version = milliseconds(read?.['lastModifiedAt']) ?? milliseconds(at);
  if (!words || version === undefined) return [message];
  const edit = {
    ...base,
    type: 'edit' as const,
    eventKey: key('share', share, 'edit', version),
    occurredAt: instant(version),
    externalId: share,
    text: words,
    version,
    author: person,
    contact: person,
    direction: 'in' as const,
    post,
  };
  const identity =
    read && author !== undefined && actorOf(decorated) === undefined
      ? [
          {
            ...base,
            type: 'identity' as const,
            eventKey: key('share', share, 'author'),
            threadAliases: [key('comment', share, withheld(share))],
            person,
            formerExternalId: withheld(share),
          },
        ]
      : [];
  return [message, compact(edit), ...identity];
}

/** A post's text as people read it: LinkedIn escapes its own punctuation and writes mentions as `@[Name](urn)`. */
export function commentaryText(value: unknown): string | undefined {
  return string(value)
    ?.replaceAll(/@\[([^\]]{0,200})\]\(urn:li:[^)]{1,100}\)/g, '@$1')
    .replaceAll(/\\([\\|{}@[\]()<>#*_~])/g, '$1');
}
