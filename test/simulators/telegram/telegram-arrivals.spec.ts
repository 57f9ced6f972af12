import type { HealthReport } from '../../../src/channels/health';
import { flavourOf } from '../../../src/channels/connectors/telegram/telegram.flavours';
import type { InboundEvent } from '../../../src/inbox/conversations/inbound-event';
import { SEED } from './seed';
import type { TelegramOptions } from './server';
import { eventually, nobodysUrl, SpecApp, states } from './spec-app';

const NEGAR = String(SEED.negarId);
let app: SpecApp;

async function start(options: TelegramOptions = {}): Promise<HealthReport> {
  app = await SpecApp.start(options);
  return app.subscribe();
}
afterEach(() => app.close());

const problem = (report: HealthReport, name: string) => report.checks.find((check) => check.name === name);

/** Everything people can do, in one morning. */
function morning(): void {
  const { act } = app.sim;
  act.start({ by: 'negar', payload: 'site_widget_7f3a' });
  const asked = act.dm({ by: 'negar', text: 'سلام 👋 سفارش من ۱۲۰۴۵ کِی می‌رسد؟' });
  act.edit({ ...asked, text: 'سفارش ۱۲۰۴۶' });
  act.album({ by: 'negar', caption: 'دو عکس', count: 2 });
  act.document({ by: 'negar', name: 'a.txt', text: 'a' });
  act.voice({ by: 'negar', seconds: 7 });
  act.sticker({ by: 'negar', emoji: '😂' });
  act.location({ by: 'negar', latitude: 35.7, longitude: 51.3 });
  act.contact({ by: 'negar', phone: '989121112233' });
  act.dice({ by: 'negar' });
  act.press({ by: 'negar', ...asked, title: 'کارشناس', data: 'faq:agent' });
  act.react({ by: 'negar', ...asked, emoji: '❤' });
  act.react({ by: 'negar', ...asked });
  act.block({ by: 'negar' });
  act.unblock({ by: 'negar' });
  const post = act.channelPost({ text: 'یلدا 🍉' });
  act.editChannelPost({ ...post, text: 'یلدا تا ۳۰ آذر 🍉' });
  const comment = act.comment({ by: 'amir', text: 'ارسال به کرج؟', copy: post.copy! });
  act.comment({ by: 'negar', text: 'منم', copy: post.copy!, replyTo: comment.messageId });
  act.groupMessage({ by: 'parisa', text: 'سلام به همه' });
  act.migrate({ in: 'group' });
  act.botStanding({ by: 'owner', in: 'group', standing: 'member' });
  const private_ = act.businessMessage({ by: 'amir', text: 'hi', connection: SEED.connection });
  act.ownerAnswers({ to: 'amir', text: 'soon', connection: SEED.connection });
  act.deleteBusinessMessages({ by: 'amir', messageIds: [private_.messageId], connection: SEED.connection });
}

const kindsOf = (events: readonly InboundEvent[]) => events.map(({ type }) => type).join(' ');

