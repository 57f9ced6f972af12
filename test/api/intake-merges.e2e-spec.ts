import { FOLLOWING } from '../../src/inbox/conversations/intake-merges.repository';
import { startApp, type TestApp } from '../harness';
import { answered, at, type IntakeWorld, orders, said, startIntakeWorld, told } from '../intake-world';

let w: IntakeWorld;
let other: TestApp;

beforeAll(async () => {
  w = await startIntakeWorld();
  other = await startApp({ databaseUrl: w.t.databaseUrl, env: { ROLE: 'web' } });
});
afterAll(async () => {
  await other.close();
  await w.t.close();
});

const ali = { externalId: 'ali', aliases: ['+98912'] };
/** A word that names both ids of its author, as networks tell it once they know. */
const both = (id: string, text: string, minute: number) =>
  said(id, 'ali', text, { author: ali, threadAliases: ['dm:+98912'], occurredAt: at(minute) });
const byNumber = (id: string, text: string, minute: number) => said(id, '+98912', text, { occurredAt: at(minute) });
const byName = (id: string, text: string, minute: number) => said(id, 'ali', text, { occurredAt: at(minute) });

const STORY = [
  byNumber('m1', 'one', 1),
  byName('m2', 'two', 2),
  answered('s3', '+98912', 'three', { occurredAt: at(3) }),
  byName('m4', 'four', 4),
  both('m5', 'five', 5),
  byNumber('m6', 'six', 6),
];

interface Thread {
  id: string;
  last_seq: number;
  seqs: number[];
  handler: string;
  last_inbound: string;
  keys: string[];
}
const standing = (world: IntakeWorld) =>
  world.rows<Thread>(
    `SELECT c.id, c.last_seq, c.handler, (SELECT array_agg(seq ORDER BY seq) FROM messages m WHERE m.conversation_id = c.id) AS seqs,
       (SELECT text FROM messages m WHERE m.id = c.last_inbound_message_id) AS last_inbound,
       (SELECT array_agg(k ORDER BY k) FROM (SELECT c.thread_key AS k UNION SELECT thread_key FROM conversation_aliases a
          WHERE a.conversation_id = c.id) x) AS keys
     FROM conversations c WHERE c.channel_id = $1 AND c.merged_into_id IS NULL ORDER BY c.id`,
  );
const tickets = (world: IntakeWorld) =>
  world.rows<{
    id: string;
    status: string;
    preview: string;
    conversation_id: string;
    merged_into_id: string | null;
    waiting: Date;
  }>(
    `SELECT id, status, preview, conversation_id, merged_into_id, waiting_since AS waiting FROM tickets WHERE channel_id = $1 ORDER BY id`,
  );

async function seen(world: IntakeWorld) {
  const threads = (await standing(world)).map(({ last_seq, seqs, handler, last_inbound, keys }) => ({
    last_seq,
    seqs,
    handler,
    last_inbound,
    keys,
  }));
  const owed = (await tickets(world)).filter(({ merged_into_id }) => merged_into_id === null);
  return {
    people: await world.people(),
    texts: (await world.threads()).map((thread) => thread.toSorted()),
    threads,
    owed: owed.map(({ status, preview, waiting }) => ({ status, preview, waiting: waiting?.toISOString() })),
  };
}

const ONE_THREAD = {
  people: ['+98912 ali'],
  texts: [STORY.map(({ text }) => text).toSorted()],
  threads: [
    { last_seq: 6, seqs: [1, 2, 3, 4, 5, 6], handler: 'human', last_inbound: 'six', keys: ['dm:+98912', 'dm:ali'] },
  ],
  owed: [{ status: 'open', preview: 'six', waiting: at(4) }],
};

describe('threads begun under each id of one person', () => {
  it('are one once a word names both, in the order in which it was written', async () => {
    const world = await w.aside();
    await world.tell(...STORY);
    expect(await seen(world)).toEqual(ONE_THREAD);
    expect(await world.threads()).toEqual([['one', 'two', 'three', 'four', 'five', 'six']]);
  });

  it('whatever comes first, twice, in one batch or on two nodes', async () => {
    for (const order of orders(STORY, 16)) {
      const world = await w.aside();
      await world.tell(...order);
      expect(await seen(world)).toEqual(ONE_THREAD);
      const batch = await w.aside();
      await batch.take(order);
      expect(await seen(batch)).toEqual(ONE_THREAD);
    }
    for (const [i, order] of orders(STORY, 8).entries()) {
      const world = await w.aside();
      const half = order.slice(0, i % order.length);
      await Promise.all([world.take(half), world.take(order.slice(half.length), at(59), other)]);
      expect(await seen(world)).toEqual(ONE_THREAD);
    }
  });

  it('takes in a word that another node was writing into the younger one', async () => {
    for (const [first, second] of [
      [both('m5', 'five', 5), byName('m6', 'six', 6)],
      [byName('m6', 'six', 6), both('m5', 'five', 5)],
      [both('m5', 'five', 5), byNumber('m6', 'six', 6)],
    ] as const) {
      const world = await w.aside();
      await world.tell(...STORY.slice(0, 4));
      await world.meeting([first], [second], other);
      expect(await seen(world)).toEqual(ONE_THREAD);
    }
  });

  it('are one as well when a change of the id names them', async () => {
    const world = await w.aside();
    await world.tell(
      ...STORY.slice(0, 4),
      told('ali', { formerExternalId: '+98912', threadAliases: ['dm:+98912'], occurredAt: at(5) }),
    );
    expect((await standing(world)).map(({ seqs }) => seqs)).toEqual([[1, 2, 3, 4]]);
    expect((await tickets(world)).filter(({ merged_into_id }) => merged_into_id === null)).toHaveLength(1);
  });

  it('stay two when the number is somebody else’s who goes by a name of their own', async () => {
    const world = await w.aside();
    const sara = { externalId: 'sara', aliases: ['+98912'] };
    await world.tell(
      both('m1', 'mine', 1),
      said('m2', 'sara', 'hello', { occurredAt: at(2) }),
      said('m3', 'sara', 'the number is mine now', { author: sara, threadAliases: ['dm:+98912'], occurredAt: at(3) }),
    );
    expect(await world.people()).toEqual(['+98912 ali', 'sara']);
    expect(await world.threads()).toEqual([['hello', 'the number is mine now'], ['mine']]);
  });
});

