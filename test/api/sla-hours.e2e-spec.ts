import pg from 'pg';
import type { Actor, DomainEventData, DomainEventType } from '../../src/outbox/domain-event';
import { event } from '../../src/outbox/domain-event';
import { Outbox } from '../../src/outbox/outbox';
import { uuidv7 } from '../../src/platform/ids';
import { SlaSweeper } from '../../src/sla/sla.sweeper';
import { cloneDatabase } from '../database';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';
import { until } from '../jobs-node';
import { catchUp, type ClockJson, clocksOf, type Node } from '../sla-node';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const all = (ms: number | null) => ({ urgent: ms, high: ms, normal: ms, low: ms });
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
/** Nothing runs by itself here. */
let node: Node;

beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url });
});

afterEach(() => {
  jest.restoreAllMocks();
  node.clock.aheadMs = 0;
});

afterAll(async () => {
  await node.close();
  await clone.drop();
});

/** While it is open, events, jobs and sweeps run by themselves, for every workspace of this database. */
const startWorker = () => startInboxNode({ DATABASE_URL: clone.url, ROLE: 'all', DATABASE_POOL: 8 });

async function workspace(slug: string) {
  const world = await seedWorkspace(node.database, slug, new Outbox(node.clock));
  const lea = await world.agent('Lea', { role: 'lead' });
  const ask = async <T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body: object,
    status: number,
  ): Promise<T> => {
    const answer = await node.http(lea, method, path, body);
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  };
  const policy = (body: object) =>
    ask<{ id: string }>('POST', '/sla-policies', { name: 'P', nextResponseMs: all(null), warnings: [], ...body }, 201);
  const calendar = (body: object) => ask<{ id: string }>('POST', '/calendars', { name: 'Brand', ...body }, 201);
  const record = (ticket: { id: string; conversationId: string }, type: DomainEventType, data: object) =>
    node.database.lean('system', async (tx) => {
      const subject = { ticketId: ticket.id, conversationId: ticket.conversationId, contactId: world.contactId };
      const actor: Actor = { kind: 'agent', id: lea };
      new Outbox(node.clock).record(
        tx,
        event(world.id, type, actor, subject, ['leads'], data as DomainEventData[typeof type]),
      );
      await tx.flush();
    });
  return { world, lea, ask, policy, calendar, record };
}

/** How many minutes from now an instant is: what `World.message` takes. */
const minutesTo = (instant: string) => (Date.parse(instant) - Date.now()) / MINUTE;
const tehran = (text: string) => `2026-${text}:00+03:30`;
const local = (instant: string | null) =>
  instant &&
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tehran', dateStyle: 'short', timeStyle: 'short' })
    .format(new Date(instant))
    .slice(5);
/** Stops the node's clock there. */
const goTo = (instant: string) => jest.spyOn(node.clock, 'now').mockReturnValue(new Date(instant));

const FIRST_NORMAL = 5 * HOUR;

