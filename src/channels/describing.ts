import type { InboundAuthor, InboundPost } from '../inbox/conversations/inbound-event';

/** What a network tells of a post, a person or a message when asked. Expected refusals are data, not exceptions. */
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

/** The words of a message that was announced without them, and whoever wrote it, where the network says. */
export interface MessageFacts {
  text: string;
  author?: PersonFacts;
}

/** Whether a broadcast runs, as far as the network tells. */
export type BroadcastState =
  | { status: 'running' }
  | { status: 'over' }
  /** `afterMs` is how long the network asks us to wait, in milliseconds. */
  | { status: 'cannot_tell'; reason: string; afterMs?: number };

/** What a send fails with because the broadcast it answers a comment of is over. */
export const BROADCAST_OVER = 'broadcast_over';
