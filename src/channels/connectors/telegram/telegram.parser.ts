import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { id, list, record, type JsonRecord } from '../json';
import { type BotFacts, factsOf, unsupported } from './parse-facts';
import { parseEdited, parseMessage, parsePost } from './parse-message';
import {
  parseConnection,
  parseDeleted,
  parseMembership,
  parsePress,
  parseReaction,
  parseReactionCount,
} from './parse-signals';

type Reader = (facts: BotFacts, value: JsonRecord) => InboundEvent[] | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  message: parseMessage,
  edited_message: parseEdited,
  channel_post: parsePost,
  edited_channel_post: parsePost,
  business_message: ofBusiness(parseMessage),
  edited_business_message: ofBusiness(parseEdited),
  deleted_business_messages: parseDeleted,
  business_connection: parseConnection,
  message_reaction: parseReaction,
  message_reaction_count: parseReactionCount,
  callback_query: parsePress,
  my_chat_member: parseMembership,
};

/** Without its connection such a message would pass for one of the bot's own chat, whose ids count apart. */
function ofBusiness(read: Reader): Reader {
  return (facts, value) => (id(value['business_connection_id']) === undefined ? undefined : read(facts, value));
}

/**
 * An update, or an answer of `getUpdates` with many, as inbound events. Total: any JSON value gives at least one event,
 * and what is readable beside something unreadable is read.
 *
 * Keys come from what an update is about, not from its `update_id`: after a week of silence Telegram draws the next one
 * at random, so an id may come twice. Source: core.telegram.org/bots/api#update.
 */
export function parseTelegram(body: unknown, context: ParseContext): InboundEvent[] {
  const facts = factsOf(context);
  const answer = record(body);
  const updates = Array.isArray(body)
    ? (body as unknown[])
    : answer && 'ok' in answer
      ? list(answer['result'])
      : [body];
  const events = updates.flatMap((update) => parseUpdate(facts, update));
  return events.length > 0 ? events : [unsupported(facts, 'empty', body)];
}

function parseUpdate(facts: BotFacts, content: unknown): InboundEvent[] {
  const update = record(content);
  if (!update) return [unsupported(facts, 'malformed', content)];
  const names = Object.keys(update).filter((name) => name !== 'update_id');
  if (names.length === 0) return [unsupported(facts, 'empty_update', content)];
  const events: InboundEvent[] = [];
  const unread: string[] = [];
  for (const name of names) {
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    const value = record(update[name]);
    const told = (read && value && read(facts, value)) ?? [];
    if (told.length > 0) events.push(...told);
    else unread.push(name);
  }
  return unread.length === 0 ? events : [...events, unsupported(facts, unread.slice(0, 5).join(' '), content)];
}
