import type { ModerationAction } from '../../capabilities';
import type { ChannelKind } from '../../channel';

/**
 * What differs between Telegram and the servers that speak its bot API "with small changes". The rest of this folder
 * asks this record and never the kind. Sources: Bot API 10.1; docs.bale.ai and the SDKs named in the protocol reference.
 */
export interface Flavour {
  kind: ChannelKind;
  /** For people, in reasons. */
  name: string;
  host: string;
  /** `header`: the secret comes back in a header. `path`: it is the last segment of the address. */
  secretIn: 'header' | 'path';
  /** How a quoted message is named in a send. */
  quoting: 'reply_parameters' | 'reply_to_message_id';
  /** Kinds of update asked for; null where the server takes no such list. */
  allowedUpdates: readonly string[] | null;
  /** Ports a webhook may use; null when any will do. */
  webhookPorts: readonly string[] | null;
  /** Whether `entities` describe the text reliably. */
  entities: boolean;
  reactions: boolean;
  /** Messages of a linked business account, with deletes. */
  business: boolean;
  /** Where people see public things; null when that is not known. */
  links: string | null;
  moderation: { dm: readonly ModerationAction[]; comment: readonly ModerationAction[] };
  pace: { perSecond: number; perConversationMs: number };
  /** Whether the file's id may stand in for a missing path of the file. */
  fileIdIsPath: boolean;
}

const TELEGRAM: Flavour = {
  kind: 'telegram',
  name: 'Telegram',
  host: 'https://api.telegram.org',
  secretIn: 'header',
  quoting: 'reply_parameters',
  // Reactions must be listed: they are not in Telegram's default set.
  allowedUpdates: [
    'message',
    'edited_message',
    'channel_post',
    'edited_channel_post',
    'business_connection',
    'business_message',
    'edited_business_message',
    'deleted_business_messages',
    'message_reaction',
    'callback_query',
    'my_chat_member',
  ],
  webhookPorts: ['443', '80', '88', '8443'],
  entities: true,
  reactions: true,
  business: true,
  links: 'https://t.me',
  moderation: { dm: ['delete', 'like', 'unlike'], comment: ['delete', 'like', 'unlike', 'block', 'unblock'] },
  pace: { perSecond: 30, perConversationMs: 1000 },
  fileIdIsPath: false,
};

const BALE: Flavour = {
  kind: 'bale',
  name: 'Bale',
  host: 'https://tapi.bale.ai',
  secretIn: 'path',
  quoting: 'reply_to_message_id',
  allowedUpdates: null,
  webhookPorts: null,
  entities: false,
  reactions: false,
  business: false,
  links: null,
  moderation: { dm: ['delete'], comment: ['delete'] },
  // Unpublished; a start that has hurt nobody.
  pace: { perSecond: 20, perConversationMs: 1000 },
  fileIdIsPath: true,
};

export const FLAVOURS: readonly Flavour[] = [TELEGRAM, BALE];

/** @returns Telegram's for every kind that is not known to differ */
export const flavourOf = (kind: ChannelKind | undefined): Flavour =>
  FLAVOURS.find((flavour) => flavour.kind === kind) ?? TELEGRAM;
