import type { InboundEvent, InboundReceipt } from '../../../inbox/conversations/inbound-event';
import { compact, id, instant, key, list, record, string, type JsonRecord } from '../json';
import { type Change, unsupported } from './change';
import { groupContact, personOf, threadOf } from './people';
import { failureOf } from './whatsapp.errors';

/** Set before our message id in `biz_opaque_callback_data`, so that another tool's data is not taken for ours. */
export const CALLBACK_PREFIX = 'outbox:';

/** The same before the id of the message a reaction of ours was put on, or taken from. */
export const REACTION_ADDED = 'reacted:';
export const REACTION_REMOVED = 'unreacted:';

/** A receipt that also names our own message: it settles a sending whose answer never came. */
export interface StatusReceipt extends InboundReceipt {
  outboundMessageId?: string;
}

const STATUSES: Record<string, InboundReceipt['status']> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read', // a voice message that was listened to
  failed: 'failed',
};

/** One of `statuses[]`: how far a message of ours has come. They come in any order, and some are left out. */
export function statusReceipt(change: Change, content: unknown): InboundEvent[] {
  const item = record(content);
  const messageId = id(item?.['id']);
  const name = string(item?.['status']) ?? 'unknown';
  if (!item || messageId === undefined) return [unsupported(change, 'statuses.malformed', content)];
  const thread = threadOfStatus(change, item) ?? { threadKey: key('message', messageId) };
  if (!Object.hasOwn(STATUSES, name)) return [unsupported(change, `statuses.${name}`, content, thread)];
  const participant = id(item['recipient_participant_user_id']) ?? id(item['recipient_participant_id']);
  const callback = string(item['biz_opaque_callback_data']);
  const base = {
    accountId: change.accountId,
    eventKey: key('status', messageId, name, ...(participant === undefined ? [] : [participant])),
    threadKey: thread.threadKey,
    threadKind: 'dm' as const,
    threadAliases: thread.threadAliases,
  };
  const reaction = callback === undefined ? undefined : ofReaction(base, change.accountId, name, callback);
  if (reaction) return [reaction];
  // what one of a group did not get is not sent again to all of it
  const failure = name === 'failed' ? failureOf(list(item['errors'])[0]) : undefined;
  const receipt: StatusReceipt = compact({
    ...base,
    type: 'receipt' as const,
    occurredAt: instant(item['timestamp']),
    status: STATUSES[name]!,
    externalIds: [messageId],
    outboundMessageId: callback?.startsWith(CALLBACK_PREFIX) ? callback.slice(CALLBACK_PREFIX.length) : undefined,
    error: failure && participant !== undefined ? { code: failure.code, message: failure.message } : failure,
  });
  return [receipt];
}

/**
 * How far a reaction of ours has come. One that failed is not there: without an instant of its own, for it is later than
 * our call, and WhatsApp counts in seconds.
 */
function ofReaction(
  base: Pick<InboundReceipt, 'accountId' | 'eventKey' | 'threadKey' | 'threadKind' | 'threadAliases'>,
  actorExternalId: string,
  status: string,
  callback: string,
): InboundEvent | undefined {
  const added = callback.startsWith(REACTION_ADDED);
  if (!added && !callback.startsWith(REACTION_REMOVED)) return undefined;
  if (!added || status !== 'failed')
    return compact({ ...base, type: 'ignored' as const, reason: 'How far a reaction of ours has come.' });
  const externalId = callback.slice(REACTION_ADDED.length);
  return compact({
    ...base,
    type: 'reaction' as const,
    externalId,
    actorExternalId,
    action: 'remove' as const,
    reaction: 'other',
  });
}

function threadOfStatus(change: Change, item: JsonRecord): { threadKey: string; threadAliases?: string[] } | undefined {
  const recipient = id(item['recipient_id']);
  if (item['recipient_type'] === 'group' && recipient !== undefined)
    return { threadKey: threadOf(groupContact(recipient)) };
  const ids = {
    userId: id(item['recipient_user_id']),
    parentUserId: id(item['recipient_parent_user_id']),
    phone: recipient,
  };
  const person = personOf(ids, list(change.value['contacts']));
  return person && { threadKey: person.threadKey, threadAliases: person.threadAliases };
}
