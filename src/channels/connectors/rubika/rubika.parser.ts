import type { InboundAttachment, InboundEvent, InboundMessage } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { compact, contentHash, id, instant, integer, key, list, record, string, type JsonRecord } from '../json';
import { attachmentsOf } from './rubika.attachments';
import { rubikaSettings } from './rubika.settings';

/** Ids of messages count within a chat only. */
export const messageId = (chat: string, message: string) => `${chat}:${message}`;

interface Chat {
  accountId: string;
  id: string;
  kind: 'private' | 'group' | 'channel';
}

type Context = Pick<Chat, 'accountId'> & { kindOf(chat: string): Chat['kind'] };

/**
 * What Rubika posts (`{update}`, `{inline_message}`) or answers to `getUpdates` (`{updates: […]}`) as inbound events;
 * total. Source: rubpy, bot/bot.py and bot/models.py. Keys are made of what is told in both ways, so an update that is
 * posted, posted again and read by polling is one event.
 */
export function parseRubika(body: unknown, { channel }: ParseContext): InboundEvent[] {
  const { groupPrefix, channelPrefix } = rubikaSettings(channel?.settings ?? {});
  const context: Context = {
    accountId: channel?.externalId ?? '',
    kindOf: (chat) => (chat.startsWith(groupPrefix) ? 'group' : chat.startsWith(channelPrefix) ? 'channel' : 'private'),
  };
  const envelope = record(body);
  const names = Object.keys(envelope ?? {});
  if (!envelope || names.length === 0) return [unsupported(context, 'malformed', body)];
  return names.flatMap((name) => {
    const value = envelope[name];
    if (name === 'update') return parseUpdate(context, value);
    if (name === 'updates') return list(value).flatMap((update) => parseUpdate(context, update));
    if (name === 'inline_message') return parseInline(context, value);
    return [unsupported(context, name, value)];
  });
}

function unsupported({ accountId }: Pick<Context, 'accountId'>, kind: string, content: unknown): InboundEvent {
  const hash = contentHash(content);
  const name = (string(kind) ?? '').slice(0, 120);
  return {
    type: 'unsupported',
    kind: name,
    accountId,
    eventKey: key('unsupported', name, hash),
    threadKey: key('unsupported', hash),
    threadKind: 'dm',
  };
}

function parseUpdate(context: Context, content: unknown): InboundEvent[] {
  const update = record(content);
  const type = string(update?.['type']) ?? 'unknown';
  const chatId = id(update?.['chat_id']);
  if (!update || chatId === undefined) return [unsupported(context, `update.${type}`, content)];
  // long polling tells pressed inline buttons among the updates, without an envelope of their own
  if (type === 'InlineMessage') return parseInline(context, update);
  const chat: Chat = { accountId: context.accountId, id: chatId, kind: context.kindOf(chatId) };
  const event = Object.hasOwn(READERS, type) ? READERS[type]!(chat, update) : undefined;
  return [event ?? unsupported(context, `update.${type}`, content)];
}

type Reader = (chat: Chat, update: JsonRecord) => InboundEvent | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  NewMessage: (chat, update) => {
    const message = record(update['new_message']);
    return chat.kind === 'channel' ? channelPost(chat, message, undefined) : newMessage(chat, message);
  },
  UpdatedMessage: (chat, update) => {
    const message = record(update['updated_message']);
    const at = integer(update['update_time']) ?? integer(message?.['time']) ?? 0;
    return chat.kind === 'channel' ? channelPost(chat, message, at) : updatedMessage(chat, message, at);
  },
  RemovedMessage: removedMessage,
  StartedBot: (chat, update) => reachable(chat, update, true),
  StoppedBot: (chat, update) => reachable(chat, update, false),
  UpdatedPayment: payment,
};

