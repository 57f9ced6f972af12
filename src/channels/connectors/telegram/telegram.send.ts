import type { OutboundAttachment, OutboundMessage, SendOutcome } from '../../sending';
import { lengthIn } from '../../../text/graphemes';
import type { JsonRecord } from '../json';
import { messageAddress, personAddress, pressChat, topicThread } from './telegram.addresses';
import {
  ALBUM_LIMIT,
  CAPTION_LIMIT,
  FILE_BYTES,
  PHOTO_BYTES,
  telegramCapabilities,
  TEXT_LIMIT,
} from './telegram.capabilities';
import type { Flavour } from './telegram.flavours';

export type Failed = Extract<SendOutcome, { status: 'failed' }>;

/** Where a message goes. */
export interface Target {
  chat: string;
  connection?: string;
  /** Message quoted. */
  answered?: string;
  /** What is quoted when that one is gone: the post above the comment. */
  answeredInstead?: string;
  /** Topic of a forum. */
  thread?: string;
}

export interface PlannedFile {
  /** `photo`, `document`, …: the parameter, and the type inside an album. */
  type: string;
  attachment: OutboundAttachment;
}

/** One call that delivers the whole message. */
export interface PlannedSend {
  method: string;
  target: Target;
  text: string;
  files: readonly PlannedFile[];
}

const failed = (code: string, fix: Failed['fix'], reason: string): Failed => ({ status: 'failed', code, fix, reason });

/** How this message is delivered, or why it must not be tried. Pure. */
export function planSend(flavour: Flavour, message: OutboundMessage): PlannedSend | Failed {
  const refusal = refuse(flavour, message);
  if (refusal) return refusal;
  const target = message.threadKind === 'dm' ? privateTarget(message) : groupTarget(message);
  if ('status' in target) return target;
  const files = message.attachments.map((attachment) => ({ type: typeOf(attachment), attachment }));
  const { text } = message;
  if (files.length === 0) return { method: 'sendMessage', target, text, files };
  const [first] = files;
  if (files.length === 1) return { method: METHODS[first!.type]!, target, text, files };
  return mixed(files) ?? { method: 'sendMediaGroup', target, text, files };
}

function refuse(flavour: Flavour, message: OutboundMessage): Failed | undefined {
  const { text, attachments } = message;
  const capabilities = telegramCapabilities(flavour)[message.threadKind];
  if (!capabilities?.reply.includes(message.visibility)) {
    return failed('capability_missing', 'agent', `A ${message.visibility} reply is not possible here.`);
  }
  if (text === '' && attachments.length === 0) return failed('empty', 'agent', 'Write a text or attach a file.');
  const limit = attachments.length === 0 ? TEXT_LIMIT : CAPTION_LIMIT;
  const length = lengthIn(text, 'utf16_units');
  if (length > limit) {
    const beside = attachments.length === 0 ? '' : ' beside a file; send the text by itself';
    return failed(
      'text_too_long',
      'agent',
      `The text has ${length} of at most ${limit} characters${beside}. Shorten it.`,
    );
  }
  if (attachments.length > ALBUM_LIMIT)
    return failed(
      'split_required',
      'agent',
      `At most ${ALBUM_LIMIT} files go together. Send them in several messages.`,
    );
  const foreign = attachments.find(({ kind }) => !capabilities.attachments.some((allowed) => allowed.kind === kind));
  if (foreign)
    return failed('attachment_refused', 'agent', `An attachment of kind ${foreign.kind} cannot be sent here.`);
  if (attachments.some(({ sizeBytes = 0 }) => sizeBytes > FILE_BYTES))
    return failed('attachment_refused', 'agent', 'A file may have at most 50 MB.');
  return undefined;
}

/**
 * The chat of a person. A business account's chat is told by any of: the person's name, the message that is answered,
 * the latest message of the thread.
 */
