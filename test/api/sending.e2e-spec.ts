import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from '../../src/platform/ids';
import { ApiClient, eventually, OWNER, startApp } from '../harness';
import { StrandedSweeper } from '../../src/outbound/stranded.sweeper';
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
  delivery: { state: string; code: string | null; waiting: WaitJson | null };
  edit: { state: string; text: string; reason: string | null; words: object | null; waiting: WaitJson | null } | null;
}
interface WaitJson {
  for: string;
  since: string | null;
  nextAt: string | null;
  decideAt: string | null;
  reason: string | null;
  words: { fa: string; en: string } | null;
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
    // each says why it waits, also the one nobody has tried, and until when
    for (const [thread, id] of [
      [omar, first],
      [omar, second],
      [sara, other],
    ] as const) {
      const { waiting } = (await message(thread.conversationId, id)).delivery;
      expect(waiting).toMatchObject({ for: 'pause', reason: 'Too fast.', words: { en: 'Too fast.' } });
      expect(Date.parse(waiting!.nextAt!) - Date.now()).toBeGreaterThan(3_000_000);
    }
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
    const behind = await w.replied(omar, 'waits too');
    const retried = (await message(omar.conversationId, first)).delivery;
    expect(retried).toMatchObject({ code: 'busy', waiting: { for: 'retry', reason: 'Later.' } });
    expect((await message(omar.conversationId, behind)).delivery.waiting).toMatchObject({
      for: 'message_before',
      nextAt: retried.waiting!.nextAt,
    });
    await w.hurry();
    await w.reaches(first, 'sent');
    await w.reaches(behind, 'sent');
    expect((await message(omar.conversationId, first)).delivery).toMatchObject({ code: null, waiting: null });
  });

  it('in doubt says since when it is looked for, when next, and when a person decides', async () => {
    const omar = await w.writes();
    w.network.sends.push({ status: 'unknown', reason: 'No answer.' });
    const doubtful = await w.replied(omar, 'arrived?');
    const { waiting } = await eventually(async () => {
      const { delivery } = await message(omar.conversationId, doubtful);
      return delivery.state === 'unknown' && delivery;
    });
    expect(waiting).toMatchObject({ for: 'looking', reason: 'No answer.' });
    expect(Date.parse(waiting!.since!)).toBeLessThan(Date.parse(waiting!.decideAt!));
    // six looks, each waiting twice as long as the one before
    expect(Date.parse(waiting!.decideAt!) - Date.parse(waiting!.nextAt ?? waiting!.since!)).toBeGreaterThan(300_000);
    await w.hurry();
    await w.reaches(doubtful, 'sent');
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

describe('a network that is away', () => {
  const away = {
    status: 'retry' as const,
    scope: 'channel' as const,
    code: 'unreachable',
    reason: 'api.network.test cannot be reached (ENETUNREACH).',
  };
  const pause = () =>
    w.one<{ ms: number; left: number }>(
      `SELECT (extract(epoch FROM paused_until - updated_at) * 1000)::float8 AS ms,
              (extract(epoch FROM paused_until - now()) * 1000)::float8 AS left
       FROM channel_budgets WHERE channel_id = $1`,
      [w.channelId],
    );
  /** The pause is over now, as long as it was. */
  const passes = async () => {
    await w.rows(
      `UPDATE channel_budgets SET updated_at = updated_at - (paused_until - now()), paused_until = now() WHERE paused_until > now()`,
    );
    await w.rows(`UPDATE jobs SET run_at = now() WHERE name = 'outbound.resume' AND state = 'ready'`);
  };

  it('holds everything, is asked ever less often, uses up no try, and gets all of it once it is back', async () => {
    const [omar, sara] = [await w.writes(), await w.writes()];
    const out = await w.replied(omar, 'out already');
    await w.reaches(out, 'sent');
    const awayToo = { ...away, reason: 'api.network.test cannot be reached (EHOSTUNREACH).' };
    w.network.sends.push(...Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? away : awayToo)));
    const first = await w.replied(omar, 'overnight');
    await eventually(async () => (await w.delivery(first)).code === 'unreachable');
    expect((await message(omar.conversationId, first)).delivery.waiting).toMatchObject({
      for: 'pause',
      reason: away.reason,
      words: { fa: expect.stringContaining('در دسترس نیست') as string },
    });
    const lengths: number[] = [];
    while (lengths.filter((length) => length === 300).length < 2) {
      lengths.push(Math.round((await pause()).ms / 1_000));
      await passes();
      await eventually(async () => (await pause()).left > 1_000);
    }
    // one may have ended by itself before it was looked at
    expect([5, 10, 20, 40, 80, 160, 300, 300].filter((length) => lengths.includes(length))).toEqual(lengths);
    // what is asked meanwhile asks nobody
    const calls = w.network.calls;
    const second = await w.replied(sara, 'written meanwhile');
    expect((await w.api.request('PUT', `/messages/${out}/text`, { text: 'corrected' })).status).toBe(202);
    const hide = { action: 'hide', reason: 'rude' };
    expect((await w.api.request('POST', `/messages/${omar.messageId}/moderation`, hide)).status).toBe(202);
    for (const name of ['outbound.send', 'outbound.edit', 'outbound.moderate']) await w.quiet(name);
    expect(w.network.calls).toBe(calls);
    // another network goes on
    const { thread, network } = await w.elsewhere();
    await w.reaches(await w.replied(thread, 'elsewhere'), 'sent');
    expect(network.arrived).toHaveLength(1);
    // an edit and a moderation that find it away are held as well, and no try of theirs counts
    w.network.editing.push(away);
    w.network.moderating.push(away);
    await passes();
    await eventually(async () => (await pause()).left > 1_000);
    for (const name of ['outbound.send', 'outbound.edit', 'outbound.moderate']) await w.quiet(name);
    expect(await w.delivery(first)).toMatchObject({ state: 'queued', attempts: 0 });
    const tries = `SELECT attempts AS n FROM moderation_items WHERE state = 'queued'
                   UNION ALL SELECT edit_attempts FROM outbound_deliveries WHERE edit_text IS NOT NULL`;
    expect((await w.rows<{ n: number }>(tries)).map(({ n }) => n)).toEqual([0, 0]);
    for (const script of [w.network.sends, w.network.editing, w.network.moderating]) script.length = 0;
    await passes();
    for (const id of [first, second]) await w.reaches(id, 'sent');
    await eventually(async () => w.network.edits.length === 1 && w.network.moderated.length === 1);
    expect([...texts()].sort()).toEqual(['out already', 'overnight', 'written meanwhile']);
    expect(await w.rows(`SELECT name FROM jobs WHERE state = 'parked'`)).toEqual([]);
  }, 60_000);

  it('is tried by a few when its pause is over, and by all once one gets through', async () => {
    const threads = await Promise.all(Array.from({ length: 11 }, () => w.writes()));
    w.network.sends.push({ ...away, afterMs: 3_600_000 });
    const ids = [await w.replied(threads[0]!, 'few 0')];
    await eventually(async () => (await w.delivery(ids[0]!)).code === 'unreachable');
    for (const [i, thread] of threads.slice(1).entries()) ids.push(await w.replied(thread, `few ${i + 1}`));
    await w.quiet('outbound.send');
    const resume = () =>
      w.rows<{ rest: boolean; ahead: number }>(
        `SELECT payload ? 'rest' AS rest, extract(epoch FROM run_at - now())::float8 AS ahead
         FROM jobs WHERE name = 'outbound.resume' AND state = 'ready'`,
      );
    // they find it away still: the others are left alone, and a few try after the next pause
    w.network.sends.push(...Array.from({ length: 50 }, () => away));
    await w.rows('UPDATE outbound_deliveries SET wait_until = NULL WHERE message_id = $1', [ids[0]]);
    await passes();
    await eventually(async () => (await pause()).left > 60_000);
    await w.quiet('outbound.send');
    await w.rows(`UPDATE jobs SET run_at = now() WHERE name = 'outbound.resume' AND state = 'ready'`);
    await eventually(async () => {
      const [job, ...more] = await resume();
      return job && more.length === 0 && !job.rest && job.ahead > 60;
    });
    const stuck: (() => void)[] = [];
    w.network.sends.length = 0;
    for (let i = 0; i < 8; i += 1)
      w.network.sends.push(async () => {
        await new Promise<void>((resolve) => stuck.push(resolve));
        return { status: 'sent', externalId: `few${i}` };
      });
    await passes();
    await eventually(async () => stuck.length === 8);
    expect(await w.jobs('outbound.send')).toBe(8);
    stuck.forEach((go) => go());
    for (const id of ids) await w.reaches(id, 'sent');
  }, 60_000);

  it('waits where the secrets do not open, with one job, and goes once they are entered anew', async () => {
    const omar = await w.writes();
    w.network.sends.push({ status: 'retry', reason: 'Later.', code: 'busy', afterMs: 3_600_000 });
    const id = await w.replied(omar, 'sealed');
    await eventually(async () => (await w.delivery(id)).code === 'busy');
    await w.rows(
      `UPDATE channels SET credentials = credentials || '{"keyId": "ffffffff"}', updated_at = now() WHERE id = $1`,
      [w.channelId],
    );
    await w.hurry();
    await eventually(async () => {
      const [job] = await w.rows<{ error: string }>(
        `SELECT last_error AS error FROM jobs WHERE name = 'outbound.send' AND state = 'ready' AND run_at > now() + interval '5 minutes'`,
      );
      return job?.error.includes('secrets');
    });
    await w.rows(`UPDATE outbound_deliveries SET created_at = now() - interval '3 hours' WHERE message_id = $1`, [id]);
    await w.t.app.get(StrandedSweeper).sweep();
    expect(await w.jobs('outbound.send')).toBe(1);
    await w.reconnect();
    await w.reaches(id, 'sent');
  });

  it('no number of tries sets a waiting message’s job aside', async () => {
    const omar = await w.writes();
    w.network.sends.push({ status: 'retry', reason: 'Later.', code: 'busy', afterMs: 3_600_000 });
    const id = await w.replied(omar, 'patient');
    await eventually(async () => (await w.delivery(id)).code === 'busy');
    w.network.sends.push({ status: 'retry', reason: 'Later.', code: 'still_busy', afterMs: 3_600_000 });
    await eventually(async () => {
      const hurried = `UPDATE jobs SET attempts = 59, run_at = now() WHERE name = 'outbound.send' AND state = 'ready' RETURNING id`;
      await w.rows('UPDATE outbound_deliveries SET wait_until = NULL WHERE message_id = $1', [id]);
      return (await w.rows(hurried)).length === 1;
    });
    await eventually(async () => (await w.delivery(id)).code === 'still_busy');
    await eventually(
      async () => (await w.rows(`SELECT 1 FROM jobs WHERE name = 'outbound.send' AND state = 'ready'`)).length === 1,
    );
    await w.hurry();
    await w.reaches(id, 'sent');
  });

  it('whatever lost its job gets one anew, once, and only where it need not wait', async () => {
    const sweeper = w.t.app.get(StrandedSweeper);
    const omar = await w.writes();
    const out = await w.replied(omar, 'out');
    await w.reaches(out, 'sent');
    w.network.sends.push({ ...away, afterMs: 3_600_000 });
    const lost = await w.replied(omar, 'lost');
    await eventually(async () => (await w.delivery(lost)).code === 'unreachable');
    await w.api.ok('PUT', `/messages/${out}/text`, { text: 'corrected' });
    await w.api.ok('POST', `/messages/${omar.messageId}/moderation`, { action: 'hide', reason: 'rude' });
    for (const name of ['outbound.send', 'outbound.edit', 'outbound.moderate']) await w.quiet(name);
    await w.rows(`DELETE FROM jobs WHERE name = 'outbound.resume'`);
    await w.rows(`UPDATE moderation_items SET created_at = now() - interval '3 hours' WHERE state = 'queued'`);
    expect(await sweeper.sweep()).toBe(0); // paused
    await w.rows(`UPDATE channel_budgets SET paused_until = now()`);
    await w.rows(`UPDATE outbound_deliveries SET wait_until = NULL`);
    // what has just been written has its job from then
    await sweeper.sweep();
    await eventually(async () => w.network.edits.length === 1 && w.network.moderated.length === 1);
    expect((await w.delivery(lost)).state).toBe('queued');
    await w.rows(`UPDATE outbound_deliveries SET created_at = now() - interval '3 hours' WHERE message_id = $1`, [
      lost,
    ]);
    await Promise.all([sweeper.sweep(), sweeper.sweep()]);
    await w.reaches(lost, 'sent');
    expect(texts()).toEqual(['out', 'lost']);
    expect(await sweeper.sweep()).toBe(0);
  });
});