describe('a Persian brand’s week', () => {
  it('is due right to the minute over Nowruz, and says why in Persian and English', async () => {
    const { ask, policy, calendar } = await workspace('nowruz');
    await calendar({ template: 'iran' });
    const { id } = await policy({ firstResponseMs: all(FIRST_NORMAL), hours: 'business' });
    interface DryRun {
      policy: { id: string };
      clocks: ClockJson[];
    }
    const dry = (arrivedAt: string, targetMs: number) =>
      ask<DryRun>(
        'POST',
        '/sla/dry-run',
        {
          channelKind: 'instagram',
          threadKind: 'comment',
          arrivedAt,
          policy: { id, name: 'P', firstResponseMs: all(targetMs), nextResponseMs: all(null), hours: 'business' },
        },
        200,
      );
    // Saturday 21 March 2026 is 1 Farvardin 1405; 1 to 4 and 12, 13 Farvardin are holidays, Thursdays end at 13:00
    const due = async (arrivedAt: string, targetMs: number) =>
      local((await dry(tehran(arrivedAt), targetMs)).clocks[0]!.dueAt);
    expect(await due('03-15T10:00', HOUR)).toBe('03-15 11:00');
    expect(await due('03-15T17:30', HOUR)).toBe('03-16 09:30');
    expect(await due('03-18T17:50', 30 * MINUTE)).toBe('03-19 09:20');
    expect(await due('03-19T12:00', HOUR)).toBe('03-19 13:00');
    expect(await due('03-19T12:00', HOUR + MINUTE)).toBe('03-25 09:01');
    expect(await due('03-22T11:00', HOUR)).toBe('03-25 10:00');
    expect(await due('03-31T17:00', 2 * HOUR)).toBe('04-04 10:00');

    const { clocks } = await dry(tehran('03-18T17:50'), FIRST_NORMAL);
    const [clock] = clocks;
    expect(local(clock!.dueAt)).toBe('03-25 09:50');
    expect(clock!.explanation.filter((row) => row.counted).map((row) => [local(row.from), local(row.to)])).toEqual([
      ['03-18 17:50', '03-18 18:00'],
      ['03-19 09:00', '03-19 13:00'],
      ['03-25 09:00', '03-25 09:50'],
    ]);
    expect(clock!.explanation.some((row) => row.holiday?.name.fa.includes('نوروز'))).toBe(true);
    expect(clock!.text.en).toContain(
      'Due Wednesday 25 March 09:50 because the customer wrote Wednesday 18 March 17:50',
    );
    expect(clock!.text.en).toContain('10 minutes counted from Wednesday 18 March 17:50 to 18:00');
    expect(clock!.text.en).toContain(
      'Saturday 21 March, Sunday 22 March, Monday 23 March and Tuesday 24 March closed for Nowruz',
    );
    expect(clock!.text.fa).toContain('سررسید چهارشنبه ۵ فروردین ۰۹:۵۰ است، چون مشتری پیام داد چهارشنبه ۲۷ اسفند ۱۷:۵۰');
    expect(clock!.text.fa).toContain('۱۰ دقیقه از چهارشنبه ۲۷ اسفند ۱۷:۵۰ تا ۱۸:۰۰ حساب شد');
    expect(clock!.text.fa).toContain(
      'شنبه ۱ فروردین، یکشنبه ۲ فروردین، دوشنبه ۳ فروردین و سه‌شنبه ۴ فروردین تعطیل به مناسبت',
    );
  });

  it('is lived through by a ticket: first answer, waiting for the customer, solved, opened again', async () => {
    const { world, lea, policy, calendar } = await workspace('week');
    await calendar({ template: 'iran' });
    await policy({ firstResponseMs: all(FIRST_NORMAL), resolutionMs: all(10 * HOUR), hours: 'business' });
    const ticket = await world.ticket({ status: 'open' });
    const say = (from: 'customer' | { agentId: string }, when: string) => {
      const minutes = minutesTo(tehran(when));
      goTo(tehran(when));
      return world.message(ticket, from, { network: minutes, received: minutes, applied: minutes });
    };
    const set = async (status: string, when: string) => {
      goTo(tehran(when));
      const answer = await node.http(lea, 'PUT', `/tickets/${ticket.id}/status`, { status });
      expect(answer.status).toBe(200);
      await catchUp(node, world);
    };
    const resolution = async () => (await clocksOf(node, lea, ticket.id)).find(({ kind }) => kind === 'resolution')!;

    await say('customer', '03-18T17:50'); // 10 minutes of Wednesday, 4 hours of Thursday, then Nowruz
    await catchUp(node, world);
    expect((await clocksOf(node, lea, ticket.id)).map(({ kind, dueAt }) => [kind, local(dueAt)])).toEqual([
      ['first_response', '03-25 09:50'],
      ['resolution', '03-25 14:50'],
    ]);
    await say({ agentId: lea }, '03-25T09:40');
    await catchUp(node, world);
    expect((await clocksOf(node, lea, ticket.id))[0]).toMatchObject({
      kind: 'first_response',
      breached: false,
      endedWhy: 'answered',
    });

    await set('pending', '03-25T10:10'); // five hours and twenty minutes are used
    const resting = await resolution();
    expect(resting.dueAt).toBeNull();
    expect(Math.round(resting.remainingMs! / MINUTE)).toBe(4 * 60 + 40);
    await set('open', '03-28T09:30'); // Saturday
    expect(local((await resolution()).dueAt)).toBe('03-28 14:10');
    await set('solved', '03-28T10:00');
    expect(await resolution()).toMatchObject({ endedWhy: 'solved', breached: false, remainingMs: null });
    await set('open', '03-30T17:00'); // four hours and ten minutes are left: one today, the rest the day after
    const again = await resolution();
    expect(local(again.dueAt)).toBe('03-31 12:10');
    expect(again.moves.map(({ why }) => why)).toEqual(['paused', 'resumed', 'reopened']);
    expect(
      again.explanation.filter(({ why }) => why === 'paused').map(({ from, to }) => [local(from), local(to)]),
    ).toEqual([
      ['03-25 10:10', '03-28 09:30'],
      ['03-28 10:00', '03-30 17:00'],
    ]);
    expect(again.text.fa).toContain('در انتظار مشتری');
    expect(again.text.en).toContain('The ticket was opened again');
    // what the lead sees on the ticket, and when work must begin at the latest
    const [row] = await world.rows<{ due_at: Date; start_by: Date; handling_ms: number }>(
      `SELECT due_at, start_by, handling_ms FROM tickets WHERE workspace_id = $1 AND id = '${ticket.id}'`,
    );
    expect(row!.due_at.toISOString()).toBe(
      (await clocksOf(node, lea, ticket.id)).find((c) => c.kind === 'resolution')!.dueAt,
    );
    expect(row!.due_at.getTime() - row!.start_by.getTime()).toBe(row!.handling_ms);
  });
});

