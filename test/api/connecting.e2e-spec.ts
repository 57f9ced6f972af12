import { ChannelCare } from '../../src/channels/care/channel-care';
import type { Words } from '../../src/text/words';
import { ApiClient, eventually, OWNER, startApp, type TestApp } from '../harness';
import { startX, type XSimulator } from '../simulators/x/server';
import { SEED } from '../simulators/x/world';
import { PublicAddress } from '../support/public-address';
import { uuidv7 } from '../../src/platform/ids';

const PERSIAN = /[\u0600-\u06FF]{3}/;

interface PickJson {
  state: string;
  reason: string | null;
  scopes: { scope: string; why: { fa: string; en: string } }[];
  accounts: { kind: string; externalId: string; name: string; missingScopes: string[]; connected: boolean }[];
}

interface ReportJson {
  checks: { name: string; state: string; message: Words }[];
}

interface HealthJson {
  report: ReportJson | null;
  alarms: { name: string; message: Words; fix: Words | null; clearedAt: string | null }[];
  webhookUrl: string | null;
}

let sim: XSimulator;
let outside: PublicAddress;
let t: TestApp;

beforeAll(async () => {
  sim = await startX();
  outside = await PublicAddress.open();
  t = await startApp({ env: { PUBLIC_URL: outside.url } });
  outside.leadTo(t.url);
  await t.owner.ok('PUT', '/oauth-apps/x', {
    clientId: SEED.clientId,
    clientSecret: SEED.clientSecret,
    apiBaseUrl: sim.url,
  });
});

afterAll(async () => {
  await t.close();
  await outside.close();
  await sim.close();
});

const rows = <Row>(sql: string, params: unknown[] = []) =>
  t.database.lean('system', (tx) => tx.query<Row>(sql, params));

/** Begins, and walks the consent page as a person would. @returns where X sends the browser */
async function consent(api: ApiClient = t.owner): Promise<{ connectionId: string; back: URL }> {
  const begun = await api.post<{ connectionId: string; authorizeUrl: string }>('/channels/connect/x');
  const url = new URL(begun.authorizeUrl);
  expect(url.searchParams.get('redirect_uri')).toBe(`${outside.url}/api/v1/channels/connect/callback`);
  expect(url.searchParams.get('code_challenge_method')).toBe('S256');
  const page = await fetch(url, { redirect: 'manual' });
  expect(page.status).toBe(302);
  return { connectionId: begun.connectionId, back: new URL(page.headers.get('location')!) };
}

const comeBack = (url: URL, api: ApiClient = t.owner) =>
  fetch(`${t.url}${url.pathname}${url.search}`, { headers: api.headers(), redirect: 'manual' });

async function otherAdmin(): Promise<ApiClient> {
  const email = `admin-${uuidv7().slice(-6)}@harbour.test`;
  await rows(
    `INSERT INTO agents (workspace_id, id, email, name, role, password_hash)
     SELECT workspace_id, $1, $2, 'Another admin', 'admin', password_hash FROM agents WHERE email = $3`,
    [uuidv7(), email, OWNER.email],
  );
  return ApiClient.signIn(t.url, email, OWNER.password);
}

