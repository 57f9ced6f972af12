import type { InboundAttachment, InboundEvent } from './inbound-event';
import type { SurveyKind } from './survey-score';

export interface KnownMessage {
  channelId: string;
  externalId: string;
  messageId: string | null;
  conversationId: string | null;
  deletedAt: Date | null;
  /** Made from an edit: its original, should it come, is history. */
  madeByEdit: boolean;
  /** Rank of the richest way it was told in so far. */
  form: number;
}

/** What a network id was found to carry when a message took it. */
export interface ClaimedKey {
  deletedAt: Date | null;
  deletedBy: string | null;
  /** Changes that came before the message, by event key. */
  early: Record<string, EarlyChange> | null;
}

/** An event that waits for the message it speaks of. */
export interface EarlyChange {
  event: InboundEvent;
  /** ISO instant. */
  receivedAt: string;
}

/** A send of ours that no echo has confirmed yet. */
export interface UnconfirmedSend {
  id: string;
  conversation_id: string;
  channel_id: string;
  contact_id: string;
  kind: 'comment' | 'dm';
  visibility: 'public' | 'private';
  text: string;
  ticket_id: string | null;
  team_id: string | null;
  assignee_id: string | null;
  delivery_state: string;
}

/** What an event tells of a person. */
export interface PersonTold {
  workspaceId: string;
  channelId: string;
  externalId: string;
  /** Every id they go by here, in the order in which they lead to a contact. */
  names: readonly string[];
  name: string | null;
  handle: string | null;
  avatarUrl: string | null;
  phone: string | null;
  email: string | null;
  emailVerified: boolean;
  locale: string | null;
  /** When it was told, by the network's time. */
  at: Date;
}

export interface IdentityRow {
  workspaceId: string;
  id: string;
  contactId: string;
  channelId: string;
  externalId: string;
  name: string | null;
  handle: string | null;
  avatarUrl: string | null;
  /** Since when the person goes by another id; what comes under this one later is somebody else's. */
  supersededAt: Date | null;
  /** Since when it is this person's, where somebody else had it before. */
  heldSince: Date | null;
  /** Since when nothing reaches them, by what was told of that last. */
  unreachableAt: Date | null;
}

export interface NewIdentity extends Omit<IdentityRow, 'supersededAt' | 'heldSince' | 'unreachableAt'> {
  /** The contact is made with it. */
  newContact: boolean;
}

export interface PostRow {
  workspaceId: string;
  id: string;
  channelId: string;
  externalId: string;
  kind: string | null;
  text: string | null;
  permalink: string | null;
  mediaUrl: string | null;
  publishedAt: Date | null;
}

export interface ConversationRow {
  workspaceId: string;
  id: string;
  channelId: string;
  brandId: string;
  contactId: string;
  identityId: string;
  kind: 'comment' | 'dm';
  postId: string | null;
  threadKey: string;
}

/** A conversation as locked: what the plan needs to number messages and count tickets. */
export interface LockedConversation extends ConversationRow {
  lastSeq: number;
  ticketCount: number;
  /** Another thread's ticket, whose work this thread's words are. */
  joinedTicketId: string | null;
  lastMessageAt: Date | null;
  lastInboundAt: Date | null;
  lastInboundMessageId: string | null;
  lastOutboundAt: Date | null;
  handler: 'bot' | 'human';
  /** Until when a bare number is the answer to a survey, and which; null when none was asked. */
  surveyUntil: Date | null;
  surveyKind: SurveyKind | null;
  /** The thread in which this one goes on. */
  mergedIntoId: string | null;
}

export interface MessageRow {
  workspaceId: string;
  id: string;
  conversationId: string;
  ticketId: string | null;
  channelId: string;
  seq: number;
  direction: 'in' | 'out';
  visibility: 'public' | 'private';
  authorKind: 'contact' | 'account';
  authorId: string | null;
  authorName: string | null;
  externalId: string;
  parentExternalId: string | null;
  replyToMessageId: string | null;
  subtype: string | null;
  text: string;
  meta: Record<string, unknown> | null;
  networkAt: Date;
  receivedAt: Date;
  deletedAt: Date | null;
  deletedBy: string | null;
  /** Set for what is filed among older messages; its exact value follows when the thread is known. */
  place: number | null;
  /** Something newer, or its answer, stood in the thread when it came. */
  late: boolean;
  /** The album it is the first known part of. */
  groupKey: string | null;
  attachments: readonly InboundAttachment[];
}
