import { type CanActivate, type ExecutionContext, Global, Injectable, Module, ValidationPipe } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { type Authenticated, ROUTE_ACCESS, type RouteAccess } from '../src/identity/access.decorators';
import { permissionsOf, type Principal, type Role } from '../src/identity/principal';
import { TicketsModule } from '../src/inbox/tickets/tickets.module';
import { JobsModule } from '../src/jobs/jobs.module';
import type { Actor, DomainEventData, DomainEventType } from '../src/outbox/domain-event';
import { event } from '../src/outbox/domain-event';
import { Outbox } from '../src/outbox/outbox';
import { OutboxModule } from '../src/outbox/outbox.module';
import { Clock } from '../src/platform/clock';
import { Config } from '../src/platform/config';
import { openDataSource } from '../src/platform/data-source';
import { Database } from '../src/platform/database';
import { DomainError } from '../src/platform/errors';
import { HttpErrorsFilter } from '../src/platform/http-errors.filter';
import { uuidv7 } from '../src/platform/ids';
import { LOGGER } from '../src/platform/logger';
import { withWords } from '../src/refusals/refusal-words';
import { RoutingModule } from '../src/routing/routing.module';
import { SlaModule } from '../src/sla/sla.module';

/** A clock that a test may set forward; it goes on from there. */
export class ShiftedClock extends Clock {
  aheadMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }
}

/**
 * Tickets, clocks and routing on a given database: the real modules, with a guard that believes the header `x-agent`
 * and reads the agent from the database. With ROLE `web` nothing runs by itself; with `all` the whole chain does.
 */
export async function startInboxNode(env: Partial<Config> & { DATABASE_URL: string }) {
  const config = Object.assign(new Config(), { HOST: '127.0.0.1', ROLE: 'web', DATABASE_POOL: 16 }, env);
  const log = pino({ level: 'silent' });
  const source = await openDataSource(config, []);
  const database = new Database(source);
  const clock = new ShiftedClock();

  @Injectable()
  class HeaderGuard implements CanActivate {
    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<Authenticated & { headers: Record<string, string> }>();
      const access = new Reflector().getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [
        context.getHandler(),
        context.getClass(),
      ]);
      if (!access || access === 'public') throw new Error('A route of the inbox must name its permission.');
      const principal = await principalOf(database, request.headers['x-agent']!);
      if (!access.every((p) => principal.permissions.has(p))) throw new DomainError('forbidden', 'Ask an admin.');
      request.authentication = { principal, tokenHash: Buffer.alloc(32), csrfToken: null };
      return true;
    }
  }

  @Global()
  @Module({
    providers: [
      { provide: Config, useValue: config },
      { provide: LOGGER, useValue: log },
      { provide: DataSource, useValue: source },
      { provide: Database, useValue: database },
      { provide: Clock, useValue: clock },
      { provide: APP_GUARD, useClass: HeaderGuard },
    ],
    exports: [Config, LOGGER, DataSource, Database, Clock],
  })
  class GroundModule {}

  const module = await Test.createTestingModule({
    imports: [GroundModule, OutboxModule, JobsModule, TicketsModule, SlaModule, RoutingModule],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.useGlobalFilters(new HttpErrorsFilter(log, withWords));
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: (errors) =>
        new DomainError('validation_failed', 'Wrong.', { fields: errors.map((e) => ({ path: e.property })) }),
    }),
  );
  await app.init();
  const http = async (
    agentId: string,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    payload?: object,
  ) => {
    const answer = await app.inject({ method, url, headers: { 'x-agent': agentId }, ...(payload && { payload }) });
    return { status: answer.statusCode, body: (answer.body ? JSON.parse(answer.body) : undefined) as never };
  };
  return { app, config, database, clock, http, close: () => app.close() };
}

