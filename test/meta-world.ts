import { uuidv7 } from '../src/platform/ids';
import { ApiClient, eventually, OWNER, startApp, type TestApp } from './harness';
import { SEED } from './simulators/meta/seed';
import { type MetaOptions, type MetaSimulator, startMeta } from './simulators/meta/server';
import { metaBytes, metaSignature } from './simulators/meta/wire';

export const NEGAR = { psid: '8123440097715526', igsid: '1599000123456781', author: '7311904458820163' };
export const AMIR = { psid: '7990021188345670', igsid: '1599000987654321', author: '6920347715508841' };
export const VERIFY_TOKEN = 'the harbour verifies';

export interface MessageJson {
  id: string;
  seq: number;
  direction: 'in' | 'out' | 'note';
  visibility: string;
  author: { kind: string; id: string | null; name: string | null };
  text: string;
  subtype: string | null;
  parentMessageId: string | null;
  attachments: { kind: string; url: string }[];
  reactions: { emoji: string | null; reaction: string; count: number; own: boolean }[];
  versions: number;
  editedAt: string | null;
  hiddenAt: string | null;
  deletedAt: string | null;
  deletedBy: { kind: string; id?: string } | null;
  deleteReason: string | null;
  delivery: { state: string; reason: string | null } | null;
}

export interface ErrorJson {
  error: { code: string; message: string; details: Record<string, unknown> };
}

export interface ConversationRow {
  id: string;
  kind: string;
  handler: string;
  thread_key: string;
  contact_id: string;
  channel_id: string;
}

/** The whole product beside the Meta simulator, with the seeded Page and Instagram account connected. */
export async function startMetaWorld(options: { env?: Record<string, string>; sim?: MetaOptions } = {}) {
  const t = await startApp({ env: options.env });
  const sim = await startMeta({ requireProof: true, ...options.sim });
  sim.deliveries.settings.callbackUrl = `${t.url}/webhooks/meta`;
  const world = new MetaWorld(t, sim);
  await world.connectAccounts();
  return world;
}

export class MetaWorld {
  page = '';
  instagram = '';

  constructor(
    readonly t: TestApp,
    readonly sim: MetaSimulator,
  ) {}

  get api(): ApiClient {
    return this.t.owner;
  }

  async connectAccounts(): Promise<void> {
    this.page = await this.connect(this.api, 'facebook', SEED.pageId, { accessToken: SEED.pageToken });
    this.instagram = await this.connect(this.api, 'instagram', SEED.instagramId, { accessToken: SEED.instagramToken });
  }

  async connect(
    api: ApiClient,
    kind: string,
    externalId: string,
    credentials: Record<string, string> = {},
    settings: object = {},
  ): Promise<string> {
    const meta = kind === 'facebook' || kind === 'instagram';
    const token = kind === 'webchat' ? {} : { accessToken: 'any' };
    const { id } = await api.post<{ id: string }>('/channels', {
      kind,
      name: `${kind} ${externalId}`,
      externalId,
      credentials: {
        appSecret: SEED.appSecret,
        ...token,
        ...(meta ? { verifyToken: VERIFY_TOKEN } : {}),
        ...credentials,
      },
      settings: { apiBaseUrl: this.sim.url, timeoutMs: 1_500, ...settings },
    });
    return id;
  }

  /** A second workspace with an owner of its own, signed in. */
  async otherWorkspace(slug: string): Promise<{ id: string; api: ApiClient }> {
    const id = uuidv7();
    const email = `owner@${slug}.test`;
    await this.t.database.lean('system', async (tx) => {
      await tx.execute('INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)', [id, slug]);
      await tx.execute('INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, $3)', [id, uuidv7(), slug]);
      await tx.execute(
        `INSERT INTO agents (workspace_id, id, email, name, role, password_hash)
         SELECT $1, $2, $3, 'Their owner', 'owner', password_hash FROM agents WHERE email = $4`,
        [id, uuidv7(), email, OWNER.email],
      );
    });
    return { id, api: await ApiClient.signIn(this.t.url, email, OWNER.password) };
  }

  /** Posts a body to the webhook as Meta would, signed. */
  post(body: unknown, secret: string = SEED.appSecret): Promise<Response> {
    return this.postBytes(metaBytes(body), secret);
  }

  /** The same to another node. */
  postTo(url: string, body: unknown): Promise<Response> {
    return this.postBytes(metaBytes(body), SEED.appSecret, '/webhooks/meta', url);
  }

