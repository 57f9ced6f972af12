import type { OpenAlarm } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { classes } from '../../ui/classes';

/** How many channels need somebody who repairs them. */
export function TroubleBadge({ alarms, place }: { alarms: readonly OpenAlarm[]; place: string }) {
  const t = useText();
  const { formats } = useLanguage();
  const named = new Map(alarms.map(({ channel }) => [channel.id, channel.name]));
  const count = named.size;
  return (
    <span
      title={[...named.values()].join(t('common.comma'))}
      className={classes(
        'min-w-4 rounded-full bg-danger px-1 text-center text-[10px] leading-4 font-semibold text-surface',
        place,
      )}
    >
      <span aria-hidden>{formats.number(count)}</span>
      <span className="sr-only">{t('trouble.channels', { count })}</span>
    </span>
  );
}
