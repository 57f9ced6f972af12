import type { ChannelCapabilities, ThreadCapabilities } from '../../capabilities';
import type { ChannelSettings } from '../../channel';
import { readSettings } from './whatsapp.settings';

const DAY_MS = 86_400_000;
const KB = 1024;
const MB = 1024 * KB;

/**
 * Free words within 24 hours of the customer's last message, an approved template at any time. 80 messages a second from
 * one number; to one person one in 6 seconds, where up to 45 may go at once on later allowance (this is not used: a
 * person writing by hand hardly notices, and a burst would have to be paid back in silence).
 * Source: Cloud API, "Throughput", "Pair rate limits", "Media"; how long a text may be is `settings.textLimit`.
 */
export const WHATSAPP_CAPABILITIES: Record<'dm', ThreadCapabilities> = {
  dm: {
    reply: ['private'],
    textLimit: { max: 4096, unit: 'characters' },
    replyWindowMs: DAY_MS,
    humanWindowMs: null,
    privateReply: null,
    moderation: ['like', 'unlike', 'block', 'unblock'],
    // A reaction is a message like another; blocked can be who has written within a day.
    moderationInWindow: ['like', 'unlike', 'block'],
    attachments: [
      { kind: 'image', maxBytes: 5 * MB },
      { kind: 'video', maxBytes: 16 * MB },
      { kind: 'audio', maxBytes: 16 * MB },
      { kind: 'file', maxBytes: 100 * MB },
      { kind: 'sticker', maxBytes: 500 * KB },
    ],
    // One file with its caption.
    partsTogether: 2,
    botMayReply: true,
    reads: ['reactions', 'receipts'],
    templates: true,
    pace: { perSecond: 80, perConversationMs: 6_000 },
  },
};

export function whatsappCapabilities(settings: ChannelSettings): ChannelCapabilities {
  const { textLimit, captionLimit, likeEmoji } = readSettings(settings);
  const { dm } = WHATSAPP_CAPABILITIES;
  const unit = dm.textLimit.unit;
  const likedAs = { reaction: likeEmoji, emoji: likeEmoji };
  return { dm: { ...dm, likedAs, textLimit: { max: textLimit, unit }, captionLimit: { max: captionLimit, unit } } };
}
