import type { ChannelKind, ChannelSettings, ConnectedChannel } from '../../channel';
import { IDLE_MS, POLL_MS, TIMEOUT_MS } from './email.fields';
import { normaliseAddress } from './mail';
import { certificatesIn } from './mail-tls';
import { REPLY_LINE } from './visible-text';

export interface MailServer {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise the connection is upgraded before anything is said. */
  secure: boolean;
}

/** A channel's settings as this connector reads them. */
export interface EmailSettings {
  /** What we write as, and where replies come. */
  address: string | undefined;
  /** Every address that is ours; mail from these is our own. */
  own: readonly string[];
  displayName: string;
  user: string;
  imap: MailServer | undefined;
  smtp: MailServer | undefined;
  mailbox: string;
  sentFolder: string | undefined;
  appendSent: boolean;
  authservId: string | undefined;
  importSince: Date | undefined;
  plusAddressing: boolean;
  /** What cannot be delivered comes back to an address of its own. */
  bounceAddresses: boolean;
  /** A token of the conversation stands unseen in what we write. */
  bodyMark: boolean;
  subjectTag: boolean;
  signature: string;
  replyLine: string;
  /** No TLS, or a certificate nobody signed: loopback only. */
  insecure: boolean;
  timeoutMs: number;
  idleMs: number;
  tokenUrl: string | undefined;
  /** Authorities of the channel’s own, in PEM, whose servers are trusted beside the public ones. */
  authorities: readonly string[];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

const string = (settings: ChannelSettings, name: string): string | undefined => {
  const value = settings[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

const number = (settings: ChannelSettings, name: string, given: number): number => {
  const value = settings[name];
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : given;
};

function server(settings: ChannelSettings, name: 'imap' | 'smtp', port: number): MailServer | undefined {
  const host = string(settings, `${name}Host`);
  return host === undefined
    ? undefined
    : { host, port: number(settings, `${name}Port`, port), secure: settings[`${name}Secure`] !== false };
}

export const pollMs = (settings: ChannelSettings): number => number(settings, 'pollMs', POLL_MS);

/** Reads any settings; what is wrong in them reads as absent. */
export function readSettings({
  externalId,
  settings,
}: Pick<ConnectedChannel, 'externalId' | 'settings'>): EmailSettings {
  const address = normaliseAddress(string(settings, 'address') ?? externalId);
  const user = string(settings, 'user') ?? address ?? '';
  const listed = settings['addresses'];
  const others = (Array.isArray(listed) ? listed : []).filter((one): one is string => typeof one === 'string');
  const own = [externalId, address ?? '', user, ...others].flatMap((one) => normaliseAddress(one) ?? []);
  const imap = server(settings, 'imap', 993);
  const smtp = server(settings, 'smtp', 465);
  const since = Date.parse(string(settings, 'importSince') ?? '');
  const replyLine = settings['replyLine'];
  return {
    address,
    own: [...new Set(own)],
    displayName: string(settings, 'displayName') ?? '',
    user,
    imap,
    smtp,
    mailbox: string(settings, 'mailbox') ?? 'INBOX',
    sentFolder: string(settings, 'sentFolder'),
    appendSent: settings['appendSent'] === true,
    authservId: string(settings, 'authservId'),
    importSince: Number.isNaN(since) ? undefined : new Date(since),
    plusAddressing: settings['plusAddressing'] !== false,
    bounceAddresses: settings['bounceAddresses'] === true,
    bodyMark: settings['bodyMark'] !== false,
    subjectTag: settings['subjectTag'] !== false,
    signature: string(settings, 'signature') ?? '',
    replyLine: typeof replyLine === 'string' ? replyLine.trim() : REPLY_LINE,
    insecure:
      settings['allowInsecure'] === true && [imap, smtp].every((one) => one === undefined || isLoopback(one.host)),
    timeoutMs: number(settings, 'timeoutMs', TIMEOUT_MS),
    idleMs: number(settings, 'idleMs', IDLE_MS),
    tokenUrl: string(settings, 'tokenUrl'),
    authorities: certificatesIn(string(settings, 'caCertificate') ?? '') ?? [],
  };
}

/** What an admin must correct, by field. */
export function checkEmailSettings(_kind: ChannelKind, settings: ChannelSettings): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const wrong = (path: string, problem: string) => void problems.push({ path, problem });
  const address = string(settings, 'address');
  if (address !== undefined && normaliseAddress(address) === undefined) wrong('address', 'Give an e-mail address.');
  const listed = settings['addresses'] ?? [];
  const addresses: readonly unknown[] = Array.isArray(listed) ? listed : [undefined];
  if (addresses.some((one) => typeof one !== 'string' || normaliseAddress(one) === undefined))
    wrong('addresses', 'Give a list of e-mail addresses.');
  const hosts = ['imapHost', 'smtpHost'] as const;
  if (hosts.every((name) => string(settings, name) === undefined))
    wrong('smtpHost', 'Give an SMTP server for sending, an IMAP server for reading, or both.');
  for (const name of hosts) {
    const host = string(settings, name);
    if (host !== undefined && !/^[\w.:[\]-]+$/.test(host)) wrong(name, 'Give a host name, without https:// or a port.');
    if (host !== undefined && settings['allowInsecure'] === true && !isLoopback(host))
      wrong('allowInsecure', 'Only a server on this machine may be used without TLS.');
  }
  for (const name of ['imapPort', 'smtpPort']) {
    const port = settings[name];
    if (port !== undefined && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536))
      wrong(name, 'Give a port between 1 and 65535.');
  }
  if (certificatesIn(string(settings, 'caCertificate') ?? '') === undefined)
    wrong('caCertificate', 'Give certificates in PEM: -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.');
  const since = string(settings, 'importSince');
  if (since !== undefined && Number.isNaN(Date.parse(since))) wrong('importSince', 'Give a day such as 2026-11-01.');
  if (settings['appendSent'] === true && string(settings, 'sentFolder') === undefined)
    wrong('sentFolder', 'Name the folder that copies of sent mail go to.');
  const tokenUrl = string(settings, 'tokenUrl');
  if (tokenUrl !== undefined && !tokenUrl.startsWith('https://') && !isLoopback(hostOf(tokenUrl)))
    wrong('tokenUrl', 'Give an https address.');
  return problems;
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');
