import { graphemesOf } from './segments';
import { weightedLength, weightedParts } from './weighted';

/**
 * How a network counts a text's length: bytes of UTF-8, units of UTF-16 (a string's `length`), Unicode code points, or
 * X's weighted characters.
 */
export type TextUnit = 'utf8_bytes' | 'utf16_units' | 'characters' | 'x_weighted';

const ENCODER = new TextEncoder();

/** Length of a text in `unit`. An unpaired surrogate counts as the replacement character it is sent as. */
export function lengthIn(text: string, unit: TextUnit): number {
  if (unit === 'utf16_units') return text.length;
  if (unit === 'utf8_bytes') return ENCODER.encode(text).length;
  if (unit === 'x_weighted') return weightedLength(text);
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters;
}

/**
 * The longest beginning of `text` made of whole graphemes that is at most `max` units long: no half emoji, no letter
 * parted from its vowel sign, and in X's unit no cut link. Empty when not even the first piece fits.
 */
export function cutText(text: string, max: number, unit: TextUnit): string {
  if (lengthIn(text, unit) <= max) return text;
  let used = 0;
  for (const { index, length } of pieces(text, unit)) {
    used += length;
    if (used > max) return text.slice(0, index);
  }
  return text;
}

/** What a text may be parted into: graphemes, and in X's unit whole links. Where each begins, and its length in `unit`. */
export function* pieces(text: string, unit: TextUnit): Generator<{ index: number; length: number }> {
  if (unit === 'x_weighted') {
    for (const { index, weight } of weightedParts(text)) yield { index, length: weight };
    return;
  }
  for (const { segment, index } of graphemesOf(text)) yield { index, length: lengthIn(segment, unit) };
}
