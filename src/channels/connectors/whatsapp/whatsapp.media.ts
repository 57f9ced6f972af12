import { Blob } from 'node:buffer';
import { FormData } from 'undici';
import type { ConnectedChannel, Credentials } from '../../channel';
import type { MediaSource, MediaWanted } from '../../media';
import type { OutboundAttachment, SendOutcome } from '../../sending';
import { id, string } from '../json';
import { unansweredAgain } from '../unanswered';
import { hexDigest } from './message-content';
import type { MediaReference } from './templates';
import type { GraphClient } from './whatsapp.client';
import { outcomeOf } from './whatsapp.errors';
import type { MediaType } from './whatsapp.send';
import { readSettings } from './whatsapp.settings';

/** Types WhatsApp takes a file of each kind for when nobody told one. */
const USUAL_TYPES: Record<MediaType, string> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  document: 'application/octet-stream',
  sticker: 'image/webp',
};

/**
 * Brings a file to WhatsApp: its bytes where we have them, else the address WhatsApp is to fetch it from. An upload shows
 * nothing to anybody, so one that failed in doubt is simply tried again.
 */
export async function mediaReference(
  client: GraphClient,
  phoneNumberId: string,
  attachment: OutboundAttachment,
  type: MediaType,
  timeoutMs: number,
): Promise<MediaReference | { outcome: SendOutcome }> {
  if (!attachment.read) return { link: attachment.url };
  let bytes: Buffer;
  try {
    bytes = await attachment.read();
  } catch {
    return { outcome: { status: 'retry', reason: 'The file could not be read from our store.', code: 'file_unread' } };
  }
  const mimeType = attachment.mimeType ?? USUAL_TYPES[type];
  const form = new FormData();
  form.set('messaging_product', 'whatsapp');
  form.set('type', mimeType);
  form.set('file', new Blob([new Uint8Array(bytes)], { type: mimeType }), attachment.name ?? type);
  const reply = await client.call({ method: 'POST', path: [phoneNumberId, 'media'], body: form, timeoutMs });
  if (reply.kind === 'no_answer') return { outcome: unansweredAgain(reply) };
  if (reply.kind === 'refused') {
    const outcome = outcomeOf(reply.error, reply.regainMs);
    return { outcome: outcome.status === 'unknown' ? { status: 'retry', reason: outcome.reason } : outcome };
  }
  const mediaId = id(reply.body['id']);
  if (mediaId !== undefined) return { id: mediaId };
  return { outcome: { status: 'retry', reason: 'WhatsApp took the file without naming it.' } };
}

/**
 * Where a customer's file is now. The address lives five minutes and opens only with the channel's token; the id in the
 * webhook lives seven days.
 */
export async function locateMedia(
  client: GraphClient,
  channel: ConnectedChannel,
  { meta }: MediaWanted,
  credentials: Credentials,
): Promise<MediaSource> {
  const mediaId = id(meta?.['mediaId']);
  if (mediaId === undefined) return { status: 'absent', reason: 'This attachment has no file.' };
  const query = { phone_number_id: channel.externalId };
  const reply = await client.call({ method: 'GET', path: [mediaId], query });
  if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
  if (reply.kind === 'refused') {
    // Graph's word for what is gone: 100, with 33 or without.
    if (reply.error.code === 100) return { status: 'absent', reason: 'WhatsApp keeps files for 7 days only.' };
    const outcome = outcomeOf(reply.error, reply.regainMs);
    if (outcome.status === 'retry') return { status: 'retry', reason: outcome.reason, afterMs: outcome.afterMs };
    return { status: outcome.status === 'unknown' ? 'retry' : 'refused', reason: outcome.reason };
  }
  const url = string(reply.body['url']);
  if (url === undefined || !URL.canParse(url)) return { status: 'absent', reason: 'WhatsApp names no address for it.' };
  const { mediaHosts, mediaUserAgent } = readSettings(channel.settings);
  const own = channel.settings.apiBaseUrl;
  const sha256 = hexDigest(string(reply.body['sha256'])) ?? hexDigest(string(meta?.['sha256']));
  const mimeType = string(reply.body['mime_type']);
  return {
    status: 'found',
    url,
    headers: { authorization: `Bearer ${credentials['accessToken'] ?? ''}`, 'user-agent': mediaUserAgent },
    hosts: own !== undefined && URL.canParse(own) ? [...mediaHosts, new URL(own).hostname] : mediaHosts,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(mimeType === undefined ? {} : { mimeType }),
  };
}
