import { type ApiContext, reachableChat, send, SENDS } from './api-send';
import { type ApiParams, integer, text } from './params';
import type { Updates } from './updates';
import { ApiError, groupChat, type JsonObject, privateChat, type StoredMessage } from './world';

type Method = (context: ApiContext, values: JsonObject, updates: Updates) => unknown;

const HOURS_48 = 48 * 3_600_000;

const METHODS: Readonly<Record<string, Method>> = {
  getMe: ({ world }) => ({ ...world.botUser(), can_join_groups: true, can_read_all_group_messages: true }),
  setWebhook,
  deleteWebhook: (_context, _values, updates) => {
    updates.setWebhook(null);
    return true;
  },
  getWebhookInfo,
  getUpdates: (_context, values, updates) => {
    if (Array.isArray(values['allowed_updates'])) updates.allowed = values['allowed_updates'].map(String);
    return updates.get(integer(values['offset']), integer(values['limit']) ?? 100, integer(values['timeout']) ?? 0);
  },
  editMessageText: (context, values) => edit(context, values, 'text'),
  editMessageCaption: (context, values) => edit(context, values, 'caption'),
  deleteMessage: (context, values) => {
    const stored = find(context, values, 'message to delete not found');
    if (context.world.now() - stored.at > HOURS_48) throw new ApiError(400, "Bad Request: message can't be deleted");
    return remove(context, stored);
  },
  deleteBusinessMessages: (context, values) => {
    const ids = Array.isArray(values['message_ids']) ? values['message_ids'] : [];
    for (const stored of context.world.messages)
      if (stored.connection === values['business_connection_id'] && ids.includes(stored.messageId))
        remove(context, stored);
    return true;
  },
  setMessageReaction: (context, values) => {
    const stored = find(context, values, 'message to react not found');
    const [reaction] = (Array.isArray(values['reaction']) ? values['reaction'] : []) as JsonObject[];
    const emoji = reaction ? text(reaction['emoji']) : null;
    const { world, effects } = context;
    effects.record({
      at: world.now(),
      kind: 'reaction',
      chatId: stored.chatId,
      messageId: stored.messageId,
      text: emoji,
    });
    return true;
  },
  banChatMember: (context, values) => ban(context, values, integer(values['user_id']), true),
  unbanChatMember: (context, values) => ban(context, values, integer(values['user_id']), false),
  banChatSenderChat: (context, values) => ban(context, values, integer(values['sender_chat_id']), true),
  unbanChatSenderChat: (context, values) => ban(context, values, integer(values['sender_chat_id']), false),
  answerCallbackQuery: ({ world, effects }, values) => {
    const query = text(values['callback_query_id']);
    effects.record({ at: world.now(), kind: 'callback_answer', chatId: 0, messageId: null, text: query });
    return true;
  },
  getFile: ({ world }, values) => {
    const fileId = text(values['file_id']);
    const file = world.files.get(fileId);
    if (!file) throw new ApiError(400, 'Bad Request: wrong file_id or the file is temporarily unavailable');
    if (file.bytes.length > 20 * 1_048_576) throw new ApiError(400, 'Bad Request: file is too big');
    return { file_id: fileId, file_size: file.bytes.length, file_path: file.path };
  },
  getChat: ({ world }, values) => {
    const chatId = integer(values['chat_id']);
    const person = chatId === undefined ? undefined : world.personById(chatId);
    const group = chatId === undefined ? undefined : world.groupById(chatId);
    if (person) return privateChat(person);
    if (group) return groupChat(group);
    throw new ApiError(400, 'Bad Request: chat not found');
  },
};

const NOT_ON_BALE = new Set([
  'setMessageReaction',
  'deleteBusinessMessages',
  'banChatSenderChat',
  'unbanChatSenderChat',
]);

/** Does one method. @throws ApiError for what the network refuses */
export async function answerMethod(
  context: ApiContext,
  updates: Updates,
  method: string,
  params: ApiParams,
): Promise<unknown> {
  if (SENDS.has(method)) return send(context, method, params);
  const known = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (!known || (context.flavour === 'bale' && NOT_ON_BALE.has(method))) throw new ApiError(404, 'Not Found');
  return await known(context, params.values, updates);
}

