import { uuidv7 } from '../../src/platform/ids';
import { eventually } from '../harness';
import { type OutboundWorld, startOutboundWorld, type Thread } from '../outbound-world';

interface BatchJson {
  id: string;
  action: string;
  total: number;
  done: number;
  failed: { messageId: string; code: string; reason: string; words: { fa: string } }[];
  undoOf: string | null;
  undoneBy: string | null;
  finishedAt: string | null;
}
interface ErrorJson {
  error: { code: string; details: Record<string, unknown> };
}

let w: OutboundWorld;
beforeAll(async () => {
  w = await startOutboundWorld();
});
afterAll(() => w.t.close());
afterEach(() => w.network.reset());

const bulk = (body: object, key?: string) =>
  w.api.request<BatchJson & ErrorJson>(
    'POST',
    '/moderation/bulk',
    { reason: 'spam', ...body },
    key ? { 'idempotency-key': key } : {},
  );
const batch = (id: string) => w.api.get<BatchJson>(`/moderation/bulk/${id}`);
const finished = (id: string) =>
  eventually(async () => {
    const now = await batch(id);
    return now.finishedAt !== null && now;
  }, 20_000);
const comments = (count: number, post: string, text = 'buy followers') =>
  Promise.all(Array.from({ length: count }, () => w.writes(text, post)));
const ids = (threads: Thread[]) => threads.map((thread) => thread.messageId);
const hidden = async (post: string) =>
  (
    await w.one<{ n: number }>(
      `SELECT count(m.hidden_at)::int AS n FROM messages m JOIN conversations c ON c.id = m.conversation_id
       JOIN posts p ON p.id = c.post_id WHERE p.external_id = $1`,
      [post],
    )
  ).n;