describe('a dry run', () => {
  it('says which policy applies and why not the others', async () => {
    const { ask, policy } = await workspace('dry');
    const vip = await policy({
      name: 'VIP',
      rank: 1,
      conditions: { tiers: ['vip'] },
      firstResponseMs: all(5 * MINUTE),
    });
    const rest = await policy({ name: 'Rest', rank: 50, firstResponseMs: all(HOUR) });
    const facts = { channelKind: 'instagram', threadKind: 'comment', arrivedAt: '2026-03-18T17:50:00+03:30' };
    expect(await ask('POST', '/sla/dry-run', facts, 200)).toMatchObject({
      policy: { id: rest.id },
      others: [{ id: vip.id, unmet: ['tiers'], asked: true }],
    });
    expect(await ask('POST', '/sla/dry-run', { ...facts, tier: 'vip' }, 200)).toMatchObject({
      policy: { id: vip.id },
      others: [{ id: rest.id, unmet: [], asked: false }],
      clocks: [{ kind: 'first_response', targetMs: 5 * MINUTE, dueAt: '2026-03-18T14:25:00.000Z' }],
    });
    const draft = { name: 'Draft', rank: 0, firstResponseMs: all(2 * MINUTE), nextResponseMs: all(null) };
    expect(await ask('POST', '/sla/dry-run', { ...facts, policy: draft }, 200)).toMatchObject({
      policy: { id: null, name: 'Draft' },
      clocks: [{ targetMs: 2 * MINUTE, steps: [{ step: 'warning:75' }, { step: 'warning:90' }] }],
    });
    expect(await ask('GET', '/sla-policies', {}, 200)).toMatchObject({ items: [{ name: 'VIP' }, { name: 'Rest' }] });
    expect(await ask('POST', '/sla/dry-run', { ...facts, arrivedAt: '2026-03-18T17:50:00' }, 422)).toBeDefined();
  });
});

