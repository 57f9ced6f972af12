import { Agent, request } from 'node:http';
import { shuffled } from './faults';
import { envelope, type WebhookEvent } from './events';
import { metaBytes, metaSignature } from './wire';

export interface DeliverySettings {
  /** Where webhooks go; null keeps everything (as with `hold`). */
  callbackUrl: string | null;
  /** Keep events until `flush`. */
  hold: boolean;
  /** Most events in one POST. */
  batchSize: number;
  /** How long an event waits for company when `batchSize` is above 1. */
  batchWaitMs: number;
  /** Events of one flush leave in random order. */
  shuffle: boolean;
  /** How often each event is delivered in all; repeats are cut into other batches. */
  copies: number;
  delayMs: number;
  /** Attempts until a delivery is given up; Meta goes on for 36 hours. */
  maxAttempts: number;
  retryBaseMs: number;
  retryMaxMs: number;
  timeoutMs: number;
  concurrency: number;
}

export const DEFAULT_DELIVERY: DeliverySettings = {
  callbackUrl: null,
  hold: false,
  batchSize: 1,
  batchWaitMs: 20,
  shuffle: false,
  copies: 1,
  delayMs: 0,
  maxAttempts: 40,
  retryBaseMs: 50,
  retryMaxMs: 2000,
  timeoutMs: 5000,
  concurrency: 16,
};

export interface DeliveryRecord {
  id: number;
  /** True for a redelivery that was asked for (`copies`), not for a retry. */
  repeat: boolean;
  events: number;
  body: Buffer;
  signature: string;
  createdAt: number;
  /** `status` is the HTTP status, or 0 when the connection failed or timed out. */
  attempts: { at: number; status: number; ms: number }[];
  state: 'waiting' | 'delivered' | 'given_up';
}

