import { isDeepStrictEqual } from 'node:util';
import { ChannelCare } from '../../../src/channels/care/channel-care';
import type { ChannelKind } from '../../../src/channels/channel';
import { eventually, startApp, type TestApp } from '../../harness';
import { PublicAddress } from '../../support/public-address';

export interface Account {
  kind: ChannelKind;
  externalId: string;
  credentials: Record<string, string>;
  settings: Record<string, unknown>;
}

export interface Heard {
  conversationId: string;
  messageId: string;
  kind: 'dm' | 'comment';
  /** Of the ticket it stands in. */
  status: string;
  author: string | null;
  text: string;
}

interface MessageJson {
  id: string;
  direction: 'in' | 'out' | 'note';
  author: { kind: string; name: string | null };
  text: string;
  reactions: { emoji: string | null; reaction: string; count: number; own: boolean }[];
}

const LONG_MS = 20_000;

/** The whole product at a public address, with one account of a simulated network connected. */
export class NetworkWorld {
  channelId = '';
  private account?: Account;

  private constructor(
    readonly t: TestApp,
    readonly outside: PublicAddress,
  ) {}

  static async open(): Promise<NetworkWorld> {
    const outside = await PublicAddress.open();
    const t = await startApp({ env: { PUBLIC_URL: outside.url } });
    outside.leadTo(t.url);
    return new NetworkWorld(t, outside);
  }

  async close(): Promise<void> {
    await this.t.close();
    await this.outside.close();
  }

  /** @throws when the subscription leaves a problem */
  async connect(account: Account): Promise<void> {
    this.account = account;
    const { id } = await this.t.owner.post<{ id: string }>('/channels', { name: account.kind, ...account });
    this.channelId = id;
    await this.subscribe();
  }

  async subscribe(): Promise<void> {
    const { checks } = await this.t.owner.post<{ checks: { state: string; message: string }[] }>(
      `/channels/${this.channelId}/subscribe`,
    );
    const problems = checks.filter(({ state }) => state === 'problem');
    if (problems.length > 0) throw new Error(`Subscribing left problems: ${JSON.stringify(problems)}`);
  }

  /** Changes settings of the channel; its readings are planned anew at once. */
  async set(settings: Record<string, unknown>): Promise<void> {
    const all = { ...this.account!.settings, ...settings };
    await this.change({ settings: all, credentials: {} });
  }

  change(body: { settings?: object; credentials?: Record<string, string> }): Promise<unknown> {
    return this.t.owner.ok('PATCH', `/channels/${this.channelId}`, body);
  }

  rows<Row>(sql: string, params: unknown[] = []): Promise<Row[]> {
    return this.t.database.lean('system', (tx) => tx.query<Row>(sql, params));
  }

  /** The one message of a customer with this text, as the inbox shows it. @throws when there are several */
  async heard(text: string): Promise<Heard> {
    const [row, ...others] = await eventually(async () => {
      const found = await this.rows<{ id: string; conversation_id: string; kind: 'dm' | 'comment'; status: string }>(
        `SELECT m.id, m.conversation_id, c.kind, t.status FROM messages m
         JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
         JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
         WHERE m.channel_id = $1 AND m.direction = 'in' AND m.text = $2`,
        [this.channelId, text],
      );
      return found.length > 0 && found;
    }, LONG_MS);
    if (others.length > 0) throw new Error(`"${text}" is there ${others.length + 1} times`);
    const { id: messageId, conversation_id: conversationId, kind, status } = row!;
    const message = (await this.thread(conversationId)).find(({ id }) => id === messageId)!;
    return { conversationId, messageId, kind, status, author: message.author.name, text: message.text };
  }

  /** What the person of a conversation is called. */
  async contactOf({ conversationId }: Heard): Promise<string | null> {
    const [row] = await this.rows<{ name: string | null }>(
      `SELECT i.name FROM conversations c
       JOIN contact_identities i ON i.workspace_id = c.workspace_id AND i.id = c.identity_id WHERE c.id = $1`,
      [conversationId],
    );
    return row!.name;
  }

  /** Oldest first. */
  async thread(conversationId: string): Promise<MessageJson[]> {
    const { items } = await this.t.owner.get<{ items: MessageJson[] }>(
      `/conversations/${conversationId}/messages?limit=200`,
    );
    return items;
  }

  /** Texts of every message of the channel, sorted; waits for as many as are expected, and for all that came to be read. */
  async texts(direction: 'in' | 'out', atLeast = 0): Promise<string[]> {
    return eventually(async () => {
      const found = await this.rows<{ text: string }>(
        'SELECT text FROM messages WHERE channel_id = $1 AND direction = $2',
        [this.channelId, direction],
      );
      return found.length >= atLeast && (await this.allRead()) && found.map(({ text }) => text).toSorted();
    }, LONG_MS);
  }

  private async allRead(): Promise<boolean> {
    const [row] = await this.rows<{ waiting: number; troubled: number }>(
      `SELECT count(*) FILTER (WHERE state = 'received')::int AS waiting,
         count(*) FILTER (WHERE state IN ('failed', 'refused'))::int AS troubled FROM inbound_events`,
    );
    if (row!.troubled > 0) throw new Error('Events are in trouble.');
    return row!.waiting === 0;
  }

