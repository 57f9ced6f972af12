// What customers write in here; a ticket in another language adds its own.
const USUAL = ['fa', 'en', 'ar', 'tr', 'ku', 'fr', 'de', 'ru'];

/** The name of a language in the reader's own; its code where it is none. */
export function languageName(locale: string, code: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(code) ?? code;
  } catch {
    return code; // not even shaped like a code
  }
}

/** The usual languages, with `also` when it is none of them. */
export const languageChoices = (locale: string, also?: string | null): { code: string; name: string }[] =>
  (also && !USUAL.includes(also) ? [...USUAL, also] : USUAL).map((code) => ({
    code,
    name: languageName(locale, code),
  }));
