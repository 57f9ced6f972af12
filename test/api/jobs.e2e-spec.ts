import { ValidationPipe } from '@nestjs/common';
import pg from 'pg';
import { register } from 'prom-client';
import request from 'supertest';
import { BullDriver } from '../../src/jobs/bull-driver';
import { mountBullBoard } from '../../src/jobs/bull-board';
import { JobDriver } from '../../src/jobs/job-driver';
import { JobExecutor } from '../../src/jobs/job-executor';
import { LeaseLost } from '../../src/jobs/job-outcome';
import { JobQueue } from '../../src/jobs/job-queue';
import { type NewJob, type RunningJob, QUEUES } from '../../src/jobs/jobs';
import { JobsRepository } from '../../src/jobs/jobs.repository';
import { DomainError, GiveUp, RetryLater } from '../../src/platform/errors';
import { HttpErrorsFilter } from '../../src/platform/http-errors.filter';
import { uuidv7 } from '../../src/platform/ids';
import { currentRequestId, runWithRequestId } from '../../src/platform/request-context';
import { testDatabase } from '../database';
import { freePort, type JobsNode, startJobsNode, startRedis, until } from '../jobs-node';

jest.setTimeout(60_000);

const harbour = uuidv7();
const elsewhere = uuidv7();
const ada = uuidv7();
const WORK = 'test.work';

let db: Awaited<ReturnType<typeof testDatabase>>;
let redis: Awaited<ReturnType<typeof startRedis>>;
let nodes: JobsNode[] = [];
let runs: RunningJob[] = [];
let prefix: string;

beforeAll(async () => {
  [db, redis] = await Promise.all([testDatabase(), startRedis()]);
  await db.database.lean('system', (tx) =>
    tx.execute(
      `INSERT INTO workspaces (id, slug, name) VALUES ($1, 'harbour', 'Harbour'), ($2, 'elsewhere', 'Elsewhere')`,
      [harbour, elsewhere],
    ),
  );
});
afterAll(async () => {
  await redis.kill('SIGKILL');
  await db.drop();
});
beforeEach(() => {
  runs = [];
  prefix = `t${uuidv7().slice(-8)}`;
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.app.close()));
  nodes = [];
  await db.database.lean('system', (tx) => tx.execute('DELETE FROM jobs'));
});

type Handler = (job: RunningJob, node: JobsNode) => Promise<void>;

/** A running node whose handler notes each run; `REDIS_URL` makes it a Bull node. */
async function node(
  handler: Handler = () => Promise.resolve(),
  options: { env?: Partial<JobsNode['config']>; concurrency?: number; leaseMs?: number } = {},
): Promise<JobsNode> {
  const made = await startJobsNode({ DATABASE_URL: db.url, REDIS_PREFIX: prefix, ...options.env });
  const run = async (job: RunningJob) => {
    runs.push(job);
    await handler(job, made);
  };
  made.app
    .get(JobQueue)
    .handle(WORK, run, { queue: 'crm', concurrency: options.concurrency, leaseMs: options.leaseMs });
  await made.app.init();
  nodes.push(made);
  return made;
}

/** A node that never starts to run jobs: to write and claim by hand. */
const bystander = () => node(undefined, { env: { ROLE: 'web' } });

const work = (payload: Record<string, unknown> = {}, more: Partial<NewJob> = {}): NewJob => ({
  workspaceId: harbour,
  queue: 'crm',
  name: WORK,
  payload,
  ...more,
});

const enqueue = (on: JobsNode, ...jobs: NewJob[]) =>
  on.database.lean({ workspaceId: harbour }, (tx) => {
    on.app.get(JobQueue).enqueue(tx, ...jobs);
    return Promise.resolve();
  });

interface Row {
  id: string;
  state: string;
  attempts: number;
  fence: string;
  dedupe_key: string | null;
  last_error: string | null;
  run_at: Date;
  wait_ms: number;
}
const rows = () =>
  db.database.lean('system', (tx) =>
    tx.query<Row>(
      `SELECT id, state, attempts, fence, dedupe_key, last_error, run_at,
              (extract(epoch FROM run_at - clock_timestamp()) * 1000)::float8 AS wait_ms FROM jobs ORDER BY id`,
    ),
  );
