/** One thing said to a person, in both languages. Whoever leaves one out does not compile. */
export interface Words {
  readonly fa: string;
  readonly en: string;
}

/** What a network or a library said, which comes in English: the Persian reader is told whose words they are. */
export const quoted = (said: string): Words => ({ fa: `پاسخ دریافتی: \u2068${said}\u2069`, en: said });

/** Several sayings as one. */
export const joined = (all: readonly Words[]): Words => ({
  fa: all.map(({ fa }) => fa).join(' '),
  en: all.map(({ en }) => en).join(' '),
});

/** A count in Persian digits, rounded. */
export const inPersian = (count: number): string => Math.round(count).toLocaleString('fa');
