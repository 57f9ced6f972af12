import type { ConnectedChannel } from '../../../src/channels/channel';
import type { PullOutcome, PullRequest } from '../../../src/channels/pulling';
import { MetaConnector } from '../../../src/channels/connectors/meta/meta.connector';
import type { InboundEvent, InboundMessage } from '../../../src/inbox/conversations/inbound-event';
import { SEED } from './seed';
import { type MetaSimulator, startMeta } from './server';

const HOUR_MS = 3_600_000;
const CREDENTIALS = { accessToken: SEED.pageToken, appSecret: SEED.appSecret };
const EVERY_STEP = 400; // more than any of these readings takes

type Kind = 'facebook' | 'instagram';
type Reason = PullRequest['reason'];

let sim: MetaSimulator;
let connector: MetaConnector;
let now: number;
let pushed: InboundEvent[];

beforeEach(async () => {
  now = Date.now();
  pushed = [];
  connector = new MetaConnector(() => Math.max(now, Date.now())); // never before what has just been written
  sim = await startMeta({ requireProof: true, idBase: '7', delivery: { hold: true } });
  sim.deliveries.settings.callbackUrl = `${sim.url}/nowhere`;
});

afterEach(() => sim.close());

function channel(kind: Kind, settings: object = {}): ConnectedChannel {
  const externalId = kind === 'facebook' ? SEED.pageId : SEED.instagramId;
  const own = kind === 'facebook' ? {} : { pageId: SEED.pageId, username: 'sib_sorkh' };
  return {
    id: kind,
    workspaceId: 'harbour',
    kind,
    externalId,
    settings: { apiBaseUrl: sim.url, settleSeconds: 0, ...own, ...settings },
  };
}

interface Read {
  events: InboundEvent[];
  cursor: unknown;
  last: PullOutcome;
  steps: number;
}

/** Reads to the end, as the runner does; bodies and cursors go through JSON, as they do in the database. */
async function read(
  kind: Kind,
  reason: Reason,
  from: { cursor?: unknown; sinceMs?: number; settings?: object } = {},
): Promise<Read> {
  const asked = channel(kind, from.settings);
  const since = new Date(from.sinceMs ?? now - HOUR_MS);
  let cursor: unknown = from.cursor ?? null;
  const events: InboundEvent[] = [];
  for (let steps = 1; steps <= EVERY_STEP; steps++) {
    const request = { reason, cursor, since, signal: new AbortController().signal };
    const last = await connector.pull(asked, request, CREDENTIALS);
    if (last.status !== 'pulled') return { events, cursor, last, steps };
    for (const body of last.bodies)
      events.push(...connector.parse(JSON.parse(JSON.stringify(body)) as unknown, { channel: asked }));
    cursor = JSON.parse(JSON.stringify(last.cursor)) as unknown;
    if (!last.more) return { events, cursor, last, steps };
  }
  throw new Error('The reading does not end.');
}

/** What the webhooks tell, had they arrived. */
async function webhooks(): Promise<InboundEvent[]> {
  sim.deliveries.settings.maxAttempts = 1;
  sim.deliveries.flush();
  await sim.deliveries.idle();
  const events = sim.deliveries.records.flatMap(({ body }) =>
    connector.parse(JSON.parse(body.toString('utf8')) as unknown),
  );
  pushed = events;
  return events;
}

const keys = (events: readonly InboundEvent[]) => [...new Set(events.map(({ eventKey }) => eventKey))].toSorted();
const ofType = <T extends InboundEvent['type']>(events: readonly InboundEvent[], type: T) =>
  events.filter((event): event is Extract<InboundEvent, { type: T }> => event.type === type);

/** What both ways of arriving must agree about, so that whichever comes first makes the same message. */
const essence = (message: InboundMessage) => ({
  eventKey: message.eventKey,
  externalId: message.externalId,
  threadKind: message.threadKind,
  direction: message.direction,
  author: message.author.externalId,
  contact: message.contact?.externalId,
  text: message.text,
  parent: message.parentExternalId,
  post: message.post?.externalId,
  kinds: message.attachments.map(({ kind }) => kind),
  // our own answers are placed by the one they answer, whatever key they carry
  threadKey: message.direction === 'in' || message.threadKind === 'dm' ? message.threadKey : undefined,
});

