/** The shapes of `/api/v1`. Instants are ISO strings. */
export type TicketStatus = 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed';
export type Priority = 'low' | 'normal' | 'high' | 'urgent';
export type ThreadKind = 'comment' | 'dm';
export type ChannelKind =
  | 'facebook'
  | 'instagram'
  | 'whatsapp'
  | 'telegram'
  | 'bale'
  | 'rubika'
  | 'eitaa'
  | 'x'
  | 'linkedin'
  | 'youtube'
  | 'email'
  | 'webchat'
  | 'api';
export type Visibility = 'public' | 'private';
export type Role = 'owner' | 'admin' | 'lead' | 'agent' | 'analyst' | 'crm_viewer';
export type PresenceState = 'online' | 'away' | 'break' | 'draining' | 'offline';
export type DeliveryState = 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown';
export type ModerationAction = 'hide' | 'unhide' | 'delete' | 'like' | 'unlike' | 'block' | 'unblock';
export type InboundState = 'received' | 'applied' | 'ignored' | 'unsupported' | 'refused' | 'failed';
export type TicketView = 'mine' | 'unassigned' | 'queue' | 'all' | 'snoozed' | 'following' | 'solved';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  /** The event position this read is at least as new as, where the list is part of the live inbox. */
  position?: number;
}

export interface Named {
  id: string;
  name: string;
}

export interface Brand extends Named {
  /** Since when it takes no new channels; null: in use. */
  archivedAt: string | null;
}

export interface Session {
  agent: Named & { email: string; role: Role; locale: 'fa' | 'en'; capacity: number };
  workspace: Named & { slug: string; locale: 'fa' | 'en'; timeZone: string };
  permissions: string[];
  csrfToken: string;
  serverTime?: string;
}

export interface ChannelRef extends Named {
  kind: ChannelKind;
}

export interface SourcePost {
  id: string;
  text: string | null;
  permalink: string | null;
  mediaUrl: string | null;
  kind: string | null;
}

