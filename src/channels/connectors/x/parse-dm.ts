import type { InboundAuthor, InboundEvent, InboundMessage } from '../../../inbox/conversations/inbound-event';
import { compact, key, record, type JsonRecord } from '../json';
import {
  dmUrl,
  formOf,
  type Frame,
  idText,
  instantOf,
  own,
  ownList,
  ownRecord,
  ownString,
  peopleIn,
  personWith,
  toldKey,
  unescaped,
  unsupported,
  xid,
} from './x.fields';
import { mediaAttachment } from './x.post';

interface DirectMessage {
  id: string;
  senderId: string;
  /** The other side, whoever wrote. */
  otherId: string;
  text: string;
  attachments: InboundMessage['attachments'];
  occurredAt: string | undefined;
  meta: Record<string, unknown>;
  pressed: boolean;
}

/** The lists both push products share: `direct_message_events` and its companions, with a `users` map beside them. */
export function parseDirectMessageLists(frame: Frame, content: JsonRecord): InboundEvent[] {
  const people = peopleIn([...frame.people.values()].map(asUser), own(content, 'users'));
  const framed = { ...frame, people };
  return [
    ...ownList(content, 'direct_message_events').map((item) => pushed(framed, item)),
    ...ownList(content, 'direct_message_mark_read_events').map((item) => read(framed, item)),
    ...ownList(content, 'direct_message_indicate_typing_events').map((item) => typing(framed, item)),
  ];
}

const asUser = ({ externalId, handle, avatarUrl, ...rest }: InboundAuthor) => ({
  id: externalId,
  username: handle,
  profile_image_url: avatarUrl,
  ...rest,
});

function pushed(frame: Frame, value: unknown): InboundEvent {
  const item = record(value);
  const content = ownRecord(item, 'message_create');
  const id = xid(item, 'id');
  const senderId = xid(content, 'sender_id');
  const recipientId = xid(ownRecord(content, 'target'), 'recipient_id');
  if (!item || !content || id === undefined || senderId === undefined || recipientId === undefined)
    return unsupported({ ...frame, uuid: undefined }, `dm.${ownString(item, 'type') ?? 'malformed'}`, value, 'dm');
  const data = ownRecord(content, 'message_data');
  const media = ownRecord(ownRecord(data, 'attachment'), 'media');
  const reply = ownRecord(data, 'quick_reply_response');
  return messageEvent(frame, {
    id,
    senderId,
    otherId: senderId === frame.accountId ? recipientId : senderId,
    text: unescaped(ownString(data, 'text') ?? ''),
    attachments: media ? [mediaAttachment(media, { dmId: id })] : [],
    occurredAt: instantOf(own(item, 'created_timestamp')),
    meta: { appId: xid(content, 'source_app_id'), quickReply: ownString(reply, 'metadata') },
    pressed: reply !== undefined,
  });
}

/** One event of `GET /2/dm_events`: the same message under the same id. */
export function parseListedDm(frame: Frame, item: JsonRecord): InboundEvent {
  const id = xid(item, 'id');
  const type = ownString(item, 'event_type') ?? '';
  if (id === undefined) return unsupported(frame, 'dm.malformed', item, 'dm');
  if (type.startsWith('Participants'))
    return ignoredDm(frame, key('dm', id), key('message', id), 'Somebody joined or left.');
  const senderId = xid(item, 'sender_id');
  const conversationId = ownString(item, 'dm_conversation_id');
  if (type !== 'MessageCreate' || senderId === undefined) return unsupported(frame, `dm.${type}`, item, 'dm');
  const otherId = senderId === frame.accountId ? otherOf(frame, conversationId, '-') : senderId;
  if (otherId === undefined || isGroup(conversationId)) return unsupported(frame, 'dm.group', item, 'dm');
  const attachments = ownList(ownRecord(item, 'attachments'), 'media_keys').flatMap((value) => {
    const mediaKey = idText(value);
    if (mediaKey === undefined) return [];
    return [mediaAttachment(frame.media.get(mediaKey) ?? { media_key: mediaKey }, { dmId: id })];
  });
  return messageEvent(frame, {
    id,
    senderId,
    otherId,
    text: unescaped(ownString(item, 'text') ?? ''),
    attachments,
    occurredAt: instantOf(own(item, 'created_at')),
    meta: {},
    pressed: false,
  });
}

/** A conversation of two is named by both people's ids, a group by a number of its own. */
const isGroup = (conversationId: string | undefined) => conversationId !== undefined && !conversationId.includes('-');

function otherOf(frame: Frame, conversationId: string | undefined, separator: string): string | undefined {
  const members = (conversationId ?? '').split(separator).map(idText);
  return members.length === 2 && members.includes(frame.accountId)
    ? members.find((member) => member !== frame.accountId)
    : undefined;
}

