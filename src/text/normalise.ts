/**
 * The one search form of text, in Persian, Arabic letters and Latin alike: what is typed with another keyboard, with
 * vowels, with stretched letters or with joiners reads the same. For comparing only: what people see stays as written.
 */

// NFKC would turn an isolated vowel sign into a space with a sign on it, and break the word in two
const ISOLATED_SIGNS = /[\u{FE70}-\u{FE7F}]/gu;
// direction marks, the soft hyphen, the byte-order mark, variation selectors: never seen, often pasted
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
// the zero-width (non-)joiner and ¬, which old Word exports put in its place
const JOINERS = /[\u{00AC}\u{200B}-\u{200D}]/gu;
// vowels, Koranic signs, tatweel, the lone hamza
const SIGNS =
  /[\u{0610}-\u{061A}\u{0621}\u{0640}\u{064B}-\u{065F}\u{0670}\u{06D6}-\u{06DC}\u{06DF}-\u{06E8}\u{06EA}-\u{06ED}]/gu;
const STRETCHED = /(\p{L})\1{2,}/gu; // letters only: 4999 is a price

const FOLDED: Record<string, string> = {
  ...to('ی', '\u064A\u0649\u06CD\u06D0\u0626'), // ي ى ۍ ې ئ
  ...to('ک', '\u0643\u06AA'), // ك ڪ
  ...to('ه', '\u0629\u06C0\u06C1\u06BE\u06D5'), // ة ۀ ہ ھ ە
  ...to('ا', '\u0622\u0623\u0625\u0671'), // آ أ إ ٱ
  ...to('و', '\u0624'), // ؤ
};
for (let digit = 0; digit <= 9; digit++) {
  FOLDED[String.fromCodePoint(0x06f0 + digit)] = String(digit);
  FOLDED[String.fromCodePoint(0x0660 + digit)] = String(digit);
}
const FOLDS = new RegExp(`[${Object.keys(FOLDED).join('')}]`, 'gu');

function to(letter: string, variants: string): Record<string, string> {
  return Object.fromEntries(Array.from(variants, (variant) => [variant, letter]));
}

/** Text in search form: lower case, single spaces, punctuation kept. Applying it twice changes nothing more. */
export function normalise(text: string): string {
  return text
    .replace(ISOLATED_SIGNS, '')
    .normalize('NFKC')
    .replace(JOINERS, ' ')
    .replace(INVISIBLE, '')
    .replace(SIGNS, '')
    .replace(FOLDS, (letter) => FOLDED[letter]!)
    .toLowerCase()
    .replace(STRETCHED, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** The words of a text in search form: runs of letters, marks and digits. Punctuation and emoji part words. */
export function wordsOf(text: string): string[] {
  return normalise(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
