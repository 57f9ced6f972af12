import { messageIdsIn, normaliseMessageId } from './message-id';
import type { Mail, MailPart } from './mail';

/** What a machine tells about a message we sent. */
export type Report =
  | { about: string; status: 'failed'; code: string; message: string }
  | { about: string; status: 'delivered' | 'read' | 'delayed' };

const START = 64 * 1024; // bytes; reports and headers stand at the beginning

/**
 * A bounce (RFC 3464), a read receipt (RFC 8098), or a bounce in words alone; undefined when it is none.
 * @param returned Message-ID of the mail whose own bounce address it came to
 */
export function reportOf(mail: Mail, returned?: string): Report | undefined {
  const type = /report-type\s*=\s*"?([a-z-]+)/.exec(mail.contentType)?.[1];
  if (mail.contentType.startsWith('multipart/report') && type === 'disposition-notification') return readReceipt(mail);
  if (mail.contentType.startsWith('multipart/report')) return bounce(mail, returned);
  if (mail.header('x-failed-recipients') !== undefined) return bounceByText(mail, returned);
  const bySystem = mail.all('return-path').some((path) => path.replaceAll(/\s/g, '') === '<>');
  const vacation = /^\s*auto-replied\b/i.test(mail.header('auto-submitted') ?? '');
  return returned !== undefined && bySystem && !vacation && PERMANENT.test(mail.text.slice(0, START))
    ? bounceByText(mail, returned)
    : undefined;
}

const textOf = (part: MailPart) => part.content.subarray(0, START).toString('utf8');

/** A block of `Name: value` lines; later ones of one name add nothing. */
function fields(block: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of block.replaceAll(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (colon > 0 && !found.has(name)) found.set(name, line.slice(colon + 1).trim());
  }
  return found;
}

function bounce(mail: Mail, returned: string | undefined): Report | undefined {
  const status = mail.parts.find(({ mimeType }) => /^message\/(?:global-)?delivery-status$/.test(mimeType));
  const about = returned ?? originalId(mail);
  if (!status || about === undefined) return undefined;
  const blocks = textOf(status)
    .replaceAll('\r\n', '\n')
    .split(/\n[ \t]*\n/)
    .map(fields);
  const told = blocks.filter((one) => one.has('action') || one.has('status'));
  const failed = told.find((one) => outcome(one) === 'failed');
  if (failed) return { about, ...failure(failed) };
  if (told.some((one) => outcome(one) === 'delayed')) return { about, status: 'delayed' };
  return told.length > 0 ? { about, status: 'delivered' } : undefined;
}

/** `Action: failed` is final even under a 4.x status: the server has given up (RFC 3464 §2.3.3). */
function outcome(recipient: Map<string, string>): 'failed' | 'delayed' | 'delivered' {
  const action = recipient.get('action')?.toLowerCase().split(/\s/)[0];
  if (action === 'failed') return 'failed';
  if (action === 'delayed') return 'delayed';
  if (action === 'delivered' || action === 'relayed' || action === 'expanded') return 'delivered';
  const status = recipient.get('status') ?? '';
  if (status.startsWith('5')) return 'failed';
  return status.startsWith('2') ? 'delivered' : 'delayed';
}

function failure(recipient: Map<string, string>): { status: 'failed'; code: string; message: string } {
  const code = /\d\.\d{1,3}\.\d{1,3}/.exec(recipient.get('status') ?? '')?.[0] ?? '5.0.0';
  const diagnostic = (recipient.get('diagnostic-code') ?? '').replace(/^[\w-]+\s*;\s*/, '').slice(0, 500);
  return { status: 'failed', code, message: diagnostic || 'The mail could not be delivered.' };
}

const ORIGINALS = ['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers'];

function originalId(mail: Mail): string | undefined {
  const original = mail.parts.find(({ mimeType }) => ORIGINALS.includes(mimeType));
  return (original && idInText(textOf(original))) ?? messageIdsIn(mail.header('in-reply-to'))[0];
}

const idInText = (text: string): string | undefined => {
  const raw = /^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]+>)/im.exec(text)?.[1];
  return raw === undefined ? undefined : normaliseMessageId(raw);
};

const PERMANENT = /\b5\.\d{1,3}\.\d{1,3}\b/;

/** Exim says whom it could not reach in a header and repeats the mail as text. */
function bounceByText(mail: Mail, returned: string | undefined): Report | undefined {
  const about = returned ?? idInText(mail.text.slice(0, START)) ?? originalId(mail);
  if (about === undefined) return undefined;
  const code = PERMANENT.exec(mail.text.slice(0, START))?.[0] ?? '5.0.0';
  return { about, status: 'failed', code, message: 'The mail could not be delivered.' };
}

function readReceipt(mail: Mail): Report | undefined {
  const part = mail.parts.find(({ mimeType }) => mimeType === 'message/disposition-notification');
  const told = part ? fields(textOf(part).replaceAll('\r\n', '\n')) : undefined;
  const about = messageIdsIn(told?.get('original-message-id'))[0] ?? messageIdsIn(mail.header('in-reply-to'))[0];
  if (about === undefined || !/;\s*displayed/i.test(told?.get('disposition') ?? '')) return undefined;
  return { about, status: 'read' };
}
