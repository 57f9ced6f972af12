import { Injectable, Optional } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import { isUuid, uuidv7 } from '../../platform/ids';
import { pick } from './columns';
import type { InboundIdentity } from './inbound-event';
import { IntakeMerges } from './intake-merges';
import type { IntakeItem } from './intake';
import { conversationRow, conversationsOf, distinct, keyOf, type MessageItem } from './intake-plan';
import type { ConversationRow, IdentityRow, KnownMessage, LockedConversation } from './intake-rows';
import { type FoundThread, IntakeThreadsRepository, type ThreadName } from './intake-threads.repository';
import { keyWith, type NamedConversation, participantKey, planThreads, type ThreadAsked } from './thread-plan';
import { cluesOf, type ThreadClues, ThreadTokens } from './thread-tokens';

const MOST_ROUNDS = 5; // one for the names, one for strangers, one for each that another node takes meanwhile
const MOST_NAMES = 50; // a letter's References may be any length; its ends say enough

/** The conversations of a batch, locked. */
export interface OpenThreads {
  locked: LockedConversation[];
  of: (m: MessageItem) => LockedConversation | undefined;
}

/**
 * Finds, makes and locks the conversations of messages. Most threads have one key, and cost three statements for a whole
 * batch. Threads with several names cost one more when all names are known.
 *
 * A new name is safe against the same name coming by another node at this moment: it is first taken as the key of a
 * conversation, which the unique key lets only one have, and given back when it turns out to be a name of another.
 */
@Injectable()
export class IntakeThreads {
  constructor(
    private readonly repository: IntakeThreadsRepository,
    private readonly merges: IntakeMerges,
    @Optional() private readonly tokens?: ThreadTokens,
  ) {}

  async open(
    tx: Tx,
    items: readonly MessageItem[],
    identities: Map<string, IdentityRow>,
    posts: Map<string, string>,
    known: Map<string, KnownMessage>,
  ): Promise<OpenThreads> {
    // those with several names first: they tell which keys are names of one thread
    const named = items.filter((m) => !m.conversation && hasNames(m));
    const places =
      named.length > 0 ? await this.place(tx, named, identities, posts, known) : new Map<MessageItem, string>();
    const direct = items.filter((m) => !m.conversation && !hasNames(m));
    const made = await this.repository.make(tx, conversationsOf(direct, identities, posts));
    const found = await this.repository.find(tx, distinct(direct.map(threadOf), nameOf));
    await this.repository.unmake(
      tx,
      direct.map((m) => m.item.channel.workspaceId),
      found.flatMap(({ beside }) => (beside && made.has(beside) ? [beside] : [])),
    );
    const byName = new Map(found.map((thread) => [nameOf(thread), thread.id]));
    const idOf = (m: MessageItem) => m.conversation?.id ?? places.get(m) ?? byName.get(nameOf(threadOf(m)));
    const wanted = items.flatMap((m) => {
      const id = idOf(m);
      return id ? [{ workspaceId: m.item.channel.workspaceId, id }] : [];
    });
    const byId = await this.lock(tx, wanted);
    const locked = [...new Set(byId.values())];
    return { locked, of: (m) => byId.get(idOf(m) ?? '') };
  }

  /** By the ids asked for. One that went into another while we looked leads to that one. */
  private async lock(
    tx: Tx,
    wanted: readonly { workspaceId: string; id: string }[],
  ): Promise<Map<string, LockedConversation>> {
    const rows = await this.repository.lock(
      tx,
      distinct(wanted, ({ id }) => id),
    );
    const gone = rows.filter(({ mergedIntoId }) => mergedIntoId !== null);
    const byId = new Map(rows.map((row) => [row.id, row]));
    if (gone.length === 0) return byId;
    const others = await this.lock(
      tx,
      gone.map(({ workspaceId, mergedIntoId }) => ({ workspaceId, id: mergedIntoId! })),
    );
    for (const { id, mergedIntoId } of gone) byId.set(id, byId.get(mergedIntoId!) ?? others.get(mergedIntoId!)!);
    return byId;
  }

