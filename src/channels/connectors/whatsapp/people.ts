import type { InboundAuthor, InboundEvent, InboundIdentity } from '../../../inbox/conversations/inbound-event';
import { compact, id, instant, key, list, record, string, type JsonRecord } from '../json';
import { type Change, unsupported } from './change';

/** A person of a thread, with every key the thread may be known under. */
export interface Person {
  author: InboundAuthor;
  threadKey: string;
  threadAliases: string[] | undefined;
}

/** The ids one person may have at WhatsApp: scoped to the business portfolio, to linked portfolios, and the phone. */
export interface PersonIds {
  userId?: string;
  parentUserId?: string;
  phone?: string;
}

/** Digits as WhatsApp writes numbers, without a plus: E.164 allows 15. */
const PHONE = /^\d{5,15}$/;

export const e164 = (phone: string | undefined): string | undefined =>
  phone !== undefined && PHONE.test(phone) ? `+${phone}` : undefined;

export const threadOf = (externalId: string): string => key('dm', externalId);

/** Groups are contacts of their own, so that an answer goes to the group and not to whoever spoke last. */
export const groupContact = (groupId: string): string => `group:${groupId}`;

/**
 * The person behind these ids. A user id is steadier than a phone number, which its owner may hide or change, so it
 * comes first; whatever else is known leads to the same person. `contacts` is what the delivery tells beside it.
 */
export function personOf(ids: PersonIds, contacts: readonly unknown[] = []): Person | undefined {
  const contact = contactOf(ids, contacts);
  const userId = ids.userId ?? id(contact?.['user_id']);
  const waId = id(contact?.['wa_id']);
  const phone = ids.phone ?? waId;
  const parentUserId = ids.parentUserId ?? id(contact?.['parent_user_id']);
  const [externalId, ...aliases] = distinct([userId, phone, waId, parentUserId]);
  if (externalId === undefined) return undefined;
  const profile = record(contact?.['profile']);
  return {
    author: compact({
      externalId,
      name: words(profile?.['name']),
      handle: words(profile?.['username']),
      phone: e164(phone),
      aliases: aliases.length > 0 ? aliases : undefined,
    }),
    threadKey: threadOf(externalId),
    threadAliases: aliases.length > 0 ? aliases.map(threadOf) : undefined,
  };
}

const same = (mine: string | undefined, theirs: unknown) => mine !== undefined && mine === id(theirs);

/** The entry of `contacts` that is about this person; the only one there when the message itself names nobody. */
function contactOf(ids: PersonIds, contacts: readonly unknown[]): JsonRecord | undefined {
  const known = contacts.map(record).filter((contact) => contact !== undefined);
  const found = known.find(
    (contact) =>
      same(ids.userId, contact['user_id']) ||
      same(ids.phone, contact['wa_id']) ||
      same(ids.parentUserId, contact['parent_user_id']),
  );
  const nameless = ids.userId === undefined && ids.phone === undefined && ids.parentUserId === undefined;
  return found ?? (nameless && known.length === 1 ? known[0] : undefined);
}

const distinct = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];

function words(value: unknown): string | undefined {
  const text = string(value)?.trim();
  return text === '' ? undefined : text;
}

/** One id of a person that another took the place of. */
interface Succession {
  eventKey: string;
  former: string | undefined;
  ids: readonly (string | undefined)[];
  phone: string | undefined;
}

function identity(change: Change, occurredAt: string | undefined, step: Succession): InboundIdentity | undefined {
  const [externalId, ...aliases] = distinct(step.ids);
  if (externalId === undefined) return undefined;
  const former = step.former === externalId ? undefined : step.former;
  return compact({
    type: 'identity' as const,
    accountId: change.accountId,
    eventKey: step.eventKey,
    threadKey: threadOf(externalId),
    threadKind: 'dm' as const,
    threadAliases: distinct([former, ...aliases]).map(threadOf),
    occurredAt,
    person: compact({ externalId, phone: e164(step.phone), aliases: aliases.length > 0 ? aliases : undefined }),
    formerExternalId: former,
  });
}

