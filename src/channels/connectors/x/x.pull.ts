import type { Words } from '../../../text/words';
import type { ConnectedChannel } from '../../channel';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { JsonRecord } from '../json';
import type { XCall, XClient, XReply } from './x.client';
import {
  cursorOf,
  earliest,
  idBefore,
  later,
  stageAfter,
  watch,
  type Round,
  type Stage,
  type Watched,
  type XCursor,
} from './x.cursor';
import { byNumber, instantOf, own, ownRecord, ownString, records, xid } from './x.fields';
import { DM_QUERY, POST_QUERY } from './x.reads';
import { replayMissed } from './x.replay';
import { amount, polls } from './x.settings';

const DAY_MS = 86_400_000;
const PAGE_SIZE = '100';
const CURRENCY = 'USD';

export function pullPlan({ settings }: Pick<ConnectedChannel, 'settings'>): PullPlan {
  return {
    ...(polls(settings)
      ? { pollMs: amount(settings, 'pollSeconds') * 1000 }
      : { reconcileMs: amount(settings, 'reconcileMinutes') * 60_000 }),
    backfillMs: 7 * DAY_MS, // as far as X's search reaches; mentions end at the newest 800, messages after 30 days
    dailyBudget: { amount: amount(settings, 'dailyBudgetUsd'), unit: CURRENCY },
  };
}

const NOWHERE: XCursor = { newest: {}, watched: [] };

/**
 * One page of a reading. A reading goes through own posts, replies under them, mentions and messages; each id it stands
 * at moves only after the last page of its kind, so that a reading cut short leaves no gap. After a gap with a webhook, X
 * is asked to push what was missed, and is read only if it will not.
 */
export async function pullStep(
  client: XClient,
  channel: ConnectedChannel,
  request: PullRequest,
  now: number,
): Promise<PullOutcome> {
  const stored = cursorOf(request.cursor);
  // Each gap has its own beginning; where the last one ended says nothing about this one.
  const cursor = request.reason === 'backfill' && !stored.round ? NOWHERE : stored;
  if (request.reason === 'backfill' && !cursor.round && !polls(channel.settings)) {
    const asked = await replayMissed(client, channel, request.since, now);
    if (asked) return { status: 'pulled', bodies: [], cursor: NOWHERE, more: false };
  }
  const stage = cursor.round?.stage ?? stageAfter(undefined, cursor, channel.settings);
  if (stage === undefined) return { status: 'pulled', bodies: [], cursor, more: false };
  const round = cursor.round ?? { stage };
  const reading: Reading = { client, channel, request, cursor, round, now };
  const reply = await client.call({ ...callOf(reading), signal: request.signal });
  return reply.kind === 'ok' ? pageRead(reading, reply.body) : notRead(reading, reply);
}

interface Reading {
  client: XClient;
  channel: ConnectedChannel;
  request: PullRequest;
  cursor: XCursor;
  round: Round;
  now: number;
}

function callOf({ channel, request, cursor, round }: Reading): XCall {
  const { stage, token } = round;
  const newest = cursor.newest[stage];
  const overlapMs = amount(channel.settings, 'overlapSeconds') * 1000;
  const since = newest === undefined ? undefined : idBefore(newest, overlapMs);
  const start_time = since === undefined ? request.since.toISOString() : undefined;
  const paged = { max_results: PAGE_SIZE, pagination_token: token };
  switch (stage) {
    case 'own':
      return get(['users', channel.externalId, 'tweets'], {
        ...POST_QUERY,
        ...paged,
        since_id: since,
        start_time,
        exclude: 'retweets',
      });
    case 'mentions':
      return get(['users', channel.externalId, 'mentions'], { ...POST_QUERY, ...paged, since_id: since, start_time });
    case 'replies': {
      const conversations = cursor.watched.map(({ id }) => `conversation_id:${id}`).join(' OR ');
      // Our own answers are read only after a gap, where they tell what was answered already.
      const query = `(${conversations})${request.reason === 'backfill' ? '' : ` -from:${channel.externalId}`}`;
      // Never before the post itself: search does not reach back further than seven days.
      const since_id = earliest(
        cursor.watched.map(({ id, since: read }) => later(id, idBefore(read, overlapMs)) ?? id),
      );
      return get(['tweets', 'search', 'recent'], {
        ...POST_QUERY,
        query,
        since_id,
        max_results: PAGE_SIZE,
        next_token: token,
      });
    }
    case 'messages': {
      const first = token === undefined && request.reason !== 'backfill';
      const max_results = first ? String(amount(channel.settings, 'dmFirstPage')) : PAGE_SIZE;
      return get(['dm_events'], { ...DM_QUERY, max_results, pagination_token: token });
    }
  }
}

const get = (path: string[], query: XCall['query']): XCall => ({ method: 'GET', path, query });

