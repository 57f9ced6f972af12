import { id } from '../json';

/**
 * Names of messages, posts and people. A message id is unique only inside its chat, and a business account's chats count
 * apart from the bot's own: `<chat>:<message>`, `business:<connection>:<chat>:<message>`.
 */
export interface MessageAddress {
  connection?: string;
  chat: string;
  message: string;
}

/** Who is answered in private: a chat of the bot, or one of a business account it is linked to. */
export interface PersonAddress {
  connection?: string;
  chat: string;
}

/** A chat's, person's or message's id as text; absent when it is not a whole number. */
export function numericId(value: unknown): string | undefined {
  const text = id(value);
  return text !== undefined && /^-?\d{1,24}$/.test(text) ? text : undefined;
}

export function messageName({ connection, chat, message }: MessageAddress): string {
  return connection === undefined ? `${chat}:${message}` : `business:${connection}:${chat}:${message}`;
}

export function messageAddress(name: string | undefined): MessageAddress | undefined {
  const match = /^(?:business:(.+):)?(-?\d{1,24}):(\d{1,24})$/.exec(name ?? '');
  if (!match) return undefined;
  return { ...(match[1] === undefined ? {} : { connection: match[1] }), chat: match[2]!, message: match[3]! };
}

export function personName({ connection, chat }: PersonAddress): string {
  return connection === undefined ? chat : `business:${connection}:${chat}`;
}

export function personAddress(name: string): PersonAddress | undefined {
  const match = /^(?:business:(.+):)?(-?\d{1,24})$/.exec(name);
  if (!match) return undefined;
  return { ...(match[1] === undefined ? {} : { connection: match[1] }), chat: match[2]! };
}

/** `topic:<chat>:<thread>`: a forum's topic; messages in it must name the thread. */
export const topicName = (chat: string, thread: string) => `topic:${chat}:${thread}`;

export function topicThread(name: string | undefined, chat: string): string | undefined {
  const match = /^topic:(-?\d{1,24}):(\d{1,24})$/.exec(name ?? '');
  return match?.[1] === chat ? match[2] : undefined;
}

/** A pressed button, which is no message at the network: `callback:<chat>:<query>`. */
export const pressName = (chat: string, query: string) => `callback:${chat}:${query}`;

export const pressChat = (name: string | undefined): string | undefined =>
  /^callback:(-?\d{1,24}):/.exec(name ?? '')?.[1];

/**
 * Where people see a message or post of a channel or supergroup. Public ones are under their name, private ones under
 * the id without its `-100`; members only. Basic groups and private chats have no address.
 */
export function linkTo(
  base: string | null,
  chat: { id: string; username?: string },
  message?: string,
): string | undefined {
  if (base === null) return undefined;
  const tail = message === undefined ? '' : `/${message}`;
  if (chat.username !== undefined && /^\w{3,64}$/.test(chat.username)) return `${base}/${chat.username}${tail}`;
  const bare = /^-100(\d+)$/.exec(chat.id)?.[1];
  return bare === undefined || message === undefined ? undefined : `${base}/c/${bare}${tail}`;
}
