import pg from 'pg';
import { permissionsOf, type Principal, type Role } from '../../src/identity/principal';
import { uuidv7 } from '../../src/platform/ids';
import { AT_DESK, type FewRows, HOUR_MS, IN_HAND, plainKey, QUEUES, slicesOf, TEAMS } from './many-tickets.sql';

/**
 * A workspace with any number of tickets, written by set-based SQL into the product's own tables. Of very many the indexes
 * that no key stands behind are built afterwards, as a restored backup does it: filled row by row they take most of the time.
 *
 * Of 20 tickets 12 wait for an agent (one of them late and told so), 3 wait for the customer, 1 is snoozed and 4 are solved
 * or closed, spread evenly over thirty days; in the last team nearly all are solved. A few of those that wait are in
 * agents' hands: everybody's are full. There are as many running clocks as tickets: those that wait have one for the
 * response, and some of them and the others one for the resolution.
 */
export interface Hoard {
  workspaceId: string;
  tickets: number;
  teamIds: string[];
  /** The first team's. */
  queueIds: string[];
  agentIds: string[];
  /** A team of all agents, in which 100,000 wait, or a fifth of all where that is less; null where there are few. */
  deskId: string | null;
  /** The clock that runs for the `n`th ticket's response; for `n` that wait. */
  responseClock: (n: number) => string;
  principal: (role: Role, agent: number) => Principal;
}

const CHANNELS = ['instagram', 'facebook', 'telegram', 'whatsapp'];
const WRITERS = 2;

const TABLES = ['contacts', 'contact_identities', 'conversations', 'tickets', 'sla_clocks', 'sla_steps'] as const;

/** Gigabytes on disk a million tickets take, write-ahead log not counted: measured. */
export const GB_A_MILLION = 3;

export interface HoardOptions {
  tickets: number;
  agents: number;
  /** Which of the workspaces of this database it is: ids differ by it. */
  nth: number;
  /** Foreign keys are checked row by row. Of many rows that takes longer than all else; of a few it proves the rest right. */
  checked: boolean;
  say: (text: string) => void;
}

export async function hoard(url: string, options: HoardOptions): Promise<Hoard> {
  const { tickets, agents, nth, checked, say } = options;
  const connections = await Promise.all(Array.from({ length: checked ? 1 : WRITERS }, () => connect(url)));
  try {
    const made = await people(connections[0]!, tickets, agents, nth);
    if (!checked)
      for (const connection of connections) await connection.query('SET session_replication_role = replica');
    const started = performance.now();
    const indexes = checked ? [] : await takeIndexes(connections[0]!);
    let done = 0;
    await shared(connections, slicesOf(made, tickets, nth), async (connection, slice, left) => {
      await connection.query(slice.sql, slice.params);
      done += 1;
      if (done % 20 === 0) say(`${done} slices of ${done + left}, ${seconds(started)} s`);
    });
    await shared(connections, indexes, async (connection, index, left) => {
      await connection.query(index);
      if (left % 10 === 0) say(`${left} indexes left, ${seconds(started)} s`);
    });
    await connections[0]!.query('INSERT INTO ticket_numbers VALUES ($1, $2)', [made.workspaceId, tickets]);
    // what autovacuum would have done by the time that so many tickets have come
    await shared(connections, TABLES, (connection, table) => connection.query(`VACUUM (ANALYZE) ${table}`));
    say(`${tickets} tickets written in ${seconds(started)} s`);
    return made;
  } finally {
    await Promise.all(connections.map((connection) => connection.end()));
  }
}

/** Each of `work` on whichever connection is free first, in their order. */
async function shared<T>(
  connections: readonly pg.Client[],
  work: readonly T[],
  each: (connection: pg.Client, item: T, left: number) => Promise<unknown>,
): Promise<void> {
  const waiting = [...work];
  await Promise.all(
    connections.map(async (connection) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift())
        await each(connection, item, waiting.length);
    }),
  );
}

