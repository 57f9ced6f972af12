import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppProcess } from '../support/app-process';
import { sleep } from '../support/post-bytes';
import { ThrowAwayPostgres } from '../support/postgres';
import { cpuOfTree, median, quantile, residentMb } from './machine';
import { LoadProcess, startFloor, startProduct } from './parts';

export interface BenchSize {
  rounds: number;
  seconds: number;
  sockets: number;
  /** Sockets in one room, which hear one event. */
  room: number;
  rate: number;
  /** Tickets in the large workspace. */
  tickets: number;
  say: (text: string) => void;
}

/** One line of the table: what was measured, what it is held against, and what was hoped for. */
export interface Row {
  what: string;
  product: number;
  floor: number | null;
  unit: string;
  aim: string;
  met: boolean;
  /** Every round, in order, product then floor. */
  rounds?: [number, number | null][];
}

const CLIENTS = 64;
const PEOPLE = 2_000;
const one = (value: number) => Math.round(value * 10) / 10;
const three = (value: number) => Math.round(value * 1000) / 1000;

/** Acknowledgement and ingest: floors and product take turns under the same load on one Postgres. */
export async function ingestRows({ rounds, seconds, rate, say }: BenchSize): Promise<Row[]> {
  const postgres = await ThrowAwayPostgres.start();
  const load = new LoadProcess();
  const stops: (() => Promise<void>)[] = [() => postgres.throwAway(), load.stop];
  try {
    await postgres.run('postgres', 'CREATE DATABASE floors');
    const env = { DATABASE_URL: postgres.url('floors') };
    const ackFloor = await startFloor('ack-floor', env);
    stops.push(ackFloor.stop);
    const ingestFloor = await startFloor('ingest-floor', env);
    stops.push(ingestFloor.stop);
    const product = await startProduct(postgres, 'product', 1);
    stops.push(product.stop);
    const { accounts } = product;
    const webhook = `${product.app.url}/webhooks/meta`;
    const closed = (url: string, run: string, s = seconds) =>
      load.order({ kind: 'closed', url, run, clients: CLIENTS, seconds: s, accounts, people: PEOPLE });
    const open = (url: string, run: string) =>
      load.order({ kind: 'open', url, run, rate, seconds, accounts, people: PEOPLE });
    const counted = async (pid: number, work: () => Promise<number>) => {
      const before = [cpuOfTree(pid), cpuOfTree(postgres.pid)] as const;
      const started = performance.now();
      const messages = await work();
      const perSecond = messages / ((performance.now() - started) / 1000);
      const [app, database] = [cpuOfTree(pid) - before[0], cpuOfTree(postgres.pid) - before[1]];
      return { perSecond, app: app / messages, database: database / messages };
    };

    say('warming up');
    await closed(ackFloor.url, 'w1', 2);
    await closed(ingestFloor.url, 'w2', 2);
    await closed(webhook, 'w3', 2);
    await product.applied();
    const acks: [number, number][] = [];
    const ingests: { floor: Awaited<ReturnType<typeof counted>>; product: Awaited<ReturnType<typeof counted>> }[] = [];
    const opens: { floor: number[]; product: number[] }[] = [];
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      const floorAck = await closed(ackFloor.url, `a${round}`);
      const floor = await counted(ingestFloor.pid, async () => (await closed(ingestFloor.url, `i${round}`)).ok);
      let acked = 0;
      const ours = await counted(product.app.pid, async () => {
        const result = await closed(webhook, `p${round}`);
        acked = result.ok / result.seconds;
        if (result.failed > 0) say(`${result.failed} webhooks were not acknowledged`);
        await product.applied();
        return result.ok;
      });
      acks.push([acked, floorAck.ok / floorAck.seconds]);
      ingests.push({ floor, product: ours });
      const floorOpen = await open(ackFloor.url, `o${round}`);
      const ourOpen = await open(webhook, `q${round}`);
      await product.applied();
      opens.push({ floor: floorOpen.times, product: ourOpen.times });
    }
    const row = (
      what: string,
      unit: string,
      aim: string,
      pairs: [number, number][],
      met: (p: number, f: number) => boolean,
    ) => {
      const [p, f] = [median(pairs.map(([a]) => a)), median(pairs.map(([, b]) => b))];
      return { what, unit, aim, product: three(p), floor: three(f), met: met(p, f), rounds: pairs } satisfies Row;
    };
    const at = (share: number) =>
      opens.map((o): [number, number] => [quantile(o.product, share), quantile(o.floor, share)]);
    return [
      row(`webhooks acknowledged, ${CLIENTS} clients`, '/s', 'at least the floor', acks, (p, f) => p >= f),
      row(`acknowledgement at ${rate}/s, p50`, 'ms', '<= 10', at(0.5), (p) => p <= 10),
      row(`acknowledgement at ${rate}/s, p99`, 'ms', '<= 50', at(0.99), (p) => p <= 50),
      row(
        'ingest to ticket, end to end',
        '/s',
        '>= 60 % of the floor, >= 1000',
        ingests.map((i) => [i.product.perSecond, i.floor.perSecond]),
        (p, f) => p >= 0.6 * f && p >= 1_000,
      ),
      row(
        'CPU of the app a message',
        'ms',
        '<= 0.6',
        ingests.map((i) => [i.product.app, i.floor.app]),
        (p) => p <= 0.6,
      ),
      row(
        'CPU of Postgres a message',
        'ms',
        '<= 0.5',
        ingests.map((i) => [i.product.database, i.floor.database]),
        (p) => p <= 0.5,
      ),
    ];
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

/** From the instant an event was written to the instant a client's handler has it. */
export async function socketRows({ rounds, seconds, sockets, room, rate, say }: BenchSize): Promise<Row[]> {
  const postgres = await ThrowAwayPostgres.start();
  const [load, ears] = [new LoadProcess(), new LoadProcess()];
  const stops: (() => Promise<void>)[] = [() => postgres.throwAway(), load.stop, ears.stop];
  const rooms = Math.max(1, Math.floor(sockets / room));
  try {
    const product = await startProduct(postgres, 'product', rooms);
    stops.push(product.stop);
    const { accounts } = product;
    const agents = [];
    for (let i = 0; i < sockets; i++)
      agents.push(await product.seeder.agent(product.workspaceId, 'agent', [product.teams[i % rooms]!]));
    const ourSockets = agents.map(({ token }) => ({ auth: { token }, resume: true }));
    const floorSockets = agents.map((_, i) => ({ auth: { room: String(i % rooms) }, resume: false }));
    const webhook = `${product.app.url}/webhooks/meta`;
    const types = ['message.received'];
    const pairs: { floor: number[]; product: number[] }[] = [];
    // each thread's first message also opens a conversation and a ticket; the steady state is what is measured
    await load.order({ kind: 'open', url: webhook, run: 'warm', rate, seconds: 4, accounts, people: 500 });
    await product.applied();
    for (let round = 1; round <= rounds; round++) {
      say(`sockets, round ${round} of ${rounds}`);
      const floor = await startFloor('socket-floor', { RATE: String(rate), ROOMS: String(rooms) });
      await ears.order({ kind: 'listen', url: floor.url, sockets: floorSockets, types });
      await sleep(seconds * 1000);
      const floorHeard = await ears.order({ kind: 'heard' });
      await floor.stop();
      await ears.order({ kind: 'listen', url: `${product.app.url}/agents`, sockets: ourSockets, types });
      await load.order({ kind: 'open', url: webhook, run: `s${round}`, rate, seconds, accounts, people: 500 });
      await product.applied();
      await sleep(500);
      const heard = await ears.order({ kind: 'heard' });
      pairs.push({ floor: floorHeard.times, product: heard.times });
    }
    const row = (share: number, name: string, aim: string, met: (p: number, f: number) => boolean): Row => {
      const each = pairs.map((pair): [number, number] => [quantile(pair.product, share), quantile(pair.floor, share)]);
      const [p, f] = [median(each.map(([a]) => a)), median(each.map(([, b]) => b))];
      return { what: name, unit: 'ms', aim, product: one(p), floor: one(f), met: met(p, f), rounds: each };
    };
    const heard = median(pairs.map((pair) => pair.product.length / (rate * seconds * room)));
    return [
      row(
        0.5,
        `event to socket, ${sockets} sockets in rooms of ${room}, ${rate}/s, p50`,
        'within 10 of the floor',
        (p, f) => p <= f + 10,
      ),
      row(0.99, 'event to socket, p99', '<= 100', (p) => p <= 100),
      {
        what: 'deliveries heard of those owed',
        unit: '',
        aim: '1',
        product: three(heard),
        floor: null,
        met: heard > 0.999,
      },
    ];
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

/** The embedded product: how long a second start takes, Postgres included, and what it holds in memory at rest. */
export async function embeddedRows({ rounds, say }: BenchSize): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'pasokh-bench-'));
  await promisify(execFile)('chmod', ['711', dir]); // as root, Postgres runs as another user
  const dataDir = join(dir, 'data');
  try {
    say('first start, then warm starts');
    const app = await AppProcess.start('', { DATA_DIR: dataDir });
    await app.stop();
    const starts: number[] = [];
    for (let round = 0; round < rounds; round++) {
      starts.push(await app.up());
      if (round < rounds - 1) await app.stop();
    }
    await sleep(10_000);
    const memory = residentMb(app.pid);
    await app.stop();
    const ready = median(starts) / 1000;
    return [
      {
        what: 'memory at rest, without Postgres',
        unit: 'MB',
        aim: '<= 250',
        product: one(memory),
        floor: null,
        met: memory <= 250,
      },
      {
        what: 'start, warm, Postgres included',
        unit: 's',
        aim: '<= 5',
        product: three(ready),
        floor: null,
        met: ready <= 5,
        rounds: starts.map((ms) => [ms / 1000, null]),
      },
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
