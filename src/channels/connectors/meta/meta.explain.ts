import type { ConnectedChannel } from '../../channel';
import { BROADCAST_OVER, type BroadcastState } from '../../describing';
import type { OutboundMessage, SendOutcome } from '../../sending';
import { LIVE_MEDIA } from './meta.capabilities';
import type { CallMeta } from './meta.client';
import { isGone, repeatable } from './meta.errors';
import { record } from '../json';
import { publicTarget } from './meta.send';

/**
 * Instagram answers a reply to a hidden or a live comment with a plain "bad parameter"; the comment itself tells which it
 * was. Any other outcome passes.
 */
export async function explained<Outcome extends SendOutcome>(
  call: CallMeta,
  { kind }: ConnectedChannel,
  message: OutboundMessage,
  outcome: Outcome,
): Promise<Outcome | SendOutcome> {
  if (message.underBroadcast && outcome.status === 'failed' && message.postExternalId !== undefined) {
    const { status } = await broadcastState(call, message.postExternalId);
    if (status === 'over') return { ...outcome, code: BROADCAST_OVER, fix: 'none', reason: OVER };
  }
  const isReply = kind === 'instagram' && message.threadKind === 'comment' && message.visibility === 'public';
  const target = publicTarget(message);
  if (!isReply || target === undefined || outcome.status !== 'failed' || outcome.code !== 'bad_request') return outcome;
  const query = { fields: 'hidden,media{media_product_type}' };
  const reply = await call({ method: 'GET', path: [target], query });
  if (reply.kind !== 'ok') return outcome;
  const live = record(reply.body['media'])?.['media_product_type'] === LIVE_MEDIA;
  if (live) return { ...outcome, code: 'live_comment', reason: 'Live comments take a private reply only, while live.' };
  if (reply.body['hidden'] !== true) return outcome;
  return { ...outcome, code: 'comment_hidden', reason: 'A hidden comment cannot be answered. Show it first.' };
}

const OVER = 'The broadcast is over; its comments take no private reply any more.';

/** A live broadcast's media can be read only while it runs (Instagram Platform, "IG Media", limitations). */
export async function broadcastState(call: CallMeta, mediaId: string): Promise<BroadcastState> {
  const reply = await call({ method: 'GET', path: [mediaId], query: { fields: 'id' } });
  if (reply.kind === 'ok') return { status: 'running' };
  if (isGone(reply)) return { status: 'over' };
  const outcome = repeatable(reply);
  return {
    status: 'cannot_tell',
    reason: outcome.reason,
    ...(outcome.status === 'retry' && outcome.afterMs !== undefined ? { afterMs: outcome.afterMs } : {}),
  };
}
