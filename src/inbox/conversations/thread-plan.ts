import type { ConversationRow } from './intake-rows';
import { nameKey } from './people-plan';

/** A conversation as a name leads to it. */
export interface NamedConversation {
  id: string;
  contactId: string;
}

/** A message (or a change of a person's id) that may belong to a thread under several names. */
export interface ThreadAsked {
  /** The conversation to make when there is none; its key is the first name. */
  row: ConversationRow;
  /** Keys of the thread, its own first. */
  names: readonly string[];
  /** Set for letters: anybody can claim to answer one, so whoever is no part of the thread gets one under this key. */
  guestName: string | null;
  /** Where a signed token leads. */
  token: NamedConversation | null;
  /** Where else it may belong: with the message it answers, with the ticket its subject names. */
  hints: readonly NamedConversation[];
  /** Whether its other names lead to its conversation from now on. */
  learns: boolean;
  /** Whether its names are made of ids of one person: threads under two of them are one. */
  ofOnePerson: boolean;
  /** False when it may only be found, not made. */
  makes: boolean;
}

export interface ThreadPlan {
  /** Conversation by asked, in order; null when there is none and none is to be made. */
  conversations: (string | null)[];
  /** Of the conversations offered, those that are used. */
  used: Set<string>;
  /** Names that lead to a conversation from now on. */
  learnt: { workspaceId: string; channelId: string; threadKey: string; conversationId: string }[];
  /** Names nobody has that are neither known nor offered: the plan holds once they are. */
  missing: ConversationRow[];
  /** Threads that prove to be one: the plan holds once each is in the older one. */
  same: SameThread[];
}

export interface SameThread {
  workspaceId: string;
  /** The older one; ids count up with time. */
  into: string;
  from: string;
  /** To whom answers go from now on. */
  identityId: string;
}

export const participantKey = (conversationId: string, contactId: string) => `${conversationId}\n${contactId}`;

/**
 * Which conversation each belongs to: where a token leads, else the first name that leads to one, else the first hint,
 * else a new one. An alias speaks for one person only, so it leads to nobody else's conversation.
 * @param named conversations by channel and name
 * @param offered ids of conversations ready to be made, by channel and name
 * @param participants who has written in which conversation (`participantKey`), for letters
 */
export function planThreads(
  asked: readonly ThreadAsked[],
  named: ReadonlyMap<string, NamedConversation>,
  offered: ReadonlyMap<string, string>,
  participants: ReadonlySet<string>,
): ThreadPlan {
  const known = new Map(named);
  const taking = new Set(participants);
  const plan: ThreadPlan = {
    conversations: [],
    used: new Set(),
    learnt: [],
    missing: [],
    same: sameThreads(asked, named),
  };
  for (const a of asked) {
    const { workspaceId, channelId, contactId } = a.row;
    const { names, found } = choose(a, known, taking);
    const wanted = a.learns ? names : found ? [] : [names[0]!];
    const unknown = wanted.filter((name) => !known.has(nameKey(channelId, name)));
    let conversation = found;
    if (!conversation && a.makes) {
      const key = nameKey(channelId, names[0]!);
      const id = offered.get(key);
      if (id) {
        conversation = { id, contactId };
        plan.used.add(id);
        known.set(key, conversation);
      }
    }
    plan.conversations.push(conversation?.id ?? null);
    if (conversation || a.makes) {
      for (const threadKey of unknown)
        if (!offered.has(nameKey(channelId, threadKey))) plan.missing.push({ ...a.row, threadKey });
    }
    if (!conversation) continue;
    taking.add(participantKey(conversation.id, contactId));
    for (const threadKey of unknown) {
      if (known.has(nameKey(channelId, threadKey))) continue;
      known.set(nameKey(channelId, threadKey), conversation);
      plan.learnt.push({ workspaceId, channelId, threadKey, conversationId: conversation.id });
    }
  }
  return plan;
}

/**
 * Names of one thread that lead to several conversations of one person: begun under one id each, before the network told
 * that both are theirs. A letter that names two threads makes them no one thread.
 */
function sameThreads(asked: readonly ThreadAsked[], named: ReadonlyMap<string, NamedConversation>): SameThread[] {
  const same = new Map<string, SameThread>();
  for (const { row, names, learns, ofOnePerson } of asked) {
    if (!learns || !ofOnePerson) continue;
    const { workspaceId, channelId, contactId, identityId } = row;
    const found = names.flatMap((name) => named.get(nameKey(channelId, name)) ?? []);
    const ids = [...new Set(found.filter((c) => c.contactId === contactId).map(({ id }) => id))].toSorted();
    for (const from of ids.slice(1)) same.set(from, { workspaceId, into: ids[0]!, from, identityId });
  }
  return [...same.values()];
}

/** The conversation there is for it, and the names that are to lead there. */
function choose(
  a: ThreadAsked,
  known: ReadonlyMap<string, NamedConversation>,
  taking: ReadonlySet<string>,
): { names: readonly string[]; found: NamedConversation | undefined } {
  if (a.token) return { names: a.names, found: a.token };
  const { channelId, contactId } = a.row;
  const takesPart = (c: NamedConversation) => c.contactId === contactId || taking.has(participantKey(c.id, contactId));
  const candidates = [...a.names.map((name) => known.get(nameKey(channelId, name))), ...a.hints];
  const found = candidates.find((c, i) => c && ((i === 0 && a.guestName === null) || takesPart(c)));
  if (found || a.guestName === null || candidates.every((c) => !c)) return { names: a.names, found };
  return { names: [a.guestName], found: known.get(nameKey(channelId, a.guestName)) };
}

/** A key with one id in the place of another, where keys are built of ids between colons; null when it names neither. */
export function keyWith(threadKey: string, from: string, to: string): string | null {
  const replaced = `:${threadKey}:`.replaceAll(`:${from}:`, () => `:${to}:`).slice(1, -1);
  return replaced === threadKey ? null : replaced;
}
