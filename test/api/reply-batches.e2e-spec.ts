import { ReplyBatchesRepository } from '../../src/outbound/reply-batches.repository';
import { uuidv7 } from '../../src/platform/ids';
import { eventually } from '../harness';
import { type OutboundWorld, startOutboundWorld, type Thread } from '../outbound-world';

const QUESTION = 'سفارش من هنوز نرسیده';
const ANSWER = 'فردا می‌رسد';
interface Batch {
  total: number;
  done: number;
  failed: { conversationId: string; number: number; code: string }[];
  finishedAt: string | null;
}
interface Open {
  repeats: { ticketId: string; conversationId: string; messageId: string; answered: boolean }[];
}

let w: OutboundWorld;
beforeAll(async () => (w = await startOutboundWorld()));
afterAll(() => w.t.close());
beforeEach(() => w.network.reset());

let people = 0;
/** Somebody who asks one thing under so many posts, and is known to have. */
async function asks(posts: number): Promise<{ ticketId: string; threads: Thread[] }> {
  const person = `asker${++people}`;
  const threads: Thread[] = [];
  for (let i = 0; i < posts; i++) {
    const post = `${person}-post${i}`;
    threads.push(await w.says({ threadKey: `comment:${post}:${person}`, person, text: QUESTION, post }));
  }
  const ticketId = await ticketOf(threads[0]!);
  await eventually(async () => (await w.api.get<Open>(`/tickets/${ticketId}`)).repeats.length === posts - 1);
  return { ticketId, threads };
}
const ticketOf = async (thread: Thread): Promise<string> =>
  (await w.one<{ ticket_id: string }>('SELECT ticket_id FROM messages WHERE id = $1', [thread.messageId])).ticket_id;
const seen = (threads: readonly Thread[]) =>
  threads.map(({ conversationId, messageId }) => ({ conversationId, seenMessageId: messageId }));
const answers = async (threads: readonly Thread[]) =>
  (
    await w.rows<{ n: number }>(
      `SELECT (SELECT count(*)::int FROM messages m WHERE m.conversation_id = u.id AND m.direction = 'out' AND m.text = $2) AS n
       FROM unnest($1::uuid[]) WITH ORDINALITY AS u(id, place) ORDER BY place`,
      [threads.map(({ conversationId }) => conversationId), ANSWER],
    )
  ).map(({ n }) => n);
const start = (ticketId: string, body: object, key?: string) =>
  w.api.request<{ batchId: string }>(
    'POST',
    `/tickets/${ticketId}/reply-batches`,
    { text: ANSWER, ...body },
    key === undefined ? {} : { 'idempotency-key': key },
  );
const finished = (batchId: string) =>
  eventually(async () => {
    const batch = await w.api.get<Batch>(`/reply-batches/${batchId}`);
    return batch.finishedAt ? batch : undefined;
  }, 30_000);

it('answers every thread that was chosen, once, under the comment itself, and says so', async () => {
  const { ticketId, threads } = await asks(3);
  const key = uuidv7();
  const body = { threads: seen(threads), statusAfter: 'solved' };
  const [one, two] = await Promise.all([start(ticketId, body, key), start(ticketId, body, key)]);
  expect(one.status).toBe(202);
  expect(two.body).toEqual(one.body);
  expect(await finished(one.body.batchId)).toMatchObject({ total: 3, done: 3, failed: [], statusAfter: 'solved' });
  expect(await answers(threads)).toEqual([1, 1, 1]);
  await eventually(async () => w.network.arrived.length === 3);
  expect(new Set(w.network.arrived.map(({ message }) => message.replyToExternalId))).toEqual(
    new Set(threads.map(({ externalId }) => externalId)),
  );
  const { repeats } = await w.api.get<Open>(`/tickets/${ticketId}`);
  expect(repeats.map(({ answered }) => answered)).toEqual([true, true]);
  const told = (await w.events('ticket.bulk_progress')).map((e) => e.data).filter((e) => e['action'] === 'reply');
  expect(told.at(-1)).toMatchObject({ batchId: one.body.batchId, total: 3, done: 3, failed: 0 });
  const changed = await start(ticketId, { ...body, text: 'another' }, key);
  expect(changed).toMatchObject({ status: 422, body: { error: { code: 'idempotency_key_reused' } } });
});

