import type { InboundAuthor, InboundEvent, InboundPost } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
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

/** A pull's bodies: YouTube's own items, with what the answer alone does not say (a reply does not name its video). */
export type PulledBody =
  | { kind: 'youtube.threads'; channelId: string; status: string; items: readonly JsonRecord[] }
  | { kind: 'youtube.replies'; channelId: string; videoId?: string; parentId: string; items: readonly JsonRecord[] }
  /** Ids that were there and are no longer. */
  | { kind: 'youtube.absent'; channelId: string; ids: readonly string[] }
  /** Comments a moderator held back or published; `times` counts the changes seen of each. */
  | {
      kind: 'youtube.moderated';
      channelId: string;
      changes: readonly { id: string; hidden: boolean; times: number }[];
    };

interface Place {
  accountId: string;
  channelId: string;
  videoId: string | undefined;
  parentId: string | undefined;
  status: string | undefined;
}

/** Pulled bodies as inbound events. Total: any JSON value gives events. */
export function parseYouTube(body: unknown, { channel }: ParseContext): InboundEvent[] {
  const envelope = record(body);
  const channelId = id(envelope?.['channelId']) ?? channel?.externalId ?? '';
  const accountId = channel?.externalId ?? channelId;
  const place: Place = { accountId, channelId, videoId: undefined, parentId: undefined, status: undefined };
  const events = envelope ? read(envelope, place) : [];
  return events.length > 0 ? events : [unsupported(accountId, 'malformed', body)];
}

function read(envelope: JsonRecord, place: Place): InboundEvent[] {
  const items = list(envelope['items']);
  switch (envelope['kind']) {
    case 'youtube.threads':
      return items.flatMap((item) => thread(item, { ...place, status: string(envelope['status']) }));
    case 'youtube.replies': {
      const under = { ...place, videoId: id(envelope['videoId']), parentId: id(envelope['parentId']) };
      return items.flatMap((item) => comment(item, under));
    }
    case 'youtube.absent':
      return list(envelope['ids']).map((value) => removal(value, place));
    case 'youtube.moderated':
      return list(envelope['changes']).map((value) => moderated(value, place));
    default:
      return [];
  }
}

/** A top comment and the few answers that come along with it. */
function thread(value: unknown, place: Place): InboundEvent[] {
  const item = record(value);
  const snippet = record(item?.['snippet']);
  const top = record(snippet?.['topLevelComment']);
  const threadId = id(item?.['id']) ?? id(top?.['id']);
  if (!top || threadId === undefined) return [unsupported(place.accountId, 'malformed_thread', value)];
  const videoId = id(snippet?.['videoId']) ?? id(record(top['snippet'])?.['videoId']);
  const replies = list(record(item?.['replies'])?.['comments']);
  return [
    ...comment({ ...top, id: threadId }, { ...place, videoId }),
    // The list's status is of the top comment; an answer tells its own.
    ...replies.flatMap((reply) => comment(reply, { ...place, videoId, parentId: threadId, status: undefined })),
  ];
}

const HIDDEN = new Set(['heldForReview', 'likelySpam', 'rejected']);

