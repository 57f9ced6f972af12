import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config';
import { DomainError } from './errors';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'pasokh-config-'))));
afterEach(() => rmSync(dir, { recursive: true }));
const load = (env: Record<string, string> = {}) => loadConfig({ DATA_DIR: dir, ...env });
const refusal = (env: Record<string, string>): DomainError => {
  try {
    load(env);
  } catch (error) {
    return error as DomainError;
  }
  throw new Error('it was taken');
};

it('needs nothing: a loopback server with a Postgres of its own', () => {
  expect(load()).toMatchObject({
    PORT: 3000,
    HOST: '127.0.0.1',
    ROLE: 'all',
    embedded: true,
    servesHttp: true,
    runsJobs: true,
  });
});

it('takes an empty variable for one that is not set', () => {
  expect(load({ PORT: '', REDIS_URL: '', HOST: '' })).toMatchObject({ PORT: 3000, HOST: '127.0.0.1' });
});

const WRONG = {
  NODE_ENV: 'staging-3417',
  PORT: '70000',
  DATABASE_URL: 'mysql://u:hunter2@db/x',
  DATABASE_POOL: 'many-3417',
  REDIS_URL: 'http://:hunter2@cache',
  REDIS_PREFIX: 'a b 3417',
  ROLE: 'boss-3417',
  PUBLIC_URL: 'ftp://3417.example',
  ENCRYPTION_KEY: 'hunter2-3417',
  SESSION_SECRET: 'hunter2',
  LOG_LEVEL: 'loud-3417',
  ADMIN_EMAIL: 'not an address 3417',
  ADMIN_PASSWORD: 'hunter2',
  TRUST_PROXY: '-3417',
  WEBHOOK_BODY_LIMIT: '3',
};

it('names every wrong variable at once, and no value', () => {
  const error = refusal(WRONG);
  expect(error.code).toBe('misconfigured');
  expect((error.details['names'] as string[]).toSorted()).toEqual(Object.keys(WRONG).toSorted());
  for (const name of Object.keys(WRONG)) expect(error.message).toContain(name);
  expect(error.message).not.toMatch(/hunter2|3417|mysql|70000/);
});

it.each([['12.5'], ['0x10'], ['1e3'], [' 80']])('does not read %p as a port', (PORT) =>
  expect(refusal({ PORT }).details['names']).toEqual(['PORT']),
);

it('wants the secrets of an installation of its own in production', () => {
  const env = { NODE_ENV: 'production', DATABASE_URL: 'postgres://u:p@db:5432/x' };
  expect(refusal(env).details['names']).toEqual(['ENCRYPTION_KEY', 'SESSION_SECRET']);
  const given = load({ ...env, ENCRYPTION_KEY: `${'a'.repeat(64)},${'b'.repeat(64)}`, SESSION_SECRET: 's'.repeat(32) });
  expect(given).toMatchObject({ HOST: '0.0.0.0', embedded: false });
});

it('makes secrets once, keeps them for the next start, and readable by their owner only', () => {
  const first = load();
  expect(first.ENCRYPTION_KEY).toMatch(/^[0-9a-f]{64}$/);
  expect(load()).toMatchObject({ ENCRYPTION_KEY: first.ENCRYPTION_KEY, SESSION_SECRET: first.SESSION_SECRET });
  expect(first.SESSION_SECRET).not.toBe(first.ENCRYPTION_KEY);
  const file = join(dir, 'secrets', 'encryption-key');
  expect(statSync(file).mode & 0o077).toBe(0);
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
  expect(() => load()).toThrow('damaged');
});
