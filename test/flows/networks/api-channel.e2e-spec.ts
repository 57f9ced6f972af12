import { API_SECRET, type ApiServiceSimulator, startApiService } from '../../simulators/api-channel/server';
import { NetworkWorld } from './world';

let sim: ApiServiceSimulator;
let w: NetworkWorld;

beforeAll(async () => {
  sim = await startApiService();
  w = await NetworkWorld.open();
  await w.connect({
    kind: 'api',
    externalId: 'rooms',
    credentials: { appSecret: API_SECRET },
    settings: { deliveryUrl: `${sim.url}/out`, pullUrl: `${sim.url}/events` },
  });
  await w.pastRead();
});

afterAll(async () => {
  await w.close();
  await sim.close();
});

const seen = () => sim.rooms.effects.flatMap(({ text }) => text ?? []);

it('a message becomes a ticket; the answer is seen once, its echo is the same, and receipts say when', async () => {
  sim.act.dm({ by: 'نگار', text: 'سلام 🍎' });
  const first = await w.heard('سلام 🍎');
  expect(first).toMatchObject({ kind: 'dm', status: 'new', author: 'نگار' });
  const answer = await w.reply(first, 'سلام نگار عزیز');
  await w.reaches(answer, 'sent');
  await sim.posts.idle();
  const [effect] = sim.rooms.effects;
  sim.act.receipt({ message: effect!.id, status: 'delivered' });
  await w.reaches(answer, 'delivered');
  sim.act.receipt({ message: effect!.id, status: 'read' });
  await w.reaches(answer, 'read');
  expect(sim.rooms.effects).toMatchObject([{ text: 'سلام نگار عزیز', outboundId: answer }]);
  expect(await w.texts('out')).toEqual(['سلام نگار عزیز']);
});

it('a comment on the wall is a ticket of its kind', async () => {
  sim.act.publish({ post: 'p1', text: 'Fresh this week' });
  sim.act.comment({ by: 'amir', post: 'p1', text: 'How much?' });
  expect(await w.heard('How much?')).toMatchObject({ kind: 'comment', status: 'new', author: 'amir' });
});

it('a service that takes a message now and shows it later: the answer is sent once it has a name', async () => {
  sim.answers = 'later';
  const asked = await w.heard('سلام 🍎');
  const answer = await w.reply(asked, 'with patience');
  sim.act.dm({ by: 'amir', text: 'meanwhile' });
  await w.heard('meanwhile');
  expect(seen()).not.toContain('with patience');
  sim.settle();
  sim.answers = 'at_once';
  await w.reaches(answer, 'sent');
  expect(seen().filter((text) => text === 'with patience')).toHaveLength(1);
});

it('everything repeated, out of order, changes nothing', async () => {
  await sim.posts.idle();
  const before = await w.state();
  sim.posts.redeliver();
  sim.posts.send(sim.rooms.events.toReversed());
  await sim.posts.idle();
  expect(await w.state()).toEqual(before);
});

it('after an outage: what was redelivered, what was given up, and what is read back are there once', async () => {
  const before = await w.texts('in');
  const said = ['one', 'two', 'three', 'four', 'five'];
  await w.cutOff(async () => {
    sim.posts.settings.maxAttempts = 2;
    for (const text of said.slice(0, 3)) sim.act.dm({ by: 'amir', text });
    await sim.posts.idle();
    expect(sim.posts.records.slice(-3).map(({ state }) => state)).toEqual(Array(3).fill('given_up'));
    sim.posts.settings.maxAttempts = 200;
    for (const text of said.slice(3)) sim.act.dm({ by: 'amir', text });
    expect(await w.texts('in')).toEqual(before);
  });
  expect(await w.backfill()).toBe(202);
  await sim.posts.idle();
  expect(await w.texts('in', before.length + said.length)).toEqual([...before, ...said].toSorted());
  const state = await w.state();
  sim.posts.redeliver();
  await sim.posts.idle();
  await w.backfill();
  expect(await w.state()).toEqual(state);
});

it('a secret that no longer serves holds the answers; the new one sends them, in order and once', async () => {
  const asked = await w.heard('How much?');
  const before = seen();
  sim.secret = 'whsec_cGFzb2toLWludmVudGVkLXNlY3JldC0wMDAy';
  const held = [await w.reply(asked, 'held first')];
  await w.needsReconnect();
  held.push(await w.reply(asked, 'held second'));
  expect(await w.delivery(held[0]!)).toMatchObject({ delivery: 'queued', shown: 'queued' });
  expect(seen()).toEqual(before);
  await w.change({ credentials: { appSecret: sim.secret } });
  for (const id of held) await w.reaches(id, 'sent');
  expect(seen()).toEqual([...before, 'held first', 'held second']);
});
