import { eventually } from '../harness';
import type { Thread } from '../outbound-world';
import { type ErrorJson, HandoffWorld, wordsOf } from './handoff-world';

interface CheckJson {
  id: string;
  state: string;
  method: string;
  reason: string | null;
  answeredVia: string | null;
  outcome?: string;
  sentAt: string | null;
  address: string | null;
}
interface ChecksJson {
  items: CheckJson[];
  required: boolean;
  checkedUntil: string | null;
}

let h: HandoffWorld;
beforeAll(async () => {
  h = await HandoffWorld.start();
});
afterAll(() => h.close());
afterEach(() => h.reset());

let people = 0;
/** A customer whose address was verified before they wrote. */
async function known() {
  const by = `known${++people}`;
  const address = `${by}@example.com`;
  h.mail.people.cast[by] = { name: 'Negar', address };
  const thread = await h.w.writes('سلام، درباره سفارشم');
  const { contact_id: contactId, id: ticketId } = await h.ticketOf(thread);
  await h.w.rows(`UPDATE contacts SET email = $2, email_verified_at = now() - interval '30 days' WHERE id = $1`, [
    contactId,
    address,
  ]);
  return { by, address, thread, contactId, ticketId, path: `/contacts/${contactId}/identity-checks` };
}
type Known = Awaited<ReturnType<typeof known>>;

const begin = ({ path, ticketId }: Known, body: object = { method: 'email_code' }) =>
  h.w.api.request<CheckJson & ErrorJson>('POST', path, { ticketId, ...body });
const answer = ({ path }: Known, id: string, body: object) =>
  h.w.api.request<CheckJson & ErrorJson>('POST', `${path}/${id}/answer`, body);
const checks = ({ path, ticketId }: Known) => h.w.api.get<ChecksJson>(`${path}?ticketId=${ticketId}`);
async function codeFor({ address }: Known, place = 0): Promise<string> {
  const { text } = await wordsOf(await h.mailTo(address, place));
  return /[0-9]{6}/.exec(text)![0];
}
const says = (thread: Thread, text: string) => h.w.says({ threadKey: thread.threadKey, text });
const wrongFor = (code: string) => (code === '000000' ? '000001' : '000000');

describe('a code by e-mail', () => {
  it('passes when the customer sends it back in the thread, once, and is kept nowhere', async () => {
    const who = await known();
    const { status, body } = await begin(who);
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'open', address: 'k***@e***.com' });
    const code = await codeFor(who);
    const kept = await h.w.rows<{ row: string }>(
      `SELECT to_jsonb(i)::text AS row FROM identity_checks i WHERE id = $1
       UNION ALL SELECT to_jsonb(j)::text FROM jobs j UNION ALL SELECT to_jsonb(m)::text FROM messages m`,
      [body.id],
    );
    expect(kept.filter(({ row }) => row.includes(code) && !row.includes('run_at'))).toEqual([]);

    await says(
      who.thread,
      Array.from(code)
        .map((digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)])
        .join(''),
    );
    const passed = await eventually(async () => {
      const [check] = (await checks(who)).items;
      return check?.state === 'passed' && check;
    });
    expect(passed).toMatchObject({ answeredVia: 'thread' });
    expect((await checks(who)).checkedUntil).not.toBeNull();
    expect(await h.w.events('identity.checked')).toContainEqual({
      data: { method: 'email_code', passed: true },
      actor: { kind: 'contact', id: who.contactId },
    });
    expect(await answer(who, body.id, { code })).toMatchObject({ status: 200, body: { outcome: 'over' } });
  });

  it('fails after five wrong tries, also at once, and the right one is too late then', async () => {
    const who = await known();
    const { body } = await begin(who);
    const code = await codeFor(who);
    const wrong = wrongFor(code);
    const tries = await Promise.all(Array.from({ length: 8 }, () => answer(who, body.id, { code: wrong })));
    expect(tries.filter((t) => t.body.outcome === 'wrong')).toHaveLength(4);
    expect(tries.filter((t) => t.body.outcome === 'failed')).toHaveLength(1);
    expect(await answer(who, body.id, { code })).toMatchObject({ body: { state: 'failed', outcome: 'over' } });
    expect((await checks(who)).checkedUntil).toBeNull();
  });

  it('is worth nothing after ten minutes, in another thread, or once a newer one was sent', async () => {
    const who = await known();
    const first = await begin(who);
    const old = await codeFor(who);
    const second = await begin(who);
    expect(await answer(who, first.body.id, { code: old })).toMatchObject({ body: { outcome: 'over' } });
    const code = await codeFor(who, 1);
    await h.w.writes(code);
    await h.w.quiet('handoff.heard');
    expect((await checks(who)).checkedUntil).toBeNull();
    await h.w.rows(`UPDATE identity_checks SET expires_at = now() WHERE id = $1`, [second.body.id]);
    expect(await answer(who, second.body.id, { code })).toMatchObject({
      body: { state: 'failed', outcome: 'expired' },
    });
  });

  it('goes to an address that was verified before, not to one told in this conversation', async () => {
    const who = await known();
    await h.w.rows(`UPDATE contacts SET email_verified_at = now() WHERE id = $1`, [who.contactId]);
    const refused = await begin(who);
    expect(refused).toMatchObject({ status: 422, body: { error: { details: { reason: 'no_verified_address' } } } });
    await h.w.rows(`UPDATE contacts SET email_verified_at = NULL WHERE id = $1`, [who.contactId]);
    expect((await begin(who)).status).toBe(422);
    expect(h.mailsTo(who.address)).toBe(0);
  });

  it('is sent three times in a quarter of an hour and no more', async () => {
    const who = await known();
    const sent = await Promise.all([1, 2, 3, 4, 5].map(() => begin(who)));
    expect(sent.filter(({ status }) => status === 201)).toHaveLength(3);
    const limited = sent.find(({ status }) => status === 429)!;
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('that nobody can deliver is told', async () => {
    const who = await known();
    await h.w.rows(`UPDATE contacts SET email = 'ghost@example.com' WHERE id = $1`, [who.contactId]);
    await begin(who);
    await eventually(async () => (await checks(who)).items[0]?.state === 'undeliverable');
  });
});

