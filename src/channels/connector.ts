import type { IncomingHttpHeaders } from 'node:http';
import type { InboundAuthor, InboundEvent, InboundPost, ThreadKind } from '../inbox/conversations/inbound-event';
import type { TextUnit } from '../text/graphemes';
import type { OAuthNetwork } from './oauth-network';

export const CHANNEL_KINDS = [
  'facebook',
  'instagram',
  'whatsapp',
  'telegram',
  'bale',
  'rubika',
  'eitaa',
  'x',
  'linkedin',
  'youtube',
  'email',
  'webchat',
  'api',
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** A request as it came in: nothing parsed, nothing re-encoded. */
export interface RawRequest {
  method: string;
  /** Path and query as received. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/**
 * Decrypted credentials of one channel; keys are the connector's own (`accessToken`, `appSecret`, `verifyToken`, …).
 * `proxyUrl` is every kind's: the proxy its outbound calls go through (`egress.ts`).
 */
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

/** What reading a delivery may rest on besides its body. Event keys never depend on it. */
export interface ParseContext {
  /** Set when the address, or the pull that brought it, belongs to one channel. */
  channel?: Pick<ConnectedChannel, 'externalId' | 'settings' | 'kind'>;
}

/** How a network reaches us. */
export interface WebhookDoor {
  /** The address under `/webhooks/`: letters only. Connectors of one provider may share it. */
  path: string;
  /**
   * `shared`: one address for every account, told apart by the secret that signed (`/webhooks/x/<channel id>` narrows it
   * to one channel's). `channel`: always `/webhooks/<path>/<channel id>`, anything after it is the connector's to check.
   */
  address: 'shared' | 'channel';
  /** Which credential is the secret. */
  secret: string;
  /** The address itself carries the secret behind the channel's id, for networks that sign nothing. */
  secretInPath?: boolean;
  /** Constant time, over the raw bytes, before any parsing. */
  verify(request: RawRequest, secret: string): boolean;
  /**
   * Answers a network's question whether the address is ours; null refuses (403), `malformed` refuses with 400. Never
   * signs what the caller made up beyond the expected shape.
   */
  handshake?(this: void, query: URLSearchParams, credentials: Credentials): HandshakeAnswer | null;
  /** What a stored delivery is answered with. Default: the text `EVENT_RECEIVED`. */
  acknowledgement?: string | Readonly<Record<string, unknown>>;
  /** Bytes to the value `parse` reads; default JSON. @throws on bytes that are not the provider's format */
  decode?(body: Buffer): unknown;
}

/** A text is answered as plain text, a record as JSON. */
export type HandshakeAnswer = string | Readonly<Record<string, unknown>> | { malformed: true; why: string };

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

export type ModerationAction = 'hide' | 'unhide' | 'delete' | 'like' | 'unlike' | 'block' | 'unblock';

export interface ModerationTarget {
  messageExternalId: string;
  /** Whose word it is: blocking is of a person. */
  authorExternalId?: string;
  postExternalId?: string;
  threadKind: ThreadKind;
}

export type ChannelCapabilities = Readonly<Partial<Record<ThreadKind, ThreadCapabilities>>>;

export interface OutboundAttachment {
  kind: string;
  /** Where the network may fetch it; ours when it was uploaded here. */
  url: string;
  mimeType?: string;
  name?: string;
  sizeBytes?: number;
  /** The bytes, for networks that want them uploaded; absent when only the address is known. */
  read?(): Promise<Buffer>;
}

/** An approved text of the network with its blanks filled in. */
export interface OutboundTemplate {
  name: string;
  /** The network's code of its language, `fa`, `en_US`. */
  language: string;
  /** Values by position, in the order of the template's blanks. */
  values: readonly string[];
}

/** A text the network has approved, with its blanks. */
export interface MessageTemplate {
  name: string;
  language: string;
  category?: string;
  header?: string;
  body: string;
  footer?: string;
  buttons: readonly string[];
  /** In the order values are given. */
  blanks: readonly { in: string; name: string }[];
}

export type TemplateList =
  | { status: 'found'; templates: readonly MessageTemplate[] }
  | { status: 'retry'; reason: string; afterMs?: number }
  | { status: 'refused'; reason: string };

/** The thread a message goes into, for networks that thread by headers. */
export interface OutboundThread {
  conversationId: string;
  ticketNumber?: number;
  subject?: string;
  /** Nobody has written in it yet: the subject is ours. */
  begins?: boolean;
  /** Network ids of the conversation's latest messages, both directions, oldest first, at most 20. */
  externalIds: readonly string[];
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
  template?: OutboundTemplate;
  thread?: OutboundThread;
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
  | {
      status: 'retry';
      reason: string;
      code?: string;
      afterMs?: number;
      /** `channel`: the whole account must wait, not only this message. Default `message`. */
      scope?: 'message' | 'channel';
    }
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

/** One step of reading at the network what it does not push, or did not. */
export interface PullRequest {
  /**
   * `poll`: what is new, for networks without push. `reconcile`: the last hours again, to find what the webhook did not
   * bring. `backfill`: everything since `since`, after connecting or a gap.
   */
  reason: 'poll' | 'reconcile' | 'backfill';
  /** Where the last step of this reason ended, in the connector's own JSON; null at the beginning. */
  cursor: unknown;
  since: Date;
  /** Ends a call that waits for news (long polling) when the process stops. */
  signal: AbortSignal;
}

export type PullOutcome =
  | {
      status: 'pulled';
      /** What came, in the network's own words; each is stored as a delivery and read by `parse`. */
      bodies: readonly unknown[];
      /** Kept only after the bodies are stored, so a crash repeats the step and loses nothing. */
      cursor: unknown;
      /** There is more right now. */
      more: boolean;
      /** When to come back, in milliseconds; default the connector's `pulls` interval. */
      nextMs?: number;
      /** What the step cost, in the network's unit (quota units, US dollars); summed by day. */
      cost?: { amount: number; unit: string };
    }
  | { status: 'retry'; reason: string; code?: string; afterMs?: number }
  | { status: 'reconnect'; reason: string; code: string }
  /** Repeating will not help until an admin changes something; the alarm says `fix`. */
  | { status: 'refused'; reason: string; code: string; fix?: string };

/** How a channel is to be pulled. */
export interface PullPlan {
  /** Milliseconds between two polls; 0 when a poll itself waits for news. Absent: no polling, the network pushes. */
  pollMs?: number;
  /** Milliseconds between two reconciliations. Absent: the network offers nothing to compare with. */
  reconcileMs?: number;
  /** How far back a first look may go, in milliseconds; absent when the network has no history. */
  backfillMs?: number;
  /** The most a day may cost, in the unit of `PullOutcome.cost`; then polling rests until the next day (UTC). */
  dailyBudget?: { amount: number; unit: string };
}

/** One thing looked at when asking whether a channel works. */
export interface HealthCheck {
  /** `token`, `scopes`, `account`, `subscription`, `webhook`, `rate`, `mailbox`, `sending`. */
  name: string;
  state: 'ok' | 'problem' | 'unknown';
  /** What was found, for people. */
  message: string;
  /** What to do about a problem, and who. */
  fix?: string;
  /** A problem that no call of ours can repair: alarms at once. */
  serious?: boolean;
}

export interface HealthReport {
  checks: readonly HealthCheck[];
  /** ISO instant at which the credentials die by themselves. */
  tokenExpiresAt?: string;
  /** Scopes we ask for and do not have. */
  missingScopes?: readonly string[];
}

export type RefreshOutcome =
  /** `credentials` replaces the stored ones in one transaction; keys left out are kept. */
  | { status: 'refreshed'; credentials: Credentials; expiresAt?: string }
  | { status: 'not_needed' }
  | { status: 'retry'; reason: string; afterMs?: number }
  | { status: 'reconnect'; reason: string; code: string };

/** Where the bytes of an attachment are now. */
export type MediaSource =
  | {
      status: 'found';
      url: string;
      headers?: Readonly<Record<string, string>>;
      /** Host names the address, and every redirect, must belong to (a leading dot allows subdomains); absent: any public host. */
      hosts?: readonly string[];
      /** The bytes themselves, when the network sent them along; `url` is then only a name. */
      bytes?: Buffer;
      sha256?: string;
      mimeType?: string;
      name?: string;
    }
  | { status: 'absent'; reason: string }
  | { status: 'retry'; reason: string; afterMs?: number }
  | { status: 'refused'; reason: string };

/** An attachment as an inbound event told it, with the message it belongs to. */
export interface MediaWanted {
  kind: string;
  url?: string;
  meta?: Readonly<Record<string, unknown>>;
  messageExternalId: string;
  /** What `parse` was given when the message came, for networks that send files along; undefined when it is not kept. */
  delivery?(): Promise<unknown>;
}

export interface CredentialField {
  name: string;
  required: boolean;
  help: string;
  /** Made by us when it is not given. */
  generated?: boolean;
}

/** A setting an admin may change, with what it means. Anything the reference calls inferred is one. */
export interface SettingField {
  name: string;
  type: 'text' | 'number' | 'boolean' | 'list';
  help: string;
  default?: string | number | boolean | readonly string[];
}

/**
 * A network: what its accounts can do, how its events are read, how messages reach it. Optional methods are abilities
 * the network has or has not; nothing outside a connector's folder asks for its name.
 *
 * A connector keeps no state of its own beyond hints, calls the network only through `egress(credentials)`, never throws
 * for what a network may answer, and puts no secret into a reason.
 */
export interface ChannelConnector {
  readonly kinds: readonly ChannelKind[];
  capabilities(kind: ChannelKind): ChannelCapabilities;
  /** Credential names a channel of this kind needs, with what each is for; checked when a channel is created. */
  credentialFields(kind: ChannelKind): readonly CredentialField[];
  /** There is no account elsewhere: the channel's public id is made up here. */
  readonly ownAccounts?: boolean;
  settingFields?(kind: ChannelKind): readonly SettingField[];
  /** @returns what is wrong with these settings, by field; nothing when they will do */
  checkSettings?(kind: ChannelKind, settings: ChannelSettings): readonly { path: string; problem: string }[];
  /** Where the network's deliveries come in; null when it pushes nothing. */
  door(kind: ChannelKind): WebhookDoor | null;
  /** Whether a body that came through a shared door is this connector's; absent: yes. */
  reads?(body: unknown): boolean;
  /** Pure and total: any value gives events, never an exception. */
  parse(body: unknown, context: ParseContext): InboundEvent[] | Promise<InboundEvent[]>;
  send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome>;
  /** Reads the thread back for a message in doubt (protocols rule: no provider here has an idempotency key). */
  lookup(
    channel: ConnectedChannel,
    message: OutboundMessage,
    sentAfter: Date,
    credentials: Credentials,
  ): Promise<LookupOutcome>;
  /** Ends in the same state however often it is done, so doubt is answered by doing it again. */
  moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    target: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome>;
  /** Changes the text of a message of ours that is out. */
  edit?(
    channel: ConnectedChannel,
    target: { messageExternalId: string; text: string; threadKind: ThreadKind; recipientExternalId: string },
    credentials: Credentials,
  ): Promise<SendOutcome>;
  /** Where a person can see the thing at the network itself: "open in …". */
  permalink?(
    channel: ConnectedChannel,
    target: {
      threadKind: ThreadKind;
      messageExternalId?: string;
      postExternalId?: string;
      recipientExternalId?: string;
    },
  ): string | undefined;
  /** The conversation a token of ours in a reply address names; null when we did not make it. */
  conversationOf?(token: string, credentials: Credentials): string | null;
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
  /** Whether a pushed event tells less than a reading would, so that the next comparison should come at once. */
  wantsReading?(this: void, event: InboundEvent): boolean;
  /** How this channel is pulled; absent or null: never. */
  pulls?(channel: ConnectedChannel): PullPlan | null;
  /** One bounded step of pulling. Stores nothing itself. */
  pull?(channel: ConnectedChannel, request: PullRequest, credentials: Credentials): Promise<PullOutcome>;
  /**
   * Holds a connection open and calls `onNews` when there is something to pull (IMAP IDLE). Resolves when the signal
   * ends it, rejects when the connection broke; the caller opens it again.
   */
  listen?(channel: ConnectedChannel, credentials: Credentials, onNews: () => void, signal: AbortSignal): Promise<void>;
  /** Where an attachment's bytes are; absent: at its `url`, on any public host. */
  media?(channel: ConnectedChannel, wanted: MediaWanted, credentials: Credentials): Promise<MediaSource>;
  /** Asks the network whether the channel works: token, scopes, account, subscription on each of its layers. */
  health?(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport>;
  /** Sets up the network's side (subscriptions, webhook address, watched fields) and tells how it stands after that. */
  subscribe?(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport>;
  /**
   * Undoes `subscribe`, when the last channel of the account is disconnected. Ends in the same state however often it is
   * done. @returns why the network did not do it; null when nothing is delivered any more
   */
  unsubscribe?(channel: ConnectedChannel, credentials: Credentials): Promise<string | null>;
  /** The approved texts that may be sent outside the window. */
  listTemplates?(channel: ConnectedChannel, credentials: Credentials): Promise<TemplateList>;
  /** Renews the credentials if they end before `until`. */
  refresh?(channel: ConnectedChannel, credentials: Credentials, until: Date): Promise<RefreshOutcome>;
  /** Connecting by the network's own consent page. */
  oauth?(kind: ChannelKind): OAuthNetwork | null;
}
