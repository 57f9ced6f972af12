import type { ConnectedChannel } from '../../channel';
import type { OutboundMessage, SendOutcome } from '../../sending';
import type { CallMeta } from './meta.client';
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
  const isReply = kind === 'instagram' && message.threadKind === 'comment' && message.visibility === 'public';
  const target = publicTarget(message);
  if (!isReply || target === undefined || outcome.status !== 'failed' || outcome.code !== 'bad_request') return outcome;
  const query = { fields: 'hidden,media{media_product_type}' };
  const reply = await call({ method: 'GET', path: [target], query });
  if (reply.kind !== 'ok') return outcome;
  const live = record(reply.body['media'])?.['media_product_type'] === 'LIVE';
  if (live) return { ...outcome, code: 'live_comment', reason: 'Live comments take a private reply only, while live.' };
  if (reply.body['hidden'] !== true) return outcome;
  return { ...outcome, code: 'comment_hidden', reason: 'A hidden comment cannot be answered. Show it first.' };
}
