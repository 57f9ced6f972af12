import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

/** A phone number as E.164, from however people write it (Persian digits included), or null when it is none. */
export function e164(text: string, country: CountryCode = 'IR'): string | null {
  const number = parsePhoneNumberFromString(latinDigits(text), country);
  return number?.isValid() ? number.number : null;
}

const latinDigits = (text: string): string =>
  text.replaceAll(/[۰-۹٠-٩]/g, (digit) => String(digit.charCodeAt(0) & 0xf));

/**
 * How stored numbers may begin when somebody types the first digits of one: as dialled at home (0912…, also without the
 * zero), or with a country code (+98…, 0098…, 98…). Empty for what is no beginning of a number.
 */
export function phoneBeginnings(typed: string, homeCode = '98'): string[] {
  const latin = latinDigits(typed).replaceAll(/[\s().-]/g, '');
  if (!/^\+?\d{3,15}$/.test(latin)) return [];
  if (latin.startsWith('+')) return [latin];
  if (latin.startsWith('00')) return [`+${latin.slice(2)}`];
  if (latin.startsWith('0')) return [`+${homeCode}${latin.slice(1)}`];
  return [`+${latin}`, `+${homeCode}${latin}`];
}

export interface ContactFields {
  name: string | null;
  locale: string | null;
  tier: string | null;
  email: string | null;
  emailVerifiedAt: Date | null;
  phone: string | null;
  phoneVerifiedAt: Date | null;
}

/** What merging gives the contact that stays: its own word first, the other's where it has none. */
export function mergedFields<T extends ContactFields>(stays: T, goes: ContactFields): T {
  const email = stays.email ? stays : goes;
  const phone = stays.phone ? stays : goes;
  return {
    ...stays,
    name: stays.name ?? goes.name,
    locale: stays.locale ?? goes.locale,
    tier: stays.tier ?? goes.tier,
    email: email.email,
    emailVerifiedAt: email.emailVerifiedAt,
    phone: phone.phone,
    phoneVerifiedAt: phone.phoneVerifiedAt,
  };
}

export const FILLED = ['name', 'locale', 'tier', 'email', 'phone'] as const;
export type Filled = (typeof FILLED)[number];

/** What the one that stays gets from the other. */
export const filledFields = (stays: ContactFields, goes: ContactFields): Filled[] =>
  FILLED.filter((field) => !stays[field] && goes[field]);

/** What parting leaves the one that stayed: what it was given goes again, unless it was changed since. */
export function partedFields<T extends ContactFields>(stays: T, goes: ContactFields, given: readonly string[]): T {
  const back = FILLED.filter((field) => given.includes(field) && stays[field] === goes[field]);
  return {
    ...stays,
    ...Object.fromEntries(back.map((field) => [field, null])),
    ...(back.includes('email') ? { emailVerifiedAt: null } : {}),
    ...(back.includes('phone') ? { phoneVerifiedAt: null } : {}),
  };
}
