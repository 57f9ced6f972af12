import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChannelDirectory } from '../../src/channels/channel-directory';
import { eventually, startApp } from '../harness';
import { AMIR, dm, feed, type MessageJson, MetaWorld, NEGAR, startMetaWorld, together } from '../meta-world';
import { seededRandom, shuffled } from '../simulators/meta/faults';
import { SEED } from '../simulators/meta/seed';

const FIXTURES = join(__dirname, '../../src/channels/connectors/meta/__fixtures__');
const POST = SEED.pagePostId;
const from = { id: NEGAR.author, name: 'نگار رستمی' };
const self = { id: SEED.pageId, name: 'فروشگاه سیب‌سرخ' };

let w: MetaWorld;
beforeAll(async () => {
  w = await startMetaWorld();
});
afterAll(() => w.close());

const comment = (comment_id: string, message: string, over: Record<string, unknown> = {}, time?: number) =>
  feed({ comment_id, message, from, ...over }, { time });
const edited = (comment_id: string, message: string, edited_time: number, over: Record<string, unknown> = {}) =>
  comment(comment_id, message, { verb: 'edited', edited_time, ...over });
const removed = (comment_id: string, over: Record<string, unknown> = {}) =>
  feed({ comment_id, from, verb: 'remove', created_time: 1_795_169_000, ...over });
const said = (mid: string, text: string, at?: number, person?: string) =>
  dm('person', { message: { mid, text } }, { at, person });
const only = async (externalId: string): Promise<MessageJson> => {
  const { message_id: id } = await w.one<{ message_id: string }>(
    'SELECT message_id FROM message_keys WHERE external_id = $1',
    [externalId],
  );
  return (await w.thread(externalId)).messages.find((message) => message.id === id)!;
};
const history = async (messageId: string) =>
  (
    await w.rows<{ text: string }>('SELECT text FROM message_versions WHERE message_id = $1 ORDER BY version', [
      messageId,
    ])
  ).map((row) => row.text);

