import { DataSource, type MixedList } from 'typeorm';
import { Config } from './config';

/**
 * The application's connections. They work as `pasokh_app` (see the first migration) where that role exists, so that
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
  const [role] = await probe.query<{ member: boolean }[]>(
    `SELECT coalesce((SELECT pg_has_role(current_user, oid, 'member') FROM pg_roles WHERE rolname = 'pasokh_app'), false) AS member`,
  );
  if (!role?.member) return probe;
  await probe.destroy();
  return open('-c role=pasokh_app');
}
