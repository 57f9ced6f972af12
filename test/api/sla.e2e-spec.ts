import type { DomainEvent } from '../../src/outbox/domain-event';
import { EventReader } from '../../src/outbox/event-reader';
import { Outbox } from '../../src/outbox/outbox';
import { uuidv7 } from '../../src/platform/ids';
import { SlaSubscriber } from '../../src/sla/sla.subscriber';
import { SlaSweeper } from '../../src/sla/sla.sweeper';
import { cloneDatabase } from '../database';
import { seedWorkspace, ShiftedClock, startInboxNode, type World } from '../inbox-node';
import { until } from '../jobs-node';
import { catchUp as handOver, type ClockJson, clocksOf as readClocks, type Node } from '../sla-node';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
/** Nothing runs by itself here: events are handed over as each test wants. */
let node: Node;

beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url });
});

afterAll(async () => {
  await node.close();
  await clone.drop();
});

const catchUp = (world: World, batch?: number, most?: number) => handOver(node, world, batch, most);
const clocksOf = (agentId: string, ticketId: string) => readClocks(node, agentId, ticketId);

const ticketOf = async (world: World, id: string) =>
  (
    await world.rows<{
      due_at: Date | null;
      waiting_since: Date | null;
      first_responded_at: Date | null;
      version: number;
    }>(
      `SELECT due_at, waiting_since, first_responded_at, version FROM tickets WHERE workspace_id = $1 AND id = '${id}'`,
    )
  )[0]!;

const length = (clock: ClockJson) => Date.parse(clock.dueAt) - Date.parse(clock.startedAt);

