import { Resealing } from '../../src/maintenance/resealing';
import { startApp, type TestApp } from '../harness';

const OLD = 'a'.repeat(64);
const NEW = 'b'.repeat(64);

/** Starts a node on the first one's database with these keys. */
const node = (first: TestApp, keys: string) =>
  startApp({ databaseUrl: first.databaseUrl, env: { ENCRYPTION_KEY: keys } });

describe('key rotation', () => {
  let first: TestApp;
  let id: string;
  beforeAll(async () => {
    first = await startApp({ env: { ENCRYPTION_KEY: OLD } });
    const channel = await first.owner.post<{ id: string }>('/channels', {
      kind: 'facebook',
      name: 'Harbour',
      externalId: '104857213906412',
      credentials: { accessToken: 'token', appSecret: 'secret' },
    });
    id = channel.id;
  });
  afterAll(() => first?.close());

  const keyIds = () =>
    first.database.lean('system', (tx) =>
      tx.query<{ key: string }>(`SELECT credentials->>'keyId' AS key FROM channels`),
    );

  it('opens what the old key sealed, and seals it again under the new one when a worker starts', async () => {
    const before = await keyIds();
    const both = await node(first, `${NEW},${OLD}`);
    const after = await keyIds();
    expect(after).not.toEqual(before);
    expect(await both.owner.get(`/channels/${id}`)).toMatchObject({
      credentialsSet: expect.arrayContaining(['accessToken', 'appSecret']),
    });
    await both.close();
  });

  it('works without the old key from then on', async () => {
    const alone = await node(first, NEW);
    expect(await alone.owner.get(`/channels/${id}`)).toMatchObject({
      credentialsSet: expect.arrayContaining(['accessToken', 'appSecret']),
    });
    await alone.close();
  });

  it('leaves what no key opens as it is, and says so', async () => {
    const stranger = await node(first, 'c'.repeat(64));
    const before = await keyIds();
    expect(await stranger.app.get(Resealing).reseal('channels', (channelId) => channelId)).toEqual({
      done: 0,
      shut: 1,
    });
    expect(await keyIds()).toEqual(before);
    await stranger.close();
  });
});
