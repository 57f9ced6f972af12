import pg from 'pg';
import { FactsSubscriber } from '../../src/reporting/facts.subscriber';
import { EventReader } from '../../src/outbox/event-reader';
import { type ApiAnswer, ApiClient, eventually, startApp, TEST_KEYS, type TestApp } from '../harness';
import { seedWorkspace, type World } from '../inbox-node';
import { WorkspaceSeeder } from '../support/seed-workspace';

interface Fact {
  kind: string;
  position: number;
  ticketId: string;
  agentId: string | null;
  wallMs: number | null;
  businessMs: number | null;
  teamId: string | null;
  priority: string;
  detail: Record<string, unknown>;
}
interface Summary {
  items: {
    key: string | null;
    customerMessages: number;
    answersByAgents: number;
    solved: number;
    firstAnswerWallMs: { median: number | null };
    firstAnswerBusinessMs: { median: number | null };
    csat: { answers: number; mean: number | null };
    nps: { answers: number; score: number | null };
  }[];
}

const MINUTE = 60_000;
let t: TestApp;
let client: pg.Client;
let seeder: WorkspaceSeeder;

beforeAll(async () => {
  t = await startApp();
  client = new pg.Client(t.databaseUrl);
  await client.connect();
  seeder = new WorkspaceSeeder(client, TEST_KEYS);
});
afterAll(async () => {
  await client.end();
  await t.close();
});

const span = () => {
  const from = new Date(Date.now() - 86_400_000).toISOString();
  const to = new Date(Date.now() + 86_400_000).toISOString();
  return `from=${from}&to=${to}`;
};
const lead = async (world: World) => ApiClient.withToken(t.url, (await seeder.agent(world.id, 'lead')).token);
const factsOf = async (api: ApiClient, more = '') =>
  (await api.get<{ items: Fact[] }>(`/reports/facts?${span()}${more}`)).items;
const counted = (world: World) =>
  eventually(async () => {
    const [row] = await world.rows<{ done: boolean }>(
      `SELECT c.position >= h.position AS done FROM event_heads h
       JOIN event_cursors c ON c.workspace_id = h.workspace_id AND c.subscriber = 'reporting.facts' WHERE h.workspace_id = $1`,
    );
    return row?.done;
  });

it('keeps a step of work with both clocks, who and where', async () => {
  const world = await seedWorkspace(t.database, 'facts');
  const team = await world.team('Care', 'pull');
  const ada = await world.agent('Ada', { teamIds: [team] });
  const ticket = await world.ticket({ teamId: team, priority: 'high' });
  await world.message(ticket, 'customer', { network: -30 });
  await world.message(ticket, { agentId: ada }, { applied: -20 });
  await world.tell(
    'ticket.status_changed',
    { from: 'open', to: 'solved' },
    { ticketId: ticket.id },
    { kind: 'agent', id: ada },
  );
  await counted(world);
  const api = await lead(world);
  const facts = await factsOf(api);
  expect(facts.map(({ kind }) => kind)).toEqual(['customer_message', 'answer', 'solved', 'status_changed']);
  const answer = facts[1]!;
  expect(answer).toMatchObject({ ticketId: ticket.id, teamId: team, priority: 'high', detail: { first: true } });
  expect(Math.round(answer.wallMs! / MINUTE)).toBe(10);
  expect(answer.businessMs).toBe(answer.wallMs); // without a calendar every minute is one of business
  expect(facts[2]).toMatchObject({ agentId: ada });
  const { items } = await api.get<Summary>(`/reports/summary?${span()}&by=threadKind`);
  expect(items).toMatchObject([{ key: 'dm', customerMessages: 1, answersByAgents: 1, solved: 1 }]);
  expect(Math.round(items[0]!.firstAnswerWallMs.median! / MINUTE)).toBe(10);
});

it('writes each step once, though the reader is killed and goes back', async () => {
  const world = await seedWorkspace(t.database, 'twice');
  const ticket = await world.ticket();
  await world.message(ticket, 'customer', { network: -5 });
  await counted(world);
  const api = await lead(world);
  const before = await factsOf(api);
  const events = await t.app.get(EventReader).after(world.id, 0, 100);
  await t.database.transaction('system', (tx) => t.app.get(FactsSubscriber).handle(tx, events));
  expect(await factsOf(api)).toEqual(before);
});