describe('by webhook', () => {
  it('understands everything people can do, signed, once per key', async () => {
    await start();
    morning();
    await app.sim.updates.idle();
    expect(app.refused).toBe(0);
    expect(app.sim.updates.pendingCount).toBe(0);
    // Chats go in parallel; within one the order holds.
    const private_ = app.events.filter(({ threadKey }) => threadKey === `dm:${NEGAR}`);
    expect(kindsOf(private_)).toBe(`message message edit ${'message '.repeat(9)}reaction reaction identity identity`);
    const rest = app.events.filter(({ threadKey }) => threadKey !== `dm:${NEGAR}`);
    expect(kindsOf(rest).split(' ').toSorted().join(' ')).toBe(
      `delete ignored ${'message '.repeat(5)}post post post post post post`,
    );
    // The comment brings along the copy that came before; the group's move is told from both sides.
    expect(app.keys.length - new Set(app.keys).size).toBe(2);
  });

  it('says the same keys again when everything is delivered again', async () => {
    await start();
    morning();
    await app.sim.updates.idle();
    const keys = new Set(app.keys);
    await app.sim.updates.redeliver();
    expect(new Set(app.keys)).toEqual(keys);
  });

  it('repeated and shuffled deliveries bring the same, each chat in its order', async () => {
    await start({ updates: { hold: true, copies: 2, shuffle: true } });
    morning();
    const said = app.sim.updates.log.length;
    app.sim.updates.settings.hold = false;
    app.sim.updates.go();
    await app.sim.updates.idle();
    expect(app.sim.updates.log).toHaveLength(said);
    const private_ = app.events.filter(({ threadKey }) => threadKey === `dm:${NEGAR}`);
    const once = private_.filter(({ eventKey }, at) => private_.findIndex((e) => e.eventKey === eventKey) === at);
    expect(kindsOf(once)).toBe(`message message edit ${'message '.repeat(9)}reaction reaction identity identity`);
  });

  it('a question in a supergroup, our answer and what is said to it are one thread', async () => {
    await start();
    app.sim.act.migrate({ in: 'group' });
    const asked = app.sim.act.groupMessage({ by: 'negar', text: 'موجود است؟' });
    const sent = await app.send({
      threadKind: 'comment',
      visibility: 'public',
      replyToExternalId: `${asked.chatId}:${asked.messageId}`,
      postExternalId: String(asked.chatId),
    });
    const answer = Number(/\d+$/.exec(sent.status === 'sent' ? sent.externalId : '')?.[0]);
    app.sim.act.groupMessage({ by: 'negar', text: 'ممنون', replyTo: answer });
    await app.sim.updates.idle();
    const [question, thanks] = app.events.filter(({ type }) => type === 'message');
    expect(question?.threadAliases).toEqual([thanks?.threadKey]);
    expect(thanks).toMatchObject({ text: 'ممنون', replyToExternalId: `${asked.chatId}:${answer}` });
  });

  it('another secret is refused, and the chat waits', async () => {
    await start();
    app.credentials = { ...app.credentials, appSecret: 'rotated_here_but_not_there_00000' };
    app.sim.act.dm({ by: 'negar', text: 'سلام' });
    await app.sim.updates.idle();
    expect([app.refused, app.events]).toEqual([1, []]);
    await app.subscribe();
    await app.sim.updates.idle();
    expect(app.events).toMatchObject([{ type: 'message', text: 'سلام' }]);
  });

  it('an outage loses nothing: the network repeats, the next message waits behind', async () => {
    await start({ updates: { retryBaseMs: 5 } });
    app.down = true;
    app.sim.act.dm({ by: 'negar', text: 'یک' });
    app.sim.act.dm({ by: 'negar', text: 'دو' });
    await app.sim.updates.idle();
    const report = await app.health();
    expect(problem(report, 'rate')).toMatchObject({ state: 'problem' });
    expect(problem(report, 'rate')?.message.en).toContain('503');
    app.down = false;
    await eventually(() => app.sim.updates.pendingCount === 0);
    expect(app.events).toMatchObject([{ text: 'یک' }, { text: 'دو' }]);
    expect(problem(await app.health(), 'rate')).toMatchObject({ state: 'ok' });
  });
});

