import { request } from 'node:http';
import { shuffled } from '../meta/faults';

export interface PostSettings {
  /** Where events go; null keeps everything (as with `hold`). */
  callbackUrl: string | null;
  /** Keep events until `flush`. */
  hold: boolean;
  /** Most events in one POST. */
  batchSize: number;
  /** Events of one flush leave in random order. */
  shuffle: boolean;
  /** How often each event is delivered in all. */
  copies: number;
  delayMs: number;
  /** Attempts until a POST is given up. */
  maxAttempts: number;
  retryMs: number;
  timeoutMs: number;
}

export const DEFAULT_POSTS: PostSettings = {
  callbackUrl: null,
  hold: false,
  batchSize: 1,
  shuffle: false,
  copies: 1,
  delayMs: 0,
  maxAttempts: 20,
  retryMs: 50,
  timeoutMs: 5000,
};

/** One POST as it is made; asked for at every attempt, since a signature may hold the time. */
export interface OutgoingPost {
  /** Appended to the callback URL. */
  suffix?: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface PostRecord {
  events: number;
  /** HTTP status of each attempt; 0 when there was no answer. */
  statuses: number[];
  answer: string;
  state: 'waiting' | 'delivered' | 'given_up';
}

/** Brings events to a webhook: in batches, again until they are acknowledged, more than once and out of order on request. */
export class Posts<Event> {
  readonly records: PostRecord[] = [];
  private held: Event[] = [];
  private sent: Event[][] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private idleWaiters: (() => void)[] = [];
  private unfinished = 0;
  private closed = false;

  constructor(
    readonly settings: PostSettings,
    private readonly compose: (events: readonly Event[]) => OutgoingPost,
    private readonly random: () => number,
  ) {}

  send(events: readonly Event[]): void {
    this.held.push(...events);
    if (!this.settings.hold && this.settings.callbackUrl !== null) this.flush();
  }

  /** Sends everything that is held, `copies` times. */
  flush(override: Partial<Pick<PostSettings, 'batchSize' | 'shuffle' | 'copies'>> = {}): void {
    if (this.settings.callbackUrl === null) return;
    const { batchSize, shuffle, copies } = { ...this.settings, ...override };
    const events = this.held;
    this.held = [];
    for (let copy = 0; copy < copies; copy++) {
      const ordered = shuffle || copy > 0 ? shuffled(events, this.random) : events;
      for (let from = 0; from < ordered.length; from += batchSize) this.start(ordered.slice(from, from + batchSize));
    }
  }

  /** Everything that was ever sent, once more. */
  redeliver(): void {
    const again = this.sent;
    this.sent = [];
    for (const events of again) this.start(events);
  }

  /** What is held is lost for the webhook, as when a network gives up. */
  drop(): void {
    this.held = [];
  }

  /** Resolves when nothing is on its way any more; held events do not count. */
  async idle(): Promise<void> {
    if (this.unfinished > 0) await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const wake of this.idleWaiters.splice(0)) wake();
  }

  private start(events: Event[]): void {
    const record: PostRecord = { events: events.length, statuses: [], answer: '', state: 'waiting' };
    this.records.push(record);
    this.sent.push(events);
    this.unfinished += 1;
    this.later(this.settings.delayMs, record, events);
  }

  private later(ms: number, record: PostRecord, events: readonly Event[]): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.attempt(record, events);
    }, ms);
    this.timers.add(timer);
  }

  private async attempt(record: PostRecord, events: readonly Event[]): Promise<void> {
    const { status, answer } = await this.post(this.compose(events));
    if (this.closed) return;
    record.statuses.push(status);
    record.answer = answer;
    if (status >= 200 && status < 300) this.finish(record, 'delivered');
    else if (record.statuses.length >= this.settings.maxAttempts) this.finish(record, 'given_up');
    else this.later(this.settings.retryMs, record, events);
  }

  private finish(record: PostRecord, state: PostRecord['state']): void {
    record.state = state;
    this.unfinished -= 1;
    if (this.unfinished > 0) return;
    for (const wake of this.idleWaiters.splice(0)) wake();
  }

  private post({ suffix = '', headers, body }: OutgoingPost): Promise<{ status: number; answer: string }> {
    const { callbackUrl, timeoutMs } = this.settings;
    if (callbackUrl === null) return Promise.resolve({ status: 0, answer: '' });
    return new Promise((resolve) => {
      const options = { method: 'POST', timeout: timeoutMs, headers: { ...headers, 'content-length': body.length } };
      const failed = () => resolve({ status: 0, answer: '' });
      const call = request(callbackUrl + suffix, options, (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (answer += part));
        response.once('end', () => resolve({ status: response.statusCode ?? 0, answer }));
        response.once('error', failed);
      });
      call.once('timeout', () => call.destroy());
      call.once('error', failed);
      call.end(body);
    });
  }
}