describe('an answer whose time passes while it waits', () => {
  const HOUR = 3_600_000;
  const wrote = (to: { conversationId: string }, hoursAgo: number) =>
    w.rows(`UPDATE conversations SET last_inbound_at = now() - $2::float8 * interval '1 hour' WHERE id = $1`, [
      to.conversationId,
      hoursAgo,
    ]);
  const waiting = async (text: string) => {
    w.network.thread = { ...w.network.thread, replyWindowMs: 24 * HOUR, humanWindowMs: 168 * HOUR };
    const to = await w.writes();
    w.network.sends.push({ status: 'retry', reason: 'Later.', code: 'busy', afterMs: HOUR });
    const id = await w.replied(to, text);
    await eventually(async () => (await w.delivery(id)).code === 'busy');
    return { to, id };
  };
  const windows = () => w.network.arrived.map(({ message: sent }) => sent.window);

  it('goes by the window that is open when it goes', async () => {
    const { to, id } = await waiting('written in hour 20');
    await wrote(to, 30);
    await w.hurry();
    await w.reaches(id, 'sent');
    expect(windows()).toEqual(['human_window']);
  });

  it('fails with our own words when none is open, and goes out by "send again" once they write', async () => {
    const { to, id } = await waiting('too late');
    const behind = await w.replied(to, 'behind it');
    await wrote(to, 169);
    const calls = w.network.calls;
    await w.hurry();
    expect(await w.reaches(id, 'failed')).toMatchObject({ code: 'window_closed' });
    await w.reaches(behind, 'failed');
    const { delivery } = (await message(to.conversationId, id)) as unknown as { delivery: WaitJson };
    expect(delivery.words).toMatchObject({ en: 'The time to answer is over; the customer has to write again.' });
    await w.api.post(`/messages/${id}/delivery`, { action: 'retry' });
    await w.quiet('outbound.send');
    await w.reaches(id, 'failed');
    expect(w.network.calls).toBe(calls);
    await w.says({ threadKey: to.threadKey, text: 'هستم' });
    await w.api.post(`/messages/${id}/delivery`, { action: 'retry' });
    await w.reaches(id, 'sent');
    expect(windows()).toEqual(['standard']);
  });

  it('never takes a human’s window for a bot', async () => {
    const { to, id } = await waiting('the bot’s');
    await w.rows(`UPDATE outbound_deliveries SET request = request || '{"author":"bot"}' WHERE message_id = $1`, [id]);
    await wrote(to, 30);
    await w.hurry();
    expect(await w.reaches(id, 'failed')).toMatchObject({ code: 'window_for_humans_only' });
    expect(texts()).toEqual([]);
  });
});

