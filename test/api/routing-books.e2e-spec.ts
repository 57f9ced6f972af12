import { RosterRepository } from '../../src/routing/roster.repository';
import { RoutingService } from '../../src/routing/routing.service';
import { TeamBooks } from '../../src/routing/team-books';
import { cloneDatabase } from '../database';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let nodes: [Node, Node];
beforeAll(async () => {
  clone = await cloneDatabase();
  const start = () => startInboxNode({ DATABASE_URL: clone.url, DATABASE_POOL: 8 });
  nodes = await Promise.all([start(), start()]);
});
afterAll(async () => {
  for (const node of nodes) await node.close();
  await clone.drop();
});

const editionOf = (world: World): Promise<string | null> =>
  nodes[0].database.lean({ workspaceId: world.id }, (tx) => nodes[0].app.get(RosterRepository).edition(tx, world.id));

describe('the edition of what is kept of a workspace', () => {
  let world: World;
  let team: string;
  let ada: string;
  beforeAll(async () => {
    world = await seedWorkspace(nodes[0].database, 'editions');
    team = await world.team('Support');
    ada = await world.agent('Ada', { teamIds: [team] });
  });

  it.each<[string, () => string]>([
    [
      'a team assigns otherwise',
      () => `UPDATE teams SET assignment = 'pull' WHERE workspace_id = $1 AND id = '${team}'`,
    ],
    ['somebody leaves a team', () => `DELETE FROM team_members WHERE workspace_id = $1 AND agent_id = '${ada}'`],
    ['somebody joins one', () => `INSERT INTO team_members VALUES ($1, '${team}', '${ada}')`],
    ['an agent has more room', () => `UPDATE agents SET capacity = 9 WHERE workspace_id = $1 AND id = '${ada}'`],
    ['a skill is learned', () => `INSERT INTO agent_skills VALUES ($1, '${ada}', 'law', 2)`],
    ['a skill grows', () => `UPDATE agent_skills SET level = 5 WHERE workspace_id = $1`],
    ['a skill is gone', () => `DELETE FROM agent_skills WHERE workspace_id = $1`],
    [
      'a queue is made',
      () =>
        `INSERT INTO routing_queues (workspace_id, id, team_id, name) VALUES ($1, gen_random_uuid(), '${team}', 'Q')`,
    ],
    ['a queue changes', () => `UPDATE routing_queues SET mode = 'pull' WHERE workspace_id = $1`],
    ['a queue is removed', () => `DELETE FROM routing_queues WHERE workspace_id = $1`],
    [
      'the workspace routes otherwise',
      () => `UPDATE workspaces SET settings = settings || '{"routing": {"lateShare": 0.1}}' WHERE id = $1`,
    ],
  ])('is another once %s', async (_, change) => {
    const before = await editionOf(world);
    await world.rows(`WITH changed AS (${change()} RETURNING 1) SELECT * FROM changed`);
    const after = await editionOf(world);
    expect(after).not.toBeNull();
    expect(after).not.toBe(before);
  });

  it('stays when other settings change and agents come and go, and behind the wall', async () => {
    const other = await seedWorkspace(nodes[0].database, 'other editions');
    const before = await editionOf(world);
    await world.presence(ada, 'online');
    await world.rows(`UPDATE workspaces SET settings = settings || '{"tickets": {}}' WHERE id = $1 RETURNING 1`);
    await other.agent('Ben');
    expect(await editionOf(world)).toBe(before);
    expect(await editionOf(other)).not.toBe(before);
    const seen = await nodes[0].database.lean({ workspaceId: other.id }, (tx) =>
      nodes[0].app.get(RosterRepository).edition(tx, world.id),
    );
    expect(seen).toBeNull();
  });
});

describe('deciding by what is kept', () => {
  const assign = (node: Node, world: World, team: string) => node.app.get(RoutingService).assignWaiting(world.id, team);

  it('goes by each change from the next decision on, on every node', async () => {
    const world = await seedWorkspace(nodes[0].database, 'changes');
    const team = await world.team('Support');
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 1, online: true });
    for (let i = 0; i < 6; i++) await world.ticket({ teamId: team });
    expect([await assign(nodes[0], world, team), await assign(nodes[1], world, team)]).toEqual([1, 0]);
    await world.rows(`UPDATE agents SET capacity = 2 WHERE workspace_id = $1 AND id = '${ada}' RETURNING 1`);
    expect([await assign(nodes[1], world, team), await assign(nodes[0], world, team)]).toEqual([1, 0]);
    await world.rows(
      `UPDATE agents SET capacity = 9, disabled_at = now() WHERE workspace_id = $1 AND id = '${ada}' RETURNING 1`,
    );
    expect([await assign(nodes[0], world, team), await assign(nodes[1], world, team)]).toEqual([0, 0]);
    await world.agent('Ben', { teamIds: [team], capacity: 1, online: true });
    expect([await assign(nodes[1], world, team), await assign(nodes[0], world, team)]).toEqual([1, 0]);
    await world.rows(`UPDATE teams SET assignment = 'pull' WHERE workspace_id = $1 AND id = '${team}' RETURNING 1`);
    await world.rows(`UPDATE agents SET capacity = 9 WHERE workspace_id = $1 RETURNING 1`);
    expect([await assign(nodes[0], world, team), await assign(nodes[1], world, team)]).toEqual([0, 0]);
  });

  it('forgets what a change that was rolled back would have made of it', async () => {
    const [node] = nodes;
    const world = await seedWorkspace(node.database, 'rolled back');
    const team = await world.team('Support');
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 1, online: true });
    await world.ticket({ teamId: team });
    await world.ticket({ teamId: team });
    const [rosters, books] = [node.app.get(RosterRepository), node.app.get(TeamBooks)];
    const undone = node.database.lean({ workspaceId: world.id }, async (tx) => {
      await tx.execute('UPDATE agents SET capacity = 2 WHERE workspace_id = $1 AND id = $2', [world.id, ada]);
      const roster = await books.roster(tx, world.id, team, await rosters.edition(tx, world.id));
      expect(roster.members.get(ada)?.capacity).toBe(2);
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    expect(await assign(node, world, team)).toBe(1);
    await world.rows(`UPDATE agents SET name = 'Ada L.' WHERE workspace_id = $1 AND id = '${ada}' RETURNING 1`);
    expect(await assign(node, world, team)).toBe(0);
  });

  it('keeps one workspace’s rules from another that asks about its team', async () => {
    const [node] = nodes;
    const [world, other] = [await seedWorkspace(node.database, 'mine'), await seedWorkspace(node.database, 'theirs')];
    const team = await world.team('Support');
    await world.agent('Ada', { teamIds: [team], online: true });
    const books = node.app.get(TeamBooks);
    const known = async (of: World) => {
      const edition = await editionOf(of);
      return node.database.lean({ workspaceId: of.id }, async (tx) => [
        (await books.rules(tx, of.id, team, edition)).assignment,
        (await books.roster(tx, of.id, team, edition)).members.size,
      ]);
    };
    expect([await known(world), await known(other), await known(world)]).toEqual([
      ['push', 1],
      [undefined, 0],
      ['push', 1],
    ]);
  });
});
