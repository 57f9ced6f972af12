import { Inject } from '@nestjs/common';
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
import { credentialsOf, originAllowed } from '../identity/credentials';
import { Sessions } from '../identity/sessions';
import { Config } from '../platform/config';
import { DomainError, notFound } from '../platform/errors';
import { DATABASE_AWAY, errorBody, type ErrorBody } from '../platform/http-errors.filter';
import { LOGGER } from '../platform/logger';
import { withWords } from '../refusals/refusal-words';
import { RealtimeAccess } from './access';
import { Connection } from './connection';
import { LocalSockets } from './local-sockets';
import { PresenceService } from './presence.service';
import * as protocol from './protocol';
import type { AgentsNamespace, AgentSocket } from './protocol';
import { TokenBucket } from './rate-limit';
import { Resumption } from './resumption';
import { TicketLooks } from './ticket-looks';
import { Watchers } from './watchers';

const MESSAGES_PER_SECOND = 50;
const RESUMES_PER_SECOND = 1; // each may search far back
const RESUME_BURST = 5;
const FLOOD = 500; // refused messages after which nobody is talking to us in earnest
const TICKETS_OPEN = 50; // at once on one socket

type Answer = Record<string, unknown>;

const OUR_FAULT = new Set<unknown>(['internal', 'unavailable']);
const codeOf = (answer: Answer): unknown => (answer['error'] as { code?: unknown } | undefined)?.code;

