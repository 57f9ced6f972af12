import pg from 'pg';
import { HandoffProgress } from '../../src/handoff/handoff-progress';
import { HandoffSweeper } from '../../src/handoff/handoff.sweeper';
import { IntakeMerges } from '../../src/inbox/conversations/intake-merges';
import { eventually } from '../harness';
import type { Thread } from '../outbound-world';
import { HandoffWorld } from './handoff-world';

let h: HandoffWorld;
beforeAll(async () => {
  h = await HandoffWorld.start();
});
afterAll(() => h.close());
afterEach(() => h.reset());

let people = 0;
/** Somebody new with two private threads on the same channel. */
async function withTwoThreads(): Promise<{ first: Thread; other: Thread; address: string }> {
  const person = `twice${++people}`;
  const first = await h.w.says({ threadKey: `dm:${person}`, person, text: 'سفارشم نرسیده' });
  const other = await h.w.says({ threadKey: `dm:${person}:again`, person, text: 'یک پرسش دیگر هم دارم' });
  return { first, other, address: `${person}@example.com` };
}

const heard = () => h.w.quiet('handoff.heard');
const says = async (thread: Thread, text: string) => {
  const said = await h.w.says({ threadKey: thread.threadKey, person: thread.threadKey.split(':')[1], text });
  await reads();
  return said;
};
/** Every word so far was read by the subscriber, and what it asked for is done. */
async function reads(): Promise<void> {
  const { head } = await h.w.one<{ head: number }>(
    `SELECT max(position)::int AS head FROM domain_events WHERE workspace_id = $1 AND type = 'message.received'`,
    [await workspaceId()],
  );
  await eventually(async () => {
    const rows = await h.w.rows(
      `SELECT 1 FROM event_cursors WHERE workspace_id = $1 AND subscriber = 'handoff' AND position >= $2`,
      [await workspaceId(), head],
    );
    return rows.length === 1;
  }, 20_000);
  await heard();
}
const workspaceId = async () =>
  (await h.w.one<{ id: string }>(`SELECT workspace_id AS id FROM channels WHERE id = $1`, [h.w.channelId])).id;

async function offered(thread: Thread, address: string): Promise<void> {
  await h.handoff(thread, { ask: true });
  await says(thread, `ایمیلم ${address} هست`);
  await h.becomes(thread, { addressState: 'offered', address });
}

/** The wait for this thread's customer was over `minutes` ago; after one the sweeper tells it, ours or the app's own. */
const isOverFor = (thread: Thread, minutes = 2) =>
  h.w.rows(
    `UPDATE email_handoffs SET expires_at = now() - $2::int * interval '1 minute' WHERE conversation_id = $1 AND state = 'asking'`,
    [thread.conversationId, minutes],
  );
const sweep = () => h.w.t.app.get(HandoffSweeper).sweep();

