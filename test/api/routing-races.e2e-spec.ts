import { TicketEffects } from '../../src/inbox/tickets/ticket-effects';
import { PlacingService } from '../../src/routing/placing.service';
import { PullService } from '../../src/routing/pull.service';
import { TicketLooks } from '../../src/realtime/ticket-looks';
import { RoutingService } from '../../src/routing/routing.service';
import { cloneDatabase } from '../database';
import { principalOf, seedWorkspace, startInboxNode, type World } from '../inbox-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let nodes: Node[];
beforeAll(async () => {
  clone = await cloneDatabase();
  nodes = await Promise.all([1, 2, 3].map(() => startInboxNode({ DATABASE_URL: clone.url, DATABASE_POOL: 20 })));
});
afterAll(async () => {
  for (const node of nodes) await node.close();
  await clone.drop();
});

/** Looks at loads, as each commit leaves them, until `work` is done. @returns the most any agent ever had */
async function watching(world: World, work: Promise<unknown>): Promise<number> {
  let worst = 0;
  let done = false;
  const watch = (async () => {
    while (!done) {
      const [row] = await world.rows<{ most: number }>(
        `SELECT coalesce(max(n), 0)::int AS most FROM (
           SELECT count(*) AS n FROM tickets WHERE workspace_id = $1 AND status IN ('new', 'open')
             AND coalesce(assignee_id, offered_to) IS NOT NULL GROUP BY coalesce(assignee_id, offered_to)) c`,
      );
      worst = Math.max(worst, row!.most);
    }
  })();
  await work.finally(() => (done = true));
  await watch;
  return worst;
}

/** Many tickets and agents at once, past the API. */
async function fill(world: World, team: string, tickets: number, agents: number, capacity: number) {
  const { id, channelId, brandId, contactId } = world;
  await world.rows(
    `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, thread_key, ticket_count)
     SELECT $1, gen_random_uuid(), '${channelId}', '${brandId}', '${contactId}', i.id, 'dm', 'many ' || n, 1
     FROM generate_series(1, ${tickets}) n, contact_identities i WHERE i.workspace_id = $1 RETURNING id`,
  );
  await world.rows(
    `INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, team_id, kind,
       due_at, start_by, last_message_at)
     SELECT c.workspace_id, gen_random_uuid(), 1000 + row_number() OVER (), c.id, 1, c.contact_id, c.channel_id, c.brand_id, '${team}', 'dm',
       now() + interval '1 hour' + row_number() OVER () * interval '1 second',
       now() + interval '55 minutes' + row_number() OVER () * interval '1 second', now()
     FROM conversations c WHERE c.workspace_id = $1 AND c.thread_key LIKE 'many %' RETURNING id`,
  );
  await world.rows(
    `WITH made AS (
       INSERT INTO agents (workspace_id, id, email, name, role, capacity)
       SELECT $1, gen_random_uuid(), 'many' || n || '@${id}.test', 'Many ' || n, 'agent', ${capacity} FROM generate_series(1, ${agents}) n
       RETURNING id
     ), member AS (
       INSERT INTO team_members (workspace_id, team_id, agent_id) SELECT $1, '${team}', id FROM made
     ) INSERT INTO agent_presence (workspace_id, agent_id, state, expires_at) SELECT $1, id, 'online', now() + interval '1 hour' FROM made
       RETURNING agent_id`,
  );
  return (
    await world.rows<{ id: string }>(`SELECT id FROM agents WHERE workspace_id = $1 AND name LIKE 'Many %' ORDER BY id`)
  ).map((row) => row.id);
}

it('1,000 tickets, 200 agents, three routers: each once, nobody ever over capacity, turns shared to within one', async () => {
  const world = await seedWorkspace(nodes[0]!.database, 'three-routers');
  const team = await world.team('All');
  await fill(world, team, 1_000, 200, 7);
  const worst = await watching(
    world,
    Promise.all(nodes.flatMap((node) => [1, 2].map(() => node.app.get(RoutingService).assignWaiting(world.id, team)))),
  );
  expect(worst).toBeLessThanOrEqual(7);
  const shares = await world.rows<{ n: number }>(
    `SELECT count(*)::int AS n FROM tickets WHERE workspace_id = $1 AND assignee_id IS NOT NULL GROUP BY assignee_id`,
  );
  expect(shares).toHaveLength(200);
  expect(shares.reduce((sum, { n }) => sum + n, 0)).toBe(1_000);
  expect(Math.max(...shares.map(({ n }) => n)) - Math.min(...shares.map(({ n }) => n))).toBeLessThanOrEqual(1);
  const events = await world.events('ticket.assigned');
  expect(events).toHaveLength(1_000);
  expect(new Set(events.map((event) => event.ticket_id)).size).toBe(1_000);
});

