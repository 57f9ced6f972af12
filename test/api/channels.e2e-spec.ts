import { Writable } from 'node:stream';
import { eventually } from '../harness';
import { type ErrorJson, feed, type MetaWorld, startMetaWorld } from '../meta-world';
import { SEED } from '../simulators/meta/seed';
import { metaBytes } from '../simulators/meta/wire';

const PAGE = '5500000055';
const SECRETS = {
  accessToken: 'EAAtheaccesstokenofthisverychannel',
  appSecret: 'the_app_secret_that_nobody_may_see',
  verifyToken: 'the verify token of this channel',
};

let w: MetaWorld;
let channel: string;
let output = '';
const real = { out: process.stdout.write.bind(process.stdout), err: process.stderr.write.bind(process.stderr) };

beforeAll(async () => {
  const keep = (chunk: unknown) => {
    output += typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8');
    return true;
  };
  process.stdout.write = keep as Writable['write'] as typeof process.stdout.write;
  w = await startMetaWorld({ env: { LOG_LEVEL: 'debug' } });
  channel = await w.connect(w.api, 'facebook', PAGE, SECRETS);
});

afterAll(async () => {
  await w.close();
  process.stdout.write = real.out;
});

const comment = (n: number) =>
  feed({ comment_id: `55_${n}`, from: { id: '7311904458820163', name: 'نگار' }, message: `سلام ${n}` }, { page: PAGE });
const status = async (n: number, secret: string) => (await w.postBytes(metaBytes(comment(n)), secret)).status;

describe('a webhook secret that is replaced', () => {
  it('signs on for a while beside its successor, so no delivery is lost', async () => {
    expect(await status(1, SECRETS.appSecret)).toBe(200);
    await w.api.ok('PATCH', `/channels/${channel}`, { credentials: { appSecret: 'the_second_secret_of_this_page' } });
    expect(await status(2, SECRETS.appSecret)).toBe(200);
    expect(await status(3, 'the_second_secret_of_this_page')).toBe(200);
    expect(await status(4, 'a guess')).toBe(401);
    for (const n of [1, 2, 3]) await w.thread(`55_${n}`);
  });

  it('ends when its time is over, or at once when it was stolen', async () => {
    await w.api.ok('PATCH', `/channels/${channel}`, {
      settings: { apiBaseUrl: w.sim.url, secretOverlapHours: 0.000_05 },
    });
    await w.api.ok('PATCH', `/channels/${channel}`, { credentials: { appSecret: 'the_third_secret_of_this_page' } });
    await eventually(async () => (await status(5, 'the_second_secret_of_this_page')) === 401);
    await w.api.ok('PATCH', `/channels/${channel}`, { settings: { apiBaseUrl: w.sim.url, secretOverlapHours: 0 } });
    await w.api.ok('PATCH', `/channels/${channel}`, { credentials: { appSecret: 'the_fourth_secret_of_this_page' } });
    expect(await status(6, 'the_third_secret_of_this_page')).toBe(401);
    expect(await status(7, 'the_fourth_secret_of_this_page')).toBe(200);
  });
});

it('a channel goes to another brand of its workspace, and to no other', async () => {
  const before = await w.api.get<{ brandId: string; name: string }>(`/channels/${channel}`);
  const brand = await w.api.post<{ id: string }>('/brands', { name: 'Second brand' });
  const moved = await w.api.ok('PATCH', `/channels/${channel}`, { brandId: brand.id });
  expect(moved).toMatchObject({ brandId: brand.id, name: before.name });
  const { api } = await w.otherWorkspace('brand-neighbour');
  const theirs = await api.post<{ id: string }>('/brands', { name: 'Theirs' });
  expect((await w.api.request('PATCH', `/channels/${channel}`, { brandId: theirs.id })).status).toBe(422);
  await w.api.ok('PATCH', `/channels/${channel}`, { brandId: before.brandId });
  expect(await w.api.get(`/channels/${channel}`)).toMatchObject({ brandId: before.brandId });
});

