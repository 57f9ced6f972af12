import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { keysOf, messagesIn, NOON, XHarness } from './x-harness';
import { PICTURE, SEED } from './world';

const x = new XHarness();
afterEach(() => x.stop());

const publicly = (replyToExternalId: string, over: object = {}) => ({
  threadKind: 'comment' as const,
  visibility: 'public' as const,
  replyToExternalId,
  ...over,
});

const picture = { kind: 'image', url: 'http://files/1', mimeType: 'image/jpeg', read: () => Promise.resolve(PICTURE) };

describe('what X pushes', () => {
  it('a mention is one message, whichever of its events comes first', async () => {
    await x.start({ delivery: { shuffle: true, copies: 3 } });
    const ours = x.sim.act.publish({ text: 'پاییز آمد' });
    const reply = x.sim.act.reply({ by: 'amir', to: ours.id, text: '@sib_sorkh do you ship to Karaj? 🚚' });
    await x.sim.deliveries.idle();
    expect(x.refused).toBe(0);
    expect(keysOf(x.events)).toEqual([`post:${ours.id}`, `post:${reply.id}`].toSorted());
    // own post once; reply as mention and as reply; each three times
    expect(x.events).toHaveLength(9);
    const messages = messagesIn(x.events);
    for (const message of messages)
      expect(message).toEqual({
        type: 'message',
        accountId: SEED.brandId,
        eventKey: `post:${reply.id}`,
        threadKey: `comment:${ours.id}:${SEED.amirId}`,
        threadKind: 'comment',
        occurredAt: new Date(NOON).toISOString(),
        direction: 'in',
        externalId: reply.id,
        author: expect.objectContaining({ externalId: SEED.amirId, handle: 'amir_tvk' }) as unknown,
        contact: expect.objectContaining({ externalId: SEED.amirId }) as unknown,
        text: '@sib_sorkh do you ship to Karaj? 🚚',
        attachments: [],
        post: expect.objectContaining({ externalId: ours.id, text: 'پاییز آمد' }) as unknown,
        meta: { mayReply: true, language: 'en' },
      });
    expect(messages).toHaveLength(6);
  });

  it('direct messages, several in one delivery, reads, typing and deletions', async () => {
    await x.start();
    const { ids } = x.sim.act.dms({ by: 'negar', texts: ['سلام', 'کِی می‌رسد؟ 😊'] });
    const ours = x.sim.act.dmElsewhere({ to: 'negar', text: 'فردا' });
    x.sim.act.read({ by: 'negar', upTo: ours.id });
    x.sim.act.typing({ by: 'negar' });
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    const { id: own } = x.sim.act.publish({ text: 'سلام به همه' });
    x.sim.act.like({ by: 'amir', post: own });
    x.sim.act.delete({ post: own });
    await x.sim.deliveries.idle();
    const told = x.events.map((event) => [event.type, event.eventKey, event.threadKey]);
    expect(told).toHaveLength(9);
    expect(told).toEqual(
      expect.arrayContaining([
        ...ids.map((id) => ['message', `dm:${id}`, `dm:${SEED.negarId}`]),
        ['message', `dm:${ours.id}`, `dm:${SEED.negarId}`],
        ['receipt', `read:${SEED.negarId}:${ours.id}`, `dm:${SEED.negarId}`],
        ['ignored', `typing:${SEED.negarId}:${NOON}`, `dm:${SEED.negarId}`],
        ['message', `post:${mention.id}`, `comment:${mention.id}:${SEED.negarId}`],
        ['post', `post:${own}`, `post:${own}`],
        ['reaction', expect.stringMatching(/^like:/) as string, `message:${own}`],
        ['delete', `post:${own}:deleted`, `message:${own}`],
      ]),
    );
    expect(messagesIn(x.events).filter(({ direction }) => direction === 'out')).toMatchObject([
      { externalId: ours.id },
    ]);
  });

  it('an edit is an edit of the first version, again under the same key when told again', async () => {
    await x.start();
    const first = x.sim.act.mention({ by: 'negar', text: 'سلامم' });
    const edited = x.sim.act.edit({ post: first.id, text: '@sib_sorkh سلام' });
    await x.sim.deliveries.idle();
    expect(keysOf(x.events)).toEqual([`post:${first.id}`, `post:${first.id}:edit:${edited.latest}`].toSorted());
    expect(x.events.find(({ type }) => type === 'edit')).toMatchObject({
      externalId: first.id,
      version: 1,
      text: '@sib_sorkh سلام',
      author: { externalId: SEED.negarId },
    });
  });

  it('an encrypted message leaves a placeholder with a way to X', async () => {
    await x.start();
    x.sim.act.encrypted({ by: 'negar' });
    await x.sim.deliveries.idle();
    expect(x.events).toMatchObject([
      {
        type: 'message',
        subtype: 'placeholder',
        threadKey: `dm:${SEED.negarId}`,
        meta: { encrypted: true, link: `https://x.com/messages/${SEED.brandId}-${SEED.negarId}` },
      },
    ]);
  });

  it('a forged body is refused', async () => {
    await x.start();
    x.sim.deliveries.sendBytes(x.webhookUrl, Buffer.from('{"data":{}}'), `sha256=${'A'.repeat(43)}=`);
    await x.sim.deliveries.idle();
    expect([x.refused, x.events.length]).toEqual([1, 0]);
  });
});