describe('many at once', () => {
  it('does what can be done, lists what failed, tells how far it is, and starts once for a key', async () => {
    const threads = await comments(25, 'bulk1');
    w.network.moderating.push({ status: 'failed', code: 'object_gone', reason: 'It is gone.', fix: 'none' });
    const own = await w.replied(threads[0]!, 'our own word', { visibility: 'public' });
    await w.reaches(own, 'sent');
    const body = { action: 'hide', messageIds: [...ids(threads), own, threads[0]!.messageId] };
    expect((await bulk({ ...body, messageIds: [...body.messageIds, uuidv7()] })).status).toBe(404);
    const [started, again] = await Promise.all([bulk(body, 'bulk-1'), bulk(body, 'bulk-1')]);
    expect(started.status).toBe(202);
    expect(again.body.id).toBe(started.body.id);
    expect(started.body).toMatchObject({
      total: 26,
      done: 0,
      failed: [{ messageId: own, code: 'capability_missing' }],
    });
    const end = await finished(started.body.id);
    expect(end).toMatchObject({ total: 26, done: 24, undoOf: null, undoneBy: null });
    expect(end.failed.map(({ code }) => code).toSorted()).toEqual(['capability_missing', 'object_gone']);
    for (const { words } of end.failed) expect(words.fa).toMatch(/^[\u0600-\u06ff«\u2068]/u);
    expect(await hidden('bulk1')).toBe(24);
    expect(w.network.moderated).toHaveLength(24);
    expect(w.network.moderated[0]).toMatchObject({ target: { postExternalId: 'bulk1', threadKind: 'comment' } });
    const told = (await w.events('moderation.progress')).filter(({ data }) => data['batchId'] === end.id);
    expect(told.at(-1)!.data).toMatchObject({ total: 26, done: 24, failed: 2 });
    expect(told.length).toBeLessThanOrEqual(20);
    const facts = await w.rows<{ reason: string; kind: string }>(
      `SELECT data->>'reason' AS reason, actor->>'kind' AS kind FROM domain_events WHERE type = 'message.hidden' AND message_id = ANY($1)`,
      [ids(threads)],
    );
    expect(facts).toEqual(Array.from({ length: 24 }, () => ({ reason: 'spam', kind: 'agent' })));
    expect(await w.rows('SELECT DISTINCT text FROM messages WHERE id = ANY($1)', [ids(threads)])).toEqual([
      { text: 'buy followers' },
    ]);
    expect(await w.rows(`SELECT 1 FROM jobs WHERE state = 'parked'`)).toEqual([]);
  });

  it('finds them by what they have in common', async () => {
    const spam = await comments(4, 'filtered', 'Free FOLLOWERS here');
    await comments(2, 'filtered', 'قیمت؟');
    await comments(1, 'elsewhere', 'free followers');
    const { postId } = await w.one<{ postId: string }>(
      `SELECT id AS "postId" FROM posts WHERE external_id = 'filtered'`,
    );
    const { body } = await bulk({ action: 'delete', filter: { postId, contains: 'free followers' } });
    expect(await finished(body.id)).toMatchObject({ total: 4, done: 4, failed: [] });
    const gone = await w.rows<{ id: string }>(`SELECT id FROM messages WHERE delete_reason = 'spam'`);
    expect(gone.map(({ id }) => id).toSorted()).toEqual(ids(spam).toSorted());
    // what is deleted does not fit again
    expect((await bulk({ action: 'hide', filter: { postId, contains: 'free' } })).body).toMatchObject({ total: 0 });
    const since = new Date(Date.now() - 60_000).toISOString();
    const all = await bulk({ action: 'like', filter: { channelId: w.channelId, since, contains: 'قیمت' } });
    expect(await finished(all.body.id)).toMatchObject({ total: 2, done: 2 });
  });

  it.each([
    ['neither messages nor a filter', {}],
    ['both', { messageIds: [uuidv7()], filter: { postId: uuidv7() } }],
    ['a filter over everything', { filter: { contains: 'a' } }],
    ['a channel without a beginning', { filter: { channelId: uuidv7() } }],
    ['too many', { messageIds: Array.from({ length: 501 }, () => uuidv7()) }],
    ['an action there is not', { messageIds: [uuidv7()], action: 'burn' }],
  ])('refuses %s', async (_, body) => {
    expect((await bulk({ action: 'hide', ...body })).status).toBe(422);
  });

  it('can be taken back where that is possible, once, and only what it did', async () => {
    const threads = await comments(6, 'undone');
    w.network.moderating.push({ status: 'failed', code: 'object_gone', reason: 'It is gone.', fix: 'none' });
    const { body } = await bulk({ action: 'hide', messageIds: ids(threads) });
    await finished(body.id);
    const [undo, twice] = await Promise.all(
      [1, 2].map(() => w.api.request<BatchJson>('POST', `/moderation/bulk/${body.id}/undo`)),
    );
    expect([undo!.status, twice!.status].toSorted((a, b) => a - b)).toEqual([202, 409]);
    const back = undo!.status === 202 ? undo!.body : twice!.body;
    expect(await finished(back.id)).toMatchObject({ action: 'unhide', total: 5, done: 5, undoOf: body.id });
    expect(await hidden('undone')).toBe(0);
    expect(await batch(body.id)).toMatchObject({ undoneBy: back.id });
    const { body: gone } = await bulk({ action: 'delete', messageIds: [threads[0]!.messageId] });
    await finished(gone.id);
    const refused = await w.api.request<ErrorJson>('POST', `/moderation/bulk/${gone.id}/undo`);
    expect([refused.status, refused.body.error.code]).toEqual([422, 'capability_missing']);
  });

  it('waits with its account and goes on, without using up tries', async () => {
    const threads = await comments(5, 'paced');
    const slow = { status: 'retry' as const, scope: 'channel' as const, reason: 'Too fast.', afterMs: 3_600_000 };
    w.network.moderating.push(slow);
    const { body } = await bulk({ action: 'hide', messageIds: ids(threads) });
    await w.quiet('outbound.moderate_bulk');
    const before = await batch(body.id);
    expect(before.finishedAt).toBeNull();
    expect(before.done).toBeLessThan(5);
    expect((await w.api.request('POST', `/moderation/bulk/${body.id}/undo`)).status).toBe(409);
    await w.hurry();
    expect(await finished(body.id)).toMatchObject({ done: 5, failed: [] });
    expect(await w.rows('SELECT DISTINCT attempts FROM moderation_items WHERE batch_id = $1', [body.id])).toEqual([
      { attempts: 0 },
    ]);
  });

  it('loses nothing and says nothing twice when its runner dies after the network did it', async () => {
    const threads = await comments(4, 'killed');
    // the row is somebody else’s by the time the call returns: what this runner does next is refused
    const dies = async () => {
      await w.rows(
        `UPDATE jobs SET fence = fence + 1, lease_until = now() WHERE name = 'outbound.moderate_bulk' AND state = 'running'`,
      );
      return { status: 'sent' as const, externalId: 'x' };
    };
    w.network.moderating.push(dies, dies);
    const { body } = await bulk({ action: 'hide', messageIds: ids(threads) });
    expect(await finished(body.id)).toMatchObject({ total: 4, done: 4, failed: [] });
    expect(w.network.moderated.length).toBeGreaterThan(4);
    const told = await w.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM domain_events WHERE type = 'message.hidden' AND message_id = ANY($1) GROUP BY message_id`,
      [ids(threads)],
    );
    expect(told).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }, { n: 1 }]);
  });

  it('gives up on one that never works, and ends', async () => {
    const [thread] = await comments(1, 'hopeless');
    for (let i = 0; i < 12; i++) w.network.moderating.push({ status: 'retry', reason: 'Not now.' });
    const { body } = await bulk({ action: 'hide', messageIds: [thread!.messageId] });
    const end = await eventually(async () => {
      await w.hurry();
      const now = await batch(body.id);
      return now.finishedAt !== null && now;
    }, 20_000);
    expect(end).toMatchObject({ done: 0, failed: [{ code: 'gave_up', reason: 'Not now.' }] });
  });
});

describe('one', () => {
  const moderate = (id: string, action: string) =>
    w.api.request<ErrorJson>('POST', `/messages/${id}/moderation`, { action, reason: `${action} it` });

  it('blocks a person, and lets them in again', async () => {
    const thread = await w.writes('rude', 'blocked');
    const blocked = async () =>
      (
        await w.one<{ blocked_at: Date | null }>(
          'SELECT i.blocked_at FROM contact_identities i JOIN conversations c ON c.identity_id = i.id WHERE c.id = $1',
          [thread.conversationId],
        )
      ).blocked_at;
    expect((await moderate(thread.messageId, 'block')).status).toBe(202);
    await eventually(blocked);
    const person = thread.threadKey.split(':').at(-1);
    expect(w.network.moderated).toMatchObject([
      { action: 'block', target: { authorExternalId: person, messageExternalId: thread.externalId } },
    ]);
    expect(await w.events('contact.blocked', thread.messageId)).toMatchObject([
      { actor: { kind: 'agent' }, data: { channelId: w.channelId, reason: 'block it' } },
    ]);
    await moderate(thread.messageId, 'unblock');
    await eventually(async () => (await blocked()) === null);
    expect(await w.events('contact.unblocked', thread.messageId)).toHaveLength(1);
  });

  it('likes and unlikes', async () => {
    const thread = await w.writes('lovely', 'liked');
    await moderate(thread.messageId, 'like');
    await eventually(async () => (await w.events('message.liked', thread.messageId)).length === 1);
    await moderate(thread.messageId, 'unlike');
    await eventually(async () => (await w.events('message.unliked', thread.messageId)).length === 1);
  });

  const reactions = async (thread: Thread) => {
    const { items } = await w.api.get<{ items: { id: string; reactions: object[] }[] }>(
      `/conversations/${thread.conversationId}/messages`,
    );
    return items.find(({ id }) => id === thread.messageId)!.reactions;
  };
  const liked = (thread: Thread, times = 1) =>
    eventually(async () => (await w.events('message.liked', thread.messageId)).length === times);
  /** The network tells of a reaction. @param at seconds from now, by its own clock */
  const hears = (thread: Thread, actor: string, action: 'add' | 'remove', at = 0) =>
    w.hears({
      type: 'reaction',
      eventKey: `reaction:${uuidv7()}`,
      threadKey: thread.threadKey,
      threadKind: 'dm',
      occurredAt: new Date(Date.now() + at * 1000).toISOString(),
      externalId: thread.externalId,
      actorExternalId: actor,
      action,
      reaction: action === 'add' ? 'love' : 'other',
      ...(action === 'add' ? { emoji: '❤' } : {}),
    });
  const activity = async (thread: Thread) =>
    (
      await w.rows<{ type: string }>(
        `SELECT type FROM domain_events WHERE message_id = $1 AND type IN ('message.liked', 'message.unliked', 'message.reacted')
         ORDER BY position`,
        [thread.messageId],
      )
    ).map(({ type }) => type);

  it('a like stands on the message as it looks there, beside the customer’s; done twice it is one', async () => {
    w.network.thread = { ...w.network.thread, likedAs: { reaction: 'love', emoji: '❤' } };
    const thread = await w.writes('thank you');
    await hears(thread, thread.threadKey.slice(3), 'add');
    expect(await reactions(thread)).toEqual([{ emoji: '❤', reaction: 'love', count: 1, own: false }]);
    await moderate(thread.messageId, 'like');
    await liked(thread);
    expect(await reactions(thread)).toEqual([{ emoji: '❤', reaction: 'love', count: 2, own: true }]);
    await moderate(thread.messageId, 'like');
    await w.quiet('outbound.moderate');
    await moderate(thread.messageId, 'unlike');
    await eventually(async () => (await w.events('message.unliked', thread.messageId)).length === 1);
    expect(await reactions(thread)).toEqual([{ emoji: '❤', reaction: 'love', count: 1, own: false }]);
    expect(await activity(thread)).toEqual(['message.reacted', 'message.liked', 'message.unliked']);
  });

  it.each([
    ['after the call', false, 0],
    ['before the call has returned', true, 0],
    ['by a clock that runs ahead', false, 30],
    ['by a clock that runs behind', true, -30],
  ])('the echo of a like makes no second activity: %s', async (_, early, ahead) => {
    w.network.thread = { ...w.network.thread, likedAs: { reaction: 'love', emoji: '❤' } };
    const thread = await w.writes('echoed');
    const echo = () => hears(thread, 'account1', 'add', ahead);
    if (early)
      w.network.moderating.push(async () => {
        await echo();
        return { status: 'sent', externalId: 'x' };
      });
    await moderate(thread.messageId, 'like');
    await liked(thread);
    if (!early) await echo();
    await echo(); // and told again, under another key
    expect(await activity(thread)).toEqual(['message.liked']);
    expect(await reactions(thread)).toEqual([{ emoji: '❤', reaction: 'love', count: 1, own: true }]);
  });

  it('what a colleague does at the network itself is told, and the like that failed there is not there', async () => {
    const native = await w.writes('at the network');
    await hears(native, 'account1', 'add');
    expect(await activity(native)).toEqual(['message.reacted']);
    expect(await w.events('message.reacted', native.messageId)).toMatchObject([{ actor: { kind: 'system' } }]);
    const failed = await w.writes('fails later');
    await moderate(failed.messageId, 'like');
    await liked(failed);
    await hears(failed, 'account1', 'remove');
    expect(await reactions(failed)).toEqual([]);
    expect(await activity(failed)).toEqual(['message.liked', 'message.reacted']);
  });

  it('a closed window is said before anything is asked of the network, to one, in a batch, and to what waited', async () => {
    w.network.thread = { ...w.network.thread, moderationInWindow: ['like', 'unlike'] };
    const late = await w.writes('yesterday');
    const open = await w.writes('today');
    const age = (thread: Thread) =>
      w.rows(`UPDATE conversations SET last_inbound_at = now() - interval '2 hours' WHERE id = $1`, [
        thread.conversationId,
      ]);
    await age(late);
    const refused = await moderate(late.messageId, 'like');
    expect([refused.status, refused.body.error]).toMatchObject([
      422,
      { code: 'send_refused', details: { reason: 'window_closed', facts: { action: 'like' } } },
    ]);
    const { ticket_id: ticket } = await w.one<{ ticket_id: string }>('SELECT ticket_id FROM messages WHERE id = $1', [
      late.messageId,
    ]);
    const { capabilities } = await w.api.get<{ capabilities: { moderation: string[] } }>(`/tickets/${ticket}`);
    expect(capabilities.moderation).toEqual(['hide', 'unhide', 'delete', 'block', 'unblock']);
    const { body } = await bulk({ action: 'like', messageIds: ids([late, open]) });
    expect(await finished(body.id)).toMatchObject({
      done: 1,
      failed: [{ messageId: late.messageId, code: 'window_closed', words: { fa: expect.stringContaining('مهلت') } }],
    });
    const undo = await w.api.post<BatchJson>(`/moderation/bulk/${body.id}/undo`);
    expect(await finished(undo.id)).toMatchObject({ action: 'unlike', total: 1, done: 1 });
    expect(w.network.moderated.map(({ action }) => action)).toEqual(['like', 'unlike']);
    // asked for in time, and held with its channel until it was too late
    w.network.moderating.push({ status: 'retry', scope: 'channel', reason: 'Too fast.', afterMs: 3_600_000 });
    await moderate(open.messageId, 'like');
    await eventually(async () => w.network.moderating.length === 0);
    await w.quiet('outbound.moderate');
    await age(open);
    await w.hurry();
    const parked = await eventually(async () => {
      const [job] = await w.rows<{ id: string; last_error: string }>(
        `SELECT id, last_error FROM jobs WHERE name = 'outbound.moderate' AND state = 'parked'`,
      );
      return job;
    }, 20_000);
    expect(parked.last_error).toContain('(window_closed)');
    expect(w.network.moderated).toHaveLength(2);
    await w.api.post(`/jobs/${parked.id}/drop`, { reason: 'too late' });
    await w.quiet('outbound.moderate');
  });

  it('carried by two runners at once is written down once', async () => {
    const thread = await w.writes('once', 'once');
    w.network.moderating.push(async () => {
      await w.reconnect(); // wakes whatever waits for the channel, this one included
      await eventually(
        async () => w.network.calls === 2 && (await w.events('message.hidden', thread.messageId)).length === 1,
      );
      return { status: 'sent', externalId: 'x' };
    });
    await moderate(thread.messageId, 'hide');
    await eventually(async () => w.network.moderated.length === 2);
    await w.quiet('outbound.moderate');
    expect(await w.events('message.hidden', thread.messageId)).toHaveLength(1);
  });

  it('asked for twice is done once; refused for good, a person may try it again', async () => {
    const thread = await w.writes('twice', 'twice');
    w.network.moderating.push(async () => {
      await moderate(thread.messageId, 'hide');
      return { status: 'failed', code: 'permission_missing', reason: 'Not allowed.', fix: 'admin' };
    });
    await moderate(thread.messageId, 'hide');
    const parked = await eventually(async () => {
      const [job] = await w.rows<{ id: string; last_error: string }>(
        `SELECT id, last_error FROM jobs WHERE name = 'outbound.moderate' AND state = 'parked'`,
      );
      return job;
    });
    expect(parked.last_error).toBe('Not allowed. (permission_missing)');
    expect(w.network.calls).toBe(1);
    // a second job of the same request is not the person who tries it again
    await w.rows(
      `INSERT INTO jobs (id, workspace_id, queue, name, payload, dedupe_key, max_attempts)
       SELECT $2, workspace_id, queue, name, payload, dedupe_key, max_attempts FROM jobs WHERE id = $1`,
      [parked.id, uuidv7()],
    );
    await eventually(async () => (await w.jobs('outbound.moderate')) === 1, 20_000);
    expect(w.network.calls).toBe(1);
    await w.api.post(`/jobs/${parked.id}/retry`);
    await eventually(async () => (await w.events('message.hidden', thread.messageId)).length === 1);
  });
});

it('keeps workspaces apart', async () => {
  const threads = await comments(2, 'ours');
  const { body } = await bulk({ action: 'hide', messageIds: ids(threads) });
  await finished(body.id);
  const reef = await w.stranger('reef');
  expect((await reef.request('GET', `/moderation/bulk/${body.id}`)).status).toBe(404);
  expect((await reef.request('POST', `/moderation/bulk/${body.id}/undo`)).status).toBe(404);
  const theirs = { action: 'unhide', reason: 'x', messageIds: ids(threads) };
  expect((await reef.request('POST', '/moderation/bulk', theirs)).status).toBe(404);
  const { postId } = await w.one<{ postId: string }>(`SELECT id AS "postId" FROM posts WHERE external_id = 'ours'`);
  const none = await reef.request<BatchJson>('POST', '/moderation/bulk', {
    ...theirs,
    messageIds: undefined,
    filter: { postId },
  });
  expect(none.body).toMatchObject({ total: 0, finishedAt: expect.any(String) });
  expect(await hidden('ours')).toBe(2);
});
