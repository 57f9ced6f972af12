import type { ConnectedChannel, Credentials } from '../../../src/channels/channel';
import type { HealthReport } from '../../../src/channels/health';
import { MetaConnector } from '../../../src/channels/connectors/meta/meta.connector';
import type { OAuthApp } from '../../../src/channels/oauth-network';
import { SEED } from './seed';
import { type MetaSimulator, startMeta } from './server';

const WEBHOOK = 'https://pasokh.example/webhooks/meta';
const BACK = 'https://pasokh.example/api/v1/channels/connect/callback';
const DAY_MS = 86_400_000;
const CREDENTIALS = {
  accessToken: SEED.pageToken,
  appSecret: SEED.appSecret,
  appId: SEED.appId,
  verifyToken: 'the harbour verifies',
};

let sim: MetaSimulator;
let connector: MetaConnector;
let app: OAuthApp;

beforeEach(async () => {
  connector = new MetaConnector();
  sim = await startMeta({ requireProof: true, idBase: '7' });
  app = { clientId: SEED.appId, clientSecret: SEED.appSecret, apiBaseUrl: sim.url };
});

afterEach(() => sim.close());

function channel(kind: 'facebook' | 'instagram', settings: object = {}): ConnectedChannel {
  const externalId = kind === 'facebook' ? SEED.pageId : SEED.instagramId;
  const own = kind === 'facebook' ? {} : { pageId: SEED.pageId };
  return { id: kind, workspaceId: 'harbour', kind, externalId, settings: { apiBaseUrl: sim.url, ...own, ...settings } };
}

const health = (kind: 'facebook' | 'instagram', credentials: Credentials = CREDENTIALS, settings = {}) =>
  connector.health(channel(kind, settings), credentials, WEBHOOK);
const subscribe = (kind: 'facebook' | 'instagram', credentials: Credentials = CREDENTIALS, settings = {}) =>
  connector.subscribe(channel(kind, settings), credentials, WEBHOOK);
const states = ({ checks }: HealthReport) => Object.fromEntries(checks.map(({ name, state }) => [name, state]));
const check = (report: HealthReport, name: string) => report.checks.find((one) => one.name === name);
const FINE = { token: 'ok', scopes: 'ok', account: 'ok', subscription: 'ok', webhook: 'ok' };

describe.each(['facebook', 'instagram'] as const)('%s', (kind) => {
  const dropped = kind === 'facebook' ? SEED.pageId : SEED.instagramId;

  it('is set up on all layers, and then is well', async () => {
    expect(states(await health(kind))).toEqual({ ...FINE, webhook: 'problem' });
    expect(states(await subscribe(kind))).toEqual(FINE);
    const object = kind === 'facebook' ? 'page' : 'instagram';
    expect(sim.world.appWebhooks.get(object)).toMatchObject({ callbackUrl: WEBHOOK, active: true });
  });

  it('tells that its subscription was dropped, and repairs it', async () => {
    await subscribe(kind);
    sim.act.dropSubscription({ accountId: dropped });
    expect(check(await health(kind), 'subscription')).toMatchObject({
      state: 'problem',
      message: { en: expect.stringContaining('nothing arrives') as unknown },
    });
    expect(states(await subscribe(kind))).toEqual(FINE);
    sim.world.account(dropped).subscribed.delete('messages');
    expect(check(await health(kind), 'subscription')?.message.en).toContain('does not report messages');
    expect(states(await subscribe(kind))).toEqual(FINE);
  });

  it('keeps fields that somebody else subscribed', async () => {
    sim.world.account(dropped).subscribed = new Set(['standby']);
    await subscribe(kind, CREDENTIALS, { webhookFields: ['messages'] });
    expect([...sim.world.account(dropped).subscribed].toSorted()).toEqual(['messages', 'standby']);
  });
});

