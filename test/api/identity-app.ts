import { Global, Module, ValidationPipe } from '@nestjs/common';
import { type NestFastifyApplication, FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import pino from 'pino';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { IDENTITY_ENTITIES } from '../../src/identity/identity.entities';
import { IdentityModule } from '../../src/identity/identity.module';
import { LoginLimits } from '../../src/identity/login-limits';
import { hashPassword } from '../../src/identity/passwords';
import type { Role } from '../../src/identity/principal';
import { Sessions } from '../../src/identity/sessions';
import { AccessChanges } from '../../src/identity/access-changes';
import { Outbox } from '../../src/outbox/outbox';
import { Clock } from '../../src/platform/clock';
import { Config } from '../../src/platform/config';
import { Database } from '../../src/platform/database';
import { DomainError } from '../../src/platform/errors';
import { HttpErrorsFilter } from '../../src/platform/http-errors.filter';
import { uuidv7 } from '../../src/platform/ids';
import { LOGGER } from '../../src/platform/logger';
import { Secrets } from '../../src/platform/secrets';
import { testDatabase } from '../database';

/** A clock the tests may put forward. */
export class MovableClock extends Clock {
  private ahead = 0;
  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }
  forward(ms: number): void {
    this.ahead += ms;
  }
}

export const PASSWORD = 'a long enough password';

/**
 * Identity and audit behind HTTP, without the rest of the product: a clock to move, and callers from any address
 * (`x-forwarded-for` is believed).
 */
export async function startIdentity(extra: { controllers?: (new () => object)[]; publicUrl?: string } = {}) {
  const db = await testDatabase(IDENTITY_ENTITIES);
  const config = Object.assign(db.config, {
    ENCRYPTION_KEY: '1'.repeat(64),
    SESSION_SECRET: '2'.repeat(32),
    PUBLIC_URL: extra.publicUrl,
  });
  const clock = new MovableClock();
  const log = pino({ level: 'silent' });

  const platform = [
    { provide: Config, useValue: config },
    { provide: LOGGER, useValue: log },
    { provide: DataSource, useValue: db.dataSource },
    { provide: Secrets, useValue: new Secrets(config) },
    { provide: Database, useValue: db.database },
    { provide: Clock, useValue: clock },
    { provide: Outbox, useValue: new Outbox(clock) },
  ];
  @Global()
  @Module({ providers: platform, exports: platform.map(({ provide }) => provide) })
  class Ground {}

  const routes: { method: string; url: string }[] = [];
  const adapter = new FastifyAdapter({ trustProxy: true });
  adapter.getInstance().addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url });
  });
  const module = await Test.createTestingModule({
    imports: [Ground, IdentityModule],
    controllers: extra.controllers ?? [],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(adapter, { logger: false });
  app.setGlobalPrefix('api/v1');
  app.useGlobalFilters(new HttpErrorsFilter(log));
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: (errors) =>
        new DomainError('validation_failed', 'Please correct.', { fields: errors.map(({ property }) => property) }),
    }),
  );
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await db.drop();
    throw error;
  }

  return {
    app,
    clock,
    config,
    database: db.database,
    url: db.url,
    routes,
    limits: app.get(LoginLimits),
    sessions: app.get(Sessions),
    accessChanges: app.get(AccessChanges),
    http: () => request(app.getHttpServer()),
    close: async () => {
      await app.close();
      await db.drop();
    },
  };
}

export type IdentityApp = Awaited<ReturnType<typeof startIdentity>>;

/** A workspace with a team and agents `<name>@<slug>.example`, all with the same password. */
export async function addWorkspace(database: Database, slug: string, people: Record<string, Role>) {
  const [workspaceId, brandId, teamId] = [uuidv7(), uuidv7(), uuidv7()];
  const passwordHash = await cheapPassword;
  const agents: Record<string, string> = {};
  await database.lean('system', async (tx) => {
    await tx.execute('INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)', [workspaceId, slug]);
    await tx.execute(`INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, 'Main')`, [workspaceId, brandId]);
    await tx.execute(`INSERT INTO teams (workspace_id, id, name) VALUES ($1, $2, 'Support')`, [workspaceId, teamId]);
    for (const [name, role] of Object.entries(people)) {
      agents[name] = uuidv7();
      await tx.execute(
        'INSERT INTO agents (workspace_id, id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5, $6)',
        [workspaceId, agents[name], `${name}@${slug}.example`, name, role, passwordHash],
      );
    }
  });
  return { workspaceId, slug, brandId, teamId, agents };
}

const cheapPassword = hashPassword(PASSWORD);

/** A browser: keeps its cookie, sends its CSRF token and its page's origin. */
export class Browser {
  cookie = '';
  csrf = '';
  constructor(
    private readonly on: IdentityApp,
    readonly address = '198.51.100.1',
  ) {}

  async login(email: string, password = PASSWORD, workspace?: string) {
    const response = await this.on
      .http()
      .post('/api/v1/auth/login')
      .set('x-forwarded-for', this.address)
      .set('cookie', this.cookie)
      .send({ email, password, workspace });
    const [cookie] = (response.headers['set-cookie'] ?? []) as unknown as string[];
    if (cookie) this.cookie = cookie.split(';')[0]!;
    this.csrf = (response.body as { csrfToken?: string }).csrfToken ?? this.csrf;
    return response;
  }

  send(method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string, body?: object) {
    const sent = this.on
      .http()
      [method](`/api/v1${path}`)
      .set('cookie', this.cookie)
      .set('x-csrf-token', this.csrf)
      .set('x-forwarded-for', this.address);
    return body ? sent.send(body) : sent;
  }
}

/** Workspaces `harbour` and `bazaar` with people in every role, in browsers of their own. */
export async function startHarbour() {
  const on = await startIdentity();
  const harbour = await addWorkspace(on.database, 'harbour', {
    ada: 'owner',
    ben: 'admin',
    cyrus: 'lead',
    dara: 'agent',
    elif: 'analyst',
    farid: 'crm_viewer',
  });
  const bazaar = await addWorkspace(on.database, 'bazaar', { omid: 'owner', parisa: 'agent' });

  const browsers = new Map<string, Browser>();
  /** One of the cast in a browser; signed in again when a test has ended the session or time has. */
  const signedIn = async (name: string, workspace = 'harbour') => {
    const email = `${name}@${workspace}.example`;
    const browser = browsers.get(email) ?? new Browser(on);
    browsers.set(email, browser);
    if ((await browser.send('get', '/auth/session')).status !== 200) {
      expect((await browser.login(email)).status).toBe(200);
    }
    return browser;
  };
  const system = <T>(sql: string, params: unknown[] = []) =>
    on.database.lean('system', (tx) => tx.query<T>(sql, params));
  /** A colleague for one test, so tests do not disable each other's people. */
  let made = 0;
  const colleague = async (role = 'agent') => {
    const ada = await signedIn('ada');
    const email = `colleague${++made}@harbour.example`;
    const body = { email, name: `Colleague ${made}`, role, password: PASSWORD };
    const { body: agent } = await ada.send('post', '/agents', body).expect(201);
    const browser = new Browser(on);
    await browser.login(email);
    return { id: (agent as { id: string }).id, email, browser, ada };
  };

  return Object.assign(on, { harbour, bazaar, signedIn, system, colleague });
}
