import type { Updates } from './updates';
import {
  clean,
  type Connection,
  type Group,
  groupChat,
  type JsonObject,
  type Person,
  privateChat,
  type StoredMessage,
  userOf,
  type World,
} from './world';

/** Chat and message of what came into being. */
export interface Said {
  chatId: number;
  messageId: number;
}

interface Words {
  by: string;
  text: string;
  /** Message id in the same chat. */
  replyTo?: number;
}

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** What people do at the network; each causes the updates it causes in life. Arguments are plain JSON. */
export class PeopleActions {
  /** Who left what, by chat, message and person. */
  private readonly reactions = new Map<string, string | undefined>();

  constructor(
    private readonly world: World,
    private readonly updates: Updates,
  ) {}

  /** Presses start, through a deep link when there is a payload. */
  start({ by, payload }: { by: string; payload?: string }): Said {
    this.world.person(by).started = true;
    return this.private(by, { text: payload === undefined ? '/start' : `/start ${payload}` });
  }

  dm({ by, text, replyTo }: Words): Said {
    return this.private(by, { text, ...this.reply(this.world.person(by).id, replyTo) });
  }

  photo({ by, caption, album }: { by: string; caption?: string; album?: string }): Said {
    const sizes = [this.world.file('s.png', PIXEL), this.world.file('x.png', PIXEL, { width: 1280, height: 960 })];
    return this.private(by, clean({ photo: sizes, caption, media_group_id: album }));
  }

  /** Several photos at once: one update each, one group id, the words on the first. */
  album({ by, caption, count }: { by: string; caption?: string; count: number }): Said[] {
    const album = String(13_900_000_000_000_000 + this.world.nextId('album'));
    return Array.from({ length: count }, (_, at) =>
      this.photo({ by, album, ...(at === 0 && caption !== undefined ? { caption } : {}) }),
    );
  }

  document({ by, name, text }: { by: string; name: string; text: string }): Said {
    const extra = { file_name: name, mime_type: 'text/plain' };
    return this.private(by, { document: this.world.file(name, Buffer.from(text), extra) });
  }

  voice({ by, seconds }: { by: string; seconds: number }): Said {
    const extra = { duration: seconds, mime_type: 'audio/ogg' };
    return this.private(by, { voice: this.world.file('voice.ogg', Buffer.from('OggS'), extra) });
  }

  sticker({ by, emoji }: { by: string; emoji: string }): Said {
    return this.private(by, { sticker: this.world.file('sticker.webp', PIXEL, { emoji, width: 512, height: 512 }) });
  }

  location({ by, latitude, longitude }: { by: string; latitude: number; longitude: number }): Said {
    return this.private(by, { location: { latitude, longitude } });
  }

  /** A card: the person's own unless it is `of` somebody. */
  contact({ by, phone, of = by }: { by: string; phone: string; of?: string }): Said {
    const { firstName, id } = this.world.person(of);
    return this.private(by, { contact: { phone_number: phone, first_name: firstName, user_id: id } });
  }

  dice({ by }: { by: string }): Said {
    return this.private(by, { dice: { emoji: '🎲', value: 4 } });
  }

  edit({ chatId, messageId, text }: Said & { text: string }): void {
    const stored = this.stored(chatId, messageId);
    stored.body['edit_date'] = this.world.seconds();
    stored.body['caption' in stored.body ? 'caption' : 'text'] = text;
    const kind = stored.connection === null ? 'edited_message' : 'edited_business_message';
    this.updates.push(kind, this.chatKey(stored), structuredClone(stored.body));
  }

  /** An emoji on a message; none takes it back. */
  react({ by, chatId, messageId, emoji }: Said & { by: string; emoji?: string }): void {
    const stored = this.stored(chatId, messageId);
    const person = this.world.person(by);
    const key = `${chatId}:${messageId}:${person.id}`;
    const told = {
      chat: stored.body['chat'],
      message_id: messageId,
      user: userOf(person),
      date: this.world.seconds(),
      old_reaction: reactions(this.reactions.get(key)),
      new_reaction: reactions(emoji),
    };
    this.reactions.set(key, emoji);
    this.updates.push('message_reaction', String(chatId), told);
  }

