import type { ConnectedChannel } from '../../channel';
import type { PullOutcome, PullRequest } from '../../pulling';
import type { HttpAnswer } from '../../egress';
import { integer, list, milliseconds, record, string, type JsonRecord } from '../json';
import type { LinkedInClient } from './linkedin.client';
import { pullOutcomeOf } from './linkedin.errors';
import type { PulledBody, PulledItem } from './linkedin.parser';
import { recordsIn } from './linkedin.pull';
import { linkedInSettings } from './linkedin.settings';
import { encoded, organizationId, organizationUrn, urn } from './linkedin.urns';
import { urnOfRead } from './parse-comment';

const PAGE_SIZE = 100;
const OVERLAP_MS = 10 * 60_000;

interface WaitingPost {
  post: string;
  commentary: string | undefined;
}

interface Cursor {
  /** When the last whole round began, ms. */
  seen: number;
  /** A round under way: its beginning, what it looks for at the earliest, posts left, how far in the first of them. */
  round?: { began: number; from: number; left: readonly WaitingPost[]; start: number };
}

type Failed = { stop: PullOutcome };
type Listing = { elements: JsonRecord[] } | Failed;

/**
 * The comments of the latest posts, one page of one post a step, with the answers under each. For apps that may not read
 * notifications: it finds new and edited comments, but neither deletions nor mentions (linkedin.md §7).
 */
export async function pullPosts(
  client: LinkedInClient,
  channel: ConnectedChannel,
  { reason, cursor: stored, since, signal }: PullRequest,
  now: number,
): Promise<PullOutcome> {
  const { recentPosts, lookBackMs } = linkedInSettings(channel.settings);
  const read = async (path: string, query: string): Promise<Listing> => {
    const answer: HttpAnswer = await client.call({ method: 'GET', path, query }, signal);
    return answer.kind === 'answer' && answer.ok
      ? { elements: recordsIn(answer.json) }
      : { stop: pullOutcomeOf(answer, now) };
  };
  const cursor = readCursor(stored);
  const { round } = cursor ?? {};
  if (!round) {
    const author = encoded(organizationUrn(channel.externalId));
    const posts = await read('/posts', `q=author&author=${author}&count=${recentPosts}&sortBy=LAST_MODIFIED`);
    if ('stop' in posts) return posts.stop;
    const from =
      reason === 'reconcile'
        ? Math.min(since.getTime(), now - lookBackMs)
        : (cursor?.seen ?? since.getTime()) - OVERLAP_MS;
    const left = posts.elements.flatMap((post) => {
      const name = urn(post['id']);
      return name === undefined ? [] : [{ post: name, commentary: string(post['commentary']) }];
    });
    return pulled([], { seen: cursor?.seen ?? from, round: { began: now, from, left, start: 0 } }, 1);
  }
  const [current, ...rest] = round.left;
  if (!current) return pulled([], { seen: round.began }, 0);
  const top = await read(`/socialActions/${encoded(current.post)}/comments`, `start=${round.start}&count=${PAGE_SIZE}`);
  if ('stop' in top)
    return gone(top) ? pulled([], { ...cursor!, round: { ...round, left: rest, start: 0 } }, 1) : top.stop;

  const items: PulledItem[] = [];
  let calls = 1;
  const post = { commentary: current.commentary };
  for (const comment of top.elements) {
    if (changedSince(comment, round.from)) items.push({ comment, post });
    const parent = urnOfRead(comment)?.urn;
    const answers = integer(record(comment['commentsSummary'])?.['totalFirstLevelComments']) ?? 0;
    for (let start = 0; parent !== undefined && start < answers; start += PAGE_SIZE) {
      // pages of one comment follow each other
      const nested = await read(`/socialActions/${encoded(parent)}/comments`, `start=${start}&count=${PAGE_SIZE}`);
      calls += 1;
      if ('stop' in nested) {
        if (gone(nested)) break;
        return nested.stop;
      }
      for (const reply of nested.elements)
        if (changedSince(reply, round.from)) items.push({ comment: { parentComment: parent, ...reply }, post });
      if (nested.elements.length < PAGE_SIZE) break;
    }
  }
  const whole = top.elements.length < PAGE_SIZE;
  const next = whole ? { left: rest, start: 0 } : { left: round.left, start: round.start + PAGE_SIZE };
  const body: PulledBody = {
    kind: 'linkedin.pulled',
    organization: organizationId(channel.externalId) ?? channel.externalId,
    items,
  };
  return pulled(items.length > 0 ? [body] : [], { ...cursor!, round: { ...round, ...next } }, calls);
}

const pulled = (bodies: readonly PulledBody[], cursor: Cursor, calls: number): PullOutcome => ({
  status: 'pulled',
  bodies,
  cursor,
  more: cursor.round !== undefined,
  cost: { amount: calls, unit: 'calls' },
});

const gone = ({ stop }: Failed) => stop.status === 'refused' && stop.code === 'object_gone';

const changedSince = (comment: JsonRecord, from: number) =>
  (milliseconds(record(comment['lastModified'])?.['time'] ?? record(comment['created'])?.['time']) ?? from) >= from;

function readCursor(value: unknown): Cursor | undefined {
  const stored = record(value);
  const seen = integer(stored?.['seen']);
  if (seen === undefined) return undefined;
  const round = record(stored?.['round']);
  const [began, from, start] = ['began', 'from', 'start'].map((name) => integer(round?.[name]));
  if (began === undefined || from === undefined || start === undefined) return { seen };
  const left = list(round?.['left']).flatMap((item) => {
    const post = urn(record(item)?.['post']);
    return post === undefined ? [] : [{ post, commentary: string(record(item)?.['commentary']) }];
  });
  return { seen, round: { began, from, left, start } };
}
