import pg from 'pg';
import { ApiClient } from '../support/api-client';
import { AppProcess, ENCRYPTION_KEY, SESSION_SECRET } from '../support/app-process';
import { ThrowAwayPostgres } from '../support/postgres';
import { sleep } from '../support/post-bytes';
import { type SeededAgent, WorkspaceSeeder } from '../support/seed-workspace';

export const APP_SECRET = 'chaos_app_secret_0123456789abcdef';
export const PAGE = '104857213906412';
export const INSTAGRAM = '17841455500123987';
/** Nobody listens there: what a channel without a simulator asks its network never leaves this machine. */
export const NOWHERE = 'http://127.0.0.1:2';

/** A Postgres, one or more nodes of the product on it, and a workspace with its owner. */
export class World {
  private readonly cleanups: (() => Promise<void>)[] = [];
  readonly nodes: AppProcess[] = [];
  owner!: SeededAgent;
  api!: ApiClient;
  seeder!: WorkspaceSeeder;

  private constructor(
    readonly postgres: ThrowAwayPostgres,
    readonly databaseUrl: string,
  ) {}

  /** Runs `work` in a world of its own and takes the world down whatever happens. */
  static async with<T>(
    options: { nodes?: Record<string, string>[]; before?: (world: World) => Promise<void> },
    work: (world: World) => Promise<T>,
  ): Promise<T> {
    const postgres = await ThrowAwayPostgres.start();
    const world = new World(postgres, await postgres.database('chaos'));
    try {
      for (const env of options.nodes ?? [{}]) {
        world.nodes.push(await AppProcess.start(world.databaseUrl, { DATABASE_POOL: '12', ...env }));
      }
      await world.settle();
      return await work(world);
    } finally {
      await Promise.all(world.nodes.map((node) => node.kill()));
      for (const cleanup of world.cleanups.toReversed()) await cleanup().catch(() => undefined);
      await postgres.throwAway();
    }
  }

  get app(): AppProcess {
    return this.nodes[0]!;
  }

  /** Runs when the world ends, last registered first. */
  atEnd(cleanup: () => Promise<void>): void {
    this.cleanups.push(cleanup);
  }

  private async settle(): Promise<void> {
    const client = await this.connect();
    this.seeder = new WorkspaceSeeder(client, { ENCRYPTION_KEY, SESSION_SECRET });
    this.owner = await this.seeder.agent(await this.seeder.firstWorkspace(), 'owner');
    this.api = ApiClient.withToken(this.app.url, this.owner.token);
  }

  /** A connection as the tables' owner, which row-level security does not hold. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client(this.databaseUrl);
    client.on('error', () => undefined); // Postgres is killed under it on purpose
    await client.connect();
    this.atEnd(() => client.end());
    return client;
  }

  /** One query on a connection of its own: it works also after Postgres was away. */
  async query<Row>(sql: string, params: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client(this.databaseUrl);
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql, params)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async metaChannels(teamId?: string, settings: Record<string, unknown> = {}): Promise<void> {
    for (const [kind, externalId] of [
      ['facebook', PAGE],
      ['instagram', INSTAGRAM],
    ]) {
      await this.api.post('/channels', {
        kind,
        externalId,
        teamId,
        settings: { apiBaseUrl: NOWHERE, ...settings },
        name: `Chaos ${kind}`,
        credentials: { accessToken: 'EAAInventedPageTokenForTests', appSecret: APP_SECRET, verifyToken: 'verify' },
      });
    }
  }

  /** Waits until every stored event is applied and every reader of events has caught up. @returns ms, or null in vain */
  async untilSettled(withinMs: number): Promise<number | null> {
    const started = Date.now();
    while (Date.now() - started < withinMs) {
      const [row] = await this.query<{ waiting: number; lagging: number }>(
        `SELECT (SELECT count(*)::int FROM inbound_events WHERE state = 'received') AS waiting,
           (SELECT count(*)::int FROM event_heads h JOIN event_cursors c USING (workspace_id) WHERE c.position < h.position) AS lagging`,
      );
      if (row?.waiting === 0 && row.lagging === 0) return Date.now() - started;
      await sleep(100);
    }
    return null;
  }
}
