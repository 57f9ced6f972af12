import { Notifications } from '../../src/notifications/notifications';
import { cloneDatabase } from '../database';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let node: Awaited<ReturnType<typeof startInboxNode>>;
beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url });
});
afterAll(async () => {
  await node.close();
  await clone.drop();
});

interface NotificationJson {
  kind: string;
  ticket: { subject: string } | null;
  data: { number?: number };
}
const heardBy = async (agentId: string) =>
  (await node.http(agentId, 'GET', '/notifications')).body as { items: NotificationJson[]; unread: number };

const tell = (world: World, ...notifications: Parameters<Notifications['notifyEach']>[2][number][]) =>
  node.database.lean({ workspaceId: world.id }, (tx) =>
    node.app.get(Notifications).notifyEach(tx, world.id, notifications),
  );

it('describes a ticket only to who may see it, however they were chosen', async () => {
  const world = await seedWorkspace(node.database, 'sight');
  const [dock, yard] = [await world.team('Dock'), await world.team('Yard')];
  const ada = await world.agent('Ada', { teamIds: [dock] });
  const ben = await world.agent('Ben', { teamIds: [yard] });
  const ticket = await world.ticket({ teamId: dock });
  await world.rows(`UPDATE tickets SET subject = 'My card is lost' WHERE workspace_id = $1 AND id = '${ticket.id}'`);
  await tell(world, {
    to: { agentIds: [ada, ben] },
    kind: 'rule.notify',
    ticketId: ticket.id,
    data: { number: ticket.number },
    cause: 'a rule',
  });
  expect((await heardBy(ada)).items).toMatchObject([{ ticket: { subject: 'My card is lost' } }]);
  expect((await heardBy(ben)).items).toMatchObject([{ ticket: null, data: { number: ticket.number } }]);

  await world.rows(`UPDATE tickets SET team_id = '${yard}' WHERE workspace_id = $1 AND id = '${ticket.id}'`);
  expect((await heardBy(ada)).items).toMatchObject([{ ticket: null }]);
  expect((await heardBy(ben)).items).toMatchObject([{ ticket: { subject: 'My card is lost' } }]);
});

it('told many at once, each hears of each cause once, whoever they are told as', async () => {
  const world = await seedWorkspace(node.database, 'many');
  const reef = await seedWorkspace(node.database, 'many-others');
  const dock = await world.team('Dock');
  const ada = await world.agent('Ada', { teamIds: [dock] });
  const boss = await world.agent('Boss', { role: 'lead' });
  const gone = await world.agent('Gone', { teamIds: [dock] });
  await world.rows(`UPDATE agents SET disabled_at = now() WHERE workspace_id = $1 AND id = '${gone}'`);
  const stranger = await reef.agent('Stranger');
  const storm = [
    { to: { teamIds: [dock], leads: true }, kind: 'sla.warned', cause: 'first' },
    { to: { agentIds: [ada, stranger], teamIds: [dock] }, kind: 'sla.warned', cause: 'second' },
    { to: { agentIds: [ada] }, kind: 'sla.warned', cause: 'first' },
    { to: {}, kind: 'sla.warned', cause: 'nobody' },
  ];
  const [first, second, again, nobody] = await tell(world, ...storm);
  expect([first!.toSorted(), second, again, nobody]).toEqual([[ada, boss].toSorted(), [ada], [], []]);
  expect(await tell(world, ...storm)).toEqual([[], [], [], []]);
  expect([await heardBy(ada), await heardBy(boss), await heardBy(stranger)]).toMatchObject([
    { unread: 2 },
    { unread: 1 },
    { unread: 0 },
  ]);
});

it('what is over asks nobody any more, once, and in its workspace only', async () => {
  const [here, there] = [await seedWorkspace(node.database, 'over'), await seedWorkspace(node.database, 'not-over')];
  const told = { to: { may: 'channels.manage' as const }, kind: 'channel.alarm', cause: 'the same' };
  const admins = [await here.agent('Ada', { role: 'admin' }), await there.agent('Omar', { role: 'owner' })] as const;
  const lead = await here.agent('Lead', { role: 'lead' });
  for (const world of [here, there]) await tell(world, told);
  expect((await heardBy(lead)).items).toEqual([]);
  const settle = (causes: string[]) =>
    node.database.lean({ workspaceId: here.id }, (tx) => node.app.get(Notifications).settle(tx, here.id, causes));
  await settle(['another']);
  expect(await heardBy(admins[0])).toMatchObject({ unread: 1 });
  await Promise.all([settle(['the same']), settle(['the same', 'another'])]);
  expect(await heardBy(admins[0])).toMatchObject({ unread: 0, items: [{ data: { overAt: expect.any(String) } }] });
  expect(await heardBy(admins[1])).toMatchObject({ unread: 1, items: [{ data: {} }] });
  expect(
    await here.rows(`SELECT 1 FROM domain_events WHERE workspace_id = $1 AND type = 'agent.notice_settled'`),
  ).toHaveLength(1);
});

