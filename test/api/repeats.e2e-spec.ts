import type { InboundEvent } from '../../src/inbox/conversations/inbound-event';
import { DAY_MS } from '../../src/inbox/repeats/repeat';
import { RepeatsRepository } from '../../src/inbox/repeats/repeats.repository';
import { RepeatsSubscriber } from '../../src/inbox/repeats/repeats.subscriber';
import type { DomainEvent } from '../../src/outbox/domain-event';
import { EventReader } from '../../src/outbox/event-reader';
import { uuidv7 } from '../../src/platform/ids';
import { ApiClient, OWNER, startApp, type TestApp } from '../harness';
import { type IntakeWorld, said, startIntakeWorld, told } from '../intake-world';
import { seededRandom, shuffled } from '../simulators/meta/faults';

const QUESTION = 'سفارش من هنوز نرسیده';
let w: IntakeWorld;
let other: TestApp;

beforeAll(async () => {
  w = await startIntakeWorld();
  other = await startApp({ databaseUrl: w.t.databaseUrl, env: { ROLE: 'web' } });
});
afterAll(async () => {
  await other.close();
  await w.t.close();
});

const began = Date.now() - DAY_MS;
/** Minutes after a moment of yesterday: repeats look a week back from now. */
const at = (minutes: number) => new Date(began + minutes * 60_000).toISOString();
const dm = (id: string, person: string, text: string, minute: number) =>
  said(id, person, text, { occurredAt: at(minute) });
const comment = (id: string, person: string, post: string, text: string, minute: number) =>
  said(id, person, text, {
    threadKey: `comment:${post}:${person}`,
    threadKind: 'comment',
    post: { externalId: post },
    occurredAt: at(minute),
  });
const under = (threadKey: string) => ({ accountId: 'shop', eventKey: `key:${uuidv7()}`, threadKey });
const edited = (id: string, person: string, text: string, minute: number): InboundEvent => ({
  ...under(`dm:${person}`),
  type: 'edit',
  threadKind: 'dm',
  externalId: id,
  text,
  version: 2,
  occurredAt: at(minute),
});
const deleted = (id: string, person: string, minute: number): InboundEvent => ({
  ...under(`dm:${person}`),
  type: 'delete',
  threadKind: 'dm',
  externalId: id,
  by: 'contact',
  occurredAt: at(minute),
});

/** A channel of a workspace nobody else is in, so that its events are this story's. */
let stories = 0;
const story = () => w.aside(`story${++stories}`);
const eventsOf = (world: IntakeWorld): Promise<DomainEvent[]> =>
  world.t.app.get(EventReader).after(world.channel.workspaceId, 0, 1_000);
const hand = (events: readonly DomainEvent[], node: TestApp = w.t) =>
  node.database.lean('system', (tx) => node.app.get(RepeatsSubscriber).handle(tx, events));
const tellAll = async (world: IntakeWorld, ...events: InboundEvent[]) => {
  await world.take(events, new Date().toISOString());
  await hand(await eventsOf(world));
};
const rows = async (world: IntakeWorld): Promise<string[]> => {
  const found = await world.rows<{ line: string }>(
    `SELECT concat_ws(' ', m.external_id, encode(r.fingerprint, 'hex'), r.telling, extract(epoch FROM r.at), v.thread_key,
       dense_rank() OVER (PARTITION BY r.workspace_id ORDER BY (SELECT min(i.external_id) FROM contact_identities i WHERE i.contact_id = r.contact_id))) AS line
     FROM message_repeats r JOIN messages m ON m.id = r.message_id JOIN conversations v ON v.id = r.conversation_id
     WHERE m.channel_id = $1 ORDER BY 1`,
  );
  return found.map(({ line }) => line);
};
/** Groups as a reader is told of them, by the networks' ids: `original: all`. */
const groups = async (world: IntakeWorld): Promise<string[]> => {
  const known = await world.rows<{ id: string; external_id: string; conversation_id: string }>(
    `SELECT id, external_id, conversation_id FROM messages WHERE channel_id = $1 AND direction = 'in'`,
  );
  const names = new Map(known.map((row) => [row.id, row.external_id]));
  const told = new Map<string, string[]>();
  for (const id of new Set(known.map((row) => row.conversation_id))) {
    const { items } = await page(world, id);
    for (const { id: messageId, repeats } of items) {
      if (!repeats) continue;
      const original = names.get(repeats.firstMessageId)!;
      told.set(original, [...(told.get(original) ?? []), names.get(messageId)!]);
    }
  }
  return [...told].map(([original, all]) => `${original}: ${all.toSorted().join(' ')}`).toSorted();
};

