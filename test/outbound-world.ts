import type { CredentialField } from '../src/channels/credentials';
import type {
  ChannelCapabilities,
  ModerationAction,
  ModerationTarget,
  ThreadCapabilities,
} from '../src/channels/capabilities';
import type { ChannelKind, ConnectedChannel } from '../src/channels/channel';
import type { ChannelConnector } from '../src/channels/connector';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../src/channels/sending';
import { ChannelDirectory } from '../src/channels/channel-directory';
import { Connectors } from '../src/channels/connectors/registry';
import type { InboundEvent } from '../src/inbox/conversations/inbound-event';
import { ConversationIntake } from '../src/inbox/conversations/intake';
import { uuidv7 } from '../src/platform/ids';
import { ApiClient, eventually, OWNER, startApp, type TestApp } from './harness';

const KIND: ChannelKind = 'eitaa';

const THREAD: ThreadCapabilities = {
  reply: ['private', 'public'],
  textLimit: { max: 40, unit: 'characters' },
  replyWindowMs: 3_600_000,
  humanWindowMs: null,
  privateReply: null,
  moderation: ['hide', 'unhide', 'delete', 'like', 'unlike', 'block', 'unblock'],
  attachments: [{ kind: 'image', maxBytes: 1_000_000 }],
  partsTogether: 1,
  botMayReply: true,
  templates: true,
  editSentMs: 60_000,
};

type Answer<What> = SendOutcome | ((what: What) => SendOutcome | Promise<SendOutcome>);
interface Edit {
  messageExternalId: string;
  text: string;
}
interface Moderation {
  action: ModerationAction;
  target: ModerationTarget;
}

/**
 * A network that says what a test wants it to say, and remembers what became visible there. It stands where a connector
 * stands: what connectors and their networks do is tested with their simulators.
 */
export class ScriptedNetwork implements ChannelConnector {
  readonly kinds = [KIND];
  thread: ThreadCapabilities = THREAD;
  /** What the coming calls are answered with, in order; then everything succeeds. */
  readonly sends: Answer<OutboundMessage>[] = [];
  readonly editing: Answer<Edit>[] = [];
  readonly moderating: Answer<Moderation>[] = [];
  lookups: LookupOutcome[] = [];
  /** What arrived, in order. */
  readonly arrived: { message: OutboundMessage; at: number }[] = [];
  readonly edits: Edit[] = [];
  readonly moderated: Moderation[] = [];
  /** Every call, whatever came of it. */
  calls = 0;
  private last = 0;

  reset(): void {
    this.thread = THREAD;
    for (const list of [
      this.sends,
      this.editing,
      this.moderating,
      this.lookups,
      this.arrived,
      this.edits,
      this.moderated,
    ])
      list.length = 0;
    this.calls = 0;
  }

  capabilities(): ChannelCapabilities {
    return { dm: this.thread, comment: this.thread };
  }

  credentialFields(): readonly CredentialField[] {
    return [{ name: 'accessToken', required: true, help: { fa: 'هر چه.', en: 'Any.' } }];
  }

  door() {
    return null;
  }

  parse(): InboundEvent[] {
    return [];
  }

  send(_channel: ConnectedChannel, message: OutboundMessage): Promise<SendOutcome> {
    return this.answer(this.sends, message, () => this.arrived.push({ message, at: Date.now() }));
  }

  lookup(): Promise<LookupOutcome> {
    this.calls += 1;
    return Promise.resolve(this.lookups.shift() ?? { status: 'absent' });
  }

  moderate(_channel: ConnectedChannel, action: ModerationAction, target: ModerationTarget): Promise<SendOutcome> {
    return this.answer(this.moderating, { action, target }, () => this.moderated.push({ action, target }));
  }

  edit(_channel: ConnectedChannel, { messageExternalId, text }: Edit): Promise<SendOutcome> {
    return this.answer(this.editing, { messageExternalId, text }, () => this.edits.push({ messageExternalId, text }));
  }

