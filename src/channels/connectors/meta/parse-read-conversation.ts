import type { InboundAttachment, InboundAuthor, InboundEvent } from '../../../inbox/conversations/inbound-event';
import { compact, id, instant, key, list, record, string, type JsonRecord } from '../json';
import { isOwnName, unsupported } from './parse-entry-facts';
import type { ReadFor } from './parse-reading';

/** One conversation of a reading with the messages inside it, each under the key of its webhook. */
export function readConversation(facts: ReadFor, value: unknown): InboundEvent[] {
  const conversation = record(value);
  const people = list(record(conversation?.['participants'])?.['data']).map(personOf);
  const messages = list(record(conversation?.['messages'])?.['data']);
  return messages.map((message) => messageOf(facts, people, message));
}

function personOf(value: unknown): InboundAuthor | undefined {
  const person = record(value);
  const externalId = id(person?.['id']);
  if (externalId === undefined) return undefined;
  return compact({ externalId, name: string(person?.['name']), handle: string(person?.['username']) });
}

function messageOf(facts: ReadFor, people: readonly (InboundAuthor | undefined)[], value: unknown): InboundEvent {
  const item = record(value);
  const externalId = id(item?.['id']);
  const from = personOf(item?.['from']);
  const isSelf = (person: InboundAuthor | undefined) =>
    person !== undefined && (person.externalId === facts.accountId || isOwnName(person.handle, facts.username));
  const out = isSelf(from);
  const others = [...list(record(item?.['to'])?.['data']).map(personOf), ...people];
  const contact = out ? others.find((person) => person && !isSelf(person)) : from;
  if (!item || externalId === undefined || !from || !contact)
    return unsupported({ accountId: facts.accountId, sentAt: facts.readAt }, 'reading.message', value);
  const text = string(item['message']) ?? '';
  const story = record(item['story']);
  const attachments = [...attachmentsOf(item), ...storyOf(story)];
  const nothing = text === '' && attachments.length === 0;
  return compact({
    type: 'message' as const,
    accountId: facts.accountId,
    eventKey: key('mid', externalId),
    threadKey: key('dm', contact.externalId),
    threadKind: 'dm' as const,
    occurredAt: instant(item['created_time']),
    direction: out ? ('out' as const) : ('in' as const),
    externalId,
    author: out ? { externalId: facts.accountId } : from,
    contact,
    text,
    attachments,
    replyToExternalId: id(record(item['reply_to'])?.['mid']) ?? id(record(item['reply_to'])?.['id']),
    subtype: subtypeOf(item, story, nothing),
  });
}

function subtypeOf(item: JsonRecord, story: JsonRecord | undefined, nothing: boolean): string | undefined {
  if (record(story?.['reply_to'])) return 'story_reply';
  if (record(story?.['mention'])) return 'story_mention';
  return nothing || item['is_unsupported'] === true ? 'placeholder' : undefined;
}

/** `attachments`, `shares` and `sticker` of a message as the Conversations API lists them. */
function attachmentsOf(item: JsonRecord): InboundAttachment[] {
  const sticker = string(item['sticker']);
  const shares = list(record(item['shares'])?.['data']).map(record);
  return [
    ...list(record(item['attachments'])?.['data']).map(attachment),
    ...(sticker === undefined ? [] : [{ kind: 'sticker' as const, url: sticker }]),
    ...shares.map((share) =>
      compact({ kind: 'share' as const, url: string(share?.['link']), name: string(share?.['name']) }),
    ),
  ];
}

function attachment(value: unknown): InboundAttachment {
  const item = record(value);
  const image = string(record(item?.['image_data'])?.['url']);
  const film = string(record(item?.['video_data'])?.['url']);
  const mimeType = string(item?.['mime_type']);
  const file = string(item?.['file_url']);
  const kind = film !== undefined ? 'video' : image !== undefined ? 'image' : kindOf(mimeType, file);
  return compact({ kind, url: film ?? image ?? file, name: string(item?.['name']), mimeType });
}

function kindOf(mimeType: string | undefined, file: string | undefined): InboundAttachment['kind'] {
  const family = mimeType?.split('/', 1)[0];
  if (family === 'audio' || family === 'video' || family === 'image') return family;
  return file === undefined ? 'unknown' : 'file';
}

function storyOf(story: JsonRecord | undefined): InboundAttachment[] {
  const about = record(story?.['reply_to']) ?? record(story?.['mention']);
  if (!about) return [];
  return [compact({ kind: 'story' as const, url: string(about['link']), meta: compact({ storyId: id(about['id']) }) })];
}
