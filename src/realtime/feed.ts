import type { DomainEvent } from '../outbox/domain-event';

/** Events kept in memory for those who were away for a moment, so that most resumes ask nothing of the database. */
const KEPT = 1_000;
const BATCH = 500;

export interface FeedSource {
  /** Events after `position`, ascending, at most `limit`. */
  after(position: number, limit: number): Promise<DomainEvent[]>;
  /** Each event once, in order, in the very tick in which `cursor` passes it. */
  emit(events: DomainEvent[]): void;
  failed(error: unknown): void;
}

/**
 * The events of one workspace as they pass through this node. There is one reader: wakes only say how far there is to
 * read, so however many come, and from wherever, each row is emitted once and in order.
 */
export class Feed {
  private kept: DomainEvent[] = [];
  private head: number;
  private reading = false;
  private waiters: { position: number; resolve: () => void }[] = [];

  /** @param cursor everything up to here counts as emitted */
  constructor(
    private readonly source: FeedSource,
    public cursor: number,
  ) {
    this.head = cursor;
  }

  /** `since` knows everything after this position. */
  get from(): number {
    return this.cursor - this.kept.length;
  }

  get lag(): number {
    return this.head - this.cursor;
  }

  /** Events after `position`, which must not be before `from`. Positions have no gaps, so it is a slice. */
  since(position: number): DomainEvent[] {
    return this.kept.slice(position - this.from);
  }

  /** There are events up to `head`. */
  wake(head: number): void {
    if (head <= this.head && (this.reading || this.cursor >= this.head)) return;
    this.head = Math.max(this.head, head);
    if (!this.reading) void this.advance();
  }

  /** Resolves when everything up to `position` has been emitted. */
  reached(position: number): Promise<void> {
    if (this.cursor >= position) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiters.push({ position, resolve });
      this.wake(position);
    });
  }

  private async advance(): Promise<void> {
    this.reading = true;
    try {
      while (this.cursor < this.head) {
        const events = await this.source.after(this.cursor, BATCH);
        if (events.length === 0) break;
        this.pass(events);
      }
    } catch (error) {
      this.source.failed(error); // the next wake or poll tries again
    } finally {
      this.reading = false;
    }
  }

  private pass(events: DomainEvent[]): void {
    this.cursor = events.at(-1)!.position;
    this.kept.push(...events);
    if (this.kept.length > 2 * KEPT) this.kept = this.kept.slice(-KEPT);
    this.head = Math.max(this.head, this.cursor);
    this.source.emit(events);
    const ready = this.waiters.filter((each) => each.position <= this.cursor);
    if (ready.length === 0) return;
    this.waiters = this.waiters.filter((each) => each.position > this.cursor);
    for (const waiter of ready) waiter.resolve();
  }
}
