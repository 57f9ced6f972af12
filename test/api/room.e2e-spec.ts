import pg from 'pg';
import { ApiClient, startApp, TEST_KEYS, type TestApp } from '../harness';
import { WorkspaceSeeder } from '../support/seed-workspace';

interface Refused {
  error: { code: string; message: string; details: { max: number }; words: { fa: string; en: string } };
}

let t: TestApp;
let client: pg.Client;
let admin: ApiClient;
let agent: ApiClient;
let stranger: ApiClient;
let teamId: string;

beforeAll(async () => {
  t = await startApp();
  client = new pg.Client(t.databaseUrl);
  await client.connect();
  const seeder = new WorkspaceSeeder(client, TEST_KEYS);
  const [here, there] = [await seeder.workspace('room'), await seeder.workspace('elsewhere')];
  teamId = await seeder.team(here, 'Desk');
  admin = ApiClient.withToken(t.url, (await seeder.agent(here, 'admin')).token);
  agent = ApiClient.withToken(t.url, (await seeder.agent(here, 'agent', [teamId])).token);
  stranger = ApiClient.withToken(t.url, (await seeder.agent(there, 'admin')).token);
});
afterAll(async () => {
  await client?.end();
  await t?.close();
});

let made = 0;
const name = () => `n${++made}`;
const texts = { en: 'Thank you.' };
const rule = () => ({ name: name(), when: [{ on: 'message.received' }], actions: [{ do: 'tag', add: ['a'] }] });

interface Kind {
  who: () => ApiClient;
  path: string;
  body: () => object;
  table: string;
  /** Columns that are another's in each copy. */
  own: Record<string, string>;
  most: number;
  says: string;
  /** Whoever has room of their own all the same. */
  others: () => ApiClient;
}
const kinds: [string, Kind][] = [
  [
    'macros of one’s own',
    {
      who: () => agent,
      path: '/macros',
      body: () => ({ name: name(), scope: 'me', actions: [], texts }),
      table: 'macros',
      own: { name: `'copy ' || i` },
      most: 200,
      says: 'You have 200 macros of your own already; delete one that is not needed.',
      others: () => admin,
    },
  ],
  [
    'shared macros',
    {
      who: () => admin,
      path: '/macros',
      body: () => ({ name: name(), scope: 'everybody', actions: [], texts }),
      table: 'macros',
      own: { name: `'shared ' || i` },
      most: 1_000,
      says: 'There are 1000 shared macros already; delete one that is not needed.',
      others: () => stranger,
    },
  ],
  [
    'canned replies of one’s own',
    {
      who: () => agent,
      path: '/canned-replies',
      body: () => ({ shortcut: name(), title: 'T', scope: 'me', texts }),
      table: 'canned_replies',
      own: { shortcut: `'copy-' || i` },
      most: 500,
      says: 'You have 500 replies of your own already; delete one that is not needed.',
      others: () => admin,
    },
  ],
  [
    'shared canned replies',
    {
      who: () => admin,
      path: '/canned-replies',
      body: () => ({ shortcut: name(), title: 'T', scope: 'everybody', texts }),
      table: 'canned_replies',
      own: { shortcut: `'shared-' || i` },
      most: 5_000,
      says: 'There are 5000 shared replies already; delete one that is not needed.',
      others: () => stranger,
    },
  ],
  [
    'webhook endpoints',
    {
      who: () => admin,
      path: '/webhook-endpoints',
      body: () => ({ name: name(), url: 'https://shop.example/hook', types: [] }),
      table: 'webhook_endpoints',
      own: { name: `'copy ' || i` },
      most: 100,
      says: 'There are 100 endpoints already; delete one that is not needed.',
      others: () => stranger,
    },
  ],
  [
    'queues',
    {
      who: () => admin,
      path: '/queues',
      body: () => ({ teamId, name: name() }),
      table: 'routing_queues',
      own: { name: `'copy ' || i` },
      most: 500,
      says: 'There are 500 queues already; remove one that is not needed.',
      others: () => stranger,
    },
  ],
  [
    'rules',
    {
      who: () => admin,
      path: '/rules',
      body: rule,
      table: 'rules',
      own: { rank: '1000 + i' },
      most: 200,
      says: 'There are 200 rules already; delete one that is not needed.',
      others: () => stranger,
    },
  ],
];

/** As many copies of a row as leave room for one more. */
async function fill({ table, own, most }: Pick<Kind, 'table' | 'own' | 'most'>, id: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 AND is_generated = 'NEVER'`,
    [table],
  );
  const columns = rows.map((row) => row.name);
  const values = columns.map((column) => (column === 'id' ? 'gen_random_uuid()' : (own[column] ?? `r.${column}`)));
  await client.query(
    `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${table} r, generate_series(1, ${most - 2}) i
     WHERE r.id = $1`,
    [id],
  );
}

it.each(kinds)('%s: two at once take no last place both, and are told how many there may be', async (_, kind) => {
  const { who, path, body, most, says, others } = kind;
  const first = await who().post<{ id: string }>(path, body());
  await fill(kind, first.id);
  const answers = await Promise.all([1, 2, 3].map(() => who().request<Refused>('POST', path, body())));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
  const { error } = answers.find(({ status }) => status === 409)!.body;
  expect(error).toMatchObject({ code: 'conflict', message: says, details: { max: most } });
  expect(error.words.en.replaceAll(',', '')).toContain(String(most));
  expect(error.words.fa).toMatch(/هم‌اکنون [۰-۹٬]+ /u);
  const room = path === '/queues' ? 404 : 201; // another workspace has no such team
  expect((await others().request('POST', path, body())).status).toBe(room);
  expect((await who().request('DELETE', `${path}/${first.id}`)).status).toBe(204);
  expect((await who().request('POST', path, body())).status).toBe(201);
  expect((await who().request('POST', path, body())).status).toBe(409);
});

it('what is made one’s own, or shared, needs room there', async () => {
  const mine = { name: name(), scope: 'me', actions: [], texts };
  const { id } = await admin.post<{ id: string }>('/macros', mine);
  const shared = await admin.request<Refused>('PUT', `/macros/${id}`, { ...mine, scope: 'everybody' });
  expect(shared).toMatchObject({ status: 409, body: { error: { details: { max: 1_000 } } } });
  expect((await admin.request('PUT', `/macros/${id}`, { ...mine, name: name() })).status).toBe(200);
});

it('API tokens: those that work count, of each agent', async () => {
  const token = () => t.owner.request<{ id: string } & Refused>('POST', '/auth/tokens', { name: name() });
  const { body } = await token();
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM api_tokens k JOIN api_tokens o ON o.agent_id = k.agent_id
     WHERE o.id = $1 AND k.revoked_at IS NULL`,
    [body.id],
  );
  const own = { token_hash: `decode(md5(i::text), 'hex')` };
  await fill({ table: 'api_tokens', own, most: 51 - rows[0]!.n }, body.id);
  const answers = await Promise.all([1, 2, 3].map(token));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
  const refused = answers.find(({ status }) => status === 409)!.body.error;
  expect(refused.message).toBe('You have 50 API tokens that work already; revoke one that is not needed.');
  expect((await t.owner.request('DELETE', `/auth/tokens/${body.id}`)).status).toBe(204);
  expect((await token()).status).toBe(201);
});