const allDone = () => until('the table is empty', async () => (await rows()).length === 0);
const sql = (text: string, params: unknown[] = []) => db.database.lean('system', (tx) => tx.query(text, params));

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
function expectEachOnce(count: number) {
  const counts = new Map<unknown, number>();
  for (const { payload } of runs) counts.set(payload['n'], (counts.get(payload['n']) ?? 0) + 1);
  expect([...counts.values()].filter((times) => times !== 1)).toEqual([]);
  expect(counts.size).toBe(count);
}

function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

const modes = [
  ['from the table', () => ({})],
  ['carried by Bull', () => ({ REDIS_URL: redis.url })],
] as const;

describe.each(modes)('jobs %s', (_, env) => {
  it('run after the commit that wrote them, and never when it was rolled back', async () => {
    const only = await node(undefined, { env: env() });
    const refused = only.database.lean({ workspaceId: harbour }, (tx) => {
      only.app.get(JobQueue).enqueue(tx, work({ n: 'never' }));
      return Promise.reject(new Error('changed my mind'));
    });
    await expect(refused).rejects.toThrow('changed my mind');
    await enqueue(only, ...numbers(40).map((n) => work({ n })));
    await until('all ran', () => runs.length >= 40);
    await allDone();
    expectEachOnce(40);
  });

  it('run once each although two nodes race for them', async () => {
    const [one] = await Promise.all([node(undefined, { env: env() }), node(undefined, { env: env() })]);
    await Promise.all(numbers(10).map((batch) => enqueue(one, ...numbers(30).map((n) => work({ n: batch * 30 + n })))));
    await until('all ran', () => runs.length >= 300);
    await allDone();
    expectEachOnce(300);
  });

  it('carry the request that caused them into the handler', async () => {
    const seen: (string | undefined)[] = [];
    const only = await node(
      () => {
        seen.push(currentRequestId());
        return Promise.resolve();
      },
      { env: env() },
    );
    await runWithRequestId('req-7', () => enqueue(only, work()));
    await allDone();
    expect(seen).toEqual(['req-7']);
    expect(only.lines).toContainEqual(
      expect.objectContaining({ event: 'job.done', requestId: 'req-7', outcome: 'done' }),
    );
  });

  it('wait for their time', async () => {
    const only = await node(undefined, { env: env() });
    const [{ at }] = (await sql(`SELECT clock_timestamp() + interval '700 ms' AS at`)) as [{ at: Date }];
    let ranAt: Date | undefined;
    await enqueue(only, work({ n: 1 }, { runAt: at }));
    expect(runs).toEqual([]);
    await until('it ran', async () => {
      if (runs.length === 0) return false;
      ranAt ??= ((await sql('SELECT clock_timestamp() AS at')) as [{ at: Date }])[0].at;
      return true;
    });
    expect(ranAt!.getTime()).toBeGreaterThanOrEqual(at.getTime() - 250); // what a hand-out may be early
  });

  it('come back when RetryLater says so, and count their tries', async () => {
    const only = await node(
      (job) => (job.attempt < 3 ? Promise.reject(new RetryLater('not yet', 50)) : Promise.resolve()),
      { env: env() },
    );
    await enqueue(only, work());
    await allDone();
    expect(runs.map((job) => job.attempt)).toEqual([1, 2, 3]);
    expect(new Set(runs.map((job) => job.id)).size).toBe(1);
  });

  it('wait by the backoff after an ordinary error', async () => {
    const only = await node(() => Promise.reject(new Error('odd')), { env: env() });
    await enqueue(only, work({}, { maxAttempts: 12 }));
    const [row] = await until('it failed once', async () => {
      const found = await rows();
      return found[0]?.last_error ? found : null;
    });
    expect(row).toMatchObject({ attempts: expect.any(Number), last_error: 'odd' });
    expect(row!.wait_ms).toBeLessThanOrEqual(5_000 * 3 ** row!.attempts);
  });

  it('are parked by GiveUp at once and by the last try, and the leads are told, while good ones go on', async () => {
    const only = await node(
      (job) => {
        if (job.payload['kind'] === 'hopeless') return Promise.reject(new GiveUp('no such page'));
        if (job.payload['kind'] === 'poison') return Promise.reject(new RetryLater('always', 0));
        return Promise.resolve();
      },
      { env: env(), concurrency: 4 },
    );
    const poison = numbers(4).map((n) => work({ n: `p${n}`, kind: 'poison' }, { maxAttempts: 3 }));
    await enqueue(only, ...poison, work({ n: 'h', kind: 'hopeless' }), ...numbers(100).map((n) => work({ n })));
    const left = await until('only the parked remain', async () => {
      const found = await rows();
      return found.length === 5 && found.every((row) => row.state === 'parked') ? found : null;
    });
    expect(left.map((row) => String(row.last_error)).toSorted()).toEqual([
      'always',
      'always',
      'always',
      'always',
      'no such page',
    ]);
    const count = (n: unknown) => runs.filter((job) => job.payload['n'] === n).length;
    expect(['p0', 'p1', 'p2', 'p3'].map(count)).toEqual([3, 3, 3, 3]);
    expect(count('h')).toBe(1);
    expect(numbers(100).map(count)).toEqual(numbers(100).map(() => 1));
    const events = await sql(
      `SELECT data->>'jobId' AS id, audience FROM domain_events WHERE type = 'job.parked' AND data->>'jobId' = ANY($1)`,
      [left.map((row) => row.id)],
    );
    expect(events).toHaveLength(5);
    expect(events[0]).toMatchObject({ audience: ['leads'] });
  });

  it('keep the wake-up that arrives while the same job already runs', async () => {
    const first = gate();
    const only = await node(() => (runs.length === 1 ? first.opened : Promise.resolve()), {
      env: env(),
      concurrency: 1,
    });
    await enqueue(only, work({}, { dedupeKey: 'contact:1' }));
    await until('it runs', () => runs.length === 1);
    await enqueue(only, work({}, { dedupeKey: 'contact:1' }), work({}, { dedupeKey: 'contact:1' }));
    await enqueue(only, work({}, { dedupeKey: 'contact:1' }));
    first.open();
    await until('it ran again', () => runs.length === 2);
    await allDone();
    expect(new Set(runs.map((job) => job.id)).size).toBe(2);
  });

  it('that were handed to a runner that died are run by another, and the dead one is refused when it wakes', async () => {
    const idle = await bystander();
    await enqueue(idle, work({ n: 1 }));
    const repository = idle.app.get(JobsRepository);
    const terms = { names: [WORK], leaseMs: 60_000, leasedBy: 'dead' };
    const [late] = await idle.database.lean('system', (tx) => repository.claim(tx, 'crm', 8, terms));
    expect(late).toMatchObject({ attempt: 1, fence: 1 });
    await node(undefined, { env: env() });
    expect(runs).toEqual([]);
    await sql(`UPDATE jobs SET lease_until = now() - interval '1 second'`);
    await allDone();
    expect(runs.map((job) => [job.id, job.attempt])).toEqual([[late!.id, 2]]);
    const wakes = idle.database.lean({ workspaceId: harbour }, (tx) => idle.app.get(JobQueue).holds(tx, late!));
    await expect(wakes).rejects.toBeInstanceOf(LeaseLost);
  });
});