export async function principalOf(database: Database, agentId: string): Promise<Principal> {
  const [row] = await database.lean('system', (tx) =>
    tx.query<{ workspace_id: string; role: Role; name: string; email: string; team_ids: string[] }>(
      `SELECT workspace_id, role, name, email, ARRAY(SELECT team_id FROM team_members m WHERE m.agent_id = a.id) AS team_ids
       FROM agents a WHERE id = $1`,
      [agentId],
    ),
  );
  if (!row) throw new DomainError('unauthenticated', 'Sign in.');
  const { workspace_id: workspaceId, role, name, email, team_ids: teamIds } = row;
  return {
    workspaceId,
    agentId,
    role,
    teamIds,
    permissions: permissionsOf(role),
    name,
    email,
    locale: 'en',
    via: 'session',
  };
}

interface NewTicket {
  teamId?: string | null;
  assigneeId?: string | null;
  status?: string;
  priority?: string;
  dueAt?: Date | null;
  lastMessageAt?: Date;
  kind?: 'comment' | 'dm';
  preview?: string;
}

/** A workspace with a brand, a channel and a customer, and verbs to fill it. */
export async function seedWorkspace(database: Database, slug: string, outbox = new Outbox(new Clock())) {
  const id = uuidv7();
  const [brandId, channelId, contactId, identityId] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  const run = (sql: string, params: unknown[]) => database.lean('system', (tx) => tx.execute(sql, params));
  let lastNumber = 0;
  await run('INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)', [id, slug]);
  await run('INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, $3)', [id, brandId, slug]);
  await run(
    `INSERT INTO channels (workspace_id, id, kind, name, brand_id, external_id) VALUES ($1, $2, 'instagram', 'Harbour', $3, $4)`,
    [id, channelId, brandId, slug],
  );
  await run(`INSERT INTO contacts (workspace_id, id, name) VALUES ($1, $2, 'Omar')`, [id, contactId]);
  await run(
    `INSERT INTO contact_identities (workspace_id, id, contact_id, channel_id, external_id, handle) VALUES ($1, $2, $3, $4, '77', 'omar.sails')`,
    [id, identityId, contactId, channelId],
  );
  const world = {
    id,
    brandId,
    channelId,
    contactId,
    async team(name: string, assignment: 'push' | 'pull' = 'push'): Promise<string> {
      const teamId = uuidv7();
      await run('INSERT INTO teams (workspace_id, id, name, assignment) VALUES ($1, $2, $3, $4)', [
        id,
        teamId,
        name,
        assignment,
      ]);
      return teamId;
    },
    async agent(
      name: string,
      options: { role?: Role; teamIds?: string[]; capacity?: number; online?: boolean } = {},
    ): Promise<string> {
      const agentId = uuidv7();
      await run('INSERT INTO agents (workspace_id, id, email, name, role, capacity) VALUES ($1, $2, $3, $4, $5, $6)', [
        id,
        agentId,
        `${name.toLowerCase()}@${slug}.test`,
        name,
        options.role ?? 'agent',
        options.capacity ?? 5,
      ]);
      for (const teamId of options.teamIds ?? []) {
        await run('INSERT INTO team_members (workspace_id, team_id, agent_id) VALUES ($1, $2, $3)', [
          id,
          teamId,
          agentId,
        ]);
      }
      if (options.online) await world.presence(agentId, 'online');
      return agentId;
    },
    presence: (agentId: string, state: 'online' | 'away' | 'break' | 'draining' | 'offline', ttlMs = 60_000) =>
      run(
        `INSERT INTO agent_presence (workspace_id, agent_id, state, expires_at) VALUES ($1, $2, $3, now() + $4 * interval '1 ms')
         ON CONFLICT (workspace_id, agent_id) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at`,
        [id, agentId, state, ttlMs],
      ),
    async ticket(options: NewTicket = {}): Promise<{ id: string; conversationId: string; number: number }> {
      const [ticketId, conversationId] = [uuidv7(), uuidv7()];
      const number = ++lastNumber;
      const kind = options.kind ?? 'dm';
      await run(
        `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, thread_key, ticket_count)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
        [id, conversationId, channelId, brandId, contactId, identityId, kind, conversationId],
      );
      await run(
        `INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, team_id, assignee_id,
           kind, status, priority, preview, subject, due_at, start_by, last_message_at, solved_at)
         VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $14::timestamptz - interval '5 minutes', $15, $16)`,
        [
          id,
          ticketId,
          number,
          conversationId,
          contactId,
          channelId,
          brandId,
          options.teamId ?? null,
          options.assigneeId ?? null,
          kind,
          options.status ?? 'new',
          options.priority ?? 'normal',
          options.preview ?? 'Where is my parcel?',
          options.dueAt ?? null,
          options.lastMessageAt ?? new Date(),
          options.status === 'solved' || options.status === 'closed' ? new Date() : null,
        ],
      );
      return { id: ticketId, conversationId, number };
    },
    /** Records one event the way ingest and replies do. @returns its message's id, where it has one */
    async tell<T extends DomainEventType>(
      type: T,
      data: DomainEventData[T],
      subject: { ticketId?: string; conversationId?: string; messageId?: string } = {},
      actor: Actor = { kind: 'system' },
    ): Promise<void> {
      await database.lean('system', (tx) => {
        outbox.record(tx, event(id, type, actor, subject, ['leads'], data));
        return Promise.resolve();
      });
    },
    /** A message with its event. Instants are minutes from now. */
    async message(
      ticket: { id: string; conversationId: string },
      from: 'customer' | 'bot' | { agentId: string },
      at: { network?: number; received?: number; applied?: number } = {},
    ): Promise<void> {
      const messageId = uuidv7();
      const incoming = from === 'customer';
      const minutes = (n = 0) => new Date(Date.now() + n * 60_000);
      await database.lean('system', async (tx) => {
        const [row] = await tx.query<{ last_seq: number }>(
          'UPDATE conversations SET last_seq = last_seq + 1 WHERE workspace_id = $1 AND id = $2 RETURNING last_seq',
          [id, ticket.conversationId],
        );
        await tx.execute(
          `INSERT INTO messages (workspace_id, id, conversation_id, ticket_id, channel_id, seq, direction, visibility, author_kind, author_id,
             text, network_at, received_at, applied_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 'private', $8, $9, 'words', $10, $11, $12)`,
          [
            id,
            messageId,
            ticket.conversationId,
            ticket.id,
            channelId,
            row!.last_seq,
            incoming ? 'in' : 'out',
            incoming ? 'contact' : from === 'bot' ? 'bot' : 'agent',
            typeof from === 'object' ? from.agentId : null,
            minutes(at.network),
            minutes(at.received ?? at.network),
            minutes(at.applied ?? at.received ?? at.network),
          ],
        );
        const subject = { ticketId: ticket.id, conversationId: ticket.conversationId, contactId, messageId };
        const seq = row!.last_seq;
        outbox.record(
          tx,
          incoming
            ? event(id, 'message.received', { kind: 'contact' }, subject, ['leads'], {
                seq,
                direction: 'in',
                kind: 'dm',
                opensWork: true,
              })
            : event(id, 'message.sent', { kind: from === 'bot' ? 'bot' : 'agent' }, subject, ['leads'], {
                seq,
                visibility: 'private',
                author: from === 'bot' ? 'bot' : 'agent',
              }),
        );
      });
    },
    events: (type?: DomainEventType) =>
      database.lean('system', (tx) =>
        tx.query<{
          type: string;
          ticket_id: string;
          data: Record<string, unknown>;
          actor: Actor;
          audience: string[];
          position: string;
        }>(
          `SELECT type, ticket_id, data, actor, audience, position FROM domain_events
           WHERE workspace_id = $1 AND ($2::text IS NULL OR type = $2) ORDER BY position`,
          [id, type ?? null],
        ),
      ),
    rows: <Row>(sql: string) => database.lean('system', (tx) => tx.query<Row>(sql, [id])),
  };
  return world;
}

export type World = Awaited<ReturnType<typeof seedWorkspace>>;
