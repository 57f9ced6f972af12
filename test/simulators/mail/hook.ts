import { createHmac } from 'node:crypto';
import { request } from 'node:http';

export interface HookSettings {
  callbackUrl: string;
  secret: string;
  /** `raw`: the mail itself. `json`: `{"mime": "<base64>"}`. `basic`: raw, with a password instead of a signature. */
  form?: 'raw' | 'json' | 'basic';
  maxAttempts?: number;
  retryMs?: number;
}

export interface HookDelivery {
  source: Buffer;
  /** HTTP status of each attempt; 0 when there was no answer. */
  attempts: number[];
}

/** Hands every mail to a callback, signed, until it is acknowledged: what a mail service's inbound hook does. */
export class Hook {
  readonly deliveries: HookDelivery[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private running = 0;
  private waiters: (() => void)[] = [];
  private closed = false;

  constructor(readonly settings: HookSettings) {}

  deliver(source: Buffer): void {
    const delivery = { source, attempts: [] };
    this.deliveries.push(delivery);
    this.running += 1;
    void this.attempt(delivery);
  }

  /** Once more, byte for byte. */
  redeliver(): void {
    const sources = this.deliveries.map(({ source }) => source);
    for (const source of sources) this.deliver(source);
  }

  async idle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.finish(this.running);
  }

  private async attempt(delivery: HookDelivery): Promise<void> {
    const { maxAttempts = 20, retryMs = 50 } = this.settings;
    const status = await this.post(delivery.source);
    delivery.attempts.push(status);
    if (this.closed) return;
    if (status === 200 || delivery.attempts.length >= maxAttempts) return this.finish(1);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.attempt(delivery);
    }, retryMs);
    this.timers.add(timer);
  }

  private finish(count: number): void {
    this.running -= count;
    if (this.running > 0) return;
    for (const wake of this.waiters.splice(0)) wake();
  }

  private post(source: Buffer): Promise<number> {
    const { callbackUrl, secret, form = 'raw' } = this.settings;
    const body = form === 'json' ? Buffer.from(JSON.stringify({ mime: source.toString('base64') })) : source;
    const proof =
      form === 'basic'
        ? { authorization: `Basic ${Buffer.from(`hook:${secret}`).toString('base64')}` }
        : { 'x-pasokh-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
    const headers = { 'content-type': form === 'json' ? 'application/json' : 'message/rfc822', ...proof };
    return new Promise((resolve) => {
      const call = request(callbackUrl, { method: 'POST', headers, timeout: 5000 }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', () => resolve(0));
      });
      call.once('timeout', () => call.destroy());
      call.once('error', () => resolve(0));
      call.end(body);
    });
  }
}
