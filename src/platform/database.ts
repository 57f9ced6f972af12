import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg, { type Pool, type PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { worksByRole } from './data-source';
import { DomainError } from './errors';

/** Whose rows a transaction may see: one workspace's, or all (`system`: ingest, sweeps, sign-in). */
export type Scope = { workspaceId: string } | 'system';

/**
 * One transaction, visible wherever something is read or written. Hooks collected in `beforeCommit` run last, still
 * inside it (the outbox takes its hot row there); `afterCommit` is for waking others, never for anything that matters.
 */
export class Tx {
  private readonly before: { order: number; run: () => Promise<void> }[] = [];
  private readonly after: (() => void)[] = [];
  private readonly undo: (() => void)[] = [];
  /** Places for modules to keep what they gather until commit. */
  readonly notes = new Map<symbol, unknown>();
  private readonly gathered: { length: number }[] = [];
  private savepoints = 0;

  constructor(
    readonly scope: Scope,
    private readonly client: PoolClient,
    private readonly runner: QueryRunner | null,
  ) {}

  /** Runs one statement. A name makes it a prepared statement on this connection: for hot paths. */
  async query<Row = Record<string, unknown>>(sql: string, params: unknown[] = [], name?: string): Promise<Row[]> {
    const result = await this.client.query(name ? { name, text: sql, values: params } : { text: sql, values: params });
    return result.rows as Row[];
  }

  /** Number of rows a writing statement touched. */
  async execute(sql: string, params: unknown[] = [], name?: string): Promise<number> {
    const result = await this.client.query(name ? { name, text: sql, values: params } : { text: sql, values: params });
    return result.rowCount ?? 0;
  }

  /** TypeORM on the same connection and transaction, for ordinary reads and writes. */
  get entities(): EntityManager {
    if (!this.runner) throw new Error('This transaction was opened without TypeORM (lean).');
    return this.runner.manager;
  }

  /** A list that a module fills until commit: what a savepoint that came to nothing put in is taken out again. */
  gathers(list: { length: number }): void {
    this.gathered.push(list);
  }

  /** Runs a part of the transaction: when it throws, nothing of it stays, and the caller may go on. */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `part_${++this.savepoints}`;
    const lengths = new Map(this.gathered.map((list) => [list, list.length]));
    const [after, undo] = [this.after.length, this.undo.length];
    await this.query(`SAVEPOINT ${name}`);
    try {
      const result = await work();
      await this.query(`RELEASE SAVEPOINT ${name}`);
      return result;
    } catch (error) {
      await this.query(`ROLLBACK TO SAVEPOINT ${name}`);
      for (const list of this.gathered) list.length = lengths.get(list) ?? 0;
      this.after.length = after;
      for (const run of this.undo.splice(undo)) run();
      throw error;
    }
  }

  /** Runs just before commit, lower `order` first. Work added meanwhile still runs. */
  beforeCommit(order: number, run: () => Promise<void>): void {
    this.before.push({ order, run });
  }

  afterCommit(run: () => void): void {
    this.after.push(run);
  }

  /** Gives back what was taken in memory when the transaction comes to nothing, also before it is tried again. */
  afterRollback(run: () => void): void {
    this.undo.push(run);
  }

  async flush(): Promise<void> {
    while (this.before.length > 0) {
      this.before.sort((a, b) => a.order - b.order);
      await this.before.shift()!.run();
    }
  }

  committed(): void {
    for (const run of this.after) run();
  }

  rolledBack(): void {
    for (const run of this.undo) run();
  }
}

const RETRYABLE = new Set(['40001', '40P01']); // serialization failure, deadlock: Postgres asks for the whole again
const MAX_TRIES = 4;
const SYSTEM_CONNECTIONS = 4; // the ledger's two writers, the channel directory, one to spare

const isRetryable = (error: unknown): boolean => RETRYABLE.has((error as { code?: string }).code ?? '');
const pause = (attempt: number) => new Promise((resolve) => setTimeout(resolve, attempt * 5 + Math.random() * 20));

@Injectable()
export class Database implements OnApplicationShutdown {
  private readonly byRole: boolean;
  private system?: Pool;

  constructor(@Inject(DataSource) private readonly source: DataSource) {
    this.byRole = worksByRole(source);
  }

