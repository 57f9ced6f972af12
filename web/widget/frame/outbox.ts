import { type Api, Refused } from './api';
import { backoffMs, sleep } from './backoff';
import type { Identity } from './identity';
import type { Storage } from './storage';
import type { Message, Pending, Thread } from './thread';

const GIVE_UP_MS = 10 * 60_000; // then the visitor decides

export interface OutboxListener {
  /** What is pending has changed. */
  changed(): void;
  stored(message: Message): void;
  /** Too fast: the message waits. */
  busy(): void;
  refused(reason: string): void;
}

/** Sends one message after the other, each under the same id until it is known to be stored. */
export class Outbox {
  private running = false;

  constructor(
    private readonly api: Api,
    private readonly identity: Identity,
    private readonly storage: Storage,
    private readonly thread: Thread,
    private readonly listener: OutboxListener,
  ) {}

  /** Takes up what an earlier page could not send. */
  restore(): void {
    this.thread.pending = [...this.storage.read().pending];
    void this.run();
  }

  add(text: string): void {
    this.update({ clientId: newId(), text, at: Date.now(), state: 'sending' });
    void this.run();
  }

  again(pending: Pending): void {
    this.update({ ...pending, at: Date.now(), state: 'sending' });
    void this.run();
  }

  discard({ clientId }: Pending): void {
    this.storage.dropPending(clientId);
    this.thread.settle(clientId);
    this.listener.changed();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let failures = 0;
    for (let next = this.next(); next; next = this.next()) {
      const wait = await this.send(next, failures);
      failures = wait === null ? 0 : failures + 1;
      if (wait !== null) await sleep(wait);
    }
    this.running = false;
  }

  private next(): Pending | undefined {
    return this.thread.pending.find(({ state }) => state === 'sending');
  }

  /** @returns how long to wait before another try, or null when this one is settled, either way */
  private async send(pending: Pending, failures: number): Promise<number | null> {
    // the visitor may discard it or sign out while it is on its way
    const isWanted = () => this.thread.pending.some(({ clientId }) => clientId === pending.clientId);
    try {
      const message = await this.identity.using((token) => this.api.post(token, pending.clientId, pending.text));
      this.storage.dropPending(pending.clientId);
      if (isWanted()) this.listener.stored(message);
      return null;
    } catch (error) {
      if (!isWanted()) return null;
      const refused = error instanceof Refused ? error : new Refused(0, String(error));
      if (refused.passing && Date.now() - pending.at < GIVE_UP_MS) {
        if (refused.status === 429) this.listener.busy();
        return refused.retryAfterMs ?? backoffMs(failures + 1);
      }
      this.update({ ...pending, state: 'failed' });
      this.listener.refused(refused.reason);
      return null;
    }
  }

  private update(pending: Pending): void {
    const { pending: before } = this.thread;
    const isKnown = before.some(({ clientId }) => clientId === pending.clientId);
    this.thread.pending = isKnown
      ? before.map((each) => (each.clientId === pending.clientId ? pending : each))
      : [...before, pending];
    this.storage.keepPending(pending);
    this.listener.changed();
  }
}

/** A version-4 UUID; `crypto.randomUUID` is missing on pages without TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
