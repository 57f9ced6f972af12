import type { InboundAuthor, InboundPost, ThreadKind } from '../../../inbox/conversations/inbound-event';
import { compact, id, instant, key, record, string, type JsonRecord } from '../json';
import { linkTo, messageName, numericId, personName, topicName } from './telegram.addresses';
import { type BotFacts, originOf, personOf } from './parse-facts';

/** Where a message stands and who says it to whom. */
export interface Place {
  base: {
    accountId: string;
    threadKey: string;
    threadKind: ThreadKind;
    threadAliases?: string[];
    occurredAt: string | undefined;
  };
  externalId: string;
  chatId: string;
  direction: 'in' | 'out';
  author: InboundAuthor;
  contact?: InboundAuthor;
  post?: InboundPost;
  parentExternalId?: string;
  replyToExternalId?: string;
  /** The copy of a channel's post that this comments on, when it came along. */
  copy?: JsonRecord;
  /** Somebody else's bot speaks. */
  otherBot: boolean;
}

/** @returns undefined when chat, message or speaker have no id */
export function placeOf(facts: BotFacts, message: JsonRecord): Place | undefined {
  const chat = record(message['chat']);
  const chatId = numericId(chat?.['id']);
  const messageId = numericId(message['message_id']);
  if (!chat || chatId === undefined || messageId === undefined) return undefined;
  const connection = id(message['business_connection_id']);
  const type = chat['type'];
  const group = type === 'group' || type === 'supergroup' || (type !== 'private' && chatId.startsWith('-'));
  if (connection === undefined && group) return inGroup(facts, message, chat, chatId, messageId);
  return inPrivate(facts, message, { chat, chatId, messageId, connection });
}

/** A chat with the bot, or one of the business account's own, where both sides' words arrive. */
function inPrivate(
  facts: BotFacts,
  message: JsonRecord,
  at: { chat: JsonRecord; chatId: string; messageId: string; connection: string | undefined },
): Place | undefined {
  const { chat, chatId, messageId, connection } = at;
  const sender = personOf(message['from']) ?? personOf(chat)!;
  // The other side of a private chat has the chat's id.
  const out = connection === undefined ? sender.externalId === facts.accountId : sender.externalId !== chatId;
  const address = { ...(connection === undefined ? {} : { connection }), chat: chatId };
  const person = compact({
    ...(out ? personOf(chat)! : sender),
    externalId: personName(address),
    aliases: connection === undefined ? undefined : [chatId],
  });
  const answered = numericId(record(message['reply_to_message'])?.['message_id']);
  return compact({
    base: {
      accountId: facts.accountId,
      threadKey: privateThread(connection, chatId),
      threadKind: 'dm' as const,
      occurredAt: instant(message['date']),
    },
    externalId: messageName({ ...address, message: messageId }),
    chatId,
    direction: out ? ('out' as const) : ('in' as const),
    author: out ? sender : person,
    contact: person,
    replyToExternalId: answered === undefined ? undefined : messageName({ ...address, message: answered }),
    otherBot: !out && record(message['from'])?.['is_bot'] === true,
  });
}

export const privateThread = (connection: string | undefined, chatId: string): string =>
  connection === undefined ? key('dm', chatId) : key('business', connection, chatId);

function inGroup(
  facts: BotFacts,
  message: JsonRecord,
  chat: JsonRecord,
  chatId: string,
  messageId: string,
): Place | undefined {
  const from = record(message['from']);
  const senderChat = personOf(message['sender_chat']);
  const sender = senderChat ?? personOf(from);
  if (!sender) return undefined;
  const reply = record(message['reply_to_message']);
  const replyId = numericId(reply?.['message_id']);
  const copy = reply && isCopy(reply) ? reply : undefined;
  const own =
    sender.externalId === facts.accountId ||
    // An administrator who stays anonymous speaks as the group, an editor as the channel whose post this is.
    senderChat?.externalId === chatId ||
    (senderChat !== undefined && senderChat.externalId === numericId(record(copy?.['sender_chat'])?.['id'])) ||
    facts.ownIds.has(sender.externalId);
  const contact = own ? answeredPerson(facts, reply, chatId) : sender;
  const { threadKey, aliases, post } = groupThread(facts, message, { chat, chatId, copy, contact });
  const answered = replyId === undefined ? undefined : messageName({ chat: chatId, message: replyId });
  return compact({
    base: compact({
      accountId: facts.accountId,
      threadKey,
      threadKind: 'comment' as const,
      threadAliases: aliases,
      occurredAt: instant(message['date']),
    }),
    externalId: messageName({ chat: chatId, message: messageId }),
    chatId,
    direction: own ? ('out' as const) : ('in' as const),
    author: sender,
    contact,
    post,
    parentExternalId: copy ? undefined : answered,
    replyToExternalId: copy ? undefined : answered,
    copy,
    otherBot: !own && senderChat === undefined && from?.['is_bot'] === true,
  });
}

