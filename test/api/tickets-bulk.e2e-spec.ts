import { TicketBulkRepository } from '../../src/inbox/tickets/ticket-bulk.repository';
import { uuidv7 } from '../../src/platform/ids';
import { cloneDatabase } from '../database';
import { eventually } from '../harness';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;
interface BatchJson {
  id: string;
  total: number;
  done: number;
  failed: { ticketId: string; number: number; code: string; reason: string }[];
  finishedAt: string | null;
}

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let node: Node;
let harbour: World;
let reef: World;
let support: string;
let ada: string;
let ben: string;
let lea: string;

beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url, ROLE: 'all' });
  harbour = await seedWorkspace(node.database, 'harbour');
  reef = await seedWorkspace(node.database, 'reef');
  support = await harbour.team('Support', 'pull');
  ada = await harbour.agent('Ada', { teamIds: [support] });
  ben = await harbour.agent('Ben', { teamIds: [support], capacity: 3 });
  lea = await harbour.agent('Lea', { role: 'lead' });
});

afterAll(async () => {
  await node.close();
  await clone.drop();
});

const tickets = (count: number, over: Parameters<World['ticket']>[0] = {}) =>
  Promise.all(Array.from({ length: count }, () => harbour.ticket({ teamId: support, status: 'open', ...over })));
const start = async (body: object, who = ada) =>
  (await node.http(who, 'POST', '/tickets/bulk', body)) as { status: number; body: { batchId: string } };
const batch = async (id: string, who = ada) =>
  (await node.http(who, 'GET', `/tickets/bulk/${id}`)) as { status: number; body: BatchJson };
const finished = async (id: string) =>
  eventually(async () => {
    const { body } = await batch(id);
    return body.finishedAt ? body : undefined;
  }, 30_000);
const ids = (of: { id: string }[]) => of.map((t) => t.id);
const code = (answer: { status: number; body: unknown }) =>
  `${answer.status} ${(answer.body as { error: { code: string } }).error.code}`;

it('changes each ticket once and tells how far it is', async () => {
  const all = await tickets(60);
  const started = await start({
    ticketIds: [...ids(all), all[0]!.id],
    action: { priority: 'high', addTags: ['storm'], status: 'pending' },
  });
  expect(started.status).toBe(202);
  expect(await finished(started.body.batchId)).toMatchObject({ total: 60, done: 60, failed: [] });
  const changed = await harbour.rows<{ n: number }>(
    `SELECT count(*)::int AS n FROM tickets WHERE workspace_id = $1 AND priority = 'high' AND status = 'pending' AND tags = '{storm}'`,
  );
  expect(changed[0]!.n).toBe(60);
  const events = await harbour.events('ticket.priority_changed');
  expect(new Set(events.map((e) => e.ticket_id)).size).toBe(60);
  expect(events).toHaveLength(60);
  const progress = (await harbour.events('ticket.bulk_progress')).map((e) => e.data);
  expect(progress.at(-1)).toEqual({ batchId: started.body.batchId, action: 'several', total: 60, done: 60, failed: 0 });
  expect(progress.length).toBeGreaterThan(1);
});

it('goes on where it stood when a run is cut off, and does nothing twice', async () => {
  const all = await tickets(60);
  const repository = node.app.get(TicketBulkRepository);
  const settle = repository.settle.bind(repository);
  let slices = 0;
  repository.settle = (...args) => {
    slices += 1;
    return slices === 2 ? Promise.reject(new Error('the process died here')) : settle(...args);
  };
  const started = await start({ ticketIds: ids(all), action: { priority: 'urgent' } });
  expect(await finished(started.body.batchId)).toMatchObject({ done: 60, failed: [] });
  repository.settle = settle;
  const events = (await harbour.events('ticket.priority_changed')).filter((e) => ids(all).includes(e.ticket_id));
  expect(events).toHaveLength(60);
  expect(slices).toBeGreaterThan(3);
});

it('lists what could not be done, with the reason, and leaves nothing half done', async () => {
  const [closed, ...rest] = [...(await tickets(1, { status: 'closed' })), ...(await tickets(4))];
  const solving = await start({
    ticketIds: [closed!.id, ...ids(rest)],
    action: { priority: 'low', status: 'solved' },
  });
  const done = await finished(solving.body.batchId);
  expect(done).toMatchObject({
    total: 5,
    done: 4,
    failed: [{ ticketId: closed!.id, number: closed!.number, code: 'invalid_transition' }],
  });
  const [row] = await harbour.rows<{ priority: string }>(
    `SELECT priority FROM tickets WHERE workspace_id = $1 AND id = '${closed!.id}'`,
  );
  expect(row!.priority).toBe('normal');
});

