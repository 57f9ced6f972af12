import type { Words } from '../../../text/words';
import type { ChannelSettings, ConnectedChannel } from '../../channel';
import type { PullOutcome, PullRequest } from '../../pulling';
import type { CallMeta, MetaRefusal } from './meta.client';
import { type MetaCursor, packed, type Round, type Stage } from './meta.cursor';
import { isBadRequest, repeatable } from './meta.errors';
import { record, string, type JsonRecord } from '../json';
import { pageCall, type PageWanted, plainest } from './meta.reads';
import { amount, flag } from './meta.settings';
import type { Reading } from './parse-reading';

const STALE_MS = 10 * 60_000; // Graph's paging cursors are short-lived; it does not say how short

/** One step of a reading: what it stands at, and the means to go on. */
export interface Step {
  call: CallMeta;
  channel: ConnectedChannel;
  request: PullRequest;
  cursor: MetaCursor;
  round: Round;
  /** Milliseconds since 1970. */
  now: number;
}

/** The stage that follows and has something to read. */
export function stageAfter(stage: Round['stage'] | undefined, settings: ChannelSettings): Stage | undefined {
  const comments = flag(settings, 'readComments') && amount(settings, 'watchedPosts') > 0;
  if (stage === undefined && comments) return 'posts';
  return stage !== 'messages' && flag(settings, 'readMessages') ? 'messages' : undefined;
}

/** Asks for the page the reading stands at. */
export const ask = (step: Step, stage: Stage, wanted: Pick<PageWanted, 'limit' | 'postId' | 'since'>) => {
  const { plainer, after } = step.round;
  const call = pageCall(step.channel, { stage, after, plainer: plainer[stage] ?? 0, ...wanted });
  return step.call({ ...call, signal: step.request.signal });
};

/** Where the next page begins, while there is one. */
export function nextPage(body: JsonRecord): string | undefined {
  const paging = record(body['paging']);
  return paging?.['next'] === undefined ? undefined : string(record(paging['cursors'])?.['after']);
}

/** The step is done; the reading goes on at `to`, or with what follows the stage, or ends. */
export function goOn(
  { channel, cursor, round, now }: Step,
  bodies: readonly Reading[],
  to: Partial<Round> | 'next_stage',
  watched = cursor.watched,
): PullOutcome {
  const { plainer, refusal } = round;
  if (to !== 'next_stage') {
    const going: MetaCursor = { watched, round: { ...round, after: undefined, ...to, at: now } };
    return { status: 'pulled', bodies, cursor: packed(going), more: true };
  }
  const stage = stageAfter(round.stage, channel.settings) ?? (refusal ? 'ended' : undefined);
  const after: MetaCursor = stage ? { watched, round: { stage, queue: [], plainer, at: now, refusal } } : { watched };
  return { status: 'pulled', bodies, cursor: packed(after), more: stage !== undefined };
}

export const sinceMs = ({ request }: Step) => request.since.getTime();
export const settledMs = ({ channel, now }: Step) => now - amount(channel.settings, 'settleSeconds') * 1000;

/** Neither older than what is asked for nor so new that its webhook may still come. */
export const isDue = (step: Step, at: number) => at >= sinceMs(step) && at <= settledMs(step);

const FIXES: Readonly<Record<Stage, Words>> = {
  posts: {
    fa: 'به برنامه pages_read_engagement بدهید (اینستاگرام: دسترسی پایه) و کانال را دوباره وصل کنید.',
    en: 'Grant the app pages_read_engagement (Instagram: its basic permission) and reconnect the channel.',
  },
  comments: {
    fa: 'به برنامه pages_read_user_content بدهید (اینستاگرام: مدیریت دیدگاه‌ها) و کانال را دوباره وصل کنید.',
    en: 'Grant the app pages_read_user_content (Instagram: manage comments) and reconnect the channel.',
  },
  messages: {
    fa: 'به برنامه دسترسی مدیریت پیام‌ها بدهید و کانال را دوباره وصل کنید، یا `readMessages` را خاموش کنید.',
    en: 'Grant the app the permission to manage messages and reconnect the channel, or switch `readMessages` off.',
  },
};

/** A page that was not given: asked for more plainly, left out, or waited for. */
export function notRead(step: Step, stage: Stage, reply: MetaRefusal): PullOutcome {
  const { channel, round, now } = step;
  const { after, plainer, queue } = round;
  const outcome = repeatable(reply);
  if (outcome.status !== 'failed') {
    const { status, reason, code } = outcome;
    if (status === 'reconnect') return { status, reason, code };
    return { status, reason, ...(code === undefined ? {} : { code }), afterMs: outcome.afterMs };
  }
  const bad = isBadRequest(reply);
  const level = plainer[stage] ?? 0;
  if (bad && after !== undefined && now - round.at > STALE_MS) return goOn(step, [], { after: undefined });
  if (bad && after === undefined && level < plainest(channel, stage))
    return goOn(step, [], { plainer: { ...plainer, [stage]: level + 1 } });
  const refusal = { reason: outcome.reason, code: outcome.code, fix: FIXES[stage] };
  const refused: Step = { ...step, round: { ...round, refusal } };
  if (bad && stage === 'comments') return goOn(refused, [], { queue: queue.slice(1) });
  return goOn(refused, [], 'next_stage');
}
