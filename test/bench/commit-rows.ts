import { PullService } from '../../src/routing/pull.service';
import { RoutingService } from '../../src/routing/routing.service';
import { type Side, timed, two } from './inside';
import { cpuOfTree, median } from './machine';
import type { BenchSize, Row } from './rows';

const WARM_UPS = 7; // a statement is planned for its values five times before one plan is kept

/** All agents are full; then one of them finishes something. */
export async function commitRows(
  { app, client, hoard: of }: Side,
  rounds: number,
  say: BenchSize['say'],
): Promise<Row[]> {
  if (of.deskId === null) return [];
  const { workspaceId, deskId, agentIds } = of;
  await client.query(
    `INSERT INTO agent_presence (workspace_id, agent_id, state, expires_at, active_at)
     SELECT $1, id, 'online', now() + interval '1 day', now() FROM unnest($2::uuid[]) AS u(id)
     ON CONFLICT (workspace_id, agent_id) DO UPDATE SET state = 'online', expires_at = excluded.expires_at`,
    [workspaceId, agentIds],
  );
  const { rows } = await client.query<{ waiting: number }>(
    `SELECT count(*)::int AS waiting FROM tickets WHERE workspace_id = $1 AND team_id = $2 AND assignee_id IS NULL
       AND offered_to IS NULL AND status IN ('new', 'open')`,
    [workspaceId, deskId],
  );
  const finish = async (agent: string) => {
    await client.query(
      `UPDATE tickets SET status = 'solved', solved_at = now() WHERE workspace_id = $1 AND id = (
         SELECT id FROM tickets WHERE workspace_id = $1 AND assignee_id = $2 AND status IN ('new', 'open')
         ORDER BY coalesce(work_type, kind) = 'comment' LIMIT 1)`, // a comment is half a conversation: it would leave too little room
      [workspaceId, agent],
    );
  };
  const row = (what: string, ms: number, times: number[]): Row => {
    say(`${what}: ${two(ms)} ms, ${rows[0]!.waiting} waiting`);
    return {
      what: `${what}, ${rows[0]!.waiting} waiting x ${agentIds.length} agents`,
      unit: 'ms',
      aim: '<= 20',
      product: two(ms),
      floor: null,
      met: ms <= 20,
      rounds: times.map((time) => [time, null]),
    };
  };
  /** Each after somebody finished something: the median, and what it costs app and database together. */
  const measure = async (what: string, work: (agent: number) => Promise<boolean>): Promise<Row[]> => {
    const times: number[] = [];
    let cpuBefore = 0;
    for (let i = 0; i < rounds * 10 + WARM_UPS; i++) {
      const agent = (i * 37) % agentIds.length;
      await finish(agentIds[agent]!);
      if (i === WARM_UPS) cpuBefore = cpuOfTree(process.pid);
      let done = false;
      const ms = await timed(async () => (done = await work(agent)));
      if (!done) throw new Error(`${what}: nothing was given to whoever had become free.`);
      if (i >= WARM_UPS) times.push(ms);
    }
    const cpuMs = (cpuOfTree(process.pid) - cpuBefore) / times.length;
    return [row(what, median(times), times), row(`CPU of ${what}`, cpuMs, [])];
  };
  const routing = app.get(RoutingService);
  await routing.assignWaiting(workspaceId, deskId); // fills whoever is not full
  return [
    ...(await measure(
      'a decision with the commit',
      async () => (await routing.assignWaiting(workspaceId, deskId)) > 0,
    )),
    ...(await measure('an agent taking the next', async (agent) => {
      const asAgent = of.principal('agent', agent);
      const who = { ...asAgent, teamIds: [...asAgent.teamIds, deskId] };
      return (await app.get(PullService).next(who)) !== null;
    })),
  ];
}
