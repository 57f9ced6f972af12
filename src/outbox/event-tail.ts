import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database';
import type { DomainEvent } from './domain-event';
import { EventReader } from './event-reader';

const AT_ONCE = 400; // events of one read
const KEPT = 2_000; // events of one workspace
const KEPT_IN_ALL = 20_000; // some 30 MB
const FORGOTTEN_AFTER_MS = 10_000;

interface Tail {
  /** The position after which it begins. */
  from: number;
  events: DomainEvent[];
  /** The highest position known to be committed. */
  head: number;
  read: boolean;
  reading?: Promise<void>;
  usedAt: number;
}

/** A stretch of a workspace's events, all types; `last` is the position it reaches. */
export interface Stretch {
  events: readonly DomainEvent[];
  last: number;
  /** More is known to be committed. */
  more: boolean;
}

/**
 * The newest events of the workspaces in use, read once for all subscribers of this process. Events never change and
 * their positions have no gaps, so what was read stays true; what is handed out is frozen, since all share it.
 */
@Injectable()
export class EventTail {
  private readonly tails = new Map<string, Tail>();

  constructor(
    private readonly database: Database,
    private readonly reader: EventReader,
  ) {}

  /** Something is committed up to here. */
  reaches(workspaceId: string, head: number): void {
    const tail = this.tails.get(workspaceId);
    if (tail && tail.head < head) tail.head = head;
  }

  /**
   * Up to `most` events after `position`.
   * @returns undefined when that is further back than is kept, or cannot be read: the caller reads by itself
   */
  async after(workspaceId: string, position: number, most: number): Promise<Stretch | undefined> {
    let tail = this.tails.get(workspaceId);
    if (!tail || lastOf(tail) + KEPT < position) {
      tail = { from: position, events: [], head: position, read: false, usedAt: 0 };
      this.tails.set(workspaceId, tail);
    }
    tail.usedAt = performance.now();
    if (position < tail.from) return undefined;
    if (!tail.read || lastOf(tail) < Math.min(position + most, tail.head)) {
      tail.reading ??= this.extend(workspaceId, tail).finally(() => delete tail.reading);
      try {
        await tail.reading;
      } catch {
        return undefined;
      }
    }
    const skipped = position - tail.from;
    if (skipped < 0) return undefined; // cut off while we waited
    const events = tail.events.slice(skipped, skipped + most);
    const last = position + events.length;
    if (events.length === 0 && tail.head > position) return undefined; // gone by retention
    return { events, last, more: last < Math.max(tail.head, lastOf(tail)) };
  }

  /** Forgets workspaces in which nothing happens, and the least used when there are too many. */
  tidy(): void {
    const now = performance.now();
    let kept = 0;
    for (const [id, tail] of [...this.tails].toSorted(([, a], [, b]) => b.usedAt - a.usedAt)) {
      kept += tail.events.length;
      const idle = now - tail.usedAt > FORGOTTEN_AFTER_MS;
      if (!tail.reading && (idle || kept > KEPT_IN_ALL)) this.tails.delete(id);
    }
  }

  private async extend(workspaceId: string, tail: Tail): Promise<void> {
    const read = await this.database.statement((tx) => this.reader.read(tx, workspaceId, lastOf(tail), AT_ONCE));
    for (const event of read) {
      if (event.position !== lastOf(tail) + 1) {
        tail.from = event.position - 1; // those before are gone by retention
        tail.events = [];
      }
      tail.events.push(Object.freeze({ ...event, data: Object.freeze(event.data) }));
    }
    tail.read = true;
    tail.head = Math.max(tail.head, lastOf(tail));
    const over = tail.events.length - KEPT;
    if (over <= 0) return;
    tail.events.splice(0, over);
    tail.from += over;
  }
}

const lastOf = (tail: Tail): number => tail.from + tail.events.length;
