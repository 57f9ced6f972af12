import { uuidv7 } from '../../src/platform/ids';
import { RoutingService } from '../../src/routing/routing.service';
import { RoutingSweeper } from '../../src/routing/routing.sweeper';
import { cloneDatabase } from '../database';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';
import { until } from '../jobs-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;
interface QueueJson {
  id: string | null;
  teamId: string | null;
  name: string | null;
  mode: string;
  waiting: number;
  waitingSince: string | null;
  nobodyCan: object[];
}

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let node: Node;
let world: World;
let lea: string;

beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url, ROLE: 'all', DATABASE_POOL: 20 });
  world = await seedWorkspace(node.database, 'queues');
  lea = await world.agent('Lea', { role: 'lead' });
});
afterAll(async () => {
  await node.close();
  await clone.drop();
});

const inMinutes = (n: number) => new Date(Date.now() + n * 60_000);
const ticketRow = async (id: string) =>
  (
    await world.rows<{
      assignee_id: string | null;
      queue_id: string | null;
      lane: string;
      needs: object;
      vip: boolean;
      start_by: Date | null;
      handling_ms: number;
    }>(
      `SELECT assignee_id, queue_id, lane, needs, vip, start_by, handling_ms FROM tickets WHERE workspace_id = $1 AND id = '${id}'`,
    )
  )[0]!;
const queue = async (body: object) => {
  const made = await node.http(lea, 'POST', '/queues', body);
  expect(made.status).toBe(201);
  return (made.body as QueueJson).id!;
};
const queues = async (who = lea) => ((await node.http(who, 'GET', '/queues')).body as { items: QueueJson[] }).items;
/** Makes a ticket and tells of it as intake does: whole from the first moment it can be given to anybody. */
const opened = async (options: Parameters<World['ticket']>[0], change = '') => {
  const ticket = await world.ticket({ ...options, status: 'pending' });
  await world.rows(
    `UPDATE tickets SET status = 'new' ${change && `, ${change}`} WHERE workspace_id = $1 AND id = '${ticket.id}'`,
  );
  await world.tell(
    'ticket.opened',
    { number: ticket.number, position: 1, teamId: options?.teamId ?? null },
    { ticketId: ticket.id },
  );
  return ticket;
};
const skills = (agentId: string, levels: object) =>
  node.http(lea, 'PUT', `/agents/${agentId}/skills`, { skills: levels });

