import { id, integer, list, milliseconds, record, string, type JsonRecord } from '../json';
import type { HeldStatus } from './youtube.settings';

/** A thread as it was last seen, as short as it can be: hundreds of them are kept in a cursor. */
export interface Watched {
  id: string;
  video?: string;
  /** ms: last activity in it. */
  at: number;
  /** ms: the top comment's `updatedAt`. */
  up: number;
  /** ms: newest `updatedAt` among its answers. */
  replyUp: number;
  /** `totalReplyCount`. */
  count: number;
  /** Answers known by id, without the beginning they share with the thread; only while all are known. */
  replies: string[];
  /** Held back by YouTube or a moderator; and how often that has changed. */
  held: boolean;
  changes: number;
  /** Its answers have not been read since they changed. */
  unread?: true;
  /** Looks in a row that did not find it. One is not believed: some comments are unreadable for a while. */
  missed?: number;
  /** Answers that the last whole list did not hold. */
  lost?: string[];
  /** Answers that were held back when they were looked for. */
  heldReplies?: string[];
}

/** What a thread in an answer tells about itself. */
export interface Seen {
  item: JsonRecord;
  id: string;
  video: string | undefined;
  publishedAt: number;
  at: number;
  up: number;
  replyUp: number;
  count: number;
  /** Ids of the answers that came along, a few of `count`. */
  replies: string[];
  status: HeldStatus | 'published';
}

export function seenIn(item: JsonRecord, listed: HeldStatus | 'published'): Seen | undefined {
  const snippet = record(item['snippet']);
  const top = record(snippet?.['topLevelComment']);
  const facts = record(top?.['snippet']);
  const threadId = id(item['id']) ?? id(top?.['id']);
  if (threadId === undefined) return undefined;
  const replies = list(record(item['replies'])?.['comments']).map(record);
  const times = replies.map((reply) => updatedIn(record(reply?.['snippet'])));
  const publishedAt = milliseconds(facts?.['publishedAt']) ?? 0;
  const up = updatedIn(facts);
  const replyUp = Math.max(0, ...times);
  const status = string(facts?.['moderationStatus']);
  return {
    item,
    id: threadId,
    video: id(snippet?.['videoId']),
    publishedAt,
    at: Math.max(publishedAt, up, replyUp),
    up,
    replyUp,
    count: integer(snippet?.['totalReplyCount']) ?? replies.length,
    replies: replies.map((reply) => id(reply?.['id'])).filter((name) => name !== undefined),
    status: status === 'heldForReview' || status === 'likelySpam' || status === 'published' ? status : listed,
  };
}

export const updatedIn = (facts: JsonRecord | undefined): number =>
  milliseconds(facts?.['updatedAt']) ?? milliseconds(facts?.['publishedAt']) ?? 0;

/** Whether the thread says something it did not say before. Likes come and go without a word. */
export const hasChanged = (known: Watched, seen: Seen): boolean =>
  seen.up !== known.up || seen.count !== known.count || seen.replyUp > known.replyUp;

/** Whether its answers must be read one by one: only a few come along with the thread. */
export const needsReplies = (seen: Seen): boolean => seen.count > seen.replies.length;

export function watched(seen: Seen, known: Watched | undefined): Watched {
  const whole = !needsReplies(seen);
  const held = seen.status !== 'published';
  const names = seen.replies.map((name) => shortened(seen.id, name));
  // All answers came along, so one that did not is missing; reading them one by one will tell.
  const missing = whole ? (known?.replies ?? []).filter((name) => !names.includes(name)) : [];
  const lost = [...new Set([...(known?.lost ?? []), ...missing])];
  return {
    id: seen.id,
    ...(seen.video === undefined ? {} : { video: seen.video }),
    at: Math.max(seen.at, known?.at ?? 0),
    up: seen.up,
    replyUp: Math.max(seen.replyUp, known?.replyUp ?? 0),
    count: seen.count,
    replies: whole ? names : (known?.replies ?? []),
    held,
    changes: known === undefined || known.held === held ? (known?.changes ?? 0) : known.changes + 1,
    ...(known?.unread === true || missing.length > 0 ? { unread: true as const } : {}),
    ...(lost.length > 0 ? { lost } : {}),
    ...(known?.heldReplies === undefined ? {} : { heldReplies: known.heldReplies }),
  };
}

/** Ids of answers begin with the thread's (youtube.md §2 [R]); where one does not it stays as it is. */
export const shortened = (thread: string, reply: string) =>
  reply.startsWith(`${thread}.`) ? reply.slice(thread.length) : reply;
export const lengthened = (thread: string, reply: string) => (reply.startsWith('.') ? `${thread}${reply}` : reply);

export function readWatched(value: unknown): Watched | undefined {
  const stored = record(value);
  const name = id(stored?.['id']);
  if (!stored || name === undefined) return undefined;
  const number = (field: string) => integer(stored[field]) ?? 0;
  const names = (field: string) => list(stored[field]).flatMap((one) => string(one) ?? []);
  const video = id(stored['video']);
  return {
    id: name,
    ...(video === undefined ? {} : { video }),
    at: number('at'),
    up: number('up'),
    replyUp: number('replyUp'),
    count: number('count'),
    replies: names('replies'),
    held: stored['held'] === true,
    changes: number('changes'),
    ...(stored['unread'] === true ? { unread: true as const } : {}),
    ...(number('missed') > 0 ? { missed: number('missed') } : {}),
    ...(names('lost').length > 0 ? { lost: names('lost') } : {}),
    ...(names('heldReplies').length > 0 ? { heldReplies: names('heldReplies') } : {}),
  };
}
