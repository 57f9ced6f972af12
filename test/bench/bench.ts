import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitOnSignals } from '../support/ends-with-us';
import { decisionRows } from './decision-rows';
import { machine } from './machine';
import { type BenchSize, embeddedRows, ingestRows, type Row, socketRows } from './rows';
import { ticketRows } from './ticket-rows';

const GROUPS: Record<string, (size: BenchSize) => Promise<Row[]>> = {
  ingest: ingestRows,
  sockets: socketRows,
  embedded: embeddedRows,
  decision: decisionRows,
  tickets: ticketRows,
};

const HELP = `Measures the product against floors, the smallest programs that do the same work, in one run.
Floors and product take turns; medians over the rounds are shown. Believe ratios and CPU a message more than rates.

  npm run bench -- [ingest] [sockets] [embedded] [decision] [tickets] [--rounds N] [--seconds N] [--json]

  ingest       webhooks acknowledged, and ingested up to the ticket
  sockets      from an event's commit to an agent's socket
  embedded     memory at rest and warm start of the embedded product
  decision     who gets which ticket, 100,000 waiting x 1,000 agents, in memory
  tickets      lists, due-time sweep and decisions with their commit among ten million tickets; only when named

  --rounds N   rounds of each (default 3)
  --seconds N  seconds of load a round (default 6)
  --rate N     arrivals a second of the open loads (default 500)
  --sockets N  agents listening (default 1000), in rooms of
  --room N     (default 20) that hear one event
  --tickets N  how many (default 10000000, which take a quarter of an hour to write and 45 GB while it runs)
  --cut        2 rounds of 3 seconds, 200 sockets in rooms of 10, 200000 tickets
  --seed N     accepted for uniformity with the other commands; the load has nothing random in it
  --json       one JSON object on stdout and nothing else

Each run is also written to bench-results/. Starts its own Postgres, floors and app on loopback, and ends only those.
`;

async function main(): Promise<void> {
  exitOnSignals();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      rate: { type: 'string' },
      sockets: { type: 'string' },
      room: { type: 'string' },
      tickets: { type: 'string' },
      cut: { type: 'boolean', default: false },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const usual = Object.keys(GROUPS).filter((group) => group !== 'tickets'); // ten million of them are asked for by name
  const chosen = positionals.length > 0 ? positionals : usual;
  const unknown = chosen.filter((name) => !(name in GROUPS));
  if (unknown.length > 0) throw new Error(`There is nothing called ${unknown.join(', ')} to measure; see --help.`);
  const size: BenchSize = {
    rounds: Number(values.rounds ?? (values.cut ? 2 : 3)),
    seconds: Number(values.seconds ?? (values.cut ? 3 : 6)),
    rate: Number(values.rate ?? 500),
    sockets: Number(values.sockets ?? (values.cut ? 200 : 1_000)),
    room: Number(values.room ?? (values.cut ? 10 : 20)),
    tickets: Number(values.tickets ?? (values.cut ? 200_000 : 10_000_000)),
    say: (text) => void process.stderr.write(`${text}\n`),
  };
  const on = machine();
  const rows: Row[] = [];
  for (const name of chosen) rows.push(...(await GROUPS[name]!(size)));
  const report = { at: new Date().toISOString(), machine: on, ...size, say: undefined, rows };
  mkdirSync('bench-results', { recursive: true });
  const file = join('bench-results', `${report.at.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(`${tableOf(rows)}\n${on.cpus} CPUs, load before ${on.loadBefore.join(' ')}; ${file}\n`);
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.what,
    `${row.product} ${row.unit}`,
    row.floor === null ? '-' : `${row.floor} ${row.unit}`,
    row.floor === null || row.floor === 0 ? '-' : (row.product / row.floor).toFixed(2),
    row.aim,
    row.met ? 'met' : 'MISSED',
  ]);
  const all = [['what', 'product', 'floor', 'ratio', 'aim', ''], ...lines];
  const widths = all[0]!.map((_, i) => Math.max(...all.map((line) => line[i]!.length)));
  return all
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