describe('whose yes confirms', () => {
  it('in another private thread of the same customer it means something else; where they were asked it confirms', async () => {
    const { first, other, address } = await withTwoThreads();
    await offered(first, address);
    for (const text of ['بله', 'نه', 'yes']) await says(other, text);
    expect(await h.handoffs(first)).toMatchObject([
      { addressState: 'offered', address, askedInConversationId: first.conversationId },
    ]);
    await says(first, 'بله');
    expect(await h.handoffs(first)).toMatchObject([
      { addressState: 'confirmed', confirmedBy: 'thread', expiresAt: null },
    ]);
  });

  it('an address said in another thread is asked about there, and confirmed there', async () => {
    const { first, other, address } = await withTwoThreads();
    await h.handoff(first, { ask: true });
    await says(other, address);
    expect(await h.handoffs(first)).toMatchObject([
      { addressState: 'offered', askedInConversationId: other.conversationId },
    ]);
    await says(first, 'بله');
    expect(await h.handoffs(first)).toMatchObject([{ addressState: 'offered' }]);
    await says(other, 'بله');
    expect(await h.handoffs(first)).toMatchObject([{ addressState: 'confirmed', confirmedBy: 'thread' }]);
  });

  it('under a post nobody asks: the same address said in private is asked about there', async () => {
    const person = `twice${++people}`;
    const under = await h.w.says({ threadKey: `comment:p:${person}`, person, text: 'سفارشم کو؟', post: `p${people}` });
    const dm = await h.w.says({ threadKey: `dm:${person}`, person, text: 'سلام' });
    await h.handoff(under, { ask: true });
    const address = `${person}@example.com`;
    await h.w.says({ threadKey: under.threadKey, person, text: address, post: `p${people}` });
    await h.becomes(under, { addressState: 'offered', askedInConversationId: null });
    await says(dm, 'بله');
    expect(await h.handoffs(under)).toMatchObject([{ addressState: 'offered' }]);
    await says(dm, address);
    await eventually(() => Promise.resolve(h.shown.some((text) => text.includes(address))));
    await says(dm, 'بله');
    expect(await h.handoffs(under)).toMatchObject([{ addressState: 'confirmed' }]);
  });

  it('a thread that went into the one where they were asked is that one', async () => {
    const { first, other, address } = await withTwoThreads();
    await offered(other, address);
    const workspace = await workspaceId();
    const { id: identityId } = await h.w.one<{ id: string }>(
      `SELECT identity_id AS id FROM conversations WHERE id = $1`,
      [first.conversationId],
    );
    const [from, into] = [other.conversationId, first.conversationId];
    await h.w.t.database.transaction({ workspaceId: workspace }, (tx) =>
      h.w.t.app.get(IntakeMerges).merge(tx, { workspaceId: workspace, from, into, identityId }),
    );
    await says(first, 'بله');
    expect(await h.handoffs(first)).toMatchObject([{ addressState: 'confirmed', confirmedBy: 'thread' }]);
  });
});

