import { type CanActivate, type ExecutionContext, Global, Injectable, Module } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import pino, { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { type Authenticated, ROUTE_ACCESS, type RouteAccess } from '../src/identity/access.decorators';
import { permissionsOf, type Principal, type Role } from '../src/identity/principal';
import { JobsModule } from '../src/jobs/jobs.module';
import { OutboxModule } from '../src/outbox/outbox.module';
import { Clock } from '../src/platform/clock';
import { Config } from '../src/platform/config';
import { openDataSource } from '../src/platform/data-source';
import { Database } from '../src/platform/database';
import { DomainError } from '../src/platform/errors';
import { LOGGER } from '../src/platform/logger';

/** Log lines of a node, parsed, for asserting what an operator would see. */
export type LogLines = Record<string, unknown>[];

/**
 * One process's worth of the job machinery on a given database: the real modules, with a guard that believes the
 * headers `x-workspace`, `x-agent` and `x-role`.
 */
export async function startJobsNode(env: Partial<Config> & { DATABASE_URL: string }) {
  const config = Object.assign(new Config(), { HOST: '127.0.0.1', DATABASE_POOL: 8 }, env);
  const lines: LogLines = [];
  const log: Logger = pino(
    { level: 'debug' },
    { write: (line: string) => void lines.push(JSON.parse(line) as LogLines[number]) },
  );
  const source = await openDataSource(config, []);

  @Injectable()
  class HeaderGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<Authenticated & { headers: Record<string, string> }>();
      const access = new Reflector().getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [
        context.getHandler(),
        context.getClass(),
      ]);
      const permissions = permissionsOf(request.headers['x-role'] as Role);
      if (!access || access === 'public') throw new Error('A route of jobs must name its permission.');
      if (!access.every((p) => permissions.has(p))) throw new DomainError('forbidden', 'Ask an admin.');
      const principal: Principal = {
        workspaceId: request.headers['x-workspace']!,
        agentId: request.headers['x-agent']!,
        role: request.headers['x-role'] as Role,
        teamIds: [],
        permissions,
        name: 'Ada',
        email: 'ada@harbour.test',
        locale: 'en',
        via: 'session',
      };
      request.authentication = { principal, tokenHash: Buffer.alloc(32), csrfToken: null };
      return true;
    }
  }

  @Global()
  @Module({
    providers: [
      { provide: Config, useValue: config },
      { provide: LOGGER, useValue: log },
      { provide: DataSource, useFactory: () => source },
      Database,
      Clock,
      { provide: APP_GUARD, useClass: HeaderGuard },
    ],
    exports: [Config, LOGGER, DataSource, Database, Clock],
  })
  class GroundModule {}

  const module = await Test.createTestingModule({ imports: [GroundModule, OutboxModule, JobsModule] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  return { app, config, log, lines, database: app.get(Database) };
}

export type JobsNode = Awaited<ReturnType<typeof startJobsNode>>;

/** A Redis that a test may empty and kill; a second start takes the same port. */
export async function startRedis(port?: number) {
  const at = port ?? (await freePort());
  const args = ['--port', String(at), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('Ready to accept') && resolve());
  });
  const kill = (signal: NodeJS.Signals) =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill(signal);
    });
  return {
    url: `redis://127.0.0.1:${at}`,
    port: at,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    kill,
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Waits until `look` gives something truthy. */
export async function until<T>(what: string, look: () => T | Promise<T>, ms = 20_000): Promise<NonNullable<T>> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen as NonNullable<T>;
    if (Date.now() > end) throw new Error(`Waited ${ms} ms in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
