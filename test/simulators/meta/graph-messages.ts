import { echo, type JsonObject } from './events';
import { actingAccount, objectParam, text, type GraphAnswer, type GraphCall, type GraphContext } from './graph-call';
import { graphError, recordedError } from './graph-errors';
import { type Account, type MessageAttachment, type Person, type Thread } from './world';

const DAY_MS = 86_400_000;
const SENDER_ACTIONS = ['typing_on', 'typing_off', 'mark_seen', 'react', 'unreact'];

interface Content {
  text: string | null;
  attachments: MessageAttachment[];
  metadata: string | null;
}

/** `POST /{account}/messages`: direct message, private reply to a comment, or sender action. */
export function sendMessage(context: GraphContext, call: GraphCall): GraphAnswer {
  const account = actingAccount(context, call, call.node);
  if (account.platform === 'instagram' && !account.messageAccess) {
    throw graphError(200, 'The account owner has turned off access to messages.', 2534041, 403);
  }
  const recipient = objectParam(call.params, 'recipient') ?? {};
  const commentId = text(recipient, 'comment_id');
  if (commentId !== undefined) return privateReply(context, call, account, commentId);
  const recipientId = text(recipient, 'id') ?? '';
  const { person, thread } = knownThread(context, account, recipientId);
  const action = text(call.params, 'sender_action');
  if (action !== undefined) return senderAction(context, account, call, thread, action);

  const content = readContent(context, account, call);
  if (person.blocked.has(account.id)) throw recordedError('user_unavailable');
  checkWindow(context, account, call, thread);
  return deliver(context, account, thread, content, 'direct_message', recipientId);
}

/** `POST /{account}/message_attachments`: a file that a later message names. */
export function uploadAttachment(context: GraphContext, call: GraphCall): GraphAnswer {
  actingAccount(context, call, call.node);
  const file = text(call.params, 'filedata');
  const attachment = objectParam(objectParam(call.params, 'message') ?? {}, 'attachment');
  if (file === undefined || !attachment) throw graphError(100, 'Params message and filedata are required', 2018074);
  const { ids, uploads } = context.world;
  const id = ids.digits('55');
  uploads.set(id, file);
  return { body: { attachment_id: id } };
}

function knownThread(context: GraphContext, account: Account, recipientId: string): { person: Person; thread: Thread } {
  const person = context.world.personByScopedId(account.id, recipientId);
  if (!person) {
    const subcode = account.platform === 'facebook' ? 2018001 : 2534014;
    throw graphError(100, 'No matching user found', subcode);
  }
  return { person, thread: context.world.thread(account.id, person.key) };
}

function senderAction(
  context: GraphContext,
  account: Account,
  call: GraphCall,
  thread: Thread,
  action: string,
): GraphAnswer {
  if (!SENDER_ACTIONS.includes(action)) throw graphError(100, 'Param sender_action must be one of the known actions');
  const { world, effects } = context;
  const recipientId = world.scopedId(account.id, thread.personKey);
  const answer = { body: { recipient_id: recipientId } };
  const seen = { at: world.now(), accountId: account.id, target: recipientId, text: null, metadata: null };
  if (action !== 'react' && action !== 'unreact') {
    effects.record({ ...seen, kind: 'sender_action', id: action });
    return answer;
  }
  if (world.person(thread.personKey).blocked.has(account.id)) throw recordedError('user_unavailable');
  checkWindow(context, account, call, thread);
  const id = react(account, thread, objectParam(call.params, 'payload') ?? {}, action);
  effects.record({ ...seen, kind: action === 'react' ? 'like' : 'unlike', id });
  return answer;
}

/** Nobody is told by webhook: neither network echoes what the business reacts. @returns the message's id */
function react(account: Account, thread: Thread, payload: JsonObject, action: 'react' | 'unreact'): string {
  const message = thread.messages.find(({ id }) => id === text(payload, 'message_id'));
  if (!message || message.deleted) throw graphError(9000001, 'Message not found');
  if (action === 'unreact') {
    message.reactions.delete('account');
    return message.id;
  }
  const reaction = text(payload, 'reaction') ?? '';
  const taken = account.platform === 'instagram' ? reaction === 'love' : /^\p{Extended_Pictographic}/u.test(reaction);
  if (!taken) throw graphError(100, 'Param payload[reaction] must be a reaction of this platform');
  message.reactions.set('account', reaction === 'love' ? '❤' : reaction);
  return message.id;
}

