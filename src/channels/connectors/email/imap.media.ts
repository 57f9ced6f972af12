import type { SearchObject } from 'imapflow';
import type { Credentials } from '../../channel';
import type { MediaSource, MediaWanted } from '../../media';
import type { LookupOutcome } from '../../sending';
import { integer, record, string } from '../json';
import { OUR_HEADER } from './automatic';
import type { EmailSettings } from './email.settings';
import { type OpenMailbox, withMailbox } from './imap.client';
import { readMail } from './mail';
import { normaliseMessageId } from './message-id';

/** Takes one attachment out of the mail as it was stored, or fetched again. Its bytes must be those of the day it came. */
export async function mediaOf(
  settings: EmailSettings,
  wanted: MediaWanted,
  credentials: Credentials,
): Promise<MediaSource> {
  const index = integer(wanted.meta?.['partIndex']);
  if (index === undefined) return { status: 'absent', reason: 'It is not known which part of the mail this is.' };
  const stored = string(record(await wanted.delivery?.())?.['mime']);
  if (stored !== undefined) return attachmentIn(Buffer.from(stored, 'base64'), index, string(wanted.meta?.['sha256']));
  if (!settings.imap)
    return { status: 'absent', reason: 'The channel has no IMAP server to fetch the mail from again.' };
  const folder = string(wanted.meta?.['mailbox']) ?? settings.mailbox;
  const answer = await withMailbox(settings, credentials, folder, (mailbox) => sourceOf(mailbox, wanted));
  if (!answer.ok) {
    const { status, reason } = answer.failure;
    return { status: status === 'retry' ? 'retry' : 'refused', reason };
  }
  return answer.value
    ? attachmentIn(answer.value, index, string(wanted.meta?.['sha256']))
    : { status: 'absent', reason: 'The mail is no longer in the mailbox.' };
}

/** One attachment of a mail's bytes. */
export async function attachmentIn(mime: Buffer, index: number, sha256?: string): Promise<MediaSource> {
  const part = (await readMail(mime)).parts.find((one) => one.index === index && (sha256 ?? one.sha256) === one.sha256);
  if (!part) return { status: 'absent', reason: 'The mail has no such attachment.' };
  return {
    status: 'found',
    url: `cid:${part.sha256}`,
    bytes: part.content,
    sha256: part.sha256,
    mimeType: part.mimeType,
    ...(part.name === undefined ? {} : { name: part.name }),
  };
}

async function sourceOf({ client, uidValidity }: OpenMailbox, { meta }: MediaWanted): Promise<Buffer | undefined> {
  const uid = integer(meta?.['uid']);
  const messageId = string(meta?.['messageId']);
  const candidates =
    uid !== undefined && string(meta?.['uidValidity']) === uidValidity
      ? [uid]
      : messageId === undefined
        ? []
        : (await client.search({ header: { 'message-id': messageId } }, { uid: true })) || [];
  const [first] = candidates;
  const mail = first === undefined ? false : await client.fetchOne(String(first), { source: true }, { uid: true });
  return mail ? mail.source : undefined;
}

/** Whether a message of ours stands in the folder for sent mail, under its Message-ID or the one the server gave it. */
export async function lookUpSent(
  settings: EmailSettings,
  message: { id: string; messageId: string },
  credentials: Credentials,
): Promise<LookupOutcome> {
  const { sentFolder, appendSent } = settings;
  if (!settings.imap || sentFolder === undefined)
    return { status: 'cannot_tell', reason: 'The channel names no folder in which sent mail is kept.' };
  const answer = await withMailbox(settings, credentials, sentFolder, async ({ client }) => {
    const either: SearchObject[] = [
      { header: { 'message-id': message.messageId } },
      { header: { [OUR_HEADER]: message.id } },
    ];
    const [uid] = (await client.search({ or: either }, { uid: true })) || [];
    return uid === undefined ? undefined : client.fetchOne(String(uid), { envelope: true }, { uid: true });
  });
  if (!answer.ok) return { status: 'cannot_tell', reason: answer.failure.reason };
  if (answer.value) {
    const stands = normaliseMessageId(answer.value.envelope?.messageId ?? '') ?? message.messageId;
    return { status: 'found', externalIds: [stands] };
  }
  return appendSent
    ? { status: 'cannot_tell', reason: 'Copies of sent mail are filed by us, so a missing one tells nothing.' }
    : { status: 'absent' };
}