it('fills an agent up to their capacity and no further, unless a lead forces it', async () => {
  const all = await tickets(6);
  const given = await start({ ticketIds: ids(all), action: { assigneeId: ben } });
  const done = await finished(given.body.batchId);
  expect(done.done).toBe(3);
  expect(done.failed.map((f) => f.code)).toEqual(['capacity_full', 'capacity_full', 'capacity_full']);
  expect(code(await start({ ticketIds: ids(all), action: { assigneeId: ben, force: true } }))).toBe('403 forbidden');
  const forced = await start({ ticketIds: ids(all), action: { assigneeId: ben, force: true } }, lea);
  await eventually(async () => (await batch(forced.body.batchId, lea)).body.done === 6);
});

it('takes a filter as a list would, and every other change', async () => {
  const all = await tickets(3);
  await finished((await start({ ticketIds: ids(all), action: { addTags: ['Filter Me'] } })).body.batchId);
  const snoozed = await start({ filter: { tag: 'filter me' }, action: { snooze: { workingDay: 1, on: ['crm'] } } });
  expect(await finished(snoozed.body.batchId)).toMatchObject({ total: 3, done: 3 });
  const dismissed = await start({ filter: { view: 'snoozed', tag: 'filter me' }, action: { noAnswerNeeded: 'noise' } });
  expect(await finished(dismissed.body.batchId)).toMatchObject({ total: 3, done: 3 });
  const ended = await harbour.rows<{ resolution: string; wake_on: string[] }>(
    `SELECT resolution, wake_on FROM tickets WHERE workspace_id = $1 AND tags @> '{filter me}'`,
  );
  expect(ended).toEqual(Array.from({ length: 3 }, () => ({ resolution: 'no_answer_needed', wake_on: [] })));
  const none = await start({ filter: { tag: 'never used' }, action: { status: 'solved' } });
  expect((await batch(none.body.batchId)).body).toMatchObject({ total: 0, finishedAt: expect.any(String) });
});

it('solves an incident with all that belongs to it', async () => {
  const [incident, ...children] = await tickets(4);
  for (const child of children) await node.http(ada, 'PUT', `/tickets/${child.id}/parent`, { parentId: incident!.id });
  const body = { status: 'solved', withChildren: true, reason: 'The line works again' };
  expect((await node.http(ada, 'PUT', `/tickets/${incident!.id}/status`, body)).status).toBe(200);
  await eventually(async () => {
    const [row] = await harbour.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM tickets WHERE workspace_id = $1 AND parent_id = '${incident!.id}' AND status = 'solved'`,
    );
    return row!.n === 3;
  });
  const pending = { status: 'pending', withChildren: true };
  expect(code(await node.http(ada, 'PUT', `/tickets/${incident!.id}/status`, pending))).toBe('422 validation_failed');
});

it('refuses what is vague, and ids that are not the caller’s to know', async () => {
  const [mine] = await tickets(1);
  const theirs = await reef.ticket();
  const hidden = await harbour.ticket({ teamId: await harbour.team('Hidden') });
  const ria = await reef.agent('Ria', { role: 'owner' });
  const action = { status: 'solved' };
  for (const id of [theirs.id, hidden.id, uuidv7()])
    expect(code(await start({ ticketIds: [mine!.id, id], action }))).toBe('404 not_found');
  for (const body of [
    { action },
    { ticketIds: [mine!.id], filter: {}, action },
    { ticketIds: [mine!.id], action: {} },
    { ticketIds: [mine!.id], action: { status: 'solved', noAnswerNeeded: 'spam' } },
    { ticketIds: [mine!.id], action: { priority: 'huge' } },
  ])
    expect(code(await start(body))).toBe('422 validation_failed');
  const { batchId } = (await start({ ticketIds: [mine!.id], action })).body;
  expect(code(await batch(batchId, ria))).toBe('404 not_found');
  expect(code(await batch(batchId, ben))).toBe('404 not_found');
  expect((await batch(batchId, lea)).status).toBe(200);
});
