import type { InboundAttachment, InboundAuthor, InboundEvent } from '../../../inbox/conversations/inbound-event';
import { compact, id, instant, key, list, milliseconds, record, string, type JsonRecord } from '../json';
import { isOwnName, unsupported } from './parse-entry-facts';
import type { ReadFor } from './parse-reading';

/**
 * Readings are taken to be this much older than they were: Graph's copies lag behind its webhooks, and the webhook of a
 * change must win over a reading that may not have seen it.
 */
const LAG_MS = 60_000;

/**
 * One comment of a reading, with the replies Instagram puts inside it. It is told under the key of its webhook; what
 * readings noticed after that (another text, another visibility) under keys of their own.
 */
export function readComment(
  facts: ReadFor,
  post: JsonRecord,
  changes: JsonRecord,
  value: unknown,
  parent?: { id: string; author: InboundAuthor },
): InboundEvent[] {
  const item = record(value);
  const externalId = id(item?.['id']);
  const postId = id(post['id']);
  if (!item || externalId === undefined || postId === undefined)
    return [unsupported({ accountId: facts.accountId, sentAt: facts.readAt }, 'reading.comment', value)];
  const author = authorOf(item, externalId, facts);
  const events = eventsOf(facts, { postId, post, item, externalId, author, parent }, changes);
  // Two levels only: a reply has no replies of its own.
  const replies = parent ? [] : list(record(item['replies'])?.['data']);
  const above = { id: externalId, author };
  return [...events, ...replies.flatMap((reply) => readComment(facts, post, changes, reply, above))];
}

interface Subject {
  postId: string;
  post: JsonRecord;
  item: JsonRecord;
  externalId: string;
  author: InboundAuthor;
  parent: { id: string; author: InboundAuthor } | undefined;
}

function eventsOf(facts: ReadFor, subject: Subject, changes: JsonRecord): InboundEvent[] {
  const { postId, post, item, externalId, author } = subject;
  const parent = subject.parent ?? parentOf(facts, item);
  const own = author.externalId === facts.accountId;
  const answered = parent?.author && parent.author.externalId !== facts.accountId ? parent.author : undefined;
  // An own answer stands in the thread of the one it answers, so that history is seen to be answered.
  const ownThread = answered
    ? key('comment', postId, answered.externalId)
    : parent
      ? key('message', parent.id)
      : key('post', postId);
  const text = string(item['message']) ?? string(item['text']) ?? '';
  const attachments = attachmentsOf(record(item['attachment']));
  const shared = {
    accountId: facts.accountId,
    threadKey: own ? ownThread : key('comment', postId, author.externalId),
    threadKind: 'comment' as const,
    externalId,
  };
  const said = {
    direction: own ? ('out' as const) : ('in' as const),
    author,
    contact: own ? undefined : author,
    text,
    attachments,
    post: compact({
      externalId: postId,
      permalink: string(post['permalink']),
      kind: string(post['kind']),
      publishedAt: instant(post['publishedAt']),
    }),
    parentExternalId: parent?.id,
  };
  const message: InboundEvent = compact({
    ...shared,
    ...said,
    type: 'message' as const,
    eventKey: key('comment', externalId, 'add'),
    occurredAt: instant(item['created_time'], item['timestamp']),
    subtype: text === '' && attachments.length === 0 ? 'placeholder' : undefined,
  });
  const change = Object.hasOwn(changes, externalId) ? record(changes[externalId]) : undefined;
  const hidden = item['is_hidden'] === true || item['hidden'] === true;
  const seenMs = (milliseconds(facts.readAt) ?? 0) - LAG_MS;
  const seenAt = instant(seenMs);
  const number = id(change?.['number']) ?? '0';
  const events: InboundEvent[] = [message];
  if (change?.['text'] === true)
    events.push(
      compact({
        ...shared,
        ...said,
        type: 'edit' as const,
        eventKey: key('comment', externalId, 'edited', 'read', number),
        occurredAt: seenAt,
        version: Math.floor(Math.max(seenMs, 0) / 1000), // seconds, as the webhook's edits count
      }),
    );
  if (change ? change['hidden'] === true : hidden)
    events.push(
      compact({
        ...shared,
        type: 'visibility' as const,
        eventKey: key('comment', externalId, hidden ? 'hide' : 'unhide', 'read', number),
        occurredAt: seenAt,
        hidden,
      }),
    );
  return events;
}

/** As the webhook tells it; one who is withheld stands alone under the comment's id, unless it is ourselves. */
function authorOf(item: JsonRecord, externalId: string, facts: ReadFor): InboundAuthor {
  const from = record(item['from']);
  const handle = string(from?.['username']) ?? string(item['username']);
  const self = isOwnName(handle, facts.username) ? facts.accountId : undefined;
  return compact({
    externalId: id(from?.['id']) ?? self ?? key('withheld', externalId),
    name: string(from?.['name']),
    handle,
  });
}

function parentOf(facts: ReadFor, item: JsonRecord): { id: string; author?: InboundAuthor } | undefined {
  const parent = record(item['parent']);
  const parentId = id(parent?.['id']) ?? id(item['parent_id']);
  if (parentId === undefined) return undefined;
  return parent?.['from'] === undefined
    ? { id: parentId }
    : { id: parentId, author: authorOf(parent, parentId, facts) };
}

/** Graph's `attachment` of a Page comment: a photo, a film, a sticker or a shared link. */
function attachmentsOf(attachment: JsonRecord | undefined): InboundAttachment[] {
  if (!attachment) return [];
  const type = string(attachment['type']) ?? '';
  const media = record(attachment['media']);
  const image = string(record(media?.['image'])?.['src']);
  const film = string(media?.['source']);
  const link = string(attachment['url']);
  if (type.includes('sticker')) return [compact({ kind: 'sticker' as const, url: image ?? link })];
  if (film !== undefined) return [{ kind: 'video', url: film }];
  if (image !== undefined && type !== 'share') return [{ kind: 'image', url: image }];
  return link === undefined ? [] : [{ kind: 'share', url: link }];
}
