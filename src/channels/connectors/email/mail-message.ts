import type { InboundAttachment, InboundMessage } from '../../../inbox/conversations/inbound-event';
import { compact, instant, key } from '../json';
import type { EmailSettings } from './email.settings';
import type { Mail, MailPart } from './mail';
import { type MailIdentity, messageIdsIn } from './message-id';
import type { MailThread } from './thread';
import { cleanHtml, fullTextOfHtml, textOfHtml } from './visible-html';
import { visibleText } from './visible-text';

const LONGEST_TEXT = 100_000; // characters, of what is shown and of what is kept one click away
const LONGEST_SUBJECT = 500;

/** Where a pulled mail lies in its mailbox. */
export interface Place {
  uid: number;
  uidValidity: string;
  mailbox: string;
}

/** One mail being read: what it is, and what is known around it. */
export interface Reading {
  mail: Mail;
  identity: MailIdentity;
  thread: MailThread;
  settings: EmailSettings;
  accountId: string;
  place: Place | undefined;
  /** Since when our own server has it, as ISO text. */
  occurredAt: string | undefined;
  /** Size in bytes at the server, when only the headers were fetched. */
  leftThere: number | undefined;
  /** Message-ID of ours whose own bounce address it came to. */
  returned: string | undefined;
}

/** What every event of a mail shares. */
export const baseOf = ({ identity, thread, accountId, occurredAt }: Reading) =>
  compact({
    accountId,
    eventKey: key(identity.eventKey),
    threadKey: thread.threadKey,
    threadKind: 'dm' as const,
    threadAliases: thread.aliases.length > 0 ? thread.aliases : undefined,
    occurredAt,
  });

type Told = Pick<InboundMessage, 'direction' | 'author' | 'contact' | 'subtype' | 'opensWork' | 'outboundMessageId'> & {
  meta: Readonly<Record<string, unknown>>;
};

/**
 * A mail as a message. Its text is what the person wrote; `meta` holds the rest: `fullText` when history was folded,
 * `html` made safe, `to`, `cc`, `replyTo`, `references`, and where the mail lies.
 */
export function messageOf(reading: Reading, { meta, ...told }: Told): InboundMessage {
  const { mail, identity, place, thread, leftThere } = reading;
  const { full, own } = textsOf(reading);
  const html = mail.html === '' ? '' : cleanHtml(mail.html, mail.parts);
  const folded = inked(full) > inked(own);
  const problem =
    leftThere === undefined ? mail.problem : 'The mail is too large to be fetched; read it in the mailbox.';
  const placeholder = problem !== undefined && told.direction === 'in' && told.subtype === undefined;
  return {
    ...baseOf(reading),
    type: 'message',
    ...compact(told),
    externalId: identity.externalId,
    text: own.slice(0, LONGEST_TEXT),
    attachments: mail.parts.map((part) => attachmentOf(part, identity, place)),
    ...(thread.inReplyTo === undefined ? {} : { replyToExternalId: thread.inReplyTo }),
    ...(mail.subject === '' ? {} : { subject: mail.subject.slice(0, LONGEST_SUBJECT) }),
    ...(placeholder ? { subtype: 'placeholder' } : {}),
    meta: compact({
      ...meta,
      messageId: identity.messageId,
      date: instant(mail.header('date')),
      to: mail.to.map(({ address }) => address),
      cc: listed(mail.cc.map(({ address }) => address)),
      replyTo: otherReplyTo(reading, told.author.externalId),
      references: listed(messageIdsIn(mail.header('references'))),
      folded: folded ? true : undefined,
      fullText: folded ? full.slice(0, LONGEST_TEXT) : undefined,
      html: html === '' ? undefined : html,
      encrypted: ENCRYPTED.test(mail.contentType) ? true : undefined,
      problem,
      sizeBytes: leftThere,
      ...place,
    }),
  };
}

const ENCRYPTED = /^(?:multipart\/encrypted|application\/(?:x-)?pkcs7-mime)/;

function textsOf({ mail, settings }: Reading): { full: string; own: string } {
  const plain = mail.text.trim();
  if (plain !== '') return { full: plain, own: visibleText(mail.text, settings.replyLine) };
  return { full: fullTextOfHtml(mail.html), own: visibleText(textOfHtml(mail.html), settings.replyLine) };
}

/** How much is written, whatever the white space. */
const inked = (text: string): number => text.replaceAll(/\s+/g, ' ').length;

const listed = <T>(items: readonly T[]): readonly T[] | undefined => (items.length > 0 ? items : undefined);

/** Where the sender wants the answer, when that is neither they nor we. */
function otherReplyTo({ mail, settings }: Reading, author: string): string | undefined {
  const [replyTo] = mail.replyTo;
  return replyTo && ![author, ...settings.own].includes(withoutTag(replyTo.address)) ? replyTo.address : undefined;
}

/** An address of ours with a tag (`support+t-…@`) is still ours. */
export const withoutTag = (address: string): string => address.replace(/\+[^@]*@/, '@');

function attachmentOf(part: MailPart, { messageId }: MailIdentity, place: Place | undefined): InboundAttachment {
  const meta = {
    partIndex: part.index,
    messageId,
    sha256: part.sha256,
    cid: part.cid,
    inline: part.inline ? true : undefined,
    ...place,
  };
  return {
    kind: kindOf(part.mimeType),
    ...(part.name === undefined ? {} : { name: part.name }),
    mimeType: part.mimeType,
    sizeBytes: part.sizeBytes,
    meta: compact(meta),
  };
}

function kindOf(mimeType: string): InboundAttachment['kind'] {
  const [family] = mimeType.split('/');
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'file';
}
