/** One word of a customer, as it is compared. */
export interface Said {
  messageId: string;
  conversationId: string;
  contactId: string;
  fingerprint: string;
  telling: boolean;
  at: Date;
}

/** What a message is repeated by. */
export interface Repeats {
  /** How often it was said, this time included. */
  count: number;
  /** Who said it first, by the network's time. */
  firstMessageId: string;
  /** All of it stands in one thread. */
  sameThread: boolean;
}

/** What a workspace settles about repeats. */
export interface RepeatSettings {
  /** Two equal words further apart are two matters. */
  spanDays: number;
  /** A fresh ticket that only repeats one still under work goes on in that one. */
  merge: boolean;
  /** So many people with one text … */
  wavePeople: number;
  /** … within so many minutes are a wave. */
  waveMinutes: number;
}

export const DEFAULT_REPEAT_SETTINGS: RepeatSettings = {
  spanDays: 7,
  merge: false,
  wavePeople: 5, // four may be a family; networks take five for a pattern, too
  waveMinutes: 60,
};

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
/** "ok" and "ok" are one word only as long as nobody can have said something in between. */
const SMALL_WORD_MS = 5 * MINUTE_MS;

export const LIMITS = {
  spanDays: { min: 1, max: 30 },
  wavePeople: { min: 3, max: 1_000 },
  waveMinutes: { min: 5, max: 1_440 },
} as const;

/** @param stored `workspaces.settings.repeats`; whatever is missing or makes no sense is as by default */
export function readRepeatSettings(stored: unknown): RepeatSettings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const settings = { ...DEFAULT_REPEAT_SETTINGS };
  for (const key of ['spanDays', 'wavePeople', 'waveMinutes'] as const) {
    const [value, { min, max }] = [given[key], LIMITS[key]];
    if (typeof value === 'number' && value >= min && value <= max) settings[key] = value;
  }
  return { ...settings, merge: given['merge'] === true };
}

/**
 * The repeats among words, each group in the order in which it was said, the original first; what was said once is in
 * none. One person's equal words are a chain for as long as each is within the span of the one before; small words make
 * one only in the same thread and within minutes. The order in which the words came here does not matter.
 */
export function groupsOf(words: readonly Said[], spanMs: number): Said[][] {
  const same = new Map<string, Said[]>();
  for (const word of words) {
    const key = [word.contactId, word.fingerprint, word.telling ? '' : word.conversationId].join(' ');
    const alike = same.get(key);
    if (alike) alike.push(word);
    else same.set(key, [word]);
  }
  return [...same.values()].flatMap((alike) => chains(alike.toSorted(byTime), spanMs));
}

function chains(alike: readonly Said[], spanMs: number): Said[][] {
  const all: Said[][] = [];
  for (const word of alike) {
    const chain = all.at(-1);
    const gapMs = chain ? word.at.getTime() - chain.at(-1)!.at.getTime() : Infinity;
    if (chain && gapMs <= (word.telling ? spanMs : SMALL_WORD_MS)) chain.push(word);
    else all.push([word]);
  }
  return all.filter((chain) => chain.length > 1);
}

const byTime = (a: Said, b: Said): number =>
  a.at.getTime() - b.at.getTime() || (a.messageId < b.messageId ? -1 : Number(a.messageId > b.messageId));

/** By message: what it is repeated by. */
export function repeatsOf(words: readonly Said[], spanMs: number): Map<string, Repeats> {
  const found = new Map<string, Repeats>();
  for (const group of groupsOf(words, spanMs)) {
    const { messageId: firstMessageId, conversationId } = group[0]!;
    const sameThread = group.every((word) => word.conversationId === conversationId);
    for (const { messageId } of group) found.set(messageId, { count: group.length, firstMessageId, sameThread });
  }
  return found;
}
