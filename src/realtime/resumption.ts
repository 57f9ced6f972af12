import { Injectable } from '@nestjs/common';
import { EventReader } from '../outbox/event-reader';
import { DomainError } from '../platform/errors';
import type { Connection } from './connection';
import type { Feed } from './feed';
import { Gate } from './gate';
import { MissedEvents } from './missed-events';
import { resumes } from './realtime.metrics';
import { Relay } from './relay';

/** More than this is refetched faster than replayed. */
export const MISSED_LIMIT = 5_000;
/** However few of them are the caller's: further back than this nobody searches. */
const SEARCH_LIMIT = 50_000;
const PAGE = 500;
const READERS = 8; // at once on this node: thousands who come back together must not take ingest's connections
const BACKLOG_LIMIT = 256 * 1024;
const DRAIN_MS = 30_000;

/**
 * Brings a socket from where it was to now, each event of its rooms once and in order, with nothing for the client to
 * sort out. While it catches up it is in no room. It reads up to where the relay stood before the query, so what the
 * relay emits meanwhile lies strictly behind what was read; the last stretch comes from the feed's memory in the same
 * tick in which the socket enters its rooms. No event can fall between those two, and none can come twice.
 */
@Injectable()
export class Resumption {
  private readonly gate = new Gate(READERS);

  constructor(
    private readonly relay: Relay,
    private readonly reader: EventReader,
    private readonly missed: MissedEvents,
  ) {}

  /** @param after last position the client has, null to start at the head */
  async resume(connection: Connection, after: number | null): Promise<{ head: number; resync?: true }> {
    const turn = ++connection.turn;
    connection.fallSilent('catching_up');
    const feed = await this.relay.follow(connection.workspaceId);
    this.stillWanted(connection, turn);
    if (after === null) return this.enter(connection, feed, feed.cursor, 'head');
    if (after > feed.cursor) {
      // another node, or an answer over HTTP, was ahead of this node's relay
      const head = await this.reader.head(connection.workspaceId);
      if (after <= head) await feed.reached(after);
      this.stillWanted(connection, turn);
      if (after > head) return this.resync(connection, feed);
    }
    let cursor = after;
    let count = 0;
    while (cursor < feed.from) {
      const stretch = { from: cursor, to: feed.cursor };
      if (stretch.to - stretch.from > SEARCH_LIMIT) return this.resync(connection, feed);
      const page = await this.gate.run(() =>
        this.missed.read(connection.workspaceId, stretch.from, stretch.to, connection.rooms, PAGE),
      );
      this.stillWanted(connection, turn);
      count += page.events.length;
      if (!page.unbroken || count > MISSED_LIMIT) return this.resync(connection, feed);
      connection.send(page.events);
      cursor = page.upTo;
      await this.drained(connection);
      this.stillWanted(connection, turn);
    }
    return this.enter(connection, feed, cursor, 'caught_up');
  }

  /** Everything after `cursor` from memory, then into the rooms: one tick. */
  private enter(connection: Connection, feed: Feed, cursor: number, outcome: 'head' | 'caught_up'): { head: number } {
    const rooms = new Set(connection.rooms);
    connection.send(feed.since(cursor).filter((event) => event.audience.some((each) => rooms.has(each))));
    connection.goLive();
    resumes.inc({ outcome });
    return { head: feed.cursor };
  }

  private resync(connection: Connection, feed: Feed): { head: number; resync: true } {
    connection.socket.emit('resync', { head: feed.cursor });
    connection.goLive();
    resumes.inc({ outcome: 'resync' });
    return { head: feed.cursor, resync: true };
  }

  private stillWanted(connection: Connection, turn: number): void {
    if (connection.turn === turn && connection.phase === 'catching_up') return;
    resumes.inc({ outcome: 'superseded' });
    throw new DomainError('conflict', 'A later resume, or the end of the connection, overtook this one.');
  }

  /** A client that reads slowly is read for slowly; one that does not read is let go. */
  private async drained(connection: Connection): Promise<void> {
    const deadline = performance.now() + DRAIN_MS;
    while (connection.phase === 'catching_up' && connection.backlog > BACKLOG_LIMIT) {
      if (performance.now() > deadline) connection.abandon();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
