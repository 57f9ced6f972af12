import type {
  InboundAuthor,
  InboundEvent,
  InboundMessage,
  InboundReaction,
} from '../../../inbox/conversations/inbound-event';
import { compact, id, instant, integer, key, list, record, string, type JsonRecord } from '../json';
import { type Change, unsupported } from './change';
import { messageContent, type MessageContent } from './message-content';
import { groupContact, type Person, personOf, systemMessage, threadOf } from './people';

/** Which way a message went and how it came to us. */
interface Route {
  direction: 'in' | 'out';
  /** The customer the thread is with. */
  person: Person;
  /** From the one-time history of a number that also lives in the phone app. */
  backfilled: boolean;
}

/**
 * What stands in a thread for a message WhatsApp does not pass on. Its network id is the message's with this ending: the
 * message itself, should it come after all, is then not taken for something already known.
 */
const PLACEHOLDER = ':placeholder';

/** The network's id of a message, also of one that only a placeholder stands for. */
export const networkId = (externalId: string): string =>
  externalId.endsWith(PLACEHOLDER) ? externalId.slice(0, -PLACEHOLDER.length) : externalId;

/** One of `messages[]`: a customer's, or one of a group. */
export function inboundMessage(change: Change, content: unknown): InboundEvent[] {
  const item = record(content);
  const messageId = id(item?.['id']);
  if (!item || messageId === undefined) return [unsupported(change, `${change.field}.malformed`, content)];
  if (item['type'] === 'system') return systemMessage(change, item, messageId);
  const ids = {
    userId: id(item['from_user_id']),
    parentUserId: id(item['from_parent_user_id']),
    phone: id(item['from']),
  };
  const person = personOf(ids, list(change.value['contacts']));
  if (!person)
    return [unsupported(change, `${change.field}.no_sender`, content, { threadKey: key('message', messageId) })];
  return read(change, item, messageId, { direction: 'in', person, backfilled: change.field === 'history' });
}

/** One of `message_echoes[]`: what a colleague wrote in the phone app. */
export function echoedMessage(change: Change, content: unknown): InboundEvent[] {
  const item = record(content);
  const messageId = id(item?.['id']);
  const ids = {
    userId: id(item?.['to_user_id']),
    parentUserId: id(item?.['to_parent_user_id']),
    phone: id(item?.['to']),
  };
  const person = personOf(ids, list(change.value['contacts']));
  if (!item || messageId === undefined || !person) return [unsupported(change, `${change.field}.malformed`, content)];
  return read(change, item, messageId, { direction: 'out', person, backfilled: false });
}

/** One of `history[]`: threads of the phone app, each under the customer's number, both directions. */
export function historyChunk(change: Change, content: unknown): InboundEvent[] {
  const chunk = record(content);
  if (!chunk) return [unsupported(change, 'history.malformed', content)];
  // The business keeps its history to itself, or it could not be read.
  const refusals = list(chunk['errors']).map((error) => unsupported(change, 'history.refused', error));
  const told = list(chunk['threads']).flatMap((value) => {
    const thread = record(value);
    const person = personOf({ phone: id(thread?.['id']) }, list(change.value['contacts']));
    if (!thread || !person) return [unsupported(change, 'history.malformed_thread', value)];
    return list(thread['messages']).flatMap((one) => {
      const item = record(one);
      const messageId = id(item?.['id']);
      if (!item || messageId === undefined) return [unsupported(change, 'history.malformed', one)];
      const own = id(record(change.value['metadata'])?.['display_phone_number']);
      const from = id(item['from']);
      const out = from !== undefined && (from === own || (item['to'] !== undefined && from !== id(thread['id'])));
      return read(change, item, messageId, { direction: out ? 'out' : 'in', person, backfilled: true });
    });
  });
  const events = [...told, ...refusals];
  if (events.length > 0) return events;
  const { phase, chunk_order: order, progress } = record(chunk['metadata']) ?? {};
  const at = key('history', id(phase), id(order), id(progress));
  return [
    {
      type: 'ignored',
      accountId: change.accountId,
      eventKey: at,
      threadKey: at,
      threadKind: 'dm',
      reason: 'Progress of the history, without messages.',
    },
  ];
}

