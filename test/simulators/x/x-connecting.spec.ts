import { createHash } from 'node:crypto';
import { EVENT_TYPES } from '../../../src/channels/connectors/x/x.settings';
import { CREDENTIALS, messagesIn, NOON, XHarness } from './x-harness';
import { PICTURE, SEED } from './world';

const x = new XHarness();
afterEach(() => x.stop());

const health = (credentials: Record<string, string> = CREDENTIALS, settings: object = {}) =>
  x.connector.health(x.channel(settings), credentials, x.webhookUrl);
const problems = async (report: ReturnType<typeof health>) =>
  (await report).checks
    .filter(({ state }) => state === 'problem')
    .map(({ name, serious }) => (serious ? `${name}!` : name));

describe('setting the webhook up', () => {
  it('makes it known, answers X’s challenge, subscribes every type, and does it only once', async () => {
    await x.start({ connected: false });
    expect(await problems(health())).toEqual(['webhook', 'subscription']);
    for (const _ of [1, 2]) {
      const report = await x.connector.subscribe(x.channel(), CREDENTIALS, x.webhookUrl);
      expect(report.checks.map(({ name, state }) => `${name} ${state}`)).toEqual([
        'token ok',
        'account ok',
        'scopes unknown',
        'webhook ok',
        'subscription ok',
      ]);
    }
    expect(x.sim.app.webhooks).toMatchObject([{ url: x.webhookUrl, valid: true }]);
    expect(x.sim.app.subscriptions.map(({ event_type }) => event_type)).toEqual(EVENT_TYPES);
    x.sim.act.mention({ by: 'negar', text: 'سلام' });
    await x.sim.deliveries.idle();
    expect(x.events).toHaveLength(1);
  });

  it('a webhook X holds to be dead is found and brought back', async () => {
    await x.start();
    x.deaf = true;
    await x.sim.app.check(x.sim.app.webhooks[0]!);
    x.sim.act.mention({ by: 'negar', text: 'گم می‌شود' });
    await x.sim.deliveries.idle();
    expect(x.events).toEqual([]);
    expect(await problems(health())).toEqual(['webhook']);
    x.deaf = false;
    const report = await x.connector.subscribe(x.channel(), CREDENTIALS, x.webhookUrl);
    expect(report.checks.filter(({ state }) => state === 'problem')).toEqual([]);
    x.sim.act.mention({ by: 'negar', text: 'سلام' });
    await x.sim.deliveries.idle();
    expect(x.events).toHaveLength(1);
  });

  it('a dropped subscription is named and repaired', async () => {
    await x.start();
    x.sim.app.subscriptions.splice(0, 1);
    const report = await health();
    expect(report.checks.find(({ name }) => name === 'subscription')).toMatchObject({
      state: 'problem',
      message: { en: 'Not subscribed: post.mention.create.' },
    });
    await x.connector.subscribe(x.channel(), CREDENTIALS, x.webhookUrl);
    expect(await problems(health())).toEqual([]);
  });

  it('subscriptions on another address bring nothing here', async () => {
    await x.start({ connected: false });
    x.sim.connect('http://127.0.0.1/elsewhere');
    x.sim.app.addWebhook(x.webhookUrl, true);
    expect(await problems(health())).toEqual(['subscription']);
  });

  it('disconnecting takes away what was subscribed here and leaves the rest', async () => {
    await x.start();
    await x.connector.unsubscribe(x.channel(), CREDENTIALS);
    expect(x.sim.app.subscriptions).toHaveLength(12); // another tool's
    x.sim.app.subscriptions.length = 0;
    await x.connector.subscribe(x.channel(), CREDENTIALS, x.webhookUrl);
    await x.connector.unsubscribe(x.channel(), CREDENTIALS);
    expect(x.sim.app.subscriptions).toEqual([]);
  });
});