  /** Presses a button under one of the bot's messages. */
  press({ by, chatId, messageId, title, data }: Said & { by: string; title: string; data: string }): { id: string } {
    const { body } = this.stored(chatId, messageId);
    const id = `22${String(this.world.nextId('callback')).padStart(17, '0')}`;
    const keyboard = { inline_keyboard: [[{ text: title, callback_data: data }]] };
    const message = { ...structuredClone(body), reply_markup: keyboard };
    const query = { id, from: userOf(this.world.person(by)), message, chat_instance: '-48', data };
    this.updates.push('callback_query', String(chatId), query);
    return { id };
  }

  block({ by }: { by: string }): void {
    this.standing(by, true);
  }

  unblock({ by }: { by: string }): void {
    this.standing(by, false);
  }

  /** Writes into a group. */
  groupMessage({ by, text, replyTo, in: key = 'group' }: Words & { in?: string }): Said {
    const group = this.world.group(key);
    return this.inGroup(group, userOf(this.world.person(by)), { text, ...this.reply(group.id, replyTo) });
  }

  /** Publishes in the channel; its discussion group gets a copy. */
  channelPost({ text, in: key = 'channel' }: { text: string; in?: string }): Said & { copy?: Said } {
    const channel = this.world.group(key);
    const chat = groupChat(channel);
    const post = this.world.write(chat, userOf(this.world.person('owner')), { sender_chat: chat, text });
    delete post.body['from'];
    this.updates.push('channel_post', String(channel.id), structuredClone(post.body));
    const said = { chatId: channel.id, messageId: post.messageId };
    if (channel.discussionKey === undefined) return said;
    const copy = this.inGroup(
      this.world.group(channel.discussionKey),
      { id: 777000, is_bot: false, first_name: 'Telegram' },
      {
        sender_chat: chat,
        is_automatic_forward: true,
        forward_origin: { type: 'channel', chat, message_id: post.messageId, date: post.body['date'] },
        text,
      },
    );
    return { ...said, copy };
  }

  editChannelPost({ chatId, messageId, text }: Said & { text: string }): void {
    const { body } = this.stored(chatId, messageId);
    Object.assign(body, { text, edit_date: this.world.seconds() });
    this.updates.push('edited_channel_post', String(chatId), structuredClone(body));
  }

  /** Comments under a channel's post, or answers a comment there. `copy` is what `channelPost` gave. */
  comment({ by, text, copy, replyTo }: Words & { copy: Said }): Said {
    const group = this.world.groupById(copy.chatId)!;
    const answered = this.reply(copy.chatId, replyTo ?? copy.messageId);
    return this.inGroup(group, userOf(this.world.person(by)), { ...answered, text });
  }

  businessMessage({ by, text, connection }: Words & { connection: string }): Said {
    const person = this.world.person(by);
    return this.business(connection, person, userOf(person), text);
  }

  /** The account's owner answers by phone. */
  ownerAnswers({ to, text, connection }: { to: string; text: string; connection: string }): Said {
    return this.business(connection, this.world.person(to), userOf(this.connection(connection).owner), text);
  }

  deleteBusinessMessages({
    by,
    messageIds,
    connection,
  }: {
    by: string;
    messageIds: number[];
    connection: string;
  }): void {
    const person = this.world.person(by);
    for (const messageId of messageIds) this.stored(person.id, messageId, connection).deleted = true;
    this.updates.push('deleted_business_messages', `${connection}:${person.id}`, {
      business_connection_id: connection,
      chat: privateChat(person),
      message_ids: messageIds,
    });
  }