/** A message on its way to becoming an event. */
interface Reading {
  change: Change;
  item: JsonRecord;
  messageId: string;
  route: Route;
  /** Who spoke: the customer, or somebody of the group. */
  speaker: Person;
  base: Pick<InboundMessage, 'accountId' | 'eventKey' | 'threadKey' | 'threadKind' | 'threadAliases' | 'occurredAt'>;
}

function read(change: Change, item: JsonRecord, messageId: string, asked: Route): InboundEvent[] {
  const groupId = id(item['group_id']);
  const route = groupId === undefined ? asked : { ...asked, person: inGroup(groupId, asked.person) };
  const base = {
    accountId: change.accountId,
    eventKey: key('message', messageId),
    threadKey: route.person.threadKey,
    threadKind: 'dm' as const,
    threadAliases: route.person.threadAliases,
    occurredAt: instant(item['timestamp']),
  };
  const reading: Reading = { change, item, messageId, route, speaker: asked.person, base };
  const type = string(item['type']) ?? 'unknown';
  switch (type) {
    case 'reaction':
      return [reaction(reading) ?? unsupported(change, 'reaction.malformed', item, base)];
    case 'edit':
    case 'revoke':
      return [correction(reading, type) ?? unsupported(change, `${type}.malformed`, item, base)];
    case 'request_welcome':
      return [compact({ ...base, type: 'ignored' as const, reason: 'The person opened the chat for the first time.' })];
    case 'unsupported':
    case 'media_placeholder':
      return [missing(reading, type)];
    default:
      return [message(reading, messageContent(type, item) ?? unreadable(type))];
  }
}

const inGroup = (groupId: string, speaker: Person): Person => {
  const externalId = groupContact(groupId);
  // Not the speaker's ids: the group would be merged with the person.
  return {
    author: compact({ externalId, name: speaker.author.name }),
    threadKey: threadOf(externalId),
    threadAliases: undefined,
  };
};

const account = (change: Change): InboundAuthor => ({ externalId: change.accountId });

function message({ change, item, messageId, route, speaker, base }: Reading, content: MessageContent): InboundMessage {
  const { direction, person, backfilled } = route;
  const out = direction === 'out';
  const standby = change.field === 'standby';
  const context = record(item['context']);
  const meta = compact({
    ...content.meta,
    forwarded: context?.['forwarded'] === true ? true : undefined,
    frequentlyForwarded: context?.['frequently_forwarded'] === true ? true : undefined,
    referredProduct: referredProduct(context),
    referral: referral(item),
    groupId: id(item['group_id']),
    participant: item['group_id'] === undefined ? undefined : speaker.author,
    backfilled: backfilled ? true : undefined,
  });
  return compact({
    ...base,
    type: 'message' as const,
    direction,
    externalId: messageId,
    author: out ? account(change) : person.author,
    contact: person.author,
    text: content.text,
    attachments: content.attachments,
    replyToExternalId: id(context?.['id']),
    subtype: content.subtype ?? (standby ? 'standby' : undefined),
    // Standby: another app owns the thread. History: it was answered, or not, before this installation knew of it.
    opensWork: standby || backfilled ? false : undefined,
    meta: Object.keys(meta).length > 0 ? meta : undefined,
  });
}

function referredProduct(context: JsonRecord | undefined): Record<string, unknown> | undefined {
  const product = record(context?.['referred_product']);
  if (!product) return undefined;
  return compact({ catalogId: id(product['catalog_id']), productId: id(product['product_retailer_id']) });
}

/** The ad or post the person came from (click to WhatsApp). */
function referral(item: JsonRecord): Record<string, unknown> | undefined {
  const source = record(item['referral']);
  if (!source) return undefined;
  return compact({
    url: string(source['source_url']),
    id: id(source['source_id']),
    type: string(source['source_type']),
    headline: string(source['headline']),
    body: string(source['body']),
    mediaType: string(source['media_type']),
    mediaUrl: string(source['image_url']) ?? string(source['video_url']),
    clickId: string(source['ctwa_clid']),
    welcome: string(record(source['welcome_message'])?.['text']),
  });
}

