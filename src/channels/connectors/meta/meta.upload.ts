import { Blob } from 'node:buffer';
import { FormData } from 'undici';
import type { ConnectedChannel } from '../../channel';
import type { OutboundAttachment, OutboundMessage, SendOutcome } from '../../sending';
import type { CallMeta } from './meta.client';
import { repeatable } from './meta.errors';
import { id } from '../json';
import { uploadsFiles } from './meta.settings';

const UPLOAD_MS = 40_000; // 25 MB over a slow line; a sending is given up for lost after 90 seconds

/** The file of a direct message that is to be brought to Meta before the message, if there is one. */
export function fileToUpload(channel: ConnectedChannel, message: OutboundMessage): OutboundAttachment | undefined {
  const [attachment] = message.attachments;
  return message.threadKind === 'dm' && attachment?.read && uploadsFiles(channel) ? attachment : undefined;
}

/**
 * Brings a file to Meta. An upload shows nothing to anybody, so one that failed in doubt is simply tried again.
 * Source: Messenger Platform, Attachment Upload API, `POST /{page-id}/message_attachments`.
 */
export async function uploadFile(
  call: CallMeta,
  { externalId }: ConnectedChannel,
  attachment: OutboundAttachment,
): Promise<{ attachmentId: string } | SendOutcome> {
  let bytes: Buffer;
  try {
    bytes = (await attachment.read?.()) ?? Buffer.alloc(0);
  } catch {
    return { status: 'retry', reason: 'The file could not be read from our store.', code: 'file_unread' };
  }
  const { kind, mimeType = 'application/octet-stream', name = kind } = attachment;
  const body = new FormData();
  body.set('message', JSON.stringify({ attachment: { type: kind, payload: { is_reusable: true } } }));
  body.set('filedata', new Blob([new Uint8Array(bytes)], { type: mimeType }), name);
  const path = [externalId, 'message_attachments'];
  const reply = await call({ method: 'POST', path, body, timeoutMs: UPLOAD_MS });
  if (reply.kind !== 'ok') return repeatable(reply);
  const attachmentId = id(reply.body['attachment_id']);
  return attachmentId === undefined
    ? { status: 'retry', reason: 'Meta took the file without naming it.' }
    : { attachmentId };
}
