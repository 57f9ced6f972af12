import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { MixedList } from 'typeorm';
import { Config } from '../src/platform/config';
import { Database } from '../src/platform/database';
import { openDataSource } from '../src/platform/data-source';

/** A database of its own for one test file, cloned from the migrated template (or from another: `template1` is empty). */
export async function cloneDatabase(
  template = process.env['TEST_TEMPLATE']!,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const admin = process.env['TEST_DATABASE_URL']!;
  const name = `t_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string) => {
    const client = new pg.Client(admin);
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** The same, opened the way the product opens it (role pasokh_app, row-level security on). */
export async function testDatabase(entities: MixedList<Function> = []) {
  const { url, drop } = await cloneDatabase();
  const config = Object.assign(new Config(), { DATABASE_URL: url, HOST: '127.0.0.1' });
  const dataSource = await openDataSource(config, entities);
  const database = new Database(dataSource);
  return {
    url,
    config,
    dataSource,
    database,
    drop: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await drop();
    },
  };
}