describe('by asking', () => {
  const poll = async (cursor: unknown) => {
    const outcome = await app.pull(cursor);
    const events = app.read(outcome);
    return { events, cursor: outcome.status === 'pulled' ? outcome.cursor : undefined };
  };

  beforeEach(async () => {
    app = await SpecApp.start();
    app.settings = { mode: 'poll', pollTimeoutSeconds: 1 };
    app.sim.updates.allowed = flavourOf('telegram').allowedUpdates; // as an earlier question for news asked
  });

  it('is planned only in that mode', () => {
    expect(app.connector.pulls(app.channel)).toEqual({ pollMs: 0 });
    app.settings = {};
    expect(app.connector.pulls(app.channel)).toBeNull();
  });

  it('brings the same keys as the webhook, so that changing over loses and doubles nothing', async () => {
    app.settings = {};
    await app.subscribe();
    app.sim.act.dm({ by: 'negar', text: 'پیش از قطعی' });
    await app.sim.updates.idle();
    app.down = true;
    morning();
    await app.sim.updates.idle();
    const during = app.sim.updates.log.slice(1).map(({ body }) => body);
    app.settings = { mode: 'poll', pollTimeoutSeconds: 1 };
    expect(states(await app.subscribe())).toMatchObject({ token: 'ok', webhook: 'ok' });
    const { events } = await poll(null);
    const byWebhook = during.flatMap((body) => app.connector.parse(body, { channel: app.channel }));
    expect(events.map(({ eventKey }) => eventKey)).toEqual(byWebhook.map(({ eventKey }) => eventKey));
    expect(events).toEqual(byWebhook);
  });

  it('a step that was not kept brings the same again; the next one confirms', async () => {
    app.sim.act.dm({ by: 'negar', text: 'یک' });
    const first = await poll(null);
    expect(first.events).toMatchObject([{ text: 'یک' }]);
    expect((await poll(null)).events).toEqual(first.events);
    app.sim.act.dm({ by: 'negar', text: 'دو' });
    const second = await poll(first.cursor);
    expect(second.events).toMatchObject([{ text: 'دو' }]);
    expect(app.sim.updates.pendingCount).toBe(1);
  });

  it('waits for news and is woken by it', async () => {
    const waiting = poll(null);
    app.sim.act.dm({ by: 'negar', text: 'سلام' });
    expect((await waiting).events).toMatchObject([{ text: 'سلام' }]);
  });

  it('nothing new keeps the place', async () => {
    app.sim.act.dm({ by: 'negar', text: 'سلام' });
    const { cursor } = await poll(null);
    expect(await poll(cursor)).toEqual({ events: [], cursor });
  });

  it('a hundred at once leave more behind', async () => {
    for (let n = 0; n < 130; n++) app.sim.act.dm({ by: 'negar', text: String(n) });
    const first = await app.pull(null);
    expect(first).toMatchObject({ status: 'pulled', more: true });
    const second = await app.pull(first.status === 'pulled' ? first.cursor : null);
    expect(second).toMatchObject({ more: false });
    expect(app.read(second)).toHaveLength(30);
  });

  it('after a silent week the numbers start anew, and are still seen', async () => {
    app.sim.act.dm({ by: 'negar', text: 'پیش' });
    const { cursor } = await poll(null);
    await poll(cursor);
    app.sim.world.advance(8 * 86_400_000);
    app.sim.updates.jumpTo(17);
    app.sim.act.dm({ by: 'negar', text: 'پس' });
    const after = await poll(cursor);
    expect(after.events).toMatchObject([{ text: 'پس' }]);
    expect(after.cursor).toMatchObject({ offset: 18 });
  });

  it('the process can stop in the middle of a wait', async () => {
    app.settings = { mode: 'poll', pollTimeoutSeconds: 50 };
    const stop = new AbortController();
    const waiting = app.pull(null, stop.signal);
    stop.abort();
    expect(await waiting).toMatchObject({ status: 'retry' });
  });

  it('a webhook or another program in the way is told with what to do', async () => {
    app.settings = {};
    await app.subscribe();
    app.settings = { mode: 'poll', pollTimeoutSeconds: 1 };
    expect(await app.pull(null)).toMatchObject({ status: 'refused', code: 'webhook_set' });
    expect(problem(await app.health(), 'webhook')).toMatchObject({ state: 'problem' });
    await app.subscribe();
    const first = app.pull(null);
    await eventually(() => app.sim.calls.filter(({ method }) => method === 'getUpdates').length === 2);
    const second = app.pull(null);
    expect(await first).toMatchObject({ status: 'refused', code: 'polled_elsewhere' });
    expect(await second).toMatchObject({ status: 'pulled' });
  });

  it.each([
    ['a limit', { code: 429, description: 'Too Many Requests: retry after 7', parameters: { retry_after: 7 } }, 7000],
    ['an error of the server', { code: 502, description: 'Bad Gateway' }, 5000],
  ])('%s is waited out', async (_, error, afterMs) => {
    app.sim.faults.add({ when: 'before', answer: { error } });
    expect(await app.pull(null)).toMatchObject({ status: 'retry', afterMs });
  });
});

