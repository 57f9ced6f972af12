import { DataSource, type MixedList } from 'typeorm';
import { Config } from './config';

const APP_ROLE = '-c role=pasokh_app';

/**
 * The application's connections. They work as `pasokh_app` (see the first migration) where the roles exist, so that
 * row-level security holds even when the given user owns the tables.
 */
export async function openDataSource(config: Config, entities: MixedList<Function>): Promise<DataSource> {
  const open = (options?: string) =>
    new DataSource({
      type: 'postgres',
      url: config.DATABASE_URL,
      entities,
      synchronize: false,
      applicationName: 'pasokh',
      poolSize: config.DATABASE_POOL,
      poolErrorHandler: () => undefined, // an idle connection that dies is replaced; those in use report for themselves
      extra: { options, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 10_000, keepAlive: true },
    }).initialize();
  const probe = await open();
  const [wall] = await probe.query<{ roles: boolean }[]>('SELECT walls_by_role() AS roles');
  if (!wall?.roles) return probe;
  await probe.destroy();
  return open(APP_ROLE);
}

/** Whether these connections work as the application's roles. */
export const worksByRole = (source: DataSource): boolean =>
  (source.options as { extra?: { options?: string } }).extra?.options === APP_ROLE;
