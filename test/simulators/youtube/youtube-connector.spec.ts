import { createHash } from 'node:crypto';
import type { ConnectedChannel, Credentials } from '../../../src/channels/channel';
import type { PullOutcome, PullRequest } from '../../../src/channels/pulling';
import type { OutboundMessage } from '../../../src/channels/sending';
import { YouTubeConnector } from '../../../src/channels/connectors/youtube/youtube.connector';
import type { InboundEvent } from '../../../src/inbox/conversations/inbound-event';
import type { FaultRule } from '../meta/faults';
import { SEED, startYouTube, type YouTubeOptions, type YouTubeSimulator } from './server';

const CREDENTIALS: Credentials = {
  accessToken: SEED.accessToken,
  refreshToken: SEED.refreshToken,
  clientId: SEED.clientId,
  clientSecret: SEED.clientSecret,
};
const MINUTE = 60_000;

let sim: YouTubeSimulator;
let now: number;
let connector: YouTubeConnector;
let cursor: unknown;
/** Keys of all that has been told so far, as the ledger keeps them. */
let told: Set<string>;

beforeEach(() => {
  now = Date.UTC(2026, 10, 22, 12, 0, 0); // four in the morning in California
  connector = new YouTubeConnector(() => now);
  cursor = null;
  told = new Set();
});
afterEach(() => sim.close());

async function start(options: YouTubeOptions = {}): Promise<void> {
  sim = await startYouTube(options);
  sim.world.setClock(now);
  sim.tokens.set(SEED.accessToken, now + 30 * 86_400_000);
}

const channel = (settings: object = {}): ConnectedChannel => ({
  id: '1',
  workspaceId: 'harbour',
  kind: 'youtube',
  externalId: SEED.channelId,
  settings: { apiBaseUrl: sim.url, ...settings },
});

const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: '01JD0001',
  threadKind: 'comment',
  visibility: 'public',
  text: 'سفارش شما فردا می‌رسد 🚚',
  attachments: [],
  recipientExternalId: 'UCx',
  window: 'standard',
  author: 'agent',
  postExternalId: SEED.video,
  ...over,
});

const asks = (text = 'قیمت؟', by = 'negar') => sim.act.comment({ video: SEED.video, by, text }).id;
const send = (over: Partial<OutboundMessage>, credentials = CREDENTIALS) =>
  connector.send(channel(), message(over), credentials);

function pass(ms: number): void {
  now += ms;
  sim.world.setClock(now);
}

const request = (over: Partial<PullRequest> = {}): PullRequest => ({
  reason: 'poll',
  cursor,
  since: new Date(Date.UTC(2026, 10, 22, 11, 0, 0)),
  signal: new AbortController().signal,
  ...over,
});

/** Polls until there is no more; gives what is new by key, as the ledger would. */
async function poll(settings: object = {}, over: Partial<PullRequest> = {}, mostSteps = 100) {
  const fresh: InboundEvent[] = [];
  let outcome: PullOutcome;
  let steps = 0;
  do {
    // each step begins where the one before it ended
    outcome = await connector.pull(channel(settings), request({ ...over, cursor }), CREDENTIALS);
    if (outcome.status !== 'pulled') throw new Error(JSON.stringify(outcome));
    cursor = JSON.parse(JSON.stringify(outcome.cursor));
    for (const body of outcome.bodies)
      for (const event of connector.parse(JSON.parse(JSON.stringify(body)), { channel: channel() })) {
        if (told.has(event.eventKey)) continue;
        told.add(event.eventKey);
        fresh.push(event);
      }
    steps += 1;
  } while (outcome.more && steps < mostSteps);
  return { fresh, outcome, steps };
}

const next = (settings: object = {}) => {
  pass(5 * MINUTE);
  return poll(settings);
};

const idsOf = (events: readonly InboundEvent[]) =>
  events.map((event) => ('externalId' in event ? event.externalId : '')).toSorted();

