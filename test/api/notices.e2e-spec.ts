import pg from 'pg';
import { EitaaConnector } from '../../src/channels/connectors/eitaa/eitaa.connector';
import { NOTICE_JOB, noticeJob } from '../../src/outbound/notices/notice';
import { StrandedSweeper } from '../../src/outbound/stranded.sweeper';
import { NoticesRepository } from '../../src/outbound/notices/notices.repository';
import { JobQueue } from '../../src/jobs/job-queue';
import { Retention } from '../../src/maintenance/retention.service';
import { ApiClient, eventually, startApp, TEST_KEYS, type TestApp } from '../harness';
import { EITAA_TOKEN, type EitaaSimulator, startEitaa } from '../simulators/eitaa/server';
import { WorkspaceSeeder } from '../support/seed-workspace';

interface NoticeJson {
  id: string;
  to: string;
  text: string;
  part: number;
  parts: number;
  groupId: string;
  state: string;
  code: string | null;
  reason: { fa: string; en: string } | null;
  heldBy: string | null;
  notBefore: string | null;
  decisions: string[];
  externalId: string | null;
  author: { name: string };
  attachments: { uploadId: string; name: string; sizeBytes: number }[];
}
type ErrorJson = { error: { code: string; details: Record<string, unknown>; words: { fa: string } } };

let t: TestApp;
let second: TestApp;
let sim: EitaaSimulator;
let client: pg.Client;
let lead: ApiClient;
let agent: ApiClient;
let stranger: ApiClient;
let workspaceId: string;
let channelId: string;

const LIMIT = 60;

beforeAll(async () => {
  sim = await startEitaa();
  t = await startApp();
  second = await startApp({ databaseUrl: t.databaseUrl });
  client = new pg.Client(t.databaseUrl);
  await client.connect();
  const seeder = new WorkspaceSeeder(client, TEST_KEYS);
  workspaceId = (await rows<{ workspace_id: string }>('SELECT workspace_id FROM agents LIMIT 1'))[0]!.workspace_id;
  lead = ApiClient.withToken(t.url, (await seeder.agent(workspaceId, 'lead')).token);
  agent = ApiClient.withToken(t.url, (await seeder.agent(workspaceId, 'agent')).token);
  stranger = ApiClient.withToken(t.url, (await seeder.agent(await seeder.workspace('elsewhere'), 'owner')).token);
  channelId = await connected('sibesorkh');
});

beforeEach(async () => {
  sim.faults.clear();
  sim.refusals.length = 0;
  sim.effects.length = 0;
  sim.token = EITAA_TOKEN;
  await rows('UPDATE channel_budgets SET paused_until = NULL');
});

afterAll(async () => {
  await client?.end();
  await second?.close();
  await t?.close();
  await sim?.close();
});

async function rows<Row>(sql: string, params: unknown[] = []): Promise<Row[]> {
  return (await client.query(sql, params)).rows as Row[];
}

async function connected(externalId: string, settings: object = {}): Promise<string> {
  sim.managed.add(externalId);
  const { id } = await t.owner.post<{ id: string }>('/channels', {
    kind: 'eitaa',
    name: externalId,
    externalId,
    credentials: { accessToken: EITAA_TOKEN },
    settings: { apiBaseUrl: sim.url, textLimit: LIMIT, paceMs: 0, timeoutMs: 2_000, ...settings },
  });
  return id;
}

const write = (body: object, { as = lead, to = channelId, key }: { as?: ApiClient; to?: string; key?: string } = {}) =>
  as.request<{ items: NoticeJson[] } & ErrorJson>(
    'POST',
    `/channels/${to}/notices`,
    body,
    key === undefined ? {} : { 'idempotency-key': key },
  );

async function written(body: object, where: { to?: string; key?: string } = {}): Promise<NoticeJson> {
  const { status, body: answer } = await write(body, where);
  if (status !== 201) throw new Error(`the notice was answered ${status}: ${JSON.stringify(answer)}`);
  return answer.items[0]!;
}

const seen = (id: string, channel = channelId) => lead.get<NoticeJson>(`/channels/${channel}/notices/${id}`);

