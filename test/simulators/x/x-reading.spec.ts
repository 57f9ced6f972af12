import { keysOf, messagesIn, NOON, XHarness } from './x-harness';
import { SEED } from './world';

const x = new XHarness();
afterEach(() => x.stop());

const POLL = { mode: 'poll', overlapSeconds: 0 };
const MINUTE = 60_000;

/** A day at X: a post of ours, a reply without our name, mentions, a quote of nobody, messages both ways, an own answer. */
function aDay() {
  const ours = x.sim.act.publish({ text: 'پاییز آمد 🍁' });
  x.wait(MINUTE);
  const reply = x.sim.act.reply({ by: 'amir', to: ours.id, text: 'do you ship?' });
  const mention = x.sim.act.mention({ by: 'negar', text: 'سفارشم نرسیده' });
  x.wait(MINUTE);
  const answer = x.sim.act.publish({ text: 'پیگیری می‌کنیم', to: mention.id });
  const first = x.sim.act.dm({ by: 'negar', text: 'عکس', photo: true });
  const second = x.sim.act.dmElsewhere({ to: 'negar', text: 'دیدیم' });
  x.wait(MINUTE);
  return [
    ...[ours, reply, mention, answer].map(({ id }) => `post:${id}`),
    ...[first, second].map(({ id }) => `dm:${id}`),
  ].toSorted();
}

