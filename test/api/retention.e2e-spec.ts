import { RetentionRepository } from '../../src/maintenance/retention.repository';
import { Retention } from '../../src/maintenance/retention.service';
import { Clock } from '../../src/platform/clock';
import { Config } from '../../src/platform/config';
import { uuidv7 } from '../../src/platform/ids';
import { cloneDatabase } from '../database';
import { seedWorkspace, startInboxNode, type World } from '../inbox-node';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let node: Awaited<ReturnType<typeof startInboxNode>>;
beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url });
});
afterAll(async () => {
  await node.close();
  await clone.drop();
});

const retention = (days?: string) =>
  new Retention(
    node.database,
    new RetentionRepository(),
    Object.assign(new Config(), days === undefined ? {} : { RETENTION_DAYS: days }),
    new Clock(),
  );

/** What a ticket leaves behind in `days`: a turn, an offer that ran out, a warning that was told, a survey nobody answered. */
async function traces(world: World, agentId: string, ticket: { id: string; conversationId: string }, days: number) {
  const at = `now() - interval '${days} days'`;
  const clockId = uuidv7();
  await world.rows(
    `INSERT INTO routing_log (workspace_id, position, at, what, agent_id, ticket_id, work_type)
     VALUES ($1, ${Math.floor(Math.random() * 1e9)}, ${at}, 'claimed', '${agentId}', '${ticket.id}', 'dm')`,
  );
  await world.rows(
    `INSERT INTO routing_offers (workspace_id, id, ticket_id, agent_id, offered_at, expires_at, why, ended_at, how)
     VALUES ($1, '${uuidv7()}', '${ticket.id}', '${agentId}', ${at}, ${at}, '{}', ${at}, 'timed_out')`,
  );
  await world.rows(
    `INSERT INTO sla_clocks (workspace_id, id, ticket_id, policy_id, kind, started_at, opened_position, met_at)
     VALUES ($1, '${clockId}', '${ticket.id}', '${uuidv7()}', 'first_response', ${at}, 1, ${at})`,
  );
  await world.rows(
    `INSERT INTO sla_steps (workspace_id, clock_id, step, due_at, told_at) VALUES ($1, '${clockId}', 'warning:80', ${at}, ${at})`,
  );
  await world.rows(
    `INSERT INTO surveys (workspace_id, id, ticket_id, conversation_id, contact_id, channel_id, brand_id, kind, state, due_at, created_at)
     VALUES ($1, '${uuidv7()}', '${ticket.id}', '${ticket.conversationId}', '${world.contactId}', '${world.channelId}',
       '${world.brandId}', 'csat', 'not_asked', ${at}, ${at})`,
  );
}
const left = async (world: World, ticketId: string) => {
  const [row] = await world.rows<Record<string, number>>(
    `SELECT (SELECT count(*) FROM routing_log x WHERE x.workspace_id = $1 AND x.ticket_id = '${ticketId}')::int AS turns,
       (SELECT count(*) FROM routing_offers x WHERE x.workspace_id = $1 AND x.ticket_id = '${ticketId}')::int AS offers,
       (SELECT count(*) FROM sla_steps x JOIN sla_clocks c ON c.workspace_id = x.workspace_id AND c.id = x.clock_id
        WHERE x.workspace_id = $1 AND c.ticket_id = '${ticketId}')::int AS steps,
       (SELECT count(*) FROM surveys x WHERE x.workspace_id = $1 AND x.ticket_id = '${ticketId}')::int AS surveys`,
  );
  return row;
};
const ALL = { turns: 1, offers: 1, steps: 1, surveys: 1 };
const NOTHING = { turns: 0, offers: 0, steps: 0, surveys: 0 };

it('takes away what is old of what is over, keeps what explains work, and comes again without harm', async () => {
  const world = await seedWorkspace(node.database, 'retention');
  const ada = await world.agent('Ada');
  const [old, open, young] = [
    await world.ticket({ status: 'closed' }),
    await world.ticket({ status: 'on_hold' }),
    await world.ticket({ status: 'closed' }),
  ];
  await traces(world, ada, old, 500);
  await traces(world, ada, open, 500);
  await traces(world, ada, young, 100);
  const [first, second] = await Promise.all([retention().run(), retention().run()]);
  const gone = (name: 'routing_log' | 'surveys') => (first[name] ?? 0) + (second[name] ?? 0);
  expect([gone('routing_log'), gone('surveys')]).toEqual([1, 1]);
  expect(await left(world, old.id)).toEqual(NOTHING);
  expect(await left(world, open.id)).toEqual(ALL);
  expect(await left(world, young.id)).toEqual(ALL);
  expect(await retention().run()).toEqual({});

  await retention('routing_log=0,routing_offers=30,sla_steps=0,surveys=0').run();
  expect(await left(world, young.id)).toEqual({ ...ALL, offers: 0 });
});

it('takes what was told in a notification’s row with it, and what was read never at all before its time', async () => {
  const world = await seedWorkspace(node.database, 'retention-told');
  const ada = await world.agent('Ada');
  const [head, part, fresh] = [uuidv7(), uuidv7(), uuidv7()];
  const row = (id: string, days: number, into: string | null) =>
    world.rows(
      `INSERT INTO notifications (workspace_id, id, agent_id, kind, cause, created_at, fold_id)
       VALUES ($1, '${id}', '${ada}', 'sla.warned', '${id}', now() - interval '${days} days', ${into ? `'${into}'` : 'NULL'})`,
    );
  await row(head, 100, null);
  await row(part, 89, head);
  await row(fresh, 80, null);
  await retention().run();
  const kept = await world.rows<{ id: string }>('SELECT id FROM notifications WHERE workspace_id = $1');
  expect(kept).toEqual([{ id: fresh }]);
});

it('leaves the months to come as they were: they still get their partitions', async () => {
  const made = await node.database.lean('system', (tx) => tx.query('SELECT ensure_partitions(9)'));
  expect(made).toHaveLength(1);
  const [later] = await node.database.lean('system', (tx) =>
    tx.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_constraint WHERE conname = 'messages_author_kind_check' AND pg_get_constraintdef(oid) LIKE '%rule%'`,
    ),
  );
  expect(later!.n).toBeGreaterThan(9);
});

it('walks each table from its oldest end', async () => {
  for (const [table, since, only] of [
    ['routing_log', 'at', 'true'],
    ['sla_steps', 'told_at', 'x.told_at IS NOT NULL'],
    ['routing_offers', 'ended_at', 'x.ended_at IS NOT NULL'],
    ['surveys', 'created_at', 'x.answered_at IS NULL'],
    ['moderation_items', 'settled_at', 'x.settled_at IS NOT NULL'],
  ] as const) {
    const plan = await node.database.lean('system', async (tx) => {
      await tx.execute('SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off');
      return tx.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT x.ctid FROM ${table} x WHERE x.${since} < now() AND ${only} ORDER BY x.${since} LIMIT 10`,
      );
    });
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain(`${table}_by_age`);
  }
});
