import { instagramAuthor, pageAuthor, type JsonObject } from './events';
import { graphError } from './graph-errors';
import {
  actingAccount,
  objectGone,
  page,
  parseFields,
  pick,
  text,
  type FieldTree,
  type GraphAnswer,
  type GraphCall,
  type GraphContext,
} from './graph-call';
import { type Comment, type Message, type MessageAttachment, type Thread, type World } from './world';

/** Graph's own way of writing an instant: seconds and `+0000`. */
const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}+0000`;

function asked({ world }: GraphContext, call: GraphCall, standard: string): FieldTree {
  const source = text(call.params, 'fields') ?? standard;
  for (const name of source.match(/[a-z_]+/g) ?? [])
    if (world.refusedFields.has(name)) throw graphError(100, `Tried accessing nonexisting field (${name})`);
  return parseFields(source);
}

function facebookComment(world: World, comment: Comment): JsonObject {
  const replyable = comment.personKey !== null && comment.privateReplyId === null;
  const conversation = world.messages.get(comment.privateReplyId ?? '')?.threadId;
  const parent = world.comments.get(comment.parentId ?? '');
  return {
    id: comment.id,
    from: pageAuthor(world, comment),
    message: comment.text,
    created_time: stamp(comment.createdMs),
    is_hidden: comment.hidden,
    can_reply_privately: replyable,
    private_reply_conversation: conversation === undefined ? undefined : { id: conversation },
    permalink_url: `${world.posts.get(comment.postId)?.permalink ?? ''}?comment_id=${comment.id.split('_')[1] ?? ''}`,
    attachment: comment.photoUrl === null ? undefined : { type: 'photo', media: { image: { src: comment.photoUrl } } },
    parent: parent === undefined ? undefined : { id: parent.id, from: pageAuthor(world, parent) },
    like_count: comment.likedBy.size,
    comment_count: world.commentsOf(comment.postId).filter(({ parentId }) => parentId === comment.id).length,
  };
}

function instagramCommentBody(world: World, comment: Comment, fields: FieldTree): JsonObject {
  const from = instagramAuthor(world, comment);
  const wanted = fields['replies'];
  const replies = wanted ? world.commentsOf(comment.postId).filter(({ parentId }) => parentId === comment.id) : [];
  return {
    id: comment.id,
    text: comment.text,
    timestamp: stamp(comment.createdMs),
    username: from.username,
    from: { id: from.id, username: from.username },
    parent_id: comment.parentId ?? undefined,
    hidden: comment.hidden,
    like_count: comment.likedBy.size,
    media: { id: comment.postId, media_product_type: world.posts.get(comment.postId)?.mediaType },
    replies: {
      data: replies.map((reply) => pick(instagramCommentBody(world, reply, {}), wanted?.fields ?? { text: {} })),
    },
  };
}

function commentBody(world: World, comment: Comment, fields: FieldTree): JsonObject {
  const facebook = world.account(comment.accountId).platform === 'facebook';
  return pick(facebook ? facebookComment(world, comment) : instagramCommentBody(world, comment, fields), fields);
}

/** `GET /{post}/comments`, `/{comment}/comments`, `/{ig-comment}/replies`. */
export function listComments(context: GraphContext, call: GraphCall): GraphAnswer {
  const { world } = context;
  const parent = world.comments.get(call.node);
  const post = world.posts.get(parent?.postId ?? call.node);
  if (!post || parent?.removed) throw objectGone();
  const account = actingAccount(context, call, post.accountId);
  const standard = account.platform === 'facebook' ? 'id,created_time,from,message' : 'id,timestamp,text';
  const fields = asked(context, call, standard);
  const stream = text(call.params, 'filter') === 'stream';
  const level = (comment: Comment) => (parent ? comment.parentId === parent.id : stream || comment.parentId === null);
  const listed = world.commentsOf(post.id).filter(level);
  const newestFirst = account.platform === 'instagram' || text(call.params, 'order') === 'reverse_chronological';
  if (newestFirst) listed.reverse();
  return {
    body: page(
      listed.map((comment) => commentBody(world, comment, fields)),
      call,
    ),
  };
}

export function listPosts(context: GraphContext, call: GraphCall): GraphAnswer {
  const account = actingAccount(context, call, call.node);
  const since = Number(text(call.params, 'since') ?? 0) * 1000;
  const fields = asked(context, call, account.platform === 'facebook' ? 'id,message,created_time' : 'id');
  const posts = [...context.world.posts.values()].filter(
    (post) => post.accountId === account.id && post.createdMs >= since && post.endedMs === undefined,
  );
  const rows = posts.toReversed().map((post) => pick(postBody(context.world, post.id), fields));
  return { body: page(rows, call) };
}

function postBody(world: World, id: string, mentioned = false): JsonObject {
  const post = world.posts.get(id);
  if (!post || post.endedMs !== undefined) throw objectGone();
  if (world.account(post.accountId).platform === 'facebook') {
    const created = stamp(post.createdMs);
    const { id: accountId, name } = world.account(post.accountId);
    const person = post.personKey === null ? undefined : world.person(post.personKey);
    return {
      id,
      from: person ? { id: person.facebookId, name: person.name } : { id: accountId, name },
      message: post.text === '' ? undefined : post.text,
      created_time: created,
      updated_time: created,
      permalink_url: post.permalink,
      full_picture: post.pictureUrl ?? undefined,
      status_type: post.pictureUrl === null ? 'mobile_status_update' : 'added_photos',
    };
  }
  const film = post.mediaType === 'REELS';
  return {
    id,
    caption: post.text === '' ? undefined : post.text,
    timestamp: stamp(post.createdMs),
    permalink: post.permalink,
    media_type: film ? 'VIDEO' : 'IMAGE',
    media_url: film ? `${post.permalink}film.mp4` : (post.pictureUrl ?? undefined),
    thumbnail_url: film ? (post.pictureUrl ?? undefined) : undefined,
    media_product_type: post.mediaType,
    ...(mentioned ? { username: world.account(post.accountId).username } : {}),
  };
}

/** `GET /{account}/conversations?platform=…`: newest first, messages inside newest first. */
export function listConversations(context: GraphContext, call: GraphCall): GraphAnswer {
  const { world } = context;
  const platform = text(call.params, 'platform') ?? 'messenger';
  const account = actingAccount(context, call, call.node);
  const target =
    platform === 'instagram' && account.platform === 'facebook' ? linkedInstagram(world, account.id) : account.id;
  const scopedTo = text(call.params, 'user_id');
  const fields = asked(context, call, 'id,updated_time');
  const threads = [...world.threads.values()]
    .filter(({ accountId, messages }) => accountId === target && messages.length > 0)
    .filter(({ personKey }) => scopedTo === undefined || world.scopedId(target, personKey) === scopedTo)
    .toSorted((a, b) => b.updatedMs - a.updatedMs);
  return {
    body: page(
      threads.map((thread) => threadBody(world, thread, fields)),
      call,
    ),
  };
}

function linkedInstagram(world: World, pageId: string): string {
  for (const account of world.accounts.values()) if (account.pageId === pageId) return account.id;
  throw objectGone();
}

function threadBody(world: World, thread: Thread, fields: FieldTree): JsonObject {
  const wanted = fields['messages'];
  const newest = thread.messages
    .filter(({ deleted }) => !deleted)
    .toReversed()
    .slice(0, wanted?.limit ?? 25);
  const account = world.account(thread.accountId);
  const full = {
    id: thread.id,
    updated_time: stamp(thread.updatedMs),
    participants: { data: [participant(world, thread, false), participant(world, thread, true)] },
    messages: {
      data: newest.map((message) => pick(messageBody(world, thread, message), wanted?.fields ?? { id: {} })),
    },
    can_reply: account.messageAccess,
  };
  return pick(full, fields);
}

function participant(world: World, thread: Thread, self: boolean): JsonObject {
  const account = world.account(thread.accountId);
  const person = world.person(thread.personKey);
  const names = account.platform === 'facebook' ? 'name' : 'username';
  return self
    ? { [names]: account[names], id: account.id }
    : { [names]: person[names], id: world.scopedId(account.id, person.key) };
}

function messageBody(world: World, thread: Thread, message: Message): JsonObject {
  const { attachments } = message;
  return {
    id: message.id,
    message: message.text ?? '',
    created_time: stamp(message.createdMs),
    from: participant(world, thread, message.fromAccount),
    to: { data: [participant(world, thread, !message.fromAccount)] },
    attachments: attachments.length === 0 ? undefined : { data: attachments.map(attachmentBody) },
    reply_to: message.replyToId === null ? undefined : { mid: message.replyToId },
    sticker: undefined,
    shares: undefined,
    story: undefined,
    is_unsupported: undefined,
  };
}

function attachmentBody({ type, url, title }: MessageAttachment): JsonObject {
  if (type === 'image') return { mime_type: 'image/jpeg', image_data: { url } };
  if (type === 'video') return { mime_type: 'video/mp4', video_data: { url } };
  return { mime_type: type === 'audio' ? 'audio/mp4' : 'application/pdf', file_url: url, name: title };
}

/** `GET /{id}?fields=`: account, comment, post, thread, message, or the profile behind a PSID or IGSID. */
export function readNode(context: GraphContext, call: GraphCall): GraphAnswer {
  const { world } = context;
  const fields = asked(context, call, 'id');
  const account = world.accounts.get(call.node);
  if (account) return { body: accountBody(context, call, fields) };
  const comment = world.comments.get(call.node);
  if (comment && !comment.removed) {
    actingAccount(context, call, comment.accountId);
    return { body: commentBody(world, comment, fields) };
  }
  const post = world.posts.get(call.node);
  if (post && call.token.accountIds.includes(post.accountId)) return { body: pick(postBody(world, post.id), fields) };
  const thread = world.threadById(call.node);
  if (thread) return { body: threadBody(world, thread, fields) };
  const message = world.messages.get(call.node);
  const inThread = message ? world.threadById(message.threadId) : undefined;
  if (message && inThread && !message.deleted) return { body: pick(messageBody(world, inThread, message), fields) };
  return { body: profile(context, call, fields) };
}

function profile(context: GraphContext, call: GraphCall, fields: FieldTree): JsonObject {
  for (const accountId of call.token.accountIds) {
    const person = context.world.personByScopedId(accountId, call.node);
    if (!person) continue;
    if (person.profile === 'refused') throw graphError(100, 'No profile available for this user.', 2018218);
    if (person.profile === 'empty') return { id: call.node };
    const [first_name, ...rest] = person.name.split(' ');
    const picture = `https://scontent.example/${person.key}.jpg`;
    const names = { name: person.name, username: person.username, first_name, last_name: rest.join(' ') };
    return pick({ id: call.node, ...names, profile_pic: picture }, fields);
  }
  throw objectGone();
}