interface Page {
  items: {
    id: string;
    text: string;
    repeats: { count: number; firstMessageId: string; sameThread: boolean } | null;
    wave: { people: number; since: string } | null;
  }[];
}
const readers = new Map<string, ApiClient>();
/** The owner of a story's workspace, signed in. */
async function reader(world: IntakeWorld): Promise<ApiClient> {
  const { workspaceId } = world.channel;
  const email = `owner@${workspaceId}.test`;
  await world.rows(
    `INSERT INTO agents (workspace_id, id, email, name, role, password_hash)
     SELECT $2, $3, $4, 'Their owner', 'owner', password_hash FROM agents WHERE email = 'owner@harbour.test' AND $1::uuid IS NOT NULL`,
    [workspaceId, uuidv7(), email],
  );
  return ApiClient.signIn(world.t.url, email, OWNER.password);
}
async function api(world: IntakeWorld): Promise<ApiClient> {
  const known = readers.get(world.channel.workspaceId) ?? (await reader(world));
  readers.set(world.channel.workspaceId, known);
  return known;
}
const page = async (world: IntakeWorld, conversationId: string): Promise<Page> =>
  (await api(world)).get<Page>(`/conversations/${conversationId}/messages`);
const ticketOf = async (world: IntakeWorld, externalId: string) => {
  const [row] = await world.rows<{ id: string; conversation_id: string; contact_id: string }>(
    `SELECT t.id, t.conversation_id, t.contact_id FROM messages m JOIN tickets t ON t.id = m.ticket_id
     WHERE m.channel_id = $1 AND m.external_id = $2`,
    [externalId],
  );
  return row!;
};

const STORY: InboundEvent[] = [
  comment('c1', 'omar', 'p1', `@shop ${QUESTION}!!`, 0),
  comment('c2', 'omar', 'p2', QUESTION, 5),
  dm('d1', 'omar', 'سلام، سفارش من هنوز نرسیده', 9),
  dm('d2', 'omar', 'سلام', 10),
  dm('d3', 'omar', 'سلام', 11),
  dm('d4', 'omar', QUESTION, 12),
  edited('d4', 'omar', 'سفارشم رسید، ممنون از شما', 13),
  dm('d5', 'omar', QUESTION, 14),
  deleted('d5', 'omar', 15),
  dm('s1', 'sara', QUESTION, 16),
  comment('s2', 'sara', 'p1', '@omar @lea', 17),
  said('f1', 'sara', QUESTION, { occurredAt: at(18), attachments: [{ kind: 'image', url: 'https://files.test/1' }] }),
];

