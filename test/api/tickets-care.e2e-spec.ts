import { TicketSubscriber } from '../../src/inbox/tickets/ticket.subscriber';
import { TicketSweeper } from '../../src/inbox/tickets/ticket.sweeper';
import { event } from '../../src/outbox/domain-event';
import { EventReader } from '../../src/outbox/event-reader';
import { Outbox } from '../../src/outbox/outbox';
import { uuidv7 } from '../../src/platform/ids';
import { cloneDatabase } from '../database';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;
interface TicketJson {
  id: string;
  number: number;
  status: string;
  subject: string;
  tags: string[];
  fields: Record<string, unknown>;
  resolution: string | null;
  snoozedUntil: string | null;
  wakeOn: string[];
  assignee: { id: string } | null;
  parent: { id: string } | null;
}

const DAY_MS = 86_400_000;

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let node: Node;
let other: Node;
let harbour: World;
let reef: World;
let support: string;
let sales: string;
let ada: string;
let ben: string;
let cem: string; // another team
let amy: string; // admin

beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url });
  other = await startInboxNode({ DATABASE_URL: clone.url });
  harbour = await seedWorkspace(node.database, 'harbour');
  reef = await seedWorkspace(node.database, 'reef');
  support = await harbour.team('Support');
  sales = await harbour.team('Sales');
  ada = await harbour.agent('Ada', { teamIds: [support] });
  ben = await harbour.agent('Ben', { teamIds: [support] });
  cem = await harbour.agent('Cem', { teamIds: [sales] });
  amy = await harbour.agent('Amy', { role: 'admin' });
});

/** Lets the product number tickets beside those that were seeded. */
const number = (world: World) => world.rows('INSERT INTO ticket_numbers (workspace_id, last) VALUES ($1, 100000)');

afterAll(async () => {
  await Promise.all([node.close(), other.close()]);
  await clone.drop();
});

const call = async <T = TicketJson>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: object,
  who = ada,
) => (await node.http(who, method, url, body)) as { status: number; body: T };
const problems = (answer: { body: unknown }) =>
  (answer.body as { error: { details: { fields?: { path: string }[] } } }).error.details.fields?.map((f) => f.path);
const code = (answer: { status: number; body: unknown }) =>
  `${answer.status} ${(answer.body as { error: { code: string } }).error.code}`;
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);
const eventsOf = async (ticketId: string) =>
  (await harbour.events()).filter((e) => e.ticket_id === ticketId).map(({ type, data }) => ({ type, data }));
const listed = async (query: string, who = ada) =>
  (await call<{ items: TicketJson[] }>('GET', `/tickets?${query}`, undefined, who)).body.items.map((t) => t.id);

describe('tags', () => {
  it('are one however they were typed, told once, and counted', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    const tagged = await call('PUT', `/tickets/${id}/tags`, { tags: ['پيگيري', ' #VIP ', 'vip'] });
    expect(tagged).toMatchObject({ status: 200, body: { tags: ['پیگیری', 'vip'] } });
    expect((await call('POST', `/tickets/${id}/tags`, { tags: ['Vip', 'late'] })).body.tags).toEqual([
      'پیگیری',
      'vip',
      'late',
    ]);
    expect((await call('DELETE', `/tickets/${id}/tags`, { tags: ['پیگیری', 'never'] })).body.tags).toEqual([
      'vip',
      'late',
    ]);
    expect(await eventsOf(id)).toEqual([
      { type: 'ticket.tags_changed', data: { added: ['پیگیری', 'vip'], removed: [] } },
      { type: 'ticket.tags_changed', data: { added: ['late'], removed: [] } },
      { type: 'ticket.tags_changed', data: { added: [], removed: ['پیگیری'] } },
    ]);
    const { items } = (await call<{ items: { tag: string; tickets: number }[] }>('GET', '/tags?prefix=V')).body;
    expect(items).toEqual([{ tag: 'vip', tickets: 1, lastUsedAt: expect.any(String) }]);
    expect(await listed(`tag=${encodeURIComponent('VIP')}`)).toEqual([id]);
    expect(await listed('tag=پیگیری')).toEqual([]);
  });

  it('count right when many tickets get them at once', async () => {
    const tickets = await Promise.all(Array.from({ length: 12 }, () => harbour.ticket({ teamId: support })));
    await Promise.all(
      tickets.map(({ id }, i) => call('PUT', `/tickets/${id}/tags`, { tags: i % 2 ? ['storm', 'a'] : ['a', 'storm'] })),
    );
    const { items } = (await call<{ items: { tag: string; tickets: number }[] }>('GET', '/tags?prefix=storm')).body;
    expect(items).toMatchObject([{ tag: 'storm', tickets: 12 }]);
    expect((await listed('tag=storm&sort=recent')).toSorted()).toEqual(tickets.map((t) => t.id).toSorted());
  });

  it('are refused by name when they are none, or too many', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    expect(problems(await call('POST', `/tickets/${id}/tags`, { tags: ['a,b'] }))).toEqual(['add']);
    const many = Array.from({ length: 50 }, (_, i) => `t${i}`);
    expect((await call('PUT', `/tickets/${id}/tags`, { tags: many })).status).toBe(200);
    expect(code(await call('POST', `/tickets/${id}/tags`, { tags: ['one more'] }))).toBe('422 validation_failed');
  });
});

