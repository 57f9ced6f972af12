import { featuresOf, type Features } from './features';
import { type FaqMatch, type FaqMatcher, TOP, type TrainedFaq, type TrainingArticle } from './matcher';
import { Slices } from './slices';

/**
 * Finds the known question nearest to the customer's.
 *
 * Each title and phrasing is a point: TF-IDF of its words and of its letter runs, each half of unit length, so a dot
 * product is a weighted sum of two cosines. A query's unknown features count in its length as if they were the rarest:
 * a message mostly about other things is far from everything, which is what makes abstaining possible.
 * The article's score is its nearest question's, raised a little by the next two (as independent evidence): agreement
 * counts, and a known question word for word stays 1 however the others look.
 */
const WORD_WEIGHT = 0.4;
const GRAM_WEIGHT = 0.6;
const SUPPORT = 0.3;
const SLICE_MS = 5;

interface Counted {
  /** Feature numbers, words before grams. */
  features: Uint32Array;
  /** 1 + ln(occurrences), in the same order. */
  frequencies: Float32Array;
  wordCount: number;
}

interface Postings {
  /** Feature f's postings are at `starts[f]` up to `starts[f + 1]`. */
  starts: Uint32Array;
  questions: Uint32Array;
  weights: Float32Array;
}

export class NearestQuestionMatcher implements FaqMatcher {
  /** @param sliceMs how long training may hold the event loop at a time */
  constructor(private readonly sliceMs = SLICE_MS) {}

  async train(articles: readonly TrainingArticle[]): Promise<TrainedFaq> {
    const slices = new Slices(this.sliceMs);
    const numbers = new Map<number, number>();
    const seenIn: number[] = [];
    const questions: Counted[] = [];
    const firstQuestion = new Uint32Array(articles.length + 1);
    for (const [index, article] of articles.entries()) {
      for (const text of [article.title, ...article.phrasings]) {
        const question = number(featuresOf(text), numbers, seenIn);
        if (question.wordCount > 0) questions.push(question);
        if (slices.spent()) await slices.pause();
      }
      firstQuestion[index + 1] = questions.length;
    }
    const rarity = Float32Array.from(seenIn, (seen) => rarityOf(seen, questions.length));
    const postings = await post(questions, seenIn, rarity, slices);
    return new NearestQuestion(
      articles.map(({ id, locale }) => ({ id, locale })),
      firstQuestion,
      numbers,
      rarity,
      postings,
    );
  }
}

/** Gives features their numbers, 0, 1, 2 … as they first appear, and counts in how many questions each was seen. */
function number({ words, grams }: Features, numbers: Map<number, number>, seenIn: number[]): Counted {
  const features = new Uint32Array(words.size + grams.size);
  const frequencies = new Float32Array(features.length);
  let at = 0;
  for (const group of [words, grams]) {
    for (const [hash, occurrences] of group) {
      let feature = numbers.get(hash);
      if (feature === undefined) {
        feature = numbers.size;
        numbers.set(hash, feature);
        seenIn.push(0);
      }
      seenIn[feature]! += 1;
      features[at] = feature;
      frequencies[at] = frequencyOf(occurrences);
      at += 1;
    }
  }
  return { features, frequencies, wordCount: words.size };
}

/** Turns questions inside out: for each feature, which questions have it and how heavily. */
async function post(
  questions: readonly Counted[],
  seenIn: readonly number[],
  rarity: Float32Array,
  slices: Slices,
): Promise<Postings> {
  const starts = new Uint32Array(seenIn.length + 1);
  for (let feature = 0; feature < seenIn.length; feature++) starts[feature + 1] = starts[feature]! + seenIn[feature]!;
  const next = starts.slice();
  const total = starts[seenIn.length]!;
  const postings: Postings = { starts, questions: new Uint32Array(total), weights: new Float32Array(total) };
  if (slices.spent()) await slices.pause();
  for (const [index, { features, frequencies, wordCount }] of questions.entries()) {
    let words = 0;
    let grams = 0;
    for (let at = 0; at < features.length; at++) {
      const weight = frequencies[at]! * rarity[features[at]!]!;
      if (at < wordCount) words += weight * weight;
      else grams += weight * weight;
    }
    const [wordScale, gramScale] = scales(words, grams);
    for (let at = 0; at < features.length; at++) {
      const feature = features[at]!;
      const place = next[feature]!++;
      postings.questions[place] = index;
      postings.weights[place] = frequencies[at]! * rarity[feature]! * (at < wordCount ? wordScale : gramScale);
    }
    if (slices.spent()) await slices.pause();
  }
  return postings;
}