  permalink(_channel: ConnectedChannel, target: { messageExternalId?: string; postExternalId?: string }) {
    return target.postExternalId ? undefined : `https://network.test/m/${target.messageExternalId ?? 'nothing'}`;
  }

  private async answer<What>(script: Answer<What>[], what: What, happens: () => void): Promise<SendOutcome> {
    this.calls += 1;
    const answer = script.shift() ?? { status: 'sent' as const, externalId: `n${++this.last}` };
    const outcome = typeof answer === 'function' ? await answer(what) : answer;
    if (outcome.status === 'sent') happens();
    return outcome;
  }
}

export interface Thread {
  conversationId: string;
  messageId: string;
  externalId: string;
  threadKey: string;
}

/** The product with one channel on the scripted network. */
export async function startOutboundWorld(env: Record<string, string> = {}) {
  const network = new ScriptedNetwork();
  const t = await startApp({ env });
  useNetwork(t, network);
  const world = new OutboundWorld(t, network);
  await world.connect();
  return world;
}

/** Puts the network in the place of a connector; a second node of the same database needs it too. */
export function useNetwork(t: TestApp, network: ScriptedNetwork, kind: ChannelKind = KIND): void {
  const { byKind } = t.app.get(Connectors) as unknown as { byKind: Map<ChannelKind, ChannelConnector> };
  byKind.set(kind, network);
}

export class OutboundWorld {
  channelId = '';
  private people = 0;

  constructor(
    readonly t: TestApp,
    readonly network: ScriptedNetwork,
  ) {}

  get api(): ApiClient {
    return this.t.owner;
  }

  async connect(): Promise<void> {
    const body = { kind: KIND, name: 'Scripted', externalId: 'account1', credentials: { accessToken: 'first' } };
    this.channelId = (await this.api.post<{ id: string }>('/channels', body)).id;
  }

  /** Another account, on a network of its own, and a person who writes there. */
  async elsewhere(): Promise<{ thread: Thread; network: ScriptedNetwork }> {
    const network = new ScriptedNetwork();
    useNetwork(this.t, network, 'rubika');
    const here = this.channelId;
    const externalId = `account-${uuidv7()}`;
    const body = { kind: 'rubika', name: 'Elsewhere', externalId, credentials: { accessToken: 'other' } };
    this.channelId = (await this.api.post<{ id: string }>('/channels', body)).id;
    const thread = await this.writes();
    this.channelId = here;
    return { thread, network };
  }

  rows<Row>(sql: string, params: unknown[] = []): Promise<Row[]> {
    return this.t.database.lean('system', (tx) => tx.query<Row>(sql, params));
  }

  async one<Row>(sql: string, params: unknown[] = []): Promise<Row> {
    const rows = await this.rows<Row>(sql, params);
    if (rows.length !== 1) throw new Error(`${rows.length} rows instead of one: ${sql}`);
    return rows[0]!;
  }

  /** What the network tells us, applied. */
  async hears(event: Omit<InboundEvent, 'accountId'> & Record<string, unknown>): Promise<void> {
    const channel = (await this.t.app.get(ChannelDirectory).channel(this.channelId))!;
    const full = { accountId: 'account1', ...event } as unknown as InboundEvent;
    await this.t.database.transaction('system', (tx) =>
      this.t.app.get(ConversationIntake).apply(tx, [{ ref: '1', channel, event: full, receivedAt: new Date() }]),
    );
  }

  /** A new person writes, or comments under a post. */
  async writes(text = 'سلام', post?: string): Promise<Thread> {
    const person = `person${++this.people}`;
    const threadKey = post ? `comment:${post}:${person}` : `dm:${person}`;
    return this.says({ threadKey, person, text, post });
  }

