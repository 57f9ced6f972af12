export interface Message {
  id: string;
  seq: number;
  clientId: string | null;
  author: { type: 'visitor' | 'agent' | 'bot'; name: string | null };
  text: string;
  createdAt: string;
  version: number;
  deleted: boolean;
}

/** Written here and not known to be stored. It keeps its id however often it is sent. */
export interface Pending {
  clientId: string;
  text: string;
  at: number;
  state: 'sending' | 'failed';
}

/**
 * The conversation as this tab knows it. Messages come by HTTP, by socket and from other tabs, in any order and more
 * than once; what is shown is the same in the end.
 */
export class Thread {
  private readonly messages = new Map<string, Message>();
  pending: Pending[] = [];

  get lastSeq(): number {
    return Math.max(0, ...[...this.messages.values()].map(({ seq }) => seq));
  }

  get sorted(): Message[] {
    return [...this.messages.values()].toSorted((a, b) => a.seq - b.seq);
  }

  /** @returns what is new to this tab, not what changed */
  merge(arrived: readonly Message[]): Message[] {
    const fresh: Message[] = [];
    for (const message of arrived) {
      const known = this.messages.get(message.id);
      if (!known) fresh.push(message);
      if (!known || isNewer(message, known)) this.messages.set(message.id, message);
      if (message.clientId) this.settle(message.clientId);
    }
    return fresh;
  }

  settle(clientId: string): void {
    this.pending = this.pending.filter((each) => each.clientId !== clientId);
  }

  /** Answers after a place the visitor has read. */
  unreadAfter(seq: number): number {
    return this.sorted.filter((message) => message.seq > seq && message.author.type !== 'visitor' && !message.deleted)
      .length;
  }

  clear(): void {
    this.messages.clear();
  }
}

/** A deletion is final; otherwise the higher version is the truth. */
const isNewer = (a: Message, b: Message) => !b.deleted && (a.deleted || a.version > b.version);
