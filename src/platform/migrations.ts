import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Project root: two folders up from here both in `src/platform` and in `dist/src/platform`. */
export const migrationsDir = () => {
  const fromSource = join(__dirname, '..', '..', 'migrations');
  const fromBuild = join(__dirname, '..', '..', '..', 'migrations');
  return __dirname.includes(join('dist', 'src')) ? fromBuild : fromSource;
};

/** Turns `migrations/<13 digits>-<name>.sql` into TypeORM migrations: forward only, each in its own transaction. */
export function sqlMigrations(dir: string): (new () => MigrationInterface)[] {
  return readdirSync(dir)
    .filter((file) => /^\d{13}-.+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const name = file.slice(14, -4).replaceAll(/[^a-z0-9]/gi, '_') + file.slice(0, 13);
      return class implements MigrationInterface {
        readonly name = name;
        async up(runner: QueryRunner) {
          await runner.query(readFileSync(join(dir, file), 'utf8'));
        }
        down(): Promise<void> {
          return Promise.reject(new Error('Migrations go forward only; write a new one.'));
        }
      };
    });
}

const MIGRATION_LOCK = 7_265_411; // any constant: two nodes starting at once must not both migrate

/**
 * Brings the schema up to date as the database's owner. Safe with several nodes starting at once.
 * @returns names of the migrations that ran
 */
export async function migrate(url: string): Promise<string[]> {
  const source = new DataSource({
    type: 'postgres',
    url,
    migrations: sqlMigrations(migrationsDir()),
    migrationsTransactionMode: 'each',
    applicationName: 'pasokh migrate',
    poolSize: 2,
  });
  await source.initialize();
  const guard = source.createQueryRunner();
  try {
    await guard.connect();
    const [locale] = (await guard.query(
      `SELECT datctype AS ctype, pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()`,
    )) as { ctype: string; encoding: string }[];
    if (locale && (locale.encoding !== 'UTF8' || ['C', 'POSIX'].includes(locale.ctype))) {
      throw new Error(
        `The database has encoding ${locale.encoding} and LC_CTYPE ${locale.ctype}: Persian letters would not be seen as letters. Create it with ENCODING 'UTF8' and a UTF-8 locale such as C.UTF-8.`,
      );
    }
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await source.runMigrations();
    return ran.map((migration) => migration.name);
  } finally {
    await guard.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await guard.release();
    await source.destroy();
  }
}
