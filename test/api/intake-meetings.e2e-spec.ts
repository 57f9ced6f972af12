import type { InboundEdit, InboundEvent } from '../../src/inbox/conversations/inbound-event';
import { startApp, type TestApp } from '../harness';
import { answered, at, type IntakeWorld, said, startIntakeWorld } from '../intake-world';

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

const plain = said('m1', 'u1', 'do you ship?', { form: -1, meta: { language: 'en' }, occurredAt: at(2) });
const richer = said('m1', 'u1', 'do you ship? 🚚', {
  meta: { mayReply: true },
  parentExternalId: 'p1',
  subtype: 'mention',
  occurredAt: at(5),
  attachments: [{ kind: 'image', url: 'https://cdn.test/1.jpg' }],
});
const {
  attachments: _,
  replyToExternalId: _reply,
  ...facts
} = said('m1', 'u1', 'ships to Karaj?', { occurredAt: at(9) });
const edit: InboundEdit = { ...facts, type: 'edit', version: 3 };
const second: InboundEdit = { ...edit, eventKey: 'second', text: 'ships to Qom?', version: 4 };

/** The message with everything that was told of it. */
async function message(world: IntakeWorld) {
  const rows = await world.rows<object>(
    `SELECT m.text, m.subtype, m.meta, m.parent_external_id, m.network_at, t.preview,
       (SELECT array_agg(v.text ORDER BY v.text) FROM message_versions v WHERE v.message_id = m.id) AS before,
       (SELECT array_agg(a.url) FROM attachments a WHERE a.message_id = m.id) AS files
     FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.channel_id = $1`,
  );
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

describe('two nodes that are told of one new message at one moment', () => {
  const meetings: [name: string, first: InboundEvent, then: InboundEvent][] = [
    ['in two ways', plain, richer],
    ['as it was written and as it was edited', said('m1', 'u1', 'do you ship?', { occurredAt: at(2) }), edit],
    ['as it was edited twice', edit, second],
  ];

  it.each(meetings)('%s leave what one after the other leaves', async (_name, one, two) => {
    const calm = await w.aside();
    await calm.tell(one, two);
    const expected = await message(calm);
    for (const [first, then] of [
      [one, two],
      [two, one],
    ] as const) {
      const world = await w.aside();
      await world.meeting([first], [then], other);
      expect(await message(world)).toEqual(expected);
    }
  });

  it('one of which is told in both ways in one batch, too', async () => {
    const calm = await w.aside();
    await calm.tell(plain, richer);
    const world = await w.aside();
    await world.meeting([plain], [{ ...plain, eventKey: 'again' }, richer], other);
    expect(await message(world)).toEqual(await message(calm));
  });

  it('one that others spoke of before it came, told in both ways in one batch', async () => {
    const calm = await w.aside();
    await calm.tell(plain, richer);
    for (const batch of [
      [plain, richer],
      [richer, plain],
    ]) {
      const world = await w.aside();
      await world.tell(
        answered('a1', 'u1', 'we do', { contact: undefined, parentExternalId: 'm1', occurredAt: at(8) }),
      );
      await world.take(batch);
      const rows = await world.rows<object>(
        `SELECT m.text, m.subtype, m.meta, m.parent_external_id, m.network_at FROM messages m
         WHERE m.channel_id = $1 AND m.external_id = 'm1'`,
      );
      expect(await message(calm)).toMatchObject(rows[0]!);
    }
  });

  it('the same way leave one', async () => {
    const world = await w.aside();
    await world.meeting([plain], [{ ...plain, eventKey: 'again' }], other);
    expect(await message(world)).toMatchObject({ text: 'do you ship?', before: null });
  });
});
