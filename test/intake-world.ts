import { ConversationIntake, type IntakeItem, type IntakeOutcome } from '../src/inbox/conversations/intake';
import type {
  InboundEvent,
  InboundIdentity,
  InboundMessage,
  InboundPostSeen,
  InboundReceipt,
} from '../src/inbox/conversations/inbound-event';
import { uuidv7 } from '../src/platform/ids';
import { startApp, type TestApp } from './harness';
import { seededRandom, shuffled } from './simulators/meta/faults';

/** 12:00 of the day all stories are told on, plus minutes. */
export const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 22, 12, minutes)).toISOString();

type Told<E extends InboundEvent> = Partial<Omit<E, 'type'>>;

let keys = 0;
const base = (threadKey: string) => ({
  accountId: 'shop',
  eventKey: `key:${++keys}`,
  threadKey,
  threadKind: 'dm' as const,
});

/** A direct message of a person in their thread. */
export function said(
  externalId: string,
  personId: string,
  text: string,
  over: Told<InboundMessage> = {},
): InboundMessage {
  return {
    ...base(`dm:${personId}`),
    type: 'message',
    direction: 'in',
    externalId,
    author: { externalId: personId },
    text,
    attachments: [],
    occurredAt: at(0),
    ...over,
  };
}

/** A word of our account to a person, written with another tool. */
export const answered = (externalId: string, personId: string, text: string, over: Told<InboundMessage> = {}) =>
  said(externalId, personId, text, {
    direction: 'out',
    author: { externalId: 'shop' },
    contact: { externalId: personId },
    ...over,
  });

export const told = (personId: string, over: Told<InboundIdentity>): InboundIdentity => ({
  ...base(`dm:${personId}`),
  type: 'identity',
  person: { externalId: personId },
  occurredAt: at(0),
  ...over,
});

export const published = (externalId: string, over: Told<InboundPostSeen> = {}): InboundPostSeen => ({
  ...base(`post:${externalId}`),
  type: 'post',
  threadKind: 'comment',
  post: { externalId },
  occurredAt: at(0),
  ...over,
});

export const receipt = (
  status: InboundReceipt['status'],
  externalIds: string[],
  over: Told<InboundReceipt> = {},
): InboundReceipt => ({ ...base('dm:receipts'), type: 'receipt', status, externalIds, occurredAt: at(0), ...over });

/** The product with a channel whose events are applied without the way through a webhook. */
export async function startIntakeWorld() {
  const t = await startApp({ env: { ROLE: 'web' } });
  const first = await channelOf(t, 'harbour');
  return new IntakeWorld(t, first);
}

/** A channel of the first workspace (`harbour`), or of a workspace of its own. */
async function channelOf(t: TestApp, name: string): Promise<IntakeItem['channel']> {
  const id = uuidv7();
  return t.database.lean('system', async (tx) => {
    let [row] = await tx.query<{ workspace_id: string; id: string }>('SELECT workspace_id, id FROM brands LIMIT 1');
    if (name !== 'harbour') {
      row = { workspace_id: uuidv7(), id: uuidv7() };
      await tx.execute('INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)', [row.workspace_id, name]);
      await tx.execute('INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, $3)', [
        row.workspace_id,
        row.id,
        name,
      ]);
    }
    const { workspace_id: workspaceId, id: brandId } = row!;
    await tx.execute(
      `INSERT INTO channels (workspace_id, id, kind, name, brand_id, external_id) VALUES ($1, $2, 'api', $3, $4, $5)`,
      [workspaceId, id, name, brandId, id],
    );
    return { id, workspaceId, brandId, teamId: null };
  });
}

export class IntakeWorld {
  constructor(
    readonly t: TestApp,
    readonly channel: IntakeItem['channel'],
  ) {}

  /** The same product seen through a channel of its own, so that stories do not meet. */
  async aside(name = 'harbour'): Promise<IntakeWorld> {
    return new IntakeWorld(this.t, await channelOf(this.t, name));
  }

  /** Applies events as one batch, received at `receivedAt` (by default a minute after the story's hour). */
  take(events: readonly InboundEvent[], receivedAt = at(59), node: TestApp = this.t): Promise<IntakeOutcome[]> {
    const items = this.items(events, receivedAt);
    return node.database.lean('system', async (tx) => {
      const outcomes = await node.app.get(ConversationIntake).apply(tx, items);
      return items.map(({ ref }) => outcomes.get(ref)!);
    });
  }

  /** One after the other, each a batch of its own. */
  async tell(...events: readonly InboundEvent[]): Promise<IntakeOutcome[]> {
    const outcomes = [];
    for (const e of events) outcomes.push(...(await this.take([e])));
    return outcomes;
  }

  /**
   * Applies one batch and holds its transaction open until another, on another node, waits for it or is through: the
   * worst moment two nodes can meet at.
   */
  async meeting(first: readonly InboundEvent[], second: readonly InboundEvent[], node: TestApp): Promise<void> {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let begun = () => {};
    const applied = new Promise<void>((resolve) => (begun = resolve));
    const one = this.t.database.lean('system', async (tx) => {
      await this.t.app.get(ConversationIntake).apply(tx, this.items(first));
      begun();
      await held;
    });
    await Promise.race([applied, one]);
    const two = this.take(second, at(59), node);
    await this.untilStuck(two).finally(letGo);
    await Promise.all([one, two]);
  }

