import type { InboundAttachment, InboundEvent, InboundMessage } from '../../../inbox/conversations/inbound-event';
import { compact, contentHash, id, instant, integer, key, list, record, string, type JsonRecord } from '../json';
import { type EntryFacts, unsupported } from './parse-entry-facts';

/** Set before our message id in Messenger's `metadata`, so that another tool's metadata is not taken for ours. */
export const METADATA_PREFIX = 'outbox:';

interface Envelope {
  facts: EntryFacts;
  /** The messaging object itself. */
  item: JsonRecord;
  senderId: string;
  contactId: string;
  out: boolean;
  standby: boolean;
  base: { accountId: string; threadKey: string; threadKind: 'dm'; occurredAt: string | undefined };
}

type Reader = (envelope: Envelope, content: JsonRecord) => InboundEvent | undefined;

const READERS: Record<string, Reader> = {
  message,
  message_edit: edit,
  reaction,
  read,
  delivery,
  postback,
  referral: cameBack,
  pass_thread_control: handover,
  take_thread_control: handover,
  request_thread_control: handover,
};

const FRAME = new Set(['sender', 'recipient', 'timestamp', 'is_self', 'hop_context', 'prior_message']);

/**
 * One object of `messaging[]` or `standby[]`, Messenger's and Instagram's alike.
 * Every known key in it gives an event; an object without one is kept as unsupported under the names it has.
 */
export function parseMessaging(facts: EntryFacts, content: unknown, standby: boolean): InboundEvent[] {
  const item = record(content);
  const envelope = item && frame(facts, item, standby);
  if (!item || !envelope) return [unsupported(facts, 'messaging.malformed', content)];
  const names = Object.keys(item).filter((name) => !FRAME.has(name));
  if (names.length === 0) return [unsupported(facts, 'messaging.empty', content, envelope.base)];
  return names.map((name) => {
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    const value = record(item[name]);
    return (
      (reader && value && reader(envelope, value)) ?? unsupported(facts, `messaging.${name}`, content, envelope.base)
    );
  });
}

function frame(facts: EntryFacts, item: JsonRecord, standby: boolean): Envelope | undefined {
  const sender = record(item['sender']);
  // The chat plugin names a guest by `user_ref` until the person has an id.
  const userRef = id(sender?.['user_ref']);
  const senderId = id(sender?.['id']) ?? (userRef === undefined ? undefined : key('user_ref', userRef));
  const recipientId = id(record(item['recipient'])?.['id']);
  const echo = record(item['message'])?.['is_echo'] === true;
  const out = echo || senderId === facts.accountId;
  const contactId = out ? recipientId : senderId;
  if (senderId === undefined || contactId === undefined) return undefined;
  const base = {
    accountId: facts.accountId,
    threadKey: key('dm', contactId),
    threadKind: 'dm' as const,
    occurredAt: instant(item['timestamp'], facts.sentAt),
  };
  return { facts, item, senderId, contactId, out, standby, base };
}

function message(envelope: Envelope, content: JsonRecord): InboundEvent | undefined {
  const { base, out } = envelope;
  const mid = id(content['mid']);
  if (mid === undefined) return undefined;
  if (content['is_deleted'] === true) {
    const by = out ? ('account' as const) : ('contact' as const);
    return compact({ ...base, type: 'delete' as const, eventKey: key('mid', mid, 'deleted'), externalId: mid, by });
  }
  if (envelope.item['is_self'] === true || content['is_self'] === true) {
    return compact({
      ...base,
      type: 'ignored' as const,
      eventKey: key('mid', mid),
      reason: 'A message of the account to itself.',
    });
  }
  const text = string(content['text']) ?? '';
  const attachments = list(content['attachments']).map((item) => attachment(item, content));
  const replyTo = record(content['reply_to']);
  const story = record(replyTo?.['story']);
  if (story)
    attachments.push(
      compact({ kind: 'story' as const, url: string(story['url']), meta: { storyId: id(story['id']) } }),
    );
  const metadata = string(content['metadata']);
  const extra = compact({
    quickReplyPayload: string(record(content['quick_reply'])?.['payload']),
    appId: id(content['app_id']),
    referral: referralOf(content),
    metadata,
  });
  return messageEvent(envelope, {
    eventKey: key('mid', mid),
    externalId: mid,
    text,
    attachments,
    replyToExternalId: id(replyTo?.['mid']),
    outboundMessageId:
      out && metadata?.startsWith(METADATA_PREFIX) ? metadata.slice(METADATA_PREFIX.length) : undefined,
    subtype: subtypeOf(content, story !== undefined, text, attachments),
    meta: Object.keys(extra).length > 0 ? extra : undefined,
  });
}

/** Where the person came from: an ad, an m.me link, a plugin. */
function referralOf(content: JsonRecord): Record<string, unknown> | undefined {
  const referral = record(content['referral']);
  if (!referral) return undefined;
  const { source, type, ref } = referral;
  return compact({ source: string(source), type: string(type), ref: string(ref), adId: id(referral['ad_id']) });
}

/** An m.me or ig.me link or an ad, followed in a thread there is already: an act of the person, without words. */
function cameBack({ base, contactId, out, item }: Envelope): InboundEvent | undefined {
  if (out) return undefined;
  const person = { externalId: contactId };
  return { ...base, type: 'identity', eventKey: key('referral', contentHash(item)), person, cameBack: true };
}

const degrees = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

function subtypeOf(
  content: JsonRecord,
  story: boolean,
  text: string,
  attachments: readonly InboundAttachment[],
): string | undefined {
  if (story) return 'story_reply';
  if (attachments.some(({ meta }) => meta?.['type'] === 'story_mention')) return 'story_mention';
  const nothingToShow = text === '' && attachments.length === 0;
  return content['is_unsupported'] === true || nothingToShow ? 'placeholder' : undefined;
}

