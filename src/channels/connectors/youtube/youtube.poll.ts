import type { ConnectedChannel } from '../../channel';
import type { PullOutcome, PullRequest } from '../../pulling';
import { id, list, milliseconds, record, string, type JsonRecord } from '../json';
import type { YouTubeClient } from './youtube.client';
import { type PollCursor, readPollCursor } from './youtube.cursor';
import type { PulledBody } from './youtube.parser';
import { paced, QUOTA_UNIT } from './youtube.quota';
import { PullStopped, Reading } from './youtube.reading';
import { youTubeSettings, type YouTubeSettings } from './youtube.settings';
import {
  hasChanged,
  lengthened,
  needsReplies,
  type Seen,
  seenIn,
  shortened,
  type Watched,
  watched,
} from './youtube.watch';

const OVERLAP_MS = 10 * 60_000; // listed a little after it was published; the clock there is not ours
const PAGES = 5; // of the newest threads in one step
const HELD_PAGES = 3;
const BY_ID = 50;
const LIVELY = 50; // looked at in every poll
const THREADS_READ = 20; // whose answers are read in one step
const REPLIES_KNOWN = 100; // per thread; beyond that deletions of answers are not noticed
const MISSES = 2; // one look that does not find a comment proves nothing

/**
 * One poll: threads since the last, those held back, then a look at the threads watched for answers, edits and deletions,
 * which do not lift a thread in the list (youtube.md §3). What a step leaves unread stays marked in the cursor.
 */
export async function pollYouTube(
  client: YouTubeClient,
  channel: ConnectedChannel,
  request: PullRequest,
  now: number,
): Promise<PullOutcome> {
  const settings = youTubeSettings(channel.settings);
  const cursor = readPollCursor(request, settings, now);
  if (cursor.used >= settings.pollBudget)
    return { status: 'pulled', bodies: [], cursor, more: false, nextMs: paced(cursor, 1, settings.pollBudget, 0, now) };
  const reading = new Reading(client, channel, request.signal, now);
  try {
    const step = new PollStep(reading, channel.externalId, settings, cursor, now);
    const more = await step.run();
    const meter = { day: cursor.day, used: cursor.used + reading.units };
    return {
      status: 'pulled',
      bodies: step.bodies,
      cursor: { ...step.cursor(), ...meter },
      more,
      ...(more ? {} : { nextMs: paced(meter, usualCost(settings), settings.pollBudget, settings.pollMs, now) }),
      cost: { amount: reading.units, unit: QUOTA_UNIT },
    };
  } catch (error) {
    if (error instanceof PullStopped) return error.outcome;
    throw error;
  }
}

class PollStep {
  readonly bodies: PulledBody[] = [];
  private readonly known: Map<string, Watched>;
  /** Looked at in this step already. */
  private readonly fresh = new Set<string>();
  /** Every comment in the lists of those held back; null when the lists were not read to their end. */
  private heldIds: Set<string> | null = null;
  private readonly changes: { id: string; hidden: boolean; times: number }[] = [];
  private readonly gone = new Set<string>();

  constructor(
    private readonly reading: Reading,
    private readonly channelId: string,
    private readonly settings: YouTubeSettings,
    private readonly from: PollCursor,
    private readonly now: number,
  ) {
    this.known = new Map(from.threads.map((thread) => [thread.id, thread]));
  }

  /** @returns whether there is more right now */
  async run(): Promise<boolean> {
    const listed = await this.newest();
    if (listed === 'more') return true;
    await this.held();
    await this.lookAgain();
    const left = await this.answers();
    if (this.gone.size > 0) this.tell({ kind: 'youtube.absent', channelId: this.channelId, ids: [...this.gone] });
    if (this.changes.length > 0)
      this.tell({ kind: 'youtube.moderated', channelId: this.channelId, changes: this.changes });
    return left;
  }

  cursor(): Omit<PollCursor, 'day' | 'used'> {
    const { start, floor, round, etag, checked } = this.from;
    const oldest = this.now - this.settings.watchMs;
    const threads = [...this.known.values()]
      .filter(({ at, held }) => held || at >= oldest)
      .toSorted((a, b) => b.at - a.at)
      .slice(0, this.settings.watchThreads);
    return { start, floor, checked, threads, ...(round ? { round } : {}), ...(etag === undefined ? {} : { etag }) };
  }

