import pg from 'pg';
import { tryBadInput } from '../chaos/bad-input';
import { furnish, type Tenant } from '../chaos/tenant-world';
import { startApp, TEST_KEYS, type TestApp } from '../harness';
import { WorkspaceSeeder } from '../support/seed-workspace';

let t: TestApp;
let client: pg.Client;
let tenant: Tenant;
beforeAll(async () => {
  t = await startApp();
  client = new pg.Client(t.databaseUrl);
  await client.connect();
  tenant = await furnish(t.url, client, new WorkspaceSeeder(client, TEST_KEYS), 'fields', '400300');
}, 60_000);
afterAll(async () => {
  await client?.end();
  await t?.close();
});

const AREAS: Record<string, RegExp> = {
  automation: /^\/(rules|macros|canned-replies|approvals|webhook-endpoints|tickets\/\{id\}\/(macros|rule-receipts))/,
  continuing:
    /^\/(calls|call-|voice-|handoff-|surveys|conversations\/\{id\}\/(handoff|email-handoff)|contacts\/\{id\}\/identity)/,
  counting: /^\/(reports|notifications)/,
};

it.each(Object.entries(AREAS))(
  'whatever a field of %s holds, it is refused for what it is and breaks nothing of ours',
  async (_, paths) => {
    const { broken, requests } = await tryBadInput(t.url, tenant, ({ path }) => paths.test(path));
    expect(broken).toEqual([]);
    expect(requests).toBeGreaterThan(20);
  },
  120_000,
);
