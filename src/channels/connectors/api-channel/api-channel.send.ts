import type { OutboundMessage, SendOutcome } from '../../sending';
import { lengthIn } from '../../../text/graphemes';
import { compact } from '../json';
import { API_CAPABILITIES } from './api-channel.capabilities';
import type { ApiChannelSettings } from './api-channel.settings';
import { failed } from './service-outcomes';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

export const NO_DELIVERY_URL = failed(
  'not_configured',
  'admin',
  'The channel has no deliveryUrl. Enter where answers are to be posted.',
);

/** Why this message must not be posted; nothing when it may. */
export function refuseSend(settings: ApiChannelSettings, message: OutboundMessage): Failed | undefined {
  if (settings.deliveryUrl === undefined) return NO_DELIVERY_URL;
  const capabilities = API_CAPABILITIES[message.threadKind];
  if (!capabilities?.reply.includes(message.visibility))
    return failed('capability_missing', 'agent', `A ${message.visibility} reply is not possible here.`);
  if (message.threadKind === 'comment' && message.visibility === 'private' && !settings.abilities.has('private_reply'))
    return failed('capability_missing', 'admin', 'The service does not list private_reply among its abilities.');
  if (message.text === '' && message.attachments.length === 0)
    return failed('empty', 'agent', 'Write a text or attach a file.');
  const { max, unit } = capabilities.textLimit;
  const length = lengthIn(message.text, unit);
  if (length > max)
    return failed('text_too_long', 'agent', `The text has ${length} of at most ${max} ${unit}. Shorten it.`);
  if (message.attachments.length + (message.text === '' ? 0 : 1) > (capabilities.partsTogether ?? 1))
    return failed('split_required', 'agent', 'Too many attachments for one message. Send them in several.');
  return undefined;
}

/** `message.send` as the service gets it. */
export function sendBody(message: OutboundMessage): Record<string, unknown> {
  const { recipientExternalId, replyToExternalId, replyToParentExternalId, postExternalId, thread } = message;
  return {
    type: 'message.send',
    message: compact({
      id: message.id,
      threadKind: message.threadKind,
      visibility: message.visibility,
      author: message.author,
      text: message.text,
      attachments: message.attachments.map(({ kind, url, mimeType, name, sizeBytes }) =>
        compact({ kind, url, mimeType, name, sizeBytes }),
      ),
      recipientId: recipientExternalId,
      replyToId: replyToExternalId,
      parentId: replyToParentExternalId,
      postId: postExternalId,
      template: message.template,
      conversation:
        thread && compact({ id: thread.conversationId, subject: thread.subject, messageIds: thread.externalIds }),
    }),
  };
}
