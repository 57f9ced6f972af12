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