  /**
   * Applies one batch as far as its `step`-th statement, then another whole on another node (or as far as it comes), then the
   * rest: what the first had read by then is what was.
   * @returns false when it was through before that statement
   */
  async overtaken(
    slow: readonly InboundEvent[],
    fast: readonly InboundEvent[],
    step: number,
    node: TestApp,
  ): Promise<boolean> {
    let goOn = () => {};
    const released = new Promise<void>((resolve) => (goOn = resolve));
    let stop = () => {};
    const stopped = new Promise<boolean>((resolve) => (stop = () => resolve(true)));
    let statements = 0;
    const atEach = async (): Promise<void> => {
      statements += 1;
      if (statements !== step) return;
      stop();
      await released;
    };
    const one = this.t.database.lean('system', async (tx) => {
      const [query, execute] = [tx.query.bind(tx), tx.execute.bind(tx)];
      jest.spyOn(tx, 'query').mockImplementation((...args) => atEach().then(() => query(...args)));
      jest.spyOn(tx, 'execute').mockImplementation((...args) => atEach().then(() => execute(...args)));
      await this.t.app.get(ConversationIntake).apply(tx, this.items(slow));
    });
    const reached = await Promise.race([stopped, one.then(() => false)]);
    if (!reached) return false;
    const two = this.take(fast, at(59), node);
    await this.untilStuck(two).finally(goOn);
    await Promise.all([one, two]);
    return true;
  }

  /** Until it is through, or something in the database waits for a lock. */
  private async untilStuck(work: Promise<unknown>): Promise<void> {
    const settled = work.then(
      () => true,
      () => true,
    );
    for (const end = Date.now() + 10_000; Date.now() < end;) {
      if (await Promise.race([settled, new Promise<false>((resolve) => setTimeout(() => resolve(false), 4))])) return;
      const waiting = await this.t.database.lean('system', (tx) =>
        tx.query(`SELECT 1 FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple') LIMIT 1`),
      );
      if (waiting.length > 0) return;
    }
    throw new Error('Neither through nor waiting within 10 s.');
  }

  private items(events: readonly InboundEvent[], receivedAt = at(59)): IntakeItem[] {
    return events.map((e, i) => ({
      ref: `${i}`,
      channel: this.channel,
      event: structuredClone(e),
      receivedAt: new Date(receivedAt),
    }));
  }

  rows<Row>(sql: string, params: unknown[] = []): Promise<Row[]> {
    return this.t.database.lean('system', (tx) => tx.query<Row>(sql, [this.channel.id, ...params]));
  }

  /** Who is known by which ids, contact by contact. */
  async people(): Promise<string[]> {
    const rows = await this.rows<{ ids: string }>(
      `SELECT string_agg(external_id, ' ' ORDER BY external_id) AS ids FROM contact_identities WHERE channel_id = $1 GROUP BY contact_id ORDER BY 1`,
    );
    return rows.map(({ ids }) => ids);
  }

  /** The texts of each conversation that has some, in the order in which an agent reads them. */
  async threads(): Promise<string[][]> {
    const rows = await this.rows<{ texts: string[] }>(
      `SELECT array_agg(m.text ORDER BY coalesce(m.place, m.seq)) AS texts FROM messages m
       WHERE m.channel_id = $1 AND m.subtype IS DISTINCT FROM 'duplicate' GROUP BY m.conversation_id`,
    );
    return rows.map(({ texts }) => texts).toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
  }

  async conversations(): Promise<number> {
    const [row] = await this.rows<{ n: number }>('SELECT count(*)::int AS n FROM conversations WHERE channel_id = $1');
    return row!.n;
  }

  tickets() {
    return this.rows<{ id: string; subject: string; preview: string; status: string; conversation_id: string }>(
      'SELECT id, subject, preview, status, conversation_id FROM tickets WHERE channel_id = $1 ORDER BY number',
    );
  }

  events(type: string) {
    return this.rows<{ data: Record<string, unknown>; contact_id: string | null; message_id: string | null }>(
      `SELECT e.data, e.contact_id, e.message_id FROM domain_events e JOIN channels ch ON ch.workspace_id = e.workspace_id AND ch.id = $1
       WHERE e.type = $2 ORDER BY e.position`,
      [type],
    );
  }
}

/**
 * How many transactions Postgres ends from now on because two wait for each other; the product tries them again, so
 * nothing else shows it.
 */
export function deadlocksAt(...nodes: readonly TestApp[]): () => number {
  let ended = 0;
  for (const { database } of nodes) {
    const once = database['once'].bind(database);
    database['once'] = (...args: Parameters<typeof once>) =>
      once(...args).catch((error: unknown) => {
        if ((error as { code?: string }).code === '40P01') ended += 1;
        throw error;
      }) as never;
  }
  return () => ended;
}

/** Every order of a short story, or many of a long one; each event once or twice. */
export function orders<T>(story: readonly T[], seeds = 12): T[][] {
  return Array.from({ length: seeds }, (_, seed) => {
    const random = seededRandom(seed + 1);
    return seed === 0 ? [...story] : shuffled([...story, ...story.filter(() => random() < 0.5)], random);
  });
}