it('one field that is refused does not keep the others from being subscribed', async () => {
  sim.world.account(SEED.pageId).subscribed = new Set();
  const settings = { webhookFields: ['feed', 'not_a_field', 'messages'] };
  const report = await subscribe('facebook', CREDENTIALS, settings);
  expect([...sim.world.account(SEED.pageId).subscribed]).toEqual(['feed', 'messages']);
  expect(check(report, 'subscription')).toMatchObject({
    state: 'problem',
    message: { en: expect.stringMatching(/does not report not_a_field\..*Meta refuses/) as unknown },
  });
});

it.each([
  ['hidden', 'comment_hidden'],
  ['live', 'live_comment'],
])('says why a %s comment takes no public reply', async (which, code) => {
  const mediaType = which === 'live' ? 'LIVE' : 'FEED';
  const post = sim.world.addPost({ accountId: SEED.instagramId, text: 'پخش زنده', mediaType });
  const { id } = sim.act.comment({ postId: post.id, person: 'negar', text: 'قیمت؟' });
  sim.world.comments.get(id)!.hidden = which === 'hidden';
  const message = {
    id: '01JD0001',
    threadKind: 'comment' as const,
    visibility: 'public' as const,
    text: 'سلام',
    attachments: [],
    recipientExternalId: '',
    replyToExternalId: id,
    postExternalId: post.id,
    window: 'standard' as const,
    author: 'agent' as const,
  };
  expect(await connector.send(channel('instagram'), message, CREDENTIALS)).toMatchObject({ status: 'failed', code });
});

it('tells a broadcast that is over from one that runs, and a private reply it refuses for that', async () => {
  const post = sim.world.addPost({ accountId: SEED.instagramId, text: 'پخش زنده', mediaType: 'LIVE' });
  const ids = ['قیمت؟', 'موجود هست؟'].map((text) => sim.act.comment({ postId: post.id, person: 'negar', text }).id);
  const message = (replyToExternalId: string) => ({
    id: '01JD0002',
    threadKind: 'comment' as const,
    visibility: 'private' as const,
    text: 'سلام',
    attachments: [],
    recipientExternalId: '',
    replyToExternalId,
    postExternalId: post.id,
    underBroadcast: true as const,
    window: 'standard' as const,
    author: 'agent' as const,
  });
  const instagram = channel('instagram');
  expect(await connector.broadcasts(instagram, post.id, CREDENTIALS)).toEqual({ status: 'running' });
  expect(await connector.send(instagram, message(ids[0]!), CREDENTIALS)).toMatchObject({ status: 'sent' });
  const inPublic = { ...message(ids[1]!), visibility: 'public' as const };
  const calls = sim.effects.all.length;
  expect(await connector.send(instagram, inPublic, CREDENTIALS)).toMatchObject({ code: 'live_comment' });
  expect(sim.effects.all).toHaveLength(calls);
  sim.act.endBroadcast({ postId: post.id });
  expect(await connector.broadcasts(instagram, post.id, CREDENTIALS)).toEqual({ status: 'over' });
  expect(await connector.send(instagram, message(ids[1]!), CREDENTIALS)).toMatchObject({ code: 'broadcast_over' });
  sim.faults.add({ method: 'GET', path: post.id, times: 1, when: 'before', answer: 500 });
  expect(await connector.broadcasts(instagram, post.id, CREDENTIALS)).toMatchObject({ status: 'cannot_tell' });
});

it('an Instagram account needs its Page for direct messages', async () => {
  await subscribe('instagram');
  sim.act.dropSubscription({ accountId: SEED.pageId });
  expect(check(await health('instagram'), 'subscription')?.message.en).toBe(
    'Its Page does not report to the app: nothing arrives.',
  );
  await subscribe('instagram');
  expect([...sim.world.account(SEED.pageId).subscribed]).toEqual(['messages']);
});

