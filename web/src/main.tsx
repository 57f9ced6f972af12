import './styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import type { MessageKey } from './i18n/en';
import { watchForNewerVersion } from './lib/newer-version';

/** Only the language of the page is fetched; React Aria learns Persian before anything is drawn. */
async function loadMessages(): Promise<Record<MessageKey, string>> {
  if (document.documentElement.lang === 'en') return (await import('./i18n/en')).en;
  const [{ fa }, { installPersianAriaStrings }] = await Promise.all([
    import('./i18n/fa'),
    import('./i18n/aria-strings'),
  ]);
  installPersianAriaStrings();
  return fa;
}

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root.');
  const messages = await loadMessages();
  createRoot(root).render(
    <StrictMode>
      <App messages={messages} />
    </StrictMode>,
  );
}

watchForNewerVersion();
void start();
