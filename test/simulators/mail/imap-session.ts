import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { headerOf, headOf, type MailFolder, type StoredMail } from './mailbox';
import { inSet, matcherOf } from './imap-search';
import type { ImapFaults } from './imap-server';
import type { MailTls } from './smtp';

export interface ImapAccount {
  user: string;
  password: string;
  /** Accepted by XOAUTH2. */
  accessToken: string;
}

/** What a session sees of its server. */
export interface ImapWorld {
  account: ImapAccount;
  folders: ReadonlyMap<string, MailFolder>;
  faults: ImapFaults;
  /** Every command that came, without its tag and secrets. */
  commands: string[];
}

const CAPABILITIES = 'IMAP4rev1 IDLE ID NAMESPACE UIDPLUS AUTH=PLAIN AUTH=XOAUTH2 SASL-IR';
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** One client's connection (RFC 3501), as far as mail clients use it here. */
export class ImapSession {
  private buffer = Buffer.alloc(0);
  private line = '';
  private literals: Buffer[] = [];
  private wanted = 0;
  private folder: MailFolder | undefined;
  private known = 0;
  private loggedIn = false;
  private idleTag: string | undefined;
  /** The tag of a login that waits for its second line. */
  private asking: string | undefined;
  private unwatch: (() => void) | undefined;
  private queue = Promise.resolve();

  private constructor(
    private socket: Socket,
    private readonly world: ImapWorld,
    /** Offered until the client has taken it. */
    private certificate: MailTls['certificate'],
  ) {
    socket.setNoDelay(true);
    this.hear();
    this.send(`* OK [CAPABILITY ${this.capabilities}] ready`);
  }

  /** Speaks with a client until one of them leaves. */
  static serve(socket: Socket, world: ImapWorld, certificate: MailTls['certificate']): ImapSession {
    return new ImapSession(socket, world, certificate);
  }

  private get capabilities(): string {
    return this.certificate ? `${CAPABILITIES} STARTTLS` : CAPABILITIES;
  }

  private hear(): void {
    this.socket.on('data', (chunk: Buffer) => this.take(chunk));
    this.socket.on('error', () => this.end());
    this.socket.on('close', () => this.end());
  }

  private startTls(): void {
    this.socket.removeAllListeners('data');
    this.socket = new TLSSocket(this.socket, { isServer: true, ...this.certificate });
    this.certificate = undefined;
    this.hear();
  }

