import type { InboundAttachment, ThreadKind } from '../inbox/conversations/inbound-event';
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
  privateReply: PrivateReplyRule | null;
  moderation: readonly ModerationAction[];
  /** Those of `moderation` the network takes only within `replyWindowMs`; absent: all at any time. */
  moderationInWindow?: readonly ModerationAction[];
  /** Those of `moderation` the network lets us do to our own words only. */
  moderationOwnOnly?: readonly ModerationAction[];
  /** What the customer sees when a message is liked; absent: a like without a sign of its own. */
  likedAs?: LikeSign;
  attachments: readonly { kind: string; maxBytes: number }[];
  /** How many of text and attachments one message may join, where the network limits that. */
  partsTogether?: number;
  /** How long a text may be that goes with a file, where that is less. */
  captionLimit?: { max: number; unit: TextUnit };
  /** Files that may be kept and shown only so long, by their kind; absent: all are kept. */
  filesKept?: readonly FileLimit[];
  /** Whether the bot may send its answer here by itself. */
  botMayReply: boolean;
  /** Machines answer here too (out-of-office, ticket systems), so ours write to one person seldom. */
  machinesAnswer?: true;
  /** What the network tells us of this thread beside its messages. */
  reads?: readonly ('edits' | 'deletes' | 'reactions' | 'receipts' | 'visibility')[];
  /** Milliseconds after sending in which our own text may be changed; absent when it cannot, null when always. */
  editSentMs?: number | null;
  /** Outside the window a message may be sent from an approved template. */
  templates?: boolean;
  /** How fast the network takes messages, where it says so: together, and to one person. Milliseconds between two. */
  pace?: { perSecond?: number; perConversationMs?: number };
  /** An app may answer in public only people who addressed the account; a message says so in `meta.mayReply`. */
  answersAddressedOnly?: true;
  /** A hidden comment takes no public answer until it is shown again. */
  hiddenTakesNoReply?: true;
  /** How comments under a broadcast are answered, where the network takes other answers to those. */
  broadcast?: BroadcastRule;
  /** These are the capabilities for a comment under a broadcast. */
  underBroadcast?: true;
}

/** A reaction as the network names it, with its emoji where it has one. */
export interface LikeSign {
  reaction: string;
  emoji?: string;
}

/** How long files of a kind may be kept, in milliseconds from their message; what is over stays as a row that says why. */
export interface FileLimit {
  kind: InboundAttachment['kind'];
  forMs: number;
  reason: 'story_expired';
}

/** A private reply to a public comment: how often per comment, until when after it, and its own text limit if it has one. */
export interface PrivateReplyRule {
  perComment: number;
  withinMs: number;
  textLimit?: { max: number; unit: TextUnit };
}

export interface BroadcastRule {
  /** A comment under a broadcast is known by its own subtype, or by the kind of the post above it. */
  subtype: string;
  postKind: string;
  reply: readonly Visibility[];
  /** Only while the broadcast runs; `withinMs` is how long after its beginning it is taken to have ended, if nobody tells. */
  privateReply: PrivateReplyRule | null;
}

/** What can be done about one message of a thread. */
export function capabilitiesFor(
  thread: ThreadCapabilities,
  message: { subtype: string | null; postKind: string | null },
): ThreadCapabilities {
  const { broadcast } = thread;
  if (!broadcast || (message.subtype !== broadcast.subtype && message.postKind !== broadcast.postKind)) return thread;
  return { ...thread, reply: broadcast.reply, privateReply: broadcast.privateReply, underBroadcast: true };
}

/** What can be sent on a channel that is followed but not answered. */
export interface NoticeRules extends Pick<
  ThreadCapabilities,
  'textLimit' | 'attachments' | 'partsTogether' | 'captionLimit'
> {
  /** Where a notice goes that names nobody; null where each has to. */
  defaultTo: string | null;
  /** Milliseconds between two. */
  paceMs: number;
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
