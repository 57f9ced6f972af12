import { ApiError } from '../api/client';
import type { Words } from '../api/types';
import type { Text } from '../i18n/use-text';

// The page is in one language for as long as it is open.
const persian = () => document.documentElement.lang !== 'en';

/** What the server says in both languages, in the reader's; `otherwise` where it has no words. */
export const inOurLanguage = (words: Words | null | undefined, otherwise: string): string =>
  words ? (persian() ? words.fa : words.en) : otherwise;

/** Why something was refused, in the reader's language; the server's own sentence only where nobody gave it words. */
export function refusalText(error: unknown, t: Text): string {
  if (!(error instanceof ApiError)) return t('problem.unexpected');
  const names = error.fields.flatMap(({ labelFa, labelEn }) => (persian() ? labelFa : labelEn) ?? []);
  if (names.length > 0) return t('problem.fill_in', { names: names.join(t('common.comma')) });
  if (error.words) return inOurLanguage(error.words, error.message);
  switch (error.code) {
    case 'unreachable':
    case 'unavailable':
    case 'forbidden':
    case 'not_found':
      return t(`problem.${error.code}`);
    default:
      return error.message || t('problem.unexpected');
  }
}

/** The problem of one field, from a refusal that lists them all. */
export function problemOf(error: unknown, ...paths: string[]): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const field = error.fields.find(({ path }) => paths.includes(path));
  return field && inOurLanguage(field.words, field.problem);
}
