import { SEED, startYouTube, type YouTubeSimulator } from '../../simulators/youtube/server';
import { NetworkWorld } from './world';

let sim: YouTubeSimulator;
let w: NetworkWorld;

beforeAll(async () => {
  sim = await startYouTube();
  w = await NetworkWorld.open();
  await w.connect({
    kind: 'youtube',
    externalId: SEED.channelId,
    credentials: {
      accessToken: SEED.accessToken,
      refreshToken: SEED.refreshToken,
      clientId: SEED.clientId,
      clientSecret: SEED.clientSecret,
      accessTokenExpiresAt: new Date(Date.now() + 3_500_000).toISOString(),
    },
    settings: { apiBaseUrl: sim.url },
  });
  await w.pastRead();
});

afterAll(async () => {
  await w.close();
  await sim.close();
});

const seen = () => sim.effects.flatMap(({ text }) => text ?? []);

it('a polled comment becomes a ticket; the answer is seen under it once, and is not read back as another', async () => {
  const { id } = sim.act.comment({ by: 'negar', text: 'دستور رب را هم می‌گذارید؟ 🍅' });
  await w.pull('poll');
  const comment = await w.heard('دستور رب را هم می‌گذارید؟ 🍅');
  expect(comment).toMatchObject({ kind: 'comment', status: 'new', author: '@negar-rostami' });
  await w.reaches(await w.reply(comment, 'حتماً، همین هفته.'), 'sent');
  expect(sim.effects).toMatchObject([{ target: id, text: 'حتماً، همین هفته.' }]);
  await w.pull('poll');
  expect(await w.texts('out')).toEqual(['حتماً، همین هفته.']);
});

it('answers under a comment, edits and what the channel says elsewhere are heard', async () => {
  const { id } = sim.act.reply({ by: 'amir', text: 'I would lik it too' });
  await w.pull('poll');
  await w.heard('I would lik it too');
  sim.act.editComment({ comment: id, text: 'I would like it too' });
  sim.act.answerElsewhere({ text: 'Answered in the Studio' });
  await w.pull('poll');
  await w.heard('I would like it too');
  expect(await w.texts('out', 2)).toContain('Answered in the Studio');
});

it('there is no webhook to repeat: read from the beginning, by poll and as the past, nothing changes', async () => {
  const before = await w.state();
  await w.rows('UPDATE channel_pulls SET cursor = NULL WHERE channel_id = $1', [w.channelId]);
  await w.pull('poll');
  await w.backfill();
  await w.pull('poll');
  expect(await w.state()).toEqual(before);
});

it('after an outage of YouTube, and of the day’s quota, everything written meanwhile is there once', async () => {
  const before = await w.texts('in');
  const fault = { path: '/youtube/v3/', method: 'GET', when: 'before', answer: 503 } as const;
  sim.faults.add(fault);
  sim.act.comment({ by: 'amir', text: 'during the outage' });
  sim.act.reply({ by: 'parisa', text: 'و این هم پاسخ' });
  await w.pull('poll');
  expect(await w.texts('in')).toEqual(before);
  sim.faults.clear();
  const left = sim.unitsLeft;
  sim.unitsLeft = 0;
  sim.act.comment({ by: 'negar', text: 'without quota' });
  await w.pull('poll');
  expect(await w.texts('in')).toEqual(before);
  sim.unitsLeft = left;
  await w.pull('poll');
  const lost = ['during the outage', 'و این هم پاسخ', 'without quota'];
  expect(await w.texts('in', before.length + 3)).toEqual([...before, ...lost].toSorted());
  expect(await w.heard('without quota')).toMatchObject({ kind: 'comment', author: '@negar-rostami' });
});

it('a token that ends is renewed by itself, and nobody is asked', async () => {
  const asked = await w.heard('during the outage');
  sim.act.expireTokens();
  const answer = await w.reply(asked, 'Back again.');
  await w.needsReconnect();
  await w.care();
  await w.reaches(answer, 'sent');
});

it('a grant that is taken back holds the answers; a new one sends them, in order and once', async () => {
  const asked = await w.heard('during the outage');
  const before = seen();
  sim.act.expireTokens();
  sim.refreshTokens.clear();
  const held = [await w.reply(asked, 'held first')];
  await w.needsReconnect();
  held.push(await w.reply(asked, 'held second'));
  expect(await w.delivery(held[0]!)).toMatchObject({ delivery: 'queued', shown: 'queued' });
  expect(seen()).toEqual(before);
  sim.tokens.set('ya29.Fresh', Date.now() + 3_600_000);
  sim.refreshTokens.add('1//Fresh');
  const accessTokenExpiresAt = new Date(Date.now() + 3_600_000).toISOString();
  await w.change({ credentials: { accessToken: 'ya29.Fresh', refreshToken: '1//Fresh', accessTokenExpiresAt } });
  for (const id of held) await w.reaches(id, 'sent');
  expect(seen()).toEqual([...before, 'held first', 'held second']);
});
