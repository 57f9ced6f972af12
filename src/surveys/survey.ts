import type { SurveyKind } from '../inbox/conversations/survey-score';

export type SurveyLocale = 'fa' | 'en';
export type SurveyState = 'due' | 'asked' | 'answered' | 'not_asked' | 'cancelled';

/** How long an answer is taken, and may be changed. */
export const ANSWER_WITHIN_MS = 72 * 3_600_000;
/** What is written so soon after a score is the comment to it. */
export const COMMENT_WITHIN_MS = 3_600_000;
export const LONGEST_COMMENT = 2_000;
const DAY_MS = 86_400_000;

/** Why a survey was not asked; besides these, the reasons of `send_refused`. */
export type NotAsked =
  | 'disabled'
  | 'not_solved'
  | 'no_answer_needed'
  | 'spam'
  | 'merged'
  | 'nobody_answered'
  | 'channel_left_out'
  | 'thread_left_out'
  | 'asked_lately';

export interface SurveySettings {
  brandId: string | null;
  enabled: boolean;
  kind: SurveyKind;
  delayMinutes: number;
  /** Kinds of channel it is asked on; none: all. */
  channelKinds: readonly string[];
  threadKinds: readonly ('dm' | 'comment')[];
  /** The same person is not asked again within so many days. */
  notAgainDays: number;
  calendarId: string | null;
  texts: SurveyTexts;
  version: number;
}

export type SurveyTexts = Partial<Record<SurveyLocale, { ask?: string; thanks?: string }>>;

export const DEFAULT_SETTINGS: SurveySettings = {
  brandId: null,
  enabled: false,
  kind: 'csat',
  delayMinutes: 10,
  channelKinds: [],
  threadKinds: ['dm'],
  notAgainDays: 30,
  calendarId: null,
  texts: {},
  version: 0,
};

export interface AskFacts {
  ticket: { status: string; resolution: string | null; mergedIntoId: string | null; answered: boolean };
  channelKind: string;
  threadKind: 'dm' | 'comment';
  /** When this person was last asked, whatever the ticket. */
  lastAskedAt: Date | null;
}

const SPARED: Record<string, NotAsked> = { no_answer_needed: 'no_answer_needed', spam: 'spam', merged: 'merged' };

/** Why the customer is not to be asked; null when they are, if the network allows it. */
export function whyNot(settings: SurveySettings, facts: AskFacts, now: Date): NotAsked | null {
  const { ticket, channelKind, threadKind, lastAskedAt } = facts;
  if (!settings.enabled) return 'disabled';
  if (ticket.mergedIntoId !== null) return 'merged';
  if (ticket.status !== 'solved' && ticket.status !== 'closed') return 'not_solved';
  const spared = ticket.resolution === null ? undefined : SPARED[ticket.resolution];
  if (spared) return spared;
  if (!ticket.answered) return 'nobody_answered';
  if (settings.channelKinds.length > 0 && !settings.channelKinds.includes(channelKind)) return 'channel_left_out';
  if (!settings.threadKinds.includes(threadKind)) return 'thread_left_out';
  const again = (lastAskedAt?.getTime() ?? -Infinity) + settings.notAgainDays * DAY_MS;
  return again > now.getTime() ? 'asked_lately' : null;
}

const TEXTS: Record<SurveyKind, Record<SurveyLocale, { ask: string; thanks: string }>> = {
  csat: {
    fa: {
      ask: 'از پاسخ‌گویی ما چقدر راضی بودید؟ لطفاً یک عدد از ۱ (خیلی ناراضی) تا ۵ (خیلی راضی) بفرستید.',
      thanks: 'ممنون از نظر شما.',
    },
    en: {
      ask: 'How satisfied were you with our help? Please send a number from 1 (not at all) to 5 (very much).',
      thanks: 'Thank you for telling us.',
    },
  },
  nps: {
    fa: {
      ask: 'چقدر احتمال دارد {brand} را به دوستان خود پیشنهاد کنید؟ لطفاً یک عدد از ۰ (اصلاً) تا ۱۰ (حتماً) بفرستید.',
      thanks: 'ممنون از نظر شما.',
    },
    en: {
      ask: 'How likely are you to recommend {brand} to a friend? Please send a number from 0 (not at all) to 10 (certainly).',
      thanks: 'Thank you for telling us.',
    },
  },
};

const LINK: Record<SurveyLocale, string> = { fa: 'یا این‌جا پاسخ دهید:', en: 'Or answer here:' };

/** What the customer is asked, with the link to the page where there is one. */
export function askText(
  settings: Pick<SurveySettings, 'kind' | 'texts'>,
  locale: SurveyLocale,
  { brand, link }: { brand: string; link: string | null },
): string {
  const text = (settings.texts[locale]?.ask || TEXTS[settings.kind][locale].ask).replaceAll('{brand}', () => brand);
  return link === null ? text : `${text}\n\n${LINK[locale]} ${link}`;
}

export const thanksText = (settings: Pick<SurveySettings, 'kind' | 'texts'>, locale: SurveyLocale): string =>
  settings.texts[locale]?.thanks || TEXTS[settings.kind][locale].thanks;

/** The texts as they stand, for the settings page. */
export const textsOf = ({ kind, texts }: Pick<SurveySettings, 'kind' | 'texts'>) => ({
  fa: { ...TEXTS[kind].fa, ...said(texts.fa) },
  en: { ...TEXTS[kind].en, ...said(texts.en) },
});

const said = (texts: { ask?: string; thanks?: string } = {}) =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));

/** Answers by score, counted. */
export type Distribution = Readonly<Record<number, number>>;

export interface CsatResult {
  answers: number;
  average: number | null;
  /** Of the answers, those of 4 and 5, percent. */
  satisfied: number | null;
}

export interface NpsResult {
  answers: number;
  promoters: number;
  passives: number;
  detractors: number;
  /** Promoters less detractors in percent of the answers: -100 to 100. */
  nps: number | null;
}

const count = (scores: Distribution, from: number, to: number) =>
  Object.entries(scores).reduce((sum, [score, n]) => (+score >= from && +score <= to ? sum + n : sum), 0);

const tenths = (value: number) => Math.round(value * 10) / 10;

export function csatOf(scores: Distribution): CsatResult {
  const answers = count(scores, 1, 5);
  if (answers === 0) return { answers, average: null, satisfied: null };
  const total = Object.entries(scores).reduce((sum, [score, n]) => sum + Number(score) * n, 0);
  return {
    answers,
    average: Math.round((total / answers) * 100) / 100,
    satisfied: tenths((100 * count(scores, 4, 5)) / answers),
  };
}

export function npsOf(scores: Distribution): NpsResult {
  const [detractors, passives, promoters] = [count(scores, 0, 6), count(scores, 7, 8), count(scores, 9, 10)];
  const answers = detractors + passives + promoters;
  const nps = answers === 0 ? null : tenths((100 * (promoters - detractors)) / answers);
  return { answers, promoters, passives, detractors, nps };
}
