/** As much of the API's answers as the demo reads. */
export interface Ticket {
  id: string;
  number: number;
  kind: 'comment' | 'dm';
  status: string;
  preview: string;
  previewDirection: 'in' | 'out' | 'note' | null;
  lastMessageAt: string;
  conversationId: string;
  contact: { id: string; name: string | null };
  channel: { kind: string };
  assignee: { id: string; name: string } | null;
  snoozedUntil: string | null;
  tags: readonly string[];
  mergedInto: { id: string } | null;
}

export interface Message {
  conversationId: string;
  id: string;
  seq: number;
  direction: 'in' | 'out' | 'note';
  visibility: 'public' | 'private' | 'internal';
  author: { kind: 'contact' | 'agent' | 'bot' | 'account' | 'rule' | 'system'; name: string | null };
  text: string;
  deletedAt: string | null;
  attachments: { kind: string; state: string }[];
  delivery: { state: string; reason: string | null } | null;
  suggestion: { id: string; answer: string; mode: 'suggested' | 'sent'; outcome: string | null } | null;
}

export interface PromisedCall {
  id: string;
  state: string;
  /** Whole only for whoever has it in hand. */
  phone: string;
  attempts: { stage: string; outcome: string | null }[];
}

/** What can be done in a conversation now. */
export interface Capabilities {
  privateReply: { available: boolean } | null;
  moderation: readonly string[];
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
