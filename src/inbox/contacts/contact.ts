import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

/** A phone number as E.164, from however people write it (Persian digits included), or null when it is none. */
export function e164(text: string, country: CountryCode = 'IR'): string | null {
  const latin = text.replaceAll(/[۰-۹٠-٩]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
  const number = parsePhoneNumberFromString(latin, country);
  return number?.isValid() ? number.number : null;
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
