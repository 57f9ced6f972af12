import { AlarmClock, TriangleAlert } from 'lucide-react';
import { useCallback, useSyncExternalStore } from 'react';
import { useText } from '../i18n/use-text';
import { onTick, serverNow } from '../lib/clock';
import { dueOf, type Due } from '../lib/due';
import { classes } from './classes';

const COLOURS: Record<Due['level'], string> = {
  calm: 'text-muted',
  soon: 'text-warn font-semibold',
  late: 'text-danger font-semibold',
};

/** Countdown to a due time by the server's clock. It repaints only when its words change, and is never announced. */
export function DueMark({ dueAt }: { dueAt: string }) {
  const t = useText();
  // A string, so that a tick that changes nothing costs nothing.
  const snapshot = useCallback(() => {
    const { level, amount, unit } = dueOf(dueAt, serverNow());
    return `${level} ${amount} ${unit}`;
  }, [dueAt]);
  const [level, amount, unit] = useSyncExternalStore(onTick, snapshot).split(' ') as [
    Due['level'],
    string,
    Due['unit'],
  ];
  const Icon = level === 'late' ? TriangleAlert : AlarmClock;
  const side = level === 'late' ? 'late' : 'left';
  return (
    <span className={classes('timer inline-flex items-center gap-1 text-xs whitespace-nowrap', COLOURS[level])}>
      <Icon size={13} aria-hidden />
      {t(`due.${side}.${unit}`, { amount: Number(amount) })}
    </span>
  );
}
