import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { event, SYSTEM } from '../../src/outbox/domain-event';
import { Outbox } from '../../src/outbox/outbox';
import { uuidv7 } from '../../src/platform/ids';
import { ApiClient, eventually, startApp, TEST_KEYS, type TestApp } from '../harness';
import { seedWorkspace } from '../inbox-node';
import { WorkspaceSeeder } from '../support/seed-workspace';

interface Heard {
  headers: IncomingHttpHeaders;
  body: string;
}
interface Made {
  id: string;
  secret: string;
}
interface Line {
  id: string;
  type: string;
  state: string;
  attempts: number;
  lastStatus: number | null;
  lastErrorWords: { fa: string; en: string } | null;
}

/** Somebody else's program: keeps what it is told, answers as it is bid. */
class Receiver {
  heard: Heard[] = [];
  status = 204;
  private constructor(private readonly server: Server) {}

  static async open(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
        response.writeHead(receiver.status).end('heard');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

const signatures = ({ headers, body }: Heard, secret: string): string => {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
};

let t: TestApp;
let workspaceId: string;
let receiver: Receiver;

beforeAll(async () => {
  t = await startApp({ env: { WEBHOOK_PRIVATE_HOSTS: '127.0.0.1' } });
  const [row] = await t.database.lean('system', (tx) => tx.query<{ id: string }>('SELECT id FROM workspaces'));
  workspaceId = row!.id;
});
afterAll(() => t.close());
beforeEach(async () => {
  receiver = await Receiver.open();
});
afterEach(async () => {
  const { items } = await t.owner.get<{ items: { id: string }[] }>('/webhook-endpoints');
  for (const { id } of items) await t.owner.ok('DELETE', `/webhook-endpoints/${id}`);
  await receiver.close();
});

const happen = (fields: string[]) =>
  t.database.transaction({ workspaceId }, async (tx) => {
    t.app
      .get(Outbox)
      .record(tx, event(workspaceId, 'contact.changed', SYSTEM, { contactId: uuidv7() }, ['leads'], { fields }));
  });
const endpoint = (types = ['contact.changed']) =>
  t.owner.post<Made>('/webhook-endpoints', { name: `Shop ${uuidv7()}`, url: receiver.url, types });
const log = async (id: string, query = '') =>
  (await t.owner.get<{ items: Line[] }>(`/webhook-endpoints/${id}/deliveries${query}`)).items;
const heard = (count: number) => eventually(async () => receiver.heard.length >= count && receiver.heard);
/** The next try is due now, as if its time had come. */
const timePasses = async (id: string) => {
  await t.database.lean('system', async (tx) => {
    await tx.execute(`UPDATE webhook_deliveries SET next_try_at = now() WHERE endpoint_id = $1`, [id]);
    await tx.execute(`UPDATE jobs SET run_at = now() WHERE name = 'webhooks.send' AND state = 'ready'`);
  });
};

it('tells what happened once, signed, with ids and no words of people', async () => {
  const { id, secret } = await endpoint();
  await happen(['name']);
  const [first] = await heard(1);
  expect(first!.headers['webhook-signature']).toBe(signatures(first!, secret));
  expect(JSON.parse(first!.body)).toMatchObject({ type: 'contact.changed', data: { workspaceId, fields: ['name'] } });
  await eventually(async () => (await log(id, '?state=delivered')).length === 1);
  const position = (JSON.parse(first!.body) as { data: { position: number } }).data.position;
  // the subscriber's batch again, as after a crash before its bookmark moved
  await t.database.lean('system', (tx) =>
    tx.execute(`UPDATE event_cursors SET position = $1 WHERE subscriber = 'webhooks.out' AND workspace_id = $2`, [
      position - 1,
      workspaceId,
    ]),
  );
  await happen(['email']);
  await heard(2);
  expect((await log(id)).map((line) => line.type)).toEqual(['contact.changed', 'contact.changed']);
  expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
});

it('tries again under the same id, and says how it went', async () => {
  const { id } = await endpoint();
  receiver.status = 500;
  await happen(['name']);
  await heard(1);
  await eventually(async () => (await log(id))[0]?.lastStatus === 500);
  receiver.status = 200;
  await timePasses(id);
  await heard(2);
  const [line] = await eventually(async () => {
    const lines = await log(id);
    return lines[0]?.state === 'delivered' && lines;
  });
  expect(line).toMatchObject({ attempts: 2, lastStatus: 200 });
  expect(receiver.heard[0]!.headers['webhook-id']).toBe(receiver.heard[1]!.headers['webhook-id']);
  expect(receiver.heard[0]!.body).toBe(receiver.heard[1]!.body);
  const whole = await t.owner.get<{ body: string; lastAnswer: string }>(
    `/webhook-endpoints/${id}/deliveries/${line!.id}`,
  );
  expect(whole).toMatchObject({ body: receiver.heard[0]!.body, lastAnswer: 'heard' });
});

it('says in both languages why nobody was there', async () => {
  const nobody = new URL(receiver.url);
  nobody.port = '9';
  const { id } = await t.owner.post<Made>('/webhook-endpoints', {
    name: `Shop ${uuidv7()}`,
    url: nobody.href,
    types: ['contact.changed'],
  });
  await happen(['name']);
  const words = await eventually(async () => (await log(id))[0]?.lastErrorWords);
  expect(words.fa).toMatch(/^سرور .*:9.* اتصال را نپذیرفت\.$/u);
  expect(words.en).toMatch(/refused the connection\.$/);
});

it('is switched off by 410, tells the leads, and is given what it missed when it is back', async () => {
  const { id } = await endpoint();
  const since = new Date().toISOString(); // what other tests made happen is before it
  receiver.status = 410;
  await happen(['name']);
  await eventually(async () => {
    const { items } = await t.owner.get<{ items: { id: string; disabledReason: string | null }[] }>(
      '/webhook-endpoints',
    );
    return items.find((each) => each.id === id)?.disabledReason === 'gone';
  });
  const told = await t.owner.get<{ items: { kind: string; data: { endpointId: string } }[] }>('/notifications');
  expect(told.items.filter(({ kind, data }) => kind === 'webhook.disabled' && data.endpointId === id)).toHaveLength(1);
  await happen(['email']); // nobody is told of this one
  receiver.status = 200;
  receiver.heard = [];
  await t.owner.ok('PATCH', `/webhook-endpoints/${id}`, { enabled: true });
  const replayed = await t.owner.post<{ failed: number; more: boolean }>(`/webhook-endpoints/${id}/replay`, { since });
  expect(replayed).toMatchObject({ failed: 1, more: false });
  await heard(2);
  const fields = receiver.heard.map(({ body }) => (JSON.parse(body) as { data: { fields?: string[] } }).data.fields);
  expect(fields).toEqual(expect.arrayContaining([['name'], ['email']]));
  const before = receiver.heard.length;
  await t.owner.post(`/webhook-endpoints/${id}/replay`, { since }); // all of it has arrived
  await happen(['phone']);
  await heard(before + 1);
  expect(receiver.heard).toHaveLength(before + 1);
});

it('walks through a long outage in steps, each going on where the last one came to', async () => {
  const { id } = await endpoint();
  await t.owner.ok('PATCH', `/webhook-endpoints/${id}`, { enabled: false });
  const since = new Date().toISOString(); // what other tests made happen is before it
  // more than a request looks through, of a kind that is told nobody, and then one that is
  await t.database.lean('system', async (tx) => {
    await tx.execute(
      `WITH head AS (UPDATE event_heads SET position = position + 10050 WHERE workspace_id = $1 RETURNING position)
       INSERT INTO domain_events (workspace_id, position, at, type, actor, data, audience)
       SELECT $1, head.position - 10050 + n, now() + n * interval '1 microsecond', 'ticket.viewed', '{"kind":"system"}', '{}', '{}'
       FROM head, generate_series(1, 10050) n`,
      [workspaceId],
    );
  });
  await happen(['name']);
  type Replayed = { events: number; through: string; more: boolean };
  const replay = (from: string) => t.owner.post<Replayed>(`/webhook-endpoints/${id}/replay`, { since: from });
  const first = await replay(since);
  expect(first.more).toBe(true);
  expect(await replay(first.through)).toMatchObject({ events: 1, more: false });
});

it('has a name of its own', async () => {
  const { id } = await endpoint();
  const { id: other } = await endpoint();
  const { items } = await t.owner.get<{ items: { id: string; name: string }[] }>('/webhook-endpoints');
  const name = items.find((each) => each.id === other)!.name;
  const taken = await t.owner.request<{ error: { code: string } }>('PATCH', `/webhook-endpoints/${id}`, { name });
  expect([taken.status, taken.body.error.code]).toEqual([409, 'conflict']);
});

it('signs with both secrets while one takes over from the other', async () => {
  const { id, secret } = await endpoint();
  const { secret: fresh } = await t.owner.post<{ secret: string }>(`/webhook-endpoints/${id}/secret`);
  await t.owner.post(`/webhook-endpoints/${id}/test`);
  const [test] = await heard(1);
  expect(test!.headers['webhook-signature']).toBe(`${signatures(test!, fresh)} ${signatures(test!, secret)}`);
  const { items } = await t.owner.get<{ items: object[] }>('/webhook-endpoints');
  expect(JSON.stringify(items)).not.toContain('whsec_');
});

it('is told by a rule that names it, whatever else it hears of', async () => {
  const world = await seedWorkspace(t.database, 'ruled');
  const client = new pg.Client(t.databaseUrl);
  await client.connect();
  const { token } = await new WorkspaceSeeder(client, TEST_KEYS).agent(world.id, 'owner');
  await client.end();
  const api = ApiClient.withToken(t.url, token);
  const about = { name: 'Shop', url: receiver.url, types: ['webhook.test'] };
  const { id } = await api.post<Made>('/webhook-endpoints', about);
  const { id: ruleId } = await api.post<{ id: string }>('/rules', {
    name: 'Tell the shop',
    when: [{ on: 'ticket.tags_changed' }],
    actions: [
      { do: 'webhook', endpointId: id },
      { do: 'approval', actions: [{ do: 'webhook', endpointId: id }] },
    ],
  });
  const ticket = await world.ticket();
  await world.tell('ticket.tags_changed', { added: ['refund'], removed: [] }, { ticketId: ticket.id });
  const [told] = await heard(1);
  const { type, data } = JSON.parse(told!.body) as { type: string; data: object };
  expect([type, data]).toMatchObject(['rule.webhook', { ruleId, ticketId: ticket.id }]);
  const { items } = await api.get<{ items: { id: string }[] }>('/approvals?state=pending');
  const approve = () => api.ok('PUT', `/approvals/${items[0]!.id}`, { decision: 'approve' });
  await approve();
  await approve(); // said twice, sent once
  await heard(2);
  await eventually(async () => {
    const log = await api.get<{ items: Line[] }>(`/webhook-endpoints/${id}/deliveries`);
    return log.items.length === 2 && log.items.every(({ state }) => state === 'delivered');
  });
  await api.ok('DELETE', `/webhook-endpoints/${id}`);
});

it('sends again what is asked for, byte for byte', async () => {
  const { id } = await endpoint();
  const { deliveryId } = await t.owner.post<{ deliveryId: string }>(`/webhook-endpoints/${id}/test`);
  await heard(1);
  await eventually(async () => (await log(id, '?state=delivered')).length === 1);
  await t.owner.post(`/webhook-endpoints/${id}/deliveries/${deliveryId}/replay`);
  await heard(2);
  expect(receiver.heard[1]).toMatchObject({ body: receiver.heard[0]!.body });
  expect(receiver.heard[1]!.headers['webhook-id']).toBe(`msg_${deliveryId}`);
});

it.each([
  ['a name of this machine', 'https://localhost/hooks'],
  ['an address of a private net', 'https://10.0.0.1/hooks'],
  ['a cloud’s metadata', 'https://169.254.169.254/latest'],
  ['an address written as a number', 'https://3232235521/hooks'],
  ['no encryption', 'http://example.com/hooks'],
  ['a password in the address', 'https://me:secret@example.com/hooks'],
  ['no address', 'hooks'],
])('refuses %s', async (_, url) => {
  const answer = await t.owner.request<{ error: { details: { fields: { path: string }[] } } }>(
    'POST',
    '/webhook-endpoints',
    { name: 'Inside', url },
  );
  expect(answer.status).toBe(422);
  expect(answer.body.error.details.fields.map(({ path }) => path)).toEqual(['url']);
});
