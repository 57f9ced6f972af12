import pg from 'pg';
import { WEEKDAYS } from '../../src/calendars/calendar';
import { TEST_KEYS, startApp, type TestApp } from '../harness';
import { comment, send } from '../chaos/forgeries';
import { NOWHERE } from '../chaos/world';
import { metaSignature } from '../simulators/meta/wire';
import { ApiClient, eventually } from '../support/api-client';
import { WorkspaceSeeder } from '../support/seed-workspace';

export const PUBLIC = 'https://care.example';
const SLOT = 1_800_000;

export interface CallJson {
  id: string;
  state: string;
  endReason: string | null;
  phone: string;
  tel: string | null;
  windowStart: string;
  windowEnd: string;
  nextAttemptAt: string | null;
  missedAt: string | null;
  tries: number;
  claimedBy: { id: string; name: string } | null;
  contact: { id: string; phoneVerified: boolean; phoneBad: boolean; noCalls: boolean };
  identity: { state: string };
  brief: { text: string | null; lastWords: string[]; earlier: { outcome: string }[] };
  attempts: {
    id: string;
    n: number;
    provider: string;
    stage: string;
    outcome: string | null;
    durationMs: number | null;
    recordingUrl: string | null;
    error: { code: string } | null;
    messageId: string;
  }[];
}

export interface Colleague {
  id: string;
  api: ApiClient;
}

/** The slot that runs now, as promised from `slots` slots on for `length` of them. */
export const window = (slots = 0, length = 2) => {
  const start = (Math.floor(Date.now() / SLOT) + slots) * SLOT;
  return { windowStart: new Date(start).toISOString(), windowEnd: new Date(start + length * SLOT).toISOString() };
};

export const consent = { given: true, text: 'Yes, please call me this afternoon.' };

/** A workspace that takes comments, with two agents and a neighbour, on the whole product. */
export async function startCallsWorld() {
  const t = await startApp({ env: { PUBLIC_URL: PUBLIC } });
  const client = new pg.Client(t.databaseUrl);
  await client.connect();
  const pool = new pg.Pool({ connectionString: t.databaseUrl, max: 4 }); // tests ask several things at once
  const seeder = new WorkspaceSeeder(client, TEST_KEYS);
  const workspaceId = await seeder.firstWorkspace();
  const colleague = async (role: 'agent' | 'lead' | 'owner', workspace = workspaceId): Promise<Colleague> => {
    const seeded = await seeder.agent(workspace, role);
    return { id: seeded.id, api: ApiClient.withToken(t.url, seeded.token) };
  };
  const [ada, bob] = [await colleague('agent'), await colleague('agent')];
  const neighbour = await colleague('owner', await seeder.workspace('neighbours'));
  // open all week: the tests run at any hour of it
  const hours = Object.fromEntries(WEEKDAYS.map((day) => [day, [{ from: 0, to: 1440 }]]));
  await t.owner.post('/calendars', { name: 'Always', timeZone: 'Asia/Tehran', hours });
  await t.owner.ok('PATCH', '/call-settings', { capacity: 1000 });
  await connectPage(t, 'page_of_harbour_1');
  let comments = 0;
  return {
    t,
    client,
    workspaceId,
    ada,
    bob,
    neighbour,
    /** A comment of somebody new. @returns its conversation and ticket */
    async comment(): Promise<{ conversationId: string; ticketId: string; contactId: string }> {
      const name = `calls_${(comments += 1)}`;
      const bytes = Buffer.from(
        comment('page_of_harbour_1', name)
          .toString('utf8')
          .replaceAll(/"from":\{"id":"[^"]*"/g, `"from":{"id":"${name}"`),
      );
      await send(t.url, '/webhooks/meta', bytes, { 'x-hub-signature-256': metaSignature(SECRET, bytes) });
      return eventually(async () => {
        const { rows } = await pool.query<{ conversationId: string; ticketId: string; contactId: string }>(
          `SELECT c.id AS "conversationId", t.id AS "ticketId", c.contact_id AS "contactId" FROM conversations c
           JOIN tickets t ON t.workspace_id = c.workspace_id AND t.conversation_id = c.id
           JOIN contact_identities i ON i.workspace_id = c.workspace_id AND i.id = c.identity_id
           WHERE c.workspace_id = $1 AND i.external_id = $2`,
          [workspaceId, name],
        );
        return rows[0];
      });
    },
    async rows<Row>(sql: string, params: unknown[] = []): Promise<Row[]> {
      return (await pool.query(sql, params)).rows as Row[];
    },
    /** Data of this workspace's events of a kind about a call, in order. */
    async told(type: string, callId: string): Promise<Record<string, unknown>[]> {
      const { rows } = await pool.query<{ data: Record<string, unknown> }>(
        `SELECT data FROM domain_events WHERE workspace_id = $1 AND type = $2 AND data->>'promiseId' = $3 ORDER BY position`,
        [workspaceId, type, callId],
      );
      return rows.map(({ data }) => data);
    },
    close: async () => {
      await pool.end();
      await client.end();
      await t.close();
    },
  };
}

export type CallsWorld = Awaited<ReturnType<typeof startCallsWorld>>;

const SECRET = 'meta_app_secret_0123456789abcdef';

const connectPage = (t: TestApp, externalId: string) =>
  t.owner.post('/channels', {
    kind: 'facebook',
    name: 'Harbour page',
    externalId,
    credentials: { accessToken: 'token', appSecret: SECRET, verifyToken: 'verify' },
    settings: { apiBaseUrl: NOWHERE },
  });

let numbers = 1_000_000;
/** A mobile number nobody had before. */
export const newNumber = () => `0912${(numbers += 1)}`;
export const asE164 = (number: string) => `+98${number.slice(1)}`;

/** A promise for now on a new comment. */
export async function promised(world: CallsWorld, body: Record<string, unknown> = {}) {
  const place = await world.comment();
  const phone = newNumber();
  const { call } = await world.ada.api.post<{ call: CallJson }>(`/conversations/${place.conversationId}/handoff`, {
    to: 'phone',
    phone,
    ...window(),
    consent,
    ...body,
  });
  return { ...place, phone, call };
}

export async function inHand(world: CallsWorld, by: Colleague, body: Record<string, unknown> = {}) {
  const made = await promised(world, body);
  await by.api.post(`/calls/${made.call.id}/claim`);
  return made;
}
