import { type LinkedInSimulator, SEED, startLinkedIn } from '../../simulators/linkedin/server';
import { NetworkWorld } from './world';

let sim: LinkedInSimulator;
let w: NetworkWorld;

beforeAll(async () => {
  sim = await startLinkedIn();
  w = await NetworkWorld.open();
  await w.connect({
    kind: 'linkedin',
    externalId: SEED.organization,
    credentials: {
      accessToken: SEED.accessToken,
      refreshToken: SEED.refreshToken,
      accessTokenExpiresAt: new Date(Date.now() + 50 * 86_400_000).toISOString(),
      clientId: SEED.clientId,
      appSecret: SEED.clientSecret,
    },
    settings: { apiBaseUrl: sim.url, developerApplicationId: SEED.applicationId },
  });
  await w.pastRead();
});

afterAll(async () => {
  await w.close();
  await sim.close();
});

const seen = () => sim.effects.flatMap(({ text }) => text ?? []);

it('a comment becomes a ticket; the answer is seen under it once, and is not told twice', async () => {
  const { id } = sim.act.comment({ by: 'negar', text: 'قیمت عمده چند است؟ 🍎' });
  const comment = await w.heard('قیمت عمده چند است؟ 🍎');
  expect(comment).toMatchObject({ kind: 'comment', status: 'new', author: null }); // LinkedIn names nobody
  await w.reaches(await w.reply(comment, 'برایتان می‌فرستیم.'), 'sent');
  await sim.deliveries.idle();
  expect(sim.effects).toMatchObject([{ kind: 'reply', target: id, text: 'برایتان می‌فرستیم.' }]);
  expect(await w.texts('out')).toEqual(['برایتان می‌فرستیم.']);
});

it('an answer to an answer goes under the first comment, as LinkedIn has two levels only', async () => {
  const top = await w.heard('قیمت عمده چند است؟ 🍎');
  sim.act.reply({ by: 'amir', text: 'Me too, please' });
  const reply = await w.heard('Me too, please');
  await w.reaches(await w.reply(reply, 'Of course.'), 'sent');
  expect(sim.effects.at(-1)!.target).toBe(sim.effects[0]!.target);
  expect(top.kind).toBe('comment');
});

it('a mention elsewhere, an edit and a deletion are heard', async () => {
  sim.act.mention({ by: 'amir', text: 'Great fruit at Sibsorkh' });
  const mention = await w.heard('Great fruit at Sibsorkh');
  expect(mention.kind).toBe('comment');
  const { id: changed } = sim.act.comment({ by: 'amir', text: 'Do you shp?' });
  await w.heard('Do you shp?');
  sim.act.editComment({ comment: changed, text: 'Do you ship?' });
  await w.heard('Do you ship?');
});

it('everything repeated, out of order, changes nothing', async () => {
  await sim.deliveries.idle();
  const before = await w.state();
  sim.deliveries.records.reverse();
  sim.deliveries.redeliver();
  await sim.deliveries.idle();
  expect(await w.state()).toEqual(before);
});

it('LinkedIn gives up on deliveries in the end: what it gave up is read back, each once', async () => {
  await w.nothingRead(); // what we published is looked up at LinkedIn at once, and everything new with it
  const before = await w.texts('in');
  const lost = ['First of the outage', 'دومین پیام', 'Third of the outage'];
  await w.cutOff(async () => {
    for (const text of lost) sim.act.comment({ by: 'negar', text });
    sim.act.answerElsewhere({ text: 'Answered at LinkedIn itself' });
    await sim.deliveries.idle();
    expect(await w.texts('in')).toEqual(before);
  });
  expect(await w.backfill()).toBe(202);
  expect(await w.texts('in', before.length + lost.length)).toEqual([...before, ...lost].toSorted());
  expect((await w.texts('out')).filter((text) => text === 'Answered at LinkedIn itself')).toHaveLength(1);
  const state = await w.state();
  sim.deliveries.redeliver(); // late, after all
  await sim.deliveries.idle();
  await w.backfill();
  expect(await w.state()).toEqual(state);
});

it('a dropped subscription loses nothing: the comparison finds it', async () => {
  sim.act.dropSubscription();
  sim.act.comment({ by: 'amir', text: 'Nobody was told of this' });
  await w.pull('reconcile');
  expect(await w.heard('Nobody was told of this')).toMatchObject({ kind: 'comment' });
  await w.subscribe();
});

it('a token that dies holds the answers; a new one sends them, in order and once', async () => {
  sim.act.comment({ by: 'negar', text: 'one more question' });
  const asked = await w.heard('one more question');
  const before = seen();
  sim.act.expireTokens();
  sim.world.refreshTokens.clear();
  const held = [await w.reply(asked, 'held first')];
  await w.needsReconnect();
  held.push(await w.reply(asked, 'held second'));
  expect(await w.delivery(held[0]!)).toMatchObject({ delivery: 'queued', shown: 'queued' });
  expect(seen()).toEqual(before);
  const endsAt = Date.now() + 60 * 86_400_000;
  sim.world.tokens.set('AQXFresh', endsAt);
  sim.world.refreshTokens.add('AQXFreshRefresh');
  await w.change({
    credentials: {
      accessToken: 'AQXFresh',
      refreshToken: 'AQXFreshRefresh',
      accessTokenExpiresAt: new Date(endsAt).toISOString(),
    },
  });
  for (const id of held) await w.reaches(id, 'sent');
  expect(seen()).toEqual([...before, 'held first', 'held second']);
});
