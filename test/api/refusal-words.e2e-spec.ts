import pg from 'pg';
import { ApiClient, startApp, TEST_KEYS, type TestApp } from '../harness';
import { WorkspaceSeeder } from '../support/seed-workspace';

interface Told {
  reason: string;
  values: Record<string, string>;
  words: { fa: string; en: string };
}
type Refusal = {
  error: Told & { code: string; message: string; details: { fields?: (Told & { path: string; problem: string })[] } };
};

let t: TestApp;
let client: pg.Client;
let lead: ApiClient;
let agent: ApiClient;

beforeAll(async () => {
  t = await startApp();
  client = new pg.Client(t.databaseUrl);
  await client.connect();
  const seeder = new WorkspaceSeeder(client, TEST_KEYS);
  const workspaceId = await seeder.workspace('words');
  lead = ApiClient.withToken(t.url, (await seeder.agent(workspaceId, 'admin')).token);
  agent = ApiClient.withToken(t.url, (await seeder.agent(workspaceId, 'agent')).token);
});

afterAll(async () => {
  await client?.end();
  await t?.close();
});

const refused = async (who: ApiClient, method: string, path: string, body?: object) =>
  (await who.request<Refusal>(method, path, body)).body.error;

it('tells what a form got wrong, field by field and in both languages', async () => {
  const error = await refused(lead, 'POST', '/agents', { name: '', email: 'not an address', role: 'king' });
  const told = Object.fromEntries((error.details.fields ?? []).map((field) => [field.path, field]));
  expect(told['email']).toMatchObject({
    problem: 'email must be an email',
    reason: 'email_address',
    words: { fa: 'نشانی ایمیل درستی بدهید.', en: 'Must be an e-mail address.' },
  });
  expect(told['role']?.words.fa).toContain('یکی از این‌ها باشد');
  expect(error.words.fa).toContain('نشانی ایمیل درستی بدهید.');
  expect(error.message).toContain('Please correct');
});

it('tells a conflict with its code and its way out', async () => {
  await lead.post('/teams', { name: 'Returns' });
  expect(await refused(lead, 'POST', '/teams', { name: 'Returns' })).toMatchObject({
    code: 'conflict',
    reason: 'name_taken',
    message: 'There is one of this name already; choose another.',
    words: { fa: 'این نام گرفته شده است. نام دیگری بدهید.' },
  });
});

it.each([
  ['what is not there', 'GET', '/tickets/00000000-0000-7000-8000-000000000000', 'no_such', 'تیکت پیدا نشد'],
  ['an id that cannot be', 'GET', '/tickets/7', 'no_such', 'پیدا نشد'],
  ['what the role does not allow', 'POST', '/teams', 'role_forbids', 'نقش شما اجازهٔ این کار را نمی‌دهد'],
  ['an address nobody answers', 'GET', '/nothing-here', 'not_found', 'پیدا نشد'],
])('tells %s', async (_, method, path, reason, fa) => {
  const error = await refused(agent, method, path, method === 'POST' ? { name: 'Mine' } : undefined);
  expect(error.reason).toBe(reason);
  expect(error.words.fa).toContain(fa);
});

it('tells a body that is no JSON', async () => {
  const answer = await fetch(`${t.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  const { error } = (await answer.json()) as Refusal;
  expect(error).toMatchObject({ code: 'bad_request', reason: 'bad_request' });
  expect(error.words.fa).toContain('فهمیده نشد');
});
