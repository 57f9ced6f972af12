import { eventually } from '../../harness';
import { SEED } from '../../simulators/whatsapp/seed';
import { startWhatsapp, type WhatsappSimulator } from '../../simulators/whatsapp/server';
import { NetworkWorld } from './world';

let sim: WhatsappSimulator;
let w: NetworkWorld;

beforeAll(async () => {
  sim = await startWhatsapp({ requireProof: true });
  w = await NetworkWorld.open();
  await w.connect({
    kind: 'whatsapp',
    externalId: SEED.numberId,
    credentials: { accessToken: SEED.token, appSecret: SEED.appSecret, appId: SEED.appId },
    settings: { apiBaseUrl: sim.url, wabaId: SEED.wabaId },
  });
});

afterAll(async () => {
  await w.close();
  await sim.close();
});

const seen = () => sim.effects.all.flatMap(({ text }) => text ?? []);

it('a message becomes a ticket; the answer is seen once, and receipts say when', async () => {
  sim.act.dm({ by: 'negar', text: 'سلام، سفارش ۱۰۴۲ نرسیده 🙏' });
  const first = await w.heard('سلام، سفارش ۱۰۴۲ نرسیده 🙏');
  expect(first).toMatchObject({ kind: 'dm', status: 'new', author: 'نگار رستمی' });
  const answer = await w.reply(first, 'همین امروز می‌رسد 🚚');
  await w.reaches(answer, 'delivered');
  sim.act.read({ by: 'negar' });
  await w.reaches(answer, 'read');
  expect(seen()).toEqual(['همین امروز می‌رسد 🚚']);
});

it('a person without a phone number is answered under her user id', async () => {
  sim.act.dm({ by: 'ava', text: 'Do you ship abroad?' });
  const question = await w.heard('Do you ship abroad?');
  expect(question).toMatchObject({ kind: 'dm', author: 'Ava' });
  await w.reaches(await w.reply(question, 'We do.'), 'delivered');
  expect(sim.effects.all.at(-1)).toMatchObject({ text: 'We do.', target: sim.world.person('ava').userId });
});

it('a like is a reaction, beside the customer’s own; what WhatsApp refuses afterwards is not left standing', async () => {
  const { id } = sim.act.dm({ by: 'negar', text: 'خیلی ممنون!' });
  const { messageId } = await w.heard('خیلی ممنون!');
  sim.act.react({ by: 'negar', messageId: id, emoji: '👍' });
  await w.shows(messageId, [{ emoji: '👍', reaction: '👍', count: 1, own: false }]);
  expect(await w.moderate(messageId, 'like')).toBe(202);
  await w.shows(messageId, [{ emoji: '👍', reaction: '👍', count: 2, own: true }]);
  expect(sim.world.message(id).message.reaction).toBe('👍');
  expect(await w.moderate(messageId, 'unlike')).toBe(202);
  await w.shows(messageId, [{ emoji: '👍', reaction: '👍', count: 1, own: false }]);
  expect(sim.world.message(id).message.reaction).toBeUndefined();
});

it('a like WhatsApp accepts and then refuses is not left standing', async () => {
  const { id } = sim.act.dm({ by: 'negar', text: 'فراموشش کنید' });
  const { messageId } = await w.heard('فراموشش کنید');
  const { messages } = sim.world.message(id).thread;
  messages.splice(messages.length - 1); // deleted at once: WhatsApp does not say which
  expect(await w.moderate(messageId, 'like')).toBe(202);
  await eventually(async () => {
    const told = await w.rows(
      `SELECT 1 FROM domain_events WHERE message_id = $1 AND type = 'message.reacted' AND actor->>'kind' = 'system'`,
      [messageId],
    );
    return told.length === 1;
  });
  await w.shows(messageId, []);
});

it('everything repeated, out of order, changes nothing', async () => {
  const { id } = sim.act.dm({ by: 'negar', text: 'ممنون' });
  sim.act.react({ by: 'negar', messageId: sim.effects.all[0]!.id, emoji: '👍' });
  sim.act.dm({ by: 'omar', text: 'Danke', replyTo: id });
  await sim.deliveries.idle();
  await w.heard('Danke');
  const before = await w.state();
  sim.deliveries.redeliver(sim.deliveries.records.map((record) => record.id).toReversed());
  sim.deliveries.redeliver();
  await sim.deliveries.idle();
  expect(await w.state()).toEqual(before);
});

it('pushed twice and shuffled in batches, each message is there once', async () => {
  const before = await w.texts('in');
  const said = Array.from({ length: 12 }, (_, at) => `burst ${at}`);
  sim.deliveries.settings.hold = true;
  for (const [at, text] of said.entries()) sim.act.dm({ by: at % 2 ? 'negar' : 'omar', text });
  sim.deliveries.settings.hold = false;
  sim.deliveries.flush({ batchSize: 5, shuffle: true, copies: 3 });
  await sim.deliveries.idle();
  expect(await w.texts('in', before.length + said.length)).toEqual([...before, ...said].toSorted());
});

it('has no history to read: after an outage its own redelivery brings everything once', async () => {
  const before = await w.texts('in');
  const said = ['are you there?', 'hello?', 'کسی هست؟'];
  await w.cutOff(async () => {
    for (const text of said) sim.act.dm({ by: 'omar', text });
    sim.act.answerFromPhone({ by: 'omar', text: 'A colleague, from the phone' });
    await eventually(() => Promise.resolve(sim.deliveries.records.at(-1)!.attempts.length > 1));
    expect(await w.texts('in')).toEqual(before);
  });
  await sim.deliveries.idle();
  expect(await w.texts('in', before.length + said.length)).toEqual([...before, ...said].toSorted());
  expect(await w.texts('out')).toContain('A colleague, from the phone');
  expect(await w.backfill()).toBe(422);
});

it('a token that dies holds the answers; a new one sends them, each once', async () => {
  sim.act.dm({ by: 'omar', text: 'one more thing' });
  const asked = await w.heard('one more thing');
  const sara = { ...sim.world.person('omar'), key: 'sara', phone: '4915100000001', userId: 'DE.90000000000000000002' };
  sim.world.people.set(sara.key, sara);
  sim.act.dm({ by: 'sara', text: 'me too' });
  const alsoAsked = await w.heard('me too');
  sim.world.tokens.get(SEED.token)!.valid = false;
  const before = seen();
  const held = [await w.reply(asked, 'held first')];
  await w.needsReconnect();
  held.push(await w.reply(alsoAsked, 'held second')); // somebody else: one person is given a message in six seconds
  expect(await w.delivery(held[0]!)).toMatchObject({ delivery: 'queued', shown: 'queued' });
  expect(seen()).toEqual(before);
  const fresh = { ...sim.world.tokens.get(SEED.token)!, value: 'EAAFresh', valid: true };
  sim.world.tokens.set(fresh.value, fresh);
  await w.change({ credentials: { accessToken: fresh.value } });
  for (const id of held) await w.reaches(id, 'delivered');
  expect(seen().toSorted()).toEqual([...before, 'held first', 'held second'].toSorted());
  expect(sim.effects.duplicates()).toEqual([]);
});
