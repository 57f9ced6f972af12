import { Component, lazy, Suspense, use, useMemo, useReducer, type ComponentType, type ReactNode } from 'react';
import { IntlProvider, useIntl } from 'react-intl';
import type { Locale } from '../lib/dates';
import type { DeskMessageKey } from './desk/en';
import { useLanguage } from './use-text';

type DeskMessages = Record<DeskMessageKey, string>;

/** Something of this console did not come over the line; asked for again it may. */
class NotFetched extends Error {}

let fetched: Promise<DeskMessages> | undefined;

function fetchMessages(locale: Locale): Promise<DeskMessages> {
  fetched ??= (
    locale === 'en'
      ? import('./desk/en').then(({ deskEn }) => deskEn)
      : import('./desk/fa').then(({ deskFa }) => deskFa)
  ).catch((error: unknown) => {
    fetched = undefined; // the next part that is opened tries again
    throw new NotFetched('The words of the desk did not come.', { cause: error });
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

// Longer than a blip, shorter than somebody's patience with a button that is not there.
const FETCH_AGAIN_MS = 4_000;

interface MissingProps {
  instead: ReactNode;
  /** Before it is tried again: what failed to come stays failed otherwise. */
  onAgain: () => void;
  children: ReactNode;
}

/** A tool that cannot be fetched is missing; the page around it goes on, and it is asked for again. */
class Missing extends Component<MissingProps, { failed: boolean }> {
  override state = { failed: false };
  private timer: ReturnType<typeof setTimeout> | undefined;

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: Error): void {
    if (!(error instanceof NotFetched)) return;
    this.timer = setTimeout(() => {
      this.props.onAgain();
      this.setState({ failed: false });
    }, FETCH_AGAIN_MS);
  }

  override componentWillUnmount(): void {
    clearTimeout(this.timer);
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
  const fetchLazily = () =>
    lazy(async () => ({
      default: await fetchPart().catch((cause: unknown) => {
        throw new NotFetched('A part of the desk did not come.', { cause });
      }),
    }));
  let Part = fetchLazily();
  return function DeskPart(props: Props) {
    const [, drawAgain] = useReducer((times: number) => times + 1, 0);
    const again = () => {
      Part = fetchLazily();
      drawAgain();
    };
    return (
      <Missing instead={waiting} onAgain={again}>
        <Suspense fallback={waiting}>
          <DeskTexts>
            <Part {...props} />
          </DeskTexts>
        </Suspense>
      </Missing>
    );
  };
}
