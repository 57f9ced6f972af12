import type { ChannelCapabilities } from '../../capabilities';
import { LARGEST_MAIL } from './mail';

/** What all attachments of one mail may weigh: base64 makes them a third larger, and 25 MB is what most servers take. */
export const MOST_ATTACHED = Math.floor((LARGEST_MAIL * 3) / 4);

export const EMAIL_CAPABILITIES: ChannelCapabilities = {
  dm: {
    reply: ['private'],
    textLimit: { max: 100_000, unit: 'characters' },
    replyWindowMs: null,
    humanWindowMs: null,
    privateReply: null,
    moderation: [],
    attachments: ['file', 'image', 'video', 'audio'].map((kind) => ({ kind, maxBytes: MOST_ATTACHED })),
    botMayReply: true,
    machinesAnswer: true,
    reads: ['receipts'],
  },
};
