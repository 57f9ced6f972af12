import { createHash } from 'node:crypto';

export interface Waba {
  id: string;
  name: string;
  /** The app hears of this account only while it is subscribed. */
  subscribed: boolean;
  override: string | null;
  templates: Template[];
}

export interface PhoneNumber {
  id: string;
  wabaId: string;
  /** Digits, without a plus. */
  display: string;
  name: string;
  status: string;
  quality: 'GREEN' | 'YELLOW' | 'RED';
  canSend: 'AVAILABLE' | 'LIMITED' | 'BLOCKED';
  pin: string;
  blocked: Set<string>;
}

export interface Person {
  /** Our name for the person in scenarios, `negar`. */
  key: string;
  name: string;
  username: string | null;
  phone: string;
  userId: string;
  /** The number is left out of webhooks: only the user id tells who it is. */
  hidesPhone: boolean;
  /** Numbers this person has blocked: messages to them are undeliverable. */
  blocked: Set<string>;
}

export interface Template {
  name: string;
  language: string;
  category: string;
  status: string;
  components: Record<string, unknown>[];
}

export interface Message {
  id: string;
  fromAccount: boolean;
  /** What the person sees. */
  text: string;
  createdMs: number;
  callbackData: string | null;
  quotes: string | null;
  state: 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';
  /** The business's own, under a person's message. */
  reaction?: string;
}

export interface Thread {
  numberId: string;
  personKey: string;
  messages: Message[];
  lastInboundMs: number | null;
  /** When the pair's allowance would be paid back, ms; see `takePair`. */
  paidBackAt: number;
}

export interface Media {
  id: string;
  mimeType: string;
  name: string | null;
  bytes: Buffer;
}

export interface Token {
  value: string;
  valid: boolean;
  scopes: string[];
  /** Unix seconds; 0 does not end. */
  expiresAt: number;
  wabaIds: string[];
}

const PAIR_MS = 6_000;
const PAIR_BURST = 45;

export class World {
  readonly wabas = new Map<string, Waba>();
  readonly numbers = new Map<string, PhoneNumber>();
  readonly people = new Map<string, Person>();
  readonly threads = new Map<string, Thread>();
  readonly media = new Map<string, Media>();
  readonly tokens = new Map<string, Token>();
  /** The app's webhook for WhatsApp, or null when none is set. */
  webhook: { url: string; fields: string[]; verifyToken: string } | null = null;
  /** Fields of a number that this version of Graph does not know. */
  readonly unknownFields = new Set<string>();
  /** The hour at which the clock was stopped, ms since 1970; null lets it run. */
  private stoppedAt: number | null = null;
  private offsetMs = 0;
  private count = 0;

  constructor(private readonly idBase: string) {}

  now(): number {
    return (this.stoppedAt ?? Date.now()) + this.offsetMs;
  }

  stopClock(): void {
    this.stoppedAt = Date.now();
  }

  advance(ms: number): void {
    this.offsetMs += ms;
  }

  nextId(): string {
    this.count += 1;
    return `${this.idBase}${String(this.count).padStart(5, '0')}`;
  }

  wamid(): string {
    return `wamid.${Buffer.from(`HBgM${this.nextId()}`).toString('base64url')}AA==`;
  }

  number(id?: string): PhoneNumber {
    const found = id === undefined ? [...this.numbers.values()][0] : this.numbers.get(id);
    if (!found) throw new Error(`There is no number ${id}.`);
    return found;
  }

  waba(id: string): Waba {
    const found = this.wabas.get(id);
    if (!found) throw new Error(`There is no account ${id}.`);
    return found;
  }

  person(key: string): Person {
    const found = this.people.get(key);
    if (!found) throw new Error(`There is no person ${key}.`);
    return found;
  }

  personBy(id: string): Person | undefined {
    return [...this.people.values()].find(({ phone, userId }) => phone === id.replace(/^\+/, '') || userId === id);
  }

  thread(numberId: string, personKey: string): Thread {
    const key = `${numberId}:${personKey}`;
    const found = this.threads.get(key);
    if (found) return found;
    const thread: Thread = {
      numberId,
      personKey: this.person(personKey).key,
      messages: [],
      lastInboundMs: null,
      paidBackAt: 0,
    };
    this.threads.set(key, thread);
    return thread;
  }

  message(id: string): { thread: Thread; message: Message } {
    for (const thread of this.threads.values()) {
      const message = thread.messages.find((one) => one.id === id);
      if (message) return { thread, message };
    }
    throw new Error(`There is no message ${id}.`);
  }

  addMessage(thread: Thread, over: Partial<Message> & Pick<Message, 'fromAccount' | 'text'>): Message {
    const message: Message = {
      id: this.wamid(),
      createdMs: this.now(),
      callbackData: null,
      quotes: null,
      state: 'accepted',
      ...over,
    };
    thread.messages.push(message);
    if (!over.fromAccount) thread.lastInboundMs = message.createdMs;
    return message;
  }

  addMedia(mimeType: string, bytes: Buffer, name: string | null = null): Media {
    const media = { id: `17${this.nextId()}`, mimeType, name, bytes };
    this.media.set(media.id, media);
    return media;
  }

  /** One message to one person in six seconds; 45 may go ahead of time. @returns false when the pair must wait */
  takePair(thread: Thread): boolean {
    const paid = Math.max(this.now(), thread.paidBackAt) + PAIR_MS;
    if (paid - this.now() > PAIR_BURST * PAIR_MS) return false;
    thread.paidBackAt = paid;
    return true;
  }
}

export const digest = (bytes: Buffer, encoding: 'hex' | 'base64'): string =>
  createHash('sha256').update(bytes).digest(encoding);
