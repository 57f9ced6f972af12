import { eventually } from '../../harness';
import { startX, type XSimulator } from '../../simulators/x/server';
import { SEED } from '../../simulators/x/world';
import { NetworkWorld } from './world';

let sim: XSimulator;
let w: NetworkWorld;
let post: string;

beforeAll(async () => {
  sim = await startX();
  post = sim.act.publish({ text: 'انار ساوه رسید 🍎' }).id;
  w = await NetworkWorld.open();
  await w.connect({
    kind: 'x',
    externalId: SEED.brandId,
    credentials: {
      accessToken: SEED.accessToken,
      refreshToken: SEED.refreshToken,
      accessTokenExpiresAt: new Date(Date.now() + 7_000_000).toISOString(),
      clientId: SEED.clientId,
      clientSecret: SEED.clientSecret,
      appSecret: SEED.appSecret,
      bearerToken: SEED.bearerToken,
    },
    settings: { apiBaseUrl: sim.url },
  });
  await w.pastRead();
});

afterAll(async () => {
  await w.close();
  await sim.close();
});

const seen = () => sim.world.effects.flatMap(({ text }) => text ?? []);

it('a mention becomes a ticket of its own kind, and is answered in public, once', async () => {
  const { id } = sim.act.mention({ by: 'negar', text: '@sib_sorkh سفارشم نرسید' });
  const mention = await w.heard('@sib_sorkh سفارشم نرسید');
  expect(mention).toMatchObject({ kind: 'comment', status: 'new', author: 'نگار رستمی' });
  await w.reaches(await w.reply(mention, 'امروز می‌رسد 🚚'), 'sent');
  await sim.deliveries.idle();
  expect(sim.world.effects).toMatchObject([{ kind: 'reply', target: id, text: 'امروز می‌رسد 🚚' }]);
  // the webhook tells our own post too
  expect((await w.texts('out')).filter((text) => text === 'امروز می‌رسد 🚚')).toHaveLength(1);
});

it('a direct message is answered in private, and the reader’s receipt arrives', async () => {
  sim.act.dm({ by: 'amir', text: 'Where is my parcel?' });
  const question = await w.heard('Where is my parcel?');
  expect(question).toMatchObject({ kind: 'dm', status: 'new', author: 'Amir T.' });
  const answer = await w.reply(question, 'On its way.');
  await w.reaches(answer, 'sent');
  sim.act.read({ by: 'amir', upTo: sim.world.effects.at(-1)!.id });
  await w.reaches(answer, 'read');
  expect(sim.world.effects.at(-1)).toMatchObject({ kind: 'direct_message', target: SEED.amirId, text: 'On its way.' });
});

it('what X does not allow is refused before it is asked: liking, and deleting what others wrote', async () => {
  sim.act.reply({ by: 'amir', to: post, text: 'Not worth it' });
  sim.act.dm({ by: 'amir', text: 'Never mind.' });
  const comment = await w.heard('Not worth it');
  const message = await w.heard('Never mind.');
  const before = sim.world.effects.length;
  for (const action of ['like', 'unlike', 'block', 'delete']) {
    expect([action, await w.moderate(comment.messageId, action)]).toEqual([action, 422]);
    expect([action, await w.moderate(message.messageId, action)]).toEqual([action, 422]);
  }
  expect(await w.moderate(comment.messageId, 'hide')).toBe(202);
  await eventually(() => Promise.resolve(sim.world.effects.length > before));
  expect(sim.world.effects.slice(before).map(({ kind }) => kind)).toEqual(['hide']);
});

it('everything repeated, out of order, changes nothing', async () => {
  sim.act.reply({ by: 'amir', to: post, text: 'Looks good' });
  await w.heard('Looks good');
  await sim.deliveries.idle();
  const before = await w.state();
  const told = sim.deliveries.records.slice();
  for (const { url, body } of told.toReversed()) sim.deliveries.sendBytes(url, body);
  await sim.deliveries.idle();
  for (const { url, body } of told) sim.deliveries.sendBytes(url, body);
  await sim.deliveries.idle();
  expect(await w.state()).toEqual(before);
});

it('X does not try again: what was lost in an outage is read back, each once', async () => {
  const before = await w.texts('in');
  await w.cutOff(async () => {
    sim.act.mention({ by: 'negar', text: '@sib_sorkh کسی هست؟' });
    sim.act.reply({ by: 'amir', to: post, text: 'Is anybody there?' });
    sim.act.dms({ by: 'amir', texts: ['Hello?', 'Please answer.'] });
    sim.act.dm({ by: 'parisa', text: 'پیام خصوصی' });
    await sim.deliveries.idle();
    expect(await w.texts('in')).toEqual(before);
  });
  expect(await w.backfill()).toBe(202);
  const lost = ['@sib_sorkh کسی هست؟', 'Is anybody there?', 'Hello?', 'Please answer.', 'پیام خصوصی'];
  expect(await w.texts('in', before.length + lost.length)).toEqual([...before, ...lost].toSorted());
  expect((await w.heard('پیام خصوصی')).status).toBe('new');
  const state = await w.state();
  await w.backfill();
  expect(await w.state()).toEqual(state);
});

it('what X pushes again on demand (replay) and what was read back are the same', async () => {
  await sim.deliveries.idle();
  const before = await w.state();
  for (const { id } of sim.app.webhooks) sim.deliveries.replay(id, 0, Date.now());
  await sim.deliveries.idle();
  expect(await w.state()).toEqual(before);
});

it('a token that ends is renewed by itself, and nobody is asked', async () => {
  sim.act.dm({ by: 'parisa', text: 'still there?' });
  const asked = await w.heard('still there?');
  sim.app.tokens[0]!.expiresAt = 0;
  const answer = await w.reply(asked, 'Yes, still here.');
  await w.needsReconnect();
  await w.care();
  await w.reaches(answer, 'sent');
  expect(seen().filter((text) => text === 'Yes, still here.')).toHaveLength(1);
});

it('a grant that is taken back holds the answers; a new one sends them, in order and once', async () => {
  const asked = await w.heard('still there?');
  const before = seen();
  sim.app.tokens.splice(0);
  const held = [await w.reply(asked, 'held first')];
  await w.needsReconnect();
  held.push(await w.reply(asked, 'held second'));
  expect(await w.delivery(held[0]!)).toMatchObject({ delivery: 'queued', shown: 'queued' });
  expect(seen()).toEqual(before);
  const { accessToken, refreshToken, expiresAt } = sim.app.grant(SEED.brandId);
  const accessTokenExpiresAt = new Date(expiresAt).toISOString();
  await w.change({ credentials: { accessToken, refreshToken, accessTokenExpiresAt } });
  for (const id of held) await w.reaches(id, 'sent');
  expect(seen()).toEqual([...before, 'held first', 'held second']);
  expect(sim.world.duplicates()).toEqual([]);
});
