import { e164, type ContactFields } from './contact';

/** What two contacts have in common, the surest first. */
export const LIKENESSES = ['phone', 'email', 'account', 'handle', 'name'] as const;
export type Likeness = (typeof LIKENESSES)[number];

export interface KnownIdentity {
  externalId: string;
  handle: string | null;
  name: string | null;
}

export interface Known extends Pick<ContactFields, 'name' | 'email' | 'phone'> {
  identities: readonly KnownIdentity[];
}

/** By what a contact is known again, in the form it is compared in. */
export interface Marks {
  phones: string[];
  emails: string[];
  accounts: string[];
  handles: string[];
  names: string[];
}

const SHORTEST_HANDLE = 4; // `ali` and `shop` are many people
const SHORTEST_NAME = 6; // a first name alone is many people, too

const KEY_LENGTH = 200; // characters, as the database keeps for its indexes; nobody's own name differs only behind them

const folded = (text: string): string => Array.from(text.trim().toLowerCase()).slice(0, KEY_LENGTH).join('');
const unique = (texts: readonly (string | null)[]): string[] => [
  ...new Set(texts.filter((text) => text !== null && text !== '') as string[]),
];
const looksLikeEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
/** A number as a network names it: with its country code, with or without the plus. */
const phoneOf = (text: string): string | null =>
  /^\+?\d{11,15}$/.test(text) ? e164(`+${text.replace('+', '')}`) : null;

export function marksOf({ name, email, phone, identities }: Known): Marks {
  const ids = identities.map(({ externalId }) => externalId);
  const handles = identities.flatMap(({ handle }) =>
    handle === null ? [] : [folded(handle.trim().replace(/^@+/, ''))],
  );
  const reaches = [...ids, ...handles];
  return {
    phones: unique([phone, ...reaches.map((reach) => phoneOf(reach.replaceAll(/[\s()-]/g, '')))]),
    emails: unique([email, ...reaches.filter(looksLikeEmail)].map((one) => one && folded(one))),
    accounts: unique(ids),
    handles: unique(handles.filter((handle) => handle.length >= SHORTEST_HANDLE && !looksLikeEmail(handle))),
    names: unique(
      [name, ...identities.map((identity) => identity.name)]
        .map((one) => one && folded(one))
        .filter((one) => one !== null && one.length >= SHORTEST_NAME && /\s/.test(one)),
    ),
  };
}

const meet = (some: readonly string[], others: readonly string[]): boolean => some.some((one) => others.includes(one));

/** Why two contacts may be one person, the surest reason first; nothing when nothing speaks for it. */
export function likeness(one: Marks, other: Marks): Likeness[] {
  const found: Record<Likeness, boolean> = {
    phone: meet(one.phones, other.phones),
    email: meet(one.emails, other.emails),
    account: meet(one.accounts, other.accounts),
    handle: meet(one.handles, other.handles),
    name: meet(one.names, other.names),
  };
  return LIKENESSES.filter((reason) => found[reason]);
}

/** Orders by the surest reason, then by how many there are. */
export function bySurest(a: readonly Likeness[], b: readonly Likeness[]): number {
  const surest = (reasons: readonly Likeness[]) => (reasons[0] ? LIKENESSES.indexOf(reasons[0]) : LIKENESSES.length);
  return surest(a) - surest(b) || b.length - a.length;
}