function messageEvent(
  { base, senderId, contactId, out, standby }: Envelope,
  over: Pick<InboundMessage, 'eventKey' | 'externalId' | 'text' | 'attachments'> & Partial<InboundMessage>,
): InboundMessage {
  return compact({
    ...base,
    type: 'message' as const,
    direction: out ? ('out' as const) : ('in' as const),
    author: { externalId: senderId },
    contact: { externalId: contactId },
    ...over,
    subtype: over.subtype ?? (standby ? 'standby' : undefined),
    // Standby: another app owns the thread; its messages are shown and not answered.
    opensWork: standby ? false : undefined,
  });
}

const ATTACHMENT_KINDS: Record<string, InboundAttachment['kind']> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  file: 'file',
  location: 'location',
  fallback: 'share',
  share: 'share',
  template: 'share',
  media: 'share',
  reel: 'share',
  ig_reel: 'share',
  ig_post: 'share',
  story: 'story',
  ig_story: 'story',
  story_mention: 'story',
};

function attachment(value: unknown, content: JsonRecord): InboundAttachment {
  const item = record(value);
  const payload = record(item?.['payload']);
  const type = string(item?.['type']) ?? 'unknown';
  const stickerId = id(payload?.['sticker_id']) ?? id(content['sticker_id']);
  const known = Object.hasOwn(ATTACHMENT_KINDS, type) ? ATTACHMENT_KINDS[type] : undefined;
  const coordinates = record(payload?.['coordinates']);
  return compact({
    kind: stickerId !== undefined && type === 'image' ? ('sticker' as const) : (known ?? ('unknown' as const)),
    url: string(payload?.['url']) ?? string(item?.['url']),
    name: string(payload?.['title']) ?? string(item?.['title']),
    meta: compact({
      type,
      stickerId,
      postId: id(payload?.['ig_post_media_id']) ?? id(payload?.['reel_video_id']),
      latitude: degrees(coordinates?.['lat']),
      longitude: degrees(coordinates?.['long']),
    }),
  });
}

function edit({ base, senderId, contactId, out }: Envelope, content: JsonRecord): InboundEvent | undefined {
  const mid = id(content['mid']);
  const text = string(content['text']);
  const version = integer(content['num_edit']);
  if (mid === undefined || text === undefined || version === undefined) return undefined;
  return compact({
    ...base,
    type: 'edit' as const,
    eventKey: key('mid', mid, 'edit', version),
    externalId: mid,
    text,
    version,
    author: { externalId: senderId },
    contact: { externalId: contactId },
    direction: out ? ('out' as const) : ('in' as const),
  });
}

function reaction({ base, senderId, item }: Envelope, content: JsonRecord): InboundEvent | undefined {
  const mid = id(content['mid']);
  const action = content['action'];
  if (mid === undefined || (action !== 'react' && action !== 'unreact')) return undefined;
  const emoji = string(content['emoji']);
  return compact({
    ...base,
    type: 'reaction' as const,
    eventKey: key('mid', mid, 'reaction', senderId, action, emoji, integer(item['timestamp'])),
    externalId: mid,
    actorExternalId: senderId,
    action: action === 'react' ? ('add' as const) : ('remove' as const),
    reaction: string(content['reaction']) ?? 'other',
    emoji,
  });
}

/** Messenger says until when the person has read, Instagram which message. */
function read({ base, contactId }: Envelope, content: JsonRecord): InboundEvent | undefined {
  const mid = id(content['mid']);
  const upTo = instant(content['watermark']);
  if (mid === undefined && upTo === undefined) return undefined;
  return compact({
    ...base,
    type: 'receipt' as const,
    eventKey: key('read', contactId, mid ?? id(content['watermark'])),
    status: 'read' as const,
    externalIds: mid === undefined ? [] : [mid],
    upTo,
  });
}

function delivery({ base, contactId }: Envelope, content: JsonRecord): InboundEvent | undefined {
  const externalIds = list(content['mids'])
    .map(id)
    .filter((mid) => mid !== undefined);
  const upTo = instant(content['watermark']);
  if (externalIds.length === 0 && upTo === undefined) return undefined;
  return compact({
    ...base,
    type: 'receipt' as const,
    eventKey: key('delivery', contactId, id(content['watermark']), contentHash(externalIds)),
    status: 'delivered' as const,
    externalIds,
    upTo,
  });
}

/** A pressed button counts as the person's message: the title is what they saw themselves say. */
function postback(envelope: Envelope, content: JsonRecord): InboundEvent | undefined {
  const payload = string(content['payload']);
  const title = string(content['title']);
  if (payload === undefined && title === undefined) return undefined;
  // Old deliveries carry no mid; sender, moment and payload then make one.
  const made = key('postback', envelope.contactId, integer(envelope.item['timestamp']), contentHash(content));
  const mid = id(content['mid']);
  return messageEvent(envelope, {
    eventKey: mid === undefined ? made : key('mid', mid),
    externalId: mid ?? made,
    text: title ?? payload ?? '',
    attachments: [],
    subtype: 'postback',
    meta: compact({ payload, referral: referralOf(content) }),
  });
}

function handover({ base, item }: Envelope, content: JsonRecord): InboundEvent {
  const owner = id(content['new_owner_app_id']) ?? id(content['requested_owner_app_id']);
  const reason = owner === undefined ? 'The owner of the thread changed.' : `Control of the thread: app ${owner}.`;
  return compact({ ...base, type: 'ignored' as const, eventKey: key('handover', contentHash(item)), reason });
}
