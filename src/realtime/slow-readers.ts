import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Connection } from './connection';
import { LocalSockets } from './local-sockets';
import { lagged } from './realtime.metrics';
import { Relay } from './relay';

const LOOK_MS = 200;
const LIMIT = 1024 * 1024; // bytes waiting for one socket
const DRAINED = 64 * 1024;
const PATIENCE_MS = 30_000;

/**
 * A socket that does not read fills our memory, not its own. Beyond the limit it leaves its rooms; once it has read what
 * was sent it is told to fetch anew and goes on at the head; if it never does, it is cut.
 */
@Injectable()
export class SlowReaders implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly sockets: LocalSockets,
    private readonly relay: Relay,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(performance.now()), LOOK_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(now: number): void {
    for (const connection of this.sockets.all()) {
      if (connection.phase === 'live' && connection.backlog > LIMIT) {
        connection.fallSilent('lagging');
        connection.laggingSince = now;
        lagged.inc();
      } else if (connection.phase === 'lagging') {
        if (connection.backlog < DRAINED) void this.comeBack(connection);
        else if (now - connection.laggingSince > PATIENCE_MS) connection.abandon();
      }
    }
  }

  private async comeBack(connection: Connection): Promise<void> {
    const feed = await this.relay.follow(connection.workspaceId).catch(() => null); // looked at again soon
    if (!feed || connection.phase !== 'lagging') return;
    connection.socket.emit('resync', { head: feed.cursor });
    connection.goLive();
  }
}
