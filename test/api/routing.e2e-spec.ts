import { PullService } from '../../src/routing/pull.service';
import { RoutingService } from '../../src/routing/routing.service';
import { RoutingSweeper } from '../../src/routing/routing.sweeper';
import { cloneDatabase } from '../database';
import { principalOf, seedWorkspace, startInboxNode, type World } from '../inbox-node';
import { until } from '../jobs-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;
let clone: Awaited<ReturnType<typeof cloneDatabase>>;

beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(() => clone.drop());

const inMinutes = (n: number) => new Date(Date.now() + n * 60_000);
const holders = async (world: World) =>
  new Map(
    (
      await world.rows<{ id: string; assignee_id: string | null }>(
        'SELECT id, assignee_id FROM tickets WHERE workspace_id = $1',
      )
    ).map((row) => [row.id, row.assignee_id]),
  );
const loads = async (world: World) =>
  new Map(
    (
      await world.rows<{ id: string; n: number }>(
        `SELECT assignee_id AS id, count(*)::int AS n FROM tickets
         WHERE workspace_id = $1 AND assignee_id IS NOT NULL AND status IN ('new', 'open') GROUP BY assignee_id`,
      )
    ).map((row) => [row.id, row.n]),
  );

describe('giving out what waits', () => {
  let node: Node;
  let routing: RoutingService;
  beforeAll(async () => {
    node = await startInboxNode({ DATABASE_URL: clone.url, DATABASE_POOL: 24 });
    routing = node.app.get(RoutingService);
  });
  afterAll(() => node.close());

  it('gives the least slack first, to online members with room, and says why', async () => {
    const world = await seedWorkspace(node.database, 'order');
    const team = await world.team('Support');
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 2, online: true });
    await world.agent('Off', { teamIds: [team] });
    const away = await world.agent('Away', { teamIds: [team] });
    await world.presence(away, 'away');
    const gone = await world.agent('Gone', { teamIds: [team] });
    await world.presence(gone, 'online', -1_000); // the row says online, its life is over
    await world.agent('Elsewhere', { online: true });
    await world.agent('Reader', { teamIds: [team], role: 'analyst', online: true });
    const none = await world.ticket({ teamId: team });
    const later = await world.ticket({ teamId: team, dueAt: inMinutes(50) });
    const late = await world.ticket({ teamId: team, dueAt: inMinutes(-5) });
    const second = await world.ticket({ teamId: team, dueAt: inMinutes(30) });
    const first = await world.ticket({ teamId: team, dueAt: inMinutes(10) });
    await world.ticket({ teamId: team, dueAt: inMinutes(-9), status: 'pending' });
    expect(await routing.assignWaiting(world.id, team)).toBe(2);
    const held = await holders(world);
    expect([first, second, later, late, none].map((t) => held.get(t.id))).toEqual([ada, ada, null, null, null]);
    const [event] = await world.events('ticket.assigned');
    expect(event).toMatchObject({
      ticket_id: first.id,
      actor: { kind: 'system' },
      data: {
        from: null,
        to: ada,
        teamId: team,
        how: 'push',
        why: { rule: 'only_one', load: 0, capacity: 2, candidates: 1, slackMs: expect.any(Number), queueId: null },
      },
    });
    expect(event!.data['why']).toHaveProperty('slackMs', expect.any(Number));
    expect((event!.data['why'] as { slackMs: number }).slackMs).toBeLessThan(5 * 60_000);
    expect(await routing.assignWaiting(world.id, team)).toBe(0);
  });

  it('leaves pull teams and other workspaces’ teams alone', async () => {
    const world = await seedWorkspace(node.database, 'pulling');
    const team = await world.team('Pull', 'pull');
    await world.agent('Ada', { teamIds: [team], online: true });
    await world.ticket({ teamId: team });
    const other = await seedWorkspace(node.database, 'other');
    const push = await other.team('Push');
    await other.agent('Ben', { teamIds: [push], online: true });
    await other.ticket({ teamId: push });
    expect(await routing.assignWaiting(world.id, team)).toBe(0);
    expect(await routing.assignWaiting(world.id, push)).toBe(0);
  });

  it('takes turns between agents with the same load', async () => {
    const world = await seedWorkspace(node.database, 'turns');
    const team = await world.team('Support');
    const agents = [];
    for (const name of ['A', 'B', 'C']) agents.push(await world.agent(name, { teamIds: [team], online: true }));
    const got: (string | null | undefined)[] = [];
    for (let i = 0; i < 6; i++) {
      const { id } = await world.ticket({ teamId: team });
      await routing.assignWaiting(world.id, team);
      got.push((await holders(world)).get(id));
      await world.rows(
        `UPDATE tickets SET status = 'solved', solved_at = now() WHERE workspace_id = $1 AND id = '${id}'`,
      );
    }
    expect(new Set(got.slice(0, 3))).toEqual(new Set(agents));
    expect(got.slice(3)).toEqual(got.slice(0, 3));
  });

  it('twice at once, on two teams that share agents, beside people who claim: nobody over capacity, nothing given twice', async () => {
    const world = await seedWorkspace(node.database, 'race');
    const teams = [await world.team('One'), await world.team('Two')];
    const agents = await Promise.all(
      Array.from({ length: 12 }, (_, i) => world.agent(`A${i}`, { teamIds: teams, capacity: 4, online: true })),
    );
    await Promise.all(
      Array.from({ length: 300 }, (_, i) => world.ticket({ teamId: teams[i % 2]!, dueAt: inMinutes(i) })),
    );
    const principals = await Promise.all(agents.map((id) => principalOf(node.database, id)));
    const pull = node.app.get(PullService);
    const full: string[] = [];
    await Promise.all([
      ...[0, 1, 2, 3].map((i) => routing.assignWaiting(world.id, teams[i % 2]!)),
      ...principals.map((who) => pull.next(who).catch((error: { code: string }) => full.push(error.code))),
    ]);
    expect([...(await loads(world)).values()]).toEqual(agents.map(() => 4));
    const events = await world.events('ticket.assigned');
    expect(events).toHaveLength(48);
    expect(new Set(events.map((e) => e.ticket_id)).size).toBe(48);
    expect(full.every((code) => code === 'capacity_full')).toBe(true);
  });

  it('empties a queue larger than one batch', async () => {
    const world = await seedWorkspace(node.database, 'large');
    const team = await world.team('Support');
    await world.agent('Ada', { teamIds: [team], capacity: 450, online: true });
    await Promise.all(Array.from({ length: 460 }, () => world.ticket({ teamId: team })));
    expect(await routing.assignWaiting(world.id, team)).toBe(450);
  });
});

