/** Two write calls in flight at the same time that touched the same record, key or parent. */
export interface Overlap {
  /** `seq` of the earlier call. */
  withSeq: number;
  touched: string[];
}

/** One call as the server saw it. */
export interface JournalEntry {
  seq: number;
  atMs: number;
  method: string;
  path: string;
  query: string;
  /** Request body as sent, '' without one or when it made room for newer ones; secrets of token requests are not kept. */
  body: string;
  /** Status that left the server; 0 when the connection was reset. Undefined while in flight. */
  status?: number;
  /** Effects of injected faults, by kind, with the moment where there are two: `reset:after`. */
  faults: string[];
  /** True when the work was done, even if the answer said otherwise. */
  executed: boolean;
  /** Ids of records and parents, and `Object.Field=key` of upserts, that the call wrote or tried to write. */
  touched: string[];
  overlaps: Overlap[];
}

const BODY_BUDGET = 32_000_000; // UTF-16 units of all bodies kept: a long run with full batches stays below 100 MB

interface WriteInFlight {
  entry: JournalEntry;
  arrivedTick: number;
  finishedTick?: number;
  touched: Set<string>;
}

/**
 * What happened, for assertions, and the detector of overlapping writes. A call is in flight from the arrival of its
 * body to the moment its answer is handed over; logical ticks, not clocks, say what overlapped.
 */
export class Journal {
  private entries: JournalEntry[] = [];
  private inFlight = new Map<JournalEntry, WriteInFlight>();
  private recent: WriteInFlight[] = [];
  private bodyUnits = 0;
  private bodiesDropped = 0;
  private seq = 0;
  private tick = 0;

  /** Keeps the last `capacity` calls. */
  constructor(private readonly capacity: number) {}

  arrive(call: Pick<JournalEntry, 'atMs' | 'method' | 'path' | 'query' | 'body'>): JournalEntry {
    this.seq += 1;
    this.tick += 1;
    const entry: JournalEntry = { seq: this.seq, ...call, faults: [], executed: false, touched: [], overlaps: [] };
    this.keep(entry);
    const write = { entry, arrivedTick: this.tick, touched: new Set<string>() };
    this.inFlight.set(entry, write);
    this.recent.push(write);
    return entry;
  }

  /** Notes that `entry` writes these; returns one that another call still in flight has written, if there is any. */
  touch(entry: JournalEntry, touched: readonly string[]): string | undefined {
    const own = this.inFlight.get(entry);
    if (!own) return undefined;
    let held: string | undefined;
    for (const name of touched) {
      if (own.touched.has(name)) continue;
      own.touched.add(name);
      entry.touched.push(name);
      for (const other of this.recent) {
        if (other === own || !other.touched.has(name) || (other.finishedTick ?? Infinity) < own.arrivedTick) continue;
        noteOverlap(entry, other.entry.seq, name);
        if (other.finishedTick === undefined) held = name;
      }
    }
    return held;
  }

  finish(entry: JournalEntry, status: number): void {
    entry.status = status;
    this.tick += 1;
    const own = this.inFlight.get(entry);
    this.inFlight.delete(entry);
    if (own) own.finishedTick = this.tick;
    const oldest = Math.min(...[...this.inFlight.values()].map(({ arrivedTick }) => arrivedTick));
    this.recent = this.recent.filter(
      ({ finishedTick, touched }) => finishedTick === undefined || (touched.size > 0 && finishedTick >= oldest),
    );
  }

  list(filter: { afterSeq?: number; path?: RegExp } = {}): JournalEntry[] {
    const { afterSeq = 0, path } = filter;
    return this.entries
      .slice(-this.capacity)
      .filter((entry) => entry.seq > afterSeq && (path === undefined || path.test(entry.path)));
  }

  overlaps(): JournalEntry[] {
    return this.list().filter((entry) => entry.overlaps.length > 0);
  }

  clear(): void {
    this.entries = [];
    this.bodyUnits = 0;
    this.bodiesDropped = 0;
  }

  private keep(entry: JournalEntry): void {
    this.entries.push(entry);
    this.bodyUnits += entry.body.length;
    while (this.bodyUnits > BODY_BUDGET || this.entries.length - this.bodiesDropped > this.capacity) {
      const oldest = this.entries[this.bodiesDropped];
      if (!oldest) return;
      this.bodyUnits -= oldest.body.length;
      oldest.body = '';
      this.bodiesDropped += 1;
    }
    if (this.entries.length <= this.capacity * 2) return;
    this.bodiesDropped = Math.max(0, this.bodiesDropped - (this.entries.length - this.capacity));
    this.entries = this.entries.slice(-this.capacity);
  }
}

function noteOverlap(entry: JournalEntry, withSeq: number, name: string): void {
  const overlap = entry.overlaps.find((known) => known.withSeq === withSeq);
  if (overlap) overlap.touched.push(name);
  else entry.overlaps.push({ withSeq, touched: [name] });
}