interface FoldedJson extends NotificationJson {
  id: string;
  count: number;
  tickets: { count: number; first: { number: number }[] };
  readAt: string | null;
}
const rowsOf = async (agentId: string) =>
  (await node.http(agentId, 'GET', '/notifications')).body as { items: FoldedJson[]; unread: number };
const rings = (world: World) =>
  world.rows<{ n: number }>(
    `SELECT count(*)::int AS n FROM domain_events WHERE workspace_id = $1 AND type = 'agent.notified'`,
  );
const warnings = (tickets: readonly { id: string }[], to: { leads?: boolean; agentIds?: string[] }, ringAt?: Date) =>
  tickets.map(({ id }) => ({
    to,
    kind: 'sla.warned',
    ticketId: id,
    cause: `warned:${id}`,
    ...(ringAt ? { ringAt } : {}),
  }));

describe('a storm of warnings', () => {
  it('is one row with its tickets, one sound, and a list to open; told by two at once, or twice, it stays so', async () => {
    const world = await seedWorkspace(node.database, 'storm');
    const boss = await world.agent('Boss', { role: 'lead' });
    const other = await world.agent('Other', { role: 'lead' });
    const tickets = await Promise.all(Array.from({ length: 12 }, () => world.ticket()));
    const [early, late] = [tickets.slice(0, 7), tickets.slice(5)];
    await Promise.all([
      tell(world, ...warnings(early, { leads: true })),
      tell(world, ...warnings(late, { leads: true })),
      tell(world, ...warnings(early, { leads: true })),
    ]);
    await tell(world, ...warnings(tickets, { leads: true }));

    for (const lead of [boss, other]) {
      const { items, unread } = await rowsOf(lead);
      expect({ rows: items.length, unread }).toEqual({ rows: 1, unread: 1 });
      expect(items[0]).toMatchObject({ kind: 'sla.warned', count: 12, tickets: { count: 12 } });
      expect(items[0]!.tickets.first).toHaveLength(5);
      const list = (await node.http(lead, 'GET', `/tickets?notice=${items[0]!.id}`)).body as {
        items: { id: string }[];
      };
      expect(list.items.map(({ id }) => id).toSorted()).toEqual(tickets.map(({ id }) => id).toSorted());
      expect((await rings(world))[0]!.n).toBeLessThanOrEqual(4); // two leads, two who told anything new
    }
    const [mine] = (await rowsOf(boss)).items;
    const stolen = (await node.http(other, 'GET', `/tickets?notice=${mine!.id}`)).body as { items: unknown[] };
    expect(stolen.items).toEqual([]);
  });

  it('begins a new row once the one before was read, and rings again; what is to wait for the morning is another', async () => {
    const world = await seedWorkspace(node.database, 'storm-read');
    const boss = await world.agent('Boss', { role: 'lead' });
    const tickets = await Promise.all(Array.from({ length: 6 }, () => world.ticket()));
    await tell(world, ...warnings(tickets.slice(0, 2), { leads: true }));
    const [first] = (await rowsOf(boss)).items;
    await node.http(boss, 'PUT', '/notifications/read', { upTo: first!.id });
    await tell(world, ...warnings(tickets.slice(2, 4), { leads: true }));
    const morning = new Date(Date.now() + 8 * 3_600_000);
    await tell(world, ...warnings(tickets.slice(4), { leads: true }, morning));
    const { items, unread } = await rowsOf(boss);
    expect(items.map(({ count }) => count)).toEqual([2, 2, 2]);
    expect(unread).toBe(2);
    expect((await rings(world))[0]!.n).toBe(3);
  });

  it('comes to nothing with its transaction, and then is told as if for the first time', async () => {
    const world = await seedWorkspace(node.database, 'storm-killed');
    const boss = await world.agent('Boss', { role: 'lead' });
    const tickets = await Promise.all([world.ticket(), world.ticket(), world.ticket()]);
    await tell(world, ...warnings(tickets.slice(0, 1), { leads: true }));
    await expect(
      node.database.lean({ workspaceId: world.id }, async (tx) => {
        await node.app.get(Notifications).notifyEach(tx, world.id, warnings(tickets, { leads: true }));
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect((await rowsOf(boss)).items).toMatchObject([{ count: 1 }]);
    await tell(world, ...warnings(tickets, { leads: true }));
    expect((await rowsOf(boss)).items).toMatchObject([{ count: 3, tickets: { count: 3 } }]);
  });

  it('names no ticket that its reader may not see', async () => {
    const world = await seedWorkspace(node.database, 'storm-sight');
    const [dock, yard] = [await world.team('Dock'), await world.team('Yard')];
    const ada = await world.agent('Ada', { teamIds: [dock] });
    const [seen, hidden] = [await world.ticket({ teamId: dock }), await world.ticket({ teamId: yard })];
    await tell(world, ...warnings([hidden, seen], { agentIds: [ada] }));
    const [row] = (await rowsOf(ada)).items;
    expect(row).toMatchObject({ count: 2, ticket: null, tickets: { count: 2, first: [{ number: seen.number }] } });
    const list = (await node.http(ada, 'GET', `/tickets?notice=${row!.id}`)).body as { items: { id: string }[] };
    expect(list.items.map(({ id }) => id)).toEqual([seen.id]);
  });
});