it('fifty agents pull from one queue of 500 on two nodes until their hands are full: each ticket once', async () => {
  const world = await seedWorkspace(nodes[0]!.database, 'fifty-pull');
  const team = await world.team('All', 'pull');
  const agents = await fill(world, team, 500, 50, 8);
  const refused: string[] = [];
  const pulled: (string | undefined)[] = [];
  const pull = async (agentId: string, i: number) => {
    const node = nodes[i % 2]!;
    const who = await principalOf(node.database, agentId);
    for (let n = 0; n < 9; n++) {
      await node.app
        .get(PullService)
        .next(who)
        .then(
          (ticket) => pulled.push(ticket?.id),
          (error: { code: string }) => refused.push(error.code),
        );
    }
  };
  const worst = await watching(world, Promise.all(agents.map(pull)));
  expect(worst).toBe(8);
  expect(pulled).toHaveLength(400);
  expect(new Set(pulled).size).toBe(400); // nobody was told there is nothing, nobody got another's
  expect(refused).toEqual(Array.from({ length: 50 }, () => 'capacity_full'));
  const events = await world.events('ticket.assigned');
  expect(new Set(events.map((event) => event.ticket_id)).size).toBe(events.length);
});

it('people pull while routers push and offer in the same team: nobody over capacity, nothing to two', async () => {
  const world = await seedWorkspace(nodes[0]!.database, 'push-and-pull');
  const team = await world.team('All');
  const lea = await world.agent('Lea', { role: 'lead' });
  await nodes[0]!.http(lea, 'POST', '/queues', { teamId: team, name: 'All', acceptSeconds: 60 });
  const agents = await fill(world, team, 300, 30, 5);
  const worst = await watching(
    world,
    Promise.all([
      ...nodes.map((node) => node.app.get(RoutingService).assignWaiting(world.id, team)),
      ...agents.map(async (agentId, i) => {
        const node = nodes[i % 3]!;
        const who = await principalOf(node.database, agentId);
        for (let n = 0; n < 3; n++)
          await node.app
            .get(PullService)
            .next(who)
            .catch((error: { code?: string }) => {
              if (error.code !== 'capacity_full') throw error;
            });
      }),
    ]),
  );
  expect(worst).toBeLessThanOrEqual(5);
  const rows = await world.rows<{ held: number; standing: number; offered: number }>(
    `SELECT count(*) FILTER (WHERE assignee_id IS NOT NULL)::int AS held,
       count(*) FILTER (WHERE offered_to IS NOT NULL AND assignee_id IS NULL)::int AS offered,
       (SELECT count(*)::int FROM routing_offers WHERE workspace_id = $1 AND ended_at IS NULL) AS standing
     FROM tickets WHERE workspace_id = $1`,
  );
  expect(rows[0]!.held + rows[0]!.offered).toBe(150);
  expect(rows[0]!.standing).toBe(rows[0]!.offered);
});

