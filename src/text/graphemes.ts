/** How a network counts a text's length: bytes of UTF-8, units of UTF-16 (a string's `length`), Unicode code points. */
export type TextUnit = 'utf8_bytes' | 'utf16_units' | 'characters';

const ENCODER = new TextEncoder();
const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Length of a text in `unit`. An unpaired surrogate counts as the replacement character it is sent as. */
export function lengthIn(text: string, unit: TextUnit): number {
  if (unit === 'utf16_units') return text.length;
  if (unit === 'utf8_bytes') return ENCODER.encode(text).length;
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters;
}

/**
 * The longest beginning of `text` made of whole graphemes that is at most `max` units long: no half emoji, no letter
 * parted from its vowel sign. Empty when not even the first grapheme fits.
 */
export function cutText(text: string, max: number, unit: TextUnit): string {
  if (lengthIn(text, unit) <= max) return text;
  let used = 0;
  for (const { segment, index } of SEGMENTER.segment(text)) {
    used += lengthIn(segment, unit);
    if (used > max) return text.slice(0, index);
  }
  return text;
}
