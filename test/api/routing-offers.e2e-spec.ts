import { TicketLooks } from '../../src/realtime/ticket-looks';
import { OffersService } from '../../src/routing/offers.service';
import { RoutingService } from '../../src/routing/routing.service';
import { RoutingSubscriber } from '../../src/routing/routing.subscriber';
import { RoutingSweeper } from '../../src/routing/routing.sweeper';
import type { DomainEvent } from '../../src/outbox/domain-event';
import { cloneDatabase } from '../database';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';
import { until } from '../jobs-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;
interface Held {
  assignee_id: string | null;
  offered_to: string | null;
}

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(() => clone.drop());

const inMinutes = (n: number) => new Date(Date.now() + n * 60_000);
const held = async (world: World, id: string) =>
  (await world.rows<Held>(`SELECT assignee_id, offered_to FROM tickets WHERE workspace_id = $1 AND id = '${id}'`))[0]!;
const endings = async (world: World, ticketId: string) =>
  (await world.events('ticket.offer_ended')).filter((e) => e.ticket_id === ticketId).map((e) => e.data);

/** A workspace with a team whose own work is offered, not given. */
async function offering(node: Node, slug: string, acceptSeconds = 30) {
  const world = await seedWorkspace(node.database, slug);
  const team = await world.team('Support');
  const lea = await world.agent('Lea', { role: 'lead' });
  const made = await node.http(lea, 'POST', '/queues', { teamId: team, name: 'All', acceptSeconds });
  expect(made.status).toBe(201);
  return { world, team, lea, queue: (made.body as { id: string }).id };
}