it('leaves a webhook of the app alone that serves another program', async () => {
  const other = { callbackUrl: 'https://elsewhere.example/hook', fields: ['feed'], active: true };
  sim.world.appWebhooks.set('page', { ...other });
  const report = await subscribe('facebook');
  expect(check(report, 'webhook')).toMatchObject({
    state: 'problem',
    message: { en: 'The app’s webhook goes to elsewhere.example.' },
  });
  expect(sim.world.appWebhooks.get('page')).toEqual(other);
});

it('tells a dead token at once, and a missing permission by name', async () => {
  sim.world.tokens.get(SEED.pageToken)!.state = 'password_changed';
  expect(check(await health('facebook'), 'token')).toMatchObject({ state: 'problem', serious: true });
  const withoutApp = { accessToken: SEED.pageToken, appSecret: SEED.appSecret };
  expect(check(await health('facebook', withoutApp), 'token')).toMatchObject({ state: 'problem', serious: true });
  const token = sim.world.tokens.get(SEED.pageToken)!;
  token.state = 'valid';
  token.scopes = token.scopes.filter((scope) => scope !== 'pages_messaging');
  const report = await health('facebook');
  expect(report.missingScopes).toEqual(['pages_messaging']);
  expect(check(report, 'scopes')).toMatchObject({
    state: 'problem',
    message: { en: 'The token lacks pages_messaging.' },
  });
});

it('says what it cannot know without appId', async () => {
  const report = await health('facebook', { accessToken: SEED.pageToken, appSecret: SEED.appSecret });
  expect(states(report)).toEqual({ ...FINE, scopes: 'unknown', webhook: 'unknown' });
});

it('a token of another account is a serious problem', async () => {
  const report = await health('instagram', { ...CREDENTIALS, accessToken: SEED.secondPageToken });
  expect(check(report, 'account')).toMatchObject({ state: 'problem' });
});

it('ends the subscription of an account, but not of a Page that Instagram’s messages come through', async () => {
  await connector.unsubscribe(channel('facebook'), CREDENTIALS);
  expect(sim.world.account(SEED.pageId).subscribed.size).toBeGreaterThan(0);
  await connector.unsubscribe(channel('instagram'), CREDENTIALS);
  expect(sim.world.account(SEED.instagramId).subscribed.size).toBe(0);
  sim.world.account(SEED.instagramId).pageId = null;
  await connector.unsubscribe(channel('facebook'), CREDENTIALS);
  expect(sim.world.account(SEED.pageId).subscribed.size).toBe(0);
});

/** The browser's way through the consent page. */
async function consent(kind: 'facebook' | 'instagram'): Promise<string> {
  const url = connector.oauth(kind).authorizeUrl(app, { redirectUri: BACK, state: 'the state' });
  const response = await fetch(url, { redirect: 'manual' });
  const back = new URL(response.headers.get('location') ?? '');
  expect(back.origin + back.pathname).toBe(BACK);
  expect(back.searchParams.get('state')).toBe('the state');
  return back.searchParams.get('code') ?? '';
}

