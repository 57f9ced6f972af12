import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startApp } from '../harness';
import { type OutboundWorld, startOutboundWorld, useNetwork } from '../outbound-world';

interface ErrorJson {
  error: { code: string; message: string; details: { reason?: string; facts?: Record<string, unknown> } };
}
interface MessageJson {
  id: string;
  text: string;
  versions: number;
  editedAt: string | null;
  attachments: { kind: string; url: string }[];
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
let w: OutboundWorld;
const blobs = mkdtempSync(join(tmpdir(), 'pasokh-blobs-'));
beforeAll(async () => {
  w = await startOutboundWorld({ BLOB_DIR: blobs, PUBLIC_URL: 'https://care.harbour.test' });
});
afterAll(async () => {
  await w.t.close();
  rmSync(blobs, { recursive: true, force: true });
});
afterEach(() => w.network.reset());

const refused = { status: 'failed' as const, code: 'blocked', reason: 'They blocked us.', fix: 'none' as const };
const texts = () => w.network.arrived.map(({ message }) => message.text);
const message = async (conversationId: string, id: string) =>
  (await w.api.get<{ items: MessageJson[] }>(`/conversations/${conversationId}/messages`)).items.find(
    (m) => m.id === id,
  )!;

describe('what an account takes', () => {
  it('waits as a whole when the network says so, burns no try, and goes on at one wake-up', async () => {
    const [omar, sara] = [await w.writes(), await w.writes()];
    w.network.sends.push({
      status: 'retry',
      scope: 'channel',
      reason: 'Too fast.',
      code: 'rate_limited',
      afterMs: 3_600_000,
    });
    const first = await w.replied(omar, 'one');
    await eventually(async () => (await w.delivery(first)).code === 'rate_limited');
    const second = await w.replied(omar, 'two');
    const other = await w.replied(sara, 'three');
    await w.quiet('outbound.send');
    expect([await w.delivery(first), await w.delivery(second), await w.delivery(other)]).toMatchObject([
      { state: 'queued', shown: 'queued', attempts: 0 },
      { state: 'queued', attempts: 0 },
      { state: 'queued', attempts: 0 },
    ]);
    expect(w.network.calls).toBe(1);
    expect(await w.jobs('outbound.resume')).toBe(1);
    // a wake-up that comes too early changes nothing
    await w.rows(`UPDATE jobs SET run_at = now() WHERE name = 'outbound.resume'`);
    await eventually(async () => {
      const [job] = await w.rows<{ ahead: number; attempts: number }>(
        `SELECT attempts, extract(epoch FROM run_at - now())::float8 AS ahead FROM jobs WHERE name = 'outbound.resume' AND state = 'ready'`,
      );
      return job && job.attempts === 1 && job.ahead > 3_000;
    });
    expect(w.network.calls).toBe(1);
    await w.hurry();
    for (const id of [first, second, other]) await w.reaches(id, 'sent');
    expect(texts().filter((text) => text !== 'three')).toEqual(['one', 'two']);
  });

  it('a network that answers nothing delays no other', async () => {
    const stuck: (() => void)[] = [];
    const threads = await Promise.all(Array.from({ length: 12 }, () => w.writes()));
    for (const _ of threads)
      w.network.sends.push(async () => {
        await new Promise<void>((resolve) => stuck.push(resolve));
        return { status: 'sent', externalId: `late${stuck.length}-${Math.random()}` };
      });
    const held = await Promise.all(threads.map((thread, i) => w.replied(thread, `stuck ${i}`)));
    await eventually(async () => stuck.length >= 8);
    const { thread: other, network } = await w.elsewhere();
    const quick = await w.replied(other, 'quick');
    await eventually(async () => (await w.delivery(quick)).state === 'sent');
    expect(network.arrived.map(({ message: m }) => m.text)).toEqual(['quick']);
    expect(stuck).toHaveLength(8);
    while (w.network.arrived.length < held.length) {
      stuck.splice(0).forEach((go) => go());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(new Set(texts()).size).toBe(12);
  });

  it('leaves alone only the one message when the network means that one', async () => {
    const [omar, sara] = [await w.writes(), await w.writes()];
    w.network.sends.push({ status: 'retry', reason: 'Later.', code: 'busy', afterMs: 3_600_000 });
    const first = await w.replied(omar, 'waits');
    await eventually(async () => (await w.delivery(first)).code === 'busy');
    await w.reaches(await w.replied(sara, 'goes'), 'sent');
    expect(await w.delivery(first)).toMatchObject({ state: 'queued', attempts: 1 });
    await w.hurry();
    await w.reaches(first, 'sent');
  });

  it('what waited for somebody whose id changed meanwhile goes to the new one', async () => {
    const thread = await w.writes();
    w.network.sends.push({ status: 'retry', reason: 'Later.', code: 'busy', afterMs: 3_600_000 });
    const waits = await w.replied(thread, 'moved?');
    await eventually(async () => (await w.delivery(waits)).code === 'busy');
    const former = thread.threadKey.split(':').at(-1)!;
    await w.hears({
      type: 'identity',
      eventKey: `moved:${former}`,
      threadKey: `dm:${former}-moved`,
      threadAliases: [thread.threadKey],
      threadKind: 'dm',
      person: { externalId: `${former}-moved` },
      formerExternalId: former,
    });
    await w.hurry();
    await w.reaches(waits, 'sent');
    expect(w.network.arrived.map(({ message }) => message.recipientExternalId)).toEqual([`${former}-moved`]);
  });

  it('keeps the pace of an account over two nodes, and loses nobody', async () => {
    const second = await startApp({ databaseUrl: w.t.databaseUrl });
    useNetwork(second, w.network);
    try {
      w.network.thread = { ...w.network.thread, pace: { perSecond: 8 } };
      const to = await Promise.all(Array.from({ length: 16 }, () => w.writes()));
      const began = Date.now();
      const ids = await Promise.all(to.map((thread, i) => w.replied(thread, `paced ${i}`)));
      for (const id of ids) await w.reaches(id, 'sent');
      // the last slot is 15 gaps of 125 ms after the first, however fast or slow the machine is
      expect(Math.max(...w.network.arrived.map(({ at }) => at)) - began).toBeGreaterThanOrEqual(15 * 125 - 5);
      const { taken } = await w.one<{ taken: number }>(
        `SELECT (extract(epoch FROM next_slot_at) * 1000)::float8 - $1 AS taken FROM channel_budgets`,
        [began],
      );
      expect(taken).toBeGreaterThanOrEqual(16 * 125 - 5);
      expect(new Set(texts()).size).toBe(16);
      expect(w.network.calls).toBe(16);
      for (const id of ids) expect((await w.delivery(id)).attempts).toBe(1);
    } finally {
      await second.close();
    }
  });

  it('leaves the gap one person is to be given', async () => {
    w.network.thread = { ...w.network.thread, pace: { perConversationMs: 600 } };
    const to = await w.writes();
    const ids = [await w.replied(to, 'first'), await w.replied(to, 'second')];
    for (const id of ids) await w.reaches(id, 'sent');
    const [first, second] = w.network.arrived;
    expect(texts()).toEqual(['first', 'second']);
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(600);
  });
});

describe('while a token is repaired', () => {
  it('everything is held and nothing fails: messages, edits, moderation', async () => {
    const to = await w.writes();
    const out = await w.replied(to, 'out already');
    await w.reaches(out, 'sent');
    w.network.sends.push({ status: 'reconnect', reason: 'Token expired.', code: 'token_expired' });
    const held = await w.replied(to, 'held');
    await eventually(async () => (await w.channelState()) === 'needs_reconnect');
    const behind = await w.replied(to, 'behind it');
    expect((await w.api.request('PUT', `/messages/${out}/text`, { text: 'corrected' })).status).toBe(202);
    const hide = { action: 'hide', reason: 'rude' };
    expect((await w.api.request('POST', `/messages/${to.messageId}/moderation`, hide)).status).toBe(202);
    for (const name of ['outbound.send', 'outbound.edit', 'outbound.moderate']) await w.quiet(name);
    expect([await w.delivery(held), await w.delivery(behind)]).toMatchObject([
      { state: 'queued', code: 'token_expired', attempts: 0 },
      { state: 'queued', attempts: 0 },
    ]);
    expect(w.network.edits).toEqual([]);
    expect(w.network.moderated).toEqual([]);
    await w.reconnect();
    await w.reaches(held, 'sent');
    await w.reaches(behind, 'sent');
    await eventually(async () => w.network.edits.length === 1 && w.network.moderated.length === 1);
    expect(texts()).toEqual(['out already', 'held', 'behind it']);
    expect((await w.delivery(held)).attempts).toBe(1);
    expect(await w.rows(`SELECT 1 FROM jobs WHERE state = 'parked'`)).toEqual([]);
  });
});

describe('an answer that does not arrive', () => {
  const due = async (to: { conversationId: string }) =>
    w.one<{ due_at: Date | null; first_responded_at: Date | null; waiting_since: Date | null }>(
      'SELECT due_at, first_responded_at, waiting_since FROM tickets WHERE conversation_id = $1',
      [to.conversationId],
    );

  /** The clocks have read what became of this message. */
  const clocksKnow = (id: string) =>
    eventually(async () => {
      const rows = await w.rows(
        `SELECT 1 FROM event_cursors c WHERE c.subscriber = 'sla.clocks' AND c.position >= (
           SELECT max(position) FROM domain_events WHERE message_id = $1 AND type = 'message.delivery_changed')`,
        [id],
      );
      return rows.length === 1;
    });

  it('is no answer to the clock: it runs on from where it began, until one arrives', async () => {
    const to = await w.writes();
    const before = await eventually(async () => {
      const row = await due(to);
      return row.due_at && row;
    });
    w.network.sends.push(refused);
    const id = await w.replied(to, 'into the void');
    await w.reaches(id, 'failed');
    await clocksKnow(id);
    expect(await due(to)).toMatchObject({ due_at: before.due_at });
    expect(await due(to)).toMatchObject({ first_responded_at: null, waiting_since: before.waiting_since });
    expect(await w.api.post(`/messages/${id}/delivery`, { action: 'retry' })).toEqual({ state: 'queued' });
    await w.reaches(id, 'sent');
    await eventually(async () => (await due(to)).due_at === null);
    expect((await due(to)).first_responded_at).not.toBeNull();
  });

  it('may fail after it was taken, and goes out anew when somebody says so', async () => {
    const to = await w.writes();
    const id = await w.replied(to, 'taken, then lost');
    const { external_id: first } = await w.reaches(id, 'sent');
    const receipt = (status: string, externalId: string) => ({
      type: 'receipt' as const,
      eventKey: `receipt:${externalId}:${status}`,
      threadKey: to.threadKey,
      threadKind: 'dm' as const,
      status,
      externalIds: [externalId],
      ...(status === 'failed' ? { error: { code: '131026', message: 'Undeliverable' } } : {}),
    });
    await w.hears(receipt('failed', first!));
    expect(await w.reaches(id, 'failed')).toMatchObject({ code: '131026' });
    await w.api.post(`/messages/${id}/delivery`, { action: 'retry' });
    const { external_id: second } = await w.reaches(id, 'sent');
    expect(second).not.toBe(first);
    expect(texts()).toEqual(['taken, then lost', 'taken, then lost']);
    await w.hears(receipt('read', second!));
    await w.reaches(id, 'read');
    expect((await w.api.request('POST', `/messages/${id}/delivery`, { action: 'give_up' })).status).toBe(409);
  });

  it('hears a receipt that overtook the answer to our call', async () => {
    const to = await w.writes();
    w.network.sends.push(async () => {
      await w.hears({
        type: 'receipt',
        eventKey: 'receipt:early:delivered',
        threadKey: to.threadKey,
        threadKind: 'dm',
        status: 'delivered',
        externalIds: ['early'],
      });
      return { status: 'sent', externalId: 'early' };
    });
    await w.reaches(await w.replied(to, 'quick'), 'delivered');
  });
});

describe('what is sent', () => {
  const long = 'سفارش شما ثبت شد. پیک فردا صبح می‌رسد؟ بله، حتماً. ممنون از صبر شما!';

  it('is parted only when the agent agreed, in order, each part a message', async () => {
    const to = await w.writes();
    const asked = await w.reply<ErrorJson>(to, { text: long });
    expect(asked.body.error.details).toMatchObject({ reason: 'text_too_long', facts: { max: 40, parts: 2 } });
    expect(w.network.calls).toBe(0);
    const picture = { kind: 'image', url: 'https://cdn.test/a.jpg', name: 'a.jpg' };
    const body = { text: long, split: true, attachments: [picture] };
    type Parted = MessageJson & { parts: MessageJson[] };
    const sent = await w.reply<Parted>(to, body, 'split-1');
    expect(sent.status).toBe(201);
    expect(sent.body.parts.map((part) => part.text)).toEqual([
      'سفارش شما ثبت شد. پیک فردا صبح می‌رسد؟',
      'بله، حتماً. ممنون از صبر شما!',
      '',
    ]);
    expect(sent.body.parts[2]!.attachments).toMatchObject([picture]);
    for (const { id } of sent.body.parts) await w.reaches(id, 'sent');
    expect(texts()).toEqual(sent.body.parts.map((part) => part.text));
    expect(w.network.arrived[2]!.message.attachments).toEqual([picture]);
    expect((await w.reply<Parted>(to, body, 'split-1')).body.parts).toEqual(sent.body.parts);
    expect(w.network.arrived).toHaveLength(3);
    const whole = await w.reply<Parted>(to, { text: 'short', split: true });
    expect([whole.status, whole.body.parts]).toEqual([201, undefined]);
    await w.reaches(whole.body.id, 'sent');
  });

  it('names its thread: the ticket, and the latest messages of both sides', async () => {
    const to = await w.writes();
    await w.reaches(await w.replied(to, 'first answer'), 'sent');
    const again = await w.says({ threadKey: to.threadKey, text: 'and another thing' });
    await w.reaches(await w.replied(again, 'second answer'), 'sent');
    const [first, second] = w.network.arrived.map(({ message: { thread } }) => thread!);
    const { number } = await w.one<{ number: string }>('SELECT number FROM tickets WHERE conversation_id = $1', [
      to.conversationId,
    ]);
    expect(first).toMatchObject({
      conversationId: to.conversationId,
      ticketNumber: Number(number),
      externalIds: [to.externalId],
    });
    expect(second!.externalIds).toEqual([to.externalId, expect.stringMatching(/^n\d+$/), again.externalId]);
  });

  it('may be a template when the window is closed', async () => {
    const to = await w.writes();
    await w.rows(`UPDATE conversations SET last_inbound_at = now() - interval '2 days' WHERE id = $1`, [
      to.conversationId,
    ]);
    expect((await w.reply<ErrorJson>(to, { text: 'late' })).body.error.details.reason).toBe('window_closed');
    const template = { name: 'order_update', language: 'fa', values: ['۱۲۰۴۵', 'فردا'] };
    const sent = await w.reply<MessageJson>(to, { template });
    expect(sent.body.text).toBe('order_update(۱۲۰۴۵, فردا)');
    await w.reaches(sent.body.id, 'sent');
    expect(w.network.arrived[0]!.message.template).toEqual(template);
    const rendered = await w.reply<MessageJson>(to, { template, text: 'سفارش ۱۲۰۴۵ فردا می‌رسد.' });
    expect(rendered.body.text).toBe('سفارش ۱۲۰۴۵ فردا می‌رسد.');
    await w.reaches(rendered.body.id, 'sent');
    expect((await w.reply(to, { template: { ...template, language: 'not a code!' } })).status).toBe(422);
    expect((await w.reply(to, {})).status).toBe(422);
    w.network.thread = { ...w.network.thread, templates: false };
    expect((await w.reply<ErrorJson>(to, { template })).body.error.details.reason).toBe('template_not_possible');
  });

  it('may be a file uploaded here: the network gets address and bytes, the thread shows our copy', async () => {
    const uploaded = await fetch(`${w.t.url}/api/v1/uploads`, {
      method: 'POST',
      headers: { ...w.api.headers(), 'content-type': 'application/octet-stream', 'x-file-name': 'box.png' },
      body: new Uint8Array(PNG),
    });
    const { id: uploadId } = (await uploaded.json()) as { id: string };
    const to = await w.writes();
    const sent = await w.reply<MessageJson>(to, { text: '', attachments: [{ uploadId }] });
    expect(sent.body.attachments).toMatchObject([{ kind: 'image', name: 'box.png', state: 'stored' }]);
    await w.reaches(sent.body.id, 'sent');
    const [attachment] = w.network.arrived[0]!.message.attachments;
    const { url, ...facts } = attachment!;
    expect(facts).toMatchObject({ kind: 'image', name: 'box.png', mimeType: 'image/png', sizeBytes: PNG.length });
    expect(await attachment!.read!()).toEqual(PNG);
    const { pathname, search, origin } = new URL(url);
    expect(origin).toBe('https://care.harbour.test');
    const fetched = await fetch(`${w.t.url}${pathname}${search}`);
    expect(Buffer.from(await fetched.arrayBuffer())).toEqual(PNG);
    const shown = await fetch(`${w.t.url}${sent.body.attachments[0]!.url}`, {
      headers: w.api.headers(),
      redirect: 'manual',
    });
    expect(shown.status).toBe(302);
    rmSync(blobs, { recursive: true }); // the store has lost it
    w.network.sends.push(async (message) => {
      await message.attachments[0]!.read!();
      return { status: 'sent', externalId: 'never' };
    });
    const lost = await w.replied(to, '', { attachments: [{ uploadId }] });
    expect(await w.reaches(lost, 'failed')).toMatchObject({ code: 'attachment_gone' });
    const missing = { text: '', attachments: [{ uploadId: '01900000-0000-7000-8000-000000000000' }] };
    expect((await w.reply<ErrorJson>(to, missing)).body.error.code).toBe('validation_failed');
    expect((await w.reply(to, { text: '', attachments: [{ kind: 'image' }] })).status).toBe(422);
  });

  it('can be opened at the network', async () => {
    const [dm, comment] = [await w.writes(), await w.writes('nice', 'post1')];
    const link = (id: string) => w.api.get<{ url: string | null }>(`/conversations/${id}/permalink`);
    expect(await link(dm.conversationId)).toEqual({ url: `https://network.test/m/${dm.externalId}` });
    expect(await link(comment.conversationId)).toEqual({ url: 'https://network.test/p/post1' });
    const reef = await w.stranger('reef-links');
    expect((await reef.request('GET', `/conversations/${dm.conversationId}/permalink`)).status).toBe(404);
  });
});

describe('changing what was sent', () => {
  const change = (id: string, text: string) => w.api.request<ErrorJson>('PUT', `/messages/${id}/text`, { text });

  it('is a new version once the network has taken it', async () => {
    const to = await w.writes();
    const id = await w.replied(to, 'tomorow');
    const { external_id: externalId } = await w.reaches(id, 'sent');
    expect((await change(id, 'tomorrow')).status).toBe(202);
    await eventually(async () => (await w.events('message.edited', id)).length === 1);
    expect(w.network.edits).toEqual([{ messageExternalId: externalId, text: 'tomorrow' }]);
    expect(await message(to.conversationId, id)).toMatchObject({ text: 'tomorrow', versions: 2 });
    expect(await w.events('message.edited', id)).toMatchObject([{ actor: { kind: 'agent' }, data: { version: 2 } }]);
    expect(await w.rows('SELECT version, text FROM message_versions WHERE message_id = $1', [id])).toEqual([
      { version: 1, text: 'tomorow' },
    ]);
    expect(await w.rows('SELECT preview FROM tickets WHERE conversation_id = $1', [to.conversationId])).toEqual([
      { preview: 'tomorrow' },
    ]);
  });

  it('is tried again, ends with the last text asked for, and is one change for one text', async () => {
    const to = await w.writes();
    const id = await w.replied(to, 'zero');
    await w.reaches(id, 'sent');
    w.network.editing.push({ status: 'unknown', reason: 'No answer.' }, async () => {
      await change(id, 'two'); // while the call for the first is on its way
      return { status: 'sent', externalId: 'x' };
    });
    await change(id, 'one');
    await eventually(async () => {
      await w.hurry();
      return (await message(to.conversationId, id)).text === 'two';
    });
    await w.quiet('outbound.edit');
    expect(w.network.edits.at(-1)!.text).toBe('two');
    expect((await w.events('message.edited', id)).length).toBe(1);
  });

  it('is refused with the reason, before or after asking the network', async () => {
    const to = await w.writes();
    w.network.sends.push({ status: 'retry', reason: 'Later.', code: 'busy', afterMs: 3_600_000 });
    const waiting = await w.replied(to, 'not out');
    await eventually(async () => (await w.delivery(waiting)).code === 'busy');
    expect((await change(waiting, 'x')).body.error).toMatchObject({
      code: 'send_refused',
      details: { reason: 'not_sent' },
    });
    await w.hurry();
    await w.reaches(waiting, 'sent');
    expect((await change(waiting, 'not out')).body.error.details.reason).toBe('unchanged');
    w.network.editing.push({ status: 'failed', code: 'too_old', reason: 'Too old to edit.', fix: 'none' });
    await change(waiting, 'y');
    await eventually(async () => (await w.events('message.edit_refused', waiting)).length === 1);
    expect(await w.events('message.edit_refused', waiting)).toMatchObject([{ data: { code: 'too_old' } }]);
    expect(await message(to.conversationId, waiting)).toMatchObject({ text: 'not out', versions: 1 });
    await w.rows(`UPDATE outbound_deliveries SET sent_at = now() - interval '1 hour' WHERE message_id = $1`, [waiting]);
    expect((await change(waiting, 'z')).body.error.details.reason).toBe('too_late');
    expect((await change(to.messageId, 'their words')).status).toBe(404);
    const reef = await w.stranger('reef-edits');
    expect((await reef.request('PUT', `/messages/${waiting}/text`, { text: 'x' })).status).toBe(404);
  });
});
