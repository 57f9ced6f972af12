import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import type { ConnectedChannel } from '../../../src/channels/channel';
import type { RawRequest } from '../../../src/channels/door';
import type { OutboundMessage } from '../../../src/channels/sending';
import type { InboundEvent } from '../../../src/inbox/conversations/inbound-event';
import { MetaConnector } from '../../../src/channels/connectors/meta/meta.connector';
import { type FaultRule } from './faults';
import { SEED } from './seed';
import { type MetaOptions, type MetaSimulator, startMeta } from './server';

const NEGAR_PSID = '8123440097715526';
const CREDENTIALS = { accessToken: SEED.pageToken, appSecret: SEED.appSecret };

let sim: MetaSimulator;
let callback: Server;
let refused: number;
let events: InboundEvent[];
let connector: MetaConnector;
let now: number;

const on = (messageExternalId: string) => ({ messageExternalId, threadKind: 'comment' as const });

/** The webhook route in small: verify, parse, collect. */
function receive(request: RawRequest): number {
  if (!connector.door().verify(request, SEED.appSecret)) {
    refused += 1;
    return 401;
  }
  events.push(...connector.parse(JSON.parse(request.body.toString('utf8'))));
  return 200;
}

async function start(options: MetaOptions = {}): Promise<void> {
  const { port } = callback.address() as AddressInfo;
  const callbackUrl = `http://127.0.0.1:${port}/webhooks/meta`;
  sim = await startMeta({
    requireProof: true,
    ...options,
    delivery: { callbackUrl, maxAttempts: 1, ...options.delivery },
  });
}

beforeEach(async () => {
  refused = 0;
  events = [];
  now = 1_795_164_122_000;
  connector = new MetaConnector(() => now);
  callback = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      response.writeHead(receive({ method, url, headers, body: Buffer.concat(chunks) })).end();
    });
  });
  await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await sim.close();
  callback.closeAllConnections();
  await new Promise<void>((resolve) => callback.close(() => resolve()));
});

function channel(kind: 'facebook' | 'instagram', settings: object = {}): ConnectedChannel {
  const externalId = kind === 'facebook' ? SEED.pageId : SEED.instagramId;
  return {
    id: kind,
    workspaceId: 'harbour',
    kind,
    externalId,
    settings: { apiBaseUrl: sim.url, ...settings },
  };
}

function message(over: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    id: '01JD0001',
    threadKind: 'dm',
    visibility: 'private',
    text: 'سفارش شما فردا می‌رسد 🚚',
    attachments: [],
    recipientExternalId: NEGAR_PSID,
    window: 'standard',
    author: 'agent',
    ...over,
  };
}

const send = (kind: 'facebook' | 'instagram', over: Partial<OutboundMessage> = {}) =>
  connector.send(channel(kind), message(over), CREDENTIALS);

const look = (kind: 'facebook' | 'instagram', over: Partial<OutboundMessage> = {}, sentAfter = new Date()) =>
  connector.lookup(channel(kind), message(over), sentAfter, CREDENTIALS);

/** Negar has written on both networks, so the windows are open. */
function negarWrites(): void {
  sim.act.directMessage({ accountId: SEED.pageId, person: 'negar', text: 'سلام' });
  sim.act.directMessage({ accountId: SEED.instagramId, person: 'negar', text: 'سلام' });
}

function comments(kind: 'facebook' | 'instagram') {
  const postId = kind === 'facebook' ? SEED.pagePostId : SEED.mediaId;
  const top = sim.act.comment({ postId, person: 'negar', text: 'قیمت؟' }).id;
  const under = sim.act.comment({ postId, person: 'amir', text: 'me too', parentId: top }).id;
  const reply = {
    threadKind: 'comment',
    visibility: 'public',
    replyToExternalId: under,
    replyToParentExternalId: top,
    postExternalId: postId,
    recipientExternalId: sim.world.scopedId(kind === 'facebook' ? SEED.pageId : SEED.instagramId, 'amir'),
  } as const;
  return { top, under, reply };
}

