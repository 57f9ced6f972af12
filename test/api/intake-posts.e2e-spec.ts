import { startApp, type TestApp } from '../harness';
import { at, type IntakeWorld, orders, published, said, startIntakeWorld } from '../intake-world';

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

const comment = (id: string, person: string, postId: string) =>
  said(id, person, id, {
    threadKind: 'comment',
    threadKey: `comment:${postId}:${person}`,
    post: { externalId: postId },
    occurredAt: at(3),
  });

/** Each comment with the post an agent sees above it. */
const seen = (world: IntakeWorld) =>
  world.rows<{ comment: string; post: string; text: string | null }>(
    `SELECT m.text AS comment, p.external_id AS post, p.text FROM messages m JOIN conversations c ON c.id = m.conversation_id
     JOIN posts p ON p.id = c.post_id WHERE m.channel_id = $1 ORDER BY m.text`,
  );

const post = published('chan:5', {
  post: { externalId: 'chan:5', text: 'first words', permalink: 'https://t.test/5', publishedAt: at(0) },
  aliases: ['group:77'],
});
const edited = published('chan:5', { post: { externalId: 'chan:5', text: 'نوشتهٔ تازه' }, occurredAt: at(9) });

describe('a post of the account', () => {
  it('is what all its comments hang under, by whichever name they know it', async () => {
    const story = [
      comment('c1', 'u1', 'group:77'),
      post,
      comment('c2', 'u2', 'group:77'),
      comment('c3', 'u3', 'chan:5'),
      edited,
    ];
    for (const order of orders(story)) {
      for (const batch of [true, false]) {
        const world = await w.aside();
        if (batch) await world.take(order);
        else await world.tell(...order);
        expect(await seen(world)).toEqual(
          ['c1', 'c2', 'c3'].map((id) => ({ comment: id, post: 'chan:5', text: 'نوشتهٔ تازه' })),
        );
        const [row] = await world.rows<object>(
          `SELECT permalink, published_at FROM posts WHERE channel_id = $1 AND external_id = 'chan:5'`,
        );
        expect(row).toEqual({ permalink: 'https://t.test/5', published_at: new Date(at(0)) });
      }
    }
  });

  it('is of one kind, whichever comment tells first; its own description knows better', async () => {
    const of = (id: string, kind?: string) => {
      const event = comment(id, id, 'chan:6');
      return { ...event, post: { externalId: 'chan:6', ...(kind ? { kind } : {}) } };
    };
    const described = published('chan:6', { post: { externalId: 'chan:6', kind: 'AD' }, occurredAt: at(1) });
    const told = [of('k1', 'REELS'), of('k2'), of('k3', 'FEED')];
    for (const [story, kind] of [[told, 'REELS'] as const, [[...told, described], 'AD'] as const])
      for (const order of orders(story, 6))
        for (const batch of [true, false]) {
          const world = await w.aside();
          if (batch) await world.take(order);
          else await world.tell(...order);
          expect(await world.rows(`SELECT kind FROM posts WHERE channel_id = $1`)).toEqual([{ kind }]);
        }
  });

  it('on two nodes at once', async () => {
    for (let i = 0; i < 10; i++) {
      const world = await w.aside();
      await Promise.all([
        world.take([comment('c1', 'u1', 'group:77'), comment('c2', 'u2', 'group:77')]),
        world.take([post], at(59), other),
        world.take([comment('c3', 'u3', 'chan:5')], at(59), other),
      ]);
      expect((await seen(world)).map((row) => row.post)).toEqual(['chan:5', 'chan:5', 'chan:5']);
    }
  });

  it('on two nodes that meet at the worst moment', async () => {
    for (const [first, second] of [
      [comment('c1', 'u1', 'group:77'), post],
      [post, comment('c1', 'u1', 'group:77')],
    ]) {
      const world = await w.aside();
      await world.meeting([first!], [second!], other);
      expect((await seen(world)).map((row) => row.post)).toEqual(['chan:5']);
    }
  });

  it('keeps each person’s thread under the name it began with, whatever else comes in the same batch', async () => {
    const world = await w.aside();
    await world.tell(post, comment('c1', 'u1', 'group:77'));
    const stead = { ...comment('c9', 'u9', 'other:1'), post: { externalId: 'other:1', stead: true as const } };
    await world.take([comment('c2', 'u1', 'group:77'), stead]);
    expect(await world.threads()).toEqual([['c1', 'c2'], ['c9']]);
  });

  it('tells the screens that show it, once for each description', async () => {
    const world = await w.aside();
    const before = (await world.events('conversation.post_described')).length;
    await world.tell(comment('c1', 'u1', 'chan:5'), post, post, edited, post);
    expect((await world.events('conversation.post_described')).length - before).toBe(2);
    expect(await world.take([post])).toEqual([{ state: 'ignored', reason: 'already_known' }]);
  });

  it('is another workspace’s own under the same id', async () => {
    const [mine, theirs] = [await w.aside(), await w.aside('lake')];
    await mine.tell(post, comment('c1', 'u1', 'group:77'));
    await theirs.tell(comment('c1', 'u1', 'group:77'));
    expect((await seen(theirs)).map((row) => row.post)).toEqual(['group:77']);
  });
});
