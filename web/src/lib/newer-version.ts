import { useSyncExternalStore } from 'react';

let newer = false;
const listeners = new Set<() => void>();

/** Whether a page names other scripts than the one that runs. */
export const namesOthers = (page: string, running: readonly string[]): boolean =>
  page.includes('<script') && !running.every((src) => page.includes(src));

/** A part that is gone from the server belongs to an older version, if the server hands out a page with other scripts now. */
async function look(): Promise<void> {
  const running = [...document.querySelectorAll('script[src]')].map((script) => script.getAttribute('src') ?? '');
  const page = await fetch('/', { cache: 'no-store' }).then((answer) => (answer.ok ? answer.text() : ''));
  if (newer || !namesOthers(page, running)) return;
  newer = true;
  for (const listener of listeners) listener();
}

/** Notices that the server has a newer console, by parts of this one that it has no more. */
export function watchForNewerVersion(): void {
  window.addEventListener('vite:preloadError', () => {
    look().catch(() => {}); // no answer says nothing about versions; the connection banner speaks then
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useNewerVersion = (): boolean => useSyncExternalStore(subscribe, () => newer);