describe('polling', () => {
  it('tells what is new, once', async () => {
    await start();
    const id = asks('قیمت می‌خواستم 🍎');
    const first = await poll();
    expect(first.fresh).toMatchObject([
      { type: 'message', externalId: id, text: 'قیمت می‌خواستم 🍎', direction: 'in' },
    ]);
    expect((await next()).fresh).toEqual([]);
    const second = asks('me too', 'amir');
    expect((await next()).fresh).toMatchObject([{ type: 'message', externalId: second }]);
  });

  it('finds an answer under an old thread, which no list lifts', async () => {
    await start();
    const id = asks();
    await poll();
    for (let n = 0; n < 30; n++) asks(`${n}`, 'amir');
    await next();
    const reply = sim.act.reply({ comment: id, by: 'parisa', text: 'من هم' }).id;
    expect((await next()).fresh).toMatchObject([{ type: 'message', externalId: reply, parentExternalId: id }]);
  });

  it('reads all answers where only a few come along', async () => {
    await start();
    const id = asks();
    await poll();
    for (let n = 0; n < 130; n++) sim.act.reply({ comment: id, by: 'amir', text: `${n}` });
    const { fresh } = await next();
    expect(fresh).toHaveLength(130);
    sim.act.reply({ comment: id, by: 'amir', text: 'one more' });
    expect((await next()).fresh).toMatchObject([{ text: 'one more' }]);
  });

  it('an overlooked page token does not turn in circles', async () => {
    await start({ quirks: { ignorePageToken: true } });
    const id = asks();
    for (let n = 0; n < 130; n++) sim.act.reply({ comment: id, by: 'amir', text: `${n}` });
    const { fresh } = await poll();
    expect(fresh).toHaveLength(101);
    expect(sim.calls.length).toBeLessThan(10);
  });

  it('tells edits, of comments and of answers', async () => {
    await start();
    const id = asks();
    const reply = sim.act.reply({ comment: id, by: 'amir', text: 'me too' }).id;
    await poll();
    pass(MINUTE);
    sim.act.editComment({ comment: id, text: 'قیمت چند؟' });
    sim.act.editComment({ comment: reply, text: 'me three' });
    expect((await next()).fresh).toMatchObject([
      { type: 'edit', externalId: id, text: 'قیمت چند؟' },
      { type: 'edit', externalId: reply, text: 'me three' },
    ]);
  });

  it('an edit of the top comment alone, and its words are the latest whenever they are read', async () => {
    await start();
    const id = asks();
    await poll();
    pass(MINUTE);
    sim.act.editComment({ comment: id, text: 'once' });
    pass(MINUTE);
    sim.act.editComment({ comment: id, text: 'twice' });
    expect((await next()).fresh).toMatchObject([{ type: 'edit', externalId: id, text: 'twice' }]);
  });

  it('a step that is repeated, as after a crash, tells the same again', async () => {
    await start();
    const id = asks();
    await poll();
    sim.act.setStatus({ comment: id, status: 'heldForReview' });
    sim.act.removeComment({ comment: asks('gone soon') });
    pass(5 * MINUTE);
    const keys = async () => {
      const outcome = await connector.pull(channel(), request(), CREDENTIALS);
      if (outcome.status !== 'pulled') throw new Error(outcome.status);
      return outcome.bodies
        .flatMap((body) => connector.parse(body, { channel: channel() }))
        .map((event) => event.eventKey);
    };
    const once = await keys();
    expect(once.length).toBeGreaterThan(0);
    expect(await keys()).toEqual(once);
  });

  it('our own answers come back as ours, under the comment they answer', async () => {
    await start();
    const id = asks();
    const sent = await send({ replyToExternalId: id });
    const elsewhere = sim.act.answerElsewhere({ comment: id, text: 'from YouTube itself' }).id;
    const { fresh } = await poll();
    const own = fresh.filter((event) => event.type === 'message' && event.direction === 'out');
    expect(idsOf(own)).toEqual([elsewhere, (sent as { externalId: string }).externalId].toSorted());
    expect(own).toMatchObject([{ parentExternalId: id }, { parentExternalId: id }]);
  });

  it('pages down to where it was, however few come on a page', async () => {
    await start({ quirks: { pageSize: 20 } });
    await poll();
    pass(60 * MINUTE);
    for (let n = 0; n < 250; n++) asks(`${n}`, 'amir');
    const { fresh, steps } = await poll();
    expect(fresh).toHaveLength(250);
    expect(steps).toBeGreaterThan(1);
  });

  it('what was listed once is not listed again and again', async () => {
    await start({ quirks: { pageSize: 20 } });
    for (let n = 0; n < 100; n++, pass(MINUTE)) asks(`${n}`, 'amir');
    await poll();
    asks('new');
    const before = sim.unitsUsed;
    await next();
    expect(sim.unitsUsed - before).toBeLessThanOrEqual(6);
  });

  it('the first look goes no further back than threads are watched', async () => {
    await start({ quirks: { pageSize: 20 } });
    pass(-5 * 86_400_000);
    for (let n = 0; n < 400; n++) asks(`${n}`, 'amir');
    pass(5 * 86_400_000);
    expect((await poll({ watchThreads: 50 })).fresh).toEqual([]);
    expect(sim.calls.filter(({ query }) => query.includes('order=time')).length).toBeLessThan(8);
  });

  it('a comment of the second in which the channel was connected is told: YouTube cuts the rest of it off', async () => {
    await start();
    pass(700);
    const id = asks();
    expect((await poll({}, { since: new Date(now - 100) })).fresh).toMatchObject([{ externalId: id }]);
  });

  it('a page token that no longer holds loses nothing', async () => {
    await start({ quirks: { pageSize: 20 } });
    await poll();
    pass(60 * MINUTE);
    for (let n = 0; n < 150; n++, pass(MINUTE)) asks(`${n}`, 'amir');
    expect(await poll({}, {}, 1)).toMatchObject({ outcome: { more: true } });
    sim.quirks.forgetPages = true;
    expect((await next()).outcome).toMatchObject({ more: false });
    sim.quirks.forgetPages = false;
    await next();
    expect([...told].filter((key) => key.endsWith(':add'))).toHaveLength(150);
  });

  it('what was there before us is watched, not told', async () => {
    await start();
    pass(-10 * 86_400_000);
    const old = asks('long ago');
    pass(10 * 86_400_000);
    expect((await poll()).fresh).toEqual([]);
    const reply = sim.act.reply({ comment: old, by: 'amir', text: 'still?' }).id;
    expect((await next()).fresh).toMatchObject([
      { type: 'message', externalId: reply, post: { externalId: SEED.video } },
    ]);
  });

  it('unchanged pages cost no bytes, and nothing is missed for it', async () => {
    await start();
    asks();
    await poll();
    await next();
    await next();
    expect(sim.calls.filter(({ status }) => status === 304).length).toBeGreaterThan(0);
    asks('again');
    expect((await next()).fresh).toMatchObject([{ text: 'again' }]);
  });

  it('the watched threads are bounded', async () => {
    await start();
    for (let n = 0; n < 60; n++) asks(`${n}`);
    await poll({ watchThreads: 10 });
    expect((cursor as { threads: unknown[] }).threads).toHaveLength(10);
  });

  it('cursors of any shape begin anew', async () => {
    await start();
    asks();
    for (const odd of ['x', [], { floor: 'y' }, { floor: 0, threads: [1, {}, { id: 'x' }], round: 5 }]) {
      cursor = odd;
      told.clear();
      expect((await poll()).fresh.length).toBeGreaterThan(0);
    }
  });
});

