import { graphemesOf } from './segments';

/**
 * X's weighted characters (twitter-text configuration v3: scale 100, default weight 200): Latin, Arabic and Persian
 * letters, ZWNJ and common punctuation weigh 1, everything else 2, a whole emoji 2, any link 23. Counted after NFC.
 */
const LIGHT: readonly (readonly [from: number, to: number])[] = [
  [0x0000, 0x10ff],
  [0x2000, 0x200d],
  [0x2010, 0x201f],
  [0x2032, 0x2037],
];
const LINK_WEIGHT = 23;
const EMOJI_WEIGHT = 2;
const EMOJI = new RegExp(String.raw`^(?:\p{RGI_Emoji}|\p{Emoji_Presentation}|\p{Regional_Indicator}{2})`, 'v');

// X links bare host names too. Its list of top-level domains is long; these and every two-letter one are counted, so a
// text is rather asked to be shorter than refused by X.
const BARE_ENDING = 'com|org|net|info|biz|gov|edu|app|dev|shop|store|online|site|xyz|[a-z]{2}';
const LINK = new RegExp(
  String.raw`https?://[^\s<>"]+|(?<![\p{L}\p{N}@#$_./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:${BARE_ENDING})(?![\p{L}\p{N}_-]|\.[a-z0-9])(?:/[^\s<>"]*)?`,
  'giu',
);
const TRAILING = /[.,!?;:'")\]}»،؛؟…]+$/u; // punctuation after a link is not part of it

export interface WeightedPart {
  text: string;
  /** Where it begins, in UTF-16 units. */
  index: number;
  weight: number;
}

/** A text in the pieces X counts: links whole, everything else grapheme by grapheme. */
export function* weightedParts(text: string): Generator<WeightedPart> {
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const link = match[0].replace(TRAILING, '');
    yield* graphemes(text.slice(from, match.index), from);
    yield { text: link, index: match.index, weight: LINK_WEIGHT };
    from = match.index + link.length;
  }
  yield* graphemes(text.slice(from), from);
}

function* graphemes(text: string, offset: number): Generator<WeightedPart> {
  for (const { segment, index } of graphemesOf(text))
    yield { text: segment, index: offset + index, weight: graphemeWeight(segment) };
}

function graphemeWeight(segment: string): number {
  if (EMOJI.test(segment)) return EMOJI_WEIGHT;
  let weight = 0;
  for (const character of segment.normalize('NFC')) {
    const code = character.codePointAt(0) ?? 0;
    weight += LIGHT.some(([first, last]) => code >= first && code <= last) ? 1 : 2;
  }
  return weight;
}

/** Length of a text as X counts it: 280 fit into an ordinary post. */
export function weightedLength(text: string): number {
  let length = 0;
  for (const { weight } of weightedParts(text)) length += weight;
  return length;
}