describe('offers, step by step', () => {
  let node: Node;
  let offers: OffersService;
  let routing: RoutingService;
  beforeAll(async () => {
    node = await startInboxNode({ DATABASE_URL: clone.url, DATABASE_POOL: 20 });
    offers = node.app.get(OffersService);
    routing = node.app.get(RoutingService);
  });
  afterAll(() => node.close());

  it('wait on one screen, count in its hands, and are refused to others until they end', async () => {
    const { world, team } = await offering(node, 'offer-basics');
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 1, online: true });
    const ben = await world.agent('Ben', { teamIds: [team], capacity: 1 });
    const [one, two] = [
      await world.ticket({ teamId: team, dueAt: inMinutes(20) }),
      await world.ticket({ teamId: team, dueAt: inMinutes(30) }),
    ];
    expect(await routing.assignWaiting(world.id, team)).toBe(1);
    expect(await held(world, one.id)).toEqual({ assignee_id: null, offered_to: ada });
    expect((await world.events('ticket.offered'))[0]).toMatchObject({
      ticket_id: one.id,
      data: { agentId: ada, expiresAt: expect.any(String), why: { rule: 'only_one' } },
      audience: expect.arrayContaining([`agent:${ada}`]),
    });
    expect(await routing.assignWaiting(world.id, team)).toBe(0); // her hands are full
    expect(await node.http(ada, 'POST', `/tickets/${two.id}/claim`)).toMatchObject({
      status: 409,
      body: { error: { code: 'capacity_full' } },
    });
    expect(await node.http(ben, 'POST', `/tickets/${one.id}/claim`)).toMatchObject({
      status: 409,
      body: { error: { code: 'already_claimed', details: { offeredTo: { id: ada, name: 'Ada' } } } },
    });
    expect(await node.http(ben, 'POST', `/tickets/${one.id}/accept`)).toMatchObject({ status: 409 });
    expect((await node.http(ben, 'POST', '/tickets/next')).body).toMatchObject({ id: two.id });
    expect((await node.http(ada, 'GET', '/routing/offers')).body).toMatchObject({
      items: [{ id: one.id, expiresAt: expect.any(String), why: { rule: 'only_one' } }],
    });
    for (let i = 0; i < 2; i++) {
      expect(await node.http(ada, 'POST', `/tickets/${one.id}/accept`)).toMatchObject({
        status: 200,
        body: { assignee: { id: ada } },
      });
    }
    expect(await endings(world, one.id)).toEqual([{ agentId: ada, how: 'accepted' }]);
    const other = await seedWorkspace(node.database, 'offer-basics-elsewhere');
    const eve = await other.agent('Eve', { role: 'owner' });
    for (const [verb, body] of [
      ['accept', undefined],
      ['decline', { reason: 'x' }],
    ] as const)
      expect((await node.http(eve, 'POST', `/tickets/${one.id}/${verb}`, body)).status).toBe(404);
    expect((await node.http(eve, 'GET', `/tickets/${one.id}/assignments`)).status).toBe(404);
  });

  it('declined goes to others first, with the reason, and comes back when all let it pass', async () => {
    const { world, team, lea, queue } = await offering(node, 'offer-decline');
    const ada = await world.agent('Ada', { teamIds: [team], online: true });
    const ben = await world.agent('Ben', { teamIds: [team], online: true });
    const { id } = await world.ticket({ teamId: team, dueAt: inMinutes(60) });
    const asked: (string | null)[] = [];
    for (let i = 0; i < 3; i++) {
      await routing.assignWaiting(world.id, team);
      const who = (await held(world, id)).offered_to!;
      asked.push(who);
      expect(await node.http(who, 'POST', `/tickets/${id}/decline`, {})).toMatchObject({ status: 422 });
      const answer = await node.http(who, 'POST', `/tickets/${id}/decline`, { reason: 'not my subject' });
      expect(answer.status).toBe(200);
      expect((await node.http(who, 'POST', `/tickets/${id}/decline`, { reason: 'again' })).status).toBe(409);
    }
    expect(new Set(asked.slice(0, 2))).toEqual(new Set([ada, ben]));
    expect(asked[2]).not.toBeNull(); // everybody passed it, so it goes round again
    const story = ((await node.http(lea, 'GET', `/tickets/${id}/assignments`)).body as { items: object[] }).items;
    expect(story.slice(0, 3)).toMatchObject([
      { what: 'queued', why: { queueId: queue } },
      { what: 'offered', agent: { id: asked[0] }, why: { slackMs: expect.any(Number) } },
      { what: 'offer_ended', how: 'declined', agent: { id: asked[0] }, why: { reason: 'not my subject' } },
    ]);
  });

  it('two in a row that run out make an agent away, who is told; each ends once whoever sweeps', async () => {
    const { world, team } = await offering(node, 'offer-timeout', 5);
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 1, online: true });
    const { id } = await world.ticket({ teamId: team, dueAt: inMinutes(60) });
    const state = async () =>
      (
        await world.rows<{ state: string }>(
          `SELECT state FROM agent_presence WHERE workspace_id = $1 AND agent_id = '${ada}'`,
        )
      )[0]!.state;
    const runOut = async () => {
      await routing.assignWaiting(world.id, team);
      expect((await held(world, id)).offered_to).toBe(ada);
      expect(await offers.expire(100)).toBe(0); // not yet
      await world.rows(
        `UPDATE routing_offers SET expires_at = now() - interval '1 second' WHERE workspace_id = $1 AND ended_at IS NULL RETURNING id`,
      );
      const ended = await Promise.all([offers.expire(100), offers.expire(100), offers.expire(100)]);
      expect(ended.reduce((sum, n) => sum + n, 0)).toBe(1);
      expect(await held(world, id)).toEqual({ assignee_id: null, offered_to: null });
    };
    await runOut();
    expect(await state()).toBe('online');
    await runOut();
    expect(await state()).toBe('away');
    expect((await world.events('presence.changed')).at(-1)!.data).toEqual({
      agentId: ada,
      from: 'online',
      to: 'away',
      why: 'offers_timed_out',
    });
    expect(await world.rows(`SELECT kind, agent_id FROM notifications WHERE workspace_id = $1`)).toEqual([
      { kind: 'presence.away_after_timeouts', agent_id: ada },
    ]);
    expect(await endings(world, id)).toEqual([
      { agentId: ada, how: 'timed_out', reason: 'no_answer' },
      { agentId: ada, how: 'timed_out', reason: 'no_answer' },
    ]);
    expect(await routing.assignWaiting(world.id, team)).toBe(0);
  });

  it('a worker killed between two steps leaves all or nothing', async () => {
    const { world, team } = await offering(node, 'offer-killed');
    const ada = await world.agent('Ada', { teamIds: [team], online: true });
    const { id } = await world.ticket({ teamId: team, dueAt: inMinutes(60) });
    const make = offers.make.bind(offers);
    const killed = jest.spyOn(offers, 'make').mockImplementationOnce(async (...given) => {
      await make(...given);
      throw new Error('killed');
    });
    await expect(routing.assignWaiting(world.id, team)).rejects.toThrow('killed');
    killed.mockRestore();
    expect(await held(world, id)).toEqual({ assignee_id: null, offered_to: null });
    expect(await world.events('ticket.offered')).toEqual([]);
    expect(await routing.assignWaiting(world.id, team)).toBe(1); // the job runs again
    expect(await held(world, id)).toEqual({ assignee_id: null, offered_to: ada });
    expect(await world.events('ticket.offered')).toHaveLength(1);
  });

  it('what moved on under an offer ends it; heard twice it ends once', async () => {
    const { world, team, lea } = await offering(node, 'offer-moved');
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 9, online: true });
    const ben = await world.agent('Ben', { teamIds: [team], capacity: 9 });
    const tickets = await Promise.all([1, 2, 3].map((n) => world.ticket({ teamId: team, dueAt: inMinutes(60 + n) })));
    expect(await routing.assignWaiting(world.id, team)).toBe(3);
    const [given, solved, claimed] = tickets as unknown as [{ id: string }, { id: string }, { id: string }];
    await node.http(lea, 'PUT', `/tickets/${given.id}/assignee`, { agentId: ben });
    await node.http(lea, 'PUT', `/tickets/${solved.id}/status`, { status: 'solved' });
    await node.http(ada, 'POST', `/tickets/${claimed.id}/claim`);
    const heard = await node.database.lean('system', (tx) =>
      tx.query<Record<string, unknown>>(
        `SELECT workspace_id AS "workspaceId", position::int, at, type, data, actor, ticket_id AS "ticketId" FROM domain_events
         WHERE workspace_id = $1 AND type IN ('ticket.assigned', 'ticket.status_changed') ORDER BY position`,
        [world.id],
      ),
    );
    for (let i = 0; i < 2; i++) {
      await node.database.lean('system', (tx) =>
        node.app.get(RoutingSubscriber).handle(tx, heard as unknown as DomainEvent[]),
      );
    }
    expect(await endings(world, given.id)).toEqual([{ agentId: ada, how: 'withdrawn', reason: 'ticket_moved_on' }]);
    expect(await endings(world, solved.id)).toEqual([{ agentId: ada, how: 'withdrawn', reason: 'ticket_moved_on' }]);
    expect(await endings(world, claimed.id)).toEqual([{ agentId: ada, how: 'accepted' }]);
    expect(await node.http(ada, 'GET', '/routing/offers')).toMatchObject({ body: { items: [] } });
  });
});

