import { createHash } from 'node:crypto';
import { withoutNames } from '../../text/noise';
import { normalise, wordsOf } from '../../text/normalise';

/** A text as far as it takes to know it again. */
export interface Fingerprint {
  /** 32 hex digits; equal for texts a person would call the same words. */
  hash: string;
  /** It says enough to be the same matter wherever it is said again. */
  telling: boolean;
}

const READ_OF_TEXT = 4_000; // UTF-16 units: two letters that agree so far are the same letter
const TELLING_WORDS = 3;
const TELLING_LETTERS = 10; // "where is it" has nine, "سفارش من کجاست" twelve
const NUMBER = /^\p{N}{5,}$/u; // an order, a phone: nobody says it by chance

/** Courtesies: with or without them it is the same question. In search form. */
const COURTESIES = asSet(`
  سلام درود وقت وقتتون روز روزتون شب شبتون بخیر خسته نباشید نباشین نباشی لطفا لطف خواهش میکنم ممنون ممنونم مرسی
  سپاس متشکرم تشکر دمتون گرم عزیز عزیزم جان
  hi hello hey dear please pls thanks thank you thx good morning evening day`);

/** Words that mean another thing under each post: "how much is this?" five times are five questions. */
const POINTING = asSet(`
  این اینو اینا اون اونو چند چنده قیمت قیمتش قیمتشون قیمتا چقدر چقدره چقد هزینه هزینش دارین دارید موجوده موجود
  سایز سایزش رنگ رنگش
  is it this that these those how much price the a an of for do have available size colour color cost`);

function asSet(words: string): ReadonlySet<string> {
  return new Set(wordsOf(words));
}

/** @returns null for what says nothing that could be compared: nothing at all, or only names of people */
export function fingerprintOf(text: string): Fingerprint | null {
  const said = withoutNames(text.slice(0, READ_OF_TEXT));
  const words = wordsOf(said);
  if (words.length === 0) {
    const signs = normalise(said);
    return signs === '' ? null : { hash: hashOf(signs), telling: false };
  }
  const matter = words.filter((word) => !COURTESIES.has(word));
  const own = matter.filter((word) => !POINTING.has(word));
  const letters = own.reduce((sum, word) => sum + word.length, 0);
  const telling = own.some((word) => NUMBER.test(word)) || (isMuch(matter, own) && letters >= TELLING_LETTERS);
  // joined without gaps: می‌خوام, می خوام and میخوام are one word
  return { hash: hashOf((matter.length > 0 ? matter : words).join('')), telling };
}

const isMuch = (matter: readonly string[], own: readonly string[]): boolean =>
  matter.length >= TELLING_WORDS && own.length >= TELLING_WORDS - 1;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