const reaches = (id: string, state: string, channel = channelId) =>
  eventually(async () => {
    const notice = await seen(id, channel);
    return notice.state === state && notice;
  }, 20_000);

const decide = (id: string, action: string, as = lead) =>
  as.request<NoticeJson & ErrorJson>('POST', `/channels/${channelId}/notices/${id}/delivery`, { action });

/** Whatever waits for its time has its time now. */
async function hurry(): Promise<void> {
  await rows('UPDATE channel_notices SET wait_until = now() WHERE wait_until IS NOT NULL');
  await rows(`UPDATE jobs SET run_at = now() WHERE state = 'ready' AND name = $1`, [NOTICE_JOB]);
}

const arrived = () => sim.effects.map(({ text }) => text);

it('goes out, once, and is told to the leads', async () => {
  const { id, author } = await written({ text: 'فردا تعطیلیم 🌸' });
  expect(author.name).not.toBe('');
  const sent = await reaches(id, 'sent');
  expect(sent).toMatchObject({ to: 'sibesorkh', code: null, reason: null, decisions: [] });
  expect(sim.effects).toMatchObject([{ chat: 'sibesorkh', text: 'فردا تعطیلیم 🌸' }]);
  expect(sent.externalId).toBe(`sibesorkh:${sim.effects[0]!.id}`);
  const events = await rows<{ type: string; data: object; audience: string[] }>(
    `SELECT type, data, audience FROM domain_events WHERE data->>'noticeId' = $1 ORDER BY position`,
    [id],
  );
  expect(events).toMatchObject([
    { type: 'notice.queued', data: { channelId, parts: 1 }, audience: ['leads'] },
    { type: 'notice.delivery_changed', data: { from: 'sending', to: 'sent' }, audience: ['leads'] },
  ]);
});

it('a doubled request sends one', async () => {
  const ask = () => write({ text: 'یک بار' }, { key: 'once-only' });
  const [one, two] = await Promise.all([ask(), ask()]);
  expect([one.status, two.status]).toEqual([201, 201]);
  expect(one.body.items[0]!.id).toBe(two.body.items[0]!.id);
  await reaches(one.body.items[0]!.id, 'sent');
  expect((await write({ text: 'چیز دیگر' }, { key: 'once-only' })).body.error.code).toBe('idempotency_key_reused');
  expect(arrived()).toEqual(['یک بار']);
});

it('two workers at once send each notice once, in order', async () => {
  const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
  const ids: string[] = [];
  for (const text of texts) ids.push((await written({ text })).id);
  // more jobs than one, on both nodes
  for (const node of [t, second, t, second])
    await node.database.transaction({ workspaceId }, async (tx) =>
      node.app.get(JobQueue).enqueue(tx, { ...noticeJob(workspaceId, channelId), dedupeKey: undefined }),
    );
  for (const id of ids) {
    await hurry();
    await reaches(id, 'sent');
  }
  expect(arrived()).toEqual(texts);
});

it('killed between the call and its commit: in doubt, never sent again by itself', async () => {
  const settle = jest.spyOn(NoticesRepository.prototype, 'stateOfCall').mockRejectedValueOnce(new Error('killed'));
  const { id } = await written({ text: 'once upon a time' });
  await reaches(id, 'sending');
  await eventually(() => Promise.resolve(settle.mock.calls.length > 0));
  settle.mockRestore();
  await rows('UPDATE channel_notices SET wait_until = now() WHERE id = $1', [id]);
  const doubtful = await eventually(async () => {
    await hurry();
    const notice = await seen(id);
    return notice.state === 'unknown' && notice;
  });
  expect(doubtful).toMatchObject({ code: 'interrupted', decisions: ['retry', 'arrived', 'give_up'] });
  expect(doubtful.reason!.fa).toContain('معلوم نیست رسیده باشد');
  const next = await written({ text: 'the one after it' });
  await reaches(next.id, 'sent'); // nothing waits behind a doubt nobody can settle
  expect(arrived()).toEqual(['once upon a time', 'the one after it']);
  expect(await decide(id, 'arrived')).toMatchObject({ status: 200, body: { state: 'sent', decisions: [] } });
  expect((await decide(id, 'retry')).status).toBe(409);
  expect(sim.effects).toHaveLength(2);
});