  async says(words: { threadKey: string; person?: string; text: string; post?: string }): Promise<Thread> {
    const externalId = `in-${uuidv7()}`;
    const author = { externalId: words.person ?? words.threadKey.split(':').at(-1)!, name: 'Omar' };
    await this.hears({
      type: 'message',
      eventKey: `message:${externalId}`,
      threadKey: words.threadKey,
      threadKind: words.post ? 'comment' : 'dm',
      occurredAt: new Date().toISOString(),
      direction: 'in',
      externalId,
      author,
      text: words.text,
      attachments: [],
      ...(words.post ? { post: { externalId: words.post, permalink: `https://network.test/p/${words.post}` } } : {}),
    });
    const row = await this.one<{ id: string; conversation_id: string }>(
      'SELECT id, conversation_id FROM messages WHERE external_id = $1',
      [externalId],
    );
    return { conversationId: row.conversation_id, messageId: row.id, externalId, threadKey: words.threadKey };
  }

  reply<T = { id: string }>(to: Thread, body: object, key?: string) {
    return this.api.request<T>(
      'POST',
      `/conversations/${to.conversationId}/replies`,
      { visibility: 'private', seenMessageId: to.messageId, ...body },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  }

  async replied(to: Thread, text: string, over: object = {}): Promise<string> {
    const { status, body } = await this.reply(to, { text, ...over });
    if (status !== 201) throw new Error(`the reply was answered ${status}: ${JSON.stringify(body)}`);
    return body.id;
  }

  delivery(messageId: string) {
    return this.one<{
      state: string;
      shown: string;
      attempts: number;
      code: string | null;
      external_id: string | null;
    }>(
      `SELECT d.state, m.delivery_state AS shown, d.attempts, d.code, d.external_id FROM outbound_deliveries d
       JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id WHERE d.message_id = $1`,
      [messageId],
    );
  }

  reaches(messageId: string, state: string) {
    return eventually(async () => {
      const row = await this.delivery(messageId);
      return row.state === state && row.shown === state && row;
    }, 20_000);
  }

  /** Jobs with this name that stand in the table. */
  async jobs(name: string): Promise<number> {
    return (await this.one<{ n: number }>('SELECT count(*)::int AS n FROM jobs WHERE name = $1', [name])).n;
  }

  quiet(name: string) {
    return eventually(async () => (await this.jobs(name)) === 0);
  }

  /** Whatever waits for its time has its time now, also what is just being put back to wait. */
  async hurry(): Promise<void> {
    await eventually(
      async () =>
        (await this.rows(`SELECT 1 FROM jobs WHERE name = 'outbound.send' AND state = 'running'`)).length === 0,
      20_000,
    );
    await this.rows('UPDATE outbound_deliveries SET wait_until = NULL WHERE wait_until IS NOT NULL');
    await this.rows('UPDATE channel_budgets SET paused_until = NULL WHERE paused_until IS NOT NULL');
    await this.rows(`UPDATE jobs SET run_at = now() WHERE state = 'ready' AND run_at > now()`);
  }

  async channelState(): Promise<string> {
    return (await this.one<{ state: string }>('SELECT state FROM channels WHERE id = $1', [this.channelId])).state;
  }

  async reconnect(): Promise<void> {
    await this.api.request('PATCH', `/channels/${this.channelId}`, { credentials: { accessToken: uuidv7() } });
  }

  events(type: string, messageId?: string) {
    return this.rows<{ data: Record<string, unknown>; actor: { kind: string } }>(
      `SELECT data, actor FROM domain_events WHERE type = $1 AND ($2::uuid IS NULL OR message_id = $2) ORDER BY position`,
      [type, messageId ?? null],
    );
  }

  /** Somebody who works elsewhere. */
  async stranger(slug: string): Promise<ApiClient> {
    const id = uuidv7();
    await this.rows(`INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)`, [id, slug]);
    await this.rows(`INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, 'Main')`, [id, uuidv7()]);
    const email = `owner@${slug}.test`;
    await this.rows(
      `INSERT INTO agents (workspace_id, id, email, name, role, password_hash)
       SELECT $1, $2, $3, 'Their owner', 'owner', password_hash FROM agents WHERE email = $4`,
      [id, uuidv7(), email, OWNER.email],
    );
    return ApiClient.signIn(this.t.url, email, OWNER.password);
  }
}
