import type { Remedy } from '../../outbox/domain-event';

/**
 * What a provider told us, in our words. Connectors parse raw bodies into these; everything behind ingress speaks only
 * this language. A connector never throws on odd input: what it cannot read becomes `unsupported`.
 */
export type ThreadKind = 'comment' | 'dm';

export interface InboundAttachment {
  kind: 'image' | 'video' | 'audio' | 'file' | 'sticker' | 'location' | 'contact' | 'share' | 'story' | 'unknown';
  url?: string;
  name?: string;
  mimeType?: string;
  sizeBytes?: number;
  /** Provider facts a person may need: coordinates, sticker id, shared post id … */
  meta?: Record<string, unknown>;
  /** For how long from its message it may be kept, and why no longer; absent: as long as the message. */
  keep?: { forMs: number; reason: string };
}

export interface InboundAuthor {
  /** The provider's id of the person within this channel (PSID, IGSID, comment author id, visitor id). */
  externalId: string;
  name?: string;
  handle?: string;
  avatarUrl?: string;
  /**
   * Other ids the network gives the same person in this channel (a phone number beside a user id). Whichever is known
   * already leads to the contact; the rest are learnt.
   */
  aliases?: string[];
  /** E.164, only when the network vouches for it. */
  phone?: string;
  email?: string;
  /** BCP 47, where the network tells the person's language. */
  locale?: string;
}

/** The public object a comment hangs under. */
export interface InboundPost {
  externalId: string;
  permalink?: string;
  text?: string;
  mediaUrl?: string;
  kind?: string;
  /** ISO instant. */
  publishedAt?: string;
  /** Comments known to stand under it, where the network may name one of them in the post's place. */
  comments?: string[];
  /** The network told what the comment answers and not the post: this may itself be a comment under a post. */
  stead?: true;
}

interface InboundBase {
  /** Which connected account it belongs to (page id, IG account id, widget inbox id): finds the channel. */
  accountId: string;
  /**
   * Unique within the channel for all time; the same for every redelivery. Never built from delivery time.
   * Example: `comment:122_140:add`, `mid:m_abc`, `mid:m_abc:edit:2`.
   */
  eventKey: string;
  /**
   * What orders this event: contact + post, or contact + DM thread. Events with one thread key are applied in order.
   * When only a message id is known (a delete without author), the message id stands in: `message:<id>`.
   */
  threadKey: string;
  threadKind: ThreadKind;
  /** Other keys the same thread may have been opened under, when a person's id changed or was not fully told. */
  threadAliases?: string[];
  /** Network time, ISO instant with milliseconds. Absent when the provider gave none. */
  occurredAt?: string;
}

export interface InboundMessage extends InboundBase {
  type: 'message';
  /** `out`: written by our own account, by us or by another tool (echo, own comment). */
  direction: 'in' | 'out';
  externalId: string;
  author: InboundAuthor;
  /** The customer the thread is with; for `in` the author, for `out` the recipient where the provider names one. */
  contact?: InboundAuthor;
  text: string;
  attachments: InboundAttachment[];
  post?: InboundPost;
  /** Comment this one answers, when it is a reply. */
  parentExternalId?: string;
  /** Message quoted or replied to. */
  replyToExternalId?: string;
  /** Our own outbound message id, when the provider returns it (Messenger `metadata`): matches an echo before its send returned. */
  outboundMessageId?: string;
  /** What kind of message when it is not plain: `postback`, `story_reply`, `story_mention`, `mention`, `placeholder`, `standby`. */
  subtype?: string;
  /** False when the provider says the message must not open work (standby: another app owns the thread). */
  opensWork?: boolean;
  /** What a letter is about; the ticket it opens takes it. */
  subject?: string;
  /** Parts of one message that come as several (an album): the first makes the message, the others add to it. */
  groupKey?: string;
  /**
   * Rank among the ways in which the network tells this message, where it has several: what the highest says stands,
   * whichever came first, and the others fill in what it leaves out. Absent: 0.
   */
  form?: number;
  meta?: Record<string, unknown>;
}

export interface InboundEdit extends InboundBase {
  type: 'edit';
  externalId: string;
  text: string;
  attachments?: InboundAttachment[];
  /** Grows with each edit; the highest wins whatever the order of arrival. */
  version: number;
  /** Author and post let an edit of a message we never saw create it. */
  author?: InboundAuthor;
  contact?: InboundAuthor;
  direction?: 'in' | 'out';
  post?: InboundPost;
  parentExternalId?: string;
}

export interface InboundDelete extends InboundBase {
  type: 'delete';
  externalId: string;
  by: 'contact' | 'account' | 'unknown';
}

export interface InboundVisibility extends InboundBase {
  type: 'visibility';
  externalId: string;
  hidden: boolean;
}

export interface InboundReaction extends InboundBase {
  type: 'reaction';
  externalId: string;
  actorExternalId: string;
  action: 'add' | 'remove';
  reaction: string;
  emoji?: string;
}

export interface InboundReceipt extends InboundBase {
  type: 'receipt';
  status: 'sent' | 'delivered' | 'read' | 'failed';
  /** Messages named one by one … */
  externalIds: string[];
  /** … or everything we sent the contact up to this instant (ISO). */
  upTo?: string;
  /** Our own id of the one message it names, where the network gives it back: settles a send whose outcome nobody knows. */
  outboundMessageId?: string;
  error?: { code: string; message: string; remedy?: Remedy };
}

/** What the network tells of a person, without a message. */
export interface InboundIdentity extends InboundBase {
  type: 'identity';
  person: InboundAuthor;
  /** The id this person had until now; `person.externalId` takes its place and the history stays theirs. */
  formerExternalId?: string;
  /** False: they blocked us or left; nothing can reach them until it says true. */
  reachable?: boolean;
  /** They came back to their thread without a word (by a link, an ad): the network counts it as one for the reply window. */
  cameBack?: true;
}

/** A post of the account, published or changed: comments will hang under it. */
export interface InboundPostSeen extends InboundBase {
  type: 'post';
  post: InboundPost;
  /** Other names of the same post, in this channel (its copy in a discussion group). */
  aliases?: string[];
}

/** Understood, deliberately without effect; kept with its reason. */
export interface InboundIgnored extends InboundBase {
  type: 'ignored';
  reason: string;
}

/** Not understood (yet): kept, shown, and re-runnable after an upgrade. */
export interface InboundUnsupported extends InboundBase {
  type: 'unsupported';
  /** The provider's own name of the kind. */
  kind: string;
}

export type InboundEvent =
  | InboundMessage
  | InboundEdit
  | InboundDelete
  | InboundVisibility
  | InboundReaction
  | InboundReceipt
  | InboundIdentity
  | InboundPostSeen
  | InboundIgnored
  | InboundUnsupported;