it('a call that broke off leaves doubt too, and a person may send it again', async () => {
  sim.faults.add({ path: 'sendMessage$', times: 1, when: 'after', answer: 'reset' });
  const { id } = await written({ text: 'doubt' });
  expect((await reaches(id, 'unknown')).reason!.en).not.toBe('');
  expect((await decide(id, 'retry', agent)).status).toBe(403);
  expect(await decide(id, 'retry')).toMatchObject({ status: 200 });
  expect((await decide(id, 'retry')).status).not.toBe(500);
  await reaches(id, 'sent');
  expect(arrived()).toEqual(['doubt', 'doubt']);
});

describe('a call that takes longer than anybody waits for it', () => {
  /** A notice whose call is under way and was given up on. @returns what lets the network answer at last */
  async function overdue(text: string) {
    const connector = new EitaaConnector();
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const slow = jest.spyOn(EitaaConnector.prototype, 'send').mockImplementationOnce(async (...call) => {
      const outcome = await connector.send(...call);
      await answered;
      return outcome;
    });
    const { id } = await written({ text });
    await eventually(() => Promise.resolve(sim.effects.length === 1));
    slow.mockRestore();
    await rows('UPDATE channel_notices SET wait_until = now() WHERE id = $1', [id]);
    await t.database.transaction({ workspaceId }, async (tx) =>
      t.app.get(JobQueue).enqueue(tx, noticeJob(workspaceId, channelId)),
    );
    await reaches(id, 'unknown');
    return { id, answer };
  }

  it('still says that it is out', async () => {
    const { id, answer } = await overdue('late');
    answer();
    expect(await reaches(id, 'sent')).toMatchObject({ code: null, externalId: `sibesorkh:${sim.effects[0]!.id}` });
    expect(arrived()).toEqual(['late']);
  });

  it('says nothing any more once a person went on from there', async () => {
    const { id, answer } = await overdue('too late');
    await decide(id, 'retry');
    const again = await reaches(id, 'sent');
    const taken = jest.spyOn(NoticesRepository.prototype, 'stateOfCall');
    answer();
    const looked = await eventually(() => Promise.resolve(taken.mock.results[0]));
    expect(await (looked.value as Promise<unknown>)).toBeUndefined();
    taken.mockRestore();
    expect((await seen(id)).externalId).toBe(again.externalId);
    expect(arrived()).toEqual(['too late', 'too late']);
  });
});

it('waits while the token is dead, and goes after its repair', async () => {
  sim.token = 'bot1234:another';
  const first = await written({ text: 'held' });
  const held = await eventually(async () => {
    const notice = await seen(first.id);
    return notice.heldBy === 'channel' && notice;
  });
  expect(held).toMatchObject({ state: 'queued', code: 'token_invalid', decisions: ['give_up'] });
  const second = await written({ text: 'given up' });
  expect(await decide(second.id, 'give_up')).toMatchObject({ body: { state: 'cancelled' } });
  expect(await decide(second.id, 'give_up')).toMatchObject({ status: 200, body: { state: 'cancelled' } });
  expect(sim.effects).toEqual([]);
  sim.token = EITAA_TOKEN;
  await t.owner.ok('PATCH', `/channels/${channelId}`, { credentials: { accessToken: EITAA_TOKEN } });
  await reaches(first.id, 'sent');
  expect(arrived()).toEqual(['held']);
});