/** One thread for a private chat; in a group one for each person. */
function threadOf(chat: Chat, sender: string): Pick<InboundMessage, 'threadKey' | 'threadKind' | 'post'> {
  if (chat.kind === 'private') return { threadKey: key('dm', chat.id), threadKind: 'dm' };
  const post = { externalId: chat.id, kind: 'group' };
  return { threadKey: key('group', chat.id, sender), threadKind: 'comment', post };
}

/**
 * Who wrote. A private chat is known by its chat id, which is all that an answer, a start or a stop of the bot is told
 * by; the sender's own id is another name of the same person.
 */
function writer(chat: Chat, message: JsonRecord): Pick<InboundMessage, 'direction' | 'author' | 'contact'> | undefined {
  const sender = id(message['sender_id']);
  const bot = message['sender_type'] === 'Bot';
  if (chat.kind === 'private') {
    const person = compact({ externalId: chat.id, aliases: sender === undefined || bot ? undefined : [sender] });
    if (!bot) return { direction: 'in', author: person, contact: person };
    return { direction: 'out', author: { externalId: chat.accountId }, contact: person };
  }
  if (sender === undefined) return undefined;
  if (sender === chat.accountId) return { direction: 'out', author: { externalId: sender } };
  return { direction: 'in', author: { externalId: sender }, contact: { externalId: sender } };
}

function newMessage(chat: Chat, message: JsonRecord | undefined): InboundEvent | undefined {
  const own = id(message?.['message_id']);
  const who = message && writer(chat, message);
  if (!message || own === undefined || !who) return undefined;
  const text = string(message['text']) ?? '';
  const attachments: InboundAttachment[] = attachmentsOf(message);
  const repliedTo = id(message['reply_to_message_id']);
  const answered = repliedTo === undefined ? undefined : messageId(chat.id, repliedTo);
  const aux = record(message['aux_data']);
  const button = id(aux?.['button_id']);
  const otherBot = message['sender_type'] === 'Bot' && who.direction === 'in';
  const meta = compact({
    payload: button,
    start: id(aux?.['start_id']),
    forwardedFrom: string(record(message['forwarded_from'])?.['type_from']),
  });
  return compact({
    accountId: chat.accountId,
    type: 'message' as const,
    eventKey: key('message', chat.id, own),
    ...threadOf(chat, who.author.externalId),
    occurredAt: instant(message['time']),
    ...who,
    externalId: messageId(chat.id, own),
    text,
    attachments,
    replyToExternalId: answered,
    // our own message in a group names nobody: it belongs to whom it answers
    parentExternalId: chat.kind === 'private' ? undefined : answered,
    subtype: text === '' && attachments.length === 0 ? 'placeholder' : button === undefined ? undefined : 'postback',
    opensWork: otherBot ? false : undefined,
    meta: Object.keys(meta).length > 0 ? meta : undefined,
  });
}

/** Two edits of a message differ by their time or, within one second, by their content. @param at seconds */
const editKey = (chat: Chat, own: string, at: number, message: JsonRecord) =>
  key('edit', chat.id, own, at, contentHash([string(message['text']), id(record(message['file'])?.['file_id'])]));

function updatedMessage(chat: Chat, message: JsonRecord | undefined, at: number): InboundEvent | undefined {
  const own = id(message?.['message_id']);
  const who = message && writer(chat, message);
  if (!message || own === undefined || !who) return undefined;
  const text = string(message['text']) ?? '';
  return compact({
    accountId: chat.accountId,
    type: 'edit' as const,
    eventKey: editKey(chat, own, at, message),
    ...threadOf(chat, who.author.externalId),
    occurredAt: instant(at),
    externalId: messageId(chat.id, own),
    text,
    version: Math.max(1, at),
    attachments: attachmentsOf(message),
    ...who,
  });
}