describe('what is seen no more', () => {
  it('a deleted comment is believed gone at the second look, with its answers', async () => {
    await start();
    const id = asks();
    const reply = sim.act.reply({ comment: id, by: 'amir', text: 'me too' }).id;
    await poll();
    sim.act.removeComment({ comment: id });
    expect((await next()).fresh).toEqual([]);
    expect((await next()).fresh).toMatchObject([
      { type: 'delete', externalId: id },
      { type: 'delete', externalId: reply },
    ]);
    expect((await next()).fresh).toEqual([]);
  });

  it('a comment that was unreadable once is not', async () => {
    await start();
    const id = asks();
    await poll();
    const comment = sim.world.comment(id);
    sim.world.comments.delete(id);
    await next();
    sim.world.comments.set(id, comment);
    await next();
    sim.world.comments.delete(id);
    await next();
    sim.world.comments.set(id, comment);
    expect((await next()).fresh).toEqual([]);
    expect([...told].filter((key) => key.includes('delete'))).toEqual([]);
  });

  it.each([2, 8])('one answer of %i that is deleted', async (count) => {
    await start();
    const id = asks();
    const replies = Array.from(
      { length: count },
      (_, n) => sim.act.reply({ comment: id, by: 'amir', text: `${n}` }).id,
    );
    await poll();
    await next();
    sim.act.removeComment({ comment: replies[0]! });
    const fresh = [...(await next()).fresh, ...(await next()).fresh, ...(await next()).fresh];
    expect(fresh).toMatchObject([{ type: 'delete', externalId: replies[0] }]);
  });

  it('a comment held back is hidden, not gone, and shown again when it is published', async () => {
    await start();
    const id = asks();
    await poll();
    sim.act.setStatus({ comment: id, status: 'heldForReview' });
    expect((await next()).fresh).toMatchObject([{ type: 'visibility', externalId: id, hidden: true }]);
    await next();
    sim.act.setStatus({ comment: id, status: 'published' });
    expect((await next()).fresh).toMatchObject([{ type: 'visibility', externalId: id, hidden: false }]);
    sim.act.setStatus({ comment: id, status: 'heldForReview' });
    expect((await next()).fresh).toMatchObject([{ type: 'visibility', externalId: id, hidden: true }]);
    for (let n = 0; n < 4; n++) expect((await next()).fresh).toEqual([]);
  });

  it('one that begins held is a message nobody sees; rejecting it makes it gone', async () => {
    await start();
    const id = sim.act.comment({ video: SEED.video, by: 'amir', text: 'link', status: 'heldForReview' }).id;
    expect((await poll()).fresh).toMatchObject([
      { type: 'message', externalId: id, meta: { moderationStatus: 'heldForReview' } },
      { type: 'visibility', hidden: true },
    ]);
    sim.act.setStatus({ comment: id, status: 'published' });
    expect((await next()).fresh).toMatchObject([{ type: 'visibility', externalId: id, hidden: false }]);
    const hide = { messageExternalId: id, authorExternalId: 'x', threadKind: 'comment' } as const;
    expect(await connector.moderate(channel(), 'delete', hide, CREDENTIALS)).toMatchObject({ status: 'sent' });
    await next();
    expect((await next()).fresh).toMatchObject([{ type: 'delete', externalId: id }]);
  });

  it('an answer we hide stays an answer, and comes back when it is shown', async () => {
    await start();
    const id = asks();
    const reply = sim.act.reply({ comment: id, by: 'amir', text: 'rude' }).id;
    await poll();
    const target = { messageExternalId: reply, threadKind: 'comment' } as const;
    await connector.moderate(channel(), 'hide', target, CREDENTIALS);
    const hidden = [...(await next()).fresh, ...(await next()).fresh, ...(await next()).fresh];
    expect(hidden).toMatchObject([{ type: 'visibility', externalId: reply, hidden: true }]);
    await connector.moderate(channel(), 'unhide', target, CREDENTIALS);
    expect((await next()).fresh).toMatchObject([{ type: 'visibility', externalId: reply, hidden: false }]);
  });

  it('without the lists of those held nothing is called deleted', async () => {
    await start();
    const id = asks();
    await poll({ heldLists: [] });
    sim.act.setStatus({ comment: id, status: 'heldForReview' });
    for (let n = 0; n < 4; n++) await next({ heldLists: [] });
    sim.act.setStatus({ comment: id, status: 'rejected' });
    for (let n = 0; n < 4; n++) await next({ heldLists: [] });
    expect([...told].filter((key) => key.endsWith(':delete'))).toEqual([]);
  });
});

