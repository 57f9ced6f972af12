import type { SentFile } from './attachments';
import type { KeyValueStore, Mode } from './drafts';

/** `stale`: held back once because somebody wrote meanwhile; its text is in the draft again. */
export type OutgoingState = 'sending' | 'failed' | 'stale';

/** One attempt to send. `key` is its Idempotency-Key: a retry reuses it, so the customer never reads the text twice. */
export interface Outgoing {
  key: string;
  conversationId: string;
  ticketId: string;
  mode: Mode;
  text: string;
  /** Files uploaded for it. */
  files?: readonly SentFile[];
  /** The writer agreed to several messages. */
  split?: boolean;
  /** An approved text of the network, of which `text` is the reading. */
  template?: { name: string; language: string; values: string[] };
  seenMessageId: string | null;
  statusAfter: 'pending' | 'solved' | null;
  writtenAt: number;
  state: OutgoingState;
  /** The server's code for the refusal, or "unreachable". */
  problem: string | null;
  /** The server's own words for it: for scripts, and in the languages of its readers. */
  problemText?: string;
  problemWords?: { fa: string; en: string };
  /** The messages that made it stale, as the server sent them. */
  newer?: unknown[];
}

const STORE_KEY = 'pasokh.outgoing';

/**
 * What was sent and not yet confirmed. It survives a reload: whatever was under way then comes back as failed, to be
 * retried with the same key or taken back, and is never dropped silently.
 */
export class OutgoingBox {
  private entries: readonly Outgoing[];
  private readonly listeners = new Set<() => void>();

  constructor(private readonly store: KeyValueStore | null) {
    this.entries = this.kept().map((entry) =>
      entry.state === 'sending' ? { ...entry, state: 'failed', problem: 'interrupted' } : entry,
    );
  }

  /** All entries, oldest first; the same array until something changes. */
  all = (): readonly Outgoing[] => this.entries;

  find(key: string): Outgoing | undefined {
    return this.entries.find((entry) => entry.key === key);
  }

  add(entry: Outgoing): void {
    this.save([...this.entries, entry]);
  }

  update(key: string, change: Partial<Outgoing>): void {
    this.save(this.entries.map((entry) => (entry.key === key ? { ...entry, ...change } : entry)));
  }

  remove(key: string): void {
    this.save(this.entries.filter((entry) => entry.key !== key));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private save(entries: readonly Outgoing[]): void {
    this.entries = entries;
    try {
      if (entries.length) this.store?.setItem(STORE_KEY, JSON.stringify(entries));
      else this.store?.removeItem(STORE_KEY);
    } catch {
      // A full or forbidden store costs the reload, not the sending.
    }
    this.listeners.forEach((tell) => tell());
  }

  private kept(): Outgoing[] {
    try {
      const value: unknown = JSON.parse(this.store?.getItem(STORE_KEY) ?? '[]');
      return Array.isArray(value) ? (value as Outgoing[]) : [];
    } catch {
      return [];
    }
  }
}