describe('sending', () => {
  it('a reply to a mention comes back as an echo in the same thread, under the id the send returned', async () => {
    await x.start();
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    const outcome = await x.send(publicly(mention.id, { text: 'همین الان بررسی می‌کنیم 🌸' }));
    await x.sim.deliveries.idle();
    const echo = x.events.at(-1);
    expect(outcome).toEqual({ status: 'sent', externalId: x.sim.world.effects[0]?.id });
    expect(x.sim.world.effects).toMatchObject([
      { kind: 'reply', target: mention.id, text: 'همین الان بررسی می‌کنیم 🌸' },
    ]);
    expect(echo).toMatchObject({
      type: 'message',
      direction: 'out',
      eventKey: `post:${x.sim.world.effects[0]?.id}`,
      threadKey: `comment:${mention.id}:${SEED.negarId}`,
      parentExternalId: mention.id,
      text: 'همین الان بررسی می‌کنیم 🌸', // without the name X puts before it
    });
  });

  it('the newest version of an edited post is the one that is answered', async () => {
    await x.start();
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلامم' });
    const { latest } = x.sim.act.edit({ post: mention.id, text: '@sib_sorkh سلام' });
    expect(await x.send(publicly(mention.id))).toMatchObject({ status: 'sent' });
    expect(x.sim.world.posts.at(-1)?.replyTo?.id).toBe(latest);
  });

  it('who did not name the account is not answered, and nothing is tried', async () => {
    await x.start();
    const stranger = x.sim.act.publish({ text: 'a post of Amir', account: SEED.amirId });
    const outcome = await x.send(publicly(stranger.id));
    expect(outcome).toMatchObject({ status: 'failed', code: 'reply_not_permitted', fix: 'agent' });
    expect(outcome).toHaveProperty('reason', expect.stringContaining(`https://x.com/i/status/${stranger.id}`));
    expect(x.sim.calls.map(({ method }) => method)).toEqual(['GET']);
  });

  it.each([
    ['an answer under our post counts as naming us, unless the setting says no', true, 'sent'],
    ['with the setting off it does not', false, 'failed'],
  ])('%s', async (_, countImplicitMentions, status) => {
    await x.start();
    const ours = x.sim.act.publish({ text: 'پاییز' });
    const reply = x.sim.act.reply({ by: 'amir', to: ours.id, text: 'nice' });
    expect(await x.send(publicly(reply.id), { countImplicitMentions })).toMatchObject({ status });
  });

  it('what X itself refuses is told the same way', async () => {
    await x.start({ app: { implicitMentionsCount: false } });
    const ours = x.sim.act.publish({ text: 'پاییز' });
    const reply = x.sim.act.reply({ by: 'amir', to: ours.id, text: 'nice' });
    expect(await x.send(publicly(reply.id))).toMatchObject({
      status: 'failed',
      code: 'reply_not_permitted',
      fix: 'agent',
    });
    expect(x.sim.world.effects).toEqual([]);
  });

  it('who quoted us may be answered; an enterprise app asks nothing before', async () => {
    await x.start({ app: { enterprise: true } });
    const ours = x.sim.act.publish({ text: 'پاییز' });
    const quote = x.sim.act.quote({ by: 'amir', post: ours.id, text: 'look' });
    expect(await x.send(publicly(quote.id))).toMatchObject({ status: 'sent' });
    expect(x.sim.calls.map(({ method }) => method)).toEqual(['GET', 'POST']);
    const stranger = x.sim.act.publish({ text: 'a post', account: SEED.amirId });
    expect(await x.send(publicly(stranger.id), { enterprise: true })).toMatchObject({ status: 'sent' });
    expect(x.sim.calls.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST']);
  });

  it('a deleted post is gone', async () => {
    await x.start();
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    x.sim.act.delete({ post: mention.id });
    expect(await x.send(publicly(mention.id))).toMatchObject({ status: 'failed', code: 'gone', fix: 'none' });
  });

  it('a direct message with a picture goes up in parts and out as one message', async () => {
    await x.start();
    const outcome = await x.send({ attachments: [picture] });
    await x.sim.deliveries.idle();
    expect(outcome).toEqual({ status: 'sent', externalId: x.sim.world.dms[0]?.id });
    expect(x.sim.world.effects).toMatchObject([{ kind: 'direct_message', target: SEED.negarId, media: 1 }]);
    expect(x.sim.world.dms[0]?.media?.bytes).toEqual(PICTURE);
    expect(x.events).toMatchObject([{ eventKey: `dm:${x.sim.world.dms[0]?.id}`, direction: 'out' }]);
  });

  it('a film is sent when X has prepared it; four pictures fit into one reply', async () => {
    await x.start();
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    const film = {
      ...picture,
      kind: 'video',
      mimeType: 'video/mp4',
      read: () => Promise.resolve(Buffer.alloc(5 * 1_048_576, 7)),
    };
    expect(await x.send(publicly(mention.id, { attachments: [film], text: '' }))).toMatchObject({ status: 'sent' });
    expect(x.sim.calls.filter(({ path }) => path.endsWith('/append'))).toHaveLength(2);
    const four = Array.from({ length: 4 }, () => picture);
    expect(await x.send(publicly(mention.id, { attachments: four }))).toMatchObject({ status: 'sent' });
    expect(x.sim.world.effects.map(({ media }) => media)).toEqual([1, 4]);
  });

  it('a file that takes too long is tried again rather than sent late', async () => {
    await x.start();
    const slow = () => {
      x.wait(41_000);
      return Promise.resolve(PICTURE);
    };
    const late = { ...picture, read: slow };
    expect(await x.send({ attachments: [late] })).toMatchObject({ status: 'retry', code: 'attachment_processing' });
    expect(x.sim.world.effects).toEqual([]);
  });

  it('closed messages are for the agent to go around', async () => {
    await x.start();
    expect(await x.send({ recipientExternalId: SEED.parisaId })).toMatchObject({
      status: 'failed',
      code: 'dm_not_permitted',
      fix: 'agent',
    });
  });

  it('a used-up allowance makes the channel wait until X’s own reset, without asking again', async () => {
    await x.start();
    x.sim.app.limit(/^POST \/dm_conversations/, 1, NOON + 600_000);
    expect(await x.send()).toMatchObject({ status: 'sent' });
    const waiting = { status: 'retry', code: 'rate_limited', scope: 'channel', afterMs: 600_000 };
    expect(await x.send({ text: 'دو' })).toMatchObject(waiting);
    expect(x.sim.calls).toHaveLength(1);
    x.wait(600_000);
    expect(await x.send({ text: 'دو' })).toMatchObject({ status: 'sent' });
  });

  it('an allowance that was used up elsewhere is learnt from the refusal', async () => {
    await x.start();
    x.sim.app.limit(/^POST \/dm_conversations/, 0, NOON + 300_000);
    expect(await x.send()).toMatchObject({ status: 'retry', code: 'rate_limited', scope: 'channel', afterMs: 300_000 });
  });

  it('a used-up cap holds all of the account, and is asked about again after an hour', async () => {
    await x.start();
    x.sim.app.capped = true;
    const held = { status: 'retry', code: 'usage_capped', scope: 'channel', afterMs: 3_600_000 };
    expect(await x.send()).toMatchObject(held);
  });

  it('a token whose time is over is waited for; one that is refused needs reconnecting', async () => {
    await x.start();
    x.wait(7_200_001);
    expect(await x.send()).toMatchObject({ status: 'retry', code: 'token_expired', scope: 'channel' });
    x.setClock(NOON);
    x.sim.app.tokens.length = 0;
    expect(await x.send()).toMatchObject({ status: 'reconnect', code: 'token_invalid' });
  });

  it('nobody there is certainly not sent', async () => {
    await x.start();
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await x.send({}, { apiBaseUrl: `http://127.0.0.1:${port}` })).toMatchObject({ status: 'retry' });
  });
});

