import { wordsOf } from '../text/normalise';

/** Features by 32-bit hash, with how often each occurs. */
export interface Features {
  words: Map<number, number>;
  /** Runs of 2 to 5 letters within a word, its borders counted as letters: they forgive typing, endings and joining. */
  grams: Map<number, number>;
}

const SHORTEST_GRAM = 2;
const LONGEST_GRAM = 5;
// beyond these a text is not a question any more; they bound the work for one message
const MAX_WORDS = 80;
const MAX_WORD_LENGTH = 40;

const WORD_SEED = 0x811c9dc5;
const GRAM_SEED = 0x2f0b4c47;
const BORDER = 0x20;

export function featuresOf(text: string): Features {
  const words = new Map<number, number>();
  const grams = new Map<number, number>();
  for (const whole of wordsOf(text).slice(0, MAX_WORDS)) {
    const word = whole.slice(0, MAX_WORD_LENGTH);
    count(words, hashOf(word));
    countGrams(grams, word);
  }
  return { words, grams };
}

function countGrams(grams: Map<number, number>, word: string): void {
  const padded = word.length + 2;
  for (let start = 0; start < padded - 1; start++) {
    let hash = GRAM_SEED;
    const end = Math.min(start + LONGEST_GRAM, padded);
    for (let at = start; at < end; at++) {
      hash = mix(hash, at === 0 || at === padded - 1 ? BORDER : word.charCodeAt(at - 1));
      if (at - start + 1 >= SHORTEST_GRAM) count(grams, hash >>> 0);
    }
  }
}

function hashOf(word: string): number {
  let hash = WORD_SEED;
  for (let at = 0; at < word.length; at++) hash = mix(hash, word.charCodeAt(at));
  return hash >>> 0;
}

/** One step of FNV-1a over UTF-16 units. */
const mix = (hash: number, unit: number) => Math.imul(hash ^ unit, 0x01000193);

const count = (features: Map<number, number>, hash: number) => features.set(hash, (features.get(hash) ?? 0) + 1);
