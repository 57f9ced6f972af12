import { useCallback } from 'react';
import { useLanguage, useText } from '../i18n/use-text';

const KB = 1024;
const MB = KB * KB;

/** Sizes of files in words. */
export function useFileSize(): (bytes: number) => string {
  const t = useText();
  const { formats } = useLanguage();
  return useCallback(
    (bytes) =>
      bytes < MB
        ? t('size.kb', { amount: formats.number(Math.max(bytes === 0 ? 0 : 1, Math.round(bytes / KB))) })
        : t('size.mb', { amount: formats.number(Math.round((bytes * 10) / MB) / 10) }),
    [t, formats],
  );
}