function messageEvent(frame: Frame, dm: DirectMessage): InboundMessage {
  const meta = compact(dm.meta);
  const empty = dm.text === '' && dm.attachments.length === 0;
  return compact({
    type: 'message' as const,
    accountId: frame.accountId,
    eventKey: toldKey(frame, 'dm', dm.id),
    form: formOf(frame),
    threadKey: key('dm', dm.otherId),
    threadKind: 'dm' as const,
    occurredAt: dm.occurredAt,
    direction: dm.senderId === frame.accountId ? ('out' as const) : ('in' as const),
    externalId: dm.id,
    author: personWith(frame.people, dm.senderId),
    contact: personWith(frame.people, dm.otherId),
    text: dm.text,
    attachments: dm.attachments,
    subtype: dm.pressed ? 'postback' : empty ? 'placeholder' : undefined,
    meta: Object.keys(meta).length > 0 ? meta : undefined,
  });
}

function ignoredDm(
  frame: Frame,
  eventKey: string,
  threadKey: string,
  reason: string,
  occurredAt?: string,
): InboundEvent {
  const { accountId } = frame;
  return compact({
    type: 'ignored' as const,
    accountId,
    eventKey,
    threadKey,
    threadKind: 'dm' as const,
    occurredAt,
    reason,
  });
}

/** Who did it to whom, in reads and typing. */
function gesture(value: unknown) {
  const item = record(value);
  const senderId = xid(item, 'sender_id');
  const recipientId = xid(ownRecord(item, 'target'), 'recipient_id');
  return { item, senderId, recipientId, occurredAt: instantOf(own(item, 'created_timestamp')) };
}

function read(frame: Frame, value: unknown): InboundEvent {
  const { item, senderId, recipientId, occurredAt } = gesture(value);
  const last = xid(item, 'last_read_event_id');
  if (senderId === undefined || last === undefined)
    return unsupported({ ...frame, uuid: undefined }, 'dm.read', value, 'dm');
  const eventKey = key('read', senderId, last);
  if (senderId === frame.accountId)
    return ignoredDm(frame, eventKey, key('dm', recipientId), 'The account itself read it.', occurredAt);
  return compact({
    type: 'receipt' as const,
    accountId: frame.accountId,
    eventKey,
    threadKey: key('dm', senderId),
    threadKind: 'dm' as const,
    occurredAt,
    status: 'read' as const,
    externalIds: [last],
    upTo: occurredAt,
  });
}

function typing(frame: Frame, value: unknown): InboundEvent {
  const { item, senderId, occurredAt } = gesture(value);
  if (senderId === undefined) return unsupported({ ...frame, uuid: undefined }, 'dm.indicate_typing', value, 'dm');
  const eventKey = key('typing', senderId, ownString(item, 'created_timestamp'));
  return ignoredDm(frame, eventKey, key('dm', senderId), 'Somebody is typing.', occurredAt);
}

/**
 * XChat messages are encrypted end to end: who wrote and when is told, the words are not. The thread shows that something
 * was written, with the way to X where it can be read.
 */
export function parseEncrypted(frame: Frame, content: JsonRecord): InboundEvent {
  const id = xid(content, 'id');
  const senderId = xid(content, 'sender_id');
  const conversationId = ownString(content, 'conversation_id');
  // A conversation of two is named by both ids; any other name is a group's.
  const otherId = conversationId === undefined ? senderId : otherOf(frame, conversationId, ':');
  if (id === undefined || senderId === undefined || otherId === undefined)
    return unsupported(frame, 'chat.message', content, 'dm');
  const eventKey = key('chat', id);
  return compact({
    type: 'message' as const,
    accountId: frame.accountId,
    eventKey,
    threadKey: key('dm', otherId),
    threadKind: 'dm' as const,
    occurredAt: instantOf(own(content, 'created_at_msec')),
    direction: senderId === frame.accountId ? ('out' as const) : ('in' as const),
    externalId: eventKey,
    author: personWith(frame.people, senderId),
    contact: personWith(frame.people, otherId),
    text: '',
    attachments: [],
    subtype: 'placeholder',
    meta: { encrypted: true, link: dmUrl(frame.accountId, otherId) },
  });
}

/** Whether a page read is of messages. */
export const isListedDm = (item: JsonRecord): boolean =>
  /^[A-Z]/.test(ownString(item, 'event_type') ?? '') || own(item, 'dm_conversation_id') !== undefined;

/** The lists `parseDirectMessageLists` reads. */
export const DM_LISTS: readonly string[] = [
  'direct_message_events',
  'direct_message_mark_read_events',
  'direct_message_indicate_typing_events',
];
