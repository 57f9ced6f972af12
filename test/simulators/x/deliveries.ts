import { shuffled } from '../meta/faults';
import { activityBody, type XEvent } from './payloads';
import type { XAppSide } from './app-side';
import { xBytes, xSignature } from './wire';

export interface XDeliverySettings {
  /** Keep events until `flush`. */
  hold: boolean;
  /** Events of one flush leave in random order. */
  shuffle: boolean;
  /** How often each event is delivered in all. */
  copies: number;
  delayMs: number;
  /** Nothing is delivered; what happens meanwhile can be replayed. X promises no retry of its own. */
  outage: boolean;
}

export const X_DELIVERY: XDeliverySettings = { hold: false, shuffle: false, copies: 1, delayMs: 0, outage: false };

interface Addressed {
  webhookId: string;
  url: string;
  body: Buffer;
  at: number;
}

/** Pushes signed events to the webhooks of their subscriptions, once each, and remembers them for a replay. */
export class XDeliveries {
  /** Every POST made; `status` 0 when it got no answer. */
  readonly records: { url: string; body: Buffer; status: number }[] = [];
  private readonly log: Addressed[] = [];
  private held: Addressed[] = [];
  private readonly running = new Set<Promise<void>>();
  private closed = false;

  constructor(
    readonly settings: XDeliverySettings,
    private readonly app: XAppSide,
    private readonly random: () => number,
  ) {}

  send(events: readonly XEvent[]): void {
    const addressed = events.flatMap((event) => this.addressed(event));
    this.log.push(...addressed);
    if (this.settings.outage) return;
    this.held.push(...addressed);
    if (!this.settings.hold) this.flush();
  }

  flush(): void {
    const { shuffle, copies } = this.settings;
    const all = Array.from({ length: copies }, () => this.held).flat();
    this.held = [];
    for (const item of shuffle ? shuffled(all, this.random) : all) this.start(item);
  }

  /** Delivers once more what was told to a webhook between two instants, then says that it is done. */
  replay(webhookId: string, from: number, to: number): string {
    const jobId = this.app.world.nextId();
    const again = this.log.filter((item) => item.webhookId === webhookId && item.at >= from && item.at <= to);
    const url = this.app.webhooks.find(({ id }) => id === webhookId)?.url ?? '';
    const status = {
      webhook_id: webhookId,
      job_state: 'Complete',
      job_state_description: 'Job completed successfully',
      job_id: jobId,
    };
    for (const item of again) this.start(item);
    this.start({ webhookId, url, body: xBytes({ replay_job_status: status }), at: to });
    return jobId;
  }

  /** Delivers bytes as they are, rightly signed unless told otherwise. */
  sendBytes(url: string, body: Buffer, signature?: string): void {
    this.start({ webhookId: '', url, body, at: 0 }, signature);
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  close(): void {
    this.closed = true;
  }

  /** One event goes out once for each subscription to it whose webhook is valid. */
  private addressed(event: XEvent): Addressed[] {
    return this.app.subscriptions.flatMap(({ event_type, filter, tag, webhook_id }) => {
      const webhook = this.app.webhooks.find(({ id, valid }) => id === webhook_id && valid);
      const meant = event_type === event.type && (filter.user_id === undefined || filter.user_id === event.userId);
      if (!webhook || !meant) return [];
      return [{ webhookId: webhook.id, url: webhook.url, body: xBytes(activityBody(event, tag)), at: event.at }];
    });
  }

  private start(item: Addressed, signature?: string): void {
    const work = this.deliver(item, signature ?? xSignature(this.app.settings.appSecret, item.body));
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }

  private async deliver({ url, body }: Addressed, signature: string): Promise<void> {
    const { delayMs } = this.settings;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (this.closed) return;
    const headers = { 'content-type': 'application/json', 'x-twitter-webhooks-signature': signature };
    const signal = AbortSignal.timeout(10_000);
    const status = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), signal }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    this.records.push({ url, body, status });
  }
}