describe('quota', () => {
  it('a day of polling stays within its share', async () => {
    await start();
    for (let n = 0; n < 70; n++) asks(`${n}`);
    let polls = 0;
    const end = now + 20 * 60 * MINUTE; // until midnight in California
    while (now < end) {
      // a poll every few minutes, as the connector asks for
      const { outcome } = await poll();
      polls += 1;
      if (polls % 10 === 0) asks('new');
      pass((outcome as { nextMs: number }).nextMs);
    }
    expect(sim.unitsUsed).toBeLessThanOrEqual(3000);
    expect(polls).toBeGreaterThan(150);
  });

  it('a used-up share rests until midnight Pacific, then goes on', async () => {
    await start();
    asks();
    await poll({ dailyQuota: 20 });
    pass(5 * MINUTE);
    const before = sim.calls.length;
    const { outcome } = await poll({ dailyQuota: 20 });
    pass(5 * MINUTE);
    await poll({ dailyQuota: 20 });
    expect(outcome).toMatchObject({ nextMs: 20 * 60 * MINUTE - 5 * MINUTE });
    pass(20 * 60 * MINUTE);
    asks('next day');
    expect((await poll({ dailyQuota: 20 })).fresh).toMatchObject([{ text: 'next day' }]);
    expect(sim.calls.length - before).toBeLessThan(15);
  });

  it('a used-up project waits until then, reading and answering', async () => {
    await start({ quota: 49 });
    const id = asks();
    expect(await send({ replyToExternalId: id })).toMatchObject({
      status: 'retry',
      code: 'quota_exceeded',
      scope: 'channel',
      afterMs: 20 * 60 * MINUTE,
    });
    sim.unitsLeft = 0;
    expect(await connector.pull(channel(), request(), CREDENTIALS)).toMatchObject({
      status: 'retry',
      code: 'quota_exceeded',
      afterMs: 20 * 60 * MINUTE,
    });
  });

  it('tells what each step cost', async () => {
    await start();
    asks();
    const { outcome } = await poll();
    expect(outcome).toMatchObject({ cost: { amount: sim.unitsUsed, unit: 'quota units' } });
  });
});