describe('sending', () => {
  it('a Messenger reply comes back as an echo that names our message', async () => {
    await start();
    negarWrites();
    const outcome = await send('facebook');
    await sim.deliveries.idle();
    const echo = events.find((event) => event.type === 'message' && event.direction === 'out');
    expect(outcome).toMatchObject({ status: 'sent', recipientExternalId: NEGAR_PSID });
    expect(echo).toMatchObject({
      outboundMessageId: '01JD0001',
      externalId: sim.effects.all[0]?.id,
      threadKey: `dm:${NEGAR_PSID}`,
    });
    expect(outcome).toHaveProperty('externalId', sim.effects.all[0]?.id);
    expect(refused).toBe(0);
  });

  it('the echo is readable before the send has returned', async () => {
    await start({ echo: 'before' });
    negarWrites();
    await sim.deliveries.idle();
    await send('facebook');
    expect(events.at(-1)).toMatchObject({ direction: 'out', outboundMessageId: '01JD0001' });
  });

  it.each(['facebook', 'instagram'] as const)(
    'a public reply to a reply on %s hangs under the first comment',
    async (kind) => {
      await start();
      const { top, reply } = comments(kind);
      expect(await send(kind, reply)).toMatchObject({ status: 'sent', externalId: expect.any(String) as string });
      await sim.deliveries.idle();
      expect(sim.effects.all).toMatchObject([{ kind: 'public_reply', target: top }]);
      expect(events.at(-1)).toMatchObject({ type: 'message', direction: 'out', parentExternalId: top });
    },
  );

  it.each(['facebook', 'instagram'] as const)(
    'a private reply on %s works once and tells the person’s id',
    async (kind) => {
      await start();
      const { reply } = comments(kind);
      const privately = { ...reply, visibility: 'private' } as const;
      const recipientExternalId = sim.world.scopedId(kind === 'facebook' ? SEED.pageId : SEED.instagramId, 'amir');
      expect(await send(kind, privately)).toMatchObject({ status: 'sent', recipientExternalId });
      expect(await send(kind, privately)).toMatchObject({ status: 'failed', code: 'private_reply_used' });
      expect(sim.effects.all).toHaveLength(1);
    },
  );

  it('a mention under somebody else’s media is answered through the mentions edge', async () => {
    await start();
    const mention = { threadKind: 'comment', visibility: 'public', replyToExternalId: 'mention:m9:c9' } as const;
    expect(await send('instagram', mention)).toMatchObject({ status: 'sent' });
    expect(sim.effects.all).toMatchObject([{ kind: 'public_reply', target: 'c9' }]);
  });

  it('after a day only a human gets through', async () => {
    await start();
    negarWrites();
    sim.world.setClock(sim.world.now() + 25 * 3_600_000);
    expect(await send('facebook')).toMatchObject({ status: 'failed', code: 'window_closed' });
    expect(await send('facebook', { window: 'human_window' })).toMatchObject({ status: 'sent' });
    expect(await send('facebook', { window: 'human_window', author: 'bot' })).toMatchObject({ status: 'failed' });
    expect(sim.effects.all).toHaveLength(1);
  });

  it('a wrong app secret is refused by Meta, a wrong token asks for reconnecting', async () => {
    await start();
    negarWrites();
    const as = (credentials: Record<string, string>) => connector.send(channel('facebook'), message(), credentials);
    expect(await as({ ...CREDENTIALS, appSecret: 'wrong' })).toMatchObject({ status: 'failed', code: 'bad_request' });
    expect(await as({ ...CREDENTIALS, accessToken: 'wrong' })).toMatchObject({ status: 'reconnect' });
  });

  it('a nearly used allowance holds the channel back until Meta’s time is over', async () => {
    await start();
    negarWrites();
    sim.usage = { percent: 96, regainMinutes: 10 };
    expect(await send('facebook')).toMatchObject({ status: 'sent' });
    expect(await send('facebook')).toMatchObject({ status: 'retry', afterMs: 600_000 });
    expect(sim.calls).toHaveLength(1);
    sim.usage = { percent: 1, regainMinutes: 0 };
    now += 600_000;
    expect(await send('facebook')).toMatchObject({ status: 'sent' });
  });

  it('a used-up allowance is retried when Meta says so', async () => {
    await start();
    sim.usage = { percent: 100, regainMinutes: 7 };
    expect(await send('facebook')).toMatchObject({ status: 'retry', code: 'rate_limited', afterMs: 420_000 });
  });
});

