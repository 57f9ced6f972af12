import pg from 'pg';
import { JobsService } from '../../src/jobs/jobs.service';
import { type DomainEvent, type DomainEventType, event, SYSTEM } from '../../src/outbox/domain-event';
import { EventReader } from '../../src/outbox/event-reader';
import { Outbox } from '../../src/outbox/outbox';
import { PARKED_EVENT_JOB, Subscriptions } from '../../src/outbox/subscriptions';
import type { Tx } from '../../src/platform/database';
import { uuidv7 } from '../../src/platform/ids';
import { testDatabase } from '../database';
import { eventually } from '../harness';
import { type JobsNode, startJobsNode } from '../jobs-node';

const harbour = uuidv7();
const reef = uuidv7();
const WORKSPACES = [harbour, reef];

let db: Awaited<ReturnType<typeof testDatabase>>;
let writer: JobsNode;
const nodes: JobsNode[] = [];

beforeAll(async () => {
  db = await testDatabase();
  await db.database.lean('system', (tx) =>
    tx.execute(
      `INSERT INTO workspaces (id, slug, name) VALUES ($1, 'harbour', 'Harbour'), ($2, 'reef', 'Reef')`,
      WORKSPACES,
    ),
  );
  writer = await node({ ROLE: 'web', DATABASE_POOL: 40 });
});
afterAll(async () => {
  await Promise.all(nodes.map((one) => one.app.close()));
  await db.drop();
});

/** A node with a subscriber of its own; `handle` sees its events inside the subscriber's transaction. */
async function node(
  env: Partial<JobsNode['config']> = {},
  subscriber?: { name: string; types: DomainEventType[]; handle: (tx: Tx, events: DomainEvent[]) => Promise<void> },
): Promise<JobsNode> {
  const made = await startJobsNode({ DATABASE_URL: db.url, ...env });
  if (subscriber) made.app.get(Subscriptions).subscribe(subscriber);
  await made.app.init();
  nodes.push(made);
  return made;
}

const noted = (workspaceId: string, seq: number) => event(workspaceId, 'message.noted', SYSTEM, {}, ['leads'], { seq });

/** One transaction with some events, that dawdles between its work and its commit. */
const write = (workspaceIds: readonly string[], count: number, dawdleMs = 0, fails = false) =>
  writer.database.lean('system', async (tx) => {
    for (let i = 0; i < count; i++) for (const id of workspaceIds) writer.app.get(Outbox).record(tx, noted(id, i));
    await tx.query('SELECT pg_sleep($1)', [dawdleMs / 1000]);
    if (fails) throw new Error('this one changes its mind');
  });

