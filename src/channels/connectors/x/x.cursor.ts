import type { ChannelSettings } from '../../channel';
import { record } from '../json';
import { byNumber, idText, own, ownRecord, ownString, records } from './x.fields';
import { amount, flag } from './x.settings';

/** The parts of a reading, in their order: own posts first, for they say which posts to search replies under. */
const STAGES = ['own', 'replies', 'mentions', 'messages'] as const;
export type Stage = (typeof STAGES)[number];

/** A post of the account that is searched for replies. */
export interface Watched {
  id: string;
  /** Replies up to this id are read. */
  since: string;
  /** ISO instant it was published. */
  at: string;
}

/** Where a reading stands. Between two readings there is no `round`. */
export interface XCursor {
  /** The newest id that was read of each kind; moves only when a stage's last page is stored. */
  newest: Readonly<Partial<Record<Stage, string>>>;
  watched: readonly Watched[];
  round?: Round;
}

export interface Round {
  stage: Stage;
  /** Of the next page. */
  token?: string;
  /** The newest id seen in this stage so far. */
  seen?: string;
}

/** A cursor as it was stored; anything else begins anew. */
export function cursorOf(value: unknown): XCursor {
  const stored = record(value);
  const newest = ownRecord(stored, 'newest');
  const round = ownRecord(stored, 'round');
  const stage = STAGES.find((name) => name === own(round, 'stage'));
  return {
    newest: Object.fromEntries(STAGES.flatMap((name) => idEntry(name, own(newest, name)))),
    watched: records(stored, 'watched').flatMap((post) => {
      const id = idText(own(post, 'id'));
      const at = ownString(post, 'at');
      return id === undefined || at === undefined ? [] : [{ id, since: idText(own(post, 'since')) ?? id, at }];
    }),
    ...(stage ? { round: { stage, token: ownString(round, 'token'), seen: idText(own(round, 'seen')) } } : {}),
  };
}

const idEntry = (name: string, value: unknown): [string, string][] => {
  const id = idText(value);
  return id === undefined ? [] : [[name, id]];
};

export const later = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && byNumber(b, a) > 0) ? b : a;

export const earliest = (ids: readonly string[]): string | undefined => ids.toSorted(byNumber)[0];

const TIME_BITS = 22n; // an id of X begins with its milliseconds; the lower 22 bits tell ids of one millisecond apart

/** The id that would have been given this much earlier. Posts are listed a little late, and not always in order. */
export function idBefore(id: string, ms: number): string {
  if (!/^\d{1,30}$/.test(id)) return id;
  const before = BigInt(id) - (BigInt(Math.trunc(ms)) << TIME_BITS);
  return before > 0n ? before.toString() : '1';
}

const SEARCHED_MS = 7 * 86_400_000 - 3_600_000; // recent search reaches back seven days; an hour is left for clocks

/** Adds own posts that may get replies, and lets go of the oldest. */
export function watch(
  watched: readonly Watched[],
  fresh: readonly Watched[],
  settings: ChannelSettings,
  now: number,
): Watched[] {
  const all = new Map([...fresh, ...watched].map((post) => [post.id, post]));
  return [...all.values()]
    .filter(({ at }) => Date.parse(at) > now - SEARCHED_MS)
    .toSorted((a, b) => byNumber(b.id, a.id))
    .slice(0, amount(settings, 'watchedPosts'));
}

/** The stage after this one that has something to read; undefined when the reading is complete. */
export function stageAfter(stage: Stage | undefined, cursor: XCursor, settings: ChannelSettings): Stage | undefined {
  const from = stage === undefined ? 0 : STAGES.indexOf(stage) + 1;
  return STAGES.slice(from).find((name) => {
    if (name === 'replies') return cursor.watched.length > 0 && amount(settings, 'watchedPosts') > 0;
    if (name === 'messages') return flag(settings, 'readMessages');
    return name === 'mentions' || amount(settings, 'watchedPosts') > 0;
  });
}
