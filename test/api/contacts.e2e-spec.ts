import { uuidv7 } from '../../src/platform/ids';
import { dm, type ErrorJson, feed, MetaWorld, NEGAR, startMetaWorld } from '../meta-world';

interface ContactJson {
  id: string;
  name: string | null;
  email: string | null;
  emailVerifiedAt: string | null;
  phone: string | null;
  phoneVerifiedAt: string | null;
  locale: string | null;
  mergedInto: string | null;
  identities: { id: string; externalId: string; mergedFrom: string | null; channel: { kind: string } }[];
  tickets: { id: string; contact: { id: string } }[];
}

let w: MetaWorld;
beforeAll(async () => {
  w = await startMetaWorld();
});
afterAll(() => w.close());

let n = 0;
/** A person who commented under a post (one id) and one who wrote to the Page (another): Meta does not say they are one. */
async function twoHalves() {
  n += 1;
  const [author, psid] = [`${n}7001`, `${n}8001`];
  await w.tell(
    feed({ comment_id: `c_${n}`, from: { id: author, name: `Sara ${n}` }, message: 'price?' }),
    dm('person', { message: { mid: `m_${n}`, text: 'hello' } }, { person: psid }),
  );
  const of = async (externalId: string) => {
    const { contact_id: id } = await w.one<{ contact_id: string }>(
      'SELECT contact_id FROM contact_identities WHERE external_id = $1',
      [externalId],
    );
    return id;
  };
  return { author, psid, commenter: await of(author), writer: await of(psid) };
}
const card = (id: string) => w.api.get<ContactJson>(`/contacts/${id}`);
const change = (id: string, body: object) => w.api.request<ContactJson & ErrorJson>('PATCH', `/contacts/${id}`, body);
const owners = (ids: string[]) =>
  w.rows<{ contact_id: string; tickets: string[] }>(
    `SELECT c.contact_id, array_agg(t.contact_id) AS tickets FROM conversations c JOIN tickets t ON t.conversation_id = c.id
     WHERE c.contact_id = ANY($1) GROUP BY c.id, c.contact_id`,
    [ids],
  );

describe('a contact', () => {
  it('is changed field by field, all problems at once, and says which fields changed', async () => {
    const { commenter } = await twoHalves();
    const { body } = await change(commenter, {
      name: ' سارا \u0000',
      phone: '۰۹۱۲ ۳۴۵ ۶۷۸۹',
      email: 'Sara@Harbour.Test',
      emailVerified: true,
    });
    expect(body).toMatchObject({
      name: 'سارا \ufffd',
      phone: '+989123456789',
      phoneVerifiedAt: null,
      email: 'sara@harbour.test',
    });
    expect(body.emailVerifiedAt).not.toBeNull();
    const moved = await change(commenter, { email: 'other@harbour.test' });
    expect(moved.body.emailVerifiedAt).toBeNull(); // a new address is nobody's yet
    const same = await change(commenter, { email: 'other@harbour.test' });
    expect(same.status).toBe(200);
    expect((await change(commenter, { phone: '123' })).status).toBe(422);
    expect((await change(commenter, { email: 'nonsense' })).status).toBe(422);
    const wrong = await change(commenter, { email: 'nonsense', locale: 'xx', phoneVerified: 'yes', nope: 1 });
    const fields = (wrong.body.error.details['fields'] as { path: string }[]).map((field) => field.path);
    expect(new Set(fields)).toEqual(new Set(['email', 'locale', 'phoneVerified', 'nope']));
    await change(commenter, { phone: '', email: '' });
    expect(await card(commenter)).toMatchObject({ phone: null, email: null, phoneVerifiedAt: null });
    const events = await w.rows<{ data: { fields: string[] } }>(
      `SELECT data FROM domain_events WHERE type = 'contact.changed' AND contact_id = $1 ORDER BY position`,
      [commenter],
    );
    expect(events.map((e) => e.data.fields)).toEqual([
      ['name', 'email', 'phone', 'emailVerifiedAt'],
      ['email', 'emailVerifiedAt'],
      ['email', 'phone'],
    ]);
  });

  it('keeps the same verified address verified when it is written otherwise', async () => {
    const { writer } = await twoHalves();
    await change(writer, { email: 'mina@harbour.test', emailVerified: true });
    expect((await change(writer, { email: 'Mina@Harbour.test' })).body.emailVerifiedAt).not.toBeNull();
  });

  it('is found by the beginning of a name, and what looks like a pattern is not one', async () => {
    const { commenter } = await twoHalves();
    await change(commenter, { name: '100% Zahra' });
    const find = async (q: string) =>
      (await w.api.get<{ items: ContactJson[] }>(`/contacts?q=${encodeURIComponent(q)}`)).items.map((c) => c.id);
    expect(await find('100%')).toEqual([commenter]);
    expect(await find('%Zahra')).toEqual([]);
    await change(commenter, { phone: '+98 912 123 4567' });
    for (const typed of ['0912123', '۰۹۱۲ ۱۲۳', '+98912', '989121234567'])
      expect(await find(typed)).toEqual([commenter]);
    expect(await find('0911')).toEqual([]);
  });
});