  /** Takes the bot into a group, or throws it out. */
  botStanding({ by, in: key, standing }: { by: string; in: string; standing: Group['bot'] }): void {
    const group = this.world.group(key);
    const was = group.bot;
    group.bot = standing;
    const member = (status: string) => ({ user: this.world.botUser(), status });
    this.updates.push('my_chat_member', String(group.id), {
      chat: groupChat(group),
      from: userOf(this.world.person(by)),
      date: this.world.seconds(),
      old_chat_member: member(was),
      new_chat_member: member(standing),
    });
  }

  /** The group becomes a supergroup: a new id, told from both sides. */
  migrate({ in: key }: { in: string }): { from: number; to: number } {
    const group = this.world.group(key);
    const from = group.id;
    const to = -1_001_600_000_000 - this.world.nextId('migration');
    const service = userOf(this.world.person('owner'));
    this.inGroup(group, service, { migrate_to_chat_id: to });
    const moved: Group = { ...group, id: to, type: 'supergroup' };
    this.world.groups.set(`${key}:old`, { ...group, key: `${key}:old`, movedTo: to });
    this.world.groups.set(key, moved);
    this.inGroup(moved, service, { migrate_from_chat_id: from });
    return { from, to };
  }

  /** An update as it is, for what has no action. */
  raw({ kind, chat, content }: { kind: string; chat: string; content: JsonObject }): void {
    this.updates.push(kind, chat, content);
  }

  private private(by: string, fields: JsonObject): Said {
    const person = this.world.person(by);
    person.started = true;
    const stored = this.world.write(privateChat(person), userOf(person), fields);
    this.updates.push('message', String(person.id), structuredClone(stored.body));
    return { chatId: person.id, messageId: stored.messageId };
  }

  private inGroup(group: Group, from: JsonObject, fields: JsonObject): Said {
    const stored = this.world.write(groupChat(group), from, fields);
    const reaches = group.bot === 'administrator' || group.bot === 'member';
    if (reaches) this.updates.push('message', String(group.id), structuredClone(stored.body));
    return { chatId: group.id, messageId: stored.messageId };
  }

  private business(connection: string, person: Person, from: JsonObject, text: string): Said {
    const stored = this.world.write(privateChat(person), from, { text }, this.connection(connection).id);
    this.updates.push('business_message', this.chatKey(stored), structuredClone(stored.body));
    return { chatId: person.id, messageId: stored.messageId };
  }

  private standing(by: string, blocked: boolean): void {
    const person = this.world.person(by);
    if (person.blocked === blocked) return;
    person.blocked = blocked;
    const member = (status: string) => ({ user: this.world.botUser(), status });
    const [was, is] = blocked ? (['member', 'kicked'] as const) : (['kicked', 'member'] as const);
    this.updates.push('my_chat_member', String(person.id), {
      chat: privateChat(person),
      from: userOf(person),
      date: this.world.seconds(),
      old_chat_member: member(was),
      new_chat_member: member(is),
    });
  }

  private reply(chatId: number, replyTo: number | undefined): JsonObject {
    if (replyTo === undefined) return {};
    const stored = this.stored(chatId, replyTo);
    const { reply_to_message: _nested, ...answered } = structuredClone(stored.body);
    return { ...this.world.threadUnder(stored), reply_to_message: answered };
  }

  private stored(chatId: number, messageId: number, connection: string | null = null): StoredMessage {
    const stored = this.world.find(chatId, messageId, connection);
    if (!stored) throw new Error(`There is no message ${messageId} in chat ${chatId}.`);
    return stored;
  }

  private connection(id: string): Connection {
    const connection = this.world.connections.get(id);
    if (!connection) throw new Error(`There is no business connection ${id}.`);
    return connection;
  }

  private chatKey({ connection, chatId }: StoredMessage): string {
    return connection === null ? String(chatId) : `${connection}:${chatId}`;
  }
}

const reactions = (emoji: string | undefined) => (emoji === undefined ? [] : [{ type: 'emoji', emoji }]);
