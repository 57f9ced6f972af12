import type { HandoffLocale } from './email-handoff';

export const HANDOFF_TEXTS = [
  'askPrivate',
  'askPublic',
  'confirmAddress',
  'publicClosing',
  'privateClosing',
  'greeting',
  'subject',
  'confirmMail',
  'codeSubject',
  'codeMail',
] as const;
export type HandoffText = (typeof HANDOFF_TEXTS)[number];

export type OwnTexts = Partial<Record<HandoffText, Partial<Record<HandoffLocale, string>>>>;

/** What a text may be filled with: `{address}`, `{name}`, `{brand}`, `{number}`, `{code}`. */
export type Filling = Partial<Record<'address' | 'name' | 'brand' | 'number' | 'code', string>>;

const DEFAULTS: Record<HandoffText, Record<HandoffLocale, string>> = {
  askPrivate: {
    fa: 'برای ادامهٔ پیگیری، لطفاً نشانی ایمیل خود را همین‌جا بنویسید.',
    en: 'To go on with this, please write your e-mail address here.',
  },
  askPublic: {
    fa: 'برای پیگیری خصوصی، لطفاً به ما پیام مستقیم بدهید. ممنون از شما.',
    en: 'Please send us a direct message so that we can look into this in private. Thank you.',
  },
  confirmAddress: {
    fa: 'نشانی شما {address} است؟ لطفاً با «بله» تأیید کنید.',
    en: 'Is {address} your address? Please answer “yes” to confirm.',
  },
  publicClosing: {
    fa: 'ممنون از پیام شما. پیگیری را به‌صورت خصوصی با شما ادامه می‌دهیم.',
    en: 'Thank you for writing. We are following this up with you in private.',
  },
  privateClosing: {
    fa: 'از این پس گفت‌وگو را با ایمیل ({address}) ادامه می‌دهیم.',
    en: 'From here on we continue by e-mail ({address}).',
  },
  greeting: { fa: '{name} عزیز، سلام.', en: 'Dear {name},' },
  subject: { fa: 'ادامهٔ گفت‌وگوی شما با {brand}', en: 'Your conversation with {brand}' },
  confirmMail: {
    fa: 'گفت‌وگوی شما با {brand} از راه ایمیل ادامه پیدا می‌کند. اگر این گفت‌وگو از شماست، به همین ایمیل پاسخ دهید تا نشانی‌تان تأیید شود. اگر نه، لطفاً این ایمیل را نادیده بگیرید.',
    en: 'Your conversation with {brand} continues by e-mail. If it is yours, answer this mail to confirm your address. If it is not, please ignore it.',
  },
  codeSubject: { fa: 'کد تأیید {brand}', en: 'Your code from {brand}' },
  codeMail: {
    fa: 'کد تأیید شما {code} است. آن را در همان گفت‌وگویی بفرستید که در آن با ما صحبت می‌کنید. تا ده دقیقه اعتبار دارد. اگر شما درخواست نکرده‌اید، آن را به کسی ندهید.',
    en: 'Your code is {code}. Send it in the conversation in which you are talking with us. It is valid for ten minutes. If you did not ask for it, give it to nobody.',
  },
};

// a name must not break the line it stands in, nor turn the text around it
const STEERING = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\p{Cc}]+/gu;

const NAMELESS: Record<HandoffLocale, string> = { fa: 'سلام.', en: 'Hello,' };

/** A prepared text in the customer's language, the workspace's own words before ours. */
export function textOf(own: OwnTexts, name: HandoffText, locale: HandoffLocale, filling: Filling = {}): string {
  if (name === 'greeting' && !filling.name) return NAMELESS[locale];
  const text = own[name]?.[locale] || DEFAULTS[name][locale];
  return text.replaceAll(/\{(\w+)\}/g, (blank, key: string) =>
    Object.hasOwn(filling, key) ? (filling[key as keyof Filling] ?? '').replaceAll(STEERING, ' ') : blank,
  );
}

/** Every text as it stands, for settings and the composer. */
export const allTexts = (own: OwnTexts): Record<HandoffText, Record<HandoffLocale, string>> =>
  Object.fromEntries(HANDOFF_TEXTS.map((name) => [name, { ...DEFAULTS[name], ...clean(own[name]) }])) as Record<
    HandoffText,
    Record<HandoffLocale, string>
  >;

const clean = (texts: Partial<Record<HandoffLocale, string>> = {}) =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
