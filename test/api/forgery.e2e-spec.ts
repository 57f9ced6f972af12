import pg from 'pg';
import { tryForgeries } from '../chaos/try-forgeries';
import { seededRandom } from '../simulators/meta/faults';
import { ApiClient } from '../support/api-client';
import { WorkspaceSeeder } from '../support/seed-workspace';
import { startApp, TEST_KEYS, type TestApp } from '../harness';

describe('forged webhooks', () => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp();
  });
  afterAll(() => t?.close());

  it('are refused, whatever is wrong with them, and leave nothing', async () => {
    const client = new pg.Client(t.databaseUrl);
    await client.connect();
    const seeder = new WorkspaceSeeder(client, TEST_KEYS);
    const neighbour = await seeder.agent(await seeder.workspace('elsewhere'), 'owner');
    await client.end();
    const theirs = ApiClient.withToken(t.url, neighbour.token);
    const { broken, tried } = await tryForgeries(t.url, t.databaseUrl, [t.owner, theirs], seededRandom(1));
    expect(broken).toEqual([]);
    expect(tried).toBeGreaterThan(35);
  });
});