describe('backfill', () => {
  const backfill = (days: number, settings = {}) =>
    poll(settings, { reason: 'backfill', since: new Date(now - days * 86_400_000) });

  it('reads the past down to a day, with all answers, by the keys polling uses', async () => {
    await start();
    pass(-20 * 86_400_000);
    asks('too old');
    pass(10 * 86_400_000);
    const busy = asks('busy');
    for (let n = 0; n < 12; n++) sim.act.reply({ comment: busy, by: 'amir', text: `${n}` });
    for (let n = 0; n < 45; n++) asks(`${n}`);
    pass(10 * 86_400_000);
    const { fresh } = await backfill(15);
    expect(fresh).toHaveLength(58);
    cursor = null;
    expect((await poll({}, { since: new Date(now - 15 * 86_400_000) })).fresh).toEqual([]);
  });

  it('more busy threads than one step reads', async () => {
    await start({ quirks: { pageSize: 100 } });
    for (let n = 0; n < 25; n++) {
      const id = asks(`${n}`);
      for (let m = 0; m < 7; m++) sim.act.reply({ comment: id, by: 'amir', text: `${n}.${m}` });
    }
    expect((await backfill(1)).fresh).toHaveLength(25 * 8);
  });

  it('an outage is filled by the next poll, whatever the order of the two', async () => {
    await start();
    const id = asks();
    await poll();
    const kept = cursor;
    pass(3 * 60 * MINUTE);
    const reply = sim.act.reply({ comment: id, by: 'amir', text: 'me too' }).id;
    const late = asks('during the outage');
    cursor = null;
    const filled = (await backfill(1)).fresh;
    expect(idsOf(filled)).toEqual([late, reply].toSorted());
    cursor = kept;
    expect((await poll()).fresh).toEqual([]);
  });

  it('rests until midnight when its share is used up, and goes on from there', async () => {
    await start();
    for (let n = 0; n < 100; n++) asks(`${n}`);
    const settings = { dailyQuota: 10, backfillShare: 20 }; // two units
    const since = new Date(0);
    const step = async () => {
      const outcome = await connector.pull(channel(settings), request({ reason: 'backfill', since }), CREDENTIALS);
      if (outcome.status === 'pulled') cursor = outcome.cursor;
      return outcome;
    };
    expect(await step()).toMatchObject({ status: 'pulled', more: true });
    expect(await step()).toMatchObject({ status: 'pulled', more: true });
    expect(await step()).toMatchObject({ status: 'retry', code: 'quota_share_used', afterMs: 20 * 60 * MINUTE });
    pass(20 * 60 * MINUTE);
    expect(await step()).toMatchObject({ status: 'pulled', more: true });
    expect(sim.calls.at(-1)?.query).toContain('pageToken=page40');
  });
});

