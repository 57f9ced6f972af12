import type { Known } from './meta.cursor';
import { contentHash, id, list, milliseconds, record, string, type JsonRecord } from '../json';
import type { NoticedChange } from './parse-reading';

/** A comment of a page, with its state. */
export interface Listed {
  id: string;
  createdMs: number;
  text: string;
  hidden: boolean;
}

export interface Compared {
  /** Ids to be told: new ones, and known ones that changed. */
  wanted: ReadonlySet<string>;
  changes: Readonly<Record<string, NoticedChange>>;
  /** The comments found, as they are known from now on. */
  known: readonly Known[];
  /** Known ones that should have been on this page and are not. */
  missing: readonly Known[];
}

/** The comments of a page, Instagram's replies among them. */
export function listed(items: readonly unknown[]): Listed[] {
  return items.flatMap((value) => {
    const item = record(value);
    const replies = list(record(item?.['replies'])?.['data']);
    return [item, ...replies.map(record)].flatMap(stateOf);
  });
}

function stateOf(item: JsonRecord | undefined): Listed[] {
  const name = id(item?.['id']);
  const createdMs = milliseconds(item?.['created_time']) ?? milliseconds(item?.['timestamp']);
  if (!item || name === undefined || createdMs === undefined) return [];
  const text = contentHash(string(item['message']) ?? string(item['text']) ?? '').slice(0, 8);
  return [{ id: name, createdMs, text, hidden: item['is_hidden'] === true || item['hidden'] === true }];
}

/**
 * What of a page is news.
 * @param before what was known of this post
 * @param sinceMs from when on an unknown comment is news; older than that only among known ones
 * @param settledMs comments after this instant are left for the next reading
 * @param coversMs the page is complete from this instant on
 */
export function compare(
  page: readonly Listed[],
  before: readonly Known[],
  { sinceMs, settledMs, coversMs }: { sinceMs: number; settledMs: number; coversMs: number },
): Compared {
  const knownById = new Map(before.map((one) => [one.id, one]));
  const oldestKnown = Math.min(...before.map(({ created }) => created * 1000));
  const wanted = new Set<string>();
  const changes: [string, NoticedChange][] = [];
  const known: Known[] = [];
  for (const item of page) {
    if (item.createdMs > settledMs) continue;
    const { text, hidden } = item;
    const was = knownById.get(item.id);
    const change = { text: was !== undefined && was.text !== text, hidden: was !== undefined && was.hidden !== hidden };
    const changed = change.text || change.hidden;
    const count = (was?.changes ?? 0) + (changed ? 1 : 0);
    if (changed) changes.push([item.id, { number: count, ...change }]);
    if (changed || (!was && item.createdMs >= Math.min(sinceMs, oldestKnown))) wanted.add(item.id);
    known.push({ id: item.id, created: Math.floor(item.createdMs / 1000), text, hidden, changes: count });
  }
  const here = new Set(page.map((item) => item.id));
  const missing = before.filter((one) => !here.has(one.id) && one.created * 1000 >= coversMs);
  return { wanted, changes: Object.fromEntries(changes), known, missing };
}

/** The wanted comments of a page as Graph told them, each reply still inside the comment above it. */
export function kept(items: readonly unknown[], wanted: ReadonlySet<string>): unknown[] {
  return items.flatMap((value) => {
    const item = record(value);
    if (!item) return [];
    const replies = list(record(item['replies'])?.['data']).filter((reply) => isIn(reply, wanted));
    if (!isIn(item, wanted) && replies.length === 0) return [];
    return [item['replies'] === undefined ? item : { ...item, replies: { data: replies } }];
  });
}

const isIn = (value: unknown, wanted: ReadonlySet<string>) => wanted.has(id(record(value)?.['id']) ?? '');
