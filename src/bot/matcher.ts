/**
 * The port between "which article answers this?" and whatever knows. A matcher is trained on one workspace's articles
 * and then answers in process; it decides nothing: thresholds and what follows from them are in `bot-decision.ts`.
 */
export interface FaqMatcher {
  /** Learns these articles. Lets other work run in between: a large knowledge base never holds the event loop. */
  train(articles: readonly TrainingArticle[]): Promise<TrainedFaq>;
}

export interface TrainingArticle {
  id: string;
  locale: string;
  title: string;
  /** Other ways customers ask the same. */
  phrasings: readonly string[];
}

export interface TrainedFaq {
  /** The best articles for a question, best first, at most `TOP`; none when nothing is alike at all. Pure and total. */
  match(text: string): FaqMatch[];
  /** Roughly what it holds in memory, for whoever caches it. */
  readonly bytes: number;
}

export interface FaqMatch {
  articleId: string;
  /** 0 to 1; 1 is a known question word for word. */
  score: number;
  /** How far the next article is behind. */
  margin: number;
  /** The article's language. */
  locale: string;
}

export const FAQ_MATCHER = Symbol('faq-matcher');
export const TOP = 3;
