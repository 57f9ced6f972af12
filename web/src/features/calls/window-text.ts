import { useLanguage, useText } from '../../i18n/use-text';

/** When a call was promised, in words: "Saturday 30 Aban, 16:00 to 17:00". */
export function useWindowText(): (call: { windowStart: string | null; windowEnd: string | null }) => string {
  const t = useText();
  const { formats } = useLanguage();
  return ({ windowStart, windowEnd }) =>
    windowStart && windowEnd
      ? t('call.window', {
          day: formats.longDate(windowStart),
          from: formats.time(windowStart),
          to: formats.time(windowEnd),
        })
      : t('call.no_time');
}
