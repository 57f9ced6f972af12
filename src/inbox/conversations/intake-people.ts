import { Injectable } from '@nestjs/common';
import { room } from '../../outbox/audience';
import { type Actor, event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import { cleanText } from '../../text/clean';
import { ContactsService } from '../contacts/contacts.service';
import type { InboundAuthor, InboundIdentity } from './inbound-event';
import type { IntakeItem } from './intake';
import { type MessageItem, occurredAt } from './intake-plan';
import { IntakePeopleRepository } from './intake-people.repository';
import type { IdentityRow, PersonTold } from './intake-rows';
import { gathered, nameKey, type PeoplePlan, planPeople, SAID_BY_NOBODY, type SamePerson } from './people-plan';

const CONTACT: Actor = { kind: 'contact' };
const MOST_ALIASES = 20; // a person has a handful; what says more is not about a person
const E164 = /^\+[1-9]\d{5,14}$/;

/** Finds and makes the people of events: who they are, under which ids, and what the network tells of them. */
@Injectable()
export class IntakePeople {
  constructor(
    private readonly repository: IntakePeopleRepository,
    private readonly contacts: ContactsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** The people of these messages. @returns identities by channel and id */
  async ofMessages(tx: Tx, items: readonly MessageItem[]): Promise<Map<string, IdentityRow>> {
    const people = await this.ensure(
      tx,
      items.flatMap((m) =>
        m.person
          ? told(m.item, m.person, {
              emailVerified: m.message.meta?.['verifiedSender'] === true,
              spoke: m.message.direction === 'in',
            })
          : [],
      ),
    );
    for (const { item, message, person } of items) {
      if (message.direction !== 'in' || !person) continue;
      const row = people.get(nameKey(item.channel.id, person.externalId));
      if (row?.unreachableAt) await this.hearFrom(tx, row, occurredAt(message, item));
    }
    return people;
  }

  /** Whoever writes can be reached again, in every thread of theirs; some networks tell the second it was written in. */
  private async hearFrom(tx: Tx, { workspaceId, id, contactId, unreachableAt }: IdentityRow, at: Date): Promise<void> {
    const since = unreachableAt?.getTime() ?? 0;
    const sameSecond = since % 1000 !== 0 && at.getTime() === since - (since % 1000);
    const spoke = sameSecond ? new Date(since + 1) : at;
    if (await this.repository.setReachable(tx, workspaceId, id, true, spoke))
      this.changed(tx, workspaceId, contactId, ['reachable']);
  }

  /**
   * What the network tells of a person without a message. Another id takes the place of the former one: contact,
   * history and conversations stay theirs.
   */
  async learn(tx: Tx, item: IntakeItem, e: InboundIdentity): Promise<IdentityRow> {
    const { workspaceId, id: channelId } = item.channel;
    const at = occurredAt(e, item);
    const former = await this.former(tx, item, e, at);
    const rows = await this.ensure(tx, [
      told(item, e.person, { emailVerified: false, spoke: true, first: former?.externalId }),
    ]);
    const key = nameKey(channelId, e.person.externalId);
    let row = rows.get(key)!;
    if (former) {
      const before = rows.get(nameKey(channelId, former.externalId))!;
      if (before.contactId !== row.contactId) {
        // the older one stays: whoever is known longest has the links and the history
        const [stays, goes] = [before.contactId, row.contactId].toSorted();
        await this.contacts.mergeIn(tx, SYSTEM, workspaceId, stays!, goes!);
        row = (await this.repository.find(tx, [row]))[0]!;
      }
      await this.repository.supersede(tx, before.id, row, at);
      const { phone } = e.person;
      if (phone && E164.test(phone)) {
        const now = this.clock.now();
        if (await this.repository.changePhone(tx, workspaceId, row.contactId, phone, now))
          this.changed(tx, workspaceId, row.contactId, ['phone']);
      }
      this.changed(tx, workspaceId, row.contactId, ['identity']);
    }
    if (e.reachable !== undefined && (await this.repository.setReachable(tx, workspaceId, row.id, e.reachable, at)))
      this.changed(tx, workspaceId, row.contactId, ['reachable']);
    // not later than now, for a network's clock may run ahead
    const acted = at < item.receivedAt ? at : item.receivedAt;
    if (e.cameBack && (await this.repository.openWindow(tx, workspaceId, row.id, acted)))
      this.changed(tx, workspaceId, row.contactId, ['replyWindow']);
    return row;
  }

  /** The former id, unless it is somebody else's by now. */
  private async former(tx: Tx, item: IntakeItem, e: InboundIdentity, at: Date) {
    if (!e.formerExternalId || e.formerExternalId === e.person.externalId) return null;
    const { workspaceId, id: channelId } = item.channel;
    const name = { workspaceId, channelId, externalId: e.formerExternalId };
    const [row] = await this.repository.find(tx, [name]);
    return row?.heldSince && at <= row.heldSince ? null : name;
  }

  private async ensure(tx: Tx, all: readonly PersonTold[]): Promise<Map<string, IdentityRow>> {
    if (all.length === 0) return new Map();
    const people = gathered(all);
    const names = new Map<string, Pick<IdentityRow, 'workspaceId' | 'channelId' | 'externalId'>>();
    for (const { workspaceId, channelId, names: ids } of people)
      for (const externalId of ids) names.set(nameKey(channelId, externalId), { workspaceId, channelId, externalId });
    let known = byName(await this.repository.find(tx, [...names.values()]));
    const plan = planPeople(people, known, uuidv7);
    let { same } = plan;
    if (plan.missing.length > 0) await this.repository.make(tx, plan.missing);
    if (plan.takenOver.length > 0) await this.repository.takeOver(tx, plan.takenOver);
    if (plan.missing.length > 0 || plan.takenOver.length > 0) {
      known = byName(await this.repository.find(tx, [...names.values()]));
      known = await this.settleRace(tx, plan, known, [...names.values()]);
      ({ same } = planPeople(people, known, uuidv7)); // whoever was faster may have met them as two
    }
    if (same.length > 0 && (await this.joinSame(tx, same)))
      known = byName(await this.repository.find(tx, [...names.values()]));
    await this.rename(tx, people, known);
    await this.fill(tx, people, known);
    return known;
  }

  /**
   * A person was met under each of their ids before they named both. A contact that goes by further ids in this channel
   * is somebody else, who had the id until now.
   */
  private async joinSame(tx: Tx, same: readonly SamePerson[]): Promise<boolean> {
    let joined = false;
    for (const { workspaceId, channelId, contactId, otherId, names } of same) {
      if (await this.repository.goesByOthers(tx, workspaceId, channelId, otherId, names)) continue;
      const [stays, goes] = [contactId, otherId].toSorted();
      await this.contacts.mergeIn(tx, SYSTEM, workspaceId, stays!, goes!);
      joined = true;
    }
    return joined;
  }

  /** Somebody else made a contact for one of these ids in the same moment: theirs stays. */
  private async settleRace(
    tx: Tx,
    plan: PeoplePlan,
    known: Map<string, IdentityRow>,
    names: readonly Pick<IdentityRow, 'workspaceId' | 'channelId' | 'externalId'>[],
  ): Promise<Map<string, IdentityRow>> {
    const moves = plan.groups.flatMap(({ names: keys, contactId, newContact }) => {
      if (!newContact) return [];
      const rows = keys.flatMap((key) => known.get(key) ?? []);
      const first = rows.find((row) => row.contactId !== contactId);
      const ours = rows.filter((row) => row.contactId === contactId);
      return first ? ours.map((row) => ({ row, contactId: first.contactId })) : [];
    });
    if (moves.length === 0) return known;
    await this.repository.giveUp(tx, moves);
    return byName(await this.repository.find(tx, names));
  }

  private async rename(tx: Tx, people: readonly PersonTold[], known: Map<string, IdentityRow>): Promise<void> {
    const renamed = people.flatMap((person) => {
      const row = known.get(nameKey(person.channelId, person.externalId))!;
      const differs =
        (person.name && person.name !== row.name) ||
        (person.handle && person.handle !== row.handle) ||
        (person.avatarUrl && person.avatarUrl !== row.avatarUrl);
      return differs ? [{ ...person, id: row.id, contactId: row.contactId }] : [];
    });
    await this.repository.rename(tx, renamed);
    for (const { workspaceId, contactId } of renamed) this.changed(tx, workspaceId, contactId, ['identity']);
  }

  private async fill(tx: Tx, people: readonly PersonTold[], known: Map<string, IdentityRow>): Promise<void> {
    const rows = people
      .filter(({ phone, email, locale }) => phone !== null || email !== null || locale !== null)
      .map((person) => ({ ...person, contactId: known.get(nameKey(person.channelId, person.externalId))!.contactId }));
    await this.fillContacts(tx, rows);
  }

  private async fillContacts(tx: Tx, rows: readonly (PersonTold & { contactId: string })[]): Promise<void> {
    if (rows.length === 0) return;
    const filled = await this.repository.fill(tx, rows, this.clock.now());
    for (const { workspace_id, id, fields, merged_into } of filled)
      if (merged_into === null) this.changed(tx, workspace_id, id, fields);
    const into = new Map(filled.map((row) => [row.id, row.merged_into]));
    await this.fillContacts(
      tx,
      rows.flatMap((row) => {
        const contactId = into.get(row.contactId);
        return contactId ? [{ ...row, contactId }] : [];
      }),
    );
  }

  private changed(tx: Tx, workspaceId: string, contactId: string, fields: string[]): void {
    this.outbox.record(
      tx,
      event(workspaceId, 'contact.changed', CONTACT, { contactId }, [room.leads, room.lobby], { fields }),
    );
  }
}

const byName = (rows: readonly IdentityRow[]) =>
  new Map(rows.map((row) => [nameKey(row.channelId, row.externalId), row]));

/**
 * @param spoke the person's own word; what we write to an id does not show that somebody new has it
 * @param first an id that leads to the contact before all others
 */
function told(
  item: IntakeItem,
  person: InboundAuthor,
  options: { emailVerified: boolean; spoke: boolean; first?: string },
): PersonTold {
  const { workspaceId, id: channelId } = item.channel;
  const aliases = (person.aliases ?? []).filter((alias) => alias !== '').slice(0, MOST_ALIASES);
  return {
    workspaceId,
    channelId,
    externalId: person.externalId,
    names: [...new Set([...(options.first === undefined ? [] : [options.first]), person.externalId, ...aliases])],
    name: person.name ? cleanText(person.name) : null,
    handle: person.handle ? cleanText(person.handle) : null,
    avatarUrl: person.avatarUrl ?? null,
    phone: person.phone !== undefined && E164.test(person.phone) ? person.phone : null,
    email: person.email ? cleanText(person.email).trim().toLowerCase() : null,
    emailVerified: options.emailVerified,
    locale: person.locale ? (/^[a-z]{2,3}/.exec(person.locale.toLowerCase())?.[0] ?? null) : null,
    at: options.spoke ? occurredAt(item.event, item) : SAID_BY_NOBODY,
  };
}