it('holds back where the customer said more meanwhile, and what the network refuses; the others are answered', async () => {
  const { ticketId, threads } = await asks(3);
  const { threadKey } = threads[1]!;
  const post = threadKey.split(':')[1]!;
  await w.says({ threadKey, text: 'و یکی دیگر هم', post });
  const { body } = await start(ticketId, { threads: seen(threads) });
  const batch = await finished(body.batchId);
  expect(batch).toMatchObject({ total: 3, done: 2 });
  expect(batch.failed).toEqual([
    expect.objectContaining({ conversationId: threads[1]!.conversationId, code: 'stale_reply' }),
  ]);
  expect(await answers(threads)).toEqual([1, 0, 1]);
  const long = await start(ticketId, { text: 'دراز '.repeat(20), threads: seen([threads[2]!]) });
  expect((await finished(long.body.batchId)).failed).toMatchObject([
    { code: 'text_too_long', words: { fa: expect.stringContaining('حداکثر ۴۰ جا هست') as string } },
  ]);
});

it('goes on where it stood when a run is cut off, and answers nobody twice', async () => {
  const { ticketId, threads } = await asks(4);
  const repository = w.t.app.get(ReplyBatchesRepository);
  const settle = repository.settle.bind(repository);
  let settled = 0;
  repository.settle = (...args) => {
    settled += 1;
    return settled === 2 ? Promise.reject(new Error('the process died here')) : settle(...args);
  };
  const { body } = await start(ticketId, { threads: seen(threads) });
  expect(await finished(body.batchId)).toMatchObject({ done: 4, failed: [] });
  repository.settle = settle;
  expect(settled).toBeGreaterThan(4);
  expect(await answers(threads)).toEqual([1, 1, 1, 1]);
});

it('takes no thread that is not the same matter, and tells nobody else how far it is', async () => {
  const { ticketId, threads } = await asks(2);
  const foreign = await w.writes(QUESTION);
  const mixed = await start(ticketId, { threads: seen([...threads, foreign]) });
  expect(mixed).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  expect(await answers([...threads, foreign])).toEqual([0, 0, 0]);
  expect(await start(ticketId, { threads: [] })).toMatchObject({ status: 422 });
  const { body } = await start(ticketId, { threads: seen(threads) });
  await finished(body.batchId);
  const stranger = await w.stranger('reef');
  expect((await stranger.request('GET', `/reply-batches/${body.batchId}`)).status).toBe(404);
  expect(
    (await stranger.request('POST', `/tickets/${ticketId}/reply-batches`, { text: 'x', threads: seen(threads) }))
      .status,
  ).toBe(404);
});

