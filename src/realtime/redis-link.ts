import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { Config } from '../platform/config';
import { LOGGER } from '../platform/logger';

type Command = Parameters<Redis['sendCommand']>[0];
type Stream = Parameters<Redis['sendCommand']>[1];

/**
 * A connection for things nobody relies on. A command that fails is forgotten: the socket.io adapter does not look at
 * what its publishing returns, and a rejection nobody handles would end the process.
 */
class QuietRedis extends Redis {
  readonly copies: QuietRedis[] = [];

  override sendCommand(command: Command, stream?: Stream): unknown {
    const sent = super.sendCommand(command, stream);
    command.promise.catch(() => undefined);
    return sent;
  }

  /** The adapter's readers wait for Redis to come back, where a publisher drops what it has to say. */
  override duplicate(): QuietRedis {
    const copy = new QuietRedis({ ...this.options, enableOfflineQueue: true });
    copy.on('error', () => undefined); // the original reports for all
    this.copies.push(copy);
    return copy;
  }
}

/** The way to the other nodes when there is a Redis: wake-ups and ephemeral words. Its absence only makes things slower. */
@Injectable()
export class RedisLink implements OnApplicationShutdown {
  /** For the socket.io adapter; undefined without REDIS_URL. */
  readonly client: QuietRedis | undefined;
  private readonly subscriber: QuietRedis | undefined;
  private readonly listeners = new Map<string, (message: string) => void>();
  private away = false;

  constructor(
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    if (!config.REDIS_URL) return;
    this.client = new QuietRedis(config.REDIS_URL, {
      connectionName: 'pasokh-realtime',
      enableOfflineQueue: false,
      enableReadyCheck: false,
      maxRetriesPerRequest: null,
      retryStrategy: (times: number) => Math.min(100 * times, 2_000),
    });
    this.client.on('error', (error: Error) => this.wentAway(error));
    this.client.on('ready', () => this.cameBack());
    this.subscriber = this.client.duplicate();
    this.subscriber.on('message', (channel: string, message: string) => this.hear(channel, message));
  }

  /** Says something to the other nodes, and to this one; dropped while Redis is away. */
  publish(channel: string, message: string): void {
    void this.client?.publish(`${this.config.REDIS_PREFIX}:${channel}`, message);
  }

  /** One listener a channel. */
  listen(channel: string, listener: (message: string) => void): void {
    const name = `${this.config.REDIS_PREFIX}:${channel}`;
    this.listeners.set(name, listener);
    void this.subscriber?.subscribe(name);
  }

  /** What stands in a shared Redis need not be ours. */
  private hear(channel: string, message: string): void {
    try {
      this.listeners.get(channel)?.(message);
    } catch (error) {
      this.log.warn(
        { event: 'realtime.redis_nonsense', channel, err: error },
        'a message on our channel was not understood',
      );
    }
  }

  private wentAway(error: Error): void {
    if (this.away) return;
    this.away = true;
    this.log.warn(
      { event: 'realtime.redis_away', err: error },
      'Redis is away; events come by polling until it is back',
    );
  }

  private cameBack(): void {
    if (!this.away) return;
    this.away = false;
    this.log.info({ event: 'realtime.redis_back' }, 'Redis is back');
  }

  /** After the socket server has closed, so that the adapter's readers know that they are not to come back. */
  onApplicationShutdown(): void {
    for (const copy of this.client?.copies ?? []) copy.disconnect();
    this.client?.disconnect();
  }
}