describe('offers, living', () => {
  let node: Node;
  let second: Node;
  beforeAll(async () => {
    node = await startInboxNode({ DATABASE_URL: clone.url, ROLE: 'all', DATABASE_POOL: 16 });
    second = await startInboxNode({ DATABASE_URL: clone.url, ROLE: 'all', DATABASE_POOL: 16 });
  });
  afterAll(async () => {
    await node.close();
    await second.close();
  });
  const opened = async (world: World, team: string, minutes = 60) => {
    const ticket = await world.ticket({ teamId: team, dueAt: inMinutes(minutes) });
    await world.tell('ticket.opened', { number: ticket.number, position: 1, teamId: team }, { ticketId: ticket.id });
    return ticket;
  };

  it('are accepted by opening or answering the ticket', async () => {
    const { world, team } = await offering(node, 'offer-answer');
    const ada = await world.agent('Ada', { teamIds: [team], online: true });
    const [one, two] = [await opened(world, team), await opened(world, team)];
    await until('both are offered', async () => (await held(world, two.id)).offered_to === ada);
    await until('both are offered', async () => (await held(world, one.id)).offered_to === ada);
    await world.message(one, 'customer');
    const messageId = (
      await world.rows<{ id: string }>(`SELECT id FROM messages WHERE workspace_id = $1 AND ticket_id = '${one.id}'`)
    )[0]!.id;
    await world.tell(
      'message.sent',
      { seq: 2, visibility: 'private', author: 'agent' },
      { ticketId: one.id, conversationId: one.conversationId, messageId },
      { kind: 'agent', id: ada },
    );
    node.app.get(TicketLooks).looked({ workspaceId: world.id, agentId: ada, ticketId: two.id });
    for (const { id } of [one, two]) {
      await until('it is hers', async () => (await held(world, id)).assignee_id === ada);
      expect(await endings(world, id)).toEqual([{ agentId: ada, how: 'accepted' }]);
    }
  });

  it('run out by themselves and go to the next', async () => {
    const { world, team } = await offering(node, 'offer-silent', 5);
    const ada = await world.agent('Ada', { teamIds: [team], online: true });
    const { id } = await opened(world, team);
    await until('Ada is asked', async () => (await held(world, id)).offered_to === ada);
    const ben = await world.agent('Ben', { teamIds: [team], online: true });
    await until('Ben is asked', async () => (await held(world, id)).offered_to === ben, 12_000);
    expect(await endings(world, id)).toEqual([{ agentId: ada, how: 'timed_out', reason: 'no_answer' }]);
  });

  it('of agents whose node died are all offered again, none to two', async () => {
    const { world, team } = await offering(node, 'offer-died', 600);
    const gone = await Promise.all(
      Array.from({ length: 10 }, (_, i) => world.agent(`G${i}`, { teamIds: [team], capacity: 5, online: true })),
    );
    const tickets = await Promise.all(Array.from({ length: 50 }, (_, i) => opened(world, team, 120 + i)));
    const on = async () => {
      const rows = await world.rows<{ offered_to: string | null }>(
        `SELECT offered_to FROM tickets WHERE workspace_id = $1 AND team_id = '${team}'`,
      );
      return rows.map((row) => row.offered_to);
    };
    await until('fifty are offered', async () => (await on()).every((who) => gone.includes(who!)));
    const there = await Promise.all(
      Array.from({ length: 10 }, (_, i) => world.agent(`T${i}`, { teamIds: [team], capacity: 6, online: true })),
    );
    // the lives of its agents' rows ran out, and a sweep says so
    await world.rows(
      `UPDATE agent_presence SET state = 'offline', expires_at = now() WHERE workspace_id = $1 AND agent_id = ANY('{${gone.join()}}'::uuid[]) RETURNING 1`,
    );
    const lapsed = Date.now();
    for (const agentId of gone) await world.tell('presence.changed', { agentId, from: 'online', to: 'offline' });
    await until('all are offered again', async () => (await on()).every((who) => there.includes(who!)), 10_000);
    expect(Date.now() - lapsed).toBeLessThan(10_000);
    const standing = await world.rows<{ n: number; agents: number }>(
      `SELECT count(*)::int AS n, count(DISTINCT ticket_id)::int AS agents FROM routing_offers WHERE workspace_id = $1 AND ended_at IS NULL`,
    );
    expect(standing).toEqual([{ n: 50, agents: 50 }]);
    const ended = await world.events('ticket.offer_ended');
    expect(ended).toHaveLength(50);
    expect(new Set(ended.map((e) => e.ticket_id)).size).toBe(tickets.length);
    expect(new Set(ended.map((e) => `${String(e.data['how'])} ${String(e.data['reason'])}`))).toEqual(
      new Set(['withdrawn offline']),
    );
  });

  it('whoever drains gets nothing new and turns to break with empty hands; a break gives back what was not answered', async () => {
    const world = await seedWorkspace(node.database, 'drain');
    const team = await world.team('Support');
    const lea = await world.agent('Lea', { role: 'lead' });
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 2, online: true });
    const one = await opened(world, team);
    await until('Ada has one', async () => (await held(world, one.id)).assignee_id === ada);
    const state = async (agentId: string) =>
      (
        await world.rows<{ state: string }>(
          `SELECT state FROM agent_presence WHERE workspace_id = $1 AND agent_id = '${agentId}'`,
        )
      )[0]!.state;
    await world.presence(ada, 'draining');
    await world.tell('presence.changed', { agentId: ada, from: 'online', to: 'draining' });
    const two = await opened(world, team);
    await node.http(ada, 'PUT', `/tickets/${one.id}/status`, { status: 'solved' });
    await until('she is on her break', async () => (await state(ada)) === 'break');
    expect((await held(world, two.id)).assignee_id).toBeNull();
    expect((await world.events('presence.changed')).at(-1)!.data).toMatchObject({ to: 'break', why: 'drained' });

    await world.presence(ada, 'online');
    await world.tell('presence.changed', { agentId: ada, from: 'break', to: 'online' });
    await until('Ada has two', async () => (await held(world, two.id)).assignee_id === ada);
    await world.presence(ada, 'break');
    await world.tell('presence.changed', { agentId: ada, from: 'online', to: 'break' });
    await until('it is back', async () => (await held(world, two.id)).assignee_id === null);
    const story = ((await node.http(lea, 'GET', `/tickets/${two.id}/assignments`)).body as { items: object[] }).items;
    expect(story.at(-1)).toMatchObject({
      what: 'assigned',
      how: 'returned',
      from: { id: ada },
      why: { reason: 'break' },
    });
  });

  it('what somebody away never answered goes back in time, what they answered stays', async () => {
    const world = await seedWorkspace(node.database, 'long-away');
    const team = await world.team('Support', 'pull');
    const ada = await world.agent('Ada', { teamIds: [team] });
    const silent = await world.ticket({ teamId: team, assigneeId: ada });
    const answered = await world.ticket({ teamId: team, assigneeId: ada });
    await world.message(answered, { agentId: ada });
    await world.presence(ada, 'away');
    const away = (minutes: number) =>
      world.rows(
        `UPDATE agent_presence SET changed_at = now() - ${minutes} * interval '1 minute' WHERE workspace_id = $1 RETURNING 1`,
      );
    await away(14);
    await node.app.get(RoutingSweeper).sweep();
    expect((await held(world, silent.id)).assignee_id).toBe(ada);
    await away(16);
    await Promise.all([node, second].map((each) => each.app.get(RoutingSweeper).sweep()));
    expect((await held(world, silent.id)).assignee_id).toBeNull();
    expect((await held(world, answered.id)).assignee_id).toBe(ada);
    expect((await world.events('ticket.assigned')).map((e) => e.data)).toEqual([
      { from: ada, to: null, teamId: team, how: 'returned', why: { reason: 'away' } },
    ]);
  });

  it('an agent comes and goes in every order, and the queue is always what the rows say', async () => {
    const world = await seedWorkspace(node.database, 'orders');
    const team = await world.team('Support');
    const lea = await world.agent('Lea', { role: 'lead' });
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 3 });
    const tickets = [];
    for (let i = 0; i < 4; i++) tickets.push(await opened(world, team, 60 + i));
    const states = ['online', 'away', 'break', 'offline'] as const;
    let from: (typeof states)[number] = 'offline';
    const waiting = async () =>
      ((await node.http(lea, 'GET', '/queues')).body as { items: { teamId: string; waiting: number }[] }).items.find(
        (each) => each.teamId === team,
      )!.waiting;
    for (const to of states.flatMap((a) => states.filter((b) => b !== a).flatMap((b) => [a, b]))) {
      if (to === from) continue;
      await world.presence(ada, to);
      await world.tell('presence.changed', { agentId: ada, from, to });
      const before = await waiting();
      const after = to === 'online' ? 1 : to === 'away' ? before : 4; // away keeps what it has
      await until(`${from} to ${to}`, async () => (await waiting()) === after);
      from = to;
    }
    const rows = await world.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM tickets WHERE workspace_id = $1 AND assignee_id IS NULL`,
    );
    expect(await waiting()).toBe(rows[0]!.n);
    expect(tickets).toHaveLength(4);
  });
});

describe('the end of a shift', () => {
  let node: Node;
  beforeAll(async () => {
    node = await startInboxNode({ DATABASE_URL: clone.url });
  });
  afterAll(() => node.close());

  it('hands over what one has, as far as the colleague has room, with a note; the rest says why it stayed', async () => {
    const world = await seedWorkspace(node.database, 'shift');
    const team = await world.team('Support');
    const ada = await world.agent('Ada', { teamIds: [team] });
    const ben = await world.agent('Ben', { teamIds: [team], capacity: 1 });
    const [first, second, foreign] = [
      await world.ticket({ teamId: team, assigneeId: ada, dueAt: inMinutes(10) }),
      await world.ticket({ teamId: team, assigneeId: ada, dueAt: inMinutes(20) }),
      await world.ticket({ teamId: team, assigneeId: ben, status: 'pending' }),
    ];
    const list = (await node.http(ada, 'GET', '/agents/me/handover')).body as { items: { id: string }[] };
    expect(list.items.map((ticket) => ticket.id)).toEqual([first.id, second.id]);
    const answer = await node.http(ada, 'POST', '/agents/me/handover', {
      agentId: ben,
      ticketIds: [first.id, second.id, foreign.id],
      note: 'She waits for the invoice.',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        handedOver: [first.id],
        refused: [
          { ticketId: second.id, code: 'capacity_full' },
          { ticketId: foreign.id, code: 'not_found' },
        ],
      },
    });
    const notes = await world.rows<{ text: string }>(
      `SELECT text FROM messages WHERE workspace_id = $1 AND direction = 'note'`,
    );
    expect(notes).toEqual([{ text: 'She waits for the invoice.' }]);
    expect((await node.http(ada, 'POST', '/agents/me/handover', {})).body).toEqual({
      handedOver: [second.id],
      refused: [],
    });
    expect((await held(world, second.id)).assignee_id).toBeNull();
    const told = (await world.events('ticket.assigned')).map((e) => e.data);
    expect(told).toMatchObject([
      { from: ada, to: ben, how: 'handover', why: { reason: 'shift_end' } },
      { from: ada, to: null, how: 'handover' },
    ]);
  });
});
