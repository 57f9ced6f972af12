import { join } from 'node:path';
import { shuffled } from '../simulators/meta/faults';
import { sleep } from '../support/post-bytes';
import { givenOnce, replayAssignments } from './assignments';
import { type Desk, openDesk, untilCount, WAITING, write } from './desk';
import type { Scenario, ScenarioContext } from './scenario';
import { toldOnce } from './sla-race';
import { World } from './world';

const PRELOAD = join(__dirname, 'crash-at.js');
const TICKETS = 3;
const STEPS_AT_MOST = 60;
const RECOVERS_MS = 90_000; // a job's lease runs out before another may have it

/** A way of the product that is cut at each of its steps. */
interface Way {
  name: string;
  /** Statement, and its first parameter, after which steps are counted. */
  from: string;
  /** Sets it going; the node may die at any moment. */
  start: (world: World, desk: Desk, n: number) => Promise<unknown>;
  /** Whether it is done; asked of the database. */
  done: { sql: string; params: (desk: Desk) => unknown[]; rows: number };
}

const UNTOLD = `SELECT count(*)::int AS n FROM sla_clocks
  WHERE met_at IS NULL AND cancelled_at IS NULL AND breach_told_at IS NULL AND due_at <= now()`;

const WAYS: readonly Way[] = [
  {
    name: 'tickets are given to agents',
    from: 'routing_lock_team:',
    start: (world, _desk, n) => write(world, TICKETS, n * TICKETS, () => world.app.url),
    done: { sql: WAITING, params: ({ teamId }) => [teamId], rows: 0 },
  },
  {
    name: 'routing hears of new tickets',
    from: 'cursor_lock:routing.wake',
    start: (world, _desk, n) => write(world, TICKETS, n * TICKETS, () => world.app.url),
    done: { sql: WAITING, params: ({ teamId }) => [teamId], rows: 0 },
  },
  {
    name: 'clocks are started',
    from: 'cursor_lock:sla.clocks',
    start: (world, _desk, n) => write(world, TICKETS, n * TICKETS, () => world.app.url),
    done: {
      sql: `SELECT count(*)::int AS n FROM tickets t WHERE team_id = $1 AND (t.assignee_id IS NULL OR NOT EXISTS (
              SELECT 1 FROM sla_clocks c WHERE c.workspace_id = t.workspace_id AND c.ticket_id = t.id))`,
      params: ({ teamId }) => [teamId],
      rows: 0,
    },
  },
  {
    name: 'breaches are told',
    from: 'sla_mark_overdue:',
    start: dueNow,
    done: { sql: UNTOLD, params: () => [], rows: 0 },
  },
];

function dueNow(world: World): Promise<unknown> {
  return world.query(
    `UPDATE sla_clocks SET due_at = now(), breach_told_at = NULL WHERE met_at IS NULL AND cancelled_at IS NULL AND id IN (
       SELECT id FROM sla_clocks WHERE met_at IS NULL AND cancelled_at IS NULL AND breach_told_at IS NULL LIMIT ${TICKETS})`,
  );
}

/** The only node dies between any two statements of what routing and the clocks do, and comes back. */
export const crashSteps: Scenario = {
  name: 'crash-steps',
  test: 5,
  about: 'kill -9 between any two statements of routing and SLA',
  long: true,
  run: (context) => World.with({}, (world) => cutAtEachStep(world, context)),
};

async function cutAtEachStep(world: World, { random, cut, say }: ScenarioContext) {
  const desk = await openDesk(world, { agents: 10, capacity: 1_000, assignment: 'push' });
  const broken: string[] = [];
  let [n, deaths] = [0, 0];
  for (const way of WAYS) {
    let tried = 0;
    const steps = Array.from({ length: STEPS_AT_MOST }, (_, i) => i);
    const chosen = cut ? [0, ...shuffled(steps.slice(1, 8), random).slice(0, 2)] : steps;
    for (const step of chosen) {
      await world.app.kill();
      const died = world.app.deaths;
      // it may die before it is up: something may still be there to be done
      await world.app
        .up({ CRASH_AT: `${way.from}:${step}`, NODE_OPTIONS: `--require ${PRELOAD}` })
        .catch(() => undefined);
      const started = way.start(world, desk, n).catch(() => undefined);
      n += 1;
      const params = way.done.params(desk);
      const end = Date.now() + 20_000;
      while (world.app.deaths === died && Date.now() < end) {
        const [row] = await world.query<{ n: number }>(way.done.sql, params);
        if (row?.n === way.done.rows && Date.now() > end - 17_000) break; // it is all done: there was no such step
        await sleep(20);
      }
      const fell = world.app.deaths > died;
      if (fell) deaths += 1;
      await world.app.kill();
      await world.app.up();
      await started;
      tried += 1;
      if ((await world.untilSettled(RECOVERS_MS)) === null) broken.push(`${way.name}: events wait since step ${step}`);
      if ((await untilCount(world, way.done.sql, params, way.done.rows, RECOVERS_MS)) === null)
        broken.push(`${way.name}: not done a minute and a half after it was cut at step ${step}`);
      if (!fell && !cut) break;
    }
    say(`${way.name}: cut ${tried} times`);
  }
  if ((await world.untilSettled(60_000)) === null) broken.push('events were still waiting after a minute');
  const replay = await replayAssignments(world);
  const [tickets] = await world.query<{ n: number }>('SELECT count(*)::int AS n FROM tickets');
  broken.push(...replay.broken, ...givenOnce(replay.given, tickets!.n), ...(await toldOnce(world)));
  return { broken, facts: { deaths, tickets: tickets!.n } };
}
