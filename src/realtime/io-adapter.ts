import type { Server as HttpServer } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Server, type ServerOptions } from 'socket.io';
import type { Config } from '../platform/config';
import { RedisLink } from './redis-link';

const PING_MS = 20_000;
const MESSAGE_LIMIT = 64 * 1024;

/**
 * Web sockets only: polling costs several times the CPU and needs sticky sessions. No CORS: browsers do not apply it to
 * web sockets, so each namespace checks the origin itself.
 */
class PasokhIoAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly redis: RedisLink,
    private readonly config: Config,
  ) {
    super(app);
  }

  override createIOServer(_port: number, options?: Partial<ServerOptions>): Server {
    const server = new Server(this.httpServer as HttpServer, {
      ...options,
      transports: ['websocket'],
      serveClient: false,
      pingInterval: PING_MS,
      pingTimeout: PING_MS,
      connectTimeout: 10_000,
      maxHttpBufferSize: MESSAGE_LIMIT,
      allowRequest: (_request, decide) => decide(null, this.config.servesHttp), // workers keep no sockets
    });
    server.use((_socket, next) => next(new Error('Connect to a namespace.'))); // nobody is known on `/`
    const { client } = this.redis;
    if (client) {
      const name = `${this.config.REDIS_PREFIX}:sockets`;
      // only words between nodes travel here; what agents must not miss is read from Postgres by each node
      server.adapter(createAdapter(client, { streamName: name, channelPrefix: name, blockTimeInMs: 1_000 }));
    }
    return server;
  }
}

/** The socket server of the product, for `app.useWebSocketAdapter`: in memory, or over Redis with REDIS_URL. */
export async function createIoAdapter(app: INestApplicationContext, config: Config): Promise<IoAdapter> {
  return new PasokhIoAdapter(app, app.get(RedisLink), config);
}
