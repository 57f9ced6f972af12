import type { ModerationTarget } from '../../capabilities';
import type { ConnectedChannel } from '../../channel';
import type { SendOutcome } from '../../sending';
import { unansweredAgain } from '../unanswered';
import { networkId } from './parse-messages';
import { REACTION_ADDED, REACTION_REMOVED } from './parse-statuses';
import type { GraphReply, GraphRequest } from './whatsapp.client';
import { outcomeOf } from './whatsapp.errors';
import { recipientOf } from './whatsapp.send';
import { readSettings } from './whatsapp.settings';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

/**
 * A like is a reaction, and an empty one takes it back. Like any free words it needs the open window; what WhatsApp only
 * finds out afterwards (an old or deleted message) comes as a failed status, which names the message in our own data.
 * Source: Cloud API, "Reaction messages".
 */
export function reactionCall(
  channel: ConnectedChannel,
  action: 'like' | 'unlike',
  { messageExternalId, authorExternalId }: ModerationTarget,
): GraphRequest | Failed {
  const recipient = authorExternalId === undefined ? undefined : recipientOf(authorExternalId);
  if (!recipient) {
    const reason = 'Neither a phone number nor a user id is known.';
    return { status: 'failed', code: 'recipient_not_found', fix: 'none', reason };
  }
  const messageId = networkId(messageExternalId);
  const emoji = action === 'like' ? readSettings(channel.settings).likeEmoji : '';
  return {
    method: 'POST',
    path: [channel.externalId, 'messages'],
    body: {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      ...recipient,
      type: 'reaction',
      reaction: { message_id: messageId, emoji },
      biz_opaque_callback_data: (action === 'like' ? REACTION_ADDED : REACTION_REMOVED) + messageId,
    },
  };
}

/** For calls that end in the same state however often they are made: doubt means again. */
export function repeatableOutcome(reply: GraphReply, externalId: string): SendOutcome {
  if (reply.kind === 'no_answer') return unansweredAgain(reply);
  if (reply.kind === 'ok') return { status: 'sent', externalId };
  const outcome = outcomeOf(reply.error, reply.regainMs);
  return outcome.status === 'unknown' ? { status: 'retry', reason: outcome.reason } : outcome;
}
