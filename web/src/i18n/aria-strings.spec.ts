import { installPersianAriaStrings } from './aria-strings';

it('gives React Aria a Persian voice for each package the console draws', () => {
  const page: Record<symbol, unknown> = {};
  (globalThis as { window?: unknown }).window = page;
  installPersianAriaStrings();
  delete (globalThis as { window?: unknown }).window;
  const strings = page[Symbol.for('react-aria.i18n.strings')] as Record<string, Record<string, unknown>>;
  expect(page[Symbol.for('react-aria.i18n.locale')]).toBe('fa-IR');
  for (const name of ['@react-aria/overlays', '@react-aria/menu', 'react-aria-components']) {
    for (const value of Object.values(strings[name] ?? {})) {
      expect(typeof value === 'function' ? value({ item: '', count: 1 }) : value).toMatch(/[\u0600-\u06ff]/);
    }
  }
});