/** `/agents`: authenticated at the handshake, then a handful of messages, each answered. */
@WebSocketGateway({ namespace: '/agents', transports: ['websocket'] })
export class AgentsGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  constructor(
    private readonly sessions: Sessions,
    private readonly sockets: LocalSockets,
    private readonly resumption: Resumption,
    private readonly access: RealtimeAccess,
    private readonly presence: PresenceService,
    private readonly watchers: Watchers,
    private readonly looks: TicketLooks,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  afterInit(namespace: AgentsNamespace): void {
    namespace.use((socket, next) => void this.shake(socket, next));
    this.sockets.attach(namespace);
    this.watchers.attach(namespace);
  }

  handleConnection(socket: AgentSocket): void {
    const { connection } = socket.data;
    this.sockets.add(connection);
    this.presence.connected(connection.principal);
    this.limit(socket);
    // what changed between the handshake's look and now was announced to nobody
    if (connection.admittedAt !== this.access.changes) this.access.doubt([connection]);
  }

  handleDisconnect(socket: AgentSocket): void {
    const { connection } = socket.data;
    connection.phase = 'gone';
    this.sockets.remove(connection);
    this.presence.disconnected(connection.principal);
    this.watchers.looks(connection, null);
  }

  /** `{ after }` → `{ head, resync? }`, after everything missed has been sent as `events`. */
  @SubscribeMessage('resume')
  async resume(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: unknown): Promise<Answer> {
    const { connection } = socket.data;
    const answer = await this.answer('resume', () => this.resumption.resume(connection, protocol.readAfter(body)));
    // a socket that hears nothing must not look alive: the client comes back and asks again
    if (OUR_FAULT.has(codeOf(answer))) setImmediate(() => connection.cut());
    return answer;
  }

  /** `{ ticketId }`: hear who else has it open. Its events come through the team, the assignee or the leads as well. */
  @SubscribeMessage('subscribe')
  subscribe(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: unknown): Promise<Answer> {
    return this.answer('subscribe', async () => {
      const ticketId = protocol.readTicketId(body);
      await this.open(socket.data.connection, ticketId);
      this.watchers.greet(socket.data.connection, ticketId);
      return { ok: true };
    });
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: unknown): Promise<Answer> {
    return this.answer('unsubscribe', async () => {
      socket.data.connection.closeTicket(protocol.readTicketId(body));
      this.watchers.checkOpen(socket.data.connection);
      return { ok: true };
    });
  }

  /** `{ state, takes? }` of the agent, on all its sockets and nodes; `takes` lists types of work, null for all. */
  @SubscribeMessage('presence')
  setPresence(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: unknown): Promise<Answer> {
    return this.answer('presence', async () => {
      await this.presence.choose(socket.data.connection.principal, protocol.readPresence(body));
      return { ok: true };
    });
  }

  /** The person moves a hand or presses a key; said at most every few seconds. Without it, looking at a ticket counts. */
  @SubscribeMessage('active')
  active(@ConnectedSocket() socket: AgentSocket): Promise<Answer> {
    return this.answer('active', () => {
      socket.data.connection.saysActive = true;
      this.presence.acted(socket.data.connection.principal);
      return Promise.resolve({ ok: true });
    });
  }

  /** `{ ticketId | null }`: said again every 20 seconds while it is on the screen. */
  @SubscribeMessage('viewing')
  viewing(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: unknown): Promise<Answer> {
    return this.answer('viewing', async () => {
      const ticketId = protocol.readOptionalTicketId(body);
      const { connection } = socket.data;
      if (ticketId !== null) await this.open(connection, ticketId);
      this.watchers.looks(connection, ticketId);
      this.looked(connection, ticketId);
      return { ok: true };
    });
  }

  /** `{ ticketId, on }`: said again with each burst of keys, at most every few seconds. */
  @SubscribeMessage('typing')
  typing(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: unknown): Promise<Answer> {
    return this.answer('typing', async () => {
      const ticketId = protocol.readTicketId(body);
      const on = protocol.readOn(body);
      await this.open(socket.data.connection, ticketId);
      this.watchers.looks(socket.data.connection, ticketId, on);
      if (on) this.presence.acted(socket.data.connection.principal);
      return { ok: true };
    });
  }

  private async shake(socket: AgentSocket, next: (refusal?: Error) => void): Promise<void> {
    let refusal: Error | undefined;
    try {
      await this.admit(socket);
    } catch (error) {
      const data = this.errorOf(error, 'handshake').error;
      refusal = Object.assign(new Error(data.message), { data });
    }
    next(refusal);
  }

  /** Who is this, and may its page speak for it? The rooms follow from the principal, never from what a client says. */
  private async admit(socket: AgentSocket): Promise<void> {
    const { headers, auth } = socket.handshake;
    if (!originAllowed(headers.origin, headers.host, this.config.PUBLIC_URL)) {
      throw new DomainError('forbidden', 'This page may not connect here; open the console at its own address.');
    }
    const token: unknown = auth['token'];
    const before = this.access.changes;
    const authentication = await this.sessions.authenticate(
      typeof token === 'string' ? { token } : credentialsOf(headers),
    );
    if (!authentication) throw new DomainError('unauthenticated', 'Sign in, or send a valid API token as auth.token.');
    socket.data.connection = new Connection(socket, authentication, before);
  }

  private looked(connection: Connection, ticketId: string | null): void {
    const other = ticketId !== connection.shown;
    connection.shown = ticketId;
    if (other || !connection.saysActive) this.presence.acted(connection.principal);
    const { workspaceId, agentId } = connection.principal;
    if (other && ticketId !== null) this.looks.looked({ workspaceId, agentId, ticketId });
  }

  private async open(connection: Connection, ticketId: string): Promise<void> {
    if (connection.tickets.has(ticketId)) return;
    if (connection.tickets.size >= TICKETS_OPEN) {
      throw new DomainError(
        'rate_limited',
        `Unsubscribe from a ticket first; ${TICKETS_OPEN} are open on this socket.`,
      );
    }
    if (!(await this.access.open(connection, [ticketId]))) throw notFound('ticket');
  }

  private limit(socket: AgentSocket): void {
    const bucket = new TokenBucket(MESSAGES_PER_SECOND, MESSAGES_PER_SECOND, performance.now());
    const resumes = new TokenBucket(RESUMES_PER_SECOND, RESUME_BURST, performance.now());
    let refused = 0;
    socket.use((packet, next) => {
      const now = performance.now();
      if (bucket.take(now) && (packet[0] !== 'resume' || resumes.take(now))) return next();
      refused += 1;
      if (refused > FLOOD) return socket.data.connection.cut();
      const ack: unknown = packet.at(-1);
      const error = new DomainError('rate_limited', 'Too many messages; wait a second.');
      if (typeof ack === 'function') ack(this.errorOf(error, 'limit'));
    });
  }

  private async answer(message: string, work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      return this.errorOf(error, message);
    }
  }

  /** What a client is told, as over HTTP: a code, the sentence for scripts, and words in both languages. */
  private errorOf(error: unknown, message: string): { error: ErrorBody['error'] } {
    if (error instanceof DomainError) return withWords(errorBody(error.code, error.message, error.details));
    if (DATABASE_AWAY.has(String((error as { code?: unknown }).code)))
      return withWords(errorBody('unavailable', 'The database is away for a moment; try again.'));
    this.log.error({ err: error, event: 'realtime.bug', message }, 'unexpected error');
    return withWords(errorBody('internal', 'Something broke on our side; it has been logged.'));
  }
}
