import type { InboundAttachment, InboundAuthor } from '../../../inbox/conversations/inbound-event';
import { compact, integer, type JsonRecord } from '../json';
import {
  type Frame,
  idText,
  instantOf,
  own,
  ownList,
  ownRecord,
  ownString,
  personOf,
  personWith,
  records,
  unescaped,
  xid,
} from './x.fields';

/** A post in one shape, whether v2 (Activity API, REST) or v1.1 (Account Activity API) told it. */
export interface XPost {
  /** Id of its first version: what the message is known by. */
  root: string;
  /** Ids of all versions, oldest first. */
  versions: readonly string[];
  author: InboundAuthor;
  conversationId?: string;
  text: string;
  createdAt?: string;
  replyToId?: string;
  replyToUserId?: string;
  quotedId?: string;
  repost: boolean;
  mentions: readonly { id: string; implicit: boolean }[];
  /** Whether the network told mentions at all; without entities nobody knows. */
  mentionsTold: boolean;
  attachments: readonly InboundAttachment[];
  language?: string;
  /** `user_has_blocked` of the older product. */
  blocked?: boolean;
}

/** @returns undefined without an id or an author */
export function readPost(content: JsonRecord, frame: Pick<Frame, 'people' | 'media'>): XPost | undefined {
  const id = xid(content, 'id');
  const user = personOf(own(content, 'user'));
  const authorId = xid(content, 'author_id') ?? user?.externalId;
  if (id === undefined || authorId === undefined) return undefined;
  const history = ownList(content, 'edit_history_tweet_ids')
    .map(idText)
    .filter((version) => version !== undefined);
  const versions = history.length > 0 ? history : [id];
  const references = records(content, 'referenced_tweets');
  const referred = (type: string) =>
    xid(
      references.find((reference) => own(reference, 'type') === type),
      'id',
    );
  const shown = shownText(content);
  const entities = ownRecord(content, 'entities');
  return compact({
    root: versions[0]!,
    versions,
    author: user ?? personWith(frame.people, authorId),
    conversationId: xid(content, 'conversation_id'),
    text: shown.text,
    createdAt: instantOf(own(content, 'timestamp_ms'), own(content, 'created_at')),
    replyToId: referred('replied_to') ?? xid(content, 'in_reply_to_tweet_id') ?? xid(content, 'in_reply_to_status_id'),
    replyToUserId: xid(content, 'in_reply_to_user_id'),
    quotedId: referred('quoted') ?? xid(content, 'quoted_status_id'),
    repost: referred('retweeted') !== undefined || ownRecord(content, 'retweeted_status') !== undefined,
    mentions: mentionsIn(entities, shown.start),
    mentionsTold: entities !== undefined,
    attachments: attachmentsIn(content, frame),
    language: ownString(content, 'lang'),
    blocked: own(content, 'user_has_blocked') === true ? true : undefined,
  });
}

/**
 * The words of a post as X shows them: long posts in full, without the names X puts before a reply by itself
 * (`display_text_range` begins behind them). `start` is in Unicode characters, as X counts.
 */
function shownText(content: JsonRecord): { text: string; start: number } {
  const extended = ownRecord(content, 'extended_tweet');
  const long = ownString(ownRecord(content, 'note_tweet'), 'text') ?? ownString(extended, 'full_text');
  const full = long ?? ownString(content, 'full_text') ?? ownString(content, 'text') ?? '';
  const range = ownList(extended ?? content, 'display_text_range');
  const start = integer(range[0]) ?? 0;
  const before = Array.from(full).slice(0, start).join('');
  const onlyNames = start > 0 && /^(?:@\w+\s+)+$/u.test(before);
  return onlyNames ? { text: unescaped(full.slice(before.length)), start } : { text: unescaped(full), start: 0 };
}

function mentionsIn(entities: JsonRecord | undefined, shownFrom: number): XPost['mentions'] {
  return [...records(entities, 'mentions'), ...records(entities, 'user_mentions')].flatMap((mention) => {
    const id = xid(mention, 'id');
    const end = integer(own(mention, 'end')) ?? integer(ownList(mention, 'indices')[1]);
    return id === undefined ? [] : [{ id, implicit: end !== undefined && end <= shownFrom }];
  });
}

/** How the author names the account: in words, only by answering it, or not at all. */
export function mentionOf(post: XPost, accountId: string): 'explicit' | 'implicit' | 'none' {
  const ours = post.mentions.filter(({ id }) => id === accountId);
  if (ours.some(({ implicit }) => !implicit)) return 'explicit';
  return ours.length > 0 ? 'implicit' : 'none';
}

function attachmentsIn(content: JsonRecord, frame: Pick<Frame, 'media'>): InboundAttachment[] {
  const attached = ownRecord(content, 'attachments');
  const v2 = ownList(attached, 'media_keys').flatMap((value) => {
    const mediaKey = idText(value);
    return mediaKey === undefined ? [] : [mediaAttachment(frame.media.get(mediaKey) ?? { media_key: mediaKey })];
  });
  const entities = ownRecord(content, 'extended_entities') ?? ownRecord(content, 'entities');
  const v1 = records(entities, 'media').map((media) => mediaAttachment(media));
  return v2.length > 0 ? v2 : v1;
}

const KINDS: Readonly<Record<string, InboundAttachment['kind']>> = {
  photo: 'image',
  video: 'video',
  animated_gif: 'video',
};

/** A media object of v2 (`media_key`, `variants`) or v1.1 (`media_url_https`, `video_info`). */
export function mediaAttachment(media: JsonRecord, meta: Record<string, unknown> = {}): InboundAttachment {
  const type = ownString(media, 'type') ?? 'unknown';
  const mediaKey = xid(media, 'media_key');
  const film = [...records(media, 'variants'), ...records(ownRecord(media, 'video_info'), 'variants')]
    .filter((variant) => own(variant, 'content_type') === 'video/mp4')
    .toSorted((a, b) => bitrate(b) - bitrate(a))[0];
  const preview = ownString(media, 'preview_image_url');
  return compact({
    kind: Object.hasOwn(KINDS, type) ? KINDS[type]! : ('unknown' as const),
    url: ownString(film, 'url') ?? pictureOf(media) ?? preview,
    mimeType: film ? 'video/mp4' : undefined,
    meta: compact({ mediaId: xid(media, 'id') ?? mediaKey?.split('_').at(-1), type, preview, ...meta }),
  });
}

/** In v1.1 `url` is the short link in the text; the picture is `media_url_https`. */
const pictureOf = (media: JsonRecord) =>
  ownString(media, 'media_url_https') ?? (own(media, 'media_key') === undefined ? undefined : ownString(media, 'url'));

const bitrate = (variant: JsonRecord) => integer(own(variant, 'bit_rate')) ?? integer(own(variant, 'bitrate')) ?? 0;
