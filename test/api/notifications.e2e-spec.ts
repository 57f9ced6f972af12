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