describe('connecting by Facebook Login', () => {
  it('offers Pages and the Instagram accounts under them, each ready to work', async () => {
    const network = connector.oauth('facebook');
    const code = await consent('facebook');
    const exchanged = await network.exchange(app, { code, redirectUri: BACK });
    if (exchanged.status !== 'granted') throw new Error(exchanged.reason);
    const days = (Date.parse(exchanged.grant.expiresAt ?? '') - Date.now()) / DAY_MS;
    expect(Math.round(days)).toBe(60);
    const grant = { ...exchanged.grant, scopes: exchanged.grant.scopes?.filter((scope) => !/whatsapp/.test(scope)) };
    const found = await network.accounts(app, grant);
    if (found.status !== 'found') throw new Error(found.reason);
    expect(found.accounts.map(({ kind, externalId, missingScopes }) => [kind, externalId, missingScopes])).toEqual([
      ['facebook', SEED.pageId, []],
      ['instagram', SEED.instagramId, []],
      ['facebook', SEED.secondPageId, []],
    ]);
    const [, instagram] = found.accounts;
    expect(instagram).toMatchObject({
      handle: 'sib_sorkh',
      settings: { login: 'facebook', pageId: SEED.pageId, username: 'sib_sorkh', apiBaseUrl: sim.url },
      credentials: { accessToken: SEED.pageToken, appSecret: SEED.appSecret, appId: SEED.appId },
    });
    const connected = { ...channel('instagram'), settings: instagram?.settings ?? {} };
    const credentials = { ...instagram!.credentials, verifyToken: 'v' };
    expect(states(await connector.subscribe(connected, credentials, WEBHOOK))).toEqual(FINE);
  });

  it('a code serves once, and only for its address', async () => {
    const network = connector.oauth('facebook');
    const code = await consent('facebook');
    expect(await network.exchange(app, { code, redirectUri: `${BACK}/other` })).toMatchObject({ status: 'refused' });
    expect(await network.exchange(app, { code, redirectUri: BACK })).toMatchObject({ status: 'refused' });
  });

  it('names what was unticked, and a role that does not suffice', async () => {
    const network = connector.oauth('facebook');
    sim.world.account(SEED.secondPageId).tasks = ['MODERATE'];
    const accountIds = [SEED.pageId, SEED.secondPageId];
    const scopes = ['pages_show_list', 'pages_manage_metadata', 'pages_read_engagement', 'pages_manage_engagement'];
    const { code } = sim.act.consent({ network: 'facebook', redirectUri: BACK, accountIds, scopes });
    const exchanged = await network.exchange(app, { code, redirectUri: BACK });
    if (exchanged.status !== 'granted') throw new Error(exchanged.reason);
    sim.world.refusedFields.add('instagram_business_account');
    const found = await network.accounts(app, exchanged.grant);
    if (found.status !== 'found') throw new Error(found.reason);
    expect(found.accounts).toMatchObject([
      { externalId: SEED.pageId, missingScopes: ['pages_read_user_content', 'pages_messaging'] },
      { externalId: SEED.secondPageId, problem: 'Your role on this Page lacks MESSAGING, MANAGE.' },
    ]);
  });

  it('puts no secret into a refusal', async () => {
    const wrong = { ...app, clientSecret: 'a wrong secret' };
    const refused = await connector.oauth('facebook').exchange(wrong, { code: 'code', redirectUri: BACK });
    expect(refused.status).toBe('refused');
    expect(JSON.stringify(refused)).not.toContain('a wrong secret');
  });
});

describe('connecting by Instagram Login', () => {
  async function connected(): Promise<{ channel: ConnectedChannel; credentials: Credentials }> {
    const network = connector.oauth('instagram');
    const code = await consent('instagram');
    const exchanged = await network.exchange(app, { code: `${code}#_`, redirectUri: BACK });
    if (exchanged.status !== 'granted') throw new Error(exchanged.reason);
    const found = await network.accounts(app, exchanged.grant);
    if (found.status !== 'found') throw new Error(found.reason);
    const [account] = found.accounts;
    expect(account).toMatchObject({ externalId: SEED.instagramId, missingScopes: [], handle: 'sib_sorkh' });
    return {
      channel: { ...channel('instagram'), settings: account?.settings ?? {} },
      credentials: account?.credentials ?? {},
    };
  }

  it('gives a token of sixty days, under a secret of its own', async () => {
    const { channel: made, credentials } = await connected();
    expect(made.settings).toMatchObject({ login: 'instagram', username: 'sib_sorkh' });
    const report = await connector.subscribe(made, credentials, WEBHOOK);
    // Instagram's own apps cannot be asked where their webhook goes
    expect(states(report)).toEqual({ ...FINE, webhook: 'unknown' });
    expect(report.tokenExpiresAt).toBe(credentials['accessTokenExpiresAt']);
  });

  it('renews it in time, and not before', async () => {
    const { channel: made, credentials } = await connected();
    const soon = new Date(Date.now() + 45 * 60_000);
    expect(await connector.refresh(made, credentials, soon)).toEqual({ status: 'not_needed' });
    const later = new MetaConnector(() => Date.now() + 45 * DAY_MS);
    const renewed = await later.refresh(made, credentials, soon);
    if (renewed.status !== 'refreshed') throw new Error(renewed.status);
    expect(renewed.credentials['accessToken']).not.toBe(credentials['accessToken']);
    const report = await connector.health(made, { ...credentials, ...renewed.credentials }, WEBHOOK);
    expect(check(report, 'token')).toMatchObject({ state: 'ok' });
  });

  it('asks for a login when the token cannot be renewed any more', async () => {
    const { channel: made, credentials } = await connected();
    sim.world.tokens.get(credentials['accessToken'] ?? '')!.state = 'expired';
    const later = new MetaConnector(() => Date.now() + 59 * DAY_MS);
    expect(await later.refresh(made, credentials, new Date())).toMatchObject({ status: 'reconnect' });
  });
});