describe('what only an admin can change', () => {
  const alarms = async () =>
    (await w.api.get<{ items: { name: string; message: { fa: string } }[] }>('/channels/alarms')).items.map(
      ({ name }) => name,
    );
  const looked = () => w.api.post(`/channels/${w.channelId}/check`);

  it('raises an alarm for refusals, one for many, until something goes out again', async () => {
    const unpaid = {
      status: 'failed' as const,
      code: 'payment',
      reason: 'The account cannot be charged.',
      fix: 'admin' as const,
    };
    const [omar, sara] = [await w.writes(), await w.writes()];
    w.network.sends.push(unpaid, { ...unpaid, code: 'gone', fix: 'agent' });
    const first = await w.replied(omar, 'unpaid');
    await w.reaches(first, 'failed');
    await w.reaches(await w.replied(omar, 'the agent’s own trouble'), 'failed');
    await eventually(async () => (await alarms()).includes('refused_payment'));
    w.network.sends.push(unpaid);
    await w.reaches(await w.replied(sara, 'unpaid too'), 'failed');
    await looked();
    expect(await alarms()).toEqual(['refused_payment']);
    const raised = (await w.events('channel.alarm_raised')).filter(({ data }) => data['name'] === 'refused_payment');
    expect(raised).toHaveLength(1);
    await w.api.post(`/messages/${first}/delivery`, { action: 'retry' });
    await w.reaches(first, 'sent');
    await looked();
    expect(await alarms()).toEqual([]);
  });

  it('keeps a refused edit or hide until the like of it succeeds, and forgets what nobody tries again', async () => {
    const refused = { status: 'failed' as const, code: 'rights', reason: 'A right is missing.', fix: 'admin' as const };
    const standing = async () => {
      await looked();
      return (await alarms()).toSorted().join();
    };
    const to = await w.writes();
    const out = await w.replied(to, 'out');
    await w.reaches(out, 'sent');
    const edit = (text: string) => w.api.request('PUT', `/messages/${out}/text`, { text });
    const hide = () =>
      w.api.request('POST', `/messages/${to.messageId}/moderation`, { action: 'hide', reason: 'rude' });
    w.network.editing.push(refused);
    w.network.moderating.push(refused);
    expect([(await edit('better')).status, (await hide()).status]).toEqual([202, 202]);
    await eventually(async () => (await standing()) === 'edit_refused_rights,moderation_refused_rights');
    await w.reaches(await w.replied(to, 'a reply proves nothing'), 'sent');
    expect(await standing()).toBe('edit_refused_rights,moderation_refused_rights');
    await edit('better now');
    await eventually(async () => (await standing()) === 'moderation_refused_rights');
    await hide();
    await eventually(async () => (await standing()) === '');

    w.network.sends.push(refused);
    await w.reaches(await w.replied(to, 'refused'), 'failed');
    expect(await standing()).toBe('refused_rights');
    await w.rows(`UPDATE channel_alarms SET raised_at = raised_at - interval '9 days' WHERE cleared_at IS NULL`);
    expect(await standing()).toBe('refused_rights');
    await w.rows(`UPDATE channel_alarms SET seen_at = seen_at - interval '8 days' WHERE cleared_at IS NULL`);
    expect(await standing()).toBe('');
    const told = await w.api.get<{ items: { kind: string; data: { overAt?: string } }[] }>('/notifications');
    expect(told.items.find(({ kind }) => kind === 'channel.alarm')!.data.overAt).toBeUndefined();
    await w.rows(`DELETE FROM jobs WHERE name = 'outbound.moderate' AND state = 'parked'`);
  });

  it('holds a blocked account and says so, while a short pause disturbs nobody', async () => {
    const omar = await w.writes();
    const blocked = 'Meta has blocked this kind of action for the account.';
    w.network.sends.push({
      status: 'retry',
      scope: 'channel',
      reason: 'Too fast.',
      code: 'rate_limited',
      afterMs: 60_000,
    });
    const id = await w.replied(omar, 'held');
    await eventually(async () => (await w.delivery(id)).code === 'rate_limited');
    await looked();
    expect(await alarms()).toEqual([]);
    w.network.sends.push({
      status: 'retry',
      scope: 'channel',
      reason: blocked,
      code: 'policy_block',
      afterMs: 10_800_000,
    });
    await w.hurry();
    await eventually(async () => (await alarms()).includes('sending_paused'));
    expect(await w.delivery(id)).toMatchObject({ state: 'queued', attempts: 0 });
    await w.hurry();
    await w.reaches(id, 'sent');
    await looked();
    expect(await alarms()).toEqual([]);
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
    const why = { for: 'needs_reconnect', reason: 'Token expired.', nextAt: null };
    for (const id of [held, behind]) expect((await message(to.conversationId, id)).delivery.waiting).toMatchObject(why);
    expect((await message(to.conversationId, out)).edit).toMatchObject({
      state: 'waiting',
      text: 'corrected',
      waiting: why,
    });
    // and whoever is about to write there is told before
    const { id: ticketId } = await w.one<{ id: string }>('SELECT id FROM tickets WHERE conversation_id = $1', [
      to.conversationId,
    ]);
    const opened = () => w.api.get<{ conversations: { holds: WaitJson | null }[] }>(`/tickets/${ticketId}`);
    expect((await opened()).conversations).toMatchObject([{ holds: why }]);
    // whoever wrote there hears of it
    expect(
      await w.rows(
        `SELECT 1 FROM domain_events WHERE type = 'channel.state_changed' AND data->>'to' = 'needs_reconnect'
           AND 'lobby' = ANY(audience)`,
      ),
    ).toHaveLength(1);
    await w.reconnect();
    await w.reaches(held, 'sent');
    await w.reaches(behind, 'sent');
    await eventually(async () => w.network.edits.length === 1 && w.network.moderated.length === 1);
    expect(texts()).toEqual(['out already', 'held', 'behind it']);
    expect((await w.delivery(held)).attempts).toBe(1);
    await eventually(async () => (await message(to.conversationId, out)).edit === null);
    expect((await opened()).conversations).toMatchObject([{ holds: null }]);
    expect(await w.rows(`SELECT name, last_error FROM jobs WHERE state = 'parked'`)).toEqual([]);
  });

  describe('who may repair the channel', () => {
    interface ToldJson {
      kind: string;
      data: { channel: { id: string; name: string }; alarms: { name: string }[]; overAt?: string };
      readAt: string | null;
    }
    const told = async (api = w.api) =>
      (await api.get<{ items: ToldJson[] }>('/notifications')).items.filter(({ kind }) => kind === 'channel.alarm');
    const alarms = async () =>
      (await w.api.get<{ items: { name: string; channel: { id: string } }[] }>('/channels/alarms')).items;
    const colleague = async (role: string) => {
      const email = `${role}@harbour.test`;
      await w.rows(
        `INSERT INTO agents (workspace_id, id, email, name, role, password_hash)
         SELECT workspace_id, $1, $2, $2, $3, password_hash FROM agents WHERE email = $4`,
        [uuidv7(), email, role, OWNER.email],
      );
      return ApiClient.signIn(w.t.url, email, OWNER.password);
    };
    const heldFor = async (to: { conversationId: string }) => {
      const [row] = await w.rows<{ id: string }>(
        'SELECT ticket_id AS id FROM messages WHERE conversation_id = $1 LIMIT 1',
        [to.conversationId],
      );
      return (await w.api.get<{ conversations: { holds: object | null }[] }>(`/tickets/${row!.id}`)).conversations[0]!
        .holds;
    };

    it('hears of it once, though looked at by many at once, and that it is over; nobody else is disturbed', async () => {
      const [admin, lead, stranger] = [await colleague('admin'), await colleague('lead'), await w.stranger('reef')];
      await eventually(async () => (await alarms()).length === 0);
      const before = (await told()).length;
      const to = await w.writes();
      expect(await heldFor(to)).toBeNull();

      w.network.sends.push({ status: 'reconnect', reason: 'Token expired.', code: 'token_expired' });
      const held = await w.replied(to, 'on a Friday evening');
      await eventually(async () => (await told()).length > before);
      await Promise.all([1, 2, 3].map(() => w.api.post(`/channels/${w.channelId}/check`)));
      const [newest, ...others] = await told();
      expect(others).toHaveLength(before);
      expect(newest).toMatchObject({
        readAt: null,
        data: { channel: { id: w.channelId, name: 'Scripted' }, alarms: [{ name: 'reconnect' }] },
      });
      expect([await told(admin), await told(lead), await told(stranger)].map((list) => list.length)).toEqual([1, 0, 0]);
      expect(await alarms()).toMatchObject([{ name: 'reconnect', channel: { id: w.channelId } }]);
      expect(await stranger.get('/channels/alarms')).toMatchObject({ items: [] });
      expect((await lead.request('GET', '/channels/alarms')).status).toBe(403);
      expect(await heldFor(to)).toMatchObject({ for: 'needs_reconnect', reason: 'Token expired.' });

      await w.reconnect();
      await w.reaches(held, 'sent');
      await eventually(async () => (await alarms()).length === 0);
      for (const api of [w.api, admin])
        expect((await told(api))[0]).toMatchObject({
          readAt: expect.any(String),
          data: { overAt: expect.any(String) },
        });
      expect(await heldFor(to)).toBeNull();
    });

    it('hears of the next time as of another, and nobody is asked to repair what is switched off', async () => {
      const before = (await told()).length;
      w.network.sends.push({ status: 'reconnect', reason: 'Revoked.', code: 'token_revoked' });
      await w.replied(await w.writes(), 'soon after');
      await eventually(async () => (await told()).length === before + 1);
      await w.api.ok('PATCH', `/channels/${w.channelId}`, { state: 'disabled' });
      await eventually(async () => (await told())[0]!.data.overAt !== undefined);
      expect(await w.rows('SELECT 1 FROM channel_alarms WHERE cleared_at IS NULL')).toEqual([]);
      await w.api.ok('PATCH', `/channels/${w.channelId}`, { state: 'active' });
      expect(await w.channelState()).toBe('active');
    });
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

it('what a network says in place of a message reads in both languages in lists; what people write is left alone', async () => {
  const { conversationId, threadKey } = await w.writes('Ask the customer to send it again.');
  type Row = { conversationId: string; preview: string; previewWords?: { fa: string; en: string } };
  const listed = async () =>
    (await w.api.get<{ items: Row[] }>('/tickets?limit=100')).items.find(
      (one) => one.conversationId === conversationId,
    )!;
  expect(await listed()).not.toHaveProperty('previewWords');
  const says = 'The customer edited a message. WhatsApp does not pass the new text on.';
  await w.says({ threadKey, text: says });
  expect(await listed()).toMatchObject({
    preview: says,
    previewWords: { fa: 'مشتری پیامی را ویرایش کرد. واتس‌اپ متن تازه را نمی‌رساند.', en: says },
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
    expect(await message(to.conversationId, waiting)).toMatchObject({
      text: 'not out',
      versions: 1,
      edit: { state: 'refused', text: 'y', code: 'too_old', reason: 'Too old to edit.', waiting: null },
    });
    // the next one that is taken leaves nothing of it
    await change(waiting, 'still out');
    await eventually(async () => (await message(to.conversationId, waiting)).text === 'still out');
    expect((await message(to.conversationId, waiting)).edit).toBeNull();
    await w.rows(`UPDATE outbound_deliveries SET sent_at = now() - interval '1 hour' WHERE message_id = $1`, [waiting]);
    expect((await change(waiting, 'z')).body.error.details.reason).toBe('too_late');
    expect((await change(to.messageId, 'their words')).status).toBe(404);
    const reef = await w.stranger('reef-edits');
    expect((await reef.request('PUT', `/messages/${waiting}/text`, { text: 'x' })).status).toBe(404);
  });
});

describe('a failure that is told afterwards', () => {
  const told = (to: { threadKey: string }, externalId: string, status: string, remedy?: object) =>
    w.hears({
      type: 'receipt' as const,
      eventKey: `receipt:${externalId}:${status}`,
      threadKey: to.threadKey,
      threadKind: 'dm' as const,
      status,
      externalIds: [externalId],
      ...(status === 'failed' ? { error: { code: 'unavailable', message: 'Out of order.', remedy } } : {}),
    });
  const sent = async (text: string) => {
    const to = await w.writes();
    const id = await w.replied(to, text);
    const { external_id: externalId } = await w.reaches(id, 'sent');
    return { to, id, externalId: externalId! };
  };
  const put = (id: string) => eventually(async () => (await w.delivery(id)).state === 'queued');

  it('goes out again by itself where time heals it, but not without end', async () => {
    const { to, id, externalId } = await sent('again');
    await told(to, externalId, 'failed', { is: 'again' });
    await put(id);
    const { waiting } = (await message(to.conversationId, id)).delivery;
    expect(waiting).toMatchObject({ for: 'retry', reason: expect.stringContaining('Out of order.') as string });
    expect(Date.parse(waiting!.nextAt!) - Date.now()).toBeGreaterThan(30_000);
    await w.hurry();
    const { external_id: second } = await w.reaches(id, 'sent');
    expect(texts()).toEqual(['again', 'again']);
    await w.rows('UPDATE outbound_deliveries SET attempts = 12 WHERE message_id = $1', [id]);
    await told(to, second!, 'failed', { is: 'again' });
    await w.reaches(id, 'failed');
    await w.quiet('outbound.told_failure');
    await w.reaches(id, 'failed');
  });

  it('stays sent once when it was delivered nevertheless', async () => {
    const { to, id, externalId } = await sent('once');
    await told(to, externalId, 'failed', { is: 'again' });
    await put(id);
    await told(to, externalId, 'delivered');
    await w.reaches(id, 'delivered');
    await w.hurry();
    await w.quiet('outbound.send');
    expect(texts()).toEqual(['once']);
  });

  it('is not taken for sent by older words, before it goes again or while it does', async () => {
    const { to, id, externalId } = await sent('old words');
    await told(to, externalId, 'failed', { is: 'again' });
    await put(id);
    await told(to, externalId, 'sent');
    await told(to, externalId, 'failed', { is: 'again' });
    expect(await w.delivery(id)).toMatchObject({ state: 'queued', shown: 'queued' });
    w.network.sends.push(async () => {
      await told(to, externalId, 'sent');
      return { status: 'retry', reason: 'Later.', code: 'busy', afterMs: 3_600_000 };
    });
    await w.hurry();
    await eventually(async () => (await w.delivery(id)).code === 'busy');
    expect(await w.delivery(id)).toMatchObject({ state: 'queued', shown: 'queued' });
    await w.hurry();
    const { external_id: second } = await w.reaches(id, 'sent');
    expect(texts()).toEqual(['old words', 'old words']);
    // under the id it has now, words count
    await told(to, second!, 'delivered');
    await w.reaches(id, 'delivered');
  });

  it('does not go again when the word that it arrived is ahead of the delivery', async () => {
    const { to, id, externalId } = await sent('ahead');
    await told(to, externalId, 'failed', { is: 'again' });
    await put(id);
    // what follows the word is late
    await w.rows(`UPDATE messages SET delivery_state = 'delivered' WHERE id = $1`, [id]);
    await w.hurry();
    await w.reaches(id, 'delivered');
    expect(texts()).toEqual(['ahead']);
  });

  it('holds the account when that is in trouble, and no repaired one', async () => {
    const { to, id, externalId } = await sent('locked');
    await told(to, externalId, 'failed', { is: 'reconnect' });
    await eventually(async () => (await w.channelState()) === 'needs_reconnect');
    await put(id);
    await w.reconnect();
    await w.hurry();
    const { external_id: second } = await w.reaches(id, 'sent');
    expect(texts()).toEqual(['locked', 'locked']);
    // told of before the repair, heard after it
    await w.rows(`UPDATE channels SET updated_at = now() + interval '1 minute' WHERE id = $1`, [w.channelId]);
    await told(to, second!, 'failed', { is: 'reconnect' });
    await put(id);
    expect(await w.channelState()).toBe('active');
    await w.rows(`UPDATE channels SET updated_at = now() WHERE id = $1`, [w.channelId]);
    await w.hurry();
    await w.reaches(id, 'sent');
  });
});