it('rests when the network says so, without using up a try', async () => {
  sim.refusals.push({ http: 429, body: { ok: false, error_code: 429, parameters: { retry_after: 600 } } });
  const { id } = await written({ text: 'slowly' });
  const { notBefore } = await eventually(async () => {
    const notice = await seen(id);
    return notice.heldBy === 'pause' && notice;
  });
  expect(Date.parse(notBefore!) - Date.now()).toBeGreaterThan(500_000);
  expect(await rows('SELECT tries, calls FROM channel_notices WHERE id = $1', [id])).toEqual([{ tries: 0, calls: 1 }]);
  await rows('UPDATE channel_budgets SET paused_until = NULL WHERE channel_id = $1', [channelId]);
  await rows(`UPDATE jobs SET run_at = now() WHERE state = 'ready' AND queue = 'outbound'`);
  await reaches(id, 'sent');
  expect(arrived()).toEqual(['slowly']);
});

it('gets a job anew when it has lost its own', async () => {
  sim.refusals.push({ http: 429, body: { ok: false, error_code: 429, parameters: { retry_after: 600 } } });
  const { id } = await written({ text: 'گم شد' });
  await eventually(async () => (await seen(id)).heldBy === 'pause');
  await rows(`DELETE FROM jobs WHERE name = ANY($1)`, [['outbound.resume', NOTICE_JOB]]);
  await rows(`UPDATE channel_notices SET created_at = now() - interval '1 hour', wait_until = NULL WHERE id = $1`, [
    id,
  ]);
  await rows('UPDATE channel_budgets SET paused_until = now()');
  await t.app.get(StrandedSweeper).sweep();
  await reaches(id, 'sent');
});

it('keeps the pace of its channel', async () => {
  const paced = await connected('paced', { paceMs: 600_000 });
  const first = await written({ text: 'first' }, { to: paced });
  await reaches(first.id, 'sent', paced);
  const next = await written({ text: 'second' }, { to: paced });
  const [{ wait }] = await eventually(async () => {
    const jobs = await rows<{ wait: number }>(
      `SELECT extract(epoch FROM run_at - now())::float8 AS wait FROM jobs
       WHERE name = $1 AND dedupe_key = $2 AND state = 'ready' AND run_at > now()`,
      [NOTICE_JOB, paced],
    );
    return jobs.length === 1 && (jobs as [{ wait: number }]);
  });
  expect(wait).toBeGreaterThan(500);
  const waits = await seen(next.id, paced);
  expect(waits).toMatchObject({ state: 'queued', heldBy: null });
  expect(Date.parse(waits.notBefore!) - Date.now()).toBeGreaterThan(500_000);
  expect(arrived()).toEqual(['first']);
});

it('says who is to mend a refusal, and goes when it is mended', async () => {
  sim.managed.delete('sibesorkh');
  const { id } = await written({ text: 'no manager' });
  const refused = await reaches(id, 'failed');
  expect(refused).toMatchObject({ code: 'eitaa_refused', decisions: ['retry', 'give_up'] });
  expect(refused.reason!.fa).toContain('@sender');
  sim.managed.add('sibesorkh');
  await decide(id, 'retry');
  await reaches(id, 'sent');
  expect(arrived()).toEqual(['no manager']);
});

it('splits what is too long where that is wanted, and keeps the parts in order', async () => {
  const text = `${'سلام دوستان عزیز '.repeat(8)}پایان`;
  const refused = await write({ text });
  expect([refused.status, refused.body.error.code]).toEqual([422, 'send_refused']);
  expect(refused.body.error.details).toMatchObject({ reason: 'text_too_long', facts: { max: LIMIT, parts: 3 } });
  sim.managed.delete('sibesorkh');
  const { body } = await write({ text, split: true });
  expect(body.items.map(({ part, parts }) => `${part}/${parts}`)).toEqual(['1/3', '2/3', '3/3']);
  const [first, middle, last] = body.items as [NoticeJson, NoticeJson, NoticeJson];
  await reaches(first.id, 'failed');
  expect(await seen(middle.id)).toMatchObject({ state: 'queued', heldBy: 'part_before' });
  const other = await written({ text: 'others go on', to: '@sibesorkh-vip' }).finally(() =>
    sim.managed.add('sibesorkh'),
  );
  expect(other.to).toBe('sibesorkh-vip');
  await decide(first.id, 'retry');
  await reaches(last.id, 'sent');
  expect(arrived().join(' ').replaceAll(/\s+/g, ' ')).toBe(text.replaceAll(/\s+/g, ' '));
});

