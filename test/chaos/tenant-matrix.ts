import pg from 'pg';
import { io, type Socket } from 'socket.io-client';
import { uuidv7 } from '../../src/platform/ids';
import { AgentsGateway } from '../../src/realtime/agents.gateway';
import { metaSignature } from '../simulators/meta/wire';
import { eventually } from '../support/api-client';
import { comment, send } from './forgeries';
import { bodyFor, refers, type Route, type RouteTable, routesOf } from './openapi';
import { REFERENCES, type Tenant } from './tenant-world';

/**
 * Every route of the table, asked by one workspace's owner with another workspace's ids. An id of the other must be
 * answered like one that does not exist, word for word; no answer may hold anything of the other; afterwards the
 * other's rows are what they were, and none of ours refers to them.
 */
export async function tryRoutes(
  url: string,
  client: pg.Client,
  us: Tenant,
  them: Tenant,
): Promise<{ broken: string[]; routes: number; requests: number }> {
  const table = (await (await fetch(`${url}/api/docs-json`)).json()) as RouteTable;
  const routes = routesOf(table);
  const theirs = await idsOf(client, them.workspaceId);
  const before = await quietFingerprint(client, them.workspaceId);
  const broken: string[] = [];
  let requests = 0;
  const ask = async (route: Route, path: string, body: unknown, as: string) => {
    requests += 1;
    const answer = await us.api.request<unknown>(route.method, path, body);
    const text = JSON.stringify(answer.body);
    const leaked =
      theirs.find((id) => text.includes(id)) ?? (text.includes('of neighbours') ? 'a text of theirs' : undefined);
    if (leaked) broken.push(`${as}: the answer holds ${leaked}`);
    if (answer.status >= 500) broken.push(`${as}: answered ${answer.status}`);
    return answer;
  };
  for (const route of routes) {
    const as = `${route.method} ${route.path}`;
    const unknown = route.params.find((param) => !(param.resource in them.ids));
    if (unknown) {
      broken.push(`${as}: nobody told this test what a ${unknown.resource} is; add it to tenant-world.ts`);
      continue;
    }
    const body = route.body && bodyFor(table, route.body, them);
    for (const foreign of combinations(route.params.length)) {
      const path = fill(route, (i) => (foreign[i] ? them : us).ids[route.params[i]!.resource]!);
      const made = fill(route, (i) => (foreign[i] ? uuidv7() : us.ids[route.params[i]!.resource]!));
      const ours = route.body && bodyFor(table, route.body, us);
      const answer = await ask(route, path, ours ?? undefined, `${as} with their id`);
      const other = await ask(route, made, ours ?? undefined, `${as} with no such id`);
      if (answer.status !== 404) broken.push(`${as}: their id was answered ${answer.status}, not 404`);
      else if (JSON.stringify(answer.body) !== JSON.stringify(other.body))
        broken.push(`${as}: their id is answered otherwise than one that does not exist`);
    }
    if (route.params.length === 0 || refers(table, route.body)) {
      const query = route.queries.flatMap((name) =>
        name in REFERENCES ? [`${name}=${them.ids[REFERENCES[name]!]}`] : [],
      );
      const path = fill(route, (i) => us.ids[route.params[i]!.resource]!);
      await ask(route, path, body ?? undefined, `${as} of ours`);
      for (const each of query) await ask(route, `${path}?${each}`, body ?? undefined, `${as}?${each.split('=')[0]}`);
    }
  }
  const after = await quietFingerprint(client, them.workspaceId);
  for (const [name, hash] of before) if (after.get(name) !== hash) broken.push(`their rows in ${name} have changed`);
  broken.push(...(await references(client, us.workspaceId, theirs)));
  return { broken, routes: routes.length, requests };
}

const fill = (route: Route, id: (i: number) => string): string =>
  route.params.reduce((path, param, i) => path.replace(`{${param.name}}`, id(i)), route.path);

/** Which of the ids are theirs: all, and with two of them each alone. */
const combinations = (params: number): boolean[][] =>
  params === 0
    ? []
    : params === 1
      ? [[true]]
      : [
          [true, true],
          [true, false],
          [false, true],
        ];

