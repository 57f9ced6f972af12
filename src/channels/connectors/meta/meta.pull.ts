import type { ChannelSettings, ConnectedChannel } from '../../channel';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { CallMeta } from './meta.client';
import { cursorOf, type MetaCursor, NOWHERE, packed, type Refusal, type Round } from './meta.cursor';
import { amount } from './meta.settings';
import { readPostComments } from './pull-comments';
import { readConversations } from './pull-conversations';
import { readPosts } from './pull-posts';
import { stageAfter, type Step } from './pull-step';

const DAY_MS = 86_400_000;
const ANEW_MS = 30 * 60_000; // a comparison this old is begun again rather than ended
const TOLD_MS = 1_000; // the step after the last tells the refusal at once; any later one is another try

export function pullPlan({ settings }: Pick<ConnectedChannel, 'settings'>): PullPlan {
  return {
    reconcileMs: amount(settings, 'reconcileMinutes') * 60_000,
    backfillMs: amount(settings, 'backfillDays') * DAY_MS,
  };
}

/**
 * One page of a reading: posts, the comments of each, then conversations. What it finds is told under the keys of its
 * webhooks, so finding it again changes nothing. A part that is refused does not keep the others from being read; the
 * reading then ends as refused, and its time does not count as read.
 */
export async function pullStep(
  call: CallMeta,
  channel: ConnectedChannel,
  request: PullRequest,
  now: number,
): Promise<PullOutcome> {
  const cursor = standing(cursorOf(request.cursor), request, now);
  const round = cursor.round ?? begun(channel.settings, now);
  if (!round) return { status: 'pulled', bodies: [], cursor: packed(cursor), more: false };
  const step: Step = { call, channel, request, cursor, round, now };
  switch (round.stage) {
    case 'posts':
      return readPosts(step);
    case 'comments':
      return readPostComments(step);
    case 'messages':
      return readConversations(step);
    case 'ended':
      return { status: 'refused', ...(round.refusal ?? UNTOLD) };
  }
}

const UNTOLD: Refusal = {
  reason: 'A part of the reading was refused.',
  code: 'refused',
  fix: { fa: 'کانال را دوباره وصل کنید.', en: 'Reconnect the channel.' },
};

/** A reading whose refusal was told, and a comparison that was left alone for long, begin anew. */
function standing(stored: MetaCursor, { reason }: PullRequest, now: number): MetaCursor {
  const { round, watched } = stored;
  if (!round) return reason === 'backfill' ? NOWHERE : stored;
  const restMs = now - round.at;
  const over = round.stage === 'ended' ? restMs > TOLD_MS : reason === 'reconcile' && restMs > ANEW_MS;
  return over ? { watched } : stored;
}

function begun(settings: ChannelSettings, now: number): Round | undefined {
  const stage = stageAfter(undefined, settings);
  return stage && { stage, queue: [], plainer: {}, at: now };
}