describe('custom fields', () => {
  it('are checked by kind, and those needed hold up solving by name', async () => {
    const define = (body: object) => call<{ id: string }>('POST', '/ticket-fields', body, amy);
    const label = { labelFa: 'سفارش', labelEn: 'Order' };
    const order = await define({ key: 'order', kind: 'text', requiredToSolve: true, ...label });
    expect(order.status).toBe(201);
    const options = [{ value: 'blue', labelFa: 'آبی', labelEn: 'Blue' }];
    expect((await define({ key: 'colour', kind: 'select', ...label, options })).status).toBe(201);
    expect(problems(await define({ key: 'size', kind: 'select', ...label }))).toEqual(['options']);
    expect(code(await define({ key: 'order', kind: 'number', ...label }))).toBe('409 conflict');
    expect((await call('POST', '/ticket-fields', { key: 'x', kind: 'text', ...label })).status).toBe(403);

    const { id } = await harbour.ticket({ teamId: support });
    const wrong = await call('PATCH', `/tickets/${id}`, {
      subject: 'Kept out',
      fields: { order: 7, colour: 'red', x: 1 },
    });
    expect(problems(wrong)).toEqual(['fields.order', 'fields.colour', 'fields.x']);
    expect((await call('GET', `/tickets/${id}`)).body.subject).not.toBe('Kept out');
    expect(problems(await call('PUT', `/tickets/${id}/status`, { status: 'solved' }))).toEqual(['fields.order']);
    expect((await call('POST', `/tickets/${id}/no-answer-needed`, { reason: 'spam' })).status).toBe(200);
    await call('DELETE', `/tickets/${id}/no-answer-needed`);
    const filled = await call('PATCH', `/tickets/${id}`, { fields: { order: 'A-1', colour: 'blue' } });
    expect(filled.body.fields).toEqual({ order: 'A-1', colour: 'blue' });
    expect((await call('PUT', `/tickets/${id}/status`, { status: 'solved' })).body.status).toBe('solved');

    const change = `/ticket-fields/${order.body.id}`;
    expect((await call('PATCH', change, { requiredToSolve: false }, amy)).body).toMatchObject({
      requiredToSolve: false,
    });
    expect((await call('DELETE', change, undefined, amy)).status).toBe(204);
    expect((await call('DELETE', change, undefined, amy)).status).toBe(404);
    expect((await call('GET', `/tickets/${id}`)).body.fields).toMatchObject({ order: 'A-1' });
  });

  it('stand beside type, language and subject, each told with what it was', async () => {
    const { id } = await harbour.ticket({ teamId: support, preview: 'Parcel' });
    await call('PATCH', `/tickets/${id}`, { subject: 'Lost parcel', type: 'incident', language: 'fa' });
    expect(problems(await call('PATCH', `/tickets/${id}`, { type: 'riddle' }))).toEqual(['type']);
    expect(await eventsOf(id)).toEqual([
      { type: 'ticket.changed', data: { changes: { subject: { from: 'Parcel', to: 'Lost parcel' } } } },
      { type: 'ticket.changed', data: { changes: { type: { from: null, to: 'incident' } } } },
      { type: 'ticket.changed', data: { changes: { language: { from: null, to: 'fa' } } } },
    ]);
    expect(await listed('type=incident&language=fa')).toEqual([id]);
  });

  it('find tickets by what they hold, of whatever kind, and refuse what is no field', async () => {
    const define = (key: string, kind: string, options?: object[]) =>
      call('POST', '/ticket-fields', { key, kind, labelFa: 'آن', labelEn: 'It', options }, amy);
    const blue = [{ value: 'blue', labelFa: 'آبی', labelEn: 'Blue' }];
    await define('weight', 'number');
    await define('paid', 'checkbox');
    await define('paints', 'multi', blue);
    const [{ id }, rest] = [await harbour.ticket({ teamId: support }), await harbour.ticket({ teamId: support })];
    await call('PATCH', `/tickets/${id}`, { fields: { weight: 7.5, paid: true, paints: ['blue'] } });
    await call('PATCH', `/tickets/${rest.id}`, { fields: { weight: 75 } });
    const foreign = await reef.agent('Zoe', { role: 'admin' });
    for (const field of ['weight:7.5', 'paid:true', 'paints:blue']) {
      expect(await listed(`field=${field}`)).toEqual([id]);
      expect(await listed(`field=${field}`, foreign)).toEqual([]);
    }
    expect(await listed(`field=${encodeURIComponent(`weight:7.5' OR '1'='1`)}`)).toEqual([]);
    expect(problems(await call('GET', '/tickets?field=weight'))).toEqual(['field']);
  });
});

