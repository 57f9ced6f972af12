import { actsOf, type MailActs } from './acts';
import { Hook, type HookSettings } from './hook';
import { type ImapFaults, ImapServer } from './imap-server';
import { headerOf, MailFolder } from './mailbox';
import { People } from './people';
import { type MailTls, SmtpSimulator, type Submitted } from './smtp';

export interface MailOptions {
  /** Our mailbox. */
  address?: string;
  password?: string;
  accessToken?: string;
  /** Hands arriving mail to a callback as well; `hookOnly` keeps it out of the mailbox. */
  hook?: HookSettings;
  hookOnly?: boolean;
  /** The server files sent mail by itself, as Gmail and Microsoft 365 do. */
  filesSent?: boolean;
  /** Addresses that no server knows: refused at RCPT. */
  ghosts?: readonly string[];
  /** SMTP speaks TLS, with a certificate nobody should trust. */
  smtpTls?: boolean;
  /** Both servers speak TLS. */
  tls?: MailTls;
  /** Sent mail gets a Message-ID of the server's own, as Microsoft 365 does. */
  rewritesIds?: boolean;
  now?: () => Date;
}

/** A mail provider on loopback (IMAP and SMTP) with the people who write to us. It knows nothing of who uses it. */
export class MailSimulator {
  readonly account: { user: string; password: string; accessToken: string };
  readonly inbox = new MailFolder('INBOX');
  readonly sent = new MailFolder('Sent');
  readonly imapFaults: ImapFaults = { silent: false, slowMs: 0 };
  /** Commands that came by IMAP. */
  readonly commands: string[] = [];
  /** What can be played, by name, each with one plain-JSON argument. */
  readonly act: MailActs;
  readonly people: People;
  readonly hook: Hook | undefined;
  readonly imap: ImapServer;
  readonly smtp: SmtpSimulator;

  constructor(readonly options: MailOptions) {
    const { address = 'support@shop.example', password = 'app-password', accessToken = 'ya29.token' } = options;
    this.account = { user: address, password, accessToken };
    this.people = new People({
      address,
      now: () => this.now(),
      arrive: (source, from, at) => this.arrive(source, from, at),
    });
    this.act = actsOf(this, this.people);
    this.hook = options.hook ? new Hook(options.hook) : undefined;
    const tls = options.tls ?? { how: 'never' as const };
    this.imap = new ImapServer(tls, {
      account: this.account,
      folders: new Map([this.inbox, this.sent].map((folder) => [folder.path, folder])),
      faults: this.imapFaults,
      commands: this.commands,
    });
    const smtpTls = options.smtpTls === true ? { how: 'at_once' as const } : tls;
    this.smtp = new SmtpSimulator(this.account, options.ghosts ?? [], smtpTls, (mail) => this.submitted(mail));
  }

  get effects() {
    return this.people.effects;
  }

  /** Settings of a channel that uses this provider. */
  get settings() {
    return {
      imapHost: '127.0.0.1',
      imapPort: this.imap.port,
      smtpHost: '127.0.0.1',
      smtpPort: this.smtp.port,
      allowInsecure: true,
    };
  }

  /** Bytes arrive for us; our server adds when and by whom, and what it thinks of the sender. */
  arrive(source: Buffer, from: string, at = this.now()): void {
    const domain = from.split('@')[1];
    const trace = [
      `Return-Path: <${from}>`,
      `Delivered-To: ${headerOf(source, 'to').replaceAll(/[<>]/g, '')}`,
      ...(domain === undefined
        ? []
        : [`Authentication-Results: mx.shop.example; dkim=pass header.d=${domain}; dmarc=pass header.from=${domain}`]),
      `Received: from mail by mx.shop.example with ESMTP; ${at.toUTCString()}`,
    ];
    const whole = Buffer.concat([Buffer.from(`${trace.join('\r\n')}\r\n`), source]);
    if (this.options.hookOnly !== true) this.inbox.add(whole, at);
    this.hook?.deliver(whole);
  }

  async close(): Promise<void> {
    this.hook?.close();
    await Promise.all([this.imap.close(), this.smtp.close()]);
  }

  private now(): Date {
    return this.options.now?.() ?? new Date();
  }

  private submitted({ from, to, source }: Submitted): string | undefined {
    const given = this.options.rewritesIds
      ? `${this.now().getTime()}.${this.effects.length}@srv.prod.outlook.com`
      : undefined;
    const sent =
      given === undefined
        ? source
        : Buffer.from(source.toString('latin1').replace(/^message-id:.*$/im, `Message-ID: <${given}>`), 'latin1');
    for (const recipient of to) this.people.receive(recipient, sent, from);
    if (this.options.filesSent === true) this.sent.add(sent, this.now(), [String.raw`\Seen`]);
    return given === undefined ? undefined : `2.0.0 OK <${given}> [Hostname=srv.prod.outlook.com]`;
  }
}

export async function startMail(options: MailOptions = {}): Promise<MailSimulator> {
  const simulator = new MailSimulator(options);
  await Promise.all([simulator.imap.listen(), simulator.smtp.listen()]);
  return simulator;
}