export interface Ticket {
  id: string;
  number: number;
  status: TicketStatus;
  priority: Priority;
  kind: ThreadKind;
  subject: string | null;
  preview: string;
  previewDirection: 'in' | 'out' | 'note';
  /** What a network’s notice says that stands as subject or preview. */
  subjectWords?: Words;
  previewWords?: Words;
  position: number;
  version: number;
  contact: { id: string; name: string | null; handle: string | null; avatarUrl: string | null };
  channel: ChannelRef;
  brandId: string;
  team: Named | null;
  assignee: Named | null;
  conversationId: string;
  post: SourcePost | null;
  queue: Named | null;
  /** What it is to routing: `dm`, `comment`, `letter`, `call` … */
  workType: string;
  type: string | null;
  tags: string[];
  language: string | null;
  /** Custom fields by key. */
  fields: Record<string, unknown>;
  /** How the work ended where no answer was it: `no_answer_needed`, `merged` … */
  resolution: string | null;
  snoozedUntil: string | null;
  /** Not empty while it is snoozed. */
  wakeOn: string[];
  mergedInto: { id: string; number: number } | null;
  /** The incident it belongs to. */
  parent: { id: string; number: number; subject: string } | null;
  waitingSince: string | null;
  dueAt: string | null;
  firstRespondedAt: string | null;
  lastMessageAt: string;
  solvedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface TextLimit {
  max: number;
  unit: 'utf8_bytes' | 'utf16_units' | 'characters' | 'x_weighted';
}

export interface Capabilities {
  /** What the channel can do in such a thread at all; `refusals` says what it will not take at this moment. */
  reply: Visibility[];
  textLimit: TextLimit;
  window: { kind: 'standard' | 'human' | 'closed' | 'none'; closesAt: string | null };
  privateReply: {
    available: boolean;
    reason: string | null;
    expiresAt: string | null;
    /** Only while the broadcast above the comment runs. */
    whileLive?: boolean;
    textLimit?: TextLimit;
  } | null;
  moderation: ModerationAction[];
  /** Those of them that are possible with our own words only. */
  moderationOwnOnly?: ModerationAction[];
  /** Kinds of file that go out here, each up to its size. Absent: none. */
  attachments?: { kind: string; maxBytes: number }[];
  /** How many of text and files one message joins; more of them become messages of their own. Absent: any number. */
  partsTogether?: number;
  /** How long a text may be that goes with a file. Absent: as long as any. */
  captionLimit?: TextLimit;
  /** An approved text may be sent, outside the window too. */
  templates?: boolean;
  /** Milliseconds in which our own text may be changed; null always, absent never. */
  editSentMs?: number | null;
  refusals: { public?: string; private?: string };
}

export interface ConversationState {
  id: string;
  handler: 'bot' | 'human';
  kind: ThreadKind;
  /** Since when nothing reaches the customer here: blocked, left, gone. */
  unreachableSince?: string | null;
}

/** A conversation whose words are work of a ticket. */
export interface TicketThread extends ConversationState {
  channel: ChannelRef;
  contact: { id: string; name: string | null };
  /** Joined from elsewhere: merged, or continued by e-mail. */
  joined: boolean;
  /** Why what is sent there would be held. */
  holds?: Waiting | null;
  /** Null when nobody can tell what is possible there. */
  capabilities: Capabilities | null;
}

/** Another ticket, as it is named beside one. */
export interface TicketName {
  id: string;
  number: number;
  subject: string;
  status: TicketStatus;
}

export type LinkKind = 'related' | 'duplicate' | 'causes';

export interface TicketDetail extends Ticket {
  /** Null when nobody can tell what is possible; then only notes are. */
  capabilities: Capabilities | null;
  conversation: ConversationState;
  /** All of its conversations, its own first. */
  conversations: TicketThread[];
  followers: Named[];
  links: (TicketName & { kind: LinkKind; direction: 'out' | 'in' })[];
  /** What belongs to it as an incident; `items` are the first of them. */
  children: { count: number; items: TicketName[] };
  /** Other conversations in which the same person says the same, the latest first. */
  repeats: TicketRepeat[];
}

export interface TicketRepeat {
  ticketId: string;
  number: number;
  status: TicketStatus;
  conversationId: string;
  threadKind: ThreadKind;
  channel: Named & { kind: ChannelKind };
  post: { id: string; text: string | null; permalink: string | null } | null;
  /** Their latest such word there. */
  messageId: string;
  at: string;
  answered: boolean;
  count: number;
}

export interface TicketCounts {
  mine: number;
  unassigned: number;
  all: number;
  breached: number;
  /** Counting stops here; a number equal to it means "or more". */
  capped: number;
}

export interface BotSuggestion {
  id: string;
  articleId: string;
  title: string;
  answer: string;
  /** 0 to 1. */
  score: number;
  locale: 'fa' | 'en';
  mode: 'suggested' | 'sent';
  outcome: 'accepted' | 'dismissed' | null;
}

export interface Attachment {
  id: string;
  kind: string;
  url: string | null;
  name: string | null;
  mimeType: string | null;
  sizeBytes?: number | null;
  /** `linked`: only at the network; `gone`: the network has it no more. */
  state?: 'linked' | 'pending' | 'stored' | 'failed' | 'gone';
  error?: string | null;
  /** The network lets it be shown until then only. */
  keepUntil?: string | null;
  /** Taken away when its time was over, with the reason as a code. */
  removed?: { reason: string; at: string } | null;
  meta: Record<string, unknown> | null;
}

/** A file sent along, as the upload route keeps it. */
export interface Upload {
  id: string;
  kind: string;
  name: string;
  mimeType: string;
  sizeBytes: number;
}

export interface Message {
  id: string;
  conversationId: string;
  ticketId: string | null;
  /** Where it stands; what came late stands among what is older. */
  seq: number;
  /** As which one of the thread it came. */
  arrival?: number;
  direction: 'in' | 'out' | 'note';
  visibility: Visibility | 'internal';
  author: { kind: 'contact' | 'agent' | 'bot' | 'rule' | 'account' | 'system'; id: string | null; name: string | null };
  text: string;
  /** What a network’s notice in place of a message says. */
  textWords?: Words | null;
  subtype: string | null;
  parentMessageId: string | null;
  replyToMessageId: string | null;
  attachments: Attachment[];
  /** There is more than `text` shows: the whole of a letter, with what it quotes. */
  original?: 'html' | 'text' | null;
  /** `own`: ours is among them. */
  reactions: { emoji: string | null; reaction: string; count: number; own: boolean }[];
  networkAt: string;
  receivedAt: string;
  editedAt: string | null;
  versions: number;
  hiddenAt: string | null;
  deletedAt: string | null;
  deletedBy: { kind: string; id?: string; name?: string } | null;
  deleteReason: string | null;
  delivery: {
    state: DeliveryState;
    reason: string | null;
    code: string | null;
    words?: Words | null;
    waiting?: Waiting | null;
  } | null;
  /** Another text for our message that the network has not taken: on its way, or refused and why. */
  edit?: {
    state: 'waiting' | 'refused';
    text: string;
    at: string;
    reason: string | null;
    words: Words | null;
    waiting: Waiting | null;
  } | null;
  suggestion: BotSuggestion | null;
  /** Said before or again by the same person, here or elsewhere; absent while nobody has looked. */
  repeats?: { count: number; firstMessageId: string; sameThread: boolean } | null;
  /** Many people write the same just then. */
  wave?: { people: number; since: string } | null;
  /** Facts of a phone call, where the message is one. */
  call?: CallFacts | null;
}

/** Why a message of ours does not go, or what it is waited for. */
export interface Waiting {
  for:
    | 'needs_reconnect'
    | 'channel_disabled'
    | 'pause'
    | 'message_before'
    | 'not_before'
    | 'turn'
    | 'retry'
    | 'answer'
    | 'looking';
  since: string | null;
  nextAt: string | null;
  /** When a person is asked to decide, should nobody be able to tell by then. */
  decideAt: string | null;
  reason: string | null;
  words: Words | null;
}

export interface CallFacts {
  callId: string;
  /** A word of the product itself about the call, in place of an attempt. */
  code?: string;
  attempts?: number;
  attempt?: number;
  outcome?: string | null;
  durationMs?: number | null;
  startedAt?: string;
  recordingUrl?: string | null;
  errorCode?: string | null;
}

export interface TimelineEntry {
  position: number;
  at: string;
  type: string;
  actor: { kind: string; id?: string; name?: string | null };
  data: Record<string, unknown>;
}

export interface SlaClock {
  id: string;
  kind: string;
  policy: { id: string; name: string | null };
  hours: 'business' | 'wall';
  calendar: { id: string; name: string; timeZone: string } | null;
  startedAt: string;
  targetMs: number | null;
  /** Null while it is paused. */
  dueAt: string | null;
  metAt: string | null;
  breached: boolean;
  cancelledAt: string | null;
  pausedSince: string | null;
  /** In time that counts; null when it is over. */
  remainingMs: number | null;
  explanation: {
    from: string;
    to: string;
    counted: boolean;
    why: string;
    holiday?: { name: { fa: string; en: string } };
    pausedBy?: string;
  }[];
  /** Rows after those given. */
  explanationLeftOut: number;
  /** Why it is due when it is, in sentences. */
  text: { fa: string; en: string };
}

export interface Contact {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  locale: string | null;
  tier?: string | null;
  /** Set when this contact is part of another now. */
  mergedInto?: string | null;
  identities: {
    id: string;
    channel: ChannelRef;
    externalId: string;
    handle: string | null;
    name: string | null;
    /** Whose it was before a merge. */
    mergedFrom?: string | null;
  }[];
  tickets: Ticket[];
  /** Null where no CRM is part of the installation. */
  crm: {
    state: 'linked' | 'unlinked' | 'ambiguous' | 'none';
    method: string | null;
    matchedType: string | null;
    matchedId: string | null;
    url: string | null;
    syncedAt: string | null;
    pending: number;
    trouble: { code: string; message: string; words?: Words } | null;
  } | null;
}

export interface Agent extends Named {
  email?: string;
  role: Role;
  presence: PresenceState;
  teamIds: string[];
  load: number;
  capacity: number;
  /** Kept out since; absent or null: at work here. */
  disabledAt?: string | null;
}

export interface Team extends Named {
  assignment?: 'push' | 'pull';
}

export interface Channel extends ChannelRef {
  brandId: string;
  teamId: string | null;
  externalId: string;
  settings?: Record<string, unknown>;
  credentialsSet?: string[];
  state: 'active' | 'needs_reconnect' | 'disabled';
  stateReason: string | null;
  stateReasonWords?: Words | null;
  lastEventAt: string | null;
  /** It is followed but not answered: notices go out on it. */
  takesNotices?: boolean;
}

/** One thing said to a person, in both languages. */
export interface Words {
  fa: string;
  en: string;
}

export interface CredentialField {
  name: string;
  label: Words;
  required: boolean;
  help: Words;
  /** Made by the server when left empty. */
  generated?: boolean;
}

export type SettingValue = string | number | boolean | readonly string[];

export interface SettingField {
  name: string;
  label: Words;
  type: 'text' | 'number' | 'boolean' | 'list';
  help: Words;
  default?: SettingValue;
}

export interface ChannelKindInfo {
  kind: ChannelKind;
  credentialFields: CredentialField[];
  settingFields?: SettingField[];
  /** What the workspace's app for the network's consent page is stored under; null where there is no such page. */
  oauth?: string | null;
}

export interface HealthCheck {
  name: string;
  state: 'ok' | 'problem' | 'unknown';
  message: Words;
  fix?: Words;
  serious?: boolean;
}

export interface HealthReport {
  checks: HealthCheck[];
  tokenExpiresAt?: string;
  missingScopes?: string[];
}

export interface ChannelAlarm {
  id: string;
  name: string;
  message: Words;
  fix: Words | null;
  raisedAt: string;
  clearedAt: string | null;
}

/** One that is open, with the channel it is of. */
export interface OpenAlarm extends Omit<ChannelAlarm, 'clearedAt'> {
  channel: ChannelRef;
}

export interface ChannelHealth {
  report: HealthReport | null;
  reportedAt: string | null;
  alarms: ChannelAlarm[];
  lastEventAt: string | null;
  /** How many events its own rhythm lets one expect since the last; null until the rhythm is known. */
  silence: { expected: number; unlike: boolean } | null;
  webhookUrl: string | null;
}

export interface ChannelPulls {
  plan: {
    pollMs?: number;
    reconcileMs?: number;
    backfillMs?: number;
    dailyBudget?: { amount: number; unit: string };
  } | null;
  pulls: {
    reason: string;
    dueAt: string | null;
    failures: number;
    error: string | null;
    errorWords?: Words | null;
    lastOkAt: string | null;
    /** What it found that nobody had pushed. */
    found: number;
    lastFoundAt: string | null;
  }[];
  costs: { day: string; unit: string; amount: number }[];
}

export type SendOutcome =
  | { status: 'sent'; externalId: string }
  | { status: 'unknown' | 'retry' | 'failed' | 'reconnect'; reason: string; words?: Words };

/** Our registration at a network; its secret never comes back. */
export interface OAuthApp {
  network: string;
  clientId: string;
  settings: { apiBaseUrl?: string };
  updatedAt: string;
}

export interface ConnectableAccount {
  kind: ChannelKind;
  externalId: string;
  name: string;
  handle?: string;
  avatarUrl?: string;
  missingScopes: string[];
  problem?: string;
  problemWords?: Words;
  connected: boolean;
}

/** One going-through of a network's consent page. */
export interface Connection {
  id: string;
  kind: ChannelKind;
  state: 'begun' | 'granted' | 'refused' | 'done';
  reason: string | null;
  words?: Words | null;
  scopes: { scope: string; why: { fa: string; en: string } }[];
  accounts: ConnectableAccount[];
}

export interface MessageTemplate {
  name: string;
  language: string;
  category?: string;
  header?: string;
  body: string;
  footer?: string;
  /** Its blanks in the order values are given; `name` stands between the braces of the text. */
  blanks: { in: 'header' | 'body' | 'button'; name: string }[];
}

/** Many messages moderated at once. */
export interface ModerationBatch {
  id: string;
  action: ModerationAction;
  reason: string;
  undoOf: string | null;
  undoneBy: string | null;
  total: number;
  done: number;
  failed: { messageId: string; code: string; reason: string; words?: Words }[];
  finishedAt: string | null;
}

export interface FaqArticle {
  id: string;
  locale: 'fa' | 'en';
  title: string;
  phrasings: string[];
  answer: string;
  autoSend: boolean;
  enabled: boolean;
}

export interface InboundEvent {
  id: string;
  channelId: string | null;
  type: string;
  state: InboundState;
  reason: string | null;
  words?: Words | null;
  attempts: number;
  occurredAt: string | null;
  receivedAt: string;
  appliedAt: string | null;
}

export interface InboundEventDetail extends InboundEvent {
  headers: Record<string, unknown> | null;
  /** The body as it came in; null where the delivery is shared with another workspace. */
  raw: string | null;
  /** Our own slice of a shared delivery. */
  payload?: unknown;
}

export interface ParkedJob {
  id: string;
  queue: string;
  name: string;
  payload: Record<string, unknown>;
  attempts: number;
  maxAttempts: number;
  lastError: string | null;
  lastErrorWords?: Words | null;
  parkedAt: string | null;
  createdAt: string;
}

export interface CrmConnection {
  loginUrl: string;
  clientId: string;
  username: string;
  state: 'active' | 'paused' | 'needs_attention';
  stateReason: string | null;
  stateReasonWords?: Words | null;
  pausedUntil: string | null;
}

/** What was refused until someone looks, gathered by kind and reason. */
export interface CrmParked {
  entity: 'contact' | 'conversation' | 'message';
  code: string;
  count: number;
  error: string | null;
  words?: Words;
  /** The newest of them. */
  entityId: string;
  parkedAt: string;
}

export interface CrmQueue {
  waiting: number;
  retrying: number;
  parkedCount: number;
  parked: CrmParked[];
  lagMs: number;
  lastSyncAt: string | null;
  apiUsage: { used: number; limit: number } | null;
}

export interface CrmCheck {
  ok: boolean;
  missing: { object: string; fields: string[] }[];
  failure: { code: string; message: string; words?: Words } | null;
}

/** One event as a socket delivers it; `data` belongs to `type` as the server records it. */
export interface ClientEvent {
  position: number;
  type: string;
  workspaceId: string;
  at: string;
  actor: { kind: string; id?: string };
  ticketId: string | null;
  conversationId: string | null;
  contactId: string | null;
  messageId: string | null;
  data: Record<string, unknown>;
}

export interface Viewer extends Named {
  typing: boolean;
}