  /** Lists from the newest down to where the last round ended, a few pages a step. */
  private async newest(): Promise<'done' | 'more'> {
    const { from } = this;
    const resumed = from.round;
    let page = resumed?.page;
    let newest = resumed?.newest ?? from.floor;
    const told: Seen[] = [];
    let outcome: 'done' | 'more' = 'more';
    for (let n = 0; n < PAGES; n++) {
      // each page names the next
      const answer = await this.reading.threads(
        'published',
        page,
        resumed ? undefined : n === 0 ? from.etag : undefined,
      );
      if (answer === 'unchanged') return 'done';
      if (answer === 'no_page') {
        from.round = { newest }; // its token no longer holds: from the top at the next poll, down to the same floor
        this.tellThreads('published', told);
        return 'done';
      }
      if (page === undefined && answer.etag !== undefined) from.etag = answer.etag;
      const seen = answer.items.map((item) => seenIn(item, 'published')).filter((one) => one !== undefined);
      for (const one of seen) {
        newest = Math.max(newest, Math.min(this.now, one.publishedAt));
        if (this.note(one)) told.push(one);
      }
      const oldest = Math.min(...seen.map(({ publishedAt }) => publishedAt));
      page = answer.next;
      const enough = oldest < from.start - OVERLAP_MS && this.known.size >= this.settings.watchThreads;
      if (page === undefined || seen.length === 0 || enough || oldest < from.floor - OVERLAP_MS) {
        outcome = 'done';
        break;
      }
    }
    this.tellThreads('published', told);
    if (outcome === 'done') {
      from.floor = newest;
      delete from.round;
    } else {
      from.round = { newest, ...(page === undefined ? {} : { page }) };
    }
    return outcome;
  }

  /** Comments a moderator must decide on: only these lists show them. */
  private async held(): Promise<void> {
    if (this.settings.heldLists.length === 0) return;
    const ids = new Set<string>();
    let whole = true;
    for (const status of this.settings.heldLists) {
      let page: string | undefined;
      const told: Seen[] = [];
      for (let n = 0; n < HELD_PAGES; n++) {
        // each page names the next
        const answer = await this.reading.threads(status, page);
        if (typeof answer === 'string') break;
        for (const item of answer.items) {
          const seen = seenIn(item, status);
          if (!seen) continue;
          if (seen.status !== 'published') ids.add(seen.id);
          for (const reply of list(record(item['replies'])?.['comments'])) noteHeld(ids, reply);
          if (this.note(seen)) told.push(seen);
        }
        page = answer.next;
        if (page === undefined) break;
      }
      whole &&= page === undefined;
      this.tellThreads(status, told);
    }
    if (whole) this.heldIds = ids;
  }

  /** The liveliest threads in every poll, all of them now and then. */
  private async lookAgain(): Promise<void> {
    const all = this.now - this.from.checked >= this.settings.recheckMs;
    if (all) this.from.checked = this.now;
    const lively = [...this.known.values()].toSorted((a, b) => b.at - a.at);
    const wanted = (all ? lively : lively.slice(0, LIVELY)).filter(({ id: name }) => !this.fresh.has(name));
    const told: Seen[] = [];
    for (let from = 0; from < wanted.length; from += BY_ID) {
      const asked = wanted.slice(from, from + BY_ID);
      // a handful of calls, one after the other to spare the rate limit
      const items = await this.reading.threadsById(asked.map(({ id: name }) => name));
      for (const item of items) {
        // an answer by id need not tell the status; while the lists of those held are unknown it stays what it was
        const held = this.heldIds === null && this.known.get(id(item['id']) ?? '')?.held;
        const seen = seenIn(item, held ? 'heldForReview' : 'published');
        if (seen && this.note(seen)) told.push(seen);
      }
      for (const thread of asked) if (!this.fresh.has(thread.id)) this.missed(thread);
    }
    this.tellThreads('published', told);
  }

  /** Not found: deleted, if it was not held back, and if the next look does not find it either. */
  private missed(thread: Watched): void {
    if (this.heldIds === null || this.heldIds.has(thread.id)) return;
    const missed = (thread.missed ?? 0) + 1;
    this.known.set(thread.id, { ...thread, missed });
    if (missed < MISSES) return;
    this.known.delete(thread.id);
    this.gone.add(thread.id);
    for (const reply of [...thread.replies, ...(thread.lost ?? [])]) this.gone.add(lengthened(thread.id, reply));
  }

  /** Reads the answers of threads that have more of them than came along. @returns whether some are left */
  private async answers(): Promise<boolean> {
    const unread = [...this.known.values()].filter((thread) => thread.unread);
    for (const thread of unread.slice(0, THREADS_READ)) {
      // one thread after the other: their number is small and the quota counts each
      const answer = await this.reading.replies(thread.id);
      const { unread: _, lost: before = [], heldReplies = [], ...rest } = thread;
      if (!answer) {
        this.known.set(thread.id, rest); // the thread is gone; looking for it will tell
        continue;
      }
      this.tellReplies(thread, answer.items);
      const names = answer.items.flatMap((item) => id(item['id']) ?? []).map((name) => shortened(thread.id, name));
      const shown = heldReplies.filter((name) => names.includes(name));
      this.reappeared(thread, shown);
      const gone = [...new Set([...thread.replies, ...before])].filter((name) => !names.includes(name));
      const lost = answer.whole ? gone : before;
      const sure = lost.filter((name) => before.includes(name));
      const kept = await this.lookFor(thread, sure);
      const waiting = lost.filter((name) => !sure.includes(name));
      const heldNow = [...heldReplies.filter((name) => !shown.includes(name)), ...kept];
      this.known.set(thread.id, {
        ...rest,
        replies: answer.whole && names.length <= REPLIES_KNOWN ? names : [],
        ...(waiting.length > 0 ? { lost: waiting, unread: true as const } : {}),
        ...(heldNow.length > 0 ? { heldReplies: heldNow } : {}),
      });
    }
    return unread.length > THREADS_READ;
  }

