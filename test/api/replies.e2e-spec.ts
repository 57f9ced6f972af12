import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { appSecretProof } from '../../src/channels/connectors/meta/meta.signature';
import { uuidv7 } from '../../src/platform/ids';
import { eventually } from '../harness';
import { type ErrorJson, feed, type MessageJson, MetaWorld, startMetaWorld } from '../meta-world';
import type { FaultRule } from '../simulators/meta/faults';
import { SEED } from '../simulators/meta/seed';

interface CapabilitiesJson {
  capabilities: {
    refusals: Record<string, string>;
    privateReply: { available: boolean; reason: string | null } | null;
  };
}

let w: MetaWorld;
beforeAll(async () => {
  w = await startMetaWorld();
});
afterAll(() => w.close());

afterEach(() => {
  w.sim.faults.clear();
  w.sim.settings.echo = 'after';
  w.sim.deliveries.settings.hold = false;
  w.sim.deliveries.flush();
});

let people = 0;
/** A new person who has written to the Page (or Instagram account). */
async function writes(text = 'سلام', accountId: string = SEED.pageId) {
  const person = `person${++people}`;
  w.sim.world.addPerson(person, `Person ${people}`, person);
  const { id } = w.sim.act.directMessage({ accountId, person, text });
  const { id: conversationId, messages } = await w.thread(id);
  return { person, conversationId, seen: messages.at(-1)!.id };
}

async function comments(text = 'قیمت؟', postId: string = SEED.pagePostId) {
  const person = `person${++people}`;
  w.sim.world.addPerson(person, `Person ${people}`, person);
  const { id } = w.sim.act.comment({ postId, person, text });
  const { id: conversationId, messages } = await w.thread(id);
  return { person, commentId: id, conversationId, seen: messages.at(-1)!.id };
}

const ask = (conversationId: string, body: object, key?: string) =>
  w.api.request<MessageJson & ErrorJson>(
    'POST',
    `/conversations/${conversationId}/replies`,
    { visibility: 'private', ...body },
    key === undefined ? {} : { 'idempotency-key': key },
  );