describe('every recorded payload', () => {
  const names = readdirSync(FIXTURES)
    .filter((name) => name.endsWith('.json') && !/^(error|backfill|response)_/.test(name))
    .map((name) => name.slice(0, -5));

  it('ends in a state that says what became of it, and none fails', async () => {
    for (const name of names) await w.tell(JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')));
    const rows = await w.rows<{ type: string; state: string; reason: string | null }>(
      `SELECT DISTINCT type, state, reason FROM inbound_events ORDER BY 1, 2, 3`,
    );
    const seen = rows.map(({ type, state, reason }) => `${type}: ${state}${reason ? ` (${reason})` : ''}`);
    expect(seen).toEqual([
      'delete: applied',
      'edit: applied',
      'identity: applied',
      'ignored: ignored (Control of the thread: app 815530072214466.)',
      'message: applied',
      'reaction: applied',
      // the samples' receipts speak of messages nobody sent from here: by id, which may yet come, and by time
      'receipt: ignored (message_not_seen_yet)',
      'receipt: ignored (unknown_message)',
      'visibility: applied',
    ]);
    const everyone = await w.rows(`SELECT 1 FROM messages WHERE author_kind = 'account' AND direction = 'in'`);
    expect(everyone).toHaveLength(0);
  });

  it('finds the customer’s first comment edited, hidden, shown again and removed', async () => {
    const message = await only('122148890021734550_1402277318860145');
    expect(message).toMatchObject({
      hiddenAt: null,
      deletedAt: '2026-11-20T10:01:41.000Z',
      deleteReason: 'deleted_at_source',
    });
    expect(message.versions).toBeGreaterThan(1);
  });
});

describe('changes that come before what they change', () => {
  it('an edit first: the original is history, its facts are not lost', async () => {
    await w.tell(
      dm('person', { message_edit: { mid: 'm_e1', text: 'second', num_edit: 1 } }, { at: 1_795_170_060_000 }),
      dm('person', {
        message: {
          mid: 'm_e1',
          text: 'first',
          attachments: [{ type: 'image', payload: { url: 'https://x.test/a.jpg' } }],
        },
      }),
      dm('person', { message_edit: { mid: 'm_e1', text: 'third', num_edit: 2 } }, { at: 1_795_170_120_000 }),
    );
    const message = await only('m_e1');
    expect(message).toMatchObject({ text: 'third', versions: 3, attachments: [{ kind: 'image' }] });
    expect(await history(message.id)).toEqual(['first', 'second']);
    const { network_at: at } = await w.one<{ network_at: Date }>('SELECT network_at FROM messages WHERE id = $1', [
      message.id,
    ]);
    expect(at.getTime()).toBe(1_795_170_000_000);
  });

  it('edits out of order: the last one stands, the others are history', async () => {
    await w.tell(comment('c_e2', 'one'), edited('c_e2', 'three', 1_795_170_020), edited('c_e2', 'two', 1_795_170_010));
    const message = await only('c_e2');
    expect(message.text).toBe('three');
    expect((await history(message.id)).toSorted()).toEqual(['one', 'two']);
  });

  it('two edits within one second: the one that came last stands, and running it again does not bring the other back', async () => {
    await w.tell(comment('c_e3', 'one'), edited('c_e3', 'two', 1_795_170_030), edited('c_e3', 'three', 1_795_170_030));
    expect((await only('c_e3')).text).toBe('three');
    const { items } = await w.api.get<{ items: { id: string; eventKey: string }[] }>('/inbound-events?limit=10');
    for (const { id, eventKey } of items)
      if (eventKey.startsWith('comment:c_e3:')) await w.api.post(`/inbound-events/${id}/replay`);
    await w.applied();
    expect((await only('c_e3')).text).toBe('three');
  });

  it('a deletion first leaves a tombstone that names who and why, and asks nobody to work', async () => {
    await w.tell(removed('c_d1'), comment('c_d1', 'gone before it came'));
    const message = await only('c_d1');
    expect(message).toMatchObject({
      text: 'gone before it came',
      deletedAt: '2026-11-20T10:03:20.000Z',
      deletedBy: { kind: 'unknown' },
      deleteReason: 'deleted_at_source',
    });
    await w.tell(removed('c_d1'));
    expect(await w.ledger('comment:c_d1:remove')).toMatchObject({ state: 'applied' });
  });

  it('reactions flip by their own time, late or before the message', async () => {
    const react = (at: number, emoji?: string) =>
      dm(
        'person',
        {
          reaction: { mid: 'm_r1', ...(emoji ? { action: 'react', reaction: 'love', emoji } : { action: 'unreact' }) },
        },
        { at },
      );
    await w.tell(react(1_795_170_003_000, '😂'), react(1_795_170_001_000, '❤️'), said('m_r1', 'react to me'));
    expect((await only('m_r1')).reactions).toEqual([{ emoji: '😂', reaction: 'love', count: 1, own: false }]);
    await w.tell(react(1_795_170_002_000)); // taken back before it was changed to the laugh
    expect((await only('m_r1')).reactions).toHaveLength(1);
    await w.tell(react(1_795_170_009_000));
    expect((await only('m_r1')).reactions).toEqual([]);
  });

  it('hiding before the comment, and hides that overtake each other', async () => {
    const hide = (verb: string, time: number) => comment('c_h1', 'hide me', { verb }, time);
    await w.tell(hide('hide', 1_795_170_100), comment('c_h1', 'hide me'));
    expect((await only('c_h1')).hiddenAt).toBe('2026-11-20T10:21:40.000Z');
    await w.tell(hide('unhide', 1_795_170_200));
    expect((await only('c_h1')).hiddenAt).toBeNull();
    await w.tell(
      feed({ comment_id: 'c_h1', from, message: 'hide me', verb: 'hide', published: 0 }, { time: 1_795_170_150 }),
    );
    expect((await only('c_h1')).hiddenAt).toBeNull();
  });

  it('our own comment under one that has not come waits for it', async () => {
    const own = feed({ comment_id: 'c_o2', parent_id: 'c_o1', from: self, message: 'از صفحه' });
    await w.tell(own);
    expect(await w.ledger('comment:c_o2:add')).toEqual({ state: 'ignored', reason: 'message_not_seen_yet' });
    await w.tell(comment('c_o1', 'سؤال'));
    const { messages } = await w.thread('c_o1');
    expect(messages.map((m) => m.text)).toEqual(expect.arrayContaining(['سؤال', 'از صفحه']));
    expect((await only('c_o2')).author.kind).toBe('account');
  });

  it('our own top-level comment opens nothing', async () => {
    await w.tell(feed({ comment_id: 'c_o3', from: self, message: 'note of the shop' }));
    expect(await w.ledger('comment:c_o3:add')).toEqual({ state: 'ignored', reason: 'own_activity' });
  });

  it('does not pile up what is said of a message that never comes', async () => {
    for (let i = 0; i < 13; i++) {
      await w.tell(
        together(
          ...Array.from({ length: 10 }, (_, n) =>
            feed({
              item: 'reaction',
              comment_id: 'c_never',
              reaction_type: 'like',
              from: { id: `9${i}${n}` },
              created_time: 1_795_170_000 + i,
            }),
          ),
        ),
      );
    }
    const { n } = await w.one<{ n: number }>(
      `SELECT (SELECT count(*)::int FROM jsonb_object_keys(early)) AS n FROM message_keys WHERE external_id = 'c_never'`,
    );
    expect(n).toBe(100);
  });
});

describe('our own words coming back', () => {
  it('another tool’s answer silences the bot and leaves nobody waiting', async () => {
    await w.tell(said('m_t1', 'is anybody there?', 1_795_170_000_000, '600001'));
    const conversation = await w.conversation('dm:600001');
    expect(conversation.handler).toBe('bot');
    await w.tell(
      dm(
        'account',
        { message: { mid: 'm_t2', text: 'yes', is_echo: true, app_id: 1 } },
        { person: '600001', at: 1_795_170_005_000 },
      ),
    );
    expect((await w.conversation('dm:600001')).handler).toBe('human');
    expect((await w.tickets(conversation.id)).map((t) => t.status)).toEqual(['open']);
  });

  it('an echo that comes after the customer’s next message does not answer that one', async () => {
    const at = 1_795_170_000_000;
    await w.tell(said('m_u1', 'one', at, '600002'), said('m_u2', 'two', at + 9_000, '600002'));
    await w.tell(
      dm('account', { message: { mid: 'm_u3', text: 'to one', is_echo: true } }, { person: '600002', at: at + 5_000 }),
    );
    const [ticket] = await w.tickets((await w.conversation('dm:600002')).id);
    expect(ticket).toMatchObject({ status: 'open', preview: 'two' });
  });

  it('the same echo twice is one message', async () => {
    await w.tell(said('m_v1', 'hello', undefined, '600003'));
    const again = dm('account', { message: { mid: 'm_v2', text: 'hi', is_echo: true } }, { person: '600003' });
    await w.tell(together(again, again), again);
    expect((await w.thread('m_v1')).messages.map((m) => m.text)).toEqual(['hello', 'hi']);
  });
});

describe('what is one conversation', () => {
  it('is a person under a post: two people, two posts', async () => {
    const other = { id: AMIR.author, name: 'Amir' };
    const second = `${SEED.pageId}_second`;
    await w.tell(
      comment('c_k1', 'negar here'),
      comment('c_k2', 'amir here', { from: other }),
      comment('c_k3', 'negar again', { parent_id: 'c_k2' }),
      comment('c_k4', 'negar elsewhere', { post_id: second, parent_id: second }),
    );
    const threads = await Promise.all(['c_k1', 'c_k2', 'c_k3', 'c_k4'].map(async (id) => (await w.thread(id)).id));
    expect(threads[2]).toBe(threads[0]);
    expect(new Set(threads).size).toBe(3);
    expect((await only('c_k3')).parentMessageId).toBe((await only('c_k2')).id);
    const contacts = await w.rows<{ contact_id: string }>('SELECT contact_id FROM conversations WHERE id = ANY($1)', [
      threads,
    ]);
    expect(new Set(contacts.map((c) => c.contact_id)).size).toBe(2);
  });

  it('keeps a name that a nameless message of the same batch does not tell', async () => {
    const person = '1599000777';
    await w.tell({
      object: 'instagram',
      entry: [
        {
          id: SEED.instagramId,
          time: 1_795_170_000,
          changes: [
            {
              field: 'comments',
              value: {
                id: 'i_n1',
                text: 'hi',
                from: { id: person, username: 'sara.sails' },
                media: { id: SEED.mediaId },
              },
            },
          ],
        },
        dm('person', { message: { mid: 'i_n2', text: 'and here' } }, { object: 'instagram', person }).entry[0],
      ],
    });
    const { handle, name } = await w.one<{ handle: string; name: string }>(
      'SELECT i.handle, c.name FROM contact_identities i JOIN contacts c ON c.id = i.contact_id WHERE i.external_id = $1',
      [person],
    );
    expect([handle, name]).toEqual(['sara.sails', 'sara.sails']);
  });

  it('standby shows what is said and asks nobody to work', async () => {
    await w.tell(
      dm('person', { message: { mid: 'm_s1', text: 'to the other app' } }, { person: '600010', part: 'standby' }),
    );
    const { id, messages } = await w.thread('m_s1');
    expect(messages).toEqual([expect.objectContaining({ subtype: 'standby', text: 'to the other app' })]);
    expect(await w.tickets(id)).toEqual([]);
    await w.tell(said('m_s2', 'to us now', undefined, '600010'));
    expect(await w.tickets(id)).toHaveLength(1);
  });

  it('a network clock that runs ahead does not take us into the future', async () => {
    const ahead = Date.now() + 30 * 86_400_000;
    await w.tell(said('m_f1', 'from tomorrow', ahead, '600011'));
    await w.tell(
      dm(
        'person',
        { reaction: { mid: 'm_f1', action: 'react', reaction: 'love', emoji: '❤️' } },
        { at: ahead + 5_000, person: '600011' },
      ),
    );
    const row = await w.one<{ last_inbound_at: Date; last_message_at: Date; waiting_since: Date; now: Date }>(
      `SELECT c.last_inbound_at, t.last_message_at, t.waiting_since, now() AS now FROM conversations c JOIN tickets t ON t.conversation_id = c.id
       WHERE c.thread_key = 'dm:600011'`,
    );
    for (const at of [row.last_inbound_at, row.last_message_at, row.waiting_since]) expect(at <= row.now).toBe(true);
  });
});

describe('the ticket of a conversation', () => {
  it('is reopened within seven days of being solved, and a new one after; a closed one stays closed', async () => {
    const thread = 'dm:600020';
    let n = 0;
    const speak = () => w.tell(said(`m_w${++n}`, `message ${n}`, 1_795_170_000_000 + n * 1000, '600020'));
    const set = async (sql: string) => {
      await w.rows(
        `UPDATE tickets SET ${sql} WHERE id = (SELECT t.id FROM tickets t JOIN conversations c ON c.id = t.conversation_id
         WHERE c.thread_key = $1 ORDER BY t.position DESC LIMIT 1)`,
        [thread],
      );
    };
    const statuses = async () => (await w.tickets((await w.conversation(thread)).id)).map((t) => t.status);
    await speak();
    await set(`status = 'solved', solved_at = now() - interval '6 days 23 hours'`);
    await speak();
    expect(await statuses()).toEqual(['open']);
    await set(`status = 'solved', solved_at = now() - interval '7 days 1 hour'`);
    await speak();
    expect(await statuses()).toEqual(['solved', 'new']);
    await set(`status = 'closed', solved_at = now(), closed_at = now()`);
    await speak();
    expect(await statuses()).toEqual(['solved', 'closed', 'new']);
    await set(`status = 'pending'`);
    await speak();
    expect(await statuses()).toEqual(['solved', 'closed', 'open']);
  });

  it('does not depend on how messages were cut into deliveries', async () => {
    const at = 1_795_170_000_000;
    const thread = (person: string) => [
      said(`m_x1${person}`, 'question', at, person),
      dm('account', { message: { mid: `m_x2${person}`, text: 'answer', is_echo: true } }, { person, at: at + 1_000 }),
    ];
    await w.tell(together(...thread('600021')));
    for (const body of thread('600022')) await w.tell(body);
    await w.tell(thread('600023')[1], thread('600023')[0]);
    const statuses = await Promise.all(
      ['600021', '600022', '600023'].map(async (p) =>
        (await w.tickets((await w.conversation(`dm:${p}`)).id)).map((t) => t.status),
      ),
    );
    expect(statuses).toEqual([['open'], ['open'], ['open']]);
  });
});

/** A story of two people and three threads in which everything happens that can. */
function story(prefix: string): { object: string; entry: object[] }[] {
  const id = (name: string) => `${prefix}_${name}`;
  const person = `${prefix}900`;
  const at = 1_795_170_000_000;
  const author = { id: `${prefix}901`, name: 'Sara' };
  const inThread = (body: Record<string, unknown>, seconds: number, side: 'person' | 'account' = 'person') =>
    dm(side, body, { person, at: at + seconds * 1000 });
  return [
    inThread(
      {
        message: {
          mid: id('m1'),
          text: 'hello',
          attachments: [{ type: 'image', payload: { url: 'https://x.test/1.jpg' } }],
        },
      },
      0,
    ),
    inThread({ message: { mid: id('m2'), text: 'where is it', reply_to: { mid: id('m1') } } }, 10),
    inThread({ message_edit: { mid: id('m2'), text: 'where is it?', num_edit: 1 } }, 20),
    inThread({ message_edit: { mid: id('m2'), text: 'where is order 12045?', num_edit: 2 } }, 30),
    inThread({ message: { mid: id('m3'), text: 'we look', is_echo: true } }, 40, 'account'),
    inThread({ reaction: { mid: id('m3'), action: 'react', reaction: 'love', emoji: '❤️' } }, 50),
    inThread({ reaction: { mid: id('m3'), action: 'unreact' } }, 60),
    inThread({ reaction: { mid: id('m3'), action: 'react', reaction: 'smile', emoji: '😀' } }, 70),
    inThread({ message: { mid: id('m4'), text: 'never mind' } }, 80),
    inThread({ message: { mid: id('m4'), is_deleted: true } }, 90),
    inThread({ message: { mid: id('m5'), text: 'thanks' } }, 100),
    feed({ comment_id: id('c1'), from: author, message: 'price?', created_time: 1_795_170_000 }),
    feed({ comment_id: id('c1'), from: author, message: 'price please?', verb: 'edited', edited_time: 1_795_170_030 }),
    feed({
      comment_id: id('c2'),
      parent_id: id('c1'),
      from: self,
      message: 'in your inbox',
      created_time: 1_795_170_040,
    }),
    feed({ comment_id: id('c3'), parent_id: id('c1'), from: author, message: 'got it', created_time: 1_795_170_050 }),
    feed({ comment_id: id('c1'), from: author, message: 'price please?', verb: 'hide' }, { time: 1_795_170_060 }),
    feed({ comment_id: id('c1'), from: author, message: 'price please?', verb: 'unhide' }, { time: 1_795_170_070 }),
    feed({ comment_id: id('c3'), from: author, message: 'got it', verb: 'hide' }, { time: 1_795_170_080 }),
    feed({ item: 'reaction', comment_id: id('c3'), from: author, reaction_type: 'like', created_time: 1_795_170_055 }),
    feed({ comment_id: id('c4'), from: author, message: 'oops', created_time: 1_795_170_045, post_id: POST }),
    feed({ comment_id: id('c4'), from: author, verb: 'remove', created_time: 1_795_170_090 }),
  ];
}

/** What must be the same however a story was told: everything but ids, arrival and what arrival decides. */
async function picture(prefix: string) {
  const strip = (rows: object[]) => JSON.parse(JSON.stringify(rows).replaceAll(prefix, 'P')) as object[];
  const like = `${prefix}%`;
  const messages = await w.rows<object>(
    `SELECT m.external_id, c.thread_key, m.direction, m.visibility, m.author_kind, m.author_name, m.text, m.network_at, m.edited_at IS NOT NULL AS edited,
            m.version, m.subtype, m.parent_external_id, m.hidden_at, m.deleted_at, m.deleted_by, m.delete_reason, q.external_id AS quotes,
            (SELECT array_agg(text ORDER BY text) FROM message_versions v WHERE v.message_id = m.id) AS history,
            (SELECT array_agg(url) FROM attachments a WHERE a.message_id = m.id) AS files,
            (SELECT array_agg(r.reaction || r.removed ORDER BY actor_external_id) FROM message_reactions r WHERE r.message_id = m.id) AS reactions
     FROM messages m JOIN conversations c ON c.id = m.conversation_id LEFT JOIN messages q ON q.id = m.reply_to_message_id
     WHERE m.external_id LIKE $1 ORDER BY m.external_id`,
    [like],
  );
  const threads = await w.rows<object>(
    `SELECT c.thread_key, c.kind, c.last_seq, c.ticket_count, c.last_message_at, c.last_inbound_at, c.last_outbound_at, c.handler,
            array_agg(t.status || ' ' || t.preview || ' ' || t.preview_direction ORDER BY t.position) AS tickets,
            max(t.last_message_at) AS last
     FROM conversations c JOIN tickets t ON t.conversation_id = c.id WHERE c.thread_key LIKE $1 GROUP BY c.workspace_id, c.id ORDER BY c.thread_key`,
    [`%${prefix}90%`],
  );
  return strip([...messages, ...threads]);
}

describe('order and cut', () => {
  it('the same events, shuffled, repeated and cut otherwise, leave the same database', async () => {
    await w.tell(...story('q0'));
    const expected = await picture('q0');
    expect(expected).toHaveLength(11);
    for (let seed = 1; seed <= 10; seed++) {
      const random = seededRandom(seed);
      const prefix = `q${seed}x`;
      const told = story(prefix);
      const events = shuffled([...told, ...told.filter(() => random() < 0.4)], random);
      while (events.length > 0) {
        const batch = events.splice(0, 1 + Math.floor(random() * 6));
        expect((await w.post(together(...batch))).status).toBe(200);
        if (random() < 0.5) await w.applied();
      }
      await w.applied();
      expect({ seed, rows: await picture(prefix) }).toEqual({ seed, rows: expected });
    }
  });

  it('two nodes apply one backlog together: each event once, each conversation in order, also of what came out of order', async () => {
    const people = Array.from({ length: 30 }, (_, i) => `7700${i}`);
    const second = await startApp({ databaseUrl: w.t.databaseUrl });
    try {
      // a channel connected or changed on one node a moment ago is known on the other
      const directory = second.app.get(ChannelDirectory);
      expect((await directory.channel(w.page))?.name).toBe(`facebook ${SEED.pageId}`);
      const fresh = await w.connect(w.api, 'facebook', '440044');
      expect((await directory.channels([fresh])).get(fresh)?.externalId).toBe('440044');
      await w.api.request('PATCH', `/channels/${w.page}`, { credentials: { accessToken: 'renewed' } });
      await eventually(async () => (await directory.channel(w.page))?.credentials['accessToken'] === 'renewed');

      const bodies = Array.from({ length: 20 }, (_, n) =>
        together(...people.map((person) => said(`m_n${person}_${n}`, `${n}`, 1_795_170_000_000 + n * 1000, person))),
      );
      for (const body of bodies) expect((await w.post(body)).status).toBe(200);
      await w.applied();

      // the same told out of order, some of it twice, to both nodes at once
      const began = Date.now() - 60_000;
      const random = seededRandom(7);
      const numbered = people.flatMap((_, i) =>
        Array.from({ length: 20 }, (_n, n) => said(`m_o${i}_${n}`, `${n}`, began + n * 1000, `7711${i}`)),
      );
      const mixed = shuffled([...numbered, ...numbered.filter(() => random() < 0.2)], random);
      const posts = Array.from({ length: 24 }, (_, i) => together(...mixed.filter((_body, at) => at % 24 === i)));
      const urls = [w.t.url, second.url];
      await Promise.all(
        urls.map(async (url, node) => {
          for (const body of posts.filter((_body, i) => i % 2 === node))
            expect((await w.postTo(url, body)).status).toBe(200);
        }),
      );
      await w.applied();
    } finally {
      await second.close();
    }
    const reordered = await w.rows<{ texts: string[]; gapless: boolean; tickets: number }>(
      `SELECT array_agg(m.text ORDER BY coalesce(m.place, m.seq)) AS texts,
              min(m.seq) = 1 AND max(m.seq) = count(*) AND count(DISTINCT m.seq) = count(*) AND c.last_seq = count(*) AS gapless,
              (SELECT count(*)::int FROM tickets t WHERE t.conversation_id = c.id) AS tickets
       FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.thread_key LIKE 'dm:7711%' GROUP BY c.workspace_id, c.id`,
    );
    expect(reordered).toHaveLength(30);
    for (const row of reordered)
      expect(row).toEqual({ texts: Array.from({ length: 20 }, (_, n) => String(n)), gapless: true, tickets: 1 });
    const rows = await w.rows<{ texts: string[]; gapless: boolean; tickets: number }>(
      `SELECT array_agg(m.text ORDER BY m.seq) AS texts, min(m.seq) = 1 AND max(m.seq) = count(*) AND c.last_seq = count(*) AS gapless,
              (SELECT count(*)::int FROM tickets t WHERE t.conversation_id = c.id) AS tickets
       FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.thread_key LIKE 'dm:7700%' GROUP BY c.workspace_id, c.id`,
    );
    expect(rows).toHaveLength(30);
    const inOrder = Array.from({ length: 20 }, (_, n) => String(n));
    for (const row of rows) expect(row).toEqual({ texts: inOrder, gapless: true, tickets: 1 });
  });
});
