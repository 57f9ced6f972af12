import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { IntlProvider } from 'react-intl';
import { ApiError, whenSignedOut } from '../api/client';
import { keys } from '../api/keys';
import { sessionQuery } from '../api/session';
import type { MessageKey } from '../i18n/en';
import { LanguageContext, type LanguageSettings } from '../i18n/use-text';
import { makeFormats, type Locale } from '../lib/dates';
import { readPreferences } from '../lib/preferences';
import { ToastProvider } from '../ui/toasts';
import { createAppRouter } from './router';

const RETRIES = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Events say what is old; the clock does not.
      staleTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < RETRIES && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
    },
  },
});

const router = createAppRouter(client);

whenSignedOut(() => {
  if (client.getQueryData(keys.session) === null) return;
  client.setQueryData(keys.session, null);
  void router.invalidate();
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

// The document's language was settled before the first paint; changing it reloads the page.
const locale: Locale = document.documentElement.lang === 'en' ? 'en' : 'fa';
const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function Language({ messages, children }: { messages: Record<MessageKey, string>; children: ReactNode }) {
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const timeZone = session?.workspace.timeZone ?? browserZone;
  const settings = useMemo<LanguageSettings>(() => {
    const digits = readPreferences().digits ?? (locale === 'fa' ? 'persian' : 'latin');
    return { locale, dir: locale === 'fa' ? 'rtl' : 'ltr', formats: makeFormats({ locale, digits, timeZone }) };
  }, [timeZone]);
  return (
    <LanguageContext value={settings}>
      <IntlProvider locale={settings.formats.tag} messages={messages} defaultLocale="en">
        <I18nProvider locale={settings.formats.tag}>{children}</I18nProvider>
      </IntlProvider>
    </LanguageContext>
  );
}

export function App({ messages }: { messages: Record<MessageKey, string> }) {
  return (
    <QueryClientProvider client={client}>
      <Language messages={messages}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </Language>
    </QueryClientProvider>
  );
}