describe('a changed calendar', () => {
  it('says what it would move, and moves each open clock once, also when the job dies half-way', async () => {
    const { world, lea, ask, policy, calendar } = await workspace('moved');
    const { id } = await calendar({ template: 'always' });
    await policy({ firstResponseMs: all(2 * HOUR), hours: 'business' });
    const tickets: Awaited<ReturnType<World['ticket']>>[] = [];
    for (let i = 0; i < 450; i++) tickets.push(await world.ticket());
    for (const ticket of tickets) await world.message(ticket, 'customer', { network: -30 });
    await catchUp(node, world);
    const answered = tickets[0]!;
    await world.message(answered, { agentId: lea }, { applied: 0 });
    await catchUp(node, world);
    const dueOf = async (ticket: { id: string }) => Date.parse((await clocksOf(node, lea, ticket.id))[0]!.dueAt);
    const before = await dueOf(tickets[1]!);

    const from = new Date(Date.now() + 10 * MINUTE).toISOString();
    const to = new Date(Date.now() + 190 * MINUTE).toISOString();
    const change = { addHolidays: [{ name: { en: 'Power cut' }, rule: { on: 'span', from, to } }] };
    const preview = await ask<object>('POST', '/sla/preview', { calendarId: id, calendar: change }, 200);
    expect(preview).toMatchObject({ clocks: 449, moved: 449, complete: true, newlyBreached: 0, noLongerBreached: 0 });
    expect(await dueOf(tickets[1]!)).toBe(before);

    // the second batch of the job meets a row that cannot be written, as a killed one would leave it
    const [victim] = tickets.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(300);
    const client = new pg.Client(clone.url);
    await client.connect();
    let worker: Node | undefined;
    try {
      await client.query(
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed'; END $$`,
      );
      await client.query(
        `CREATE TRIGGER refuse BEFORE UPDATE ON sla_clocks FOR EACH ROW WHEN (NEW.ticket_id = '${victim!.id}') EXECUTE FUNCTION refuse()`,
      );
      worker = await startWorker();
      await ask('PATCH', `/calendars/${id}`, change, 200);
      await catchUp(node, world);
      const moved = () =>
        world.rows<{ moves: { why: string; from: string; to: string }[] }>(
          `SELECT moves FROM sla_clocks WHERE workspace_id = $1 AND jsonb_array_length(moves) > 0`,
        );
      await until('the first batch is done', async () => (await moved()).length === 200);
      await client.query('DROP TRIGGER refuse ON sla_clocks');
      await until('the rest is done too', async () => (await moved()).length === 449);
      for (const { moves } of await moved()) {
        expect(moves).toHaveLength(1);
        expect(moves[0]!.why).toBe('calendar_changed');
        expect(Date.parse(moves[0]!.to) - Date.parse(moves[0]!.from)).toBe(3 * HOUR);
      }
    } finally {
      await worker?.close();
      await client.end();
    }
    expect(await dueOf(tickets[1]!)).toBe(before + 3 * HOUR);
    const told = (await world.events('ticket.sla_changed')).filter((e) => e.data['why'] === 'calendar_changed');
    expect(told).toHaveLength(449);
    expect(new Set(told.map((e) => e.ticket_id)).size).toBe(449);
  }, 90_000);
});

describe('a queue with other hours', () => {
  it('says what would move; clocks of what waits and is worked on there follow, once, by two nodes, and say why', async () => {
    const { world, lea, ask, policy, calendar, record } = await workspace('queue-hours');
    const always = await calendar({ template: 'always' });
    const shut = await calendar({ name: 'Shut', timeZone: 'UTC', hours: {} });
    const from = new Date(Date.now() + 10 * MINUTE).toISOString();
    const to = new Date(Date.now() + 190 * MINUTE).toISOString();
    const cut = await calendar({ name: 'Power cut', template: 'always' });
    const span = { name: { en: 'Power cut' }, rule: { on: 'span', from, to } };
    await ask('POST', `/calendars/${cut.id}/holidays`, span, 201);
    await policy({ firstResponseMs: all(2 * HOUR), hours: 'queue', calendarId: always.id });
    const teamId = await world.team('Desk', 'pull');
    const made = await ask<{ id: string }>('POST', '/queues', { teamId, name: 'Q', calendarId: always.id }, 201);
    const ada = await world.agent('Ada', { teamIds: [teamId] });
    const mine: Awaited<ReturnType<World['ticket']>>[] = [];
    for (let i = 0; i < 250; i++)
      mine.push(await world.ticket(i % 2 ? { teamId, status: 'new' } : { teamId, status: 'open', assigneeId: ada }));
    await world.rows(`UPDATE tickets SET queue_id = '${made.id}' WHERE workspace_id = $1`);
    const elsewhere = await world.ticket();
    for (const ticket of [...mine, elsewhere]) await world.message(ticket, 'customer', { network: -30 });
    await catchUp(node, world);
    const dueOf = async (ticket: { id: string }) => Date.parse((await clocksOf(node, lea, ticket.id))[0]!.dueAt);
    const [before, other] = [await dueOf(mine[0]!), await dueOf(elsewhere)];

    const wanted = { queueId: made.id, queue: { calendarId: cut.id } };
    const preview = await ask<object>('POST', '/sla/preview', wanted, 200);
    expect(preview).toMatchObject({ clocks: 250, moved: 250, complete: true, newlyBreached: 0 });
    expect(await dueOf(mine[0]!)).toBe(before);
    await ask('POST', '/sla/preview', { queueId: uuidv7(), queue: { calendarId: null } }, 404);
    await ask('POST', '/sla/preview', { queueId: made.id, queue: { calendarId: uuidv7() } }, 404);
    await ask('POST', '/sla/preview', { queueId: made.id }, 422);
    const { ask: stranger } = await workspace('queue-hours-elsewhere');
    await stranger('POST', '/sla/preview', wanted, 404);

    const moves = () =>
      world.rows<{ ticket_id: string; moves: { why: string; from: string; to: string | null }[] }>(
        `SELECT ticket_id, moves FROM sla_clocks WHERE workspace_id = $1 AND jsonb_array_length(moves) > 0`,
      );
    const workers = [await startWorker(), await startWorker()];
    try {
      await ask('PATCH', `/queues/${made.id}`, { calendarId: cut.id }, 200);
      await until('they have moved', async () => (await moves()).length === 250);
      for (const { moves: each } of await moves()) {
        expect(each).toMatchObject([{ why: 'calendar_changed' }]);
        expect(Date.parse(each[0]!.to!) - Date.parse(each[0]!.from)).toBe(3 * HOUR);
      }
      const [clock] = await clocksOf(node, lea, mine[0]!.id);
      expect(clock!.text.en).toContain('The calendar changed');
      expect(clock!.text.fa).toContain('تقویم تغییر کرد');
      expect(await dueOf(elsewhere)).toBe(other);

      // told again, it moves nothing
      const { version } = (
        await world.rows<{ version: number }>(`SELECT version FROM routing_queues WHERE workspace_id = $1`)
      )[0]!;
      for (const again of [version, version + 1])
        await record(mine[0]!, 'queue.hours_changed', {
          queueId: made.id,
          from: always.id,
          to: cut.id,
          version: again,
        });
      await ask('PATCH', `/queues/${made.id}`, { calendarId: shut.id }, 200);
      await until('nothing is due', async () => (await moves()).every(({ moves: each }) => each.at(-1)!.to === null));
      for (const { moves: each } of await moves()) expect(each).toHaveLength(2);

      const told = (await world.events('ticket.sla_changed')).filter((e) => e.data['why'] === 'calendar_changed');
      expect(told).toHaveLength(500);

      // a queue that is gone has no hours: the policy's count
      await ask('DELETE', `/queues/${made.id}`, {}, 204);
      await until('they are as they were', async () =>
        (await moves()).every(
          ({ moves: each }) => each.length === 3 && Date.parse(each[2]!.to!) === Date.parse(each[0]!.from),
        ),
      );
    } finally {
      for (const worker of workers) await worker.close();
    }
  }, 120_000);
});