function setWebhook({ flavour }: ApiContext, values: JsonObject, updates: Updates): boolean {
  const url = text(values['url']);
  if (url === '') {
    updates.setWebhook(null);
    return true;
  }
  if (!URL.canParse(url)) throw new ApiError(400, 'Bad Request: bad webhook: invalid URL specified');
  const secret = values['secret_token'];
  if (secret !== undefined && !/^[\w-]{1,256}$/.test(text(secret)))
    throw new ApiError(400, 'Bad Request: secret token contains unallowed characters');
  const allowed = Array.isArray(values['allowed_updates']) ? values['allowed_updates'].map(String) : null;
  updates.setWebhook({
    url,
    secret: secret === undefined || flavour === 'bale' ? null : text(secret),
    allowed: flavour === 'bale' ? null : allowed,
    maxConnections: integer(values['max_connections']) ?? 40,
  });
  return true;
}

function getWebhookInfo({ flavour }: ApiContext, _values: JsonObject, updates: Updates): JsonObject {
  const { webhook, lastError, pendingCount } = updates;
  if (flavour === 'bale') return { url: webhook?.url ?? '' };
  return {
    url: webhook?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: pendingCount,
    ...(webhook ? { max_connections: webhook.maxConnections, ip_address: '203.0.113.10' } : {}),
    ...(webhook?.allowed ? { allowed_updates: webhook.allowed } : {}),
    ...(lastError ? { last_error_date: Math.floor(lastError.at / 1000), last_error_message: lastError.message } : {}),
  };
}

function find({ world }: ApiContext, values: JsonObject, missing: string): StoredMessage {
  const connection = typeof values['business_connection_id'] === 'string' ? values['business_connection_id'] : null;
  const stored = world.find(integer(values['chat_id']) ?? 0, integer(values['message_id']) ?? 0, connection);
  if (!stored) throw new ApiError(400, `Bad Request: ${missing}`);
  return stored;
}

function edit(context: ApiContext, values: JsonObject, field: 'text' | 'caption'): JsonObject {
  const stored = find(context, values, 'message to edit not found');
  if (!stored.byBot) throw new ApiError(400, "Bad Request: message can't be edited");
  if (field === 'text' && !('text' in stored.body))
    throw new ApiError(400, 'Bad Request: there is no text in the message to edit');
  const words = text(values[field]);
  if (stored.body[field] === words)
    throw new ApiError(
      400,
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same',
    );
  Object.assign(stored.body, { [field]: words, edit_date: context.world.seconds() });
  const { chatId, messageId, connection } = stored;
  context.effects.record({ at: context.world.now(), kind: 'edit', chatId, messageId, text: words, connection });
  return structuredClone(stored.body);
}

function remove({ world, effects }: ApiContext, stored: StoredMessage): true {
  stored.deleted = true;
  const { chatId, messageId, connection } = stored;
  effects.record({ at: world.now(), kind: 'delete', chatId, messageId, text: null, connection });
  return true;
}

function ban(context: ApiContext, values: JsonObject, who: number | undefined, banned: boolean): true {
  const { world, effects } = context;
  const chat = reachableChat(context, integer(values['chat_id']), null);
  const group = world.groupById(Number(chat['id']));
  if (!group) throw new ApiError(400, 'Bad Request: method is available for supergroup and channel chats only');
  if (group.bot !== 'administrator')
    throw new ApiError(400, 'Bad Request: not enough rights to restrict/unrestrict chat member');
  if (who === undefined || (who > 0 && !world.personById(who))) throw new ApiError(400, 'Bad Request: user not found');
  if (banned) group.banned.add(who);
  else group.banned.delete(who);
  const kind = banned ? 'ban' : 'unban';
  effects.record({ at: world.now(), kind, chatId: group.id, messageId: null, text: String(who) });
  return true;
}
