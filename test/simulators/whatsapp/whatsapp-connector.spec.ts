import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import type { ConnectedChannel } from '../../../src/channels/channel';
import type { RawRequest } from '../../../src/channels/door';
import type { OutboundMessage } from '../../../src/channels/sending';
import { whatsappAccounts } from '../../../src/channels/connectors/whatsapp/oauth-accounts';
import { listTemplates } from '../../../src/channels/connectors/whatsapp/templates';
import { GraphClient } from '../../../src/channels/connectors/whatsapp/whatsapp.client';
import { WhatsappConnector } from '../../../src/channels/connectors/whatsapp/whatsapp.connector';
import type { InboundEvent } from '../../../src/inbox/conversations/inbound-event';
import { type FaultRule } from '../meta/faults';
import { type NamedError } from './errors';
import { SEED } from './seed';
import { startWhatsapp, type WhatsappOptions, type WhatsappSimulator } from './server';

const NEGAR = '971501112233';
const NEGAR_ID = 'AE.48213377650912345678';
const CREDENTIALS = {
  accessToken: SEED.token,
  appSecret: SEED.appSecret,
  appId: SEED.appId,
  verifyToken: SEED.verifyToken,
  pin: '123456',
};

let sim: WhatsappSimulator;
let callback: Server;
let webhookUrl: string;
let answering: number;
let refused: number;
let events: InboundEvent[];
let now: number;
let connector: WhatsappConnector;

/** The webhook route in small: handshake, verify, parse, collect. */
function receive(request: RawRequest): { status: number; body?: string } {
  const door = connector.door();
  if (request.method === 'GET') {
    const query = new URL(request.url, webhookUrl).searchParams;
    const answer = door.handshake?.(query, CREDENTIALS);
    return typeof answer === 'string' ? { status: 200, body: answer } : { status: 403 };
  }
  if (answering !== 200) return { status: answering };
  if (!door.verify(request, SEED.appSecret)) {
    refused += 1;
    return { status: 401 };
  }
  const body: unknown = JSON.parse(request.body.toString('utf8'));
  if (connector.reads(body)) events.push(...connector.parse(body));
  return { status: 200 };
}

async function start(options: WhatsappOptions = {}): Promise<void> {
  sim = await startWhatsapp({
    requireProof: true,
    ...options,
    delivery: { callbackUrl: webhookUrl, retryBaseMs: 5, retryMaxMs: 5, concurrency: 1, ...options.delivery },
  });
}