describe('work that another node puts into its queue while one decides on it', () => {
  /** Before this node has the tickets locked that it decided on, the other places them. */
  const placedMeanwhile = (world: World, lock: 'lockWaiting' | 'lockFirstWaiting') => {
    const [here, there] = nodes as [Node, Node];
    const effects = here.app.get(TicketEffects);
    const locks = effects[lock].bind(effects);
    return jest.spyOn(effects, lock).mockImplementationOnce(async (tx, workspaceId, ids) => {
      await there.database.lean({ workspaceId: world.id }, (other) =>
        there.app.get(PlacingService).place(other, world.id, ids, 'ticket_changed'),
      );
      return (await locks(tx, workspaceId, ids)) as never;
    });
  };
  const queue = (world: World, team: string, needs: object) =>
    world.rows(
      `INSERT INTO routing_queues (workspace_id, id, team_id, name, needs, accept_seconds)
       VALUES ($1, gen_random_uuid(), '${team}', 'All', '${JSON.stringify(needs)}', 30) RETURNING id`,
    );

  it('is offered as that queue says', async () => {
    const world = await seedWorkspace(nodes[0]!.database, 'placed-meanwhile');
    const team = await world.team('All');
    await queue(world, team, {});
    await fill(world, team, 10, 20, 1);
    const placed = placedMeanwhile(world, 'lockWaiting');
    await nodes[0]!.app.get(RoutingService).assignWaiting(world.id, team);
    expect(placed).toHaveBeenCalled();
    const found = await world.rows(
      `SELECT count(offered_to)::int AS offered, count(assignee_id)::int AS assigned FROM tickets WHERE workspace_id = $1`,
    );
    expect(found).toEqual([{ offered: 10, assigned: 0 }]);
  });

  it('is not had by whoever cannot do it', async () => {
    const world = await seedWorkspace(nodes[0]!.database, 'placed-meanwhile-pulled');
    const team = await world.team('All');
    await queue(world, team, { welding: 1 });
    const [agentId] = await fill(world, team, 3, 1, 5);
    const placed = placedMeanwhile(world, 'lockFirstWaiting');
    const who = await principalOf(nodes[0]!.database, agentId!);
    expect(await nodes[0]!.app.get(PullService).next(who)).toBeNull();
    expect(placed).toHaveBeenCalled();
  });
});

it('turns are told to leads: who took, passed and left what', async () => {
  const node = await startInboxNode({ DATABASE_URL: clone.url, ROLE: 'all' });
  try {
    const world = await seedWorkspace(node.database, 'fairness');
    const team = await world.team('Support', 'pull');
    const lea = await world.agent('Lea', { role: 'lead' });
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 9 });
    const ben = await world.agent('Ben', { teamIds: [team], capacity: 9 });
    const tickets = [];
    for (let i = 0; i < 4; i++) tickets.push(await world.ticket({ teamId: team }));
    await node.http(ada, 'POST', `/tickets/${tickets[0]!.id}/claim`);
    await node.http(ada, 'POST', `/tickets/${tickets[1]!.id}/claim`);
    await node.http(lea, 'PUT', `/tickets/${tickets[2]!.id}/assignee`, { agentId: ben });
    for (const [i, minutes] of [
      [0, -1],
      [1, -2],
      [2, -40],
    ] as const) {
      const ticket = tickets[i]!;
      await world.rows(
        `UPDATE tickets SET assigned_at = now() - interval '3 hours' WHERE workspace_id = $1 AND id = '${ticket.id}'`,
      );
      await world.message(ticket, 'customer', { network: minutes });
      await world.message(ticket, { agentId: i === 2 ? ben : ada });
    }
    node.app.get(TicketLooks).looked({ workspaceId: world.id, agentId: ada, ticketId: tickets[3]!.id });
    node.app.get(TicketLooks).looked({ workspaceId: world.id, agentId: ada, ticketId: tickets[3]!.id });
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 3_600_000).toISOString();
    const read = async () =>
      (
        (await node.http(lea, 'GET', `/routing/fairness?from=${from}&to=${to}&teamId=${team}`)).body as {
          items: { agentId: string; answered: number }[];
        }
      ).items;
    const deadline = Date.now() + 15_000;
    let items = await read();
    while (items.reduce((sum, item) => sum + item.answered, 0) < 3 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      items = await read();
    }
    expect(items).toMatchObject([
      {
        agentId: ada,
        name: 'Ada',
        assigned: 0,
        claimed: 2,
        answered: 2,
        leftOpen: 1,
        easyShare: 0.5,
        declined: 0,
        timedOut: 0,
      },
      { agentId: ben, name: 'Ben', assigned: 1, claimed: 0, answered: 1, easyShare: 0 },
    ]);
    expect((await node.http(ada, 'GET', `/routing/fairness?from=${from}&to=${to}`)).status).toBe(403);
    expect((await node.http(lea, 'GET', `/routing/fairness?from=${to}&to=${from}`)).status).toBe(422);
    const other = await seedWorkspace(node.database, 'fairness-elsewhere');
    const boss = await other.agent('Boss', { role: 'owner' });
    expect((await node.http(boss, 'GET', `/routing/fairness?from=${from}&to=${to}`)).body).toMatchObject({ items: [] });
    expect((await node.http(boss, 'GET', `/routing/fairness?from=${from}&to=${to}&teamId=${team}`)).status).toBe(404);
  } finally {
    await node.close();
  }
});