  /**
   * Asks by id for answers that are listed no more: one held back is still there for the owner (youtube.md §1), one that
   * is not there either is gone. @returns those held back
   */
  private async lookFor(thread: Watched, names: readonly string[]): Promise<string[]> {
    const asked = names.slice(0, BY_ID).map((name) => lengthened(thread.id, name));
    if (asked.length === 0 || this.heldIds === null) return [];
    const found = await this.reading.commentsById(asked);
    const there = new Set(found.flatMap((item) => id(item['id']) ?? []));
    this.tellReplies(thread, found);
    for (const name of asked) if (!there.has(name) && !this.heldIds.has(name)) this.gone.add(name);
    return asked.filter((name) => there.has(name) || this.heldIds?.has(name)).map((name) => shortened(thread.id, name));
  }

  /** Takes note of a thread. @returns whether it tells something new */
  private note(seen: Seen): boolean {
    const known = this.known.get(seen.id);
    this.fresh.add(seen.id);
    const now = watched(seen, known);
    const changed = known === undefined || hasChanged(known, seen);
    if (known && known.held !== now.held) this.changes.push({ id: seen.id, hidden: now.held, times: now.changes });
    const shown = now.heldReplies?.filter((name) => seen.replies.includes(lengthened(seen.id, name))) ?? [];
    this.reappeared(now, shown);
    const news = changed && (known !== undefined || this.isRecent(seen));
    if (news && needsReplies(seen)) now.unread = true;
    this.known.set(seen.id, now);
    return news;
  }

  /** Answers that were held back and stand there again. */
  private reappeared(thread: Watched, names: readonly string[]): void {
    if (names.length === 0) return;
    thread.heldReplies = thread.heldReplies?.filter((name) => !names.includes(name)) ?? [];
    for (const name of names) this.changes.push({ id: lengthened(thread.id, name), hidden: false, times: 1 });
  }

  private isRecent({ publishedAt, at }: Seen): boolean {
    return publishedAt >= this.from.start || at >= this.from.start;
  }

  private isNews(reply: JsonRecord): boolean {
    const facts = record(reply['snippet']);
    return (milliseconds(facts?.['updatedAt']) ?? this.from.start) >= this.from.start;
  }

  /** A thread from before our time is told by its new answers only. */
  private tellThreads(status: string, seen: readonly Seen[]): void {
    const ours = ({ publishedAt, up }: Seen) => publishedAt >= this.from.start || up >= this.from.start;
    const items = seen.filter(ours).map(({ item }) => item);
    if (items.length > 0) this.tell({ kind: 'youtube.threads', channelId: this.channelId, status, items });
    for (const one of seen.filter((thread) => !ours(thread))) {
      const replies = list(record(one.item['replies'])?.['comments']).map(record);
      this.tellReplies(
        one,
        replies.filter((reply) => reply !== undefined),
      );
    }
  }

  private tellReplies({ id: parentId, video }: Pick<Seen, 'id' | 'video'> | Watched, all: readonly JsonRecord[]): void {
    const items = all.filter((item) => this.isNews(item));
    const place = { channelId: this.channelId, parentId, ...(video === undefined ? {} : { videoId: video }) };
    if (items.length > 0) this.tell({ kind: 'youtube.replies', ...place, items });
  }

  private tell(body: PulledBody): void {
    this.bodies.push(body);
  }
}

/** Units an ordinary poll costs: one page of the newest, one of each list of those held, the watched threads by fifties. */
function usualCost({ heldLists, watchThreads, pollMs, recheckMs }: YouTubeSettings): number {
  const others = Math.max(0, Math.ceil(watchThreads / BY_ID) - 1) * Math.min(1, pollMs / recheckMs);
  return Math.ceil(2 + heldLists.length + others);
}

function noteHeld(ids: Set<string>, value: unknown): void {
  const reply = record(value);
  const name = id(reply?.['id']);
  const status = string(record(reply?.['snippet'])?.['moderationStatus']);
  if (name !== undefined && status !== undefined && status !== 'published') ids.add(name);
}
