import type { InboundEvent } from '../../src/inbox/conversations/inbound-event';
import { startApp, type TestApp } from '../harness';
import { at, type IntakeWorld, orders, said, startIntakeWorld } from '../intake-world';

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

const part = (n: number, caption = '', over: Parameters<typeof said>[3] = {}) =>
  said(`7:${n}`, 'u1', caption, {
    groupKey: 'album:1',
    attachments: [{ kind: n === 11 ? 'video' : 'image', url: `https://files.test/${n}` }],
    occurredAt: at(n),
    ...over,
  });
/** Edits do not say which album they are of. */
const caption = (n: number, text: string, version: number): InboundEvent => ({
  ...part(n, '', { groupKey: undefined }),
  type: 'edit',
  externalId: `7:${n}`,
  text,
  version,
  author: undefined,
});
const taken = (n: number): InboundEvent => ({ ...part(n), type: 'delete', externalId: `7:${n}`, by: 'contact' });

/** The messages as an agent sees them, with what stands in lists and which network ids lead to each. */
async function picture(world: IntakeWorld) {
  const rows = await world.rows<Record<string, unknown>>(
    `SELECT m.text, m.external_id, m.network_at, m.deleted_at IS NOT NULL AS deleted, m.version, m.edited_at IS NOT NULL AS edited,
            (SELECT array_agg(a.url || CASE WHEN a.meta ? 'deletedAt' THEN ' gone' ELSE '' END ORDER BY a.position) FROM attachments a WHERE a.message_id = m.id) AS files,
            (SELECT array_agg(k.external_id ORDER BY k.external_id) FROM message_keys k WHERE k.message_id = m.id) AS keys,
            c.last_message_at, c.last_inbound_at, t.preview, t.subject, t.last_message_at AS ticket_at
     FROM messages m JOIN conversations c ON c.id = m.conversation_id LEFT JOIN tickets t ON t.id = m.ticket_id
     WHERE m.channel_id = $1 AND m.subtype IS DISTINCT FROM 'duplicate' ORDER BY m.seq`,
  );
  return rows;
}

const ALBUM = {
  text: 'این‌ها را دارید؟',
  external_id: '7:9',
  network_at: new Date(at(9)),
  deleted: false,
  version: 1,
  edited: false,
  files: ['https://files.test/9', 'https://files.test/10', 'https://files.test/11'],
  keys: ['7:10', '7:11', '7:9', 'group:\nalbum:1'],
  last_message_at: new Date(at(11)),
  last_inbound_at: new Date(at(11)),
  preview: 'این‌ها را دارید؟',
  subject: 'این‌ها را دارید؟',
  ticket_at: new Date(at(11)),
};

describe('an album', () => {
  const story = [part(9), part(10, 'این‌ها را دارید؟'), part(11)];

  it('is one message, whatever comes first, in one batch or many, once or twice', async () => {
    for (const order of orders(story)) {
      for (const batch of [true, false]) {
        const world = await w.aside();
        if (batch) await world.take(order);
        else await world.tell(...order);
        expect({ batch, seen: await picture(world) }).toEqual({ batch, seen: [ALBUM] });
        expect(await world.tickets()).toHaveLength(1);
      }
    }
  });

  it('on two nodes at once', async () => {
    for (let i = 0; i < 12; i++) {
      const world = await w.aside();
      await Promise.all([
        world.take([story[i % 3]!, story[(i + 1) % 3]!]),
        world.take([story[(i + 2) % 3]!, story[i % 3]!], at(59), other),
      ]);
      expect(await picture(world)).toEqual([ALBUM]);
      const seqs = await world.rows<{ last_seq: number; n: number }>(
        `SELECT last_seq, (SELECT count(*)::int FROM messages m WHERE m.conversation_id = c.id) AS n FROM conversations c WHERE channel_id = $1`,
      );
      expect(seqs).toEqual([{ last_seq: 1, n: 1 }]);
    }
  });

  it('on two nodes that meet at the worst moment', async () => {
    for (const [first, second] of [
      [[story[0]!], [story[1]!, story[2]!]],
      [[story[1]!, story[2]!], [story[0]!]],
      [
        [story[2]!, story[0]!],
        [story[0]!, story[1]!],
      ],
    ]) {
      const world = await w.aside();
      await world.meeting(first!, second!, other);
      expect(await picture(world)).toEqual([ALBUM]);
    }
  });

  it('tells the screens of each further part, and of the files that came', async () => {
    const world = await w.aside();
    const before = (await world.events('message.attachments_changed')).length;
    await world.tell(...story, ...story);
    const told = (await world.events('message.attachments_changed')).slice(before);
    expect(told.map(({ data }) => (data['attachmentIds'] as string[]).length)).toEqual([1, 1]);
  });

  it('keeps captions by part: the newest of each stands, and a part without one takes none away', async () => {
    const told = [...story, caption(10, 'second', 2), caption(10, 'third', 3), caption(11, '', 9)];
    for (const order of orders(told)) {
      const world = await w.aside();
      await world.tell(...order);
      expect(await picture(world)).toMatchObject([
        { text: 'third', edited: true, files: ALBUM.files, preview: 'third' },
      ]);
    }
  });

  it('a part known from its edit first belongs to it all the same', async () => {
    const firstSeenEdited = { ...caption(10, 'edited', 5), author: { externalId: 'u1' } } as InboundEvent;
    for (const order of orders([...story, firstSeenEdited])) {
      const world = await w.aside();
      await world.tell(...order);
      expect(await picture(world)).toMatchObject([{ text: 'edited', files: ALBUM.files }]);
    }
  });

  it('loses a part that is taken back, and is gone when all are', async () => {
    for (const order of orders([part(9), part(10, 'words'), taken(9)], 8)) {
      const world = await w.aside();
      await world.tell(part(11), ...order);
      expect(await picture(world)).toMatchObject([
        {
          text: 'words',
          deleted: false,
          files: ['https://files.test/9 gone', 'https://files.test/10', 'https://files.test/11'],
        },
      ]);
      await world.tell(taken(10), taken(11));
      expect(await picture(world)).toMatchObject([{ deleted: true }]);
    }
  });

  it('answers and reactions find it by any part, before it or after', async () => {
    const reaction = {
      ...part(9),
      type: 'reaction',
      externalId: '7:11',
      actorExternalId: 'u1',
      action: 'add',
      reaction: 'love',
      emoji: '❤️',
    } as InboundEvent;
    const reply = said('7:20', 'u1', 'this one', { replyToExternalId: '7:10', occurredAt: at(20) });
    for (const order of orders([...story, reaction, reply], 8)) {
      const world = await w.aside();
      await world.tell(...order);
      const rows = await world.rows<{ reactions: number; quotes: boolean }>(
        `SELECT (SELECT count(*)::int FROM message_reactions r WHERE r.message_id = m.id) AS reactions,
                EXISTS (SELECT 1 FROM messages q WHERE q.reply_to_message_id = m.id) AS quotes
         FROM messages m WHERE m.channel_id = $1 AND m.meta ? 'parts' AND m.subtype IS NULL`,
      );
      expect(rows).toEqual([{ reactions: 1, quotes: true }]);
    }
  });

  it('is another album in another channel and another workspace', async () => {
    for (const name of ['harbour', 'meadow-albums']) {
      const world = await w.aside(name);
      await world.tell(part(9));
      expect(await picture(world)).toMatchObject([{ files: ['https://files.test/9'] }]);
    }
  });
});