const positions = (events: DomainEvent[]) => events.map((e) => e.position);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('the order of events', () => {
  it('has no gaps under thirty writers, and a reader that polls all the while sees each once, in order', async () => {
    const reader = writer.app.get(EventReader);
    const seen = new Map<string, DomainEvent[]>(WORKSPACES.map((id) => [id, []]));
    let writing = true;
    const read = async (workspaceId: string) => {
      const mine = seen.get(workspaceId)!;
      for (;;) {
        const last = !writing;
        const events = await reader.after(workspaceId, mine.at(-1)?.position ?? 0, 7);
        mine.push(...events);
        if (last && events.length === 0) return;
        if (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const readers = WORKSPACES.map(read);
    let expected = 0;
    await Promise.all(
      Array.from({ length: 30 }, async (_, writerNumber) => {
        for (let round = 0; round < 8; round++) {
          const count = 1 + ((writerNumber + round) % 3);
          const fails = (writerNumber + round) % 5 === 0;
          if (!fails) expected += count;
          // in both orders of workspaces: head rows must not be waited for crosswise
          const ids = writerNumber % 2 === 0 ? WORKSPACES : WORKSPACES.toReversed();
          await write(ids, count, (writerNumber * 7 + round * 3) % 11, fails).catch((error: unknown) => {
            if (!fails) throw error;
          });
        }
      }),
    );
    writing = false;
    await Promise.all(readers);
    for (const id of WORKSPACES) {
      const events = seen.get(id)!;
      expect(positions(events)).toEqual(upTo(expected));
      // events of one transaction stand together, in the order they were recorded: 0, 1, 2 and again from 0
      const seqs = events.map((e) => (e as DomainEvent<'message.noted'>).data.seq);
      expect(seqs.filter((seq, i) => seq !== 0 && seq !== seqs[i - 1]! + 1)).toEqual([]);
    }
    expect(await reader.heads(WORKSPACES)).toEqual(new Map(WORKSPACES.map((id) => [id, expected])));
  });

  it('takes reasons that Postgres could not hold', async () => {
    const before = await writer.app.get(EventReader).head(reef);
    await writer.database.lean('system', (tx) => {
      const reason = 'nul \u0000 and half \ud83d';
      writer.app.get(Outbox).record(tx, event(reef, 'message.deleted', SYSTEM, {}, ['leads'], { by: 'agent', reason }));
      return Promise.resolve();
    });
    const [told] = await writer.app.get(EventReader).after(reef, before, 5);
    expect(told!.data).toEqual({ by: 'agent', reason: 'nul \ufffd and half \ufffd' });
  });

  it('narrows a reader to the rooms it may hear', async () => {
    const reader = writer.app.get(EventReader);
    const head = await reader.head(harbour);
    await writer.database.lean('system', (tx) => {
      for (const rooms of [['team:a'], ['team:b'], ['team:b', 'team:a'], []])
        writer.app.get(Outbox).record(tx, event(harbour, 'message.noted', SYSTEM, {}, rooms, { seq: 1 }));
      return Promise.resolve();
    });
    expect(positions(await reader.after(harbour, head, 10, ['team:a']))).toEqual([head + 1, head + 3]);
    expect(positions(await reader.after(harbour, head, 10))).toEqual([1, 2, 3, 4].map((n) => head + n));
  });
});

/** An effect that cannot happen twice unnoticed: the second one breaks a key. */
const effect = (tx: Tx, subscriber: string, e: DomainEvent) =>
  tx.execute('INSERT INTO message_keys (workspace_id, channel_id, external_id) VALUES ($1, $2, $3)', [
    e.workspaceId,
    '00000000-0000-0000-0000-000000000001',
    `${subscriber}:${e.position}`,
  ]);
const effects = (subscriber: string) =>
  db.database.lean('system', (tx) =>
    tx.query<{ workspace_id: string; position: string }>(
      `SELECT workspace_id, split_part(external_id, ':', 2) AS position FROM message_keys WHERE external_id LIKE $1`,
      [`${subscriber}:%`],
    ),
  );

describe('a subscriber', () => {
  it('has each event once and in order, on two nodes, with its connection cut between effect and bookmark', async () => {
    const order = new Map<string, number[]>(WORKSPACES.map((id) => [id, []]));
    let calls = 0;
    const handle = async (tx: Tx, events: DomainEvent[]) => {
      for (const e of events) await effect(tx, 'crash', e);
      calls += 1;
      if (calls % 3 === 1) await tx.query('SELECT pg_terminate_backend(pg_backend_pid())');
      tx.afterCommit(() => order.get(events[0]!.workspaceId)!.push(...positions(events)));
    };
    const subscriber = { name: 'crash', types: ['message.noted' as const], handle };
    await node({}, subscriber);
    await node({}, subscriber);
    for (let i = 0; i < 10; i++) await write(WORKSPACES, 20);
    const noted = await writer.database.lean('system', (tx) =>
      tx.query<{ workspace_id: string; position: string }>(
        `SELECT workspace_id, position FROM domain_events WHERE type = 'message.noted' ORDER BY workspace_id, position`,
      ),
    );
    await eventually(async () => (await effects('crash')).length === noted.length, 40_000);
    for (const id of WORKSPACES) {
      const expected = noted.filter((row) => row.workspace_id === id).map((row) => Number(row.position));
      expect(order.get(id)).toEqual(expected);
    }
    expect(calls).toBeGreaterThan(4);
  });

  it('is handed its own types only, and its bookmark passes what is nobody else’s business to it', async () => {
    await write([reef], 450);
    await writer.database.lean('system', (tx) => {
      const liked = event(reef, 'message.liked', SYSTEM, {}, ['leads'], {});
      writer.app.get(Outbox).record(tx, noted(reef, 1), liked, noted(reef, 2));
      return Promise.resolve();
    });
    const head = await writer.app.get(EventReader).head(reef);
    const heard: DomainEvent[] = [];
    const handle = (_: Tx, events: DomainEvent[]) => {
      heard.push(...events);
      return Promise.resolve();
    };
    await node({}, { name: 'rare', types: ['message.liked'], handle });
    await eventually(async () => {
      const [row] = await db.database.lean('system', (tx) =>
        tx.query<{ position: string }>(
          `SELECT position FROM event_cursors WHERE subscriber = 'rare' AND workspace_id = $1`,
          [reef],
        ),
      );
      return Number(row?.position) === head;
    });
    expect(heard).toMatchObject([{ type: 'message.liked', workspaceId: reef, position: head - 1 }]);
  });

  it('that comes late hears what retention has left, and passes what it has not', async () => {
    const lagoon = uuidv7();
    await db.database.lean('system', (tx) =>
      tx.execute(`INSERT INTO workspaces (id, slug, name) VALUES ($1, 'lagoon', 'Lagoon')`, [lagoon]),
    );
    await write([lagoon], 450);
    const forget = async (last: number) => {
      const owner = new pg.Client(db.url); // the product itself may not
      await owner.connect();
      await owner.query('DELETE FROM domain_events WHERE workspace_id = $1 AND position <= $2', [lagoon, last]);
      await owner.end();
    };
    const passed = (name: string) =>
      eventually(async () => {
        const [row] = await db.database.lean('system', (tx) =>
          tx.query<{ position: string }>(
            'SELECT position FROM event_cursors WHERE subscriber = $1 AND workspace_id = $2',
            [name, lagoon],
          ),
        );
        return row?.position === '450';
      });
    const heard: number[] = [];
    const handle = (_: Tx, events: DomainEvent[]) => {
      heard.push(...positions(events.filter((e) => e.workspaceId === lagoon)));
      return Promise.resolve();
    };
    await forget(300);
    await node({}, { name: 'late', types: ['message.noted'], handle });
    await passed('late');
    expect(heard).toEqual(upTo(450).slice(300));
    await forget(450);
    await node({}, { name: 'later', types: ['message.noted'], handle });
    await passed('later');
    expect(heard).toHaveLength(150);
  });

  it('hears again from the beginning when its bookmark is set back by hand', async () => {
    const heard: number[] = [];
    const handle = (_: Tx, events: DomainEvent[]) => {
      heard.push(...positions(events.filter((e) => e.workspaceId === reef)));
      return Promise.resolve();
    };
    await node({}, { name: 'again', types: ['message.liked'], handle });
    await eventually(() => Promise.resolve(heard.length === 1));
    await write([reef], 3); // passed over, so that this node thinks it knows where the bookmark is
    await db.database.lean('system', (tx) =>
      tx.execute(`UPDATE event_cursors SET position = 0 WHERE subscriber = 'again' AND workspace_id = $1`, [reef]),
    );
    await eventually(() => Promise.resolve(heard.length === 2));
    expect(heard[1]).toBe(heard[0]);
  });

  it('is not stopped by a poison event: it is parked by name, and a person hands it over again', async () => {
    const poison = (await writer.app.get(EventReader).head(harbour)) + 2;
    let cured = false;
    const runner = await node(
      {},
      {
        name: 'poisoned',
        types: ['message.noted'],
        handle: async (tx, events) => {
          for (const e of events) {
            if (e.workspaceId === harbour && e.position === poison && !cured) throw new Error('I cannot swallow this');
            await effect(tx, 'poisoned', e);
          }
        },
      },
    );
    await write([harbour], 5);
    const has = async (position: number) =>
      (await effects('poisoned')).some((row) => row.workspace_id === harbour && Number(row.position) === position);
    await eventually(() => has(poison + 3), 40_000);
    expect(await has(poison)).toBe(false);
    const jobs = runner.app.get(JobsService);
    const who = { workspaceId: harbour, agentId: uuidv7() };
    const parked = (await jobs.list(who, { state: 'parked', limit: 10 })).find((job) => job.name === PARKED_EVENT_JOB);
    expect(parked).toMatchObject({
      payload: { subscriber: 'poisoned', position: poison },
      lastError: 'I cannot swallow this',
    });
    const told = await writer.app.get(EventReader).after(harbour, poison, 50);
    expect(told.map((e) => e.type)).toContain('job.parked');
    cured = true;
    await jobs.retry(who, parked!.id);
    await eventually(() => has(poison));
    expect(
      (await jobs.list(who, { state: 'parked', limit: 10 })).filter((job) => job.name === PARKED_EVENT_JOB),
    ).toEqual([]);
  });
});
