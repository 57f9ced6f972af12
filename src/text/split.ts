import { lengthIn, pieces as piecesIn, type TextUnit } from './graphemes';

const WORDS = new Intl.Segmenter(undefined, { granularity: 'word' });

/** How good a place is to part a text; 0 is any grapheme border. */
const WORD = 1;
const SPACE = 2;
const CLAUSE = 3;
const SENTENCE = 4;

/** A border is only worth taking when it leaves a part this full: a sentence of three words is no message. */
const FULL_ENOUGH: Record<number, number> = { [SENTENCE]: 1 / 3, [CLAUSE]: 1 / 2, [SPACE]: 0, [WORD]: 0 };

const BLANK = /^\s+$/u;
const NEVER_A_BORDER = /^[\u00A0\u2007\u202F\uFEFF]+$/u; // spaces that say: do not part here
const SENTENCE_ENDS = /[.!?؟۔…。！？]["'»”’)\]]*$/u;
const CLAUSE_ENDS = /[,;:،؛、]["'»”’)\]]*$/u;
const WIDE_ENDS = /[。！？]/u; // nothing blank follows these
// 12,345.60 · ۱۲٬۳۴۵ · 0912 123 4567 · 2026/11/22 · 6037-9912: one number, blanks between its digits included
const NUMBER = /[+#]?\p{Nd}(?:[ .,:٫٬/\u00A0–-]?\p{Nd})+[٪%]?/gu;
const ONE_THING = /:\/\/|^www\.|@|#/iu;

/**
 * Parts of a text that is too long, each at most `max` units and to be sent as a message of its own, in order. A text
 * is parted after a sentence, else after a clause, else between words, else between letters as people see them; never
 * inside a grapheme, an address or a number, unless that alone is longer than `max`. Blanks at the borders are left out;
 * everything else comes back when the parts are joined.
 * @returns nothing for a text of blanks
 */
export function splitText(text: string, { max, unit }: { max: number; unit: TextUnit }): string[] {
  const pieces = piecesOf(text, max, unit);
  const borders = bordersOf(text);
  const textOf = (from: number, to: number) => {
    let end = to;
    while (end > from && pieces[end - 1]!.blank) end -= 1;
    return text.slice(pieces[from]!.at, end < pieces.length ? pieces[end]!.at : text.length);
  };
  const endOf = (from: number) => {
    for (let fits = reach(pieces, from, max); ;) {
      const to = fits === pieces.length ? fits : bestBorder(pieces, borders, from, fits);
      // what stands alone may count for more than in its sentence: cut off, `example.com` is a link to X
      if (to <= from + 1 || lengthIn(textOf(from, to), unit) <= max) return to;
      fits = to - 1;
    }
  };
  const parts: string[] = [];
  let from = skipBlanks(pieces, 0);
  while (from < pieces.length) {
    const to = endOf(from);
    parts.push(textOf(from, to));
    from = skipBlanks(pieces, to);
  }
  return parts;
}

interface Piece {
  at: number;
  size: number;
  blank: boolean;
}

/** The text's smallest parts. One that alone is larger than a message can only go in code points. */
function piecesOf(text: string, max: number, unit: TextUnit): Piece[] {
  const pieces: Piece[] = [];
  const starts = [...piecesIn(text, unit)];
  for (const [i, { index, length: size }] of starts.entries()) {
    const piece = text.slice(index, starts[i + 1]?.index ?? text.length);
    if (size <= max) pieces.push({ at: index, size, blank: BLANK.test(piece) });
    else {
      let at = index;
      for (const point of piece) {
        pieces.push({ at, size: lengthIn(point, unit), blank: false });
        at += point.length;
      }
    }
  }
  return pieces;
}

function skipBlanks(pieces: readonly Piece[], from: number): number {
  let next = from;
  while (next < pieces.length && pieces[next]!.blank) next += 1;
  return next;
}

/** The first piece that does not fit any more; always beyond `from`, so that there is an end to it. */
function reach(pieces: readonly Piece[], from: number, max: number): number {
  let used = pieces[from]!.size;
  let next = from + 1;
  while (next < pieces.length && used + pieces[next]!.size <= max) used += pieces[next++]!.size;
  // blanks that follow are dropped anyway, so the border behind them is within reach
  return skipBlanks(pieces, next) === pieces.length ? pieces.length : next;
}

function bestBorder(pieces: readonly Piece[], borders: Borders, from: number, fits: number): number {
  for (let strength = SENTENCE; strength >= WORD; strength--) {
    for (let to = fits; to - from > (fits - from) * FULL_ENOUGH[strength]!; to--) {
      if (borders.strength.get(pieces[to]!.at) === strength) return to;
    }
  }
  for (let to = fits; to > from; to--) if (!borders.inside(pieces[to]!.at)) return to;
  return fits;
}

interface Borders {
  /** By place in the text: the strength of the border before it. */
  strength: ReadonlyMap<number, number>;
  /** Whether a place is inside something that is to stay whole. */
  inside(at: number): boolean;
}

function bordersOf(text: string): Borders {
  const whole = new Set<number>();
  const keep = (from: number, to: number) => {
    for (let at = from + 1; at < to; at++) whole.add(at);
  };
  for (const match of text.matchAll(NUMBER)) keep(match.index, match.index + match[0].length);
  for (const match of text.matchAll(/\S+/gu))
    if (ONE_THING.test(match[0])) keep(match.index, match.index + match[0].length);

  const strength = new Map<number, number>();
  const offer = (at: number, how: number) => {
    if (at > 0 && at < text.length && !whole.has(at)) strength.set(at, Math.max(how, strength.get(at) ?? 0));
  };
  for (const { index } of WORDS.segment(text)) offer(index, WORD);
  for (const match of text.matchAll(/\s+/gu)) {
    if (NEVER_A_BORDER.test(match[0])) {
      keep(match.index - 1, match.index + match[0].length + 1);
      for (let at = match.index; at <= match.index + match[0].length; at++) strength.delete(at);
      continue;
    }
    const before = text.slice(Math.max(0, match.index - 4), match.index);
    const ends = match[0].includes('\n') || SENTENCE_ENDS.test(before);
    offer(match.index, ends ? SENTENCE : CLAUSE_ENDS.test(before) ? CLAUSE : SPACE);
  }
  for (let at = 1; at < text.length; at++) if (WIDE_ENDS.test(text[at - 1]!)) offer(at, SENTENCE);
  return { strength, inside: (at) => whole.has(at) };
}