describe('a send that ended in doubt', () => {
  it.each([
    ['reset', 'reset' as const],
    ['a server failure', 500],
  ])('after %s the message is found by reading back', async (_, answer) => {
    await x.start();
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    x.sim.faults.add({ method: 'POST', path: '^/tweets$', when: 'after', answer, times: 1 });
    const reply = publicly(mention.id, { text: 'قیمت & موجودی: https://sib.example/a <۱۲>' });
    expect(await x.send(reply)).toMatchObject({ status: 'unknown' });
    expect(await x.lookup(reply)).toEqual({ status: 'found', externalIds: [x.sim.world.effects[0]?.id] });
  });

  it('what was never done is absent', async () => {
    await x.start();
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    x.sim.faults.add({ method: 'POST', path: '^/tweets$', when: 'before', answer: 'reset', times: 1 });
    expect(await x.send(publicly(mention.id))).toMatchObject({ status: 'unknown' });
    expect(await x.lookup(publicly(mention.id))).toEqual({ status: 'absent' });
  });

  it('the same for messages, with a picture too', async () => {
    await x.start();
    x.sim.faults.add({ method: 'POST', path: 'messages$', when: 'after', answer: 'reset', times: 1 });
    expect(await x.send({ attachments: [picture] })).toMatchObject({ status: 'unknown' });
    expect(await x.lookup({ attachments: [picture] })).toEqual({
      status: 'found',
      externalIds: [x.sim.world.dms[0]?.id],
    });
    expect(await x.lookup({ text: 'هرگز' })).toEqual({ status: 'absent' });
  });

  it('X’s refusal of a duplicate is doubt, not a second post', async () => {
    await x.start();
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    await x.send(publicly(mention.id));
    expect(await x.send(publicly(mention.id))).toMatchObject({ status: 'unknown' });
    expect(await x.lookup(publicly(mention.id))).toMatchObject({ status: 'found' });
    expect(x.sim.world.duplicates()).toEqual([]);
  });

  it('nothing can be told while X does not answer', async () => {
    await x.start();
    x.sim.faults.add({ method: 'GET', when: 'before', answer: 503 });
    expect(await x.lookup()).toMatchObject({ status: 'cannot_tell' });
  });
});

