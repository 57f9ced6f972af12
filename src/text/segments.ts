const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const HIGH_HALF = /[\ud800-\udbff]/;
const WINDOW = 500; // UTF-16 units: the segmenter's work grows with the square of what it is given

/** The graphemes of a text in order, whatever its length. A new window begins where a grapheme does. */
export function* graphemesOf(text: string): Generator<{ segment: string; index: number }> {
  let from = 0;
  let size = WINDOW;
  while (from < text.length) {
    const end = from + size + (HIGH_HALF.test(text[from + size - 1] ?? '') ? 1 : 0); // no half of a pair
    const isLast = end >= text.length;
    const window = [...SEGMENTER.segment(text.slice(from, end))];
    if (!isLast && window.length === 1) {
      size *= 2; // one grapheme of hundreds of marks
      continue;
    }
    // what goes on after the window may belong to its last grapheme
    const whole = isLast ? window : window.slice(0, -1);
    for (const { segment, index } of whole) yield { segment, index: from + index };
    from += whole.at(-1)!.index + whole.at(-1)!.segment.length;
    size = WINDOW;
  }
}
