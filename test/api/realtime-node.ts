import { Global, Module, ValidationPipe } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { io, type Socket } from 'socket.io-client';
import { AgentEntity } from '../../src/identity/agent.entity';
import { ApiTokenEntity } from '../../src/identity/api-token.entity';
import { BrandEntity } from '../../src/identity/brand.entity';
import { TeamEntity } from '../../src/identity/team.entity';
import { WorkspaceEntity } from '../../src/identity/workspace.entity';
import type { Role } from '../../src/identity/principal';
import type { NewEvent } from '../../src/outbox/domain-event';
import { EventReader } from '../../src/outbox/event-reader';
import { Outbox } from '../../src/outbox/outbox';
import { Config } from '../../src/platform/config';
import { Database } from '../../src/platform/database';
import { HttpErrorsFilter } from '../../src/platform/http-errors.filter';
import { uuidv7 } from '../../src/platform/ids';
import { LOGGER } from '../../src/platform/logger';
import { PlatformModule } from '../../src/platform/platform.module';
import { newToken, Secrets } from '../../src/platform/secrets';
import type { ClientEvent } from '../../src/realtime/client-event';
import { createIoAdapter } from '../../src/realtime/io-adapter';
import { PRESENCE_TIMES, type PresenceTimes, USUAL_TIMES } from '../../src/realtime/presence.service';
import { RealtimeModule } from '../../src/realtime/realtime.module';

@Global()
@Module({ providers: [Outbox, EventReader], exports: [Outbox, EventReader] })
class EventsOnly {}

/** One process's worth of sockets, identity and events on a given database, without jobs. */
export async function startRealtimeNode(
  env: Partial<Config> & { DATABASE_URL: string },
  times: PresenceTimes = USUAL_TIMES,
) {
  const config = Object.assign(
    new Config(),
    { HOST: '127.0.0.1', LOG_LEVEL: 'silent', ENCRYPTION_KEY: '1'.repeat(64), SESSION_SECRET: '2'.repeat(32) },
    env,
  );
  const entities = [WorkspaceEntity, BrandEntity, TeamEntity, AgentEntity, ApiTokenEntity];
  const module = await Test.createTestingModule({
    imports: [PlatformModule.forRoot(config, entities), EventsOnly, RealtimeModule],
  })
    .overrideProvider(PRESENCE_TIMES)
    .useValue(times)
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.setGlobalPrefix('api/v1');
  app.useGlobalFilters(new HttpErrorsFilter(app.get(LOGGER)));
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  app.useWebSocketAdapter(await createIoAdapter(app, config));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  const database = app.get(Database);
  const outbox = app.get(Outbox);
  return {
    app,
    config,
    database,
    base: `http://127.0.0.1:${port}`,
    /** Records events of one workspace in one transaction, as some part of the product would. */
    record: (workspaceId: string, ...events: Omit<NewEvent, 'workspaceId'>[]) =>
      database.lean({ workspaceId }, async (tx) => {
        outbox.record(tx, ...events.map((each) => ({ ...each, workspaceId }) as NewEvent));
      }),
    close: () => app.close(),
  };
}

export type RealtimeNode = Awaited<ReturnType<typeof startRealtimeNode>>;

/** Runs SQL as the owner of the tables, without foreign keys: a test needs a ticket, not a whole inbox. */
export async function asOwner(url: string, sql: string, params: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(`SET session_replication_role = replica; SET app.workspace_id = 'system'`);
    const result = await client.query<Record<string, unknown>>(sql, params);
    return result.rows;
  } finally {
    await client.end();
  }
}

export async function addAgent(
  node: RealtimeNode,
  workspaceId: string,
  name: string,
  role: Role,
  teamIds: string[] = [],
) {
  const id = uuidv7();
  const token = newToken('pk_');
  await node.database.lean('system', async (tx) => {
    await tx.execute('INSERT INTO agents (workspace_id, id, email, name, role) VALUES ($1, $2, $3, $4, $5)', [
      workspaceId,
      id,
      `${name}-${id}@example.com`,
      name,
      role,
    ]);
    for (const teamId of teamIds) {
      await tx.execute('INSERT INTO team_members VALUES ($1, $2, $3)', [workspaceId, teamId, id]);
    }
    await tx.execute(
      `INSERT INTO api_tokens (workspace_id, id, agent_id, name, token_hash, hint) VALUES ($1, $2, $3, 't', $4, 'pk_')`,
      [workspaceId, uuidv7(), id, node.app.get(Secrets).tokenHash(token)],
    );
  });
  return { id, token, name };
}