function privateTarget(message: OutboundMessage): Target | Failed {
  const answered = messageAddress(message.replyToExternalId);
  const latest = messageAddress(message.thread?.externalIds.at(-1));
  const person = personAddress(message.recipientExternalId);
  const chat = person?.chat ?? answered?.chat ?? latest?.chat;
  if (chat === undefined) return failed('recipient_not_found', 'none', 'The person’s id is unknown.');
  const connection = person?.connection ?? answered?.connection ?? latest?.connection;
  return {
    chat,
    ...(connection === undefined ? {} : { connection }),
    ...(answered ? { answered: answered.message } : {}),
  };
}

/** A group's chat is that of the message that is answered: the post above may stand in the channel itself. */
function groupTarget(message: OutboundMessage): Target | Failed {
  const answered = messageAddress(message.replyToExternalId);
  const chat = answered?.chat ?? pressChat(message.replyToExternalId);
  if (chat === undefined) return failed('no_target', 'none', 'A reply in a group needs the message it answers.');
  const post = messageAddress(message.postExternalId);
  const thread = topicThread(message.postExternalId, chat);
  return {
    chat,
    ...(answered ? { answered: answered.message } : {}),
    ...(post?.chat === chat && post.message !== answered?.message ? { answeredInstead: post.message } : {}),
    ...(thread === undefined ? {} : { thread }),
  };
}

const METHODS: Readonly<Record<string, string>> = {
  photo: 'sendPhoto',
  animation: 'sendAnimation',
  video: 'sendVideo',
  voice: 'sendVoice',
  audio: 'sendAudio',
  document: 'sendDocument',
};

const PHOTO_TYPES = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/bmp']);
const VOICE_TYPES = new Set(['audio/ogg', 'audio/opus']);
const AUDIO_TYPES = new Set(['audio/mpeg', 'audio/mp3', 'audio/mp4', 'audio/x-m4a', 'audio/m4a']);

/** What the network would refuse or spoil as what it is goes as a plain file. */
function typeOf({ kind, mimeType, sizeBytes = 0 }: OutboundAttachment): string {
  const type = mimeType?.split(';')[0]?.trim().toLowerCase();
  switch (kind) {
    case 'image':
      if (type === 'image/gif') return 'animation';
      return (type === undefined || PHOTO_TYPES.has(type)) && sizeBytes <= PHOTO_BYTES ? 'photo' : 'document';
    case 'video':
      return type === undefined || type === 'video/mp4' ? 'video' : 'document';
    case 'audio':
      if (type !== undefined && VOICE_TYPES.has(type)) return 'voice';
      return type === undefined || AUDIO_TYPES.has(type) ? 'audio' : 'document';
    default:
      return 'document';
  }
}

const visual = (type: string) => type === 'photo' || type === 'video';

/** Albums hold photos and videos together, documents or audio files among themselves, and nothing else. */
function mixed(files: readonly PlannedFile[]): Failed | undefined {
  const types = new Set(files.map(({ type }) => (visual(type) ? 'visual' : type)));
  if (types.size === 1 && !types.has('voice') && !types.has('animation')) return undefined;
  return failed('split_required', 'agent', 'These files cannot go together in one message. Send them one by one.');
}

/** The parameters of the call. Files are named by `sources`: an address, or `attach://…` for bytes sent along. */
export function paramsOf(flavour: Flavour, planned: PlannedSend, sources: readonly string[]): JsonRecord {
  const { method, target, text, files } = planned;
  const base = {
    chat_id: target.chat,
    ...(target.connection === undefined ? {} : { business_connection_id: target.connection }),
    ...(target.thread === undefined ? {} : { message_thread_id: Number(target.thread) }),
    ...quoted(flavour, target.answered),
  };
  if (method === 'sendMessage') return { ...base, text };
  const caption = text === '' ? {} : { caption: text };
  if (method !== 'sendMediaGroup') return { ...base, [files[0]!.type]: sources[0], ...caption };
  const media = files.map(({ type }, at) => ({ type, media: sources[at], ...(at === 0 ? caption : {}) }));
  return { ...base, media };
}

function quoted({ quoting }: Flavour, answered: string | undefined): JsonRecord {
  if (answered === undefined) return {};
  const message = Number(answered);
  return quoting === 'reply_parameters'
    ? { reply_parameters: { message_id: message } }
    : { reply_to_message_id: message };
}
