import { joined, quoted, type Words } from '../text/words';
import { piecesOf } from './pieces';
import { VOCABULARY } from './vocabulary';

/**
 * One sentence of a refusal: as the source says it, with `$name` where a value stands; in Persian; and in English as a
 * reader of the console is told, where the source's sentence is made for scripts.
 */
export type Saying = readonly [says: string, fa: string, en?: string];

export type Catalogue = Readonly<Record<string, Saying>>;

/** What a sentence is in the catalogue: a code that stays, the values that stood in it, and its words. */
export interface Told {
  reason: string;
  values: Readonly<Record<string, string>>;
  words: Words;
}

interface Known {
  reason: string;
  saying: Saying;
  names: readonly string[];
  pattern: RegExp;
}

const VALUE = /\$([a-z]\w*)/gi;
/** A sentence longer than this holds what somebody else wrote; it is not searched through. */
const LONGEST = 2_000;
const MOST_PIECES = 12;
const EACH = 'each value in ';

/** The pattern of a sentence: its values are whatever stands between its words. */
export const patternOf = (says: string): RegExp =>
  new RegExp(
    `^${says
      .split(VALUE)
      .map((part, at) => (at % 2 === 1 ? '([^]+?)' : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)))
      .join('')}$`,
  );

export const valuesIn = (text: string): string[] => [...text.matchAll(VALUE)].map(([, name]) => name!);

/** Finds sentences in a catalogue: plain ones by themselves, others by the words around their values. */
export class Sayings {
  private readonly plain = new Map<string, Known>();
  private readonly patterned: readonly Known[];

  constructor(catalogue: Catalogue) {
    const patterned: Known[] = [];
    for (const [reason, saying] of Object.entries(catalogue)) {
      const known = { reason, saying, names: valuesIn(saying[0]), pattern: patternOf(saying[0]) };
      if (known.names.length === 0) this.plain.set(saying[0], known);
      else patterned.push(known);
    }
    // The one with the most words of its own says most exactly what was meant.
    const own = ({ saying: [says] }: Known) => says.replaceAll(VALUE, '').length;
    this.patterned = patterned.toSorted((a, b) => own(b) - own(a));
  }

  /** @returns the sentence in both languages; undefined when the catalogue does not know it */
  tell(sentence: string): Told | undefined {
    if (sentence.length > LONGEST) return undefined;
    const plain = this.plain.get(sentence);
    if (plain) return told(plain, sentence, {}, this.said);
    for (const known of this.patterned) {
      const match = known.pattern.exec(sentence);
      if (!match) continue;
      const values = Object.fromEntries(known.names.map((name, at) => [name, match[at + 1]!]));
      return told(known, sentence, values, this.said);
    }
    return sentence.startsWith(EACH) ? this.tellEach(sentence.slice(EACH.length)) : undefined;
  }

  /**
   * What became of something, in both languages: sentences of ours one after the other, with what a network put beside
   * them in brackets; whatever is not ours is quoted, so that nothing is lost.
   */
  words(report: string): Words {
    return this.compose(report) ?? quoted(report);
  }

  /** The same where something of it is ours; undefined where nothing is. */
  compose(report: string): Words | undefined {
    if (report.length > LONGEST) return undefined;
    const pieces = piecesOf(report);
    if (pieces.length > MOST_PIECES) return undefined;
    const parts: Words[] = [];
    let foreign: string[] = [];
    let known = false;
    const quote = () => {
      if (foreign.length > 0) parts.push(quoted(foreign.join(' ')));
      foreign = [];
    };
    for (let at = 0; at < pieces.length;) {
      const { told, taken } = this.beginning(pieces.slice(at));
      if (told || pieces[at]!.startsWith('(')) quote();
      if (told) parts.push(told.words);
      else if (pieces[at]!.startsWith('(')) parts.push({ fa: isolated(pieces[at]!), en: pieces[at]! });
      else foreign.push(pieces[at]!);
      known ||= told !== undefined;
      at += taken;
    }
    quote();
    return known ? joined(parts) : undefined;
  }

  /** The most that is known of the beginning of a report: a few sentences may be one entry. */
  private beginning(pieces: readonly string[]): { told?: Told; taken: number } {
    for (const taken of [pieces.length, 3, 2, 1].filter((count, at) => at === 0 || count < pieces.length)) {
      const told = this.tell(pieces.slice(0, taken).join(' '));
      if (told) return { told, taken };
    }
    return { taken: 1 };
  }

  private readonly said = (value: string): string => this.compose(value)?.fa ?? isolated(value);

  /** class-validator says of a list what it says of a value, with a beginning of its own. */
  private tellEach(rest: string): Told | undefined {
    const one = this.tell(rest);
    return one && { ...one, words: { fa: `هر مورد: ${one.words.fa}`, en: `Each entry: ${one.words.en}` } };
  }
}

/** @param said a report that stands within another, in Persian */
function told(
  { reason, saying: [says, fa, en] }: Known,
  sentence: string,
  values: Record<string, string>,
  said: (report: string) => string,
): Told {
  const filled = (text: string, shown: (name: string) => string) =>
    text.replaceAll(VALUE, (_, name: string) => shown(name));
  return {
    reason,
    values,
    words: {
      fa: filled(fa, (name) => (name === 'said' ? said(values[name] ?? '') : inPersianText(name, values[name] ?? ''))),
      en:
        en === undefined
          ? /^[a-z]/.test(says)
            ? whole(sentence)
            : sentence
          : filled(en, (name) => values[name] ?? ''),
    },
  };
}

/** What goes on from the name of a field, by itself. */
const whole = (rest: string) => rest.charAt(0).toUpperCase() + rest.slice(1) + (/[\w)”"]$/.test(rest) ? '.' : '');

/** People search for a code as its network writes it. */
const CODES = /^(code|detail)$/;
const BYTES = 1_048_576;
const digits = (value: number, most = 2) =>
  value.toLocaleString('fa', { useGrouping: false, maximumFractionDigits: most });

/** A value within a Persian sentence: our own words translated, numbers in Persian digits, all else kept to itself. */
function inPersianText(name: string, value: string): string {
  const vocabulary = VOCABULARY[name.replace(/\d+$/, '')];
  if (vocabulary)
    return value
      .split(/, | or | and /)
      .map((word) => vocabulary[word] ?? isolated(word))
      .join('، ');
  if (CODES.test(name) || !/^-?\d+(\.\d+)?$/.test(value)) return isolated(value);
  const number = Number(value);
  return name === 'bytes' ? `${digits(number / BYTES, 1)} مگابایت` : digits(number);
}

/** Ids, file names and names of people do not turn the words around them. */
const isolated = (value: string) => `\u2068${value}\u2069`;