describe('clocks', () => {
  it('start with the customer’s message by a default policy, and are met by our answer', async () => {
    const world = await seedWorkspace(node.database, 'clocks');
    const ada = await world.agent('Ada');
    const ticket = await world.ticket({ priority: 'high' });
    await world.message(ticket, 'customer', { network: -3, received: -2 });
    await catchUp(world);
    const [running] = await clocksOf(ada, ticket.id);
    expect(running).toMatchObject({
      kind: 'first_response',
      policy: { name: 'Default' },
      targetMs: 30 * MINUTE,
      metAt: null,
      breached: false,
    });
    expect(length(running!)).toBe(30 * MINUTE);
    const before = await ticketOf(world, ticket.id);
    expect(before).toMatchObject({ due_at: new Date(running!.dueAt), waiting_since: new Date(running!.startedAt) });
    expect((await world.events('ticket.sla_changed')).map((e) => e.data)).toEqual([
      { dueAt: running!.dueAt, clock: 'first_response', why: 'running' },
    ]);

    await world.message(ticket, { agentId: ada }, { applied: -1 });
    await catchUp(world);
    const [met] = await clocksOf(ada, ticket.id);
    expect(met).toMatchObject({ metAt: expect.any(String), breached: false });
    expect(met!.explanation).toEqual([{ from: met!.startedAt, to: met!.metAt, counted: true, why: 'wall_time' }]);
    expect(await ticketOf(world, ticket.id)).toMatchObject({
      due_at: null,
      waiting_since: null,
      first_responded_at: new Date(met!.metAt!),
    });
    expect((await world.events('ticket.sla_changed')).at(-1)!.data).toEqual({
      dueAt: null,
      clock: 'first_response',
      why: 'met',
    });
  });

  it('never start in the future, whatever a network’s clock says', async () => {
    const world = await seedWorkspace(node.database, 'future');
    const ada = await world.agent('Ada');
    const ticket = await world.ticket();
    await world.message(ticket, 'customer', { network: 600, received: -1 });
    await catchUp(world);
    const [clock] = await clocksOf(ada, ticket.id);
    expect(Date.parse(clock!.startedAt)).toBeLessThan(Date.now());
    expect(length(clock!)).toBe(HOUR);
  });

  it('follow a policy by its conditions and count a bot only where it says so', async () => {
    const world = await seedWorkspace(node.database, 'policies');
    const lea = await world.agent('Lea', { role: 'lead' });
    const targets = { urgent: 5 * MINUTE, high: 6 * MINUTE, normal: 7 * MINUTE, low: 8 * MINUTE };
    const made = await node.http(lea, 'POST', '/sla-policies', {
      name: 'Comments',
      rank: 1,
      conditions: { threadKinds: ['comment'], channelKinds: ['instagram'] },
      firstResponseMs: targets,
      nextResponseMs: targets,
      botCounts: true,
    });
    expect(made.status).toBe(201);
    const rest = { name: 'Rest', firstResponseMs: { ...targets, normal: 90 * MINUTE }, nextResponseMs: targets };
    expect((await node.http(lea, 'POST', '/sla-policies', rest)).status).toBe(201);
    const [comment, dm] = [await world.ticket({ kind: 'comment' }), await world.ticket()];
    for (const ticket of [comment, dm]) {
      await world.message(ticket, 'customer', { network: -1 });
      await world.message(ticket, 'bot', { applied: 0 });
    }
    await catchUp(world);
    expect(await clocksOf(lea, comment.id)).toMatchObject([
      { policy: { name: 'Comments' }, targetMs: 7 * MINUTE, metAt: expect.any(String) },
    ]);
    expect(await clocksOf(lea, dm.id)).toMatchObject([
      { policy: { name: 'Rest' }, targetMs: 90 * MINUTE, metAt: null },
    ]);
    expect(await ticketOf(world, dm.id)).toMatchObject({ first_responded_at: null });
  });

  it('are the same live, in one late batch, and handled again', async () => {
    const story = async (world: World, between: () => Promise<void>) => {
      const ada = await world.agent('Ada');
      const ticket = await world.ticket();
      const steps = [
        () => world.message(ticket, 'customer', { network: -200, received: -199 }),
        () => world.message(ticket, 'customer', { network: -201, received: -198 }),
        () => world.message(ticket, { agentId: ada }, { applied: -150 }),
        () => world.message(ticket, 'customer', { network: -100 }),
        () => node.http(ada, 'PUT', `/tickets/${ticket.id}/priority`, { priority: 'urgent' }),
        () => world.message(ticket, { agentId: ada }, { applied: -90 }),
        () => node.http(ada, 'PUT', `/tickets/${ticket.id}/status`, { status: 'solved' }),
        () => node.http(ada, 'PUT', `/tickets/${ticket.id}/status`, { status: 'open' }),
        () => world.message(ticket, 'customer', { network: 0 }),
      ];
      for (const step of steps) {
        await step();
        await between();
      }
      return { ada, ticket };
    };
    const shape = (clocks: ClockJson[]) =>
      clocks.map((c) => ({
        kind: c.kind,
        targetMs: c.targetMs,
        length: length(c),
        after: c.metAt && Math.round((Date.parse(c.metAt) - Date.parse(c.startedAt)) / MINUTE),
        cancelled: c.cancelledAt !== null,
      }));

    const live = await seedWorkspace(node.database, 'live');
    const a = await story(live, () => catchUp(live));
    const late = await seedWorkspace(node.database, 'late');
    const b = await story(late, () => Promise.resolve());
    await catchUp(late);
    const expected = [
      { kind: 'first_response', targetMs: HOUR, length: HOUR, after: 51, cancelled: false },
      { kind: 'next_response', targetMs: 30 * MINUTE, length: 30 * MINUTE, after: 10, cancelled: false },
      { kind: 'next_response', targetMs: 30 * MINUTE, length: 30 * MINUTE, after: null, cancelled: false },
    ];
    expect(shape(await clocksOf(a.ada, a.ticket.id))).toEqual(expected);
    expect(shape(await clocksOf(b.ada, b.ticket.id))).toEqual(expected);

    const lasting = async () =>
      (await clocksOf(b.ada, b.ticket.id)).map((clock) => ({ ...clock, remainingMs: clock.remainingMs !== null }));
    const before = {
      clocks: await lasting(),
      ticket: await ticketOf(late, b.ticket.id),
      events: await late.events(),
    };
    const events = await node.app.get(EventReader).after(late.id, 0, 500);
    const clockEvents = events.filter((e) =>
      ['message.received', 'message.sent', 'ticket.status_changed', 'ticket.priority_changed'].includes(e.type),
    );
    const handle = (batch: DomainEvent[]) =>
      node.database.transaction('system', (tx) => node.app.get(SlaSubscriber).handle(tx, batch));
    await handle(clockEvents);
    for (const event of [...clockEvents].reverse()) await handle([event]);
    expect({
      clocks: await lasting(),
      ticket: await ticketOf(late, b.ticket.id),
      events: await late.events(),
    }).toEqual(before);
  });

  it('of another workspace are the same 404', async () => {
    const [here, there] = [await seedWorkspace(node.database, 'here'), await seedWorkspace(node.database, 'there')];
    const owner = await here.agent('Own', { role: 'owner' });
    const ticket = await there.ticket();
    const theirs = await there.agent('Own', { role: 'owner' });
    const targets = { urgent: MINUTE, high: MINUTE, normal: MINUTE, low: MINUTE };
    const policy = (
      await node.http(theirs, 'POST', '/sla-policies', { name: 'P', firstResponseMs: targets, nextResponseMs: targets })
    ).body as { id: string };
    for (const id of [policy.id, uuidv7()]) {
      expect((await node.http(owner, 'PATCH', `/sla-policies/${id}`, { name: 'Mine' })).status).toBe(404);
      expect((await node.http(owner, 'DELETE', `/sla-policies/${id}`)).status).toBe(404);
    }
    expect((await node.http(owner, 'GET', `/tickets/${ticket.id}/sla`)).status).toBe(404);
    expect(
      (await node.http(theirs, 'PATCH', `/sla-policies/${policy.id}`, { name: 'Ours', rank: 3 })).body,
    ).toMatchObject({
      name: 'Ours',
      rank: 3,
      firstResponseMs: targets,
    });
    expect((await node.http(await here.agent('Ada'), 'GET', '/sla-policies')).status).toBe(403);
    expect((await node.http(theirs, 'DELETE', `/sla-policies/${policy.id}`)).status).toBe(204);
    expect((await node.http(theirs, 'GET', '/sla-policies')).body).toEqual({ items: [], nextCursor: null });
    const wrong = { name: '', firstResponseMs: { ...targets, low: 5 }, nextResponseMs: targets };
    expect((await node.http(theirs, 'POST', '/sla-policies', wrong)).status).toBe(422);
  });
});

