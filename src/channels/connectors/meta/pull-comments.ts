import type { PullOutcome } from '../../pulling';
import type { Known, QueuedPost } from './meta.cursor';
import { isGone } from './meta.errors';
import { list, type JsonRecord } from '../json';
import { ask, goOn, nextPage, notRead, settledMs, sinceMs, type Step } from './pull-step';
import { amount } from './meta.settings';
import { compare, type Compared, kept, listed } from './meta.watch';
import type { Reading } from './parse-reading';

const PAGE_SIZE = 100;
const CONFIRMED_AT_ONCE = 4; // calls about comments that are not listed any more; a step ends within two minutes

/** One page of the comments of the post at the head of the queue. */
export async function readPostComments(step: Step): Promise<PullOutcome> {
  const { round, cursor, request } = step;
  const [post, ...queue] = round.queue;
  if (!post) {
    const { postsAfter } = round;
    return goOn(step, [], postsAfter === undefined ? 'next_stage' : { stage: 'posts', after: postsAfter });
  }
  // Instagram gives at most 50 of them; it takes more as 50.
  const reply = await ask(step, 'comments', { postId: post.id, limit: PAGE_SIZE });
  if (isGone(reply)) return goOn(step, [], { queue });
  if (reply.kind !== 'ok') return notRead(step, 'comments', reply);
  const items = list(reply.body['data']);
  const states = listed(items);
  const oldestMs = Math.min(...states.map(({ createdMs }) => createdMs));
  const next = nextPage(reply.body);
  const compares = request.reason !== 'backfill' && round.after === undefined;
  const before = compares ? (cursor.watched[post.id] ?? []) : [];
  const coversMs = next === undefined ? 0 : oldestMs;
  const compared = compare(states, before, { sinceMs: sinceMs(step), settledMs: settledMs(step), coversMs });
  const { gone, unsure } = await confirm(step, compared.missing);
  const bodies = bodiesOf(step, post, kept(items, compared.wanted), compared, gone);
  const after = oldestMs >= sinceMs(step) ? next : undefined;
  const watched = compares
    ? { ...cursor.watched, [post.id]: newest(step, [...compared.known, ...unsure]) }
    : cursor.watched;
  return goOn(step, bodies, after === undefined ? { queue } : { after }, watched);
}

function newest({ channel }: Step, comments: readonly Known[]): Known[] {
  return comments.toSorted((a, b) => b.created - a.created).slice(0, amount(channel.settings, 'watchedComments'));
}

/**
 * Asks for comments that should have been listed. Instagram never announces a deletion; a list may leave out what is
 * there, so only Graph's own "does not exist" counts.
 */
async function confirm(step: Step, missing: readonly Known[]): Promise<{ gone: string[]; unsure: Known[] }> {
  const gone: string[] = [];
  const unsure = missing.slice(CONFIRMED_AT_ONCE);
  for (const one of missing.slice(0, CONFIRMED_AT_ONCE)) {
    const query = { fields: 'id' };
    const reply = await step.call({ method: 'GET', path: [one.id], query, signal: step.request.signal });
    if (isGone(reply)) gone.push(one.id);
    else if (reply.kind !== 'ok') unsure.push(one);
  }
  return { gone, unsure };
}

function bodiesOf(
  { now }: Step,
  post: QueuedPost,
  data: readonly unknown[],
  { changes }: Compared,
  gone: readonly string[],
): Reading[] {
  const readAt = new Date(now).toISOString();
  const bodies: Reading[] = [];
  const about: JsonRecord = { ...post };
  if (data.length > 0) bodies.push({ metaReading: 'comments', readAt, post: about, changes, page: { data } });
  if (gone.length > 0) bodies.push({ metaReading: 'gone', readAt, ids: gone });
  return bodies;
}
