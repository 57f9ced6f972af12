import { hoard } from '../bench/many-tickets';
import { waits } from '../bench/many-tickets.sql';
import { quantile } from '../bench/machine';
import { sleep } from '../support/post-bytes';
import { between, type Scenario, some } from './scenario';
import { World } from './world';

const DUE = 1_000;
const AHEAD_MS = 4_000;
const LATE_MS = 1_000;

/** Test 35: a thousand clocks of very many are due in one second; three nodes sweep, and one of them is killed meanwhile. */
export const slaRace: Scenario = {
  name: 'sla-race',
  test: 35,
  about: 'three nodes tell 1000 breaches due at one second, one is killed meanwhile',
  run: ({ random, cut, say }) =>
    World.with({ nodes: [{}, {}, {}] }, async (world) => {
      const tickets = cut ? 20_000 : 1_000_000;
      const made = await hoard(world.databaseUrl, { tickets, agents: 20, nth: 1, checked: false, say });
      const clocks: string[] = [];
      const eligible = Array.from({ length: tickets }, (_, i) => i + 1).filter((n) => waits(n) && n % 20 !== 19);
      const every = Math.floor(eligible.length / DUE);
      for (let i = 0; i < DUE; i++) clocks.push(made.responseClock(eligible[i * every]!));
      const [instant] = await world.query<{ at: Date }>(
        `UPDATE sla_clocks SET due_at = (SELECT now() + $2 * interval '1 millisecond') WHERE id = ANY($1::uuid[]) RETURNING due_at AS at`,
        [clocks, AHEAD_MS],
      );
      const killAfterMs = instant!.at.getTime() - Date.now() + between(random, 0, 700);
      await sleep(killAfterMs);
      await world.app.kill();
      say(`killed one ${Date.now() - instant!.at.getTime()} ms after they were due`);
      const end = Date.now() + 30_000;
      let late: number[] = [];
      while (late.length < DUE && Date.now() < end) {
        await sleep(100);
        const rows = await world.query<{ late: number }>(
          `SELECT (1000 * extract(epoch FROM breach_told_at - due_at))::float8 AS late FROM sla_clocks
           WHERE id = ANY($1::uuid[]) AND breach_told_at IS NOT NULL`,
          [clocks],
        );
        late = rows.map((row) => row.late).toSorted((a, b) => a - b);
      }
      const p99 = Math.round(quantile(late, 0.99));
      const broken = await toldOnce(world);
      if (late.length < DUE) broken.push(`${late.length} of ${DUE} breaches were told within half a minute`);
      if ((late[0] ?? 0) < 0) broken.push('a breach was told before it was one');
      if (p99 > LATE_MS) broken.push(`of 100 breaches the latest was told ${p99} ms after it was due`);
      return { broken, facts: { clocks: tickets, due: DUE, p50Ms: Math.round(quantile(late, 0.5)), p99Ms: p99 } };
    }),
};

/** Each breach that was told is one event; of those that are not, there is none. */
export async function toldOnce(world: World): Promise<string[]> {
  const wrong = await world.query<{ id: string; told: number }>(
    `SELECT c.id, count(e.position)::int AS told FROM sla_clocks c
     LEFT JOIN domain_events e ON e.workspace_id = c.workspace_id AND e.ticket_id = c.ticket_id AND e.type = 'sla.breached'
       AND e.data->>'clock' = c.kind AND (e.data->>'dueAt')::timestamptz = date_trunc('milliseconds', c.due_at)
     WHERE c.breach_told_at > c.due_at GROUP BY c.id HAVING count(e.position) <> 1`,
  );
  const extra = await world.query<{ n: number }>(
    `SELECT ((SELECT count(*) FROM domain_events WHERE type = 'sla.breached')
             - (SELECT count(*) FROM sla_clocks WHERE breach_told_at > due_at))::int AS n`,
  );
  return [
    ...some(wrong.map(({ id, told }) => `the breach of ${id} was told ${told} times`)),
    ...(extra[0]!.n === 0 ? [] : [`${extra[0]!.n} more breaches were told than there are`]),
  ];
}