beforeEach(async () => {
  answering = 200;
  refused = 0;
  events = [];
  now = Date.now();
  connector = new WhatsappConnector(() => now);
  callback = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const { status, body } = receive({ method, url, headers, body: Buffer.concat(chunks) });
      response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
    });
  });
  await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve));
  webhookUrl = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/webhooks/meta`;
});

afterEach(async () => {
  await sim.close();
  callback.closeAllConnections();
  await new Promise<void>((resolve) => callback.close(() => resolve()));
});

const channel = (settings: object = {}): ConnectedChannel => ({
  id: 'whatsapp',
  workspaceId: 'harbour',
  kind: 'whatsapp',
  externalId: SEED.numberId,
  settings: { apiBaseUrl: sim.url, wabaId: SEED.wabaId, ...settings },
});

const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: '01JD0001',
  threadKind: 'dm',
  visibility: 'private',
  text: 'سفارش شما فردا می‌رسد 🚚',
  attachments: [],
  recipientExternalId: NEGAR_ID,
  window: 'standard',
  author: 'agent',
  ...over,
});

const send = (over: Partial<OutboundMessage> = {}, settings: object = {}, credentials: object = {}) =>
  connector.send(channel(settings), message(over), { ...CREDENTIALS, ...credentials });

const negarWrites = (text = 'سلام') => sim.act.dm({ by: 'negar', text });
const idle = () => sim.deliveries.idle();
const of = (type: InboundEvent['type']) => events.filter((event) => event.type === type);

describe('what people do', () => {
  it('arrives signed, under one thread, byte for byte', async () => {
    await start();
    const { id } = negarWrites('می‌خواهم سفارشم را بدانم 🙏🏽');
    sim.act.dm({ by: 'ava', text: 'hi' });
    sim.act.place({ by: 'negar', latitude: 35.7, longitude: 51.3, name: 'میدان آزادی' });
    sim.act.choose({ by: 'negar', id: 'faq', title: 'ساعت کاری', replyTo: id, list: true });
    await idle();
    expect(refused).toBe(0);
    expect(events).toMatchObject([
      {
        text: 'می‌خواهم سفارشم را بدانم 🙏🏽',
        externalId: id,
        author: { externalId: NEGAR_ID, aliases: [NEGAR], phone: `+${NEGAR}` },
      },
      { author: { externalId: 'US.5AbC', handle: 'ava.k' }, threadKey: 'dm:US.5AbC' },
      { text: 'میدان آزادی', threadKey: `dm:${NEGAR_ID}` },
      { text: 'ساعت کاری', subtype: 'postback', replyToExternalId: id },
    ]);
    expect(events[1]).not.toHaveProperty('author.phone');
  });

  it('an album is as many messages as it has pictures, each once', async () => {
    await start({ delivery: { batchSize: 3, copies: 2, shuffle: true } });
    const { ids } = sim.act.album({ by: 'negar', count: 4, caption: 'ببینید' });
    sim.deliveries.flush();
    await idle();
    const keys = new Set(events.map(({ eventKey }) => eventKey));
    expect(keys).toEqual(new Set(ids.map((id) => `message:${id}`)));
    expect(events.length).toBeGreaterThan(keys.size);
  });

  it('a reaction, its removal, an edit and a strange kind', async () => {
    await start();
    negarWrites();
    const sent = await send();
    const messageId = sent.status === 'sent' ? sent.externalId : '';
    sim.act.react({ by: 'negar', messageId, emoji: '❤️' });
    sim.act.react({ by: 'negar', messageId });
    sim.act.edit({ by: 'negar' });
    sim.act.strange({ by: 'negar' });
    await idle();
    expect(of('reaction')).toMatchObject([
      { externalId: messageId, action: 'add', emoji: '❤️' },
      { externalId: messageId, action: 'remove' },
    ]);
    expect(of('message').slice(1)).toMatchObject([
      { subtype: 'placeholder', meta: { notice: 'edited' } },
      { subtype: 'placeholder', meta: { notice: 'unavailable' } },
    ]);
  });

  it('a new number and a new user id lead to the same person', async () => {
    await start();
    sim.act.changeNumber({ by: 'negar', phone: '971501119999', userId: 'AE.77120098123400055501' });
    sim.act.changeUserId({ by: 'ava', userId: 'US.6BcD' });
    await idle();
    expect(events).toMatchObject([
      { type: 'identity', formerExternalId: NEGAR_ID, person: { externalId: 'AE.77120098123400055501' } },
      { type: 'identity', formerExternalId: NEGAR, person: { externalId: '971501119999' } },
      { type: 'identity', formerExternalId: 'US.5AbC', person: { externalId: 'US.6BcD' } },
    ]);
  });

  it('a colleague in the phone app is shown as ours, with corrections', async () => {
    await start();
    const { id } = sim.act.answerFromPhone({ by: 'negar', text: 'رسید؟' });
    sim.act.editFromPhone({ messageId: id, text: 'به دستتان رسید؟' });
    sim.act.revokeFromPhone({ messageId: id });
    await idle();
    expect(events).toMatchObject([
      { type: 'message', direction: 'out', externalId: id, text: 'رسید؟', contact: { externalId: NEGAR } },
      { type: 'edit', externalId: id, text: 'به دستتان رسید؟', direction: 'out' },
      { type: 'delete', externalId: id, by: 'account' },
    ]);
  });
});

describe('sending', () => {
  it('statuses name our message and move it on', async () => {
    await start();
    negarWrites();
    const outcome = await send();
    await idle();
    sim.act.read({ by: 'negar' });
    await idle();
    expect(outcome).toEqual({ status: 'sent', externalId: sim.effects.all[0]?.id });
    expect(sim.effects.all).toMatchObject([{ text: message().text, target: NEGAR_ID, metadata: 'outbox:01JD0001' }]);
    expect(of('receipt').map((event) => (event.type === 'receipt' ? event.status : ''))).toEqual([
      'sent',
      'delivered',
      'read',
    ]);
    expect(of('receipt')).toMatchObject(
      Array.from({ length: 3 }, () => ({
        externalIds: [sim.effects.all[0]?.id],
        outboundMessageId: '01JD0001',
        threadKey: `dm:${NEGAR_ID}`,
      })),
    );
  });

  it('a status may be here before the send has returned', async () => {
    await start({ statuses: 'before' });
    negarWrites();
    await idle();
    await send();
    expect(of('receipt')).toMatchObject([{ status: 'sent', outboundMessageId: '01JD0001' }, { status: 'delivered' }]);
  });

  it('reaches a phone number, and a person who hides it', async () => {
    await start();
    negarWrites();
    sim.act.dm({ by: 'ava', text: 'hi' });
    expect(await send({ recipientExternalId: NEGAR })).toMatchObject({ status: 'sent' });
    expect(await send({ recipientExternalId: 'US.5AbC' })).toMatchObject({ status: 'sent' });
    expect(sim.effects.all.map(({ target }) => target)).toEqual([NEGAR_ID, 'US.5AbC']);
  });

  it('quotes what it answers', async () => {
    await start();
    const { id } = negarWrites();
    expect(await send({ replyToExternalId: id })).toMatchObject({ status: 'sent' });
    expect(sim.world.message(sim.effects.all[0]?.id ?? '').message.quotes).toBe(id);
  });

  it('uploads our bytes, or names the address', async () => {
    await start();
    negarWrites();
    const bytes = Buffer.from([0, 255, 13, 10, 0x80]);
    const pdf = { kind: 'file', url: 'https://files.example/x', name: 'فاکتور ۱۲.pdf', mimeType: 'application/pdf' };
    expect(await send({ attachments: [{ ...pdf, read: () => Promise.resolve(bytes) }] })).toMatchObject({
      status: 'sent',
    });
    const picture = { kind: 'image', url: 'https://files.example/p.png', mimeType: 'image/png' };
    expect(await send({ text: '', attachments: [picture] })).toMatchObject({ status: 'sent' });
    expect([...sim.world.media.values()]).toMatchObject([{ bytes, mimeType: 'application/pdf' }]);
    expect(sim.effects.all.map(({ text }) => text)).toEqual([
      `(document فاکتور ۱۲.pdf 5) ${message().text}`,
      '(image https://files.example/p.png)',
    ]);
  });

  it('a file that cannot be read or brought is tried again, and nothing was sent', async () => {
    await start();
    negarWrites();
    const file = { kind: 'image', url: 'x', mimeType: 'image/png' };
    const lost = { ...file, read: () => Promise.reject(new Error('gone')) };
    expect(await send({ attachments: [lost] })).toMatchObject({ status: 'retry', code: 'file_unread' });
    sim.faults.add({ path: '/media$', when: 'after', answer: 'reset', times: 1 });
    const here = { ...file, read: () => Promise.resolve(Buffer.from('x')) };
    expect(await send({ attachments: [here] })).toMatchObject({ status: 'retry' });
    sim.faults.clear();
    sim.faults.add({ path: '/media$', when: 'after', answer: 503, times: 1 });
    expect(await send({ attachments: [here] })).toMatchObject({ status: 'retry' });
    sim.faults.clear();
    sim.faults.add({ path: '/media$', when: 'before', answer: { error: 'token_expired' }, times: 1 });
    expect(await send({ attachments: [here] })).toMatchObject({ status: 'reconnect' });
    expect(sim.effects.all).toEqual([]);
  });

  it('after a day a text fails by status, a template gets through', async () => {
    await start();
    negarWrites();
    sim.world.advance(25 * 3_600_000);
    expect(await send()).toMatchObject({ status: 'sent' });
    await idle();
    expect(of('receipt')).toMatchObject([{ status: 'failed', error: { code: 'window_closed' } }]);
    const template = { name: 'order_followup_fa', language: 'fa', values: ['۱۲۰۴۵', 'نگار', 'فردا'] };
    expect(await send({ text: '', template })).toMatchObject({ status: 'sent' });
    expect(sim.effects.all).toMatchObject([{ text: 'سفارش ۱۲۰۴۵\nنگار عزیز، بستهٔ شما فردا می‌رسد.' }]);
  });

  it('a template is asked for once in ten minutes; one that is paused or unknown is refused', async () => {
    await start();
    const template = { name: 'order_followup_fa', language: 'fa', values: ['1', '2', '3'] };
    await send({ text: '', template });
    await send({ text: '', template });
    const asked = () => sim.calls.filter(({ path }) => path.endsWith('message_templates')).length;
    expect(asked()).toBe(1);
    now += 600_001;
    await send({ text: '', template });
    expect(asked()).toBe(2);
    expect(await send({ text: '', template: { ...template, values: ['1'] } })).toMatchObject({
      code: 'template_refused',
    });
    const refusedOnes = [
      { name: 'spring_sale', language: 'en_US', values: [] },
      { name: 'nothing', language: 'fa', values: [] },
    ];
    for (const one of refusedOnes)
      expect(await send({ text: '', template: one })).toMatchObject({ code: 'template_refused', fix: 'admin' });
  });

  it('a person who blocked the number is undeliverable, and a later word wins', async () => {
    await start();
    negarWrites();
    sim.act.block({ by: 'negar', blocked: true });
    expect(await send()).toMatchObject({ status: 'sent' });
    await idle();
    expect(of('receipt')).toMatchObject([{ status: 'failed', error: { code: 'undeliverable' } }]);
  });

  it('the pair’s allowance: 45 ahead of time, then one in six seconds', async () => {
    await start({ delivery: { hold: true } });
    sim.world.stopClock();
    negarWrites();
    const outcomes = [];
    for (let sent = 0; sent < 47; sent++) outcomes.push((await send()).status);
    expect(outcomes.filter((status) => status === 'sent').length).toBe(45);
    expect(outcomes.at(-1)).toBe('retry');
    sim.world.advance(12_000);
    expect(await send()).toMatchObject({ status: 'sent' });
  });
});

describe('failures of a send', () => {
  it.each<[string, FaultRule<NamedError>['answer'], FaultRule['when'], object]>([
    ['a cut connection', 'reset', 'after', { status: 'unknown' }],
    ['a bare 503', 503, 'before', { status: 'unknown' }],
    ['an unknown error of a sent message', { error: 'unknown' }, 'after', { status: 'unknown' }],
    ['out of order', { error: 'temporary' }, 'before', { status: 'retry', code: 'unavailable' }],
    ['the pair’s rate', { error: 'pair_rate_limit' }, 'before', { status: 'retry', code: 'pair_rate_limited' }],
    ['the throughput', { error: 'throughput' }, 'before', { status: 'retry', scope: 'channel', afterMs: 10_000 }],
    ['too many reports', { error: 'spam_rate' }, 'before', { status: 'retry', scope: 'channel', afterMs: 10_800_000 }],
    ['an ended token', { error: 'token_expired' }, 'before', { status: 'reconnect', code: 'token_invalid' }],
    ['a locked account', { error: 'account_locked' }, 'before', { status: 'reconnect', code: 'account_restricted' }],
    ['no permission', { error: 'permission' }, 'before', { status: 'failed', fix: 'admin' }],
    [
      'a closed window',
      { error: 'window_closed' },
      'before',
      { status: 'failed', code: 'window_closed', fix: 'agent' },
    ],
  ])('%s', async (_, answer, when, outcome) => {
    await start();
    negarWrites();
    sim.faults.add({ path: '/messages$', when, answer });
    expect(await send()).toMatchObject(outcome);
    expect(sim.effects.all).toHaveLength(when === 'after' ? 1 : 0);
  });

  it('a send in doubt that went out is told by a status that names it', async () => {
    await start();
    negarWrites();
    sim.faults.add({ path: '/messages$', when: 'after', answer: 'reset' });
    expect(await send()).toMatchObject({ status: 'unknown' });
    expect(await connector.lookup()).toMatchObject({ status: 'cannot_tell' });
    await idle();
    expect(of('receipt')[0]).toMatchObject({ externalIds: [sim.effects.all[0]?.id], outboundMessageId: '01JD0001' });
  });

  it('no answer in time is doubt', async () => {
    await start();
    negarWrites();
    sim.faults.add({ path: '/messages$', when: 'after', answer: 'hang' });
    expect(await send({}, { timeoutMs: 300 })).toMatchObject({ status: 'unknown' });
  });

  it('a file WhatsApp cannot take is tried twice more, then it is the file', async () => {
    await start();
    negarWrites();
    const attachments = [{ kind: 'image', url: 'https://files.example/p.png', mimeType: 'image/png' }];
    sim.faults.add({ path: '/messages$', when: 'before', answer: { error: 'upload_failed' }, times: 2 });
    expect(await send({ attachments })).toMatchObject({ status: 'sent' });
    sim.faults.clear();
    sim.faults.add({ path: '/messages$', when: 'before', answer: { error: 'upload_failed' } });
    expect(await send({ attachments })).toMatchObject({ status: 'failed', code: 'attachment_refused' });
    expect(sim.effects.all).toHaveLength(1);
  });

  it('the account’s allowance waits for as long as the header says', async () => {
    await start();
    const usage = { [SEED.wabaId]: [{ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: 7 }] };
    sim.headers = { 'x-business-use-case-usage': JSON.stringify(usage) };
    sim.faults.add({ path: '/messages$', when: 'before', answer: { error: 'management_rate' } });
    sim.headers['x-business-use-case-usage'] = JSON.stringify(usage);
    expect(await send()).toMatchObject({ status: 'retry', scope: 'channel', afterMs: 420_000 });
  });

  it('calls that have used up their time are not begun', async () => {
    await start();
    const client = new GraphClient(channel().settings, CREDENTIALS, 500);
    expect(await client.call({ method: 'GET', path: [SEED.numberId] })).toMatchObject({
      kind: 'no_answer',
      reached: false,
    });
    expect(sim.calls).toEqual([]);
  });

  it('an unreachable server, or an address that is none, has done nothing', async () => {
    await start();
    const closed = await startWhatsapp();
    await closed.close();
    expect(await send({}, { apiBaseUrl: closed.url })).toMatchObject({ status: 'retry' });
    expect(await send({}, { apiBaseUrl: 'nonsense' })).toMatchObject({ status: 'retry' });
  });

  it('a wrong app secret is refused', async () => {
    await start();
    negarWrites();
    expect(await send({}, {}, { appSecret: 'wrong' })).toMatchObject({ status: 'failed', code: 'bad_request' });
  });
});

describe('an outage', () => {
  it('loses nothing and brings nothing twice: WhatsApp delivers again', async () => {
    await start({ delivery: { batchSize: 2, maxAttempts: 500 } });
    answering = 503;
    const ids = ['یک', 'دو', 'سه'].map((text) => negarWrites(text).id);
    sim.deliveries.flush();
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (!sim.deliveries.records.some(({ attempts }) => attempts.length >= 2)) return;
        clearInterval(look);
        resolve();
      }, 5);
    });
    expect(events).toEqual([]);
    answering = 200;
    await idle();
    const first = events.map(({ eventKey }) => eventKey);
    expect(first.toSorted()).toEqual(ids.map((id) => `message:${id}`).toSorted());
    sim.deliveries.redeliver();
    await idle();
    expect(new Set(events.map(({ eventKey }) => eventKey))).toEqual(new Set(first));
  });

  it('the history of the phone app repeats what the webhook brought, under the same keys', async () => {
    await start();
    negarWrites('پیش از همه');
    sim.act.answerFromPhone({ by: 'negar', text: 'سلام' });
    await idle();
    const live = events.map(({ eventKey }) => eventKey);
    events = [];
    sim.act.shareHistory({ by: 'negar' });
    await idle();
    expect(events.map(({ eventKey }) => eventKey)).toEqual(live);
    expect(events.every((event) => event.type === 'message' && event.opensWork === false)).toBe(true);
  });

  it('the number has nothing to pull', () => expect(connector).not.toHaveProperty('pull'));
});

describe('files of customers', () => {
  const bytes = Buffer.from([1, 2, 3, 0, 255]);
  const wanted = async () => {
    sim.act.file({ by: 'negar', kind: 'image', bytes: bytes.toString('base64') });
    await idle();
    const [event] = of('message');
    const attachment = event?.type === 'message' ? event.attachments[0] : undefined;
    return { kind: 'image', meta: attachment?.meta, messageExternalId: 'm' };
  };
  const locate = async (settings: object = {}, credentials: object = {}) =>
    connector.media(channel(settings), await wanted(), { ...CREDENTIALS, ...credentials });

  it('open with the token, and are what the webhook said', async () => {
    await start();
    const source = await locate();
    if (source.status !== 'found') throw new Error(JSON.stringify(source));
    const response = await fetch(source.url, { headers: source.headers });
    const got = Buffer.from(await response.arrayBuffer());
    expect(got).toEqual(bytes);
    expect(source).toMatchObject({ sha256: createHash('sha256').update(bytes).digest('hex'), mimeType: 'image/jpeg' });
    expect(source.hosts).toEqual(['.fbsbx.com', '.fbcdn.net', '.whatsapp.net', '127.0.0.1']);
    expect((await fetch(source.url)).status).toBe(401);
  });

  it('are told apart: gone, not yet, not allowed', async () => {
    await start();
    const asked = await wanted();
    sim.world.media.clear();
    const ask = (over: object = {}) => connector.media(channel(), { ...asked, ...over }, CREDENTIALS);
    expect(await ask()).toMatchObject({ status: 'absent' });
    expect(await ask({ meta: {} })).toMatchObject({ status: 'absent' });
    sim.faults.add({ when: 'before', answer: 503, times: 1 });
    expect(await ask()).toMatchObject({ status: 'retry' });
    sim.faults.add({ when: 'before', answer: { error: 'management_rate' }, times: 1 });
    expect(await ask()).toMatchObject({ status: 'retry', afterMs: 60_000 });
    sim.faults.add({ when: 'before', answer: { error: 'token_expired' }, times: 1 });
    expect(await ask()).toMatchObject({ status: 'refused' });
  });
});

describe('liking', () => {
  const act = (action: 'like' | 'unlike', messageExternalId: string, authorExternalId: string | undefined = NEGAR) =>
    connector.moderate(channel(), action, { messageExternalId, authorExternalId, threadKind: 'dm' }, CREDENTIALS);

  it('a reaction the person sees once, however often, and taken back; its statuses are no receipts', async () => {
    await start();
    const { id } = negarWrites();
    expect(await act('like', id)).toEqual({ status: 'sent', externalId: id });
    expect(await act('like', id, NEGAR_ID)).toMatchObject({ status: 'sent' });
    expect(sim.world.message(id).message.reaction).toBe('👍');
    expect(await act('unlike', id)).toMatchObject({ status: 'sent' });
    expect(sim.world.message(id).message.reaction).toBeUndefined();
    expect(sim.effects.all.map(({ kind, metadata }) => [kind, metadata])).toEqual([
      ['like', '👍'],
      ['like', '👍'],
      ['unlike', ''],
    ]);
    await idle();
    expect(of('receipt')).toEqual([]);
    expect(of('ignored')).toHaveLength(3);
  });

  it('what fails afterwards is not there: too late, or no such message', async () => {
    await start();
    const { id } = negarWrites();
    expect(await act('like', 'wamid.gone')).toMatchObject({ status: 'sent' });
    sim.world.advance(86_400_001);
    expect(await act('like', id)).toMatchObject({ status: 'sent' });
    expect(await act('unlike', id)).toMatchObject({ status: 'sent' });
    await idle();
    expect(of('reaction')).toMatchObject([
      { externalId: 'wamid.gone', actorExternalId: SEED.numberId, action: 'remove' },
      { externalId: id, actorExternalId: SEED.numberId, action: 'remove' },
    ]);
    expect(of('reaction').map(({ occurredAt }) => occurredAt)).toEqual([undefined, undefined]);
    expect(sim.effects.all).toEqual([]);
  });

  it('refusals are told, and doubt is answered by doing it again', async () => {
    await start();
    const { id } = negarWrites();
    expect(await act('like', id, 'nobody')).toMatchObject({ status: 'failed', code: 'recipient_not_found' });
    for (const [error, outcome] of [
      ['window_closed', { status: 'failed', code: 'window_closed', fix: 'agent' }],
      ['pair_rate_limit', { status: 'retry', code: 'pair_rate_limited' }],
      ['token_expired', { status: 'reconnect' }],
      ['unknown', { status: 'retry' }],
    ] as const) {
      sim.faults.add({ path: 'messages', when: 'before', answer: { error }, times: 1 });
      expect(await act('like', id)).toMatchObject(outcome);
    }
    sim.faults.add({ path: 'messages', when: 'after', answer: 'reset', times: 1 });
    expect(await act('like', id)).toMatchObject({ status: 'retry' });
    expect(await act('like', id)).toMatchObject({ status: 'sent' });
  });

  it('the record says when, and how it looks', () => {
    const { dm } = connector.capabilities('whatsapp', { likeEmoji: '🙏' });
    expect(dm).toMatchObject({
      moderationInWindow: ['like', 'unlike', 'block'],
      likedAs: { reaction: '🙏', emoji: '🙏' },
    });
  });
});

describe('blocking', () => {
  const act = (action: 'block' | 'unblock' | 'hide', authorExternalId: string | undefined = NEGAR_ID) =>
    connector.moderate(channel(), action, { messageExternalId: 'm1', authorExternalId, threadKind: 'dm' }, CREDENTIALS);

  it('stops the person’s messages and ours, until unblocked; twice changes nothing', async () => {
    await start();
    negarWrites();
    await idle();
    expect(await act('block')).toEqual({ status: 'sent', externalId: 'm1' });
    expect(await act('block')).toMatchObject({ status: 'sent' });
    negarWrites('نمی‌رسد');
    await idle();
    expect(of('message')).toHaveLength(1);
    expect(await send()).toMatchObject({ status: 'failed', code: 'blocked_by_us' });
    expect(await act('unblock', NEGAR)).toMatchObject({ status: 'sent' });
    expect(await send()).toMatchObject({ status: 'sent' });
  });

  it('only who wrote within a day, only persons, only these actions', async () => {
    await start();
    expect(await act('block')).toMatchObject({ status: 'failed', code: 'whatsapp_139103' });
    expect(await act('block', 'group:1')).toMatchObject({ status: 'failed', code: 'capability_missing' });
    expect(await act('hide')).toMatchObject({ status: 'failed', code: 'capability_missing' });
  });

  it('doubt is answered by doing it again', async () => {
    await start();
    negarWrites();
    sim.faults.add({ path: 'block_users', when: 'after', answer: 'reset', times: 1 });
    expect(await act('block')).toMatchObject({ status: 'retry' });
    expect(await act('block')).toMatchObject({ status: 'sent' });
  });
});

describe('health', () => {
  const health = (over: object = {}, url: string | null = webhookUrl, settings: object = {}) =>
    connector.health(channel(settings), { ...CREDENTIALS, ...over }, url);
  const states = async (report: ReturnType<typeof health>) =>
    Object.fromEntries((await report).checks.map(({ name, state }) => [name, state]));
  const problem = async (name: string, report: ReturnType<typeof health> = health()) =>
    (await report).checks.find((check) => check.name === name && check.state === 'problem');

  it('all is well', async () => {
    await start();
    expect(await states(health())).toEqual({
      token: 'ok',
      scopes: 'ok',
      account: 'ok',
      sending: 'ok',
      subscription: 'ok',
      webhook: 'ok',
    });
  });

  it('without appId and account id it says what it cannot know', async () => {
    await start();
    expect(await states(health({ appId: '' }, null, { wabaId: '' }))).toEqual({
      token: 'ok',
      account: 'ok',
      sending: 'ok',
      subscription: 'unknown',
      webhook: 'unknown',
    });
  });

  it('an ended or revoked token, missing permissions, and when it will end', async () => {
    await start();
    const token = sim.world.tokens.get(SEED.token);
    if (!token) throw new Error('The token is not there.');
    token.scopes = ['whatsapp_business_messaging'];
    token.expiresAt = Math.floor(now / 1000) + 86_400;
    const report = await health();
    expect(report).toMatchObject({
      missingScopes: ['whatsapp_business_management'],
      tokenExpiresAt: new Date(token.expiresAt * 1000).toISOString(),
    });
    expect(report.checks.find(({ name }) => name === 'scopes')).toMatchObject({ state: 'problem', serious: true });
    token.valid = false;
    expect(await problem('token')).toMatchObject({ serious: true });
    expect(await problem('token', health({ appId: '' }))).toMatchObject({ serious: true });
  });

  it.each<[string, object, string, object]>([
    [
      'poor ratings',
      { quality: 'RED' },
      'account',
      { message: { en: expect.stringContaining('quality RED') as string } },
    ],
    ['a banned number', { status: 'BANNED' }, 'account', { serious: true }],
    ['a number out of the network', { status: 'OFFLINE' }, 'account', { serious: true }],
    ['not registered', { status: 'PENDING' }, 'account', { fix: { en: expect.stringContaining('PIN') as string } }],
    ['nothing may be sent', { canSend: 'BLOCKED' }, 'sending', { serious: true }],
    [
      'less may be sent',
      { canSend: 'LIMITED' },
      'sending',
      { message: { en: expect.stringContaining('PHONE_NUMBER') as string } },
    ],
  ])('%s', async (_, over, name, expected) => {
    await start();
    Object.assign(sim.world.number(), over);
    expect(await problem(name)).toMatchObject(expected);
  });

  it('a state this version does not know raises no alarm', async () => {
    await start();
    sim.world.number().status = 'HIBERNATING';
    expect(await states(health())).toMatchObject({ account: 'unknown' });
  });

  it('a number that is gone', async () => {
    await start();
    sim.world.numbers.clear();
    expect(await problem('account')).toMatchObject({ serious: true });
  });

  it('a field Graph does not know any more is not the end of the question', async () => {
    await start();
    sim.world.unknownFields.add('health_status');
    expect(await states(health())).toEqual({
      token: 'ok',
      scopes: 'ok',
      account: 'ok',
      subscription: 'ok',
      webhook: 'ok',
    });
  });

  it('trouble on the way is no verdict', async () => {
    await start();
    sim.faults.add({ when: 'before', answer: 503 });
    const { checks } = await health();
    expect(checks.map(({ state }) => state)).toEqual(checks.map(() => 'unknown'));
  });
});

describe('subscription', () => {
  const subscribe = (settings: object = {}) => connector.subscribe(channel(settings), CREDENTIALS, webhookUrl);
  const problems = async (report: ReturnType<typeof subscribe>) =>
    (await report).checks.filter(({ state }) => state === 'problem');

  it('dropped: health says so, setting up repairs it, and messages flow again', async () => {
    await start();
    sim.world.waba(SEED.wabaId).subscribed = false;
    negarWrites('گم شد');
    await idle();
    expect(events).toEqual([]);
    const before = await connector.health(channel(), CREDENTIALS, webhookUrl);
    expect(before.checks.find(({ name }) => name === 'subscription')).toMatchObject({ state: 'problem' });
    expect(await problems(subscribe())).toEqual([]);
    negarWrites('رسید');
    await idle();
    expect(events).toMatchObject([{ text: 'رسید' }]);
  });

  it('an app without a webhook gets ours, after the handshake', async () => {
    await start();
    sim.world.webhook = null;
    expect(await problems(subscribe())).toEqual([]);
    expect(sim.world.webhook).toMatchObject({ url: webhookUrl, verifyToken: SEED.verifyToken });
    expect(sim.world.webhook).toHaveProperty('fields', expect.arrayContaining(['messages', 'smb_message_echoes']));
  });

  it('an app whose webhook misses fields keeps its own and gets the missing ones', async () => {
    await start();
    sim.world.webhook = { url: webhookUrl, fields: ['calls'], verifyToken: 'x' };
    expect(await problems(subscribe())).toEqual([]);
    expect(sim.world.webhook.fields).toEqual(expect.arrayContaining(['calls', 'messages']));
  });

  it('another program’s webhook stays; this account is led here', async () => {
    await start();
    sim.world.webhook = { url: 'https://other.example/hook', fields: ['messages'], verifyToken: 'x' };
    expect(await problems(subscribe())).toEqual([]);
    expect(sim.world.webhook.url).toBe('https://other.example/hook');
    expect(sim.world.waba(SEED.wabaId).override).toBe(webhookUrl);
  });

  it('the app’s webhook may be this channel’s own address, or the one of all channels', async () => {
    await start();
    const webhook = async (url: string) => {
      const { checks } = await connector.health(channel(), CREDENTIALS, url);
      return checks.find(({ name }) => name === 'webhook')?.state;
    };
    expect(await webhook(`${webhookUrl}/0192-id`)).toBe('ok');
    expect(await webhook(`${webhookUrl}/a/b`)).toBe('problem');
    expect(await webhook(webhookUrl.replace('/webhooks', '/elsewhere'))).toBe('problem');
  });

  it('unless the channel says not to', async () => {
    await start();
    sim.world.webhook = { url: 'https://other.example/hook', fields: ['messages'], verifyToken: 'x' };
    expect(await problems(subscribe({ overrideWebhook: false }))).toMatchObject([
      { name: 'webhook', message: { en: expect.stringContaining('other.example') as string } },
    ]);
    expect(sim.world.waba(SEED.wabaId).override).toBeNull();
  });

  it('registers a number that is not, with the PIN', async () => {
    await start();
    sim.world.number().status = 'PENDING';
    expect(await problems(subscribe())).toEqual([]);
    expect(sim.world.number().status).toBe('CONNECTED');
  });

  it('tells what did not work', async () => {
    await start();
    sim.world.webhook = null;
    answering = 403;
    callback.removeAllListeners('request');
    callback.on('request', (_request, response) => response.writeHead(403).end());
    expect(await problems(subscribe())).toMatchObject([{ name: 'webhook' }, { name: 'webhook' }]);
  });

  it('ends only with the account’s last number', async () => {
    await start();
    const second = { ...sim.world.number(), id: SEED.secondNumberId };
    sim.world.numbers.set(second.id, second);
    await connector.unsubscribe(channel(), CREDENTIALS);
    expect(sim.world.waba(SEED.wabaId).subscribed).toBe(true);
    sim.world.numbers.delete(second.id);
    await connector.unsubscribe(channel(), CREDENTIALS);
    expect(sim.world.waba(SEED.wabaId).subscribed).toBe(false);
  });
});

describe('tokens', () => {
  const refresh = (over: object, until = new Date(now + 7 * 86_400_000)) =>
    connector.refresh(channel(), { ...CREDENTIALS, ...over }, until);
  const inDays = (days: number) => new Date(now + days * 86_400_000).toISOString();

  it('one without an end, or with a far one, needs nothing', async () => {
    await start();
    expect(await refresh({})).toEqual({ status: 'not_needed' });
    expect(await refresh({ accessTokenExpiresAt: inDays(30) })).toEqual({ status: 'not_needed' });
    expect(sim.calls).toEqual([]);
  });

  it('one that ends soon is exchanged, and the new one works', async () => {
    await start();
    negarWrites();
    const outcome = await refresh({ accessTokenExpiresAt: inDays(2) });
    if (outcome.status !== 'refreshed') throw new Error(JSON.stringify(outcome));
    expect(outcome.expiresAt).toBe(inDays(60));
    expect(outcome.credentials).toMatchObject({ accessTokenExpiresAt: inDays(60) });
    const old = sim.world.tokens.get(SEED.token);
    if (old) old.valid = false;
    expect(await send()).toMatchObject({ status: 'reconnect' });
    expect(await send({}, {}, outcome.credentials)).toMatchObject({ status: 'sent' });
  });

  it('one that is refused asks for reconnecting; trouble on the way asks again', async () => {
    await start();
    const ends = { accessTokenExpiresAt: inDays(2) };
    sim.faults.add({ path: 'access_token', when: 'before', answer: 503, times: 1 });
    expect(await refresh(ends)).toMatchObject({ status: 'retry' });
    expect(await refresh({ ...ends, accessToken: 'other' })).toMatchObject({ status: 'reconnect' });
  });

  it('without appId it holds until it has ended', async () => {
    await start();
    expect(await refresh({ appId: '', accessTokenExpiresAt: inDays(1) })).toEqual({ status: 'not_needed' });
    expect(await refresh({ appId: '', accessTokenExpiresAt: inDays(-1) })).toMatchObject({ status: 'reconnect' });
  });
});

describe('connecting by consent', () => {
  const app = () => ({ clientId: SEED.appId, clientSecret: SEED.appSecret, apiBaseUrl: sim.url });

  it('lists the numbers the grant opens, ready to be connected', async () => {
    await start();
    const expiresAt = '2027-01-01T00:00:00.000Z';
    expect(await whatsappAccounts(app(), { accessToken: SEED.token, expiresAt })).toEqual({
      status: 'found',
      accounts: [
        {
          kind: 'whatsapp',
          externalId: SEED.numberId,
          name: 'سیب‌سرخ',
          handle: '97145550188',
          credentials: {
            accessToken: SEED.token,
            appSecret: SEED.appSecret,
            appId: SEED.appId,
            accessTokenExpiresAt: expiresAt,
          },
          settings: { wabaId: SEED.wabaId },
          missingScopes: [],
        },
      ],
    });
  });

  it('through the businesses where the grant names no account; says what is missing', async () => {
    await start();
    const token = sim.world.tokens.get(SEED.token);
    if (!token) throw new Error('The token is not there.');
    token.scopes = ['whatsapp_business_messaging'];
    sim.world.number().status = 'BANNED';
    expect(await whatsappAccounts(app(), { accessToken: SEED.token })).toMatchObject({
      status: 'found',
      accounts: [
        { missingScopes: ['whatsapp_business_management'], problem: expect.stringContaining('banned') as string },
      ],
    });
    expect(sim.calls.map(({ path }) => path)).toContain('/me/businesses');
  });

  it('an unknown token is refused', async () => {
    await start();
    expect(await whatsappAccounts(app(), { accessToken: 'nobody' })).toMatchObject({ status: 'refused' });
    expect(await whatsappAccounts({ ...app(), clientSecret: 'x' }, { accessToken: SEED.token })).toMatchObject({
      status: 'refused',
    });
  });
});

describe('templates', () => {
  it('lists the approved ones with their blanks, over pages', async () => {
    await start();
    const waba = sim.world.waba(SEED.wabaId);
    for (let n = 0; n < 150; n++)
      waba.templates.push({
        name: `t${n}`,
        language: 'fa',
        category: 'UTILITY',
        status: 'APPROVED',
        components: [{ type: 'BODY', text: 'سلام {{1}}' }],
      });
    const found = await listTemplates(channel(), CREDENTIALS);
    if (found.status !== 'found') throw new Error(found.reason);
    expect(found.templates).toHaveLength(151);
    expect(found.templates[0]).toEqual({
      name: 'order_followup_fa',
      language: 'fa',
      category: 'UTILITY',
      header: 'سفارش {{1}}',
      body: '{{1}} عزیز، بستهٔ شما {{2}} می‌رسد.',
      buttons: [],
      blanks: [
        { in: 'header', name: '1', named: false },
        { in: 'body', name: '1', named: false },
        { in: 'body', name: '2', named: false },
      ],
    });
  });

  it('says what to do where they cannot be listed', async () => {
    await start();
    expect(await listTemplates(channel({ wabaId: '' }), CREDENTIALS)).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('wabaId') as string,
    });
    sim.faults.add({ when: 'before', answer: { error: 'management_rate' }, times: 1 });
    expect(await listTemplates(channel(), CREDENTIALS)).toMatchObject({ status: 'retry', afterMs: 60_000 });
  });

  it('a review is kept and named', async () => {
    await start();
    sim.act.reviewTemplate({ name: 'order_followup_fa', event: 'PAUSED' });
    await idle();
    expect(events).toMatchObject([
      { type: 'unsupported', kind: 'message_template_status_update.PAUSED', accountId: SEED.wabaId },
    ]);
  });
});

it('another process may drive it, and people can look', async () => {
  await start();
  const control = (path: string, body: object = {}) =>
    fetch(`${sim.url}/__sim/${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect((await control('act/dm', { by: 'negar', text: '<b>سلام</b>' })).status).toBe(200);
  expect((await control('act/dm', { by: 'nobody', text: 'x' })).status).toBe(400);
  expect((await control('nothing')).status).toBe(404);
  await control('idle');
  expect(events).toMatchObject([{ text: '<b>سلام</b>' }]);
  expect(await (await fetch(sim.url)).text()).toContain('&lt;b&gt;سلام&lt;/b&gt;');
});