  /** Cuts the stream into commands; a command may hold literals of announced length. */
  private take(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      if (this.wanted > 0) {
        if (this.buffer.length < this.wanted) return;
        this.literals.push(this.buffer.subarray(0, this.wanted));
        this.buffer = this.buffer.subarray(this.wanted);
        this.wanted = 0;
      }
      const end = this.buffer.indexOf('\r\n');
      if (end < 0) return;
      this.line += this.buffer.subarray(0, end).toString('utf8');
      this.buffer = this.buffer.subarray(end + 2);
      const literal = /\{(\d+)(\+?)\}$/.exec(this.line);
      if (literal) {
        this.wanted = Number(literal[1]);
        this.line = this.line.replace(/\{\d+\+?\}$/, `\uE000${this.literals.length}\uE000`);
        if (literal[2] === '') this.send('+ go on');
        continue;
      }
      const [line, literals] = [this.line, this.literals];
      [this.line, this.literals] = ['', []];
      this.queue = this.queue.then(() => this.command(line, literals)).catch(() => void this.socket.destroy());
    }
  }

  private async command(line: string, literals: readonly Buffer[]): Promise<void> {
    if (this.idleTag !== undefined) return this.done(line);
    if (this.asking !== undefined) return this.answered(this.asking, line);
    const [tag = '*', ...tokens] = tokensOf(line, literals);
    const name = (tokens.shift() ?? '').toUpperCase();
    const full = name === 'UID' ? `UID ${(tokens.shift() ?? '').toUpperCase()}` : name;
    const secret = full === 'LOGIN' || full === 'AUTHENTICATE';
    this.world.commands.push(secret ? full : `${full} ${tokens.join(' ')}`.trim());
    const { slowMs, dropOn, hangOn } = this.world.faults;
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
    if (hangOn && full.startsWith(hangOn)) return;
    if (dropOn && full.startsWith(dropOn.command) && --dropOn.after < 0) {
      this.world.faults.dropOn = undefined;
      this.socket.destroy();
      return;
    }
    this.run(full, tag, tokens, literals);
  }

  private run(name: string, tag: string, tokens: readonly string[], literals: readonly Buffer[]): void {
    const ok = (text = 'done') => this.send(`${tag} OK ${text}`);
    if (name === 'CAPABILITY') {
      this.send(`* CAPABILITY ${this.capabilities}`);
      return ok();
    }
    if (name === 'STARTTLS' && this.certificate) {
      ok('go ahead');
      return this.startTls();
    }
    if (name === 'LOGOUT') {
      this.send('* BYE see you');
      ok();
      this.socket.end();
      return;
    }
    if (name === 'LOGIN' || name === 'AUTHENTICATE') return this.logIn(name, tag, tokens);
    if (name === 'ID') this.send('* ID NIL');
    if (['ID', 'NOOP', 'ENABLE'].includes(name)) {
      if (name === 'NOOP') this.tell();
      return ok();
    }
    if (!this.loggedIn) return this.send(`${tag} NO log in first`);
    if (name === 'NAMESPACE') this.send('* NAMESPACE (("" "/")) NIL NIL');
    if (name === 'LIST' || name === 'LSUB') this.list(name, tokens);
    if (name === 'SELECT' || name === 'EXAMINE') return this.select(tag, tokens[0] ?? '');
    if (name === 'STATUS') this.status(tokens[0] ?? '');
    if (name === 'APPEND') this.append(tokens, literals);
    if (name === 'IDLE') return this.idle(tag);
    if (name === 'UID SEARCH') this.search(tokens);
    if (name === 'UID FETCH') this.fetch(tokens);
    ok();
  }

  private logIn(name: string, tag: string, tokens: readonly string[]): void {
    const { account, faults } = this.world;
    if (faults.login === 'busy') return this.send(`${tag} NO [UNAVAILABLE] try again later`);
    const [first = '', second = ''] = tokens;
    if (name === 'AUTHENTICATE' && first.toUpperCase() === 'PLAIN' && second === '') {
      this.asking = tag;
      return this.send('+ ');
    }
    const said = Buffer.from(second, 'base64').toString('utf8');
    const right =
      name === 'LOGIN'
        ? first === account.user && second === account.password
        : first.toUpperCase() === 'PLAIN'
          ? said.split('\0').slice(1).join('\0') === `${account.user}\0${account.password}`
          : said === `user=${account.user}\u0001auth=Bearer ${account.accessToken}\u0001\u0001`;
    if (faults.login === 'refuse' || !right)
      return this.send(`${tag} NO [AUTHENTICATIONFAILED] Authentication failed.`);
    this.loggedIn = true;
    this.send(`${tag} OK [CAPABILITY ${CAPABILITIES}] welcome`);
  }

  private answered(tag: string, line: string): void {
    this.asking = undefined;
    this.logIn('AUTHENTICATE', tag, ['PLAIN', line]);
  }

  private list(name: string, [, pattern = '']: readonly string[]): void {
    const matches = (path: string) =>
      pattern === '*' || pattern === '%' || pattern.toUpperCase() === path.toUpperCase();
    for (const path of this.world.folders.keys())
      if (matches(path)) this.send(`* ${name} (${path === 'Sent' ? String.raw`\Sent` : ''}) "/" "${path}"`);
    if (pattern === '') this.send(String.raw`* ` + name + String.raw` (\Noselect) "/" ""`);
  }

  private select(tag: string, path: string): void {
    const folder = this.find(path);
    if (!folder) return this.send(`${tag} NO [NONEXISTENT] no such folder`);
    this.folder = folder;
    this.known = folder.mails.length;
    this.send(String.raw`* FLAGS (\Seen \Answered \Deleted)`);
    this.send(`* ${folder.mails.length} EXISTS`);
    this.send(`* OK [UIDVALIDITY ${folder.uidValidity}] ok`);
    this.send(`* OK [UIDNEXT ${folder.uidNext}] ok`);
    this.send(`${tag} OK [READ-ONLY] selected`);
  }

  private find(path: string): MailFolder | undefined {
    return this.world.folders.get(path.toUpperCase() === 'INBOX' ? 'INBOX' : path);
  }

  private status(path: string): void {
    const folder = this.find(path);
    if (!folder) return;
    const { mails, uidNext, uidValidity } = folder;
    this.send(`* STATUS "${path}" (MESSAGES ${mails.length} UIDNEXT ${uidNext} UIDVALIDITY ${uidValidity})`);
  }

  private append([path = '']: readonly string[], [source]: readonly Buffer[]): void {
    if (source) this.find(path)?.add(Buffer.from(source), new Date(), [String.raw`\Seen`]);
  }

  private idle(tag: string): void {
    this.idleTag = tag;
    this.send('+ idling');
    this.tell();
    this.unwatch = this.folder?.watch(() => {
      if (!this.world.faults.silent) this.tell();
    });
  }

  private done(line: string): void {
    if (line.toUpperCase() !== 'DONE' || this.world.faults.hangOn === 'DONE') return;
    const tag = this.idleTag ?? '*';
    this.stopIdling();
    this.send(`${tag} OK idle ended`);
  }

  private stopIdling(): void {
    this.unwatch?.();
    this.unwatch = undefined;
    this.idleTag = undefined;
  }

  /** Untagged EXISTS, when the folder has grown since the client last heard. */
  private tell(): void {
    const count = this.folder?.mails.length ?? 0;
    if (count === this.known) return;
    this.known = count;
    this.send(`* ${count} EXISTS`);
  }

  private search(tokens: readonly string[]): void {
    const folder = this.folder;
    if (!folder) return;
    const matches = matcherOf(tokens, folder.mails.at(-1)?.uid ?? 0);
    const uids = folder.mails.filter(matches).map(({ uid }) => uid);
    this.send(`* SEARCH${uids.map((uid) => ` ${uid}`).join('')}`);
  }

  private fetch([set = '', ...items]: readonly string[]): void {
    const folder = this.folder;
    if (!folder) return;
    const asked = items.join(' ').toUpperCase();
    const within = inSet(set, folder.mails.at(-1)?.uid ?? 0);
    for (const [at, mail] of folder.mails.entries()) if (within(mail)) this.sendMail(at + 1, mail, asked);
  }

  private sendMail(seq: number, mail: StoredMail, asked: string): void {
    const facts = [`UID ${mail.uid}`];
    if (asked.includes('RFC822.SIZE')) facts.push(`RFC822.SIZE ${mail.source.length}`);
    if (asked.includes('INTERNALDATE')) facts.push(`INTERNALDATE "${imapDate(mail.internalDate)}"`);
    if (asked.includes('FLAGS')) facts.push(`FLAGS (${[...mail.flags].join(' ')})`);
    if (asked.includes('ENVELOPE')) facts.push(`ENVELOPE ${envelopeOf(mail.source)}`);
    const part = asked.includes('[HEADER]')
      ? { name: 'BODY[HEADER]', bytes: headOf(mail.source) }
      : asked.includes('BODY')
        ? { name: 'BODY[]', bytes: mail.source }
        : undefined;
    if (!part) return this.send(`* ${seq} FETCH (${facts.join(' ')})`);
    this.socket.write(`* ${seq} FETCH (${facts.join(' ')} ${part.name} {${part.bytes.length}}\r\n`);
    this.socket.write(part.bytes);
    this.send(')');
  }

  private send(line: string): void {
    if (!this.socket.destroyed && this.socket.writable) this.socket.write(`${line}\r\n`);
  }

  private end(): void {
    this.stopIdling();
  }
}

/** Atoms, quoted strings, lists (opened) and literals of a command. */
function tokensOf(line: string, literals: readonly Buffer[]): string[] {
  const found = line.matchAll(/"((?:[^"\\]|\\.)*)"|\uE000(\d+)\uE000|[^\s()]*\[[^\]]*\]|[^\s()"]+/g);
  return [...found].map(([text, quoted, literal]) => {
    if (literal !== undefined) return literals[Number(literal)]?.toString('utf8') ?? '';
    return quoted === undefined ? text : quoted.replaceAll(/\\(.)/g, '$1');
  });
}

const two = (value: number) => String(value).padStart(2, '0');

function imapDate(date: Date): string {
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()] ?? ''}-${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

/** RFC 3501 §7.4.2, the people left out. */
function envelopeOf(source: Buffer): string {
  const quoted = (name: string) => {
    const value = headerOf(source, name);
    return value === '' ? 'NIL' : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  };
  return `(${quoted('date')} ${quoted('subject')} NIL NIL NIL NIL NIL NIL ${quoted('in-reply-to')} ${quoted('message-id')})`;
}
