import { Inject, type OnModuleDestroy } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Logger } from 'pino';
import { originAllowed } from '../../../identity/credentials';
import { Config } from '../../../platform/config';
import { Database } from '../../../platform/database';
import { DomainError } from '../../../platform/errors';
import { errorBody, type ErrorBody } from '../../../platform/http-errors.filter';
import { LOGGER } from '../../../platform/logger';
import { withWords } from '../../../refusals/refusal-words';
import { TokenBucket } from '../../../realtime/rate-limit';
import { personOf, threadKeyOf } from './visitor';
import { readJoin, type VisitorNamespace, type VisitorSocket } from './visitor-protocol';
import { VisitorRelay } from './visitor-relay';
import { VisitorSessions } from './visitor-sessions';
import { VisitorSockets } from './visitor-sockets';
import { VisitorsRepository } from './visitors.repository';

const JOIN_WITHIN_MS = 10_000; // a socket that does not say who it is has no business here
const ROUND_MS = 30_000; // sessions that ended on another node
const MESSAGES_PER_SECOND = 2;
const BURST = 10;

type Refusal = { error: ErrorBody['error'] };

/** `/visitor`: one message in, `join { token, inboxId }`; the token never stands in a URL, where it would be logged. */
@WebSocketGateway({ namespace: '/visitor', transports: ['websocket'] })
export class VisitorGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, OnModuleDestroy {
  private round?: NodeJS.Timeout;
  private readonly deadlines = new Map<VisitorSocket, NodeJS.Timeout>();

  constructor(
    private readonly sessions: VisitorSessions,
    private readonly sockets: VisitorSockets,
    private readonly relay: VisitorRelay,
    private readonly repository: VisitorsRepository,
    private readonly database: Database,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  afterInit(namespace: VisitorNamespace): void {
    namespace.use((socket, next) => {
      const { origin, host } = socket.handshake.headers;
      next(
        originAllowed(origin, host, this.config.PUBLIC_URL) ? undefined : new Error('This page may not connect here.'),
      );
    });
    this.sessions.onEnded((ended) => this.sockets.cut((sessionId) => sessionId === ended));
    this.round = setInterval(() => void this.cutEnded(), ROUND_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.round);
    for (const deadline of this.deadlines.values()) clearTimeout(deadline);
  }

  handleConnection(socket: VisitorSocket): void {
    socket.data.turn = 0;
    this.deadlines.set(
      socket,
      setTimeout(() => socket.disconnect(true), JOIN_WITHIN_MS),
    );
    const bucket = new TokenBucket(MESSAGES_PER_SECOND, BURST, performance.now());
    socket.use((_packet, next) => {
      if (bucket.take(performance.now())) next();
      else socket.disconnect(true);
    });
  }

  handleDisconnect(socket: VisitorSocket): void {
    socket.data.turn += 1;
    this.settle(socket);
    this.sockets.remove(socket);
  }

  /** `{ token, inboxId }` → `{ seq }`, the last place in the thread; said again after signing in or out. */
  @SubscribeMessage('join')
  async join(@ConnectedSocket() socket: VisitorSocket, @MessageBody() body: unknown): Promise<Record<string, unknown>> {
    const turn = ++socket.data.turn;
    try {
      const { token, inboxId } = readJoin(body);
      const visitor = await this.sessions.authenticate(token, inboxId);
      if (turn !== socket.data.turn) return superseded();
      const { workspaceId, channelId } = visitor;
      const threadKey = threadKeyOf(personOf(visitor));
      // first in line, then the look: a conversation that opens in between attaches it, one that was there is found
      this.sockets.add(socket, { sessionId: visitor.id, workspaceId, channelId, threadKey });
      this.settle(socket);
      await this.relay.follow(workspaceId);
      const thread = await this.database.lean({ workspaceId }, (tx) =>
        this.repository.thread(tx, workspaceId, channelId, personOf(visitor)),
      );
      if (turn !== socket.data.turn) return superseded();
      if (thread) this.sockets.attach(channelId, threadKey, thread.id);
      return { seq: thread?.lastSeq ?? 0 };
    } catch (error) {
      return this.errorOf(error);
    }
  }

  private settle(socket: VisitorSocket): void {
    clearTimeout(this.deadlines.get(socket));
    this.deadlines.delete(socket);
  }

  private async cutEnded(): Promise<void> {
    const asked = this.sockets.sessions();
    if (asked.size === 0) return;
    try {
      const alive = await this.sessions.alive([...asked]);
      this.sockets.cut((sessionId) => asked.has(sessionId) && !alive.has(sessionId));
    } catch (error) {
      this.log.warn({ event: 'webchat.round_failed', err: error }, 'sessions are looked at again in the next round');
    }
  }

  private errorOf(error: unknown): Refusal {
    if (error instanceof DomainError) return withWords(errorBody(error.code, error.message, error.details));
    this.log.error({ err: error, event: 'webchat.bug', message: 'join' }, 'unexpected error');
    return withWords(errorBody('internal', 'Something broke on our side; it has been logged.'));
  }
}

const superseded = (): Refusal => withWords(errorBody('conflict', 'A later join took over.'));
