import './style.css';
import type { PageUser } from '../bridge';
import { Api, type Settings } from './api';
import { App } from './app';
import { backoffMs, sleep } from './backoff';
import { h } from './dom';
import { Page } from './page';
import { localeOf, stringsOf } from './strings';

const PATIENCE = 3; // tries before saying that it does not work; it goes on trying

interface Start {
  locale: string | null;
  open: boolean;
  user: PageUser | null;
  /** The page's user signed out before the chat was there. */
  reset: boolean;
}

const root = document.querySelector<HTMLElement>('#chat');
if (root) void run(root, root.dataset['inbox'] ?? '', new Page(root.dataset['parent'] ?? ''));

async function run(element: HTMLElement, inboxId: string, page: Page): Promise<void> {
  const api = new Api(inboxId);
  let app: App | undefined;
  const start = page.there
    ? await firstWord(page, (message) => app?.hear(message))
    : { locale: null, open: true, user: null, reset: false };
  const settings = await settingsOf(api, element, start);
  const locale = localeOf(start.locale, settings.locale, navigator.language);
  speak(locale, settings.name);
  page.tell({ pasokh: 'look', color: settings.color, onColor: settings.onColor, label: stringsOf(locale).label });
  app = new App(element, page, api, settings, locale, start);
}

/** The page says how it is opened. What it says later, before the chat is there, changes the same start. */
function firstWord(page: Page, later: Parameters<Page['listen']>[0]): Promise<Start> {
  return new Promise((resolve) => {
    const start: Start = { locale: null, open: false, user: null, reset: false };
    page.listen((message) => {
      if (message.pasokh === 'init') {
        resolve(Object.assign(start, { locale: message.locale, open: message.open, user: message.user }));
      } else {
        if (message.pasokh === 'shown' || message.pasokh === 'hidden') start.open = message.pasokh === 'shown';
        if (message.pasokh === 'user') start.user = message.user;
        if (message.pasokh === 'reset') Object.assign(start, { user: null, reset: true });
        later(message);
      }
    });
    page.tell({ pasokh: 'ready' });
  });
}

async function settingsOf(api: Api, element: HTMLElement, { locale }: Start): Promise<Settings> {
  for (let failures = 1; ; failures++) {
    try {
      return await api.settings();
    } catch {
      const language = localeOf(locale, null, navigator.language);
      if (failures === PATIENCE) {
        speak(language, '');
        element.replaceChildren(h('p', { className: 'notice' }, stringsOf(language).unavailable));
      }
      await sleep(backoffMs(failures));
    }
  }
}

function speak(locale: 'fa' | 'en', name: string): void {
  document.documentElement.lang = locale;
  document.documentElement.dir = locale === 'fa' ? 'rtl' : 'ltr';
  if (name) document.title = name;
}