it('changes no past month when a ticket, its team and its messages change or go', async () => {
  const world = await seedWorkspace(t.database, 'past');
  const [team, other] = [await world.team('Care', 'pull'), await world.team('Sales', 'pull')];
  const ada = await world.agent('Ada', { teamIds: [team] });
  const ticket = await world.ticket({ teamId: team, priority: 'high' });
  await world.message(ticket, 'customer', { network: -3 });
  await world.message(ticket, { agentId: ada });
  await counted(world);
  const api = await lead(world);
  const [facts, sums] = [await factsOf(api), await api.get<Summary>(`/reports/summary?${span()}&by=team`)];
  await client.query(`UPDATE tickets SET team_id = $2, priority = 'low' WHERE id = $1`, [ticket.id, other]);
  await client.query('DELETE FROM messages WHERE ticket_id = $1', [ticket.id]);
  await world.tell('ticket.merged', { from: ticket.id, into: ticket.id }, {}); // says nothing of this ticket's past
  await counted(world);
  expect(await factsOf(api)).toEqual(facts);
  expect(await api.get<Summary>(`/reports/summary?${span()}&by=team`)).toEqual(sums);
});

it('cannot be changed or taken away by the application', async () => {
  await expect(
    t.database.lean('system', (tx) => tx.execute(`UPDATE report_facts SET kind = 'solved'`)),
  ).rejects.toThrow(/permission denied/);
  await expect(t.database.lean('system', (tx) => tx.execute(`DELETE FROM report_facts`))).rejects.toThrow(
    /permission denied/,
  );
});

it('has scores as people know them: the mean of CSAT, promoters less detractors', async () => {
  const world = await seedWorkspace(t.database, 'scores');
  const ticket = await world.ticket();
  for (const score of [5, 4])
    await world.tell('survey.answered', { surveyId: 's', kind: 'csat', score }, { ticketId: ticket.id });
  for (const score of [10, 9, 7, 3])
    await world.tell('survey.answered', { surveyId: 's', kind: 'nps', score }, { ticketId: ticket.id });
  await counted(world);
  const { items } = await (await lead(world)).get<Summary>(`/reports/summary?${span()}&by=threadKind`);
  expect(items[0]).toMatchObject({ csat: { answers: 2, mean: 4.5 }, nps: { answers: 4, score: 25 } });
});

it('turns pages of facts without missing or repeating one', async () => {
  const world = await seedWorkspace(t.database, 'pages');
  const ticket = await world.ticket();
  for (let i = 0; i < 7; i++) await world.message(ticket, 'customer', { network: i - 10 });
  await counted(world);
  const api = await lead(world);
  const seen: number[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: Fact[]; nextCursor: string | null } = await api.get(
      `/reports/facts?${span()}&kinds=customer_message&limit=3${cursor ? `&cursor=${cursor}` : ''}`,
    );
    seen.push(...page.items.map(({ position }) => position));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it.each([
  ['a span that ends before it begins', `from=2026-03-21T00:00:00Z&to=2026-03-20T00:00:00Z`, 'to'],
  ['a span of years', `from=2020-03-21T00:00:00Z&to=2026-03-20T00:00:00Z`, 'to'],
  ['no span', ``, 'from'],
  ['an unknown grouping', `from=2026-03-20T00:00:00Z&to=2026-03-21T00:00:00Z&by=mood`, 'by'],
])('refuses %s', async (_, query, path) => {
  const answer: ApiAnswer<{ error?: { details: { fields: { path: string }[] } } }> = await t.owner.request(
    'GET',
    `/reports/summary?${query}`,
  );
  expect(answer.status).toBe(422);
  expect(answer.body.error!.details.fields.map((field) => field.path)).toContain(path);
});

it('shows a workspace its own books only', async () => {
  const [mine, other] = [await seedWorkspace(t.database, 'mine'), await seedWorkspace(t.database, 'other')];
  await other.message(await other.ticket(), 'customer');
  await counted(other);
  expect(await factsOf(await lead(mine))).toEqual([]);
  const agent = await seeder.agent(mine.id, 'agent');
  const answer = await ApiClient.withToken(t.url, agent.token).request('GET', `/reports/summary?${span()}`);
  expect(answer.status).toBe(403);
});