describe('failures', () => {
  it.each<[string, FaultRule['answer'], FaultRule['when'], string]>([
    ['a cut connection', 'reset', 'after', 'unknown'],
    ['a bare 503', 503, 'before', 'unknown'],
    ['a transient error for a sent message', { error: 'transient' }, 'after', 'unknown'],
    ['a rate limit', { error: 'rate_limited' }, 'before', 'retry'],
    ['an expired token', { error: 'token_expired' }, 'before', 'reconnect'],
    ['a changed password', { error: 'token_password_changed' }, 'before', 'reconnect'],
    ['a policy block', { error: 'policy_block' }, 'before', 'retry'],
    ['a person who left', { error: 'user_unavailable' }, 'before', 'failed'],
    ['a comment that is gone', { error: 'object_gone' }, 'before', 'failed'],
  ])('%s', async (_, answer, when, status) => {
    await start();
    negarWrites();
    sim.faults.add({ path: '/messages$', when, answer });
    expect(await send('facebook')).toMatchObject({ status });
    expect(sim.effects.all).toHaveLength(when === 'after' ? 1 : 0);
  });

  it.each(['before', 'after'] as const)('no answer in time, %s it took effect', async (when) => {
    await start();
    negarWrites();
    sim.faults.add({ path: '/messages$', when, answer: 'hang' });
    const outcome = await connector.send(channel('facebook', { timeoutMs: 500 }), message(), CREDENTIALS);
    expect(outcome).toEqual({ status: 'unknown', reason: `${new URL(sim.url).host} did not answer in time.` });
    expect(sim.effects.all).toHaveLength(when === 'after' ? 1 : 0);
  });

  it('a base address that is none is told, not thrown', async () => {
    await start();
    const lost = channel('facebook', { apiBaseUrl: 'nonsense' });
    expect(await connector.send(lost, message(), CREDENTIALS)).toMatchObject({ status: 'retry' });
  });

  it('an unreachable server has done nothing', async () => {
    await start();
    const closed = await startMeta();
    await closed.close();
    const nowhere = channel('facebook', { apiBaseUrl: closed.url });
    const outcome = await connector.send(nowhere, message(), CREDENTIALS);
    expect(outcome).toMatchObject({
      status: 'retry',
      reason: `${new URL(closed.url).host} cannot be reached (ECONNREFUSED).`,
    });
  });
});

