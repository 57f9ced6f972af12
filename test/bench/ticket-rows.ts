import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { ThrowAwayPostgres } from '../support/postgres';
import { commitRows } from './commit-rows';
import { FEW, productInside, type Side } from './inside';
import { listRows } from './list-rows';
import { GB_A_MILLION, type Hoard, hoard } from './many-tickets';
import type { BenchSize, Row } from './rows';
import { latenessRow, sweepRow } from './sweep-rows';

const AGENTS = 1_000;
const FEW_AGENTS = 20;
const WAL_GB = 8;

/** Lists, the due-time sweep and decisions among very many tickets, beside the same among ten thousand. */
export async function ticketRows({ rounds, tickets, say }: BenchSize): Promise<Row[]> {
  mustFit(tickets);
  const postgres = await ThrowAwayPostgres.start({
    shared_buffers: '2GB',
    max_wal_size: '6GB',
    checkpoint_timeout: '15min',
    maintenance_work_mem: '512MB',
    wal_level: 'minimal', // what is built afterwards need not be logged
    max_wal_senders: '0',
    autovacuum: 'off', // what it would do is done at the end; meanwhile it would only slow the writers
  });
  const stops: (() => Promise<void>)[] = [() => postgres.throwAway()];
  const side = async (name: string, build: (url: string) => Promise<Hoard>): Promise<Side> => {
    const url = await postgres.database(name);
    const built = await build(url);
    const client = new pg.Client(url);
    await client.connect();
    stops.push(() => client.end());
    const app = await productInside(url);
    stops.push(() => app.close());
    return { url, client, hoard: built, app };
  };
  const quiet = () => undefined;
  try {
    // first the one whose foreign keys are checked: a wrong row ends the run before the long work begins
    const few = await side('few', (url) =>
      hoard(url, { tickets: FEW, agents: FEW_AGENTS, nth: 1, checked: true, say: quiet }),
    );
    const many = await side('many', async (url) => {
      await hoard(url, { tickets: FEW, agents: FEW_AGENTS, nth: 2, checked: true, say: quiet }); // a neighbour
      return hoard(url, { tickets, agents: AGENTS, nth: 1, checked: false, say });
    });
    const { rows } = await many.client.query<{ gb: number }>(`SELECT pg_database_size('many') / 1e9 AS gb`);
    say(`${Number(rows[0]!.gb).toFixed(1)} GB on disk`);
    return await measured(many, few, rounds, say);
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

export async function measured(many: Side, few: Side, rounds: number, say: BenchSize['say']): Promise<Row[]> {
  return [
    ...(await listRows(many, few, rounds, say)),
    await sweepRow(many, few, rounds, say),
    await latenessRow(many, say),
    ...(await commitRows(many, rounds, say)),
  ];
}

function mustFit(tickets: number): void {
  const disk = statfsSync(tmpdir());
  const freeGb = (disk.bavail * disk.bsize) / 1e9;
  const neededGb = (tickets / 1e6) * GB_A_MILLION + WAL_GB;
  if (freeGb < neededGb) {
    const words = `${Math.ceil(neededGb)} GB are needed in ${tmpdir()} and ${Math.floor(freeGb)} are free`;
    throw new Error(`${words}; ask for fewer with --tickets, or make room.`);
  }
}
