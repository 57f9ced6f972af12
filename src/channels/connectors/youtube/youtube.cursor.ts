import type { PullRequest } from '../../pulling';
import { integer, list, record, string } from '../json';
import { type Meter, readMeter } from './youtube.quota';
import type { YouTubeSettings } from './youtube.settings';
import { readWatched, type Watched } from './youtube.watch';

const CLOCK_SLACK_MS = 2 * 60_000; // YouTube tells whole seconds, by its own clock

/** Where the last poll ended, kept as JSON between two polls. */
export interface PollCursor extends Meter {
  /** ms: what is older than this was there before us and is not told by polling. */
  start: number;
  /** ms: threads published before it have been listed. */
  floor: number;
  /** A round of listing under way: its next page, the newest thread in it. */
  round?: { page?: string; newest: number };
  etag?: string;
  /** ms: when all watched threads were last looked at. */
  checked: number;
  threads: Watched[];
}

/** The first poll looks as far back as threads are watched, so that answers under older ones are noticed. */
export function readPollCursor({ cursor, since }: PullRequest, { watchMs }: YouTubeSettings, now: number): PollCursor {
  const stored = record(cursor);
  const meter = readMeter(stored, now);
  const floor = integer(stored?.['floor']);
  const start = Math.min(since.getTime(), now) - CLOCK_SLACK_MS;
  if (!stored || floor === undefined) return { ...meter, start, floor: now - watchMs, checked: now, threads: [] };
  const round = record(stored['round']);
  const page = string(round?.['page']);
  const etag = string(stored['etag']);
  return {
    ...meter,
    start: integer(stored['start']) ?? start,
    floor,
    ...(round ? { round: { newest: integer(round['newest']) ?? floor, ...(page === undefined ? {} : { page }) } } : {}),
    ...(etag === undefined ? {} : { etag }),
    checked: integer(stored['checked']) ?? 0,
    threads: list(stored['threads']).flatMap((thread) => readWatched(thread) ?? []),
  };
}
