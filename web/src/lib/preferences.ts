import type { Digits, Locale } from './dates';

/** What one person prefers on one machine. `boot.js` reads locale and theme before the first paint. */
export interface Preferences {
  locale: Locale | null;
  digits: Digits | null;
  theme: 'system' | 'light' | 'dark';
  singleKeys: boolean;
}

const name = (key: string) => `pasokh.${key}`;

function read(key: string): string | null {
  try {
    return localStorage.getItem(name(key));
  } catch {
    return null;
  }
}

export function readPreferences(): Preferences {
  const locale = read('locale');
  const digits = read('digits');
  const theme = read('theme');
  return {
    locale: locale === 'fa' || locale === 'en' ? locale : null,
    digits: digits === 'persian' || digits === 'latin' ? digits : null,
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    singleKeys: read('singleKeys') !== 'off',
  };
}

/** Keeps one preference; null or "system" forgets it. Returns false where the browser allows no storage. */
export function writePreference(key: 'locale' | 'digits' | 'theme' | 'singleKeys', value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(name(key));
    else localStorage.setItem(name(key), value);
    return true;
  } catch {
    return false;
  }
}