it('a Facebook token is left alone until it has ended', async () => {
  const ends = (ms: number) => ({ ...CREDENTIALS, accessTokenExpiresAt: new Date(Date.now() + ms).toISOString() });
  const until = new Date(Date.now() + DAY_MS);
  const refresh = (credentials: Credentials) => connector.refresh(channel('facebook'), credentials, until);
  expect(await refresh(CREDENTIALS)).toEqual({ status: 'not_needed' });
  expect(await refresh(ends(3_600_000))).toEqual({ status: 'not_needed' });
  expect(await refresh(ends(-1000))).toMatchObject({ status: 'reconnect', code: 'token_expired' });
});

describe('media', () => {
  const link = (sig: string) => `${sim.url}/cdn/picture.jpg?sig=${sig}`;
  const send = (url: string) =>
    sim.act.directMessage({ accountId: SEED.pageId, person: 'negar', attachments: [{ type: 'image', url }] }).id;
  const find = (url: string | undefined, messageExternalId: string, settings = {}) =>
    connector.media(channel('facebook', settings), { kind: 'image', url, messageExternalId }, CREDENTIALS);

  it('is where the event said, as long as that opens', async () => {
    const id = send(link('fresh'));
    expect(await find(link('fresh'), id, { mediaHosts: ['.a.example'] })).toEqual({
      status: 'found',
      url: link('fresh'),
      hosts: ['.a.example', '127.0.0.1'],
    });
  });

  it('is read again from its message or comment when the link has expired', async () => {
    const id = send(link('again'));
    expect(await find(link('expired'), id)).toMatchObject({ status: 'found', url: link('again') });
    const photoUrl = link('again');
    const comment = sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: '', photoUrl }).id;
    expect(await find(link('expired'), comment)).toMatchObject({ status: 'found', url: photoUrl });
    expect(await find(undefined, id)).toMatchObject({ status: 'found', url: link('again') });
  });

  it('knows the end of a signed address without trying it', async () => {
    const id = send(link('again'));
    const past = 'https://scontent.xx.fbcdn.net/v/a.jpg?oe=5F000000';
    const future = `https://scontent.xx.fbcdn.net/v/a.jpg?oe=${Math.floor(Date.now() / 1000 + 999).toString(16)}`;
    expect(await find(past, id)).toMatchObject({ status: 'found', url: link('again') });
    expect(await find(future, id)).toMatchObject({ status: 'found', url: future });
  });

  it('is gone with its message', async () => {
    const id = send(link('again'));
    sim.act.unsendMessage({ messageId: id });
    expect(await find(link('expired'), id)).toMatchObject({ status: 'absent' });
  });

  it('elsewhere is nothing to be asked for', async () => {
    const calls = sim.calls.length;
    const url = 'https://shop.example/a.jpg';
    expect(await find(url, 'm_1')).toEqual({ status: 'found', url });
    expect(sim.calls).toHaveLength(calls);
  });
});

