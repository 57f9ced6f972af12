import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import type { ConnectedChannel } from '../../../src/channels/channel';
import type { PullRequest } from '../../../src/channels/pulling';
import type { OutboundMessage } from '../../../src/channels/sending';
import { RubikaConnector } from '../../../src/channels/connectors/rubika/rubika.connector';
import type { InboundEvent } from '../../../src/inbox/conversations/inbound-event';
import { readBytes } from '../api-channel/listener';
import { RUBIKA_BOT, RUBIKA_TOKEN, type RubikaOptions, type RubikaSimulator, startRubika } from './server';

const SECRET = 'inventedSecretOfTheAddress0123456789';
const CREDENTIALS = { accessToken: RUBIKA_TOKEN, appSecret: SECRET };
const WRONG_TOKEN = { ...CREDENTIALS, accessToken: 'BFHEAnobody' };

let sim: RubikaSimulator;
let connector: RubikaConnector;
let hook: Server;
let hookUrl: string;
let events: InboundEvent[];
let paths: string[];
let refused: number;
let outage: number;

beforeEach(async () => {
  events = [];
  paths = [];
  refused = 0;
  outage = 0;
  connector = new RubikaConnector();
  hook = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    void readBytes(request).then((body) => {
      if (outage > 0) {
        outage -= 1;
        return response.writeHead(503).end();
      }
      const door = connector.door();
      if (!door.verify({ method, url, headers, body }, SECRET)) {
        refused += 1;
        return response.writeHead(401).end();
      }
      paths.push(url);
      events.push(...parse(door.decode!(body)));
      return response.writeHead(200).end(JSON.stringify(door.acknowledgement));
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/webhooks/rubika/0192f0c0/${SECRET}`;
});

afterEach(async () => {
  await sim.close();
  hook.closeAllConnections();
  await new Promise<void>((resolve) => hook.close(() => resolve()));
});

const channel = (settings: object = {}): ConnectedChannel => ({
  id: '1',
  workspaceId: 'harbour',
  kind: 'rubika',
  externalId: RUBIKA_BOT,
  settings: { apiBaseUrl: sim.url, timeoutMs: 5000, ...settings },
});
const parse = (body: unknown) =>
  connector.parse(body, { channel: { externalId: RUBIKA_BOT, settings: {}, kind: 'rubika' } });
const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: '01JD0001',
  threadKind: 'dm',
  visibility: 'private',
  text: 'سفارش شما فردا می‌رسد 🚚',
  attachments: [],
  recipientExternalId: sim.chats.chatOf('negar'),
  window: 'standard',
  author: 'agent',
  ...over,
});
const send = (over: Partial<OutboundMessage> = {}, settings: object = {}, credentials = CREDENTIALS) =>
  connector.send(channel(settings), message(over), credentials);
const pull = (over: Partial<PullRequest> = {}, settings: object = { mode: 'poll', pollTimeoutSeconds: 0 }) =>
  connector.pull(
    channel(settings),
    { reason: 'poll', cursor: null, since: new Date(0), signal: new AbortController().signal, ...over },
    CREDENTIALS,
  );
const keys = (list: readonly InboundEvent[]) => list.map(({ eventKey }) => eventKey);

/** An address where nothing listens any more. */
async function nobody(): Promise<string> {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise<void>((resolve) => gone.close(() => resolve()));
  return `http://127.0.0.1:${port}`;
}

/** A simulator whose webhook is set the way the product sets it. */
async function start({ posts, ...options }: RubikaOptions = {}): Promise<void> {
  sim = await startRubika({ idBase: 17, ...options, posts: { retryMs: 5, ...posts } });
  await connector.subscribe(channel(), CREDENTIALS, hookUrl);
}

/** Everything that happens in a morning. */
function morning(): string {
  sim.act.start({ by: 'negar' });
  const first = sim.act.dm({ by: 'negar', text: 'سلام، می‌شود پیگیری کنید؟ 🙏🏽' });
  sim.act.edit({ message: first, text: 'پیگیری نکنید' });
  sim.act.file({ by: 'negar', name: 'box.jpg', content: 'jpeg', text: 'جعبه' });
  sim.act.group({ by: 'amir', group: 'fans', text: 'قیمت؟' });
  sim.act.press({ by: 'negar', message: first, button: 'yes', text: 'بله' });
  sim.act.remove({ message: first });
  sim.act.stop({ by: 'negar' });
  return first;
}

describe('what comes in', () => {
  it('posted, shuffled and repeated, on every address of the library', async () => {
    await start({ posts: { hold: true } });
    morning();
    sim.posts.flush({ copies: 3, shuffle: true });
    await sim.posts.idle();
    expect(events).toHaveLength(24);
    expect(new Set(keys(events)).size).toBe(8);
    expect(events.map(({ type }) => type)).not.toContain('unsupported');
    expect(new Set(paths.map((path) => path.split('/').at(-1)))).toEqual(
      new Set(['receiveUpdate', 'receiveInlineMessage']),
    );
    expect(sim.posts.records.every(({ answer }) => answer === '{"status":"OK"}')).toBe(true);
  });

  it('a person keeps one name, whoever says what of them', async () => {
    await start();
    morning();
    await sim.posts.idle();
    const chat = sim.chats.chatOf('negar');
    const people = events.flatMap((e) => (e.type === 'message' && e.threadKind === 'dm' ? [e.author.externalId] : []));
    expect(new Set(people)).toEqual(new Set([chat]));
    expect(events.filter((e) => e.type === 'identity').map((e) => [e.person.externalId, e.reachable])).toEqual([
      [chat, true],
      [chat, false],
    ]);
  });

  it('ids that travel as numbers are the ids asked for as text', async () => {
    await start();
    sim.numericIds = true;
    morning();
    await sim.posts.idle();
    const pulled = await pull();
    expect(pulled.status).toBe('pulled');
    const asked = pulled.status === 'pulled' ? pulled.bodies.flatMap(parse) : [];
    expect(keys(events).toSorted()).toEqual(keys(asked).toSorted());
  });

  it('an address without the secret is refused', async () => {
    await start();
    sim.posts.settings.maxAttempts = 1;
    const bare = hookUrl.slice(0, -SECRET.length - 1);
    for (const wrong of [bare, `${bare}/guess`, `${hookUrl}x`, `${bare}/x/${SECRET}`]) {
      sim.posts.settings.callbackUrl = wrong;
      sim.act.dm({ by: 'negar', text: 'سلام' });
    }
    await sim.posts.idle();
    expect([events.length, refused]).toEqual([0, 4]);
  });

  it('an outage: Rubika tries again, and nothing is twice', async () => {
    await start();
    outage = 3;
    sim.act.dm({ by: 'negar', text: 'سلام' });
    await sim.posts.idle();
    expect(sim.posts.records[0]).toMatchObject({ statuses: [503, 503, 503, 200], state: 'delivered' });
    expect(events).toHaveLength(1);
  });
});

describe('asking for updates', () => {
  it('gives the same events under the same keys as the webhook', async () => {
    await start();
    morning();
    await sim.posts.idle();
    const outcome = await pull();
    expect(outcome).toMatchObject({ status: 'pulled', cursor: { offset: '8' }, more: false });
    expect(outcome.status === 'pulled' && keys(outcome.bodies.flatMap(parse)).toSorted()).toEqual(
      keys(events).toSorted(),
    );
  });

  it('goes on page by page, through an outage, with repetitions', async () => {
    await start();
    sim.dropEndpoints();
    morning();
    sim.repeat = 2;
    const settings = { mode: 'poll', pollTimeoutSeconds: 0, pollLimit: 5 };
    sim.faults.add({ path: '/getUpdates', nth: 2, when: 'before', answer: 'reset' });
    const found: InboundEvent[] = [];
    let cursor: unknown = null;
    for (let step = 0; step < 6; step++) {
      const outcome = await pull({ cursor }, settings);
      if (outcome.status === 'retry') continue;
      if (outcome.status !== 'pulled') throw new Error(outcome.reason);
      found.push(...outcome.bodies.flatMap(parse));
      cursor = outcome.cursor;
    }
    expect(cursor).toEqual({ offset: '8' });
    expect(new Set(keys(found)).size).toBe(8);
    expect(found.length).toBeGreaterThan(8);
  });

  it('waits for news, and ends when it is told to', async () => {
    await start();
    const settings = { mode: 'poll', pollTimeoutSeconds: 30 };
    const asked = sim.asked();
    const waiting = pull({}, settings);
    await asked;
    sim.act.dm({ by: 'negar', text: 'سلام' });
    expect(await waiting).toMatchObject({ status: 'pulled', bodies: [{ updates: [{ type: 'NewMessage' }] }] });
    expect(await pull({ cursor: { offset: '1' }, reason: 'reconcile' }, settings)).toMatchObject({ bodies: [] });
    const stop = new AbortController();
    const ended = pull({ cursor: { offset: '1' }, signal: stop.signal }, settings);
    stop.abort();
    expect(await ended).toMatchObject({ status: 'retry' });
  });

  it('an answer that does not say where to go on changes nothing of it', async () => {
    await start();
    sim.namesNext = false;
    sim.act.dm({ by: 'negar', text: 'سلام' });
    expect(await pull({ cursor: { offset: '1' } })).toMatchObject({ cursor: { offset: '1' }, more: false });
    expect(await pull()).toMatchObject({ cursor: null, bodies: [{ updates: [{}] }] });
    const full = { mode: 'poll', pollTimeoutSeconds: 0, pollLimit: 1 };
    expect(await pull({ cursor: { offset: '0' } }, full)).toMatchObject({ cursor: { offset: '0' }, more: false });
  });

  it('rests between two questions when the server does not wait', async () => {
    await start();
    sim.waits = false;
    expect(await pull({}, { mode: 'poll', idlePollMs: 700 })).toMatchObject({ bodies: [], nextMs: 700, more: false });
  });

  it.each<[string, { status: string; http?: number; headers?: Record<string, string> }, object]>([
    ['too many', { status: 'TOO_REQUESTS' }, { status: 'retry', afterMs: 60_000 }],
    [
      'too many, with a time',
      { status: '', http: 429, headers: { 'retry-after': '7' } },
      { status: 'retry', afterMs: 7000 },
    ],
    ['a dead token', { status: 'INVALID_ACCESS' }, { status: 'reconnect' }],
    ['a failure', { status: '', http: 502 }, { status: 'retry' }],
    ['something new', { status: 'ASK_NICELY' }, { status: 'refused', code: 'rubika_ask_nicely' }],
  ])('%s', async (_name, refusal, expected) => {
    await start();
    sim.refusals.push(refusal);
    expect(await pull()).toMatchObject(expected);
  });

  it('is planned by mode', async () => {
    await start();
    expect(connector.pulls(channel())).toBeNull();
    expect(connector.pulls(channel({ reconcileMinutes: 30 }))).toEqual({ reconcileMs: 1_800_000 });
    expect(connector.pulls(channel({ mode: 'poll' }))).toEqual({ pollMs: 0 });
  });
});

describe('sending', () => {
  it('a text', async () => {
    await start();
    const outcome = await send();
    const [effect] = sim.chats.effects;
    expect(effect).toMatchObject({ kind: 'message', text: 'سفارش شما فردا می‌رسد 🚚', replyTo: null });
    expect(outcome).toEqual({ status: 'sent', externalId: `${sim.chats.chatOf('negar')}:${effect!.id}` });
  });

  it.each([
    ['image', 'Image'],
    ['video', 'Video'],
    ['audio', 'Music'],
    ['file', 'File'],
  ])('%s is uploaded as %s, its text beside it', async (kind, type) => {
    await start();
    const bytes = Buffer.from([0, 255, 13, 10, 45, 45, 1]);
    const attachment = { kind, url: 'https://files.example/1', name: 'پرونده.bin', read: () => Promise.resolve(bytes) };
    expect(await send({ text: 'بفرمایید', attachments: [attachment] })).toMatchObject({ status: 'sent' });
    expect(sim.chats.effects).toEqual([
      expect.objectContaining({ kind: 'file', text: 'بفرمایید', file: { name: 'پرونده.bin', type, bytes } }),
    ]);
  });

  it('an answer in a group quotes what it answers; in private on wish', async () => {
    await start();
    const group = sim.chats.groupOf('fans');
    const asked = sim.act.group({ by: 'amir', group: 'fans', text: 'قیمت؟' });
    const inGroup = { threadKind: 'comment', visibility: 'public', postExternalId: group } as const;
    expect(await send({ ...inGroup, replyToExternalId: `${group}:${asked}` })).toMatchObject({
      status: 'sent',
      externalId: expect.stringContaining(`${group}:`) as string,
    });
    const wrote = sim.act.dm({ by: 'negar', text: 'سلام' });
    const replyToExternalId = `${sim.chats.chatOf('negar')}:${wrote}`;
    await send({ replyToExternalId });
    await send({ replyToExternalId }, { quoteInPrivate: true });
    expect(sim.chats.effects.map(({ replyTo }) => replyTo)).toEqual([asked, null, wrote]);
  });

  it.each<[string, Partial<OutboundMessage>, string]>([
    ['nothing', { text: '' }, 'empty'],
    ['too much', { text: 'آ'.repeat(4097) }, 'text_too_long'],
    ['two files', { attachments: [1, 2].map(() => ({ kind: 'file', url: 'https://a/b' })) }, 'split_required'],
    ['a sticker', { attachments: [{ kind: 'sticker', url: 'https://a/b' }] }, 'attachment_refused'],
    ['a file that is elsewhere', { attachments: [{ kind: 'file', url: 'https://a/b' }] }, 'attachment_refused'],
    ['nobody', { recipientExternalId: '' }, 'no_target'],
    ['in public to one', { visibility: 'public' }, 'capability_missing'],
  ])('refuses before calling: %s', async (_name, over, code) => {
    await start();
    const before = sim.calls.length;
    expect(await send(over)).toMatchObject({ status: 'failed', code });
    expect(sim.calls).toHaveLength(before);
  });

  it.each<[string, { status: string; http?: number; headers?: Record<string, string> }, object]>([
    [
      'too fast',
      { status: 'TOO_REQUESTS' },
      { status: 'retry', code: 'rate_limited', afterMs: 60_000, scope: 'channel' },
    ],
    [
      'too fast, with a time',
      { status: '', http: 429, headers: { 'retry-after': '9' } },
      { status: 'retry', afterMs: 9000 },
    ],
    ['bad content', { status: 'INVALID_INPUT', message: 'text' } as never, { status: 'failed', fix: 'agent' }],
    ['logged out', { status: 'INVALID_AUTH' }, { status: 'reconnect', code: 'invalid_auth' }],
    ['too early', { status: '', http: 425 }, { status: 'retry', code: 'too_early' }],
    ['a gateway', { status: '', http: 502 }, { status: 'unknown' }],
    ['a slow gateway', { status: '', http: 408 }, { status: 'unknown' }],
    ['a page', { status: '', http: 200 }, { status: 'unknown' }],
    ['a server', { status: 'SERVER_ERROR' }, { status: 'unknown' }],
  ])('a refusal: %s', async (_name, refusal, expected) => {
    await start();
    sim.refusals.push(refusal);
    expect(await send()).toMatchObject(expected);
    expect(sim.chats.effects).toEqual([]);
  });

  it('a person who stopped the bot is not a dead token, though both are told alike', async () => {
    await start();
    sim.act.stop({ by: 'negar' });
    expect(await send()).toMatchObject({ status: 'failed', code: 'person_unavailable', fix: 'none' });
    expect(await send({}, {}, WRONG_TOKEN)).toMatchObject({ status: 'reconnect', code: 'invalid_access' });
    sim.act.start({ by: 'negar' });
    expect(await send()).toMatchObject({ status: 'sent' });
  });

  it('a status nobody knows is tried three times, then left to a person', async () => {
    await start();
    const strange = { status: 'MOON_PHASE' };
    sim.refusals.push(strange, strange, strange, strange);
    const outcomes = [await send(), await send(), await send(), await send({ id: '01JD0002' })];
    expect(outcomes.map(({ status }) => status)).toEqual(['retry', 'retry', 'failed', 'retry']);
    expect(outcomes[2]).toMatchObject({ code: 'rubika_moon_phase', fix: 'admin' });
  });

  it('a call that is cut is in doubt, and nobody can look', async () => {
    await start();
    sim.faults.add({ path: '/sendMessage', times: 1, when: 'after', answer: 'hang' });
    expect(await send({}, { timeoutMs: 300 })).toMatchObject({ status: 'unknown' });
    expect(sim.chats.effects).toHaveLength(1);
    expect(await connector.lookup()).toMatchObject({ status: 'cannot_tell' });
  });

  it.each<[string, string, 'before' | 'after']>([
    ['asking where to upload', '/requestSendFile', 'after'],
    ['uploading', '/upload', 'before'],
  ])('a failure while %s leaves no doubt: nothing was sent', async (_name, path, when) => {
    await start();
    sim.faults.add({ path, times: 1, when, answer: 'reset' });
    const attachment = {
      kind: 'file',
      url: 'https://a/b',
      name: 'a.pdf',
      read: () => Promise.resolve(Buffer.from('x')),
    };
    expect(await send({ attachments: [attachment] })).toMatchObject({ status: 'retry' });
    expect(await send({ attachments: [attachment] })).toMatchObject({ status: 'sent' });
    expect(sim.chats.effects).toHaveLength(1);
  });

  it('tells no secret in a reason', async () => {
    await start();
    sim.refusals.push({ status: 'INVALID_INPUT', message: `bad call /v3/${RUBIKA_TOKEN}/sendMessage` });
    const outcomes = [await send(), await send({}, { apiBaseUrl: await nobody() })];
    expect(outcomes.map(({ status }) => status)).toEqual(['failed', 'retry']);
    expect(JSON.stringify(outcomes)).not.toContain(RUBIKA_TOKEN);
  });
});

describe('changing', () => {
  it('edits and deletes our own, bans and unbans in a group', async () => {
    await start();
    const sent = await send();
    const id = sent.status === 'sent' ? sent.externalId : '';
    const target = { messageExternalId: id, text: 'تصحیح', threadKind: 'dm', recipientExternalId: '' } as const;
    expect(await connector.edit(channel(), target, CREDENTIALS)).toEqual({ status: 'sent', externalId: id });
    const gone = { messageExternalId: id, threadKind: 'dm' } as const;
    expect(await connector.moderate(channel(), 'delete', gone, CREDENTIALS)).toMatchObject({ status: 'sent' });
    const group = sim.chats.groupOf('fans');
    const amir = { messageExternalId: `${group}:1`, authorExternalId: sim.chats.userOf('amir'), postExternalId: group };
    for (const action of ['block', 'unblock'] as const)
      await connector.moderate(channel(), action, { ...amir, threadKind: 'comment' }, CREDENTIALS);
    expect(sim.chats.effects.map(({ kind, chatId, id: about }) => [kind, chatId, about])).toEqual([
      ['message', sim.chats.chatOf('negar'), id.split(':')[1]],
      ['edit', sim.chats.chatOf('negar'), id.split(':')[1]],
      ['delete', sim.chats.chatOf('negar'), id.split(':')[1]],
      ['ban', group, sim.chats.userOf('amir')],
      ['unban', group, sim.chats.userOf('amir')],
    ]);
  });

  it('cannot hide, and cannot change what has no message', async () => {
    await start();
    const comment = { messageExternalId: 'g0:1', threadKind: 'comment' } as const;
    const pressed = { messageExternalId: 'inline:b0:1:abc', threadKind: 'dm' } as const;
    expect(await connector.moderate(channel(), 'hide', comment, CREDENTIALS)).toMatchObject({
      code: 'capability_missing',
    });
    expect(await connector.moderate(channel(), 'delete', pressed, CREDENTIALS)).toMatchObject({ code: 'no_target' });
  });

  it('a change in doubt is to be asked for again', async () => {
    await start();
    sim.faults.add({ path: '/deleteMessage', times: 1, when: 'before', answer: 'reset' });
    const target = { messageExternalId: 'b0HxSimnegar:1', threadKind: 'dm' } as const;
    expect(await connector.moderate(channel(), 'delete', target, CREDENTIALS)).toMatchObject({ status: 'retry' });
  });
});

describe('looking things up', () => {
  it('names people and groups', async () => {
    await start();
    const { chatOf, groupOf } = sim.chats;
    expect(await connector.describePerson(channel(), chatOf('negar'), CREDENTIALS)).toEqual({
      status: 'found',
      facts: { name: 'negar', handle: 'negar_r' },
    });
    expect(await connector.describePost(channel(), groupOf('fans'), CREDENTIALS)).toEqual({
      status: 'found',
      facts: { text: 'fans', kind: 'group' },
    });
    sim.refusals.push({ status: 'INVALID_INPUT' }, { status: 'TOO_REQUESTS' }, { status: 'INVALID_ACCESS' });
    const states = [];
    for (let i = 0; i < 3; i++) states.push((await connector.describePerson(channel(), 'x', CREDENTIALS)).status);
    expect(states).toEqual(['absent', 'retry', 'refused']);
  });

  it('finds the bytes of a file that came in', async () => {
    await start();
    sim.act.file({ by: 'negar', name: 'box.jpg', content: 'jpeg' });
    await sim.posts.idle();
    const [event] = events;
    const attachment = event?.type === 'message' ? event.attachments[0]! : undefined;
    const wanted = { kind: 'image', meta: attachment!.meta, messageExternalId: 'm' };
    const source = await connector.media(channel(), wanted, CREDENTIALS);
    expect(source).toMatchObject({ status: 'found' });
    expect(await (await fetch(source.status === 'found' ? source.url : '')).text()).toBe('jpeg');
    expect(await connector.media(channel(), { ...wanted, meta: { fileId: 'gone' } }, CREDENTIALS)).toMatchObject({
      status: 'absent',
    });
    expect(await connector.media(channel(), { ...wanted, meta: {} }, CREDENTIALS)).toMatchObject({ status: 'absent' });
  });
});

describe('health', () => {
  const states = async (settings: object = {}, credentials = CREDENTIALS, externalId = RUBIKA_BOT) => {
    const { checks } = await connector.health({ ...channel(settings), externalId }, credentials);
    return checks.map(({ name, state }) => `${name} ${state}`);
  };

  it('tells token, bot and network apart', async () => {
    await start();
    expect(await states()).toEqual(['token ok', 'account ok', 'webhook unknown']);
    expect(await states({ mode: 'poll' })).toEqual(['token ok', 'account ok', 'webhook ok']);
    expect(await states({}, WRONG_TOKEN)).toEqual(['token problem']);
    expect(await states({}, CREDENTIALS, 'b0another')).toEqual(['token ok', 'account problem']);
    expect(await states({ apiBaseUrl: await nobody() })).toEqual(['token unknown']);
  });

  it('subscribing again brings back what a dropped address lost', async () => {
    await start();
    sim.dropEndpoints();
    sim.act.dm({ by: 'negar', text: 'سلام' });
    expect(events).toEqual([]);
    const report = await connector.subscribe(channel(), CREDENTIALS, hookUrl);
    expect(report.checks.at(-1)).toMatchObject({ name: 'webhook', state: 'ok' });
    expect([...sim.endpoints.keys()]).toEqual([
      'ReceiveUpdate',
      'ReceiveInlineMessage',
      'ReceiveQuery',
      'GetSelectionItem',
      'SearchSelectionItems',
    ]);
    expect(new Set(sim.endpoints.values())).toEqual(new Set([hookUrl]));
    sim.posts.flush();
    sim.act.dm({ by: 'negar', text: 'هستید؟' });
    await sim.posts.idle();
    expect(events.map((e) => e.type === 'message' && e.text)).toContain('هستید؟');
  });

  it('says when Rubika does not take the address, or there is none', async () => {
    await start();
    sim.faults.add({ path: '/updateBotEndpoints', nth: 1, when: 'before', answer: 500 });
    const report = await connector.subscribe(channel(), CREDENTIALS, hookUrl);
    expect(report.checks.at(-1)).toMatchObject({
      state: 'problem',
      message: { en: expect.stringContaining('ReceiveUpdate') as string },
    });
    const nowhere = await connector.subscribe(channel(), CREDENTIALS, null);
    expect(nowhere.checks.at(-1)).toMatchObject({ name: 'webhook', state: 'problem' });
    const dead = await connector.subscribe(channel(), WRONG_TOKEN, hookUrl);
    expect(dead.checks).toMatchObject([{ name: 'token', state: 'problem', serious: true }]);
  });
});

describe('settings', () => {
  it.each<[ConnectedChannel['settings'], string[]]>([
    [{}, []],
    [{ apiBaseUrl: 'https://messengerg2b1.iranlms.ir', mode: 'poll', pollLimit: 50 }, []],
    [{ mode: 'push', pollLimit: -1, audioUploadType: 'Noise' }, ['mode', 'audioUploadType', 'pollLimit']],
    [{ apiBaseUrl: 'rubika', endpointTypes: [], groupPrefix: 7 }, ['apiBaseUrl', 'endpointTypes', 'groupPrefix']],
  ])('%j', (settings, paths_) =>
    expect(connector.checkSettings('rubika', settings).map(({ path }) => path)).toEqual(paths_),
  );

  it('a short secret opens nothing', async () => {
    await start();
    const request = { method: 'POST', url: '/webhooks/rubika/1/short', headers: {}, body: Buffer.alloc(0) };
    expect(connector.door().verify(request, 'short')).toBe(false);
    expect(connector.door().verify(request, '')).toBe(false);
  });
});