describe('an archived brand', () => {
  const archive = (id: string, archived = true, api = w.api) =>
    api.request<{ archivedAt: string | null } & ErrorJson>('PUT', `/brands/${id}/archived`, { archived });
  const patch = (id: string, body: object) => w.api.request<ErrorJson>('PATCH', `/channels/${id}`, body);
  const fresh = (name: string, api = w.api) => api.post<{ id: string }>('/brands', { name });
  const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);

  it('goes only when none of its channels is enabled, takes no new ones, keeps what it has, and comes back', async () => {
    const brand = await fresh('Given up');
    const own = await w.connect(w.api, 'facebook', '5500000077', SECRETS);
    await patch(own, { brandId: brand.id, name: 'Old page' });
    const refused = await archive(brand.id);
    expect(refused.body.error).toMatchObject({
      code: 'conflict',
      details: { channels: [{ id: own, name: 'Old page' }] },
    });
    expect(refused.body.error.message).toContain('Old page');
    await patch(own, { state: 'disabled' });
    expect((await archive(brand.id)).body.archivedAt).not.toBeNull();
    expect((await archive(brand.id)).status).toBe(200);
    expect((await patch(own, { name: 'Very old page', brandId: brand.id })).status).toBe(200);
    expect((await patch(own, { state: 'active' })).status).toBe(409);
    expect((await patch(channel, { brandId: brand.id })).status).toBe(422);
    const { items } = await w.api.get<{ items: { id: string; archivedAt: string | null }[] }>('/brands');
    expect(items.find(({ id }) => id === brand.id)?.archivedAt).not.toBeNull(); // old tickets name it
    expect((await archive(brand.id, false)).body.archivedAt).toBeNull();
    expect((await patch(own, { state: 'active' })).status).toBe(200);
    const told = await w.rows<{ action: string }>(
      `SELECT action FROM audit_log WHERE subject = $1 AND action <> 'brand.created' ORDER BY id`,
      [`brand:${brand.id}`],
    );
    expect(told.map(({ action }) => action)).toEqual(['brand.archived', 'brand.restored']);
  });

  it('is never met by a channel that is connected in the same moment', async () => {
    const brand = await fresh('Contested');
    const body = { kind: 'facebook', name: 'Race', externalId: '5500000078', credentials: SECRETS, brandId: brand.id };
    const both = await Promise.all([archive(brand.id), w.api.request('POST', '/channels', body)]);
    expect([
      [200, 422],
      [201, 409],
    ]).toContainEqual(statuses(both));
  });

  it('is never the last one in use', async () => {
    const { api } = await w.otherWorkspace('one-brand');
    const { items } = await api.get<{ items: { id: string }[] }>('/brands');
    expect((await archive(items[0]!.id, true, api)).status).toBe(409);
    const second = await fresh('Second', api);
    const both = await Promise.all([items[0]!.id, second.id].map((id) => archive(id, true, api)));
    expect(statuses(both)).toEqual([200, 409]);
    expect((await archive(items[0]!.id)).status).toBe(404);
  });
});

describe('credentials', () => {
  it('are in no answer and in no line of the log, whatever is done with the channel', async () => {
    w.sim.faults.add({ method: 'POST', times: 1, when: 'before', answer: { error: 'token_expired' } });
    const answers = [
      await w.api.get('/channels?limit=100'),
      await w.api.get(`/channels/${channel}`),
      await w.api.get('/channels/kinds'),
      await w.api.ok('POST', `/channels/${channel}/check`),
      await w.api.ok('POST', `/channels/${channel}/subscribe`),
      await w.api.get(`/channels/${channel}/health`),
      await w.api.get(`/channels/${channel}/pulls`),
      await w.api.get(`/channels/${channel}/flow`),
      (await w.api.request('PATCH', `/channels/${channel}`, { credentials: { appSecret: 5 } })).body,
      (await w.api.request('POST', '/channels', { kind: 'facebook', name: 'x', credentials: SECRETS })).body,
    ];
    const said = JSON.stringify(answers) + output;
    expect(output).toContain('"event"'); // the log was heard at all
    for (const secret of [...Object.values(SECRETS), 'the_fourth_secret_of_this_page', SEED.pageToken])
      expect(said).not.toContain(secret);
  });

  it('of another workspace are as unknown as any', async () => {
    const { api } = await w.otherWorkspace('channel-neighbour');
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/health'],
      ['GET', '/flow'],
      ['GET', '/pulls'],
      ['POST', '/check'],
      ['POST', '/subscribe'],
      ['POST', '/backfill'],
      ['POST', '/test-message'],
      ['PATCH', ''],
    ] as const) {
      const body = path === '/test-message' ? { to: '1', text: 'x' } : method === 'GET' ? undefined : {};
      expect([path, (await api.request(method, `/channels/${channel}${path}`, body)).status]).toEqual([path, 404]);
    }
  });

  it('names every wrong field, and what is missing', async () => {
    const refused = await w.api.request<{ error: { details: { fields: { path: string }[] } } }>('POST', '/channels', {
      kind: 'telegram',
      name: 'Bot',
      externalId: '1',
      credentials: { nonsense: 'x', proxyUrl: 'socks5://somewhere' },
    });
    expect(refused.status).toBe(422);
    const proxied = await w.api.request<{ error: { details: { fields: { path: string }[] } } }>('POST', '/channels', {
      kind: 'telegram',
      name: 'Bot',
      externalId: '1',
      credentials: { nonsense: 'x' },
    });
    expect(proxied.body.error.details.fields.map(({ path }) => path)).toEqual([
      'credentials.accessToken',
      'credentials.nonsense',
    ]);
  });
});
