import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../src/boot';
import { ensureOwner } from '../src/identity/first-start';
import { Clock } from '../src/platform/clock';
import { loadConfig } from '../src/platform/config';
import { Database } from '../src/platform/database';
import { cloneDatabase } from './database';
import { ApiClient } from './support/api-client';

export { type ApiAnswer, ApiClient, eventually } from './support/api-client';

export const OWNER = { email: 'owner@harbour.test', password: 'correct horse battery' };

/** What tokens and credentials of a test app are sealed with. */
export const TEST_KEYS = { ENCRYPTION_KEY: 'a'.repeat(64), SESSION_SECRET: 'a secret of the tests, long enough' };

export interface TestApp {
  app: NestFastifyApplication;
  url: string;
  databaseUrl: string;
  database: Database;
  /** Signed in as the workspace's owner. */
  owner: ApiClient;
  close(): Promise<void>;
}

/**
 * The whole product on a database of its own, listening on a free port.
 * @param options `env` overrides configuration; `databaseUrl` joins another app's database as a second node
 */
export async function startApp(options: { env?: Record<string, string>; databaseUrl?: string } = {}): Promise<TestApp> {
  const cloned = options.databaseUrl ? undefined : await cloneDatabase();
  const databaseUrl = options.databaseUrl ?? cloned!.url;
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    ...TEST_KEYS,
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
    ADMIN_EMAIL: OWNER.email,
    ADMIN_PASSWORD: OWNER.password,
    ...options.env,
  });
  const app = await createApp(config);
  await ensureOwner(app.get(Database), config, app.get(Clock));
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const owner = await ApiClient.signIn(url, OWNER.email, OWNER.password);
  return {
    app,
    url,
    databaseUrl,
    database: app.get(Database),
    owner,
    close: async () => {
      await app.close();
      await cloned?.drop();
    },
  };
}