describe('questions', () => {
  it('are judged by the agent once; the log keeps who and how it went', async () => {
    const who = await known();
    expect(await begin(who, { method: 'questions' })).toMatchObject({ status: 422 });
    const { body } = await begin(who, { method: 'questions', questions: ['order_number', 'postal_code'] });
    expect(await answer(who, body.id, { code: '123456' })).toMatchObject({ status: 422 });
    const said = await answer(who, body.id, { passed: true, note: 'both right' });
    expect(said).toMatchObject({ status: 200, body: { state: 'passed', outcome: 'passed' } });
    expect(await answer(who, body.id, { passed: false })).toMatchObject({ body: { state: 'passed', outcome: 'over' } });
    const { items } = await h.w.api.get<{ items: { action: string; subject: string }[] }>('/audit');
    expect(items).toContainEqual(
      expect.objectContaining({ action: 'identity.checked', subject: `contact:${who.contactId}` }),
    );
  });
});

describe('where the workspace wants a check', () => {
  it('private history is mailed only after it, and public words before', async () => {
    const { version } = await h.w.api.get<{ version: number }>('/handoff-settings');
    const settings = { requiresIdentityCheck: true, identityCheckMinutes: 60, texts: {}, version };
    await h.w.api.ok('PUT', '/handoff-settings', settings);
    expect((await h.w.api.request('PUT', '/handoff-settings', settings)).status).toBe(409);
    const who = await known();
    const body = { sendAfterSeconds: 0, text: 'پیگیری', include: [who.thread.messageId] };
    const refused = await h.handoff(who.thread, body);
    expect(refused).toMatchObject({ status: 422, body: { error: { details: { reason: 'identity_unverified' } } } });
    expect(h.mailsTo(who.address)).toBe(0);
    const check = await begin(who, { method: 'questions', questions: ['order_number'] });
    await answer(who, check.body.id, { passed: true });
    expect(await h.handoff(who.thread, body)).toMatchObject({ status: 200, body: { confirmedBy: 'known' } });
    expect((await wordsOf(await h.mailTo(who.address))).text).toContain('درباره سفارشم');
  });

  it('texts that are said in public may hold no address', async () => {
    const { version } = await h.w.api.get<{ version: number }>('/handoff-settings');
    const texts = { publicClosing: { fa: 'به a@b.example بنویسید', xx: 'y' }, nothing: {} };
    const refused = await h.w.api.request<ErrorJson>('PUT', '/handoff-settings', {
      requiresIdentityCheck: false,
      identityCheckMinutes: 60,
      texts,
      version,
    });
    expect(refused.status).toBe(422);
    expect(refused.body.error.details).toMatchObject({
      fields: [{ path: 'texts.publicClosing.fa' }, { path: 'texts.publicClosing.xx' }, { path: 'texts.nothing' }],
    });
  });

  it('checks are the same 404 for another workspace, and for another customer’s ticket', async () => {
    const [one, two] = [await known(), await known()];
    const { body } = await begin(one, { method: 'questions', questions: ['phone'] });
    const stranger = await h.w.stranger('strangers');
    expect((await stranger.request('POST', one.path, { ticketId: one.ticketId, method: 'email_code' })).status).toBe(
      404,
    );
    expect((await stranger.request('POST', `${one.path}/${body.id}/answer`, { passed: true })).status).toBe(404);
    expect((await stranger.request('GET', `${one.path}?ticketId=${one.ticketId}`)).status).toBe(404);
    expect((await begin({ ...one, ticketId: two.ticketId })).status).toBe(404);
    expect((await answer(two, body.id, { passed: true })).status).toBe(404);
  });
});
