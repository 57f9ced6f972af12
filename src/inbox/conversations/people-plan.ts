import type { IdentityRow, NewIdentity, PersonTold } from './intake-rows';

/** People that share a name in one channel: one person, as far as the network tells. */
interface Group {
  workspaceId: string;
  channelId: string;
  /** Every id, in the order in which they lead to a contact. */
  names: string[];
  people: PersonTold[];
}

export interface PeoplePlan {
  /** Identities to make; those of one new contact share its id. */
  missing: NewIdentity[];
  /** Ids the network took from somebody and gave to somebody else. */
  takenOver: { row: IdentityRow; contactId: string; at: Date }[];
  groups: { names: string[]; contactId: string; newContact: boolean }[];
  /** Contacts that their own word names as one person, unless one of them goes by ids it does not name. */
  same: SamePerson[];
}

export interface SamePerson {
  workspaceId: string;
  channelId: string;
  contactId: string;
  otherId: string;
  /** Every id the person named. */
  names: readonly string[];
}

/** When something was told of a person by anybody but themselves. */
export const SAID_BY_NOBODY = new Date(0);

export const nameKey = (channelId: string, name: string) => `${channelId}\n${name}`;

/** What one batch told of each person, by channel and id: a message that names nobody takes no name away. */
export function gathered(told: readonly PersonTold[]): PersonTold[] {
  const people = new Map<string, PersonTold>();
  for (const person of told) {
    const key = nameKey(person.channelId, person.externalId);
    const before = people.get(key);
    people.set(key, {
      ...person,
      names: [...new Set([...(before?.names ?? []), ...person.names])],
      name: person.name ?? before?.name ?? null,
      handle: person.handle ?? before?.handle ?? null,
      avatarUrl: person.avatarUrl ?? before?.avatarUrl ?? null,
      phone: person.phone ?? before?.phone ?? null,
      email: person.email ?? before?.email ?? null,
      emailVerified: person.email ? person.emailVerified : (before?.emailVerified ?? false),
      locale: person.locale ?? before?.locale ?? null,
      at: before && before.at > person.at ? before.at : person.at,
    });
  }
  return [...people.values()];
}

/**
 * Which identities are missing and whose they are. The first id that is known leads to the contact; the others are
 * learnt. An id that belongs to another contact stays there.
 */
export function planPeople(
  people: readonly PersonTold[],
  known: ReadonlyMap<string, IdentityRow>,
  newId: () => string,
): PeoplePlan {
  const plan: PeoplePlan = { missing: [], takenOver: [], groups: [], same: [] };
  for (const group of groupsOf(people)) {
    const { workspaceId, channelId, names } = group;
    const rowOf = (name: string) => known.get(nameKey(channelId, name));
    const spokeAt = group.people.reduce((latest, { at }) => (at > latest ? at : latest), group.people[0]!.at);
    const isGone = (row: IdentityRow) => row.supersededAt !== null && spokeAt > row.supersededAt;
    const holders = names.flatMap((name) => rowOf(name) ?? []).filter((row) => !isGone(row));
    const owner = holders[0];
    const contactId = owner?.contactId ?? newId();
    // an id that had another holder when this was said proves nothing
    const then = holders.filter(({ heldSince }) => heldSince === null || spokeAt >= heldSince);
    for (const otherId of new Set(then.map((row) => row.contactId)))
      if (otherId !== contactId && spokeAt > SAID_BY_NOBODY)
        plan.same.push({ workspaceId, channelId, contactId, otherId, names });
    plan.groups.push({ names: names.map((name) => nameKey(channelId, name)), contactId, newContact: !owner });
    for (const name of names) {
      const row = rowOf(name);
      if (row && isGone(row)) plan.takenOver.push({ row, contactId, at: spokeAt });
      if (row) continue;
      const person = group.people.find((p) => p.externalId === name);
      plan.missing.push({
        workspaceId,
        channelId,
        externalId: name,
        id: newId(),
        contactId,
        newContact: !owner,
        name: person?.name ?? null,
        handle: person?.handle ?? null,
        avatarUrl: person?.avatarUrl ?? null,
      });
    }
  }
  return plan;
}

function groupsOf(people: readonly PersonTold[]): Group[] {
  const groups = new Map<string, Group>();
  for (const person of people) {
    const { workspaceId, channelId } = person;
    const known = [...new Set(person.names.flatMap((name) => groups.get(nameKey(channelId, name)) ?? []))];
    const group = {
      workspaceId,
      channelId,
      names: [...new Set([...known.flatMap(({ names }) => names), ...person.names])],
      people: [...known.flatMap((g) => g.people), person],
    };
    for (const name of group.names) groups.set(nameKey(channelId, name), group);
  }
  return [...new Set(groups.values())];
}