describe('hearing of it', () => {
  let node: Node;
  let world: World;
  let team: string;
  let lea: string;
  beforeAll(async () => {
    node = await startInboxNode({ DATABASE_URL: clone.url, ROLE: 'all' });
    world = await seedWorkspace(node.database, 'hearing');
    team = await world.team('Support');
    lea = await world.agent('Lea', { role: 'lead' });
  });
  afterAll(() => node.close());

  const opened = async () => {
    const ticket = await world.ticket({ teamId: team });
    await world.tell('ticket.opened', { number: ticket.number, position: 1, teamId: team }, { ticketId: ticket.id });
    return ticket;
  };
  const holder = (id: string, who: string | null) =>
    until(`${id} is held by ${who}`, async () => (await holders(world)).get(id) === who);

  it('a ticket opens, room comes free, somebody arrives, somebody leaves', async () => {
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 1, online: true });
    const one = await opened();
    await holder(one.id, ada);

    const two = await opened(); // no room: waits until Ada has finished
    await node.http(ada, 'PUT', `/tickets/${one.id}/status`, { status: 'solved' });
    await holder(two.id, ada);

    const three = await opened();
    const ben = await world.agent('Ben', { teamIds: [team], capacity: 2, online: true });
    await world.tell('presence.changed', { agentId: ben, from: 'offline', to: 'online' });
    await holder(three.id, ben);

    const four = await opened();
    await holder(four.id, ben);
    await world.message(three, { agentId: ben });
    await world.presence(ben, 'offline');
    await world.tell('presence.changed', { agentId: ben, from: 'online', to: 'offline' });
    await holder(four.id, null); // never answered: back to the queue, where nobody has room
    expect((await holders(world)).get(three.id)).toBe(ben); // answered: stays
    expect((await world.events('ticket.assigned')).at(-1)).toMatchObject({
      ticket_id: four.id,
      data: { from: ben, to: null, how: 'returned', why: { reason: 'offline' } },
      audience: expect.arrayContaining([`agent:${ben}`, `team:${team}`]),
    });

    await node.http(lea, 'PUT', `/tickets/${two.id}/assignee`, { agentId: null }); // Ada has room again, for the older one first
    await holder(two.id, ada);
    await node.http(ada, 'PUT', `/tickets/${two.id}/status`, { status: 'pending' });
    await holder(four.id, ada);
  });

  it('takes nothing from somebody who is back before it was heard', async () => {
    const cem = await world.agent('Cem', { teamIds: [team], capacity: 3, online: true });
    const ticket = await world.ticket({ teamId: team, assigneeId: cem });
    await world.tell('presence.changed', { agentId: cem, from: 'online', to: 'offline' });
    const marker = await world.ticket({ teamId: team }); // given only after the event above was heard
    await world.tell('ticket.opened', { number: marker.number, position: 1, teamId: team }, { ticketId: marker.id });
    await until('the marker is given', async () => (await holders(world)).get(marker.id));
    expect((await holders(world)).get(ticket.id)).toBe(cem);
  });

  it('serves a team’s queue when a ticket moves there or its conversation is handed to people', async () => {
    const second = await world.team('Second');
    const dee = await world.agent('Dee', { teamIds: [second], capacity: 9, online: true });
    const lobby = await world.ticket();
    await node.http(lea, 'PUT', `/tickets/${lobby.id}/team`, { teamId: second });
    await holder(lobby.id, dee);
    const quiet = await world.ticket({ teamId: second });
    await world.tell(
      'conversation.handler_changed',
      { from: 'bot', to: 'human', reason: 'asked' },
      { conversationId: quiet.conversationId, ticketId: quiet.id },
    );
    await holder(quiet.id, dee);
  });

  it('sees room that appeared by nobody’s event', async () => {
    const third = await world.team('Third');
    const eli = await world.agent('Eli', { teamIds: [third], capacity: 0, online: true });
    const waits = await world.ticket({ teamId: third });
    await world.rows(`UPDATE agents SET capacity = 1 WHERE workspace_id = $1 AND name = 'Eli' RETURNING id`);
    await node.app.get(RoutingSweeper).sweep();
    await holder(waits.id, eli);
  });
});