describe('the lease', () => {
  it('is renewed while a long handler works', async () => {
    const end = gate();
    await node(() => end.opened, { leaseMs: 1_200 });
    const idle = await bystander();
    await enqueue(idle, work());
    await until('it runs', () => runs.length === 1);
    const lease = async () =>
      ((await sql('SELECT lease_until FROM jobs')) as { lease_until: Date }[])[0]!.lease_until.getTime();
    const first = await lease();
    await until('the lease is two leases further', async () => (await lease()) > first + 2_400);
    end.open();
    await allDone();
    expect(runs).toHaveLength(1);
  });

  it('that was lost refuses every late write of its runner: effect, completion, retry and parking', async () => {
    const idle = await bystander();
    const repository = idle.app.get(JobsRepository);
    const queue = idle.app.get(JobQueue);
    await enqueue(idle, work());
    const claim = () =>
      idle.database.lean('system', (tx) =>
        repository.claim(tx, 'crm', 1, { names: [WORK], leaseMs: 60_000, leasedBy: 'x' }),
      );
    const [late] = await claim();
    await sql(`UPDATE jobs SET lease_until = now() - interval '1 second'`);
    await idle.app.get(JobExecutor).sweep();
    const [now] = await claim();
    expect(now!.fence).toBeGreaterThan(late!.fence);
    await expect(idle.database.lean({ workspaceId: harbour }, (tx) => queue.holds(tx, late!))).rejects.toBeInstanceOf(
      LeaseLost,
    );
    await idle.database.lean('system', async (tx) => {
      expect(await repository.complete(tx, [late!])).toEqual(new Set());
      expect(await repository.release(tx, late!, { kind: 'failed', afterMs: 0, error: 'late' })).toBeNull();
      expect(await repository.park(tx, late!, 'late')).toBe(false);
      await repository.heartbeat(tx, [late!]);
    });
    await expect(idle.database.lean({ workspaceId: harbour }, (tx) => queue.holds(tx, now!))).resolves.toBeUndefined();
    await expect(idle.database.lean({ workspaceId: elsewhere }, (tx) => queue.holds(tx, now!))).rejects.toBeInstanceOf(
      LeaseLost,
    );
    expect(await idle.database.lean('system', (tx) => repository.complete(tx, [now!]))).toEqual(new Set([now!.id]));
  });

  it('of a handler that lost it leaves the work to the new holder', async () => {
    const stuck = gate();
    const effects: number[] = [];
    await node(async (job, self) => {
      if (job.attempt === 1) await stuck.opened;
      await self.database.lean({ workspaceId: harbour }, async (tx) => {
        await self.app.get(JobQueue).holds(tx, job);
        effects.push(job.attempt);
      });
    });
    const idle = await bystander();
    await enqueue(idle, work());
    await until('it runs', () => runs.length === 1);
    await sql(`UPDATE jobs SET lease_until = now() - interval '1 second'`);
    await allDone();
    stuck.open();
    await until('the late one was told', () => nodes[0]!.lines.some((line) => line['event'] === 'job.lost'));
    expect(effects).toEqual([2]);
  });

  it('that runs out on the last try parks the job: it may be what kills the runners', async () => {
    const idle = await bystander();
    const repository = idle.app.get(JobsRepository);
    await enqueue(idle, work({}, { maxAttempts: 1 }));
    await idle.database.lean('system', (tx) =>
      repository.claim(tx, 'crm', 1, { names: [WORK], leaseMs: 60_000, leasedBy: 'dead' }),
    );
    await sql(`UPDATE jobs SET lease_until = now() - interval '1 second'`);
    await idle.app.get(JobExecutor).sweep();
    expect(await rows()).toMatchObject([{ state: 'parked', last_error: 'Its runner went silent on try 1.' }]);
  });

  it('outlasts a Postgres that is away between the work and its note: the work is not done again', async () => {
    const name = new URL(db.url).pathname.slice(1);
    const admin = new pg.Client(process.env['TEST_DATABASE_URL']);
    await admin.connect();
    const only = await node(async () => {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      setTimeout(() => void admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`), 600);
    });
    await enqueue(only, work());
    await until('the work is noted', () => only.lines.some((line) => line['event'] === 'job.done'));
    await admin.end();
    await allDone();
    expect(runs).toHaveLength(1);
  });

  it('is given back at shutdown without costing a try', async () => {
    const end = gate();
    const stopping = await node(() => end.opened);
    const idle = await bystander();
    await enqueue(idle, work());
    await until('it runs', () => runs.length === 1);
    await stopping.app.get(JobExecutor).stop(0);
    expect(await rows()).toMatchObject([{ state: 'ready', attempts: 0 }]);
    await expect(
      idle.database.lean({ workspaceId: harbour }, (tx) => idle.app.get(JobQueue).holds(tx, runs[0]!)),
    ).rejects.toBeInstanceOf(LeaseLost);
    end.open();
    await until('the late one was told', () => stopping.lines.some((line) => line['event'] === 'job.lost'));
    expect(await rows()).toHaveLength(1);
  });

  it('is waited for at shutdown while its handler can finish', async () => {
    const end = gate();
    const stopping = await node(() => end.opened);
    await enqueue(stopping, work());
    await until('it runs', () => runs.length === 1);
    const stopped = stopping.app.get(JobDriver).stop();
    end.open();
    await stopped;
    expect(await rows()).toEqual([]);
  });
});

describe('a key', () => {
  const key = { dedupeKey: 'conversation:1' };

  it('absorbs jobs while one is ready, of the same workspace and name only', async () => {
    const idle = await bystander();
    await enqueue(idle, work({}, key), work({}, key));
    await enqueue(idle, work({}, key));
    await idle.database.lean({ workspaceId: elsewhere }, (tx) => {
      idle.app.get(JobQueue).enqueue(tx, work({}, { ...key, workspaceId: elsewhere }));
      return Promise.resolve();
    });
    expect(await rows()).toHaveLength(2);
  });

  it('brings a waiting job forward when asked for earlier, but never past its backoff', async () => {
    const idle = await bystander();
    const hour = () => new Date(Date.now() + 3_600_000);
    await enqueue(idle, work({}, { ...key, runAt: hour() }));
    await enqueue(idle, work({}, key));
    expect((await rows())[0]!.wait_ms).toBeLessThanOrEqual(0);
    await sql(`UPDATE jobs SET attempts = 3, run_at = now() + interval '1 hour'`);
    await enqueue(idle, work({}, key));
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect(row!.wait_ms).toBeGreaterThan(3_000_000);
  });

  it('is not taken by a runner before the transaction it absorbed has committed: the runner would not see its rows', async () => {
    const idle = await bystander();
    const repository = idle.app.get(JobsRepository);
    await enqueue(idle, work({}, key));
    const held = gate();
    const flushed = gate();
    const writing = idle.database.lean({ workspaceId: harbour }, (tx) => {
      idle.app.get(JobQueue).enqueue(tx, work({}, key));
      tx.beforeCommit(50, () => {
        flushed.open();
        return held.opened;
      });
      return Promise.resolve();
    });
    await flushed.opened;
    const claim = () =>
      idle.database.lean('system', (tx) =>
        repository.claim(tx, 'crm', 8, { names: [WORK], leaseMs: 60_000, leasedBy: 'x' }),
      );
    expect(await claim()).toEqual([]);
    held.open();
    await writing;
    expect(await claim()).toHaveLength(1);
  });

  it('joins a failed job with the newer one that waits: one row, the tries and the longer wait kept', async () => {
    const idle = await bystander();
    const repository = idle.app.get(JobsRepository);
    await enqueue(idle, work({}, key));
    await sql('UPDATE jobs SET attempts = 4');
    const [running] = await idle.database.lean('system', (tx) =>
      repository.claim(tx, 'crm', 1, { names: [WORK], leaseMs: 60_000, leasedBy: 'x' }),
    );
    await enqueue(idle, work({}, key));
    const joined = await idle.database.lean('system', (tx) =>
      repository.release(tx, running!, { kind: 'failed', afterMs: 60_000, error: 'busy' }),
    );
    const left = await rows();
    expect(left).toMatchObject([{ id: joined!.id, state: 'ready', attempts: 5, last_error: 'busy' }]);
    expect(left[0]!.id).not.toBe(running!.id);
    expect(left[0]!.wait_ms).toBeGreaterThan(30_000);
  });

  it('survives a storm of enqueues and failures with two nodes: every wake-up is followed by a run, and nothing is stuck', async () => {
    let version = 0;
    let seen = 0;
    const handler: Handler = async (job) => {
      const now = version;
      await new Promise((resolve) => setImmediate(resolve));
      if (job.attempt === 1 && Math.random() < 0.3) throw new RetryLater('storm', 5);
      seen = Math.max(seen, now);
    };
    const [one, two] = await Promise.all([node(handler), node(handler)]);
    await Promise.all(
      [one, two].map(async (on) => {
        for (let i = 0; i < 60; i++) {
          await on.database.lean({ workspaceId: harbour }, (tx) => {
            version += 1;
            on.app.get(JobQueue).enqueue(tx, work({}, key));
            return Promise.resolve();
          });
        }
      }),
    );
    await allDone();
    expect(seen).toBe(version);
    expect(one.lines.concat(two.lines).filter((line) => line['event'] === 'job.unsettled')).toEqual([]);
  });
});

describe('Redis is a convenience', () => {
  const bull = () => ({ REDIS_URL: redis.url });

  it('a ticket handed out twice, or for a row that is gone, runs nothing twice', async () => {
    const end = gate();
    const only = await node(() => end.opened, { env: bull() });
    await enqueue(only, work({ n: 1 }));
    await until('it runs', () => runs.length === 1);
    const queue = (only.app.get(JobDriver) as BullDriver).queues.get('crm')!;
    await queue.addBulk(numbers(20).map((n) => ({ data: { id: runs[0]!.id }, opts: { jobId: `again-${n}` } })));
    await queue.add({ id: uuidv7() });
    end.open();
    await until('Bull has nothing left', async () => {
      const { waiting, active, delayed } = await queue.getJobCounts();
      return waiting + active + delayed === 0;
    });
    await allDone();
    expect(runs).toHaveLength(1);
  });

  it('emptied in mid-flight it loses nothing and repeats nothing', async () => {
    const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
    const [one] = await Promise.all([
      node(slow, { env: bull(), concurrency: 2 }),
      node(slow, { env: bull(), concurrency: 2 }),
    ]);
    const client = (one.app.get(JobDriver) as BullDriver).queues.get('crm')!.client;
    for (const round of numbers(4)) {
      await enqueue(one, ...numbers(100).map((n) => work({ n: round * 100 + n })));
      await until('some ran', () => runs.length > round * 20);
      await client.flushall();
    }
    await allDone();
    expectEachOnce(400);
  });

  it('killed and started empty it loses nothing; meanwhile the workers help themselves', async () => {
    let own = await startRedis();
    try {
      const only = await node(undefined, { env: { REDIS_URL: own.url } });
      await enqueue(only, work({ n: 0 }));
      await until('Bull carried it', () => runs.length === 1);
      await own.kill('SIGKILL');
      await enqueue(only, ...numbers(50).map((n) => work({ n: 1 + n })));
      await until('they ran without Redis', () => runs.length >= 51);
      own = await startRedis(own.port);
      await until('it is back', () => only.lines.some((line) => line['event'] === 'jobs.redis_back'));
      await enqueue(only, ...numbers(50).map((n) => work({ n: 51 + n })));
      await allDone();
      expectEachOnce(101);
      expect(only.lines.filter((line) => line['event'] === 'jobs.redis_away')).toHaveLength(1);
    } finally {
      await own.kill('SIGKILL');
    }
  });

  it('hanging without a word it delays nobody who commits, and the workers go on', async () => {
    const own = await startRedis();
    try {
      const only = await node(undefined, { env: { REDIS_URL: own.url } });
      await enqueue(only, work({ n: 0 }));
      await until('Bull carried it', () => runs.length === 1);
      own.pause();
      for (const n of numbers(50)) await enqueue(only, work({ n: 1 + n }));
      await allDone();
      own.resume();
      await until('it is back', () => only.lines.some((line) => line['event'] === 'jobs.redis_back'));
      expectEachOnce(51);
    } finally {
      await own.kill('SIGKILL');
    }
  });

  it('absent from the start it is warned of once, and jobs run', async () => {
    const only = await node(undefined, { env: { REDIS_URL: `redis://127.0.0.1:${await freePort()}` } });
    await enqueue(only, ...numbers(20).map((n) => work({ n })));
    await allDone();
    expectEachOnce(20);
    expect(only.lines.filter((line) => line['event'] === 'jobs.redis_away')).toHaveLength(1);
  });

  it('a web node hands out and a worker runs; what a node left ready by dying is found at the next start', async () => {
    const web = await node(undefined, { env: { ...bull(), ROLE: 'web' } });
    await enqueue(web, ...numbers(5).map((n) => work({ n })));
    expect(await rows()).toHaveLength(5);
    await (web.app.get(JobDriver) as BullDriver).queues.get('crm')!.client.flushall();
    await node(undefined, { env: { ...bull(), ROLE: 'worker' } });
    await allDone();
    await enqueue(web, ...numbers(5).map((n) => work({ n: 5 + n })));
    await allDone();
    expectEachOnce(10);
  });

  it('shows its queues to those who may look, and lets nobody change them there', async () => {
    const only = await startJobsNode({ DATABASE_URL: db.url, REDIS_PREFIX: prefix, ...bull() });
    nodes.push(only);
    await mountBullBoard(only.app.getHttpAdapter().getInstance(), only.app.get(JobDriver) as BullDriver, (asking) =>
      Promise.resolve(asking.headers['x-role'] === 'owner'),
    );
    await only.app.listen(0, '127.0.0.1');
    const http = request(only.app.getHttpServer());
    await http.get('/admin/queues').expect(403);
    await http.get('/admin/queues/api/queues').expect(403);
    await http.get('/admin/queues').set('x-role', 'owner').expect(200);
    const listed = await http.get('/admin/queues/api/queues').set('x-role', 'owner').expect(200);
    const { queues } = listed.body as { queues: { name: string; readOnlyMode: boolean }[] };
    expect(queues.map((queue) => queue.name).toSorted()).toEqual([...QUEUES].toSorted());
    await http.put('/admin/queues/api/queues/crm/pause').set('x-role', 'owner').expect(405);
  });
});

describe('metrics', () => {
  it('tell what waits, what gave up, how long it took and how late it was, for the application that runs now', async () => {
    const closed = await node();
    await closed.app.close();
    nodes = [];
    const only = await node((job) => (job.payload['kind'] ? Promise.reject(new GiveUp('no')) : Promise.resolve()));
    await enqueue(
      only,
      work({ n: 1 }),
      work({ kind: 'hopeless' }),
      work({}, { runAt: new Date(Date.now() + 3_600_000) }),
    );
    await until(
      'both ran',
      async () => (await rows()).filter((row) => row.state === 'parked').length === 1 && runs.length === 2,
    );
    const shown = await register.metrics();
    expect(shown).toContain(`pasokh_job_duration_seconds_count{queue="crm",name="${WORK}",outcome="parked"} 1`);
    expect(shown).toContain('pasokh_job_wait_seconds_count{queue="crm"} 2');
    expect(shown).toContain('pasokh_jobs_ready{queue="crm"} 1');
    expect(shown).toContain('pasokh_jobs_parked{queue="crm"} 1');
    expect(shown).toContain('pasokh_jobs_oldest_ready_seconds{queue="crm"} 0');
  });
});

describe('a person', () => {
  let app: JobsNode;
  let http: ReturnType<typeof request>;
  const as = (role: string, workspace = harbour) => ({ 'x-role': role, 'x-agent': ada, 'x-workspace': workspace });

  beforeEach(async () => {
    app = await startJobsNode({ DATABASE_URL: db.url, ROLE: 'web' });
    nodes.push(app);
    app.app.setGlobalPrefix('api/v1');
    app.app.useGlobalFilters(new HttpErrorsFilter(app.log));
    app.app.useGlobalPipes(
      new ValidationPipe({
        whitelist: true,
        forbidNonWhitelisted: true,
        transform: true,
        exceptionFactory: () => new DomainError('validation_failed', 'Please correct the query.'),
      }),
    );
    await app.app.listen(0, '127.0.0.1');
    http = request(app.app.getHttpServer());
  });

  const parked = async (error = 'no such page', more: Partial<NewJob> = {}) => {
    await app.database.lean({ workspaceId: harbour }, (tx) => {
      app.app.get(JobQueue).park(tx, { ...work({ n: 1 }, more), error });
      return Promise.resolve();
    });
    return (await rows()).find((row) => row.state === 'parked')!.id;
  };

  it('reads jobs page by page, newest first, narrowed by state and queue', async () => {
    await enqueue(app, ...numbers(5).map((n) => work({ n })), work({ n: 'bot' }, { queue: 'bot' }));
    await parked();
    const page = await http.get('/api/v1/jobs?state=ready&queue=crm&limit=3').set(as('owner')).expect(200);
    const { items, nextCursor } = page.body as { items: { payload: { n: number } }[]; nextCursor: string };
    const rest = await http
      .get(`/api/v1/jobs?state=ready&queue=crm&limit=3&cursor=${nextCursor}`)
      .set(as('owner'))
      .expect(200);
    const both = [...items, ...(rest.body as { items: { payload: { n: number } }[] }).items];
    expect(both.map((job) => job.payload.n)).toEqual([4, 3, 2, 1, 0]);
    expect(rest.body).toMatchObject({ nextCursor: null });
    const counts = await http.get('/api/v1/jobs/counts').set(as('admin')).expect(200);
    expect(counts.body).toEqual({
      items: [
        { queue: 'bot', ready: 1, running: 0, parked: 0, oldestReadySeconds: expect.any(Number) },
        { queue: 'crm', ready: 5, running: 0, parked: 1, oldestReadySeconds: expect.any(Number) },
      ],
    });
    await http.get('/api/v1/jobs?state=asleep').set(as('owner')).expect(422);
    await http.get('/api/v1/jobs?limit=1000').set(as('owner')).expect(422);
  });

  it('retries a parked job with all its tries', async () => {
    const id = await parked();
    await sql('UPDATE jobs SET attempts = 12');
    const answer = await http.post(`/api/v1/jobs/${id}/retry`).set(as('owner')).expect(200);
    expect(answer.body).toMatchObject({ id, state: 'ready', attempts: 0, parkedAt: null });
    await http.post(`/api/v1/jobs/${id}/retry`).set(as('owner')).expect(409);
    expect(await sql('SELECT action, subject, actor FROM audit_log')).toContainEqual({
      action: 'job.retried',
      subject: `job:${id}`,
      actor: { kind: 'agent', id: ada },
    });
  });

  it('retries into the newer job with its key when one is ready', async () => {
    const id = await parked();
    await sql(`UPDATE jobs SET dedupe_key = 'contact:1'`);
    await enqueue(app, work({ n: 2 }, { dedupeKey: 'contact:1' }));
    const answer = await http.post(`/api/v1/jobs/${id}/retry`).set(as('owner')).expect(200);
    const left = await rows();
    expect(left).toHaveLength(1);
    expect(answer.body).toMatchObject({ id: left[0]!.id, payload: { n: 2 } });
  });

  it('drops a parked job only with a reason, which is kept', async () => {
    const id = await parked();
    await http.post(`/api/v1/jobs/${id}/drop`).set(as('owner')).send({}).expect(422);
    expect(await rows()).toHaveLength(1);
    await http.post(`/api/v1/jobs/${id}/drop`).set(as('owner')).send({ reason: 'the page is closed' }).expect(204);
    expect(await rows()).toEqual([]);
    await http.get(`/api/v1/jobs/${id}`).set(as('owner')).expect(404);
    const [entry] = await sql(`SELECT changes FROM audit_log WHERE action = 'job.dropped' AND subject = $1`, [
      `job:${id}`,
    ]);
    expect(entry).toMatchObject({
      changes: { reason: { to: 'the page is closed' }, payload: { from: { n: 1 } }, error: { from: 'no such page' } },
    });
  });

  it('of another workspace, or without the permission, gets nothing', async () => {
    const id = await parked();
    const paths = [`/api/v1/jobs/${id}`, `/api/v1/jobs/${uuidv7()}`, '/api/v1/jobs/not-an-id'];
    const bodies = await Promise.all(paths.map((path) => http.get(path).set(as('owner', elsewhere)).expect(404)));
    expect(bodies[0]!.body).toEqual(bodies[1]!.body);
    await http.post(`/api/v1/jobs/${id}/retry`).set(as('owner', elsewhere)).expect(404);
    await http.post(`/api/v1/jobs/${id}/drop`).set(as('owner', elsewhere)).send({ reason: 'mine now' }).expect(404);
    expect((await http.get('/api/v1/jobs').set(as('owner', elsewhere)).expect(200)).body).toMatchObject({ items: [] });
    for (const role of ['lead', 'agent', 'analyst', 'crm_viewer'])
      await http.get('/api/v1/jobs').set(as(role)).expect(403);
    expect(await rows()).toMatchObject([{ id, state: 'parked' }]);
  });

  it('cannot disturb a job that runs or waits', async () => {
    await enqueue(app, work());
    const [{ id }] = (await rows()) as [Row];
    await http.post(`/api/v1/jobs/${id}/drop`).set(as('owner')).send({ reason: 'impatient' }).expect(409);
    await http.post(`/api/v1/jobs/${id}/retry`).set(as('owner')).expect(409);
    expect(await rows()).toMatchObject([{ id, state: 'ready' }]);
  });
});
