import { eventually } from '../harness';
import { type MetaWorld, startMetaWorld } from '../meta-world';
import { SEED } from '../simulators/meta/seed';

interface TicketJson {
  id: string;
  number: number;
  status: string;
  language: string | null;
  capabilities: CapabilitiesJson;
  conversations: { id: string; joined: boolean; channel: { kind: string }; capabilities: CapabilitiesJson }[];
}

interface CapabilitiesJson {
  reply: string[];
  window: { kind: string; closesAt: string | null };
  refusals: { private?: string };
}

let w: MetaWorld;
beforeAll(async () => {
  w = await startMetaWorld();
});
afterAll(() => w.close());

let people = 0;
async function customer() {
  const person = `person${++people}`;
  w.sim.world.addPerson(person, `Person ${people}`, person);
  const comments = async (text: string) => {
    const { id } = w.sim.act.comment({ postId: SEED.pagePostId, person, text });
    return { ...(await w.thread(id)), externalId: id };
  };
  const writes = async (text: string) => {
    const { id } = w.sim.act.directMessage({ accountId: SEED.pageId, person, text });
    return { ...(await w.thread(id)), externalId: id };
  };
  return { comments, writes };
}

const ticketOf = async (externalId: string) =>
  (
    await w.one<{ ticket_id: string }>(
      'SELECT m.ticket_id FROM messages m JOIN message_keys k ON k.message_id = m.id WHERE k.external_id = $1',
      [externalId],
    )
  ).ticket_id;
const read = (id: string) => w.api.get<TicketJson>(`/tickets/${id}`);

it('a comment and a letter made one: words and answers on both sides are work of one ticket, and apart again after', async () => {
  const { comments, writes } = await customer();
  const comment = await comments('قیمتش چنده؟');
  const letter = await writes('salam khubi? gheymat chande');
  const [a, b] = [await ticketOf(comment.externalId), await ticketOf(letter.externalId)];
  expect([(await read(a)).language, (await read(b)).language]).toEqual(['fa', 'fa']);

  await w.api.post(`/tickets/${b}/merge`, { into: a, differentContacts: true });
  expect((await read(a)).conversations).toMatchObject([
    { id: comment.id, joined: false },
    { id: letter.id, joined: true },
  ]);
  const { capabilities, conversations: threads } = await read(a);
  expect(threads[0]!.capabilities).toEqual(capabilities);
  expect(threads[0]!.capabilities).toMatchObject({ reply: ['public', 'private'], window: { kind: 'none' } });
  expect(threads[1]!.capabilities).toMatchObject({ reply: ['private'], window: { kind: 'standard' }, refusals: {} });
  const more = await writes('هنوز منتظرم');
  expect(await ticketOf(more.externalId)).toBe(a);
  expect(await ticketOf(letter.externalId)).toBe(b); // what was said stays where it was said

  const reply = await w.api.request<{ id: string }>('POST', `/conversations/${letter.id}/replies`, {
    text: 'صد تومان',
    visibility: 'private',
    seenMessageId: more.messages.at(-1)!.id,
    statusAfter: 'solved',
  });
  expect(reply.status).toBe(201);
  const [sent] = await w.rows<{ ticket_id: string; event_ticket: string }>(
    `SELECT m.ticket_id, e.ticket_id AS event_ticket FROM messages m
     JOIN domain_events e ON e.message_id = m.id AND e.type = 'message.sent' WHERE m.id = $1`,
    [reply.body.id],
  );
  expect(sent).toEqual({ ticket_id: a, event_ticket: a });
  expect(await read(a)).toMatchObject({ status: 'solved' });

  const again = await writes('یک سؤال دیگر');
  expect(await ticketOf(again.externalId)).toBe(a);
  expect(await read(a)).toMatchObject({ status: 'open' });

  await w.api.post(`/tickets/${b}/unmerge`, {});
  const apart = await writes('و یکی دیگر');
  expect(await ticketOf(apart.externalId)).toBe(b);
  const [row] = await w.rows<{ joined_ticket_id: string | null }>(
    'SELECT joined_ticket_id FROM conversations WHERE id = $1',
    [letter.id],
  );
  expect(row!.joined_ticket_id).toBeNull();
});

it('a note to a joined thread is one of the ticket, and a snoozed ticket wakes by a word in either thread', async () => {
  const { comments, writes } = await customer();
  const comment = await comments('Hello there, where is my order?');
  const letter = await writes('It is about my order');
  const [a, b] = [await ticketOf(comment.externalId), await ticketOf(letter.externalId)];
  await w.api.post(`/tickets/${b}/merge`, { into: a, differentContacts: true });
  const note = await w.api.post<{ id: string }>(`/conversations/${letter.id}/notes`, { text: 'They called' });
  const [noted] = await w.rows<{ ticket_id: string }>('SELECT ticket_id FROM messages WHERE id = $1', [note.id]);
  expect(noted!.ticket_id).toBe(a);
  await w.api.request('PUT', `/tickets/${a}/snooze`, { on: ['reply'] });
  expect((await read(a)).status).toBe('on_hold');
  await writes('Any news?');
  await eventually(async () => (await read(a)).status === 'open');
});

it('a workspace says how long a solved ticket takes words', async () => {
  const { writes } = await customer();
  const first = await ticketOf((await writes('Hello')).externalId);
  await w.api.request('PUT', '/ticket-settings', { reopenDays: 2, closeAfterDays: null, types: ['question'] });
  await w.api.request('PUT', `/tickets/${first}/status`, { status: 'solved' });
  const backdate = (days: number) =>
    w.rows(`UPDATE tickets SET solved_at = now() - $2 * interval '1 day' WHERE id = $1`, [first, days]);
  await backdate(1.9);
  expect(await ticketOf((await writes('Still me')).externalId)).toBe(first);
  await w.api.request('PUT', `/tickets/${first}/status`, { status: 'solved' });
  await backdate(2.1);
  expect(await ticketOf((await writes('Something else')).externalId)).not.toBe(first);
});

it('a contact’s tier can be set and taken away', async () => {
  const { writes } = await customer();
  const { id } = await writes('Hello');
  const { contact_id: contactId } = await w.one<{ contact_id: string }>(
    'SELECT contact_id FROM conversations WHERE id = $1',
    [id],
  );
  const change = async (tier: string | null) =>
    (await w.api.request<{ tier: string | null }>('PATCH', `/contacts/${contactId}`, { tier })).body.tier;
  expect(await change(' VIP ')).toBe('vip');
  const [told] = await w.rows<{ data: object }>(
    `SELECT data FROM domain_events WHERE type = 'contact.changed' AND contact_id = $1 ORDER BY position DESC LIMIT 1`,
    [contactId],
  );
  expect(told!.data).toEqual({ fields: ['tier'] });
  expect(await change(null)).toBeNull();
});