const byKey = (events: readonly InboundEvent[]) =>
  ofType(events, 'message')
    .map(essence)
    .toSorted((a, b) => (a.eventKey < b.eventKey ? -1 : 1));

function peopleWrite(kind: Kind): { top: string; under: string } {
  const postId = kind === 'facebook' ? SEED.pagePostId : SEED.mediaId;
  const accountId = kind === 'facebook' ? SEED.pageId : SEED.instagramId;
  const top = sim.act.comment({ postId, person: 'negar', text: 'سلام، قیمت؟ می‌شود پیگیری کنید 🙏' }).id;
  const under = sim.act.comment({ postId, person: 'amir', text: 'me too 👀', parentId: top }).id;
  sim.act.directMessage({ accountId, person: 'negar', text: 'سفارش ۱۲۰۴۵ کِی می‌رسد؟' });
  const attachments = [{ type: 'image', url: 'https://lookaside.fbsbx.com/a.jpg' }];
  sim.act.directMessage({ accountId, person: 'amir', attachments });
  sim.act.replyFromOtherTool({ accountId, person: 'negar', text: 'امروز می‌رسد.' });
  return { top, under };
}

describe('a reading tells what the webhooks tell, under the same keys', () => {
  it.each<[Kind, Reason]>([
    ['facebook', 'backfill'],
    ['facebook', 'reconcile'],
    ['instagram', 'backfill'],
    ['instagram', 'reconcile'],
  ])('%s, %s', async (kind, reason) => {
    peopleWrite(kind);
    if (kind === 'facebook') sim.act.postOnPage({ accountId: SEED.pageId, person: 'parisa', text: 'یک پرسش' });
    const { events, last } = await read(kind, reason);
    expect(last.status).toBe('pulled');
    const told = await webhooks();
    expect(told.length).toBeGreaterThanOrEqual(5);
    expect(keys(events)).toEqual(keys(told));
    expect(byKey(events)).toEqual(byKey(told));
  });

  it('our own answer under a comment, told in the thread it answers', async () => {
    const { top } = peopleWrite('facebook');
    const message = {
      id: '01JD0001',
      threadKind: 'comment' as const,
      visibility: 'public' as const,
      text: 'فردا می‌رسد',
      attachments: [],
      recipientExternalId: '',
      replyToExternalId: top,
      postExternalId: SEED.pagePostId,
      window: 'standard' as const,
      author: 'agent' as const,
    };
    const sent = await connector.send(channel('facebook'), message, CREDENTIALS);
    expect(sent).toMatchObject({ status: 'sent' });
    const { events } = await read('facebook', 'backfill');
    const told = await webhooks();
    expect(keys(events)).toEqual(keys(told));
    const [answer] = ofType(events, 'message').filter((m) => m.threadKind === 'comment' && m.direction === 'out');
    const [asked] = ofType(events, 'message').filter(({ externalId }) => externalId === top);
    expect(answer).toMatchObject({ parentExternalId: top, threadKey: asked?.threadKey, text: 'فردا می‌رسد' });
  });
});