describe('a changed policy', () => {
  it('leaves open clocks alone, or moves them when it is told to', async () => {
    const { world, lea, ask, policy } = await workspace('changed');
    const worker = await startWorker();
    try {
      const { id } = await policy({ firstResponseMs: all(2 * HOUR) });
      const ticket = await world.ticket();
      await world.message(ticket, 'customer', { network: -30 });
      await until('the clock runs', async () => (await clocksOf(node, lea, ticket.id)).length === 1);
      const first = async () => (await clocksOf(node, lea, ticket.id))[0]!;
      await ask('PATCH', `/sla-policies/${id}`, { firstResponseMs: all(HOUR) }, 200);
      expect((await first()).targetMs).toBe(2 * HOUR);
      const change = { firstResponseMs: all(20 * MINUTE) };
      const preview = await ask<object>('POST', '/sla/preview', { policyId: id, policy: change }, 200);
      expect(preview).toMatchObject({
        clocks: 1,
        moved: 1,
        newlyBreached: 1,
        examples: [{ ticketId: ticket.id, clock: 'first_response' }],
      });
      await ask('PATCH', `/sla-policies/${id}`, { ...change, applyToOpen: true }, 200);
      await until('the clock has moved', async () => (await first()).targetMs === 20 * MINUTE);
      expect((await first()).moves.map(({ why }) => why)).toEqual(['policy_changed']);
      expect(await until('it is told', async () => (await world.events('sla.breached'))[0])).toMatchObject({
        ticket_id: ticket.id,
      });
    } finally {
      await worker.close();
    }
  });

  it('that asks for a resolution now starts its clock for tickets under work, from their first word on', async () => {
    const { world, lea, ask, policy } = await workspace('begins');
    const { id } = await policy({ firstResponseMs: all(HOUR) });
    const [open, solved] = [await world.ticket({ status: 'open' }), await world.ticket({ status: 'open' })];
    for (const ticket of [open, solved]) {
      await world.message(ticket, 'customer', { network: -90 });
      await world.message(ticket, { agentId: lea }, { applied: -80 });
    }
    await ask('PUT', `/tickets/${solved.id}/status`, { status: 'solved' }, 200);
    await catchUp(node, world);
    await ask('PATCH', `/sla-policies/${id}`, { resolutionMs: all(2 * HOUR), applyToOpen: true }, 200);
    const worker = await startWorker();
    try {
      const clock = await until('the clock runs', async () =>
        (await clocksOf(node, lea, open.id)).find(({ kind }) => kind === 'resolution'),
      );
      expect(Math.round((Date.parse(clock.dueAt) - Date.now()) / MINUTE)).toBe(30);
    } finally {
      await worker.close();
    }
    expect((await clocksOf(node, lea, solved.id)).map(({ kind }) => kind)).toEqual(['first_response']);
  });

  it('of another workspace is the same 404', async () => {
    const [here, there] = [await workspace('near'), await workspace('far')];
    const theirPolicy = await there.policy({ firstResponseMs: all(HOUR) });
    const theirCalendar = await there.calendar({ template: 'always' });
    for (const policyId of [theirPolicy.id, uuidv7()]) {
      await here.ask('POST', '/sla/preview', { policyId, policy: { name: 'X' } }, 404);
      await here.ask('PATCH', `/sla-policies/${policyId}`, { name: 'X', applyToOpen: true }, 404);
    }
    for (const calendarId of [theirCalendar.id, uuidv7()]) {
      await here.ask('POST', '/sla/preview', { calendarId, calendar: {} }, 404);
      await here.ask(
        'POST',
        '/sla-policies',
        { name: 'X', firstResponseMs: all(HOUR), nextResponseMs: all(null), calendarId },
        422,
      );
    }
    const ada = await here.world.agent('Ada');
    expect((await node.http(ada, 'POST', '/sla/preview', { calendarId: uuidv7(), calendar: {} })).status).toBe(403);
    expect((await node.http(ada, 'POST', '/sla/dry-run', {})).status).toBe(403);
  });
});