describe('looking for a message in doubt', () => {
  const cases = [
    ['a Messenger reply', 'facebook', () => (negarWrites(), {})],
    [
      'an Instagram reply',
      'instagram',
      () => (negarWrites(), { recipientExternalId: sim.world.scopedId(SEED.instagramId, 'negar') }),
    ],
    ['a Page comment', 'facebook', () => comments('facebook').reply],
    ['an Instagram comment', 'instagram', () => comments('instagram').reply],
    [
      'a private reply on a Page',
      'facebook',
      () => ({ ...comments('facebook').reply, visibility: 'private' as const }),
    ],
    [
      'a private reply on Instagram',
      'instagram',
      () => ({ ...comments('instagram').reply, visibility: 'private' as const }),
    ],
  ] as const;

  it.each(cases)('%s that went out is found', async (_, kind, prepare) => {
    await start();
    const over: Partial<OutboundMessage> = prepare();
    sim.faults.add({ method: 'POST', when: 'after', answer: 'reset' });
    const before = new Date();
    expect(await send(kind, over)).toMatchObject({ status: 'unknown' });
    expect(await look(kind, over, before)).toEqual({ status: 'found', externalIds: [sim.effects.all[0]?.id] });
  });

  it.each(cases)('%s that did not is absent', async (_, kind, prepare) => {
    await start();
    const over: Partial<OutboundMessage> = prepare();
    sim.faults.add({ method: 'POST', when: 'before', answer: 503 });
    expect(await send(kind, over)).toMatchObject({ status: 'unknown' });
    expect(await look(kind, over)).toEqual({ status: 'absent' });
  });

  it('the same words said earlier are not taken for it', async () => {
    await start();
    negarWrites();
    await send('facebook');
    expect(await look('facebook', {}, new Date(Date.now() + 60_000))).toEqual({ status: 'absent' });
  });

  it('a customer’s same words are not taken for it', async () => {
    await start();
    const { top, reply } = comments('facebook');
    sim.act.comment({ postId: SEED.pagePostId, person: 'amir', text: message().text, parentId: top });
    expect(await look('facebook', reply)).toEqual({ status: 'absent' });
  });

  it('many newer comments do not hide it', async () => {
    await start({ delivery: { hold: true } });
    const { top, reply } = comments('facebook');
    const before = new Date();
    await send('facebook', reply);
    for (let n = 0; n < 150; n++)
      sim.act.comment({ postId: SEED.pagePostId, person: 'amir', text: `${n}`, parentId: top });
    expect(await look('facebook', reply, before)).toMatchObject({ status: 'found' });
  });

  it('when Meta refuses to read it back, nothing is claimed', async () => {
    await start();
    negarWrites();
    sim.faults.add({ method: 'GET', when: 'before', answer: { error: 'transient' } });
    expect(await look('facebook')).toMatchObject({ status: 'cannot_tell' });
  });
});

describe('moderation', () => {
  it.each(['facebook', 'instagram'] as const)('hides, shows, likes and deletes on %s', async (kind) => {
    await start();
    const { under } = comments(kind);
    for (const action of ['hide', 'unhide', 'like', 'delete'] as const) {
      expect(await connector.moderate(channel(kind), action, on(under), CREDENTIALS)).toEqual({
        status: 'sent',
        externalId: under,
      });
    }
    expect(sim.effects.all.map((effect) => effect.kind)).toEqual(['hide', 'unhide', 'like', 'delete']);
  });

  it('a comment deleted already counts as deleted; hiding it does not', async () => {
    await start();
    const { under } = comments('facebook');
    sim.act.removeComment({ commentId: under });
    const act = (action: 'delete' | 'hide') => connector.moderate(channel('facebook'), action, on(under), CREDENTIALS);
    expect(await act('delete')).toMatchObject({ status: 'sent' });
    expect(await act('hide')).toMatchObject({ status: 'failed', code: 'object_gone' });
  });

  it('doubt is answered by doing it again', async () => {
    await start();
    const { under } = comments('facebook');
    sim.faults.add({ method: 'POST', times: 1, when: 'after', answer: 'reset' });
    const hide = () => connector.moderate(channel('facebook'), 'hide', on(under), CREDENTIALS);
    expect(await hide()).toMatchObject({ status: 'retry' });
    expect(await hide()).toMatchObject({ status: 'sent' });
    expect(sim.world.comments.get(under)?.hidden).toBe(true);
  });
});