async function reply(
  to: { conversationId: string; seen: string },
  text: string,
  over: object = {},
): Promise<MessageJson> {
  const answer = await ask(to.conversationId, { text, seenMessageId: to.seen, ...over });
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const said = (line: Socket, text: string) => new Promise<void>((done) => line.write(text, () => done()));
const shown = (text: string) => w.sim.effects.all.filter((effect) => effect.text === text);
const fault = (rule: Partial<FaultRule>) =>
  w.sim.faults.add({
    method: 'POST',
    path: '/(messages|comments|replies)$',
    times: 1,
    when: 'before',
    answer: 500,
    ...rule,
  });
const mine = async (conversationId: string) =>
  (await w.messages(conversationId)).filter((message) => message.direction === 'out');

describe('before anything leaves', () => {
  it('holds a reply back once when something newer was said, shows it, and then goes ahead', async () => {
    const to = await writes('first');
    const { id } = w.sim.act.directMessage({ accountId: SEED.pageId, person: to.person, text: 'second' });
    await w.thread(id);
    const held = await ask(to.conversationId, { text: 'to the first', seenMessageId: to.seen });
    expect(held.status).toBe(409);
    expect(held.body.error.code).toBe('stale_reply');
    const newer = held.body.error.details['newer'] as MessageJson[];
    expect(newer.map((message) => message.text)).toEqual(['second']);
    const sent = await ask(to.conversationId, { text: 'to both', seenMessageId: newer[0]!.id });
    expect(sent.status).toBe(201);
    await w.delivered(sent.body.id, 'sent');
    // one's own words and notes are not news
    await w.api.post(`/conversations/${to.conversationId}/notes`, { text: 'a note' });
    expect((await ask(to.conversationId, { text: 'and one more', seenMessageId: newer[0]!.id })).status).toBe(201);
    expect((await ask(to.conversationId, { text: 'x', seenMessageId: uuidv7() })).status).toBe(422);
    const elsewhere = await writes();
    expect((await ask(to.conversationId, { text: 'x', seenMessageId: elsewhere.seen })).status).toBe(422);
  });

  it('keeps a note inside', async () => {
    const to = await writes();
    const note = await w.api.post<MessageJson>(`/conversations/${to.conversationId}/notes`, {
      text: 'ask the warehouse \u0000',
    });
    expect(note).toMatchObject({
      direction: 'note',
      visibility: 'internal',
      delivery: null,
      text: 'ask the warehouse \ufffd',
    });
    expect(shown('ask the warehouse \ufffd')).toEqual([]);
  });

  it('takes one Idempotency-Key once: again, at once, and not for other words', async () => {
    const to = await writes();
    const body = { text: 'exactly once', seenMessageId: to.seen };
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(to.conversationId, body, 'key-1')));
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.id}`)).size).toBe(1);
    await w.delivered(answers[0]!.body.id, 'sent');
    const later = await ask(to.conversationId, body, 'key-1');
    expect(later.body).toEqual(answers[0]!.body);
    const other = await ask(to.conversationId, { ...body, text: 'other words' }, 'key-1');
    expect([other.status, other.body.error.code]).toEqual([422, 'idempotency_key_reused']);
    expect((await ask(to.conversationId, body, 'not ascii ☺'.replace('☺', '\u00e9'))).status).toBe(400);
    expect(shown('exactly once')).toHaveLength(1);
    // a refusal is not remembered: the same key may be tried again once it can be sent
    await w.rows(`UPDATE conversations SET last_inbound_at = now() - interval '8 days' WHERE id = $1`, [
      to.conversationId,
    ]);
    expect((await ask(to.conversationId, { ...body, text: 'late' }, 'key-2')).status).toBe(422);
    await w.rows(`UPDATE conversations SET last_inbound_at = now() WHERE id = $1`, [to.conversationId]);
    expect((await ask(to.conversationId, { ...body, text: 'late' }, 'key-2')).status).toBe(201);
  });

  it.each<[string, (line: Socket, request: string) => Promise<unknown>]>([
    ['in the middle of the words', (line, request) => said(line, request.slice(0, -20))],
    ['before any answer', (line, request) => said(line, request)],
    ['at the first byte of the answer', (line, request) => said(line, request).then(() => once(line, 'data'))],
  ])('is one message when the line is cut %s and the same is asked again', async (where, say) => {
    const to = await writes();
    const words = { visibility: 'private', text: `cut ${where}`, seenMessageId: to.seen };
    const key = `cut-${where.replaceAll(' ', '-')}`;
    const body = JSON.stringify(words);
    const { hostname, port } = new URL(w.api.url);
    const headers = {
      host: hostname,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'idempotency-key': key,
      ...w.api.headers(),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const path = `/api/v1/conversations/${to.conversationId}/replies`;
    for (let times = 0; times < 3; times += 1) {
      const line = connect(Number(port), hostname);
      line.on('error', () => undefined);
      await once(line, 'connect');
      await say(line, [`POST ${path} HTTP/1.1`, ...lines, '', body].join('\r\n'));
      line.destroy();
    }
    const answers = await Promise.all(
      [1, 2].map(() => w.api.request<MessageJson>('POST', path.slice(7), words, { 'idempotency-key': key })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]!.body.id).toBe(answers[1]!.body.id);
    await w.delivered(answers[0]!.body.id, 'sent');
    expect(await mine(to.conversationId)).toHaveLength(1);
    expect(shown(words.text)).toHaveLength(1);
    expect((await ask(to.conversationId, { ...words, text: 'other words' }, key)).status).toBe(422);
  });

  it('knows the windows: 24 hours, seven days for a human, then nothing', async () => {
    const to = await writes();
    const wrote = async (ago: string) => {
      await w.rows(`UPDATE conversations SET last_inbound_at = now() - $2::interval WHERE id = $1`, [
        to.conversationId,
        ago,
      ]);
      const [hours] = [Number(ago.split(' ')[0])];
      w.sim.world.thread(SEED.pageId, to.person).lastUserActionMs = Date.now() - hours * 3_600_000;
    };
    await wrote('25 hours');
    const sent = await reply(to, 'as a human');
    await w.delivered(sent.id, 'sent'); // the simulator refuses RESPONSE by now: it went out as HUMAN_AGENT
    await wrote('169 hours');
    const refused = await ask(to.conversationId, { text: 'too late', seenMessageId: to.seen });
    expect(refused.body.error).toMatchObject({ code: 'send_refused', details: { reason: 'window_closed' } });
    const { id: ticketId } = (await w.tickets(to.conversationId))[0]!;
    expect((await w.api.get<CapabilitiesJson>(`/tickets/${ticketId}`)).capabilities.refusals).toEqual({
      public: 'not_possible_here',
      private: 'window_closed',
    });
  });

  it.each([
    ['an empty text', { text: '  ' }, 'empty'],
    ['a public reply in private', { text: 'x', visibility: 'public' }, 'not_possible_here'],
    ['too many characters', { text: 'آ'.repeat(2001) }, 'text_too_long'],
    [
      'a text and a picture in one',
      { text: 'x', attachments: [{ kind: 'image', url: 'https://cdn.test/a.jpg' }] },
      'split_required',
    ],
  ])('refuses %s', async (_, body, reason) => {
    const to = await writes();
    const answer = await ask(to.conversationId, { seenMessageId: to.seen, ...body });
    expect(answer.status).toBe(422);
    expect(answer.body.error.details).toMatchObject({ reason });
    expect(await mine(to.conversationId)).toEqual([]);
  });

  it('counts Instagram’s limit in bytes', async () => {
    const to = await writes('سلام', SEED.instagramId);
    const answer = await ask(to.conversationId, { text: 'آ'.repeat(501), seenMessageId: to.seen });
    expect(answer.body.error.details).toMatchObject({ reason: 'text_too_long', facts: { length: 1002, max: 1000 } });
    await w.delivered((await reply(to, 'آ'.repeat(500))).id, 'sent');
  });
});

describe('on its way', () => {
  it('is sent, delivered, read; its picture goes with it', async () => {
    const to = await writes();
    const sent = await reply(to, 'سفارش شما فردا می‌رسد 🚚');
    await w.delivered(sent.id, 'sent');
    w.sim.act.deliverMessages({ accountId: SEED.pageId, person: to.person });
    await w.delivered(sent.id, 'delivered');
    w.sim.act.readMessages({ accountId: SEED.pageId, person: to.person });
    await w.delivered(sent.id, 'read');
    w.sim.act.deliverMessages({ accountId: SEED.pageId, person: to.person });
    const picture = await reply(to, '', { attachments: [{ kind: 'image', url: 'https://cdn.test/box.jpg' }] });
    expect(picture.attachments).toMatchObject([{ kind: 'image', url: 'https://cdn.test/box.jpg' }]);
    await w.delivered(picture.id, 'sent');
    expect(shown('https://cdn.test/box.jpg')).toHaveLength(1);
    expect((await mine(to.conversationId))[0]!.delivery!.state).toBe('read');
    expect(await mine(to.conversationId)).toHaveLength(2);
  });

  // the network takes it and sends its echo, and only our call goes without an answer until its time is over
  const echoFirst = () => fault({ when: 'after', answer: 'hang' });

  it.each([
    ['Messenger, by our id', SEED.pageId],
    ['Instagram, by its words', SEED.instagramId],
  ])('recognises its echo before the call has returned: %s', async (_, accountId) => {
    const to = await writes('hello', accountId);
    echoFirst();
    const sent = await reply(to, `  echo first ${accountId}`);
    await w.delivered(sent.id, 'sent', { hurry: true });
    const all = await w.messages(to.conversationId);
    expect(all.map((m) => [m.direction, m.author.kind])).toEqual([
      ['in', 'contact'],
      ['out', 'agent'],
    ]);
    expect(shown(`  echo first ${accountId}`)).toHaveLength(1);
  });

  it.each([
    ['a Page', SEED.pagePostId, SEED.pageId],
    ['Instagram', SEED.mediaId, SEED.instagramId],
  ])('recognises a public answer and a private reply on %s in the same way', async (_, post, account) => {
    const to = await comments('how much?', post);
    echoFirst();
    const open = await reply(to, `answer under ${post}`, { visibility: 'public' });
    await w.delivered(open.id, 'sent', { hurry: true });
    echoFirst();
    const hidden = await reply(to, `a word in private, ${post}`);
    await w.delivered(hidden.id, 'sent', { hurry: true });
    expect((await mine(to.conversationId)).map((m) => [m.author.kind, m.visibility])).toEqual([
      ['agent', 'public'],
      ['agent', 'private'],
    ]);
    // the private one comes back in the direct messages, where it must not stand a second time
    const strays = await w.rows(
      `SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.thread_key = $1`,
      [`dm:${w.sim.world.scopedId(account, to.person)}`],
    );
    expect(strays).toEqual([]);
    expect([shown(`answer under ${post}`), shown(`a word in private, ${post}`)].map((list) => list.length)).toEqual([
      1, 1,
    ]);
  });

  it('accepted, then no answer: looked for, found, not sent again', async () => {
    const to = await writes();
    w.sim.deliveries.settings.hold = true; // no echo to help
    fault({ when: 'after', answer: 'hang' });
    const sent = await reply(to, 'did it arrive?');
    await w.delivered(sent.id, 'unknown');
    await w.delivered(sent.id, 'sent', { hurry: true });
    expect(shown('did it arrive?')).toHaveLength(1);
  });

  it('accepted, then no answer, but an echo: nothing to look for', async () => {
    const to = await writes();
    fault({ when: 'after', answer: 'reset' });
    const sent = await reply(to, 'the echo tells');
    await w.delivered(sent.id, 'sent', { hurry: true });
    expect(shown('the echo tells')).toHaveLength(1);
  });

  it('many at once, taken and never answered or cut off: every one is there once', async () => {
    const threads = await Promise.all(Array.from({ length: 16 }, () => writes()));
    fault({ when: 'after', answer: 'reset', times: 8 });
    fault({ when: 'after', answer: 'hang', times: 4 });
    const sent = await Promise.all(threads.map((to, at) => reply(to, `one of many ${at}`)));
    const ids = sent.map(({ id }) => id);
    await eventually(async () => {
      const [row] = await w.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM outbound_deliveries WHERE message_id = ANY($1) AND state IN ('queued', 'sending')`,
        [ids],
      );
      return row!.n === 0;
    }, 20_000);
    for (const id of ids) await w.delivered(id, 'sent', { hurry: true });
    expect(sent.map((_, at) => shown(`one of many ${at}`).length)).toEqual(sent.map(() => 1));
  });

  it('refused with 500 before it was taken: looked for, absent, sent once', async () => {
    const to = await writes();
    fault({});
    const sent = await reply(to, 'second time lucky');
    await w.delivered(sent.id, 'sent', { hurry: true });
    expect(shown('second time lucky')).toHaveLength(1);
    const public_ = await comments();
    fault({ answer: { error: 'transient' } });
    const answer = await reply(public_, 'in public, second time', { visibility: 'public' });
    await w.delivered(answer.id, 'sent', { hurry: true });
    expect(shown('in public, second time')).toHaveLength(1);
  });

  it('the same words twice: the first is not taken for the second', async () => {
    const to = await writes();
    w.sim.deliveries.settings.hold = true;
    const first = await reply(to, 'thank you');
    await w.delivered(first.id, 'sent');
    fault({});
    const second = await reply(to, 'thank you');
    await w.delivered(second.id, 'sent', { hurry: true });
    expect(shown('thank you')).toHaveLength(2);
    const ids = await w.rows<{ external_id: string }>('SELECT DISTINCT external_id FROM messages WHERE id = ANY($1)', [
      [first.id, second.id],
    ]);
    expect(ids).toHaveLength(2);
  });

  it('a call that lands after we gave up waiting is not repeated, and what follows waits for it', async () => {
    const to = await writes();
    w.sim.deliveries.settings.hold = true;
    fault({ answer: 'none', delayMs: 3_500 }); // we wait 1.5 s
    const slow = await reply(to, 'slow one');
    const next = await reply(to, 'right behind it');
    await w.delivered(next.id, 'sent'); // without hurrying: the grace for the doubtful one is kept by every job
    await w.delivered(slow.id, 'sent');
    expect(shown('slow one')).toHaveLength(1);
    const order = w.sim.effects.all.map((effect) => effect.text);
    expect(order.indexOf('slow one')).toBeLessThan(order.indexOf('right behind it'));
  });

  it('a call that is on its way is not looked for by the next reply’s job', async () => {
    const to = await writes();
    w.sim.deliveries.settings.hold = true;
    fault({ answer: 'none', delayMs: 700 });
    const slow = await reply(to, 'takes its time');
    await w.delivered(slow.id, 'sending');
    const looks = () =>
      w.sim.calls.filter(({ method, path }) => method === 'GET' && path.endsWith('/conversations')).length;
    const before = looks();
    const next = await reply(to, 'in a hurry');
    await w.delivered(next.id, 'sent');
    expect(looks()).toBe(before);
    expect(shown('takes its time')).toHaveLength(1);
  });

  it('never looks for ever: when nobody can tell, a person decides', async () => {
    const to = await writes();
    w.sim.deliveries.settings.hold = true;
    fault({ answer: 'reset' });
    fault({ method: 'GET', path: '/conversations$', times: 50, answer: { error: 'object_gone' } });
    const sent = await reply(to, 'who knows');
    const behind = await reply(to, 'not held up for ever');
    await w.delivered(sent.id, 'failed', { hurry: true });
    await w.delivered(behind.id, 'sent', { hurry: true });
    expect(shown('who knows')).toEqual([]);
    w.sim.faults.clear();
    await w.api.post(`/messages/${sent.id}/delivery`, { action: 'retry' });
    await w.delivered(sent.id, 'sent', { hurry: true });
    expect(shown('who knows')).toHaveLength(1);
  });

  it('waits when the network asks for patience', async () => {
    const to = await writes();
    fault({ answer: { error: 'rate_limited' } });
    const sent = await reply(to, 'patiently');
    const row = await eventually(async () => {
      const [d] = await w.rows<{ code: string; state: string; ahead: number }>(
        `SELECT code, state, extract(epoch FROM wait_until - now())::float8 AS ahead FROM outbound_deliveries WHERE message_id = $1 AND code IS NOT NULL`,
        [sent.id],
      );
      return d;
    });
    expect(row).toMatchObject({ code: 'rate_limited', state: 'queued' });
    expect(row.ahead).toBeGreaterThan(30);
    await reply(to, 'and then this'); // another reply does not push the first past its time
    await w.applied();
    expect(shown('patiently')).toEqual([]);
    await w.delivered(sent.id, 'sent', { hurry: true });
    expect(shown('patiently')).toHaveLength(1);
  });

  it('keeps the order within a conversation, whatever happens to the first', async () => {
    const to = await writes();
    fault({});
    const texts = ['one of three', 'two of three', 'three of three'];
    const sent: MessageJson[] = [];
    for (const text of texts) sent.push(await reply(to, text));
    for (const message of sent) await w.delivered(message.id, 'sent', { hurry: true });
    const order = w.sim.effects.all.flatMap((effect) => (texts.includes(effect.text ?? '') ? [effect.text] : []));
    expect(order).toEqual(texts);
  });

  it.each([
    ['the call had gone out', true],
    ['it had not', false],
  ])('a worker killed between the mark and the answer: %s', async (_, called) => {
    const to = await writes();
    w.sim.deliveries.settings.hold = true;
    await w.rows(`UPDATE channels SET state = 'needs_reconnect' WHERE id = $1`, [w.page]); // holds the message
    const text = `killed, called: ${called}`;
    const sent = await reply(to, text);
    await eventually(async () => (await w.rows(`SELECT 1 FROM jobs WHERE name = 'outbound.send'`)).length === 0);
    if (called) {
      await fetch(
        `${w.sim.url}/v26.0/${SEED.pageId}/messages?appsecret_proof=${appSecretProof(SEED.appSecret, SEED.pageToken)}`,
        {
          method: 'POST',
          headers: { authorization: `Bearer ${SEED.pageToken}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            recipient: { id: w.sim.world.scopedId(SEED.pageId, to.person) },
            messaging_type: 'RESPONSE',
            message: { text, metadata: `outbox:${sent.id}` },
          }),
        },
      );
    }
    await w.rows(
      `UPDATE outbound_deliveries SET state = 'sending', attempts = 1, sending_since = now() - interval '10 seconds', wait_until = now() WHERE message_id = $1`,
      [sent.id],
    );
    await w.rows(`UPDATE messages SET delivery_state = 'sending' WHERE id = $1`, [sent.id]);
    await w.api.request('PATCH', `/channels/${w.page}`, { state: 'active' });
    await w.delivered(sent.id, 'sent', { hurry: true });
    expect(shown(text)).toHaveLength(1);
  });

  it('refused for good: says why, lets the next go, and can be tried again by an agent', async () => {
    const to = await writes();
    fault({ answer: { error: 'outside_window' } });
    const failed = await reply(to, 'refused first');
    const next = await reply(to, 'goes on');
    expect(await w.delivered(failed.id, 'failed')).toMatchObject({ code: 'window_closed' });
    await w.delivered(next.id, 'sent');
    expect((await w.messages(to.conversationId)).find((m) => m.id === failed.id)!.delivery).toMatchObject({
      state: 'failed',
      words: { fa: expect.stringMatching(/^مهلت پاسخ به این فرد گذشته است.*\(Meta 10\/\d+, HTTP 400/u) as string },
    });
    expect((await w.api.request('POST', `/messages/${next.id}/delivery`, { action: 'retry' })).status).toBe(409);
    expect(await w.api.post(`/messages/${failed.id}/delivery`, { action: 'retry' })).toEqual({ state: 'queued' });
    await w.delivered(failed.id, 'sent');
    expect(shown('refused first')).toHaveLength(1);
  });

  it('holds everything of a channel whose token is refused, and sends it once it is connected again', async () => {
    const to = await writes();
    w.sim.world.tokens.get(SEED.pageToken)!.state = 'expired';
    const held = await reply(to, 'held one');
    const state = () =>
      w.one<{ state: string; state_reason: string | null }>('SELECT state, state_reason FROM channels WHERE id = $1', [
        w.page,
      ]);
    await eventually(async () => (await state()).state === 'needs_reconnect');
    const second = await reply(to, 'held two');
    expect(await w.delivered(held.id, 'queued')).toMatchObject({ code: 'token_expired' });
    await eventually(async () => (await w.rows(`SELECT 1 FROM jobs WHERE name = 'outbound.send'`)).length === 0);
    w.sim.world.addToken('EAARenewedToken', 'page', [SEED.pageId, SEED.instagramId]);
    await w.api.request('PATCH', `/channels/${w.page}`, { credentials: { accessToken: 'EAARenewedToken' } });
    await w.delivered(held.id, 'sent');
    await w.delivered(second.id, 'sent');
    expect((await state()).state).toBe('active');
    expect([shown('held one'), shown('held two')].map((list) => list.length)).toEqual([1, 1]);
  });
});

describe('under a comment', () => {
  it('gives one private reply, also when two are written at once', async () => {
    const to = await comments();
    const answers = await Promise.all(
      ['one', 'two'].map((n) => ask(to.conversationId, { text: `in private, ${n}`, seenMessageId: to.seen })),
    );
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([201, 422]);
    const refused = answers.find((answer) => answer.status === 422)!;
    expect(refused.body.error.details).toMatchObject({ reason: 'private_reply_used' });
    await w.delivered(answers.find((answer) => answer.status === 201)!.body.id, 'sent');
    expect(w.sim.effects.all.filter((e) => e.kind === 'private_reply' && e.target === to.commentId)).toHaveLength(1);
    const { id: ticketId } = (await w.tickets(to.conversationId))[0]!;
    const { capabilities } = await w.api.get<CapabilitiesJson>(`/tickets/${ticketId}`);
    expect(capabilities.privateReply).toMatchObject({ available: false, reason: 'private_reply_used' });
    await w.rows(
      `UPDATE messages SET network_at = now() - interval '8 days', received_at = now() - interval '8 days' WHERE id = $1`,
      [to.seen],
    );
    const other = await comments();
    await w.rows(`UPDATE messages SET network_at = now() - interval '8 days' WHERE id = $1`, [other.seen]);
    const late = await ask(other.conversationId, { text: 'x', seenMessageId: other.seen });
    expect(late.body.error.details).toMatchObject({ reason: 'private_reply_expired' });
  });

  it('knows who answers a private reply, though Meta calls the person otherwise in direct messages', async () => {
    const to = await comments();
    const sent = await reply(to, 'tell us your order number');
    await w.delivered(sent.id, 'sent');
    const { id } = w.sim.act.directMessage({ accountId: SEED.pageId, person: to.person, text: '12045' });
    const answer = await w.thread(id);
    expect(answer.id).not.toBe(to.conversationId);
    const rows = await w.rows<{ contact_id: string }>(
      'SELECT DISTINCT contact_id FROM conversations WHERE id = ANY($1)',
      [[answer.id, to.conversationId]],
    );
    expect(rows).toHaveLength(1);
  });

  it('answers a reply under the comment above it, and no comment that is gone', async () => {
    const top = await comments('top');
    const { id } = w.sim.act.comment({
      postId: SEED.pagePostId,
      person: top.person,
      text: 'below',
      parentId: top.commentId,
    });
    const { messages } = await w.thread(id);
    const sent = await reply({ ...top, seen: messages.at(-1)!.id }, 'to the one below', { visibility: 'public' });
    await w.delivered(sent.id, 'sent');
    expect(shown('to the one below')).toMatchObject([{ kind: 'public_reply', target: top.commentId }]);
    w.sim.act.removeComment({ commentId: id });
    await eventually(async () => (await w.messages(top.conversationId)).some((m) => m.deletedAt !== null));
    const refused = await ask(top.conversationId, { text: 'x', visibility: 'public', seenMessageId: sent.id });
    expect(refused.body.error.details).toMatchObject({ reason: 'comment_deleted' });
  });

  it.each(['after', 'before'] as const)(
    'moderates with a name and a reason, the network’s word coming %s ours',
    async (when) => {
      w.sim.settings.echo = when;
      const to = await comments('rude words');
      const moderate = (action: string, id = to.seen) =>
        w.api.request<ErrorJson>('POST', `/messages/${id}/moderation`, { action, reason: `${action} it \u0000` });
      const message = async () => (await w.messages(to.conversationId)).find((m) => m.id === to.seen)!;
      const told = (type: string) =>
        eventually(async () => {
          const [row] = await w.rows<{ data: object }>(
            `SELECT data FROM domain_events WHERE type = $1 AND message_id = $2 AND actor->>'kind' = 'agent'`,
            [type, to.seen],
          );
          return row?.data;
        });
      for (const [action, type] of [
        ['hide', 'hidden'],
        ['unhide', 'unhidden'],
        ['like', 'liked'],
        ['delete', 'deleted'],
      ] as const) {
        expect((await moderate(action)).status).toBe(202);
        await told(`message.${type}`);
      }
      expect(await told('message.hidden')).toMatchObject({ reason: 'hide it \ufffd' });
      expect(await told('message.unhidden')).toMatchObject({ reason: 'unhide it \ufffd' });
      expect(await told('message.liked')).toMatchObject({ reason: 'like it \ufffd' });
      expect(await told('message.deleted')).toMatchObject({ by: 'agent' });
      expect(w.sim.world.comments.get(to.commentId)).toMatchObject({ removed: true });
      await w.sim.deliveries.idle();
      await w.applied();
      expect(await message()).toMatchObject({ deletedBy: { kind: 'agent' }, deleteReason: 'delete it \ufffd' });
      expect((await moderate('hide')).status).toBe(409);
      // Pages tell us of our own like as of anybody's
      const reacted = `SELECT 1 FROM domain_events WHERE type = 'message.reacted' AND message_id = $1`;
      expect(await w.rows(reacted, [to.seen])).toEqual([]);
      expect(await message()).toMatchObject({ reactions: [{ reaction: 'like', count: 1, own: true }] });
    },
  );

  it('keeps its name and reason when the network told of the deletion first', async () => {
    const to = await comments('gone by the time we write it down');
    fault({ method: 'DELETE', path: to.commentId, answer: { error: 'rate_limited' } });
    await w.api.request('POST', `/messages/${to.seen}/moderation`, { action: 'delete', reason: 'spam' });
    await eventually(async () => w.sim.faults.list()[0]?.fired === 1);
    await w.tell(
      feed({ comment_id: to.commentId, verb: 'remove', from: { id: w.sim.world.person(to.person).facebookId } }),
    );
    const message = async () => (await w.messages(to.conversationId)).find((m) => m.id === to.seen)!;
    expect(await message()).toMatchObject({ deletedBy: { kind: 'unknown' } });
    await eventually(async () => {
      await w.hurry();
      return (await message()).deletedBy?.kind === 'agent';
    });
    expect(await message()).toMatchObject({ deleteReason: 'spam' });
  });

  it('does not offer what a network has not', async () => {
    const to = await writes();
    const answer = await w.api.request<ErrorJson>('POST', `/messages/${to.seen}/moderation`, {
      action: 'hide',
      reason: 'x',
    });
    expect(answer.body.error.code).toBe('capability_missing');
    const thread = await comments();
    const sent = await reply(thread, 'our own words', { visibility: 'public' });
    await w.delivered(sent.id, 'sent');
    const own = await w.api.request<ErrorJson>('POST', `/messages/${sent.id}/moderation`, {
      action: 'hide',
      reason: 'x',
    });
    expect(own.body.error.code).toBe('capability_missing');
  });
});

describe('seen from outside', () => {
  it('nobody was told anything twice', () => {
    const repeated = w.sim.effects.duplicates().filter((group) => group[0]!.text !== 'thank you');
    expect(repeated).toEqual([]);
  });

  it('another workspace’s conversation and message are not there', async () => {
    const reef = await w.otherWorkspace('reef');
    const to = await writes();
    const answers = await Promise.all([
      reef.api.request('POST', `/conversations/${to.conversationId}/replies`, {
        text: 'x',
        visibility: 'private',
        seenMessageId: to.seen,
      }),
      reef.api.request('POST', `/conversations/${to.conversationId}/notes`, { text: 'x' }),
      reef.api.request('POST', `/conversations/${to.conversationId}/handoff`, { to: 'agent' }),
      reef.api.request('PUT', `/conversations/${to.conversationId}/handler`, { handler: 'bot' }),
      reef.api.request('GET', `/conversations/${to.conversationId}/messages`),
      reef.api.request('POST', `/messages/${to.seen}/moderation`, { action: 'hide', reason: 'x' }),
      reef.api.request('POST', `/messages/${to.seen}/delivery`, { action: 'retry' }),
      reef.api.request('GET', `/channels/${w.page}`),
      reef.api.request('PATCH', `/channels/${w.page}`, { name: 'mine now' }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404));
  });
});
