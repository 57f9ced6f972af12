import type { ChannelCapabilities, ThreadCapabilities } from '../../capabilities';

const MB = 1_048_576;

/** Rubika publishes no limits: the text is Telegram's length, the file size a cautious guess; it says no by itself. */
const COMMON: Omit<ThreadCapabilities, 'reply' | 'moderation' | 'botMayReply'> = {
  textLimit: { max: 4096, unit: 'characters' },
  replyWindowMs: null,
  humanWindowMs: null,
  privateReply: null,
  attachments: ['image', 'video', 'audio', 'file'].map((kind) => ({ kind, maxBytes: 50 * MB })),
  partsTogether: 2,
  reads: ['edits', 'deletes'],
  editSentMs: null,
  // rubpy waits half a second between two calls
  pace: { perSecond: 2 },
};

/** A private chat with the bot, and groups the bot is in: there each person has a thread of their own, seen by all. */
export const RUBIKA_CAPABILITIES: ChannelCapabilities = {
  dm: { ...COMMON, reply: ['private'], moderation: ['delete'], botMayReply: true },
  comment: {
    ...COMMON,
    reply: ['public'],
    moderation: ['delete', 'block', 'unblock'],
    // In public the brand speaks through people; the bot's answer is offered to the agent.
    botMayReply: false,
  },
};