describe('recognising', () => {
  it('says who said what before, whatever order it came and was told in, however often', async () => {
    let expected: string[] | undefined;
    for (let seed = 0; seed < 8; seed++) {
      const world = await story();
      const random = seededRandom(seed + 1);
      for (const event of seed === 0 ? STORY : shuffled([...STORY], random))
        await world.take([event], new Date().toISOString());
      const events = await eventsOf(world);
      const order = seed === 0 ? events : shuffled([...events, ...events.filter(() => random() < 0.5)], random);
      for (let from = 0; from < order.length;) {
        const to = from + 1 + Math.floor(random() * 6);
        await hand(order.slice(from, to));
        from = to;
      }
      expected ??= await rows(world);
      expect(expected).toHaveLength(7);
      expect(await rows(world)).toEqual(expected);
      expect(await groups(world)).toEqual(['c1: c1 c2 d1', 'd2: d2 d3']);
    }
  });

  it('comes to the same on two nodes at once, and after one that died half way', async () => {
    const world = await story();
    await world.take(STORY, new Date().toISOString());
    const events = await eventsOf(world);
    const dying = w.t.database.lean('system', async (tx) => {
      await w.t.app.get(RepeatsSubscriber).handle(tx, events);
      throw new Error('the process died here');
    });
    await expect(dying).rejects.toThrow('died here');
    expect(await rows(world)).toEqual([]);
    await Promise.all([hand(events), hand(events.toReversed(), other), hand(events.slice(3)), hand(events, other)]);
    expect(await rows(world)).toHaveLength(7);
    expect(await groups(world)).toEqual(['c1: c1 c2 d1', 'd2: d2 d3']);
  });

  it('an edit or a deletion ends a repeat, and the group roots anew', async () => {
    const world = await story();
    await tellAll(world, dm('d1', 'omar', QUESTION, 0), dm('d2', 'omar', QUESTION, 1), dm('d3', 'omar', QUESTION, 2));
    expect(await groups(world)).toEqual(['d1: d1 d2 d3']);
    await tellAll(world, deleted('d1', 'omar', 3));
    expect(await groups(world)).toEqual(['d2: d2 d3']);
    await tellAll(world, edited('d3', 'omar', 'چیز دیگری می‌خواستم بگویم', 4));
    expect(await groups(world)).toEqual([]);
  });

  it('an older word that is found later becomes the original', async () => {
    const world = await story();
    await tellAll(world, dm('d2', 'omar', QUESTION, 5), dm('d3', 'omar', QUESTION, 6));
    await tellAll(world, comment('c1', 'omar', 'p1', QUESTION, 1));
    expect(await groups(world)).toEqual(['c1: c1 d2 d3']);
  });

  it('follows people who are merged, and parts them again', async () => {
    const world = await story();
    await tellAll(world, dm('o1', 'omar', QUESTION, 0), dm('o2', 'omar_on_telegram', QUESTION, 5));
    expect(await groups(world)).toEqual([]);
    const [stays, goes] = [await ticketOf(world, 'o1'), await ticketOf(world, 'o2')];
    const owner = await api(world);
    await owner.post(`/contacts/${stays.contact_id}/merge`, { otherId: goes.contact_id });
    await hand(await eventsOf(world));
    expect(await groups(world)).toEqual(['o1: o1 o2']);
    const [identity] = await world.rows<{ id: string }>(
      `SELECT id FROM contact_identities WHERE channel_id = $1 AND external_id = 'omar_on_telegram'`,
    );
    await owner.post(`/contacts/${stays.contact_id}/unmerge`, { identityId: identity!.id });
    await hand(await eventsOf(world));
    expect(await groups(world)).toEqual([]);
  });

  it('two threads that prove to be one are one here too', async () => {
    const world = await story();
    await tellAll(world, dm('a1', '+98912', QUESTION, 0), dm('b1', 'ali', QUESTION, 1));
    const known = { person: { externalId: 'ali', aliases: ['+98912'] }, threadAliases: ['dm:+98912'] };
    await world.take([told('ali', { ...known, occurredAt: at(2) })], new Date().toISOString());
    await tellAll(
      world,
      said('b2', 'ali', 'سلام', { author: known.person, threadAliases: known.threadAliases, occurredAt: at(3) }),
    );
    const [merged] = await world.rows<{ n: number; threads: number }>(
      `SELECT count(*)::int AS n, count(DISTINCT r.conversation_id)::int AS threads FROM message_repeats r
       JOIN messages m ON m.id = r.message_id AND m.conversation_id = r.conversation_id WHERE m.channel_id = $1`,
    );
    expect(merged).toEqual({ n: 3, threads: 1 });
    expect(await groups(world)).toEqual(['a1: a1 b1']);
  });
});