/** What a channel publishes is nobody's question. @param changedAt of an edit, in seconds */
function channelPost(
  chat: Chat,
  message: JsonRecord | undefined,
  changedAt: number | undefined,
): InboundEvent | undefined {
  const own = id(message?.['message_id']);
  if (!message || own === undefined) return undefined;
  const externalId = messageId(chat.id, own);
  const text = string(message['text']);
  return compact({
    accountId: chat.accountId,
    type: 'post' as const,
    eventKey: changedAt === undefined ? key('message', chat.id, own) : editKey(chat, own, changedAt, message),
    threadKey: key('post', externalId),
    threadKind: 'comment' as const,
    occurredAt: instant(changedAt, message['time']),
    post: compact({ externalId, kind: 'channel_post', text, publishedAt: instant(message['time']) }),
  });
}

/** Only the chat is told beside the id: in a group the message itself says whose thread it is in. */
function removedMessage(chat: Chat, update: JsonRecord): InboundEvent | undefined {
  const own = id(update['removed_message_id']);
  if (own === undefined) return undefined;
  const externalId = messageId(chat.id, own);
  const one = chat.kind === 'private';
  return compact({
    accountId: chat.accountId,
    type: 'delete' as const,
    eventKey: key('delete', chat.id, own),
    threadKey: one ? key('dm', chat.id) : key('message', externalId),
    threadKind: one ? ('dm' as const) : ('comment' as const),
    occurredAt: instant(update['update_time']),
    externalId,
    by: 'unknown' as const,
  });
}

/** Without a time, a second start of the same person cannot be told from the first one repeated. */
function reachable(chat: Chat, update: JsonRecord, canReach: boolean): InboundEvent {
  const base = compact({
    accountId: chat.accountId,
    eventKey: key(canReach ? 'started' : 'stopped', chat.id, id(update['update_time'])),
    threadKey: key('dm', chat.id),
    threadKind: 'dm' as const,
    occurredAt: instant(update['update_time']),
  });
  if (chat.kind !== 'private')
    return { ...base, type: 'ignored', reason: 'The bot joined or left a group or channel.' };
  return { ...base, type: 'identity', person: { externalId: chat.id }, reachable: canReach };
}

function payment(chat: Chat, update: JsonRecord): InboundEvent | undefined {
  const facts = record(update['updated_payment']);
  const paymentId = id(facts?.['payment_id']);
  if (paymentId === undefined) return undefined;
  const status = string(facts?.['status'])?.slice(0, 60) ?? 'unknown';
  return compact({
    accountId: chat.accountId,
    type: 'ignored' as const,
    eventKey: key('payment', chat.id, paymentId, status),
    threadKey: key('dm', chat.id),
    threadKind: 'dm' as const,
    occurredAt: instant(update['update_time']),
    reason: `A payment changed: ${status}.`,
  });
}

/**
 * A pressed button under one of our messages. Only that message's id is told, no time: pressed twice and told twice look
 * alike, and count once.
 */
function parseInline(context: Context, content: unknown): InboundEvent[] {
  const inline = record(content);
  const chatId = id(inline?.['chat_id']);
  const under = id(inline?.['message_id']);
  if (!inline || chatId === undefined || under === undefined) return [unsupported(context, 'inline_message', content)];
  const chat: Chat = { accountId: context.accountId, id: chatId, kind: context.kindOf(chatId) };
  const who = writer(chat, { ...inline, sender_type: 'User' });
  if (!who) return [unsupported(context, 'inline_message', content)];
  const payload = id(record(inline['aux_data'])?.['button_id']);
  const told = contentHash([id(inline['sender_id']), string(inline['text']), payload]);
  const eventKey = key('inline', chatId, under, told);
  const text = string(inline['text']) ?? payload ?? '';
  const attachments: InboundAttachment[] = attachmentsOf(inline);
  return [
    compact({
      accountId: context.accountId,
      type: 'message' as const,
      eventKey,
      ...threadOf(chat, who.author.externalId),
      ...who,
      externalId: eventKey,
      text,
      attachments,
      replyToExternalId: messageId(chatId, under),
      subtype: text === '' && attachments.length === 0 ? 'placeholder' : 'postback',
      meta: compact({ payload }),
    }),
  ];
}