const frequencyOf = (occurrences: number) => 1 + Math.log(occurrences);

const rarityOf = (seen: number, questions: number) => Math.log((1 + questions) / (1 + seen)) + 1;

/** What brings each half to the length of its weight, given the sums of squares. */
const scales = (words: number, grams: number) =>
  [Math.sqrt(WORD_WEIGHT / (words || 1)), Math.sqrt(GRAM_WEIGHT / (grams || 1))] as const;

class NearestQuestion implements TrainedFaq {
  /** Kept between calls: matching is synchronous. */
  private readonly similarities: Float32Array;

  constructor(
    private readonly articles: readonly { id: string; locale: string }[],
    /** Article a's questions are `firstQuestion[a]` up to `firstQuestion[a + 1]`. */
    private readonly firstQuestion: Uint32Array,
    private readonly numbers: ReadonlyMap<number, number>,
    private readonly rarity: Float32Array,
    private readonly postings: Postings,
  ) {
    this.similarities = new Float32Array(firstQuestion[articles.length]!);
  }

  get bytes(): number {
    const MAP_ENTRY = 24;
    const POSTING = 8;
    return this.postings.questions.length * POSTING + this.numbers.size * (MAP_ENTRY + POSTING);
  }

  match(text: string): FaqMatch[] {
    const { words, grams } = featuresOf(text);
    if (words.size === 0 || this.similarities.length === 0) return [];
    this.similarities.fill(0);
    const [wordScale, gramScale] = scales(this.sumOfSquares(words), this.sumOfSquares(grams));
    this.add(words, wordScale);
    this.add(grams, gramScale);
    const best = this.bestArticles(TOP + 1);
    return best.slice(0, TOP).map(({ article, score }, place) => ({
      articleId: this.articles[article]!.id,
      score,
      margin: score - (best[place + 1]?.score ?? 0),
      locale: this.articles[article]!.locale,
    }));
  }

  private weight(feature: number | undefined, occurrences: number): number {
    const rarity = feature === undefined ? rarityOf(0, this.similarities.length) : this.rarity[feature]!;
    return frequencyOf(occurrences) * rarity;
  }

  private sumOfSquares(features: Map<number, number>): number {
    let sum = 0;
    for (const [hash, occurrences] of features) sum += this.weight(this.numbers.get(hash), occurrences) ** 2;
    return sum;
  }

  private add(features: Map<number, number>, scale: number): void {
    const { starts, questions, weights } = this.postings;
    for (const [hash, occurrences] of features) {
      const feature = this.numbers.get(hash);
      if (feature === undefined) continue;
      const weight = this.weight(feature, occurrences) * scale;
      const end = starts[feature + 1]!;
      for (let at = starts[feature]!; at < end; at++) this.similarities[questions[at]!]! += weight * weights[at]!;
    }
  }

  private bestArticles(count: number): { article: number; score: number }[] {
    const best: { article: number; score: number }[] = [];
    for (let article = 0; article < this.articles.length; article++) {
      const score = this.scoreOf(article);
      if (score <= 0 || (best.length === count && score <= best[count - 1]!.score)) continue;
      const place = best.findIndex((other) => score > other.score);
      best.splice(place === -1 ? best.length : place, 0, { article, score });
      if (best.length > count) best.pop();
    }
    return best;
  }

  private scoreOf(article: number): number {
    let [first, second, third] = [0, 0, 0];
    const end = this.firstQuestion[article + 1]!;
    for (let question = this.firstQuestion[article]!; question < end; question++) {
      const similarity = this.similarities[question]!;
      if (similarity > first) [first, second, third] = [similarity, first, second];
      else if (similarity > second) [second, third] = [similarity, second];
      else if (similarity > third) third = similarity;
    }
    const nearest = Math.min(first, 1); // rounding may step over
    return 1 - (1 - nearest) * (1 - SUPPORT * second) * (1 - SUPPORT * third);
  }
}