describe('telling', () => {
  it('a ticket names the same elsewhere, and what has become of it', async () => {
    const world = await story();
    await tellAll(world, ...STORY);
    const { id } = await ticketOf(world, 'c1');
    const { repeats } = await (await api(world)).get<{ repeats: Record<string, unknown>[] }>(`/tickets/${id}`);
    expect(repeats).toEqual([
      expect.objectContaining({ threadKind: 'dm', post: null, status: 'new', count: 1, answered: false }),
      expect.objectContaining({ threadKind: 'comment', post: expect.objectContaining({ text: null }), count: 1 }),
    ]);
    expect(repeats.map((repeat) => repeat['ticketId'])).toEqual([
      (await ticketOf(world, 'd1')).id,
      (await ticketOf(world, 'c2')).id,
    ]);
  });

  it('whoever has one of the tickets open hears of it, once, and nobody of what was said once', async () => {
    const world = await story();
    await tellAll(world, comment('c1', 'omar', 'p1', QUESTION, 0), dm('d1', 'sara', QUESTION, 1));
    expect(await world.events('ticket.repeated')).toEqual([]);
    await world.take([comment('c2', 'omar', 'p2', QUESTION, 5)], new Date().toISOString());
    await hand((await eventsOf(world)).slice(-2));
    const told = (await eventsOf(world)).filter((event) => event.type === 'ticket.repeated');
    expect(told).toHaveLength(2);
    for (const word of ['c1', 'c2']) {
      const { id: ticketId } = await ticketOf(world, word);
      expect(told).toContainEqual(expect.objectContaining({ ticketId, data: { count: 2 } }));
    }
    expect(told.every(({ audience, ticketId }) => audience.includes(`ticket:${ticketId}`))).toBe(true);
  });

  it('a word from outside the span is another matter', async () => {
    const world = await story();
    await tellAll(world, dm('d1', 'omar', QUESTION, 0), dm('d2', 'omar', QUESTION, 1));
    const owner = await api(world);
    await owner.ok('PUT', '/repeats/settings', { spanDays: 2, merge: false, wavePeople: 3, waveMinutes: 60 });
    await tellAll(world, dm('old', 'omar', QUESTION, -3 * 24 * 60));
    expect(await groups(world)).toEqual(['d1: d1 d2']);
  });

  it('an agent is told only of what they may see', async () => {
    const world = await story();
    await tellAll(world, comment('c1', 'omar', 'p1', QUESTION, 0), comment('c2', 'omar', 'p2', QUESTION, 5));
    const { workspaceId } = world.channel;
    const [team, agent] = [uuidv7(), uuidv7()];
    await world.rows(
      `INSERT INTO teams (workspace_id, id, name, assignment) SELECT $2, $3, 'Secret', 'pull' WHERE $1::uuid IS NOT NULL`,
      [workspaceId, team],
    );
    await world.rows(
      `INSERT INTO agents (workspace_id, id, email, name, role, password_hash)
       SELECT $2, $3, $4, 'Ada', 'agent', password_hash FROM agents WHERE email = 'owner@harbour.test' AND $1::uuid IS NOT NULL`,
      [workspaceId, agent, `ada@${workspaceId}.test`],
    );
    const hidden = await ticketOf(world, 'c1');
    await world.rows(`UPDATE tickets SET team_id = $2 WHERE channel_id = $1 AND id = $3`, [team, hidden.id]);
    const ada = await ApiClient.signIn(world.t.url, `ada@${workspaceId}.test`, OWNER.password);
    const open = await ticketOf(world, 'c2');
    expect(await ada.get(`/tickets/${open.id}`)).toMatchObject({ repeats: [] });
    const { items } = await ada.get<Page>(`/conversations/${open.conversation_id}/messages`);
    expect(items[0]!.repeats).toBeNull();
    expect((await page(world, open.conversation_id)).items[0]!.repeats).toMatchObject({ count: 2, sameThread: false });
  });

  it('does not look over the wall', async () => {
    const [here, there] = [await story(), await story()];
    await tellAll(here, dm('d1', 'omar', QUESTION, 0));
    await tellAll(there, dm('d1', 'omar', QUESTION, 1), dm('d2', 'omar', 'سلام', 2));
    expect(await groups(here)).toEqual([]);
    expect(await groups(there)).toEqual([]);
    const theirs = await ticketOf(there, 'd1');
    const owner = await api(here);
    expect((await owner.request('GET', `/tickets/${theirs.id}`)).status).toBe(404);
    const batch = { text: 'hi', threads: [{ conversationId: theirs.conversation_id, seenMessageId: uuidv7() }] };
    expect((await owner.request('POST', `/tickets/${theirs.id}/reply-batches`, batch)).status).toBe(404);
    const mine = await ticketOf(here, 'd1');
    expect((await owner.request('POST', `/tickets/${mine.id}/reply-batches`, batch)).status).toBe(404);
  });

  it('a text of many people in a short time is a wave, and nobody’s repeat', async () => {
    const world = await story();
    const crowd = Array.from({ length: 5 }, (_, i) =>
      comment(`w${i}`, `p${i}`, 'post', 'بایکوت این فروشگاه دروغگو', i),
    );
    const greeting = Array.from({ length: 5 }, (_, i) => comment(`g${i}`, `p${i}`, 'post', 'سلام', 20 + i));
    await tellAll(world, ...crowd.slice(0, 4), ...greeting);
    const first = await ticketOf(world, 'w0');
    expect((await page(world, first.conversation_id)).items.map(({ wave }) => wave)).toEqual([null, null]);
    await tellAll(world, ...crowd);
    const { items } = await page(world, first.conversation_id);
    expect(items.map(({ wave, repeats }) => [wave?.people ?? null, repeats])).toEqual([
      [5, null],
      [null, null],
    ]);
    const owner = await api(world);
    const waves = async () =>
      (await owner.get<{ items: { id: string; people: number; openTickets: number }[] }>('/repeats/waves?hours=48'))
        .items;
    const [wave] = await waves();
    expect(await waves()).toMatchObject([
      { people: 5, messages: 5, openTickets: 5, sample: { text: 'بایکوت این فروشگاه دروغگو' } },
    ]);
    const listed = async (query: string) =>
      (await owner.get<{ items: { id: string }[] }>(`/tickets?wave=${wave!.id}${query}`)).items.map(({ id }) => id);
    const said = await Promise.all(crowd.map(async (_, i) => (await ticketOf(world, `w${i}`)).id));
    expect((await listed('')).toSorted()).toEqual(said.toSorted());
    expect(await listed('&sort=recent&limit=2')).toHaveLength(2);
    await owner.request('PUT', `/tickets/${said[0]}/status`, { status: 'solved' });
    expect(await waves()).toMatchObject([{ people: 5, openTickets: 4 }]);
    expect(await listed('&view=solved')).toEqual([said[0]]);
    expect(await listed('&view=following')).toEqual([]);
    expect((await owner.request('GET', '/tickets?wave=nonsense')).status).toBe(422);
    const elsewhere = await api(await story());
    expect((await elsewhere.get<{ items: unknown[] }>(`/tickets?wave=${wave!.id}`)).items).toEqual([]);
  });
});