/** Sends signed webhook POSTs, retries them until they are acknowledged, and remembers every attempt. */
export class Deliveries {
  readonly records: DeliveryRecord[] = [];
  private held: WebhookEvent[] = [];
  private batchTimer: NodeJS.Timeout | null = null;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly queue: (() => void)[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private idleWaiters: (() => void)[] = [];
  private active = 0;
  private unfinished = 0;
  private closed = false;

  constructor(
    readonly settings: DeliverySettings,
    private readonly appSecret: () => string,
    private readonly now: () => number,
    private readonly random: () => number,
  ) {}

  /** Hands events over for delivery under the current settings. */
  send(events: readonly WebhookEvent[]): void {
    this.held.push(...events);
    if (this.settings.hold || this.settings.callbackUrl === null) return;
    if (this.settings.batchSize <= 1 || this.held.length >= this.settings.batchSize) this.flush();
    else this.batchTimer ??= setTimeout(() => this.flush(), this.settings.batchWaitMs);
  }

  /** Delivers at once, past any hold, and resolves when the first attempt of each POST has ended. */
  async sendNow(events: readonly WebhookEvent[]): Promise<void> {
    await Promise.all(this.cut(events, 1, false).map((record) => this.start(record)));
  }

  /** Delivers bytes as they are, for payloads the simulator has no action for. */
  sendBytes(body: Buffer, signature = metaSignature(this.appSecret(), body)): void {
    void this.start(this.record(body, signature, 1, false));
  }

  /** Sends everything that is held, `settings.copies` times. */
  flush(override: Partial<Pick<DeliverySettings, 'batchSize' | 'shuffle' | 'copies'>> = {}): void {
    if (this.batchTimer) clearTimeout(this.batchTimer);
    this.batchTimer = null;
    if (this.settings.callbackUrl === null) return;
    const { batchSize, shuffle, copies } = { ...this.settings, ...override };
    const events = this.held;
    this.held = [];
    const ordered = shuffle ? shuffled(events, this.random) : events;
    for (const record of this.cut(ordered, batchSize, false)) this.later(record);
    for (let copy = 1; copy < copies; copy++) {
      const again = shuffled(events, this.random);
      for (const record of this.cut(again, Math.max(1, batchSize - copy), true)) this.later(record);
    }
  }

  /** Delivers POSTs already sent once more, byte for byte: the ones with these ids, or all of them. */
  redeliver(ids?: readonly number[]): void {
    const chosen = ids === undefined ? [...this.records] : this.records.filter(({ id }) => ids.includes(id));
    for (const { body, signature, events } of chosen) this.later(this.record(body, signature, events, true));
  }

  /** Resolves when nothing is on its way any more; held events do not count. */
  async idle(): Promise<void> {
    if (this.unfinished === 0 && this.batchTimer === null) return;
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  get heldCount(): number {
    return this.held.length;
  }

  close(): void {
    this.closed = true;
    if (this.batchTimer) clearTimeout(this.batchTimer);
    for (const timer of this.timers) clearTimeout(timer);
    this.agent.destroy();
    for (const wake of this.idleWaiters.splice(0)) wake();
  }

  /** One POST holds events of one object only. */
  private cut(events: readonly WebhookEvent[], size: number, repeat: boolean): DeliveryRecord[] {
    const batches: WebhookEvent[][] = [];
    for (const object of ['page', 'instagram', 'whatsapp_business_account'] as const) {
      const ofObject = events.filter((event) => event.object === object);
      for (let from = 0; from < ofObject.length; from += size) batches.push(ofObject.slice(from, from + size));
    }
    return batches.map((batch) => {
      const body = metaBytes(envelope(batch, this.now()));
      return this.record(body, metaSignature(this.appSecret(), body), batch.length, repeat);
    });
  }

  private record(body: Buffer, signature: string, events: number, repeat: boolean): DeliveryRecord {
    const record: DeliveryRecord = {
      id: this.records.length + 1,
      repeat,
      events,
      body,
      signature,
      createdAt: this.now(),
      attempts: [],
      state: 'waiting',
    };
    this.records.push(record);
    this.unfinished += 1;
    return record;
  }

  private later(record: DeliveryRecord): void {
    if (this.settings.delayMs === 0) void this.start(record);
    else this.after(this.settings.delayMs, () => void this.start(record));
  }

  private after(ms: number, work: () => void): void {
    if (this.closed) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, ms);
    this.timers.add(timer);
  }

  /** One attempt; a failed one plans the next by itself. */
  private async start(record: DeliveryRecord): Promise<void> {
    await this.slot();
    if (this.closed) return;
    const at = this.now();
    const started = performance.now();
    const status = await this.post(record);
    this.release();
    record.attempts.push({ at, status, ms: Math.round(performance.now() - started) });
    if (status === 200) return this.finish(record, 'delivered');
    if (record.attempts.length >= this.settings.maxAttempts) return this.finish(record, 'given_up');
    const { retryBaseMs, retryMaxMs } = this.settings;
    const wait = Math.min(retryMaxMs, retryBaseMs * 2 ** (record.attempts.length - 1));
    this.after(wait, () => void this.start(record));
  }

  private finish(record: DeliveryRecord, state: 'delivered' | 'given_up'): void {
    record.state = state;
    this.unfinished -= 1;
    if (this.unfinished > 0) return;
    for (const wake of this.idleWaiters.splice(0)) wake();
  }

  private async slot(): Promise<void> {
    if (this.active < this.settings.concurrency) {
      this.active += 1;
      return;
    }
    await new Promise<void>((resolve) => this.queue.push(resolve));
  }

  /** The slot passes straight to the next in line. */
  private release(): void {
    const next = this.queue.shift();
    if (next) next();
    else this.active -= 1;
  }

  private post({ body, signature }: DeliveryRecord): Promise<number> {
    const { callbackUrl, timeoutMs } = this.settings;
    if (callbackUrl === null) return Promise.resolve(0);
    return new Promise((resolve) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': body.length,
        'user-agent': 'facebookexternalua',
        'x-hub-signature-256': signature,
      };
      const call = request(
        callbackUrl,
        { method: 'POST', agent: this.agent, headers, timeout: timeoutMs },
        (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
          response.once('error', () => resolve(0));
        },
      );
      call.once('timeout', () => call.destroy());
      call.once('error', () => resolve(0));
      call.end(body);
    });
  }
}
