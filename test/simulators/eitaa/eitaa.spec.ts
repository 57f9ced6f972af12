import type { ConnectedChannel } from '../../../src/channels/channel';
import type { OutboundMessage } from '../../../src/channels/sending';
import { EitaaConnector } from '../../../src/channels/connectors/eitaa/eitaa.connector';
import { EITAA_TOKEN, type EitaaSimulator, startEitaa } from './server';

const CREDENTIALS = { accessToken: EITAA_TOKEN };
const WRONG = { accessToken: 'bot1:nobody' };

let sim: EitaaSimulator;
let connector: EitaaConnector;

beforeEach(async () => {
  sim = await startEitaa();
  connector = new EitaaConnector();
});
afterEach(() => sim.close());

const channel = (settings: object = {}): ConnectedChannel => ({
  id: '1',
  workspaceId: 'harbour',
  kind: 'eitaa',
  externalId: 'sibesorkh',
  settings: { apiBaseUrl: sim.url, timeoutMs: 5000, ...settings },
});
const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: '01JD0001',
  threadKind: 'dm',
  visibility: 'private',
  text: 'فروشگاه امروز بسته است؛ می‌بخشید 🙏🏽',
  attachments: [],
  recipientExternalId: '',
  window: 'standard',
  author: 'agent',
  ...over,
});
const send = (over: Partial<OutboundMessage> = {}, settings: object = {}, credentials = CREDENTIALS) =>
  connector.send(channel(settings), message(over), credentials);

it('hears nothing, and offers nothing to answer', () => {
  expect(connector.door()).toBeNull();
  expect(connector.parse()).toEqual([]);
  expect(connector.capabilities()).toEqual({});
});

it.each([
  ['a channel', {}, { defaultTo: 'sibesorkh', paceMs: 3000, textLimit: { max: 4096, unit: 'characters' } }],
  ['a channel with limits of its own', { paceMs: 10, textLimit: 99 }, { paceMs: 10, textLimit: { max: 99 } }],
  ['users of a mini app', { target: 'app' }, { defaultTo: null, attachments: [] }],
])('takes notices for %s', (_, settings, rules) => expect(connector.notices(channel(settings))).toMatchObject(rules));

