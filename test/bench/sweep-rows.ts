import type pg from 'pg';
import { SLA_SUBSCRIBER } from '../../src/sla/sla.names';
import { SlaSweeper } from '../../src/sla/sla.sweeper';
import { AppProcess } from '../support/app-process';
import { sleep } from '../support/post-bytes';
import { rowOf, type Side, timed, told } from './inside';
import type { Hoard } from './many-tickets';
import { waits } from './many-tickets.sql';
import { quantile } from './machine';
import type { BenchSize, Row } from './rows';

const DUE_AT_ONCE = 1_000;

/** A thousand clocks are due at once. */
export async function sweepRow(many: Side, few: Side, rounds: number, say: BenchSize['say']): Promise<Row> {
  const pairs: [number, number][] = [];
  for (let round = 0; round <= 2 * rounds; round++) {
    const pair: [number, number] = [await sweep(many, round), await sweep(few, round)];
    if (round > 0) pairs.push(pair); // the first prepares statements
  }
  const { rows } = await many.client.query<{ open: number }>(
    'SELECT count(*)::int AS open FROM sla_clocks WHERE met_at IS NULL AND cancelled_at IS NULL',
  );
  const row = rowOf(`sweep: ${DUE_AT_ONCE} due among ${rows[0]!.open} open clocks`, 1.5, pairs);
  say(told(row));
  return row;
}

async function sweep({ client, hoard: of, app }: Side, round: number): Promise<number> {
  await makeDue(client, of, round, new Date(Date.now() - 2_000));
  await allRead(client);
  const sweeper = app.get(SlaSweeper);
  let swept = 0;
  const ms = await timed(async () => (swept = await sweeper.sweep()));
  if (swept !== DUE_AT_ONCE) throw new Error(`${swept} breaches were told instead of ${DUE_AT_ONCE}.`);
  return ms;
}

/** Scattered over all there are, others each round where there are enough. */
async function makeDue(client: pg.Client, of: Hoard, round: number, at: Date): Promise<string[]> {
  const step = Math.floor(of.tickets / DUE_AT_ONCE);
  const chosen = new Set<number>();
  for (let i = 0; i < DUE_AT_ONCE; i++) {
    let n = i * step + ((round * 7) % step) + 1;
    while (!waits(n) || n % 20 === 19 || chosen.has(n)) n = (n % of.tickets) + 1; // those late already were told
    chosen.add(n);
  }
  const clocks = [...chosen].map((n) => of.responseClock(n));
  await client.query(
    `UPDATE sla_clocks SET due_at = $3, breach_told_at = NULL WHERE workspace_id = $1 AND id = ANY($2::uuid[])`,
    [of.workspaceId, clocks, at],
  );
  return clocks;
}

/** As if every reader of events had read them: what is unread holds a breach back. */
const allRead = (client: pg.Client) =>
  client.query(
    `INSERT INTO event_cursors (subscriber, workspace_id, position) SELECT $1, workspace_id, position FROM event_heads
     ON CONFLICT (subscriber, workspace_id) DO UPDATE SET position = excluded.position`,
    [SLA_SUBSCRIBER],
  );

const AHEAD_MS = 4_000;

/** The product's own sweep, beside everything else it does by itself, told from the database's clock. */
export async function latenessRow({ client, url, hoard: of }: Side, say: BenchSize['say']): Promise<Row> {
  await allRead(client);
  const app = await AppProcess.start(url);
  try {
    const { rows } = await client.query<{ at: Date }>(`SELECT now() + $1 * interval '1 millisecond' AS at`, [AHEAD_MS]);
    const due = rows[0]!.at;
    const clocks = await makeDue(client, of, 0, due);
    const late: number[] = [];
    for (let open = new Set(clocks); open.size > 0; await sleep(10)) {
      const seen = await client.query<{ id: string; late: number }>(
        `SELECT c.id, (1000 * extract(epoch FROM clock_timestamp() - c.due_at))::float8 AS late FROM sla_clocks c
         WHERE c.workspace_id = $1 AND c.id = ANY($2::uuid[]) AND c.breach_told_at IS NOT NULL`,
        [of.workspaceId, [...open]],
      );
      late.push(...seen.rows.map((row) => row.late));
      open = new Set([...open].filter((id) => !seen.rows.some((row) => row.id === id)));
    }
    const ms = quantile(
      late.toSorted((a, b) => a - b),
      0.99,
    );
    const row: Row = {
      what: 'breach told after it is due, p99 of 1000 at once',
      unit: 'ms',
      aim: '<= 1000',
      product: Math.round(ms),
      floor: null,
      met: ms <= 1_000,
    };
    say(`${row.what}: ${row.product} ms`);
    return row;
  } finally {
    await app.kill();
  }
}
