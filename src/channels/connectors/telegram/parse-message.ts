import type { InboundAttachment, InboundEvent, InboundPostSeen } from '../../../inbox/conversations/inbound-event';
import { compact, contentHash, id, instant, integer, key, list, record, string, type JsonRecord } from '../json';
import { linkTo, messageName, numericId } from './telegram.addresses';
import { type Content, contentOf, ownPhone } from './parse-content';
import { type BotFacts, originOf, personOf } from './parse-facts';
import { copiedPost, isCopy, type Place, placeOf } from './parse-place';

type Events = InboundEvent[] | undefined;

/** A new message in a chat, a group or a linked business account's chat. */
export function parseMessage(facts: BotFacts, message: JsonRecord): Events {
  if (record(message['chat'])?.['type'] === 'channel') return parsePost(facts, message);
  const moved = parseMoved(facts, message);
  if (moved) return [moved];
  if (isCopy(message)) return parseCopy(facts, message, false);
  const place = placeOf(facts, message);
  if (!place) return undefined;
  const content = contentOf(message);
  if (content.service !== undefined) {
    const reason = `Something happened in the chat: ${content.service}.`;
    return [compact({ ...place.base, type: 'ignored' as const, eventKey: key('msg', place.externalId), reason })];
  }
  return [...aboutCopy(facts, place), messageEvent(facts, message, place, content)];
}

function messageEvent(facts: BotFacts, message: JsonRecord, place: Place, content: Content): InboundEvent {
  const { base, externalId, direction, post, parentExternalId, replyToExternalId } = place;
  const phone = direction === 'in' ? ownPhone(message) : undefined;
  const author = compact({ ...place.author, phone });
  const start = /^\/start(?:@\w+)?(?:\s+(\S+))?\s*$/.exec(content.text);
  const album = id(message['media_group_id']);
  const meta = compact({
    command: start ? 'start' : undefined,
    payload: start?.[1],
    kind: content.unreadable,
    links: facts.flavour.entities ? hiddenLinks(message) : undefined,
    quote: string(record(message['quote'])?.['text']),
    forwarded: forwarded(message),
    signature: string(message['author_signature']),
  });
  return compact({
    ...base,
    type: 'message' as const,
    eventKey: key('msg', externalId),
    direction,
    externalId,
    author,
    contact: direction === 'in' ? author : place.contact,
    text: content.text,
    attachments: content.attachments,
    post,
    parentExternalId,
    replyToExternalId,
    subtype: subtypeOf(message, start !== null, content),
    // Two bots that answer each other never end.
    opensWork: place.otherBot ? false : undefined,
    groupKey: album === undefined ? undefined : key('album', base.threadKey, album),
    meta: Object.keys(meta).length > 0 ? meta : undefined,
  });
}

function subtypeOf(message: JsonRecord, start: boolean, content: Content): string | undefined {
  if (content.unreadable !== undefined) return 'placeholder';
  if (start) return 'postback';
  return record(message['reply_to_story']) ? 'story_reply' : undefined;
}

/** Addresses behind words: the text alone does not show them. */
function hiddenLinks(message: JsonRecord): string[] | undefined {
  const entities = [...list(message['entities']), ...list(message['caption_entities'])].slice(0, 100);
  const links = entities.flatMap((entity) => {
    const facts = record(entity);
    return facts?.['type'] === 'text_link' ? (string(facts['url']) ?? []) : [];
  });
  return links.length > 0 ? links : undefined;
}

function forwarded(message: JsonRecord): Record<string, unknown> | undefined {
  const origin = record(message['forward_origin']);
  if (!origin) return undefined;
  const source = personOf(origin['sender_user']) ?? personOf(origin['sender_chat']) ?? personOf(origin['chat']);
  return compact({
    type: string(origin['type']),
    from: source?.name ?? string(origin['sender_user_name']),
    fromId: source?.externalId,
    at: instant(origin['date']),
  });
}

/** A changed message; Telegram also says so when only reactions or a link's preview changed. */
export function parseEdited(facts: BotFacts, message: JsonRecord): Events {
  if (record(message['chat'])?.['type'] === 'channel') return parsePost(facts, message);
  if (isCopy(message)) return parseCopy(facts, message, true);
  const place = placeOf(facts, message);
  if (!place) return undefined;
  const { base, externalId, direction, author, contact, post, parentExternalId } = place;
  const { text, attachments, service } = contentOf(message);
  const version = versionOf(message);
  const eventKey = key('edit', externalId, version, contentHash([text, attachments.map(lasting)]));
  const at = { ...base, occurredAt: instant(message['edit_date'], message['date']), eventKey };
  if (service !== undefined)
    return [compact({ ...at, type: 'ignored' as const, reason: `Something changed in the chat: ${service}.` })];
  // The words of an album stand on one part and are shown for all: a part without any must not take them away.
  if (text === '' && id(message['media_group_id']) !== undefined)
    return [compact({ ...at, type: 'ignored' as const, reason: 'A part of an album changed that has no words.' })];
  return [
    ...aboutCopy(facts, place),
    compact({
      ...at,
      type: 'edit' as const,
      externalId,
      text,
      attachments: attachments.length > 0 ? attachments : undefined,
      version,
      author,
      contact,
      direction,
      post,
      parentExternalId,
    }),
  ];
}