describe('after an outage', () => {
  it.each<Kind>(['facebook', 'instagram'])('everything arrives once: %s', async (kind) => {
    const before = peopleWrite(kind);
    await webhooks();
    const known = keys(pushed);
    sim.settings.losesWebhooks = true;
    const lost = peopleWrite(kind);
    sim.settings.losesWebhooks = false;
    const { events, last } = await read(kind, 'backfill');
    expect(last).toMatchObject({ status: 'pulled' });
    const all = keys(events);
    expect(all).toEqual(expect.arrayContaining(known));
    expect(all).toContain(`comment:${lost.top}:add`);
    expect(all).toContain(`comment:${lost.under}:add`);
    expect(all).toContain(`comment:${before.top}:add`);
    // two comments, two messages and an answer, twice
    expect(ofType(events, 'message')).toHaveLength(10);
    expect(all).toHaveLength(10);
  });

  it('people whose webhooks are skipped without a word are found by comparing', async () => {
    sim.settings.skipsWebhooksOf = ['amir'];
    const { under } = peopleWrite('instagram');
    const told = keys(await webhooks());
    expect(told).not.toContain(`comment:${under}:add`);
    const { events } = await read('instagram', 'reconcile');
    expect(keys(events)).toContain(`comment:${under}:add`);
    expect(keys(events)).toEqual(expect.arrayContaining(told));
  });

  it('goes through all pages of posts, comments and conversations', async () => {
    const post = () => sim.world.addPost({ accountId: SEED.pageId, text: 'پست' }).id;
    const posts = Array.from({ length: 60 }, post);
    posts.forEach((postId, i) => sim.act.comment({ postId, person: 'negar', text: `پست ${i}` }));
    for (let i = 0; i < 230; i++) sim.act.comment({ postId: SEED.pagePostId, person: 'amir', text: `نظر ${i}` });
    for (let i = 0; i < 60; i++) {
      sim.world.addPerson(`p${i}`, `Person ${i}`, `person_${i}`);
      sim.act.directMessage({ accountId: SEED.pageId, person: `p${i}`, text: `سلام ${i}` });
    }
    const { events, steps } = await read('facebook', 'backfill');
    expect(keys(events)).toHaveLength(60 + 230 + 60);
    expect(events).toHaveLength(60 + 230 + 60);
    expect(steps).toBeLessThan(90);
  });

  it('leaves alone what is older than asked for, and what its webhook may still bring', async () => {
    sim.world.setClock(now - 2 * HOUR_MS);
    sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: 'قدیمی' });
    sim.world.setClock(now - 10 * 60_000);
    const due = sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: 'ده دقیقه پیش' }).id;
    sim.world.setClock(now);
    sim.act.comment({ postId: SEED.pagePostId, person: 'negar', text: 'همین حالا' });
    const { events } = await read('facebook', 'backfill', { settings: { settleSeconds: 60 } });
    expect(keys(events)).toEqual([`comment:${due}:add`]);
  });
});

describe('comparing finds what no webhook tells', () => {
  it('a comment that was deleted on Instagram', async () => {
    const { top, under } = peopleWrite('instagram');
    const first = await read('instagram', 'reconcile');
    sim.act.removeComment({ commentId: under });
    const second = await read('instagram', 'reconcile', { cursor: first.cursor });
    expect(ofType(second.events, 'delete')).toEqual([
      expect.objectContaining({ eventKey: `comment:${under}:remove`, externalId: under, by: 'unknown' }),
    ]);
    const third = await read('instagram', 'reconcile', { cursor: second.cursor });
    expect(ofType(third.events, 'delete')).toEqual([]);
    expect(keys(third.events)).not.toContain(`comment:${top}:add`);
  });

  it('takes only "does not exist" for a deletion', async () => {
    const { top } = peopleWrite('instagram');
    const first = await read('instagram', 'reconcile');
    sim.act.removeComment({ commentId: top });
    sim.faults.add({ path: `/${top}$`, when: 'before', answer: 500 });
    const second = await read('instagram', 'reconcile', { cursor: first.cursor });
    expect(ofType(second.events, 'delete').map(({ externalId }) => externalId)).not.toContain(top);
    sim.faults.clear();
    const third = await read('instagram', 'reconcile', { cursor: second.cursor });
    expect(ofType(third.events, 'delete').map(({ externalId }) => externalId)).toContain(top);
  });

  it('an edit and a hiding whose webhooks were lost; a repeated step tells them under the same keys', async () => {
    const { top, under } = peopleWrite('facebook');
    const first = await read('facebook', 'reconcile');
    sim.settings.losesWebhooks = true;
    sim.act.editComment({ commentId: top, text: 'ویرایش شد' });
    sim.act.hideComment({ commentId: under, hidden: true });
    const second = await read('facebook', 'reconcile', { cursor: first.cursor });
    expect(ofType(second.events, 'edit')).toEqual([expect.objectContaining({ externalId: top, text: 'ویرایش شد' })]);
    expect(ofType(second.events, 'visibility')).toEqual([expect.objectContaining({ externalId: under, hidden: true })]);
    now += 1000;
    const repeated = await read('facebook', 'reconcile', { cursor: first.cursor });
    expect(keys(repeated.events)).toEqual(keys(second.events));
    sim.act.editComment({ commentId: top, text: 'سلام، قیمت؟ می‌شود پیگیری کنید 🙏' });
    sim.act.hideComment({ commentId: under, hidden: false });
    const third = await read('facebook', 'reconcile', { cursor: second.cursor });
    const changes = [...ofType(third.events, 'edit'), ...ofType(third.events, 'visibility')];
    expect(changes).toHaveLength(2);
    for (const { eventKey } of changes) expect(keys(second.events)).not.toContain(eventKey);
  });

  it('is silent about comments when nothing happened since', async () => {
    peopleWrite('facebook');
    const first = await read('facebook', 'reconcile');
    const second = await read('facebook', 'reconcile', { cursor: first.cursor, settings: { readMessages: false } });
    expect(second.events).toEqual([]);
  });

  it('keeps a bounded cursor', async () => {
    for (let i = 0; i < 150; i++) sim.act.comment({ postId: SEED.pagePostId, person: 'amir', text: `نظر ${i}` });
    const { cursor } = await read('facebook', 'reconcile', { settings: { watchedComments: 10 } });
    expect(JSON.stringify(cursor).length).toBeLessThan(1_500);
  });
});