describe('followers', () => {
  it('hear of changes by others while they may see the ticket, once', async () => {
    const { id, conversationId } = await harbour.ticket({ teamId: support });
    expect((await call('PUT', `/tickets/${id}/followers/me`)).status).toBe(200);
    expect((await call('PUT', `/tickets/${id}/followers/${ben}`)).status).toBe(200);
    expect(problems(await call('PUT', `/tickets/${id}/followers/${cem}`))).toEqual(['agentId']);
    expect((await call<{ followers: object[] }>('GET', `/tickets/${id}`)).body.followers).toEqual([
      { id: ada, name: 'Ada' },
      { id: ben, name: 'Ben' },
    ]);
    expect(await listed('view=following', ben)).toEqual([id]);
    await call('PUT', `/tickets/${id}/status`, { status: 'open' });
    await harbour.message({ id, conversationId }, 'customer');
    const events = await node.database.lean('system', (tx) => node.app.get(EventReader).read(tx, harbour.id, 0, 500));
    const heard = events.filter((e) => e.ticketId === id);
    for (let i = 0; i < 2; i++)
      await node.database.lean('system', (tx) => node.app.get(TicketSubscriber).handle(tx, heard));
    const told = await harbour.rows<{ agent_id: string; kind: string }>(
      `SELECT agent_id, kind FROM notifications WHERE workspace_id = $1 AND ticket_id = '${id}' ORDER BY kind, agent_id`,
    );
    expect(told.map(({ agent_id, kind }) => `${kind} ${agent_id}`)).toEqual(
      [`ticket.customer_wrote ${ada}`, `ticket.customer_wrote ${ben}`, `ticket.status_changed ${ben}`].toSorted(),
    );
    await call('DELETE', `/tickets/${id}/followers/me`);
    expect((await call<{ followers: object[] }>('GET', `/tickets/${id}`)).body.followers).toHaveLength(1);
  });
});

