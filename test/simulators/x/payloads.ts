import { rootOf, type XDmRow, type XPostRow, type XUser, type XWorld } from './world';

const iso = (at: number) => new Date(at).toISOString();

/** A user in the flat form of `includes.users`. */
export const userObject = ({ id, name, handle }: XUser) => ({
  id,
  name,
  username: handle,
  protected: false,
  verified: false,
  profile_image_url: 'https://pbs.twimg.com/profile_images/0/invented_normal.jpg',
  public_metrics: { followers_count: 120, followers_count_str: '120' },
});

/** Handles X puts before a reply by itself, unless they stand there already. */
function prefixOf(world: XWorld, post: XPostRow): string {
  if (!post.replyTo) return '';
  const name = `@${world.user(post.replyTo.authorId).handle}`;
  return post.text.startsWith(name) ? '' : `${name} `;
}

/** A post as v2 shows it now: the newest version. */
export function postObject(world: XWorld, post: XPostRow) {
  const prefix = prefixOf(world, post);
  const text = prefix + post.text;
  const mentions = [...world.users.values()].flatMap(({ id, handle }) => {
    const at = text.search(new RegExp(`@${handle}(?!\\w)`));
    if (at < 0) return [];
    const start = Array.from(text.slice(0, at)).length;
    const end = start + handle.length + 1;
    return [{ start, start_str: String(start), end, end_str: String(end), username: handle, id }];
  });
  const references = [
    ...(post.replyTo ? [{ type: 'replied_to', id: post.replyTo.id }] : []),
    ...(post.quoted === undefined ? [] : [{ type: 'quoted', id: post.quoted }]),
  ];
  return {
    id: post.versions.at(-1)!,
    author_id: post.authorId,
    conversation_id: post.conversationId,
    created_at: iso(post.at),
    text: escape(text),
    lang: /[\u0600-\u06ff]/.test(text) ? 'fa' : 'en',
    edit_history_tweet_ids: [...post.versions],
    edit_controls: { edits_remaining: 5, is_edit_eligible: true, editable_until: iso(post.at + 3_600_000) },
    display_text_range: [prefix.length, Array.from(text).length],
    reply_settings: 'everyone',
    ...(mentions.length > 0 ? { entities: { mentions } } : {}),
    ...(post.replyTo ? { in_reply_to_tweet_id: post.replyTo.id, in_reply_to_user_id: post.replyTo.authorId } : {}),
    ...(references.length > 0 ? { referenced_tweets: references } : {}),
  };
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** People and posts told beside these posts. */
export function includesOf(world: XWorld, posts: readonly XPostRow[]) {
  const referenced = posts
    .flatMap(({ replyTo, quoted }) => [replyTo?.id, quoted])
    .flatMap((id) => (id === undefined ? [] : (world.post(id) ?? [])));
  const authors = new Set([...posts, ...referenced].map(({ authorId }) => authorId));
  const tweets = [...new Set(referenced)].map((post) => postObject(world, post));
  return {
    users: [...authors].map((id) => userObject(world.user(id))),
    ...(tweets.length > 0 ? { tweets } : {}),
  };
}

/** Direct messages in the form both push products share. */
export function dmPayload(world: XWorld, dms: readonly XDmRow[]) {
  const people = new Set(dms.flatMap(({ senderId, recipientId }) => [senderId, recipientId]));
  return {
    direct_message_events: dms.map((dm) => ({
      type: 'message_create',
      id: dm.id,
      created_timestamp: String(dm.at),
      message_create: {
        target: { recipient_id: dm.recipientId },
        sender_id: dm.senderId,
        message_data: {
          text: escape(textWithMedia(dm)),
          entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] },
          ...(dm.media ? { attachment: { type: 'media', media: mediaObject(dm, dm.media) } } : {}),
        },
      },
    })),
    users: Object.fromEntries([...people].map((id) => [id, { data: userObject(world.user(id)) }])),
  };
}

const textWithMedia = (dm: XDmRow) => (dm.media ? `${dm.text} https://t.co/m${dm.id.slice(-6)}`.trim() : dm.text);

const mediaObject = (dm: XDmRow, { id, type, file }: NonNullable<XDmRow['media']>) => ({
  id: Number(id), // loses its last digits on purpose, as X's own does in JavaScript
  id_str: id,
  media_url_https: `https://ton.twitter.com/1.1/ton/data/dm/${dm.id}/${id}/${file}`,
  type,
});

/** One message of `GET /2/dm_events`. */
export const dmObject = (dm: XDmRow) => ({
  id: dm.id,
  event_type: 'MessageCreate',
  text: escape(textWithMedia(dm)),
  sender_id: dm.senderId,
  dm_conversation_id: [dm.senderId, dm.recipientId].toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)).join('-'),
  created_at: iso(dm.at),
  ...(dm.media ? { attachments: { media_keys: [`3_${dm.media.id}`] } } : {}),
});

export const dmIncludes = (world: XWorld, dms: readonly XDmRow[]) => ({
  users: [...new Set(dms.map(({ senderId }) => senderId))].map((id) => userObject(world.user(id))),
  media: dms.flatMap((dm) =>
    dm.media
      ? [
          {
            media_key: `3_${dm.media.id}`,
            type: dm.media.type,
            url: `https://ton.x.com/1.1/ton/data/dm/${dm.id}/${dm.media.id}/${dm.media.file}`,
          },
        ]
      : [],
  ),
});

/** What happened, before it is known who subscribed to it. */
export interface XEvent {
  type: string;
  /** Whose subscription it is for. */
  userId: string;
  uuid: string;
  payload: object;
  includes?: object;
  at: number;
}

export const postEvent = (world: XWorld, type: string, userId: string, post: XPostRow): XEvent => ({
  type,
  userId,
  uuid: type === 'post.mention.create' ? rootOf(post) : `-${world.nextId()}`,
  payload: postObject(world, post),
  includes: includesOf(world, [post]),
  at: world.now(),
});

/** The body of one delivery of the Activity API. */
export const activityBody = ({ type, userId, uuid, payload, includes }: XEvent, tag: string | undefined) => ({
  data: {
    event_uuid: uuid,
    filter: type === 'oauth.revoke' ? {} : { user_id: userId },
    event_type: type,
    ...(tag === undefined ? {} : { tag }),
    payload,
    ...(includes ? { includes } : {}),
  },
});