describe('breaches', () => {
  it('are told once each, by whichever of three sweepers comes first', async () => {
    const world = await seedWorkspace(node.database, 'storm');
    const team = await world.team('Support');
    const tickets = await Promise.all(Array.from({ length: 60 }, () => world.ticket({ teamId: team })));
    for (const [i, ticket] of tickets.entries())
      await world.message(ticket, 'customer', { network: i < 40 ? -61 - i : -30 });
    await catchUp(world);
    const others = await Promise.all([1, 2].map(() => startInboxNode({ DATABASE_URL: clone.url, DATABASE_POOL: 4 })));
    const sweepers = [node, ...others].map((n) => n.app.get(SlaSweeper));
    await Promise.all([...sweepers, ...sweepers].map((sweeper) => sweeper.sweep()));
    await Promise.all(others.map((other) => other.close()));
    const told = await world.events('sla.breached');
    expect(new Set(told.map((e) => e.ticket_id))).toEqual(new Set(tickets.slice(0, 40).map((t) => t.id)));
    expect(told).toHaveLength(40);
    expect(told[0]!.audience).toEqual(expect.arrayContaining(['leads', `team:${team}`]));
    expect(told[0]!.data).toMatchObject({
      clock: 'first_response',
      dueAt: expect.any(String),
      toldAt: expect.any(String),
    });
  });

  it('are told for an answer that was already late when it was read, and for no other', async () => {
    const world = await seedWorkspace(node.database, 'slow');
    const ada = await world.agent('Ada');
    const [late, timely] = [await world.ticket(), await world.ticket()];
    await world.message(late, 'customer', { network: -100 });
    await world.message(timely, 'customer', { network: -100 });
    await world.message(late, { agentId: ada }, { applied: -30 });
    await world.message(timely, { agentId: ada }, { applied: -50 });
    await catchUp(world);
    await node.app.get(SlaSweeper).sweep();
    expect((await world.events('sla.breached')).map((e) => e.ticket_id)).toEqual([late.id]);
    expect((await clocksOf(ada, late.id))[0]!.breached).toBe(true);
    expect((await clocksOf(ada, timely.id))[0]!.breached).toBe(false);
  });

  it('wait while an event from before the due time is unread: it may be the answer', async () => {
    const past = new ShiftedClock();
    past.aheadMs = -10 * MINUTE;
    const world = await seedWorkspace(node.database, 'behind', new Outbox(past));
    const ada = await world.agent('Ada');
    const ticket = await world.ticket();
    await world.message(ticket, 'customer', { network: -65 });
    await catchUp(world);
    await world.message(ticket, { agentId: ada }, { applied: -10 });
    await node.app.get(SlaSweeper).sweep();
    expect(await world.events('sla.breached')).toEqual([]);
    await catchUp(world);
    await node.app.get(SlaSweeper).sweep();
    expect(await world.events('sla.breached')).toEqual([]);
    expect((await clocksOf(ada, ticket.id))[0]).toMatchObject({ breached: false });
  });

  it('are told by the database’s clock, whatever a node’s says', async () => {
    const world = await seedWorkspace(node.database, 'ahead');
    const [early, late] = [await world.ticket(), await world.ticket()];
    await world.message(early, 'customer', { network: -58 });
    await world.message(late, 'customer', { network: -62 });
    await catchUp(world);
    try {
      for (const aheadMs of [5 * MINUTE, -10 * MINUTE, 0]) {
        node.clock.aheadMs = aheadMs;
        await node.app.get(SlaSweeper).sweep();
        expect((await world.events('sla.breached')).map((e) => e.ticket_id)).toEqual([late.id]);
      }
    } finally {
      node.clock.aheadMs = 0;
    }
  });

  it('are told by a running worker, from the message to the event', async () => {
    const worker = await startInboxNode({ DATABASE_URL: clone.url, ROLE: 'all' });
    try {
      const world = await seedWorkspace(worker.database, 'alive');
      const ticket = await world.ticket();
      await world.message(ticket, 'customer', { network: -59.95 });
      const due = await until('the clock runs', async () => (await ticketOf(world, ticket.id)).due_at);
      const told = await until('the breach is told', async () => (await world.events('sla.breached'))[0]);
      expect(told).toMatchObject({ ticket_id: ticket.id, data: { dueAt: due.toISOString() } });
      expect(Date.parse(told.data['toldAt'] as string)).toBeGreaterThanOrEqual(due.getTime());
    } finally {
      await worker.close();
    }
  });
});