describe('snoozing', () => {
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  it('is on hold until its time, and wakes once whichever node sweeps', async () => {
    const { id } = await harbour.ticket({ teamId: support, status: 'open' });
    const until = inAnHour();
    const asleep = await call('PUT', `/tickets/${id}/snooze`, { until });
    expect(asleep.body).toMatchObject({ status: 'on_hold', snoozedUntil: until, wakeOn: ['reply'] });
    expect(await listed('view=snoozed')).toEqual([id]);
    const sweepers = [node, other].map((n) => n.app.get(TicketSweeper));
    await Promise.all(sweepers.map((sweeper) => sweeper.wake()));
    expect((await call('GET', `/tickets/${id}`)).body.status).toBe('on_hold');
    node.clock.aheadMs = other.clock.aheadMs = 2 * 3_600_000;
    await Promise.all([...sweepers, ...sweepers].map((sweeper) => sweeper.wake()));
    node.clock.aheadMs = other.clock.aheadMs = 0;
    expect((await call('GET', `/tickets/${id}`)).body).toMatchObject({
      status: 'open',
      snoozedUntil: null,
      wakeOn: [],
    });
    expect(await eventsOf(id)).toEqual([
      { type: 'ticket.status_changed', data: { from: 'open', to: 'on_hold', reason: 'snoozed' } },
      { type: 'ticket.snoozed', data: { until, wakeOn: ['reply'] } },
      { type: 'ticket.status_changed', data: { from: 'on_hold', to: 'open', reason: 'woken' } },
      { type: 'ticket.woken', data: { why: 'time' } },
    ]);
  });

  it('can be for days, without time, and taken back', async () => {
    const { id } = await harbour.ticket({ teamId: support, status: 'open' });
    const days = await call('PUT', `/tickets/${id}/snooze`, { workingDay: 2 });
    expect(new Date(days.body.snoozedUntil!).getTime()).toBeGreaterThan(Date.now() + DAY_MS / 2);
    const forCrm = await call('PUT', `/tickets/${id}/snooze`, { on: ['crm'] });
    expect(forCrm.body).toMatchObject({ snoozedUntil: null, wakeOn: ['reply', 'crm'] });
    expect((await call('DELETE', `/tickets/${id}/snooze`)).body).toMatchObject({ status: 'open', wakeOn: [] });
    expect(problems(await call('PUT', `/tickets/${id}/snooze`, { until: '2020-01-01T00:00:00Z' }))).toEqual(['until']);
    expect(problems(await call('PUT', `/tickets/${id}/snooze`, { until: inAnHour(), workingDay: 1 }))).toEqual([
      'workingDay',
    ]);
    await call('PUT', `/tickets/${id}/status`, { status: 'solved' });
    expect(code(await call('PUT', `/tickets/${id}/snooze`, { workingDay: 1 }))).toBe('409 invalid_transition');
  });

  it('ends when the CRM knows the customer, for those that waited for it', async () => {
    const pier = await seedWorkspace(node.database, 'crm-pier');
    const boss = await pier.agent('Bea', { role: 'owner' });
    const [waits, sleeps] = [await pier.ticket({ status: 'open' }), await pier.ticket({ status: 'open' })];
    await call('PUT', `/tickets/${waits.id}/snooze`, { on: ['crm'] }, boss);
    await call('PUT', `/tickets/${sleeps.id}/snooze`, { on: ['reply'] }, boss);
    const linked = { method: 'email', matchedType: 'Contact', matchedId: '003' };
    await node.database.lean('system', (tx) => {
      const subject = { contactId: pier.contactId };
      node.app.get(Outbox).record(tx, event(pier.id, 'crm.linked', { kind: 'crm' }, subject, ['leads'], linked));
      return Promise.resolve();
    });
    const events = await node.database.lean('system', (tx) => node.app.get(EventReader).read(tx, pier.id, 0, 100));
    for (let i = 0; i < 2; i++)
      await node.database.lean('system', (tx) => node.app.get(TicketSubscriber).handle(tx, events));
    expect((await call('GET', `/tickets/${waits.id}`, undefined, boss)).body.status).toBe('open');
    expect((await call('GET', `/tickets/${sleeps.id}`, undefined, boss)).body.status).toBe('on_hold');
    expect((await pier.events('ticket.woken')).map((e) => e.data)).toEqual([{ why: 'crm' }]);
  });

  it('ends when somebody changes the status by hand', async () => {
    const { id } = await harbour.ticket({ teamId: support, status: 'open' });
    await call('PUT', `/tickets/${id}/snooze`, { until: inAnHour() });
    const pending = await call('PUT', `/tickets/${id}/status`, { status: 'pending' });
    expect(pending.body).toMatchObject({ snoozedUntil: null, wakeOn: [] });
    expect((await eventsOf(id)).at(-1)).toEqual({ type: 'ticket.woken', data: { why: 'agent' } });
  });
});