describe('queues', () => {
  it('take what their conditions say, by rank, and are looked at again when rules or tickets change', async () => {
    const team = await world.team('Sorting', 'pull');
    const refunds = await queue({ teamId: team, name: 'Refunds', rank: 1, conditions: { tags: ['refund'] } });
    const urgent = await queue({ teamId: team, name: 'Urgent', rank: 0, conditions: { priorities: ['urgent'] } });
    const plain = await opened({ teamId: team });
    const tagged = await opened({ teamId: team }, `tags = '{refund}'`);
    const both = await opened({ teamId: team, priority: 'urgent' }, `tags = '{refund}'`);
    await until('all are placed', async () => (await ticketRow(both.id)).queue_id === urgent);
    await until('the refund is placed', async () => (await ticketRow(tagged.id)).queue_id === refunds);
    expect((await ticketRow(plain.id)).queue_id).toBeNull();

    await node.http(lea, 'PUT', `/tickets/${plain.id}/priority`, { priority: 'urgent' });
    await until('it moved with its priority', async () => (await ticketRow(plain.id)).queue_id === urgent);
    const events = await world.events('ticket.queued');
    expect(events.filter((e) => e.ticket_id === plain.id).map((e) => e.data)).toEqual([
      { from: null, to: urgent, why: 'ticket_changed' },
    ]);

    await node.http(lea, 'PATCH', `/queues/${urgent}`, { conditions: { priorities: ['urgent'], tags: ['refund'] } });
    await until('rules changed', async () => (await ticketRow(plain.id)).queue_id === null);
    const ids = async (who: string, queueId: string) =>
      ((await node.http(who, 'GET', `/tickets?queueId=${queueId}`)).body as { items: { id: string }[] }).items.map(
        (ticket) => ticket.id,
      );
    expect(await ids(lea, urgent)).toEqual([both.id]);
    expect(await ids(await world.agent('Ada0', { teamIds: [team] }), refunds)).toEqual([tagged.id]);
    expect(await ids(await world.agent('Zoe0'), refunds)).toEqual([]); // not her team
    const states = (await queues()).filter((each) => each.teamId === team);
    expect(states.map(({ name, waiting, mode }) => [name, waiting, mode])).toEqual([
      ['Urgent', 1, 'pull'],
      ['Refunds', 1, 'pull'],
      [null, 1, 'pull'],
    ]);
    expect(states.every((each) => each.waitingSince !== null)).toBe(true);
    expect((await node.http(lea, 'DELETE', `/queues/${urgent}`)).status).toBe(204);
    await until('the next queue has it', async () => (await ticketRow(both.id)).queue_id === refunds);
  });

  it('are one of a name in a team, of this workspace only, and changed by those who may', async () => {
    const team = await world.team('Naming', 'pull');
    const other = await seedWorkspace(node.database, 'queues-elsewhere');
    const theirs = await other.team('Theirs');
    const id = await queue({ teamId: team, name: 'One' });
    expect((await node.http(lea, 'POST', '/queues', { teamId: team, name: 'One' })).status).toBe(409);
    expect((await node.http(lea, 'POST', '/queues', { teamId: theirs, name: 'X' })).status).toBe(404);
    const boss = await other.agent('Boss', { role: 'owner' });
    expect((await node.http(boss, 'PATCH', `/queues/${id}`, { name: 'Mine now' })).status).toBe(404);
    expect((await node.http(boss, 'DELETE', `/queues/${id}`)).status).toBe(404);
    expect((await queues(boss)).some((each) => each.id === id)).toBe(false);
    const ada = await world.agent('Ada1', { teamIds: [team] });
    expect((await node.http(ada, 'POST', '/queues', { teamId: team, name: 'Y' })).status).toBe(403);
    expect((await queues(ada)).map((each) => each.teamId)).toEqual([team, team, null]); // its teams and the lobby
    for (const [wrong, path] of [
      [{ needs: { 'a|b': 1 } }, 'needs.a|b'],
      [{ needs: { a: 9 } }, 'needs.a'],
      [{ acceptSeconds: 1 }, 'acceptSeconds'],
      [{ mode: 'shove' }, 'mode'],
    ] as const) {
      const answer = await node.http(lea, 'PATCH', `/queues/${id}`, wrong);
      expect(answer).toMatchObject({ status: 422, body: { error: { details: { fields: [{ path }] } } } });
    }
  });

  it('may push in a team that pulls', async () => {
    const team = await world.team('Mixed', 'pull');
    const pushed = await queue({ teamId: team, name: 'Pushed', mode: 'push', conditions: { tags: ['now'] } });
    const ada = await world.agent('Ada2', { teamIds: [team], online: true });
    const rest = await opened({ teamId: team });
    const now = await opened({ teamId: team }, `tags = '{now}'`);
    await until('it is given', async () => (await ticketRow(now.id)).assignee_id === ada);
    expect((await ticketRow(now.id)).queue_id).toBe(pushed);
    expect((await ticketRow(rest.id)).assignee_id).toBeNull();
  });

  it('put customers of the tiers that matter first', async () => {
    const team = await world.team('VIPs', 'pull');
    const plain = await opened({ teamId: team });
    await until('nothing to place', async () => (await ticketRow(plain.id)).vip === false);
    await node.http(lea, 'PUT', '/routing/settings', { vipTiers: ['gold'] });
    await world.rows(`UPDATE contacts SET tier = 'gold' WHERE workspace_id = $1`);
    await world.tell('contact.changed', { fields: ['tier'] }, { contactId: world.contactId } as never);
    await until('it is a VIP', async () => (await ticketRow(plain.id)).vip);
    await world.rows(`UPDATE contacts SET tier = NULL WHERE workspace_id = $1`);
    await world.tell('contact.changed', { fields: ['tier'] }, { contactId: world.contactId } as never);
    await until('no more', async () => !(await ticketRow(plain.id)).vip);
  });
});

