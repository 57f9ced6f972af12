import { type CanActivate, type ExecutionContext, Global, Injectable, Module, ValidationPipe } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import pino from 'pino';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { BotModule } from '../src/bot/bot.module';
import { BOT_REPLIES, type BotAllowance, type BotReplies, type BotReply } from '../src/bot/bot-replies';
import { BotService } from '../src/bot/bot.service';
import { FaqArticleEntity } from '../src/bot/faq-article.entity';
import { type Authenticated, ROUTE_ACCESS, type RouteAccess } from '../src/identity/access.decorators';
import { permissionsOf, type Principal, type Role } from '../src/identity/principal';
import { JobsModule } from '../src/jobs/jobs.module';
import { event } from '../src/outbox/domain-event';
import { Outbox } from '../src/outbox/outbox';
import { OutboxModule } from '../src/outbox/outbox.module';
import { Clock } from '../src/platform/clock';
import { Config } from '../src/platform/config';
import { Database, type Tx } from '../src/platform/database';
import { DomainError } from '../src/platform/errors';
import { HttpErrorsFilter } from '../src/platform/http-errors.filter';
import { uuidv7 } from '../src/platform/ids';
import { LOGGER } from '../src/platform/logger';
import { testDatabase } from './database';
import { until } from './jobs-node';

const log = pino({ level: 'silent' });
/** The agent behind every request. */
export const ada = uuidv7();

/** The bot's way out as the product's behaves: a row in the thread, in the bot's own transaction. */
export class TestReplies implements BotReplies {
  allowed: BotAllowance;
  sent: BotReply[];
  /** Holds the bot's transaction open, with the conversation locked. */
  hold: (() => Promise<void>) | null;

  constructor() {
    this.reset();
  }

  reset(): void {
    this.allowed = { mayReply: true, amongMachines: false, textLimit: { max: 1_000, unit: 'utf8_bytes' } };
    this.sent = [];
    this.hold = null;
  }

  async allowance(): Promise<BotAllowance> {
    await this.hold?.();
    return this.allowed;
  }

  async reply(tx: Tx, reply: BotReply): Promise<{ messageId: string }> {
    this.sent.push(reply);
    return { messageId: await write(tx, reply.workspaceId, reply.conversationId, 'bot', reply.text) };
  }
}

@Injectable()
class HeaderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp().getRequest<Authenticated & { headers: Record<string, string | undefined> }>();
    const targets = [context.getHandler(), context.getClass()];
    const access = new Reflector().getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, targets);
    const role = (http.headers['x-role'] ?? 'admin') as Role;
    const permissions = permissionsOf(role);
    if (!access || access === 'public') throw new Error('A route of the bot must name its permission.');
    if (!access.every((p) => permissions.has(p))) throw new DomainError('forbidden', 'Ask an admin.');
    const workspaceId = http.headers['x-workspace']!;
    const principal: Principal = {
      workspaceId,
      agentId: ada,
      role,
      teamIds: [],
      permissions,
      name: 'Ada',
      email: 'ada@harbour.test',
      locale: 'en',
      via: 'session',
    };
    http.authentication = { principal, tokenHash: Buffer.alloc(32), csrfToken: null };
    return true;
  }
}

export interface World {
  workspaceId: string;
  brandId: string;
  teamId: string;
  channelId: string;
  contactId: string;
  identityId: string;
}

export interface AnswerRow {
  id: string;
  question_message_id: string;
  article_id: string;
  score: number;
  locale: string;
  mode: string;
  reply_message_id: string | null;
  outcome: string | null;
}

export interface Thread {
  workspaceId: string;
  conversationId: string;
  ticketId: string;
}