describe('two that are one', () => {
  it('merge: threads and tickets follow, empty fields are filled, and later messages arrive at the one that stays', async () => {
    const { author, psid, commenter, writer } = await twoHalves();
    await change(writer, { phone: '09121112233', phoneVerified: true });
    const merged = await w.api.post<ContactJson>(`/contacts/${commenter}/merge`, { otherId: writer });
    expect(merged).toMatchObject({ id: commenter, phone: '+989121112233' });
    expect(merged.phoneVerifiedAt).not.toBeNull();
    expect(merged.identities.map((i) => i.externalId).toSorted()).toEqual([author, psid].toSorted());
    expect(merged.tickets).toHaveLength(2);
    expect(merged.tickets.every((ticket) => ticket.contact.id === commenter)).toBe(true);
    expect(await owners([commenter, writer])).toEqual([
      { contact_id: commenter, tickets: [commenter] },
      { contact_id: commenter, tickets: [commenter] },
    ]);
    expect(await card(writer)).toMatchObject({ mergedInto: commenter, identities: [] });
    await w.tell(dm('person', { message: { mid: `m_after_${n}`, text: 'me again' } }, { person: psid }));
    await w.tell(
      feed({
        comment_id: `c_after_${n}`,
        from: { id: author, name: 'Sara' },
        message: 'elsewhere',
        post_id: '1_2',
        parent_id: '1_2',
      }),
    );
    expect((await owners([writer])).length).toBe(0);
    expect((await owners([commenter])).length).toBe(3);
  });

  it('unmerge: the identity goes back to its contact with its threads', async () => {
    const { psid, commenter, writer } = await twoHalves();
    const merged = await w.api.post<ContactJson>(`/contacts/${commenter}/merge`, { otherId: writer });
    const identity = merged.identities.find((i) => i.externalId === psid)!;
    const after = await w.api.post<ContactJson>(`/contacts/${commenter}/unmerge`, { identityId: identity.id });
    expect(after.identities.map((i) => i.externalId)).not.toContain(psid);
    expect(await card(writer)).toMatchObject({
      mergedInto: null,
      identities: [{ externalId: psid, mergedFrom: null }],
    });
    expect(await owners([writer])).toEqual([{ contact_id: writer, tickets: [writer] }]);
    const again = await w.api.request<ErrorJson>('POST', `/contacts/${commenter}/unmerge`, { identityId: identity.id });
    expect([again.status, again.body.error.code]).toEqual([409, 'conflict']);
  });

  it('a chain of merges comes apart again', async () => {
    const [a, b] = [await twoHalves(), await twoHalves()];
    await w.api.post(`/contacts/${a.commenter}/merge`, { otherId: a.writer });
    const all = await w.api.post<ContactJson>(`/contacts/${b.commenter}/merge`, { otherId: a.commenter });
    expect(all.identities).toHaveLength(3);
    for (const { externalId, id } of all.identities)
      if (externalId !== b.author) await w.api.post(`/contacts/${b.commenter}/unmerge`, { identityId: id });
    expect((await card(a.writer)).identities.map((i) => i.externalId)).toEqual([a.psid]);
    expect((await card(a.commenter)).identities.map((i) => i.externalId)).toEqual([a.author]);
    expect((await card(b.commenter)).identities.map((i) => i.externalId)).toEqual([b.author]);
  });

  it('refuses what makes no sense, and two who merge crosswise at once', async () => {
    const { commenter, writer } = await twoHalves();
    const merge = (id: string, otherId: string) =>
      w.api.request<ErrorJson>('POST', `/contacts/${id}/merge`, { otherId });
    expect((await merge(commenter, commenter)).status).toBe(409);
    expect((await merge(commenter, uuidv7())).status).toBe(404);
    const both = await Promise.all([merge(commenter, writer), merge(writer, commenter)]);
    expect(both.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });
});

describe('taking a merge back as a whole', () => {
  const merge = (id: string, otherId: string) => w.api.post<ContactJson>(`/contacts/${id}/merge`, { otherId });
  const undo = (id: string, otherId: string) =>
    w.api.request<ContactJson & ErrorJson>('DELETE', `/contacts/${id}/merges/${otherId}`);
  const merges = async (id: string) =>
    (
      await w.api.get<{ items: { contact: { id: string }; by: { kind: string }; identities: unknown[] }[] }>(
        `/contacts/${id}/merges`,
      )
    ).items;

  it('the preview tells what the merge then does', async () => {
    const { commenter, writer } = await twoHalves();
    await change(commenter, { name: 'Sara', email: 'sara@harbour.test' });
    await change(writer, { name: 'S. Ahmadi', phone: '09121112244', phoneVerified: true });
    const preview = await w.api.get<{ after: object; filled: string[]; differing: string[]; moves: object }>(
      `/contacts/${commenter}/merge-preview/${writer}`,
    );
    expect(preview).toEqual({
      after: { name: 'Sara', email: 'sara@harbour.test', phone: '+989121112244', locale: null, tier: null },
      filled: ['phone'],
      differing: ['name'],
      moves: { identities: 1, conversations: 1, tickets: 1, openTickets: 1 },
      toldApart: null,
    });
    expect(await card(writer)).toMatchObject({ mergedInto: null }); // asking does nothing
    expect(await merge(commenter, writer)).toMatchObject(preview.after);
  });

  it('gives back identities, threads and what it filled in; what was changed since stays', async () => {
    const { commenter, writer, psid } = await twoHalves();
    await change(writer, { phone: '09121112255', phoneVerified: true, email: 'w@harbour.test' });
    await merge(commenter, writer);
    expect(await merges(commenter)).toMatchObject([
      { contact: { id: writer }, by: { kind: 'agent' }, identities: [{}] },
    ]);
    await change(commenter, { email: 'new@harbour.test', emailVerified: true });
    const { status, body } = await undo(commenter, writer);
    expect([status, body.phone, body.phoneVerifiedAt, body.email]).toEqual([200, null, null, 'new@harbour.test']);
    expect(body.emailVerifiedAt).not.toBeNull();
    expect(await card(writer)).toMatchObject({
      mergedInto: null,
      phone: '+989121112255',
      identities: [{ externalId: psid, mergedFrom: null }],
    });
    expect(await owners([writer])).toEqual([{ contact_id: writer, tickets: [writer] }]);
    expect(await merges(commenter)).toEqual([]);
    expect((await undo(commenter, writer)).body.error.code).toBe('conflict'); // once
  });

  it('of a chain: what had been merged into the other goes with it and can be parted there', async () => {
    const [a, b] = [await twoHalves(), await twoHalves()];
    await merge(a.commenter, a.writer);
    await merge(b.commenter, a.commenter);
    expect((await undo(a.commenter, a.writer)).status).toBe(409); // it is not its own any more
    const parted = await undo(b.commenter, a.commenter);
    expect(parted.body.identities.map((i) => i.externalId)).toEqual([b.author]);
    expect((await card(a.commenter)).identities.map((i) => i.externalId).toSorted()).toEqual(
      [a.author, a.psid].toSorted(),
    );
    expect((await undo(a.commenter, a.writer)).status).toBe(200);
    expect((await card(a.writer)).identities.map((i) => i.externalId)).toEqual([a.psid]);
  });

  it('two who take it back at once: one does', async () => {
    const { commenter, writer } = await twoHalves();
    await merge(commenter, writer);
    const both = await Promise.all([undo(commenter, writer), undo(commenter, writer)]);
    expect(both.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 409]);
    const parted = await w.rows(`SELECT 1 FROM domain_events WHERE type = 'contact.unmerged' AND contact_id = $1`, [
      commenter,
    ]);
    expect(parted).toHaveLength(1);
  });
});

