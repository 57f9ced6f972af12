import { createHash } from 'node:crypto';

const LONGEST = 250; // characters; ids are indexed, and RFC 5322 lines end at 998
const MOST_REFERENCES = 50;
const GUARD = /#[0-9a-f]{12}$/;

/**
 * A Message-ID as it is compared: without angle brackets, the domain in lower case. The local part keeps its case: some
 * servers tell mails apart by it alone.
 */
export function normaliseMessageId(raw: string): string | undefined {
  // Some programs fold a long id, which leaves a space in it.
  const inner = /<([^<>]+)>/.exec(raw)?.[1]?.replaceAll(/\s+/g, '') ?? raw.trim();
  if (inner === '' || /\s/.test(inner)) return undefined;
  if (inner.length > LONGEST) return `long-${digest(inner).slice(0, 32)}`;
  const at = inner.lastIndexOf('@');
  return at < 0 ? inner : inner.slice(0, at) + inner.slice(at).toLowerCase();
}

/** Every Message-ID in a `References` or `In-Reply-To` header, in its order, the first five and the last ones of many. */
export function messageIdsIn(header: string | undefined): string[] {
  const ids = [...(header ?? '').matchAll(/<[^<>]+>/g)].flatMap(([raw]) => normaliseMessageId(raw) ?? []);
  const distinct = [...new Set(ids)];
  return distinct.length <= MOST_REFERENCES
    ? distinct
    : [...distinct.slice(0, 5), ...distinct.slice(5 - MOST_REFERENCES)];
}

/**
 * Whether an id was made to be unique. Forms and scripts send every mail under one id (`<contact-form@shop.example>`):
 * such an id names no message and joins no threads.
 */
export function looksUnique(id: string): boolean {
  const at = id.lastIndexOf('@');
  const local = id.slice(0, at);
  if (at < 8 || id.endsWith('@localhost')) return false;
  const digits = local.replaceAll(/\D/g, '').length;
  const mixed = /[a-z]/.test(local) && /[A-Z]/.test(local);
  return digits >= 4 || (mixed && (digits > 0 || local.length >= 16));
}

export interface MailIdentity {
  /** What the message is known by in its channel. */
  externalId: string;
  eventKey: string;
  /** The id other mails refer to it by; absent when it has none of its own. */
  messageId?: string;
}

/** What a mail is known by rests on these bytes of it alone, so it is the same by IMAP, by hook and on redelivery. */
export interface IdentifyingFacts {
  messageId: string | undefined;
  fromAddress: string;
  /** The `Date` header as it stands. */
  date: string;
  subject: string;
  /** What follows the headers; the first 4 KB count. */
  body: Buffer;
}

/**
 * Never lost, never twice: the Message-ID, guarded by sender and date because broken clients use one again, or a digest
 * of the mail when it has none.
 */
export function identify({ messageId, fromAddress, date, subject, body }: IdentifyingFacts): MailIdentity {
  if (messageId === undefined) {
    const start = body.subarray(0, 8192).toString('latin1').replaceAll('\r', '').slice(0, 4096);
    const artificial = `no-id.${digest([fromAddress, date.trim(), subject, start].join('\n')).slice(0, 32)}`;
    return { externalId: artificial, eventKey: `mail:${artificial}` };
  }
  const guard = digest(`${fromAddress}\n${date.trim()}`).slice(0, 12);
  const externalId = looksUnique(messageId) ? messageId : `${messageId}#${guard}`;
  return { externalId, eventKey: `mail:${messageId}:${guard}`, messageId };
}

/** The Message-ID behind one of our external ids; undefined when the mail came without one. */
export function messageIdOf(externalId: string): string | undefined {
  if (externalId.startsWith('no-id.') || externalId.startsWith('long-')) return undefined;
  return externalId.replace(GUARD, '');
}

const OURS = /^out\.([0-9a-f-]{36})(?:@|$)/i;

/** The Message-ID of a message of ours: the same however often it is sent, so that receivers can tell the repeat. */
export const mintMessageId = (messageId: string, address: string): string =>
  `out.${messageId.toLowerCase()}@${address.slice(address.lastIndexOf('@') + 1).toLowerCase()}`;

/** Our message behind a Message-ID we made, or behind its local part. */
export const ourMessage = (id: string): string | undefined => OURS.exec(id)?.[1];

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