describe('no answer needed', () => {
  it('solves with its reason and goes back to what it was, once', async () => {
    const { id } = await harbour.ticket({ teamId: support, status: 'pending', assigneeId: ada });
    const solved = await call('POST', `/tickets/${id}/no-answer-needed`, { reason: 'thanks' });
    expect(solved.body).toMatchObject({ status: 'solved', resolution: 'no_answer_needed' });
    expect(await listed('view=solved&resolution=no_answer_needed')).toContain(id);
    await call('POST', `/tickets/${id}/no-answer-needed`, { reason: 'spam' });
    const back = await call('DELETE', `/tickets/${id}/no-answer-needed`);
    expect(back.body).toMatchObject({ status: 'pending', resolution: null, assignee: { id: ada } });
    expect(code(await call('DELETE', `/tickets/${id}/no-answer-needed`))).toBe('409 conflict');
    expect((await eventsOf(id)).map((e) => e.type)).toEqual([
      'ticket.status_changed',
      'ticket.resolution_changed',
      'ticket.status_changed',
      'ticket.resolution_changed',
    ]);
  });

  it('cannot be taken back after tickets may be reopened', async () => {
    const { id } = await harbour.ticket({ teamId: support });
    await call('POST', `/tickets/${id}/no-answer-needed`, { reason: 'noise' });
    node.clock.aheadMs = 8 * DAY_MS;
    const late = await call('DELETE', `/tickets/${id}/no-answer-needed`);
    node.clock.aheadMs = 0;
    expect(code(late)).toBe('409 conflict');
  });
});

describe('links and incidents', () => {
  it('are seen from both ends', async () => {
    const [a, b] = [await harbour.ticket({ teamId: support }), await harbour.ticket({ teamId: support })];
    const body = { ticketId: b.id, kind: 'duplicate' };
    await call('PUT', `/tickets/${a.id}/links`, body);
    await call('PUT', `/tickets/${a.id}/links`, body);
    const links = async (id: string) => (await call<{ links: object[] }>('GET', `/tickets/${id}`)).body.links;
    expect(await links(a.id)).toMatchObject([{ id: b.id, number: b.number, kind: 'duplicate', direction: 'out' }]);
    expect(await links(b.id)).toMatchObject([{ id: a.id, direction: 'in' }]);
    await call('DELETE', `/tickets/${b.id}/links`, { ticketId: a.id, kind: 'duplicate' });
    expect(await links(a.id)).toEqual([]);
    expect((await eventsOf(b.id)).map((e) => e.type)).toEqual(['ticket.linked', 'ticket.unlinked']);
    expect(code(await call('PUT', `/tickets/${a.id}/links`, { ticketId: a.id, kind: 'related' }))).toBe('409 conflict');
  });

  it('make no circles, also when two are put under each other at once', async () => {
    const [a, b, c] = await Promise.all([1, 2, 3].map(() => harbour.ticket({ teamId: support })));
    const put = (child: string, parentId: string | null) => call('PUT', `/tickets/${child}/parent`, { parentId });
    const answers = await Promise.all([put(a!.id, b!.id), put(b!.id, a!.id)]);
    expect(statuses(answers)).toEqual([200, 409]);
    const [child, parent] = answers[0]!.status === 200 ? [a!, b!] : [b!, a!];
    expect(code(await put(c!.id, child.id))).toBe('409 conflict');
    expect(code(await put(parent.id, c!.id))).toBe('409 conflict');
    const incident = await call<{ children: object }>('GET', `/tickets/${parent.id}`);
    expect(incident.body.children).toMatchObject({ count: 1, items: [{ id: child.id, status: 'new' }] });
    expect((await put(child.id, null)).body.parent).toBeNull();
  });

  it('say nothing of tickets that the reader may not see', async () => {
    const [incident, child] = [await harbour.ticket({ teamId: support }), await harbour.ticket({ teamId: support })];
    const twin = await harbour.ticket({ teamId: support });
    await call('PUT', `/tickets/${child.id}/parent`, { parentId: incident.id });
    await call('PUT', `/tickets/${twin.id}/links`, { ticketId: incident.id, kind: 'related' });
    for (const { id } of [child, twin]) await call('PUT', `/tickets/${id}/team`, { teamId: sales }, amy);
    interface Open {
      links: object[];
      children: { count: number; items: object[] };
      parent: object | null;
    }
    const open = async (id: string, who: string) => (await call<Open>('GET', `/tickets/${id}`, undefined, who)).body;
    expect(await open(incident.id, ada)).toMatchObject({ links: [], children: { count: 1, items: [] } });
    expect(await open(incident.id, amy)).toMatchObject({
      links: [{ id: twin.id }],
      children: { count: 1, items: [{ id: child.id }] },
    });
    expect((await open(child.id, cem)).parent).toEqual({ id: incident.id, number: incident.number });
    expect((await open(twin.id, cem)).links).toEqual([]);
  });
});

