import type { EffectLog, SentFile } from './effects';
import { type ApiParams, integer, text } from './params';
import {
  ApiError,
  clean,
  type FlavourName,
  groupChat,
  type JsonObject,
  privateChat,
  type StoredMessage,
  type World,
} from './world';

export interface ApiContext {
  world: World;
  effects: EffectLog;
  flavour: FlavourName;
}

const MB = 1_048_576;
const FILES: Readonly<Record<string, string>> = {
  sendPhoto: 'photo',
  sendDocument: 'document',
  sendVideo: 'video',
  sendAnimation: 'animation',
  sendAudio: 'audio',
  sendVoice: 'voice',
};

export const SENDS = new Set(['sendMessage', 'sendMediaGroup', ...Object.keys(FILES)]);

export function send(context: ApiContext, method: string, params: ApiParams): unknown {
  const { world, effects } = context;
  const { values } = params;
  const connection = typeof values['business_connection_id'] === 'string' ? values['business_connection_id'] : null;
  const chat = reachableChat(context, integer(values['chat_id']), connection);
  const chatId = Number(chat['id']);
  const replyTo = repliedTo(context, values, chatId, connection);
  const parts = partsOf(method, params);
  const threadId = integer(values['message_thread_id']) ?? null;
  const album = parts.length > 1 ? { media_group_id: String(world.nextId('album')) } : {};
  const sent = parts.map(({ words, file }) => {
    const answered = replyTo === null ? {} : { ...world.threadUnder(replyTo), reply_to_message: replyTo.body };
    const said = file ? { caption: words || undefined } : { text: words };
    const thread = threadId === null ? {} : { message_thread_id: threadId, is_topic_message: true };
    const stored = world.write(chat, world.botUser(), clean({ ...answered, ...thread, ...album, ...said }), connection);
    if (file) stored.body[file.type] = mediaOf(world, file);
    effects.record({
      at: world.now(),
      kind: 'message',
      chatId,
      messageId: stored.messageId,
      text: words,
      replyTo: replyTo?.messageId ?? null,
      threadId,
      connection,
      files: file ? [file] : [],
    });
    return structuredClone(stored.body);
  });
  return method === 'sendMediaGroup' ? sent : sent[0];
}

/** The chat, if the bot may write there now. */
export function reachableChat(
  { world }: ApiContext,
  chatId: number | undefined,
  connection: string | null,
): JsonObject {
  if (chatId === undefined) throw new ApiError(400, 'Bad Request: chat_id is empty');
  for (const id of [0, chatId]) {
    const left = (world.limitedUntil.get(id) ?? 0) - world.now();
    if (left <= 0) continue;
    const seconds = Math.ceil(left / 1000);
    throw new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
  }
  const person = world.personById(chatId);
  if (connection !== null) {
    const known = world.connections.get(connection);
    if (!known?.enabled) throw new ApiError(400, 'Bad Request: business connection not found');
    if (!person) throw new ApiError(400, 'Bad Request: chat not found');
    const day = world.now() - 24 * 3_600_000;
    const wrote = world.messages.some(
      (m) => m.connection === connection && m.chatId === chatId && m.at > day && !m.byBot,
    );
    if (!wrote) throw new ApiError(400, 'Bad Request: BUSINESS_PEER_USAGE_MISSING');
    return privateChat(person);
  }
  if (person) {
    if (person.deactivated) throw new ApiError(403, 'Forbidden: user is deactivated');
    if (person.blocked) throw new ApiError(403, 'Forbidden: bot was blocked by the user');
    if (!person.started) throw new ApiError(403, "Forbidden: bot can't initiate conversation with a user");
    return privateChat(person);
  }
  const group = world.groupById(chatId);
  if (!group) throw new ApiError(400, 'Bad Request: chat not found');
  if (group.movedTo !== undefined) {
    const parameters = { migrate_to_chat_id: group.movedTo };
    throw new ApiError(400, 'Bad Request: group chat was upgraded to a supergroup chat', parameters);
  }
  if (group.bot === 'kicked') throw new ApiError(403, `Forbidden: bot was kicked from the ${group.type} chat`);
  if (group.bot === 'left') throw new ApiError(403, `Forbidden: bot is not a member of the ${group.type} chat`);
  return groupChat(group);
}

function repliedTo(
  { world, flavour }: ApiContext,
  values: JsonObject,
  chatId: number,
  connection: string | null,
): StoredMessage | null {
  const parameters = (values['reply_parameters'] ?? {}) as JsonObject;
  const wanted = integer(flavour === 'bale' ? values['reply_to_message_id'] : parameters['message_id']);
  if (wanted === undefined) return null;
  const found = world.find(chatId, wanted, connection);
  if (found) return found;
  if (parameters['allow_sending_without_reply'] === true) return null;
  throw new ApiError(400, 'Bad Request: message to be replied not found');
}

interface Part {
  words: string;
  file: SentFile | null;
}

function partsOf(method: string, { values, files }: ApiParams): Part[] {
  if (method === 'sendMessage') {
    const words = text(values['text']);
    if (words === '') throw new ApiError(400, 'Bad Request: message text is empty');
    if (words.length > 4096) throw new ApiError(400, 'Bad Request: message is too long');
    return [{ words, file: null }];
  }
  if (method === 'sendMediaGroup') {
    const media = (Array.isArray(values['media']) ? values['media'] : []) as JsonObject[];
    if (media.length < 2 || media.length > 10) throw new ApiError(400, 'Bad Request: wrong number of media');
    return media.map((item) => partOf(text(item['type']), item['media'], item['caption'], files));
  }
  const type = FILES[method] ?? 'document';
  return [partOf(type, files.has(type) ? `attach://${type}` : values[type], values['caption'], files)];
}

function partOf(type: string, source: unknown, caption: unknown, files: ApiParams['files']): Part {
  const words = caption === undefined ? '' : text(caption);
  if (words.length > 1024) throw new ApiError(400, 'Bad Request: message caption is too long');
  const name = /^attach:\/\/(.+)$/.exec(text(source))?.[1];
  const upload = name === undefined ? undefined : files.get(name);
  if (upload) {
    if (upload.bytes.length > (type === 'photo' ? 10 : 50) * MB) throw new ApiError(413, 'Request Entity Too Large');
    return { words, file: { type, url: null, bytes: upload.bytes, name: upload.name } };
  }
  if (!/^https?:\/\//.test(text(source)))
    throw new ApiError(400, 'Bad Request: wrong file identifier/HTTP URL specified');
  return { words, file: { type, url: text(source), bytes: null, name: null } };
}

function mediaOf(world: World, { type, bytes, name }: SentFile): unknown {
  const file = world.file(name ?? type, bytes ?? Buffer.from('fetched'));
  return type === 'photo' ? [file] : file;
}
