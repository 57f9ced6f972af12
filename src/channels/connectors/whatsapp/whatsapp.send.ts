import type { ConnectedChannel } from '../../channel';
import type { OutboundAttachment, OutboundMessage, SendOutcome } from '../../sending';
import { lengthIn } from '../../../text/graphemes';
import { CALLBACK_PREFIX } from './parse-statuses';
import { networkId } from './parse-messages';
import { groupContact } from './people';
import { type MediaReference, type MessageTemplate, templateComponents, valuesWanted } from './templates';
import { WHATSAPP_CAPABILITIES } from './whatsapp.capabilities';
import { readSettings, type WhatsappSettings } from './whatsapp.settings';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

export type MediaType = 'image' | 'video' | 'audio' | 'document' | 'sticker';

export interface PlannedSend {
  /** The file to bring to WhatsApp first, or to name by its address. */
  file?: { attachment: OutboundAttachment; type: MediaType };
  /** The body of `POST /{phone-number-id}/messages`; `media` is given when there is a file. */
  body(media?: MediaReference): Record<string, unknown>;
}

const failed = (code: string, fix: Failed['fix'], reason: string): Failed => ({ status: 'failed', code, fix, reason });

/**
 * The one call that delivers this message, or why it must not be tried. Pure.
 * @param template the text behind `message.template`, where it is known
 */
export function planSend(
  channel: ConnectedChannel,
  message: OutboundMessage,
  template?: MessageTemplate,
): PlannedSend | Failed {
  const settings = readSettings(channel.settings);
  const recipient = recipientOf(message.recipientExternalId);
  if (!recipient) return failed('recipient_not_found', 'none', 'Neither a phone number nor a user id is known.');
  const envelope = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...recipient,
    ...(message.replyToExternalId === undefined
      ? {}
      : { context: { message_id: networkId(message.replyToExternalId) } }),
    biz_opaque_callback_data: CALLBACK_PREFIX + message.id,
  };
  const refusal = refuse(message);
  if (refusal) return refusal;
  if (message.template) return planTemplate(envelope, message, message.template, template);
  const [attachment] = message.attachments;
  return attachment
    ? planFile(envelope, message.text, attachment, settings)
    : planText(envelope, message.text, settings);
}

/** `to` for a phone number, `recipient` for a user id, the group's own id for a group. */
export function recipientOf(externalId: string): Record<string, string> | undefined {
  const group = groupContact('');
  if (externalId.startsWith(group) && externalId.length > group.length)
    return { recipient_type: 'group', to: externalId.slice(group.length) };
  const phone = externalId.replace(/^\+/, '');
  if (/^\d{5,15}$/.test(phone)) return { to: phone };
  return /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(externalId) ? { recipient: externalId } : undefined;
}

function refuse(message: OutboundMessage): Failed | undefined {
  const capabilities = message.threadKind === 'dm' ? WHATSAPP_CAPABILITIES.dm : undefined;
  if (!capabilities?.reply.includes(message.visibility))
    return failed('capability_missing', 'agent', `A ${message.visibility} reply is not possible here.`);
  if (message.window === 'human_window')
    return failed('window_closed', 'agent', 'After 24 hours WhatsApp takes approved templates only.');
  const parts = message.attachments.length + (message.text === '' ? 0 : 1);
  if (parts === 0 && !message.template) return failed('empty', 'agent', 'Write a text or attach a file.');
  if (message.attachments.length > 1)
    return failed('split_required', 'agent', 'WhatsApp takes one file in a message. Send them one by one.');
  const foreign = message.attachments.find(({ kind }) => !capabilities.attachments.some((item) => item.kind === kind));
  return foreign && failed('attachment_refused', 'agent', `An attachment of kind ${foreign.kind} cannot be sent here.`);
}

function tooLong(text: string, max: number): Failed | undefined {
  const length = lengthIn(text, 'characters');
  if (length <= max) return undefined;
  return failed('text_too_long', 'agent', `The text has ${length} of at most ${max} characters. Shorten it.`);
}

function planText(envelope: object, text: string, settings: WhatsappSettings): PlannedSend | Failed {
  const content = { body: text, preview_url: settings.previewLinks };
  return tooLong(text, settings.textLimit) ?? { body: () => ({ ...envelope, type: 'text', text: content }) };
}

const MEDIA_TYPES: Record<string, MediaType> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  file: 'document',
  sticker: 'sticker',
};

function mediaType({ kind, mimeType }: OutboundAttachment, { imageTypes }: WhatsappSettings): MediaType {
  const shown = kind !== 'image' || mimeType === undefined || imageTypes.includes(mimeType.toLowerCase());
  return shown ? (MEDIA_TYPES[kind] ?? 'document') : 'document';
}

function planFile(
  envelope: object,
  text: string,
  attachment: OutboundAttachment,
  settings: WhatsappSettings,
): PlannedSend | Failed {
  const type = mediaType(attachment, settings);
  if (text !== '' && (type === 'audio' || type === 'sticker'))
    return failed('split_required', 'agent', 'WhatsApp takes no text beside this kind of file. Send them one by one.');
  const problem = tooLong(text, settings.captionLimit) ?? tooLarge(attachment);
  if (problem) return problem;
  const caption = text === '' ? {} : { caption: text };
  const name = type === 'document' && attachment.name !== undefined ? { filename: attachment.name } : {};
  return {
    file: { attachment, type },
    body: (media) => ({ ...envelope, type, [type]: { ...media, ...caption, ...name } }),
  };
}

function tooLarge({ kind, sizeBytes }: OutboundAttachment): Failed | undefined {
  const limit = WHATSAPP_CAPABILITIES.dm?.attachments.find((item) => item.kind === kind)?.maxBytes ?? Infinity;
  if (sizeBytes === undefined || sizeBytes <= limit) return undefined;
  return failed('attachment_refused', 'agent', `The file has ${sizeBytes} of at most ${limit} bytes.`);
}

function planTemplate(
  envelope: object,
  message: OutboundMessage,
  { name, language, values }: NonNullable<OutboundMessage['template']>,
  template: MessageTemplate | undefined,
): PlannedSend | Failed {
  const wanted = template ? valuesWanted(template) : values.length;
  if (wanted !== values.length)
    return failed(
      'template_refused',
      'agent',
      `The template has ${wanted} blanks, and ${values.length} were filled in.`,
    );
  const [attachment] = message.attachments;
  const media = template?.headerMedia ?? headerOf(attachment);
  if (template?.headerMedia && !attachment)
    return failed(
      'template_refused',
      'agent',
      `The template begins with a file (${template.headerMedia}). Attach one.`,
    );
  const body = (reference?: MediaReference) => ({
    ...envelope,
    type: 'template',
    template: {
      name,
      language: { code: language },
      components: templateComponents(
        template,
        values,
        reference && media ? { type: media, reference, name: attachment?.name } : undefined,
      ),
    },
  });
  return attachment && media ? { file: { attachment, type: media }, body } : { body };
}

function headerOf(attachment: OutboundAttachment | undefined): 'image' | 'video' | 'document' | undefined {
  if (!attachment) return undefined;
  return attachment.kind === 'image' || attachment.kind === 'video' ? attachment.kind : 'document';
}
