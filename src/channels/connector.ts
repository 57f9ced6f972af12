import type { InboundEvent, ThreadKind } from '../inbox/conversations/inbound-event';
import type { ChannelCapabilities, ModerationAction, ModerationTarget, NoticeRules } from './capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from './channel';
import type { CredentialField, RefreshOutcome, SettingField } from './credentials';
import type { BroadcastState, Description, MessageFacts, PersonFacts, PostFacts } from './describing';
import type { ParseContext, WebhookDoor } from './door';
import type { HealthReport } from './health';
import type { MediaSource, MediaWanted } from './media';
import type { OAuthNetwork } from './oauth-network';
import type { PullOutcome, PullPlan, PullRequest } from './pulling';
import type { LookupOutcome, OutboundMessage, PressOutcome, SendOutcome, TemplateList } from './sending';

/**
 * A network: what its accounts can do, how its events are read, how messages reach it. Optional methods are abilities
 * the network has or has not; nothing outside a connector's folder asks for its name.
 *
 * A connector keeps no state of its own beyond hints, calls the network only through `egress(credentials)`, never throws
 * for what a network may answer, and puts no secret into a reason.
 */
export interface ChannelConnector {
  readonly kinds: readonly ChannelKind[];
  /** @param settings of the channel, where a limit is configurable; absent: the usual ones */
  capabilities(kind: ChannelKind, settings?: ChannelSettings): ChannelCapabilities;
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
  /** What goes out where there are no threads; absent: everything goes into one. Nothing sent so can be read back. */
  notices?(channel: Pick<ConnectedChannel, 'externalId' | 'settings'>): NoticeRules;
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
  /** Tells the network that a press of a button has been taken, so that it stops showing it as busy. Late is harmless. */
  takePress?(
    channel: ConnectedChannel,
    meta: Readonly<Record<string, unknown>>,
    credentials: Credentials,
  ): Promise<PressOutcome>;
  /** Whether a failure with this code says that there is nobody at the person's address; absent: failures never do. */
  nobodyThere?(code: string): boolean;
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
  /** Whether a broadcast still runs, for networks that take answers to its comments only so long. */
  broadcasts?(channel: ConnectedChannel, postExternalId: string, credentials: Credentials): Promise<BroadcastState>;
  /** Reads who is behind an id, for networks whose events carry no name. */
  describePerson?(
    channel: ConnectedChannel,
    personExternalId: string,
    credentials: Credentials,
  ): Promise<Description<PersonFacts>>;
  /** Reads a message that an event named only by id (its `meta.textUntold` is true). */
  describeMessage?(
    channel: ConnectedChannel,
    messageExternalId: string,
    credentials: Credentials,
  ): Promise<Description<MessageFacts>>;
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