describe('reading', () => {
  it('finds under the same keys what the webhook brings', async () => {
    await x.start();
    const keys = aDay();
    await x.sim.deliveries.idle();
    const read = await x.pullAll('poll', { settings: POLL });
    expect(keysOf(x.events)).toEqual(keys);
    expect(keysOf(read.events)).toEqual(keys);
    const pushed = new Map(messagesIn(x.events).map((event) => [event.eventKey, event]));
    for (const event of messagesIn(read.events)) {
      const { threadKey, direction, externalId, text, post, parentExternalId, contact, attachments } = event;
      const other = pushed.get(event.eventKey)!;
      expect({ threadKey, direction, externalId, text, parentExternalId }).toEqual({
        threadKey: other.threadKey,
        direction: other.direction,
        externalId: other.externalId,
        text: other.text,
        parentExternalId: other.parentExternalId,
      });
      expect([post?.externalId, contact?.externalId, attachments.length]).toEqual([
        other.post?.externalId,
        other.contact?.externalId,
        other.attachments.length,
      ]);
    }
  });

  it('reads only what is new the next time, and counts what it cost', async () => {
    await x.start();
    aDay();
    const first = await x.pullAll('poll', { settings: POLL });
    expect(first.cost).toBeGreaterThan(0);
    const quiet = { settings: { ...POLL, readMessages: false } };
    const nothing = await x.pullAll('poll', { ...quiet, cursor: first.cursor });
    const again = await x.pullAll('poll', { ...quiet, cursor: nothing.cursor });
    for (const { events, bodies, cost } of [nothing, again]) expect([events, bodies, cost]).toEqual([[], [], 0]);
    const late = x.sim.act.mention({ by: 'amir', text: 'hello' });
    const next = await x.pullAll('poll', { settings: POLL, cursor: nothing.cursor });
    expect(keysOf(next.events)).toEqual([`post:${late.id}`]);
    // one post, and the two messages that were looked at to see that they are not new
    expect(next.cost).toBeCloseTo(0.005 + 2 * 0.01);
  });

  it('goes through pages, and stands still until the last one', async () => {
    await x.start();
    const ids = Array.from({ length: 230 }, (_, n) => x.sim.act.mention({ by: 'negar', text: `پیام ${n}` }).id);
    const settings = { ...POLL, readMessages: false, watchedPosts: 0 };
    const request = {
      reason: 'poll' as const,
      cursor: null,
      since: new Date(NOON - 1),
      signal: new AbortController().signal,
    };
    const page = await x.connector.pull(x.channel(settings), request, { accessToken: SEED.accessToken });
    expect(page).toMatchObject({ status: 'pulled', more: true, cursor: { newest: {}, round: { stage: 'mentions' } } });
    const read = await x.pullAll('poll', { settings });
    expect(keysOf(read.events)).toEqual(ids.map((id) => `post:${id}`).toSorted());
    expect(read.cursor).toMatchObject({ newest: { mentions: ids.at(-1) } });
  });

  it('a page that has gone stale begins its part again', async () => {
    await x.start();
    const { id } = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    const cursor = { newest: {}, watched: [], round: { stage: 'mentions', token: 'stale', seen: '1' } };
    const read = await x.pullAll('poll', { settings: POLL, cursor });
    expect(keysOf(read.events)).toEqual([`post:${id}`]);
  });

  it('a reply under a new post is not passed by when another post got a newer one', async () => {
    await x.start();
    const settings = { ...POLL, readMessages: false };
    const old = x.sim.act.publish({ text: 'کهنه' });
    const { cursor } = await x.pullAll('poll', { settings });
    const fresh = x.sim.act.publish({ text: 'تازه' });
    const missed = x.sim.act.reply({ by: 'amir', to: fresh.id, text: 'under the new one' });
    // the reading knew the old post only: what it reads is newer than the reply under the new one
    x.sim.act.reply({ by: 'negar', to: old.id, text: 'زیر کهنه' });
    const watched = (cursor as { watched: { id: string }[] }).watched;
    expect(watched.map(({ id }) => id)).toEqual([old.id]);
    const round = { ...(cursor as object), round: { stage: 'replies' } };
    const between = await x.pullAll('poll', { settings, cursor: round });
    const after = await x.pullAll('poll', { settings, cursor: between.cursor });
    expect(keysOf(after.events)).toContain(`post:${missed.id}`);
  });

  it('a post that X lists late is still found', async () => {
    await x.start();
    const settings = { mode: 'poll', readMessages: false };
    const late = x.sim.act.mention({ by: 'negar', text: 'دیر' });
    x.sim.world.existing(late.id).unlisted = true;
    x.wait(10_000);
    const early = x.sim.act.mention({ by: 'amir', text: 'early' });
    const first = await x.pullAll('poll', { settings });
    expect(keysOf(first.events)).toEqual([`post:${early.id}`]);
    x.sim.world.existing(late.id).unlisted = false;
    const second = await x.pullAll('poll', { settings, cursor: first.cursor });
    expect(keysOf(second.events)).toContain(`post:${late.id}`);
    expect(second.cursor).toMatchObject({ newest: { mentions: early.id } });
  });

  it('messages are read further only when all of the first page is new', async () => {
    await x.start();
    const settings = { ...POLL, watchedPosts: 0, dmFirstPage: 2 };
    const sent = Array.from({ length: 7 }, (_, n) => x.sim.act.dm({ by: 'negar', text: String(n) }).id);
    const read = await x.pullAll('poll', { settings });
    expect(keysOf(read.events)).toEqual(sent.map((id) => `dm:${id}`).toSorted());
    const calls = x.sim.calls.length;
    const next = x.sim.act.dm({ by: 'negar', text: 'one more' });
    const again = await x.pullAll('poll', { settings, cursor: read.cursor });
    expect(keysOf(again.events)).toEqual([`dm:${next.id}`]);
    expect(x.sim.calls.slice(calls).filter(({ path }) => path === '/dm_events')).toHaveLength(1);
  });

  it.each([
    ['a limited rate', () => x.sim.app.limit(/mentions/, 0, NOON + 120_000), { status: 'retry', afterMs: 120_000 }],
    ['a used-up cap', () => (x.sim.app.capped = true), { status: 'refused', code: 'usage_capped' }],
    ['a refused token', () => (x.sim.app.tokens.length = 0), { status: 'reconnect', code: 'token_invalid' }],
    ['a server failure', () => x.sim.faults.add({ when: 'before', answer: 503 }), { status: 'retry' }],
  ])('%s ends the step and keeps its place', async (_, trouble, outcome) => {
    await x.start();
    trouble();
    const read = await x.pullAll('poll', { settings: { ...POLL, watchedPosts: 0 } });
    expect(read.outcome).toMatchObject(outcome);
    expect(read.cursor).toBeNull();
  });

  it('how often, how far and for how much', async () => {
    await x.start();
    expect(x.connector.pulls(x.channel(POLL))).toEqual({
      pollMs: 300_000,
      backfillMs: 7 * 86_400_000,
      dailyBudget: { amount: 10, unit: 'USD' },
    });
    expect(x.connector.pulls(x.channel({ reconcileMinutes: 30, dailyBudgetUsd: 2 }))).toMatchObject({
      reconcileMs: 1_800_000,
      dailyBudget: { amount: 2 },
    });
  });
});