describe('skills', () => {
  it('are kept, checked, and another workspace’s agent has none', async () => {
    const ada = await world.agent('Ada3');
    expect((await skills(ada, { 'lang:fa': 5, refunds: 2 })).body).toEqual({ skills: { 'lang:fa': 5, refunds: 2 } });
    expect((await skills(ada, { 'lang:fa': 4 })).body).toEqual({ skills: { 'lang:fa': 4 } });
    expect((await node.http(ada, 'GET', `/agents/${ada}/skills`)).body).toEqual({ skills: { 'lang:fa': 4 } });
    expect((await skills(ada, { 'lang:fa': 6 })).status).toBe(422);
    const other = await seedWorkspace(node.database, 'skills-elsewhere');
    const eve = await other.agent('Eve', { role: 'owner' });
    expect((await skills(eve, { a: 1 })).status).toBe(404);
    expect((await node.http(eve, 'GET', `/agents/${ada}/skills`)).status).toBe(404);
    expect((await node.http(ada, 'PUT', `/agents/${ada}/skills`, { skills: {} })).status).toBe(403);
  });

  it('a language is asked for once anybody has one; what nobody speaks falls back after a while', async () => {
    const team = await world.team('Languages');
    const [fa, en] = [
      await world.agent('Fa', { teamIds: [team], capacity: 2, online: true }),
      await world.agent('En', { teamIds: [team], capacity: 9, online: true }),
    ];
    await skills(fa, { 'lang:fa': 5 });
    await skills(en, { 'lang:en': 4 });
    const one = await opened({ teamId: team, dueAt: inMinutes(60) }, `language = 'fa'`);
    const two = await opened({ teamId: team, dueAt: inMinutes(60) }, `language = 'fa'`);
    const three = await opened({ teamId: team, dueAt: inMinutes(60) }, `language = 'fa'`);
    const four = await opened({ teamId: team, dueAt: inMinutes(90) }, `language = 'en'`);
    await until('English goes to En', async () => (await ticketRow(four.id)).assignee_id === en);
    const held = async () => Promise.all([one, two, three].map(async ({ id }) => (await ticketRow(id)).assignee_id));
    await until('Fa has two', async () => (await held()).filter((who) => who === fa).length === 2);
    expect((await held()).filter((who) => who === null)).toHaveLength(1); // waits for Fa although En has room
    await world.rows(
      `UPDATE tickets SET waiting_since = now() - interval '11 minutes' WHERE workspace_id = $1 AND team_id = '${team}' AND assignee_id IS NULL`,
    );
    await node.app.get(RoutingSweeper).sweep();
    await until('somebody answers', async () => (await held()).filter((who) => who === en).length === 1);
  });

  it('work nobody can do blocks nobody, is told to the leads once, and shows', async () => {
    const team = await world.team('Stranded');
    const rare = await queue({ teamId: team, name: 'Legal', conditions: { tags: ['legal'] }, needs: { law: 3 } });
    const legal = await Promise.all(
      Array.from({ length: 70 }, () => opened({ teamId: team, dueAt: inMinutes(20) }, `tags = '{legal}'`)),
    );
    await until('all are placed', async () => {
      const [row] = await world.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM tickets WHERE workspace_id = $1 AND queue_id = '${rare}'`,
      );
      return row!.n === 70;
    });
    const ada = await world.agent('Ada4', { teamIds: [team], online: true });
    await skills(ada, { law: 2 });
    const plain = await opened({ teamId: team, dueAt: inMinutes(90) });
    await until('the plain one is given', async () => (await ticketRow(plain.id)).assignee_id === ada);
    await node.app.get(RoutingSweeper).lookForStranded();
    await node.app.get(RoutingSweeper).lookForStranded();
    const told = await world.rows<{ agent_id: string; data: object }>(
      `SELECT agent_id, data FROM notifications WHERE workspace_id = $1 AND kind = 'queue.no_one_can' AND agent_id = '${lea}' AND data #>> '{team,id}' = '${team}'`,
    );
    expect(told).toEqual([
      { agent_id: lea, data: { team: { id: team, name: 'Stranded' }, queueId: rare, needs: { law: 3 } } },
    ]);
    expect((await queues()).find((each) => each.id === rare)).toMatchObject({ waiting: 70, nobodyCan: [{ law: 3 }] });
    await skills(ada, { law: 3 });
    const hers = async () => {
      const rows = await Promise.all(legal.map(({ id }) => ticketRow(id)));
      return rows.filter((row) => row.assignee_id === ada).length;
    };
    await until('now somebody can', async () => (await hers()) === 4); // beside the plain one
    expect((await queues()).find((each) => each.id === rare)).toMatchObject({ nobodyCan: [] });
  });
});

describe('weights', () => {
  it('a comment costs half a conversation; a call needs empty hands and fills them', async () => {
    const team = await world.team('Weights');
    const ada = await world.agent('Ada5', { teamIds: [team], capacity: 5, online: true });
    const comments = await Promise.all(
      Array.from({ length: 12 }, (_, i) => world.ticket({ teamId: team, kind: 'comment', dueAt: inMinutes(30 + i) })),
    );
    expect(await node.app.get(RoutingService).assignWaiting(world.id, team)).toBe(10);
    const call = await world.ticket({ teamId: team, dueAt: inMinutes(20) });
    await world.rows(
      `UPDATE tickets SET work_type = 'call', lane = '|call' WHERE workspace_id = $1 AND id = '${call.id}'`,
    );
    expect(await node.app.get(RoutingService).assignWaiting(world.id, team)).toBe(0);
    expect(await node.http(ada, 'POST', `/tickets/${call.id}/claim`)).toMatchObject({
      status: 409,
      body: { error: { code: 'capacity_full', details: { capacity: 5, load: 5 } } },
    });
    await world.rows(
      `UPDATE tickets SET status = 'solved', solved_at = now() WHERE workspace_id = $1 AND team_id = '${team}' AND kind = 'comment'`,
    );
    expect(await node.app.get(RoutingService).assignWaiting(world.id, team)).toBe(1);
    expect((await ticketRow(call.id)).assignee_id).toBe(ada);
    const after = await world.ticket({ teamId: team, kind: 'comment' });
    expect(await node.app.get(RoutingService).assignWaiting(world.id, team)).toBe(0);
    expect((await node.http(ada, 'POST', `/tickets/${after.id}/claim`)).status).toBe(409);
    expect(comments).toHaveLength(12);
  });

  it('are the workspace’s to set, one by one', async () => {
    const settings = await node.http(lea, 'PUT', '/routing/settings', {
      weights: { comment: 0.25 },
      autoAwayMinutes: null,
    });
    expect(settings).toMatchObject({
      status: 200,
      body: { weights: { comment: 0.25, dm: 1, letter: 1, call: 'all' }, autoAwayMinutes: null, knownDays: 90 },
    });
    expect((await node.http(lea, 'GET', '/routing/settings')).body).toEqual(settings.body);
    await node.http(lea, 'PUT', '/routing/settings', { weights: { comment: 0.5 } });
    expect(await node.http(lea, 'PUT', '/routing/settings', { weights: { comment: 0 } })).toMatchObject({
      status: 422,
      body: { error: { details: { fields: [{ path: 'weights.comment' }] } } },
    });
    const ada = await world.agent('Ada6');
    expect((await node.http(ada, 'PUT', '/routing/settings', { lateShare: 0 })).status).toBe(403);
  });
});

describe('what is learned', () => {
  it('answers teach how long work of a queue takes, and new work is begun by that', async () => {
    const team = await world.team('Learning', 'pull');
    const ada = await world.agent('Ada7', { teamIds: [team], capacity: 50 });
    for (let i = 0; i < 12; i++) {
      const ticket = await world.ticket({ teamId: team, assigneeId: ada });
      await world.rows(
        `UPDATE tickets SET assigned_at = now() - interval '3 hours' WHERE workspace_id = $1 AND id = '${ticket.id}'`,
      );
      await world.message(ticket, 'customer', { network: -20 });
      await world.message(ticket, { agentId: ada }, { network: 0 });
    }
    const figure = () =>
      world.rows<{ handling_ms: number; samples: number }>(
        `SELECT handling_ms, samples FROM routing_handling WHERE workspace_id = $1 AND place_id = '${team}'`,
      );
    await until('twelve answers are learned from', async () => (await figure())[0]?.samples === 12);
    const handlingMs = (await figure())[0]!.handling_ms;
    expect(handlingMs / 60_000).toBeGreaterThan(10);
    expect(handlingMs / 60_000).toBeLessThan(20);
    const fresh = await opened({ teamId: team, dueAt: inMinutes(100) });
    await until('it is begun by that', async () => (await ticketRow(fresh.id)).handling_ms === handlingMs);
    await world.message(fresh, 'customer');
    const begin = `SELECT start_by = due_at - handling_ms * interval '1 ms' AS fits FROM tickets WHERE workspace_id = $1 AND id = '${fresh.id}'`;
    await until('its clock says when to begin', async () => (await world.rows<{ fits: boolean }>(begin))[0]!.fits);
  });

  it('work that waits already is begun by what was learned, wherever it waits, once the figure has moved', async () => {
    const team = await world.team('Relearning', 'pull');
    const ada = await world.agent('Ada7b', { teamIds: [team], capacity: 50 });
    const waiting = await Promise.all(
      Array.from({ length: 620 }, (_, i) => world.ticket({ teamId: team, dueAt: inMinutes(60 + i) })),
    );
    const elsewhere = await world.ticket({ teamId: await world.team('Elsewhere', 'pull'), dueAt: inMinutes(60) });
    const comment = await world.ticket({ teamId: team, kind: 'comment', dueAt: inMinutes(60) });
    await world.rows(`UPDATE tickets SET lane = '|comment' WHERE workspace_id = $1 AND id = '${comment.id}'`);
    for (let i = 0; i < 12; i++) {
      const ticket = await world.ticket({ teamId: team, assigneeId: ada });
      await world.rows(
        `UPDATE tickets SET assigned_at = now() - interval '3 hours' WHERE workspace_id = $1 AND id = '${ticket.id}'`,
      );
      await world.message(ticket, 'customer', { network: -20 });
      await world.message(ticket, { agentId: ada }, { network: 0 });
    }
    const [figure, written] = [
      () =>
        world.rows<{ handling_ms: number }>(
          `SELECT handling_ms FROM routing_handling WHERE workspace_id = $1 AND place_id = '${team}' AND samples = 12`,
        ),
      (ms: number) =>
        world.rows<{ n: number }>(
          `SELECT count(*)::int AS n FROM tickets WHERE workspace_id = $1 AND team_id = '${team}' AND assignee_id IS NULL
             AND kind = 'dm' AND abs(handling_ms - ${ms}) < ${ms} * 0.25 AND start_by = due_at - handling_ms * interval '1 ms'`,
        ),
    ];
    await until('twelve answers are learned from', async () => (await figure()).length === 1);
    const { handling_ms: ms } = (await figure())[0]!;
    await until('all that waits is written', async () => (await written(ms))[0]!.n === waiting.length, 30_000);
    expect((await ticketRow(elsewhere.id)).handling_ms).toBe(300_000);
    expect((await ticketRow(comment.id)).handling_ms).toBe(300_000);
  });

  it('an answer heard of twice is counted once', async () => {
    const rows = await world.rows<{ n: number; keys: number }>(
      `SELECT count(*)::int AS n, count(DISTINCT (position, agent_id, ticket_id))::int AS keys FROM routing_log
       WHERE workspace_id = $1 AND what = 'answered'`,
    );
    expect(rows[0]!.n).toBeGreaterThanOrEqual(12);
    expect(rows[0]!.n).toBe(rows[0]!.keys);
  });
});

describe('continuity', () => {
  it('goes to who answered the customer last while there is time, and to anybody when there is not', async () => {
    const team = await world.team('Known');
    const ada = await world.agent('Ada8', { teamIds: [team], capacity: 1, online: true });
    const ben = await world.agent('Ben8', { teamIds: [team], capacity: 5, online: true });
    const contact = uuidv7();
    await world.rows(`INSERT INTO contacts (workspace_id, id, name) VALUES ($1, '${contact}', 'Mina') RETURNING id`);
    const theirs = async (minutes: number) => {
      const ticket = await world.ticket({ teamId: team, dueAt: inMinutes(minutes) });
      await world.rows(`UPDATE tickets SET contact_id = '${contact}' WHERE workspace_id = $1 AND id = '${ticket.id}'`);
      return ticket;
    };
    const old = await theirs(0);
    await world.rows(
      `UPDATE tickets SET status = 'solved', solved_at = now(), assignee_id = '${ada}', first_responded_at = now()
       WHERE workspace_id = $1 AND id = '${old.id}'`,
    );
    const router = node.app.get(RoutingService);
    const one = await theirs(120);
    await router.assignWaiting(world.id, team);
    expect((await ticketRow(one.id)).assignee_id).toBe(ada); // though Ben is freer or as free
    const two = await theirs(120);
    await router.assignWaiting(world.id, team);
    expect((await ticketRow(two.id)).assignee_id).toBeNull(); // Ada is full; there is time to wait for her
    await world.rows(
      `UPDATE tickets SET due_at = now() + interval '8 minutes', start_by = now() + interval '3 minutes' WHERE workspace_id = $1 AND id = '${two.id}'`,
    );
    await router.assignWaiting(world.id, team);
    expect((await ticketRow(two.id)).assignee_id).toBe(ben);
    const why = ((await node.http(lea, 'GET', `/tickets/${one.id}/assignments`)).body as { items: object[] }).items;
    expect(why).toMatchObject([
      { what: 'assigned', how: 'push', agent: { id: ada, name: 'Ada8' }, why: { rule: 'knows_customer' } },
    ]);
  });
});
