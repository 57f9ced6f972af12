import pg from 'pg';
import { tryRoutes, trySockets, tryWall } from '../chaos/tenant-matrix';
import { furnish, type Tenant } from '../chaos/tenant-world';
import { WorkspaceSeeder } from '../support/seed-workspace';
import { startApp, TEST_KEYS, type TestApp } from '../harness';

describe('two workspaces', () => {
  let t: TestApp;
  let client: pg.Client;
  let us: Tenant;
  let them: Tenant;
  beforeAll(async () => {
    t = await startApp();
    client = new pg.Client(t.databaseUrl);
    await client.connect();
    const seeder = new WorkspaceSeeder(client, TEST_KEYS);
    us = await furnish(t.url, client, seeder, 'us', '400100');
    them = await furnish(t.url, client, seeder, 'neighbours', '400200');
  });
  afterAll(async () => {
    await client?.end();
    await t?.close();
  });

  it('do not meet on any route of the table', async () => {
    const { broken, routes, requests } = await tryRoutes(t.url, client, us, them);
    expect(broken).toEqual([]);
    expect(routes).toBeGreaterThan(60);
    expect(requests).toBeGreaterThan(routes);
  }, 180_000); // every route of the product, several times

  it('do not meet over sockets', async () => {
    const { broken, messages } = await trySockets(t.url, us, them);
    expect(broken).toEqual([]);
    expect(messages).toBeGreaterThan(5);
  });

  it('do not meet in any table, with row-level security as the only guard', async () => {
    const { broken, tables } = await tryWall(client, us.workspaceId, them.workspaceId);
    expect(broken).toEqual([]);
    expect(tables).toBeGreaterThan(30);
  });
});
