import { eventually } from '../../harness';
import { SEED } from '../../simulators/telegram/seed';
import { startTelegram, type TelegramSimulator } from '../../simulators/telegram/server';
import { NetworkWorld } from './world';

describe.each(['telegram', 'bale'] as const)('%s', (flavour) => {
  let sim: TelegramSimulator;
  let w: NetworkWorld;

  beforeAll(async () => {
    sim = await startTelegram({ flavour });
    w = await NetworkWorld.open();
    await w.connect({
      kind: flavour,
      externalId: String(SEED.botId),
      credentials: { accessToken: SEED.token },
      settings: { apiBaseUrl: sim.url, pollTimeoutSeconds: 2 },
    });
  });

  afterAll(async () => {
    await w.close();
    await sim.close();
  });

  const seen = () => sim.effects.all.filter(({ kind }) => kind === 'message').map(({ text }) => text);

  it('a message becomes a ticket; the answer is seen once, and stays "sent": a bot is told no receipts', async () => {
    sim.act.dm({ by: 'negar', text: 'سلام، سفارشم کجاست؟ 🙏' });
    const first = await w.heard('سلام، سفارشم کجاست؟ 🙏');
    expect(first).toMatchObject({ kind: 'dm', status: 'new', author: 'نگار رستمی' });
    const answer = await w.reply(first, 'همین امروز می‌رسد 🚚');
    await w.reaches(answer, 'sent');
    expect(sim.effects.all.filter(({ text }) => text !== null)).toMatchObject([
      { kind: 'message', chatId: SEED.negarId, text: 'همین امروز می‌رسد 🚚' },
    ]);
  });

  it('a pressed button is told at once that it was taken, and only once however often it is delivered', async () => {
    const asked = sim.act.dm({ by: 'negar', text: 'با کارشناس حرف می‌زنم' });
    await w.heard('با کارشناس حرف می‌زنم');
    const { id } = sim.act.press({ by: 'negar', ...asked, title: 'کارشناس', data: 'faq:agent' });
    const answered = () => sim.effects.all.filter(({ kind, text }) => kind === 'callback_answer' && text === id);
    await eventually(() => Promise.resolve(answered().length > 0));
    await w.heard('کارشناس');
    await sim.updates.redeliver();
    await w.texts('in');
    expect(answered()).toHaveLength(1);
  });

  if (flavour === 'telegram')
    it('a comment under a channel’s post is answered under it', async () => {
      const { copy } = sim.act.channelPost({ text: 'انار ساوه رسید 🍎' });
      sim.act.groupMessage({ by: 'amir', text: 'How much is it?', replyTo: copy!.messageId, in: 'discussion' });
      const comment = await w.heard('How much is it?');
      expect(comment).toMatchObject({ kind: 'comment', status: 'new', author: 'Amir' });
      await w.reaches(await w.reply(comment, 'Five euros.'), 'sent');
      expect(sim.effects.all.at(-1)).toMatchObject({ chatId: SEED.discussionId, text: 'Five euros.' });
    });

  it('a like is a reaction beside the customer’s own where there are reactions, and refused where there are none', async () => {
    const said = sim.act.dm({ by: 'negar', text: 'عالی بود' });
    const { messageId } = await w.heard('عالی بود');
    if (flavour === 'bale') {
      expect(await w.moderate(messageId, 'like')).toBe(422);
      return;
    }
    sim.act.react({ by: 'negar', ...said, emoji: '❤' });
    const theirs = { emoji: '❤', reaction: '❤', count: 1, own: false };
    await w.shows(messageId, [theirs]);
    expect(await w.moderate(messageId, 'like')).toBe(202);
    await w.shows(messageId, [theirs, { emoji: '👍', reaction: '👍', count: 1, own: true }]);
    expect(await w.moderate(messageId, 'unlike')).toBe(202);
    await w.shows(messageId, [theirs]);
    expect(sim.effects.all.filter(({ kind }) => kind === 'reaction').map(({ text }) => text)).toEqual(['👍', null]);
  });

  it('everything repeated, out of order, changes nothing', async () => {
    const said = sim.act.dm({ by: 'amir', text: 'Thanks' });
    sim.act.edit({ ...said, text: 'Thanks a lot' });
    await w.heard('Thanks a lot');
    const before = await w.state();
    sim.updates.log.reverse();
    await sim.updates.redeliver();
    sim.updates.log.reverse();
    await sim.updates.redeliver();
    expect(sim.updates.log.flatMap(({ attempts }) => attempts).every(({ status }) => status === 200)).toBe(true);
    expect(await w.state()).toEqual(before);
  });

  it('has no history, but keeps what it could not deliver: after an outage all of it is there once', async () => {
    const before = await w.texts('in');
    const lost = ['are you there?', 'hello?', 'کسی هست؟'];
    await w.cutOff(async () => {
      for (const text of lost) sim.act.dm({ by: 'parisa', text });
      sim.act.dm({ by: 'amir', text: 'anybody?' });
      await eventually(() => Promise.resolve(sim.updates.lastError !== null));
      expect(await w.texts('in')).toEqual(before);
    });
    expect(await w.texts('in', before.length + 4)).toEqual([...before, ...lost, 'anybody?'].toSorted());
    const { conversationId } = await w.heard('hello?');
    expect((await w.thread(conversationId)).map(({ text }) => text)).toEqual(lost);
    expect(await w.backfill()).toBe(422);
  });

  it('a token that dies holds the answers; a new one sends them, in order and once', async () => {
    const asked = await w.heard('hello?');
    const before = seen();
    sim.world.bot.token = `${SEED.botId}:aNewTokenFromBotFather0000000000001`;
    const held = [await w.reply(asked, 'held first')];
    await w.needsReconnect();
    held.push(await w.reply(asked, 'held second'));
    expect(await w.delivery(held[0]!)).toMatchObject({ delivery: 'queued', shown: 'queued' });
    expect(seen()).toEqual(before);
    await w.change({ credentials: { accessToken: sim.world.bot.token } });
    for (const id of held) await w.reaches(id, 'sent');
    expect(seen()).toEqual([...before, 'held first', 'held second']);
    expect(sim.effects.duplicates()).toEqual([]);
  });

  it('in poll mode news is asked for; an answer lost on its way is asked for again', async () => {
    await w.set({ mode: 'poll' });
    await w.subscribe();
    expect(sim.updates.webhook).toBeNull();
    const before = await w.texts('in');
    await eventually(() => Promise.resolve(sim.calls.some(({ method }) => method === 'getUpdates')));
    sim.faults.add({ path: 'getUpdates', when: 'after', answer: 'reset', times: 1 });
    for (const text of ['polled 1', 'polled 2', 'polled 3']) {
      sim.act.dm({ by: 'amir', text });
      await eventually(async () => {
        await w.hurry();
        return (await w.texts('in')).includes(text);
      });
    }
    expect(sim.faults.list()).toMatchObject([{ fired: 1 }]);
    expect(await w.texts('in')).toEqual([...before, 'polled 1', 'polled 2', 'polled 3'].toSorted());
    const asked = await w.heard('polled 3');
    await w.reaches(await w.reply(asked, 'To a poll'), 'sent');
  });

  it('back to the webhook: everything told by it once more changes nothing', async () => {
    await eventually(() => Promise.resolve(sim.updates.pendingCount === 0)); // the last poll is confirmed by the next
    await w.set({ mode: 'webhook' });
    await w.subscribe();
    const before = await w.state();
    await sim.updates.redeliver();
    expect(await w.state()).toEqual(before);
    sim.act.dm({ by: 'amir', text: 'by webhook again' });
    await w.heard('by webhook again');
  });

  if (flavour === 'telegram')
    it('delivers no more once its last channel is switched off, and again when it is back', async () => {
      await w.t.owner.ok('PATCH', `/channels/${w.channelId}`, { state: 'disabled' });
      await eventually(() => Promise.resolve(!sim.updates.webhook));
      await w.t.owner.ok('PATCH', `/channels/${w.channelId}`, { state: 'active' });
      await eventually(() => Promise.resolve(sim.updates.webhook));
      sim.act.dm({ by: 'negar', text: 'هنوز هستید؟' });
      await w.heard('هنوز هستید؟');
    });
});