async function pageRead(reading: Reading, page: JsonRecord): Promise<PullOutcome> {
  const { channel, request, cursor, round, now } = reading;
  const { settings } = channel;
  const items = records(page, 'data');
  const seen = items.reduce<string | undefined>((newest, item) => later(newest, xid(item, 'id')), round.seen);
  const wanted = round.stage === 'messages' ? items.filter((item) => isNew(reading, item)) : items;
  const next = wanted.length < items.length ? undefined : ownString(ownRecord(page, 'meta'), 'next_token');
  const watched =
    round.stage === 'own' ? watch(cursor.watched, items.flatMap(watchable), settings, now) : cursor.watched;
  const stored = wanted.length === 0 ? [] : [wanted.length === items.length ? page : { ...page, data: wanted }];
  const answers =
    round.stage === 'mentions' && request.reason === 'backfill' ? await ownAnswers(reading, items) : undefined;
  if (answers && answers.kind !== 'ok') return notRead(reading, answers);
  const bodies = [...stored, ...(answers && records(answers.body, 'data').length > 0 ? [answers.body] : [])];
  // Both in one body, so that reading it shows which mention was answered.
  const joined = bodies.length > 1 ? [bodies] : bodies;
  const amountUsd = priceOf(settings, round.stage, page) + (answers ? priceOf(settings, 'own', answers.body) : 0);
  const cost = amountUsd > 0 ? { cost: { amount: amountUsd, unit: CURRENCY } } : {};
  if (next !== undefined) {
    const going: XCursor = { ...cursor, watched, round: { stage: round.stage, token: next, seen } };
    return { status: 'pulled', bodies: joined, cursor: going, more: true, ...cost };
  }
  const ended = stageEnded({ ...cursor, watched }, round.stage, seen);
  const following = stageAfter(round.stage, ended, settings);
  const after: XCursor = following === undefined ? ended : { ...ended, round: { stage: following } };
  return { status: 'pulled', bodies: joined, cursor: after, more: following !== undefined, ...cost };
}

function stageEnded({ newest, watched }: XCursor, stage: Stage, seen: string | undefined): XCursor {
  if (stage !== 'replies')
    return { newest: { ...newest, ...(seen ? { [stage]: later(newest[stage], seen) } : {}) }, watched };
  return { newest, watched: watched.map((post) => ({ ...post, since: later(post.since, seen) ?? post.since })) };
}

/** Messages come newest first and cannot be asked for from an id on. */
function isNew({ cursor, request }: Reading, item: JsonRecord): boolean {
  const id = xid(item, 'id');
  const known = cursor.newest.messages;
  if (known !== undefined && id !== undefined) return byNumber(id, known) > 0;
  return Date.parse(instantOf(own(item, 'created_at')) ?? '') >= request.since.getTime();
}

/** A post of ours that is no answer to somebody; its conversation keeps the first id when the post is edited. */
function watchable(item: JsonRecord): Watched[] {
  const id = xid(item, 'conversation_id') ?? xid(item, 'id');
  const at = instantOf(own(item, 'created_at'));
  const answers = own(item, 'in_reply_to_user_id') !== undefined;
  return id === undefined || at === undefined || answers ? [] : [{ id, since: id, at }];
}

async function ownAnswers(
  { client, channel, request }: Reading,
  items: readonly JsonRecord[],
): Promise<XReply | undefined> {
  const since_id = earliest(items.flatMap((item) => xid(item, 'id') ?? []));
  if (since_id === undefined) return undefined;
  const query = { ...POST_QUERY, since_id, max_results: PAGE_SIZE, exclude: 'retweets' };
  return client.call({ ...get(['users', channel.externalId, 'tweets'], query), signal: request.signal });
}

/** Every post or message in an answer is billed, those told beside the page too. */
function priceOf(settings: ConnectedChannel['settings'], stage: Stage, page: JsonRecord): number {
  const items = records(page, 'data').length;
  if (stage === 'messages') return items * amount(settings, 'dmReadUsd');
  return (items + records(ownRecord(page, 'includes'), 'tweets').length) * amount(settings, 'postReadUsd');
}

function notRead({ client, cursor, round }: Reading, reply: Exclude<XReply, { kind: 'ok' }>): PullOutcome {
  const outcome = client.repeatable(reply, 'app');
  if (outcome.status !== 'failed') return outcome;
  if (outcome.code === 'bad_request' && round.token !== undefined) {
    // The page's token has gone stale: this stage begins again.
    return { status: 'pulled', bodies: [], cursor: { ...cursor, round: { stage: round.stage } }, more: true };
  }
  return { status: 'refused', reason: outcome.reason, code: outcome.code, fix: FIXES[round.stage] };
}

const FIXES: Readonly<Record<Stage, Words>> = {
  own: {
    fa: 'طرح برنامه و دسترسی tweet.read آن را ببینید، سپس کانال را دوباره وصل کنید.',
    en: 'Check the app’s plan and its scope tweet.read, then reconnect the channel.',
  },
  mentions: {
    fa: 'طرح برنامه و دسترسی‌های tweet.read و users.read آن را ببینید، سپس کانال را دوباره وصل کنید.',
    en: 'Check the app’s plan and its scopes tweet.read and users.read, then reconnect the channel.',
  },
  replies: {
    fa: 'ببینید طرح برنامه جستجوی تازه‌ها را دارد، یا `watchedPosts` را ۰ بگذارید تا لازم نباشد.',
    en: 'Check that the app’s plan includes recent search, or set `watchedPosts` to 0 to do without it.',
  },
  messages: {
    fa: 'دسترسی dm.read را بدهید و کانال را دوباره وصل کنید، یا `readMessages` را خاموش کنید.',
    en: 'Grant the scope dm.read and reconnect the channel, or switch `readMessages` off.',
  },
};