  postBytes(
    bytes: Buffer,
    secret: string = SEED.appSecret,
    path = '/webhooks/meta',
    url: string = this.t.url,
  ): Promise<Response> {
    return fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': metaSignature(secret, bytes) },
      body: new Uint8Array(bytes),
    });
  }

  /** Posts and waits until everything received has been applied. */
  async tell(...bodies: unknown[]): Promise<void> {
    for (const body of bodies) {
      const { status } = await this.post(body);
      if (status !== 200) throw new Error(`the webhook answered ${status}`);
      await this.applied();
    }
  }

  async applied(): Promise<void> {
    await eventually(async () => {
      const [row] = await this.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM inbound_events WHERE state = 'received'`,
      );
      return row!.n === 0;
    }, 30_000);
  }

  rows<Row>(sql: string, params: unknown[] = []): Promise<Row[]> {
    return this.t.database.lean('system', (tx) => tx.query<Row>(sql, params));
  }

  async one<Row>(sql: string, params: unknown[] = []): Promise<Row> {
    const rows = await this.rows<Row>(sql, params);
    if (rows.length !== 1) throw new Error(`${rows.length} rows instead of one: ${sql}`);
    return rows[0]!;
  }

  conversation(threadKey: string, channelId = this.page): Promise<ConversationRow> {
    return this.one<ConversationRow>(
      `SELECT id, kind, handler, thread_key, contact_id, channel_id FROM conversations WHERE channel_id = $1 AND thread_key = $2`,
      [channelId, threadKey],
    );
  }

  async messages(conversationId: string): Promise<MessageJson[]> {
    return (await this.api.get<{ items: MessageJson[] }>(`/conversations/${conversationId}/messages?limit=200`)).items;
  }

  /** The conversation a message with this network id stands in, with its messages. */
  async thread(externalId: string): Promise<{ id: string; messages: MessageJson[] }> {
    const { conversation_id: id } = await eventually(async () => {
      const [row] = await this.rows<{ conversation_id: string }>(
        'SELECT conversation_id FROM message_keys WHERE external_id = $1 AND message_id IS NOT NULL',
        [externalId],
      );
      return row;
    });
    return { id, messages: await this.messages(id) };
  }

  /** How the ledger holds an event, by its key. */
  async ledger(eventKey: string): Promise<{ state: string; reason: string | null }> {
    return this.one('SELECT state, reason FROM inbound_events WHERE event_key = $1', [eventKey]);
  }

  tickets(conversationId: string) {
    return this.rows<{
      id: string;
      position: number;
      status: string;
      waiting_since: Date | null;
      preview: string;
      last_message_at: Date;
    }>(
      'SELECT id, position, status, waiting_since, preview, last_message_at FROM tickets WHERE conversation_id = $1 ORDER BY position',
      [conversationId],
    );
  }

  /** Whatever waits for its time has its time now. */
  async hurry(): Promise<void> {
    await this.rows('UPDATE outbound_deliveries SET wait_until = NULL WHERE wait_until IS NOT NULL');
    await this.rows('UPDATE channel_budgets SET paused_until = NULL WHERE paused_until IS NOT NULL');
    await this.rows(`UPDATE jobs SET run_at = now() WHERE state = 'ready' AND run_at > now()`);
  }

  /** Waits for a message's delivery to reach a state, hurrying it along. */
  async delivered(messageId: string, state: string, options: { hurry?: boolean } = {}) {
    return eventually(async () => {
      if (options.hurry) await this.hurry();
      const [row] = await this.rows<{
        state: string;
        message_state: string;
        code: string | null;
        reason: string | null;
      }>(
        `SELECT d.state, m.delivery_state AS message_state, d.code, d.reason FROM outbound_deliveries d
         JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id WHERE d.message_id = $1`,
        [messageId],
      );
      return row?.message_state === state && row.state === state && row;
    }, 30_000);
  }

  async close(): Promise<void> {
    await this.sim.close();
    await this.t.close();
  }
}

const POST = SEED.pagePostId;

/** One `feed` change of the Page, with what the test says of it. */
export function feed(value: Record<string, unknown>, over: { page?: string; time?: number } = {}) {
  const page = over.page ?? SEED.pageId;
  const full = { item: 'comment', verb: 'add', post_id: POST, parent_id: POST, created_time: 1_795_164_000, ...value };
  return {
    object: 'page',
    entry: [{ id: page, time: over.time ?? 1_795_170_000, changes: [{ field: 'feed', value: full }] }],
  };
}

/** One Messenger (or Instagram) event between a person and the account. */
export function dm(
  from: 'person' | 'account',
  body: Record<string, unknown>,
  over: { person?: string; account?: string; object?: 'page' | 'instagram'; at?: number; part?: string } = {},
) {
  const account = over.account ?? (over.object === 'instagram' ? SEED.instagramId : SEED.pageId);
  const person = { id: over.person ?? (over.object === 'instagram' ? NEGAR.igsid : NEGAR.psid) };
  const [sender, recipient] = from === 'person' ? [person, { id: account }] : [{ id: account }, person];
  const at = over.at ?? 1_795_170_000_000;
  return {
    object: over.object ?? 'page',
    entry: [
      { id: account, time: at + 500, [over.part ?? 'messaging']: [{ sender, recipient, timestamp: at, ...body }] },
    ],
  };
}

/** Many bodies of one object as one delivery. */
export function together(...bodies: { object: string; entry: object[] }[]) {
  return { object: bodies[0]!.object, entry: bodies.flatMap((body) => body.entry) };
}
