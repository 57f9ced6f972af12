import type { ConnectedChannel } from '../../channel';
import type { OutboundAttachment, OutboundMessage, SendOutcome } from '../../sending';
import { lengthIn } from '../../../text/graphemes';
import { metaCapabilities } from './meta.capabilities';
import type { MetaCall } from './meta.client';
import { METADATA_PREFIX } from './parse-messaging';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

export interface PlannedSend {
  call: MetaCall;
  /** Field of the answer that names what came into being. */
  idField: 'id' | 'message_id';
}

const failed = (code: string, fix: Failed['fix'], reason: string): Failed => ({ status: 'failed', code, fix, reason });

/**
 * The one call that delivers this message, or why it must not be tried. Pure.
 * @param uploadedId the message's file, when it was brought to Meta before
 */
export function planSend(
  channel: ConnectedChannel,
  message: OutboundMessage,
  uploadedId?: string,
): PlannedSend | Failed {
  const refusal = refuse(channel, message);
  if (refusal) return refusal;
  if (message.threadKind === 'dm') return directMessage(channel, message, uploadedId);
  return message.visibility === 'private' ? privateReply(channel, message) : publicReply(channel, message);
}

function refuse(channel: ConnectedChannel, message: OutboundMessage): Failed | undefined {
  const capabilities = metaCapabilities(channel.kind)[message.threadKind];
  if (!capabilities?.reply.includes(message.visibility)) {
    return failed('capability_missing', 'agent', `A ${message.visibility} reply is not possible here.`);
  }
  if (message.underBroadcast && message.visibility === 'public')
    return failed('live_comment', 'agent', 'Live comments take a private reply only, while live.');
  if (message.author === 'bot' && message.window === 'human_window') {
    return failed('window_closed', 'agent', 'Only a human may answer after 24 hours; the bot’s answer was not sent.');
  }
  const isPrivateReply = message.threadKind === 'comment' && message.visibility === 'private';
  const limit = (isPrivateReply ? capabilities.privateReply?.textLimit : undefined) ?? capabilities.textLimit;
  const length = lengthIn(message.text, limit.unit);
  if (length > limit.max) {
    return failed(
      'text_too_long',
      'agent',
      `The text has ${length} of at most ${limit.max} ${limit.unit}. Shorten it.`,
    );
  }
  const parts = message.attachments.length + (message.text === '' ? 0 : 1);
  if (parts === 0) return failed('empty', 'agent', 'Write a text or attach a file.');
  const together = isPrivateReply ? 1 : (capabilities.partsTogether ?? 1);
  if (parts > together || message.attachments.length > 1) {
    return failed(
      'split_required',
      'agent',
      'Meta takes a text and each attachment as messages of their own. Send them one by one.',
    );
  }
  if (isPrivateReply && message.text === '') return failed('empty', 'agent', 'A private reply needs a text.');
  const foreign = message.attachments.find(
    ({ kind }) => !capabilities.attachments.some((allowed) => allowed.kind === kind),
  );
  if (foreign)
    return failed('attachment_refused', 'agent', `An attachment of kind ${foreign.kind} cannot be sent here.`);
  return undefined;
}

function content(message: OutboundMessage, uploadedId?: string): Record<string, unknown> {
  const [attachment] = message.attachments;
  const metadata = METADATA_PREFIX + message.id;
  if (!attachment) return { text: message.text, metadata };
  return { attachment: attachmentBody(attachment, uploadedId), metadata };
}

const attachmentBody = ({ kind, url }: OutboundAttachment, uploadedId: string | undefined) => ({
  type: kind,
  payload: uploadedId === undefined ? { url, is_reusable: false } : { attachment_id: uploadedId },
});

function directMessage(
  channel: ConnectedChannel,
  message: OutboundMessage,
  uploadedId: string | undefined,
): PlannedSend | Failed {
  if (message.recipientExternalId === '') return failed('recipient_not_found', 'none', 'The person’s id is unknown.');
  const window =
    message.window === 'human_window'
      ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }
      : { messaging_type: 'RESPONSE' };
  const body = { recipient: { id: message.recipientExternalId }, ...window, message: content(message, uploadedId) };
  return { call: { method: 'POST', path: [channel.externalId, 'messages'], body }, idField: 'message_id' };
}

function privateReply(channel: ConnectedChannel, message: OutboundMessage): PlannedSend | Failed {
  const target = message.replyToExternalId;
  if (target === undefined) return failed('no_target', 'none', 'A private reply needs the comment it answers.');
  const recipient = target === message.postExternalId ? { post_id: target } : { comment_id: target };
  const body = { recipient, message: content(message) };
  return { call: { method: 'POST', path: [channel.externalId, 'messages'], body }, idField: 'message_id' };
}

/**
 * The node a public reply hangs under. Both networks have two levels, so an answer to a reply goes to the comment above
 * it. A post's id is a target only when the post itself is what is answered (a visitor's post): given as the parent of a
 * comment it would publish a new top-level comment instead of a reply.
 */
export function publicTarget(message: OutboundMessage): string | undefined {
  const { replyToExternalId, replyToParentExternalId, postExternalId } = message;
  const parent = replyToParentExternalId === postExternalId ? undefined : replyToParentExternalId;
  return parent ?? replyToExternalId;
}

function publicReply(channel: ConnectedChannel, message: OutboundMessage): PlannedSend | Failed {
  const target = publicTarget(message);
  if (target === undefined) return failed('no_target', 'none', 'A public reply needs the comment it answers.');
  const [prefix, mediaId, commentId] = target.split(':');
  if (channel.kind === 'instagram' && prefix === 'mention' && mediaId !== undefined) {
    const body = {
      message: message.text,
      media_id: mediaId,
      ...(commentId === undefined ? {} : { comment_id: commentId }),
    };
    return { call: { method: 'POST', path: [channel.externalId, 'mentions'], body }, idField: 'id' };
  }
  const [attachment] = message.attachments;
  const body = {
    ...(message.text === '' ? {} : { message: message.text }),
    ...(attachment ? { attachment_url: attachment.url } : {}),
  };
  const edge = channel.kind === 'instagram' ? 'replies' : 'comments';
  return { call: { method: 'POST', path: [target, edge], body }, idField: 'id' };
}
