import type { Tx } from '../../platform/database';
import type { TextUnit } from '../../text/graphemes';

/** What can be done in a conversation at this moment, for the console to offer and the reply route to hold to. */
export interface ReplyCapabilities {
  reply: readonly ('public' | 'private')[];
  textLimit: { max: number; unit: TextUnit };
  window: { kind: 'standard' | 'human' | 'closed' | 'none'; closesAt: Date | null };
  privateReply: {
    available: boolean;
    reason: string | null;
    expiresAt: Date | null;
    /** Only while the broadcast above the comment runs; `expiresAt` is then when it is taken to be over at the latest. */
    whileLive?: true;
    /** Its own, where it has one. */
    textLimit?: { max: number; unit: TextUnit };
  } | null;
  moderation: readonly ('hide' | 'unhide' | 'delete' | 'like' | 'unlike' | 'block' | 'unblock')[];
  /** Those of `moderation` that are possible with our own words only. */
  moderationOwnOnly?: ReplyCapabilities['moderation'];
  /** Kinds of file that go out here, each up to its size. */
  attachments: readonly { kind: string; maxBytes: number }[];
  /** How many of text and files one message joins, where the network limits that. */
  partsTogether?: number;
  /** How long a text may be that goes with a file, where that is less. */
  captionLimit?: { max: number; unit: TextUnit };
  /** Messages may be sent from approved templates, outside the window too. */
  templates: boolean;
  /** Milliseconds after sending in which our own text may be changed; null always, undefined never. */
  editSentMs?: number | null;
  refusals: { public?: string; private?: string };
}

/** Answered by whoever knows the networks; the inbox does not. */
export abstract class ReplyCapabilitySource {
  abstract of(tx: Tx, workspaceId: string, conversationId: string): Promise<ReplyCapabilities>;
}
