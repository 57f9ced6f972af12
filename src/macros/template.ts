import { cutText } from '../text/graphemes';

/** What a text may say of the ticket it is used on. */
export const VARIABLES = [
  'contact.name',
  'contact.firstName',
  'agent.name',
  'agent.firstName',
  'ticket.number',
  'brand.name',
  'channel.name',
  'workspace.name',
  'now.date',
  'now.time',
  'now.weekday',
] as const;
export type Variable = (typeof VARIABLES)[number];

export type TextLanguage = 'fa' | 'en';

export type Values = Readonly<Partial<Record<Variable, string>>>;

export interface Rendered {
  text: string;
  /** Variables that had neither value nor fallback: something for the agent to fill in. */
  missing: Variable[];
}

type Part = { words: string } | { variable: Variable; fallback: string | null };

const HOLE = /\{\{([^{}]*)\}\}/gu;
const VALUE_GRAPHEMES = 200;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
// a name must not turn the text around it: what steers direction, and what is no character to the eye
const STEERING = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\p{Cc}]+/gu;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

/** What is wrong with a text as somebody writes it; empty when it can be used. */
export function templateProblems(text: string): string[] {
  const problems: string[] = [];
  const rest = text.replaceAll(HOLE, (_, inner: string) => {
    const name = nameOf(inner);
    if (!isVariable(name)) problems.push(`{{${name}}} is not known; use ${VARIABLES.join(', ')}`);
    return '';
  });
  if (rest.includes('{{') || rest.includes('}}')) problems.push('has a {{ or }} without its other half');
  return problems;
}

/**
 * A text with its variables filled in, once: what a value says is never read as a variable. A value that runs the other
 * way than the text is isolated, so that a Latin name in a Persian sentence leaves its full stop where it belongs.
 */
export function render(text: string, values: Values, language: TextLanguage): Rendered {
  const missing: Variable[] = [];
  const rendered = partsOf(text).map((part) => {
    if ('words' in part) return part.words;
    const value = clean(values[part.variable] ?? '');
    if (value !== '') return isolated(value, language);
    if (part.fallback !== null) return part.fallback;
    missing.push(part.variable);
    return '';
  });
  return { text: rendered.join(''), missing: [...new Set(missing)] };
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const hole of text.matchAll(HOLE)) {
    const inner = hole[1] ?? '';
    const name = nameOf(inner);
    if (!isVariable(name)) continue;
    parts.push({ words: text.slice(from, hole.index) });
    const bar = inner.indexOf('|');
    parts.push({ variable: name, fallback: bar < 0 ? null : inner.slice(bar + 1).trim() });
    from = hole.index + hole[0].length;
  }
  return [...parts, { words: text.slice(from) }];
}

const nameOf = (inner: string): string => (inner.split('|')[0] ?? '').trim();

const isVariable = (name: string): name is Variable => VARIABLES.some((variable) => variable === name);

const clean = (value: string): string =>
  cutText(value.replace(STEERING, ' ').replace(/\s+/gu, ' ').trim(), VALUE_GRAPHEMES, 'characters');

/** By its first strong letter, as the bidirectional algorithm goes; digits and signs alone go with the text. */
function isolated(value: string, language: TextLanguage): string {
  const letter = /\p{L}/u.exec(value)?.[0];
  if (letter === undefined) return value;
  const foreign = RIGHT_TO_LEFT.test(letter) !== (language === 'fa');
  return foreign ? `${FIRST_STRONG_ISOLATE}${value}${POP_ISOLATE}` : value;
}

/** A name's first word; of one word, all of it. */
export const firstNameOf = (name: string): string => name.trim().split(/\s+/u)[0] ?? '';

/** Today as people write it: Jalali in Persian, in the time zone given. */
export function momentIn(
  at: Date,
  language: TextLanguage,
  timeZone: string,
): Record<'now.date' | 'now.time' | 'now.weekday', string> {
  const locale = language === 'fa' ? 'fa-IR-u-ca-persian' : 'en-GB';
  const show = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(at);
  return {
    'now.date': show({ day: 'numeric', month: 'long', year: 'numeric' }),
    'now.time': show({ hour: '2-digit', minute: '2-digit', hour12: false }),
    'now.weekday': show({ weekday: 'long' }),
  };
}

/** Which of a reply's languages to use: the one asked for, else the customer's, else the workspace's, else what there is. */
export function chooseLanguage(
  texts: Readonly<Partial<Record<TextLanguage, string>>>,
  wishes: readonly (string | null | undefined)[],
): TextLanguage | null {
  for (const wish of wishes) {
    const language = wish === 'fingilish' || wish?.startsWith('fa') ? 'fa' : wish?.startsWith('en') ? 'en' : null;
    if (language && texts[language]) return language;
  }
  return texts.fa ? 'fa' : texts.en ? 'en' : null;
}