describe('the thread that went into another', () => {
  let world: IntakeWorld;
  let gone: string;
  let stays: string;
  beforeAll(async () => {
    world = await w.aside();
    await world.tell(...STORY.slice(0, 4));
    [stays, gone] = (await standing(world)).map(({ id }) => id) as [string, string];
    await world.rows(
      `INSERT INTO outbound_deliveries (workspace_id, message_id, conversation_id, channel_id, seq, request)
       SELECT workspace_id, id, conversation_id, channel_id, seq, '{}' FROM messages WHERE channel_id = $1 AND text = 'three'
       RETURNING message_id AS id`,
    );
    await world.tell(both('m5', 'five', 5));
  });

  it('answers under its old id', async () => {
    const { items } = await w.t.owner.get<{ items: { text: string }[] }>(`/conversations/${gone}/messages`);
    expect(items.map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four', 'five']);
    const note = await w.t.owner.request('POST', `/conversations/${gone}/notes`, { text: 'the same as before' });
    expect(note).toMatchObject({ status: 201, body: { conversationId: stays } });
    expect((await standing(world)).map(({ last_seq }) => last_seq)).toEqual([6]);
  });

  it('had a ticket that is merged into the older one, and both say so', async () => {
    const [first, second] = await tickets(world);
    expect(first).toMatchObject({ status: 'open', merged_into_id: null, conversation_id: stays });
    expect(second).toMatchObject({ status: 'closed', merged_into_id: first!.id, conversation_id: stays });
    const merged = (
      await world.rows<{ data: { from: string; into: string } }>(
        `SELECT data FROM domain_events WHERE type = 'conversation.merged' AND workspace_id = (SELECT workspace_id FROM channels WHERE id = $1)
         AND conversation_id = $2`,
        [stays],
      )
    ).map(({ data }) => data);
    expect(merged).toEqual([{ from: gone, into: stays }]);
    const shown = await w.t.owner.get<{ conversations: { id: string }[] }>(`/tickets/${first!.id}`);
    expect(shown.conversations.map(({ id }) => id)).toEqual([stays]);
  });

  it('leaves what is on its way where it is sent from', async () => {
    const [row] = await world.rows<{ conversation_id: string; same: boolean }>(
      `SELECT d.conversation_id, d.seq = m.seq AS same FROM outbound_deliveries d JOIN messages m ON m.id = d.message_id WHERE d.channel_id = $1`,
    );
    expect(row).toEqual({ conversation_id: stays, same: true });
  });

  it('is not found from another workspace', async () => {
    const aside = await w.aside('elsewhere');
    await aside.tell(...STORY);
    const [theirs] = await standing(aside);
    expect(await w.t.owner.request('GET', `/conversations/${theirs!.id}/messages`)).toMatchObject({ status: 404 });
    expect(await seen(aside)).toEqual(ONE_THREAD);
  });
});

it('every table that names a conversation goes along, or tells of the past', async () => {
  const handled = ['messages', 'message_keys', 'outbound_deliveries', 'tickets'].map(
    (table) => `${table}.conversation_id`,
  );
  const past = ['domain_events.conversation_id', 'report_facts.conversation_id'];
  const columns = await w.rows<{ name: string }>(
    `SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND $1::uuid IS NOT NULL
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND c.relnamespace = 'public'::regnamespace
       AND (a.attname LIKE '%conversation_id' OR EXISTS (SELECT FROM pg_constraint f
         WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid = 'conversations'::regclass AND a.attnum = f.conkey[2]))`,
  );
  const following = FOLLOWING.map(([table, column]) => `${table}.${column}`);
  expect(columns.map(({ name }) => name).toSorted()).toEqual([...handled, ...past, ...following].toSorted());
});
