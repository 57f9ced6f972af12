import type { Agent } from 'node:http';
import { metaBytes, metaSignature } from '../simulators/meta/wire';
import { keepAlive, postBytes, sleep } from '../support/post-bytes';
import { between } from './scenario';
import { APP_SECRET, INSTAGRAM, PAGE } from './world';

/** One customer's word, as a webhook of its own. */
export interface Word {
  n: number;
  /** The network's id of the message, and the key the event is known by. */
  externalId: string;
  eventKey: string;
  bytes: Buffer;
  signature: string;
  /** ms since 1970 when a 200 for it first arrived; the sender may forget it from then on. */
  ackedAt: number | null;
  /** 2xx answers in all. */
  acks: number;
}

const START = Date.now() - 3_600_000;

/** `count` unique words of `people` people: Page comments, and direct messages to the Page and on Instagram. */
export function words(count: number, people: number, random: () => number, from = 0): Word[] {
  return Array.from({ length: count }, (_, i) => wordOf(from + i, between(random, 1, people), random()));
}

const STRANGERS = 100_000; // a person's number, past those of `words`

/** Direct messages to the Page, each of somebody who never wrote before. */
export const letters = (count: number, from = 0): Word[] =>
  Array.from({ length: count }, (_, i) => wordOf(from + i, STRANGERS + from + i, 0.5));

function wordOf(n: number, person: number, kind: number): Word {
  const at = START + n * 10;
  const text = `#${n} پیام شمارهٔ ${n} 🍎`;
  if (kind < 0.4) {
    const post = `${PAGE}_${500 + (person % 7)}`;
    const externalId = `${500 + (person % 7)}_${7_000_000 + n}`;
    const value = {
      item: 'comment',
      verb: 'add',
      comment_id: externalId,
      post_id: post,
      parent_id: post,
      from: { id: `66${person}`, name: `Person ${person}` },
      message: text,
      created_time: Math.floor(at / 1000),
    };
    const entry = { id: PAGE, time: Math.floor(at / 1000), changes: [{ field: 'feed', value }] };
    return word(n, externalId, `comment:${externalId}:add`, { object: 'page', entry: [entry] });
  }
  const [object, account] = kind < 0.7 ? ['page', PAGE] : ['instagram', INSTAGRAM];
  const mid = `${object === 'page' ? 'm_' : 'aWdf'}chaos${n}`;
  const message = {
    sender: { id: `77${person}` },
    recipient: { id: account },
    timestamp: at,
    message: { mid, text },
  };
  return word(n, mid, `mid:${mid}`, { object, entry: [{ id: account, time: at, messaging: [message] }] });
}

function word(n: number, externalId: string, eventKey: string, body: unknown): Word {
  const bytes = metaBytes(body);
  return { n, externalId, eventKey, bytes, signature: metaSignature(APP_SECRET, bytes), ackedAt: null, acks: 0 };
}

/** Posts webhooks as a network does: what is not acknowledged is sent again until it is. */
export class Sender {
  readonly statuses: Record<string, number> = {};
  readonly times: number[] = [];
  acked = 0;
  private readonly agent: Agent;

  constructor(
    private readonly urls: () => string,
    sockets = 64,
  ) {
    this.agent = keepAlive(sockets);
  }

  /** One attempt. */
  async once(item: Word, timeoutMs = 10_000): Promise<boolean> {
    const headers = { 'x-hub-signature-256': item.signature };
    const { status, ms } = await postBytes(this.agent, `${this.urls()}/webhooks/meta`, item.bytes, headers, timeoutMs);
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status < 200 || status >= 300) return false;
    item.ackedAt ??= Date.now();
    item.acks += 1;
    this.acked += 1;
    this.times.push(ms);
    return true;
  }

  /** Until it is acknowledged, at most for `withinMs`. */
  async untilAcked(item: Word, withinMs: number): Promise<boolean> {
    const end = Date.now() + withinMs;
    for (let wait = 50; Date.now() < end; wait = Math.min(wait * 2, 1_000)) {
      if (await this.once(item)) return true;
      await sleep(wait);
    }
    return false;
  }

  close(): void {
    this.agent.destroy();
  }
}

export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
