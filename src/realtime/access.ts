import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessChanges } from '../identity/access-changes';
import { canSeeTicket } from '../identity/principal';
import { Sessions } from '../identity/sessions';
import { type DomainEvent, isEvent } from '../outbox/domain-event';
import { LOGGER } from '../platform/logger';
import type { Connection } from './connection';
import { LocalSockets } from './local-sockets';
import { RedisLink } from './redis-link';
import { Relay } from './relay';
import { TicketSight } from './ticket-sight';
import { Watchers } from './watchers';

const ROUND_MS = 30_000; // the net under the announcements, and what ends expired sessions
const AGAIN_MS = 500;
const SLICE = 500;
const CHANNEL = 'access';

/**
 * Keeps open sockets to what their agents may see now. A change of role, teams, session or token counts at once on this
 * node, over Redis on the others, and everywhere at the next round.
 */
@Injectable()
export class RealtimeAccess implements OnApplicationBootstrap, OnModuleDestroy {
  /** Grows with each change heard of: a handshake that overlaps one is asked again. */
  changes = 0;
  private moves = 0;
  private readonly doubtful = new Set<Connection>();
  private asking = false;
  private timer?: NodeJS.Timeout;
  private stopListening?: () => void;
  private stopped = false;

  constructor(
    private readonly sockets: LocalSockets,
    private readonly sessions: Sessions,
    private readonly announced: AccessChanges,
    private readonly sight: TicketSight,
    private readonly relay: Relay,
    private readonly watchers: Watchers,
    private readonly redis: RedisLink,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.stopListening = this.announced.onChanged((change) => {
      this.refresh(change.workspaceId, change.agentId);
      this.redis.publish(CHANNEL, JSON.stringify(change));
    });
    this.redis.listen(CHANNEL, (message) => {
      const { workspaceId, agentId } = JSON.parse(message) as { workspaceId: string; agentId: string };
      this.refresh(workspaceId, agentId);
    });
    this.relay.onEmitted((workspaceId, events) => this.ticketsMoved(workspaceId, events));
    this.timer = setInterval(() => this.doubt(this.sockets.all()), ROUND_MS);
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearInterval(this.timer);
    this.stopListening?.();
  }

  /** Asks again for an agent's open sockets: its rights may have changed. */
  refresh(workspaceId: string, agentId: string): void {
    this.changes += 1;
    this.doubt(this.sockets.ofAgent(workspaceId, agentId));
  }

  doubt(connections: Iterable<Connection>): void {
    for (const connection of connections) this.doubtful.add(connection);
    if (!this.asking && this.doubtful.size > 0) void this.askAll();
  }

  private async askAll(): Promise<void> {
    this.asking = true;
    while (this.doubtful.size > 0 && !this.stopped) {
      const slice = [...this.doubtful].slice(0, SLICE);
      for (const connection of slice) this.doubtful.delete(connection); // doubted meanwhile: asked once more
      try {
        await this.ask(slice);
      } catch (error) {
        this.log.warn({ event: 'realtime.recheck_failed', err: error }, 'asking again who may listen');
        for (const connection of slice) if (connection.phase !== 'gone') this.doubtful.add(connection);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
    this.asking = false;
  }

  private async ask(connections: readonly Connection[]): Promise<void> {
    const good = await this.sessions.recheck(connections.map((each) => each.authentication));
    for (const connection of connections) {
      const now = good.get(connection.authentication.tokenHash.toString('hex'));
      if (!now) {
        connection.cut();
        continue;
      }
      const opened = [...connection.tickets];
      if (!connection.becomes(now)) continue;
      await this.open(connection, opened);
      this.watchers.checkOpen(connection);
      const feed = await this.relay.follow(connection.workspaceId);
      if (connection.phase === 'live') connection.socket.emit('resync', { head: feed.cursor });
    }
  }

  /**
   * Opens those of the tickets that may be seen. An answer that was overtaken, by a move of some ticket or a change of
   * who asks, is asked for again: what was read before the move must not open what was closed by it.
   * @returns whether all were opened
   */
  async open(connection: Connection, ticketIds: readonly string[]): Promise<boolean> {
    for (;;) {
      const { moves } = this;
      const { authentication } = connection;
      const visible = await this.sight.visible(authentication.principal, ticketIds);
      if (moves !== this.moves || authentication !== connection.authentication) continue;
      if (connection.phase !== 'gone') for (const id of visible) connection.openTicket(id);
      return visible.length === ticketIds.length;
    }
  }

  /** Whoever had a ticket open hears of its leaving, and nothing after, unless it may still be seen. */
  private ticketsMoved(workspaceId: string, events: readonly DomainEvent[]): void {
    for (const event of events) {
      const { ticketId } = event;
      if (!ticketId) continue;
      let now: { teamId: string | null; assigneeId: string | null };
      if (isEvent(event, 'ticket.assigned')) now = { teamId: event.data.teamId, assigneeId: event.data.to };
      else if (isEvent(event, 'ticket.moved')) now = { teamId: event.data.to, assigneeId: null };
      else continue;
      this.moves += 1;
      for (const connection of this.sockets.of(workspaceId)) {
        if (!connection.tickets.has(ticketId) || canSeeTicket(connection.principal, now)) continue;
        connection.closeTicket(ticketId);
        // moved, but perhaps still theirs by assignment: the row knows
        this.open(connection, [ticketId])
          .catch((error: unknown) =>
            this.log.warn({ event: 'realtime.reopen_failed', workspaceId, ticketId, err: error }, 'left closed'),
          )
          .finally(() => this.watchers.checkOpen(connection));
      }
    }
  }
}
