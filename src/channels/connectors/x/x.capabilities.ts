import type { ChannelCapabilities, ThreadCapabilities } from '../../capabilities';
import type { ChannelSettings } from '../../channel';
import { flag } from './x.settings';

const MB = 1_048_576;
const TEXT = { max: 280, unit: 'x_weighted' } as const;
// Messages are longer than posts: 10,000 characters (v1.1, from memory; X refuses what is too long).
const DM_TEXT = { max: 10_000, unit: 'characters' } as const;

/**
 * A post takes up to four pictures or one film, a message one attachment. Pictures as large as X's media pages allow; of
 * films (512 MB there) what one send can bring up in its time.
 */
export const X_CAPABILITIES: Record<'comment' | 'dm', ThreadCapabilities> = {
  comment: {
    reply: ['public'],
    textLimit: TEXT,
    replyWindowMs: null,
    humanWindowMs: null,
    privateReply: null,
    moderation: ['hide', 'unhide', 'delete', 'like', 'unlike'],
    moderationOwnOnly: ['delete'],
    attachments: [
      { kind: 'image', maxBytes: 5 * MB },
      { kind: 'video', maxBytes: 50 * MB },
    ],
    // In public the brand speaks through people, and X asks automated accounts to be labelled.
    botMayReply: false,
    reads: ['edits', 'deletes', 'reactions'],
  },
  dm: {
    reply: ['private'],
    textLimit: DM_TEXT,
    replyWindowMs: null,
    humanWindowMs: null,
    privateReply: null,
    moderation: ['delete'],
    moderationOwnOnly: ['delete'],
    attachments: [
      { kind: 'image', maxBytes: 5 * MB },
      { kind: 'video', maxBytes: 50 * MB },
    ],
    partsTogether: 2,
    botMayReply: true,
    reads: ['receipts'],
  },
};

/** Since 2026 an app without an enterprise plan answers only who addressed the account, and likes nothing. */
export function xCapabilities(settings: ChannelSettings): ChannelCapabilities {
  if (flag(settings, 'enterprise')) return X_CAPABILITIES;
  const { comment, dm } = X_CAPABILITIES;
  return { dm, comment: { ...comment, moderation: ['hide', 'unhide', 'delete'], answersAddressedOnly: true } };
}
