import { ImapFlow } from 'imapflow';
import type { Words } from '../../../text/words';
import type { Credentials } from '../../channel';
import { record, string } from '../json';
import type { EmailSettings } from './email.settings';
import { LARGEST_MAIL } from './mail';
import { certificateProblem, isCertificateProblem, trusting } from './mail-tls';

/** Why a mailbox cannot be read, in the words `pull`, `lookup` and `media` share. */
export type MailboxFailure =
  | { status: 'retry'; reason: string; code?: string }
  | { status: 'reconnect'; reason: string; code: string }
  | { status: 'refused'; reason: string; code: string; fix: Words };

export type MailboxAnswer<T> = { ok: true; value: T } | { ok: false; failure: MailboxFailure };

export interface OpenMailbox {
  client: ImapFlow;
  /** As text: it can exceed what JSON numbers hold. */
  uidValidity: string;
  uidNext: number;
}

/**
 * A connection that is logged in and has opened nothing.
 * @param signal ends it, whatever it is doing
 * @param silenceMs how long the server may say nothing; default the time it has for an answer
 * @throws what imapflow throws; `mailboxFailure` reads it
 */
export async function openImap(
  settings: EmailSettings,
  credentials: Credentials,
  signal?: AbortSignal,
  silenceMs = settings.timeoutMs,
): Promise<ImapFlow> {
  const { imap, user, timeoutMs, insecure } = settings;
  if (!imap) throw new MissingServer();
  const { accessToken, password } = credentials;
  if (!accessToken && !password) throw new MissingCredentials();
  const client = new ImapFlow({
    host: imap.host,
    port: imap.port,
    secure: insecure ? false : imap.secure,
    ...(insecure ? { doSTARTTLS: false } : imap.secure ? {} : { doSTARTTLS: true }),
    auth: accessToken ? { user, accessToken } : { user, pass: password ?? '' },
    ...(credentials['proxyUrl'] ? { proxy: credentials['proxyUrl'] } : {}),
    tls: trusting(settings.authorities),
    disableAutoIdle: true,
    logger: false,
    clientInfo: { name: 'Pasokh', vendor: 'Pasokh' },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: silenceMs,
    maxLiteralSize: LARGEST_MAIL + 1024 * 1024,
    maxLineLength: 16 * 1024 * 1024,
  });
  // A connection that breaks between commands has nobody waiting; the next command tells.
  client.on('error', () => undefined);
  let end!: () => void;
  const ended = new Promise<never>((_resolve, reject) => {
    end = () => {
      client.close();
      reject(new Error('The step was ended here.'));
    };
  });
  const leave = () => signal?.removeEventListener('abort', end);
  client.on('close', leave);
  signal?.addEventListener('abort', end);
  try {
    if (signal?.aborted) end();
    await Promise.race([client.connect(), ended]);
  } catch (error) {
    leave();
    client.close();
    throw error;
  }
  return client;
}

/**
 * Opens a folder for reading, does the work, and leaves. Never throws for what the network may do.
 * @param signal ends the connection, and with it the work
 */
export async function withMailbox<T>(
  settings: EmailSettings,
  credentials: Credentials,
  folder: string,
  work: (mailbox: OpenMailbox) => Promise<T>,
  signal?: AbortSignal,
): Promise<MailboxAnswer<T>> {
  let client: ImapFlow | undefined;
  try {
    client = await openImap(settings, credentials, signal);
    const { uidValidity, uidNext } = await client.mailboxOpen(folder, { readOnly: true });
    return { ok: true, value: await work({ client, uidValidity: String(uidValidity), uidNext }) };
  } catch (error) {
    return { ok: false, failure: mailboxFailure(error) };
  } finally {
    // The answer is here; a server that is slow to say goodbye need not hold it up.
    client?.logout().catch(() => undefined);
  }
}

class MissingServer extends Error {}
class MissingCredentials extends Error {}

/** Response codes under which a refused login is about the moment, not about the password (RFC 5530). */
const BUSY = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG', 'OVERQUOTA', 'THROTTLED']);

/** Reads a library's error by its shape; its text is for logs and may name people. */
export function mailboxFailure(error: unknown): MailboxFailure {
  if (error instanceof MissingServer)
    return {
      status: 'refused',
      code: 'no_imap',
      reason: 'The channel has no IMAP server.',
      fix: { fa: '‏imapHost را در تنظیمات کانال بگذارید.', en: 'Set imapHost in the channel’s settings.' },
    };
  if (error instanceof MissingCredentials)
    return { status: 'reconnect', code: 'credentials_missing', reason: 'The mailbox’s password or token is missing.' };
  const facts = record(error);
  const code = typeof facts?.['code'] === 'string' ? facts['code'] : undefined;
  const answered = typeof facts?.['responseStatus'] === 'string' || typeof facts?.['serverResponseCode'] === 'string';
  if (code !== undefined && isCertificateProblem(code))
    return { status: 'refused', code: 'tls_failed', ...certificateProblem(code, 'imapHost') };
  if (facts?.['tlsFailed'] === true)
    return {
      status: 'refused',
      code: 'tls_failed',
      reason: 'The mail server offers no encryption.',
      fix: {
        fa: 'درگاه TLS سرور را به کار ببرید (imapSecure، معمولاً ۹۹۳).',
        en: 'Use the server’s TLS port (imapSecure, usually 993).',
      },
    };
  if (facts?.['authenticationFailed'] === true && (answered || code === undefined)) {
    if (BUSY.has(String(facts['serverResponseCode'])))
      return { status: 'retry', code: 'login_busy', reason: 'The mail server lets nobody in at the moment.' };
    return { status: 'reconnect', code: 'login_refused', reason: 'The mail server refuses the login.' };
  }
  if (facts?.['responseStatus'] === 'NO' && /^\w+ (?:SELECT|EXAMINE)/.test(string(facts['executedCommand']) ?? ''))
    return {
      status: 'refused',
      code: 'mailbox_missing',
      reason: 'The folder cannot be opened.',
      fix: {
        fa: 'در تنظیمات کانال پوشه‌ای موجود را نام ببرید.',
        en: 'Name an existing folder in the channel’s settings.',
      },
    };
  return {
    status: 'retry',
    code: code?.toLowerCase().slice(0, 60) ?? 'imap_failed',
    reason: `The mail server cannot be read at the moment (${code ?? 'it broke off'}).`,
  };
}
