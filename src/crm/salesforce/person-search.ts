import { type Candidate, type Person, phoneForms, plainEmail, plainHandle } from '../match';
import type { MatchedType } from './mapping';
import { inLists, soqlIn } from './soql';

/** Where a tenant keeps what people are known by. */
export interface SearchSettings {
  objects: readonly ('Contact' | 'Lead')[];
  /** Network → field of the tenant, say `{ instagram: 'Instagram__c' }`. */
  handleFields: Readonly<Record<string, string>>;
  /** ISO 3166-1 alpha-2: the country of numbers written without one. */
  defaultCountry: string;
}

const PHONE_FIELDS = ['Phone', 'MobilePhone', 'Phone_E164__c'];
const EMAIL_FIELD = 'Email';

/**
 * Queries that find everyone who may be one of these people: one query for each kind of record, cut where it grows too
 * long for a GET.
 * @param fields names of the object's fields that the integration user sees
 */
export function searchQueries(
  object: 'Contact' | 'Lead',
  fields: ReadonlySet<string>,
  people: readonly Person[],
  settings: SearchSettings,
): string[] {
  const phoneFields = PHONE_FIELDS.filter((field) => fields.has(field));
  const conditions: string[] = [];
  for (const [network, field] of handleFieldsOf(fields, settings)) {
    const handles = people.flatMap((person) =>
      person.handles.filter((h) => h.network === network).map((h) => plainHandle(h.handle)),
    );
    const written = handles.filter((handle) => handle !== '').flatMap((handle) => [handle, `@${handle}`]);
    conditions.push(...inLists(written).map((list) => soqlIn(field, list)));
  }
  const phones = people.flatMap(({ phone }) => (phone === null ? [] : phoneForms(phone, settings.defaultCountry)));
  for (const list of phoneFields.length > 0 ? inLists(phones, phoneFields.length) : []) {
    conditions.push(phoneFields.map((field) => soqlIn(field, list)).join(' OR '));
  }
  const emails = people.flatMap(({ email }) => (email === null ? [] : [plainEmail(email)]));
  if (fields.has(EMAIL_FIELD)) conditions.push(...inLists(emails).map((list) => soqlIn(EMAIL_FIELD, list)));
  const selected = ['Id', ...phoneFields, EMAIL_FIELD, ...handleFieldsOf(fields, settings).map(([, field]) => field)];
  const seen = [...new Set(selected)].filter((field) => field === 'Id' || fields.has(field));
  const only = object === 'Lead' ? ' AND IsConverted = false' : '';
  return together(conditions).map(
    (condition) => `SELECT ${seen.join(', ')} FROM ${object} WHERE (${condition})${only}`,
  );
}

const QUERY_ROOM = 13_000; // bytes of one URL's conditions

/** Conditions that fit together become one query, one API call. */
function together(conditions: readonly string[]): string[] {
  const joined: string[] = [];
  for (const condition of conditions) {
    const last = joined.at(-1);
    const both = last === undefined ? undefined : `${last} OR ${condition}`;
    if (both !== undefined && encodeURIComponent(both).length <= QUERY_ROOM) joined[joined.length - 1] = both;
    else joined.push(condition);
  }
  return joined;
}

/** A row of such a query as a candidate. */
export function candidateOf(type: MatchedType, row: Record<string, unknown>, settings: SearchSettings): Candidate {
  const text = (field: string) => (typeof row[field] === 'string' ? [row[field]] : []);
  const handles = Object.entries(settings.handleFields).flatMap(([network, field]) =>
    text(field).map((handle) => [network, handle] as const),
  );
  return {
    type,
    id: String(row['Id']),
    handles: Object.fromEntries(handles),
    phones: PHONE_FIELDS.flatMap(text),
    emails: text(EMAIL_FIELD),
  };
}

const handleFieldsOf = (fields: ReadonlySet<string>, settings: SearchSettings) =>
  Object.entries(settings.handleFields).filter(([, field]) => fields.has(field));
