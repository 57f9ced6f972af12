import type { ChannelCapabilities, ThreadCapabilities } from '../../capabilities';

const MB = 1_048_576;
const DAY_MS = 86_400_000;

/** What a service may take beyond answers; it lists what it can do in the channel's `abilities`. */
export const ABILITIES = [
  'edit',
  'private_reply',
  'hide',
  'unhide',
  'delete',
  'like',
  'unlike',
  'block',
  'unblock',
] as const;
export type Ability = (typeof ABILITIES)[number];

/** Our own limits: there is a service of anybody's on the other side, and it says no by itself where it takes less. */
const COMMON: Omit<ThreadCapabilities, 'reply' | 'moderation' | 'privateReply' | 'botMayReply'> = {
  textLimit: { max: 10_000, unit: 'characters' },
  replyWindowMs: null,
  humanWindowMs: null,
  attachments: ['image', 'video', 'audio', 'file'].map((kind) => ({ kind, maxBytes: 25 * MB })),
  partsTogether: 11, // a text and ten attachments
  reads: ['edits', 'deletes', 'reactions', 'receipts', 'visibility'],
  editSentMs: null,
};

export const API_CAPABILITIES: ChannelCapabilities = {
  dm: {
    ...COMMON,
    reply: ['private'],
    moderation: ['delete', 'like', 'unlike', 'block', 'unblock'],
    privateReply: null,
    botMayReply: true,
  },
  comment: {
    ...COMMON,
    reply: ['public', 'private'],
    moderation: ['hide', 'unhide', 'delete', 'like', 'unlike', 'block', 'unblock'],
    privateReply: { perComment: 100, withinMs: 365 * DAY_MS },
    // In public the brand speaks through people; the bot's answer is offered to the agent.
    botMayReply: false,
  },
};
