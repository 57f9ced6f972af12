import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import httpProxyClient from 'nodemailer/lib/smtp-connection/http-proxy-client';
import XOAuth2 from 'nodemailer/lib/xoauth2';
import type { Credentials } from '../../channel';
import { isSocks, throughSocks } from '../../proxies';
import { record, string } from '../json';
import type { EmailSettings } from './email.settings';
import { isCertificateProblem, trusting } from './mail-tls';

/** How handing a mail over ended. */
export type Submission =
  | { status: 'accepted'; serverMessageId?: string }
  /** The server said no; `enhanced` is its RFC 3463 status. */
  | { status: 'refused'; code: number; enhanced: string | undefined; command: string }
  /** No answer. `began`: the mail itself was on its way, so the server may have it. `certificate`: what is wrong with it. */
  | { status: 'broke'; began: boolean; code: string; certificate?: string };

export interface Envelope {
  from: string;
  to: string;
}

/** Hands one mail over. Never throws for what a server may do. */
export async function submit(
  settings: EmailSettings,
  credentials: Credentials,
  envelope: Envelope,
  mime: Buffer,
): Promise<Submission> {
  let began = false;
  try {
    const session = await openSmtp(settings, credentials);
    try {
      const source = new Readable({
        read() {
          began = true; // read only after the server has taken sender and recipient and asked for the mail
          this.push(mime);
          this.push(null);
        },
      });
      return await new Promise((resolve, reject) => {
        session.on('end', () => reject(new Error('The connection ended.')));
        session.send({ ...envelope, size: mime.length }, source, (error, info) => {
          if (error) return reject(error);
          const serverMessageId = info?.serverMessageId?.replaceAll(/[<>]/g, '');
          resolve({ status: 'accepted', ...(serverMessageId === undefined ? {} : { serverMessageId }) });
        });
      });
    } finally {
      session.quit();
    }
  } catch (error) {
    return failure(error, began);
  }
}

/** Whether the server lets us in, as {@link submit} would find. */
export async function verifySmtp(settings: EmailSettings, credentials: Credentials): Promise<Submission> {
  try {
    (await openSmtp(settings, credentials)).quit();
    return { status: 'accepted' };
  } catch (error) {
    return failure(error, false);
  }
}

/** A connection that is logged in. @throws nodemailer's error */
async function openSmtp(settings: EmailSettings, credentials: Credentials): Promise<SMTPConnection> {
  const { smtp, insecure, timeoutMs, user } = settings;
  if (!smtp) throw Object.assign(new Error('The channel has no SMTP server.'), { code: 'ECONFIG' });
  const proxyUrl = credentials['proxyUrl'];
  const connection = proxyUrl ? await throughProxy(proxyUrl, smtp.port, smtp.host) : undefined;
  const session = new SMTPConnection({
    host: smtp.host,
    port: smtp.port,
    secure: insecure ? false : smtp.secure,
    ...(insecure ? { ignoreTLS: true } : { requireTLS: !smtp.secure }),
    tls: trusting(settings.authorities),
    ...(connection ? { connection } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
  });
  const { accessToken } = credentials;
  const pass = credentials['smtpPassword'] ?? credentials['password'] ?? '';
  // With neither a token nor a password the server is one that takes mail from this host without a login.
  const auth = accessToken
    ? { user, oauth2: new XOAuth2({ user, accessToken }) }
    : { user, credentials: { user, pass } };
  await new Promise<void>((resolve, reject) => {
    session.on('error', reject); // stays on: an error after this has nobody else to go to
    session.once('end', () => reject(new Error('The connection ended.')));
    session.connect((failed) => {
      if (failed) return reject(failed);
      if (!accessToken && pass === '') return resolve();
      session.login(auth, (refused) => (refused ? reject(refused) : resolve()));
    });
  });
  return session;
}

const throughProxy = (proxyUrl: string, port: number, host: string): Promise<Socket | undefined> =>
  isSocks(proxyUrl) ? throughSocks(proxyUrl, host, port) : throughHttpProxy(proxyUrl, port, host);

const throughHttpProxy = (proxyUrl: string, port: number, host: string): Promise<Socket | undefined> =>
  new Promise((resolve, reject) => {
    httpProxyClient(proxyUrl, port, host, (error, socket) => (error ? reject(error) : resolve(socket ?? undefined)));
  });

/** Reads the library's error by its shape. */
function failure(error: unknown, began: boolean): Submission {
  const facts = record(error);
  const response = string(facts?.['response']) ?? '';
  const code = Number(facts?.['responseCode'] ?? response.slice(0, 3));
  if (code >= 400 && code < 600) {
    const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
    return { status: 'refused', code, enhanced, command: string(facts?.['command']) ?? '' };
  }
  const original = string(facts?.['originalCode']);
  if (original !== undefined && isCertificateProblem(original))
    return { status: 'broke', began, code: 'ETLS', certificate: original };
  return { status: 'broke', began, code: string(facts?.['code']) ?? 'ECONNECTION' };
}
