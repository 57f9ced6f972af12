import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import type { ConnectedChannel } from '../../../src/channels/channel';
import type { PullRequest } from '../../../src/channels/pulling';
import type { OutboundMessage } from '../../../src/channels/sending';
import { ApiChannelConnector } from '../../../src/channels/connectors/api-channel/api-channel.connector';
import { ChannelError, PasokhChannel } from '../../../src/channels/connectors/api-channel/client/pasokh-channel.mjs';
import type { InboundEvent } from '../../../src/inbox/conversations/inbound-event';
import { readBytes } from './listener';
import { API_SECRET, type ApiServiceOptions, type ApiServiceSimulator, startApiService } from './server';

const CREDENTIALS = { appSecret: API_SECRET };
const ID = '0192f0c0-0000-7000-8000-000000000001';
const SINCE = new Date(0);

let sim: ApiServiceSimulator;
let connector: ApiChannelConnector;
let hook: Server;
let events: InboundEvent[];
let refused: number;
let outage: number[];
let hookUrl: string;

beforeEach(async () => {
  events = [];
  refused = 0;
  outage = [];
  connector = new ApiChannelConnector();
  hook = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    void readBytes(request).then((body) => {
      const down = outage.shift();
      if (down !== undefined) return response.writeHead(down).end();
      if (!connector.door().verify({ method, url, headers, body }, API_SECRET)) {
        refused += 1;
        return response.writeHead(401).end();
      }
      events.push(...parse(JSON.parse(body.toString('utf8'))));
      return response.writeHead(200).end(JSON.stringify(connector.door().acknowledgement));
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/webhooks/api/1`;
});

afterEach(async () => {
  await sim.close();
  hook.closeAllConnections();
  await new Promise<void>((resolve) => hook.close(() => resolve()));
});

const start = async ({ posts, ...options }: ApiServiceOptions = {}) => {
  sim = await startApiService({ idBase: 't', ...options, posts: { callbackUrl: hookUrl, retryMs: 5, ...posts } });
};

const channel = (settings: object = {}): ConnectedChannel => ({
  id: '1',
  workspaceId: 'harbour',
  kind: 'api',
  externalId: 'shop',
  settings: {
    deliveryUrl: `${sim.url}/deliver`,
    pullUrl: `${sim.url}/events`,
    abilities: ['edit', 'hide', 'block'],
    timeoutMs: 5000,
    ...settings,
  },
});
const parse = (body: unknown) => connector.parse(body, { channel: { externalId: 'shop', settings: {}, kind: 'api' } });
const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: ID,
  threadKind: 'dm',
  visibility: 'private',
  text: 'سفارش شما فردا می‌رسد 🚚',
  attachments: [],
  recipientExternalId: 'negar',
  window: 'standard',
  author: 'agent',
  ...over,
});
const send = (over: Partial<OutboundMessage> = {}, credentials = CREDENTIALS) =>
  connector.send(channel(), message(over), credentials);
const look = () => connector.lookup(channel(), message(), SINCE, CREDENTIALS);
const pull = (over: Partial<PullRequest> = {}) =>
  connector.pull(
    channel(),
    { reason: 'reconcile', cursor: null, since: SINCE, signal: new AbortController().signal, ...over },
    CREDENTIALS,
  );
const keys = (list: readonly InboundEvent[]) => list.map(({ eventKey }) => eventKey);

/** Reads until there is no more, as the core does: the cursor is kept after each page. */
async function pullAll(since: Date): Promise<InboundEvent[]> {
  const found: InboundEvent[] = [];
  let cursor: unknown = null;
  for (let page = 0; page < 20; page++) {
    const outcome = await pull({ since, cursor });
    if (outcome.status !== 'pulled') throw new Error(`not pulled: ${JSON.stringify(outcome)}`);
    found.push(...outcome.bodies.flatMap(parse));
    cursor = outcome.cursor;
    if (!outcome.more) return found;
  }
  throw new Error('The pages do not end.');
}

describe('what comes in', () => {
  it('is signed, batched, shuffled, repeated, and each thing is one event', async () => {
    await start({ posts: { hold: true } });
    const { messageId } = sim.act.dm({ by: 'negar', text: 'سلام، می‌شود پیگیری کنید؟ 🙏🏽' }) as unknown as {
      messageId: string;
    };
    sim.act.comment({ by: 'amir', post: 'wall-1', text: 'قیمت؟' });
    sim.act.edit({ message: messageId, text: 'رسید' });
    sim.act.react({ by: 'negar', message: messageId, emoji: '🙏🏽' });
    sim.act.remove({ message: messageId });
    sim.act.leave({ by: 'negar' });
    sim.act.publish({ post: 'wall-2', text: 'جدید' });
    sim.posts.flush({ batchSize: 3, copies: 3, shuffle: true });
    await sim.posts.idle();
    expect(events).toHaveLength(21);
    expect(new Set(keys(events)).size).toBe(7);
    expect(events.map(({ type }) => type).toSorted()).toEqual(
      ['delete', 'edit', 'identity', 'message', 'message', 'post', 'reaction'].flatMap((type) => [type, type, type]),
    );
    expect(events.find((event) => event.type === 'message' && event.threadKind === 'dm')).toMatchObject({
      text: 'سلام، می‌شود پیگیری کنید؟ 🙏🏽',
      threadKey: 'dm:room-negar',
    });
    expect(refused).toBe(0);
  });

  it('is refused under another secret, and taken once the service has ours again', async () => {
    await start();
    sim.secret = 'whsec_YW5vdGhlci1pbnZlbnRlZC1zZWNyZXQtMDAwMg==';
    sim.posts.settings.maxAttempts = 2;
    sim.act.dm({ by: 'negar', text: 'سلام' });
    await sim.posts.idle();
    expect([refused, events.length]).toEqual([2, 0]);
    sim.secret = API_SECRET;
    sim.posts.redeliver();
    await sim.posts.idle();
    expect(events).toHaveLength(1);
  });

  it('an outage: what was pulled meanwhile has the keys of what is pushed later', async () => {
    await start({ posts: { hold: true } });
    for (const text of ['یک', 'دو', 'سه', 'چهار', 'پنج']) sim.act.dm({ by: 'negar', text });
    const pulled = await pullAll(SINCE);
    sim.posts.flush();
    await sim.posts.idle();
    expect(keys(pulled)).toEqual(keys(events));
    expect(pulled).toEqual(events);
  });

  it('a cursor that is too old begins again at the given time', async () => {
    await start({ posts: { hold: true } });
    sim.act.dm({ by: 'negar', text: 'سلام' });
    sim.forgotten = 1;
    const outcome = await pull({ cursor: { cursor: '0' } });
    expect(outcome).toMatchObject({ status: 'pulled', bodies: [], cursor: null, more: true });
    expect(await pull()).toMatchObject({ status: 'pulled', more: false, bodies: [{ events: [{ type: 'message' }] }] });
  });

  it('a page that leads to itself is not asked for again at once', async () => {
    await start();
    sim.refusals.push({ status: 200, body: { events: [], cursor: '5', more: true } });
    expect(await pull({ cursor: { cursor: '5' } })).toMatchObject({ status: 'pulled', more: false });
  });

  it('pulling says what is wrong with the other side', async () => {
    await start();
    sim.refusals.push({ status: 503, headers: { 'retry-after': '30' } }, { status: 404 }, { status: 200, body: {} });
    expect(await pull()).toMatchObject({ status: 'retry', afterMs: 30_000 });
    expect(await pull()).toMatchObject({ status: 'refused', code: 'http_404' });
    expect(await pull()).toMatchObject({ status: 'refused', code: 'http_200' });
    sim.secret = 'whsec_YW5vdGhlci1pbnZlbnRlZC1zZWNyZXQtMDAwMg==';
    expect(await pull()).toMatchObject({ status: 'reconnect' });
  });
});

describe('sending', () => {
  it('a message is seen once, whatever happens on the way, and comes back under our id', async () => {
    await start();
    sim.faults.add({ method: 'POST', path: '/deliver', times: 1, when: 'after', answer: 'reset' });
    expect(await send()).toMatchObject({ status: 'unknown' });
    const [effect] = sim.rooms.effects;
    expect(await look()).toEqual({ status: 'found', externalIds: [effect!.id] });
    expect(await send()).toEqual({ status: 'sent', externalId: effect!.id });
    await sim.posts.idle();
    expect(sim.rooms.effects).toHaveLength(1);
    // what a service that knows only the header needs to recognise a repetition
    expect(sim.calls.map(({ id }) => id)).toEqual([`lookup_${ID}`, ID]);
    expect(effect).toMatchObject({ text: 'سفارش شما فردا می‌رسد 🚚', target: 'negar', outboundId: ID });
    expect(events).toEqual([
      expect.objectContaining({ direction: 'out', outboundMessageId: ID, externalId: effect!.id }),
    ]);
  });

  it('a call that is cut before it took effect is certainly absent', async () => {
    await start();
    sim.faults.add({ path: '/deliver', times: 1, when: 'before', answer: 'hang' });
    expect(await connector.send(channel({ timeoutMs: 300 }), message(), CREDENTIALS)).toMatchObject({
      status: 'unknown',
    });
    expect(await look()).toEqual({ status: 'absent' });
  });

  it('a service that answers later is looked for until it says', async () => {
    await start();
    sim.answers = 'later';
    expect(await send()).toMatchObject({ status: 'unknown' });
    expect(await look()).toEqual({ status: 'cannot_tell', reason: 'The service says: pending.' });
    sim.settle();
    expect(await look()).toMatchObject({ status: 'found' });
  });

  it('attachments go by address, a text beside them', async () => {
    await start();
    const url = 'https://files.example/a.pdf';
    expect(await send({ text: '', attachments: [{ kind: 'file', url, name: 'a.pdf' }] })).toMatchObject({
      status: 'sent',
    });
    expect(sim.rooms.effects[0]).toMatchObject({ text: '', attachments: [url] });
  });

  it.each<[string, { status: number; body?: object; headers?: Record<string, string> }, object]>([
    [
      'too fast',
      { status: 429, headers: { 'retry-after': '5' } },
      { status: 'retry', afterMs: 5000, scope: 'channel' },
    ],
    [
      'gone',
      { status: 410, body: { code: 'left', reason: 'They left.' } },
      { status: 'failed', code: 'left', fix: 'none' },
    ],
    [
      'rude',
      { status: 422, body: { code: 'rude', reason: 'Rude.' } },
      { status: 'failed', reason: 'Rude. (HTTP 422)' },
    ],
    ['broken', { status: 500 }, { status: 'unknown' }],
  ])('a refusal: %s', async (_name, refusal, expected) => {
    await start();
    sim.refusals.push(refusal);
    expect(await send()).toMatchObject(expected);
    expect(sim.rooms.effects).toEqual([]);
  });

  it('a changed secret asks for a reconnect, and both secrets work while they change', async () => {
    await start();
    const next = 'whsec_YW5vdGhlci1pbnZlbnRlZC1zZWNyZXQtMDAwMg==';
    sim.secret = next;
    expect(await send()).toMatchObject({ status: 'reconnect' });
    expect(await send({}, { appSecret: `${API_SECRET} ${next}` })).toMatchObject({ status: 'sent' });
  });

  it.each<[string, Partial<OutboundMessage>, object, string]>([
    ['nothing', { text: '' }, {}, 'empty'],
    ['too much', { text: 'آ'.repeat(10_001) }, {}, 'text_too_long'],
    ['nowhere', {}, { deliveryUrl: undefined }, 'not_configured'],
    ['a private answer to a comment', { threadKind: 'comment' }, {}, 'capability_missing'],
    ['a public answer to a message', { visibility: 'public' }, {}, 'capability_missing'],
    [
      'twelve files',
      { attachments: Array.from({ length: 12 }, () => ({ kind: 'file', url: 'https://a.b/c' })) },
      {},
      'split_required',
    ],
  ])('refuses before calling: %s', async (_name, over, settings, code) => {
    await start();
    expect(await connector.send(channel(settings), message(over), CREDENTIALS)).toMatchObject({
      status: 'failed',
      code,
    });
    expect(sim.calls).toEqual([]);
  });

  it('ten thousand emoji of two units each are ten thousand characters', async () => {
    await start();
    expect(await send({ text: '🚚'.repeat(10_000) })).toMatchObject({ status: 'sent' });
  });
});

describe('changing', () => {
  const target = { messageExternalId: 'm-1', authorExternalId: 'amir', threadKind: 'comment' } as const;

  it('does what the service lists, as often as asked', async () => {
    await start();
    sim.faults.add({ path: '/deliver', times: 1, when: 'after', answer: 500 });
    expect(await connector.moderate(channel(), 'hide', target, CREDENTIALS)).toMatchObject({ status: 'retry' });
    expect(await connector.moderate(channel(), 'hide', target, CREDENTIALS)).toMatchObject({ status: 'sent' });
    expect(await connector.moderate(channel(), 'block', target, CREDENTIALS)).toMatchObject({ status: 'sent' });
    const edited = { messageExternalId: 'm-2', text: 'تصحیح', threadKind: 'dm', recipientExternalId: 'negar' } as const;
    expect(await connector.edit(channel(), edited, CREDENTIALS)).toEqual({ status: 'sent', externalId: 'm-2' });
    expect(sim.rooms.effects.map(({ kind, id }) => [kind, id])).toEqual([
      ['hide', 'm-1'],
      ['hide', 'm-1'],
      ['block', 'm-1'],
      ['edit', 'm-2'],
    ]);
  });

  it('does not ask for what the service does not list', async () => {
    await start();
    const outcome = await connector.moderate(channel(), 'delete', target, CREDENTIALS);
    expect(outcome).toMatchObject({ status: 'failed', code: 'capability_missing', fix: 'admin' });
    expect(sim.calls).toEqual([]);
  });
});

describe('health', () => {
  const health = (credentials = CREDENTIALS) => connector.health(channel(), credentials, hookUrl);
  const states = async () => (await health()).checks.map(({ name, state }) => `${name} ${state}`);

  it('a dropped subscription is seen, and mended', async () => {
    await start();
    expect(await states()).toEqual(['token ok', 'sending ok', 'subscription ok']);
    sim.posts.settings.callbackUrl = null;
    expect(await states()).toContain('subscription problem');
    const mended = await connector.subscribe(channel(), CREDENTIALS, hookUrl);
    expect(mended.checks.at(-1)).toMatchObject({ name: 'subscription', state: 'ok' });
    sim.act.dm({ by: 'negar', text: 'سلام' });
    await sim.posts.idle();
    expect(events).toHaveLength(1);
  });

  it('tells a refused signature from a service that is away', async () => {
    await start();
    const other = { appSecret: 'whsec_YW5vdGhlci1pbnZlbnRlZC1zZWNyZXQtMDAwMg==' };
    expect(await health(other)).toMatchObject({ checks: [{ name: 'token', state: 'problem', serious: true }] });
    sim.faults.add({ when: 'before', answer: 'reset' });
    expect(await health()).toMatchObject({ checks: [{ name: 'sending', state: 'problem' }] });
  });

  it('without deliveryUrl says that answers cannot go out', async () => {
    await start();
    const report = await connector.health(channel({ deliveryUrl: '' }), CREDENTIALS, hookUrl);
    expect(report).toMatchObject({ checks: [{ name: 'sending', state: 'problem' }] });
  });
});

describe('settings', () => {
  it.each<[ConnectedChannel['settings'], string[]]>([
    [{}, []],
    [{ deliveryUrl: 'http://10.0.0.5:9000/answers', pullUrl: '', abilities: ['edit'], pollSeconds: 5 }, []],
    [{ deliveryUrl: 'ftp://a' }, ['deliveryUrl']],
    [{ deliveryUrl: 'https://user:pass@a.example' }, ['deliveryUrl']],
    [{ pullUrl: 7, abilities: ['fly'], pollSeconds: -1 }, ['pullUrl', 'abilities', 'pollSeconds']],
    [{ timeoutMs: 600_000 }, ['timeoutMs']],
  ])('%j', (settings, paths) =>
    expect(connector.checkSettings('api', settings).map(({ path }) => path)).toEqual(paths),
  );

  it('pulls only where there is something to pull', async () => {
    await start();
    expect(connector.pulls(channel({ pullUrl: undefined }))).toBeNull();
    expect(connector.pulls(channel())).toEqual({ reconcileMs: 3_600_000, backfillMs: 604_800_000 });
    expect(connector.pulls(channel({ pollSeconds: 5, reconcileMinutes: 0 }))).toEqual({
      pollMs: 5000,
      backfillMs: 604_800_000,
    });
  });
});

describe('the client', () => {
  const event = {
    type: 'message',
    id: 'e-1',
    thread: { id: 't', kind: 'dm' },
    messageId: 'm',
    author: { id: 'a' },
    text: 'سلام',
  } as const;
  const client = (over: object = {}) => new PasokhChannel({ url: hookUrl, secret: API_SECRET, waitMs: 1, ...over });

  it('brings events in, through an outage', async () => {
    await start();
    outage.push(503, 500, 429);
    await client().send([event]);
    expect(keys(events)).toEqual(['event:e-1']);
  });

  it('says what is wrong before it calls', async () => {
    await start();
    const wrong = client().send([{ ...event, author: undefined }]);
    await expect(wrong).rejects.toMatchObject({ problems: [{ path: 'events[0].author', problem: 'is missing' }] });
    expect(events).toEqual([]);
  });

  it('gives up where repeating does not help, and after its tries', async () => {
    await start();
    const other = client({ secret: 'whsec_YW5vdGhlci1pbnZlbnRlZC1zZWNyZXQtMDAwMg==' });
    await expect(other.send([event])).rejects.toMatchObject({ status: 401 });
    expect(refused).toBe(1);
    outage.push(503, 503);
    await expect(client({ tries: 2 }).send([event])).rejects.toThrow(ChannelError);
    await expect(client({ secret: 'short' }).send([event])).rejects.toThrow('too short');
  });
});
