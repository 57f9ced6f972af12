import { useMemo } from 'react';
import { useLanguage } from '../i18n/use-text';

const MINUTE = 60_000;
const UNITS = [
  ['day', 24 * 60],
  ['hour', 60],
  ['minute', 1],
] as const;
const AT_MOST = 2;

/** A length of time in words, in its two largest units: "2 hours, 5 minutes". Less than a minute is "0 minutes". */
export function useDuration(): (ms: number) => string {
  const { formats } = useLanguage();
  return useMemo(() => {
    const list = new Intl.ListFormat(formats.tag, { type: 'unit', style: 'long' });
    return (ms) => {
      let left = Math.round(Math.abs(ms) / MINUTE);
      const parts: string[] = [];
      for (const [unit, minutes] of UNITS) {
        const amount = Math.floor(left / minutes);
        left -= amount * minutes;
        if (parts.length >= AT_MOST || (amount === 0 && !(unit === 'minute' && parts.length === 0))) continue;
        parts.push(new Intl.NumberFormat(formats.tag, { style: 'unit', unit, unitDisplay: 'long' }).format(amount));
      }
      return list.format(parts);
    };
  }, [formats.tag]);
}