describe('closing', () => {
  it('comes by itself after the workspace’s days, once, and never when it says so', async () => {
    const settings = { reopenDays: 7, closeAfterDays: 10, types: ['question'] };
    expect((await call('PUT', '/ticket-settings', settings)).status).toBe(403);
    expect((await call<object>('PUT', '/ticket-settings', settings, amy)).body).toMatchObject(settings);
    const { id } = await harbour.ticket({ teamId: support, status: 'solved' });
    const sweepers = [node, other].map((n) => n.app.get(TicketSweeper));
    const sweepAt = async (days: number) => {
      node.clock.aheadMs = other.clock.aheadMs = days * DAY_MS;
      await Promise.all(sweepers.map((sweeper) => sweeper.close()));
      node.clock.aheadMs = other.clock.aheadMs = 0;
      return (await call('GET', `/tickets/${id}`)).body.status;
    };
    expect(await sweepAt(9)).toBe('solved');
    await call('PUT', '/ticket-settings', { ...settings, closeAfterDays: null }, amy);
    expect(await sweepAt(11)).toBe('solved');
    await call('PUT', '/ticket-settings', settings, amy);
    expect(await sweepAt(11)).toBe('closed');
    expect(await eventsOf(id)).toEqual([
      { type: 'ticket.status_changed', data: { from: 'solved', to: 'closed', reason: 'closed_after_days' } },
    ]);
  });
});

describe('types of tickets', () => {
  it('are called as the workspace says in both languages; what it does not say is kept, what is wrong is named', async () => {
    const settings = { reopenDays: 7, closeAfterDays: 10, types: ['question', 'gift'] };
    const save = (typeLabels?: object, types = settings.types) =>
      call<{ typeLabels: object }>('PUT', '/ticket-settings', { ...settings, types, typeLabels }, amy);
    const gift = { fa: 'هدیه', en: 'Gift' };
    const question = { fa: 'پرسش', en: 'Question' };
    expect((await save({ gift })).body.typeLabels).toEqual({ question, gift });
    expect((await save()).body.typeLabels).toEqual({ question, gift });
    expect((await save({ question: { fa: 'سؤال', en: 'Ask' } })).body.typeLabels).toEqual({
      question: { fa: 'سؤال', en: 'Ask' },
      gift,
    });
    expect(await save({ gift: { fa: 'هدیه' }, other: gift })).toMatchObject({
      status: 422,
      body: { error: { details: { fields: [{ path: 'typeLabels.gift' }, { path: 'typeLabels.other' }] } } },
    });
    expect((await save({}, ['gift'])).body.typeLabels).toEqual({ gift });
    expect((await call<object>('GET', '/ticket-settings', undefined, ada)).body).toMatchObject({
      typeLabels: { gift },
    });
    await call('PUT', '/ticket-settings', { ...settings, types: ['question'] }, amy);
  });
});

describe('a ticket its customer reopened', () => {
  it.each([
    ['stays with who is here', 'online', false, true],
    ['leaves who is away', 'away', false, false],
    ['leaves who has no room', 'online', true, false],
  ] as const)('%s', async (name, presence, full, stays) => {
    const agent = await harbour.agent(`Agent ${name}`.replaceAll(' ', '_'), { teamIds: [support], capacity: 1 });
    await harbour.presence(agent, presence);
    if (full) await harbour.ticket({ teamId: support, assigneeId: agent, status: 'open' });
    const ticket = await harbour.ticket({ teamId: support, assigneeId: agent, status: 'open' });
    const reopened = { from: 'solved', to: 'open', reason: 'customer_wrote' };
    await harbour.tell('ticket.status_changed', reopened, { ticketId: ticket.id }, { kind: 'contact' });
    const events = await node.database.lean('system', (tx) => node.app.get(EventReader).read(tx, harbour.id, 0, 1_000));
    const heard = events.filter((e) => e.ticketId === ticket.id);
    for (let i = 0; i < 2; i++)
      await node.database.lean('system', (tx) => node.app.get(TicketSubscriber).handle(tx, heard));
    const { assignee } = (await call('GET', `/tickets/${ticket.id}`)).body;
    expect(assignee?.id ?? null).toBe(stays ? agent : null);
    const given = (await eventsOf(ticket.id)).filter((e) => e.type === 'ticket.assigned');
    expect(given).toHaveLength(stays ? 0 : 1);
    if (!stays)
      expect(given[0]!.data).toMatchObject({
        how: 'returned',
        why: { reopened: true, reason: full ? 'full' : 'away' },
      });
  });
});

