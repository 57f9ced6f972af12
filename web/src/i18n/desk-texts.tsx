import { Component, lazy, Suspense, use, useMemo, type ComponentType, type ReactNode } from 'react';
import { IntlProvider, useIntl } from 'react-intl';
import type { Locale } from '../lib/dates';
import type { DeskMessageKey } from './desk/en';
import { useLanguage } from './use-text';

type DeskMessages = Record<DeskMessageKey, string>;

let fetched: Promise<DeskMessages> | undefined;

function fetchMessages(locale: Locale): Promise<DeskMessages> {
  fetched ??= (
    locale === 'en'
      ? import('./desk/en').then(({ deskEn }) => deskEn)
      : import('./desk/fa').then(({ deskFa }) => deskFa)
  ).catch((error: unknown) => {
    fetched = undefined; // the next part that is opened tries again
    throw error;
  });
  return fetched;
}

/** Adds the words of the tools on an agent's desk to what is drawn inside; waits for them. */
export function DeskTexts({ children }: { children: ReactNode }) {
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

/** A tool that cannot be fetched is missing; the page around it goes on. */
class Missing extends Component<{ instead: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}

/** A part of the page that is fetched, with its words, when it is first drawn; `waiting` stands in its place until then. */
export function deskPart<Props extends object>(
  fetchPart: () => Promise<ComponentType<Props>>,
  waiting: ReactNode = null,
): ComponentType<Props> {
  const Part = lazy(async () => ({ default: await fetchPart() }));
  return function DeskPart(props: Props) {
    return (
      <Missing instead={waiting}>
        <Suspense fallback={waiting}>
          <DeskTexts>
            <Part {...props} />
          </DeskTexts>
        </Suspense>
      </Missing>
    );
  };
}
