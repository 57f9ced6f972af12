import type { InboundAuthor, InboundEvent, InboundPost } from '../../../inbox/conversations/inbound-event';
import { compact, id, instant, key, record, string, type JsonRecord } from '../json';
import { LIVE_COMMENT } from './meta.capabilities';
import { type EntryFacts, isOwnName, unsupported } from './parse-entry-facts';

/** A `changes[]` item of an Instagram account. Instagram announces new comments only: no edits, no deletions. */
export function parseInstagramChange(facts: EntryFacts, field: string, value: JsonRecord): InboundEvent[] {
  if (field === 'comments' || field === 'live_comments') return [comment(facts, field, value)];
  if (field === 'mentions') return [mention(facts, value)];
  return [unsupported(facts, `instagram.${field}`, value)];
}

function comment(facts: EntryFacts, field: string, value: JsonRecord): InboundEvent {
  const externalId = id(value['id']) ?? id(value['comment_id']);
  const media = record(value['media']);
  const mediaId = id(media?.['id']) ?? id(value['media_id']);
  if (externalId === undefined || mediaId === undefined) return unsupported(facts, `instagram.${field}`, value);

  const author = authorOf(facts, value, externalId);
  const own = author.externalId === facts.accountId || record(value['from'])?.['self_ig_scoped_id'] !== undefined;
  const parentExternalId = id(value['parent_id']);
  const ownThread = parentExternalId === undefined ? key('post', mediaId) : key('message', parentExternalId);
  const text = string(value['text']) ?? '';
  const ad = compact({
    adId: id(media?.['ad_id']),
    adTitle: string(media?.['ad_title']),
    originalMediaId: id(media?.['original_media_id']),
  });
  return compact({
    type: 'message' as const,
    accountId: facts.accountId,
    eventKey: key('comment', externalId, 'add'),
    threadKey: own ? ownThread : key('comment', mediaId, author.externalId),
    threadKind: 'comment' as const,
    occurredAt: instant(value['created_time'], value['timestamp'], facts.sentAt),
    direction: own ? ('out' as const) : ('in' as const),
    externalId,
    author,
    contact: own ? undefined : author,
    text,
    attachments: [],
    post: postOf(mediaId, media),
    parentExternalId,
    subtype: field === 'live_comments' ? LIVE_COMMENT : text === '' ? 'placeholder' : undefined,
    meta: Object.keys(ad).length > 0 ? ad : undefined,
  });
}

/**
 * Instagram may withhold the author's id; then the name tells our own words, and a comment of anybody else stands for a
 * person of its own.
 */
function authorOf(facts: EntryFacts, value: JsonRecord, externalId: string): InboundAuthor {
  const from = record(value['from']);
  const handle = string(from?.['username']) ?? string(value['username']);
  const self = isOwnName(handle, facts.username) ? facts.accountId : undefined;
  return compact({ externalId: id(from?.['id']) ?? self ?? key('withheld', externalId), handle });
}

function postOf(mediaId: string, media: JsonRecord | undefined): InboundPost {
  return compact({
    externalId: mediaId,
    kind: string(media?.['media_product_type']),
    text: string(media?.['ad_title']),
  });
}

/**
 * A mention names ids only; its words are asked for afterwards, so a placeholder stands here. Its external id carries
 * media and comment, because the answer goes to the account's `mentions` edge with both, and because the same comment may
 * also arrive by itself.
 */
function mention(facts: EntryFacts, value: JsonRecord): InboundEvent {
  const mediaId = id(value['media_id']);
  if (mediaId === undefined) return unsupported(facts, 'instagram.mentions', value);
  const commentId = id(value['comment_id']);
  const externalId = key('mention', mediaId, ...(commentId === undefined ? [] : [commentId]));
  const author = { externalId: key('withheld', commentId ?? mediaId) };
  const text = string(value['text']) ?? '';
  return compact({
    type: 'message' as const,
    accountId: facts.accountId,
    eventKey: externalId,
    threadKey: key('comment', mediaId, author.externalId),
    threadKind: 'comment' as const,
    occurredAt: instant(facts.sentAt),
    direction: 'in' as const,
    externalId,
    author,
    contact: author,
    text,
    attachments: [],
    post: { externalId: mediaId },
    subtype: 'mention',
    meta: compact({
      mentionedIn: commentId === undefined ? 'caption' : 'comment',
      commentId,
      textUntold: text === '' ? true : undefined,
    }),
  });
}
