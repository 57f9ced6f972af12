import type { ChannelKind, ChannelSettings, ConnectedChannel, CredentialField, SettingField } from '../../connector';
import { normaliseAddress } from './mail';
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
  subjectTag: boolean;
  signature: string;
  replyLine: string;
  /** No TLS, or a certificate nobody signed: loopback only. */
  insecure: boolean;
  timeoutMs: number;
  idleMs: number;
  tokenUrl: string | undefined;
}

const POLL_MS = 60_000;
const TIMEOUT_MS = 30_000;
const IDLE_MS = 5 * 60_000; // an idle connection dies unseen (postalsys/imapflow#13, #98, #210)

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  { name: 'password', required: false, help: 'Password (or app password) of the mailbox, for IMAP and SMTP.' },
  { name: 'smtpPassword', required: false, help: 'Password for sending, if it is another one.' },
  { name: 'accessToken', required: false, help: 'OAuth access token (XOAUTH2), instead of a password.' },
  { name: 'refreshToken', required: false, help: 'OAuth refresh token: renews the access token before it ends.' },
  { name: 'accessTokenExpiresAt', required: false, help: 'When the access token ends, as an ISO instant.' },
  { name: 'clientId', required: false, help: 'OAuth client that the tokens belong to.' },
  { name: 'clientSecret', required: false, help: 'Secret of that OAuth client.' },
  { name: 'appSecret', required: false, generated: true, help: 'Signs what the inbound hook delivers.' },
  { name: 'threadKey', required: false, generated: true, help: 'Signs the reply addresses that find a conversation.' },
];

const text = (name: string, help: string, given?: string): SettingField => ({
  name,
  type: 'text',
  help,
  ...(given === undefined ? {} : { default: given }),
});

export const SETTING_FIELDS: readonly SettingField[] = [
  text('address', 'The address this channel writes as. Default: the channel’s external id.'),
  {
    name: 'addresses',
    type: 'list',
    help: 'Other addresses of yours; mail from them is not a customer’s.',
    default: [],
  },
  text('displayName', 'The name customers see beside the address.'),
  text('user', 'Login name of the mailbox. Default: the address.'),
  text('imapHost', 'IMAP server. Leave empty when mail comes by the inbound hook only.'),
  { name: 'imapPort', type: 'number', help: 'IMAP port.', default: 993 },
  { name: 'imapSecure', type: 'boolean', help: 'TLS from the first byte; off means STARTTLS.', default: true },
  text('mailbox', 'The folder that customers’ mail arrives in.', 'INBOX'),
  text('smtpHost', 'SMTP server for sending.'),
  { name: 'smtpPort', type: 'number', help: 'SMTP port.', default: 465 },
  { name: 'smtpSecure', type: 'boolean', help: 'TLS from the first byte; off means STARTTLS.', default: true },
  text('sentFolder', 'Folder in which sent mail is kept; lets a sending in doubt be looked up.'),
  {
    name: 'appendSent',
    type: 'boolean',
    help: 'Put a copy there after sending. Leave off where the server does it itself (Gmail, Microsoft 365).',
    default: false,
  },
  text('authservId', 'Name your receiving server writes first in Authentication-Results; senders are verified by it.'),
  text('importSince', 'Import mail from this day on (2026-11-01).'),
  {
    name: 'plusAddressing',
    type: 'boolean',
    help: 'Replies come to address+t-…@domain, which finds the conversation. Off where the server refuses such addresses.',
    default: true,
  },
  { name: 'subjectTag', type: 'boolean', help: 'Put the ticket number into the subject.', default: true },
  text('signature', 'Put under each mail.'),
  text('replyLine', 'Line above our mails; a reply is cut there. Empty leaves it out.', REPLY_LINE),
  { name: 'allowInsecure', type: 'boolean', help: 'Without TLS, to a server on this machine only.', default: false },
  { name: 'pollMs', type: 'number', help: 'Milliseconds between two looks into the mailbox.', default: POLL_MS },
  { name: 'idleMs', type: 'number', help: 'Milliseconds after which waiting for news is renewed.', default: IDLE_MS },
  { name: 'timeoutMs', type: 'number', help: 'Milliseconds a mail server may take to answer.', default: TIMEOUT_MS },
  text('tokenUrl', 'Where the OAuth provider renews tokens (https://oauth2.googleapis.com/token).'),
];

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
    subjectTag: settings['subjectTag'] !== false,
    signature: string(settings, 'signature') ?? '',
    replyLine: typeof replyLine === 'string' ? replyLine.trim() : REPLY_LINE,
    insecure:
      settings['allowInsecure'] === true && [imap, smtp].every((one) => one === undefined || isLoopback(one.host)),
    timeoutMs: number(settings, 'timeoutMs', TIMEOUT_MS),
    idleMs: number(settings, 'idleMs', IDLE_MS),
    tokenUrl: string(settings, 'tokenUrl'),
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