describe('health', () => {
  it.each<[string, () => unknown, Record<string, string>, object, string[]]>([
    ['all is well', () => undefined, CREDENTIALS, {}, []],
    ['the app was removed', () => (x.sim.app.tokens.length = 0), CREDENTIALS, {}, ['token!']],
    ['the secrets of the webhook are missing', () => undefined, { ...CREDENTIALS, bearerToken: '' }, {}, ['webhook']],
    [
      'polling needs neither',
      () => undefined,
      { ...CREDENTIALS, bearerToken: '', appSecret: '' },
      { mode: 'poll' },
      [],
    ],
    ['a token that cannot be renewed', () => undefined, { ...CREDENTIALS, refreshToken: '' }, {}, ['token']],
    ['a scope is missing', () => undefined, { ...CREDENTIALS, scopes: 'tweet.read users.read' }, {}, ['scopes']],
    [
      'a wrong bearer token',
      () => undefined,
      { ...CREDENTIALS, bearerToken: 'wrong' },
      {},
      ['webhook', 'subscription'],
    ],
    ['a used-up cap', () => (x.sim.app.capped = true), CREDENTIALS, {}, ['token!', 'webhook', 'subscription']],
  ])('%s', async (_, trouble, credentials, settings, expected) => {
    await x.start();
    trouble();
    expect(await problems(health(credentials, settings))).toEqual(expected);
  });

  it('names the end of a token that nothing renews, and the scopes not granted', async () => {
    await x.start();
    const { refreshToken: _, ...rest } = CREDENTIALS;
    const report = await health({ ...rest, scopes: 'tweet.read tweet.write users.read dm.read dm.write media.write' });
    expect(report).toMatchObject({
      tokenExpiresAt: CREDENTIALS.accessTokenExpiresAt,
      missingScopes: ['offline.access'],
    });
  });

  it('an account that is not this one is told at once', async () => {
    await x.start();
    const channel = { ...x.channel({ mode: 'poll' }), externalId: SEED.negarId };
    const report = await x.connector.health(channel, CREDENTIALS, null);
    expect(report.checks).toContainEqual(expect.objectContaining({ name: 'account', state: 'problem', serious: true }));
  });

  it('nothing is claimed while X cannot be asked', async () => {
    await x.start();
    x.sim.faults.add({ when: 'before', answer: 503 });
    expect((await health()).checks.map(({ state }) => state)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });
});

describe('tokens', () => {
  const refresh = (credentials: Record<string, string> = CREDENTIALS, until = NOON + 7_200_001) =>
    x.connector.refresh(x.channel(), credentials, new Date(until));

  it('are renewed before they end; the refresh token comes new and the old one is spent', async () => {
    await x.start();
    expect(await refresh(CREDENTIALS, NOON + 60_000)).toEqual({ status: 'not_needed' });
    x.wait(7_200_001);
    expect(await x.send()).toMatchObject({ status: 'retry', code: 'token_expired' });
    const renewed = await refresh();
    expect(renewed).toMatchObject({
      status: 'refreshed',
      credentials: { accessToken: 'x-user-token-1', refreshToken: 'x-refresh-1' },
      expiresAt: new Date(NOON + 14_400_001).toISOString(),
    });
    const credentials = { ...CREDENTIALS, ...(renewed.status === 'refreshed' ? renewed.credentials : {}) };
    expect(await x.connector.send(x.channel(), x.message(), credentials)).toMatchObject({ status: 'sent' });
    expect(await refresh()).toMatchObject({ status: 'reconnect', code: 'refresh_refused' });
  });

  it('an end nobody knows is renewed at once; what cannot be renewed is left alone', async () => {
    await x.start();
    expect(await refresh({ ...CREDENTIALS, accessTokenExpiresAt: '' }, NOON)).toMatchObject({ status: 'refreshed' });
    expect(await refresh({ accessToken: 'a' })).toEqual({ status: 'not_needed' });
    expect(await refresh({ accessToken: 'a', refreshToken: 'b' })).toMatchObject({
      status: 'reconnect',
      code: 'client_missing',
    });
  });

  it('a server failure renews nothing and gives up nothing', async () => {
    await x.start();
    x.sim.faults.add({ path: '^/oauth2/token', when: 'before', answer: 503 });
    expect(await refresh()).toMatchObject({ status: 'retry' });
  });
});

describe('connecting through X', () => {
  const redirectUri = 'http://127.0.0.1/oauth/x';
  const verifier = 'v'.repeat(43);
  const codeChallenge = createHash('sha256').update(verifier).digest('base64url');
  const app = () => ({ clientId: SEED.clientId, clientSecret: SEED.clientSecret, apiBaseUrl: x.sim.url });

  async function code(): Promise<string> {
    const url = x.connector.oauth().authorizeUrl(app(), { redirectUri, state: 's1', codeChallenge });
    const answer = await fetch(url, { redirect: 'manual' });
    const back = new URL(answer.headers.get('location') ?? '');
    expect(back.searchParams.get('state')).toBe('s1');
    return back.searchParams.get('code') ?? '';
  }

  it('gives the account with everything to keep it connected', async () => {
    await x.start();
    const network = x.connector.oauth();
    const granted = await network.exchange(app(), { code: await code(), redirectUri, codeVerifier: verifier });
    if (granted.status !== 'granted') throw new Error(granted.reason);
    const found = await network.accounts(app(), granted.grant);
    expect(found).toMatchObject({
      status: 'found',
      accounts: [
        {
          kind: 'x',
          externalId: SEED.brandId,
          name: 'سیب‌سرخ',
          handle: 'sib_sorkh',
          missingScopes: [],
          settings: { mode: 'poll' },
          credentials: {
            accessToken: 'x-user-token-1',
            refreshToken: 'x-refresh-1',
            accessTokenExpiresAt: new Date(NOON + 7_200_000).toISOString(),
            clientId: SEED.clientId,
            clientSecret: SEED.clientSecret,
          },
        },
      ],
    });
  });

  it('a code is good once, and only with its own verifier', async () => {
    await x.start();
    const network = x.connector.oauth();
    const answer = { code: await code(), redirectUri, codeVerifier: verifier };
    expect(await network.exchange(app(), { ...answer, codeVerifier: 'other' })).toMatchObject({ status: 'refused' });
    expect(await network.exchange(app(), answer)).toMatchObject({ status: 'granted' });
    expect(await network.exchange(app(), answer)).toMatchObject({ status: 'refused' });
  });

  it('the consent page is X’s own, with every scope and the challenge', async () => {
    await x.start();
    const url = new URL(
      x.connector
        .oauth()
        .authorizeUrl({ clientId: 'c', clientSecret: '' }, { redirectUri, state: 's', codeChallenge: 'ch' }),
    );
    expect(url.origin + url.pathname).toBe('https://x.com/i/oauth2/authorize');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'c',
      redirect_uri: redirectUri,
      state: 's',
      code_challenge: 'ch',
      code_challenge_method: 'S256',
      scope: expect.stringContaining('offline.access') as string,
    });
  });
});