describe('opening by hand', () => {
  it('opens where nothing is under work, with all that was said, and names what is', async () => {
    await number(harbour);
    const { conversationId } = await harbour.ticket({ teamId: support, status: 'solved' });
    const body = {
      conversationId,
      subject: 'Call them back',
      priority: 'high',
      teamId: support,
      assigneeId: ada,
      tags: ['callback'],
      note: 'They prefer mornings.',
    };
    const answers = await Promise.all([call('POST', '/tickets', body), call('POST', '/tickets', body)]);
    expect(statuses(answers)).toEqual([201, 409]);
    const opened = answers.find((a) => a.status === 201)!.body;
    expect(opened).toMatchObject({
      status: 'open',
      position: 2,
      tags: ['callback'],
      assignee: { id: ada },
      priority: 'high',
    });
    const refused = answers.find((a) => a.status === 409)! as unknown as { body: { error: { details: object } } };
    expect(refused.body.error.details).toEqual({ ticket: { id: opened.id, number: opened.number } });
    expect((await eventsOf(opened.id)).map((e) => e.type)).toEqual([
      'ticket.opened',
      'ticket.tags_changed',
      'message.noted',
      'ticket.assigned',
    ]);
  });

  it('takes a contact in place of a conversation, and needs one of them', async () => {
    const pier = await seedWorkspace(node.database, 'pier');
    await number(pier);
    const boss = await pier.agent('Bo', { role: 'owner' });
    const { conversationId } = await pier.ticket({ status: 'closed' });
    const opened = await call<{ conversationId: string }>(
      'POST',
      '/tickets',
      { contactId: pier.contactId, subject: 'x' },
      boss,
    );
    expect(opened).toMatchObject({ status: 201, body: { conversationId } });
    expect(problems(await call('POST', '/tickets', { subject: 'x' }, boss))).toEqual(['conversationId']);
  });
});

it('another workspace’s ids, and tickets out of sight, are the same 404', async () => {
  const theirs = await reef.ticket();
  const stranger = await reef.agent('Ria', { role: 'owner' });
  const mine = await harbour.ticket({ teamId: support });
  const field = await call<{ id: string }>(
    'POST',
    '/ticket-fields',
    { key: 'reefs', kind: 'text', labelFa: 'ا', labelEn: 'a' },
    stranger,
  );
  for (const id of [theirs.id, (await harbour.ticket({ teamId: await harbour.team('Hidden') })).id, uuidv7()]) {
    const answers = await Promise.all([
      call('PATCH', `/tickets/${id}`, { subject: 'x' }),
      call('PUT', `/tickets/${id}/tags`, { tags: ['x'] }),
      call('POST', `/tickets/${id}/tags`, { tags: ['x'] }),
      call('DELETE', `/tickets/${id}/tags`, { tags: ['x'] }),
      call('PUT', `/tickets/${id}/followers/me`),
      call('DELETE', `/tickets/${id}/followers/me`),
      call('PUT', `/tickets/${id}/snooze`, { workingDay: 1 }),
      call('DELETE', `/tickets/${id}/snooze`),
      call('POST', `/tickets/${id}/no-answer-needed`, { reason: 'spam' }),
      call('DELETE', `/tickets/${id}/no-answer-needed`),
      call('PUT', `/tickets/${mine.id}/links`, { ticketId: id, kind: 'related' }),
      call('PUT', `/tickets/${id}/links`, { ticketId: mine.id, kind: 'related' }),
      call('PUT', `/tickets/${mine.id}/parent`, { parentId: id }),
      call('PUT', `/tickets/${id}/parent`, { parentId: null }),
    ]);
    expect([...new Set(answers.map(code))]).toEqual(['404 not_found']);
  }
  const foreign = await Promise.all([
    call('PUT', `/tickets/${mine.id}/followers/${stranger}`),
    call('DELETE', `/tickets/${mine.id}/followers/${stranger}`),
    call('POST', '/tickets', { conversationId: theirs.conversationId, subject: 'x' }),
    call('POST', '/tickets', { contactId: reef.contactId, subject: 'x' }),
    call('PATCH', `/ticket-fields/${field.body.id}`, { labelEn: 'b' }, amy),
    call('DELETE', `/ticket-fields/${field.body.id}`, undefined, amy),
  ]);
  expect([...new Set(foreign.map(code))]).toEqual(['404 not_found']);
});
