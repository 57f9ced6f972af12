import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import type { InboundMessage } from './inbound-event';
import type { IntakeItem, IntakeOutcome } from './intake';
import { claimKey, groupName, IntakeKeysRepository, type NewKey } from './intake-keys.repository';
import { keyOf, type MessageItem } from './intake-plan';
import type { ClaimedKey, KnownMessage, LockedConversation } from './intake-rows';

/** A further part of an album. */
export interface Part {
  item: IntakeItem;
  message: InboundMessage;
}

/** A message about to be made in its locked conversation. */
export interface Fresh {
  m: MessageItem;
  conversation: LockedConversation;
  id: string;
}

/** With the network's id taken for it. */
export interface Taken extends Fresh {
  key: ClaimedKey;
}

/** What is not made after all, because another node was making it at this moment; it is for what that one made. */
export interface Beaten {
  /** Further parts of albums. */
  parts: Part[];
  /** Messages told a second time: in another way perhaps, or as first written where only an edit of it was known. */
  again: IntakeItem[];
}

/** Which new message gets which of the network's ids, whoever else is making the same at this moment. */
@Injectable()
export class IntakeClaims {
  constructor(private readonly keys: IntakeKeysRepository) {}

  /**
   * Takes the network's ids for new messages; whoever else took one meanwhile keeps it, and `known` says so. A part of an
   * album that another node is making gives its own back: it goes into that one.
   */
  async claim(
    tx: Tx,
    fresh: readonly Fresh[],
    known: Map<string, KnownMessage>,
    outcomes: Map<string, IntakeOutcome>,
    beaten: Beaten,
  ): Promise<Taken[]> {
    const keyFor = ({ m, conversation, id }: Fresh, externalId: string): NewKey => ({
      workspaceId: conversation.workspaceId,
      channelId: conversation.channelId,
      externalId,
      messageId: id,
      conversationId: conversation.id,
      madeByEdit: m.madeByEdit,
      form: m.message.form ?? 0,
    });
    const claims = await this.keys.claim(
      tx,
      fresh.map((k) => keyFor(k, k.m.message.externalId)),
    );
    const taken = fresh.flatMap((k): Taken[] => {
      const key = claims.get(claimKey(k.m.message.externalId, k.id));
      return key ? [{ ...k, key }] : [];
    });
    if (taken.length < fresh.length) {
      const late = fresh.filter((k) => !claims.has(claimKey(k.m.message.externalId, k.id)));
      beaten.again.push(...late.map(({ m }) => m.item));
      await this.lookAgain(
        tx,
        late.map((k) => keyFor(k, k.m.message.externalId)),
        known,
      );
    }
    const lost = await this.claimAlbums(
      tx,
      taken.filter(({ m }) => m.message.groupKey !== undefined),
      keyFor,
      known,
    );
    return taken.filter((k) => {
      const { item, message } = k.m;
      if (lost.has(k.id)) {
        beaten.parts.unshift({ item, message });
        return false;
      }
      known.set(keyOf(item.channel.id, message.externalId), {
        ...keyFor(k, message.externalId),
        deletedAt: k.key.deletedAt,
      });
      outcomes.set(item.ref, { state: 'applied', messageId: k.id });
      return true;
    });
  }

  /** @returns the messages that are not to be, because their album is another node's */
  private async claimAlbums(
    tx: Tx,
    taken: readonly Taken[],
    keyFor: (k: Fresh, externalId: string) => NewKey,
    known: Map<string, KnownMessage>,
  ): Promise<Set<string>> {
    if (taken.length === 0) return new Set();
    const albums = taken.map((k) => keyFor(k, groupName(k.m.message.groupKey!)));
    const claims = await this.keys.claim(tx, albums);
    for (const key of albums) known.set(keyOf(key.channelId, key.externalId), { ...key, deletedAt: null });
    const isLost = (key: NewKey) => !claims.has(claimKey(key.externalId, key.messageId));
    const lost = taken.filter((_, i) => isLost(albums[i]!));
    if (lost.length > 0) {
      await this.keys.giveBack(
        tx,
        lost.map((k) => keyFor(k, k.m.message.externalId)),
      );
      await this.lookAgain(tx, albums.filter(isLost), known);
    }
    return new Set(lost.map(({ id }) => id));
  }

  private async lookAgain(tx: Tx, keys: readonly NewKey[], known: Map<string, KnownMessage>): Promise<void> {
    for (const row of await this.keys.known(tx, keys)) known.set(keyOf(row.channelId, row.externalId), row);
  }
}