describe('connecting by consent', () => {
  it('takes four steps: begin, agree, pick, done; subscribed and checked, with nothing secret shown', async () => {
    const { connectionId, back } = await consent();
    const answered = await comeBack(back);
    expect([answered.status, answered.headers.get('location')]).toEqual([
      302,
      `/admin/channels?connection=${connectionId}`,
    ]);
    const picked = await t.owner.get<PickJson>(`/channels/connect/${connectionId}`);
    expect(picked).toMatchObject({ state: 'granted', accounts: [{ kind: 'x', missingScopes: [], connected: false }] });
    expect(picked.scopes[0]).toMatchObject({
      scope: 'tweet.read',
      why: { fa: expect.any(String), en: expect.any(String) },
    });
    const [account] = picked.accounts;
    const done = await t.owner.post<{
      items: { channel: { id: string; credentialsSet: string[] }; report: ReportJson }[];
    }>(`/channels/connect/${connectionId}/accounts`, { accounts: [{ kind: 'x', externalId: account!.externalId }] });
    const [{ channel, report }] = done.items as [(typeof done.items)[0]];
    expect(report.checks.filter(({ name }) => name === 'token' || name === 'account')).toEqual([
      expect.objectContaining({ state: 'ok' }),
      expect.objectContaining({ state: 'ok' }),
    ]);
    const said = JSON.stringify([
      picked,
      done,
      await t.owner.get(`/channels/${channel.id}`),
      await t.owner.get('/oauth-apps'),
    ]);
    const { tokens } = sim.app as unknown as { tokens: { accessToken?: string; refreshToken?: string }[] };
    for (const secret of [SEED.clientSecret, ...tokens.flatMap((x) => [x.accessToken, x.refreshToken])])
      if (secret) expect(said).not.toContain(secret);
    expect((await t.owner.get<PickJson>(`/channels/connect/${connectionId}`)).state).toBe('done');
    const again = { accounts: [{ kind: 'x', externalId: account!.externalId }] };
    expect((await t.owner.request('POST', `/channels/connect/${connectionId}/accounts`, again)).status).toBe(409);
  });

  it('a second walk gives the channel its new grant instead of a twin', async () => {
    const { connectionId, back } = await consent();
    await comeBack(back);
    const { accounts } = await t.owner.get<PickJson>(`/channels/connect/${connectionId}`);
    expect(accounts[0]!.connected).toBe(true);
    await t.owner.post(`/channels/connect/${connectionId}/accounts`, {
      accounts: [{ kind: 'x', externalId: accounts[0]!.externalId }],
    });
    expect(await rows(`SELECT id FROM channels WHERE kind = 'x'`)).toHaveLength(1);
  });

  it('the way back serves once, for the one who began, and not for long', async () => {
    const first = await consent();
    expect((await comeBack(first.back)).status).toBe(302);
    expect((await comeBack(first.back)).status).toBe(400);

    const second = await consent();
    const stranger = await otherAdmin();
    expect((await comeBack(second.back, stranger)).status).toBe(400);
    expect((await stranger.request('GET', `/channels/connect/${second.connectionId}`)).status).toBe(404);
    expect((await fetch(`${t.url}${second.back.pathname}${second.back.search}`)).status).toBe(401);
    await rows(`UPDATE channel_connections SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      second.connectionId,
    ]);
    expect((await comeBack(second.back)).status).toBe(400);
    const forged = new URL(second.back);
    forged.searchParams.set('state', 'made up');
    expect((await comeBack(forged)).status).toBe(400);
  });

  it('a refusal at the network is told in its words', async () => {
    const { connectionId, back } = await consent();
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    expect((await comeBack(back)).status).toBe(302);
    expect(await t.owner.get(`/channels/connect/${connectionId}`)).toMatchObject({
      state: 'refused',
      reason: 'access_denied',
    });
  });

  it('says what to do where there is no app yet, or no consent page', async () => {
    expect(await t.owner.request('POST', '/channels/connect/linkedin')).toMatchObject({ status: 409 });
    expect(await t.owner.request('POST', '/channels/connect/telegram')).toMatchObject({ status: 422 });
    expect(await t.owner.request('PUT', '/oauth-apps/myspace', { clientId: 'a', clientSecret: 'b' })).toMatchObject({
      status: 422,
    });
  });
});

describe('care', () => {
  const channelId = async () => (await rows<{ id: string }>(`SELECT id FROM channels WHERE kind = 'x'`))[0]!.id;
  const health = async () => t.owner.get<HealthJson>(`/channels/${await channelId()}/health`);
  /** A round of care for every channel, now. */
  const round = async () => {
    await rows(`UPDATE channel_care SET due_at = now() - interval '1 second'`);
    await t.app.get(ChannelCare).sweep();
    await eventually(
      async () =>
        (
          await rows(
            `SELECT 1 FROM jobs WHERE name = 'channels.care' AND (state = 'running' OR state = 'ready' AND run_at <= now())`,
          )
        ).length === 0,
      20_000,
    );
  };

  it('finds a dropped subscription, repairs it, and reads what was missed', async () => {
    const id = await channelId();
    await t.owner.ok('PATCH', `/channels/${id}`, {
      settings: { apiBaseUrl: sim.url, mode: 'webhook' },
      credentials: { appSecret: SEED.appSecret, bearerToken: SEED.bearerToken },
    });
    await t.owner.ok('POST', `/channels/${id}/subscribe`);
    // the look back on connecting reaches further than X pushes again, and would take the gap along
    const lookingBack = () => rows(`SELECT 1 FROM channel_pulls WHERE channel_id = $1 AND reason = 'backfill'`, [id]);
    await eventually(async () => (await lookingBack()).length === 0, 30_000);
    const before = sim.app.subscriptions.length;
    expect(before).toBeGreaterThan(0);
    sim.app.subscriptions.splice(0);
    await round();
    expect(sim.app.subscriptions).toHaveLength(before);
    expect((await health()).alarms.filter(({ clearedAt }) => clearedAt === null)).toEqual([]);
    await eventually(async () => sim.calls.some(({ path }) => path.includes('/webhooks/replay')));
  });

  it('a token that is refused holds the channel and raises one alarm; connecting again clears it', async () => {
    const id = await channelId();
    await t.owner.ok('PATCH', `/channels/${id}`, { credentials: { accessToken: 'revoked', refreshToken: 'revoked' } });
    await round();
    await round();
    const open = (await health()).alarms.filter(({ clearedAt }) => clearedAt === null);
    expect(open.map(({ name }) => name)).toContain('token'); // found twice: by the check, and by the renewal
    expect(new Set(open.map(({ name }) => name)).size).toBe(open.length);
    for (const { message, fix } of open)
      expect([message, fix]).toEqual(
        Array(2).fill({ fa: expect.stringMatching(PERSIAN), en: expect.stringMatching(/[a-z]/) }),
      );
    const told = await rows<{ name: string }>(
      `SELECT data->>'name' AS name FROM domain_events WHERE type = 'channel.alarm_raised'`,
    );
    expect(told.map(({ name }) => name)).toEqual([...new Set(told.map(({ name }) => name))]);

    const { connectionId, back } = await consent();
    await comeBack(back);
    const { accounts } = await t.owner.get<PickJson>(`/channels/connect/${connectionId}`);
    await t.owner.post(`/channels/connect/${connectionId}/accounts`, {
      accounts: [{ kind: 'x', externalId: accounts[0]!.externalId }],
    });
    await round();
    const still = (await health()).alarms.filter(({ clearedAt }) => clearedAt === null);
    expect(still.filter(({ name }) => name === 'reconnect' || name === 'token')).toEqual([]);
  });
});