async function write(
  tx: Tx,
  workspaceId: string,
  conversationId: string,
  author: 'contact' | 'agent' | 'bot',
  text: string,
): Promise<string> {
  const id = uuidv7();
  await tx.execute(
    `WITH c AS (
       UPDATE conversations SET last_seq = last_seq + 1 WHERE workspace_id = $1 AND id = $2 RETURNING *
     )
     INSERT INTO messages (workspace_id, id, conversation_id, ticket_id, channel_id, seq, direction, visibility, author_kind,
                           author_id, text, network_at, received_at, applied_at)
     SELECT $1, $3, $2, (SELECT id FROM tickets WHERE workspace_id = $1 AND conversation_id = $2), c.channel_id, c.last_seq,
            CASE WHEN $4 = 'contact' THEN 'in' ELSE 'out' END, 'private', $4, $6::uuid, $5, clock_timestamp(),
            clock_timestamp(), clock_timestamp()
     FROM c`,
    [workspaceId, conversationId, id, author, text, author === 'agent' ? ada : null],
  );
  return id;
}

/** The bot's modules on a database of their own, and verbs for what customers and agents do around it. */
export async function startBotWorld() {
  const db = await testDatabase([FaqArticleEntity]);
  const replies = new TestReplies();

  @Global()
  @Module({
    providers: [
      { provide: Config, useValue: db.config },
      { provide: LOGGER, useValue: log },
      { provide: DataSource, useFactory: () => db.dataSource },
      Database,
      Clock,
      { provide: BOT_REPLIES, useValue: replies },
      { provide: APP_GUARD, useClass: HeaderGuard },
    ],
    exports: [Config, LOGGER, DataSource, Database, Clock, BOT_REPLIES],
  })
  class GroundModule {}

  const module = await Test.createTestingModule({
    imports: [GroundModule, OutboxModule, JobsModule, BotModule],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.useGlobalFilters(new HttpErrorsFilter(log));
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: (errors) =>
        new DomainError('validation_failed', 'Please correct.', { fields: errors.map((e) => e.property) }),
    }),
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const outbox = app.get(Outbox);

  /** A workspace with everything a thread needs. */
  async function world(): Promise<World> {
    const [workspaceId, brandId, teamId, channelId, contactId, identityId] = Array.from({ length: 6 }, () =>
      uuidv7(),
    ) as [string, string, string, string, string, string];
    await db.database.lean('system', async (tx) => {
      await tx.execute('INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)', [
        workspaceId,
        workspaceId.slice(-12),
      ]);
      await tx.execute(`INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, 'Harbour')`, [
        workspaceId,
        brandId,
      ]);
      await tx.execute(`INSERT INTO teams (workspace_id, id, name) VALUES ($1, $2, 'Care')`, [workspaceId, teamId]);
      await tx.execute(
        `INSERT INTO channels (workspace_id, id, kind, name, brand_id, external_id) VALUES ($1, $2, 'webchat', 'Site', $3, $4)`,
        [workspaceId, channelId, brandId, channelId],
      );
      await tx.execute(`INSERT INTO contacts (workspace_id, id, name) VALUES ($1, $2, 'Omar')`, [
        workspaceId,
        contactId,
      ]);
      await tx.execute(
        'INSERT INTO contact_identities (workspace_id, id, contact_id, channel_id, external_id) VALUES ($1, $2, $3, $4, $5)',
        [workspaceId, identityId, contactId, channelId, contactId],
      );
    });
    return { workspaceId, brandId, teamId, channelId, contactId, identityId };
  }

  /** A thread with its ticket, in the bot's hands. */
  async function thread(w: World): Promise<Thread> {
    const [conversationId, ticketId] = [uuidv7(), uuidv7()];
    await db.database.lean({ workspaceId: w.workspaceId }, async (tx) => {
      await tx.execute(
        `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, thread_key)
       VALUES ($1, $2, $3, $4, $5, $6, 'dm', $6::uuid::text || $2::uuid::text)`,
        [w.workspaceId, conversationId, w.channelId, w.brandId, w.contactId, w.identityId],
      );
      await tx.execute(
        `INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, team_id,
                            kind, last_message_at)
       VALUES ($1, $2, (SELECT count(*) + 1 FROM tickets WHERE workspace_id = $1), $3, 1, $4, $5, $6, $7, 'dm', now())`,
        [w.workspaceId, ticketId, conversationId, w.contactId, w.channelId, w.brandId, w.teamId],
      );
    });
    return { workspaceId: w.workspaceId, conversationId, ticketId };
  }

  /** The customer writes. Nothing hears of it: tests that want the whole way use `arrives`. */
  const asks = (t: Thread, text: string) =>
    db.database.lean({ workspaceId: t.workspaceId }, (tx) =>
      write(tx, t.workspaceId, t.conversationId, 'contact', text),
    );

  const arrives = (t: Thread, text: string) =>
    db.database.lean({ workspaceId: t.workspaceId }, async (tx) => {
      const messageId = await write(tx, t.workspaceId, t.conversationId, 'contact', text);
      const data = { seq: 1, direction: 'in' as const, kind: 'dm' as const, opensWork: true };
      outbox.record(tx, event(t.workspaceId, 'message.received', { kind: 'contact' }, { ...t, messageId }, [], data));
      return messageId;
    });

  /** An agent replies, which silences the bot in the same transaction. */
  async function human(tx: Tx, t: Thread, text: string): Promise<void> {
    await tx.query('SELECT 1 FROM conversations WHERE workspace_id = $1 AND id = $2 FOR UPDATE', [
      t.workspaceId,
      t.conversationId,
    ]);
    const messageId = await write(tx, t.workspaceId, t.conversationId, 'agent', text);
    await tx.execute(`UPDATE conversations SET handler = 'human' WHERE workspace_id = $1 AND id = $2`, [
      t.workspaceId,
      t.conversationId,
    ]);
    const data = { seq: 2, visibility: 'private' as const, author: 'agent' as const };
    outbox.record(tx, event(t.workspaceId, 'message.sent', { kind: 'agent', id: ada }, { ...t, messageId }, [], data));
  }

  const api = (w: { workspaceId: string }, role: Role = 'admin') => {
    const with_ = (r: request.Test) => r.set('x-workspace', w.workspaceId).set('x-role', role);
    const server = app.getHttpServer();
    return {
      get: (path: string) => with_(request(server).get(path)),
      post: (path: string, body: object) => with_(request(server).post(path).send(body)),
      patch: (path: string, body: object) => with_(request(server).patch(path).send(body)),
    };
  };

  async function article(w: World, body: object): Promise<{ id: string; version: number }> {
    return (await api(w).post('/faq-articles', body).expect(201)).body;
  }

  const answers = (t: { workspaceId: string }) =>
    db.database.lean({ workspaceId: t.workspaceId }, (tx) =>
      tx.query<AnswerRow>('SELECT * FROM bot_answers WHERE workspace_id = $1 ORDER BY id', [t.workspaceId]),
    );

  const events = (t: { workspaceId: string }) =>
    db.database.lean({ workspaceId: t.workspaceId }, (tx) =>
      tx.query<{
        type: string;
        actor: unknown;
        data: Record<string, unknown>;
        audience: string[];
        message_id: string;
        ticket_id: string;
      }>(
        `SELECT type, actor, data, audience, message_id, ticket_id FROM domain_events
       WHERE workspace_id = $1 AND type LIKE 'bot.%' ORDER BY position`,
        [t.workspaceId],
      ),
    );

  /** Waits until some transaction of this database waits for a row another holds. */
  const someoneWaits = () =>
    until('a transaction waits for a lock', async () => {
      const rows = await db.database.lean('system', (tx) =>
        tx.query(
          'SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()',
        ),
      );
      return rows.length > 0;
    });

  const close = async () => {
    await app.close();
    await db.drop();
  };
  return {
    db,
    replies,
    bot: app.get(BotService),
    world,
    thread,
    asks,
    arrives,
    human,
    api,
    article,
    answers,
    events,
    someoneWaits,
    close,
  };
}