describe('steps', () => {
  const steps = {
    warnings: [{ percent: 50, to: { assignee: true } }],
    escalations: [{ afterMs: 0, to: { leads: true }, setPriority: 'urgent', quietHours: 'wait' }],
  };

  it('are told once each by two sweepers at once, to whom the policy names, and raise the priority', async () => {
    const { world, lea, policy } = await workspace('steps');
    await policy({ firstResponseMs: { ...all(HOUR), urgent: 50 * MINUTE }, ...steps });
    const ada = await world.agent('Ada');
    const [warned, late, calm, done] = await Promise.all(
      [1, 2, 3, 4].map(() => world.ticket({ assigneeId: ada, status: 'open' })),
    );
    await world.message(warned!, 'customer', { network: -40 });
    await world.message(late!, 'customer', { network: -61 });
    await world.message(calm!, 'customer', { network: -20 });
    await world.message(done!, 'customer', { network: -61 });
    await world.message(done!, { agentId: ada }, { applied: -40 });
    await catchUp(node, world);
    const other = await startInboxNode({ DATABASE_URL: clone.url, DATABASE_POOL: 4 });
    try {
      const sweepers = [node, other].map((n) => n.app.get(SlaSweeper));
      await Promise.all([...sweepers, ...sweepers].map((sweeper) => sweeper.sweep()));
    } finally {
      await other.close();
    }
    const told = async (type: DomainEventType) => (await world.events(type)).map((e) => e.ticket_id);
    expect(await told('sla.warned')).toEqual([warned!.id]);
    expect(await told('sla.escalated')).toEqual([late!.id]);
    expect(await told('sla.breached')).toEqual([late!.id]);
    const heard = await world.rows<{ agent_id: string; kind: string; ticket_id: string }>(
      'SELECT agent_id, kind, ticket_id FROM notifications WHERE workspace_id = $1 ORDER BY kind DESC',
    );
    expect(heard).toEqual([
      { agent_id: ada, kind: 'sla.warned', ticket_id: warned!.id },
      { agent_id: lea, kind: 'sla.escalated', ticket_id: late!.id },
    ]);
    const worker = await startWorker();
    try {
      const priorities = await until('the priority is raised', async () => {
        const rows = await world.rows<{ id: string }>(
          `SELECT id FROM tickets WHERE workspace_id = $1 AND priority = 'urgent'`,
        );
        return rows.length > 0 ? rows : undefined;
      });
      expect(priorities.map(({ id }) => id)).toEqual([late!.id]);
    } finally {
      await worker.close();
    }
  });

  it('end with the clock, and wait with ringing for the calendar to open', async () => {
    const { world, lea, ask, policy, calendar } = await workspace('quiet');
    const date = new Date(Date.now() + 48 * HOUR).toISOString().slice(0, 10);
    const { id } = await calendar({ timeZone: 'UTC', hours: {} });
    const opening = { name: { en: 'Open' }, rule: { on: 'date', date }, hours: [{ from: 540, to: 1_020 }] };
    await ask('POST', `/calendars/${id}/holidays`, opening, 201);
    await policy({ firstResponseMs: all(HOUR), ...steps });
    const [late, solved] = [await world.ticket({ status: 'open' }), await world.ticket({ status: 'open' })];
    await world.message(late, 'customer', { network: -61 });
    await world.message(solved, 'customer', { network: -61 });
    await catchUp(node, world);
    await node.http(lea, 'PUT', `/tickets/${solved.id}/status`, { status: 'solved' });
    await catchUp(node, world);
    await node.app.get(SlaSweeper).sweep();
    expect((await world.events('sla.escalated')).map((e) => e.ticket_id)).toEqual([late.id]);
    expect((await world.events('sla.breached')).map((e) => e.ticket_id).toSorted()).toEqual(
      [late.id, solved.id].toSorted(),
    );
    const rung = await world.rows<{ ring_at: Date }>('SELECT ring_at FROM notifications WHERE workspace_id = $1');
    expect(rung.map(({ ring_at }) => ring_at.toISOString())).toEqual([`${date}T09:00:00.000Z`]);
  });

  it('come again when the clock moved past them, and not otherwise', async () => {
    const { world, lea, policy } = await workspace('again');
    await policy({ firstResponseMs: { ...all(HOUR), low: 100 * MINUTE, high: 50 * MINUTE }, warnings: steps.warnings });
    const ticket = await world.ticket({ status: 'open' });
    await world.message(ticket, 'customer', { network: -49 });
    const warned = async (priority?: string) => {
      if (priority) await node.http(lea, 'PUT', `/tickets/${ticket.id}/priority`, { priority });
      await catchUp(node, world);
      await node.app.get(SlaSweeper).sweep();
      return (await world.events('sla.warned')).length;
    };
    expect(await warned()).toBe(1);
    expect(await warned()).toBe(1);
    expect(await warned('high')).toBe(1); // 50 percent passed earlier still: it was told
    expect(await warned('low')).toBe(1); // 50 percent are in a minute from now: to be told then
    const untold = await world.rows(
      'SELECT 1 FROM sla_steps WHERE workspace_id = $1 AND told_at IS NULL AND due_at > now()',
    );
    expect(untold).toHaveLength(1);
  });
});

