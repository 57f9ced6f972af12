import { isDeepStrictEqual } from 'node:util';
import type { InboundEdit, InboundEvent } from '../../src/inbox/conversations/inbound-event';
import { startApp, type TestApp } from '../harness';
import { type Picture, pictureOf } from '../intake-picture';
import { begin, type Situation, SITUATIONS } from '../intake-words';
import { at, type IntakeWorld, said, startIntakeWorld } from '../intake-world';

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

/** How two words are told. @returns false when they did not meet */
type Way = (world: IntakeWorld, one: InboundEvent, two: InboundEvent) => Promise<unknown>;
const inTurn: Way = (world, one, two) => world.tell(one, two);
/** The second waits for whatever the first holds until its commit. */
const meeting: Way = (world, one, two) => world.meeting([one], [two], other);
/** The second is through while the first stands before its `step`-th statement. */
const overtaken =
  (step: number): Way =>
  (world, one, two) =>
    world.overtaken([one], [two], step, other);

async function after(situation: Situation, [one, two]: readonly [string, string], way: Way): Promise<Picture | null> {
  const { world, asHere } = await begin(w, situation);
  const met = await way(world, asHere(situation.words[one]!), asHere(situation.words[two]!));
  return met === false ? null : pictureOf(world);
}

/** What one has that the other has not. */
function differences(expected: Picture, seen: Picture): string[] {
  return Object.keys(expected).flatMap((section) => {
    const [before, now] = [expected[section]!, seen[section]!].map((rows) => rows.map((row) => JSON.stringify(row)));
    const [missing, unexpected] = [
      before!.filter((row) => !now!.includes(row)),
      now!.filter((row) => !before!.includes(row)),
    ];
    return [...missing.map((row) => `- ${section} ${row}`), ...unexpected.map((row) => `+ ${section} ${row}`)];
  });
}

const STEPS = 14; // what the longest way into the inbox asks of the database before its first row is written, and a little more

describe('any two words on two nodes at one moment leave what one after the other leaves, where it is told of', () => {
  it.each(Object.entries(SITUATIONS))(
    '%s',
    async (_, situation) => {
      const names = Object.keys(situation.words);
      const wrong: object[] = [];
      let step = 0;
      for (const [i, a] of names.entries()) {
        for (const b of names.slice(i)) {
          const orders = [await after(situation, [a, b], inTurn), await after(situation, [b, a], inTurn)];
          const judge = async (how: string, pair: readonly [string, string], way: Way) => {
            const seen = await after(situation, pair, way);
            if (seen && !orders.some((order) => isDeepStrictEqual(order, seen)))
              wrong.push({ how, pair, differs: differences(orders[0]!, seen) });
          };
          await judge('meeting', [a, b], meeting);
          if (a !== b) await judge('meeting', [b, a], meeting);
          step = (step + 1) % STEPS;
          await judge(`overtaken before statement ${step + 2}`, step % 2 === 0 ? [a, b] : [b, a], overtaken(step + 2));
        }
      }
      expect(wrong).toEqual([]);
    },
    180_000,
  );
});

describe('in whichever order they come', () => {
  it('comments stand under the post of what they answer', async () => {
    const situation = SITUATIONS['a comment that stands for a post']!;
    const { under, deeperPlaced } = situation.words;
    for (const story of [
      [under!, deeperPlaced!],
      [deeperPlaced!, under!],
    ]) {
      const world = await w.aside();
      await world.tell(...story);
      expect(
        await world.rows(
          'SELECT external_id FROM posts p WHERE channel_id = $1 AND EXISTS (SELECT FROM conversations c WHERE c.post_id = p.id)',
        ),
      ).toEqual([{ external_id: 'p1' }]);
      expect(await world.threads()).toHaveLength(1);
    }
  });

  it('who sent an album waits since its first part', async () => {
    const part = (n: number) =>
      said(`7:${n}`, 'u1', '', { groupKey: 'a', attachments: [{ kind: 'image' }], occurredAt: at(n) });
    for (const story of [
      [part(1), part(2), part(3)],
      [part(2), part(3), part(1)],
      [part(3), part(2), part(1)],
    ]) {
      const world = await w.aside();
      await world.tell(...story);
      expect(
        await world.rows(
          `SELECT t.waiting_since, t.last_message_at, c.last_message_at AS spoke FROM tickets t JOIN conversations c ON c.id = t.conversation_id
           WHERE t.channel_id = $1`,
        ),
      ).toEqual([{ waiting_since: new Date(at(1)), last_message_at: new Date(at(3)), spoke: new Date(at(3)) }]);
    }
  });

  it('what a person wrote stands as its richest telling says, though an edit of it came first', async () => {
    const { plain, poorer, edit } = SITUATIONS['a message']!.words;
    for (const story of [
      [plain!, poorer!, edit!],
      [edit!, poorer!, plain!],
      [poorer!, edit!, plain!],
    ]) {
      const world = await w.aside();
      await world.tell(...story);
      expect(await world.rows('SELECT text, meta, network_at FROM messages WHERE channel_id = $1')).toEqual([
        { text: 'ships to Qom?', meta: { language: 'en', raw: true, editVersion: 3 }, network_at: new Date(at(2)) },
      ]);
    }
  });

  it('a photo that is given words is shown by them', async () => {
    const photo = said('m1', 'u1', '', { attachments: [{ kind: 'image', url: 'https://cdn.test/1.jpg' }] });
    const { attachments: _, ...facts } = photo;
    const edit: InboundEdit = { ...facts, type: 'edit', eventKey: 'caption', text: 'this one', version: 1 };
    const world = await w.aside();
    await world.tell(photo, edit);
    expect(await world.tickets()).toMatchObject([{ preview: 'this one' }]);
    await world.tell({ ...edit, eventKey: 'none', text: '', version: 2 });
    expect(await world.tickets()).toMatchObject([{ preview: '[image]' }]);
  });
});
