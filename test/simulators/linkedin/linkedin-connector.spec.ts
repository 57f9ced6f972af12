import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectedChannel, Credentials } from '../../../src/channels/channel';
import type { PullOutcome, PullRequest } from '../../../src/channels/pulling';
import type { OutboundMessage } from '../../../src/channels/sending';
import { LinkedInConnector } from '../../../src/channels/connectors/linkedin/linkedin.connector';
import type { InboundEvent } from '../../../src/inbox/conversations/inbound-event';
import type { FaultRule } from '../meta/faults';
import { type LinkedInOptions, type LinkedInSimulator, SEED, startLinkedIn } from './server';

const CREDENTIALS: Credentials = {
  accessToken: SEED.accessToken,
  appSecret: SEED.clientSecret,
  clientId: SEED.clientId,
  refreshToken: SEED.refreshToken,
};
const connector = new LinkedInConnector();
const door = connector.door();

let sim: LinkedInSimulator;
let callback: Server;
let webhookUrl: string;
let refused: number;
/** What the webhook answers; below 300 the delivery is taken in. */
let webhookStatus: number;
let events: InboundEvent[];

beforeEach(async () => {
  refused = 0;
  webhookStatus = 200;
  events = [];
  callback = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks);
      if (method === 'GET') {
        const answer = door.handshake?.(new URL(url, 'http://x').searchParams, CREDENTIALS);
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      }
      const believed = door.verify({ method, url, headers, body }, SEED.clientSecret);
      if (!believed) refused += 1;
      else if (webhookStatus < 300)
        events.push(...connector.parse(JSON.parse(body.toString('utf8')), { channel: channel() }));
      return void response.writeHead(believed ? webhookStatus : 401).end();
    });
  });
  await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve));
  webhookUrl = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/webhooks/linkedin/1`;
});

afterEach(async () => {
  await sim.close();
  callback.closeAllConnections();
  await new Promise<void>((resolve) => callback.close(() => resolve()));
});

async function start(options: LinkedInOptions = {}, subscribed = true): Promise<void> {
  sim = await startLinkedIn(options);
  if (subscribed) await connector.subscribe(channel(), CREDENTIALS, webhookUrl);
}

function channel(settings: object = {}): ConnectedChannel {
  return {
    id: '1',
    workspaceId: 'harbour',
    kind: 'linkedin',
    externalId: SEED.organization,
    settings: { apiBaseUrl: sim.url, developerApplicationId: SEED.applicationId, ...settings },
  };
}

const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: '01JD0001',
  threadKind: 'comment',
  visibility: 'public',
  text: 'سفارش شما فردا می‌رسد 🚚',
  attachments: [],
  recipientExternalId: 'urn:li:person:negarP8S',
  window: 'standard',
  author: 'agent',
  ...over,
});

const post = () => sim.world.posts[0]!;
const negarAsks = (text = 'قیمت؟') => sim.act.comment({ post: post().share, by: 'negar', text }).id;
const send = (over: Partial<OutboundMessage>, settings?: object, credentials = CREDENTIALS) =>
  connector.send(channel(settings), message(over), credentials);

/** Pulls until there is no more, as the core does. */
async function pullAll(over: Partial<PullRequest> = {}, settings: object = {}) {
  const told: InboundEvent[] = [];
  let outcome: PullOutcome;
  let cursor: unknown = over.cursor ?? null;
  let steps = 0;
  do {
    const request = {
      reason: 'reconcile',
      since: new Date(0),
      signal: new AbortController().signal,
      ...over,
      cursor,
    } as const;
    // each step begins where the one before it ended
    outcome = await connector.pull(channel(settings), request, CREDENTIALS);
    if (outcome.status !== 'pulled') throw new Error(JSON.stringify(outcome));
    cursor = JSON.parse(JSON.stringify(outcome.cursor));
    for (const body of outcome.bodies)
      told.push(...connector.parse(JSON.parse(JSON.stringify(body)), { channel: channel() }));
    steps += 1;
  } while (outcome.more && steps < 50);
  return { told, cursor, outcome };
}

const keys = (list: readonly InboundEvent[]) => list.map(({ eventKey }) => eventKey);

describe('pushed', () => {
  it('proves the secret, again and again', async () => {
    await start();
    expect(await sim.challenge(webhookUrl)).toBe(true);
  });

  it('everything people do arrives, signed, once per key however often it is delivered', async () => {
    await start();
    const id = negarAsks('قیمت می‌خواستم 🍎');
    sim.act.reply({ comment: id, by: 'amir', text: 'me too' });
    sim.act.editComment({ comment: id, text: 'قیمت چند؟' });
    sim.act.like({ comment: id, by: 'amir' });
    sim.act.like({ post: post().share, by: 'amir' });
    sim.act.mention({ by: 'amir', text: 'Great service' });
    sim.act.share({ by: 'amir' });
    sim.act.share({ by: 'amir', text: 'look' });
    sim.act.answerElsewhere({ comment: id, text: 'from LinkedIn itself' });
    sim.act.removeComment({ comment: id });
    await sim.deliveries.idle();
    // each deed is a delivery of its own, and they race: four messages with their words, one real edit, the rest
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect(['message', 'edit', 'reaction', 'ignored', 'delete'].map(count)).toEqual([4, 5, 1, 3, 1]);
    expect(events.find((event) => event.type === 'message')).toMatchObject({
      text: 'قیمت می‌خواستم 🍎',
      direction: 'in',
    });
    const once = keys(events);
    expect(new Set(once).size).toBe(once.length);
    sim.deliveries.redeliver();
    await sim.deliveries.idle();
    expect(events.length).toBe(once.length * 2);
    expect(new Set(keys(events))).toEqual(new Set(once));
    expect(refused).toBe(0);
  });

  it('a batch comes shuffled, ten at a time', async () => {
    await start({ delivery: { hold: true, shuffle: true, copies: 2 } });
    for (let n = 0; n < 23; n++) negarAsks(`${n}`);
    sim.deliveries.flush();
    await sim.deliveries.idle();
    expect(sim.deliveries.records).toHaveLength(6);
    expect(new Set(keys(events)).size).toBe(46);
    expect(new Set(keys(events).filter((key) => key.endsWith(':add'))).size).toBe(23);
  });
});

describe('sending', () => {
  it('a reply to a reply hangs under the first comment, though no notification told of it', async () => {
    await start();
    const top = negarAsks();
    const under = sim.act.reply({ comment: top, by: 'amir', text: 'me too' }).id;
    const outcome = await send({ replyToExternalId: under });
    expect(outcome).toMatchObject({ status: 'sent', externalId: expect.stringContaining('urn:li:comment:') as string });
    expect(sim.effects).toMatchObject([{ kind: 'reply', target: top, text: 'سفارش شما فردا می‌رسد 🚚' }]);
  });

  it('both targets of a reply are right', async () => {
    await start();
    const top = negarAsks();
    const told = { replyToExternalId: top, replyToParentExternalId: top };
    expect(await send(told)).toMatchObject({ status: 'sent' });
    expect(await send(told, { replyTarget: 'comment' })).toMatchObject({ status: 'sent' });
    expect(sim.effects).toHaveLength(2);
  });

  it('a mention is answered under its post', async () => {
    await start();
    const { id } = sim.act.mention({ by: 'amir', text: 'Great' });
    expect(await send({ replyToExternalId: id, postExternalId: id })).toMatchObject({ status: 'sent' });
    expect(sim.effects).toMatchObject([{ kind: 'comment', target: id }]);
  });

  it('our comment comes back named as the send named it, under the comment it answers', async () => {
    await start();
    const top = negarAsks();
    const outcome = await send({ replyToExternalId: top });
    await sim.deliveries.idle();
    const { told } = await pullAll();
    const echo = told.find((event) => event.type === 'message' && event.direction === 'out');
    expect(echo).toMatchObject({ externalId: (outcome as { externalId: string }).externalId, parentExternalId: top });
  });

  it.each<[string, FaultRule['answer'], FaultRule['when'], object]>([
    ['a cut connection', 'reset', 'after', { status: 'unknown' }],
    ['a server failure', 503, 'after', { status: 'unknown' }],
    ['a duplicate', 409, 'before', { status: 'unknown' }],
    ['a lost role', 403, 'before', { status: 'failed', fix: 'admin' }],
    ['a comment that is gone', 404, 'before', { status: 'failed', code: 'object_gone' }],
    ['content LinkedIn refuses', 422, 'before', { status: 'failed', fix: 'agent' }],
  ])('%s', async (_, answer, when, expected) => {
    await start();
    const top = negarAsks();
    sim.faults.add({ method: 'POST', path: '/comments$', when, answer });
    expect(await send({ replyToExternalId: top })).toMatchObject(expected);
    expect(sim.effects).toHaveLength(when === 'after' ? 1 : 0);
  });

  it('while the comment above cannot be read nothing is sent, and nothing is in doubt', async () => {
    await start();
    const top = negarAsks();
    sim.faults.add({ method: 'GET', when: 'before', answer: 503 });
    expect(await send({ replyToExternalId: top })).toMatchObject({ status: 'retry' });
    expect(sim.effects).toEqual([]);
  });

  it('a used-up day holds the whole channel', async () => {
    await start();
    const top = negarAsks();
    sim.callsLeft = 0;
    const reply = { replyToExternalId: top, replyToParentExternalId: top };
    expect(await send(reply)).toMatchObject({ status: 'retry', scope: 'channel', code: 'rate_limited' });
    sim.retryAfterSeconds = 30;
    expect(await send(reply)).toMatchObject({ afterMs: 30_000 });
  });

  it('a retired version names its setting; a newer one works', async () => {
    await start();
    const top = negarAsks();
    sim.act.retireVersion({ version: '202607' });
    expect(await send({ replyToExternalId: top })).toMatchObject({
      status: 'failed',
      fix: 'admin',
      code: 'version_retired',
    });
    expect(await send({ replyToExternalId: top }, { linkedinVersion: '202608' })).toMatchObject({ status: 'sent' });
  });

  it('a token that ended asks for reconnecting; a renewed one works', async () => {
    await start();
    const top = negarAsks();
    sim.act.expireTokens();
    expect(await send({ replyToExternalId: top })).toMatchObject({ status: 'reconnect' });
    const renewed = await connector.refresh(channel(), CREDENTIALS, new Date());
    expect(renewed).toMatchObject({ status: 'refreshed', expiresAt: expect.any(String) as string });
    const credentials = { ...CREDENTIALS, ...(renewed as { credentials: Credentials }).credentials };
    expect(await send({ replyToExternalId: top }, {}, credentials)).toMatchObject({ status: 'sent' });
    expect(await connector.refresh(channel(), credentials, new Date())).toEqual({ status: 'not_needed' });
  });

  it('a withdrawn refresh token asks for reconnecting', async () => {
    await start();
    sim.world.refreshTokens.clear();
    expect(await connector.refresh(channel(), CREDENTIALS, new Date())).toMatchObject({ status: 'reconnect' });
  });
});

describe('looking for a comment in doubt', () => {
  it.each([
    ['one that went out is found', 'after', 'found'],
    ['one that did not is absent', 'before', 'absent'],
  ] as const)('%s', async (_, when, status) => {
    await start();
    const top = negarAsks();
    sim.faults.add({ method: 'POST', when, answer: 503 });
    const before = new Date();
    expect(await send({ replyToExternalId: top })).toMatchObject({ status: 'unknown' });
    const outcome = await connector.lookup(channel(), message({ replyToExternalId: top }), before, CREDENTIALS);
    expect(outcome).toEqual(status === 'found' ? { status, externalIds: [sim.effects[0]?.id] } : { status });
  });

  it('a customer’s same words are not taken for it, and a refusal claims nothing', async () => {
    await start();
    const top = negarAsks();
    sim.act.reply({ comment: top, by: 'amir', text: message().text });
    const look = () => connector.lookup(channel(), message({ replyToExternalId: top }), new Date(0), CREDENTIALS);
    expect(await look()).toEqual({ status: 'absent' });
    sim.faults.add({ method: 'GET', path: '/comments$', when: 'before', answer: 503 });
    expect(await look()).toMatchObject({ status: 'cannot_tell' });
  });
});

describe('pulled', () => {
  it('an outage is filled with the keys the webhook would have used', async () => {
    await start();
    webhookStatus = 503;
    const id = negarAsks();
    sim.act.reply({ comment: id, by: 'amir', text: 'me too' });
    sim.act.editComment({ comment: id, text: 'قیمت چند؟' });
    sim.act.mention({ by: 'amir', text: 'Great service' });
    sim.act.removeComment({ comment: id });
    await sim.deliveries.idle();
    expect(events).toEqual([]);
    const { told } = await pullAll({ reason: 'backfill' });
    webhookStatus = 200;
    sim.deliveries.redeliver();
    await sim.deliveries.idle();
    expect(events.length).toBe(8);
    expect(new Set(keys(told))).toEqual(new Set(keys(events)));
  });

  it('what was pushed without words is filled at the next pull', async () => {
    await start({ delivery: { decorated: false }, bareLists: true });
    const id = negarAsks('قیمت؟');
    const mention = sim.act.mention({ by: 'amir', text: 'Great service' }).id;
    await sim.deliveries.idle();
    expect(events).toMatchObject([
      { text: '', subtype: 'placeholder' },
      { text: '', subtype: 'mention' },
    ]);
    const { told } = await pullAll();
    expect(told).toContainEqual(expect.objectContaining({ type: 'edit', externalId: id, text: 'قیمت؟' }));
    expect(told).toContainEqual(expect.objectContaining({ type: 'edit', externalId: mention, text: 'Great service' }));
    const person = { externalId: 'urn:li:person:negarP8S' };
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'identity', formerExternalId: `withheld:${id}`, person }),
    );
  });

  it('what was pushed bare and is listed whole is filled without another call', async () => {
    await start({ delivery: { decorated: false } });
    const id = negarAsks('قیمت؟');
    const { told } = await pullAll();
    expect(told).toContainEqual(expect.objectContaining({ type: 'edit', externalId: id, text: 'قیمت؟' }));
    expect(sim.calls.filter(({ path }) => path.includes('socialActions'))).toEqual([]);
  });

  it('a comment that cannot be read yet is told as it is and tried again soon', async () => {
    await start({ bareLists: true }, false);
    const id = negarAsks();
    const fault = { method: 'GET', path: '/comments/', when: 'before', answer: 404, times: 1 } as const;
    sim.faults.add(fault);
    const first = await pullAll({ reason: 'poll', since: new Date(sim.world.now() - 1000) });
    expect(first.told).toMatchObject([{ type: 'message', text: '' }]);
    expect(first.outcome).toMatchObject({ nextMs: 60_000 });
    const second = await pullAll({ reason: 'poll', cursor: first.cursor });
    expect(second.told).toContainEqual(expect.objectContaining({ type: 'edit', externalId: id, text: 'قیمت؟' }));
    const third = await pullAll({ reason: 'poll', cursor: second.cursor });
    expect(third.told).toEqual([]);
  });

  it('many pages are read to the end, whatever comes in between', async () => {
    await start({}, false);
    for (let n = 0; n < 60; n++) negarAsks(`${n}`);
    const { told, cursor } = await pullAll({ reason: 'poll', since: new Date(sim.world.now() - 60_000) });
    expect(new Set(keys(told).filter((key) => key.endsWith(':add'))).size).toBe(60);
    const next = negarAsks('one more');
    expect((await pullAll({ reason: 'poll', cursor })).told).toContainEqual(
      expect.objectContaining({ type: 'message', externalId: next }),
    );
  });

  it('a notification that is listed late is found all the same', async () => {
    await start({}, false);
    negarAsks();
    const { cursor } = await pullAll({ reason: 'poll', since: new Date(sim.world.now() - 1000) });
    const late = negarAsks('late');
    sim.world.notifications.at(-1)!.lastModifiedAt -= 5 * 60_000;
    expect((await pullAll({ reason: 'poll', cursor })).told).toContainEqual(
      expect.objectContaining({ type: 'message', externalId: late }),
    );
  });

  it('notifications without a number of their own are all told', async () => {
    await start({}, false);
    const ids = [negarAsks('one'), negarAsks('two')];
    for (const one of sim.world.notifications) Object.assign(one, { notificationId: undefined });
    const { told } = await pullAll();
    for (const externalId of ids) expect(told).toContainEqual(expect.objectContaining({ type: 'message', externalId }));
  });

  it('a moment far ahead of our clock does not make the next poll blind', async () => {
    await start({}, false);
    negarAsks();
    sim.world.notifications[0]!.lastModifiedAt += 86_400_000;
    const { cursor } = await pullAll({ reason: 'poll', since: new Date(sim.world.now() - 1000) });
    const next = negarAsks('next');
    expect((await pullAll({ reason: 'poll', cursor })).told).toContainEqual(
      expect.objectContaining({ type: 'message', externalId: next }),
    );
  });

  it('a listing that overlooks its paging is not read for ever', async () => {
    await start({}, false);
    for (let n = 0; n < 60; n++) negarAsks(`${n}`);
    sim.ignorePaging = true;
    await pullAll();
    expect(sim.calls.length).toBe(2);
  });

  it('a long outage is read from its beginning, however short the look back', async () => {
    await start({}, false);
    const id = negarAsks();
    const since = new Date(sim.world.now() - 1000);
    sim.world.setClock(Date.now() + 5 * 86_400_000);
    const later = new LinkedInConnector(() => sim.world.now());
    const request = { reason: 'reconcile', cursor: null, since, signal: new AbortController().signal } as const;
    const outcome = await later.pull(channel(), request, CREDENTIALS);
    expect(JSON.stringify(outcome)).toContain(id);
  });

  it('without the notifications the comments of the latest posts are listed', async () => {
    await start({}, false);
    const id = negarAsks();
    const reply = sim.act.reply({ comment: id, by: 'amir', text: 'me too' }).id;
    const { told, cursor, outcome } = await pullAll({ reason: 'backfill' }, { pullFrom: 'posts' });
    expect(told).toMatchObject([
      { type: 'message', eventKey: `comment:${id}:add` },
      { type: 'edit', externalId: id },
      { type: 'message', eventKey: `comment:${reply}:add`, parentExternalId: id },
      { type: 'edit', externalId: reply },
    ]);
    expect(outcome).toMatchObject({ more: false });
    expect(cursor).toEqual({ seen: expect.any(Number) as number });
  });

  it.each([
    [401, { status: 'reconnect' }],
    [403, { status: 'refused', fix: { en: expect.stringContaining('administrator') as string } }],
    [426, { status: 'refused', fix: { en: expect.stringContaining('linkedinVersion') as string } }],
    [429, { status: 'retry', afterMs: expect.any(Number) as number }],
    [500, { status: 'retry' }],
  ])('%i from LinkedIn', async (answer, expected) => {
    await start();
    sim.faults.add({ method: 'GET', when: 'before', answer });
    const request = { reason: 'poll', cursor: null, since: new Date(), signal: new AbortController().signal } as const;
    expect(await connector.pull(channel(), request, CREDENTIALS)).toMatchObject(expected);
  });

  it('cursors of any shape begin anew', async () => {
    await start({}, false);
    negarAsks();
    for (const cursor of ['x', [], { seen: 'y' }, { seen: 1, sweep: 5, read: {} }])
      expect((await pullAll({ reason: 'backfill', cursor })).told.length).toBeGreaterThan(0);
  });
});

describe('moderation and editing', () => {
  it('deletes, also what is gone already', async () => {
    await start();
    const id = negarAsks();
    const remove = () =>
      connector.moderate(channel(), 'delete', { messageExternalId: id, threadKind: 'comment' }, CREDENTIALS);
    expect(await remove()).toEqual({ status: 'sent', externalId: id });
    expect(await remove()).toEqual({ status: 'sent', externalId: id });
    expect(sim.effects.map(({ kind }) => kind)).toEqual(['delete']);
  });

  it('changes our own words', async () => {
    await start();
    const sent = await send({ replyToExternalId: negarAsks() });
    const target = { messageExternalId: (sent as { externalId: string }).externalId, text: 'درست شد' };
    expect(await connector.edit(channel(), target, CREDENTIALS)).toMatchObject({ status: 'sent' });
    expect(sim.effects.at(-1)).toMatchObject({ kind: 'edit', text: 'درست شد' });
  });
});

describe('health', () => {
  const state = async (name: string) => {
    const { checks } = await connector.health(channel(), CREDENTIALS, webhookUrl);
    return checks.find((check) => check.name === name)?.state;
  };

  it('all is well after subscribing', async () => {
    await start();
    const { checks } = await connector.health(channel(), CREDENTIALS, webhookUrl);
    expect(checks.map(({ name, state: how }) => `${name} ${how}`)).toEqual([
      'token ok',
      'scopes ok',
      'account ok',
      'subscription ok',
    ]);
  });

  it('tells the end of what does not renew itself', async () => {
    await start();
    const end = async (credentials: Credentials) =>
      (await connector.health(channel(), credentials, webhookUrl)).tokenExpiresAt;
    const refreshTokenExpiresAt = '2027-06-01T00:00:00.000Z';
    expect(await end(CREDENTIALS)).toBeUndefined();
    expect(await end({ ...CREDENTIALS, refreshTokenExpiresAt })).toBe(refreshTokenExpiresAt);
    const { refreshToken: _, ...alone } = CREDENTIALS;
    expect(Date.parse((await end(alone)) ?? '')).toBeGreaterThan(Date.now());
  });

  it('a dropped subscription is noticed and put right', async () => {
    await start();
    sim.act.dropSubscription();
    expect(await state('subscription')).toBe('problem');
    await connector.subscribe(channel(), CREDENTIALS, webhookUrl);
    expect(await state('subscription')).toBe('ok');
    negarAsks();
    await sim.deliveries.idle();
    expect(events).toHaveLength(2);
  });

  it('one that ends soon, or goes elsewhere, too', async () => {
    await start();
    const [subscription] = sim.world.subscriptions.values();
    subscription!.expiresAt = Date.now() + 86_400_000;
    expect(await state('subscription')).toBe('problem');
    subscription!.expiresAt = Date.now() + 60 * 86_400_000;
    subscription!.webhook = 'https://elsewhere.example';
    expect(await state('subscription')).toBe('problem');
  });

  it('a lost role and an ended token are serious', async () => {
    await start();
    sim.act.loseRole();
    const lost = await connector.health(channel(), CREDENTIALS, webhookUrl);
    expect(lost.checks.at(-1)).toMatchObject({ name: 'account', state: 'problem', serious: true });
    sim.act.expireTokens();
    const ended = await connector.health(channel(), CREDENTIALS, webhookUrl);
    expect(ended.checks[0]).toMatchObject({ name: 'token', state: 'problem', serious: true });
  });

  it('scopes that were not granted are named', async () => {
    await start();
    sim.world.scopes = 'r_organization_social_feed,rw_organization_admin';
    expect(await connector.health(channel(), CREDENTIALS, webhookUrl)).toMatchObject({
      missingScopes: ['w_organization_social'],
    });
  });

  it('without the app’s number it says what to enter', async () => {
    await start({}, false);
    const { checks } = await connector.subscribe(channel({ developerApplicationId: '' }), CREDENTIALS, webhookUrl);
    expect(checks.at(-1)).toMatchObject({
      state: 'problem',
      fix: { en: expect.stringContaining('developerApplicationId') as string },
    });
  });

  it('unsubscribing ends the pushes', async () => {
    await start();
    await connector.unsubscribe(channel(), CREDENTIALS);
    expect(sim.world.subscriptions.size).toBe(0);
  });
});

describe('connecting', () => {
  it('consent, code, token, pages', async () => {
    await start({}, false);
    const network = connector.oauth();
    const app = { clientId: SEED.clientId, clientSecret: SEED.clientSecret, apiBaseUrl: sim.url };
    const redirectUri = 'http://127.0.0.1:3000/oauth/callback';
    const page = network.authorizeUrl(app, { redirectUri, state: 's1' });
    const location = (await fetch(page, { redirect: 'manual' })).headers.get('location') ?? '';
    const { searchParams } = new URL(location);
    expect(searchParams.get('state')).toBe('s1');
    const code = searchParams.get('code') ?? '';
    const exchanged = await network.exchange(app, { code, redirectUri });
    if (exchanged.status !== 'granted') throw new Error(exchanged.reason);
    expect(await network.accounts(app, exchanged.grant)).toMatchObject({
      status: 'found',
      accounts: [
        {
          kind: 'linkedin',
          externalId: SEED.organization,
          name: 'سیب‌سرخ',
          handle: 'sibsorkh',
          missingScopes: [],
          settings: { memberId: SEED.memberId },
          credentials: { accessToken: exchanged.grant.accessToken, appSecret: SEED.clientSecret },
        },
      ],
    });
    expect(await network.exchange(app, { code, redirectUri })).toMatchObject({ status: 'refused' });
  });

  it('when the refresh token ends is known from the start, so that the warning comes in time', async () => {
    await start({}, false);
    const network = connector.oauth();
    const app = { clientId: SEED.clientId, clientSecret: SEED.clientSecret, apiBaseUrl: sim.url };
    const redirectUri = 'http://127.0.0.1:3000/oauth/callback';
    const page = await fetch(network.authorizeUrl(app, { redirectUri, state: 's2' }), { redirect: 'manual' });
    const code = new URL(page.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const exchanged = await network.exchange(app, { code, redirectUri });
    const found = exchanged.status === 'granted' && (await network.accounts(app, exchanged.grant));
    const [account] = found && found.status === 'found' ? found.accounts : [];
    const ends = account?.credentials['refreshTokenExpiresAt'];
    const days = (Date.parse(ends ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(364);
    expect(days).toBeLessThan(366);
    expect(
      (await connector.health(channel(), { ...CREDENTIALS, ...account?.credentials }, webhookUrl)).tokenExpiresAt,
    ).toBe(ends);
  });
});

it('describes posts and people as far as LinkedIn tells', async () => {
  await start();
  const { share, activity } = post();
  expect(await connector.describePost(channel(), share, CREDENTIALS)).toMatchObject({
    status: 'found',
    facts: { text: 'انار ساوه، همین هفته 🍎 | Fresh this week' },
  });
  expect(await connector.describePost(channel(), activity, CREDENTIALS)).toEqual({
    status: 'found',
    facts: { permalink: `https://www.linkedin.com/feed/update/${activity}/` },
  });
  expect(await connector.describePerson(channel(), 'urn:li:person:negarP8S', CREDENTIALS)).toEqual({
    status: 'absent',
  });
  expect(await connector.describePerson(channel(), 'urn:li:organization:5', CREDENTIALS)).toMatchObject({
    status: 'found',
    facts: { name: 'سیب‌سرخ', handle: 'sibsorkh' },
  });
});