  /** Everything that a repeated delivery must leave as it is. */
  async state(): Promise<unknown> {
    await eventually(() => this.allRead(), LONG_MS);
    const all = (sql: string) => this.rows(sql, [this.channelId]);
    return {
      messages: await all('SELECT * FROM messages WHERE channel_id = $1 ORDER BY id'),
      reactions: await this.rows('SELECT * FROM message_reactions ORDER BY message_id'),
      deliveries: await all(
        'SELECT message_id, state, attempts, external_id FROM outbound_deliveries WHERE channel_id = $1 ORDER BY message_id',
      ),
      conversations: await all(
        'SELECT id, last_seq, last_message_at, last_inbound_at, ticket_count FROM conversations WHERE channel_id = $1 ORDER BY id',
      ),
      tickets: await all(
        `SELECT t.id, t.status, t.waiting_since, t.last_message_at FROM tickets t
         JOIN conversations c ON c.workspace_id = t.workspace_id AND c.id = t.conversation_id
         WHERE c.channel_id = $1 ORDER BY t.id`,
      ),
      contacts: await this.rows('SELECT id FROM contacts ORDER BY id'),
    };
  }

  /** @returns the answer's status */
  async moderate(messageId: string, action: string): Promise<number> {
    const { status } = await this.t.owner.request('POST', `/messages/${messageId}/moderation`, {
      action,
      reason: 'why',
    });
    return status;
  }

  /** Waits until a message shows these reactions. */
  async shows(messageId: string, reactions: readonly object[]): Promise<void> {
    const [row] = await this.rows<{ conversation_id: string }>('SELECT conversation_id FROM messages WHERE id = $1', [
      messageId,
    ]);
    await eventually(async () => {
      const shown = (await this.thread(row!.conversation_id)).find(({ id }) => id === messageId)?.reactions;
      return isDeepStrictEqual(shown, reactions);
    }, LONG_MS);
  }

  /** @returns the message's id */
  async reply(to: Heard, text: string): Promise<string> {
    const { id } = await this.t.owner.post<{ id: string }>(`/conversations/${to.conversationId}/replies`, {
      text,
      visibility: to.kind === 'comment' ? 'public' : 'private',
      seenMessageId: (await this.thread(to.conversationId)).at(-1)!.id,
    });
    return id;
  }

  /** Waits until a reply's delivery stands there, for agents too. */
  async reaches(messageId: string, state: string): Promise<void> {
    await eventually(async () => {
      const { delivery, shown } = await this.delivery(messageId);
      return delivery === state && shown === state;
    }, LONG_MS);
  }

  async delivery(messageId: string): Promise<{ delivery: string; shown: string; attempts: number }> {
    const [row] = await this.rows<{ delivery: string; shown: string; attempts: number }>(
      `SELECT d.state AS delivery, m.delivery_state AS shown, d.attempts FROM outbound_deliveries d
       JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id WHERE d.message_id = $1`,
      [messageId],
    );
    return row!;
  }

  /** Waits until the channel is held for want of credentials. */
  async needsReconnect(): Promise<void> {
    await eventually(async () => {
      const { state } = await this.t.owner.get<{ state: string }>(`/channels/${this.channelId}`);
      return state === 'needs_reconnect';
    }, LONG_MS);
  }

  /** A round of care for the channel, now. */
  async care(): Promise<void> {
    await this.rows(`UPDATE channel_care SET due_at = now() - interval '1 second'`);
    await this.t.app.get(ChannelCare).sweep();
  }

  /** While this runs nobody outside gets through to us. */
  async cutOff(work: () => unknown): Promise<void> {
    this.outside.cut = true;
    try {
      await work();
    } finally {
      this.outside.cut = false;
    }
  }

  /** Asks for the past again, and waits until it has been read. @returns the answer's status */
  async backfill(): Promise<number> {
    const { status } = await this.t.owner.request('POST', `/channels/${this.channelId}/backfill`, {});
    await this.pastRead();
    return status;
  }

  /** Waits until no reading of the past is under way: connecting begins one where there is a past. */
  async pastRead(): Promise<void> {
    await eventually(async () => {
      const open = await this.rows(`SELECT 1 FROM channel_pulls WHERE channel_id = $1 AND reason = 'backfill'`, [
        this.channelId,
      ]);
      return open.length === 0;
    }, LONG_MS);
  }

  /** Whatever waits after a failed reading goes at once. */
  async hurry(): Promise<void> {
    await this.rows(
      'UPDATE channel_pulls SET due_at = now() WHERE channel_id = $1 AND failures > 0 AND leased_until IS NULL',
      [this.channelId],
    );
  }

  /** Waits until nothing is being read, nor will be soon. */
  async nothingRead(): Promise<void> {
    await eventually(async () => {
      const soon = await this.rows(
        `SELECT 1 FROM channel_pulls WHERE channel_id = $1 AND (leased_until IS NOT NULL OR due_at < now() + interval '30 seconds')`,
        [this.channelId],
      );
      return soon.length === 0;
    }, LONG_MS);
  }

  /** Reads now what is read now and then, and waits for the end of it, well or not. */
  async pull(reason: 'poll' | 'reconcile'): Promise<void> {
    const where = 'channel_id = $1 AND reason = $2 AND leased_until IS NULL';
    const fence = await eventually(async () => {
      const [row] = await this.rows<{ fence: string }>(
        `UPDATE channel_pulls SET due_at = now() WHERE ${where} RETURNING fence`,
        [this.channelId, reason],
      );
      return row?.fence;
    }, LONG_MS);
    await eventually(async () => {
      const rows = await this.rows(`SELECT 1 FROM channel_pulls WHERE ${where} AND fence > $3`, [
        this.channelId,
        reason,
        fence,
      ]);
      return rows.length > 0;
    }, LONG_MS);
  }
}
