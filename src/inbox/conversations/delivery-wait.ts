import { wordsIfAny } from '../../refusals/refusal-words';
import type { Words } from '../../text/words';
import { LOOKS_AT_MOST, patience } from './delivery';

/** How a channel stands; instants as the database writes them. */
export interface ChannelStanding {
  now: string;
  channelState: 'active' | 'needs_reconnect' | 'disabled';
  channelReason: string | null;
  /** Set while the whole account waits. */
  pausedUntil: string | null;
  pauseReason: string | null;
}

/** What is known of a message of ours that is not settled, or of a change to one. */
export interface WaitFacts extends ChannelStanding {
  state: string;
  code: string | null;
  reason: string | null;
  waitUntil: string | null;
  /** Its place in the line of an account with a pace. */
  slotAt: string | null;
  sendingSince: string | null;
  looks: number;
  /** What goes first in the conversation. */
  before: { state: string; waitUntil: string | null; sendingSince: string | null } | null;
}

/** Why a message does not go, or what it is waited for. */
export type WaitCode =
  /** The network refuses our credentials; it goes when the channel is connected again. */
  | 'needs_reconnect'
  | 'channel_disabled'
  /** The whole account must wait: too fast, or a day's allowance is used up. */
  | 'pause'
  /** One before it in the conversation is not out. */
  | 'message_before'
  /** Left alone on purpose, so that it can be taken back. */
  | 'not_before'
  /** The account's pace. */
  | 'turn'
  /** It was tried, and is tried again. */
  | 'retry'
  /** The network was told and has not answered. */
  | 'answer'
  /** Nobody knows whether it is out: it is looked for. */
  | 'looking';

export interface DeliveryWait {
  for: WaitCode;
  since: Date | null;
  /** When it is tried or looked for next; null when that depends on a person, or on another message. */
  nextAt: Date | null;
  /** When a person is asked to decide, should nobody be able to tell by then. */
  decideAt: Date | null;
  /** What the network or the channel said. */
  reason: string | null;
  words: Words | null;
}

// A shorter wait is over before it is read.
const WORTH_TELLING_MS = 3_000;

/** The channel's own trouble: it holds whatever goes by the channel. */
export function channelWait(facts: ChannelStanding): DeliveryWait | null {
  if (facts.channelState === 'disabled') return wait('channel_disabled', { reason: facts.channelReason });
  if (facts.channelState === 'needs_reconnect') return wait('needs_reconnect', { reason: facts.channelReason });
  const pausedUntil = ahead(facts.pausedUntil, facts.now);
  return pausedUntil && wait('pause', { nextAt: pausedUntil, reason: facts.pauseReason });
}

/** Why a message is not settled; null while it simply is on its way. */
export function deliveryWait(facts: WaitFacts): DeliveryWait | null {
  const { state, now, reason } = facts;
  const since = state === 'queued' ? null : instant(facts.sendingSince);
  if (state === 'sending' && isJustCalled(since, now)) return null;
  const held = channelWait(facts);
  if (held) return { ...held, since };
  const later = ahead(facts.waitUntil, now);
  if (state === 'sending') return wait('answer', { since, nextAt: later });
  if (state === 'unknown')
    return wait('looking', { since, nextAt: later, decideAt: lastLook(later ?? new Date(now), facts.looks), reason });
  const first = facts.before;
  if (first && holdsUp(first, now))
    // of one that is being sent its answer is waited for, and nobody knows when that comes
    return wait('message_before', { nextAt: first.state === 'sending' ? null : ahead(first.waitUntil, now) });
  // each try that came to nothing leaves a reason
  if (later && reason === null) return wait('not_before', { nextAt: later });
  if (later && worthTelling(facts.waitUntil, now)) return wait('retry', { nextAt: later, reason });
  return worthTelling(facts.slotAt, now) ? wait('turn', { nextAt: instant(facts.slotAt) }) : null;
}

const isJustCalled = (since: Date | null, now: string): boolean =>
  !since || Date.parse(now) - since.getTime() < WORTH_TELLING_MS;

function holdsUp({ state, waitUntil, sendingSince }: NonNullable<WaitFacts['before']>, now: string): boolean {
  if (state === 'sending') return !isJustCalled(instant(sendingSince), now);
  return state === 'unknown' || worthTelling(waitUntil, now);
}

/** When the last look is due if each before it could not tell. */
function lastLook(next: Date, looks: number): Date {
  let at = next.getTime();
  for (let look = looks; look < LOOKS_AT_MOST; look += 1) at += patience(look);
  return new Date(at);
}

const wait = (code: WaitCode, known: Partial<Omit<DeliveryWait, 'for' | 'words'>>): DeliveryWait => ({
  for: code,
  since: null,
  nextAt: null,
  decideAt: null,
  reason: null,
  ...known,
  words: wordsIfAny(known.reason ?? null),
});

const instant = (at: string | null): Date | null => (at === null ? null : new Date(at));

const ahead = (at: string | null, now: string): Date | null => {
  const then = instant(at);
  return then && then.getTime() > Date.parse(now) ? then : null;
};

const worthTelling = (at: string | null, now: string): boolean =>
  at !== null && Date.parse(at) - Date.parse(now) >= WORTH_TELLING_MS;
