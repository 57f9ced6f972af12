/** The shapes of `/api/v1`. Instants are ISO strings. */
export type TicketStatus = 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed';
export type Priority = 'low' | 'normal' | 'high' | 'urgent';
export type ThreadKind = 'comment' | 'dm';
export type ChannelKind = 'facebook' | 'instagram' | 'webchat';
export type Visibility = 'public' | 'private';
export type Role = 'owner' | 'admin' | 'lead' | 'agent' | 'analyst' | 'crm_viewer';
export type PresenceState = 'online' | 'away' | 'offline';
export type DeliveryState = 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown';
export type ModerationAction = 'hide' | 'unhide' | 'delete' | 'like';
export type InboundState = 'received' | 'applied' | 'ignored' | 'unsupported' | 'refused' | 'failed';
export type TicketView = 'mine' | 'unassigned' | 'queue' | 'all' | 'solved';

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
  position: number;
  version: number;
  contact: { id: string; name: string | null; handle: string | null; avatarUrl: string | null };
  channel: ChannelRef;
  brandId: string;
  team: Named | null;
  assignee: Named | null;
  conversationId: string;
  post: SourcePost | null;
  waitingSince: string | null;
  dueAt: string | null;
  firstRespondedAt: string | null;
  lastMessageAt: string;
  solvedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface Capabilities {
  /** What the channel can do in such a thread at all; `refusals` says what it will not take at this moment. */
  reply: Visibility[];
  textLimit: { max: number; unit: 'utf8_bytes' | 'utf16_units' | 'characters' };
  window: { kind: 'standard' | 'human' | 'closed' | 'none'; closesAt: string | null };
  privateReply: { available: boolean; reason: string | null; expiresAt: string | null } | null;
  moderation: ModerationAction[];
  refusals: { public?: string; private?: string };
}

export interface TicketDetail extends Ticket {
  /** Null when nobody can tell what is possible; then only notes are. */
  capabilities: Capabilities | null;
  conversation: { id: string; handler: 'bot' | 'human'; kind: ThreadKind };
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
  meta: Record<string, unknown> | null;
}

export interface Message {
  id: string;
  conversationId: string;
  ticketId: string | null;
  seq: number;
  direction: 'in' | 'out' | 'note';
  visibility: Visibility | 'internal';
  author: { kind: 'contact' | 'agent' | 'bot' | 'account' | 'system'; id: string | null; name: string | null };
  text: string;
  subtype: string | null;
  parentMessageId: string | null;
  replyToMessageId: string | null;
  attachments: Attachment[];
  reactions: { emoji: string | null; reaction: string; count: number }[];
  networkAt: string;
  receivedAt: string;
  editedAt: string | null;
  versions: number;
  hiddenAt: string | null;
  deletedAt: string | null;
  deletedBy: { kind: string; id?: string; name?: string } | null;
  deleteReason: string | null;
  delivery: { state: DeliveryState; reason: string | null; code: string | null } | null;
  suggestion: BotSuggestion | null;
}

export interface TimelineEntry {
  position: number;
  at: string;
  type: string;
  actor: { kind: string; id?: string; name?: string | null };
  data: Record<string, unknown>;
}

export interface SlaClock {
  kind: string;
  policy: { id: string; name: string | null };
  startedAt: string;
  targetMs: number;
  dueAt: string;
  metAt: string | null;
  breached: boolean;
  cancelledAt: string | null;
  explanation: { from: string; to: string; counted: boolean; why: string }[];
}

export interface Contact {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  locale: string | null;
  identities: { id: string; channel: ChannelRef; externalId: string; handle: string | null; name: string | null }[];
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
    trouble: { code: string; message: string } | null;
  } | null;
}

export interface Agent extends Named {
  email?: string;
  role: Role;
  presence: PresenceState;
  teamIds: string[];
  load: number;
  capacity: number;
}

export interface Team extends Named {
  assignment?: 'push' | 'pull';
}

export interface Channel extends ChannelRef {
  brandId: string;
  teamId: string | null;
  externalId: string;
  state: 'active' | 'needs_reconnect' | 'disabled';
  stateReason: string | null;
  lastEventAt: string | null;
}

export interface ChannelKindInfo {
  kind: ChannelKind;
  credentialFields: { name: string; required: boolean; help: string }[];
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
  parkedAt: string | null;
  createdAt: string;
}

export interface CrmConnection {
  loginUrl: string;
  clientId: string;
  username: string;
  state: 'active' | 'paused' | 'needs_attention';
  stateReason: string | null;
  pausedUntil: string | null;
}

/** What was refused until someone looks, gathered by kind and reason. */
export interface CrmParked {
  entity: 'contact' | 'conversation' | 'message';
  code: string;
  count: number;
  error: string | null;
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
  failure: { code: string; message: string } | null;
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
