import type { ConnectedChannel } from '../../../src/channels/channel';
import { MetaConnector } from '../../../src/channels/connectors/meta/meta.connector';
import { SEED } from './seed';
import { type MetaSimulator, startMeta } from './server';

const NEGAR = { facebook: '8123440097715526', instagram: '1599000123456781' } as const;
const CREDENTIALS = { accessToken: SEED.pageToken, appSecret: SEED.appSecret };
type Kind = 'facebook' | 'instagram';

let sim: MetaSimulator;
let connector: MetaConnector;
beforeEach(async () => {
  sim = await startMeta({ requireProof: true });
  connector = new MetaConnector();
});
afterEach(() => sim.close());

const channel = (kind: Kind): ConnectedChannel => ({
  id: kind,
  workspaceId: 'harbour',
  kind,
  externalId: kind === 'facebook' ? SEED.pageId : SEED.instagramId,
  settings: { apiBaseUrl: sim.url, timeoutMs: 5000 },
});
const post = (kind: Kind, id: string, credentials: Record<string, string> = CREDENTIALS) =>
  connector.describePost(channel(kind), id, credentials);
const person = (kind: Kind, id: string = NEGAR[kind]) => connector.describePerson(channel(kind), id, CREDENTIALS);

describe('a post', () => {
  it('of a Page has its text, link, picture, kind and time', async () => {
    const { permalink } = sim.world.posts.get(SEED.pagePostId)!;
    Object.assign(sim.world.posts.get(SEED.pagePostId)!, {
      pictureUrl: 'https://scontent.example/apples.jpg',
      createdMs: Date.UTC(2026, 10, 20, 8, 42, 2),
    });
    expect(await post('facebook', SEED.pagePostId)).toEqual({
      status: 'found',
      facts: {
        text: 'سبد میوهٔ پاییزی رسید 🍎 ارسال تا پنج‌شنبه',
        permalink,
        mediaUrl: 'https://scontent.example/apples.jpg',
        kind: 'added_photos',
        publishedAt: '2026-11-20T08:42:02.000Z',
      },
    });
  });

  it('on Instagram has its caption', async () =>
    expect(await post('instagram', SEED.mediaId)).toMatchObject({
      status: 'found',
      facts: { text: 'انار ساوه، همین هفته 🍎 | Fresh this week', kind: 'FEED' },
    }));

  it('that is a film shows its still picture', async () => {
    const pictureUrl = 'https://scontent.example/still.jpg';
    const { id } = sim.world.addPost({ accountId: SEED.instagramId, text: 'x', mediaType: 'REELS', pictureUrl });
    expect(await post('instagram', id)).toMatchObject({ facts: { mediaUrl: pictureUrl, kind: 'REELS' } });
  });

  it('without words still has its link', async () => {
    const { id, permalink } = sim.world.addPost({ accountId: SEED.pageId, text: '' });
    const answer = await post('facebook', id);
    expect(answer).toMatchObject({ status: 'found', facts: { permalink } });
    expect(answer).not.toHaveProperty('facts.text');
  });

  it('that is gone is absent', async () =>
    expect(await post('facebook', `${SEED.pageId}_404`)).toEqual({ status: 'absent' }));
});

describe('a person', () => {
  it('on Messenger has a name and a picture, and no handle', async () =>
    expect(await person('facebook')).toEqual({
      status: 'found',
      facts: { name: 'نگار رستمی', avatarUrl: 'https://scontent.example/negar.jpg' },
    }));

  it('on Instagram has a handle too', async () =>
    expect(await person('instagram')).toMatchObject({ facts: { name: 'نگار رستمی', handle: 'negar.rostamii' } }));

  it.each(['refused', 'empty'] as const)('whose profile is %s is absent', async (profile) => {
    sim.world.person('negar').profile = profile;
    expect(await person('facebook')).toEqual({ status: 'absent' });
  });

  it('nobody knows is absent', async () => expect(await person('facebook', '42')).toEqual({ status: 'absent' }));
});

describe('when Meta does not answer the question', () => {
  it.each([
    ['a failure of its own', { answer: { error: 'transient' } as const }, { status: 'retry' }],
    ['a bare 503', { answer: 503 }, { status: 'retry' }],
    ['a broken connection', { answer: 'reset' as const }, { status: 'retry' }],
    ['a rate limit', { answer: { error: 'rate_limited' } as const }, { status: 'retry', afterMs: 60_000 }],
    ['a token that has expired', { answer: { error: 'token_expired' } as const }, { status: 'refused' }],
    ['a block', { answer: { error: 'policy_block' } as const }, { status: 'refused' }],
  ])('%s', async (_, fault, expected) => {
    sim.faults.add({ method: 'GET', when: 'before', ...fault });
    expect(await person('facebook')).toMatchObject(expected);
    expect(await post('facebook', SEED.pagePostId)).toMatchObject(expected);
  });

  it('a token of another account is refused', async () =>
    expect(await post('facebook', SEED.pagePostId, { ...CREDENTIALS, accessToken: 'wrong' })).toMatchObject({
      status: 'refused',
    }));

  it('a used-up allowance is left alone until Meta says otherwise', async () => {
    const usage = { '1': [{ call_count: 100, estimated_time_to_regain_access: 7 }] };
    sim.faults.add({
      method: 'GET',
      times: 1,
      when: 'before',
      answer: 'none',
      headers: { 'x-business-use-case-usage': JSON.stringify(usage) },
    });
    expect(await person('facebook')).toMatchObject({ status: 'found' });
    const calls = sim.calls.length;
    const answer = await person('facebook');
    expect(answer).toMatchObject({ status: 'retry' });
    expect(answer).toHaveProperty('afterMs', expect.any(Number));
    expect(sim.calls).toHaveLength(calls);
  });
});