describe('a file of a direct message', () => {
  const file = (read?: () => Promise<Buffer>) => ({
    id: '01JD0002',
    threadKind: 'dm' as const,
    visibility: 'private' as const,
    text: '',
    attachments: [
      { kind: 'image', url: 'https://pasokh.example/f.jpg', mimeType: 'image/jpeg', name: 'سیب.jpg', read },
    ],
    recipientExternalId: '8123440097715526',
    window: 'standard' as const,
    author: 'agent' as const,
  });
  const shown = () => sim.effects.all.map(({ kind, text }) => [kind, text]);

  beforeEach(() => sim.act.directMessage({ accountId: SEED.pageId, person: 'negar', text: 'سلام' }));

  it('is brought to Meta, then sent by its number', async () => {
    const message = file(() => Promise.resolve(Buffer.from('jpeg bytes')));
    expect(await connector.send(channel('facebook'), message, CREDENTIALS)).toMatchObject({ status: 'sent' });
    expect(shown()).toEqual([['direct_message', 'uploaded:سیب.jpg']]);
  });

  it('is fetched by Meta where only its address is known, or is wanted', async () => {
    await connector.send(channel('facebook'), file(), CREDENTIALS);
    const message = file(() => Promise.resolve(Buffer.from('jpeg bytes')));
    await connector.send(channel('facebook', { uploadFiles: false }), message, CREDENTIALS);
    expect(shown()).toEqual([
      ['direct_message', 'https://pasokh.example/f.jpg'],
      ['direct_message', 'https://pasokh.example/f.jpg'],
    ]);
  });

  it('an upload in doubt is only another try: nobody saw anything', async () => {
    sim.faults.add({ path: '/message_attachments$', when: 'after', answer: 500, times: 1 });
    const message = file(() => Promise.resolve(Buffer.from('jpeg bytes')));
    expect(await connector.send(channel('facebook'), message, CREDENTIALS)).toMatchObject({ status: 'retry' });
    expect(shown()).toEqual([]);
    const unread = file(() => Promise.reject(new Error('gone')));
    expect(await connector.send(channel('facebook'), unread, CREDENTIALS)).toMatchObject({ code: 'file_unread' });
  });
});

it('changes an own comment on the Page', async () => {
  const comment = sim.world.addComment({ postId: SEED.pagePostId, personKey: null, parentId: null, text: 'غلط' });
  const target = {
    messageExternalId: comment.id,
    text: 'درست',
    threadKind: 'comment' as const,
    recipientExternalId: '',
  };
  expect(await connector.edit(channel('facebook'), target, CREDENTIALS)).toMatchObject({ status: 'sent' });
  expect(comment.text).toBe('درست');
  expect(await connector.edit(channel('instagram'), target, CREDENTIALS)).toMatchObject({
    status: 'failed',
    code: 'capability_missing',
  });
});

it('takes a like back', async () => {
  const { id } = sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: 'عالی' });
  const target = { messageExternalId: id, threadKind: 'comment' as const };
  await connector.moderate(channel('facebook'), 'like', target, CREDENTIALS);
  await connector.moderate(channel('facebook'), 'unlike', target, CREDENTIALS);
  expect(sim.effects.all.map(({ kind }) => kind)).toEqual(['like', 'unlike']);
});

it('reads somebody else’s post by way of the mention in it', async () => {
  sim.world.addAccount({ platform: 'instagram', id: '17841400000000001', name: 'دیگری', username: 'someone' });
  const post = sim.world.addPost({ accountId: '17841400000000001', text: 'انار از @sib_sorkh 🍎' });
  const described = await connector.describePost(channel('instagram'), post.id, CREDENTIALS);
  expect(described).toMatchObject({ status: 'found', facts: { text: 'انار از @sib_sorkh 🍎' } });
});
