import { type Candidate, decideMatch, type Person } from '../match';
import type { LinkMethod, PersonLink } from '../crm-links.repository';
import type { ContactRow } from '../crm-records.repository';
import { personaKey } from './keys';
import { MATCHED_TYPES, PERSONA } from './mapping';
import { candidateOf, searchQueries, type SearchSettings } from './person-search';
import type { SalesforceClient } from './salesforce.client';
import { inLists, soqlIn } from './soql';

const KNOWN_METHODS: ReadonlySet<unknown> = new Set<LinkMethod>(['manual', 'phone', 'email', 'handle']);

/**
 * Finds who in Salesforce these contacts are: first a link that already stands there (made by hand, or by an earlier
 * installation), then the tenant's handle fields, verified phone, verified e-mail. All contacts of a batch share the
 * queries. Contacts that are linked, or were settled by hand, are left out of the answer.
 */
export async function findPeople(
  client: SalesforceClient,
  workspaceId: string,
  contacts: readonly ContactRow[],
  settings: SearchSettings,
): Promise<Map<string, PersonLink>> {
  const open = contacts.filter(
    ({ link, identities }) => identities.length > 0 && link?.method !== 'manual' && !link?.id,
  );
  const found = await standingLinks(
    client,
    workspaceId,
    open.filter((contact) => !contact.written),
  );
  const unknown = open.filter((contact) => !found.has(contact.id));
  const candidates = await candidatesFor(client, unknown.map(personOf), settings);
  for (const contact of unknown) {
    const match = decideMatch(personOf(contact), candidates, settings.defaultCountry);
    const link: PersonLink =
      match.kind === 'linked'
        ? { method: match.method, type: match.type, id: match.id }
        : { method: match.kind, type: null, id: null };
    found.set(contact.id, link);
  }
  return found;
}

/** Links on personas that were in the org before this contact's first sync. */
async function standingLinks(
  client: SalesforceClient,
  workspaceId: string,
  contacts: readonly ContactRow[],
): Promise<Map<string, PersonLink>> {
  const contactOf = new Map(
    contacts.flatMap((contact) =>
      contact.identities.map((i) => [personaKey({ workspaceId, ...i }, i.externalId), contact.id] as const),
    ),
  );
  const linked = MATCHED_TYPES.map((type) => `${type}__c != null`).join(' OR ');
  const links = new Map<string, PersonLink>();
  for (const keys of inLists([...contactOf.keys()])) {
    const soql = `SELECT ${PERSONA.key}, Contact__c, Lead__c, Account__c, Match_Method__c FROM ${PERSONA.type} WHERE ${soqlIn(PERSONA.key, keys)} AND (${linked})`;
    for (const row of await client.query('query standing links', soql)) {
      const contactId = contactOf.get(String(row[PERSONA.key]));
      const type = MATCHED_TYPES.find((each) => typeof row[`${each}__c`] === 'string');
      if (!contactId || !type) continue;
      const method = KNOWN_METHODS.has(row['Match_Method__c']) ? (row['Match_Method__c'] as LinkMethod) : 'manual';
      const link: PersonLink = { method, type, id: String(row[`${type}__c`]) };
      const other = links.get(contactId);
      const differs = other !== undefined && other.id !== link.id;
      links.set(contactId, differs ? { method: 'ambiguous', type: null, id: null } : link);
    }
  }
  return links;
}

async function candidatesFor(
  client: SalesforceClient,
  people: readonly Person[],
  settings: SearchSettings,
): Promise<Candidate[]> {
  const handled = (person: Person) => person.handles.some(({ network }) => network in settings.handleFields);
  const known = people.filter((person) => person.phone !== null || person.email !== null || handled(person));
  const candidates: Candidate[] = [];
  for (const object of known.length > 0 ? settings.objects : []) {
    const fields = new Set((await client.fieldsOf(object)).map(({ name }) => name));
    for (const soql of searchQueries(object, fields, known, settings)) {
      const rows = await client.query(`query ${object}`, soql);
      candidates.push(...rows.map((row) => candidateOf(object, row, settings)));
    }
  }
  return candidates;
}

/** Only what is certain: a phone or e-mail that was merely typed in a chat finds nobody. */
const personOf = (contact: ContactRow): Person => ({
  handles: contact.identities.flatMap(({ network, handle }) => (handle ? [{ network, handle }] : [])),
  phone: contact.phoneVerified ? contact.phone : null,
  email: contact.emailVerified ? contact.email : null,
});