  private get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }

  /** How many callers wait for a connection: the sign of overload. */
  get waiting(): number {
    return this.pool.waitingCount;
  }

  /**
   * Runs `work` in one transaction behind the workspace's wall. On a deadlock or serialization failure the whole is
   * tried again, so `work` must touch nothing but the transaction.
   */
  transaction<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.attempt(scope, work, false);
  }

  /** The same without TypeORM's query runner: for hot paths. */
  lean<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.attempt(scope, work, true);
  }

  /**
   * Runs one statement across workspaces as a transaction of its own, without BEGIN and COMMIT around it: a third of the
   * round trips. On connections kept apart, so it never stands in line behind callers that wait for it.
   * @param work exactly one statement; a second would be a second transaction
   */
  async statement<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    this.system ??= this.openSystemPool();
    for (let attempt = 1; ; attempt++) {
      const client = await this.system.connect().catch((error: unknown) => {
        throw lost(error);
      });
      let broken: Error | undefined;
      const cut = (error: Error) => (broken = error);
      client.on('error', cut);
      try {
        const tx = new Tx('system', client, null);
        const result = await work(tx);
        tx.committed();
        return result;
      } catch (error) {
        if (attempt >= MAX_TRIES || !isRetryable(error)) throw broken ? lost(error) : error;
      } finally {
        client.removeListener('error', cut);
        client.release(broken);
      }
      await pause(attempt);
    }
  }

  private openSystemPool(): Pool {
    const options = this.byRole ? '-c role=pasokh_system' : '-c app.workspace_id=system';
    return new pg.Pool({ ...this.pool.options, options, max: SYSTEM_CONNECTIONS }).on('error', () => undefined);
  }

  private async attempt<T>(scope: Scope, work: (tx: Tx) => Promise<T>, lean: boolean): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(scope, work, lean);
      } catch (error) {
        if (attempt >= MAX_TRIES || !isRetryable(error)) throw error;
        await pause(attempt);
      }
    }
  }

  private async once<T>(scope: Scope, work: (tx: Tx) => Promise<T>, lean: boolean): Promise<T> {
    const runner = lean ? null : this.source.createQueryRunner();
    const connecting = runner ? (runner.connect() as Promise<PoolClient>) : this.pool.connect();
    const client = await connecting.catch((error: unknown) => {
      throw lost(error);
    });
    let broken: Error | undefined;
    // a connection cut while in use speaks through an event nobody else hears; unheard it would end the process
    const cut = (error: Error) => (broken = error);
    let tx: Tx | undefined;
    client.on('error', cut);
    try {
      if (runner) {
        await runner.startTransaction();
        await client.query(this.wall(scope));
      } else {
        await client.query(`BEGIN; ${this.wall(scope)}`);
      }
      tx = new Tx(scope, client, runner);
      const result = await work(tx);
      await tx.flush();
      await (runner ? runner.commitTransaction() : client.query('COMMIT'));
      tx.committed();
      return result;
    } catch (error) {
      await (runner ? runner.rollbackTransaction() : client.query('ROLLBACK')).catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      tx?.rolledBack();
      throw broken ? lost(error) : error;
    } finally {
      client.removeListener('error', cut);
      if (runner) await runner.release();
      else client.release(broken);
    }
  }

  /** Puts up the wall. SET LOCAL ends with the transaction, so a pooled connection never carries a workspace over. */
  private wall(scope: Scope): string {
    if (scope === 'system')
      return this.byRole ? 'SET LOCAL ROLE pasokh_system' : `SET LOCAL app.workspace_id = 'system'`;
    if (!UUID.test(scope.workspaceId)) throw new DomainError('bad_request', 'A workspace id must be a UUID.');
    return `SET LOCAL app.workspace_id = '${scope.workspaceId}'`;
  }

  /**
   * Renews what the planner knows of a table: its owner's business, who is the one that signed in. A small sample, so that
   * nobody waits for it: enough to know what is many and what is few until autovacuum looks closer.
   * @param table as the catalogue spells it, quoted where need be
   */
  async analyze(table: string): Promise<void> {
    // one message is one transaction, so the settings end with it
    const settings = `SET LOCAL ROLE NONE; SET LOCAL lock_timeout = '1s'; SET LOCAL default_statistics_target = 20`;
    await this.pool.query(`${settings}; ANALYZE ${table}`);
  }

  /** True when Postgres answers. */
  async ping(): Promise<boolean> {
    try {
      await this.pool.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.system?.end();
    if (this.source.isInitialized) await this.source.destroy();
  }
}

const UUID = /^[0-9a-f-]{36}$/i;

/** Errors of transactions whose connection could not be opened, or was cut. */
const LOST = new WeakSet<object>();

/**
 * Whether the server, the way to it or somebody else's lock is at fault rather than the work, so that the same work may
 * succeed later: a lost connection; SQLSTATE classes 08 (connection), 40 (rollback), 53 (resources), 55 (in use), 57
 * (intervention), 58 (system), and a standby or a session that timed out (25006, 25P03, 25P04).
 */
export function isPassing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return LOST.has(error) || /^(08|40|53|55|57|58|25006|25P03|25P04)/.test((error as { code?: string }).code ?? '');
}

/** Keeps in mind that it came of a connection that is no more. */
function lost(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) LOST.add(error);
  return error;
}

/** The database's word for a broken promise, by constraint name, for repositories that translate it. */
export function violatedConstraint(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' || code === '23503' || code === '23514' ? constraint : undefined;
}
