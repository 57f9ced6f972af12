import type { HandoffLocale } from './email-handoff';

export interface Quoted {
  direction: 'in' | 'out';
  /** Null for the customer's own words. */
  authorName: string | null;
  at: Date;
  text: string;
  /** Kinds of what was attached. */
  attachments: readonly string[];
}

const YOU: Record<HandoffLocale, string> = { fa: 'شما', en: 'You' };
const US: Record<HandoffLocale, string> = { fa: 'ما', en: 'Us' };
const HISTORY: Record<HandoffLocale, string> = {
  fa: 'بخشی از گفت‌وگوی پیشین:',
  en: 'From the conversation before:',
};

/** When it was said as the customer's calendar and clock show it: Jalali in Persian. */
export function localTime(at: Date, locale: HandoffLocale, timeZone: string): string {
  const tag = locale === 'fa' ? 'fa-IR-u-ca-persian' : 'en-GB';
  return new Intl.DateTimeFormat(tag, { timeZone, dateStyle: 'long', timeStyle: 'short' }).format(at);
}

/** The first mail's words: greeting, text, and below them the chosen messages in the order in which they were said. */
export function composeFirstMail(mail: {
  greeting: string;
  text: string;
  history: readonly Quoted[];
  locale: HandoffLocale;
  timeZone: string;
}): string {
  const { greeting, text, history, locale, timeZone } = mail;
  const quotes = history.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map((q) => quoted(q, locale, timeZone));
  return [greeting, text.trim(), ...(quotes.length > 0 ? [HISTORY[locale], ...quotes] : [])]
    .filter((part) => part !== '')
    .join('\n\n');
}

function quoted({ direction, authorName, at, text, attachments }: Quoted, locale: HandoffLocale, timeZone: string) {
  const who = direction === 'in' ? YOU[locale] : (authorName ?? US[locale]);
  const files = attachments.map((kind) => `[${kind}]`).join(' ');
  const words = [text.trim(), files].filter((part) => part !== '').join('\n');
  const head = `${who} — ${localTime(at, locale, timeZone)}`;
  return [head, ...words.split('\n')].map((line) => `> ${line}`).join('\n');
}
