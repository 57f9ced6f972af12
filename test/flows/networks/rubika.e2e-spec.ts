import { eventually } from '../../harness';
import { RUBIKA_BOT, RUBIKA_TOKEN, type RubikaSimulator, startRubika } from '../../simulators/rubika/server';
import { NetworkWorld } from './world';

let sim: RubikaSimulator;
let w: NetworkWorld;

beforeAll(async () => {
  sim = await startRubika();
  w = await NetworkWorld.open();
  await w.connect({
    kind: 'rubika',
    externalId: RUBIKA_BOT,
    credentials: { accessToken: RUBIKA_TOKEN },
    settings: { apiBaseUrl: sim.url, pollTimeoutSeconds: 2 },
  });
});

afterAll(async () => {
  await w.close();
  await sim.close();
});

const seen = () => sim.chats.effects.flatMap(({ text }) => text ?? []);

it('a message becomes a ticket; the answer is seen once, and stays "sent": a bot is told no receipts', async () => {
  sim.act.dm({ by: 'negar', text: 'سلام، سفارشم کجاست؟' });
  const first = await w.heard('سلام، سفارشم کجاست؟');
  expect(first).toMatchObject({ kind: 'dm', status: 'new' });
  await eventually(async () => (await w.contactOf(first)) === 'negar'); // asked for afterwards: updates name nobody
  await w.reaches(await w.reply(first, 'همین امروز می‌رسد 🚚'), 'sent');
  expect(sim.chats.effects).toMatchObject([
    { kind: 'message', chatId: sim.chats.chatOf('negar'), text: 'همین امروز می‌رسد 🚚' },
  ]);
});

it('everything repeated, out of order, with ids as numbers, changes nothing', async () => {
  const message = sim.act.dm({ by: 'amir', text: 'Thnks' });
  await w.heard('Thnks');
  sim.act.edit({ message, text: 'Thanks' });
  await w.heard('Thanks');
  await sim.posts.idle();
  const before = await w.state();
  sim.posts.redeliver();
  await sim.posts.idle();
  sim.numericIds = true;
  for (const update of sim.chats.updates.toReversed()) sim.posts.send([update]);
  await sim.posts.idle();
  sim.numericIds = false;
  expect(await w.state()).toEqual(before);
});

it('a webhook that is tried again after an outage brings everything once', async () => {
  const before = await w.texts('in');
  await w.cutOff(async () => {
    for (const text of ['one', 'two']) sim.act.dm({ by: 'amir', text });
    await eventually(() => Promise.resolve(sim.posts.records.at(-1)!.statuses.length > 0));
  });
  expect(await w.texts('in', before.length + 2)).toEqual([...before, 'one', 'two'].toSorted());
});

it('has no history to read, but its updates can be asked for: what it gave up is there once', async () => {
  expect(await w.backfill()).toBe(422);
  await sim.posts.idle();
  const before = await w.texts('in');
  sim.posts.settings.maxAttempts = 1;
  await w.cutOff(async () => {
    for (const text of ['lost one', 'lost two']) sim.act.dm({ by: 'negar', text });
    await sim.posts.idle();
    expect(await w.texts('in')).toEqual(before);
  });
  sim.repeat = 3;
  await w.set({ mode: 'poll' });
  await w.subscribe();
  expect(await w.texts('in', before.length + 2)).toEqual([...before, 'lost one', 'lost two'].toSorted());
  sim.act.dm({ by: 'negar', text: 'told by both' });
  await w.heard('told by both');
  await sim.posts.idle();
  expect(await w.texts('in')).toEqual([...before, 'lost one', 'lost two', 'told by both'].toSorted());
});

it('a token that dies holds the answers, and reading; a new one sends them, in order and once', async () => {
  const asked = await w.heard('told by both');
  const before = seen();
  sim.token = 'BFHEAanothertoken';
  sim.dropEndpoints();
  const held = [await w.reply(asked, 'held first')];
  await w.needsReconnect();
  sim.act.dm({ by: 'amir', text: 'while it was refused' });
  held.push(await w.reply(asked, 'held second'));
  expect(await w.delivery(held[0]!)).toMatchObject({ delivery: 'queued', shown: 'queued' });
  expect(seen()).toEqual(before);
  await w.change({ credentials: { accessToken: sim.token } });
  for (const id of held) await w.reaches(id, 'sent');
  expect(seen()).toEqual([...before, 'held first', 'held second']);
  expect(await w.heard('while it was refused')).toMatchObject({ kind: 'dm' });
});