/** Every socket message the gateway knows, with the other's ticket; and nothing of the other's life is heard. */
export async function trySockets(
  url: string,
  us: Tenant,
  them: Tenant,
): Promise<{ broken: string[]; messages: number }> {
  const broken: string[] = [];
  const heard: string[] = [];
  const ours = await live(url, us.owner.token);
  const theirs = await live(url, them.owner.token);
  try {
    ours.onAny((name: string, ...args: unknown[]) => heard.push(JSON.stringify([name, args])));
    const names = gatewayMessages();
    const ticketId = them.ids['tickets'];
    for (const name of names) {
      const payload = { ticketId, on: true, state: 'online', after: 0 };
      const answer = (await ours.timeout(5_000).emitWithAck(name, payload)) as { error?: { code: string } };
      const opens = ['subscribe', 'viewing', 'typing'].includes(name);
      if (opens && answer.error?.code !== 'not_found')
        broken.push(`${name} of their ticket was answered ${JSON.stringify(answer)}`);
      const none = (await ours.timeout(5_000).emitWithAck(name, { ...payload, ticketId: uuidv7() })) as unknown;
      if (opens && JSON.stringify(none) !== JSON.stringify(answer))
        broken.push(`${name} of their ticket is answered otherwise than of one that does not exist`);
    }
    let told = false;
    theirs.on('events', () => (told = true));
    await theirs.timeout(5_000).emitWithAck('viewing', { ticketId });
    await theirs.timeout(5_000).emitWithAck('typing', { ticketId, on: true });
    const bytes = comment(them.page, 'socket');
    await send(url, '/webhooks/meta', bytes, { 'x-hub-signature-256': metaSignature(them.secret, bytes) });
    await eventually(() => Promise.resolve(told), 10_000).catch(() => broken.push('they did not hear their own event'));
    await ours.timeout(5_000).emitWithAck('resume', { after: null }); // what was under way has arrived by its answer
    const leaked = heard.find((line) => line.includes(them.workspaceId) || line.includes(ticketId!));
    if (leaked) broken.push(`a socket of ours heard ${leaked.slice(0, 200)}`);
    return { broken, messages: names.length };
  } finally {
    ours.disconnect();
    theirs.disconnect();
  }
}

/** What the gateway listens to, from Nest's own notes on its methods. */
function gatewayMessages(): string[] {
  const prototype = AgentsGateway.prototype as unknown as Record<string, object>;
  return Object.getOwnPropertyNames(prototype).flatMap((method) => {
    const name: unknown = method === 'constructor' ? undefined : Reflect.getMetadata('message', prototype[method]!);
    return typeof name === 'string' ? [name] : [];
  });
}

