import type { InboundAttachment } from '../../../inbox/conversations/inbound-event';
import { compact, id, integer, list, record, string, type JsonRecord } from '../json';
import { numericId } from './telegram.addresses';

/** What a message says, apart from who and where. */
export interface Content {
  text: string;
  attachments: InboundAttachment[];
  /** The names of what we cannot show, when there is nothing else to show. */
  unreadable?: string;
  /** Something that happened in the chat, told as a message. */
  service?: string;
}

type Reader = (value: unknown, message: JsonRecord) => InboundAttachment | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  photo: (value) => file('photo', 'image', list(value).at(-1)),
  live_photo: (value) => file('live_photo', 'video', value),
  video: (value) => file('video', 'video', value),
  animation: (value) => file('animation', 'video', value),
  video_note: (value) => file('video_note', 'video', value),
  voice: (value) => file('voice', 'audio', value),
  audio: (value) => file('audio', 'audio', value),
  // An animation comes as a document too, for readers of old.
  document: (value, message) => (record(message['animation']) ? undefined : file('document', 'file', value)),
  sticker: (value) => file('sticker', 'sticker', value),
  // A venue has its location beside it as well.
  location: (value, message) => (record(message['venue']) ? undefined : location(record(value))),
  venue: (value) => location(record(record(value)?.['location']), record(value)),
  contact: (value, message) => contact(record(value), message),
  story: story,
  reply_to_story: story,
};

/** Fields that say where, when and how, not what. */
const FRAME = new Set(
  `message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count sender_business_bot sender_tag
  date business_connection_id chat forward_origin forward_from forward_from_chat forward_from_message_id
  forward_signature forward_sender_name forward_date is_topic_message is_automatic_forward reply_to_message
  external_reply quote reply_to_story via_bot edit_date has_protected_content is_from_offline is_paid_post
  media_group_id author_signature paid_star_count entities link_preview_options suggested_post_info effect_id caption
  caption_entities show_caption_above_media has_media_spoiler reply_markup text`.split(/\s+/),
);

const SERVICE = new Set(
  `new_chat_members new_chat_member new_chat_participant left_chat_member left_chat_participant new_chat_title
  new_chat_photo delete_chat_photo group_chat_created supergroup_chat_created channel_chat_created
  message_auto_delete_timer_changed pinned_message connected_website write_access_allowed proximity_alert_triggered
  boost_added chat_background_set forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened
  general_forum_topic_hidden general_forum_topic_unhidden giveaway_created giveaway_completed video_chat_scheduled
  video_chat_started video_chat_ended video_chat_participants_invited`.split(/\s+/),
);

export function contentOf(message: JsonRecord): Content {
  const names = Object.keys(message);
  const attachments = names.flatMap((name) => {
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    return read?.(message[name], message) ?? [];
  });
  const text = string(message['text']) ?? string(message['caption']) ?? pollText(record(message['poll'])) ?? '';
  if (text !== '' || attachments.length > 0) return { text, attachments };
  const service = names.find((name) => SERVICE.has(name));
  if (service !== undefined) return { text, attachments, service };
  const unknown = names.filter((name) => !FRAME.has(name)).slice(0, 5);
  return { text, attachments, unreadable: (string(unknown.join(' ')) || 'empty').slice(0, 120) };
}

function file(type: string, kind: InboundAttachment['kind'], value: unknown): InboundAttachment | undefined {
  const facts = record(value);
  const fileId = id(facts?.['file_id']);
  if (!facts || fileId === undefined) return undefined;
  return compact({
    kind,
    name: string(facts['file_name']) ?? string(facts['title']),
    mimeType: string(facts['mime_type']),
    sizeBytes: integer(facts['file_size']),
    meta: compact({
      type,
      fileId,
      fileUniqueId: id(facts['file_unique_id']),
      durationSeconds: integer(facts['duration']),
      width: integer(facts['width']) ?? integer(facts['length']),
      height: integer(facts['height']) ?? integer(facts['length']),
      emoji: string(facts['emoji']),
      setName: string(facts['set_name']),
    }),
  });
}

const degrees = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

function location(place: JsonRecord | undefined, venue?: JsonRecord): InboundAttachment | undefined {
  const latitude = degrees(place?.['latitude']);
  const longitude = degrees(place?.['longitude']);
  if (latitude === undefined || longitude === undefined) return undefined;
  const address = string(venue?.['address']);
  const live = integer(place?.['live_period']);
  return compact({
    kind: 'location' as const,
    name: string(venue?.['title']),
    meta: compact({ latitude, longitude, address, livePeriodSeconds: live }),
  });
}

function contact(card: JsonRecord | undefined, message: JsonRecord): InboundAttachment | undefined {
  const phone = string(card?.['phone_number']);
  if (!card || phone === undefined) return undefined;
  const names = [string(card['first_name']), string(card['last_name'])].filter((name) => name !== undefined);
  const own = ownPhone(message) !== undefined;
  const userId = numericId(card['user_id']);
  return compact({
    kind: 'contact' as const,
    name: names.join(' ') || undefined,
    meta: compact({ phone, userId, own }),
  });
}

/**
 * The speaker's own number, in E.164. Only a card of the speaker's own is theirs for sure: any card can be forwarded.
 * Telegram leaves the plus sign out at times.
 */
export function ownPhone(message: JsonRecord): string | undefined {
  const card = record(message['contact']);
  const speaker = numericId(record(message['from'])?.['id']);
  if (!card || speaker === undefined || numericId(card['user_id']) !== speaker) return undefined;
  const digits = string(card['phone_number'])?.replaceAll(/[\s()-]/g, '');
  const match = /^\+?([1-9]\d{6,14})$/.exec(digits ?? '');
  return match ? `+${match[1]}` : undefined;
}

function story(value: unknown): InboundAttachment | undefined {
  const facts = record(value);
  const storyId = id(facts?.['id']);
  if (!facts || storyId === undefined) return undefined;
  return { kind: 'story', meta: compact({ storyId, chatId: numericId(record(facts['chat'])?.['id']) }) };
}

function pollText(poll: JsonRecord | undefined): string | undefined {
  const question = string(poll?.['question']);
  if (!poll || question === undefined) return undefined;
  const options = list(poll['options']).flatMap((option) => string(record(option)?.['text']) ?? []);
  return [question, ...options.map((option) => `– ${option}`)].join('\n');
}
