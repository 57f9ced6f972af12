import { createHmac } from 'node:crypto';
import { shuffled } from '../meta/faults';
import type { Notification, World } from './world';

export interface DeliverySettings {
  /** Keep notifications until `flush`. */
  hold: boolean;
  /** Text and author travel along. */
  decorated: boolean;
  shuffle: boolean;
  /** How often each delivery is posted in all. */
  copies: number;
  delayMs: number;
  /** LinkedIn tries every five minutes for eight hours; here every `retryMs`. */
  maxAttempts: number;
  retryMs: number;
}

export interface DeliveryRecord {
  url: string;
  body: Buffer;
  signature: string;
  /** HTTP statuses of the attempts, 0 when there was no answer. */
  attempts: number[];
}

const BATCH = 10; // linkedin.md §4

/** `X-LI-Signature` of these bytes. */
export const linkedInSignature = (secret: string, body: Buffer) =>
  createHmac('sha256', secret)
    .update(Buffer.concat([Buffer.from('hmacsha256='), body]))
    .digest('hex');

/** Pushes notifications to whatever address the page's subscription names. */
export class Deliveries {
  readonly records: DeliveryRecord[] = [];
  private held: Notification[] = [];
  private readonly running = new Set<Promise<void>>();
  private closed = false;

  constructor(
    readonly settings: DeliverySettings,
    private readonly world: World,
    private readonly secret: string,
    private readonly random: () => number,
  ) {}

  send(notification: Notification): void {
    this.held.push(notification);
    if (!this.settings.hold) this.flush();
  }

  /** What is not subscribed, or no longer, is never pushed: only a pull brings it. */
  flush(): void {
    const { shuffle, copies, decorated } = this.settings;
    const waiting = shuffle ? shuffled(this.held, this.random) : this.held;
    this.held = [];
    const subscription = [...this.world.subscriptions.values()].find(({ expiresAt }) => expiresAt > this.world.now());
    if (!subscription || !this.world.administrator) return;
    for (let from = 0; from < waiting.length; from += BATCH) {
      const notifications = waiting.slice(from, from + BATCH).map((one) => this.world.wire(one, decorated));
      const body = Buffer.from(JSON.stringify({ type: 'ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS', notifications }));
      for (let copy = 0; copy < copies; copy++) this.post(subscription.webhook, body);
    }
  }

  redeliver(): void {
    for (const { url, body } of this.records.slice()) this.post(url, body);
  }

  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.idle();
  }

  private post(url: string, body: Buffer): void {
    const record: DeliveryRecord = { url, body, signature: linkedInSignature(this.secret, body), attempts: [] };
    this.records.push(record);
    const run = this.attempts(record).finally(() => this.running.delete(run));
    this.running.add(run);
  }

  private async attempts(record: DeliveryRecord): Promise<void> {
    const { delayMs, maxAttempts, retryMs } = this.settings;
    if (delayMs > 0) await pause(delayMs);
    for (let attempt = 0; attempt < maxAttempts && !this.closed; attempt++) {
      if (attempt > 0) await pause(retryMs);
      // one attempt follows the failure of the one before
      const status = await fetch(record.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-li-signature': record.signature },
        body: new Uint8Array(record.body),
        signal: AbortSignal.timeout(5000),
      })
        .then((answer) => answer.status)
        .catch(() => 0);
      record.attempts.push(status);
      if (status >= 200 && status < 300) return;
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