describe('describing', () => {
  it('posts and people, with what is gone', async () => {
    await x.start();
    const ours = x.sim.act.publish({ text: 'پاییز 🍁' });
    const token = { accessToken: SEED.accessToken };
    expect(await x.connector.describePost(x.channel(), ours.id, token)).toEqual({
      status: 'found',
      facts: {
        permalink: `https://x.com/i/status/${ours.id}`,
        text: 'پاییز 🍁',
        kind: 'post',
        publishedAt: new Date(NOON).toISOString(),
      },
    });
    expect(await x.connector.describePost(x.channel(), '1', token)).toEqual({ status: 'absent' });
    expect(await x.connector.describePerson(x.channel(), SEED.negarId, token)).toMatchObject({
      status: 'found',
      facts: { name: 'نگار رستمی', handle: 'negar_r' },
    });
    x.sim.app.limit(/GET \/users/, 0, NOON + 60_000);
    expect(await x.connector.describePerson(x.channel(), SEED.negarId, token)).toMatchObject({
      status: 'retry',
      afterMs: 60_000,
    });
  });
});

it('a picture in a message is fetched with the account’s token, whoever told of it', async () => {
  await x.start();
  x.sim.act.dm({ by: 'negar', text: 'عکس', photo: true });
  await x.sim.deliveries.idle();
  const read = await x.pullAll('poll', { settings: { mode: 'poll' } });
  const told = messagesIn([...x.events, ...read.events]);
  expect(told).toHaveLength(2);
  for (const { attachments, externalId } of told) {
    const { kind, url, meta } = attachments[0]!;
    const source = await x.connector.media(
      x.channel(),
      { kind, url, meta, messageExternalId: externalId },
      CREDENTIALS,
    );
    if (source.status !== 'found') throw new Error(source.reason);
    expect(source.hosts).toEqual(['127.0.0.1']);
    const answer = await fetch(source.url, { headers: source.headers });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(PICTURE);
    expect((await fetch(source.url)).status).toBe(401);
  }
});
