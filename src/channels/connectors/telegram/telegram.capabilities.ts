import type { ChannelCapabilities, ThreadCapabilities } from '../../capabilities';
import { type Flavour, FLAVOURS } from './telegram.flavours';

const MB = 1_048_576;

/** A message's text, and the text that goes with files, in UTF-16 units after entities are parsed. */
export const TEXT_LIMIT = 4096;
export const CAPTION_LIMIT = 1024;
/** Files in one album. */
export const ALBUM_LIMIT = 10;
export const PHOTO_BYTES = 10 * MB;
export const FILE_BYTES = 50 * MB;

function threads(flavour: Flavour): ChannelCapabilities {
  const both: Omit<ThreadCapabilities, 'reply' | 'moderation' | 'botMayReply'> = {
    textLimit: { max: TEXT_LIMIT, unit: 'utf16_units' },
    captionLimit: { max: CAPTION_LIMIT, unit: 'utf16_units' },
    // Whoever pressed start may be answered at any time.
    replyWindowMs: null,
    humanWindowMs: null,
    privateReply: null,
    // A picture above 10 MB goes as a file.
    attachments: ['image', 'video', 'audio', 'file'].map((kind) => ({ kind, maxBytes: FILE_BYTES })),
    partsTogether: ALBUM_LIMIT + 1,
    editSentMs: null,
    pace: flavour.pace,
  };
  const edits = flavour.reactions ? (['edits', 'reactions'] as const) : (['edits'] as const);
  return {
    dm: {
      ...both,
      reply: ['private'],
      moderation: flavour.moderation.dm,
      botMayReply: true,
      reads: flavour.business ? [...edits, 'deletes'] : edits,
    },
    comment: {
      ...both,
      // A bot cannot open a private chat with somebody who wrote in a group.
      reply: ['public'],
      moderation: flavour.moderation.comment,
      // In public the brand speaks through people; the bot's answer is offered to the agent.
      botMayReply: false,
      reads: edits,
    },
  };
}

const CAPABILITIES = new Map(FLAVOURS.map((flavour) => [flavour.kind, threads(flavour)]));

/** @param likeEmoji how a like looks, where there are reactions */
export function telegramCapabilities({ kind, reactions }: Flavour, likeEmoji?: string): ChannelCapabilities {
  const { dm, comment } = CAPABILITIES.get(kind) ?? {};
  if (!reactions || likeEmoji === undefined || !dm || !comment) return { dm, comment };
  const likedAs = { reaction: likeEmoji, emoji: likeEmoji };
  return { dm: { ...dm, likedAs }, comment: { ...comment, likedAs } };
}