async function live(url: string, token: string): Promise<Socket> {
  const socket = io(`${url}/agents`, {
    transports: ['websocket'],
    auth: { token },
    reconnection: false,
    forceNew: true,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  await socket.timeout(5_000).emitWithAck('resume', { after: null });
  return socket;
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

/** Every id a workspace's rows are known by. */
async function idsOf(client: pg.Client, workspaceId: string): Promise<string[]> {
  const ids = new Set<string>([workspaceId]);
  for (const name of await tablesOf(client)) {
    const { rows } = await client.query<{ id: string | null }>(
      `SELECT to_jsonb(t)->>'id' AS id FROM ${name} t WHERE workspace_id = $1`,
      [workspaceId],
    );
    for (const { id } of rows) if (id) ids.add(id);
  }
  return [...ids];
}

/** A hash of all rows of a workspace by table, taken when they stand still: its own readers may still be at work. */
async function quietFingerprint(client: pg.Client, workspaceId: string): Promise<Map<string, string>> {
  let last = await fingerprint(client, workspaceId);
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    const now = await fingerprint(client, workspaceId);
    if ([...now].every(([name, hash]) => last.get(name) === hash)) return now;
    last = now;
  }
  return last;
}

/** What the workspace's own life goes on writing; its jobs that are not set aside come and go as well. */
const TOUCHED_BY_THEMSELVES = ['last_event_at', 'last_used_at', 'last_seen_at', 'updated_at'];

/** What looking after a channel writes; what it looks at is put off for the time of the test. */
const CARE = ['channel_care', 'channel_pulls', 'channel_hours', 'channel_costs', 'channel_alarms'];

async function fingerprint(client: pg.Client, workspaceId: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const name of await tablesOf(client)) {
    if (CARE.includes(name)) continue;
    const { rows } = await client.query<{ hash: string }>(
      `SELECT coalesce(md5(string_agg(line, ',' ORDER BY line)), '') AS hash
       FROM (SELECT (to_jsonb(t) - $2::text[])::text AS line FROM ${name} t
             WHERE workspace_id = $1 AND coalesce(to_jsonb(t)->>'state', '') NOT IN ('ready', 'running')) rows`,
      [workspaceId, TOUCHED_BY_THEMSELVES],
    );
    hashes.set(name, rows[0]!.hash);
  }
  return hashes;
}

/** Rows of ours that name something of theirs. */
async function references(client: pg.Client, workspaceId: string, theirs: readonly string[]): Promise<string[]> {
  const broken: string[] = [];
  for (const name of await tablesOf(client)) {
    if (name === 'audit_log' || name === 'idempotency_keys') continue; // what was asked for is written there
    const { rows } = await client.query<{ line: string }>(
      `SELECT to_jsonb(t)::text AS line FROM ${name} t WHERE workspace_id = $1`,
      [workspaceId],
    );
    const found = rows.find(({ line }) => theirs.some((id) => line.includes(id)));
    if (found) broken.push(`a row of ours in ${name} refers to theirs: ${found.line.slice(0, 200)}`);
  }
  return broken;
}

/**
 * The second wall: as the application's role and with nothing but row-level security, every table that knows
 * workspaces shows and takes one workspace's rows only. Partitions read directly show nothing.
 */
export async function tryWall(
  client: pg.Client,
  us: string,
  them: string,
): Promise<{ broken: string[]; tables: number }> {
  const broken: string[] = [];
  const tables = await tablesOf(client);
  const partitions = (
    await client.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE c.relkind = 'r'`,
    )
  ).rows.map((row) => row.name);
  const within = async <T>(scope: string | null, work: () => Promise<T>): Promise<T> => {
    await client.query('BEGIN');
    try {
      await client.query('SET LOCAL ROLE pasokh_app');
      if (scope !== null) await client.query(`SELECT set_config('app.workspace_id', $1, true)`, [scope]);
      return await work();
    } finally {
      await client.query('ROLLBACK');
    }
  };
  const count = async (sql: string, params: unknown[] = []) =>
    (await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, params)).rows[0]!.n;
  for (const name of tables) {
    const foreign = await within(us, () => count(`${name} WHERE workspace_id IS DISTINCT FROM $1`, [us]));
    if (foreign > 0) broken.push(`${name} shows ${foreign} rows of others`);
    const bare = await within(null, () => count(name));
    if (bare > 0) broken.push(`${name} shows ${bare} rows to nobody in particular`);
    const code = await within(us, () =>
      client.query(`INSERT INTO ${name} (workspace_id) VALUES ($1)`, [them]).then(
        () => 'nothing',
        (error: { code?: string }) => error.code,
      ),
    );
    if (code !== '42501') broken.push(`${name}: a row of another workspace was refused with ${code}, not by the wall`);
    for (const change of [`UPDATE ${name} SET workspace_id = workspace_id`, `DELETE FROM ${name}`]) {
      const touched = await within(us, () =>
        client.query(`${change} WHERE workspace_id = $1`, [them]).then(
          (result) => result.rowCount ?? 0,
          (error: { code?: string }) => (error.code === '42501' ? 0 : -1),
        ),
      );
      if (touched !== 0) broken.push(`${name}: ${change.split(' ')[0]} reached ${touched} rows of another workspace`);
    }
  }
  for (const name of partitions) {
    const seen = await within(us, () => count(name).catch(() => 0));
    if (seen > 0) broken.push(`the partition ${name} shows ${seen} rows past its table's wall`);
  }
  return { broken, tables: tables.length };
}
