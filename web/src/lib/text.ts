export type TextDirection = 'rtl' | 'ltr';

const RTL_LETTER = /[\u0590-\u08ff\ufb1d-\ufdfd\ufe70-\ufefc]/;
const FIRST_LETTER = /\p{L}/u;
// What a person pastes or tags says nothing about the language they write in.
const NOT_PROSE = /https?:\/\/\S+|[\w.+-]+@[\w-]+\.[\w.]+|[@#][\p{L}\p{N}_.-]+/gu;
// A whole left-to-right run is isolated, with the Latin words before it: isolating only "#48213" would flip "Ticket #48213".
const RUN =
  /(https?:\/\/\S+|(?:[A-Za-z][\w.'-]*[ \t]+)*[@#][A-Za-z0-9_.-]+|[\w.+-]+@[\w-]+\.[\w.]+|\+?[0-9۰-۹٠-٩][0-9۰-۹٠-٩ \-–/.()]{4,}[0-9۰-۹٠-٩])/gu;

/**
 * Direction of a paragraph by its first strong letter once links, handles and tags are set aside;
 * `fallback` (the direction of the interface) when no letter is left.
 */
export function textDir(text: string, fallback: TextDirection): TextDirection {
  const letter = FIRST_LETTER.exec(text.replace(NOT_PROSE, ' '))?.[0];
  if (!letter) return fallback;
  return RTL_LETTER.test(letter) ? 'rtl' : 'ltr';
}

/** `fa` or `en`, for the `lang` of a message body so that a screen reader changes its voice. */
export const textLang = (text: string, fallback: TextDirection): 'fa' | 'en' =>
  textDir(text, fallback) === 'rtl' ? 'fa' : 'en';

export interface TextRun {
  text: string;
  kind: 'prose' | 'link' | 'isolate';
}

/** Splits a line into prose and the runs that must keep their own left-to-right order: links, handles, codes, phones. */
export function textRuns(line: string): TextRun[] {
  const runs: TextRun[] = [];
  line.split(RUN).forEach((text, index) => {
    if (text) runs.push({ text, kind: index % 2 === 0 ? 'prose' : /^https?:/.test(text) ? 'link' : 'isolate' });
  });
  return runs;
}

const FSI = '\u2068';
const LRI = '\u2066';
const PDI = '\u2069';

/** Isolates a name inside a text-only sink (title, accessible name, announcement). */
export const isolate = (text: string) => `${FSI}${text}${PDI}`;

/** Isolates an identifier, a handle or a phone inside a text-only sink. */
export const isolateLtr = (text: string) => `${LRI}${text}${PDI}`;

const ZERO_CODES = [0x06f0, 0x0660];

/** Persian and Arabic-Indic digits to Latin ones: what people type, in the form the server takes. */
export function latinDigits(text: string): string {
  return text.replace(/[۰-۹٠-٩]/g, (digit) => {
    const code = digit.charCodeAt(0);
    const zero = ZERO_CODES.find((start) => code >= start && code <= start + 9) ?? code;
    return String(code - zero);
  });
}

/** First letters of up to two words, for an avatar without a picture. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.slice(0, 2).map((word) => Array.from(word)[0] ?? '');
  // Persian letters would join into one meaningless ligature without the gap.
  return letters.join('\u200c').toLocaleUpperCase();
}

export type TextUnit = 'utf8_bytes' | 'utf16_units' | 'characters';

/** Length of a reply in the unit the channel counts in. */
export function textLength(text: string, unit: TextUnit): number {
  if (unit === 'utf8_bytes') return new TextEncoder().encode(text).length;
  if (unit === 'utf16_units') return text.length;
  return Array.from(text).length;
}
