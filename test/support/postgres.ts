import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { accountFor, binaries, freePort } from '../../src/platform/embedded-postgres';
import { migrate } from '../../src/platform/migrations';
import { endsWithUs } from './ends-with-us';

const USER = 'proof';
const ANSWERS_WITHIN_MS = 30_000;

/**
 * A Postgres of a program's own on loopback: durable as in production (fsync on), its data thrown away at the end. It
 * can be stopped hard and brought back on the same port with the same data.
 */
export class ThrowAwayPostgres {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly dir: string,
    private readonly postgres: string,
    private readonly account: { uid?: number; gid?: number },
    private readonly port: number,
    private readonly settings: Record<string, string>,
  ) {}

  /** @param settings over those every proof has */
  static async start(settings: Record<string, string> = {}): Promise<ThrowAwayPostgres> {
    const dir = mkdtempSync(join(tmpdir(), 'pasokh-proof-'));
    chmodSync(dir, 0o711); // as root, Postgres runs as another user
    const account = await accountFor(dir);
    const { initdb, postgres } = await binaries();
    const data = join(dir, 'pg');
    mkdirSync(data, { mode: 0o700 });
    if (account.uid !== undefined) chownSync(data, account.uid, account.gid!);
    const flags = ['--auth=trust', `--username=${USER}`, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
    await promisify(execFile)(initdb, [`--pgdata=${data}`, ...flags], account);
    const started = new ThrowAwayPostgres(dir, postgres, account, await freePort(), settings);
    await started.up();
    return started;
  }

  /** The postmaster's process id; its children are Postgres' workers. */
  get pid(): number {
    return this.child?.pid ?? 0;
  }

  url(database = 'postgres'): string {
    return `postgres://${USER}@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts it, again after `stopHard`, and waits until it answers: crash recovery included. */
  async up(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '300',
      shared_buffers: '256MB',
      max_wal_size: '2GB',
      log_min_messages: 'panic',
      ...this.settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const options = { ...this.account, stdio: 'ignore' as const };
    const args = ['-D', join(this.dir, 'pg'), '-p', String(this.port), ...flags];
    this.child = endsWithUs(spawn(this.postgres, args, options));
    const end = Date.now() + ANSWERS_WITHIN_MS;
    while (!(await answers(this.url()))) {
      if (Date.now() > end) throw new Error('The throw-away Postgres did not come up.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** `pg_ctl stop -m immediate`: no checkpoint, no goodbye. */
  async stopHard(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGQUIT');
    await gone;
    this.child = null;
  }

  /** A fresh database with the product's schema. */
  async database(name: string): Promise<string> {
    await this.run('postgres', `CREATE DATABASE ${name}`);
    const url = this.url(name);
    await migrate(url);
    return url;
  }

  async run(database: string, sql: string): Promise<void> {
    const client = new pg.Client(this.url(database));
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  async throwAway(): Promise<void> {
    await this.stopHard();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
