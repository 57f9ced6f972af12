import { type Account, type Comment, type Message, type MessageAttachment, type Thread, type World } from './world';

export type JsonObject = Record<string, unknown>;

/** One change or messaging event before it is put into an envelope. */
export interface WebhookEvent {
  object: 'page' | 'instagram' | 'whatsapp_business_account';
  accountId: string;
  part: 'changes' | 'messaging' | 'standby';
  /** The subscription field it travels under (`feed`, `comments`, `messages` …). */
  field: string;
  /** `{ field, value }` for changes, the messaging object otherwise. */
  content: JsonObject;
}

export type CommentVerb = 'add' | 'edited' | 'remove' | 'hide' | 'unhide';

const seconds = (ms: number) => Math.floor(ms / 1000);

function change(account: Account, field: string, value: JsonObject): WebhookEvent {
  const object = account.platform === 'facebook' ? 'page' : 'instagram';
  return { object, accountId: account.id, part: 'changes', field, content: { value, field } };
}

/** The `post` part of a feed value. */
function postOf(world: World, comment: Comment): JsonObject {
  const post = world.posts.get(comment.postId);
  if (!post) return {};
  return {
    post: {
      status_type: 'added_photos',
      is_published: true,
      updated_time: `${new Date(post.createdMs).toISOString().slice(0, 19)}+0000`,
      permalink_url: post.permalink,
      promotion_status: 'inactive',
      id: post.id,
    },
  };
}

export function pageAuthor(world: World, comment: Comment): { id: string; name: string } {
  const account = world.account(comment.accountId);
  if (comment.personKey === null) return { id: account.id, name: account.name };
  const person = world.person(comment.personKey);
  return { id: person.facebookId, name: person.name };
}

export function instagramAuthor(world: World, comment: Comment): JsonObject & { id: string; username: string } {
  const account = world.account(comment.accountId);
  if (comment.personKey === null) {
    return { id: account.id, username: account.username, self_ig_scoped_id: '1599000000000042' };
  }
  const person = world.person(comment.personKey);
  return { id: world.scopedId(account.id, person.key), username: person.username };
}

/** A Page comment's life, as `feed` tells it. */
export function feedComment(world: World, comment: Comment, verb: CommentVerb): WebhookEvent {
  const removed = verb === 'remove';
  return change(world.account(comment.accountId), 'feed', {
    from: pageAuthor(world, comment),
    ...(removed ? {} : postOf(world, comment)),
    ...(removed ? {} : { message: comment.text }),
    ...(comment.photoUrl === null || removed ? {} : { photo: comment.photoUrl }),
    post_id: comment.postId,
    comment_id: comment.id,
    created_time: seconds(removed ? world.now() : comment.createdMs),
    item: 'comment',
    parent_id: comment.parentId ?? comment.postId,
    verb,
  });
}

export function feedReaction(
  world: World,
  comment: Comment,
  from: { id: string; name: string },
  verb: 'add' | 'remove',
  reaction: string,
): WebhookEvent {
  return change(world.account(comment.accountId), 'feed', {
    from,
    parent_id: comment.postId,
    comment_id: comment.id,
    post_id: comment.postId,
    verb,
    item: 'reaction',
    reaction_type: reaction,
    created_time: seconds(world.now()),
  });
}

export function visitorPost(world: World, postId: string): WebhookEvent {
  const post = world.posts.get(postId);
  if (!post || post.personKey === null) throw new Error(`Post ${postId} was not written by a visitor.`);
  const person = world.person(post.personKey);
  return change(world.account(post.accountId), 'feed', {
    from: { id: person.facebookId, name: person.name },
    message: post.text,
    post_id: post.id,
    created_time: seconds(post.createdMs),
    item: 'post',
    verb: 'add',
    published: 1,
  });
}

/** Instagram tells of new comments only: there is no verb, no edit and no deletion. */
export function instagramComment(world: World, comment: Comment): WebhookEvent {
  const type = world.posts.get(comment.postId)?.mediaType ?? 'FEED';
  return change(world.account(comment.accountId), type === 'LIVE' ? 'live_comments' : 'comments', {
    from: instagramAuthor(world, comment),
    media: { id: comment.postId, media_product_type: type },
    id: comment.id,
    ...(comment.parentId === null ? {} : { parent_id: comment.parentId }),
    text: comment.text,
  });
}

export function instagramMention(account: Account, mediaId: string, commentId: string | null): WebhookEvent {
  const comment = commentId === null ? {} : { comment_id: commentId };
  return change(account, 'mentions', { media_id: mediaId, ...comment });
}

/** Any messaging event of a thread; `fromAccount` turns sender and recipient round (echo). */
export function messaging(
  world: World,
  thread: Thread,
  field: string,
  body: JsonObject,
  options: { fromAccount?: boolean; standby?: boolean; at?: number } = {},
): WebhookEvent {
  const account = world.account(thread.accountId);
  const person = { id: world.scopedId(account.id, thread.personKey) };
  const self = { id: account.id };
  return {
    object: account.platform === 'facebook' ? 'page' : 'instagram',
    accountId: account.id,
    part: options.standby ? 'standby' : 'messaging',
    field: options.standby ? 'standby' : field,
    content: {
      sender: options.fromAccount ? self : person,
      recipient: options.fromAccount ? person : self,
      timestamp: options.at ?? world.now(),
      ...body,
    },
  };
}

export function attachmentsBody(attachments: readonly MessageAttachment[]): JsonObject {
  if (attachments.length === 0) return {};
  return {
    attachments: attachments.map(({ type, url, title }) => ({
      type,
      payload: { url, ...(title === undefined ? {} : { title }) },
    })),
  };
}

/** The echo of something the business sent. Instagram's carries neither app id nor metadata unless told to. */
export function echo(
  world: World,
  thread: Thread,
  message: Message,
  app: { appId: string; withMetadata: boolean },
): WebhookEvent {
  const { platform } = world.account(thread.accountId);
  const tagged = platform === 'facebook' || app.withMetadata;
  const body = {
    message: {
      mid: message.id,
      ...(message.text === null ? {} : { text: message.text }),
      ...attachmentsBody(message.attachments),
      is_echo: true,
      ...(tagged ? { app_id: Number(app.appId) } : {}),
      ...(tagged && message.metadata !== null ? { metadata: message.metadata } : {}),
    },
  };
  const field = platform === 'facebook' ? 'message_echoes' : 'messages';
  return messaging(world, thread, field, body, { fromAccount: true, at: message.createdMs });
}

/** The envelope of one POST. All events must be of one object; neighbours of one account and part share an entry. */
export function envelope(events: readonly WebhookEvent[], sentMs: number): JsonObject {
  const entries: (JsonObject & { id: string })[] = [];
  let open: { entry: JsonObject; part: string; id: string } | null = null;
  for (const event of events) {
    if (open === null || open.id !== event.accountId || open.part !== event.part) {
      const time = event.part === 'changes' ? seconds(sentMs) : sentMs;
      const entry = { id: event.accountId, time, [event.part]: [] as JsonObject[] };
      entries.push(entry);
      open = { entry, part: event.part, id: event.accountId };
    }
    (open.entry[event.part] as JsonObject[]).push(event.content);
  }
  return { object: events[0]?.object ?? 'page', entry: entries };
}
