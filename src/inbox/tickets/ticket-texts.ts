import { cutText } from '../../text/graphemes';
import { guessLanguage } from '../../text/language';

const NO_WORDS = /^\[\w+\]$/; // the preview of a picture
const PREVIEW_LENGTH = 160;
const SUBJECT_GRAPHEMES = 200;
const SUBJECT_UNITS = 8_000; // a character may be any length; its subject may not
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a text is written in; Persian in Latin letters is Persian for whoever answers. Null when there is nothing to go by. */
export function languageOfText(text: string): 'fa' | 'en' | null {
  if (NO_WORDS.test(text)) return null;
  const guess = guessLanguage(text.slice(0, PREVIEW_LENGTH));
  return guess === 'fingilish' ? 'fa' : guess;
}

/** The subject of a letter on one line, its first 200 characters as people see them. */
export function subjectOfLetter(text: string): string {
  const line = cutText(oneLine(text), SUBJECT_UNITS, 'utf16_units');
  if (line.length <= SUBJECT_GRAPHEMES) return line;
  let seen = 0;
  for (const { index } of GRAPHEMES.segment(line)) {
    if (seen === SUBJECT_GRAPHEMES) return `${line.slice(0, index)}…`;
    seen += 1;
  }
  return line;
}

/** The first words of a message on one line, never cut inside a character as people see it. */
export function previewOf(text: string): string {
  const line = oneLine(text);
  const cut = cutText(line, PREVIEW_LENGTH, 'utf16_units');
  return cut === line ? line : `${cut}…`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
