import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

export interface PhoneNumber {
  e164: string;
  /** As it was given. */
  raw: string;
  country: string | null;
}

export type NumberCheck = { ok: true; phone: PhoneNumber } | { ok: false; problem: string };

const DIGITS = /[۰-۹٠-٩]/g;
const MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g; // direction marks come along when a number is copied
const IRAN_MOBILE = /^\+989\d{9}$/;

/** A number as people write it (Persian and Arabic digits, direction marks), or what is wrong with it. */
export function checkNumber(raw: string, country: string): NumberCheck {
  const latin = raw.replaceAll(MARKS, '').replaceAll(DIGITS, (digit) => String(digit.charCodeAt(0) & 0xf));
  const number = parsePhoneNumberFromString(latin, country as CountryCode);
  if (!number) return { ok: false, problem: 'is no phone number; ask for it again, with its country' };
  if (number.country === 'IR' && number.nationalNumber.startsWith('9') && !IRAN_MOBILE.test(number.number))
    return { ok: false, problem: 'is no Iranian mobile number: after 0 or +98 it has 9 and nine more digits' };
  if (!number.isValid()) return { ok: false, problem: 'is not a number that is given out; ask for it again' };
  return { ok: true, phone: { e164: number.number, raw: raw.trim(), country: number.country ?? null } };
}

/** Enough to recognise a number by, too little to call it: `+98912•••4567`. */
export function maskedPhone(e164: string): string {
  const shown = Math.min(6, Math.max(e164.length - 7, 3));
  return `${e164.slice(0, shown)}${'•'.repeat(Math.max(e164.length - shown - 4, 3))}${e164.slice(-4)}`;
}

/** RFC 3966; only the plus sign and digits, which every phone understands. */
export const telLink = (e164: string): string => `tel:${e164}`;
