import { eventsOfPost } from './actions';
import {
  type ApiCall,
  type ApiContext,
  clientForbidden,
  duplicate,
  invalid,
  notFound,
  notPermitted,
  problem,
  recordOf,
  text,
} from './api-call';
import { dmPayload } from './payloads';
import { rootOf, type XPostRow } from './world';

export function createPost(context: ApiContext, { body, userId = '' }: ApiCall): object {
  const { world } = context;
  const words = text(body['text']) ?? '';
  const media = listOf(recordOf(body['media'])['media_ids']);
  if (words === '' && media.length === 0) throw invalid('A post needs text or media.');
  if (lengthOf(words) > 280) throw problem(403, 'Forbidden', 'about:blank', 'Your Tweet text is too long.', tooLong);
  for (const id of media) usable(context, id, 'tweet');
  const target = text(recordOf(body['reply'])['in_reply_to_tweet_id']);
  const answered = target === undefined ? undefined : world.post(target);
  if (target !== undefined && !answered) return notFound(target);
  if (answered && !mayAnswer(context, answered, userId)) throw notPermitted();
  const repeated = world.posts.some(
    (post) => post.authorId === userId && !post.deleted && post.text === words && post.replyTo?.id === target,
  );
  if (repeated) throw duplicate();
  const post = world.write(userId, words, { replyTo: target });
  world.effect({
    kind: answered ? 'reply' : 'post',
    accountId: userId,
    id: rootOf(post),
    target: answered ? rootOf(answered) : '',
    text: words,
    media: media.length,
  });
  context.emit(eventsOfPost(world, post));
  return { data: { id: rootOf(post), text: words, edit_history_tweet_ids: [...post.versions] } };
}

const tooLong = { errors: [{ code: 186, message: 'Tweet needs to be a bit shorter.' }] };
/** Rougher than X's own counting: a link is 23, everything else 1. */
const lengthOf = (words: string) => Array.from(words.replaceAll(/https?:\/\/\S+/g, 'x'.repeat(23))).length;
const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** The rule of 23 February 2026. */
function mayAnswer({ world, app }: ApiContext, post: XPostRow, userId: string): boolean {
  if (app.settings.enterprise || post.authorId === userId) return true;
  const named = new RegExp(`@${world.user(userId).handle}(?!\\w)`).test(post.text);
  const quoted = post.quoted !== undefined && world.post(post.quoted)?.authorId === userId;
  return named || quoted || (app.settings.implicitMentionsCount && post.replyTo?.authorId === userId);
}

export function createMessage(context: ApiContext, { body, userId = '', path }: ApiCall): object {
  const { world } = context;
  const person = world.users.get(path[2] ?? '');
  if (!person) return notFound(path[2] ?? '', 'user');
  const wrote = world.dms.some(({ senderId, recipientId }) => senderId === person.id && recipientId === userId);
  if (person.dmsClosed && !wrote)
    throw problem(403, 'Forbidden', 'about:blank', 'You do not have permission to DM one or more participants.', {
      errors: [{ code: 349, message: 'You cannot send messages to this user.' }],
    });
  const words = text(body['text']) ?? '';
  const ids = (Array.isArray(body['attachments']) ? body['attachments'] : []).map(
    (item: unknown) => text(recordOf(item)['media_id']) ?? '',
  );
  if (words === '' && ids.length === 0) throw invalid('A message needs text or an attachment.');
  if (ids.length > 1) throw invalid('A message takes one attachment.');
  const [file] = ids.map((id) => ({ id, type: 'photo', file: 'out.jpg', bytes: usable(context, id, 'dm') }));
  const dm = world.message(userId, person.id, words, file);
  world.effect({
    kind: 'direct_message',
    accountId: userId,
    id: dm.id,
    target: person.id,
    text: words,
    media: ids.length,
  });
  context.emit([{ type: 'dm.sent', userId, uuid: dm.id, payload: dmPayload(world, [dm]), at: dm.at }]);
  return { data: { dm_conversation_id: [userId, person.id].toSorted().join('-'), dm_event_id: dm.id } };
}

function usable({ uploads }: ApiContext, id: string, use: string): Buffer {
  const file = uploads.get(id);
  if (!file?.ready || !file.category.startsWith(use)) throw invalid('Your media IDs are invalid.');
  return Buffer.concat(file.parts);
}

export function deletePost({ world }: ApiContext, { path, userId = '' }: ApiCall): object {
  const post = world.post(path[1] ?? '');
  if (!post) return notFound(path[1] ?? '');
  if (post.authorId !== userId) throw notPermitted();
  post.deleted = true;
  world.effect({ kind: 'delete', accountId: userId, id: rootOf(post), target: rootOf(post), text: null, media: 0 });
  return { data: { deleted: true } };
}

/** Only replies under own posts can be hidden. */
export function hidePost({ world }: ApiContext, { path, body, userId = '' }: ApiCall): object {
  const post = world.post(path[1] ?? '');
  if (!post) return notFound(path[1] ?? '');
  if (world.post(post.conversationId)?.authorId !== userId) throw notPermitted();
  post.hidden = body['hidden'] === true;
  const kind = post.hidden ? 'hide' : 'unhide';
  world.effect({ kind, accountId: userId, id: rootOf(post), target: rootOf(post), text: null, media: 0 });
  return { data: { hidden: post.hidden } };
}

export function likePost({ world, app }: ApiContext, call: ApiCall): object {
  if (!app.settings.enterprise) throw clientForbidden();
  const id = call.method === 'POST' ? (text(call.body['tweet_id']) ?? '') : (call.path[3] ?? '');
  const post = world.post(id);
  if (!post) return notFound(id);
  const { userId = '' } = call;
  if (call.method === 'POST') post.likedBy.add(userId);
  else post.likedBy.delete(userId);
  const kind = call.method === 'POST' ? 'like' : 'unlike';
  world.effect({ kind, accountId: userId, id: rootOf(post), target: rootOf(post), text: null, media: 0 });
  return { data: { liked: call.method === 'POST' } };
}

export function deleteMessage({ world }: ApiContext, { path, userId = '' }: ApiCall): object {
  const dm = world.dms.find(({ id }) => id === path[1]);
  if (!dm) return notFound(path[1] ?? '', 'dm_event');
  dm.deletedFor.add(userId);
  return { data: { deleted: true } };
}
