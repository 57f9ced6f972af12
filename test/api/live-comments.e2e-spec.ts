import { eventually } from '../harness';
import { type ErrorJson, type MessageJson, type MetaWorld, startMetaWorld } from '../meta-world';
import { SEED } from '../simulators/meta/seed';

interface Offered {
  capabilities: {
    reply: string[];
    refusals: { public?: string; private?: string };
    privateReply: { available: boolean; whileLive?: boolean; expiresAt: string } | null;
  };
}

let w: MetaWorld;
beforeAll(async () => {
  w = await startMetaWorld();
});
afterAll(() => w.close());

let people = 0;
const broadcast = () => w.sim.world.addPost({ accountId: SEED.instagramId, text: 'پخش زنده', mediaType: 'LIVE' }).id;

async function comments(postId: string, text = 'این رنگ موجوده؟') {
  const person = `viewer${++people}`;
  w.sim.world.addPerson(person, `Viewer ${people}`, person);
  const { id: commentId } = w.sim.act.comment({ postId, person, text });
  const { id: conversationId, messages } = await w.thread(commentId);
  const [ticket] = await w.tickets(conversationId);
  return { commentId, conversationId, seen: messages.at(-1)!.id, ticketId: ticket!.id };
}
type Thread = Awaited<ReturnType<typeof comments>>;

const ask = ({ conversationId, seen }: Thread, visibility: string, text: string) =>
  w.api.request<MessageJson & ErrorJson>('POST', `/conversations/${conversationId}/replies`, {
    visibility,
    text,
    seenMessageId: seen,
  });
const offered = async ({ ticketId }: Thread) => (await w.api.get<Offered>(`/tickets/${ticketId}`)).capabilities;
const post = (externalId: string) =>
  w.one<{ seen: Date | null; ended: Date | null }>(
    'SELECT broadcast_seen_at AS seen, broadcast_ended_at AS ended FROM posts WHERE external_id = $1',
    [externalId],
  );
const effects = (text: string) => w.sim.effects.all.filter((effect) => effect.text === text);

it('a live comment takes no public reply, and one private reply while the broadcast runs', async () => {
  const to = await comments(broadcast());
  expect(await offered(to)).toMatchObject({
    reply: ['private'],
    refusals: { public: 'live_private_only' },
    privateReply: { available: true, whileLive: true },
  });
  const inPublic = await ask(to, 'public', 'never in public');
  expect(inPublic.body.error).toMatchObject({ code: 'send_refused', details: { reason: 'live_private_only' } });
  expect(effects('never in public')).toEqual([]);
  const inPrivate = await ask(to, 'private', 'بله، همین حالا');
  expect(inPrivate.status).toBe(201);
  await w.delivered(inPrivate.body.id, 'sent');
  expect(effects('بله، همین حالا')).toMatchObject([{ kind: 'private_reply', target: to.commentId }]);
  expect((await ask(to, 'private', 'again')).body.error.details).toMatchObject({ reason: 'private_reply_used' });
});

it('its end is found by asking, closes every thread under it, and is told to who looks at one', async () => {
  const live = broadcast();
  const [one, two] = [await comments(live), await comments(live)];
  await eventually(async () => (await post(live)).seen !== null);
  w.sim.act.endBroadcast({ postId: live });
  await eventually(async () => {
    await w.hurry();
    return (await post(live)).ended !== null;
  }, 30_000);
  for (const thread of [one, two]) {
    expect(await offered(thread)).toMatchObject({
      refusals: { private: 'live_over' },
      privateReply: { available: false },
    });
    expect((await ask(thread, 'private', 'too late')).body.error.details).toMatchObject({
      reason: 'live_over',
      facts: { told: true },
    });
  }
  expect(effects('too late')).toEqual([]);
  const told = await w.rows<{ conversation_id: string }>(
    `SELECT DISTINCT conversation_id FROM domain_events WHERE type = 'conversation.post_described'
       AND data->>'postId' = (SELECT id::text FROM posts WHERE external_id = $1)`,
    [live],
  );
  expect(told.map((row) => row.conversation_id)).toEqual(
    expect.arrayContaining([one.conversationId, two.conversationId]) as unknown,
  );
  const watching = await w.rows(
    `SELECT 1 FROM jobs WHERE name = 'channels.watch_broadcast' AND state = 'ready'
    AND payload->>'postId' = (SELECT id::text FROM posts WHERE external_id = $1)`,
    [live],
  );
  expect(watching).toEqual([]);
});

it('a reply the network refuses because it is over closes it for the whole post', async () => {
  const live = broadcast();
  // who asks for its end must not be told before the reply is
  w.sim.faults.add({ method: 'GET', path: live, times: 50, when: 'before', answer: { error: 'object_gone' } });
  const [one, two] = [await comments(live), await comments(live)];
  w.sim.act.endBroadcast({ postId: live });
  const asked = await ask(one, 'private', 'just too late');
  expect(asked.status).toBe(201);
  await w.delivered(asked.body.id, 'failed');
  const [delivery] = await w.rows<{ code: string }>('SELECT code FROM outbound_deliveries WHERE message_id = $1', [
    asked.body.id,
  ]);
  expect(delivery).toEqual({ code: 'broadcast_over' });
  expect((await ask(two, 'private', 'not even tried')).body.error.details).toMatchObject({ reason: 'live_over' });
  w.sim.faults.clear();
});

it('where nobody tells, the longest broadcast is the end; a media that never could be read tells nothing', async () => {
  const live = broadcast();
  w.sim.faults.add({ method: 'GET', path: live, times: 50, when: 'before', answer: { error: 'object_gone' } });
  const to = await comments(live);
  await eventually(async () => {
    await w.hurry();
    return (w.sim.faults.list()[0]?.fired ?? 0) >= 2;
  }, 30_000);
  w.sim.faults.clear();
  expect(await post(live)).toMatchObject({ seen: null, ended: null });
  expect((await offered(to)).privateReply).toMatchObject({ available: true });
  await w.rows(`UPDATE posts SET created_at = now() - interval '5 hours' WHERE external_id = $1`, [live]);
  expect(await offered(to)).toMatchObject({ refusals: { private: 'live_over' } });
  expect((await ask(to, 'private', 'hours later')).body.error.details).toMatchObject({
    reason: 'live_over',
    facts: { told: false },
  });
});

it('another post of the account is answered as ever', async () => {
  const feed = w.sim.world.addPost({ accountId: SEED.instagramId, text: 'عکس', mediaType: 'FEED' }).id;
  expect(await offered(await comments(feed))).toMatchObject({ reply: ['public', 'private'], refusals: {} });
});