describe('sending', () => {
  it('a text to the connected channel, byte for byte', async () => {
    expect(await send()).toEqual({ status: 'sent', externalId: 'sibesorkh:101' });
    expect(sim.effects).toEqual([
      { chat: 'sibesorkh', id: '101', text: 'فروشگاه امروز بسته است؛ می‌بخشید 🙏🏽', fields: {}, file: null },
    ]);
  });

  it('to another channel, with everything that can be set', async () => {
    sim.managed.add('nobaraneh');
    const settings = { title: 'خبر', silent: true, pin: true, viewCountForDelete: 500 };
    await send({ recipientExternalId: '@nobaraneh', replyToExternalId: 'nobaraneh:77' }, settings);
    expect(sim.effects[0]).toMatchObject({
      chat: 'nobaraneh',
      fields: {
        title: 'خبر',
        disable_notification: '1',
        pin: '1',
        viewCountForDelete: '500',
        reply_to_message_id: '77',
      },
    });
  });

  it('a file with its words as caption', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 45, 45]);
    const file = { kind: 'file', url: 'https://a/b', name: 'فهرست.pdf', read: () => Promise.resolve(bytes) };
    expect(await send({ text: 'فهرست تازه', attachments: [file] })).toMatchObject({ status: 'sent' });
    expect(sim.effects[0]).toMatchObject({ fields: { caption: 'فهرست تازه' }, file: { name: 'فهرست.pdf', bytes } });
  });

  it('to a user of the mini app', async () => {
    expect(await send({ recipientExternalId: '998877' }, { target: 'app' })).toMatchObject({ status: 'sent' });
    expect(sim.effects[0]).toMatchObject({ chat: '998877', fields: {} });
  });

  it.each<[string, Partial<OutboundMessage>, object, string]>([
    ['nothing', { text: '' }, {}, 'empty'],
    ['too much', { text: 'آ'.repeat(4097) }, {}, 'text_too_long'],
    ['two files', { attachments: [1, 2].map(() => ({ kind: 'file', url: 'https://a/b' })) }, {}, 'split_required'],
    ['a file that is elsewhere', { attachments: [{ kind: 'file', url: 'https://a/b' }] }, {}, 'attachment_refused'],
    [
      'a file to the app',
      { attachments: [{ kind: 'file', url: 'https://a/b' }] },
      { target: 'app' },
      'attachment_refused',
    ],
  ])('refuses before calling: %s', async (_name, over, settings, code) => {
    expect(await send(over, settings)).toMatchObject({ status: 'failed', code });
    expect(sim.calls).toEqual([]);
  });

  it.each<[string, { http: number; body: unknown; headers?: Record<string, string> }, object]>([
    [
      'too fast',
      { http: 429, body: { ok: false }, headers: { 'retry-after': '8' } },
      { status: 'retry', afterMs: 8000, scope: 'channel' },
    ],
    [
      'too fast, told under 200',
      { http: 200, body: { ok: false, error_code: 429 } },
      { status: 'retry', afterMs: 60_000 },
    ],
    ['a gateway', { http: 502, body: 'x' }, { status: 'unknown' }],
    ['a page', { http: 200, body: 'maintenance' }, { status: 'unknown' }],
    ['sent, and not named', { http: 200, body: { ok: true, result: {} } }, { status: 'unknown' }],
    [
      'refused without a word',
      { http: 200, body: { ok: false } },
      { status: 'failed', code: 'eitaa_refused', fix: 'admin' },
    ],
    [
      'refused with one',
      { http: 400, body: { ok: false, description: 'chat not found' } },
      { status: 'failed', reason: expect.stringContaining('chat not found') as string },
    ],
  ])('an answer: %s', async (_name, refusal, expected) => {
    sim.refusals.push(refusal);
    expect(await send()).toMatchObject(expected);
    expect(sim.effects).toEqual([]);
  });

  it('a channel @sender does not manage is not a dead token', async () => {
    expect(await send({ recipientExternalId: 'strangers' })).toMatchObject({ status: 'failed', fix: 'admin' });
    expect(await send({}, {}, WRONG)).toMatchObject({ status: 'reconnect', code: 'token_invalid' });
  });

  it('a refusal that cannot be explained is tried again', async () => {
    sim.refusals.push({ http: 200, body: { ok: false } }, { http: 503, body: {} });
    expect(await send()).toMatchObject({ status: 'retry' });
  });

  it('a call that is cut is in doubt, and nobody can look', async () => {
    sim.faults.add({ path: 'sendMessage$', when: 'after', answer: 'hang' });
    expect(await send({}, { timeoutMs: 300 })).toMatchObject({ status: 'unknown' });
    expect(await connector.lookup()).toMatchObject({ status: 'cannot_tell' });
    expect(sim.effects).toHaveLength(1);
  });

  it('tells no secret in a reason', async () => {
    sim.refusals.push({ http: 400, body: { ok: false, description: `no such /api/${EITAA_TOKEN}/x` } });
    const outcome = await send();
    expect(outcome).toMatchObject({ status: 'failed' });
    expect(JSON.stringify(outcome)).not.toContain(EITAA_TOKEN);
  });
});

it('health tells a refused token from a network that is away', async () => {
  const state = async (credentials: { accessToken: string }) =>
    (await connector.health(channel(), credentials)).checks.map(({ name, state: is, serious }) => [name, is, serious]);
  expect(await state(CREDENTIALS)).toEqual([['token', 'ok', undefined]]);
  expect(await state(WRONG)).toEqual([['token', 'problem', true]]);
  sim.faults.add({ times: 1, when: 'before', answer: 'reset' });
  expect(await state(CREDENTIALS)).toEqual([['token', 'unknown', undefined]]);
  sim.refusals.push({ http: 502, body: {} });
  expect(await state(CREDENTIALS)).toEqual([['token', 'unknown', undefined]]);
});

it.each<[ConnectedChannel['settings'], string[]]>([
  [{}, []],
  [{ apiBaseUrl: 'https://eitaayar.ir', pin: true, paceMs: 0 }, []],
  [{ apiBaseUrl: 'eitaayar.ir', target: 'moon', pin: 'yes', paceMs: -1 }, ['pin', 'paceMs', 'apiBaseUrl', 'target']],
])('settings %j', (settings, paths) =>
  expect(connector.checkSettings('eitaa', settings).map(({ path }) => path)).toEqual(paths),
);

it('moderates nothing', async () => expect(await connector.moderate()).toMatchObject({ code: 'capability_missing' }));