/** Seconds; the highest of a message wins. */
const versionOf = (message: JsonRecord) => integer(message['edit_date']) ?? integer(message['date']) ?? 0;

/** A file's id may be given anew; what names the file itself stays. */
const lasting = ({ kind, meta }: InboundAttachment) => [kind, meta?.['fileUniqueId'] ?? meta];

/** A post of a channel, published or changed. */
export function parsePost(facts: BotFacts, message: JsonRecord): Events {
  const chat = record(message['chat']);
  const chatId = numericId(chat?.['id']);
  const messageId = numericId(message['message_id']);
  if (!chat || chatId === undefined || messageId === undefined) return undefined;
  const externalId = messageName({ chat: chatId, message: messageId });
  const { text, service } = contentOf(message);
  const base = postBase(facts, message, externalId, key('post', externalId));
  if (service !== undefined)
    return [compact({ ...base, type: 'ignored' as const, reason: `Something happened in the channel: ${service}.` })];
  const permalink = linkTo(facts.flavour.links, { id: chatId, username: string(chat['username']) }, messageId);
  const publishedAt = instant(message['date']);
  const post = compact({ externalId, kind: 'channel_post', text, permalink, publishedAt });
  return [compact({ ...base, type: 'post' as const, post })];
}

/** The copy of a channel's post in the discussion group: the name under which comments know the post. */
function parseCopy(facts: BotFacts, copy: JsonRecord, edited: boolean): Events {
  const chatId = numericId(record(copy['chat'])?.['id']);
  const messageId = numericId(copy['message_id']);
  if (chatId === undefined || messageId === undefined) return undefined;
  const name = messageName({ chat: chatId, message: messageId });
  const event = copyEvent(facts, copy, name);
  if (!edited) return [event];
  return [{ ...event, ...postBase(facts, copy, event.post.externalId, key('copy', name)) }];
}

/** A comment brings the copy it stands under along, in case the copy itself was missed. */
function aboutCopy(facts: BotFacts, place: Place): InboundPostSeen[] {
  const messageId = numericId(place.copy?.['message_id']);
  if (!place.copy || messageId === undefined) return [];
  return [copyEvent(facts, place.copy, messageName({ chat: place.chatId, message: messageId }))];
}

function copyEvent(facts: BotFacts, copy: JsonRecord, name: string): InboundPostSeen {
  const post = originOf(copy) ? copiedPost(facts, copy) : { ...copiedPost(facts, copy), externalId: name };
  return compact({
    accountId: facts.accountId,
    type: 'post' as const,
    eventKey: key('copy', name),
    threadKey: key('post', post.externalId),
    threadKind: 'comment' as const,
    occurredAt: instant(copy['date']),
    post,
    aliases: post.externalId === name ? undefined : [name],
  });
}

/** What events of a post share; a changed post's key names the change. */
function postBase(facts: BotFacts, message: JsonRecord, externalId: string, eventKey: string) {
  const edited = integer(message['edit_date']);
  const { text, attachments } = contentOf(message);
  return {
    accountId: facts.accountId,
    eventKey: edited === undefined ? eventKey : key(eventKey, edited, contentHash([text, attachments.map(lasting)])),
    threadKey: key('post', externalId),
    threadKind: 'comment' as const,
    occurredAt: instant(message['edit_date'], message['date']),
  };
}

/**
 * A group became a supergroup and has a new id; both of its names announce it. What stands under the old name belongs
 * under the new one.
 */
function parseMoved(facts: BotFacts, message: JsonRecord): InboundPostSeen | undefined {
  const chat = record(message['chat']);
  const here = numericId(chat?.['id']);
  const to = numericId(message['migrate_to_chat_id']) ?? here;
  const from = numericId(message['migrate_from_chat_id']) ?? here;
  if (to === undefined || from === undefined || to === from) return undefined;
  return compact({
    accountId: facts.accountId,
    type: 'post' as const,
    eventKey: key('moved', from, to),
    threadKey: key('post', to),
    threadKind: 'comment' as const,
    occurredAt: instant(message['date']),
    post: compact({ externalId: to, kind: 'group', text: string(chat?.['title']) }),
    aliases: [from],
  });
}