describe('sending', () => {
  it('an answer to an answer hangs under the top comment', async () => {
    await start();
    const top = asks();
    const under = sim.act.reply({ comment: top, by: 'amir', text: 'me too' }).id;
    expect(await send({ replyToExternalId: under })).toMatchObject({ status: 'sent', externalId: sim.effects[0]?.id });
    expect(sim.effects).toMatchObject([{ kind: 'reply', target: top, text: 'سفارش شما فردا می‌رسد 🚚' }]);
  });

  it('a comment under the video', async () => {
    await start();
    expect(await send({})).toMatchObject({ status: 'sent' });
    expect(sim.effects).toMatchObject([{ kind: 'comment', target: SEED.video }]);
  });

  it.each<[string, FaultRule['answer'], FaultRule['when'], string]>([
    ['a cut connection', 'reset', 'after', 'unknown'],
    ['a server failure', 503, 'after', 'unknown'],
    ['a server failure before it took effect', 503, 'before', 'unknown'],
    ['too many at once', 429, 'before', 'retry'],
  ])('%s', async (_, answer, when, status) => {
    await start();
    const top = asks();
    sim.faults.add({ method: 'POST', when, answer });
    const before = new Date(now);
    expect(await send({ replyToExternalId: top })).toMatchObject({ status });
    const found = await connector.lookup(channel(), message({ replyToExternalId: top }), before, CREDENTIALS);
    expect(found).toEqual(
      when === 'after' ? { status: 'found', externalIds: [sim.effects[0]?.id] } : { status: 'absent' },
    );
  });

  it('comments turned off, and a comment that is gone', async () => {
    await start();
    const top = asks();
    sim.act.disableComments({ video: SEED.video });
    expect(await send({ replyToExternalId: top })).toMatchObject({ status: 'failed', code: 'comments_disabled' });
    expect(await send({ replyToExternalId: 'UgxGone' })).toMatchObject({ status: 'failed', code: 'object_gone' });
  });

  it.each([
    [1, 'sent'],
    [2, 'failed'],
  ])('a text that is not processed %i times', async (processingFailures, status) => {
    await start({ quirks: { processingFailures } });
    expect(await send({ replyToExternalId: asks() })).toMatchObject({ status });
    expect(sim.effects).toHaveLength(status === 'sent' ? 1 : 0);
  });

  it('what the spam filter removes without a word is found out by looking', async () => {
    await start({ quirks: { spamFilter: true } });
    const top = asks();
    expect(await send({ replyToExternalId: top })).toMatchObject({ status: 'sent' });
    const look = connector.lookup(channel(), message({ replyToExternalId: top }), new Date(now), CREDENTIALS);
    expect(await look).toEqual({ status: 'absent' });
  });

  it('a customer’s same words are not taken for ours', async () => {
    await start();
    const top = asks();
    sim.act.reply({ comment: top, by: 'amir', text: message().text });
    const look = () => connector.lookup(channel(), message({ replyToExternalId: top }), new Date(0), CREDENTIALS);
    expect(await look()).toEqual({ status: 'absent' });
    sim.faults.add({ method: 'GET', when: 'before', answer: 503 });
    expect(await look()).toMatchObject({ status: 'cannot_tell' });
  });

  it('changes and deletes our own words', async () => {
    await start();
    const { externalId } = (await send({ replyToExternalId: asks() })) as { externalId: string };
    expect(await connector.edit(channel(), { messageExternalId: externalId, text: 'درست شد' }, CREDENTIALS)).toEqual({
      status: 'sent',
      externalId,
    });
    const own = { messageExternalId: externalId, authorExternalId: SEED.channelId, threadKind: 'comment' } as const;
    const remove = () => connector.moderate(channel(), 'delete', own, CREDENTIALS);
    expect(await remove()).toMatchObject({ status: 'sent' });
    expect(await remove()).toMatchObject({ status: 'sent' });
    expect(sim.effects.map(({ kind }) => kind)).toEqual(['reply', 'edit', 'delete']);
  });

  it('hides, shows, rejects for good, and blocks', async () => {
    await start();
    const target = { messageExternalId: asks('rude', 'amir'), authorExternalId: 'x', threadKind: 'comment' } as const;
    const act = (action: 'hide' | 'unhide' | 'delete' | 'block') =>
      connector.moderate(channel(), action, target, CREDENTIALS);
    for (const action of ['hide', 'unhide', 'delete', 'block'] as const)
      expect(await act(action)).toMatchObject({ status: 'sent' });
    expect(sim.effects.map((effect) => effect.target)).toEqual([
      'heldForReview',
      'published',
      'rejected',
      'rejected+ban',
    ]);
    expect(await act('unhide')).toMatchObject({ status: 'failed', code: 'not_supported' });
  });
});

