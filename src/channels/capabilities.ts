import type { ThreadKind } from '../inbox/conversations/inbound-event';
import type { TextUnit } from '../text/graphemes';

export type Visibility = 'public' | 'private';

/** What can be done on one kind of thread of a channel. The API, the bot and the console ask this, never the network's name. */
export interface ThreadCapabilities {
  reply: readonly Visibility[];
  textLimit: { max: number; unit: TextUnit };
  /** Milliseconds after the customer's last action in which a reply may be sent; null when there is no window. */
  replyWindowMs: number | null;
  /** Longer window that only a human's reply may use (never the bot). */
  humanWindowMs: number | null;
  /** A private reply to a public comment: how often per comment, until when after it, and its own text limit if it has one. */
  privateReply: { perComment: number; withinMs: number; textLimit?: { max: number; unit: TextUnit } } | null;
  moderation: readonly ModerationAction[];
  attachments: readonly { kind: string; maxBytes: number }[];
  /** How many of text and attachments one message may join, where the network limits that. */
  partsTogether?: number;
  /** Whether the bot may send its answer here by itself. */
  botMayReply: boolean;
  /** What the network tells us of this thread beside its messages. */
  reads?: readonly ('edits' | 'deletes' | 'reactions' | 'receipts' | 'visibility')[];
  /** Milliseconds after sending in which our own text may be changed; absent when it cannot, null when always. */
  editSentMs?: number | null;
  /** Outside the window a message may be sent from an approved template. */
  templates?: boolean;
  /** How fast the network takes messages, where it says so: together, and to one person. Milliseconds between two. */
  pace?: { perSecond?: number; perConversationMs?: number };
}

export type ChannelCapabilities = Readonly<Partial<Record<ThreadKind, ThreadCapabilities>>>;

export type ModerationAction = 'hide' | 'unhide' | 'delete' | 'like' | 'unlike' | 'block' | 'unblock';

export interface ModerationTarget {
  messageExternalId: string;
  /** Whose word it is: blocking is of a person. */
  authorExternalId?: string;
  postExternalId?: string;
  threadKind: ThreadKind;
}