describe('moderation', () => {
  const by = (action: 'hide' | 'unhide' | 'delete' | 'like', id: string, over: object = {}, settings: object = {}) =>
    x.connector.moderate(
      x.channel(settings),
      action,
      { messageExternalId: id, threadKind: 'comment', ...over },
      { accessToken: SEED.accessToken },
    );

  it('hides and shows a reply under an own post, twice with the same end', async () => {
    await x.start();
    const ours = x.sim.act.publish({ text: 'پاییز' });
    const reply = x.sim.act.reply({ by: 'amir', to: ours.id, text: 'spam' });
    for (const action of ['hide', 'hide', 'unhide'] as const)
      expect(await by(action, reply.id)).toEqual({ status: 'sent', externalId: reply.id });
    expect(x.sim.world.effects.map(({ kind }) => kind)).toEqual(['hide', 'hide', 'unhide']);
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    expect(await by('hide', mention.id)).toMatchObject({ status: 'failed', code: 'not_permitted' });
  });

  it('deletes what is ours, also when it is gone already, and nothing else', async () => {
    await x.start();
    const ours = x.sim.act.publish({ text: 'پاییز' });
    expect(await by('delete', ours.id, { authorExternalId: SEED.brandId })).toMatchObject({ status: 'sent' });
    expect(await by('delete', ours.id)).toMatchObject({ status: 'sent' });
    expect(await by('delete', '1', { authorExternalId: SEED.negarId })).toMatchObject({
      status: 'failed',
      code: 'not_ours',
    });
  });

  it('likes with an enterprise plan only', async () => {
    await x.start({ app: { enterprise: true } });
    const mention = x.sim.act.mention({ by: 'negar', text: 'سلام' });
    expect(await by('like', mention.id)).toMatchObject({ status: 'failed', code: 'not_in_plan', fix: 'admin' });
    expect(await by('like', mention.id, {}, { enterprise: true })).toMatchObject({ status: 'sent' });
  });
});

it('a scenario drives people over HTTP with plain JSON', async () => {
  await x.start();
  const act = (name: string, argument: object) =>
    fetch(`${x.sim.url}/__sim/act/${name}`, { method: 'POST', body: JSON.stringify(argument) });
  const answer = await act('dm', { by: 'negar', text: 'سلام' });
  const { id } = (await answer.json()) as { id: string };
  await x.sim.deliveries.idle();
  expect(keysOf(x.events)).toEqual([`dm:${id}`]);
  expect((await act('constructor', {})).status).toBe(404);
});
