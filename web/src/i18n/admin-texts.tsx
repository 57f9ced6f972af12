import { use, useMemo, type ReactNode } from 'react';
import { IntlProvider, useIntl } from 'react-intl';
import type { Locale } from '../lib/dates';
import type { AdminMessageKey } from './admin/en';
import { useLanguage } from './use-text';

type AdminMessages = Record<AdminMessageKey, string>;

let fetched: Promise<AdminMessages> | undefined;

function fetchMessages(locale: Locale): Promise<AdminMessages> {
  fetched ??= (
    locale === 'en'
      ? import('./admin/en').then(({ adminEn }) => adminEn)
      : import('./admin/fa').then(({ adminFa }) => adminFa)
  ).catch((error: unknown) => {
    fetched = undefined; // the next look at the page tries again
    throw error;
  });
  return fetched;
}

/** Adds the words of the settings and the reports to what is drawn inside; waits for them. */
export function AdminTexts({ children }: { children: ReactNode }) {
  const { locale } = useLanguage();
  const intl = useIntl();
  const more = use(fetchMessages(locale));
  const messages = useMemo(() => ({ ...intl.messages, ...more }) as Record<string, string>, [intl.messages, more]);
  return (
    <IntlProvider locale={intl.locale} messages={messages} defaultLocale="en">
      {children}
    </IntlProvider>
  );
}
