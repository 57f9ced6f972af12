import { EITAA_TOKEN, type EitaaSimulator, startEitaa } from '../../simulators/eitaa/server';
import { NetworkWorld } from './world';

let sim: EitaaSimulator;
let w: NetworkWorld;

beforeAll(async () => {
  sim = await startEitaa();
  w = await NetworkWorld.open();
  await w.connect({
    kind: 'eitaa',
    externalId: 'sibesorkh',
    credentials: { accessToken: EITAA_TOKEN },
    settings: { apiBaseUrl: sim.url },
  });
});

afterAll(async () => {
  await w.close();
  await sim.close();
});

const tried = (to: string) =>
  w.t.owner.request<{ status: string }>('POST', `/channels/${w.channelId}/test-message`, { to, text: 'آزمایش ✅' });

it('is connected and found well, though nobody can write there', async () => {
  const { checks } = await w.t.owner.post<{ checks: { name: string; state: string }[] }>(
    `/channels/${w.channelId}/check`,
  );
  expect(checks.map(({ name, state }) => `${name} ${state}`)).toEqual(['token ok']);
});

it('a test message goes to the channel that is connected, and to no other', async () => {
  expect(await tried('sibesorkh')).toMatchObject({ status: 200, body: { status: 'sent' } });
  expect(sim.effects).toMatchObject([{ chat: 'sibesorkh', text: 'آزمایش ✅' }]);
  expect((await tried('somebody-else')).status).toBe(404);
  expect(sim.effects).toHaveLength(1);
});
