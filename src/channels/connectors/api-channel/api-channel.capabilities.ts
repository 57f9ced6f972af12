import type { ChannelCapabilities, ThreadCapabilities } from '../../capabilities';

const MB = 1_048_576;
const DAY_MS = 86_400_000;

/** What a service may take beyond answers; its admin lists what it can do in the channel's `abilities`. */
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

export const API_CAPABILITIES: Record<'dm' | 'comment', ThreadCapabilities> = {
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

const NOTHING = { reply: [], moderation: [], privateReply: null, attachments: [] } as const;

/** What of it this service takes: what it lists, and nothing at all where it has no address for answers. */
export function apiCapabilities({
  deliveryUrl,
  abilities,
}: {
  deliveryUrl: string | undefined;
  abilities: ReadonlySet<Ability>;
}): ChannelCapabilities {
  const taken = (thread: ThreadCapabilities): ThreadCapabilities => {
    if (deliveryUrl === undefined) return { ...thread, ...NOTHING, editSentMs: undefined };
    const inPrivate = thread.privateReply === null || abilities.has('private_reply');
    return {
      ...thread,
      reply: inPrivate ? thread.reply : thread.reply.filter((visibility) => visibility === 'public'),
      privateReply: inPrivate ? thread.privateReply : null,
      moderation: thread.moderation.filter((action) => abilities.has(action)),
      editSentMs: abilities.has('edit') ? thread.editSentMs : undefined,
    };
  };
  return { dm: taken(API_CAPABILITIES.dm), comment: taken(API_CAPABILITIES.comment) };
}