function comment(value: unknown, place: Place): InboundEvent[] {
  const item = record(value);
  const snippet = record(item?.['snippet']);
  const externalId = id(item?.['id']);
  if (!snippet || externalId === undefined) return [unsupported(place.accountId, 'malformed_comment', value)];
  const authorId = id(record(snippet['authorChannelId'])?.['value']);
  const own = authorId === place.channelId;
  // An author without a channel stands alone: strangers must not become one contact.
  const author: InboundAuthor = compact({
    externalId: authorId ?? key('withheld', externalId),
    name: string(snippet['authorDisplayName']),
    avatarUrl: string(snippet['authorProfileImageUrl']),
  });
  // Comments on the channel itself have no video; the channel is what they hang under.
  const postId = place.videoId ?? id(snippet['videoId']) ?? place.channelId;
  const parentExternalId = id(snippet['parentId']) ?? place.parentId;
  const ownThread = parentExternalId === undefined ? key('post', postId) : key('message', parentExternalId);
  const text = string(snippet['textOriginal']) ?? string(snippet['textDisplay']) ?? '';
  const publishedAt = instant(snippet['publishedAt']);
  const base = {
    accountId: place.accountId,
    threadKind: 'comment' as const,
    threadKey: own ? ownThread : key('comment', postId, author.externalId),
  };
  const people = own ? { author } : { author, contact: author };
  const direction = own ? ('out' as const) : ('in' as const);
  const post = postOf(postId, place.channelId);
  const status = string(snippet['moderationStatus']) ?? place.status;
  const hidden = status !== undefined && HIDDEN.has(status);

  const events: InboundEvent[] = [
    compact({
      ...base,
      type: 'message' as const,
      eventKey: key('comment', externalId, 'add'),
      occurredAt: publishedAt,
      direction,
      externalId,
      ...people,
      text,
      attachments: [],
      post,
      parentExternalId,
      subtype: text === '' ? 'placeholder' : undefined,
      opensWork: status === 'likelySpam' || status === 'rejected' ? false : undefined,
      meta: hidden ? { moderationStatus: status } : undefined,
    }),
  ];
  const version = milliseconds(snippet['updatedAt']);
  if (version !== undefined && version !== milliseconds(snippet['publishedAt']))
    events.push(
      compact({
        ...base,
        type: 'edit' as const,
        eventKey: key('comment', externalId, 'edit', version),
        occurredAt: instant(version),
        externalId,
        text,
        version,
        ...people,
        direction,
        post,
        parentExternalId,
      }),
    );
  if (hidden) events.push(visibility(place, externalId, true, 0));
  return events;
}

const postOf = (postId: string, channelId: string): InboundPost =>
  postId === channelId
    ? { externalId: postId, permalink: channelPage(channelId), kind: 'channel' }
    : { externalId: postId, permalink: videoPage(postId), kind: 'video' };

export const videoPage = (videoId: string) => `https://www.youtube.com/watch?v=${encodeURIComponent(videoId)}`;
export const channelPage = (channelId: string) => `https://www.youtube.com/channel/${encodeURIComponent(channelId)}`;

/** YouTube does not say when a moderator acted; `times` tells one change from the next. */
function visibility({ accountId }: Place, externalId: string, hidden: boolean, times: number): InboundEvent {
  return {
    accountId,
    threadKind: 'comment',
    threadKey: key('message', externalId),
    type: 'visibility',
    eventKey: key('comment', externalId, hidden ? 'hidden' : 'shown', times),
    externalId,
    hidden,
  };
}

function moderated(value: unknown, place: Place): InboundEvent {
  const change = record(value);
  const externalId = id(change?.['id']);
  const times = integer(change?.['times']);
  const hidden = change?.['hidden'];
  if (externalId === undefined || times === undefined || typeof hidden !== 'boolean')
    return unsupported(place.accountId, 'malformed_change', value);
  return visibility(place, externalId, hidden, times);
}

function removal(value: unknown, { accountId }: Place): InboundEvent {
  const externalId = id(value);
  if (externalId === undefined) return unsupported(accountId, 'malformed_absence', value);
  return {
    accountId,
    threadKind: 'comment',
    threadKey: key('message', externalId),
    type: 'delete',
    eventKey: key('comment', externalId, 'delete'),
    externalId,
    by: 'unknown', // absent is all that can be seen
  };
}

function unsupported(accountId: string, kind: string, content: unknown): InboundEvent {
  const hash = contentHash(content);
  return {
    type: 'unsupported',
    accountId,
    eventKey: key('unsupported', kind, hash),
    threadKey: key('unsupported', hash),
    threadKind: 'comment',
    kind,
  };
}
