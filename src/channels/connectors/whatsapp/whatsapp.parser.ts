import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { contentHash, id, integer, key, list, record, string, type JsonRecord } from '../json';
import { type Change, unsupported } from './change';
import { echoedMessage, historyChunk, inboundMessage } from './parse-messages';
import { statusReceipt } from './parse-statuses';
import { userIdUpdate, userPreference } from './people';

export const WHATSAPP_OBJECT = 'whatsapp_business_account';

/** Parts of a change's `value`, whatever its field: the same part means the same under each. */
const PARTS: Record<string, (change: Change, item: unknown) => InboundEvent[]> = {
  messages: inboundMessage,
  message_echoes: echoedMessage,
  statuses: statusReceipt,
  history: historyChunk,
  user_id_update: userIdUpdate,
  user_preferences: userPreference,
  state_sync: contactBook,
  errors: accountError,
};

const FRAME = new Set(['messaging_product', 'metadata', 'contacts']);

/**
 * A webhook body of `object: whatsapp_business_account` as inbound events. Total: any JSON value gives events, and every
 * message, status and change inside gives at least one.
 */
export function parseWhatsapp(body: unknown, context: ParseContext = {}): InboundEvent[] {
  const envelopes = Array.isArray(body) && body.length > 0 ? (body as unknown[]) : [body];
  return envelopes.flatMap((envelope) => parseEnvelope(envelope, context));
}

function parseEnvelope(body: unknown, context: ParseContext): InboundEvent[] {
  const envelope = record(body);
  const entries = list(envelope?.['entry']);
  const unknownAccount = { accountId: context.channel?.externalId ?? '' };
  if (!envelope || entries.length === 0) return [unsupported(unknownAccount, 'malformed', body)];
  return entries.flatMap((value) => {
    const entry = record(value);
    const businessId = id(entry?.['id']) ?? '';
    const changes = list(entry?.['changes']);
    const nowhere = { accountId: accountOf(businessId, undefined, context) };
    if (!entry || changes.length === 0) return [unsupported(nowhere, 'malformed_entry', value)];
    if (envelope['object'] !== WHATSAPP_OBJECT) {
      const object = envelope['object'];
      return [unsupported(nowhere, `object.${typeof object === 'string' ? object : 'unknown'}`, entry)];
    }
    return changes.flatMap((change) => parseChange(businessId, change, context));
  });
}

/**
 * Whose event it is: the number's, where one is named. What concerns the whole business account (templates, reviews,
 * limits) belongs to the channel whose address it came through, else it carries the business account's own id.
 */
function accountOf(businessId: string, value: JsonRecord | undefined, { channel }: ParseContext): string {
  const phoneNumberId = id(record(value?.['metadata'])?.['phone_number_id']);
  if (phoneNumberId !== undefined) return phoneNumberId;
  const named = id(channel?.settings['wabaId']);
  const same = named === undefined || named === businessId || businessId === '';
  return channel && same ? channel.externalId : businessId;
}

function parseChange(businessId: string, content: unknown, context: ParseContext): InboundEvent[] {
  const item = record(content);
  const field = string(item?.['field']);
  const value = record(item?.['value']);
  const accountId = accountOf(businessId, value, context);
  if (field === undefined || !value) return [unsupported({ accountId }, 'malformed_change', content)];
  const change: Change = { accountId, field, value };
  const names = Object.keys(value).filter((name) => !FRAME.has(name));
  const known = names.filter((name) => Object.hasOwn(PARTS, name) && list(value[name]).length > 0);
  if (known.length === 0) return [unsupported(change, fieldName(field, value), value)];
  const events = known.flatMap((name) => list(value[name]).flatMap((part) => PARTS[name]!(change, part)));
  const strange = names.filter((name) => !known.includes(name) && list(value[name]).length > 0);
  return [...events, ...strange.map((name) => unsupported(change, `${field}.${name}`, value[name]))];
}

/** `message_template_status_update.PAUSED`: what happened is told by `event` where there is one. */
function fieldName(field: string, value: JsonRecord): string {
  const event = string(value['event']);
  return event === undefined ? field : `${field}.${event}`;
}

/** The phone app's address book: names of people who may never write. */
function contactBook(change: Change, content: unknown): InboundEvent[] {
  const at = key('state_sync', contentHash(content));
  const frame = { accountId: change.accountId, eventKey: at, threadKey: at, threadKind: 'dm' as const };
  return [{ ...frame, type: 'ignored', reason: 'The address book of the phone app changed.' }];
}

function accountError(change: Change, content: unknown): InboundEvent[] {
  return [unsupported(change, `errors.${integer(record(content)?.['code']) ?? 'unknown'}`, content)];
}