describe('a wave', () => {
  interface Preview {
    items: { ticketId: string; conversationId: string; messageId: string; visibility: string; moreSaid: boolean }[];
    more: number;
  }
  let waves = 0;
  /** So many people who write the same, each under a post of their own. */
  async function wave(size: number): Promise<{ id: string; threads: Thread[] }> {
    const text = `چرا کد تخفیف شماره ${++waves} کار نمی‌کند؟`;
    const threads: Thread[] = [];
    for (let i = 0; i < size; i++) {
      const [person, post] = [`crowd${waves}-${i}`, `crowd-post${waves}-${i}`];
      threads.push(await w.says({ threadKey: `comment:${post}:${person}`, person, text, post }));
    }
    const { id } = await eventually(async () => {
      const { items } = await w.api.get<{ items: { id: string; people: number; sample: { text: string } }[] }>(
        '/repeats/waves',
      );
      return items.find((one) => one.sample.text === text && one.people === size);
    });
    return { id, threads };
  }
  const preview = (id: string) => w.api.get<Preview>(`/repeats/waves/${id}/threads`);
  const begin = (id: string, body: object, key?: string) =>
    w.api.request<{ batchId: string }>(
      'POST',
      `/repeats/waves/${id}/reply-batches`,
      { text: ANSWER, ...body },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  const asSeen = ({ items }: Preview) =>
    items.map(({ conversationId, messageId }) => ({ conversationId, seenMessageId: messageId }));

  it('is answered once in each ticket, by each thread’s own rules, and what failed is told', async () => {
    const { id, threads } = await wave(6);
    await w.api.ok('PUT', `/tickets/${await ticketOf(threads[5]!)}/status`, { status: 'solved' });
    const { threadKey } = threads[1]!;
    await w.says({ threadKey, text: 'و پول هم کم شد', post: threadKey.split(':')[1]! });
    const shown = await eventually(async () => {
      const now = await preview(id);
      return now.items.some(({ moreSaid }) => moreSaid) ? now : undefined;
    });
    expect(shown).toMatchObject({ more: 0 });
    expect(
      shown.items.map(({ conversationId, visibility, moreSaid }) => [conversationId, visibility, moreSaid]),
    ).toEqual(threads.slice(0, 5).map(({ conversationId }, place) => [conversationId, 'public', place === 1]));
    await w.api.ok('PUT', `/tickets/${await ticketOf(threads[4]!)}/status`, { status: 'solved' }); // since it was shown
    const [key, body] = [uuidv7(), { threads: asSeen(shown), statusAfter: 'solved' }];
    const [one, two] = await Promise.all([begin(id, body, key), begin(id, body, key)]);
    expect([one.status, two.body]).toEqual([202, one.body]);
    expect(await finished(one.body.batchId)).toMatchObject({
      total: 5,
      done: 3,
      failed: [
        { conversationId: threads[1]!.conversationId, code: 'stale_reply' },
        {
          conversationId: threads[4]!.conversationId,
          code: 'done_meanwhile',
          words: { fa: expect.stringContaining('در این میان') as string },
        },
      ],
    });
    expect(await answers(threads)).toEqual([1, 0, 1, 1, 0, 0]);
    await eventually(async () => w.network.arrived.length === 3);
    expect(new Set(w.network.arrived.map(({ message }) => message.replyToExternalId))).toEqual(
      new Set([0, 2, 3].map((place) => threads[place]!.externalId)),
    );
    expect((await preview(id)).items.map(({ conversationId }) => conversationId)).toEqual([threads[1]!.conversationId]);
  });

  it('takes no thread that is not of it, and nobody else’s', async () => {
    const { id, threads } = await wave(5);
    const foreign = await w.writes('چیز دیگر');
    expect((await begin(id, { threads: seen([...threads, foreign]) })).status).toBe(404);
    expect(await answers(threads)).toEqual([0, 0, 0, 0, 0]);
    const stranger = await w.stranger('wave-reef');
    const path = `/repeats/waves/${id}`;
    expect(await stranger.get(`${path}/threads`)).toEqual({ items: [], more: 0 });
    const body = { text: 'x', threads: seen(threads) };
    expect((await stranger.request('POST', `${path}/reply-batches`, body)).status).toBe(404);
    expect((await w.api.request('GET', '/repeats/waves/nonsense/threads')).status).toBe(404);
  });
});

it('a rule knows a repeat of open work, of what was answered, and of the same thread', async () => {
  const rule = (name: string, kind: string) =>
    w.api.post('/rules', {
      name,
      when: [{ on: 'message.received' }],
      conditions: { all: [{ field: 'repeated', op: 'contains_any', value: [kind] }] },
      actions: [{ do: 'tag', add: [`repeat_${kind}`] }],
    });
  for (const kind of ['open', 'answered', 'same_thread']) await rule(`Repeats ${kind}`, kind);
  const person = `asker${++people}`;
  const ask = (post: string, text = QUESTION) => w.says({ threadKey: `comment:${post}:${person}`, person, text, post });
  const tags = async (thread: Thread) => {
    const ticketId = await ticketOf(thread);
    return (await w.one<{ tags: string[] }>('SELECT tags FROM tickets WHERE id = $1', [ticketId])).tags.toSorted();
  };
  const first = await ask('r1');
  const second = await ask('r2');
  await eventually(async () => (await tags(second)).join() === 'repeat_open');
  await w.replied(first, ANSWER, { visibility: 'public' });
  const third = await ask('r3');
  await eventually(async () => (await tags(third)).join() === 'repeat_answered,repeat_open');
  await ask('r3');
  await eventually(async () => (await tags(third)).join() === 'repeat_answered,repeat_open,repeat_same_thread');
  const another = await ask('r4', 'آدرس فروشگاه شما در تهران کجاست');
  await eventually(async () => {
    const { behind } = await w.one<{ behind: string }>(
      `SELECT h.position - c.position AS behind FROM event_heads h JOIN event_cursors c USING (workspace_id)
       WHERE c.subscriber = 'rules.run' AND h.workspace_id = (SELECT workspace_id FROM messages WHERE id = $1)`,
      [another.messageId],
    );
    return Number(behind) <= 0;
  });
  expect(await tags(first)).toEqual([]);
  expect(await tags(another)).toEqual([]);
});