export async function addWorkspace(node: RealtimeNode, slug: string, teams: number) {
  const id = uuidv7();
  const teamIds = Array.from({ length: teams }, () => uuidv7());
  await node.database.lean('system', async (tx) => {
    await tx.execute('INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)', [id, slug]);
    for (const [n, teamId] of teamIds.entries()) {
      await tx.execute('INSERT INTO teams (workspace_id, id, name) VALUES ($1, $2, $3)', [id, teamId, `Team ${n}`]);
    }
  });
  return { id, teamIds };
}

export async function addTicket(
  url: string,
  workspaceId: string,
  teamId: string | null,
  assigneeId: string | null = null,
) {
  const id = uuidv7();
  await asOwner(
    url,
    `INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, team_id,
                          assignee_id, kind, last_message_at)
     VALUES ($1, $2, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, $2, 1, $2, $2, $2, $3, $4, 'dm', now())`,
    [workspaceId, id, teamId, assigneeId],
  );
  return id;
}

interface Ack {
  head?: number;
  resync?: true;
  ok?: true;
  error?: { code: string; message: string };
}

/** An agent's screen, as naive as allowed: it appends what it hears and never sorts anything out. */
export class Screen {
  readonly events: ClientEvent[] = [];
  readonly resyncs: number[] = [];
  readonly viewers: { ticketId: string; agents: { id: string; name: string; typing: boolean }[] }[] = [];
  position = 0;
  private socket?: Socket;

  constructor(
    private base: string,
    readonly agent: { id: string; token: string },
  ) {}

  get connected(): boolean {
    return this.socket?.connected ?? false;
  }

  async connect(options: { auth?: object; extraHeaders?: Record<string, string>; base?: string } = {}): Promise<this> {
    this.base = options.base ?? this.base;
    const socket = io(`${this.base}/agents`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: options.auth ?? { token: this.agent.token },
      extraHeaders: options.extraHeaders,
    });
    this.socket = socket;
    socket.on('events', (events: ClientEvent[]) => {
      if (this.socket !== socket) return; // a dropped connection is deaf
      this.events.push(...events);
      this.position = Math.max(this.position, events.at(-1)!.position);
    });
    socket.on('resync', ({ head }: { head: number }) => {
      if (this.socket !== socket) return;
      this.resyncs.push(head);
      this.position = head;
    });
    socket.on('viewers', (seen: Screen['viewers'][number]) => this.viewers.push(seen));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return this;
  }

  async say(message: string, body: unknown): Promise<Ack> {
    return (await this.socket!.timeout(15_000).emitWithAck(message, body)) as Ack;
  }

  /** Connects and asks for everything since `after`, by default since what it has. */
  async open(after: number | null = this.position, base?: string): Promise<Ack> {
    await this.connect({ base });
    const ack = await this.say('resume', { after });
    if (ack.head !== undefined) this.position = Math.max(this.position, ack.head);
    return ack;
  }

  /** The cable is pulled: nothing that is still on its way counts. */
  drop(): void {
    const socket = this.socket;
    this.socket = undefined;
    this.webSocketOf(socket)?.terminate();
    socket?.disconnect();
  }

  stopReading(): void {
    this.webSocketOf(this.socket)?._socket.pause();
  }

  readOn(): void {
    this.webSocketOf(this.socket)?._socket.resume();
  }

  close(): void {
    this.socket?.disconnect();
    this.socket = undefined;
  }

  private webSocketOf(socket: Socket | undefined) {
    const engine = socket?.io.engine as unknown as
      { transport: { ws: { terminate(): void; _socket: { pause(): void; resume(): void } } } } | undefined;
    return engine?.transport.ws;
  }
}
