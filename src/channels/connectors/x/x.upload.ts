import type { OutboundAttachment, SendOutcome } from '../../sending';
import { integer } from '../json';
import type { XClient, XReply } from './x.client';
import { own, ownRecord, ownString, xid } from './x.fields';

export type Uploaded = { status: 'uploaded'; mediaId: string } | Exclude<SendOutcome, { status: 'sent' | 'unknown' }>;

const PART_BYTES = 4 * 1_048_576; // the largest part X takes
const WAIT_MS = { least: 100, most: 5000 }; // between two questions whether a file is ready
const QUESTIONS = 100;

/**
 * Brings a file to X in parts and waits until X has made it ready (`/2/media/upload`: initialize, append, finalize,
 * STATUS). Nobody sees it before a message names it, so every doubt here is only another try.
 * @param until ms since 1970 by the client's clock: no further step begins after it
 */
export async function upload(
  client: XClient,
  attachment: OutboundAttachment,
  use: 'tweet' | 'dm',
  until: number,
): Promise<Uploaded> {
  const bytes = await attachment.read?.().catch(() => undefined);
  if (!bytes) {
    const reason = 'The file’s bytes are not at hand; upload it here and send it again.';
    return { status: 'failed', code: 'attachment_unreadable', fix: 'agent', reason };
  }
  const type = attachment.mimeType ?? (attachment.kind === 'video' ? 'video/mp4' : 'image/jpeg');
  const media_category = `${use}_${attachment.kind === 'video' ? 'video' : type === 'image/gif' ? 'gif' : 'image'}`;
  const begun = await client.call({
    method: 'POST',
    path: ['media', 'upload', 'initialize'],
    body: { media_type: type, total_bytes: bytes.length, media_category },
  });
  if (begun.kind !== 'ok') return refused(client, begun);
  const mediaId = xid(ownRecord(begun.body, 'data'), 'id');
  if (mediaId === undefined) return { status: 'retry', reason: 'X began an upload without naming it.' };
  for (let from = 0, part = 0; from < bytes.length; from += PART_BYTES, part++) {
    if (client.time() > until) return OUT_OF_TIME;
    const form = multipart(bytes.subarray(from, from + PART_BYTES), part);
    // One part after the other: X joins them in the order they come.
    const appended = await client.call({ method: 'POST', path: ['media', 'upload', mediaId, 'append'], ...form });
    if (appended.kind !== 'ok') return refused(client, appended);
  }
  const ended = await client.call({ method: 'POST', path: ['media', 'upload', mediaId, 'finalize'] });
  return processed(client, mediaId, ended, until);
}

async function processed(client: XClient, mediaId: string, ended: XReply, until: number): Promise<Uploaded> {
  let answer = ended;
  for (let asked = 0; asked < QUESTIONS; asked++) {
    if (answer.kind !== 'ok') return refused(client, answer);
    const info = ownRecord(ownRecord(answer.body, 'data'), 'processing_info');
    const state = ownString(info, 'state') ?? 'succeeded';
    if (state === 'succeeded') return { status: 'uploaded', mediaId };
    if (state === 'failed') return UNUSABLE;
    const wishedMs = (integer(own(info, 'check_after_secs')) ?? 1) * 1000;
    const waitMs = Math.min(Math.max(wishedMs, WAIT_MS.least), WAIT_MS.most);
    if (client.time() + waitMs > until) return OUT_OF_TIME;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const query = { command: 'STATUS', media_id: mediaId };
    answer = await client.call({ method: 'GET', path: ['media', 'upload'], query });
  }
  return OUT_OF_TIME;
}

const OUT_OF_TIME: Uploaded = {
  status: 'retry',
  reason: 'Bringing the file to X takes too long; it is tried again.',
  code: 'attachment_processing',
};
const UNUSABLE: Uploaded = {
  status: 'failed',
  code: 'attachment_refused',
  fix: 'agent',
  reason: 'X cannot use this file; try another format.',
};

function refused(client: XClient, reply: Exclude<XReply, { kind: 'ok' }>): Uploaded {
  const outcome = client.repeatable(reply, 'app');
  return outcome.status === 'failed' && outcome.code === 'bad_request'
    ? { ...outcome, code: 'attachment_refused', reason: `X refuses the file. ${outcome.reason}` }
    : outcome;
}

function multipart(part: Buffer, index: number) {
  const boundary = `part-${index}-${part.length}-of-upload`;
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="segment_index"\r\n\r\n${index}\r\n--${boundary}\r\ncontent-disposition: form-data; name="media"; filename="media"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), part, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}