  /** A person's id changed: their conversations are found by keys with the new one, whichever word comes first. */
  async rename(tx: Tx, item: IntakeItem, e: InboundIdentity, person: IdentityRow): Promise<void> {
    const former = e.formerExternalId;
    const derived = former === undefined ? null : keyWith(e.threadKey, person.externalId, former);
    const { names } = cluesOf(e.threadKey, [...(e.threadAliases ?? []), ...(derived === null ? [] : [derived])]);
    if (names.length > 1) {
      const row = conversationRow(item.channel, person, e.threadKind, null, names[0]!);
      const makes = former !== undefined;
      const asked = {
        row,
        names: shortened(names),
        guestName: null,
        token: null,
        hints: [],
        learns: true,
        ofOnePerson: true,
        makes,
      };
      await this.settle(tx, [asked], await this.find(tx, [asked]));
    }
    if (former !== undefined) await this.repository.learnNewId(tx, person, former);
  }

  private async place(
    tx: Tx,
    items: readonly MessageItem[],
    identities: Map<string, IdentityRow>,
    posts: Map<string, string>,
    known: Map<string, KnownMessage>,
  ): Promise<Map<MessageItem, string>> {
    const clues = items.map((m) => cluesOf(m.threadKey, m.message.threadAliases ?? []));
    const pointers = await this.pointers(tx, items, clues, known);
    const asked = items.map((m, i): ThreadAsked => ({
      row: conversationsOf([m], identities, posts)[0]!,
      names: shortened(clues[i]!.names),
      guestName: isLetter(m) ? `${m.threadKey}#${m.person!.externalId}` : null,
      ...pointers[i]!,
      learns: m.message.threadKind === 'dm',
      ofOnePerson: (m.person?.aliases?.length ?? 0) > 0,
      makes: true,
    }));
    const conversations = await this.settle(tx, asked, await this.find(tx, asked));
    return new Map(items.flatMap((m, i) => (conversations[i] ? [[m, conversations[i]] as const] : [])));
  }

  /** Where tokens lead, which conversations the answered messages stand in, and those of the tickets named. */
  private async pointers(
    tx: Tx,
    items: readonly MessageItem[],
    clues: readonly ThreadClues[],
    known: Map<string, KnownMessage>,
  ): Promise<Pick<ThreadAsked, 'token' | 'hints'>[]> {
    const ids: { token: string | null; hints: string[] }[] = [];
    for (const [i, m] of items.entries()) {
      const { id: channelId, workspaceId } = m.item.channel;
      const { replyToExternalId, threadKind } = m.message;
      const { tokens, quoted, ticketNumber } = clues[i]!;
      let token: string | null = null;
      for (const text of this.tokens ? tokens : []) token ??= await this.tokens!.conversationOf(channelId, text);
      const quotes: (string | null)[] = [];
      for (const text of this.tokens ? quoted : []) quotes.push(await this.tokens!.conversationOf(channelId, text));
      const answers = replyToExternalId && known.get(keyOf(channelId, replyToExternalId))?.conversationId;
      // anybody can write a number into a subject: it counts for a sender who is proven, and only where they take part
      const proven = m.message.meta?.['verifiedSender'] === true;
      const ofTicket =
        ticketNumber !== null && proven ? await this.repository.ofTicket(tx, workspaceId, ticketNumber) : undefined;
      ids.push({
        token,
        hints: threadKind === 'dm' ? [answers, ...quotes, ofTicket].filter((id) => !!id).map(String) : [],
      });
    }
    const wanted = items.flatMap((m, i) =>
      [ids[i]!.token, ...ids[i]!.hints].flatMap((id) =>
        isUuid(id ?? '') ? [{ workspaceId: m.item.channel.workspaceId, channelId: m.item.channel.id, id: id! }] : [],
      ),
    );
    const found = wanted.length > 0 ? await this.repository.byId(tx, wanted) : new Map<string, NamedConversation>();
    return ids.map(({ token, hints }) => ({
      token: found.get(token ?? '') ?? null,
      hints: hints.flatMap((id) => found.get(id) ?? []),
    }));
  }