function readContent(context: GraphContext, account: Account, call: GraphCall): Content {
  const message = objectParam(call.params, 'message');
  if (!message) throw graphError(100, 'Param message is required');
  const body = text(message, 'text') ?? null;
  const attachment = objectParam(message, 'attachment');
  if (body === null && !attachment) throw graphError(100, 'Message must have a text or an attachment');
  if (body !== null && attachment) throw graphError(100, 'Text and attachment cannot be sent in one message');
  if (body !== null) checkLength(account, body);
  const payload = objectParam(attachment ?? {}, 'payload') ?? {};
  const uploaded = context.world.uploads.get(text(payload, 'attachment_id') ?? '');
  const url = uploaded === undefined ? text(payload, 'url') : `uploaded:${uploaded}`;
  if (attachment && url === undefined) throw graphError(100, 'Attachment without url', 2018074);
  const attachments = attachment ? [{ type: text(attachment, 'type') ?? 'file', url: url ?? '' }] : [];
  return { text: body, attachments, metadata: text(message, 'metadata') ?? null };
}

/** Messenger counts characters (2,000), Instagram bytes of UTF-8 (1,000). */
function checkLength(account: Account, body: string): void {
  if (body === '') throw graphError(100, 'Param message[text] must not be empty');
  const tooLong = account.platform === 'facebook' ? Array.from(body).length > 2000 : Buffer.byteLength(body) > 1000;
  if (tooLong) throw graphError(100, 'Length of param message[text] must be less than or equal to the limit');
}

function checkWindow(context: GraphContext, account: Account, call: GraphCall, thread: Thread): void {
  const type = text(call.params, 'messaging_type') ?? 'RESPONSE';
  const tag = text(call.params, 'tag');
  if (type === 'MESSAGE_TAG' && tag !== 'HUMAN_AGENT')
    throw graphError(100, 'This message tag is no longer available.');
  if (type !== 'MESSAGE_TAG' && type !== 'RESPONSE') throw graphError(100, 'Unknown messaging_type');
  const since = context.world.now() - (thread.lastUserActionMs ?? -Infinity);
  if (since <= (type === 'MESSAGE_TAG' ? 7 : 1) * DAY_MS) return;
  throw recordedError(account.platform === 'facebook' ? 'outside_window' : 'ig_outside_window');
}

/** Once per comment, within seven days; it tells the sender the person's scoped id and opens no window. */
function privateReply(context: GraphContext, call: GraphCall, account: Account, commentId: string): GraphAnswer {
  const { world } = context;
  const comment = world.comments.get(commentId);
  if (!comment || comment.removed || comment.accountId !== account.id) throw recordedError('object_gone');
  if (comment.personKey === null) throw graphError(10903, "This user can't reply to this activity");
  if (comment.privateReplyId !== null) throw graphError(10900, 'Activity already replied to');
  if (world.now() - comment.createdMs > 7 * DAY_MS) throw graphError(10903, "This user can't reply to this activity");
  if (world.posts.get(comment.postId)?.endedMs !== undefined) throw graphError(100, 'The broadcast is over.');
  const content = readContent(context, account, call);
  if (world.person(comment.personKey).blocked.has(account.id)) throw recordedError('user_unavailable');
  const thread = world.thread(account.id, comment.personKey);
  const answer = deliver(context, account, thread, content, 'private_reply', commentId);
  comment.privateReplyId = thread.messages.at(-1)?.id ?? null;
  return answer;
}

function deliver(
  context: GraphContext,
  account: Account,
  thread: Thread,
  content: Content,
  kind: 'direct_message' | 'private_reply',
  target: string,
): GraphAnswer {
  const { world, effects, appId, instagramEchoMetadata } = context;
  const message = world.addMessage(thread, { fromAccount: true, ...content });
  const shown = content.text ?? content.attachments.map(({ url }) => url).join(' ');
  const effect = { kind, accountId: account.id, id: message.id, target, text: shown, metadata: content.metadata };
  effects.record({ at: message.createdMs, ...effect });
  return {
    body: { recipient_id: world.scopedId(account.id, thread.personKey), message_id: message.id },
    events: [echo(world, thread, message, { appId, withMetadata: instagramEchoMetadata })],
  };
}