it('who may be the same person is told with the reasons, the likeliest first, and is gone once merged', async () => {
  const [{ commenter, writer }, other] = [await twoHalves(), await twoHalves()];
  const find = async () =>
    (
      await w.api.get<{ items: { id: string; reasons: string[]; identities: unknown[] }[] }>(
        `/contacts/${commenter}/duplicates`,
      )
    ).items;
  await change(commenter, { name: 'Negin Rostami', phone: '09353334455' });
  await change(other.commenter, { name: 'negin rostami' });
  await change(writer, { phone: '+98 935 333 4455' });
  expect(await find()).toMatchObject([
    { id: writer, reasons: ['phone'], identities: [{}] },
    { id: other.commenter, reasons: ['name'] },
  ]);
  await w.api.post(`/contacts/${commenter}/merge`, { otherId: writer });
  expect((await find()).map(({ id }) => id)).toEqual([other.commenter]);
});

describe('not the same person', () => {
  interface Verdicts extends ErrorJson {
    items: { contact: { id: string }; by: { kind: string; id: string }; identities: unknown[] }[];
  }
  const tell = (id: string, otherId: string) =>
    w.api.request<Verdicts>('POST', `/contacts/${id}/not-same`, { otherId });
  const lift = (id: string, otherId: string) =>
    w.api.request<Verdicts>('DELETE', `/contacts/${id}/not-same/${otherId}`);
  const apart = async (id: string) =>
    (await w.api.get<Verdicts>(`/contacts/${id}/not-same`)).items.map(({ contact }) => contact.id);
  const suggested = async (id: string) =>
    (await w.api.get<{ items: { id: string }[] }>(`/contacts/${id}/duplicates`)).items.map((one) => one.id);
  const merge = (id: string, otherId: string, more = {}) =>
    w.api.request<ContactJson & ErrorJson>('POST', `/contacts/${id}/merge`, { otherId, ...more });
  const audited = (action: string, id: string) =>
    w.rows<{ changes: object }>(`SELECT changes FROM audit_log WHERE action = $1 AND subject = $2`, [
      action,
      `contact:${id}`,
    ]);
  let phones = 0;
  /** Two who share a number, and so are suggested to each other. */
  async function alike() {
    const { commenter, writer } = await twoHalves();
    phones += 1;
    for (const id of [commenter, writer]) await change(id, { phone: `0935444${String(phones).padStart(4, '0')}` });
    return { commenter, writer };
  }

  it('is said once, holds from both sides and for everybody, and can be taken back', async () => {
    const { commenter, writer } = await alike();
    expect(await suggested(writer)).toEqual([commenter]);
    const both = await Promise.all([tell(commenter, writer), tell(writer, commenter)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both[0].body.items).toMatchObject([{ contact: { id: writer }, by: { kind: 'agent' }, identities: [{}] }]);
    expect([await suggested(commenter), await suggested(writer)]).toEqual([[], []]);
    expect([await apart(commenter), await apart(writer)]).toEqual([[writer], [commenter]]);
    const told = [
      ...(await audited('contact.told_apart', commenter)),
      ...(await audited('contact.told_apart', writer)),
    ];
    expect(told).toHaveLength(1);
    const lifted = await Promise.all([lift(writer, commenter), lift(commenter, writer)]);
    expect(lifted.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(await suggested(commenter)).toEqual([writer]);
    expect((await tell(commenter, commenter)).status).toBe(409);
    expect((await tell(commenter, uuidv7())).status).toBe(404);
  });

  it('holds a merge back once, with who said it; merged all the same, the verdict is lifted', async () => {
    const { commenter, writer } = await alike();
    await tell(writer, commenter);
    const preview = await w.api.get<{ toldApart: object }>(`/contacts/${commenter}/merge-preview/${writer}`);
    expect(preview.toldApart).toMatchObject({ by: { kind: 'agent' } });
    const held = await merge(commenter, writer);
    expect(held).toMatchObject({ status: 409, body: { error: { details: { toldApart: { by: { kind: 'agent' } } } } } });
    expect(await card(writer)).toMatchObject({ mergedInto: null });
    expect((await merge(commenter, writer, { evenToldApart: true })).status).toBe(200);
    expect(await apart(commenter)).toEqual([]);
    expect(await audited('contact.verdict_lifted', commenter)).toMatchObject([
      { changes: { otherContact: { from: writer, to: null } } },
    ]);
    await w.api.request('DELETE', `/contacts/${commenter}/merges/${writer}`);
    expect(await suggested(commenter)).toEqual([writer]);
  });

  it('is said of whoever a contact becomes part of', async () => {
    const [{ commenter, writer }, whole] = [await alike(), await twoHalves()];
    await tell(commenter, writer);
    expect((await merge(whole.commenter, commenter)).status).toBe(200);
    expect(await suggested(whole.commenter)).toEqual([]);
    expect(await apart(writer)).toEqual([whole.commenter]);
    expect((await tell(writer, commenter)).status).toBe(409); // it is part of another by now
    expect((await merge(writer, whole.commenter)).status).toBe(409);
    expect((await lift(writer, whole.commenter)).status).toBe(200);
    expect(await suggested(whole.commenter)).toEqual([writer]);
  });

  it('while one tells them apart and another merges them, one of both is done', async () => {
    const { commenter, writer } = await alike();
    const both = await Promise.all([tell(commenter, writer), merge(writer, commenter)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  it('a name that many have leaves room for the one with the same number', async () => {
    const { commenter, writer } = await alike();
    await change(commenter, { name: 'Negar Bahrami' });
    await w.rows(
      `INSERT INTO contacts (workspace_id, id, name) SELECT c.workspace_id, gen_random_uuid(), ' negar BAHRAMI'
       FROM contacts c, generate_series(1, 60) WHERE c.id = $1`,
      [commenter],
    );
    const found = await suggested(commenter);
    expect([found[0], found.length]).toEqual([writer, 10]);
  });
});

it('another workspace’s contact is not there', async () => {
  const { commenter, writer } = await twoHalves();
  const reef = await w.otherWorkspace('reef');
  const identity = (await card(writer)).identities[0]!.id;
  const theirs = await w.connect(reef.api, 'facebook', '660066');
  await w.tell(
    feed({ comment_id: 'reef_1', from: { id: NEGAR.author, name: 'Negar' }, message: 'hi' }, { page: '660066' }),
  );
  const { contact_id: own } = await w.one<{ contact_id: string }>(
    'SELECT contact_id FROM contact_identities WHERE channel_id = $1',
    [theirs],
  );
  const answers = await Promise.all([
    reef.api.request('GET', `/contacts/${commenter}`),
    reef.api.request('PATCH', `/contacts/${commenter}`, { name: 'x' }),
    reef.api.request('POST', `/contacts/${own}/merge`, { otherId: commenter }),
    reef.api.request('POST', `/contacts/${commenter}/merge`, { otherId: own }),
    reef.api.request('POST', `/contacts/${writer}/unmerge`, { identityId: identity }),
    reef.api.request('GET', `/contacts/${commenter}/duplicates`),
    reef.api.request('GET', `/contacts/${commenter}/merges`),
    reef.api.request('GET', `/contacts/${own}/merge-preview/${commenter}`),
    reef.api.request('DELETE', `/contacts/${own}/merges/${commenter}`),
    reef.api.request('GET', `/contacts/${commenter}/not-same`),
    reef.api.request('POST', `/contacts/${own}/not-same`, { otherId: commenter }),
    reef.api.request('POST', `/contacts/${commenter}/not-same`, { otherId: own }),
    reef.api.request('DELETE', `/contacts/${own}/not-same/${commenter}`),
    reef.api.request('DELETE', `/contacts/${commenter}/merges/${own}`),
    reef.api.request('GET', `/contacts/${uuidv7()}`),
    reef.api.request('GET', '/contacts/not-an-id'),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404));
  expect((await reef.api.get<{ items: ContactJson[] }>('/contacts')).items.map((c) => c.id)).toEqual([own]);
});
