import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { SendOutcome } from '../../sending';
import { messageAddress } from './telegram.addresses';
import type { TelegramCall, TelegramError } from './telegram.client';
import { is } from './telegram.errors';
import type { Flavour } from './telegram.flavours';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

const missing = (reason: string): Failed => ({ status: 'failed', code: 'capability_missing', fix: 'agent', reason });

/** The one call for an action, or why there is none. Pure. */
export function moderationCall(
  flavour: Flavour,
  action: ModerationAction,
  target: ModerationTarget,
  likeEmoji: string,
): TelegramCall | Failed {
  if (!flavour.moderation[target.threadKind].includes(action))
    return missing(`${flavour.name} has no "${action}" for this kind of message.`);
  const address = messageAddress(target.messageExternalId);
  if (!address) return missing('This is not a message at the network.');
  const { chat, message, connection } = address;
  const messageId = Number(message);
  switch (action) {
    case 'delete':
      return connection === undefined
        ? { method: 'deleteMessage', params: { chat_id: chat, message_id: messageId } }
        : {
            method: 'deleteBusinessMessages',
            params: { business_connection_id: connection, message_ids: [messageId] },
          };
    case 'like':
    case 'unlike': {
      if (connection !== undefined) return missing('A bot cannot react in a business account’s chats.');
      const reaction = action === 'like' ? [{ type: 'emoji', emoji: likeEmoji }] : [];
      return { method: 'setMessageReaction', params: { chat_id: chat, message_id: messageId, reaction } };
    }
    case 'block':
    case 'unblock':
      return blockCall(action, chat, target.authorExternalId);
    default:
      return missing(`${flavour.name} has no "${action}".`);
  }
}

/** Out of the group, or back in; whoever speaks as a channel is kept out as that channel. */
function blockCall(action: 'block' | 'unblock', chat: string, author: string | undefined): TelegramCall | Failed {
  if (author === undefined || !/^-?\d+$/.test(author)) return missing('It is not known who wrote this.');
  if (author.startsWith('-')) {
    const method = action === 'block' ? 'banChatSenderChat' : 'unbanChatSenderChat';
    return { method, params: { chat_id: chat, sender_chat_id: author } };
  }
  return action === 'block'
    ? { method: 'banChatMember', params: { chat_id: chat, user_id: Number(author) } }
    : { method: 'unbanChatMember', params: { chat_id: chat, user_id: Number(author), only_if_banned: true } };
}

/** Whether a refusal says that it is so already. */
export function alreadySo(action: ModerationAction, error: TelegramError): boolean {
  if (action === 'delete') return is(error, 'message to delete not found');
  return (action === 'like' || action === 'unlike') && is(error, 'message is not modified');
}