describe('how it stands', () => {
  it('a fresh subscription is whole, with everything we read', async () => {
    expect(states(await start())).toEqual({
      token: 'ok',
      account: 'ok',
      webhook: 'ok',
      subscription: 'ok',
      rate: 'ok',
    });
    expect(app.sim.updates.webhook).toMatchObject({ secret: SEED.secret, maxConnections: 40 });
  });

  it('a dropped webhook is noticed and repaired; what waited comes', async () => {
    await start();
    app.sim.updates.setWebhook(null);
    app.sim.act.dm({ by: 'negar', text: 'سلام' });
    expect(problem(await app.health(), 'webhook')).toMatchObject({
      state: 'problem',
      fix: { en: 'Repair the channel to set it.' },
    });
    expect(states(await app.subscribe())['webhook']).toBe('ok');
    await app.sim.updates.idle();
    expect(app.events).toMatchObject([{ text: 'سلام' }]);
  });

  it('a webhook of somebody else is noticed, and its address is not shown', async () => {
    await start();
    app.sim.updates.webhook = { ...app.sim.updates.webhook!, url: 'https://other.example/hook/with-secret' };
    const found = problem(await app.health(), 'webhook');
    expect(found).toMatchObject({
      state: 'problem',
      message: { en: 'The webhook points elsewhere, to other.example.' },
    });
  });

  it('kinds that are not delivered are named', async () => {
    await start();
    app.sim.updates.webhook = { ...app.sim.updates.webhook!, allowed: ['message'] };
    expect(problem(await app.health(), 'subscription')?.message.en).toContain('message_reaction');
    expect(states(await app.subscribe())['subscription']).toBe('ok');
  });

  it('a token of another bot is a serious problem', async () => {
    await start();
    const channel = { ...app.channel, externalId: '1' };
    const report = await app.connector.health(channel, app.credentials, app.webhookUrl);
    expect(problem(report, 'account')).toMatchObject({ state: 'problem', serious: true });
  });

  it('the way there is told apart from the token', async () => {
    await start();
    app.settings = { apiBaseUrl: await nobodysUrl() };
    expect((await app.health()).checks).toMatchObject([{ name: 'token', state: 'unknown' }]);
  });

  it('many waiting updates are a problem', async () => {
    await start({ updates: { hold: true } });
    for (let n = 0; n < 51; n++) app.sim.act.dm({ by: 'negar', text: String(n) });
    expect(problem(await app.health(), 'rate')).toMatchObject({ state: 'problem' });
  });

  it('an address the network would not call is refused before it is set', async () => {
    await start();
    const channel = { ...app.channel, settings: {} };
    const report = await app.connector.subscribe(channel, app.credentials, app.webhookUrl);
    expect(report.checks).toMatchObject([{ name: 'webhook', state: 'problem', serious: true }]);
    const { checks } = await app.connector.subscribe(
      app.channel,
      { ...app.credentials, appSecret: 'no spaces' },
      app.webhookUrl,
    );
    expect(checks).toMatchObject([{ name: 'webhook', state: 'problem', serious: true }]);
  });

  it('a refusal to subscribe is told beside how it stands', async () => {
    await start();
    const error = { code: 429, description: 'Too Many Requests: retry after 1', parameters: { retry_after: 1 } };
    app.sim.faults.add({ path: '^setWebhook$', when: 'before', answer: { error } });
    expect(states(await app.subscribe())).toMatchObject({ webhook: 'ok', subscription: 'problem' });
  });

  it('without a public address there is nothing to set', async () => {
    await start();
    const report = await app.connector.subscribe(app.channel, app.credentials, null);
    expect(problem(report, 'webhook')).toMatchObject({ state: 'problem' });
  });

  it('disconnecting takes the webhook away', async () => {
    await start();
    await app.connector.unsubscribe(app.channel, app.credentials);
    expect(app.sim.updates.webhook).toBeNull();
  });
});