/** Whom our own side answered in a group; another bot or ourselves are nobody's customer. */
function answeredPerson(facts: BotFacts, reply: JsonRecord | undefined, chatId: string): InboundAuthor | undefined {
  if (!reply || isCopy(reply)) return undefined;
  const senderChat = personOf(reply['sender_chat']);
  const person = senderChat ?? personOf(reply['from']);
  const ours = person?.externalId === facts.accountId || person?.externalId === chatId;
  const bot = senderChat === undefined && record(reply['from'])?.['is_bot'] === true;
  return ours || bot || (person && facts.ownIds.has(person.externalId)) ? undefined : person;
}

/** The copy of a channel's post that Telegram makes in the channel's discussion group. */
export const isCopy = (message: JsonRecord): boolean => message['is_automatic_forward'] === true;

/**
 * Who wrote, under what: a topic of a forum, a post of the channel, or the group itself.
 *
 * Replies in a plain supergroup carry a thread id just like comments under a post do, and do not say which they are. The
 * message at the root knows, though: one that stands in the group by itself says that what hangs under it belongs to its
 * author's thread in the group. What hangs under a copy stays a thread of its own.
 */
function groupThread(
  facts: BotFacts,
  message: JsonRecord,
  at: { chat: JsonRecord; chatId: string; copy: JsonRecord | undefined; contact: InboundAuthor | undefined },
): { threadKey: string; aliases?: string[]; post: InboundPost } {
  const { chat, chatId, copy } = at;
  const person = at.contact?.externalId ?? 'nobody';
  const thread = numericId(message['message_thread_id']);
  const group = compact({
    externalId: chatId,
    kind: 'group',
    text: string(chat['title']),
    permalink: linkTo(facts.flavour.links, { id: chatId, username: string(chat['username']) }),
  });
  if (thread !== undefined && message['is_topic_message'] === true) {
    const post = { ...group, externalId: topicName(chatId, thread), kind: 'topic' };
    return { threadKey: key('topic', chatId, thread, person), post };
  }
  const under = (root: string) => ({
    threadKey: key('comment', chatId, root, person),
    post: { externalId: messageName({ chat: chatId, message: root }) },
  });
  const copyId = numericId(copy?.['message_id']);
  if (copy && copyId !== undefined) {
    const { threadKey, post } = under(copyId);
    return { threadKey, post: { ...copiedPost(facts, copy), ...post } };
  }
  const reply = record(message['reply_to_message']);
  const answersRoot =
    numericId(reply?.['message_id']) === thread && numericId(reply?.['message_thread_id']) === undefined;
  if (thread !== undefined && !answersRoot) return under(thread);
  const root = thread ?? numericId(message['message_id']);
  const named = chat['type'] === 'supergroup' && at.contact !== undefined && root !== undefined;
  return compact({
    threadKey: key('group', chatId, person),
    aliases: named ? [under(root).threadKey] : undefined,
    post: group,
  });
}

/** The channel's post behind its copy; under the copy's own name when the copy does not say. */
export function copiedPost(facts: BotFacts, copy: JsonRecord): InboundPost {
  const origin = originOf(copy);
  const chat = record(copy['chat']);
  const own = { chat: numericId(chat?.['id']) ?? '', message: numericId(copy['message_id']) ?? '' };
  const text = string(copy['text']) ?? string(copy['caption']);
  if (!origin) return compact({ externalId: messageName(own), kind: 'channel_post', text });
  return compact({
    externalId: messageName({ chat: origin.id, message: origin.message }),
    kind: 'channel_post',
    text,
    permalink: linkTo(
      facts.flavour.links,
      { id: origin.id, username: string(origin.chat['username']) },
      origin.message,
    ),
    publishedAt: instant(origin.date),
  });
}
