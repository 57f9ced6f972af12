import { formatNumber, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import type { MatchedType } from './salesforce/mapping';

/** What is certain about a person: handles on networks, and phone and e-mail only where verified. */
export interface Person {
  /** By network, as the network shows it, with or without `@`. */
  handles: readonly { network: string; handle: string }[];
  /** E.164. */
  phone: string | null;
  email: string | null;
}

/** A CRM record that may be this person. */
export interface Candidate {
  type: MatchedType;
  id: string;
  /** By network. */
  handles: Readonly<Record<string, string>>;
  /** As typed by people. */
  phones: readonly string[];
  emails: readonly string[];
}

export type MatchMethod = 'handle' | 'phone' | 'email';

export type Match =
  | { kind: 'linked'; method: MatchMethod; type: MatchedType; id: string }
  | { kind: 'ambiguous'; method: MatchMethod; among: number }
  | { kind: 'none' };

/**
 * Who in the CRM this person is. The first kind of evidence that hits anything decides: one hit is a link, several are
 * a question for a person. Nothing is ever guessed, and weaker evidence does not overrule a stronger doubt.
 */
export function decideMatch(person: Person, candidates: readonly Candidate[], country: string): Match {
  const handles = new Set(person.handles.map(({ network, handle }) => `${network}:${plainHandle(handle)}`));
  const email = person.email === null ? null : plainEmail(person.email);
  const steps: [MatchMethod, (candidate: Candidate) => boolean][] = [
    [
      'handle',
      (c) => Object.entries(c.handles).some(([network, handle]) => handles.has(`${network}:${plainHandle(handle)}`)),
    ],
    ['phone', (c) => person.phone !== null && c.phones.some((phone) => toE164(phone, country) === person.phone)],
    ['email', (c) => email !== null && c.emails.some((other) => plainEmail(other) === email)],
  ];
  for (const [method, hits] of steps) {
    const found = new Map(candidates.filter(hits).map((candidate) => [candidate.id, candidate]));
    const [only] = found.values();
    if (found.size > 1) return { kind: 'ambiguous', method, among: found.size };
    if (only) return { kind: 'linked', method, type: only.type, id: only.id };
  }
  return { kind: 'none' };
}

export const plainHandle = (handle: string) => handle.trim().replace(/^@/, '').toLowerCase();

export const plainEmail = (email: string) => email.trim().toLowerCase();

/** A number as people write it (`0912…`, `+98 912…`, `۰۹۱۲…`), or null when it is not one. */
export function toE164(text: string, country: string): string | null {
  const parsed = parsePhoneNumberFromString(text, country as CountryCode);
  return parsed?.isValid() ? parsed.number : null;
}

/**
 * The ways a CRM may hold this number, for a search by equality. A hit is compared once more as E.164.
 * National forms only for the tenant's own country: elsewhere they would be someone else's number.
 */
export function phoneForms(e164: string, country: string): string[] {
  const parsed = parsePhoneNumberFromString(e164);
  if (!parsed) return [];
  const digits = e164.slice(1);
  const forms = [e164, digits, `00${digits}`, formatNumber(parsed.number, 'INTERNATIONAL')];
  if (parsed.country === country) {
    const national = formatNumber(parsed.number, 'NATIONAL');
    forms.push(national, national.replaceAll(/\D/g, ''), String(parsed.nationalNumber));
  }
  return [...new Set(forms)];
}