describe('Bale', () => {
  const SECRET = 'bale_path_secret_0123456789abcdef0123456789abcdef';

  beforeEach(async () => {
    app = await SpecApp.start({ flavour: 'bale' });
    app.credentials = { ...app.credentials, appSecret: SECRET };
  });

  it('is called at an address whose end is the secret, and at no other', async () => {
    expect(states(await app.subscribe())).toMatchObject({ token: 'ok', webhook: 'ok', subscription: 'ok' });
    expect(app.sim.updates.webhook).toMatchObject({ url: `${app.webhookUrl}/${SECRET}`, secret: null });
    app.sim.act.start({ by: 'negar' });
    await app.sim.updates.idle();
    expect(app.events).toMatchObject([{ type: 'message', threadKey: `dm:${NEGAR}`, accountId: String(SEED.botId) }]);
    const status = await fetch(app.webhookUrl, { method: 'POST', body: '{}' }).then((response) => response.status);
    expect([status, app.refused]).toEqual([401, 1]);
  });

  it('answers with a quote, uploads, edits and deletes', async () => {
    const { messageId } = app.sim.act.dm({ by: 'negar', text: 'سلام' });
    const read = () => Promise.resolve(Buffer.from('bytes'));
    await app.send({ replyToExternalId: `${NEGAR}:${messageId}` });
    const sent = await app.send({
      attachments: [{ kind: 'file', url: 'https://ours.example/1', name: 'a.pdf', read }],
    });
    expect(app.sim.effects.all).toMatchObject([
      { replyTo: messageId },
      { files: [{ type: 'document', name: 'a.pdf' }] },
    ]);
    const target = { messageExternalId: sent.status === 'sent' ? sent.externalId : '', threadKind: 'dm' as const };
    const moderate = (action: 'delete' | 'like') =>
      app.connector.moderate(app.channel, action, target, app.credentials);
    expect(await moderate('delete')).toMatchObject({ status: 'sent' });
    expect(await moderate('like')).toMatchObject({ status: 'failed', code: 'capability_missing' });
  });

  it('a refused token holds the channel although the answer is a 400', async () => {
    app.sim.tokenValid = false;
    expect(await app.send()).toMatchObject({ status: 'reconnect' });
  });

  it('its own words for "too fast" pause the channel', async () => {
    const error = { code: 400, description: 'bot limit exceed' };
    app.sim.faults.add({ when: 'before', answer: { error } });
    expect(await app.send()).toMatchObject({ status: 'retry', scope: 'channel', afterMs: 2000 });
  });

  it('brings the same keys asked or called', async () => {
    await app.subscribe();
    app.down = true;
    const said = app.sim.act.dm({ by: 'negar', text: 'سلام' });
    app.sim.act.edit({ ...said, text: 'درود' });
    await app.sim.updates.idle();
    app.settings = { mode: 'poll', pollTimeoutSeconds: 1 };
    await app.subscribe();
    const events = app.read(await app.pull(null));
    expect(events).toMatchObject([
      { type: 'message', eventKey: `msg:${NEGAR}:${said.messageId}` },
      { type: 'edit', text: 'درود' },
    ]);
  });
});

it('can be driven and watched by another process', async () => {
  app = await SpecApp.start();
  const control = async (what: string, body: object = {}) => {
    const answer = await fetch(`${app.sim.url}/__sim/${what}`, { method: 'POST', body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, unknown>;
  };
  expect(await control('act/dm', { by: 'negar', text: '<سلام>' })).toMatchObject({ result: { chatId: SEED.negarId } });
  await app.send();
  expect(await control('effects')).toMatchObject({ effects: [{ kind: 'message' }], duplicates: [] });
  const page = await fetch(app.sim.url).then((response) => response.text());
  expect(page).toContain('&lt;سلام&gt;');
});