describe.each([
  ['facebook', '👍'],
  ['instagram', '❤'],
] as const)('reactions to a message on %s', (kind, sign) => {
  const written = () => {
    const accountId = kind === 'facebook' ? SEED.pageId : SEED.instagramId;
    const { id } = sim.act.directMessage({ accountId, person: 'negar', text: 'ممنون!' });
    return { id, person: sim.world.scopedId(accountId, 'negar') };
  };
  const act = (action: 'like' | 'unlike' | 'hide', messageExternalId: string, authorExternalId?: string) =>
    connector.moderate(channel(kind), action, { messageExternalId, authorExternalId, threadKind: 'dm' }, CREDENTIALS);

  it('are seen once however often, are taken back, and are not echoed', async () => {
    await start();
    const { id, person } = written();
    for (const action of ['like', 'like'] as const)
      expect(await act(action, id, person)).toEqual({ status: 'sent', externalId: id });
    expect(sim.world.messages.get(id)!.reactions.get('account')).toBe(sign);
    expect(connector.capabilities(kind).dm?.likedAs?.emoji).toBe(sign);
    expect(await act('unlike', id, person)).toMatchObject({ status: 'sent' });
    expect(sim.world.messages.get(id)!.reactions.has('account')).toBe(false);
    await sim.deliveries.idle();
    expect(events.map(({ type }) => type)).toEqual(['message']);
  });

  it('what is refused is told: too late, gone, blocked, not there', async () => {
    await start();
    const { id, person } = written();
    expect(await act('like', 'm_nothing', person)).toMatchObject({ status: 'failed', code: 'message_not_found' });
    expect(await act('hide', id, person)).toMatchObject({ status: 'failed', code: 'capability_missing' });
    expect(await act('like', id)).toMatchObject({ status: 'failed', code: 'capability_missing' });
    sim.world.setClock(sim.world.now() + 86_400_001);
    expect(await act('like', id, person)).toMatchObject({ status: 'failed', code: 'window_closed' });
    expect(sim.world.messages.get(id)!.reactions.size).toBe(0);
  });
});

it('understands everything the simulator can say, in order and once per key', async () => {
  await start({ delivery: { concurrency: 1 } });
  const { top, reply } = comments('facebook');
  sim.act.editComment({ commentId: top, text: 'قیمت چند؟' });
  sim.act.hideComment({ commentId: top, hidden: true });
  sim.act.hideComment({ commentId: top, hidden: false });
  sim.act.reactToComment({ commentId: top, person: 'parisa', reaction: 'care' });
  sim.act.postOnPage({ accountId: SEED.pageId, person: 'parisa', text: 'عالی' });
  sim.act.mention({ accountId: SEED.instagramId, mediaId: '1', commentId: '2' });
  const { id } = sim.act.directMessage({ accountId: SEED.pageId, person: 'negar', text: 'hi' });
  sim.act.directMessage({ accountId: SEED.instagramId, person: 'negar', storyId: '5', text: 'nice' });
  sim.act.directMessage({ accountId: SEED.pageId, person: 'amir', text: 'elsewhere', standby: true });
  sim.act.editMessage({ messageId: id, text: 'hello' });
  sim.act.reactToMessage({ messageId: id, emoji: '❤️' });
  sim.act.reactToMessage({ messageId: id });
  sim.act.postback({ accountId: SEED.pageId, person: 'negar', title: 'شروع', payload: 'GO' });
  sim.act.replyFromOtherTool({ accountId: SEED.pageId, person: 'negar', text: 'from the Page inbox' });
  sim.act.readMessages({ accountId: SEED.pageId, person: 'negar' });
  sim.act.deliverMessages({ accountId: SEED.pageId, person: 'negar' });
  sim.act.unsendMessage({ messageId: id });
  sim.act.removeComment({ commentId: reply.replyToExternalId });
  await sim.deliveries.idle();
  expect(refused).toBe(0);
  const told = `message message edit visibility visibility reaction message message message message
    message edit reaction reaction message message receipt receipt delete delete`;
  expect(events.map((event) => event.type)).toEqual(told.split(/\s+/));
  const keys = events.map((event) => `${event.accountId} ${event.eventKey}`);
  sim.deliveries.redeliver();
  await sim.deliveries.idle();
  const again = events.slice(keys.length).map((event) => `${event.accountId} ${event.eventKey}`);
  expect(again).toEqual(keys);
  expect(new Set(keys).size).toBe(keys.length);
});