describe('what nobody answers', () => {
  it('ends, once, is told in the thread and to who asked; a late answer is ordinary text; it can be asked again', async () => {
    const thread = await h.w.writes('سلام');
    const { body } = await h.handoff(thread, { ask: true });
    const waits = Date.parse(body.expiresAt!) - Date.now();
    expect(waits / 86_400_000).toBeGreaterThan(6.99);
    expect(waits / 86_400_000).toBeLessThanOrEqual(7);
    expect(await sweep()).toBe(0);
    await isOverFor(thread, 0);
    // what comes now comes too late, although nobody swept yet
    await says(thread, 'late@example.com');
    expect(await h.handoffs(thread)).toMatchObject([{ state: 'asking', address: null }]);
    await isOverFor(thread);
    expect((await Promise.all([sweep(), sweep(), sweep()])).reduce((a, b) => a + b)).toBeLessThanOrEqual(1);
    await h.becomes(thread, { state: 'expired', endReason: 'no_answer' });
    expect(await sweep()).toBe(0);
    await says(thread, 'late@example.com');
    expect(await h.handoffs(thread)).toMatchObject([{ state: 'expired', address: null }]);

    const { id: ticketId } = await h.ticketOf(thread);
    const { items } = await h.w.api.get<{ items: { type: string; data: object }[] }>(`/tickets/${ticketId}/timeline`);
    const told = items.filter(({ type }) => type === 'conversation.handoff_expired');
    expect(told).toMatchObject([{ data: { to: 'email', handoffId: body.id } }]);
    const notices = await h.w.rows(`SELECT 1 FROM notifications WHERE kind = 'handoff.expired' AND ticket_id = $1`, [
      ticketId,
    ]);
    expect(notices).toHaveLength(1);

    const again = await h.handoff(thread, { ask: true });
    expect(again).toMatchObject({ status: 200, body: { state: 'asking', addressState: 'asked' } });
    expect(again.body.id).not.toBe(body.id);
    await says(thread, 'intime@example.com');
    expect((await h.handoffs(thread))[0]).toMatchObject({ addressState: 'offered', address: 'intime@example.com' });
  });

  it('asked again before the end was told, it is asked and waited for anew', async () => {
    const thread = await h.w.writes('سلام');
    const { body } = await h.handoff(thread, { ask: true });
    await offered(thread, 'first@example.com');
    await isOverFor(thread, 0);
    const again = await h.handoff(thread, { ask: true });
    expect(again.body).toMatchObject({ id: body.id, state: 'asking', addressState: 'asked', address: null });
    expect(Date.parse(again.body.expiresAt!)).toBeGreaterThan(Date.now());
    expect(await sweep()).toBe(0);
    await eventually(() => Promise.resolve(h.shown.filter((text) => text.includes('همین‌جا بنویسید')).length === 2));
  });

  it('an offer that nobody confirmed ends as well; what was confirmed waits for nobody', async () => {
    const [silent, sure] = [await h.w.writes('یک'), await h.w.writes('دو')];
    await offered(silent, 'silent@example.com');
    await offered(sure, 'sure@example.com');
    await says(sure, 'بله');
    expect(await h.handoffs(sure)).toMatchObject([{ addressState: 'confirmed', expiresAt: null }]);
    await isOverFor(silent);
    await sweep();
    await h.becomes(silent, { state: 'expired' });
    expect(await h.handoffs(sure)).toMatchObject([{ state: 'asking', addressState: 'confirmed' }]);
  });

  it('an end that came to nothing is told by the next look', async () => {
    const thread = await h.w.writes('سلام');
    await h.handoff(thread, { ask: true });
    const admin = new pg.Client(h.w.t.databaseUrl);
    await admin.connect();
    await admin.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cut'; END $$`);
    await admin.query(
      `CREATE TRIGGER refuse BEFORE INSERT ON notifications FOR EACH ROW WHEN (new.kind = 'handoff.expired') EXECUTE FUNCTION refuse()`,
    );
    await isOverFor(thread);
    await eventually(() =>
      sweep().then(
        () => false,
        (error: Error) => error.message === 'cut',
      ),
    );
    expect(await h.handoffs(thread)).toMatchObject([{ state: 'asking' }]);
    await admin.query(`DROP TRIGGER refuse ON notifications`);
    await admin.end();
    await sweep();
    await h.becomes(thread, { state: 'expired' });
  });

  it('how long it waits is the workspace’s to say', async () => {
    const before = await h.w.api.get<{
      version: number;
      addressWaitDays: number;
      usualTexts: Record<string, { fa: string; en: string }>;
    }>('/handoff-settings');
    expect(before.addressWaitDays).toBe(7);
    expect(before.usualTexts['codeMail']?.en).toContain('{code}');
    const settings = { requiresIdentityCheck: false, identityCheckMinutes: 1440, texts: {} };
    const change = (body: object) => h.w.api.request<{ version: number }>('PUT', '/handoff-settings', body);
    expect((await change({ ...settings, version: before.version, addressWaitDays: 0 })).status).toBe(422);
    const changed = await change({ ...settings, version: before.version, addressWaitDays: 2 });
    expect(changed).toMatchObject({ status: 200, body: { addressWaitDays: 2 } });
    const thread = await h.w.writes('سلام');
    const { body } = await h.handoff(thread, { ask: true });
    expect((Date.parse(body.expiresAt!) - Date.now()) / 86_400_000).toBeLessThanOrEqual(2);
    const kept = await change({ ...settings, version: changed.body.version });
    expect(kept).toMatchObject({ status: 200, body: { addressWaitDays: 2 } });
    await change({ ...settings, version: kept.body.version, addressWaitDays: 7 });
  });
});

it('who only reads waits for nobody', async () => {
  const thread = await h.w.writes('سلام');
  await h.handoff(thread, { ask: true });
  const read = await h.w.t.database.lean('system', async (tx) => {
    await tx.query(`SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE`, [thread.conversationId]);
    await tx.query(`SELECT 1 FROM email_handoffs WHERE conversation_id = $1 FOR UPDATE`, [thread.conversationId]);
    return Promise.all([
      h.handoffs(thread),
      h.w.api.get<{ asking: object }>(`/conversations/${thread.conversationId}/email-handoff`),
    ]);
  });
  expect(read).toMatchObject([[{ state: 'asking' }], { asking: { state: 'asking' } }]);
});

it('a word that is read twice, or by two at once, is heard once', async () => {
  const thread = await h.w.writes('سلام');
  await h.handoff(thread, { ask: true });
  const said = await says(thread, 'once@example.com');
  const progress = h.w.t.app.get(HandoffProgress);
  const workspace = await workspaceId();
  await Promise.all([1, 2, 3].map(() => progress.heard(workspace, said.messageId)));
  await eventually(() => Promise.resolve(h.shown.some((text) => text.includes('once@example.com'))));
  expect(h.shown.filter((text) => text.includes('once@example.com'))).toHaveLength(1);
});