it('giving up a part gives up what comes after it', async () => {
  sim.managed.delete('sibesorkh');
  const { body } = await write({ text: 'word '.repeat(30), split: true });
  const [first, ...rest] = body.items;
  await reaches(first!.id, 'failed');
  await decide(first!.id, 'give_up');
  for (const { id } of rest) expect((await seen(id)).state).toBe('cancelled');
  sim.managed.add('sibesorkh');
  expect(sim.effects).toEqual([]);
});

it('carries a file', async () => {
  const upload = await fetch(`${t.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...lead.headers(), 'content-type': 'application/octet-stream', 'x-file-name': 'prices.txt' },
    body: new Uint8Array([65, 66, 67]),
  });
  const { id: uploadId } = (await upload.json()) as { id: string };
  const notice = await written({ text: 'قیمت‌ها', attachments: [{ uploadId }] });
  await reaches(notice.id, 'sent');
  expect(notice.attachments).toMatchObject([{ uploadId, name: 'prices.txt', sizeBytes: 3 }]);
  expect(sim.effects[0]).toMatchObject({ file: { bytes: Buffer.from('ABC') }, fields: { caption: 'قیمت‌ها' } });
});

it('is refused where it cannot be: nothing to say, nowhere to go, a channel with conversations, a channel switched off', async () => {
  expect((await write({ text: '  ' })).body.error.details['reason']).toBe('empty');
  expect((await write({ text: 'x', to: 'two words' })).status).toBe(422);
  const app = await connected('mini', { target: 'app' });
  const nowhere = await write({ text: 'x' }, { to: app });
  expect(nowhere.body.error.details['fields']).toMatchObject([{ path: 'to' }]);
  const webchat = await t.owner.post<{ id: string }>('/channels', { kind: 'webchat', name: 'Site' });
  const refused = await write({ text: 'x' }, { to: webchat.id });
  expect(refused.body.error).toMatchObject({ code: 'capability_missing' });
  expect(refused.body.error.words.fa).toContain('اطلاعیه');
  await t.owner.ok('PATCH', `/channels/${app}`, { state: 'disabled' });
  expect((await write({ text: 'x', to: '12' }, { to: app })).body.error.details['reason']).toBe('channel_disabled');
  expect(sim.effects).toEqual([]);
});

it('is for leads and admins of the same workspace', async () => {
  const { id } = await written({ text: 'ours' });
  await reaches(id, 'sent');
  expect((await write({ text: 'x' }, { as: agent })).status).toBe(403);
  for (const [method, path, body] of [
    ['POST', '/notices', { text: 'x' }],
    ['GET', '/notices', undefined],
    ['GET', '/notice-rules', undefined],
    ['GET', `/notices/${id}`, undefined],
    ['POST', `/notices/${id}/delivery`, { action: 'retry' }],
  ] as const)
    expect((await stranger.request(method, `/channels/${channelId}${path}`, body)).status).toBe(404);
  expect(arrived()).toEqual(['ours']);
});

it('is listed newest first, page by page', async () => {
  const ids: string[] = [];
  for (const text of ['1', '2', '3']) ids.unshift((await written({ text })).id);
  const page = await lead.get<{ items: NoticeJson[]; nextCursor: string }>(`/channels/${channelId}/notices?limit=2`);
  expect(page.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  const rest = await lead.get<{ items: NoticeJson[] }>(
    `/channels/${channelId}/notices?limit=2&cursor=${page.nextCursor}`,
  );
  expect(rest.items[0]!.id).toBe(ids[2]);
  await reaches(ids[0]!, 'sent');
});

it('is forgotten when it has had its time', async () => {
  const { id } = await written({ text: 'old' });
  await reaches(id, 'sent');
  await rows(`UPDATE channel_notices SET settled_at = now() - interval '500 days' WHERE id = $1`, [id]);
  await t.app.get(Retention).run();
  expect((await lead.request('GET', `/channels/${channelId}/notices/${id}`)).status).toBe(404);
});
