import type { PullOutcome } from '../../pulling';
import type { MetaCursor, QueuedPost } from './meta.cursor';
import { compact, id, instant, list, milliseconds, record, string, type JsonRecord } from '../json';
import { amount } from './meta.settings';
import type { Reading } from './parse-reading';
import { ask, goOn, isDue, nextPage, notRead, sinceMs, type Step } from './pull-step';

const DAY_MS = 86_400_000;
const PAGE_SIZE = 25;

/** One page of posts: queued for their comments; those of visitors are told as well. */
export async function readPosts(step: Step): Promise<PullOutcome> {
  const { channel, request, now } = step;
  const whole = request.reason === 'backfill';
  const horizon = Math.min(sinceMs(step), now - amount(channel.settings, 'postDays') * DAY_MS);
  const limit = whole ? PAGE_SIZE : amount(channel.settings, 'watchedPosts');
  const reply = await ask(step, 'posts', { limit, since: Math.floor(horizon / 1000) });
  if (reply.kind !== 'ok') return notRead(step, 'posts', reply);
  const items = list(reply.body['data']);
  const queue = items.flatMap((item) => queuedPost(record(item), horizon));
  const strangers = channel.kind === 'facebook' ? items.filter((item) => isVisitors(step, record(item))) : [];
  const bodies: Reading[] =
    strangers.length > 0
      ? [{ metaReading: 'posts', readAt: new Date(now).toISOString(), page: { data: strangers } }]
      : [];
  const postsAfter = whole && queue.length === items.length ? nextPage(reply.body) : undefined;
  return goOn(step, bodies, { stage: 'comments', queue, postsAfter }, whole ? {} : watchedOf(step, queue));
}

function queuedPost(post: JsonRecord | undefined, horizonMs: number): QueuedPost[] {
  const postId = id(post?.['id']);
  const at = milliseconds(post?.['created_time']) ?? milliseconds(post?.['timestamp']);
  if (!post || postId === undefined || (at !== undefined && at < horizonMs)) return [];
  return [
    compact({
      id: postId,
      permalink: string(post['permalink_url']) ?? string(post['permalink']),
      kind: string(post['status_type']) ?? string(post['media_product_type']),
      publishedAt: instant(at),
    }),
  ];
}

function isVisitors(step: Step, post: JsonRecord | undefined): boolean {
  const author = id(record(post?.['from'])?.['id']);
  const at = milliseconds(post?.['created_time']) ?? 0;
  return author !== undefined && author !== step.channel.externalId && isDue(step, at);
}

/** Posts that are not read any more are forgotten. */
function watchedOf({ cursor }: Step, queue: readonly QueuedPost[]): MetaCursor['watched'] {
  return Object.fromEntries(queue.map(({ id: postId }) => [postId, cursor.watched[postId] ?? []]));
}