describe('keeping', () => {
  it('sweeps what came longer ago than repeats are looked for, and nothing else', async () => {
    const world = await story();
    await tellAll(world, dm('d1', 'omar', QUESTION, 0), dm('d2', 'omar', QUESTION, 1));
    const sweep = (days: number) =>
      w.t.database.lean('system', (tx) =>
        w.t.app.get(RepeatsRepository).tidy(tx, new Date(Date.now() + days * DAY_MS)),
      );
    await sweep(6);
    expect(await rows(world)).toHaveLength(2);
    await sweep(8);
    expect(await rows(world)).toEqual([]);
  });

  it('refuses settings that make no sense', async () => {
    const world = await story();
    const answer = await (
      await api(world)
    ).request<{ error: { details: { fields: { path: string }[] } } }>('PUT', '/repeats/settings', {
      spanDays: 0,
      merge: 'yes',
      wavePeople: 1,
      waveMinutes: 5,
    });
    expect(answer.status).toBe(422);
    expect(answer.body.error.details.fields.map(({ path }) => path)).toEqual(['spanDays', 'merge', 'wavePeople']);
  });
});

describe('merging, where the workspace wants it', () => {
  const wanting = async () => {
    const world = await story();
    const owner = await api(world);
    await owner.ok('PUT', '/repeats/settings', { spanDays: 7, merge: true, wavePeople: 5, waveMinutes: 60 });
    return { world, owner };
  };
  const merges = (world: IntakeWorld) =>
    world.rows<{ from: string; into: string }>(
      `SELECT f.conversation_id AS from, i.conversation_id AS into FROM tickets f JOIN tickets i ON i.id = f.merged_into_id
       WHERE f.channel_id = $1`,
    );

  it('a fresh ticket that only repeats an open one goes on in it, once, and a person may take that back', async () => {
    const { world, owner } = await wanting();
    await world.tell(comment('c1', 'omar', 'p1', QUESTION, 0));
    await world.tell(comment('c2', 'omar', 'p2', QUESTION, 5));
    const events = await eventsOf(world);
    await Promise.all([hand(events), hand(events, other)]);
    const [c1, c2] = [await ticketOf(world, 'c1'), await ticketOf(world, 'c2')];
    expect(await merges(world)).toEqual([{ from: c2.conversation_id, into: c1.conversation_id }]);
    expect(await owner.get(`/tickets/${c1.id}`)).toMatchObject({
      conversations: [{ id: c1.conversation_id }, { id: c2.conversation_id, joined: true }],
      repeats: [{ ticketId: c1.id, conversationId: c2.conversation_id, threadKind: 'comment' }],
    });
    await owner.post(`/tickets/${c2.id}/unmerge`);
    await hand(await eventsOf(world));
    expect(await merges(world)).toEqual([]);
  });

  it('what says more, is worked on, is another person’s or repeats what is over stays a ticket of its own', async () => {
    const { world } = await wanting();
    await world.tell(comment('c1', 'omar', 'p1', QUESTION, 0));
    await world.tell(comment('more', 'omar', 'p2', QUESTION, 5), comment('more2', 'omar', 'p2', 'و سفارش دومم هم', 6));
    await world.tell(comment('held', 'omar', 'p3', QUESTION, 7), comment('sara', 'sara', 'p4', QUESTION, 8));
    await world.tell(comment('short', 'omar', 'p5', 'قیمت؟', 9), comment('short2', 'omar', 'p6', 'قیمت؟', 10));
    const held = await ticketOf(world, 'held');
    await world.rows(`UPDATE tickets SET status = 'open' WHERE channel_id = $1 AND id = $2`, [held.id]);
    await hand(await eventsOf(world));
    expect(await merges(world)).toEqual([]);
    await world.rows(
      `UPDATE tickets SET status = 'solved', solved_at = now() WHERE channel_id = $1 AND status <> 'closed'`,
    );
    await tellAll(world, comment('late', 'omar', 'p9', QUESTION, 30));
    expect(await merges(world)).toEqual([]);
  });
});