describe('the token', () => {
  it('ended: reconnecting is asked for, renewing works', async () => {
    await start();
    const top = asks();
    sim.act.expireTokens();
    expect(await send({ replyToExternalId: top })).toMatchObject({ status: 'reconnect' });
    expect(await connector.pull(channel(), request(), CREDENTIALS)).toMatchObject({ status: 'reconnect' });
    const ended = await connector.health(channel(), CREDENTIALS);
    expect(ended.checks[0]).toMatchObject({ name: 'token', state: 'problem', serious: true });
    const renewed = await connector.refresh(channel(), CREDENTIALS, new Date(now));
    if (renewed.status !== 'refreshed') throw new Error(renewed.status);
    expect(renewed.expiresAt).toBe(new Date(now + 60 * MINUTE).toISOString());
    const credentials = { ...CREDENTIALS, ...renewed.credentials };
    expect(await send({ replyToExternalId: top }, credentials)).toMatchObject({ status: 'sent' });
    expect(await connector.refresh(channel(), credentials, new Date(now))).toEqual({ status: 'not_needed' });
  });

  it('withdrawn: only a person can help; Google away: later', async () => {
    await start();
    sim.refreshTokens.clear();
    const renew = () => connector.refresh(channel(), CREDENTIALS, new Date(now));
    expect(await renew()).toMatchObject({ status: 'reconnect', reason: expect.stringContaining('7 days') as string });
    sim.faults.add({ path: '/token$', when: 'before', answer: 503 });
    expect(await renew()).toMatchObject({ status: 'retry' });
  });

  it('health names channel and scopes', async () => {
    await start();
    const report = await connector.health(channel(), CREDENTIALS);
    expect(report.checks.map(({ name, state }) => `${name} ${state}`)).toEqual(['token ok', 'account ok', 'scopes ok']);
    expect(report.tokenExpiresAt).toBeUndefined(); // it is renewed every hour, and nobody has to do anything
    const { refreshToken: _, ...alone } = CREDENTIALS;
    expect(Date.parse((await connector.health(channel(), alone)).tokenExpiresAt ?? '')).toBeGreaterThan(0);
    sim.scope = 'https://www.googleapis.com/auth/youtube.readonly';
    const foreign = await connector.health({ ...channel(), externalId: 'UCother' }, CREDENTIALS);
    expect(foreign).toMatchObject({ missingScopes: ['https://www.googleapis.com/auth/youtube.force-ssl'] });
    expect(foreign.checks.find(({ name }) => name === 'account')).toMatchObject({ state: 'problem', serious: true });
  });
});