/** "User changed from AE.1 to AE.2": a portfolio-scoped id is a country, a dot, letters and digits. */
const CHANGED_FROM = /\bchanged from ([A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}) to\b/;

/**
 * A `system` message: a person changed the phone number, and with it the user id, or only the user id became known to
 * have changed. Both ids are followed, each to its successor: the phone number may soon be somebody else's.
 * `previous_user_id` exists since August 2026; before that the old id stood in the sentence for people only.
 */
export function systemMessage(change: Change, item: JsonRecord, messageId: string): InboundEvent[] {
  const system = record(item['system']);
  const kind = string(system?.['type']) ?? 'unknown';
  const occurredAt = instant(item['timestamp']);
  const userId = id(system?.['user_id']);
  const newPhone = id(system?.['wa_id']);
  const oldPhone = id(item['from']);
  if (kind !== 'user_changed_number' && kind !== 'user_changed_user_id')
    return [unsupported(change, `messages.system.${kind}`, item, { threadKey: key('message', messageId) })];
  const told = id(system?.['previous_user_id']) ?? id(item['from_user_id']);
  const former = told ?? CHANGED_FROM.exec(string(system?.['body'])?.slice(0, 2000) ?? '')?.[1];
  const parent = id(system?.['parent_user_id']);
  const eventKey = key('message', messageId);
  const bothNumbers = oldPhone !== undefined && newPhone !== undefined && oldPhone !== newPhone;
  const steps: Succession[] =
    former !== undefined && userId !== undefined
      ? [
          { eventKey, former, ids: [userId, newPhone, parent], phone: newPhone },
          ...(bothNumbers
            ? [{ eventKey: key(eventKey, 'phone'), former: oldPhone, ids: [newPhone, userId], phone: newPhone }]
            : []),
        ]
      : [{ eventKey, former: former ?? oldPhone, ids: [userId, newPhone, parent], phone: newPhone }];
  const events = steps.map((step) => identity(change, occurredAt, step)).filter((event) => event !== undefined);
  return events.length > 0
    ? events
    : [unsupported(change, `messages.system.${kind}`, item, { threadKey: key('message', messageId) })];
}

/** One of `user_id_update[]`: the user id of a phone number is another now. */
export function userIdUpdate(change: Change, content: unknown): InboundEvent[] {
  const item = record(content);
  const ids = record(item?.['user_id']);
  const [current, previous] = [id(ids?.['current']), id(ids?.['previous'])];
  if (!item || current === undefined) return [unsupported(change, 'user_id_update.malformed', content)];
  const phone = id(item['wa_id']);
  const eventKey = key('user_id', previous, current, id(item['timestamp']));
  const event = identity(change, instant(item['timestamp']), {
    eventKey,
    former: previous,
    ids: [current, phone],
    phone,
  });
  return event ? [event] : [];
}

/** One of `user_preferences[]`: the person stopped or resumed marketing. It closes nothing of customer care. */
export function userPreference(change: Change, content: unknown): InboundEvent[] {
  const item = record(content);
  const ids = { userId: id(item?.['user_id']), phone: id(item?.['wa_id']) };
  const person = personOf(ids, list(change.value['contacts']));
  if (!item || !person) return [unsupported(change, 'user_preferences.malformed', content)];
  const category = string(item['category']) ?? 'marketing_messages';
  const value = string(item['value']) ?? string(item['detail']) ?? 'changed';
  return [
    compact({
      type: 'ignored' as const,
      accountId: change.accountId,
      eventKey: key('preference', person.author.externalId, category, value, id(item['timestamp'])),
      threadKey: person.threadKey,
      threadKind: 'dm' as const,
      threadAliases: person.threadAliases,
      occurredAt: instant(item['timestamp']),
      reason: `The person’s wish about ${category}: ${value}.`,
    }),
  ];
}
