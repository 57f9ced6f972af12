import type { Locale } from './dates';

/** What types of tickets are called, by type. */
export type TypeLabels = Record<string, Record<Locale, string>>;

/** What a type is called to the reader; one that is there no more by the name it had. */
export const typeName = (known: { typeLabels: TypeLabels } | undefined, type: string, locale: Locale): string =>
  known?.typeLabels[type]?.[locale] ?? type;
