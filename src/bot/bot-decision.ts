import { lengthIn } from '../text/graphemes';
import { guessLanguage } from '../text/language';
import { wordsOf } from '../text/normalise';
import { type BrakeSettings, hadEnough, isTooOld } from './answer-brake';
import type { BotAllowance } from './bot-replies';
import type { FaqMatch } from './matcher';

/**
 * How sure is sure. Scores are not probabilities: at these defaults about four suggestions in five are right on shops
 * and assistants with ten phrasings an article, and 96 in 100 above the score for sending. A knowledge base with one
 * phrasing an article reaches them seldom, which is the safe side. A workspace may set its own.
 */
export interface BotSettings {
  suggestThreshold: number;
  /** Never below `suggestThreshold`. */
  sendThreshold: number;
  /** How far the next article must be behind. */
  margin: number;
}

export const DEFAULT_SETTINGS: BotSettings = { suggestThreshold: 0.4, sendThreshold: 0.7, margin: 0.1 };

/** Reads `workspaces.settings.bot`; what is missing or not a number from 0 to 1 is the default. */
export function botSettings(stored: unknown): BotSettings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const read = (name: keyof BotSettings) => {
    const value = given[name];
    return typeof value === 'number' && value >= 0 && value <= 1 ? value : DEFAULT_SETTINGS[name];
  };
  const suggestThreshold = read('suggestThreshold');
  return { suggestThreshold, sendThreshold: Math.max(read('sendThreshold'), suggestThreshold), margin: read('margin') };
}

/** What the bot needs to see of a message in a thread. */
export interface ThreadMessage {
  id: string;
  seq: number;
  author: 'contact' | 'agent' | 'bot' | 'rule' | 'account' | 'system';
  text: string;
  /** Instant of the network, ms. */
  networkAt: number;
  deleted: boolean;
}

export interface OpenQuestion {
  message: ThreadMessage;
  /** The bot has sent an answer since a human last spoke: the customer asks again. */
  askedAgain: boolean;
}

/**
 * The newest customer message that still waits for an answer, or null: nothing asked, taken back, or a human has
 * spoken since. A message that came late is answered by a reply written after it by the network's clock.
 * @param messages the newest of a thread, in any order; notes left out
 */
export function openQuestion(messages: readonly ThreadMessage[]): OpenQuestion | null {
  const newestFirst = messages.toSorted((a, b) => b.seq - a.seq);
  const message = newestFirst.find((m) => m.author === 'contact' && !m.deleted && wordsOf(m.text).length > 0);
  if (!message) return null;
  const byHuman = (m: ThreadMessage) => m.author === 'agent' || m.author === 'account';
  if (messages.some((m) => byHuman(m) && (m.seq > message.seq || m.networkAt > message.networkAt))) return null;
  const lastHuman = newestFirst.findIndex(byHuman);
  const sinceHuman = lastHuman === -1 ? newestFirst : newestFirst.slice(0, lastHuman);
  return { message, askedAgain: sinceHuman.some((m) => m.author === 'bot') };
}

const LONGEST_QUESTION = 400; // characters; beyond, it is a story or several questions, and an FAQ answers neither

/** The article to offer, or null when the bot is not sure enough to say anything. */
export function confidentMatch(question: string, matches: readonly FaqMatch[], settings: BotSettings): FaqMatch | null {
  const [best] = matches;
  if (!best || lengthIn(question, 'characters') > LONGEST_QUESTION) return null;
  return best.score >= settings.suggestThreshold && best.margin >= settings.margin ? best : null;
}

export interface SendFacts {
  question: OpenQuestion;
  match: FaqMatch;
  article: { autoSend: boolean; answer: string };
  allowance: BotAllowance;
  settings: BotSettings;
  brake: BrakeSettings;
  /** When it answered this person within the last day, in any thread, ms. */
  answeredAt: readonly number[];
}

/** Whether the bot may send the answer by itself; if anything speaks against it, the agent gets a suggestion. */
export function mayAnswerAlone(facts: SendFacts, now: number): boolean {
  const { question, match, article, allowance, settings, brake, answeredAt } = facts;
  const { text, networkAt } = question.message;
  return (
    article.autoSend &&
    allowance.mayReply &&
    match.score >= settings.sendThreshold &&
    !question.askedAgain &&
    !isTooOld(now - networkAt, brake) &&
    !hadEnough(answeredAt, brake, now, allowance.amongMachines) &&
    !asksForHuman(text) &&
    speaks(guessLanguage(text), match.locale) &&
    lengthIn(article.answer, allowance.textLimit.unit) <= allowance.textLimit.max
  );
}

const speaks = (asked: ReturnType<typeof guessLanguage>, locale: string) =>
  (asked === 'fingilish' ? 'fa' : asked) === locale;

const HUMAN = [
  'اپراتور',
  'کارشناس',
  'پشتیبان',
  'پشتیبانی',
  'ادم واقعی',
  'انسان',
  'ربات',
  'human',
  'agent',
  'operator',
  'representative',
  'real person',
  'robot',
  'bot',
  'karshenas',
  'poshtiban',
  'poshtibani',
  'adam vaghei',
].map((phrase) => ` ${phrase} `);

/** Speaks of people or robots: whoever writes that does not want a machine's answer. */
function asksForHuman(text: string): boolean {
  const words = ` ${wordsOf(text).join(' ')} `;
  return HUMAN.some((phrase) => words.includes(phrase));
}

/**
 * Whether an agent's reply carries the article's answer: the same words, with or without a greeting before and a
 * sentence after. An answer of a word or two must be the whole reply.
 */
export function usesAnswer(reply: string, answer: string): boolean {
  const wanted = wordsOf(answer);
  const written = wordsOf(reply).join(' ');
  if (wanted.length === 0) return false;
  if (wanted.length < 3) return written === wanted.join(' ');
  return ` ${written} `.includes(` ${wanted.join(' ')} `);
}
