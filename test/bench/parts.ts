import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../src/platform/embedded-postgres';
import { ApiClient } from '../support/api-client';
import { AppProcess, ENCRYPTION_KEY, SESSION_SECRET } from '../support/app-process';
import { endsWithUs } from '../support/ends-with-us';
import { sleep } from '../support/post-bytes';
import type { ThrowAwayPostgres } from '../support/postgres';
import { WorkspaceSeeder } from '../support/seed-workspace';
import type { LoadOrder, LoadResult } from './load';
import { SECRET } from './secret';

/** A floor program, running. */
export interface Floor {
  pid: number;
  url: string;
  stop: () => Promise<void>;
}

export async function startFloor(name: string, env: Record<string, string>): Promise<Floor> {
  const port = await freePort();
  const options = { env: { ...process.env, ...env, PORT: String(port) } };
  const child = endsWithUs(fork(join(__dirname, 'floors', `${name}.js`), [], options));
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', () => reject(new Error(`The floor ${name} ended while it was starting.`)));
  });
  return { pid: child.pid!, url: `http://127.0.0.1:${port}`, stop: () => end(child) };
}

/** The load generator as a process: one order at a time. */
export class LoadProcess {
  private readonly child: ChildProcess = endsWithUs(fork(join(__dirname, 'load.js')));

  async order(order: LoadOrder): Promise<LoadResult> {
    this.child.send(order);
    const answer = await new Promise<{ result?: LoadResult; error?: string }>((resolve, reject) => {
      this.child.once('message', (message) => resolve(message as { result?: LoadResult; error?: string }));
      this.child.once('exit', () => reject(new Error('The load generator ended.')));
    });
    this.child.removeAllListeners('exit');
    if (answer.error !== undefined || answer.result === undefined) throw new Error(`The load failed: ${answer.error}`);
    return answer.result;
  }

  stop = () => end(this.child);
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  return gone;
}

/** The product on a fresh database, with as many pages as asked for, each with a team of its own. */
export interface Product {
  app: AppProcess;
  accounts: string[];
  teams: string[];
  seeder: WorkspaceSeeder;
  workspaceId: string;
  /** Waits until everything stored has been applied. */
  applied: () => Promise<void>;
  stop: () => Promise<void>;
}

export async function startProduct(postgres: ThrowAwayPostgres, name: string, pages: number): Promise<Product> {
  const url = await postgres.database(name);
  const app = await AppProcess.start(url);
  const client = new pg.Client(url);
  await client.connect();
  const seeder = new WorkspaceSeeder(client, { ENCRYPTION_KEY, SESSION_SECRET });
  const workspaceId = await seeder.firstWorkspace();
  const api = ApiClient.withToken(app.url, (await seeder.agent(workspaceId, 'owner')).token);
  const [accounts, teams]: [string[], string[]] = [[], []];
  for (let i = 0; i < pages; i++) {
    const teamId = await seeder.team(workspaceId, `Team ${i}`);
    const externalId = `50000${i}`;
    const credentials = { accessToken: 'token', appSecret: SECRET };
    const settings = { apiBaseUrl: 'http://127.0.0.1:2' }; // nobody listens: nothing measured leaves this machine
    await api.post('/channels', { kind: 'facebook', name: `Page ${i}`, externalId, teamId, credentials, settings });
    accounts.push(externalId);
    teams.push(teamId);
  }
  return {
    app,
    accounts,
    teams,
    seeder,
    workspaceId,
    applied: async () => {
      for (;;) {
        // by the index of what waits: looking must cost the product nothing it is charged with
        const { rows } = await client.query(
          `SELECT lane FROM inbound_events WHERE state = 'received' AND lane >= 0 ORDER BY lane LIMIT 1`,
        );
        if (rows.length === 0) return;
        await sleep(50);
      }
    },
    stop: async () => {
      await client.end();
      await app.kill();
    },
  };
}
