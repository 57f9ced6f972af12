import type { IncomingHttpHeaders } from 'node:http';
import type { InboundEvent, ThreadKind } from '../inbox/conversations/inbound-event';

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

export type TextUnit = 'utf8_bytes' | 'utf16_units' | 'characters';

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
  { status: 'found'; externalId: string } | { status: 'absent' } | { status: 'cannot_tell'; reason: string };

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
}