const shortName = (name: string): string => string(name.slice(0, 120)) ?? '';

/** Said by a person, of a kind this version cannot read. */
const unreadable = (kind: string): MessageContent => ({
  text: '',
  attachments: [],
  subtype: 'placeholder',
  meta: { kind: shortName(kind) },
});

type Notice = 'edited' | 'deleted' | 'media' | 'unavailable';

const NOTICES: Record<Notice, string> = {
  edited: 'The customer edited a message. WhatsApp does not pass the new text on.',
  deleted: 'The customer deleted a message. WhatsApp does not say which.',
  media: 'A file from the history that WhatsApp has not passed on.',
  unavailable: 'A message WhatsApp could not pass on. Ask the customer to send it again, or another way.',
};
const DELETIONS = new Set(['revoke', 'delete', 'deleted']);

function noticeOf(kind: string | undefined): Notice {
  if (kind === 'edit') return 'edited';
  return DELETIONS.has(kind ?? '') ? 'deleted' : 'unavailable';
}

/** A visible placeholder for what WhatsApp only says has happened. `meta.notice` names it for screens. */
function missing(reading: Reading, type: 'unsupported' | 'media_placeholder'): InboundMessage {
  const { item, messageId, base } = reading;
  const kind = string(record(item['unsupported'])?.['type']);
  const error = record(list(item['errors'])[0]);
  const notice = type === 'media_placeholder' ? 'media' : noticeOf(kind);
  const content: MessageContent = {
    text: NOTICES[notice],
    attachments: [],
    subtype: 'placeholder',
    meta: compact({ notice, kind: kind === undefined ? undefined : shortName(kind), code: integer(error?.['code']) }),
  };
  const eventKey = key('message', messageId, type);
  return {
    ...message({ ...reading, base: { ...base, eventKey } }, content),
    externalId: `${messageId}${PLACEHOLDER}`,
    // A deletion leaves nothing to answer.
    ...(notice === 'deleted' ? { opensWork: false } : {}),
  };
}

function reaction({ change, item, route, speaker, base }: Reading): InboundReaction | undefined {
  const body = record(item['reaction']);
  const target = id(body?.['message_id']);
  if (target === undefined) return undefined;
  const emoji = string(body?.['emoji'])?.trim();
  const added = emoji !== undefined && emoji !== '';
  return compact({
    ...base,
    type: 'reaction' as const,
    eventKey: key(base.eventKey, 'reaction', id(item['timestamp'])),
    externalId: target,
    actorExternalId: route.direction === 'out' ? change.accountId : speaker.author.externalId,
    action: added ? ('add' as const) : ('remove' as const),
    reaction: added ? emoji : 'other',
    emoji: added ? emoji : undefined,
  });
}

/**
 * An edit or a withdrawal that names its message, as numbers living in the phone app report them.
 * Source: webhooks reference, smb_message_echoes, "edit" and "revoke".
 */
function correction({ change, item, route, base }: Reading, type: 'edit' | 'revoke'): InboundEvent | undefined {
  const { direction, person } = route;
  const body = record(item[type]);
  const externalId = id(body?.['original_message_id']);
  if (externalId === undefined) return undefined;
  const out = direction === 'out';
  if (type === 'revoke') {
    const by = out ? ('account' as const) : ('contact' as const);
    return compact({ ...base, type: 'delete' as const, eventKey: key(base.eventKey, 'revoke'), externalId, by });
  }
  const edited = record(body?.['message']);
  const kind = string(edited?.['type']) ?? 'text';
  // An edited caption comes without the file it stands under.
  const caption = edited && Object.hasOwn(edited, kind) ? string(record(edited[kind])?.['caption']) : undefined;
  const text = (edited && messageContent(kind, edited))?.text ?? caption;
  const version = integer(item['timestamp']);
  if (text === undefined || version === undefined) return undefined;
  return compact({
    ...base,
    type: 'edit' as const,
    eventKey: key(base.eventKey, 'edit', version),
    externalId,
    text,
    version,
    author: out ? account(change) : person.author,
    contact: person.author,
    direction,
  });
}