describe('what Meta refuses', () => {
  it('one field: asked for without it', async () => {
    const { top } = peopleWrite('instagram');
    sim.world.refusedFields.add('from').add('story');
    const { events, last } = await read('instagram', 'backfill');
    expect(last.status).toBe('refused'); // every set of message fields names the author
    const [comment] = ofType(events, 'message').filter(({ externalId }) => externalId === top);
    expect(comment).toMatchObject({ author: { externalId: `withheld:${top}`, handle: 'negar.rostamii' } });
    sim.world.refusedFields.delete('from');
    const again = await read('instagram', 'backfill');
    expect(again.last.status).toBe('pulled');
    expect(ofType(again.events, 'message').filter(({ threadKind }) => threadKind === 'dm')).toHaveLength(3);
  });

  it('conversations: comments are read all the same, and the reading ends as refused', async () => {
    const { top } = peopleWrite('facebook');
    sim.faults.add({ path: '/conversations$', when: 'before', answer: { error: 'policy_block' } });
    const { events, last, cursor } = await read('facebook', 'reconcile');
    expect(keys(events)).toContain(`comment:${top}:add`);
    expect(last).toMatchObject({ status: 'refused', code: 'policy_block' });
    sim.faults.clear();
    now += HOUR_MS;
    const later = await read('facebook', 'reconcile', { cursor, sinceMs: now - 2 * HOUR_MS });
    expect(later.last.status).toBe('pulled');
    expect(ofType(later.events, 'message').filter(({ threadKind }) => threadKind === 'dm')).toHaveLength(3);
  });

  it('an expired token asks for reconnecting, a full allowance for patience', async () => {
    sim.world.tokens.get(SEED.pageToken)!.state = 'expired';
    expect((await read('facebook', 'reconcile')).last).toMatchObject({ status: 'reconnect', code: 'token_expired' });
    sim.world.tokens.get(SEED.pageToken)!.state = 'valid';
    sim.usage = { percent: 100, regainMinutes: 7 };
    expect((await read('facebook', 'reconcile')).last).toMatchObject({ status: 'retry', afterMs: 7 * 60_000 });
  });

  it('readings give way at 80 percent, sending goes on', async () => {
    sim.act.directMessage({ accountId: SEED.pageId, person: 'negar', text: 'سلام' });
    sim.usage = { percent: 85, regainMinutes: 0 };
    await connector.describePerson(channel('facebook'), '8123440097715526', CREDENTIALS);
    expect((await read('facebook', 'reconcile')).last).toMatchObject({ status: 'retry', code: 'rate_limited' });
    const described = await connector.describePerson(channel('facebook'), '8123440097715526', CREDENTIALS);
    expect(described.status).toBe('found');
  });

  it('a step that broke off is repeated from where it stood', async () => {
    const { top } = peopleWrite('facebook');
    sim.faults.add({ path: '/comments$', when: 'before', answer: 'reset', times: 1 });
    const broken = await read('facebook', 'backfill');
    expect(broken.last.status).toBe('retry');
    const rest = await read('facebook', 'backfill', { cursor: broken.cursor });
    expect(rest.last.status).toBe('pulled');
    expect(keys([...broken.events, ...rest.events])).toContain(`comment:${top}:add`);
  });
});
