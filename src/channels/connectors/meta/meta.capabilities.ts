import type { BroadcastRule, ChannelCapabilities, ThreadCapabilities } from '../../capabilities';
import type { ChannelKind, ChannelSettings } from '../../channel';
import { MESSAGE_LIKES } from './meta.moderation';
import { amount } from './meta.settings';

const DAY_MS = 86_400_000;
const MB = 1_048_576;

/** Both networks: 24 hours after the person's last action, 7 days for a human (HUMAN_AGENT), one private reply within 7 days. */
const WINDOW = { replyWindowMs: DAY_MS, humanWindowMs: 7 * DAY_MS };

/** Messenger counts characters, Instagram bytes of UTF-8: about 500 Persian letters. */
const MESSENGER_TEXT = { max: 2000, unit: 'characters' } as const;
const INSTAGRAM_TEXT = { max: 1000, unit: 'utf8_bytes' } as const;

const COMMENT: Pick<ThreadCapabilities, 'reply' | 'replyWindowMs' | 'humanWindowMs' | 'moderation' | 'botMayReply'> = {
  reply: ['public', 'private'],
  replyWindowMs: null,
  humanWindowMs: null,
  moderation: ['hide', 'unhide', 'delete', 'like', 'unlike'],
  // In public the brand speaks through people; the bot's answer is offered to the agent.
  botMayReply: false,
};

// Meta's pages name no limit for comments; these are what the networks' own editors take.
const PAGE_COMMENT_TEXT = { max: 8000, unit: 'characters' } as const;
const INSTAGRAM_COMMENT_TEXT = { max: 2200, unit: 'characters' } as const;

const MESSAGE_READS = ['edits', 'deletes', 'reactions', 'receipts'] as const;

/** A reaction goes out as an answer does; the tag of the longer window is for words only. */
const MESSAGE_LIKING: Pick<ThreadCapabilities, 'moderation' | 'moderationInWindow'> = {
  moderation: ['like', 'unlike'],
  moderationInWindow: ['like', 'unlike'],
};

const FACEBOOK = {
  comment: {
    ...COMMENT,
    textLimit: PAGE_COMMENT_TEXT,
    privateReply: { perComment: 1, withinMs: 7 * DAY_MS, textLimit: MESSENGER_TEXT },
    attachments: [{ kind: 'image', maxBytes: 8 * MB }],
    partsTogether: 2,
    reads: ['edits', 'deletes', 'reactions', 'visibility'],
    editSentMs: null,
  },
  dm: {
    ...WINDOW,
    reply: ['private'],
    textLimit: MESSENGER_TEXT,
    privateReply: null,
    ...MESSAGE_LIKING,
    likedAs: MESSAGE_LIKES.facebook,
    attachments: ['image', 'video', 'audio', 'file'].map((kind) => ({ kind, maxBytes: 25 * MB })),
    botMayReply: true,
    partsTogether: 1,
    reads: MESSAGE_READS,
  },
} satisfies ChannelCapabilities;

/** What a comment and a post of a live broadcast are called. */
export const LIVE_COMMENT = 'live_comment';
export const LIVE_MEDIA = 'LIVE';

const INSTAGRAM = {
  comment: {
    ...COMMENT,
    textLimit: INSTAGRAM_COMMENT_TEXT,
    privateReply: { perComment: 1, withinMs: 7 * DAY_MS, textLimit: INSTAGRAM_TEXT },
    attachments: [],
    hiddenTakesNoReply: true,
    // Instagram announces new comments only; the rest is found by reading.
    reads: ['edits', 'deletes', 'visibility'],
  },
  dm: {
    ...WINDOW,
    reply: ['private'],
    textLimit: INSTAGRAM_TEXT,
    privateReply: null,
    ...MESSAGE_LIKING,
    likedAs: MESSAGE_LIKES.instagram,
    attachments: [
      { kind: 'image', maxBytes: 8 * MB },
      { kind: 'video', maxBytes: 25 * MB },
      { kind: 'audio', maxBytes: 25 * MB },
    ],
    botMayReply: true,
    partsTogether: 1,
    reads: MESSAGE_READS,
  },
} satisfies ChannelCapabilities;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Comments of a live broadcast take a private reply only, and only during it (Instagram Platform, "Private replies"). */
const underBroadcast = (settings: ChannelSettings): BroadcastRule => ({
  subtype: LIVE_COMMENT,
  postKind: LIVE_MEDIA,
  reply: ['private'],
  privateReply: { perComment: 1, withinMs: amount(settings, 'liveMinutes') * MINUTE_MS, textLimit: INSTAGRAM_TEXT },
});

/**
 * The media of a story, replied to or with the account in it, may be kept while the story lives: a day at most. Nobody
 * tells when it began, but the message came after that.
 */
const filesKept = (settings: ChannelSettings): ThreadCapabilities['filesKept'] => [
  { kind: 'story', forMs: amount(settings, 'storyHours') * HOUR_MS, reason: 'story_expired' },
];

export function metaCapabilities(kind: ChannelKind, settings: ChannelSettings = {}): ChannelCapabilities {
  if (kind === 'facebook') return { ...FACEBOOK, dm: { ...FACEBOOK.dm, filesKept: filesKept(settings) } };
  if (kind !== 'instagram') return {};
  return {
    ...INSTAGRAM,
    comment: { ...INSTAGRAM.comment, broadcast: underBroadcast(settings) },
    dm: { ...INSTAGRAM.dm, filesKept: filesKept(settings) },
  };
}