describe('a promised call', () => {
  it('has a clock of its own, moves with the promise, and is kept by speaking to the customer', async () => {
    const { world, lea, policy, record } = await workspace('calls');
    await policy({ firstResponseMs: all(HOUR), warnings: [{ percent: 50, to: { leads: true } }] });
    const [kept, dropped, missed] = await Promise.all([1, 2, 3].map(() => world.ticket({ status: 'pending' })));
    const window = (from: number, to: number) => ({
      windowStart: new Date(Date.now() + from * MINUTE).toISOString(),
      windowEnd: new Date(Date.now() + to * MINUTE).toISOString(),
    });
    const promise = new Map([kept, dropped, missed].map((ticket) => [ticket, uuidv7()]));
    const tell = (ticket: typeof kept, type: DomainEventType, data: object = {}) =>
      record(ticket!, type, { promiseId: promise.get(ticket), ...data });
    const first = window(60, 120);
    await tell(kept, 'call.promised', first);
    await tell(dropped, 'call.promised', first);
    node.clock.aheadMs = -3 * HOUR;
    await tell(missed, 'call.promised', window(-120, -60));
    node.clock.aheadMs = 0;
    await catchUp(node, world);
    const callOf = async (ticket: typeof kept) =>
      (await clocksOf(node, lea, ticket!.id)).find(({ kind }) => kind === 'callback')!;
    expect((await callOf(kept)).dueAt).toBe(first.windowEnd);

    const second = window(200, 260);
    await tell(kept, 'call.rescheduled', { ...second, reason: 'no_answer' });
    await tell(kept, 'call.ended', { attempt: 1, outcome: 'no_answer', reached: false });
    await tell(dropped, 'call.cancelled', { reason: 'not needed' });
    await catchUp(node, world);
    expect(await callOf(kept)).toMatchObject({
      dueAt: second.windowEnd,
      metAt: null,
      moves: [{ why: 'call_rescheduled' }],
    });
    expect(await callOf(dropped)).toMatchObject({ cancelledAt: expect.any(String), endedWhy: 'call_cancelled' });
    const [row] = await world.rows<{ due_at: Date }>(
      `SELECT due_at FROM tickets WHERE workspace_id = $1 AND id = '${kept!.id}'`,
    );
    expect(row!.due_at.toISOString()).toBe(second.windowEnd);

    await tell(kept, 'call.ended', { attempt: 2, outcome: 'talked', reached: true });
    await catchUp(node, world);
    expect(await callOf(kept)).toMatchObject({ metAt: expect.any(String), endedWhy: 'reached', breached: false });
    await node.app.get(SlaSweeper).sweep();
    expect((await world.events('sla.breached')).map((e) => [e.ticket_id, e.data['clock']])).toEqual([
      [missed!.id, 'callback'],
    ]);
  });
});

