import type { InboundAuthor, InboundEvent } from '../../../inbox/conversations/inbound-event';
import { compact, contentHash, id, instant, key, list, record, string, type JsonRecord } from '../json';
import { messageName, numericId, pressName } from './telegram.addresses';
import { type BotFacts, personOf } from './parse-facts';
import { placeOf, privateThread } from './parse-place';

type Events = InboundEvent[] | undefined;

/** `message_reaction`: what stands on the message now. Telegram tells all of a person's reactions; the newest counts. */
export function parseReaction(facts: BotFacts, value: JsonRecord): Events {
  const chatId = numericId(record(value['chat'])?.['id']);
  const messageId = numericId(value['message_id']);
  const actor = personOf(value['user']) ?? personOf(value['actor_chat']);
  if (chatId === undefined || messageId === undefined || !actor) return undefined;
  const externalId = messageName({ chat: chatId, message: messageId });
  const before = list(value['old_reaction']).map(reactionName);
  const now = list(value['new_reaction']);
  const shown = now.findLast((reaction) => !before.includes(reactionName(reaction))) ?? now.at(-1);
  const privately = !chatId.startsWith('-');
  return [
    compact({
      accountId: facts.accountId,
      type: 'reaction' as const,
      // The last date wins; what is shown tells two within one second apart.
      eventKey: key('reaction', externalId, actor.externalId, id(value['date']), contentHash(now)),
      threadKey: privately ? privateThread(undefined, chatId) : key('message', externalId),
      threadKind: privately ? ('dm' as const) : ('comment' as const),
      occurredAt: instant(value['date']),
      externalId,
      actorExternalId: actor.externalId,
      action: shown === undefined ? ('remove' as const) : ('add' as const),
      reaction: shown === undefined ? (before.at(-1) ?? 'other') : reactionName(shown),
      emoji: string(record(shown)?.['emoji']),
    }),
  ];
}

function reactionName(value: unknown): string {
  const reaction = record(value);
  const custom = id(reaction?.['custom_emoji_id']);
  return (
    string(reaction?.['emoji']) ?? (custom === undefined ? (string(reaction?.['type']) ?? 'other') : `custom:${custom}`)
  );
}

/** Counters of anonymous reactions on a channel's posts. */
export function parseReactionCount(facts: BotFacts, value: JsonRecord): Events {
  const chatId = numericId(record(value['chat'])?.['id']);
  const messageId = numericId(value['message_id']);
  if (chatId === undefined || messageId === undefined) return undefined;
  const externalId = messageName({ chat: chatId, message: messageId });
  const eventKey = key('reactions', externalId, id(value['date']), contentHash(value['reactions']));
  const reason = 'A count of anonymous reactions; nobody is behind it.';
  return [ignored(facts, value, eventKey, key('post', externalId), reason)];
}

/** A pressed button: the person's word. Its title is what they saw themselves say. */
export function parsePress(facts: BotFacts, value: JsonRecord): Events {
  const query = id(value['id']);
  const person = personOf(value['from']);
  if (query === undefined || !person) return undefined;
  const message = record(value['message']);
  const place = message && placeOf(facts, { ...message, from: value['from'], sender_chat: undefined });
  const payload = string(value['data']) ?? string(value['game_short_name']);
  // Without its message (an inline one) the press belongs to the private chat with whoever pressed.
  const base = place?.base ?? {
    accountId: facts.accountId,
    threadKey: privateThread(undefined, person.externalId),
    threadKind: 'dm' as const,
  };
  const author = place?.author ?? person;
  return [
    compact({
      ...base,
      // The message under the button is older than the press, whose time is not told.
      occurredAt: undefined,
      type: 'message' as const,
      eventKey: key('callback', query),
      direction: 'in' as const,
      externalId: pressName(place?.chatId ?? person.externalId, query),
      author,
      contact: author,
      text: (message && titleOf(message, payload)) ?? payload ?? '',
      attachments: [],
      post: place?.post,
      replyToExternalId: place?.externalId,
      subtype: 'postback',
      meta: compact({ payload, callbackQueryId: query }),
    }),
  ];
}

function titleOf(message: JsonRecord, payload: string | undefined): string | undefined {
  const rows = list(record(message['reply_markup'])?.['inline_keyboard']);
  const buttons = rows.slice(0, 100).flatMap((row) => list(row).map(record));
  const pressed = buttons.find((button) => payload !== undefined && string(button?.['callback_data']) === payload);
  return string(pressed?.['text']);
}

/** `my_chat_member`: in a private chat the person blocked the bot or came back; elsewhere the bot came or went. */
export function parseMembership(facts: BotFacts, value: JsonRecord): Events {
  const chat = record(value['chat']);
  const chatId = numericId(chat?.['id']);
  const was = string(record(value['old_chat_member'])?.['status']);
  const status = string(record(value['new_chat_member'])?.['status']);
  if (!chat || chatId === undefined || status === undefined) return undefined;
  const eventKey = key('member', chatId, id(value['date']), was, status);
  if (chatId.startsWith('-')) {
    const reason = `The bot is now "${status}" in "${string(chat['title']) ?? chatId}".`;
    return [ignored(facts, value, eventKey, key('group', chatId), reason)];
  }
  const person: InboundAuthor = { ...(personOf(value['from']) ?? personOf(chat)!), externalId: chatId };
  return [
    compact({
      accountId: facts.accountId,
      type: 'identity' as const,
      eventKey,
      threadKey: privateThread(undefined, chatId),
      threadKind: 'dm' as const,
      occurredAt: instant(value['date']),
      person,
      reachable: status !== 'kicked' && status !== 'left',
    }),
  ];
}

/** A business account linked the bot, changed what it may do, or let it go. */
export function parseConnection(facts: BotFacts, value: JsonRecord): Events {
  const connection = id(value['id']);
  if (connection === undefined) return undefined;
  const who = personOf(value['user'])?.name ?? 'a business account';
  const enabled = value['is_enabled'] === true;
  const reason = enabled
    ? `Linked to the business account of ${who}.`
    : `The business account of ${who} let the bot go.`;
  const eventKey = key('connection', connection, id(value['date']), contentHash([enabled, value['rights']]));
  return [ignored(facts, value, eventKey, key('connection', connection), reason)];
}

const MOST_DELETED = 1000; // at once; Telegram sends up to a hundred

/** The only deletes Telegram tells of: in the chats of a linked business account. */
export function parseDeleted(facts: BotFacts, value: JsonRecord): Events {
  const connection = id(value['business_connection_id']);
  const chatId = numericId(record(value['chat'])?.['id']);
  const messages = list(value['message_ids']).slice(0, MOST_DELETED).map(numericId);
  if (connection === undefined || chatId === undefined) return undefined;
  return messages.flatMap((message): InboundEvent[] => {
    if (message === undefined) return [];
    const externalId = messageName({ connection, chat: chatId, message });
    return [
      {
        accountId: facts.accountId,
        type: 'delete',
        eventKey: key('msg', externalId, 'deleted'),
        threadKey: privateThread(connection, chatId),
        threadKind: 'dm',
        externalId,
        by: 'unknown',
      },
    ];
  });
}

const ignored = (
  facts: BotFacts,
  value: JsonRecord,
  eventKey: string,
  threadKey: string,
  reason: string,
): InboundEvent =>
  compact({
    type: 'ignored' as const,
    accountId: facts.accountId,
    eventKey,
    threadKey,
    threadKind: 'comment' as const,
    occurredAt: instant(value['date']),
    reason: reason.slice(0, 300),
  });