function accountBody(context: GraphContext, call: GraphCall, fields: FieldTree): JsonObject {
  const { world } = context;
  const account = actingAccount(context, call, call.node);
  const mentioned = fields['mentioned_comment']?.argument;
  const comment = mentioned === undefined ? undefined : world.comments.get(mentioned);
  const linked = [...world.accounts.values()].find(({ pageId }) => pageId === account.id);
  const body: JsonObject = {
    id: account.id,
    user_id: account.id,
    name: account.name,
    username: account.username,
    profile_picture_url: undefined,
    instagram_business_account: linked ? { id: linked.id } : undefined,
  };
  const media = fields['mentioned_media'];
  if (media)
    body['mentioned_media'] = pick(postBody(world, media.argument ?? '', true), media.fields ?? { caption: {} });
  if (mentioned !== undefined) {
    if (!comment) throw objectGone();
    body['mentioned_comment'] = commentBody(world, comment, fields['mentioned_comment']?.fields ?? { text: {} });
  }
  return pick(body, fields);
}

/** `GET /me/accounts` with a user token. */
export function listAccounts(context: GraphContext, call: GraphCall): GraphAnswer {
  const { world } = context;
  const fields = asked(context, call, 'id,name,access_token,tasks');
  const pages = call.token.accountIds.map((id) => world.account(id)).filter(({ platform }) => platform === 'facebook');
  const tokens = [...world.tokens.values()].filter(({ kind }) => kind === 'page');
  const linkedTo = (pageId: string) => [...world.accounts.values()].find((account) => account.pageId === pageId);
  const rows = pages.map(({ id, name, username, tasks }) => {
    const linked = linkedTo(id);
    return pick(
      {
        id,
        name,
        username,
        access_token: tokens.find(({ accountIds }) => accountIds[0] === id)?.value,
        tasks,
        picture: { data: { url: `https://scontent.example/${id}.jpg` } },
        instagram_business_account: linked
          ? { id: linked.id, username: linked.username, name: linked.name, profile_picture_url: undefined }
          : undefined,
      },
      fields,
    );
  });
  return { body: page(rows, call) };
}

/** `GET /me/permissions`. */
export function listPermissions(_context: GraphContext, { token }: GraphCall): GraphAnswer {
  return { body: { data: token.scopes.map((permission) => ({ permission, status: 'granted' })) } };
}
