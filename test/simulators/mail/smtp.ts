import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A misbehaviour of the SMTP server at one step; `hang` never answers, `drop` cuts the connection. */
export interface SmtpFault {
  at: 'connect' | 'auth' | 'mail' | 'rcpt' | 'data';
  answer: { code: number; text: string } | 'hang' | 'drop';
  /** With `data`: the mail is taken first, so the client cannot know. */
  afterTaking?: boolean;
  times?: number;
}

/** How a server of ours encrypts: from the first byte, when asked (STARTTLS), or not at all. */
export interface MailTls {
  how: 'never' | 'at_once' | 'on_request';
  /** In PEM; without: one nobody should trust. */
  certificate?: { key: string; cert: string };
}

export interface Submitted {
  from: string;
  to: string[];
  source: Buffer;
}

type Done = (error?: Error | null) => void;

/** An SMTP server on loopback that asks for a login, as a provider's submission port does. */
export class SmtpSimulator {
  faults: SmtpFault[] = [];
  private readonly server: SMTPServer;

  constructor(
    private readonly account: { user: string; password: string; accessToken: string },
    private readonly ghosts: readonly string[],
    tls: MailTls,
    /** @returns what the server answers beyond 250, when it has something to say */
    private readonly taken: (mail: Submitted) => string | undefined,
  ) {
    this.server = new SMTPServer({
      secure: tls.how === 'at_once',
      ...(tls.certificate ? { ...tls.certificate } : {}),
      authOptional: false,
      allowInsecureAuth: tls.how === 'never',
      disabledCommands: tls.how === 'never' ? ['STARTTLS'] : [],
      disableReverseLookup: true,
      authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
      size: 40 * 1024 * 1024,
      logger: false,
      closeTimeout: 200,
      onConnect: (_session, done) => this.step('connect', done),
      onAuth: (auth, _session, done) =>
        this.step('auth', (fault) => {
          const { user, password, accessToken } = this.account;
          const right = auth.username === user && (auth.accessToken === accessToken || auth.password === password);
          if (fault) return done(fault);
          return right ? done(null, { user }) : done(refusal(535, '5.7.8 Authentication credentials invalid'));
        }),
      onMailFrom: (_address, _session, done) => this.step('mail', done),
      onRcptTo: ({ address }, _session, done) =>
        this.ghosts.includes(address) ? done(refusal(550, '5.1.1 user unknown')) : this.step('rcpt', done),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          const fault = this.peek('data');
          const mail = {
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            source: Buffer.concat(chunks),
          };
          const answer = !fault || fault.afterTaking ? this.taken(mail) : undefined;
          this.step('data', (error) => done(error, answer));
        });
      },
    });
    this.server.on('error', () => undefined); // clients that hang up are part of the play
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const connection of this.server.connections) connection.close();
    await new Promise<void>((resolve) => this.server.close(resolve));
  }

  private peek(at: SmtpFault['at']): SmtpFault | undefined {
    return this.faults.find((fault) => fault.at === at && (fault.times ?? 1) > 0);
  }

  private step(at: SmtpFault['at'], done: Done): void {
    const fault = this.peek(at);
    if (!fault) return done();
    fault.times = (fault.times ?? Infinity) - 1;
    if (fault.answer === 'hang') return;
    if (fault.answer === 'drop') {
      for (const connection of this.server.connections) connection.close();
      return;
    }
    done(refusal(fault.answer.code, fault.answer.text));
  }
}

const refusal = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });
