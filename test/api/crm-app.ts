import { type CanActivate, type ExecutionContext, Global, Injectable, Module, ValidationPipe } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { generateKeyPairSync } from 'node:crypto';
import pino from 'pino';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { CrmModule } from '../../src/crm/crm.module';
import { type Authenticated, ROUTE_ACCESS, type RouteAccess } from '../../src/identity/access.decorators';
import { permissionsOf, type Principal, type Role } from '../../src/identity/principal';
import { JobsModule } from '../../src/jobs/jobs.module';
import { OutboxModule } from '../../src/outbox/outbox.module';
import { Clock } from '../../src/platform/clock';
import { Config } from '../../src/platform/config';
import { Database } from '../../src/platform/database';
import { DomainError } from '../../src/platform/errors';
import { HttpErrorsFilter } from '../../src/platform/http-errors.filter';
import { LOGGER } from '../../src/platform/logger';
import { Secrets } from '../../src/platform/secrets';
import type { testDatabase } from '../database';
import { INTEGRATION_USER } from '../simulators/salesforce/org';
import type { SalesforceEmulator } from '../simulators/salesforce/server';

for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) delete process.env[name]; // jsforce sends even loopback calls there

export const CLIENT_ID = 'the-consumer-key';

/** A key pair as an admin makes it: the public half for the org, the private half for us. */
export function keyPair() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

export const appWith = (publicKeyPem: string) => ({
  clientId: CLIENT_ID,
  publicKeyPem,
  approvedUsers: [INTEGRATION_USER],
});

/**
 * The sync as one process has it: outbox, jobs and crm, real Postgres, HTTP with a guard that believes `x-workspace`,
 * `x-agent` and `x-role`.
 */
export async function startCrm(db: Awaited<ReturnType<typeof testDatabase>>, role: Config['ROLE'] = 'all') {
  const config = Object.assign(new Config(), db.config, {
    ROLE: role,
    PUBLIC_URL: 'https://inbox.harbour.test',
    ENCRYPTION_KEY: '1'.repeat(64),
    SESSION_SECRET: '2'.repeat(32),
  });
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });

  @Injectable()
  class HeaderGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const http = context.switchToHttp().getRequest<Authenticated & { headers: Record<string, string> }>();
      const targets = [context.getHandler(), context.getClass()];
      const access = new Reflector().getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, targets);
      const permissions = permissionsOf(http.headers['x-role'] as Role);
      if (!access || access === 'public') throw new Error('A route of the CRM must name its permission.');
      if (!access.every((p) => permissions.has(p))) throw new DomainError('forbidden', 'Ask an admin.');
      const principal: Principal = {
        workspaceId: http.headers['x-workspace']!,
        agentId: http.headers['x-agent']!,
        role: http.headers['x-role'] as Role,
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

  const ground = [
    { provide: Config, useValue: config },
    { provide: LOGGER, useValue: log },
    { provide: DataSource, useFactory: () => db.dataSource },
    { provide: Secrets, useValue: new Secrets(config) },
    { provide: Database, useFactory: () => new SharedDatabase(db.dataSource) },
    { provide: Clock, useValue: new Clock() },
  ];
  @Global()
  @Module({
    providers: [...ground, { provide: APP_GUARD, useClass: HeaderGuard }],
    exports: ground.map((p) => p.provide),
  })
  class Ground {}

  const module = await Test.createTestingModule({ imports: [Ground, OutboxModule, JobsModule, CrmModule] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
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
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { app, lines, http: () => request(app.getHttpServer()) };
}

/** Outlives the application it is given to: several run on one database. */
class SharedDatabase extends Database {
  override onApplicationShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

export type CrmApp = Awaited<ReturnType<typeof startCrm>>;

/** Calls that count against the org's day, in order. */
export const dataCalls = (org: SalesforceEmulator) => org.journal.list({ path: /^\/services\/data\// });
