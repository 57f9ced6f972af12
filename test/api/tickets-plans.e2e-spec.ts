import pg from 'pg';
import { isLookedUp, pageOfIds, type TicketFilter, WALK_INDEXES } from '../../src/inbox/tickets/ticket-list';
import { cloneDatabase } from '../database';
import { principalOf, seedWorkspace, startInboxNode } from '../inbox-node';

const TICKETS = 30_000;
const PAGE = 50;

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let node: Awaited<ReturnType<typeof startInboxNode>>;
const agents: Record<string, string> = {};

/** One team has everything and the lobby nothing: an empty range must not be found out by walking all the others. */
beforeAll(async () => {
  clone = await cloneDatabase();
  node = await startInboxNode({ DATABASE_URL: clone.url });
  const harbour = await seedWorkspace(node.database, 'harbour');
  const team = await harbour.team('Support');
  agents['agent'] = await harbour.agent('Ada', { teamIds: [team] });
  agents['lead'] = await harbour.agent('Lea', { role: 'lead' });
  const { conversationId } = await harbour.ticket({ status: 'closed', teamId: team });
  await node.database.lean('system', async (tx) => {
    await tx.execute(
      `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, thread_key, ticket_count)
       SELECT workspace_id, md5('c' || n)::uuid, channel_id, brand_id, contact_id, identity_id, kind, 'k' || n, 1
       FROM conversations, generate_series(1, $2::int) n WHERE id = $1`,
      [conversationId, TICKETS],
    );
    await tx.execute(
      `INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, kind, team_id, status,
         due_at, last_message_at, tags, wake_on, snoozed_at)
       SELECT workspace_id, md5('t' || n)::uuid, 1000 + n, md5('c' || n)::uuid, 1, contact_id, channel_id, brand_id, kind, team_id,
         CASE WHEN n % 4 = 0 THEN 'open' WHEN n % 400 = 1 THEN 'on_hold' ELSE 'closed' END,
         now() + n * interval '1 second', now() - n * interval '1 second',
         CASE WHEN n % 3 = 0 THEN '{common}'::text[] WHEN n % 1000 = 4 THEN '{rare}'::text[] ELSE '{}' END,
         CASE WHEN n % 400 = 1 THEN '{reply}'::text[] ELSE '{}' END, CASE WHEN n % 400 = 1 THEN now() END
       FROM tickets, generate_series(1, $2::int) n WHERE conversation_id = $1`,
      [conversationId, TICKETS],
    );
    await tx.execute('INSERT INTO ticket_tags SELECT workspace_id, unnest(tags), id FROM tickets');
    await tx.execute(
      `INSERT INTO ticket_followers SELECT workspace_id, id, agent FROM tickets, unnest($1::uuid[]) agent WHERE number % 1000 = 4`,
      [Object.values(agents)],
    );
  });
  const admin = new pg.Client(clone.url);
  await admin.connect();
  for (const table of ['tickets', 'ticket_tags', 'ticket_followers']) await admin.query(`VACUUM ANALYZE ${table}`);
  await admin.end();
}, 120_000);

afterAll(async () => {
  await node.close();
  await clone.drop();
});

const FILTERS: TicketFilter[] = [
  { view: 'mine' },
  { view: 'all' },
  { view: 'unassigned' },
  { view: 'solved' },
  { view: 'snoozed' },
  { view: 'following' },
  { view: 'all', snoozed: false },
  { view: 'all', tag: 'common' },
  { view: 'solved', tag: 'common' },
  { view: 'all', tag: 'rare', tagIsRare: true },
  { view: 'solved', tag: 'rare', tagIsRare: true },
];

describe.each(['agent', 'lead'])('a page for the %s', (role) => {
  it.each(FILTERS.map((filter) => [JSON.stringify(filter), filter] as const))('%s', async (_, filter) => {
    const who = await principalOf(node.database, agents[role]!);
    const plan = await node.database.lean(who, async (tx) => {
      if (!isLookedUp(filter)) await tx.execute(WALK_INDEXES);
      const { text, params } = pageOfIds(who, filter, undefined, PAGE);
      const rows = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ${text}`, params);
      return rows.map((row) => row['QUERY PLAN']);
    });
    const passedOver = plan.flatMap((line) => /Rows Removed by Filter: (\d+)/.exec(line)?.[1] ?? []).map(Number);
    expect(Math.max(0, ...passedOver)).toBeLessThan(10 * PAGE);
    expect(plan.join('\n')).not.toMatch(/Seq Scan on tickets/);
  });
});
