import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { room } from '../outbox/audience';
import { Clock } from '../platform/clock';
import type { Connection } from './connection';
import { LocalSockets } from './local-sockets';
import type { AgentsNamespace } from './protocol';
import { RedisLink } from './redis-link';
import { type Watch, type WatchChange, Watching } from './watching';

const LOOK_MS = 1_000;

/**
 * Who looks at a ticket and who writes, told to those who have it open and to nobody else. Each node keeps the whole
 * picture from the words the others pass on; what is lost with Redis comes back when a client says it again.
 */
@Injectable()
export class Watchers implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly watching = new Watching();
  private readonly listeners: ((change: WatchChange) => void)[] = [];
  private namespace?: AgentsNamespace;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly sockets: LocalSockets,
    private readonly redis: RedisLink,
    private readonly clock: Clock,
  ) {}

  attach(namespace: AgentsNamespace): void {
    this.namespace = namespace;
    namespace.on('watch', (watch: Watch) => this.take(watch));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.tell(this.watching.expire(this.now())), LOOK_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Called on every node with what changed, for those who are no agents but may know part of it. */
  onChanged(listener: (change: WatchChange) => void): void {
    this.listeners.push(listener);
  }

  /** The ticket must be open on the connection; null when it looks at none. */
  looks(connection: Connection, ticketId: string | null, typing?: boolean): void {
    if (ticketId === null && !this.watching.shownBy(connection.socket.id)) return;
    const { workspaceId, agentId, name } = connection.principal;
    const watch = { workspaceId, socketId: connection.socket.id, agent: { id: agentId, name }, ticketId, typing };
    this.take(watch);
    if (this.redis.client) this.namespace?.serverSideEmit('watch', watch);
  }

  /** A ticket that is no longer open on the connection is not looked at either. */
  checkOpen(connection: Connection): void {
    const shown = this.watching.shownBy(connection.socket.id);
    if (shown && !connection.tickets.has(shown)) this.looks(connection, null);
  }

  /** To a socket that has just opened the ticket. */
  greet(connection: Connection, ticketId: string): void {
    const agents = this.watching.agents(connection.workspaceId, ticketId, this.now());
    if (agents.length > 0) connection.socket.emit('viewers', { ticketId, agents });
  }

  private take(watch: Watch): void {
    this.tell(this.watching.apply(watch, this.now()));
  }

  private tell(changes: readonly WatchChange[]): void {
    for (const change of changes) {
      const { workspaceId, ticketId, agents } = change;
      this.sockets.emit(workspaceId, [room.ticket(ticketId)], 'viewers', { ticketId, agents });
      for (const listener of this.listeners) listener(change);
    }
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
