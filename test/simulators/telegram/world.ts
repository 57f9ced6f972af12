export type JsonObject = { [name: string]: unknown };
export type FlavourName = 'telegram' | 'bale';

export interface Person {
  /** What a scenario calls them. */
  key: string;
  id: number;
  firstName: string;
  lastName?: string;
  username?: string;
  language?: string;
  /** Pressed start, so the bot may write. */
  started: boolean;
  blocked: boolean;
  deactivated: boolean;
}

export interface Group {
  key: string;
  id: number;
  type: 'group' | 'supergroup' | 'channel';
  title: string;
  username?: string;
  /** A channel's discussion group. */
  discussionKey?: string;
  /** `creator` … `kicked`: the bot's own standing. */
  bot: 'administrator' | 'member' | 'left' | 'kicked';
  movedTo?: number;
  banned: Set<number>;
}

export interface StoredMessage {
  /** As the API gives it. */
  body: JsonObject;
  chatId: number;
  messageId: number;
  connection: string | null;
  byBot: boolean;
  /** ms since 1970. */
  at: number;
  deleted: boolean;
}

export interface Connection {
  id: string;
  owner: Person;
  enabled: boolean;
}

/** What the network's error bodies say. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    readonly description: string,
    readonly parameters?: JsonObject,
  ) {
    super(description);
  }
}

/** People, chats and messages of one bot. Message ids count per chat, a business account's chats apart. */
export class World {
  readonly people = new Map<string, Person>();
  readonly groups = new Map<string, Group>();
  readonly connections = new Map<string, Connection>();
  readonly messages: StoredMessage[] = [];
  readonly files = new Map<string, { path: string; bytes: Buffer }>();
  /** Until when the bot must not write to a chat, ms since 1970; `0` is the bot as a whole. */
  readonly limitedUntil = new Map<number, number>();
  private readonly counters = new Map<string, number>();
  private fileCount = 0;
  private skewMs = 0;

  constructor(
    readonly bot: { id: number; token: string; firstName: string; username: string },
    private readonly idBase: number,
  ) {}

  now(): number {
    return Date.now() + this.skewMs;
  }

  advance(ms: number): void {
    this.skewMs += ms;
  }

  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  person(key: string): Person {
    return this.people.get(key) ?? fail(`nobody called ${key}`);
  }

  group(key: string): Group {
    return this.groups.get(key) ?? fail(`no chat called ${key}`);
  }

  groupById(id: number): Group | undefined {
    return [...this.groups.values()].find((group) => group.id === id);
  }

  personById(id: number): Person | undefined {
    return [...this.people.values()].find((person) => person.id === id);
  }

  nextId(counter: string): number {
    const next = (this.counters.get(counter) ?? this.idBase) + 1;
    this.counters.set(counter, next);
    return next;
  }

  find(chatId: number, messageId: number, connection: string | null = null): StoredMessage | undefined {
    return this.messages.find(
      (m) => m.chatId === chatId && m.messageId === messageId && m.connection === connection && !m.deleted,
    );
  }

  /** Writes a message down. @param fields what it says, beside who, where and when */
  write(chat: JsonObject, from: JsonObject, fields: JsonObject, connection: string | null = null): StoredMessage {
    const chatId = Number(chat['id']);
    const messageId = this.nextId(`${connection ?? ''}:${chatId}`);
    const business = connection === null ? {} : { business_connection_id: connection };
    const body = { message_id: messageId, ...business, from, chat, date: this.seconds(), ...fields };
    const byBot = Number(from['id']) === this.bot.id;
    const stored = { body, chatId, messageId, connection, byBot, at: this.now(), deleted: false };
    this.messages.push(stored);
    return stored;
  }

  /** In supergroups every reply is in the thread of the message at the root, comments and plain replies alike. */
  threadUnder({ body, chatId, messageId }: StoredMessage): JsonObject {
    if (this.groupById(chatId)?.type !== 'supergroup') return {};
    return { message_thread_id: body['message_thread_id'] ?? messageId };
  }

  /** A file of so many bytes, as an attachment names it. */
  file(name: string, bytes: Buffer, extra: JsonObject = {}): JsonObject {
    this.fileCount += 1;
    const fileId = `SIM${this.idBase}x${this.fileCount}`;
    this.files.set(fileId, { path: `files/file_${this.fileCount}_${name}`, bytes });
    return { file_id: fileId, file_unique_id: `U${this.idBase}x${this.fileCount}`, file_size: bytes.length, ...extra };
  }

  botUser(): JsonObject {
    const { id, firstName, username } = this.bot;
    return { id, is_bot: true, first_name: firstName, username };
  }
}

export function userOf({ id, firstName, lastName, username, language }: Person): JsonObject {
  return clean({
    id,
    is_bot: false,
    first_name: firstName,
    last_name: lastName,
    username,
    language_code: language,
  });
}

export function privateChat({ id, firstName, lastName, username }: Person): JsonObject {
  return clean({ id, first_name: firstName, last_name: lastName, username, type: 'private' });
}

export const groupChat = ({ id, title, username, type }: Group): JsonObject => clean({ id, title, username, type });

/** JSON leaves out what is undefined. */
export const clean = (value: JsonObject): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

function fail(message: string): never {
  throw new Error(`The simulated world has ${message}.`);
}
