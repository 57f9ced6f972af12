import { QueueHoursSweeper } from '../../src/routing/queue-hours.sweeper';
import { RoutingService } from '../../src/routing/routing.service';
import { cloneDatabase } from '../database';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';
import { until } from '../jobs-node';
import type { ClockJson } from '../sla-node';

type Node = Awaited<ReturnType<typeof startInboxNode>>;
interface QueueJson {
  id: string;
  open: boolean;
  turnsAt: string | null;
  calendarId: string | null;
  overflowQueueId: string | null;
}
interface CalendarJson {
  id: string;
  version: number;
}

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let node: Node;
let world: World;
let lea: string;

beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url, ROLE: 'all', DATABASE_POOL: 20 });
  world = await seedWorkspace(node.database, 'queue-hours');
  lea = await world.agent('Lea', { role: 'admin' });
});
afterAll(async () => {
  await node.close();
  await clone.drop();
});

const ALWAYS = Object.fromEntries(
  ['sat', 'sun', 'mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [{ from: 0, to: 1_440 }]]),
);
let made = 0;
const calendar = async (hours: object) => {
  const answer = await node.http(lea, 'POST', '/calendars', {
    name: `Hours ${++made}`,
    timeZone: 'Asia/Tehran',
    hours,
  });
  expect(answer.status).toBe(201);
  return answer.body as CalendarJson;
};
const queue = async (body: object) => {
  const answer = await node.http(lea, 'POST', '/queues', body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as QueueJson;
};
const queueOf = async (id: string) =>
  ((await node.http(lea, 'GET', '/queues')).body as { items: QueueJson[] }).items.find((one) => one.id === id)!;
const rowOf = async (id: string) =>
  (
    await world.rows<{ assignee_id: string | null; queue_id: string | null }>(
      `SELECT assignee_id, queue_id FROM tickets WHERE workspace_id = $1 AND id = '${id}'`,
    )
  )[0]!;
const opened = async (teamId: string) => {
  const ticket = await world.ticket({ teamId, status: 'new' });
  await world.tell(
    'ticket.opened',
    { number: ticket.number, position: 1, teamId },
    { ticketId: ticket.id, conversationId: ticket.conversationId },
    { kind: 'contact' },
  );
  return ticket;
};
const opens = ({ id, version }: CalendarJson, hours: object) =>
  node.http(lea, 'PATCH', `/calendars/${id}`, { version, hours });
const inQueue = (ticketId: string, queueId: string) =>
  until(`it waits in ${queueId}`, async () => (await rowOf(ticketId)).queue_id === queueId);

describe('a queue that is closed', () => {
  it('gives out nothing by push or next, and lets people claim; when it opens, work goes out', async () => {
    const team = await world.team('Shut');
    const ada = await world.agent('Ada', { teamIds: [team], capacity: 2, online: true });
    const never = await calendar({});
    const shut = await queue({ teamId: team, name: 'Shut', calendarId: never.id });
    expect(shut).toMatchObject({ open: false, turnsAt: null, calendarId: never.id });
    const [waits, claimed] = [await opened(team), await opened(team)];
    await inQueue(waits.id, shut.id);
    await inQueue(claimed.id, shut.id);
    expect(await node.app.get(RoutingService).assignWaiting(world.id, team)).toBe(0);
    expect(await node.http(ada, 'POST', '/tickets/next')).toMatchObject({ status: 200, body: null });
    expect((await node.http(ada, 'POST', `/tickets/${claimed.id}/claim`)).status).toBe(200);
    expect((await rowOf(waits.id)).assignee_id).toBeNull();

    expect((await opens(never, ALWAYS)).status).toBe(200);
    await until('it is given out', async () => (await rowOf(waits.id)).assignee_id === ada);
    expect(await queueOf(shut.id)).toMatchObject({ open: true });
  });

  it('overflows where it says so, says why, and has its work back when it opens', async () => {
    const team = await world.team('Day', 'pull');
    const hours = await calendar({});
    const night = await queue({ teamId: team, name: 'Night', rank: 9, conditions: { tags: ['never'] } });
    const day = await queue({ teamId: team, name: 'Day', calendarId: hours.id, overflowQueueId: night.id });
    const ticket = await opened(team);
    await inQueue(ticket.id, night.id);
    await opens(hours, ALWAYS);
    await inQueue(ticket.id, day.id);
    const { items } = (await node.http(lea, 'GET', `/tickets/${ticket.id}/assignments`)).body as {
      items: { what: string; why: { reason: string; queueId: string } }[];
    };
    expect(items.filter(({ what }) => what === 'queued').at(-1)).toMatchObject({
      why: { reason: 'hours_changed', queueId: day.id, fromQueueId: night.id },
    });
  });

  it('turns once at its instant, whoever sweeps and however often, also when everybody slept through it', async () => {
    const team = await world.team('Turning', 'pull');
    const always = await calendar(ALWAYS);
    const turning = await queue({ teamId: team, name: 'Turning', calendarId: always.id });
    expect(turning).toMatchObject({ open: true });
    await world.rows(
      `UPDATE routing_queues SET open = false, turns_at = now() - interval '3 days' WHERE workspace_id = $1 AND id = '${turning.id}'`,
    );
    const sweeper = node.app.get(QueueHoursSweeper);
    await Promise.all([sweeper.sweep(), sweeper.sweep(), sweeper.sweep()]);
    expect(await queueOf(turning.id)).toMatchObject({ open: true });
    const due = await world.rows(
      `SELECT 1 FROM routing_queues WHERE workspace_id = $1 AND id = '${turning.id}' AND turns_at <= now()`,
    );
    expect(due).toEqual([]);
  });

  it('keeps its settings together: calendars and queues that are not there, of another team or workspace, are refused', async () => {
    const [team, elsewhere] = [await world.team('Own', 'pull'), await world.team('Other', 'pull')];
    const reef = await seedWorkspace(node.database, 'queue-hours-reef');
    const boss = await reef.agent('Boss', { role: 'admin' });
    const foreign = (await node.http(boss, 'POST', '/calendars', { name: 'Reef' })).body as CalendarJson;
    const own = await queue({ teamId: team, name: 'Own' });
    const other = await queue({ teamId: elsewhere, name: 'Other' });
    const change = (body: object) => node.http(lea, 'PATCH', `/queues/${own.id}`, body);
    expect((await change({ calendarId: foreign.id })).status).toBe(404);
    for (const overflowQueueId of [own.id, other.id])
      expect(await change({ overflowQueueId })).toMatchObject({
        status: 422,
        body: { error: { details: { fields: [{ path: 'overflowQueueId' }] } } },
      });
    const hours = await calendar({});
    expect(await change({ calendarId: hours.id })).toMatchObject({ status: 200, body: { open: false } });
    expect(await node.http(lea, 'DELETE', `/calendars/${hours.id}`)).toMatchObject({
      status: 409,
      body: { error: { details: { usedBy: 'routing_queues' } } },
    });
    expect(await change({ calendarId: null })).toMatchObject({ status: 200, body: { open: true, turnsAt: null } });
    expect((await node.http(lea, 'DELETE', `/calendars/${hours.id}`)).status).toBe(204);
  });
});

describe('clocks by the hours of queues', () => {
  it('count by the queue a ticket waits in, and by the policy’s calendar where it has none', async () => {
    const team = await world.team('Clocked', 'pull');
    const hours = await calendar({ sat: [{ from: 540, to: 1_020 }] });
    const day = await queue({ teamId: team, name: 'Clocked', calendarId: hours.id });
    const policy = await node.http(lea, 'POST', '/sla-policies', {
      name: 'By queue',
      rank: 1,
      conditions: { teamIds: [team] },
      hours: 'queue',
      firstResponseMs: { urgent: null, high: null, normal: 3_600_000, low: null },
      nextResponseMs: { urgent: null, high: null, normal: 3_600_000, low: null },
    });
    expect(policy).toMatchObject({ status: 201, body: { hours: 'queue' } });
    const ticket = await opened(team);
    await world.message(ticket, 'customer');
    await inQueue(ticket.id, day.id);
    const clocks = async () =>
      ((await node.http(lea, 'GET', `/tickets/${ticket.id}/sla`)).body as { clocks: ClockJson[] }).clocks;
    const isSaturday = (at: string) =>
      new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'Asia/Tehran' }).format(new Date(at)) === 'Sat';
    await until('its clock counts by the queue', async () => {
      const [first] = await clocks();
      const [row] = await world.rows<{ calendar_id: string | null }>(
        `SELECT calendar_id FROM sla_clocks WHERE workspace_id = $1 AND ticket_id = '${ticket.id}'`,
      );
      return first !== undefined && row?.calendar_id === hours.id && isSaturday(first.dueAt);
    });
  });
});