it('connects by consent, with a verifier nobody else has', async () => {
  await start();
  const network = connector.oauth();
  const app = { clientId: SEED.clientId, clientSecret: SEED.clientSecret, apiBaseUrl: sim.url };
  const redirectUri = 'http://127.0.0.1:3000/oauth/callback';
  const codeVerifier = 'v'.repeat(64);
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const consent = async () => {
    const page = network.authorizeUrl(app, { redirectUri, state: 's1', codeChallenge });
    const { searchParams } = new URL((await fetch(page, { redirect: 'manual' })).headers.get('location') ?? '');
    return searchParams.get('code') ?? '';
  };
  expect(
    await network.exchange(app, { code: await consent(), redirectUri, codeVerifier: 'w'.repeat(64) }),
  ).toMatchObject({
    status: 'refused',
  });
  const exchanged = await network.exchange(app, { code: await consent(), redirectUri, codeVerifier });
  if (exchanged.status !== 'granted') throw new Error(exchanged.reason);
  expect(await network.accounts(app, exchanged.grant)).toMatchObject({
    status: 'found',
    accounts: [
      {
        kind: 'youtube',
        externalId: SEED.channelId,
        name: 'سیب‌سرخ',
        handle: '@sibsorkh',
        missingScopes: [],
        credentials: {
          refreshToken: SEED.refreshToken,
          clientSecret: SEED.clientSecret,
          refreshTokenExpiresAt: '', // one that was known is over
        },
      },
    ],
  });

  // an app in testing loses its access after 7 days: that is known from the start
  sim.refreshTokenSeconds = 604_800;
  const inTesting = await network.exchange(app, { code: await consent(), redirectUri, codeVerifier });
  const found = inTesting.status === 'granted' && (await network.accounts(app, inTesting.grant));
  const [account] = found && found.status === 'found' ? found.accounts : [];
  const ends = account?.credentials['refreshTokenExpiresAt'] ?? '';
  const days = (Date.parse(ends) - sim.world.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6);
  expect(days).toBeLessThan(8);
  const { tokenExpiresAt } = await connector.health(channel(), { ...CREDENTIALS, ...account?.credentials });
  expect(tokenExpiresAt).toBe(ends);
});

it('describes a video, and knows when it is gone', async () => {
  await start();
  expect(await connector.describePost(channel(), SEED.video, CREDENTIALS)).toEqual({
    status: 'found',
    facts: {
      text: 'طرز تهیهٔ رب انار 🍎',
      permalink: `https://www.youtube.com/watch?v=${SEED.video}`,
      mediaUrl: `https://i.ytimg.com/vi/${SEED.video}/hqdefault.jpg`,
      kind: 'video',
      publishedAt: '2026-11-01T08:00:00.000Z',
    },
  });
  expect(await connector.describePost(channel(), 'gone', CREDENTIALS)).toEqual({ status: 'absent' });
});
