import type { Pending } from './thread';

export interface StoredSession {
  token: string;
  /** The site's id of the user; null for an anonymous visitor. */
  user: string | null;
}

interface Stored {
  session: StoredSession | null;
  pending: Pending[];
  readSeq: number;
  emailLeft: boolean;
}

const nothing = (): Stored => ({ session: null, pending: [], readSeq: 0, emailLeft: false });

/**
 * What this browser remembers of the conversation. Where storage is blocked (third-party frames often), memory stands
 * in until the page goes; no cookie is needed either way.
 */
export class Storage {
  private memory = nothing();
  private readonly key: string;

  constructor(inboxId: string) {
    this.key = `pasokh.chat.${inboxId}`;
  }

  read(): Stored {
    try {
      const text = localStorage.getItem(this.key);
      return text === null ? this.memory : { ...nothing(), ...(JSON.parse(text) as Partial<Stored>) };
    } catch {
      return this.memory;
    }
  }

  write(change: Partial<Stored>): void {
    this.memory = { ...this.read(), ...change };
    try {
      localStorage.setItem(this.key, JSON.stringify(this.memory));
    } catch {
      // memory has it
    }
  }

  /** Puts one pending message beside those of other tabs, or takes it away. */
  keepPending(message: Pending): void {
    this.write({ pending: [...this.read().pending.filter(({ clientId }) => clientId !== message.clientId), message] });
  }

  dropPending(clientId: string): void {
    this.write({ pending: this.read().pending.filter((each) => each.clientId !== clientId) });
  }

  clear(): void {
    this.memory = nothing();
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was there
    }
  }
}
