import { isDeepStrictEqual } from 'node:util';
import type { InboundEdit, InboundEvent } from '../../src/inbox/conversations/inbound-event';
import { startApp, type TestApp } from '../harness';
import { type Picture, pictureOf } from '../intake-picture';
import { begin, type Situation, SITUATIONS } from '../intake-words';
import { at, deadlocksAt, type IntakeWorld, orders, published, said, startIntakeWorld } from '../intake-world';

let w: IntakeWorld;
let other: TestApp;
let deadlocks: () => number;
beforeAll(async () => {
  w = await startIntakeWorld();
  other = await startApp({ databaseUrl: w.t.databaseUrl, env: { ROLE: 'web' } });
  deadlocks = deadlocksAt(w.t, other);
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
            const before = deadlocks();
            const seen = await after(situation, pair, way);
            if (deadlocks() > before) wrong.push({ how, pair, deadlocks: deadlocks() - before });
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

/** Which messages quote which. */
async function quotes(world: IntakeWorld): Promise<string[]> {
  const rows = await world.rows<{ link: string }>(
    `SELECT m.external_id || ' ' || q.external_id AS link FROM messages m JOIN messages q ON q.id = m.reply_to_message_id
     WHERE m.channel_id = $1 ORDER BY 1`,
  );
  return rows.map(({ link }) => link);
}

const onCopy = said('c1', 'u1', 'how much?', {
  threadKind: 'comment',
  threadKey: 'comment:group:77:u1',
  post: { externalId: 'group:77' },
});
const post = published('chan:5', { aliases: ['group:77'], occurredAt: at(1) });
const fresh = { ...onCopy, eventKey: 'fresh', externalId: 'c2' };
/** A comment of somebody of their own, told by what it answers, and where its post is named. */
const under = (id: string, answers: string, postId?: string) =>
  said(id, `by ${id}`, id, {
    threadKind: 'comment',
    threadKey: `comment:${postId ?? answers}:by ${id}`,
    parentExternalId: answers,
    post:
      postId === undefined
        ? { externalId: answers, comments: [id], stead: true }
        : { externalId: postId, comments: [id, answers] },
    form: postId === undefined ? -1 : 0,
  });

describe('two nodes never wait for each other crosswise', () => {
  const { poorer, like, plain } = SITUATIONS['a message']!.words;
  it.each<[string, known: InboundEvent[], one: InboundEvent[], two: InboundEvent[]]>([
    ['a reaction and a retelling of its message', [poorer!], [like!], [plain!]],
    ['a post and a retelling of a comment on its copy', [onCopy], [post], [{ ...onCopy, eventKey: 'richer', form: 1 }]],
    ['a post, and a batch with a comment on its copy', [onCopy], [post], [fresh, { ...post, eventKey: 'again' }]],
    ['what stands for a post, twice', [under('c2', 'c1')], [under('c3', 'c2')], [under('c4', 'c1'), under('c5', 'c2')]],
    ['what stands for a post, and the post', [under('c1', 'c0', 'a1')], [under('c3', 'c1')], [under('c4', 'c1', 'a1')]],
  ])(
    '%s',
    async (_, known, one, two) => {
      const before = deadlocks();
      for (const [slow, fast] of [
        [one, two],
        [two, one],
      ] as const) {
        let met = true;
        for (let step = 2; met; step++) {
          const world = await w.aside();
          await world.tell(...known);
          met = await world.overtaken(slow, fast, step, other);
        }
      }
      expect(deadlocks() - before).toBe(0);
    },
    120_000,
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

  it.each(['quoting', 'richer', 'poorer'])(
    'a message is linked to what only its telling “%s” says it quotes',
    async (name) => {
      const { plain, bare, [name]: naming } = SITUATIONS['a quote']!.words;
      const every = [
        [plain!, bare!, naming!],
        [plain!, naming!, bare!],
        [bare!, plain!, naming!],
        [bare!, naming!, plain!],
        [naming!, plain!, bare!],
        [naming!, bare!, plain!],
      ];
      for (const story of every) {
        for (const way of [(world: IntakeWorld) => world.tell(...story), (world: IntakeWorld) => world.take(story)]) {
          const world = await w.aside();
          await way(world);
          expect(await quotes(world)).toEqual(['m2 m1']);
        }
      }
    },
  );

  it('a part of an album tells what the album quotes', async () => {
    const part = (n: number, over = {}) =>
      said(`7:${n}`, 'u1', '', { groupKey: 'a', attachments: [{ kind: 'image' }], occurredAt: at(n + 3), ...over });
    const story = [SITUATIONS['a quote']!.words['plain']!, part(1), part(2, { replyToExternalId: 'm1' })];
    for (const order of [story, story.toReversed(), [story[1]!, story[2]!, story[0]!]]) {
      const world = await w.aside();
      await world.tell(...order);
      expect(await quotes(world)).toEqual(['7:1 m1']);
    }
  });

  it('what a message quotes stands as it was first told', async () => {
    const [first, second] = ['m1', 'm2'].map((id) => said(id, 'u1', id));
    const naming = (id: string) => said('m3', 'u1', 'that', { replyToExternalId: id, parentExternalId: id, form: 1 });
    const world = await w.aside();
    await world.tell(first!, second!, naming('m1'), naming('m2'), { ...naming('m2'), form: 0 });
    expect(await quotes(world)).toEqual(['m3 m1']);
  });

  it.each(['echo', 'bareEcho', 'sent', 'read'])(
    'what we sent is gone when the network says so, before “%s” or after',
    async (name) => {
      const situation = SITUATIONS['a message of ours on its way']!;
      for (const way of [inTurn, meeting]) {
        for (const pair of [
          ['delete', name],
          [name, 'delete'],
        ] as const) {
          const { world, asHere } = await begin(w, situation);
          const [one, two] = pair.map((word) => asHere(situation.words[word]!));
          await way(world, one!, two!);
          expect(
            await world.rows(
              `SELECT m.external_id, m.deleted_at, m.deleted_by, m.delete_reason, count(e.type)::int AS told FROM messages m
             LEFT JOIN domain_events e ON e.message_id = m.id AND e.type = 'message.deleted'
             WHERE m.channel_id = $1 AND m.direction = 'out' GROUP BY m.workspace_id, m.id`,
            ),
          ).toEqual([
            {
              external_id: 'o1',
              deleted_at: new Date(at(20)),
              deleted_by: { kind: 'account' },
              delete_reason: 'deleted_at_source',
              told: 1,
            },
          ]);
        }
      }
    },
  );

  it('a ticket is about what its first call says that still stands', async () => {
    const word = (id: string, minute: number) => said(id, 'u1', `${id} says`, { occurredAt: at(minute) });
    const { words } = SITUATIONS['a message']!;
    const edit = { ...(words['edit'] as InboundEdit), occurredAt: at(4) };
    for (const [story, subject] of [
      [[word('m1', 1), word('m2', 2), word('m3', 3)], 'm1 says'],
      [[word('m1', 1), word('m3', 3), edit], 'm1 says'],
      [[word('m1', 1), word('m2', 2), words['delete']!, edit], 'm2 says'],
    ] as const) {
      for (const order of orders(story, 6)) {
        for (const way of [(world: IntakeWorld) => world.tell(...order), (world: IntakeWorld) => world.take(order)]) {
          const world = await w.aside();
          await way(world);
          expect(await world.tickets()).toMatchObject([{ subject }]);
        }
      }
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
