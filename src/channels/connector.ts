import type { IncomingHttpHeaders } from 'node:http';
import type { InboundAuthor, InboundEvent, InboundPost, ThreadKind } from '../inbox/conversations/inbound-event';
import type { TextUnit } from '../text/graphemes';

export const CHANNEL_KINDS = ['facebook', 'instagram', 'webchat', 'whatsapp', 'telegram', 'x'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** A request as it came in: nothing parsed, nothing re-encoded. */
export interface RawRequest {
  method: string;
  /** Path and query as received. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Decrypted credentials of one channel; keys are the connector's own (`accessToken`, `appSecret`, `verifyToken`, …). */
export type Credentials = Readonly<Record<string, string>>;

export interface ChannelSettings {
  /** Overrides the provider's host: simulators, compatible servers, proxies. */
  apiBaseUrl?: string;
  [key: string]: unknown;
}

/** What a connector needs to know about the channel it speaks for. */
export interface ConnectedChannel {
  id: string;
  workspaceId: string;
  kind: ChannelKind;
  externalId: string;
  settings: ChannelSettings;
}

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
}

export type ModerationAction = 'hide' | 'unhide' | 'delete' | 'like';

export type ChannelCapabilities = Readonly<Partial<Record<ThreadKind, ThreadCapabilities>>>;

export interface OutboundAttachment {
  kind: string;
  url: string;
  mimeType?: string;
}

export interface OutboundMessage {
  /** Our message id; handed to the provider wherever it takes metadata. */
  id: string;
  threadKind: ThreadKind;
  visibility: Visibility;
  text: string;
  attachments: readonly OutboundAttachment[];
  /** The person on the other side (PSID, IGSID, visitor id). */
  recipientExternalId: string;
  /** The comment being answered, for comment threads and private replies. */
  replyToExternalId?: string;
  /** Parent of that comment when it is itself a reply (two-level networks hang answers there). */
  replyToParentExternalId?: string;
  postExternalId?: string;
  /** `human_window`: outside the ordinary window, written by a human, so the human-agent tag applies. */
  window: 'standard' | 'human_window';
  author: 'agent' | 'bot';
}

/** Expected outcomes of a delivery are data, not exceptions. */
export type SendOutcome =
  | { status: 'sent'; externalId: string; recipientExternalId?: string }
  /** Nobody knows whether the customer saw it: look for the echo or read back before trying again. */
  | { status: 'unknown'; reason: string }
  /** Certainly not delivered; time may heal it. */
  | { status: 'retry'; reason: string; code?: string; afterMs?: number }
  /** Certainly not delivered, and repeating will not help; `fix` says who can. */
  | { status: 'failed'; reason: string; code: string; fix: 'agent' | 'admin' | 'none' }
  /** The channel's credentials are refused: hold everything of the channel until an admin reconnects it. */
  | { status: 'reconnect'; reason: string; code: string };

/** The result of looking for a message whose sending ended in doubt. */
export type LookupOutcome =
  /** Every message there that may be it, likeliest first: the same words may have been sent before. */
  | { status: 'found'; externalIds: readonly string[] }
  | { status: 'absent' }
  | { status: 'cannot_tell'; reason: string };

/** What a network tells of a post or a person when asked. Expected refusals are data, not exceptions. */
export type Description<Facts> =
  | { status: 'found'; facts: Facts }
  /** It is gone, or the network keeps it to itself: asking again gives nothing. */
  | { status: 'absent' }
  /** Time may heal it; `afterMs` is how long the network asks us to wait, in milliseconds. */
  | { status: 'retry'; reason: string; afterMs?: number }
  /** The channel may not ask; an admin can change that at the network. */
  | { status: 'refused'; reason: string };

export type PostFacts = Omit<InboundPost, 'externalId'>;
export type PersonFacts = Omit<InboundAuthor, 'externalId'>;

export interface ChannelConnector {
  readonly kinds: readonly ChannelKind[];
  capabilities(kind: ChannelKind): ChannelCapabilities;
  /** Credential names a channel of this kind needs, with what each is for; checked when a channel is created. */
  credentialFields(kind: ChannelKind): readonly { name: string; required: boolean; help: string }[];
  /** Constant time, over the raw bytes, before any parsing. */
  verify(request: RawRequest, secret: string): boolean;
  /** Pure and total: any JSON value gives events, never an exception. */
  parse(body: unknown): InboundEvent[];
  send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome>;
  /** Reads the thread back for a message in doubt (protocols rule: no provider here has an idempotency key). */
  lookup(
    channel: ConnectedChannel,
    message: OutboundMessage,
    sentAfter: Date,
    credentials: Credentials,
  ): Promise<LookupOutcome>;
  moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    messageExternalId: string,
    credentials: Credentials,
  ): Promise<SendOutcome>;
  /** Reads the post above its comments, for networks whose events name it only by id. */
  describePost?(
    channel: ConnectedChannel,
    postExternalId: string,
    credentials: Credentials,
  ): Promise<Description<PostFacts>>;
  /** Reads who is behind an id, for networks whose events carry no name. */
  describePerson?(
    channel: ConnectedChannel,
    personExternalId: string,
    credentials: Credentials,
  ): Promise<Description<PersonFacts>>;
}
