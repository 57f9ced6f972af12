import { FormData } from 'undici';
import type { OutboundAttachment, OutboundMessage, SendOutcome } from '../../sending';
import { lengthIn } from '../../../text/graphemes';
import { RUBIKA_CAPABILITIES } from './rubika.capabilities';
import type { RubikaSettings } from './rubika.settings';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

export interface PlannedSend {
  chatId: string;
  /** What goes with the text or the file alike. */
  common: Readonly<Record<string, string>>;
  text: string;
  attachment: OutboundAttachment | undefined;
}

export const failed = (code: string, fix: Failed['fix'], reason: string): Failed => ({
  status: 'failed',
  code,
  fix,
  reason,
});

/** Where and what to send, or why it must not be tried. Pure. */
export function planSend(settings: RubikaSettings, message: OutboundMessage): PlannedSend | Failed {
  const { threadKind, text, attachments } = message;
  const capabilities = RUBIKA_CAPABILITIES[threadKind];
  if (!capabilities?.reply.includes(message.visibility))
    return failed('capability_missing', 'agent', `A ${message.visibility} reply is not possible here.`);
  const chatId = threadKind === 'dm' ? message.recipientExternalId : message.postExternalId;
  if (!chatId) return failed('no_target', 'none', 'It is not known which chat to write in.');
  const { max, unit } = capabilities.textLimit;
  const length = lengthIn(text, unit);
  if (length > max)
    return failed('text_too_long', 'agent', `The text has ${length} of at most ${max} ${unit}. Shorten it.`);
  const [attachment] = attachments;
  if (text === '' && !attachment) return failed('empty', 'agent', 'Write a text or attach a file.');
  if (attachments.length > 1)
    return failed('split_required', 'agent', 'Rubika takes one file in a message. Send them one by one.');
  if (attachment && !capabilities.attachments.some(({ kind }) => kind === attachment.kind))
    return failed('attachment_refused', 'agent', `An attachment of kind ${attachment.kind} cannot be sent here.`);
  if (attachment && !attachment.read)
    return failed(
      'attachment_refused',
      'agent',
      'Rubika wants the file itself, and only its address is known. Upload it here.',
    );
  const quoted = threadKind === 'comment' || settings.quoteInPrivate ? quotedIn(chatId, message) : undefined;
  const common = { chat_id: chatId, ...(quoted === undefined ? {} : { reply_to_message_id: quoted }) };
  return { chatId, common, text, attachment };
}

/** Our ids are `chat:message`; a pressed button has no message of its own to quote. */
export function quotedIn(
  chatId: string,
  { replyToExternalId }: Pick<OutboundMessage, 'replyToExternalId'>,
): string | undefined {
  return replyToExternalId?.startsWith(`${chatId}:`) ? replyToExternalId.slice(chatId.length + 1) : undefined;
}

/** A message's chat and its id there. */
export function splitId(externalId: string): { chatId: string; messageId: string } | undefined {
  const at = externalId.indexOf(':');
  if (at <= 0 || at === externalId.length - 1 || externalId.startsWith('inline:')) return undefined;
  return { chatId: externalId.slice(0, at), messageId: externalId.slice(at + 1) };
}

/** `type` of `requestSendFile`. */
export function uploadType(settings: RubikaSettings, { kind }: OutboundAttachment): string {
  if (kind === 'image') return 'Image';
  if (kind === 'video') return 'Video';
  return kind === 'audio' ? settings.audioUploadType : 'File';
}

const NAMES: Readonly<Record<string, string>> = { image: 'image.jpg', video: 'video.mp4', audio: 'audio.mp3' };

export function uploadForm({ kind, name, mimeType }: OutboundAttachment, bytes: Buffer): FormData {
  const form = new FormData();
  const blob = new Blob([new Uint8Array(bytes)], { type: mimeType ?? 'application/octet-stream' });
  form.append('file', blob, name ?? NAMES[kind] ?? 'file.bin');
  return form;
}
