import { domainToASCII } from 'node:url';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { string } from '../json';
import { withoutMarks } from './thread-token';

/** protocols/email.md §3: 25 MB, 100 parts. */
export const LARGEST_MAIL = 25 * 1024 * 1024;
export const MOST_PARTS = 100;

export interface MailPerson {
  /** In lower case, an international domain in its ASCII form: look-alike letters show. */
  address: string;
  name?: string;
}

export interface MailPart {
  /** Its place among the mail's attachments; the same whenever the same bytes are read. */
  index: number;
  mimeType: string;
  name?: string;
  sizeBytes: number;
  sha256: string;
  cid?: string;
  inline: boolean;
  content: Buffer;
}

/** A mail as its bytes tell it, nothing judged yet. */
export interface Mail {
  /** Raw values of a header, unfolded, topmost first. */
  all(name: string): readonly string[];
  /** The topmost. */
  header(name: string): string | undefined;
  from: readonly MailPerson[];
  to: readonly MailPerson[];
  cc: readonly MailPerson[];
  replyTo: readonly MailPerson[];
  subject: string;
  /** Without comments, in lower case: `multipart/report; report-type=delivery-status`. */
  contentType: string;
  text: string;
  html: string;
  /** Tokens of ours in what it quotes, unchecked; taken out of text and html. */
  quotedTokens: readonly string[];
  parts: readonly MailPart[];
  /** What follows the headers. */
  body: Buffer;
  /** Why only the headers could be read. */
  problem?: string;
}

/** Reads any bytes as a mail. What cannot be read in full is read by its headers, so that nobody's letter disappears. */
export async function readMail(mime: Buffer): Promise<Mail> {
  const end = endOfHeaders(mime);
  const body = mime.subarray(end);
  if (mime.length > LARGEST_MAIL) return headersOnly(mime, end, 'The mail is larger than 25 MB.');
  try {
    return mailOf(await parsed(mime), body);
  } catch {
    return headersOnly(mime, end, 'The mail’s parts could not be read.');
  }
}

async function headersOnly(mime: Buffer, end: number, problem: string): Promise<Mail> {
  const head = mime.subarray(0, Math.min(end, 256 * 1024));
  // Without its Content- headers the rest cannot be what made reading fail.
  const plain = head.toString('latin1').replaceAll(/^content-[^\n]*\n(?:[ \t][^\n]*\n)*/gim, '');
  try {
    return { ...mailOf(await parsed(Buffer.from(plain, 'latin1')), mime.subarray(end)), problem };
  } catch {
    return { ...mailOf({ headerLines: [], attachments: [] }, mime.subarray(end)), problem };
  }
}

/** Nodes, not attachments: a reply with a picture has six. */
const MOST_NODES = 4 * MOST_PARTS;

function parsed(mime: Buffer): Promise<ParsedMail> {
  const options = {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    keepCidLinks: true,
    keepDeliveryStatus: true,
    checksumAlgo: 'sha256',
    maxChildNodes: MOST_NODES,
  };
  return simpleParser(mime, options);
}

type Read = Pick<ParsedMail, 'headerLines' | 'attachments'> & Partial<ParsedMail>;

function mailOf(read: Read, body: Buffer): Mail {
  const headers = new Map<string, string[]>();
  for (const { key, line } of read.headerLines ?? []) {
    const value = unfolded(line.slice(line.indexOf(':') + 1));
    const values = headers.get(key);
    if (values) values.push(value);
    else headers.set(key, [value]);
  }
  const all = (name: string) => headers.get(name) ?? [];
  const text = withoutMarks(string(read.text) ?? '');
  const html = withoutMarks(string(read.html) ?? '');
  return {
    all,
    header: (name) => all(name)[0],
    from: people(read.from),
    to: people(read.to),
    cc: people(read.cc),
    replyTo: people(read.replyTo),
    subject: (string(read.subject) ?? '').replaceAll(/\s+/g, ' ').trim(),
    contentType: (all('content-type')[0] ?? '').toLowerCase(),
    text: text.text,
    html: html.text,
    quotedTokens: [...new Set([...html.tokens, ...text.tokens])],
    parts: read.attachments.slice(0, MOST_PARTS).map((part, index) => ({
      index,
      mimeType: mimeTypeOf(part),
      name: fileName(part.filename) ?? UNNAMED.get(mimeTypeOf(part)),
      sizeBytes: part.size,
      sha256: part.checksum,
      cid: string(part.cid)?.slice(0, 300),
      inline: part.contentDisposition === 'inline' || part.related,
      content: part.content,
    })),
    body,
  };
}

const unfolded = (value: string) => (string(value) ?? '').replaceAll(/\r?\n/g, '').trim();

const mimeTypeOf = ({ contentType }: { contentType: string }): string =>
  (string(contentType) ?? 'application/octet-stream').toLowerCase().slice(0, 200);

/** Parts that mail programs send without a name. */
const UNNAMED = new Map([
  ['message/rfc822', 'message.eml'],
  ['text/calendar', 'invite.ics'],
]);

/** A name for people: no folders, no control characters. */
function fileName(value: string | undefined): string | undefined {
  const name = (string(value) ?? '').replaceAll(/[\p{Cc}/\\]+/gu, '_').trim();
  return name === '' ? undefined : name.slice(0, 200);
}

/** Everyone in an address header, groups opened; at most a hundred. */
function people(header: AddressObject | AddressObject[] | undefined): MailPerson[] {
  const found: MailPerson[] = [];
  for (const { value } of header === undefined ? [] : [header].flat()) {
    for (const entry of value.flatMap((one) => [one, ...(one.group ?? [])])) {
      const address = normaliseAddress(entry.address ?? '');
      const name = (string(entry.name) ?? '')
        .replaceAll(/\p{Cc}+/gu, ' ')
        .trim()
        .slice(0, 200);
      if (address !== undefined) found.push({ address, ...(name === '' ? {} : { name }) });
    }
  }
  return found.slice(0, 100);
}

/** An address as it is compared; undefined when it is none. */
export function normaliseAddress(raw: string): string | undefined {
  const address = (string(raw) ?? '').trim().toLowerCase();
  const at = address.lastIndexOf('@');
  if (at < 1 || at === address.length - 1 || address.length > 320 || /[\s<>,;]/.test(address)) return undefined;
  const domain = address.slice(at + 1);
  return `${address.slice(0, at)}@${domainToASCII(domain) || domain}`;
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

function endOfHeaders(mime: Buffer): number {
  const crlf = mime.indexOf('\r\n\r\n');
  const lf = mime.indexOf('\n\n');
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return crlf + 4;
  return lf >= 0 ? lf + 2 : mime.length;
}