/** A day of which the webhook hears nothing. */
function outage() {
  x.sim.deliveries.settings.outage = true;
  const keys = aDay();
  x.sim.deliveries.settings.outage = false;
  return keys;
}

describe('a gap', () => {
  it('is filled by X pushing again what was missed, and overlap changes nothing', async () => {
    await x.start();
    const before = x.sim.act.mention({ by: 'negar', text: 'پیش از قطعی' });
    await x.sim.deliveries.idle();
    const keys = outage();
    expect(keysOf(x.events)).toEqual([`post:${before.id}`]);
    const read = await x.pullAll('backfill', { since: new Date(NOON - 5 * MINUTE) });
    await x.sim.deliveries.idle();
    expect([read.bodies, read.cost]).toEqual([[], 0]);
    expect(keysOf(x.events.filter(({ type }) => type !== 'ignored'))).toEqual(
      [...keys, `post:${before.id}`].toSorted(),
    );
    expect(x.events.filter(({ type }) => type === 'ignored')).toMatchObject(
      [{ eventKey: /^replay:/ }].map(() => ({
        eventKey: expect.stringMatching(/^replay:\d+:Complete$/) as string,
      })),
    );
  });

  it.each([
    [
      'X will not replay',
      () => x.sim.faults.add({ path: '^/webhooks/replay', when: 'before', answer: 403 }),
      NOON - 5 * MINUTE,
    ],
    ['the gap is older than a day', () => undefined, NOON - 30 * 3_600_000],
    ['nothing was subscribed', () => (x.sim.app.subscriptions.length = 0), NOON - 5 * MINUTE],
  ])('is read when %s, under the keys the webhook would have used', async (_, trouble, since) => {
    await x.start();
    const keys = outage();
    trouble();
    const read = await x.pullAll('backfill', { since: new Date(since) });
    expect(keysOf(read.events)).toEqual(keys);
    expect(x.events).toEqual([]);
  });

  it('shows in one reading which mention was answered', async () => {
    await x.start();
    outage();
    const { bodies } = await x.pullAll('backfill', { settings: POLL });
    const threads = bodies.map((body) => messagesIn(x.connector.parse(body, { channel: x.channel() })));
    const both = threads.find(
      (messages) =>
        messages.some(({ direction, text }) => direction === 'in' && text.includes('سفارشم')) &&
        messages.some(({ direction, text }) => direction === 'out' && text === 'پیگیری می‌کنیم'),
    );
    expect(both).toBeDefined();
  });

  it('a second gap does not go back to the first', async () => {
    await x.start();
    outage();
    const first = await x.pullAll('backfill', { settings: POLL });
    x.sim.act.mention({ by: 'negar', text: 'between the gaps, brought by the webhook' });
    x.wait(3_600_000);
    const since = new Date(NOON + 3_600_000);
    const late = x.sim.act.mention({ by: 'amir', text: 'again' });
    const second = await x.pullAll('backfill', { settings: POLL, cursor: first.cursor, since });
    expect(keysOf(second.events)).toEqual([`post:${late.id}`]);
  });
});
