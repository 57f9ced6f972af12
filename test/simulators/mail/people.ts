import { bounceBytes, type Letter, letterBytes, readReceiptBytes } from './letters';
import { headerOf } from './mailbox';

/** What somebody got from us. */
export interface Effect {
  to: string;
  messageId: string;
  subject: string;
  /** False when the same Message-ID had come before: mail servers show it once. */
  shown: boolean;
  source: Buffer;
  /** What the envelope names as where it comes back to. */
  returnPath: string;
}

export interface Person {
  name: string;
  address: string;
}

export const CAST: Readonly<Record<string, Person>> = {
  negar: { name: 'نگار رضایی', address: 'negar@example.com' },
  amir: { name: 'امیر', address: 'amir@example.org' },
  sara: { name: 'Sara Quinn', address: 'sara@example.net' },
};

export interface MailPlace {
  address: string;
  /** Puts bytes into our mailbox, as our own server would: with its trace headers. */
  arrive(source: Buffer, from: string, at?: Date): void;
  now(): Date;
}

interface Written {
  by: string;
  text: string;
  subject?: string;
  html?: string;
  headers?: Record<string, string>;
  attachments?: Letter['attachments'];
  /** ISO instant; now by default. */
  at?: string;
}

/** The people outside: they write, answer what reached them, and their servers bounce. Each method takes plain JSON. */
export class People {
  readonly effects: Effect[] = [];
  /** Who can act, by name; more may join. */
  readonly cast: Record<string, Person> = { ...CAST };
  private readonly threads = new Map<string, string[]>();
  private serial = 0;

  constructor(private readonly place: MailPlace) {}

  /** Something of ours reached a server of theirs. */
  receive(to: string, source: Buffer, returnPath = ''): void {
    const messageId = headerOf(source, 'message-id').replaceAll(/[<>]/g, '');
    const shown = !this.effects.some((effect) => effect.to === to && effect.messageId === messageId);
    this.effects.push({ to, messageId, subject: headerOf(source, 'subject'), shown, source, returnPath });
    const references = headerOf(source, 'references').match(/[^<>\s]+/g) ?? [];
    if (shown) this.threads.set(to, [...references, messageId]);
  }

  /** A new mail to us. @returns its Message-ID */
  async mail({ by, text, subject = 'سفارش', at, ...more }: Written): Promise<string> {
    const person = this.person(by);
    return this.post({ person, text, subject, to: this.place.address, at, ...more });
  }

  /** An answer to the last mail of ours that reached them, with its history quoted below as Gmail does in Persian. */
  async reply({ by, text, at, ...more }: Written): Promise<string> {
    const person = this.person(by);
    const last = this.effects.findLast((effect) => effect.to === person.address);
    if (!last) throw new Error(`${by} got no mail to answer.`);
    const to = /[^\s<>]+@[^\s<>]+/.exec(headerOf(last.source, 'reply-to'))?.[0] ?? this.place.address;
    const references = this.threads.get(person.address) ?? [];
    const quoted = `در تاریخ جمعه ۲۰ نوامبر ۲۰۲۶ Support <${this.place.address}> نوشت:\n\n> پیام شما`;
    const full = `${text}\n\n${quoted}\n`;
    return this.post({
      person,
      text: full,
      subject: 'Re: سفارش',
      to,
      references,
      inReplyTo: last.messageId,
      at,
      ...more,
    });
  }

  /** Their out-of-office answers our last mail. */
  outOfOffice({ by }: { by: string }): Promise<string> {
    return this.reply({ by, text: 'تا شنبه نیستم.', headers: { 'auto-submitted': 'auto-replied (vacation)' } });
  }

  /** Their server tells what became of our last mail to them. */
  bounce({
    by,
    action = 'failed',
    status = '5.1.1',
  }: {
    by: string;
    action?: 'failed' | 'delayed' | 'delivered';
    status?: string;
  }): void {
    const { address, original } = this.last(by);
    const messageId = this.nextId('mx.example.net');
    const facts = {
      recipient: address,
      originalId: original,
      action,
      status,
      diagnostic: `550 ${status} user unknown`,
    };
    this.place.arrive(bounceBytes({ ...facts, to: this.place.address, messageId, date: this.place.now() }), '');
  }

  readReceipt({ by }: { by: string }): void {
    const { address, original } = this.last(by);
    const facts = {
      from: address,
      to: this.place.address,
      originalId: original,
      messageId: this.nextId('example.com'),
    };
    this.place.arrive(readReceiptBytes({ ...facts, date: this.place.now() }), address);
  }

  private last(by: string): { address: string; original: string } {
    const { address } = this.person(by);
    const original = this.effects.findLast((effect) => effect.to === address)?.messageId;
    if (original === undefined) throw new Error(`${by} got no mail.`);
    return { address, original };
  }

  private async post(
    written: Omit<Written, 'by'> & {
      person: Person;
      to: string;
      subject: string;
      inReplyTo?: string;
      references?: string[];
    },
  ): Promise<string> {
    const { person, at, ...letter } = written;
    const messageId = this.nextId(person.address.split('@')[1] ?? 'example.com');
    const date = at === undefined ? this.place.now() : new Date(at);
    this.place.arrive(await letterBytes({ ...letter, from: person, messageId, date }), person.address, date);
    this.threads.set(person.address, [...(letter.references ?? []), messageId]);
    return messageId;
  }

  private person(name: string): Person {
    const person = this.cast[name];
    if (!person) throw new Error(`Nobody here is called ${name}.`);
    return person;
  }

  private nextId(domain: string): string {
    this.serial += 1;
    return `CA${String(this.serial).padStart(6, '0')}.${this.place.now().getTime()}@${domain}`;
  }
}
