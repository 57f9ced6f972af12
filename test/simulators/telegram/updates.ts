import { Agent, request } from 'node:http';
import { shuffled } from '../meta/faults';
import { ApiError, type FlavourName, type JsonObject } from './world';

export interface UpdateSettings {
  /** Keep updates until `hold` ends; a long poll gets none either. */
  hold: boolean;
  /** How often each delivery is posted in all: 2 repeats one that was accepted. */
  copies: number;
  /** Chats leave in random order; within one chat order holds, as at Telegram. */
  shuffle: boolean;
  delayMs: number;
  retryBaseMs: number;
  retryMaxMs: number;
  timeoutMs: number;
}

export const DEFAULT_UPDATES: UpdateSettings = {
  hold: false,
  copies: 1,
  shuffle: false,
  delayMs: 0,
  retryBaseMs: 50,
  retryMaxMs: 2000,
  timeoutMs: 5000,
};

const KEPT_MS = 24 * 3_600_000;
/** Not sent unless asked for by name. */
const ASKED_FOR_ONLY = new Set(['chat_member', 'message_reaction', 'message_reaction_count']);
const BALE_SENDS = new Set(['message', 'edited_message', 'callback_query']);

export interface Update {
  id: number;
  kind: string;
  chatKey: string;
  body: JsonObject;
  at: number;
  attempts: { at: number; status: number }[];
}

export interface Webhook {
  url: string;
  secret: string | null;
  allowed: readonly string[] | null;
  maxConnections: number;
}

/** What waits for the bot: pushed to its webhook one by one per chat, or handed out to whoever asks. */
export class Updates {
  /** Everything that was ever sent or waits. */
  readonly log: Update[] = [];
  webhook: Webhook | null = null;
  lastError: { at: number; message: string } | null = null;
  /** Kinds a poll asked for; the last list stays in force. */
  allowed: readonly string[] | null = null;
  private pending: Update[] = [];
  private readonly busy = new Set<string>();
  private readonly timers = new Map<NodeJS.Timeout, string>();
  private readonly agent = new Agent({ keepAlive: true });
  private poll: { end: (error?: ApiError) => void } | null = null;
  private waiters: (() => void)[] = [];
  private inFlight = 0;
  private closed = false;

  constructor(
    readonly settings: UpdateSettings,
    private readonly flavour: FlavourName,
    private nextId: number,
    private readonly now: () => number,
    private readonly random: () => number,
  ) {}

  push(kind: string, chatKey: string, content: JsonObject): void {
    const allowed = this.webhook ? this.webhook.allowed : this.allowed;
    if (allowed ? !allowed.includes(kind) : ASKED_FOR_ONLY.has(kind)) return;
    if (this.flavour === 'bale' && !BALE_SENDS.has(kind)) return;
    const id = this.nextId++;
    const update = { id, kind, chatKey, body: { update_id: id, [kind]: content }, at: this.now(), attempts: [] };
    this.log.push(update);
    this.pending.push(update);
    this.go();
  }

  /** After a week of silence the next id is drawn at random. */
  jumpTo(id: number): void {
    this.nextId = id;
  }

  get pendingCount(): number {
    this.drop();
    return this.pending.length;
  }

  setWebhook(webhook: Webhook | null): void {
    this.webhook = webhook;
    for (const timer of this.timers.keys()) clearTimeout(timer);
    for (const chatKey of this.timers.values()) this.busy.delete(chatKey);
    this.timers.clear();
    this.go();
  }

  /** Hands over what waits: to a long poll that hangs, or to the webhook. */
  go(): void {
    this.drop();
    if (this.closed || this.settings.hold) return;
    if (this.pending.length > 0) this.poll?.end();
    if (!this.webhook) return this.wake();
    const next = this.settings.shuffle ? this.oneOfEachChat() : this.pending;
    for (const update of next) if (!this.busy.has(update.chatKey)) void this.deliver(update);
    this.wake();
  }

  private oneOfEachChat(): Update[] {
    const first = new Map<string, Update>();
    for (const update of this.pending) if (!first.has(update.chatKey)) first.set(update.chatKey, update);
    return shuffled([...first.values()], this.random);
  }

  /** `getUpdates`: confirms everything below `offset`, then waits for news. */
  async get(offset: number | undefined, limit: number, timeoutSeconds: number): Promise<JsonObject[]> {
    if (this.webhook) {
      const why =
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
      throw new ApiError(409, why);
    }
    const other = 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
    this.poll?.end(new ApiError(409, other));
    if (offset !== undefined) this.pending = this.pending.filter(({ id }) => id >= offset);
    if (this.settings.hold || this.pending.length === 0) await this.news(timeoutSeconds * 1000);
    this.drop();
    return this.settings.hold ? [] : this.pending.slice(0, limit).map(({ body }) => body);
  }

  private news(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: ApiError) => {
        clearTimeout(timer);
        this.poll = null;
        if (error) reject(error);
        else resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      this.poll = { end };
    });
  }

  /** Posts what was sent already once more, byte for byte. */
  async redeliver(): Promise<void> {
    for (const update of this.log) update.attempts.push({ at: this.now(), status: await this.post(update) });
  }

  /** Resolves when nothing is on its way and nothing waits but for a retry. */
  async idle(): Promise<void> {
    while (!this.resting()) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  private resting(): boolean {
    const stuck = this.closed || this.webhook === null || this.settings.hold;
    return this.inFlight === 0 && (stuck || this.pending.every(({ chatKey }) => this.busy.has(chatKey)));
  }

  private wake(): void {
    if (this.resting()) for (const waiter of this.waiters.splice(0)) waiter();
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers.keys()) clearTimeout(timer);
    this.poll?.end();
    this.agent.destroy();
    this.wake();
  }

  private drop(): void {
    this.pending = this.pending.filter(({ at }) => this.now() - at < KEPT_MS);
  }

  private async deliver(update: Update): Promise<void> {
    this.busy.add(update.chatKey);
    this.inFlight += 1;
    if (this.settings.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.settings.delayMs));
    const status = await this.post(update);
    update.attempts.push({ at: this.now(), status });
    const accepted = status >= 200 && status < 300;
    for (let copy = 1; accepted && copy < this.settings.copies; copy++) await this.post(update);
    this.inFlight -= 1;
    if (accepted) {
      this.pending = this.pending.filter((other) => other !== update);
      this.busy.delete(update.chatKey);
    } else {
      const what = status === 0 ? 'Connection refused' : `Wrong response from the webhook: ${status}`;
      this.lastError = { at: this.now(), message: what };
      this.later(update);
    }
    this.go();
  }

  private later({ chatKey, attempts }: Update): void {
    const { retryBaseMs, retryMaxMs } = this.settings;
    const wait = Math.min(retryMaxMs, retryBaseMs * 2 ** (attempts.length - 1));
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.busy.delete(chatKey);
      this.go();
    }, wait);
    this.timers.set(timer, chatKey);
  }

  private post({ body }: Update): Promise<number> {
    const { webhook } = this;
    if (!webhook || this.closed) return Promise.resolve(0);
    const bytes = Buffer.from(JSON.stringify(body));
    const secret = webhook.secret === null ? {} : { 'x-telegram-bot-api-secret-token': webhook.secret };
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length, ...secret };
    const { timeoutMs } = this.settings;
    return new Promise((resolve) => {
      const call = request(
        webhook.url,
        { method: 'POST', agent: this.agent, headers, timeout: timeoutMs },
        (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
          response.once('error', () => resolve(0));
        },
      );
      call.once('timeout', () => call.destroy());
      call.once('error', () => resolve(0));
      call.end(bytes);
    });
  }
}