/** Drops the indexes that no key stands behind. @returns statements that build them again, those of the largest table first */
async function takeIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; made: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made FROM pg_index i
     WHERE i.indrelid = ANY($1::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
     ORDER BY i.indrelid = 'tickets'::regclass DESC, i.indexrelid`,
    [TABLES],
  );
  await client.query(`DROP INDEX ${rows.map((row) => row.name).join(', ')}`);
  return rows.map((row) => row.made);
}

const seconds = (since: number): number => Math.round((performance.now() - since) / 1000);

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(
    `SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 0`,
  );
  return client;
}

type Made = Hoard & FewRows;

/** Everything there are few of: teams, queues, agents who are here, channels, a policy. */
async function people(client: pg.Client, tickets: number, agents: number, nth: number): Promise<Made> {
  const ids = (count: number) => Array.from({ length: count }, () => uuidv7());
  const [workspaceId, brandId, policyId, desk] = ids(4) as [string, string, string, string];
  const [teamIds, agentIds, channelIds, queuesOfTeams] = [
    ids(TEAMS),
    ids(agents),
    ids(CHANNELS.length),
    ids(TEAMS * QUEUES),
  ];
  const deskId = tickets >= AT_DESK ? desk : null; // few have none
  const allTeams = deskId ? [...teamIds, deskId] : teamIds;
  const run = (sql: string, ...params: unknown[]) => client.query(sql, [workspaceId, ...params]);
  await run(`INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)`, `hoard-${nth}`);
  await run(`INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, 'Main')`, brandId);
  await run(
    `INSERT INTO teams (workspace_id, id, name, assignment) SELECT $1::uuid, id, 'Team ' || n, 'push'
     FROM unnest($2::uuid[]) WITH ORDINALITY AS u(id, n)`,
    allTeams,
  );
  await run(
    `INSERT INTO routing_queues (workspace_id, id, team_id, name, rank, conditions)
     SELECT $1::uuid, id, ($3::uuid[])[1 + (n - 1) / ${QUEUES}], 'Queue ' || n, n, jsonb_build_object('channelKinds', jsonb_build_array(($4::text[])[2 + (n - 1) % ${QUEUES}]))
     FROM unnest($2::uuid[]) WITH ORDINALITY AS u(id, n)`,
    queuesOfTeams,
    teamIds,
    CHANNELS,
  );
  await run(
    `INSERT INTO agents (workspace_id, id, email, name, role, capacity)
     SELECT $1::uuid, id, id || '@hoard.test', 'Agent ' || n, 'agent', ${IN_HAND} FROM unnest($2::uuid[]) WITH ORDINALITY AS u(id, n)`,
    agentIds,
  );
  // agent n works in team n and the one after it, and at the desk
  await run(
    `INSERT INTO team_members (workspace_id, team_id, agent_id)
     SELECT DISTINCT $1::uuid, t.id, a.id FROM unnest($2::uuid[]) WITH ORDINALITY AS a(id, n)
     CROSS JOIN LATERAL (SELECT ($3::uuid[])[1 + (a.n - 1) % ${TEAMS}] AS id UNION SELECT ($3::uuid[])[1 + a.n % ${TEAMS}]
                         UNION SELECT $4::uuid WHERE $4 IS NOT NULL) t`,
    agentIds,
    teamIds,
    deskId,
  );
  await run(
    `INSERT INTO agent_skills (workspace_id, agent_id, skill, level)
     SELECT $1::uuid, id, 'lang:fa', 4 FROM unnest($2::uuid[]) AS u(id)
     UNION ALL SELECT $1::uuid, id, 'lang:en', 3 FROM unnest($2::uuid[]) WITH ORDINALITY AS u(id, n) WHERE n % 3 = 0`,
    agentIds,
  );
  await run(
    `INSERT INTO channels (workspace_id, id, kind, name, brand_id, external_id)
     SELECT $1::uuid, id, kind, kind, $4, 'hoard-${nth}' FROM unnest($2::uuid[], $3::text[]) AS u(id, kind)`,
    channelIds,
    CHANNELS,
    brandId,
  );
  const targets = JSON.stringify({ urgent: HOUR_MS, high: HOUR_MS, normal: HOUR_MS, low: HOUR_MS });
  await run(
    `INSERT INTO sla_policies (workspace_id, id, name, first_response_ms, next_response_ms, resolution_ms, warnings)
     VALUES ($1, $2, 'All', $3, $3, $3, '[{"percent": 80, "to": {"assignee": true}}]')`,
    policyId,
    targets,
  );
  return {
    workspaceId,
    tickets,
    teamIds,
    queueIds: queuesOfTeams.slice(0, QUEUES),
    agentIds,
    deskId,
    brandId,
    channelIds,
    policyId,
    queuesOfTeams,
    responseClock: (n) => plainKey('response', nth, n),
    principal: (role, agent) => ({
      workspaceId,
      agentId: agentIds[agent]!,
      role,
      teamIds: [teamIds[agent % TEAMS]!, teamIds[(agent + 1) % TEAMS]!],
      permissions: permissionsOf(role),
      name: `Agent ${agent}`,
      email: `${agentIds[agent]}@hoard.test`,
      locale: 'fa',
      via: 'token',
    }),
  };
}
