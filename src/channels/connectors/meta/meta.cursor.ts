import type { Words } from '../../../text/words';
import { id, integer, list, record, string, type JsonRecord } from '../json';

/** The parts of a reading, in their order. */
export const STAGES = ['posts', 'comments', 'messages'] as const;
export type Stage = (typeof STAGES)[number];

/** A comment as the last reading found it, kept to notice what no webhook told. */
export interface Known {
  id: string;
  /** Seconds since 1970. */
  created: number;
  /** Digest of its text. */
  text: string;
  hidden: boolean;
  /** How many changes of it readings have noticed. */
  changes: number;
}

/** A post whose comments are still to be read in this reading. */
export interface QueuedPost {
  id: string;
  permalink?: string;
  kind?: string;
  publishedAt?: string;
}

export interface Refusal {
  reason: string;
  code: string;
  fix: Words;
}

export interface Round {
  /** `ended`: all is read, and what was refused is still to be told. */
  stage: Stage | 'ended';
  queue: readonly QueuedPost[];
  /** Graph's cursor of the next page of comments or conversations; short-lived. */
  after?: string;
  /** The same of the next page of posts. */
  postsAfter?: string;
  /** How many of the richer sets of fields were refused, by stage. */
  plainer: Readonly<Partial<Record<Stage, number>>>;
  /** Milliseconds since 1970 of its last step. */
  at: number;
  /** What one part of the reading was refused with, while the others went on. */
  refusal?: Refusal;
}

/** Where a reading stands. Between two readings there is no `round`. */
export interface MetaCursor {
  /** Newest comments of the newest posts, by post. */
  watched: Readonly<Record<string, readonly Known[]>>;
  round?: Round;
}

export const NOWHERE: MetaCursor = { watched: {} };

/** A cursor as it was stored; anything else begins anew. */
export function cursorOf(value: unknown): MetaCursor {
  const stored = record(value);
  const watched = Object.entries(record(stored?.['watched']) ?? {}).map(
    ([postId, comments]) => [postId, list(comments).flatMap(knownOf)] as const,
  );
  const round = roundOf(record(stored?.['round']));
  return { watched: Object.fromEntries(watched), ...(round ? { round } : {}) };
}

/** As stored: `[id, created, text, hidden, changes]`, for there are hundreds in a cursor. */
export const packed = ({ watched, round }: MetaCursor): unknown => ({
  watched: Object.fromEntries(
    Object.entries(watched).map(([postId, comments]) => [
      postId,
      comments.map((one) => [one.id, one.created, one.text, one.hidden ? 1 : 0, one.changes]),
    ]),
  ),
  ...(round ? { round } : {}),
});

function knownOf(value: unknown): Known[] {
  const [name, created, text, hidden, changes] = list(value);
  const known = id(name);
  if (known === undefined) return [];
  return [
    {
      id: known,
      created: integer(created) ?? 0,
      text: string(text) ?? '',
      hidden: hidden === 1,
      changes: integer(changes) ?? 0,
    },
  ];
}

function roundOf(round: JsonRecord | undefined): Round | undefined {
  const stage = ([...STAGES, 'ended'] as const).find((name) => name === round?.['stage']);
  if (!round || !stage) return undefined;
  const refusal = record(round['refusal']);
  const fix = record(refusal?.['fix']);
  const plainer = record(round['plainer']);
  return {
    stage,
    queue: list(round['queue']).flatMap((post) => queued(record(post))),
    after: string(round['after']),
    postsAfter: string(round['postsAfter']),
    plainer: Object.fromEntries(STAGES.map((name) => [name, integer(plainer?.[name]) ?? 0])),
    at: integer(round['at']) ?? 0,
    ...(refusal
      ? {
          refusal: {
            reason: string(refusal['reason']) ?? '',
            code: string(refusal['code']) ?? '',
            fix: { fa: string(fix?.['fa']) ?? '', en: string(fix?.['en']) ?? '' },
          },
        }
      : {}),
  };
}

function queued(post: JsonRecord | undefined): QueuedPost[] {
  const postId = id(post?.['id']);
  if (postId === undefined) return [];
  const { permalink, kind, publishedAt } = post!;
  return [{ id: postId, permalink: string(permalink), kind: string(kind), publishedAt: string(publishedAt) }];
}
