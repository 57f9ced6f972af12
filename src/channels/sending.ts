import type { ThreadKind } from '../inbox/conversations/inbound-event';
import type { Visibility } from './capabilities';

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
  /** The comment being answered stands under a broadcast. */
  underBroadcast?: true;
  template?: OutboundTemplate;
  thread?: OutboundThread;
  /** `human_window`: outside the ordinary window, written by a human, so the human-agent tag applies. */
  window: 'standard' | 'human_window';
  author: 'agent' | 'bot';
}

/** Of a network no connection is made to: the channel waits, a little longer after each try. */
export const UNREACHABLE = 'unreachable';

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

/** `done` also where there is nothing left to tell. */
export type PressOutcome = { status: 'done' } | { status: 'retry'; reason: string; afterMs?: number };