describe('merged tickets', () => {
  it('go on waiting in the one that remains, and by themselves when it is undone', async () => {
    const { world, lea, ask, policy } = await workspace('merged');
    await policy({ firstResponseMs: all(2 * HOUR), nextResponseMs: all(HOUR) });
    const [from, into] = [await world.ticket({ status: 'open' }), await world.ticket({ status: 'open' })];
    await world.message(into, 'customer', { network: -50 });
    await world.message(into, { agentId: lea }, { applied: -45 });
    await world.message(from, 'customer', { network: -30 });
    const shown = async (ticket: { id: string }) => {
      await catchUp(node, world, 1); // each event a batch of its own
      const minutes = (instant: string) => Math.round((Date.parse(instant) - Date.now()) / MINUTE);
      return (await clocksOf(node, lea, ticket.id)).map((clock) => [
        clock.kind,
        minutes(clock.startedAt),
        clock.endedWhy ?? minutes(clock.dueAt),
      ]);
    };
    expect(await shown(from)).toEqual([['first_response', -30, 90]]);
    await ask('POST', `/tickets/${from.id}/merge`, { into: into.id }, 200);
    expect(await shown(from)).toEqual([['first_response', -30, 'merged']]);
    expect(await shown(into)).toEqual([
      ['first_response', -50, 'answered'],
      ['next_response', -30, 30],
    ]);
    await ask('POST', `/tickets/${from.id}/unmerge`, {}, 200);
    expect(await shown(from)).toEqual([['first_response', -30, 90]]);
    expect(await shown(into)).toEqual([
      ['first_response', -50, 'answered'],
      ['next_response', -30, 'given_back'],
    ]);
  });

  it('split off, wait from the first of their words that nobody answered', async () => {
    const { world, lea, ask, policy } = await workspace('split');
    await policy({ firstResponseMs: all(2 * HOUR), nextResponseMs: all(HOUR) });
    const ticket = await world.ticket({ status: 'open' });
    await world.rows(`INSERT INTO ticket_numbers (workspace_id, last) VALUES ($1, 100)`);
    await world.message(ticket, 'customer', { network: -50 });
    await world.message(ticket, { agentId: lea }, { applied: -45 });
    await world.message(ticket, 'customer', { network: -30 });
    await world.message(ticket, 'customer', { network: -20 });
    await catchUp(node, world);
    const [word] = await world.rows<{ id: string }>('SELECT id FROM messages WHERE workspace_id = $1 AND seq = 3');
    const made = await ask<{ id: string }>('POST', `/tickets/${ticket.id}/split`, { fromMessageId: word!.id }, 201);
    await catchUp(node, world);
    const [clock] = await clocksOf(node, lea, made.id);
    expect(clock).toMatchObject({ kind: 'first_response', metAt: null });
    expect(Math.round((Date.parse(clock!.startedAt) - Date.now()) / MINUTE)).toBe(-30);
    expect((await clocksOf(node, lea, ticket.id)).map(({ kind, endedWhy }) => [kind, endedWhy])).toEqual([
      ['first_response', 'answered'],
      ['next_response', 'solved'],
    ]);
  });
});