  private async find(tx: Tx, asked: readonly ThreadAsked[]): Promise<Map<string, FoundThread>> {
    const found = await this.repository.find(tx, distinct(asked.flatMap(allNames), nameOf));
    return new Map(found.map((thread) => [nameOf(thread), thread]));
  }

  /** Decides where each belongs, makes what is missing, and keeps the names. */
  private async settle(
    tx: Tx,
    asked: readonly ThreadAsked[],
    found: Map<string, FoundThread>,
  ): Promise<(string | null)[]> {
    const offered = new Map<string, string>();
    const made = new Set<string>();
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const plan = planThreads(asked, found, offered, await this.participants(tx, asked, found));
      if (plan.same.length > 0) {
        for (const same of plan.same) await this.merges.merge(tx, same);
        for (const [name, thread] of await this.find(tx, asked)) found.set(name, thread);
        continue;
      }
      if (plan.missing.length === 0) {
        const spare = [...made].filter((id) => !plan.used.has(id));
        await this.repository.unmake(tx, pick(pick(asked, 'row'), 'workspaceId'), spare);
        await this.repository.learn(tx, plan.learnt);
        return plan.conversations;
      }
      const offers = distinct(plan.missing, nameOf).map((row): ConversationRow => ({ ...row, id: uuidv7() }));
      for (const id of await this.repository.make(tx, offers)) made.add(id);
      // whoever was faster has the key by now, or has made it a name of another
      for (const thread of await this.repository.find(tx, offers)) {
        if (made.has(thread.id)) offered.set(nameOf(thread), thread.id);
        else found.set(nameOf(thread), thread);
      }
    }
    throw new Error('The names of a thread did not settle.');
  }

  private async participants(
    tx: Tx,
    asked: readonly ThreadAsked[],
    found: Map<string, FoundThread>,
  ): Promise<Set<string>> {
    const pairs = asked.flatMap((a) => {
      if (!a.guestName) return [];
      const { workspaceId, contactId } = a.row;
      const conversations = [...allNames(a).map((name) => found.get(nameOf(name))), ...a.hints];
      return conversations.flatMap((c) =>
        c && c.contactId !== contactId ? [{ workspaceId, id: c.id, contactId }] : [],
      );
    });
    const writers = await this.repository.writers(tx, pairs);
    return new Set(writers.map((row) => participantKey(row.id, row.contact_id)));
  }
}

const nameOf = ({ channelId, threadKey }: { channelId: string; threadKey: string }) => keyOf(channelId, threadKey);

const threadOf = (m: MessageItem): ThreadName => ({
  workspaceId: m.item.channel.workspaceId,
  channelId: m.item.channel.id,
  threadKey: m.threadKey,
});

/** Networks where anybody may claim to belong to a thread say of each message whether its sender is proven. */
const isLetter = (m: MessageItem): boolean =>
  m.message.direction === 'in' && typeof m.message.meta?.['verifiedSender'] === 'boolean';

const hasNames = (m: MessageItem): boolean => (m.message.threadAliases?.length ?? 0) > 0 || isLetter(m);

/** Both ends of a long list: what is answered and what began the thread. */
const shortened = (names: readonly string[]): readonly string[] =>
  names.length <= MOST_NAMES ? names : [...names.slice(0, MOST_NAMES / 2), ...names.slice(-MOST_NAMES / 2)];

const allNames = (a: ThreadAsked): ThreadName[] =>
  [...a.names, ...(a.guestName === null ? [] : [a.guestName])].map((threadKey) => ({
    workspaceId: a.row.workspaceId,
    channelId: a.row.channelId,
    threadKey,
  }));
