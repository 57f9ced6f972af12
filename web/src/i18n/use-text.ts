import { createContext, useCallback, useContext } from 'react';
import { useIntl } from 'react-intl';
import type { Formats, Locale } from '../lib/dates';
import type { TextDirection } from '../lib/text';
import type { AdminMessageKey } from './admin/en';
import type { DeskMessageKey } from './desk/en';
import type { MessageKey } from './en';

/** Keys of the settings have words only inside `AdminTexts`, those of the desk inside `DeskTexts`; a test holds their users to that. */
export type Text = (
  key: MessageKey | AdminMessageKey | DeskMessageKey,
  values?: Record<string, string | number>,
) => string;

/** Looks a message up in the catalog of the language; keys are checked by the compiler. */
export function useText(): Text {
  const { formatMessage } = useIntl();
  return useCallback((key, values) => formatMessage({ id: key }, values), [formatMessage]);
}

export interface LanguageSettings {
  locale: Locale;
  dir: TextDirection;
  formats: Formats;
}

export const LanguageContext = createContext<LanguageSettings | null>(null);

/** Language, direction and the formats of dates and numbers. */
export function useLanguage(): LanguageSettings {
  const settings = useContext(LanguageContext);
  if (!settings) throw new Error('LanguageContext is missing above this component.');
  return settings;
}
